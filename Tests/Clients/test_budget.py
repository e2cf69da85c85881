"""Budgets: the command, the gauges, and messages that are sent once."""

import http.server
import json
import re
import socket
import threading
import time

import pytest

from conftest import Gateway, execute, run
from test_ledger import call, eventually

AMOUNTS = ["--budget", "all=0.000001/month at=50:100", "--budget", "none=5/day project=nobody"]


@pytest.fixture()
def receiver():
    """A server that keeps what is sent to it, and answers with the status that is set."""
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if server.status < 300:
                server.received.append((self.path, json.loads(body)))
            server.attempts += 1
            self.send_response(server.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.received, server.status, server.attempts = [], 200, 0
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()


def webhook(folder, receiver):
    path = folder / "webhook"
    path.write_text(f"http://127.0.0.1:{receiver.server_port}/hooks/SECRET?a=b\n")
    path.chmod(0o600)
    return ["--budget-webhook-file", str(path)]


@pytest.fixture()
def ledger(simulator, tmp_path):
    gateway = Gateway(tmp_path, simulator.url)
    for _ in range(3):
        call(gateway)
    assert gateway.stop() == 0
    return gateway.ledger


def test_the_command(ledger):
    done = execute("budget", "--ledger", ledger, *AMOUNTS, "--json")
    # More than a budget's amount is spent.
    assert done.returncode == 3, done.stderr
    everything, nothing = json.loads(done.stdout)["budgets"]
    report = json.loads(run("report", "--ledger", ledger, "--period", "this-month", "--json"))
    assert everything["spent_usd"] == report["totals"]["cost_usd"] > everything["amount_usd"]
    assert everything["calls"] == 3 and nothing["calls"] == 0 and nothing["spent_usd"] == 0
    table = execute("budget", "--ledger", ledger, "--budget", "all=1000/year")
    assert table.returncode == 0 and re.search(r"^all +year from \d{4}-01-01 .* <1% ", table.stdout, re.MULTILINE), table.stdout
    refused = execute("budget", "--ledger", ledger, "--budget", "all=1000/fortnight")
    assert refused.returncode == 64 or refused.returncode == 1
    assert "fortnight" in refused.stderr and "month" in refused.stderr
    assert "There is no budget" in execute("budget", "--ledger", ledger).stderr


@pytest.mark.parametrize("shape", ["json", "slack"])
def test_a_message_is_sent_once(simulator, tmp_path, ledger, receiver, shape):
    arguments = [*AMOUNTS, *webhook(tmp_path, receiver), "--budget-webhook-format", shape]
    for _ in range(2):
        gateway = Gateway(tmp_path, simulator.url, *arguments, ledger=ledger)
        try:
            eventually(lambda: 'oai_usage_budget_spent_usd{budget="all"}' in gateway.metrics()[0])
            eventually(lambda: receiver.received)
            text = gateway.metrics()[0]
            assert 'oai_usage_budget_usd{budget="none"} 5\n' in text
        finally:
            assert gateway.stop() == 0
        assert "SECRET" not in gateway.log.read_text()
    assert len(receiver.received) == 1
    path, message = receiver.received[0]
    assert path == "/hooks/SECRET?a=b"
    assert "Budget all" in message["text"] and re.search(r"are spent \(\d{3,} %\)", message["text"])
    if shape == "json":
        assert message["type"] == "budget_threshold" and message["threshold_percent"] == 100
        assert message["id"].startswith("all/") and message["budgets"][0]["calls"] == 3
    else:
        assert set(message) == {"text"} and re.search(r"\n\(all/[-0-9]+/100\)$", message["text"])


def test_a_message_that_is_not_accepted_is_told_and_sent_later(simulator, tmp_path, ledger, receiver):
    receiver.status = 500
    arguments = [*AMOUNTS, *webhook(tmp_path, receiver)]
    gateway = Gateway(tmp_path, simulator.url, *arguments, ledger=ledger)
    try:
        eventually(lambda: receiver.attempts)
        eventually(lambda: "status 500" in gateway.log.read_text())
    finally:
        assert gateway.stop() == 0
    assert "SECRET" not in gateway.log.read_text() and not receiver.received
    receiver.status = 204
    gateway = Gateway(tmp_path, simulator.url, *arguments, ledger=ledger)
    try:
        eventually(lambda: len(receiver.received) == 1)
    finally:
        assert gateway.stop() == 0


def test_a_large_amount(ledger):
    done = execute("budget", "--ledger", ledger, "--budget", "a=10000000/year", "--budget", "b=1000000000000/year", "--json")
    assert done.returncode == 0, done.stderr
    assert [budget["amount_usd"] for budget in json.loads(done.stdout)["budgets"]] == [10_000_000, 1_000_000_000_000]


def test_a_receiver_that_hangs_does_not_hold_up_the_gauges(simulator, tmp_path, ledger):
    listener = socket.create_server(("127.0.0.1", 0))
    path = tmp_path / "webhook"
    path.write_text(f"http://127.0.0.1:{listener.getsockname()[1]}/")
    path.chmod(0o600)
    amounts = [word for number in range(5) for word in ["--budget", f"b{number}=0.000001/month"]]
    gateway = Gateway(tmp_path, simulator.url, *amounts, "--budget-webhook-file", str(path), ledger=ledger)

    def spent():
        return re.search(r'^oai_usage_budget_spent_usd\{budget="b0"\} (\S+)', gateway.metrics()[0], re.MULTILINE).group(1)

    try:
        eventually(lambda: "oai_usage_budget_spent_usd{" in gateway.metrics()[0])
        before = spent()
        call(gateway)
        eventually(lambda: spent() != before, seconds=30)
        started = time.monotonic()
    finally:
        assert gateway.stop() == 0
        listener.close()
    assert time.monotonic() - started < 10


def test_what_is_wrong_is_said_before_anything_is_opened(tmp_path):
    (tmp_path / "webhook").write_text("no url")
    (tmp_path / "user").write_text("https://user:SECRET@127.0.0.1/")
    (tmp_path / "port").write_text("https://127.0.0.1:65616/")
    for name in ["webhook", "user", "port"]:
        (tmp_path / name).chmod(0o600)
    for arguments, words in [
        (["--budget", "a=5"], "behind the amount"), (["--budget", "a=5/day", "--budget", "a=6/day"], "twice"),
        (["--budget", "a=5/day", "--budget-digest", "day"], "--budget-webhook-file"),
        (["--budget", "a=5/day", "--budget-webhook-file", str(tmp_path / "webhook")], "one http or https URL"),
        (["--budget", "a=5/day", "--budget-webhook-file", str(tmp_path / "none")], "there is no file"),
        (["--budget", "a=5/day", "--budget-webhook-file", str(tmp_path / "user")], "a user or a password"),
        (["--budget", "a=5/day", "--budget-webhook-file", str(tmp_path / "port")], "1 to 65535"),
        (["--budget", "x" * 101 + "=5/day"], "longer than 100 bytes"), (["--budget", "a\u202eb=5/day"], "control characters"),
        (["--budget", "a\x01=5/day"], "control characters"), (["--budget", "a=5/day zone=UTC zone=UTC"], "twice"),
        (["--budget", "a=1000000000001/year"], "at most 1000000000000"),
        (["--metrics-label-sets", "3"], "from 10 to 10000"),
    ]:
        done = execute("gateway", "--ledger", str(tmp_path / "l.db"), "--check", *arguments)
        assert done.returncode != 0 and words in done.stderr, (arguments, done.stderr)
        assert "SECRET" not in done.stderr
    assert not (tmp_path / "l.db").exists()
