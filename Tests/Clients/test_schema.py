"""`oai-usage schema` says which keys and columns there are: every one that a command writes, and no other."""

import contextlib
import csv
import datetime
import io
import json
import re
import shutil
import sqlite3
import subprocess
import time

import pytest

from conftest import BINARY, execute, run

DIMENSIONS = "project,model,requested-model,endpoint,organization,key,client,host,tier,outcome,status,error,hour,day,week,month,tag:team"


@pytest.fixture(scope="module")
def ledger(tmp_path_factory):
    """Calls of every kind of endpoint."""
    folder = tmp_path_factory.mktemp("schema")
    run("demo", "--calls", "300", "--keep", str(folder))
    return str(folder / "ledger.db")


@pytest.fixture(scope="module")
def schemas():
    found = {(entry["command"], entry["format"]): entry["fields"] for entry in json.loads(run("schema", "--json"))}
    assert len(found) > 15
    return found


def paths(value, fields, prefix=""):
    """The paths of all members, with NAME for a member whose name the schema does not fix."""
    names = {field["name"]: field for field in fields}
    if prefix and names.get(prefix, {}).get("type") == "any":
        return
    if isinstance(value, dict):
        for key, member in value.items():
            path = f"{prefix}.{key}" if prefix else key
            if path not in names:
                path = f"{prefix}.NAME" if prefix else "NAME"
                if path not in names and key.startswith("tag:"):
                    path = f"{prefix}.tag:NAME" if prefix else "tag:NAME"
                if path not in names:
                    path = f"{prefix}.{key}" if prefix else key
            yield path, member
            yield from paths(member, fields, path)
    elif isinstance(value, list):
        for element in value:
            if isinstance(element, (dict, list)):
                yield from paths(element, fields, prefix + "[]")


TYPES = {
    "string": str, "time": str, "day": str, "decimal": str, "integer": int, "number": (int, float), "boolean": bool,
    "object": dict, "array": list,
}


def check(values, fields):
    """Compares values with a schema, both ways."""
    names = {field["name"]: field for field in fields}
    seen = {}
    for value in values:
        for path, member in paths(value, fields):
            assert path in names, f"{path} is not in the schema"
            seen.setdefault(path, []).append(member)
    for name, field in names.items():
        if field["optional"]:
            continue
        assert name in seen, f"{name} does not appear"
    for path, members in seen.items():
        kind = names[path]["type"]
        for member in members:
            if member is None:
                assert names[path]["nullable"], f"{path} is null"
            elif kind != "any":
                assert isinstance(member, TYPES[kind]), (path, member)
                assert kind != "integer" or not isinstance(member, bool), (path, member)


def lines(text):
    # Not splitlines(), which takes other characters for line ends, too.
    return [json.loads(line) for line in text.split("\n") if line]


def test_report_json(ledger, schemas):
    check([json.loads(run("report", "--ledger", ledger, "--by", DIMENSIONS, "--json"))], schemas["report", "json"])


def columns(text):
    return next(csv.reader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("arguments", [
    ("report", "--by", DIMENSIONS), ("calls", "-n", "1"), ("waste",), ("budget", "--budget", "all=1/year"), ("reprice", "--since", "1d", "--dry-run"),
    ("prices", "list", "gpt-4o"), ("prices", "diff", "builtin", "builtin"), ("glance",), ("doctor",), ("limits",),
    ("top", "--once", "--window", "24h"), ("ledger", "check"), ("config", "show"), ("config", "check"), ("schema",),
    ("report", "--by", DIMENSIONS, "--compare", "previous", "--since", "1d"),
    ("report", "--by", DIMENSIONS, "--columns", "calls,err%,cost,share"),
])
def test_columns(ledger, schemas, arguments):
    isGrouped = arguments[0] in ("prices", "ledger", "config")
    command = " ".join(arguments[:2] if isGrouped else arguments[:1])
    storage = [] if arguments[0] in ("prices", "config", "schema") else ["--ledger", ledger]
    if "--compare" in arguments:
        arguments = [word.replace("hour,day,week,month,", "") for word in arguments]
    heading = [name.replace("tag:team", "tag:NAME") for name in columns(run(*arguments, *storage, "--format", "csv"))]
    fields = schemas[command, "csv"]
    if "--columns" in arguments:
        assert {field["name"] for field in fields} >= set(heading)
        return
    assert heading == [field["name"] for field in fields if not field["optional"] or field["name"] in heading]


def test_calls(ledger, schemas):
    calls = lines(run("calls", "--ledger", ledger, "--json", "-n", "0"))
    assert len(calls) >= 300
    check(calls, schemas["calls", "jsonl"])
    check([json.loads(run("calls", "--ledger", ledger, "--format", "json"))], schemas["calls", "json"])
    # What is an object in JSON is its text in a cell of CSV.
    rows = list(csv.DictReader(io.StringIO(run("calls", "--ledger", ledger, "--format", "csv", "-n", "0"), newline="")))
    for name in ["tags", "units", "tool_calls", "request_options", "diagnostics", "usage", "rate_limit"]:
        cells = {row["id"]: json.loads(row[name]) if row[name] else None for row in rows}
        assert cells == {call["id"]: call[name] or None for call in calls}, name
        assert any(cells.values()) or name not in ["tags", "diagnostics", "usage", "rate_limit"], name
    identity = next(call["id"] for call in calls)
    shown = run("show", identity, "--ledger", ledger, "--timezone", "Asia/Kathmandu")
    local = datetime.datetime.fromisoformat(calls[0]["started_at"]) + datetime.timedelta(hours=5, minutes=45)
    assert re.search(rf"^  local time +{local:%F %T.%f}"[:-3] + " Asia/Kathmandu$", shown, re.MULTILINE)
    assert "local time" not in run("show", identity, "--ledger", ledger, "--timezone", "UTC")
    check(lines(run("show", identity, "--ledger", ledger, "--json")), schemas["show", "json"])
    explained = [
        line for call in calls[:40] for line in lines(run("prices", "explain", call["id"], "--ledger", ledger, "--json"))
    ]
    check(explained, schemas["prices explain", "json"])


def test_other_commands(ledger, schemas):
    check([json.loads(run("schema", "--json"))], schemas["schema", "json"])
    check([json.loads(run("statusline", "--ledger", ledger, "--json"))], schemas["statusline", "json"])
    assert run("statusline", "--ledger", ledger, "--format", "json") == run("statusline", "--ledger", ledger, "--json")
    assert json.loads(run("statusline", "--quiet", "--json", "--ledger", "/nowhere/ledger.db")) == {}
    check([json.loads(run("waste", "--ledger", ledger, "--json"))], schemas["waste", "json"])
    check([json.loads(run("ledger", "check", "--ledger", ledger, "--json"))], schemas["ledger check", "json"])


def test_names_and_keys_select_the_same(ledger):
    # JSON has the names of the dimensions that were asked for.
    rows = [
        [row["calls"] for row in json.loads(run("report", "--ledger", ledger, "--by", by, "--json"))["rows"]]
        for by in ("requested-model,tier,error", "request_model,service_tier,error_code")
    ]
    assert rows[0] == rows[1] and len(rows[0]) > 2
    for name, key in [("duration", "duration_ms"), ("cost", "cost_usd"), ("time", "started_at"), ("first-token", "time_to_first_token_ms")]:
        assert run("calls", "--ledger", ledger, "--sort", name, "--json") == run("calls", "--ledger", ledger, "--sort", key, "--json")


def test_a_mistyped_model_is_told_by_reprice(ledger):
    told = execute("reprice", "--ledger", ledger, "--since", "1d", "--model", "gpt-4o-minii", "--dry-run").stderr
    assert "No calls that fit." in told and 'Did you mean "gpt-4o-mini' in told


@pytest.mark.parametrize("format", ["jsonl", "csv", "json"])
def test_a_list_that_ends_at_the_limit_nobody_named_says_so(ledger, format):
    assert "The latest 50; --limit 0 lists all." in execute("calls", "--ledger", ledger, "--format", format).stderr
    for limit in ("0", "20"):
        assert execute("calls", "--ledger", ledger, "--format", format, "--limit", limit).stderr == ""


@pytest.mark.parametrize("by", ["project", "model", "endpoint", "key"])
def test_top(ledger, schemas, by):
    top = json.loads(run("top", "--ledger", ledger, "--window", "24h", "--by", by, "--json"))
    check([top], schemas["top", "json"])
    report = json.loads(run("report", "--ledger", ledger, "--since", "25h", "--json"))["totals"]
    assert top["calls"] == sum(row["calls"] for row in top["rows"]) == report["calls"] > 0
    assert top["errors"] == report["errors"] == sum(row["calls"] for row in top["errors_by_code"]) > 0
    assert str(top["cost_usd"]) == str(report["cost_usd"])
    assert len(top["last_calls"]) == 20
    ends = [call["ended_at"] for call in top["last_calls"]]
    assert ends == sorted(ends, reverse=True)


def test_check_of_a_damaged_ledger(ledger, schemas, tmp_path):
    damaged = tmp_path / "damaged.db"
    shutil.copy(ledger, damaged)
    with contextlib.closing(sqlite3.connect(damaged)) as database:
        database.execute("UPDATE call SET series = 77 WHERE id = (SELECT max(id) FROM call)")
        database.commit()
    result = execute("ledger", "check", "--ledger", damaged, "--json")
    report = json.loads(result.stdout)
    check([report], schemas["ledger check", "json"])
    assert result.returncode == 1 and report["findings"] and not report["sound"]


def test_budget(ledger, schemas):
    text = run("budget", "--ledger", ledger, "--budget", "all=100000/year", "--budget", "b=5/year project=x", "--json")
    check([json.loads(text)], schemas["budget", "json"])
    check([json.loads(execute("doctor", "--ledger", ledger, "--json").stdout)], schemas["doctor", "json"])
    check([json.loads(run("glance", "--ledger", ledger, "--json"))], schemas["glance", "json"])
    compared = run("report", "--ledger", ledger, "--compare", "previous", "--by", "project,model", "--top", "2", "--json")
    check([json.loads(compared)], schemas["report", "json"])
    check([json.loads(run("limits", "--ledger", ledger, "--json"))], schemas["limits", "json"])
    repriced = run("reprice", "--ledger", ledger, "--since", "1d", "--dry-run", "--json")
    check([json.loads(repriced)], schemas["reprice", "json"])
    pruned = run("prune", "--ledger", ledger, "--older-than", "1h", "--dry-run", "--json")
    check([json.loads(pruned)], schemas["prune", "json"])


def test_reconcile(ledger, schemas, tmp_path):
    result = {"object": "organization.costs.result", "amount": {"value": 1.5, "currency": "usd"}, "line_item": "new"}
    start = int(time.time()) // 86_400 * 86_400
    page = {"object": "page", "data": [{"start_time": start, "end_time": start + 86_400, "results": [result]}]}
    path = tmp_path / "costs.json"
    path.write_text(json.dumps(page))
    result = {"object": "organization.usage.completions.result", "input_tokens": 9, "output_tokens": 1, "num_model_requests": 1,
              "model": "gpt-4o-mini-2024-07-18"}
    page["data"][0]["results"] = [result]
    usage = tmp_path / "usage.json"
    usage.write_text(json.dumps(page))
    arguments = ("reconcile", "--ledger", ledger, "--file", str(path), "--file", str(usage), "--by",
                 "hour,day,project,model,tier,key,line-item")
    check([json.loads(run(*arguments, "--json"))], schemas["reconcile", "json"])
    heading = columns(run(*arguments, "--format", "csv"))
    assert heading == [field["name"] for field in schemas["reconcile", "csv"]]


def test_prices(schemas, tmp_path):
    check([json.loads(run("prices", "list", "--tier", "all", "--json"))], schemas["prices list", "json"])
    for name in ("gpt-4o-mini", "web_search", "gpt-image-1"):
        check([json.loads(run("prices", "show", name, "--json"))], schemas["prices show", "json"])
    prices = tmp_path / "prices.json"
    prices.write_text(json.dumps({
        "schema": "openai-prices/1", "as_of": "2026-11-24", "currency": "USD",
        "models": [{"id": "gpt-4o-mini", "ids": ["gpt-4o-mini"], "kind": "text",
                    "periods": [{"from": None, "to": None, "per_1m": {"default": {"input": "1"}}}]}],
    }))
    check([json.loads(run("prices", "diff", str(prices), "--json"))], schemas["prices diff", "json"])
    prices.write_text('{"schema": "openai-prices/1", "colour": 1}')
    found = execute("prices", "check", str(prices), "--json")
    assert found.returncode == 1
    check([json.loads(found.stdout)], schemas["prices check", "json"])


def test_configuration(schemas, tmp_path):
    check([json.loads(run("config", "show", "--json"))], schemas["config show", "json"])
    file = tmp_path / "config.json"
    file.write_text('{"upstrem": "x"}')
    found = execute("config", "check", str(file), "--json")
    assert found.returncode == 1
    check([json.loads(found.stdout)], schemas["config check", "json"])


def test_one_command():
    assert run("schema", "limits").startswith("limits --format json: ")
    told = execute("schema", "reprot")
    assert told.returncode == 64 and "Did you mean 'report'?" in told.stderr


@pytest.mark.parametrize("columns", [60, 100])
@pytest.mark.parametrize("command", [
    "report --since 2d --by project,model,endpoint,tier,outcome,status", "report --since 2d --by client,host,organization,key,requested-model,error",
    "calls -n 20", "limits", "waste", "budget --budget a-budget-with-a-long-name=1000/month --budget b=1/day",
    "reprice --since 2d --dry-run", "prices whatif --since 2d --tier batch", "prices list --tier all", "prices explain {id}", "glance",
])
def test_tables_fit_the_terminal(ledger, command, columns):
    identity = json.loads(run("calls", "--ledger", ledger, "--json", "-n", "1", "--outcome", "completed"))["id"]
    storage = "" if "list" in command else f"--ledger {ledger}"
    line = f"stty cols {columns} rows 40; {BINARY} {command.format(id=identity)} {storage} 2>/dev/null"
    printed = subprocess.run(["script", "-qec", line, "/dev/null"], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert printed.returncode == 0, printed
    text = re.sub(r"\x1b\[[0-9;]*m", "", printed.stdout).replace("\r\n", "\n")
    # Sentences are broken by the terminal; the lines of tables have two blanks between cells.
    wide = [row for row in text.split("\n") if len(row) > columns and re.search(r"\S {2,}\S", row)]
    assert len(text.split("\n")) > 3 and not wide, "\n".join(wide)
