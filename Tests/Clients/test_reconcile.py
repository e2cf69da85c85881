"""The ledger against the simulated provider's usage and costs: each cause of a difference has a known answer."""

import json
import os
import shutil
import signal
import stat
import time
import urllib.error
import urllib.request
from decimal import Decimal

import pytest

from conftest import Gateway, Process, execute, loads, run

ADMIN = {"OPENAI_ADMIN_KEY": "sk-admin-ThisAdminKeyMustNeverLandAnywhere0123456789"}
KEY = "sk-proj-abcdefghijklmnopqrstuvwxyz1234"
CAUSES = [
    "not_through_us", "usage_unread", "late_usage", "tier", "cache_class", "long_context", "tool_fee", "price_period",
    "rounding", "in_flight", "restated", "unrecognized_line_item", "remainder",
]
# Dollars per million tokens, written from the price list apart from the program.
MINI = {"input": Decimal("0.15"), "cached": Decimal("0.075"), "output": Decimal("0.60")}
MILLION = Decimal(1_000_000)


class Provider(Process):
    count = 0

    def __init__(self, folder, *arguments):
        Provider.count += 1
        log = folder / f"provider-{Provider.count}.log"
        super().__init__(["simulate", "--listen", "127.0.0.1:0", "--seed", "7", "--processing-ms", "0", *arguments], log)
        self.url = self.wait_for(r"simulator: listening on (http://\S+)")


def call(url, directives="", model="gpt-4o-mini", project="proj_a", path="/v1/chat/completions", key=KEY, **members):
    body = {"model": model, "messages": [{"role": "user", "content": "hello"}], **members}
    if path == "/v1/responses":
        body = {"model": model, "input": "hello", **members}
    if path in ("/v1/embeddings", "/v1/moderations"):
        body = {"model": model, "input": "hello", **members}
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json", "OpenAI-Project": project}
    if directives:
        headers["OpenAI-Simulate"] = directives
    request = urllib.request.Request(url + path, json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request) as response:
        return response.read()


class Pair:
    """A gateway in front of a provider, both with nothing yet."""

    def __init__(self, folder, *arguments):
        # A bucket must not end between the calls and the comparison.
        if time.time() % 3600 > 3540:
            time.sleep(3600 - time.time() % 3600)
        self.folder = folder
        self.provider = Provider(folder, *arguments)
        self.gateway = Gateway(folder, self.provider.url)
        self.calls = 0

    def call(self, directives="", **options):
        self.calls += 1
        return call(self.gateway.url, directives, **options)

    def past(self, directives="", **options):
        return call(self.provider.url, directives, **options)

    def execute(self, *arguments):
        self.gateway.rows_when(self.calls)
        return execute(
            "reconcile", "--ledger", self.gateway.ledger, "--upstream", self.provider.url, "--period", "today", *arguments,
            environment=ADMIN,
        )

    def report(self, *arguments):
        done = self.execute("--json", *arguments)
        assert done.returncode == 0, done.stderr
        return checked(loads(done.stdout))

    def stop(self):
        self.gateway.stop(signal.SIGKILL)
        self.provider.stop(signal.SIGKILL)


def checked(report):
    """The report, whose causes must be the closed set and add up to the difference."""
    assert [cause["cause"] for cause in report["causes"]] == CAUSES
    totals = report["totals"]
    assert sum(cause["cost_difference_usd"] for cause in report["causes"]) == totals["difference_usd"]
    for name in ("call_difference", "token_difference"):
        assert sum(cause[name] for cause in report["causes"]) == totals[name]
    assert totals["difference_usd"] == totals["theirs"]["cost_usd"] - totals["ours"]["cost_usd"]
    if totals["theirs"]["input_tokens"] is None:
        # Their costs alone do not tell their usage.
        assert totals["token_difference"] == totals["call_difference"] == 0
    else:
        assert totals["token_difference"] == sum(
            totals["theirs"][name] - totals["ours"][name] for name in ("input_tokens", "output_tokens")
        )
    return report


def causes(report):
    """The causes that have anything to say."""
    return {
        cause["cause"]: cause for cause in report["causes"]
        if any(cause[name] for name in ("calls", "call_difference", "tokens", "token_difference", "cost_difference_usd"))
    }


def only(report, *names):
    found = causes(report)
    assert sorted(found) == sorted(names), found
    return [found[name] for name in names]


@pytest.fixture
def pair(tmp_path):
    pairs = []

    def begin(*arguments):
        pairs.append(Pair(tmp_path, *arguments))
        return pairs[-1]

    yield begin
    for each in pairs:
        each.stop()


def test_clean(pair):
    pair = pair("--admin-failures", "2", "--admin-limit", "1")
    for number in range(12):
        pair.call(project=f"proj_{number % 3}", model=("gpt-4o-mini", "gpt-5.6", "gpt-4.1")[number % 3])
    pair.call("cached-tokens=1024; reasoning-tokens=64", path="/v1/responses", model="gpt-5.6", service_tier="priority")
    pair.call("input-tokens=300000; cache-write-tokens=512", path="/v1/responses", model="gpt-5.6")
    pair.call(model="gpt-5", service_tier="flex", stream=True, stream_options={"include_usage": True})
    pair.call(model="text-embedding-3-small", path="/v1/embeddings")
    pair.call(model="omni-moderation-latest", path="/v1/moderations")
    report = pair.report()
    assert causes(report) == {} or list(causes(report)) == ["rounding"]
    totals = report["totals"]
    assert totals["drift_percent"] <= Decimal("0.01")
    assert totals["call_coverage_percent"] == totals["token_coverage_percent"] == 100
    assert totals["ours"]["calls"] == totals["theirs"]["calls"] == pair.calls
    assert totals["ours"]["cost_usd"] == loads(run("report", "--ledger", pair.gateway.ledger, "--since", "1d", "--json"))["totals"]["cost_usd"]
    assert {row["project"] for row in report["rows"]} == {"proj_a", "proj_0", "proj_1", "proj_2"}
    # The same sums, whatever they are grouped by.
    for by in ("none", "day", "project", "model", "tier", "line-item", "day,project,model,tier"):
        rows = pair.report("--by", by)["rows"]
        assert sum(row["ours"]["cost_usd"] or 0 for row in rows) == totals["ours"]["cost_usd"], by
        assert sum(row["theirs"]["cost_usd"] or 0 for row in rows) == totals["theirs"]["cost_usd"], by
        assert sum(row["theirs"]["input_tokens"] or 0 for row in rows) == totals["theirs"]["input_tokens"], by
    rows = pair.report("--by", "hour,key")["rows"]
    assert {row["key"] for row in rows} == {"sk-proj-...1234"} and rows[0]["theirs"]["cost_usd"] is None
    rows = pair.report("--by", "line-item", "--model", "gpt-5.6*")["rows"]
    assert {"gpt-5.6-sol, input, long context", "gpt-5.6-sol, cached input, priority"} <= {row["line_item"] for row in rows}
    assert all(row["difference_usd"] == 0 for row in rows)


def test_not_through_us(pair):
    pair = pair()
    pair.call()
    pair.past("input-tokens=1000; output-tokens=500", project="proj_b")
    pair.past("input-tokens=300000; output-tokens=100", project="proj_b", model="gpt-5.6")
    report = pair.report()
    (cause,) = only(report, "not_through_us")
    assert (cause["calls"], cause["tokens"]) == (2, 301_600)
    theirs = report["totals"]["theirs"]["cost_usd"] - report["totals"]["ours"]["cost_usd"]
    assert cause["cost_difference_usd"] == theirs
    assert report["totals"]["call_coverage_percent"] == Decimal("33.3333")
    done = pair.execute("--fail-over", "1%")
    assert done.returncode == 3 and "is above 1%" in done.stderr
    assert pair.execute("--fail-over", "100%").returncode == 0
    row = pair.report("--project", "proj_b", "--model", "gpt-4o-mini")["rows"][0]
    assert row["theirs"]["cost_usd"] == (1000 * MINI["input"] + 500 * MINI["output"]) / MILLION
    assert row["ours"]["calls"] == 0 and row["theirs"]["calls"] == 1


def test_usage_unread(pair):
    pair = pair()
    pair.call()
    pair.call("no-usage=1; input-tokens=1000; output-tokens=500", stream=True)
    report = pair.report()
    (cause,) = only(report, "usage_unread")
    assert (cause["calls"], cause["call_difference"], cause["tokens"]) == (1, 0, 1500)
    assert cause["cost_difference_usd"] == (1000 * MINI["input"] + 500 * MINI["output"]) / MILLION
    assert report["totals"]["calls_without_usage"] == 1 and report["totals"]["call_coverage_percent"] == 50


def test_unread_and_not_through_us_share_by_calls(pair):
    pair = pair()
    pair.call("no-usage=1; input-tokens=1000; output-tokens=0", stream=True)
    pair.past("input-tokens=1000; output-tokens=0")
    unread, past = only(pair.report(), "usage_unread", "not_through_us")
    assert (unread["tokens"], past["tokens"], unread["calls"], past["calls"]) == (1000, 1000, 1, 1)


def test_late_usage(pair):
    pair = pair()
    pair.call("input-tokens=1000; output-tokens=500; bill-after-fetches=1")
    pair.call()
    report = pair.report()
    (cause,) = only(report, "late_usage")
    assert (cause["calls"], cause["call_difference"], cause["token_difference"]) == (1, -1, -1500)
    assert cause["cost_difference_usd"] == -(1000 * MINI["input"] + 500 * MINI["output"]) / MILLION
    # What may still come is not a drift.
    assert report["totals"]["drift_percent"] == 0 and report["totals"]["pending_usd"] == cause["cost_difference_usd"]
    report = pair.report()
    assert causes(report) == {} and report["totals"]["call_coverage_percent"] == 100


def test_late_costs(pair):
    """Usage that is there, and costs that are not yet."""
    pair = pair()
    pair.call("input-tokens=1000; output-tokens=500")
    saved = pair.folder / "saved"
    pair.report("--save", str(saved))
    for path in saved.glob("*costs.json"):
        content = json.loads(path.read_text())
        for bucket in content["answer"]["data"]:
            bucket["results"] = []
        path.write_text(json.dumps(content))
    report = checked(loads(run("reconcile", "--ledger", pair.gateway.ledger, "--file", str(saved), "--json")))
    (cause,) = only(report, "late_usage")
    assert (cause["token_difference"], cause["tokens"]) == (0, 1500) and cause["cost_difference_usd"] < 0


def test_tier(pair):
    pair = pair()
    pair.call("input-tokens=1000; output-tokens=500; bill-tier=flex", model="gpt-5")
    report = pair.report()
    (cause,) = only(report, "tier")
    assert (cause["calls"], cause["tokens"], cause["token_difference"]) == (1, 1500, 0)
    assert cause["cost_difference_usd"] == -(1000 * Decimal("1.25") + 500 * Decimal("10")) / MILLION / 2
    rows = {row["tier"]: row for row in pair.report("--by", "tier")["rows"]}
    assert rows["default"]["ours"]["calls"] == rows["flex"]["theirs"]["calls"] == 1


def test_cache_class(pair):
    pair = pair()
    pair.call("input-tokens=2000; cached-tokens=1024; output-tokens=10; bill-cached-tokens=1536")
    (cause,) = only(pair.report(), "cache_class")
    assert (cause["calls"], cause["tokens"], cause["token_difference"]) == (1, 512, 0)
    assert cause["cost_difference_usd"] == -512 * (MINI["input"] - MINI["cached"]) / MILLION


@pytest.mark.parametrize(("context", "sign"), [("short", -1), ("long", 1)])
def test_long_context(pair, context, sign):
    pair = pair()
    size = 300_000 if context == "short" else 1000
    pair.call(f"input-tokens={size}; output-tokens=100; bill-context={context}", model="gpt-5.6", path="/v1/responses")
    (cause,) = only(pair.report(), "long_context")
    # The input costs twice as much in long context, the output one and a half times.
    assert cause["cost_difference_usd"] == sign * (size * Decimal("4") + 50 * Decimal("20")) / MILLION
    assert (cause["calls"], cause["tokens"], cause["token_difference"]) == (1, size + 100, 0)


def test_tool_fee(pair):
    pair = pair()
    pair.call("bill-searches=3")
    (cause,) = only(pair.report(), "tool_fee")
    assert (cause["calls"], cause["tokens"], cause["cost_difference_usd"]) == (3, 0, Decimal("0.03"))


def test_price_period(pair):
    pair = pair()
    pair.call("input-tokens=100000; output-tokens=5000; bill-price-percent=110")
    (cause,) = only(pair.report(), "price_period")
    assert cause["cost_difference_usd"] == (100_000 * MINI["input"] + 5000 * MINI["output"]) / MILLION / 10
    assert (cause["calls"], cause["tokens"], cause["token_difference"]) == (1, 105_000, 0)


def test_price_of_another_book(pair, tmp_path):
    """A row that the ledger priced otherwise than the book of today."""
    pair = pair()
    pair.call("input-tokens=100000; output-tokens=5000")
    prices = tmp_path / "prices.json"
    prices.write_text(json.dumps({
        "schema": "openai-prices/1", "as_of": "2026-11-24", "currency": "USD",
        "models": [{"id": "gpt-4o-mini", "ids": ["gpt-4o-mini", "gpt-4o-mini-2024-07-18"], "kind": "text",
                    "periods": [{"from": None, "to": None, "per_1m": {"default": {"input": "0.30", "output": "1.20"}}}]}],
    }))
    report = pair.report("--prices", str(prices))
    only(report)
    assert report["totals"]["difference_usd"] == 0


def test_rounding(pair):
    pair = pair("--cost-decimals", "4")
    pair.call("input-tokens=12345; output-tokens=678")
    (cause,) = only(pair.report(), "rounding")
    exact = [12_345 * MINI["input"] / MILLION, 678 * MINI["output"] / MILLION]
    assert cause["cost_difference_usd"] == sum(amount.quantize(Decimal("0.0001")) - amount for amount in exact)
    assert abs(cause["cost_difference_usd"]) <= 2 * Decimal("0.00005")


def test_in_flight_at_the_boundary(pair):
    """A call that the provider dates into the next hour."""
    pair = pair()
    pair.call("input-tokens=1000; output-tokens=500")
    saved = pair.folder / "saved"
    pair.report("--save", str(saved))
    for path in saved.glob("*completions.json"):
        content = json.loads(path.read_text())
        buckets = content["answer"]["data"]
        full = next(index for index, bucket in enumerate(buckets) if bucket["results"])
        start = buckets[full]["end_time"]
        buckets.insert(full + 1, {**buckets[full], "start_time": start, "end_time": start + 3600})
        buckets[full] = {**buckets[full], "results": []}
        path.write_text(json.dumps(content))
    report = checked(loads(run("reconcile", "--ledger", pair.gateway.ledger, "--file", str(saved), "--json")))
    (cause,) = only(report, "in_flight")
    assert (cause["calls"], cause["call_difference"], cause["tokens"]) == (1, 0, 1500)
    assert report["totals"]["drift_percent"] == 0


def test_restated(pair, tmp_path):
    """A settled day that the provider changes afterwards."""
    pair = pair()
    pair.call("input-tokens=1000; output-tokens=500; bill-output-tokens=700; bill-restate-after=1")
    first, second = tmp_path / "first", tmp_path / "second"
    assert causes(pair.report("--save", str(first))) == {}
    pair.report("--save", str(second), "--refresh")
    for folder, days in ((first, 4), (second, 8)):
        for path in folder.glob("*.json"):
            content = json.loads(path.read_text())
            day = time.strftime("%Y-%m-%d", time.gmtime(time.time() + days * 86_400))
            content["fetched_at"] = day + content["fetched_at"][10:]
            path.write_text(json.dumps(content))
    files = ("reconcile", "--ledger", pair.gateway.ledger, "--file", str(first), "--file", str(second), "--json")
    report = checked(loads(run(*files)))
    (cause,) = only(report, "restated")
    assert (cause["tokens"], cause["token_difference"], cause["call_difference"]) == (200, 200, 0)
    assert cause["cost_difference_usd"] == 200 * MINI["output"] / MILLION
    kinds = {change["kind"]: change for change in report["restatements"]}
    assert sorted(kinds) == ["completions", "costs"]
    assert kinds["completions"]["token_difference"] == 200
    assert kinds["costs"]["cost_difference_usd"] == 200 * MINI["output"] / MILLION


def test_unrecognized_line_item(pair):
    pair = pair()
    pair.call("input-tokens=1000; output-tokens=500; bill-line-item=Quantum surcharge")
    pair.call()
    report = pair.report()
    (cause,) = only(report, "unrecognized_line_item")
    amount = (1000 * MINI["input"] + 500 * MINI["output"]) / MILLION
    assert report["unrecognized_line_items"] == [{"line_item": "Quantum surcharge", "cost_usd": amount}]
    assert cause["cost_difference_usd"] == report["totals"]["difference_usd"] == 0
    assert "Quantum surcharge" in pair.execute().stdout


def test_remainder(pair, tmp_path):
    """Settled usage that the provider lacks, which nothing explains."""
    pair = pair()
    pair.call("input-tokens=1000; output-tokens=500; bill-after-fetches=9")
    saved = tmp_path / "saved"
    pair.report("--save", str(saved))
    for path in saved.glob("*.json"):
        content = json.loads(path.read_text())
        content["fetched_at"] = time.strftime("%Y-%m-%dT00:00:00Z", time.gmtime(time.time() + 9 * 86_400))
        path.write_text(json.dumps(content))
    report = checked(loads(run("reconcile", "--ledger", pair.gateway.ledger, "--file", str(saved), "--json")))
    (cause,) = only(report, "remainder")
    assert cause["cost_difference_usd"] == -(1000 * MINI["input"] + 500 * MINI["output"]) / MILLION
    assert cause["call_difference"] == -1


def test_answers_are_kept(pair):
    pair = pair()
    pair.call()
    pair.report()
    path = pair.gateway.ledger + ".provider.jsonl"
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    lines = [json.loads(line) for line in open(path)]
    assert {line["kind"] for line in lines} >= {"costs", "completions"} and len(lines) < 40
    size = os.path.getsize(path)
    pair.report()
    # What has not changed is said in a line for each kind, even if the file was cut off.
    assert os.path.getsize(path) - size < 4000
    with open(path, "a") as file:
        file.write('{"fetched_at":"2026')
    pair.report()
    assert causes(pair.report()) == {}
    text = open(path).read()
    assert ADMIN["OPENAI_ADMIN_KEY"] not in text and KEY not in text


def test_settled_days_are_not_asked_again(pair):
    pair = pair()
    pair.call()
    pair.gateway.rows_when(1)
    arguments = ("reconcile", "--ledger", pair.gateway.ledger, "--upstream", pair.provider.url, "--json",
                 "--since", "2026-01-05T00:00Z", "--until", "2026-01-08T00:00Z")
    done = execute(*arguments, environment=ADMIN)
    assert done.returncode == 0, done.stderr
    pair.provider.stop(signal.SIGKILL)
    # Nothing is left to be asked, so that the provider may be away.
    assert execute(*arguments, environment=ADMIN).returncode == 0
    done = execute(*arguments, "--refresh", environment=ADMIN)
    assert done.returncode == 1 and "cannot be asked" in done.stderr


@pytest.mark.parametrize(("key", "words"), [
    ("", "is not set"), ("two words", "is not a key"), (KEY, "may not read usage and costs"),
])
def test_keys(pair, key, words):
    pair = pair()
    done = execute(
        "reconcile", "--ledger", pair.gateway.ledger, "--upstream", pair.provider.url, environment={"OPENAI_ADMIN_KEY": key}
    )
    assert done.returncode == 1 and words in done.stderr
    assert KEY not in done.stderr + done.stdout


def test_an_admin_key_is_not_sent_in_the_clear(tmp_path):
    done = execute("reconcile", "--upstream", "http://api.example.com", environment=ADMIN)
    assert done.returncode == 1 and "unencrypted" in done.stderr
    assert ADMIN["OPENAI_ADMIN_KEY"] not in done.stderr


def get(url, target):
    request = urllib.request.Request(url + target, headers={"Authorization": f"Bearer {ADMIN['OPENAI_ADMIN_KEY']}"})
    with urllib.request.urlopen(request) as response:
        return response.read().decode(), response.headers


def test_what_curl_saves(pair, tmp_path):
    """Pages as they were received, with and without heads, ungrouped, and without costs."""
    pair = pair()
    pair.call("input-tokens=1000; output-tokens=500")
    pair.gateway.rows_when(1)
    start = int(time.time()) // 86_400 * 86_400
    base = f"start_time={start}&limit=7&bucket_width=1d"
    costs, headers = get(pair.provider.url, f"/v1/organization/costs?{base}&group_by[]=project_id&group_by[]=line_item")
    usage, _ = get(pair.provider.url, f"/v1/organization/usage/completions?{base}&group_by[]=model&group_by[]=service_tier")
    head = "HTTP/1.1 200 OK\r\n" + "".join(f"{name}: {value}\r\n" for name, value in headers.items()) + "\r\n"
    (tmp_path / "a.json").write_text(head + costs)
    (tmp_path / "b.json").write_text(usage)
    ledger = pair.gateway.ledger

    def compared(*files):
        arguments = [word for name in files for word in ("--file", str(tmp_path / name))]
        return checked(loads(run("reconcile", "--ledger", ledger, "--json", *arguments)))

    report = compared("a.json")
    assert causes(report) == {} and report["totals"]["theirs"]["calls"] is None and report["has_costs"] is True
    report = compared("b.json")
    assert causes(report) == {} and report["has_costs"] is False and report["width"] == "day"
    assert "not grouped by project_id" in " ".join(report["notes"])
    (tmp_path / "all.jsonl").write_text(json.dumps(json.loads(usage)) + "\n" + json.dumps(json.loads(usage)) + "\n")
    assert causes(compared("all.jsonl")) == {}
    # A page that is followed by another one, which is missing.
    page, _ = get(pair.provider.url, f"/v1/organization/usage/completions?start_time={start - 86_400}&limit=1&group_by[]=model")
    (tmp_path / "completions-page.json").write_text(page)
    assert "a page follows" in " ".join(compared("completions-page.json")["notes"])
    for text, words in (
        ('{"error":{"message":"Incorrect API key"}}', "error of the API: Incorrect API key"), ("{}", 'no array "data"'),
        ("<html>", "is not JSON"), ('{"data":[{"start_time":5}]}', "start_time before its end_time"),
        ('{"data":[{"start_time":0,"end_time":86400,"results":[{"object":"organization.costs.result","amount":{"value":"x"}}]}]}',
         "amount that is a number"),
        ('{"data":[{"start_time":0,"end_time":86400,"results":[{"object":"organization.costs.result","amount":{"value":1,"currency":"eur"}}]}]}',
         "only US dollars"),
    ):
        (tmp_path / "bad.json").write_text(text)
        done = execute("reconcile", "--ledger", ledger, "--file", str(tmp_path / "bad.json"))
        assert done.returncode == 1 and words in done.stderr, (text, done.stderr)


def test_hostile_names(pair, tmp_path):
    pair = pair()
    pair.call()
    pair.gateway.rows_when(1)
    start = int(time.time()) // 86_400 * 86_400
    name = "\u001b[31m=cmd|'/c calc'!A1,\u202e evil"
    result = {"object": "organization.costs.result", "amount": {"value": 1.5, "currency": "usd"}, "line_item": name,
              "project_id": name, "new_field": {"deep": [1]}}
    page = {"object": "page", "data": [{"start_time": start, "end_time": start + 86_400, "results": [result]}], "has_more": False}
    path = tmp_path / "costs.json"
    path.write_text(json.dumps(page))
    arguments = ("reconcile", "--ledger", pair.gateway.ledger, "--file", str(path))
    for format in ("table", "markdown"):
        text = run(*arguments, "--format", format)
        assert "\u001b" not in text and "\u202e" not in text and "evil" in text
    report = checked(loads(run(*arguments, "--json")))
    # Without their usage, there is none to compare.
    assert report["totals"]["theirs"]["input_tokens"] is None and report["totals"]["ours"]["input_tokens"] > 0
    assert report["unrecognized_line_items"][0]["line_item"] == name
    assert causes(report)["unrecognized_line_item"]["cost_difference_usd"] == 1.5


def test_formats(pair):
    pair = pair()
    pair.call()
    pair.past()
    table = pair.execute()
    assert table.stdout.startswith("Ours and theirs, ") and "REMAINDER" in table.stdout and "Coverage:" in table.stdout
    rows = pair.execute("--format", "csv", "--by", "day,model").stdout.split("\n")
    assert rows[0].startswith("day,model,our_calls,") and len(rows) == 3
    text = pair.execute("--format", "markdown").stdout
    assert "| not through us | 1 |" in text
    for arguments, words in (
        (("--tag", "a=b"), "cannot be selected by tag"), (("--min-duration", "2s"), "no durations"),
        (("--by", "day,day"), "twice"), (("--file", "x", "--save", "y"), "cannot be used together"),
        (("--fail-over", "x"), "fail-over"),
    ):
        done = execute("reconcile", *arguments)
        assert done.returncode == 64 and words in done.stderr, done.stderr


def gauges(gateway):
    """The values of the reconciliation's gauges by series."""
    lines = (line for line in gateway.metrics()[0].split("\n") if line.startswith("oai_usage_reconciliation_"))
    return {series: Decimal(value) for series, value in (line.rsplit(" ", 1) for line in lines)}


def told(gateway):
    address = gateway.metrics_url.removesuffix("/metrics")
    with urllib.request.urlopen(f"{address}/api/v1/reconciliation") as response:
        return loads(response.read())["reconciliation"]


def test_the_result_is_told_by_the_gateway(pair):
    pair = pair()
    assert gauges(pair.gateway) == {} and told(pair.gateway) is None
    pair.call()
    pair.call(project="proj_b")
    pair.past("input-tokens=1000; output-tokens=500", project="proj_b")
    report = pair.report("--by", "none")
    path = pair.gateway.ledger + ".reconciliation.json"
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    # The same answer as the command's.
    result = told(pair.gateway)
    assert result["report"] == report and result["version"] == 1
    prefix = "oai_usage_reconciliation_"
    found = gauges(pair.gateway)
    totals = report["totals"]
    for measure, name in (("calls", "call"), ("tokens", "token"), ("cost", "cost")):
        assert found[f'{prefix}coverage_ratio{{measure="{measure}"}}'] * 100 == totals[f"{name}_coverage_percent"]
    assert found[f"{prefix}drift_ratio"] * 100 == totals["drift_percent"] > 0
    for cause in report["causes"]:
        assert found[f'{prefix}difference_usd{{cause="{cause["cause"]}"}}'] == cause["cost_difference_usd"]
    assert found[f'{prefix}cost_usd{{source="ledger"}}'] == totals["ours"]["cost_usd"]
    assert found[f'{prefix}cost_usd{{source="provider"}}'] == totals["theirs"]["cost_usd"]
    assert found[f'{prefix}project_coverage_ratio{{project="proj_a"}}'] == 1
    assert found[f'{prefix}project_drift_ratio{{project="proj_a"}}'] == 0
    assert 0 < found[f'{prefix}project_coverage_ratio{{project="proj_b"}}'] < 1
    assert abs(found[f"{prefix}timestamp_seconds"] - Decimal(time.time())) < 60
    days = found[f"{prefix}period_end_timestamp_seconds"] - found[f"{prefix}period_start_timestamp_seconds"]
    assert days == 86_400
    # What is not about everything says nothing of the whole.
    content = open(path).read()
    for arguments in (["--project", "proj_a"], ["--by", "key"], ["--result", "none"]):
        assert pair.execute(*arguments).returncode == 0
        assert open(path).read() == content
    assert "--result needs" in pair.execute("--result", path, "--project", "proj_a").stderr
    other = str(pair.folder / "other.json")
    assert pair.execute("--result", other).returncode == 0 and json.load(open(other))["version"] == 1
    assert open(path).read() == content
    # A new result replaces the one before, and nothing else is left beside it.
    pair.past("input-tokens=5000; output-tokens=500", project="proj_b")
    pair.report()
    assert gauges(pair.gateway)[f"{prefix}drift_ratio"] > found[f"{prefix}drift_ratio"]
    assert not [name for name in os.listdir(pair.folder) if ".reconciliation.json." in name]
    os.unlink(path)
    assert gauges(pair.gateway) == {} and told(pair.gateway) is None


@pytest.mark.parametrize("content, problem", [
    ("{", "is not JSON"), ('{"version":2,"report":{}}', "has the version 2"), ("{}", "has no version"),
    ('{"version":1,"reconciled_at":"soon","report":{"totals":{}}}', "has no amount"),
    (" " * 2_000_000, "has 2000000 bytes"), (None, "is not a file"),
])
def test_a_broken_result_is_told_once(pair, content, problem):
    pair = pair()
    path = pair.gateway.ledger + ".reconciliation.json"
    if content is None:
        os.mkfifo(path)
    else:
        with open(path, "w") as file:
            file.write(content)
    for _ in range(4):
        assert gauges(pair.gateway) == {} and told(pair.gateway) is None
    log = pair.gateway.log.read_text()
    assert log.count(f"{path} {problem}") == 1 and "Run oai-usage reconcile again" in log


def test_a_result_does_not_replace_another_file(pair, tmp_path):
    pair = pair()
    pair.call()
    other = tmp_path / "notes.txt"
    other.write_text("mine")
    for path in (pair.gateway.ledger, str(other)):
        before = open(path, "rb").read(16)
        done = pair.execute("--result", path)
        assert done.returncode == 1 and "is not replaced" in done.stderr, done.stderr
        assert open(path, "rb").read(16) == before
