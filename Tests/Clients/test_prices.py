"""Prices as a person meets them: files, explanations, repricing, with and without a gateway that holds the ledger."""

import json
import os
import pty
import subprocess
from decimal import Decimal

import openai
import pytest

from conftest import BINARY, KEY, execute, loads, run

PRICES = {
    "schema": "openai-prices/1", "as_of": "2026-11-24", "currency": "USD",
    "models": [{"id": "gpt-4o-mini", "ids": ["gpt-4o-mini"], "kind": "text", "periods": [
        {"from": None, "to": None, "per_1m": {"default": {"input": "3", "cached_input": "1", "output": "7"}}}]}],
    "projects": {"proj_dear": {"models": [{"id": "gpt-4o-mini", "ids": ["gpt-4o-mini"], "kind": "text", "periods": [
        {"from": None, "to": None, "per_1m": {"default": {"input": "300", "output": "700"}}}]}]}},
}
LIST = {
    "sample_spec": {"litellm_provider": "one of many", "mode": "chat", "input_cost_per_token": 0.0},
    "gpt-9-nova": {"litellm_provider": "openai", "mode": "chat", "input_cost_per_token": 2e-06, "output_cost_per_token": 1e-05},
    "gpt-9-thirds": {"litellm_provider": "openai", "mode": "realtime", "input_cost_per_second": 0.000833333333333},
    "gpt-4o-mini": {"litellm_provider": "openai", "mode": "chat", "input_cost_per_token": 1.5e-07, "output_cost_per_token": 6e-07},
}


@pytest.fixture
def prices(tmp_path):
    path = tmp_path / "prices.json"
    path.write_text(json.dumps(PRICES))
    return str(path)


def call(gateway, project="proj_a", count=1):
    client = openai.OpenAI(base_url=gateway.url + "/v1", api_key=KEY, max_retries=0, project=project)
    for _ in range(count):
        client.chat.completions.create(model="gpt-4o-mini", messages=[{"role": "user", "content": "Hello"}])


def explanation(identity, ledger, *arguments):
    return loads(run("prices", "explain", identity, "--ledger", ledger, "--format", "json", *arguments))


def test_every_call_of_the_demo_is_explained_to_the_last_digit(tmp_path):
    run("demo", "--calls", "60", "--keep", str(tmp_path))
    ledger = str(tmp_path / "ledger.db")
    rows = [loads(line) for line in run("calls", "--ledger", ledger, "--format", "jsonl", "--limit", "0").splitlines()]
    assert len(rows) >= 60
    for row in rows:
        explained = explanation(row["id"], ledger)
        assert explained["is_same"] and explained["ledger"]["cost_usd"] == row["cost_usd"]
        lines = sum((Decimal(line["subtotal_usd"]) for line in explained["lines"]), Decimal(0))
        assert lines == Decimal(row["cost_usd"] or 0)
        for line in explained["lines"]:
            product = Decimal(line["quantity"]) * Decimal(line["price_usd"]) / line["units_per_price"]
            for modifier in line["modifiers"]:
                product *= Decimal(modifier["factor"] or 1)
            assert product == Decimal(line["subtotal_usd"])
    identity = next(row["request_id"] for row in rows if row["cost_status"] == "exact")
    text = run("prices", "explain", identity, "--ledger", ledger)
    assert "The ledger says the same, to the last digit: $" in text
    assert execute("prices", "explain", "req_none", "--ledger", ledger).returncode == 1


def test_a_gateway_prices_by_the_files_that_it_is_given(simulator, start, prices):
    gateway = start(simulator.url, "--prices", prices)
    call(gateway)
    call(gateway, "proj_dear")
    cheap, dear = gateway.rows_when(2)
    tokens = (cheap["input_tokens"], cheap["output_tokens"])
    assert Decimal(cheap["cost_usd"]) == (tokens[0] * 3 + tokens[1] * 7) / Decimal(10**6)
    assert Decimal(dear["cost_usd"]) == (tokens[0] * 300 + tokens[1] * 700) / Decimal(10**6)
    assert cheap["price_version"] == dear["price_version"] != "2026-11-30"
    assert cheap["price_version"].startswith("2026-11-30+")
    assert f"pricing by the price book {cheap['price_version']}" in gateway.log.read_text()
    assert explanation(cheap["request_id"], gateway.ledger, "--prices", prices)["is_same"]
    other = explanation(cheap["request_id"], gateway.ledger)
    assert not other["is_same"] and other["book"]["price_version"] == "2026-11-30"


def test_a_gateway_does_not_start_with_prices_that_are_wrong(simulator, tmp_path):
    path = tmp_path / "wrong.json"
    path.write_text(json.dumps(PRICES).replace('"3"', '"0.000003"'))
    result = execute("gateway", "--upstream", simulator.url, "--ledger", str(tmp_path / "ledger.db"), "--prices", str(path))
    assert result.returncode == 1
    assert f"{path}:1:" in result.stderr and "has a mistake" in result.stderr
    assert not (tmp_path / "ledger.db").exists()


def test_repricing_goes_through_the_gateway_that_holds_the_ledger(simulator, start, prices, tmp_path):
    gateway = start(simulator.url)
    call(gateway, count=3)
    before = gateway.rows_when(3)
    admin = gateway.metrics_url.removesuffix("/metrics")

    refused = execute("reprice", "--since", "1h", "--ledger", gateway.ledger, "--prices", prices)
    assert refused.returncode == 1
    assert "oai-usage gateway on" in refused.stderr and "--gateway" in refused.stderr
    assert gateway.rows() == before

    told = execute("reprice", "--since", "1h", "--ledger", gateway.ledger, "--prices", prices, "--dry-run", "--format", "json")
    assert told.returncode == 0 and json.loads(told.stdout)["totals"]["changed_calls"] == 3
    assert gateway.rows() == before

    same = execute("reprice", "--since", "1h", "--admin", admin)
    assert same.returncode == 0 and "0 of 3 calls changed." in same.stderr
    assert execute("reprice", "--since", "1h", "--gateway", environment={"OAI_USAGE_ADMIN": admin}).returncode == 0
    nobody = execute("reprice", "--since", "1h", "--admin", "127.0.0.1:1")
    assert nobody.returncode == 1 and "No gateway answers on 127.0.0.1:1" in nobody.stderr
    gateway.stop()

    dear = start(simulator.url, "--prices", prices, ledger=gateway.ledger)
    changed = json.loads(run("reprice", "--since", "1h", "--admin", dear.metrics_url.removesuffix("/metrics"), "--format", "json"))
    assert changed["totals"]["changed_calls"] == 3
    assert [row["price_version"] for row in dear.rows()] == [changed["price_version"]] * 3
    dear.stop()

    assert execute("reprice", "--since", "1h", "--ledger", gateway.ledger).returncode == 64
    back = execute("reprice", "--since", "1h", "--ledger", gateway.ledger, "--yes")
    assert back.returncode == 0 and "3 of 3 calls changed." in back.stderr and "TOTAL" in back.stdout
    assert gateway.rows() == before
    again = execute("reprice", "--since", "1h", "--ledger", gateway.ledger, "--format", "csv")
    assert "0 of 3 calls changed." in again.stderr
    absent = str(tmp_path / "none.db")
    assert execute("reprice", "--since", "1h", "--ledger", absent).returncode == 1
    assert not os.path.exists(absent)


def test_calls_are_answered_while_others_are_priced_anew(simulator, start, prices):
    gateway = start(simulator.url, "--prices", prices)
    call(gateway, count=20)
    gateway.rows_when(20)
    admin = gateway.metrics_url.removesuffix("/metrics")
    repricing = [subprocess.Popen([BINARY, "reprice", "--since", "1h", "--admin", admin], stdout=subprocess.DEVNULL,
                                  stderr=subprocess.PIPE, text=True) for _ in range(3)]
    call(gateway, count=20)
    for process in repricing:
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 0 or "already" in errors
    assert all(row["cost_status"] == "exact" for row in gateway.rows_when(40))


def test_price_files_are_checked_by_line(tmp_path, prices):
    good = execute("prices", "check", prices)
    assert good.returncode == 0 and "0 errors" in good.stderr
    assert execute("prices", "check", "--strict", prices).returncode == 2
    bad = tmp_path / "bad.json"
    bad.write_text('{"schema": "openai-prices/1",\n "as_of": "2026-11-24", "currency": "USD",\n "modles": []}\n')
    result = execute("prices", "check", str(bad))
    assert result.returncode == 1
    assert result.stdout.startswith(f"{bad}:3:2: error: modles:")
    assert execute("prices", "check", str(tmp_path / "none.json")).returncode == 1


def test_lists_sheets_and_differences(prices):
    assert "gpt-6.1-sol" in run("prices", "list", "gpt-6")
    rows = json.loads(run("prices", "list", "gpt-4o-mini", "--format", "json", "--prices", prices))
    assert {row["origin"] for row in rows if row["model"] == "gpt-4o-mini"} == {"override"}
    assert run("prices", "list", "--tier", "all", "--format", "csv").startswith("model,kind,tier,")
    assert "priced as gpt-4o-mini" in run("prices", "show", "openai/gpt-4o-mini-2024-07-18")
    unknown = execute("prices", "show", "gpt-99")
    assert unknown.returncode == 1 and "no price is guessed" in unknown.stderr and unknown.stdout == ""
    difference = run("prices", "diff", prices)
    assert "default input goes from $0.15 to $3 per 1,000,000 tokens (+1900%)" in difference
    assert "in project proj_dear" in difference
    assert "\x1b[" not in difference
    assert run("prices", "diff", "builtin", "builtin") == ""


def test_prices_come_from_the_environment(prices):
    rows = execute("prices", "list", "gpt-4o-mini", "--format", "json", environment={"OAI_USAGE_PRICES": prices})
    assert json.loads(rows.stdout)[-1]["model"] and '"input": "3"' in rows.stdout


def imported(tmp_path, *arguments):
    source = tmp_path / "list.json"
    source.write_text(json.dumps(LIST))
    return execute("prices", "import", str(source), *arguments), tmp_path / "mine.json"


def test_an_import_shows_what_changes_before_it_writes(tmp_path):
    shown, target = imported(tmp_path, "--output", str(tmp_path / "mine.json"), "--dry-run")
    assert shown.returncode == 0 and not target.exists()
    assert shown.stdout.startswith("gpt-9-nova\n  is new (text)\n  default is new: input $2, output $10 per 1,000,000 tokens")
    assert "gpt-9-thirds: input_cost_per_second is 0.000833333333333" in shown.stderr
    asked, target = imported(tmp_path, "--output", str(target))
    assert asked.returncode == 64 and "--yes" in asked.stderr and not target.exists()
    assert imported(tmp_path, "--dry-run")[0].returncode == 64
    written, target = imported(tmp_path, "--output", str(target), "--yes")
    assert written.returncode == 0 and execute("prices", "check", str(target)).returncode == 0
    assert json.loads(run("prices", "show", "gpt-9-nova", "--prices", str(target), "--format", "json"))["origin"] == "override"
    again, _ = imported(tmp_path, "--output", str(target), "--yes")
    assert again.returncode == 0 and "Nothing to import" in again.stderr and again.stdout == ""


@pytest.mark.parametrize("answer, is_written", [("y\n", True), ("n\n", False), ("\n", False)])
def test_an_import_asks_on_a_terminal(tmp_path, answer, is_written):
    source, target = tmp_path / "list.json", tmp_path / "mine.json"
    source.write_text(json.dumps(LIST))
    master, terminal = pty.openpty()
    process = subprocess.Popen([BINARY, "prices", "import", str(source), "--output", str(target)],
                               stdin=terminal, stderr=terminal, stdout=subprocess.PIPE)
    os.close(terminal)
    shown = b""
    while b"[y/N]" not in shown:
        shown += os.read(master, 4096)
    assert not target.exists()
    os.write(master, answer.encode())
    assert process.wait(timeout=30) == (0 if is_written else 1)
    assert target.exists() == is_written
    os.close(master)
