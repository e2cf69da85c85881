"""`prices whatif` beside the same sum in Python, `prices update`, and the question before negotiated prices are taken off."""

import csv
import http.server
import io
import json
import os
import pty
import sqlite3
import subprocess
import threading
from decimal import Decimal

import pytest

from conftest import BINARY, execute, loads, run
from ledger_files import calls

ALL = ("--period", "all")


@pytest.fixture(scope="module")
def ledger(tmp_path_factory):
    folder = tmp_path_factory.mktemp("whatif")
    run("demo", "--calls", "200", "--keep", str(folder))
    return str(folder / "ledger.db")


def copied(ledger, tmp_path):
    copy = str(tmp_path / "copy.db")
    database = sqlite3.connect(ledger)
    database.execute("VACUUM INTO ?", (copy,))
    database.close()
    return copy


def whatif(ledger, *arguments):
    return loads(run("prices", "whatif", "--ledger", ledger, *ALL, "--json", *arguments))


def card(model, tier="default"):
    """The prices of a million tokens that hold now."""
    rows = loads(run("prices", "list", model, "--tier", tier, "--json"))
    return next({name: Decimal(price) for name, price in row["per_1m"].items()} for row in rows if row.get("model") == model)


@pytest.mark.parametrize("tier", [None, "batch"])
def test_another_model_is_priced_by_its_own_prices(ledger, tier):
    prices = card("gpt-5-mini", tier or "default")
    rows = [row for row in calls(ledger) if (row["model"] or "").startswith("gpt-5.1") and row["cost_status"] == "exact"]
    expected = sum(
        (
            (row["input_tokens"] - (row["cached_input_tokens"] or 0)) * prices["input"]
            + (row["cached_input_tokens"] or 0) * prices.get("cached_input", prices["input"]) + row["output_tokens"] * prices["output"]
        ) / 1_000_000
        for row in rows
    )
    found = whatif(ledger, "--model", "gpt-5.1=gpt-5-mini", *(["--tier", tier] if tier else []))["totals"]
    assert found["calls"] == len(rows) > 0
    assert found["cost_usd"] == sum(row["cost_usd"] for row in rows)
    assert found["what_if_usd"] == expected
    assert found["difference_usd"] == found["what_if_usd"] - found["cost_usd"]


def test_the_same_model_costs_the_same(ledger):
    for model in ("gpt-5.1-2025-11-13", "gpt-4o-mini"):
        assert whatif(ledger, "--model", f"{model}={model}")["totals"]["difference_usd"] == 0
    assert whatif(ledger, "--tier", "default")["totals"]["calls"] > 0


def test_filters_select_the_calls(ledger):
    for filters in (["--project", "proj_search"], ["--tag", "team=web"]):
        known = loads(run("report", "--ledger", ledger, *ALL, "--json", "--model", "gpt-5.1", *filters))["totals"]
        found = whatif(ledger, "--model", "gpt-5.1=gpt-5-mini", *filters)["totals"]
        # Failed calls, which cost nothing, are in a report alone.
        assert found["cost_usd"] == known["cost_usd"] and 0 < found["calls"] <= known["calls"]


def test_what_has_no_price_is_named(ledger):
    result = execute("prices", "whatif", "--ledger", ledger, *ALL, "--tier", "ultrafast")
    assert result.returncode == 0 and "Not compared" in result.stderr and "ultrafast" in result.stderr
    found = whatif(ledger, "--tier", "ultrafast")
    assert sum(gap["calls"] for gap in found["not_compared"]) == found["totals"]["not_compared_calls"] > 0
    assert execute("prices", "whatif", "--ledger", ledger, "--model", "gpt-5.1=gpt-unknown-9").returncode == 1
    assert execute("prices", "whatif", "--ledger", ledger, "--tier", "bach").returncode == 1
    for arguments in ([], ["--model", "gpt-5.1"], ["--model", "=b"], ["--model", "a=b=c"], ["--tier", "batch", "--month", "2026-10", "--since", "1d"]):
        assert execute("prices", "whatif", "--ledger", ledger, *arguments).returncode == 64, arguments


def test_formats_have_the_same_sums(ledger):
    arguments = ("prices", "whatif", "--ledger", ledger, *ALL, "--tier", "batch")
    rows = list(csv.DictReader(io.StringIO(run(*arguments, "--format", "csv"), newline="")))
    found = whatif(ledger, "--tier", "batch")
    assert [row["model"] for row in rows] == [row["model"] for row in found["rows"]]
    assert sum(Decimal(row["what_if_usd"]) for row in rows) == found["totals"]["what_if_usd"]
    assert run(*arguments, "--format", "markdown").startswith("| model | tier |")
    assert run(*arguments).startswith("MODEL")
    schemas = {(entry["command"], entry["format"]): entry["fields"] for entry in json.loads(run("schema", "prices", "--json"))}
    assert list(rows[0]) == [field["name"] for field in schemas["prices whatif", "csv"]]
    for update in ("json", "csv"):
        assert schemas["prices update", update] == schemas["prices diff", update]


# Updates of price files.


def book(day="2026-11-24", price="1"):
    return json.dumps({
        "schema": "openai-prices/1", "as_of": day, "currency": "USD",
        "models": [{"id": "gpt-9-nova", "ids": ["gpt-9-nova"], "kind": "text",
                    "periods": [{"from": None, "to": None, "per_1m": {"default": {"input": price, "output": "9"}}}]}],
    })


def test_an_update_shows_checks_asks_and_keeps_the_old_file(tmp_path):
    new, mine = tmp_path / "new.json", tmp_path / "mine.json"
    new.write_text(book())
    update = ("prices", "update", "--from", str(new), "--output", str(mine))
    asked = execute(*update)
    assert asked.returncode == 64 and "--yes" in asked.stderr and "gpt-9-nova" in asked.stdout and not mine.exists()
    assert "gpt-9-nova" in run(*update, "--dry-run") and not mine.exists()
    run(*update, "--yes")
    assert mine.read_text() == book() and sorted(path.name for path in tmp_path.iterdir()) == ["mine.json", "new.json"]
    version = json.loads(run("prices", "show", "gpt-9-nova", "--prices", str(mine), "--json"))["price_version"].split("+")[1]
    new.write_text(book("2026-11-25", "2"))
    shown = execute(*update, "--yes")
    assert "from $1 to $2" in shown.stdout and mine.read_text() == book("2026-11-25", "2")
    kept = [path for path in tmp_path.iterdir() if version in path.name]
    assert len(kept) == 1 and kept[0].read_text() == book() and kept[0].name in shown.stderr
    again = execute(*update)
    assert again.returncode == 0 and "already" in again.stderr
    # A mistake is named with its place, and nothing is written.
    new.write_text(book().replace('"input"', '"inptu"'))
    wrong = execute(*update, "--yes")
    assert wrong.returncode == 1 and "new.json:1:" in wrong.stderr and "inptu" in wrong.stderr
    assert mine.read_text() == book("2026-11-25", "2")
    assert execute("prices", "update", "--from", str(new)).returncode == 64
    assert execute("prices", "update", "--from", str(tmp_path / "none.json"), "--output", str(mine)).returncode == 1


def test_an_update_fetches_from_a_url(tmp_path):
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            status = {"/prices.json": 200, "/moved.json": 302}.get(self.path, 404)
            body = book().encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body) + (10 if self.path == "/cut.json" else 0)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base, mine = f"http://127.0.0.1:{server.server_port}", tmp_path / "mine.json"
    run("prices", "update", "--from", f"{base}/prices.json", "--output", str(mine), "--yes")
    assert mine.read_text() == book()
    for path, word in (("/moved.json", "302"), ("/none.json", "404")):
        refused = execute("prices", "update", "--from", base + path, "--output", str(mine), "--yes")
        assert refused.returncode == 1 and word in refused.stderr
    server.shutdown()
    for url in ("http://prices.example.com/a.json", "https://user:secret@prices.example.com/a.json"):
        refused = execute("prices", "update", "--from", url, "--output", str(mine))
        assert refused.returncode == 1 and "https" in refused.stderr and "secret" not in refused.stderr


# Negotiated prices.


@pytest.fixture
def negotiated(ledger, tmp_path):
    """A ledger that a price file has priced."""
    copy = copied(ledger, tmp_path)
    file = tmp_path / "prices.json"
    periods = [{"from": None, "to": None, "per_1m": {"default": {"input": "0.5", "cached_input": "0.5", "output": "0.5"}}}]
    file.write_text(json.dumps({
        "schema": "openai-prices/1", "as_of": "2026-11-24", "currency": "USD",
        "models": [{"id": "gpt-5.1", "ids": ["gpt-5.1", "gpt-5.1-2025-11-13"], "kind": "text", "periods": periods}],
    }))
    run("reprice", "--ledger", copy, "--since", "2d", "--prices", str(file))
    return copy, str(file)


def cost(ledger):
    return loads(run("report", "--ledger", ledger, *ALL, "--json"))["totals"]["cost_usd"]


def test_negotiated_prices_are_not_taken_off_unasked(ledger, negotiated):
    copy, file = negotiated
    before = cost(copy)
    assert before != cost(ledger)
    refused = execute("reprice", "--ledger", copy, "--since", "2d")
    assert refused.returncode == 64 and "--prices" in refused.stderr and "price file" in refused.stderr
    assert cost(copy) == before
    looked = execute("reprice", "--ledger", copy, "--since", "2d", "--dry-run")
    assert looked.returncode == 0 and "no price file is named" in looked.stderr
    # With the price file, or for calls that none has priced, nothing is asked.
    run("reprice", "--ledger", copy, "--since", "2d", "--prices", file)
    run("reprice", "--ledger", copy, "--since", "2d", "--model", "gpt-4o-mini")
    assert cost(copy) == before
    run("reprice", "--ledger", copy, "--since", "2d", "--yes")
    assert cost(copy) == cost(ledger)
    run("reprice", "--ledger", copy, "--since", "2d")


def test_a_book_without_a_price_takes_no_cost_off_unasked(ledger, tmp_path):
    copy, file = copied(ledger, tmp_path), tmp_path / "prices.json"
    # The file has a price for one tier, which none of the calls had.
    periods = [{"from": None, "to": None, "per_1m": {"flex": {"input": "0.5", "cached_input": "0.5", "output": "0.5"}}}]
    file.write_text(json.dumps({
        "schema": "openai-prices/1", "as_of": "2026-11-24", "currency": "USD",
        "models": [{"id": "gpt-5.1", "ids": ["gpt-5.1", "gpt-5.1-2025-11-13"], "kind": "text", "periods": periods}],
    }))
    before = cost(copy)
    arguments = ["reprice", "--ledger", copy, "--since", "2d", "--model", "gpt-5.1", "--prices", str(file)]
    refused = execute(*arguments)
    assert refused.returncode == 64 and "would have no cost" in refused.stderr and cost(copy) == before
    looked = execute(*arguments, "--dry-run")
    assert looked.returncode == 0 and "would have no cost" in looked.stderr and cost(copy) == before
    run(*arguments, "--yes")
    totals = loads(run("report", "--ledger", copy, *ALL, "--model", "gpt-5.1", "--json"))["totals"]
    assert totals["unpriced_calls"] > 0 and cost(copy) < before
    # There is nothing to lose now.
    run(*arguments)


@pytest.mark.parametrize("answer, status", [("y\n", 0), ("\n", 1)])
def test_a_terminal_is_asked(ledger, negotiated, answer, status):
    copy, _ = negotiated
    before = cost(copy)
    master, terminal = pty.openpty()
    process = subprocess.Popen([BINARY, "reprice", "--ledger", copy, "--since", "2d"], stdin=terminal, stderr=terminal, stdout=subprocess.PIPE)
    os.close(terminal)
    shown = b""
    while b"[y/N]" not in shown:
        shown += os.read(master, 4096)
    os.write(master, answer.encode())
    assert process.wait(timeout=60) == status
    os.close(master)
    assert (cost(copy) == before) == bool(status)
