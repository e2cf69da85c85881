"""The description of the API, held to what the API answers and to what the command line describes."""

import json
import threading
import time
import urllib.parse
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from conftest import execute, run
from test_api import RANGE, admin, call, flags, get

ROOT = Path(__file__).resolve().parent.parent.parent
DOCUMENT = json.loads((ROOT / "Documentation" / "openapi.json").read_text())


@pytest.fixture(scope="module")
def answered(folder, simulator):
    from conftest import Gateway

    gateway = Gateway(folder, simulator.url)
    for number in range(12):
        call(gateway, f"proj_{number % 2}", "status=429" if number == 4 else "model=gpt-nobody-knows" if number == 5 else "")
    gateway.rows_when(12)
    yield gateway
    assert gateway.stop() == 0, gateway.log.read_text()


def valid(value, name):
    schema = {"$ref": f"#/components/schemas/{name}", "components": DOCUMENT["components"]}
    errors = sorted(Draft202012Validator(schema).iter_errors(value), key=str)
    assert errors == [], [(list(error.path), error.message[:300]) for error in errors[:5]]


def test_the_document_is_served_and_well_formed(answered):
    status, text, headers = get(f"{admin(answered)}/api/v1/openapi.json")
    assert (status, headers["Content-Type"]) == (200, "application/json") and json.loads(text) == DOCUMENT
    assert DOCUMENT["openapi"].startswith("3.1")
    for schema in DOCUMENT["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
    # Every reference leads somewhere.
    def walk(node):
        if isinstance(node, dict):
            if "$ref" in node:
                target = DOCUMENT
                for part in node["$ref"].removeprefix("#/").split("/"):
                    target = target[part]
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)
    walk(DOCUMENT)


@pytest.mark.parametrize("path, name", [
    ("report", "Report"), ("report?by=model,outcome,status&exact-models=true", "Report"), ("report?by=none", "Report"),
    ("report?by=hour,tag:team&timezone=Asia/Kathmandu&period=today", "Report"), ("report?percentiles=estimate", "Report"),
    ("report?project=nobody&until=2030-01-01", "Report"), ("glance", "Glance"), ("glance?timezone=America/New_York", "Glance"),
    ("calls?limit=0", "Call"), ("calls?limit=3&status=4xx", "Call"), ("live", "Live"), ("limits", "Limits"), ("status", "Status"),
    ("glance?brief=true", "Glance"), ("budgets", "Budgets"), ("reconciliation", "Reconciliation"), ("reprices", "Reprices"), ("tags", "Tags"),
])
def test_answers_are_as_described(answered, path, name):
    status, text, headers = get(f"{admin(answered)}/api/v1/{path}")
    assert status == 200, text
    described = DOCUMENT["paths"][f"/api/v1/{path.split('?')[0]}"]["get"]["responses"]["200"]["content"]
    assert headers["Content-Type"] in described
    lines = text.strip().split("\n") if "ndjson" in headers["Content-Type"] else [text]
    for line in lines:
        valid(json.loads(line), name)


def test_a_call_and_its_cost_are_as_described(answered):
    for row in answered.rows():
        for path, name in (("", "Call"), ("/cost", "Cost"), ("/former-costs", "FormerCosts")):
            status, text, _ = get(f"{admin(answered)}/api/v1/calls/{row['id']}{path}")
            assert status == 200
            valid(json.loads(text), name)


def test_a_call_in_flight_is_as_described(start, simulator):
    gateway = start(simulator.url)
    thread = threading.Thread(target=call, args=(gateway, "proj_slow", "delay-ms=3000"))
    thread.start()
    deadline = time.monotonic() + 10
    while not (live := json.loads(get(f"{admin(gateway)}/api/v1/live")[1]))["calls"]:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    valid(live, "Live")
    assert live["calls"][0]["outcome"] == "open" and live["calls"][0]["project"] == "proj_slow"
    thread.join()
    while json.loads(get(f"{admin(gateway)}/api/v1/live")[1])["calls"]:
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.parametrize("path, status", [
    ("report?by=colour", 400), ("report?percentiles=best", 400), ("report?period=soon", 400), ("report?period=2999", 400),
    ("report?period=today&since=7d", 400), ("calls?period=today&until=2030-01-01", 400), ("glance?timezone=Mars", 400),
    ("glance?by=project", 400), ("live?limit=3", 400), ("budgets?by=day", 400),
    ("reconciliation?period=today", 400), ("glance?brief=yes", 400), ("calls/nobody", 404), ("calls/nobody/cost", 404), ("calls/nobody/price", 404),
    ("nothing", 404),
])
def test_errors_are_as_described(answered, path, status):
    code, text, _ = get(f"{admin(answered)}/api/v1/{path}")
    assert code == status, text
    valid(json.loads(text), "Error")


def test_the_parameters_are_those_of_the_api(answered):
    """Each described parameter is accepted, and an error names no other."""
    examples = {
        "status": "2xx", "outcome": "completed", "tag": "a=b", "tag-not": "a=b", "min-duration": "2s", "since": "7d", "until": "2099-01-01",
        "period": "today", "timezone": "Europe/Paris", "by": "model", "exact-models": "true", "brief": "true", "percentiles": "estimate", "limit": "5",
        "after": "330b8e167adbc800", "before": "330b8e167adbc800", "status-not": "2xx", "outcome-not": "open",
    }
    for path in ("report", "calls", "glance"):
        names = [
            DOCUMENT["components"]["parameters"][item["$ref"].split("/")[-1]]["name"]
            for item in DOCUMENT["paths"][f"/api/v1/{path}"]["get"]["parameters"]
        ]
        for name in names:
            status, text, _ = get(f"{admin(answered)}/api/v1/{path}?{urllib.parse.urlencode({name: examples.get(name, 'x')})}")
            assert status == 200, (path, name, text)
        message = json.loads(get(f"{admin(answered)}/api/v1/{path}?nobody=1")[1])["error"]["message"]
        known = set(message.split("known are ")[1].split(", and the opposites")[0].rstrip(".").split(", "))
        assert known - {"format"} == {name for name in names if not name.endswith("-not")}


def test_periods_are_those_of_the_command(answered):
    for period in ("today", "this-week", "this-month", "2026-11", "all"):
        for zone in ("UTC", "Pacific/Auckland"):
            text = get(f"{admin(answered)}/api/v1/report?period={period}&timezone={zone}")[1]
            other = run("report", "--ledger", answered.ledger, "--period", period, "--timezone", zone, "--format", "json")
            one, two = json.loads(text), json.loads(other)
            assert one.pop("to")[:16] == two.pop("to")[:16] and one == two


def test_a_glance_is_that_of_the_command(answered):
    for zone in ("UTC", "Asia/Tokyo"):
        one = json.loads(get(f"{admin(answered)}/api/v1/glance?timezone={zone}")[1])
        two = json.loads(run("glance", "--ledger", answered.ledger, "--timezone", zone, "--json"))
        for glance in (one, two):
            glance.pop("at")
            glance["projection"].pop("elapsed_seconds")
            glance["projection"].pop("cost_usd")
        assert one == two


def test_a_brief_glance_has_the_same_sums(answered):
    one, two = (json.loads(get(f"{admin(answered)}/api/v1/glance{query}")[1]) for query in ("", "?brief=true"))
    for name in ("today", "month"):
        assert one[name] == two[name]
    assert (one["projection"]["state"], one["projection"]["month"]) == (two["projection"]["state"], two["projection"]["month"])
    assert [two[name] for name in ("days", "projects", "models", "errors")] == [[]] * 4 and one["days"] and one["projects"]


def test_budgets_are_those_of_the_command(start, simulator):
    amounts = ["--budget", "all=0.000001/month at=50:100", "--budget", "none=5/day project=nobody zone=Asia/Tokyo"]
    gateway = start(simulator.url, *amounts)
    call(gateway, "proj_0")
    gateway.rows_when(1)
    text = get(f"{admin(gateway)}/api/v1/budgets")[1]
    valid(json.loads(text), "Budgets")
    one, two = json.loads(text), json.loads(execute("budget", "--ledger", gateway.ledger, *amounts, "--json").stdout)
    for answer in (one, two):
        for budget in answer["budgets"]:
            assert budget.pop("forecast_usd", 0) is not False
    assert one == two and one["budgets"][0]["spent_usd"] > one["budgets"][0]["amount_usd"]


def test_a_reconciliation_is_as_described(start, simulator):
    gateway = start(simulator.url)
    call(gateway, "proj_0")
    gateway.rows_when(1)
    done = execute(
        "reconcile", "--ledger", gateway.ledger, "--upstream", simulator.url, "--period", "today", "--by", "none", "--json",
        environment={"OPENAI_ADMIN_KEY": "sk-admin-test"},
    )
    assert done.returncode == 0, done.stderr
    answer = json.loads(get(f"{admin(gateway)}/api/v1/reconciliation")[1])
    valid(answer, "Reconciliation")
    assert answer["reconciliation"]["report"] == json.loads(done.stdout)


def test_estimates_differ_in_percentiles_alone(answered):
    query = urllib.parse.urlencode(RANGE + [("by", "model")])
    one = json.loads(get(f"{admin(answered)}/api/v1/report?{query}&percentiles=estimate")[1])
    two = json.loads(run("report", "--ledger", answered.ledger, "--format", "json", "--by", "model", *flags(RANGE)))
    for report in (one, two):
        for row in [*report["rows"], report["totals"]]:
            for name in ("duration_ms", "error_duration_ms", "processing_ms", "time_to_first_token_ms"):
                row.pop(name)
    assert one == two


def test_the_schemas_have_what_the_command_line_describes():
    def names(schema, command, kind):
        fields = next(one["fields"] for one in schema if one["command"] == command and one["format"] == kind)
        return {field["name"] for field in fields}

    described = json.loads(run("schema", "--json"))
    call_names = names(described, "calls", "jsonl")
    # The gateway knows no rates of currencies.
    assert {name for name in call_names - {"cost_NAME"} if "." not in name} == set(DOCUMENT["components"]["schemas"]["Call"]["properties"])
    row_names = {name.removeprefix("rows[].").split(".")[0] for name in names(described, "report", "json") if name.startswith("rows[].")}
    assert row_names - {"previous", "change", "others", "tag:NAME", "cost_NAME"} == set(DOCUMENT["components"]["schemas"]["ReportRow"]["properties"])
    cost_names = {name for name in names(described, "prices explain", "json") if "." not in name}
    assert cost_names == set(DOCUMENT["components"]["schemas"]["Cost"]["properties"])
