"""Retention, pruning and the operations on a ledger's file, beside a running gateway."""

import json
import os
import random
import re
import signal
import sqlite3
import subprocess
import threading
import time

import pytest

from conftest import BINARY, execute, run
from test_ledger import admin, call, eventually

DAY = 86_400


def age(path, days, copies=400):
    """Adds calls of some days ago, copies of the first one, through a second ledger that is merged with the first."""
    database = sqlite3.connect(path, timeout=10)
    columns = [row[1] for row in database.execute("PRAGMA table_info(call)")]
    rest = ", ".join(columns[1:])
    for number in range(copies):
        moved = ((days * DAY * 1_000_000 - number * 1_000) << 11)
        database.execute(
            f"INSERT INTO call(id, {rest}) SELECT id - ?, {rest} FROM call WHERE id = (SELECT max(id) FROM call)",
            [moved],
        )
    database.commit()
    database.close()


@pytest.fixture
def old(start, simulator, tmp_path):
    """A ledger with 400 calls of ten days ago and one of now, whose sums are made by a merge."""
    gateway = start(simulator.url)
    call(gateway)
    assert gateway.stop() == 0
    age(gateway.ledger, 10)
    path = str(tmp_path / "old.db")
    run("ledger", "merge", gateway.ledger, "-o", path)
    return path


def calls(path):
    return len(run("calls", "--ledger", path, "--limit", "0", "--format", "jsonl").splitlines())


def total(path):
    return json.loads(run("report", "--ledger", path, "--period", "all", "--format", "json", "--by", "none"))["totals"]


def test_pruning_without_a_gateway(old):
    before = total(old)
    told = execute("prune", "--older-than", "5d", "--dry-run", "--ledger", old)
    assert told.returncode == 0 and "400 calls from" in told.stdout and "Nothing was changed." in told.stdout
    assert calls(old) == 401
    done = json.loads(run("prune", "--older-than", "5d", "--ledger", old, "--format", "json"))
    assert done["calls"] == 400 and done["returned_bytes"] > 0 and not done["needs_compacting"]
    assert calls(old) == 1
    after = total(old)
    assert {key: after[key] for key in ("calls", "cost_usd", "input_tokens")} == {
        key: before[key] for key in ("calls", "cost_usd", "input_tokens")
    }
    shown = execute("report", "--ledger", old, "--period", "all")
    assert "are pruned; their sums stay" in shown.stderr and shown.returncode == 0
    report = json.loads(run("report", "--ledger", old, "--period", "all", "--format", "json"))
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:(00|15|30|45):00Z", report["pruned_before"])
    missing = execute("show", "req_nothing", "--ledger", old)
    assert missing.returncode == 1 and "are pruned" in missing.stderr
    listed = execute("calls", "--ledger", old)
    assert "are pruned" in listed.stderr
    assert execute("prune", "--older-than", "5m", "--ledger", old).returncode == 64


def test_pruning_through_the_gateway_that_has_the_ledger(start, simulator, old, tmp_path):
    gateway = start(simulator.url, ledger=old)
    call(gateway)
    # A gateway on another ledger is not asked to do it.
    other = start(simulator.url)
    refused = execute("prune", "--older-than", "5d", "--ledger", old, environment={"OAI_USAGE_ADMIN": admin(other)})
    assert refused.returncode == 1 and "another ledger" in refused.stderr, refused.stderr
    done = execute("prune", "--older-than", "5d", "--ledger", old, environment={"OAI_USAGE_ADMIN": admin(gateway)})
    assert done.returncode == 0 and "400 calls from" in done.stdout, done.stderr
    assert calls(old) == 2
    assert "No calls before" in run("prune", "--older-than", "5d", "--gateway", "--admin", admin(gateway))
    assert gateway.stop() == 0
    assert total(old)["calls"] == 402
    assert run("ledger", "check", "--ledger", old).endswith("is sound.\n")


def test_a_gateway_keeps_what_it_is_told_to_keep(start, simulator, old):
    gateway = start(simulator.url, "--keep", "5d", "--keep-size", "1GB", ledger=old)
    eventually(lambda: calls(old) == 1)
    call(gateway)
    eventually(lambda: "400 calls from before" in gateway.log.read_text())
    gateway.stop(signal.SIGKILL)
    assert total(old)["calls"] == 402
    assert run("ledger", "check", "--ledger", old).endswith("is sound.\n")


@pytest.mark.parametrize("wait", [0.0, 0.02, 0.05, 0.2])
def test_a_kill_while_calls_are_pruned_leaves_an_exact_ledger(start, simulator, old, wait):
    gateway = start(simulator.url, "--keep", "5d", ledger=old)
    time.sleep(wait)
    gateway.stop(signal.SIGKILL)
    assert total(old)["calls"] == 401
    assert run("ledger", "check", "--ledger", old).endswith("is sound.\n")
    run("prune", "--older-than", "5d", "--ledger", old)
    assert calls(old) == 1 and total(old)["calls"] == 401


def test_settings_of_retention_are_shown_and_checked(tmp_path):
    shown = execute("gateway", "--check", "--keep", "400d", "--ledger", str(tmp_path / "l.db"), environment={"OAI_USAGE_KEEP_SIZE": "10GB"})
    assert shown.returncode == 0, shown.stderr
    assert re.search(r"^keep +400d +--keep$", shown.stdout, re.MULTILINE)
    assert re.search(r"^keep-size +10GB +OAI_USAGE_KEEP_SIZE$", shown.stdout, re.MULTILINE)
    for arguments, environment, status in [
        (["--keep", "5h"], {}, 64), (["--keep", "400"], {}, 64), (["--keep-size", "1MB"], {}, 64),
        ([], {"OAI_USAGE_KEEP": "3"}, 1), ([], {"OAI_USAGE_KEEP_SIZE": "5"}, 1),
    ]:
        refused = execute("gateway", "--check", "--ledger", str(tmp_path / "l.db"), *arguments, environment=environment)
        assert refused.returncode == status and "keep" in refused.stderr.lower(), (arguments, refused.stderr)


def test_a_backup_while_calls_come_in(start, simulator, tmp_path):
    gateway = start(simulator.url)
    stop = threading.Event()
    seen = []

    def work():
        while not stop.is_set():
            seen.append(call(gateway))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    copies = []
    for number in range(5):
        copy = str(tmp_path / f"copy-{number}.db")
        least = len(seen)
        run("ledger", "backup", copy, "--ledger", gateway.ledger)
        copies.append((copy, least))
    stop.set()
    for thread in threads:
        thread.join()
    for copy, least in copies:
        assert os.stat(copy).st_mode & 0o777 == 0o600
        database = sqlite3.connect(copy)
        assert database.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        database.close()
        assert run("ledger", "check", "--ledger", copy).endswith("is sound.\n")
        assert least - 4 <= calls(copy) <= len(seen) + 4
    refused = execute("ledger", "backup", copies[0][0], "--ledger", gateway.ledger)
    assert refused.returncode == 1 and "never overwritten" in refused.stderr
    assert not [name for name in os.listdir(tmp_path) if "partial" in name]
    busy = execute("ledger", "compact", "--ledger", gateway.ledger)
    assert busy.returncode == 1 and "oai-usage gateway" in busy.stderr
    assert gateway.stop() == 0
    assert calls(gateway.ledger) == len(seen)
    assert "has" in execute("ledger", "compact", "--ledger", gateway.ledger).stderr


def test_ledgers_of_two_gateways_are_merged(start, simulator, tmp_path):
    paths = []
    for _ in range(2):
        gateway = start(simulator.url)
        for _ in range(5):
            call(gateway)
        paths.append(gateway.ledger)
    merged = str(tmp_path / "all.db")
    # Both are in use.
    assert "10 calls" in execute("ledger", "merge", *paths, "-o", merged).stderr
    assert calls(merged) == 10 and total(merged)["calls"] == 10
    assert run("ledger", "check", "--ledger", merged).endswith("is sound.\n")


@pytest.mark.parametrize("arguments", [("prune", "--older-than", "1d"), ("reprice", "--since", "3650d", "--yes")])
def test_a_damaged_ledger_is_not_replaced_by_a_command(tmp_path, arguments):
    run("demo", "--calls", "300", "--keep", str(tmp_path / "demo"))
    ledger = tmp_path / "demo" / "ledger.db"
    with open(ledger, "r+b") as file:
        for page in (20, 35, 50):
            file.seek(page * 4096)
            file.write(random.Random(page).randbytes(4096))
    damaged = ledger.read_bytes()
    refused = execute(*arguments, "--ledger", ledger)
    assert refused.returncode == 1 and "is damaged" in refused.stderr and refused.stdout == "", refused
    assert ledger.read_bytes() == damaged
    assert not [path.name for path in ledger.parent.iterdir() if ".damaged-" in path.name]


def test_a_check_ends_with_1_and_says_what_is_wrong(old):
    database = sqlite3.connect(old)
    database.execute("UPDATE call SET series = 77 WHERE id = (SELECT max(id) FROM call)")
    database.commit()
    database.close()
    found = execute("ledger", "check", "--ledger", old)
    assert found.returncode == 1 and "1 rows name a series that is missing" in found.stdout
    assert execute("ledger", "check", "--ledger", old + "-none").returncode == 1
