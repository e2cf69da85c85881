"""Starts the simulated upstream and the gateway, and reads what the gateway has kept."""

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from decimal import Decimal
from pathlib import Path

import pytest

sys.dont_write_bytecode = True
# A shell that starts the tests in the background lets them ignore SIGINT, nohup SIGHUP, and with them every program under test.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)
BINARY = os.environ["OAI_USAGE_BINARY"]
KEY = "sk-proj-ThisKeyMustNeverLandAnywhere0123456789abcdWXYZ"
CONTENT = "this-content-must-never-land-anywhere"


def loads(text):
    """Reads JSON whose money keeps every digit."""
    return json.loads(text, parse_float=Decimal)


class Process:
    """A server under test, with what it wrote to its standard error."""

    def __init__(self, arguments, log, environment=None):
        self.log = Path(log)
        with open(self.log, "wb") as output:
            self.process = subprocess.Popen(
                [BINARY, *arguments],
                stdout=subprocess.DEVNULL,
                stderr=output,
                stdin=subprocess.DEVNULL,
                env={**os.environ, **(environment or {})},
            )

    def wait_for(self, pattern, seconds=30):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            found = re.search(pattern, self.log.read_text())
            if found:
                return found.group(1)
            if self.process.poll() is not None:
                raise AssertionError(f"ended with {self.process.returncode}: {self.log.read_text()}")
            time.sleep(0.02)
        raise AssertionError(f"did not print {pattern}: {self.log.read_text()}")

    def stop(self, number=signal.SIGTERM, seconds=40):
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(timeout=seconds)


class Simulator(Process):
    def __init__(self, folder):
        super().__init__(["simulate", "--listen", "127.0.0.1:0", "--seed", "7"], folder / "simulator.log")
        self.url = self.wait_for(r"simulator: listening on (http://\S+)")


class Gateway(Process):
    count = 0

    def __init__(self, folder, upstream, *arguments, ledger=None, environment=None):
        Gateway.count += 1
        self.ledger = str(ledger or folder / f"ledger-{Gateway.count}.db")
        super().__init__(
            [
                "gateway", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0",
                "--upstream", upstream, "--ledger", self.ledger, *arguments,
            ],
            folder / f"gateway-{Gateway.count}.log",
            environment,
        )
        self.url = self.wait_for(r"gateway: listening on (https?://[^\s\"]+)")
        self.metrics_url = self.wait_for(r"gateway: metrics on (https?://[^\s\"]+)")

    def rows(self, *arguments):
        text = run("calls", "--ledger", self.ledger, "--format", "jsonl", "--limit", "0", *arguments)
        # Not splitlines(), which takes other characters for line ends, too.
        return [loads(line) for line in text.split("\n") if line]

    def rows_when(self, count, *arguments, seconds=15):
        """The rows, once there are as many, all of them finished."""
        deadline = time.monotonic() + seconds
        while True:
            rows = self.rows(*arguments)
            if len(rows) >= count and all(row["outcome"] != "open" for row in rows):
                assert len(rows) == count, rows
                return rows
            assert time.monotonic() < deadline, rows
            time.sleep(0.05)

    def metrics(self, accept="text/plain;version=0.0.4"):
        request = urllib.request.Request(self.metrics_url, headers={"Accept": accept})
        with urllib.request.urlopen(request) as response:
            return response.read().decode(), response.headers["Content-Type"]


def execute(*arguments, environment=None):
    return subprocess.run(
        [BINARY, *arguments], capture_output=True, text=True, timeout=60, env={**os.environ, **(environment or {})}
    )


def run(*arguments):
    result = execute(*arguments)
    assert result.returncode == 0, result.stderr
    return result.stdout


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("oai-usage")


@pytest.fixture(scope="session")
def simulator(folder):
    simulator = Simulator(folder)
    yield simulator
    simulator.stop()


@pytest.fixture(scope="session")
def gateway(folder, simulator):
    gateway = Gateway(folder, simulator.url)
    yield gateway
    assert gateway.stop() == 0, gateway.log.read_text()


@pytest.fixture
def start(folder):
    """Starts further gateways, which end with the test."""
    started = []

    def begin(upstream, *arguments, **options):
        process = Gateway(folder, upstream, *arguments, **options)
        started.append(process)
        return process

    yield begin
    for process in started:
        process.stop(signal.SIGKILL)
