"""The ledger while others touch it, fill its disk, lock it, damage it, or kill its writer."""

import concurrent.futures
import json
import os
import re
import signal
import sqlite3
import subprocess
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from conftest import BINARY, KEY, run

BODY = json.dumps({"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "hello"}]}).encode()


def call(gateway):
    """Makes a call, and returns the milliseconds that it took."""
    request = urllib.request.Request(
        gateway.url + "/v1/chat/completions",
        data=BODY,
        headers={"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"},
    )
    start = time.monotonic()
    with urllib.request.urlopen(request, timeout=20) as response:
        assert response.status == 200
        response.read()
    return (time.monotonic() - start) * 1000


def count(path):
    """The finished rows, as another program sees them, which opens and closes the file."""
    database = sqlite3.connect(path, timeout=10)
    try:
        return database.execute("SELECT count(*) FROM calls WHERE outcome = 'completed'").fetchone()[0]
    finally:
        database.close()


def metric(gateway, name):
    found = re.search(rf"^{re.escape(name)} (\S+)$", gateway.metrics()[0], re.MULTILINE)
    return float(found.group(1)) if found else None


def dropped(gateway):
    return sum(float(value) for value in re.findall(r"^oai_usage_records_dropped_total\{.*\} (\S+)$", gateway.metrics()[0], re.MULTILINE))


def readiness(gateway):
    try:
        with urllib.request.urlopen(gateway.metrics_url.replace("/metrics", "/-/ready")) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def eventually(condition, seconds=20):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def lines(gateway, level):
    found = []
    for line in gateway.log.read_text().splitlines():
        if line.startswith("{") and f'"level":"{level}"' in line and "ledger" in line:
            found.append(json.loads(line)["message"])
    return found


def admin(gateway):
    return gateway.metrics_url.removeprefix("http://").removesuffix("/metrics")


@pytest.mark.parametrize("neighbor", ["reprice-dry-run", "reprice", "metrics", "ready"])
def test_committed_rows_survive_a_kill_whatever_was_asked_before(start, simulator, neighbor):
    gateway = start(simulator.url)
    call(gateway)
    match neighbor:
        case "reprice-dry-run": run("reprice", "--since", "1d", "--gateway", "--admin", admin(gateway), "--dry-run")
        case "reprice": run("reprice", "--since", "1d", "--gateway", "--admin", admin(gateway))
        case "metrics": gateway.metrics()
        case "ready": assert readiness(gateway)[0] == 200
    # A backup, a query: it opens and closes the file, and deletes the log if it takes itself for the last one.
    eventually(lambda: count(gateway.ledger) == 1)
    assert os.path.exists(gateway.ledger + "-wal")
    for _ in range(4):
        call(gateway)
    gateway.stop(signal.SIGKILL)
    assert count(gateway.ledger) == 5


def test_a_kill_under_load_loses_nothing_that_a_client_saw(start, simulator):
    """Rows that were in the journal only are taken in by the next who reads the ledger."""
    gateway = start(simulator.url)
    with concurrent.futures.ThreadPoolExecutor(24) as pool:
        seen = list(pool.map(lambda _: call(gateway), range(600)))
    gateway.stop(signal.SIGKILL)
    assert len(seen) == 600
    calls = run("calls", "--ledger", gateway.ledger, "--limit", "1000", "--format", "jsonl").splitlines()
    assert len(calls) == 600 and count(gateway.ledger) == 600
    assert not os.path.exists(gateway.ledger + "-queue1")


@pytest.mark.parametrize("victims", [[""], ["-wal"], ["-shm"], ["", "-wal"], ["", "-wal", "-shm"], ["", "-wal", "-shm", ".lock"]])
def test_removed_files(start, simulator, victims):
    gateway = start(simulator.url)
    for _ in range(5):
        call(gateway)
    eventually(lambda: count(gateway.ledger) == 5)
    for suffix in victims:
        os.unlink(gateway.ledger + suffix)
    for _ in range(20):
        call(gateway)
    assert readiness(gateway)[0] == 200
    assert metric(gateway, "oai_usage_ledger_up") == 1
    lost = 5 if "" in victims else 0
    assert metric(gateway, "oai_usage_records_written_total") == 25 - lost
    assert metric(gateway, 'oai_usage_records_dropped_total{reason="ledger_lost"}') == lost
    assert metric(gateway, 'oai_usage_ledger_errors_total{error="replaced"}') == 1
    gateway.stop(signal.SIGKILL)
    assert count(gateway.ledger) == (20 if "" in victims else 25)
    [line] = lines(gateway, "error")
    assert gateway.ledger in line and "removed or replaced" in line


def test_calls_flow_while_the_file_is_replaced_again_and_again(start, simulator, tmp_path):
    gateway = start(simulator.url)
    call(gateway)
    eventually(lambda: count(gateway.ledger) == 1)
    made = [0] * 4
    ends = threading.Event()

    def flow(index):
        while not ends.is_set():
            call(gateway)
            made[index] += 1

    threads = [threading.Thread(target=flow, args=(index,)) for index in range(4)]
    for thread in threads:
        thread.start()
    moved = []
    for number in range(5):
        time.sleep(0.3)
        moved.append(tmp_path / f"moved-{number}.db")
        os.rename(gateway.ledger, moved[-1])
        eventually(lambda: os.path.exists(gateway.ledger))
    ends.set()
    for thread in threads:
        thread.join()
    assert gateway.stop() == 0, gateway.log.read_text()
    total = count(gateway.ledger) + sum(count(path) for path in moved)
    # A row may be in two files, if it was committed when the file was moved; it is in no file less than once.
    assert total >= sum(made) + 1
    ids = set()
    for path in [gateway.ledger, *moved]:
        database = sqlite3.connect(path)
        ids.update(row[0] for row in database.execute("SELECT id FROM call"))
        database.close()
    assert len(ids) == sum(made) + 1


def test_a_lock_delays_nobody_and_is_told(start, simulator):
    gateway = start(simulator.url)
    usual = sorted(call(gateway) for _ in range(20))
    eventually(lambda: count(gateway.ledger) == 20)
    intruder = sqlite3.connect(gateway.ledger, isolation_level=None)
    intruder.execute("BEGIN EXCLUSIVE")
    call(gateway)
    eventually(lambda: readiness(gateway)[0] == 503)
    assert "locked by another program" in readiness(gateway)[1]
    assert metric(gateway, "oai_usage_ledger_up") == 0
    slow = sorted(call(gateway) for _ in range(20))
    assert slow[10] < usual[10] + 40, (usual, slow)
    intruder.execute("ROLLBACK")
    intruder.close()
    eventually(lambda: readiness(gateway)[0] == 200)
    assert metric(gateway, "oai_usage_ledger_up") == 1
    eventually(lambda: count(gateway.ledger) == 41)
    assert len(lines(gateway, "error")) == 1
    [end] = lines(gateway, "notice")
    assert "written again after" in end and "dropped meanwhile: 0" in end
    assert gateway.stop() == 0


def test_a_stop_says_what_it_loses(start, simulator):
    gateway = start(simulator.url)
    call(gateway)
    eventually(lambda: count(gateway.ledger) == 1)
    intruder = sqlite3.connect(gateway.ledger, isolation_level=None)
    intruder.execute("BEGIN EXCLUSIVE")
    for _ in range(30):
        call(gateway)
    assert gateway.stop() == 1
    assert "30 records were lost" in gateway.log.read_text()
    assert "locked by another program" in gateway.log.read_text().splitlines()[-1]
    intruder.execute("ROLLBACK")
    intruder.close()
    assert count(gateway.ledger) == 1


def test_a_damaged_file_is_set_aside(start, simulator):
    gateway = start(simulator.url)
    for _ in range(30):
        call(gateway)
    eventually(lambda: count(gateway.ledger) == 30)
    database = sqlite3.connect(gateway.ledger, isolation_level=None)
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    database.execute("INSERT INTO meta VALUES('other', 1)")
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    database.close()
    with open(gateway.ledger, "r+b") as file:
        for page in range(1, os.path.getsize(gateway.ledger) // 8192):
            file.seek(page * 8192)
            file.write(b"\xa5" * 8192)
    for _ in range(5):
        call(gateway)
    eventually(lambda: metric(gateway, "oai_usage_ledger_up") == 1)
    [aside] = [path for path in Path(gateway.ledger).parent.glob(Path(gateway.ledger).name + ".damaged-*") if not path.name.endswith(("-wal", "-shm"))]
    assert any(str(aside) in line for line in lines(gateway, "error"))
    assert gateway.stop() == 0
    assert count(gateway.ledger) == 5


@pytest.fixture
def small_disk(tmp_path):
    folder = tmp_path / "disk"
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", folder], capture_output=True).returncode != 0:
        pytest.skip("mounting a small file system is not allowed here")
    yield folder
    subprocess.run(["umount", "-l", folder])


def test_a_full_disk(start, simulator, small_disk):
    gateway = start(simulator.url, ledger=small_disk / "ledger.db")
    usual = sorted(call(gateway) for _ in range(10))
    eventually(lambda: count(gateway.ledger) == 10)
    ballast = small_disk / "ballast"
    with open(ballast, "wb", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 4096)
        except OSError:
            pass
    for _ in range(30):
        call(gateway)
    eventually(lambda: readiness(gateway)[0] == 503)
    assert "No space is left" in readiness(gateway)[1]
    times = sorted(call(gateway) for _ in range(10))
    assert times[5] < usual[5] + 40, (usual, times)
    made = 50
    ballast.unlink()
    eventually(lambda: readiness(gateway)[0] == 200)
    eventually(lambda: metric(gateway, "oai_usage_records_written_total") == made)
    assert gateway.stop() == 0, gateway.log.read_text()
    assert count(gateway.ledger) == made


def test_a_closed_log_ends_nothing(simulator, tmp_path):
    """A gateway whose standard error nobody reads any more goes on."""
    ledger = tmp_path / "ledger.db"
    process = subprocess.Popen(
        [BINARY, "gateway", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--upstream", simulator.url, "--ledger", str(ledger)],
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL,
        text=True,
    )
    try:
        text = ""
        while "pricing by" not in text:
            text += process.stderr.readline()
        process.stderr.close()

        class Address:
            url = re.search(r'listening on (http://[^\s"]+)', text).group(1)

        # Each of these makes the gateway write a line.
        for _ in range(3):
            os.unlink(ledger)
            call(Address)
            time.sleep(0.2)
        call(Address)
        assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=40) == 0
        assert count(ledger) == 2
    finally:
        process.kill()


def test_follow_shows_calls_that_were_under_way(start, simulator):
    gateway = start(simulator.url)
    slow = threading.Thread(
        target=lambda: urllib.request.urlopen(
            urllib.request.Request(
                gateway.url + "/v1/chat/completions",
                data=BODY,
                headers={"Authorization": f"Bearer {KEY}", "Content-Type": "application/json", "OpenAI-Simulate": "delay-ms=13000"},
            ),
            timeout=40,
        ).read()
    )
    slow.start()
    time.sleep(0.6)
    follower = subprocess.Popen(
        [BINARY, "calls", "--ledger", gateway.ledger, "--format", "jsonl", "--limit", "1", "--follow"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        # Younger calls end meanwhile, so that the slow one is more than ten seconds behind.
        for _ in range(12):
            call(gateway)
            time.sleep(1)
        slow.join()
        call(gateway)
        eventually(lambda: count(gateway.ledger) == 14)
        time.sleep(1.5)
    finally:
        follower.terminate()
    rows = [json.loads(line) for line in follower.stdout.read().splitlines()]
    ended = [row for row in rows if row["outcome"] != "open"]
    assert len(ended) == len({row["id"] for row in ended}) == 14
    assert max(row["duration_ms"] for row in ended) > 12_000
