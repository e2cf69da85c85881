"""A ledger whose disk fails at every n-th call, and whose file other programs lock, remove, replace, cut off or write over.

Whatever happens, calls are answered, everything is counted, and the writer recovers by itself.
"""

import json
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import threading
import time
from collections import Counter
from pathlib import Path

import pytest

from conftest import BINARY, Gateway
from disk import INPUT_OUTPUT, NO_SPACE, OPEN, READ_ONLY, SHORT_WRITE, SYNC, TRUNCATE, WRITE, Faults, disk_library
from ledger_files import assert_sound
from test_ledger import call, count, eventually, readiness

SEED = int(os.environ.get("OAI_USAGE_SEED", time.time_ns() % 1_000_000))
# How long another program keeps the ledger locked, in seconds.
LOCKED_SECONDS = float(os.environ.get("OAI_USAGE_LOCKED_SECONDS", "8"))
# The longest that a call may take, in milliseconds: the simulated upstream's time, a commit that is waited for, and a busy machine.
LONGEST = 1_000


def balance(gateway):
    """The counts of the records, which must agree at every moment."""
    text = gateway.metrics()[0]

    def value(name):
        return int(float(re.search(rf"^{name} (\S+)$", text, re.MULTILINE).group(1)))

    dropped = sum(int(float(value)) for value in re.findall(r"^oai_usage_records_dropped_total\{.*\} (\S+)$", text, re.MULTILINE))
    captured, written = value("oai_usage_records_captured_total"), value("oai_usage_records_written_total")
    queued = value("oai_usage_record_queue_length")
    assert captured == written + dropped + queued, text
    return captured, written, dropped, queued


def assert_calls_flow(gateway, number):
    times = sorted(call(gateway) for _ in range(number))
    assert times[-1] < LONGEST, times[-5:]
    balance(gateway)


def settle(gateway, seconds=30):
    """Waits until the ledger has recovered by itself, and everything is written or counted as lost."""
    eventually(lambda: readiness(gateway)[0] == 200 and balance(gateway)[3] == 0, seconds)
    return balance(gateway)


def assert_lines_are_few(gateway, since):
    """No kind of line is told more often than once a minute."""
    messages = Counter()
    for line in gateway.log.read_text().splitlines():
        if line.startswith("{") and "ledger" in line and '"level":"info"' not in line:
            # Numbers, and what SQLite says in particular, differ.
            messages[re.sub(r"\d+", "n", json.loads(line)["message"])[:28]] += 1
    most = 1 + int((time.monotonic() - since) / 60)
    for message, number in messages.items():
        # A replaced file and a failing one are kinds, and each code of a failure is another one.
        assert number <= most * 8, (message, number, gateway.log.read_text())


KINDS = {"input-output": INPUT_OUTPUT, "no-space": NO_SPACE, "short-write": SHORT_WRITE, "read-only": READ_ONLY}
OPERATIONS = {"all": [OPEN, WRITE, TRUNCATE, SYNC], "write": [WRITE], "sync": [SYNC, TRUNCATE]}


@pytest.mark.parametrize("operations", OPERATIONS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_disk_that_fails_at_every_nth_call(simulator, disk_library, tmp_path, kind, operations):
    if kind == "short-write" and operations == "sync":
        pytest.skip("only writes are short")
    folder = tmp_path / "ledger"
    folder.mkdir()
    faults = Faults(disk_library, folder, tmp_path / "faults")
    gateway = Gateway(tmp_path, simulator.url, ledger=folder / "ledger.db", environment=faults.environment)
    begun = time.monotonic()
    try:
        made = failed = 0
        for every in (1, 2, 3, 5, 8, 21):
            faults.begin(KINDS[kind], OPERATIONS[operations], every)
            assert_calls_flow(gateway, 25)
            made += 25
            failed = faults.end()
            captured, written, dropped, queued = settle(gateway)
            assert captured == made
            assert count(gateway.ledger) == written, (every, written)
        # A ledger that is written to in few calls has few that fail, but for synchronization, which a small one needs never.
        assert failed > 0 or operations == "sync"
        assert_lines_are_few(gateway, begun)
        assert gateway.stop() == 0, gateway.log.read_text()
        assert count(gateway.ledger) == written
        assert_sound(gateway.ledger)
    finally:
        gateway.process.kill()


@pytest.mark.parametrize("kind", KINDS)
def test_a_start_on_a_disk_that_fails(simulator, disk_library, tmp_path, kind):
    """A start fails with an error that names the file, or the gateway runs: nothing in between, and nothing is spoiled."""
    folder = tmp_path / "ledger"
    folder.mkdir()
    path = folder / "ledger.db"
    gateway = Gateway(tmp_path, simulator.url, ledger=path)
    for _ in range(5):
        call(gateway)
    gateway.stop(signal.SIGKILL)
    rows = count(path)
    assert rows == 5
    outcomes = Counter()
    for every in (1, 2, 3, 4, 5, 7, 9, 12, 16, 20, 30):
        faults = Faults(disk_library, folder, tmp_path / "faults")
        faults.begin(KINDS[kind], OPERATIONS["all"], every)
        try:
            gateway = Gateway(tmp_path, simulator.url, ledger=path, environment=faults.environment)
        except AssertionError as error:
            outcomes["refused"] += 1
            assert str(error).startswith("ended with 1:") and str(path) in str(error), error
            continue
        outcomes["runs"] += 1
        try:
            faults.end()
            settle(gateway)
        finally:
            gateway.stop(signal.SIGKILL)
    assert outcomes["refused"] or kind == "short-write"
    gateway = Gateway(tmp_path, simulator.url, ledger=path)
    try:
        call(gateway)
        settle(gateway)
    finally:
        assert gateway.stop() == 0
    aside = [name for name in os.listdir(folder) if ".damaged-" in name and not name.endswith(("-wal", "-shm"))]
    assert aside == [], aside
    assert count(path) == rows + 1
    assert_sound(path)


def test_a_lock_that_lasts_is_counted_and_told(simulator, tmp_path):
    gateway = Gateway(tmp_path, simulator.url, ledger=tmp_path / "ledger.db")
    try:
        begun = time.monotonic()
        call(gateway)
        eventually(lambda: count(gateway.ledger) == 1)
        intruder = sqlite3.connect(gateway.ledger, isolation_level=None)
        intruder.execute("BEGIN EXCLUSIVE")
        made = 1
        while time.monotonic() - begun < LOCKED_SECONDS:
            assert_calls_flow(gateway, 10)
            made += 10
            captured, written, dropped, queued = balance(gateway)
            assert captured == made and written == 1 and dropped == 0 and queued == made - 1
        assert readiness(gateway)[0] == 503
        intruder.execute("ROLLBACK")
        intruder.close()
        assert settle(gateway) == (made, made, 0, 0)
        assert count(gateway.ledger) == made
        assert_lines_are_few(gateway, begun)
        assert gateway.stop() == 0
        assert_sound(gateway.ledger)
    finally:
        gateway.process.kill()


def remove(path, _):
    os.unlink(path)


def restore(path, folder):
    """Puts an older state in the ledger's place, as a backup that is restored."""
    backup, copy = sqlite3.connect(folder / "other.db"), sqlite3.connect(path, timeout=10)
    copy.backup(backup)
    copy.close()
    backup.close()
    time.sleep(0.3)
    os.rename(folder / "other.db", path)


def truncate(path, _):
    os.truncate(path, os.path.getsize(path) // 2)


def truncate_log(path, _):
    os.truncate(f"{path}-wal", os.path.getsize(f"{path}-wal") // 2)


def overwrite(path, _):
    with open(path, "r+b") as file:
        file.seek(4_096)
        file.write(random.Random(SEED).randbytes(max(0, os.path.getsize(path) - 4_096)))


def overwrite_head(path, _):
    with open(path, "r+b") as file:
        file.write(b"\xff" * 4_096)


@pytest.mark.parametrize("accident", [remove, restore, truncate, truncate_log, overwrite, overwrite_head])
def test_accidents_under_load(simulator, tmp_path, accident):
    """Somebody spoils the files while calls are under way: the counts say exactly how many rows are in the file at the end."""
    folder = tmp_path / "ledger"
    folder.mkdir()
    gateway = Gateway(tmp_path, simulator.url, ledger=folder / "ledger.db")
    ends = threading.Event()
    made, slow = [0] * 6, []

    def flow(index):
        while not ends.is_set():
            duration = call(gateway)
            made[index] += 1
            if duration > 2 * LONGEST:
                slow.append(duration)

    threads = [threading.Thread(target=flow, args=(index,)) for index in range(6)]
    try:
        for thread in threads:
            thread.start()
        eventually(lambda: sum(made) > 100)
        for _ in range(2):
            size = sum(made)
            try:
                accident(gateway.ledger, tmp_path)
            except FileNotFoundError:
                # The writer is about to make it again.
                pass
            eventually(lambda: sum(made) > size + 60)
            balance(gateway)
        ends.set()
        for thread in threads:
            thread.join()
        assert not slow
        captured, written, dropped, _ = settle(gateway)
        assert captured == sum(made)
        held = count(gateway.ledger)
        assert held == written, (captured, written, dropped, held, gateway.log.read_text())
        aside = [name for name in os.listdir(folder) if ".damaged-" in name and not name.endswith(("-wal", "-shm"))]
        if accident in (truncate, truncate_log, overwrite):
            # A second one within the same minute is counted only.
            assert any(name in gateway.log.read_text() for name in aside)
        assert gateway.stop() == 0, gateway.log.read_text()
        assert count(gateway.ledger) == written
        assert_sound(gateway.ledger)
    finally:
        ends.set()
        gateway.process.kill()


def test_another_programs_database_is_left_alone(simulator, tmp_path):
    """What somebody put in the ledger's place is not written to; when it is gone, the writer goes on."""
    path = tmp_path / "ledger.db"
    gateway = Gateway(tmp_path, simulator.url, ledger=path)
    begun = time.monotonic()
    try:
        call(gateway)
        eventually(lambda: count(path) == 1)
        other = tmp_path / "other.db"
        database = sqlite3.connect(other)
        database.executescript("CREATE TABLE t(x); INSERT INTO t VALUES(1);")
        database.close()
        content = other.read_bytes()
        os.rename(other, path)
        assert_calls_flow(gateway, 30)
        eventually(lambda: readiness(gateway)[0] == 503)
        assert "another program" in readiness(gateway)[1]
        assert path.read_bytes() == content
        os.rename(path, other)
        assert settle(gateway) == (31, 30, 1, 0)
        assert other.read_bytes() == content and count(path) == 30
        assert_lines_are_few(gateway, begun)
        assert gateway.stop() == 0
    finally:
        gateway.process.kill()


@pytest.mark.parametrize("copied", [True, False])
def test_a_backup_that_is_restored_beside_the_log_that_a_kill_has_left(simulator, tmp_path, copied):
    """Whoever restores a backup and forgets the log gets a sound ledger with all of the backup, or one set aside and named."""
    path, backup = tmp_path / "ledger.db", tmp_path / "backup.db"
    gateway = Gateway(tmp_path, simulator.url, ledger=path)
    for number in range(90):
        call(gateway)
        if number == 30:
            source, target = sqlite3.connect(path, timeout=10), sqlite3.connect(backup)
            source.backup(target)
            target.close()
            source.close()
        if number == 60 and copied:
            # What came since the backup is in the file, and what came later is in the log.
            other = sqlite3.connect(path, timeout=10)
            eventually(lambda: other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0)
            other.close()
    eventually(lambda: count(path) == 90)
    gateway.stop(signal.SIGKILL)
    os.rename(backup, path)
    gateway = Gateway(tmp_path, simulator.url, ledger=path)
    try:
        for _ in range(5):
            call(gateway)
        settle(gateway)
        assert gateway.stop() == 0, gateway.log.read_text()
    finally:
        gateway.process.kill()
    assert_sound(path)
    aside = [name for name in os.listdir(tmp_path) if ".damaged-" in name]
    assert count(path) >= 31 + 5 or (aside and any(name in gateway.log.read_text() for name in aside)), (count(path), aside)
