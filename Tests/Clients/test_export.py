"""`oai-usage export`: charges whose sums are those of SQL over the rows and of the report, to the last pico-dollar."""

import csv
import datetime
import gzip
import io
import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import time
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from conftest import BINARY, execute, loads, run
from ledger_files import PICO, connect

ALL = ("--period", "all")
INPUT = {
    "input", "cached_input", "cache_write", "cache_write_12h", "cache_write_1h", "audio_input", "cached_audio_input", "image_input",
    "cached_image_input",
}
HEADINGS = {"1.2": {"ProviderName", "PublisherName"}, "1.4": {"ServiceProviderName", "HostProviderName"}}


@pytest.fixture(scope="module")
def ledger(tmp_path_factory):
    folder = tmp_path_factory.mktemp("export")
    run("demo", "--calls", "200", "--keep", str(folder))
    return str(folder / "ledger.db")


def table(text):
    return list(csv.DictReader(io.StringIO(text, newline="")))


def focus(ledger, *arguments):
    return table(run("export", "--ledger", ledger, "--format", "focus", *ALL, *arguments))


def query(ledger, sql):
    database = connect(ledger)
    try:
        return database.execute(sql).fetchall()
    finally:
        database.close()


def sums(rows, key, value="BilledCost"):
    found = {}
    for row in rows:
        found[key(row)] = found.get(key(row), 0) + Decimal(row[value])
    return found


def total(rows):
    return sum((Decimal(row["BilledCost"]) for row in rows), Decimal(0))


def reported(ledger, *arguments):
    return loads(run("report", "--ledger", ledger, *ALL, "--json", *arguments))["totals"]["cost_usd"] or 0


@pytest.mark.parametrize("dimension, column", [
    ("project", "SubAccountId"), ("model", "x_Model"), ("service_tier", "x_ServiceTier"), ("cost_status", "x_CostStatus"),
    ("strftime('%Y-%m-%dT%H:00:00Z', substr(started_at, 1, 19))", "ChargePeriodStart"), ("price_version", "x_PriceBook"),
])
def test_sums_are_those_of_sql(ledger, dimension, column):
    """Every dimension of a charge has the cost that SQL has over the rows."""
    expected = {
        name or "": Decimal(pico) * PICO
        for name, pico in query(ledger, f"SELECT {dimension}, sum(cost_pico_usd) FROM calls WHERE counted AND outcome <> 'open' GROUP BY 1")
        if pico
    }
    found = {name: cost for name, cost in sums(focus(ledger), lambda row: row[column]).items() if cost}
    assert found == expected and expected


def test_the_total_is_that_of_the_report(ledger):
    rows = focus(ledger)
    assert total(rows) == reported(ledger) > 0
    assert total(rows) == sum(Decimal(row["EffectiveCost"]) for row in rows)
    assert focus(ledger, "--tags", "none") != rows
    assert total(focus(ledger, "--tags", "none")) == total(rows)
    # Filters and ranges select the same calls as in a report.
    for filters in (["--project", "proj_search"], ["--model", "gpt-5*"], ["--tag", "team=web"], ["--outcome", "completed", "--tier-not", "flex"]):
        assert total(focus(ledger, *filters)) == reported(ledger, *filters)
    assert table(run("report", "--ledger", ledger, *ALL, "--format", "focus")) == rows


def test_tokens_are_those_of_sql(ledger):
    """The meters of tokens, which do not overlap, add up to the provider's counters."""
    rows = [row for row in focus(ledger) if row["ConsumedUnit"] == "Tokens"]
    # Tokens that tools use are billed with them, and are not in the call's own counters.
    found = sum(Decimal(row["ConsumedQuantity"]) for row in rows if row["SkuMeter"] in INPUT)
    known = query(ledger, "SELECT sum(input_tokens) FROM calls WHERE counted AND outcome <> 'open' AND cost_status IN ('exact', 'partial', 'unpriced')")
    assert found >= known[0][0]
    names = "chat.completions"
    found = [row for row in table(run("export", "--ledger", ledger, "--format", "focus", *ALL, "--endpoint", names)) if row["ConsumedUnit"] == "Tokens"]
    known = query(ledger, f"SELECT sum(input_tokens), sum(output_tokens) FROM calls WHERE counted AND endpoint = '{names}' AND cost_status IN ('exact', 'unpriced')")
    assert sum(Decimal(row["ConsumedQuantity"]) for row in found if row["SkuMeter"] in INPUT) == known[0][0]
    assert sum(Decimal(row["ConsumedQuantity"]) for row in found if "output" in row["SkuMeter"]) == known[0][1]


def test_prices_times_quantities_are_costs(ledger):
    rows = focus(ledger)
    assert all(row["ListUnitPrice"] for row in rows if Decimal(row["BilledCost"]) != 0)
    for row in rows:
        assert bool(row["SkuPriceId"]) == bool(row["ListUnitPrice"]) == bool(row["ContractedUnitPrice"]) == (not row["x_UnpricedQuantity"])
        if not row["SkuPriceId"]:
            assert Decimal(row["BilledCost"]) == 0 and Decimal(row["ListCost"]) == 0 and Decimal(row["x_UnpricedQuantity"]) > 0
            continue
        quantity = Decimal(row["PricingQuantity"])
        assert Decimal(row["ListUnitPrice"]) * quantity == Decimal(row["ListCost"])
        assert Decimal(row["ContractedUnitPrice"]) * quantity == Decimal(row["ContractedCost"])
        # Every call's part of it is rounded to a pico-dollar.
        assert abs(Decimal(row["ContractedCost"]) - Decimal(row["BilledCost"])) <= PICO / 2 * int(row["x_Calls"])
        if row["PricingUnit"] == "1000000 Tokens":
            assert quantity * 1_000_000 == Decimal(row["ConsumedQuantity"])
    # A price has one unit price per period, and one SKU.
    assert all(len(values) == 1 for values in group(rows, "SkuPriceId", "ListUnitPrice", "SkuId").values())


def group(rows, key, *names):
    found = {}
    for row in rows:
        found.setdefault(row[key], set()).add(tuple(row[name] for name in names))
    return {name: values for name, values in found.items() if name}


def test_every_row_is_an_hour_of_its_own(ledger):
    rows = focus(ledger)
    keys = Counter(
        tuple(row[name] for name in row if name not in {
            "BilledCost", "EffectiveCost", "ListCost", "ContractedCost", "PricingQuantity", "ConsumedQuantity", "x_Calls", "x_UnpricedQuantity",
        })
        for row in rows
    )
    assert max(keys.values()) == 1
    assert [row["ChargePeriodStart"] for row in rows] == sorted(row["ChargePeriodStart"] for row in rows)
    for row in rows:
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:00:00Z", row["ChargePeriodStart"])
        assert row["BillingPeriodStart"] <= row["ChargePeriodStart"] < row["ChargePeriodEnd"] <= row["BillingPeriodEnd"]
        assert row["Tags"] == "" or all(isinstance(value, str) for value in json.loads(row["Tags"]).values())
        assert not row["SkuPriceDetails"] or all(name.startswith("x_") for name in json.loads(row["SkuPriceDetails"]))


def test_unpriced_calls_stay_visible(ledger):
    """As many calls without a price or without usage as the report tells."""
    rows = [row for row in focus(ledger) if row["x_UnpricedQuantity"]]
    unknown = sum(int(row["x_Calls"]) for row in rows if row["SkuMeter"] == "unknown_usage" and row["x_CostStatus"] == "none")
    known = query(ledger, "SELECT count(*) FROM calls WHERE counted AND cost_status = 'none' AND cost_reason = 'missing_usage'")
    assert unknown == known[0][0] > 0
    assert {row["x_CostStatus"] for row in rows} <= {"none", "partial", "unpriced"}


def test_versions(ledger):
    names = {version: set(focus(ledger, "--focus-version", version)[0]) for version in HEADINGS}
    assert names["1.2"] - names["1.4"] == HEADINGS["1.2"] and names["1.4"] - names["1.2"] == HEADINGS["1.4"]
    heading = list(focus(ledger)[0])
    own = [name for name in heading if not name.startswith("x_")]
    assert own == sorted(own) and heading == own + sorted(name for name in heading if name.startswith("x_"))
    result = execute("export", "--ledger", ledger, "--format", "focus", "--focus-version", "1.3")
    assert result.returncode == 64 and "1.2" in result.stderr


def test_time_zones_affect_the_range_alone(ledger):
    # The calls may all have begun within one second.
    first, last = (datetime.datetime.fromisoformat(text) for text in query(ledger, "SELECT min(started_at), max(started_at) FROM calls")[0])
    span = ("--since", first.strftime("%FT%TZ"), "--until", (last + datetime.timedelta(seconds=1)).strftime("%FT%TZ"))
    texts = [run("export", "--ledger", ledger, "--format", "focus", *span, "--timezone", zone) for zone in ("UTC", "Asia/Kathmandu")]
    assert texts[0] == texts[1] and len(texts[0]) > 1000


def prices(path, price):
    path.write_text(json.dumps({
        "schema": "openai-prices/1", "as_of": "2026-11-24", "currency": "USD",
        "models": [
            {"id": name, "ids": [name], "kind": "text", "periods": [{"from": None, "to": None, "per_1m": {"default": {"input": price, "cached_input": price, "output": price}}}]}
            for name in ("gpt-5.1-2025-11-13", "gpt-5.1")
        ],
    }))
    return str(path)


def test_negotiated_prices_stand_beside_the_published_ones(ledger, tmp_path):
    copy = str(tmp_path / "ledger.db")
    database = sqlite3.connect(ledger)
    database.execute("VACUUM INTO ?", (copy,))
    database.close()
    file = prices(tmp_path / "prices.json", "0.7")
    run("reprice", "--ledger", copy, "--since", "2d", "--prices", file)
    rows = focus(copy, "--prices", file)
    assert total(rows) == reported(copy) != reported(ledger)
    own = [row for row in rows if row["SkuId"].startswith("gpt-5.1")]
    assert own and {row["ContractedUnitPrice"] for row in own} == {"0.7"}
    assert "0.7" not in {row["ListUnitPrice"] for row in own}
    assert sum(Decimal(row["ListCost"]) for row in rows) != total(rows)
    # Without the price file, a cost that the built-in prices do not explain stays whole, and the sum the same.
    result = execute("export", "--ledger", copy, "--format", "focus", *ALL)
    rest = table(result.stdout)
    assert total(rest) == total(rows)
    whole = [row for row in rest if row["SkuMeter"] == "unsplit"]
    assert whole and "--prices" in result.stderr and "+" in whole[0]["x_PriceBook"]
    assert execute("export", "--ledger", copy, "--format", "focus", *ALL, "--strict").returncode == 2


def test_pruned_calls_keep_their_cost(ledger, tmp_path):
    """A ledger without its rows has hours of one row for a project, model and tier, and the same sum."""
    copy = str(tmp_path / "ledger.db")
    database = sqlite3.connect(ledger)
    database.execute("VACUUM INTO ?", (copy,))
    database.close()
    assert total(focus(copy)) == reported(copy)
    run("prune", "--ledger", copy, "--older-than", "1h")
    assert total(focus(copy)) == reported(copy) == reported(ledger)


def test_files_are_whole_or_not_there(ledger, tmp_path):
    arguments = ("export", "--ledger", ledger, "--format", "focus", *ALL)
    path = tmp_path / "focus.csv"
    text = subprocess.run([BINARY, *arguments], capture_output=True, check=True).stdout
    run(*arguments, "-o", str(path))
    assert path.read_bytes() == text
    again = execute(*arguments, "-o", str(path))
    assert again.returncode == 1 and "--force" in again.stderr and path.read_bytes() == text
    path.write_text("something else")
    run(*arguments, "-o", str(path), "--force")
    assert path.read_bytes() == text
    run(*arguments, "--output", str(tmp_path / "focus.csv.gz"))
    assert gzip.decompress((tmp_path / "focus.csv.gz").read_bytes()) == text
    # What failed leaves nothing, neither a part nor a file of another name.
    assert execute(*arguments, "-o", str(tmp_path / "missing" / "focus.csv")).returncode == 1
    assert execute("export", "--ledger", str(tmp_path / "none.db"), "--format", "focus", "-o", str(tmp_path / "x.csv")).returncode == 1
    assert execute(*arguments, "-o", str(tmp_path)).returncode == 1
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["focus.csv", "focus.csv.gz"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_told(ledger):
    with open("/dev/full", "wb") as full:
        result = subprocess.run([BINARY, "export", "--ledger", ledger, *ALL], stdout=full, stderr=subprocess.PIPE, text=True)
    assert result.returncode == 1 and "cannot be written" in result.stderr


def test_calls(ledger):
    """csv and jsonl are those of `calls`, all of them."""
    for format in ("csv", "jsonl"):
        text = run("export", "--ledger", ledger, "--format", format, *ALL)
        assert text == run("calls", "--ledger", ledger, "--format", format, "--limit", "0")
    rows = table(run("export", "--ledger", ledger, *ALL))
    assert "tag:team" in rows[0] and {row["tag:team"] for row in rows} >= {"web", "batch"}
    assert "tag:team" not in table(run("export", "--ledger", ledger, *ALL, "--tags", "none"))[0]
    assert list(table(run("export", "--ledger", ledger, *ALL, "--columns", "time,cost"))[0]) == ["started_at", "cost_usd"]
    assert execute("export", "--ledger", ledger, "--format", "focus", "--columns", "cost").returncode == 64


@pytest.mark.parametrize("per, length", [("month", 7), ("day", 10)])
def test_chargeback(ledger, per, length):
    rows = table(run("export", "--ledger", ledger, "--format", "chargeback", *ALL, "--per", per, "--tags", "team"))
    expected = {
        (period, project, team or ""): (calls, input or 0, output or 0, Decimal(pico or 0) * PICO)
        for period, project, team, calls, input, output, pico in query(ledger, f"""
            SELECT substr(started_at, 1, {length}), project, json_extract(tags, '$.team'), count(*),
                sum(input_tokens) FILTER (WHERE counted), sum(output_tokens) FILTER (WHERE counted), sum(cost_pico_usd) FILTER (WHERE counted)
            FROM calls WHERE outcome <> 'open' GROUP BY 1, 2, 3
        """)
    }
    found = {
        (row[per], row["project"], row["tag:team"]):
            (int(row["calls"]), int(row["input_tokens"] or 0), int(row["output_tokens"] or 0), Decimal(row["cost_usd"] or 0))
        for row in rows
    }
    assert found == expected
    assert sum(cost for *_, cost in found.values()) == reported(ledger)


def test_names_that_no_call_has_are_told(ledger):
    result = execute("export", "--ledger", ledger, "--format", "chargeback", *ALL, "--tags", "taem")
    assert result.returncode == 0 and "taem" in result.stderr and "team" in result.stderr


def test_nothing_is_a_heading(tmp_path, ledger):
    result = execute("export", "--ledger", ledger, "--format", "focus", "--period", "2020")
    assert result.returncode == 0 and result.stdout.count("\n") == 1 and "0 rows" in result.stderr


def test_schema(ledger):
    fields = {entry["format"]: entry["fields"] for entry in json.loads(run("schema", "export", "--json"))}
    for version in HEADINGS:
        rows = focus(ledger, "--focus-version", version)
        names = {field["name"]: field for field in fields["focus"]}
        assert set(rows[0]) <= set(names)
        assert {name for name, field in names.items() if not field["optional"]} <= set(rows[0])
        for row in rows:
            for name, cell in row.items():
                assert cell or names[name]["nullable"], name
    text = run("export", "--ledger", ledger, "--format", "chargeback", *ALL, "--tags", "team")
    heading = [name.replace("tag:team", "tag:NAME") for name in table(text)[0]]
    assert heading == [field["name"] for field in fields["chargeback"] if field["name"] != "day"]


def test_the_document_has_the_exceptions():
    """Every exception that the judge makes has its reason in the document."""
    root = Path(__file__).parents[2]
    text = (root / "Documentation" / "focus.md").read_text()
    for entry in json.loads((root / "Tests" / "Focus" / "exceptions.json").read_text()):
        for rule in entry["rules"]:
            assert f"`{rule}`" in text, rule


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupted_export_leaves_nothing(ledger, tmp_path, number):
    # A ledger that never answers, so that the export waits with its file open.
    target = tmp_path / "calls.csv"
    listener = socket.create_server(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    process = subprocess.Popen(
        [BINARY, "export", "--ledger", address, "--period", "all", "--format", "csv", "-o", str(target)],
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 20
    while not list(tmp_path.glob("*.part")):
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.02)
    time.sleep(0.3)
    process.send_signal(number)
    assert process.wait(timeout=20) == -number
    assert list(tmp_path.iterdir()) == []
    listener.close()


def test_what_a_killed_export_left_is_removed_by_the_next(ledger, tmp_path):
    target = tmp_path / "calls.csv"
    left, new, other = tmp_path / "calls.csv.77.part", tmp_path / "calls.csv.78.part", tmp_path / "calls.csv.x.part"
    for path in [left, new, other]:
        path.write_text("id\n")
    for path in [left, other]:
        os.utime(path, (time.time() - 3600,) * 2)
    run("export", "--ledger", ledger, "--period", "all", "--format", "csv", "-o", str(target))
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([target.name, new.name, other.name])
