"""What a call cost before it was repriced: when, by which prices, from and to; also through a gateway, and gone with its row."""

import json
import shutil
import sqlite3
import tarfile
from decimal import Decimal
from pathlib import Path

import pytest

from conftest import KEY, execute, loads, run
from test_api import get

HEAD = {"schema": "openai-prices/1", "as_of": "2026-11-24", "currency": "USD"}
ARCHIVES = Path(__file__).parent / "ledgers"


def discount(path, value):
    path.write_text(json.dumps({**HEAD, "discount": value}))
    return str(path)


@pytest.fixture
def ledger(tmp_path):
    run("demo", "--calls", "60", "--keep", str(tmp_path / "demo"))
    return str(tmp_path / "demo" / "ledger.db")


def archived(folder, schema):
    """The path of a copy of a ledger of an older schema."""
    with tarfile.open(ARCHIVES / f"schema-{schema}.tar.gz") as file:
        file.extractall(folder / "archive", filter="data")
    for path in (folder / "archive").glob("demo.db*"):
        shutil.copy(path, folder / f"ledger.db{path.name.removeprefix('demo.db')}")
    return str(folder / "ledger.db")


def calls(ledger):
    return {row["id"]: row for row in map(loads, run("calls", "--ledger", ledger, "--format", "jsonl", "--limit", "0").split("\n")[:-1])}


def shown(identity, ledger):
    return [loads(line) for line in run("show", identity, "--ledger", ledger, "--json").split("\n") if line]


def history(ledger):
    return loads(run("reprice", "--history", "--ledger", ledger, "--json"))["runs"]


def test_a_chain_of_runs_keeps_every_cost(ledger, tmp_path):
    assert history(ledger) == []
    states = [calls(ledger)]
    for value in (0.8, 0.5):
        run("reprice", "--since", "7d", "--ledger", ledger, "--prices", discount(tmp_path / f"{value}.json", value))
        states.append(calls(ledger))
    run("reprice", "--since", "7d", "--ledger", ledger, "--yes")
    states.append(calls(ledger))
    assert {key: row["cost_usd"] for key, row in states[0].items()} == {key: row["cost_usd"] for key, row in states[3].items()}
    runs = history(ledger)
    assert len(runs) == 3 and [one["repriced_at"] for one in runs] == sorted((one["repriced_at"] for one in runs), reverse=True)
    for index, one in enumerate(reversed(runs)):
        before, after = states[index], states[index + 1]
        changed = [key for key in before if before[key]["cost_usd"] != after[key]["cost_usd"]]
        assert one["changed_calls"] == len(changed) > 10
        for name, state in (("old_cost_usd", before), ("new_cost_usd", after)):
            assert Decimal(one[name]) == sum((Decimal(state[key]["cost_usd"]) for key in changed), Decimal(0))
        assert {after[key]["price_version"] for key in changed} == {one["price_version"]}
        assert {before[key]["price_version"] for key in changed} == set(one["old_price_versions"])
    for identity in states[0]:
        former = next(row for row in shown(identity, ledger) if row["id"] == identity).get("former_costs", [])
        expected = [states[index][identity] for index in range(3) if states[index][identity]["cost_usd"] != states[index + 1][identity]["cost_usd"]]
        assert [one["cost_usd"] for one in former] == [row["cost_usd"] for row in expected]
        assert [one["price_version"] for one in former] == [row["price_version"] for row in expected]
    identity = next(key for key in states[0] if states[0][key]["cost_usd"] != states[1][key]["cost_usd"])
    text = run("show", identity, "--ledger", ledger)
    assert text.count("repriced") == 3 and f"from ${Decimal(states[0][identity]['cost_usd']):f} (prices " in text


def test_a_run_that_changes_nothing_keeps_nothing(ledger, tmp_path):
    file = discount(tmp_path / "p.json", 0.8)
    run("reprice", "--since", "7d", "--ledger", ledger, "--prices", file, "--dry-run")
    assert history(ledger) == []
    for _ in range(2):
        run("reprice", "--since", "7d", "--ledger", ledger, "--prices", file)
    assert len(history(ledger)) == 1


def test_reports_and_rows_still_agree(ledger, tmp_path):
    run("reprice", "--since", "7d", "--ledger", ledger, "--prices", discount(tmp_path / "p.json", "0.333333"))
    total = loads(run("report", "--ledger", ledger, "--since", "7d", "--json"))["totals"]["cost_usd"]
    assert Decimal(total) == sum((Decimal(row["cost_usd"] or 0) for row in calls(ledger).values()), Decimal(0))
    assert execute("ledger", "check", "--ledger", ledger).returncode == 0


def test_former_costs_go_with_their_rows_and_the_sums_of_a_run_stay(tmp_path):
    ledger = archived(tmp_path, 4)
    run("reprice", "--since", "2020-01-01", "--ledger", ledger, "--prices", discount(tmp_path / "p.json", 0.8))
    runs = history(ledger)
    with sqlite3.connect(ledger) as connection:
        assert connection.execute("SELECT count(*) FROM former_cost").fetchone()[0] == runs[0]["changed_calls"]
    run("prune", "--older-than", "1h", "--ledger", ledger)
    with sqlite3.connect(ledger) as connection:
        left = {row[0] for row in connection.execute("SELECT id FROM call")}
        former = {row[0] for row in connection.execute("SELECT call_id FROM former_cost")}
    assert former <= left and len(former) < runs[0]["changed_calls"]
    assert history(ledger) == runs


def test_a_copy_and_a_merge_keep_them(ledger, tmp_path):
    run("reprice", "--since", "7d", "--ledger", ledger, "--prices", discount(tmp_path / "p.json", 0.8))
    identity = next(iter(key for key, row in calls(ledger).items() if row["cost_status"] == "exact" and row["cost_usd"]))
    expected = shown(identity, ledger)[0]["former_costs"]
    run("ledger", "backup", str(tmp_path / "copy.db"), "--ledger", ledger)
    assert shown(identity, str(tmp_path / "copy.db"))[0]["former_costs"] == expected
    run("demo", "--calls", "40", "--keep", str(tmp_path / "other"))
    other = str(tmp_path / "other" / "ledger.db")
    run("reprice", "--since", "7d", "--ledger", other, "--prices", discount(tmp_path / "q.json", 0.7))
    result = execute("ledger", "merge", ledger, other, "--output", str(tmp_path / "all.db"))
    if result.returncode == 64:
        result = execute("ledger", "merge", str(tmp_path / "all.db"), ledger, other)
    assert result.returncode == 0, result.stderr
    assert shown(identity, str(tmp_path / "all.db"))[0]["former_costs"] == expected
    assert len(history(str(tmp_path / "all.db"))) == 2


def test_a_gateway_keeps_them(start, simulator, tmp_path):
    import openai
    gateway = start(simulator.url, "--prices", discount(tmp_path / "p.json", 0.8))
    client = openai.OpenAI(base_url=gateway.url + "/v1", api_key=KEY, max_retries=0)
    for _ in range(3):
        client.chat.completions.create(model="gpt-4o-mini", messages=[{"role": "user", "content": "Hello"}])
    gateway.stop()
    before = calls(gateway.ledger)
    gateway = start(simulator.url, "--prices", discount(tmp_path / "p.json", 0.6), ledger=gateway.ledger)
    run("reprice", "--since", "1d", "--admin", gateway.metrics_url.removesuffix("/metrics"), "--ledger", gateway.ledger)
    assert history(gateway.ledger)[0]["changed_calls"] == 3
    url = gateway.metrics_url.removesuffix("/metrics")
    told = run("reprice", "--history", "--admin", url, "--format", "json", "--ledger", gateway.ledger)
    assert loads(told)["runs"] == history(gateway.ledger)
    assert get(f"{url}/api/v1/reprices")[1] == told
    for identity, row in before.items():
        former = shown(identity, gateway.ledger)[0]["former_costs"]
        assert [one["cost_usd"] for one in former] == [row["cost_usd"]]
        # The gateway's URL tells the same as its file.
        assert shown(identity, url)[0]["former_costs"] == former
        answer = loads(get(f"{url}/api/v1/calls/{identity}/former-costs")[1])
        assert answer == {"id": identity, "former_costs": former}


@pytest.mark.parametrize("schema", [3, 4])
def test_an_older_ledger_is_read_and_then_keeps_them(tmp_path, schema):
    ledger = archived(tmp_path, schema)
    identity, row = next((key, row) for key, row in calls(ledger).items() if row["cost_status"] == "exact" and Decimal(row["cost_usd"]))
    assert "former_costs" not in shown(identity, ledger)[0] and history(ledger) == []
    run("reprice", "--since", "2020-01-01", "--ledger", ledger, "--prices", discount(tmp_path / "p.json", 0.8))
    assert shown(identity, ledger)[0]["former_costs"][0]["cost_usd"] == row["cost_usd"]
    with sqlite3.connect(ledger) as connection:
        assert connection.execute("PRAGMA user_version").fetchone()[0] == 7


def test_history_stands_alone(ledger):
    assert execute("reprice", "--history", "--since", "7d", "--ledger", ledger).returncode == 64
    assert execute("reprice", "--ledger", ledger).returncode == 64
