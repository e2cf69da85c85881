"""What a client has seen answered is in the ledger, whenever its writer is killed: gateway and library, again and again.

`OAI_USAGE_KILLS` says how often in all, `OAI_USAGE_SEED` from what the moments are drawn.
"""

import asyncio
import os
import random
import re
import signal
import subprocess
import threading
import time
from pathlib import Path

import pytest

from conftest import BINARY, KEY, Gateway, run
from ledger_files import assert_sound, connect

KILLS = int(os.environ.get("OAI_USAGE_KILLS", "200"))
SEED = int(os.environ.get("OAI_USAGE_SEED", time.time_ns() % 1_000_000))
# A response waits 50 ms for its commit at the latest: one that took as long may have left without.
LONGEST_WAIT = 0.05
TESTS = Path(os.environ.get("OAI_USAGE_TESTS") or Path(BINARY).resolve().parent / "oai-usagePackageTests.xctest")


def request(stream):
    body = b'{"model":"gpt-4o-mini","messages":[{"role":"user","content":"hello"}]' + (b',"stream":true}' if stream else b"}")
    head = (
        "POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {KEY}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def read_body(reader, head):
    length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
    if length:
        return await reader.readexactly(int(length.group(1)))
    while (size := int(await reader.readuntil(b"\r\n"), 16)) > 0:
        await reader.readexactly(size + 2)
    return await reader.readuntil(b"\r\n")


async def client(port, seen, stream):
    """Makes calls one after the other until the connection ends; notes those that were answered whole."""
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while True:
            start = time.monotonic()
            writer.write(request(stream))
            head = await reader.readuntil(b"\r\n\r\n")
            await read_body(reader, head)
            assert head.startswith(b"HTTP/1.1 200 "), head
            seen[re.search(rb"(?i)\r\nx-request-id: *(\S+)", head).group(1).decode()] = time.monotonic() - start
    except (OSError, asyncio.IncompleteReadError):
        return


async def load_until(process, port, connections, delay):
    seen = {}
    clients = [asyncio.ensure_future(client(port, seen, stream=number % 4 == 3)) for number in range(connections)]
    await asyncio.sleep(delay)
    process.kill()
    await asyncio.gather(*clients)
    return seen


def identities(path, column):
    database = connect(path)
    try:
        return [row[0] for row in database.execute(f"SELECT {column} FROM calls WHERE outcome <> 'open'")]
    finally:
        database.close()


@pytest.mark.parametrize("durability, workers", [("committed", 1), ("committed", 3), ("fsync", 1)])
def test_kills_of_a_gateway(folder, simulator, durability, workers):
    generator = random.Random(f"{SEED} {durability} {workers}")
    kills = KILLS * 2 // 10
    print(f"seed {SEED}, {kills} kills")
    path = folder / f"killed-{durability}-{workers}.db"
    seen = {}
    for number in range(kills):
        gateway = Gateway(folder, simulator.url, "--durability", durability, "--workers", str(workers), ledger=path)
        port = int(gateway.url.rsplit(":", 1)[1])
        connections = generator.choice([1, 4, 24, 48])
        seen |= asyncio.run(load_until(gateway.process, port, connections, generator.uniform(0.02, 0.5)))
        gateway.process.wait()
        if generator.random() < 0.25:
            # One that is killed while it takes in what the last one has left.
            log = folder / "killed-early.log"
            arguments = ["gateway", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--upstream", simulator.url, "--ledger", str(path)]
            with open(log, "wb") as output:
                early = subprocess.Popen([BINARY, *arguments], stdout=subprocess.DEVNULL, stderr=output, stdin=subprocess.DEVNULL)
            time.sleep(generator.uniform(0, 0.25))
            early.kill()
            early.wait()
        if number % 10 == 9 or number == kills - 1:
            # Sometimes it is a reader that finds what the last one has left.
            run("calls", "--ledger", str(path), "--limit", "1")
            kept = set(identities(path, "request_id"))
            missing = {name: wait for name, wait in seen.items() if name not in kept}
            unexplained = {name: wait for name, wait in missing.items() if wait < LONGEST_WAIT}
            assert not unexplained, f"seed {SEED}, kill {number}: {unexplained}"
            # Responses that left before their commit are few, unless a busy disk takes its time to synchronize.
            assert durability == "fsync" or len(missing) <= len(seen) // 20, f"seed {SEED}, kill {number}: {missing}"
            assert assert_sound(path) >= len(seen) - len(missing)
    print(f"{len(seen)} calls seen, {len(missing)} released late and not kept, {os.path.getsize(path) >> 10} KiB")
    assert len(seen) > kills * 5


class Program:
    """A program that meters its calls with the library, and says which it was told are kept."""

    def __init__(self, path, mode):
        self.kept = []
        self.first = threading.Event()
        self.process = subprocess.Popen(
            [TESTS, "--testing-library", "swift-testing", "--filter", "KilledProgramTests"],
            env={**os.environ, "OAI_USAGE_KILLED_LEDGER": str(path), "OAI_USAGE_KILLED_MODE": mode},
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL,
        )
        self.thread = threading.Thread(target=self.read)
        self.thread.start()

    def read(self):
        for line in self.process.stdout:
            # A line that the kill has cut off has no end.
            if line.startswith(b"kept ") and line.endswith(b"\n"):
                self.kept.append(line[5:-1].decode())
                self.first.set()

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.thread.join()
        self.process.stdout.close()


@pytest.mark.skipif(not TESTS.exists(), reason=f"there is no {TESTS.name} beside the program: swift build --build-tests")
@pytest.mark.parametrize("mode", ["flush", "journal"])
def test_kills_of_a_program_that_uses_the_library(folder, mode):
    generator = random.Random(f"{SEED} {mode}")
    kills = KILLS * 2 // 10
    print(f"seed {SEED}, {kills} kills")
    path = folder / f"killed-library-{mode}.db"
    told = set()
    for number in range(kills):
        program = Program(path, mode)
        if generator.random() < 0.8:
            assert program.first.wait(20)
        time.sleep(generator.uniform(0, 0.3))
        program.kill()
        told.update(program.kept)
        if number % 10 == 9 or number == kills - 1:
            run("calls", "--ledger", str(path), "--limit", "1")
            kept = identities(path, "client_request_id")
            missing = told - set(kept)
            assert not missing, f"seed {SEED}, kill {number}: {missing}"
            assert len(kept) == len(set(kept)), f"seed {SEED}, kill {number}"
            assert assert_sound(path) >= len(told)
    print(f"{len(told)} calls told, {os.path.getsize(path) >> 10} KiB")
    assert len(told) > kills * 5
