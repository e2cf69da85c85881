"""Losses of power, played from a recording of everything that was written and synchronized."""

import math
import os
import random
import shutil
import sqlite3
import subprocess
import tarfile
import threading
import time
import urllib.request
from pathlib import Path

import pytest

from conftest import BINARY, Gateway, execute, loads
from disk import SYNC, Disk, disk_library, recording
from ledger_files import assert_sound, calls
from test_ledger import BODY, KEY

SEED = int(os.environ.get("OAI_USAGE_SEED", time.time_ns() % 1_000_000))
STATES = int(os.environ.get("OAI_USAGE_CRASHES", "100"))
ARCHIVES = Path(__file__).parent / "ledgers"


def watched_call(gateway, log, seen):
    """Makes a call, and notes how far the recording was when its response had come."""
    request = urllib.request.Request(
        gateway.url + "/v1/chat/completions", data=BODY, headers={"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
    )
    start = time.monotonic()
    with urllib.request.urlopen(request, timeout=20) as response:
        response.read()
        # A response waits 50 ms for its commit at the latest: one that took as long may have left without.
        is_prompt = time.monotonic() - start < 0.05
        seen[response.headers["x-request-id"]] = os.path.getsize(log) if is_prompt else math.inf


def crash_points(folder, log, initial, generator):
    """The replay, stopped at points of time: after each of some synchronizations, and before others."""
    disk = Disk(folder, log, initial)
    total = 0
    while disk.step() is not None:
        total += 1
    # All that comes behind the last commit is of the end.
    chosen = set(generator.sample(range(1, total + 1), min(total, STATES)))
    disk = Disk(folder, log, initial)
    number = 0
    while (kind := disk.step()) is not None:
        number += 1
        if number in chosen or (kind == SYNC and generator.random() < STATES / total):
            yield disk


def rows_after_recovery(path):
    """The calls of a file, as SQLite recovers it."""
    if not path.exists() or path.stat().st_size == 0:
        return []
    database = sqlite3.connect(path)
    try:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        if not database.execute("SELECT 1 FROM sqlite_master WHERE name = 'calls'").fetchone():
            return []
        return [row[0] for row in database.execute("SELECT request_id FROM calls WHERE outcome = 'completed' ORDER BY id")]
    finally:
        database.close()


def rows_as_the_program_finds_them(path):
    told = execute("calls", "--ledger", str(path), "--format", "jsonl", "--limit", "0")
    if told.returncode == 1 and ("empty SQLite file" in told.stderr or "no ledger" in told.stderr):
        # The power went before the file was a ledger.
        return rows_after_recovery(path)
    assert told.returncode == 0, told.stderr
    assert_sound(path)
    return [row["request_id"] for row in map(loads, told.stdout.split("\n")[:-1]) if row["outcome"] == "completed"]


@pytest.mark.parametrize("durability", ["fsync", "committed"])
def test_a_loss_of_power_under_a_gateway(simulator, disk_library, tmp_path, durability):
    generator = random.Random(f"{SEED} {durability}")
    folder = tmp_path / "ledger"
    folder.mkdir()
    log, seen = tmp_path / "recording", {}
    gateway = Gateway(
        tmp_path, simulator.url, "--durability", durability, ledger=folder / "ledger.db",
        environment=recording(disk_library, folder, log),
    )
    try:
        def flow():
            for _ in range(25):
                watched_call(gateway, log, seen)

        threads = [threading.Thread(target=flow) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert gateway.stop() == 0, gateway.log.read_text()
    finally:
        gateway.process.kill()
    assert len(seen) == 200
    prompt = sum(position < math.inf for position in seen.values())
    order = rows_after_recovery(folder / "ledger.db")
    assert sorted(order) == sorted(seen)
    place = tmp_path / "crashed"
    place.mkdir()
    states = opened = 0
    for disk in crash_points(folder, log, {}, generator):
        for share in (0, 1, generator.random()):
            states += 1
            context = f"seed {SEED}, {disk.position} bytes of the recording, share {share}"
            disk.crash(place, generator, share)
            if states % 16 == 1:
                # The program itself, which reads what SQLite alone does not know of, too.
                opened += 1
                recovered = rows_as_the_program_finds_them(place / "ledger.db")
            else:
                recovered = rows_after_recovery(place / "ledger.db")
            assert len(recovered) == len(set(recovered)) and set(recovered) <= set(order), context
            if durability == "fsync":
                lost = {name for name, position in seen.items() if position <= disk.position} - set(recovered)
                assert not lost, f"{context}: {lost}"
    print(f"seed {SEED}: {states} states, {opened} opened by the program, {prompt} calls answered promptly")
    assert states >= STATES and opened > 5 and prompt > 0


@pytest.mark.parametrize("name", ["gateway", "killed"])
@pytest.mark.parametrize("schema", [1, 3])
def test_a_loss_of_power_under_a_migration(disk_library, tmp_path, schema, name):
    generator = random.Random(f"{SEED} {schema} {name}")
    with tarfile.open(ARCHIVES / f"schema-{schema}.tar.gz") as file:
        file.extractall(tmp_path / "archive", filter="data")
    folder = tmp_path / "ledger"
    folder.mkdir()
    for path in (tmp_path / "archive").glob(f"{name}.db*"):
        shutil.copy(path, folder / f"ledger.db{path.name.removeprefix(f'{name}.db')}")
    expected = {loads(line)["id"] for line in (tmp_path / "archive" / f"{name}.calls.jsonl").read_text().split("\n") if line}
    initial = {path.name: path.read_bytes() for path in folder.iterdir()}
    log = tmp_path / "recording"
    # A writer opens it, and goes on with the new file.
    arguments = ["report", "--ledger", str(folder / "ledger.db")]
    subprocess.run([BINARY, *arguments], check=True, capture_output=True, env={**os.environ, **recording(disk_library, folder, log)})
    place = tmp_path / "crashed"
    place.mkdir()
    states = opened = 0
    for disk in crash_points(folder, log, initial, generator):
        for share in (0, 1, generator.random()):
            disk.crash(place, generator, share)
            states += 1
            if generator.random() > 30 / (3 * STATES):
                continue
            opened += 1
            context = f"seed {SEED}, {disk.position} bytes of the recording, share {share}"
            assert {row["id"] for row in calls(place / "ledger.db")} == expected, context
            assert_sound(place / "ledger.db")
    print(f"seed {SEED}: {states} states, {opened} opened by the program")
    assert opened > 5
