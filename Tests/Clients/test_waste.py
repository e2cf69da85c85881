"""The lines of waste against the calls themselves, and the headroom of the limits."""

import re
from decimal import Decimal

import pytest

from conftest import execute, loads, run


@pytest.fixture(scope="module")
def ledger(tmp_path_factory):
    kept = tmp_path_factory.mktemp("waste")
    done = execute("demo", "--calls", "600", "--keep", str(kept))
    assert done.returncode == 0, done.stderr
    return str(kept / "ledger.db")


def test_lines_hold_what_the_calls_cost(ledger):
    waste = loads(run("waste", "--ledger", ledger, "--json"))
    lines = {line["line"]: line for line in waste["lines"]}
    assert list(lines) == ["retries", "abandoned", "failed", "downgraded", "uncached"]
    rows = [loads(line) for line in run("calls", "--ledger", ledger, "--format", "jsonl", "--limit", "0").split("\n") if line]
    given_up = [row for row in rows if row["outcome"] in ("client_disconnected", "abandoned") and (row["cost_usd"] or 0) > 0]
    assert lines["abandoned"]["calls"] == len(given_up) > 0
    assert lines["abandoned"]["waste_usd"] == lines["abandoned"]["cost_usd"] == sum(row["cost_usd"] for row in given_up)
    assert lines["abandoned"]["input_tokens"] == sum(row["input_tokens"] or 0 for row in given_up)
    uncached = [
        row for row in rows
        if row["outcome"] == "completed" and (row["input_tokens"] or 0) >= 1024 and row["cached_input_tokens"] == 0
    ]
    assert 0 < lines["uncached"]["calls"] <= len(uncached) and lines["uncached"]["is_upper_bound"] is True
    assert 0 < lines["uncached"]["waste_usd"] < lines["uncached"]["cost_usd"]
    assert waste["totals"]["calls"] == len(rows)
    # The total leaves the bound out.
    assert waste["totals"]["waste_usd"] == sum(line["waste_usd"] for line in lines.values() if not line["is_upper_bound"])
    assert sum(line["calls"] for line in lines.values()) <= len(rows)
    assert all(line["method"].endswith(".") for line in lines.values())


def test_people_and_spreadsheets(ledger):
    done = execute("waste", "--ledger", ledger)
    assert done.returncode == 0 and "abandoned" in done.stdout and "≤ $" in done.stdout
    assert "Upper bound" in done.stderr and "Upper bound" not in done.stdout
    assert run("report", "--waste", "--ledger", ledger) == done.stdout
    other = execute("report", "--waste", "--by", "model", "--ledger", ledger)
    assert other.returncode == 64 and "--waste has rows" in other.stderr
    table = run("waste", "--ledger", ledger, "--format", "csv").split("\n")
    assert table[0].startswith("line,calls,") and len(table) == 7
    part = loads(run("waste", "--ledger", ledger, "--json", "--project", "proj_search"))
    whole = loads(run("waste", "--ledger", ledger, "--json"))
    assert 0 < part["totals"]["calls"] < whole["totals"]["calls"]


def test_limits_have_headroom(ledger):
    limits = loads(run("limits", "--ledger", ledger, "--format", "json"))["limits"]
    busy = 0
    for limit in limits:
        assert limit["age_seconds"] >= 0
        for window in limit["rate_limit"].values():
            assert window["remaining_now"] == (window["limit"] if window["is_reset"] else window["remaining"])
            if window["minutes_to_limit"] is not None:
                busy += 1
                told = Decimal(window["remaining_now"]) / window["used_per_minute"]
                assert abs(told - window["minutes_to_limit"]) <= Decimal("0.01") + told / 50
    assert busy > 0
    text = run("limits", "--ledger", ledger)
    assert "LIMIT IN" in text and "reset" in text and not re.search(r"\s-\d", text)
    one = loads(run("limits", "--ledger", ledger, "--format", "json", "--project", "proj_s*", "--model", "gpt-4o-mini"))["limits"]
    assert one and all(row["project"].startswith("proj_s") and row["model"].startswith("gpt-4o-mini") for row in one)
    rows = run("limits", "--ledger", ledger, "--format", "csv").split("\n")
    assert len(rows) - 2 == sum(len(limit["rate_limit"]) for limit in limits)
    none = execute("limits", "--ledger", ledger, "--project", "nobody")
    assert none.returncode == 0 and "No response of these" in none.stderr


@pytest.mark.parametrize("command", ["waste", "limits", "top", "report", "calls"])
def test_a_mistyped_project_is_told(ledger, command):
    options = ["--once", "--window", "24h"] if command == "top" else []
    done = execute(command, *options, "--ledger", ledger, "-p", "proj_serach")
    assert done.returncode == 0 and 'Did you mean "proj_search"?' in done.stderr, done.stderr
    done = execute(command, *options, "--ledger", ledger, "-p", "nothing_of_this,proj_search")
    assert done.returncode == 0 and "There are proj_" in done.stderr, done.stderr
