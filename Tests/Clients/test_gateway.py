"""The gateway as a process: what it keeps, what it shows, how it refuses and how it ends."""

import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import threading
import time
import urllib.error
import urllib.request
from decimal import Decimal
from pathlib import Path

import openai
import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_text

from conftest import CONTENT, KEY, Gateway, execute, loads, run

BODY = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": CONTENT}]}


def curl(url, body, *arguments, headers=()):
    command = ["curl", "-sS", "--raw", "-N", url, "-H", f"Authorization: Bearer {KEY}", "-H", "Content-Type: application/json"]
    for header in headers:
        command += ["-H", header]
    return subprocess.run([*command, *arguments, "--data-binary", "@-"], input=json.dumps(body).encode(), capture_output=True)


def client(gateway, **options):
    return openai.OpenAI(base_url=gateway.url + "/v1", api_key=KEY, **{"max_retries": 0, "project": "proj_a", **options})


@pytest.mark.parametrize("body", [
    BODY,
    {**BODY, "stream": True},
    {**BODY, "stream": True, "stream_options": {"include_usage": True}},
    {**BODY, "stream": True, "stream_options": {"include_usage": False}},
    {"model": "gpt-6-luna", "input": CONTENT, "stream": True},
])
@pytest.mark.parametrize("directive", ["", "split=7", "line-end=crlf"])
def test_curl_gets_the_same_bytes(simulator, gateway, body, directive):
    path = "/v1/responses" if "input" in body else "/v1/chat/completions"
    headers = [f"OpenAI-Simulate: {directive}"] if directive else []
    # Without --raw, curl takes the chunked coding off, which belongs to each connection.
    straight, through = (
        subprocess.run(
            ["curl", "-sS", "-N", url + path, "-H", f"Authorization: Bearer {KEY}", "-H", "Content-Type: application/json",
             *[part for header in headers for part in ("-H", header)], "--data-binary", json.dumps(body)],
            capture_output=True,
        )
        for url in (simulator.url, gateway.url)
    )
    assert straight.returncode == through.returncode == 0
    assert straight.stdout == through.stdout
    assert straight.stdout


def test_unknown_paths_have_rows(gateway, simulator):
    result = curl(gateway.url + "/v1/nothing/here?secret=1", {}, headers=["OpenAI-Usage-Tags: case=unknown"])
    assert b"error" in result.stdout
    [row] = gateway.rows_when(1, "--tag", "case=unknown")
    assert (row["endpoint"], row["path"], row["status"]) == ("other", "/v1/nothing/here", 404)
    assert row["usage_state"] == "not_applicable"


def test_everything_agrees(start, simulator):
    gateway = start(simulator.url)
    for project, count in (("proj_a", 3), ("proj_b", 2)):
        for index in range(count):
            client(gateway, project=project).chat.completions.create(**BODY)
            for _ in client(gateway, project=project).chat.completions.create(**BODY, stream=True):
                pass
            with pytest.raises(openai.BadRequestError):
                client(gateway, project=project, default_headers={"OpenAI-Simulate": "status=400"}).chat.completions.create(**BODY)
    rows = gateway.rows_when(15)
    report = loads(run("report", "--ledger", gateway.ledger, "--by", "project", "--format", "json"))
    families = {family.name: family for family in parse_text(gateway.metrics()[0])}

    def metric(name, label=None, **labels):
        return sum(
            sample.value for sample in families[name].samples
            if sample.name == (label or name + "_total") and all(sample.labels.get(k) == v for k, v in labels.items())
        )

    for project in ("proj_a", "proj_b"):
        mine = [row for row in rows if row["project"] == project]
        [line] = [line for line in report["rows"] if line["project"] == project]
        assert line["calls"] == len(mine) == metric("oai_usage_calls", project=project)
        assert line["errors"] == sum(row["outcome"] == "error" for row in mine)
        for column, name in (("input_tokens", "oai_usage_input_tokens"), ("output_tokens", "oai_usage_output_tokens")):
            total = sum(row[column] or 0 for row in mine)
            assert line[column] == total == metric(name, project=project)
        cost = sum(Decimal(row["cost_usd"] or 0) for row in mine)
        assert Decimal(line["cost_usd"]) == cost
        assert abs(Decimal(metric("oai_usage_cost_usd", project=project)) - cost) < Decimal("1e-12")
    assert report["totals"]["calls"] == 15
    assert Decimal(report["totals"]["cost_usd"]) == sum(Decimal(line["cost_usd"]) for line in report["rows"])
    captured = metric("oai_usage_records_captured")
    assert captured == 15 == metric("oai_usage_records_written") + metric("oai_usage_records_dropped")

    # And the file itself, read with other tools.
    with sqlite3.connect(f"file:{gateway.ledger}?mode=ro", uri=True) as connection:
        assert connection.execute("SELECT count(*), sum(cost_pico_usd) FROM calls").fetchone() == (
            15, int(Decimal(report["totals"]["cost_usd"]) * 10**12))
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_metrics_are_valid(gateway, simulator, folder):
    client(gateway).chat.completions.create(**BODY)
    text, kind = gateway.metrics()
    assert kind.startswith("text/plain; version=0.0.4")
    assert list(parse_text(text))
    openmetrics, kind = gateway.metrics("application/openmetrics-text; version=1.0.0")
    assert kind.startswith("application/openmetrics-text; version=1.0.0")
    assert openmetrics.endswith("# EOF\n")
    names = {family.name for family in parse_openmetrics(openmetrics)}
    assert "oai_usage_call_duration_seconds" in names
    promtool = shutil.which("promtool") or str(Path(__file__).parents[2] / ".build/tools/usr/bin/promtool")
    if not os.path.exists(promtool):
        pytest.skip("promtool is not installed")
    result = subprocess.run([promtool, "check", "metrics"], input=text, capture_output=True, text=True)
    assert (result.returncode, result.stdout + result.stderr) == (0, "")


def test_admin_plane(gateway):
    base = gateway.metrics_url.removesuffix("/metrics")
    for path in ("/healthz", "/-/ready"):
        with urllib.request.urlopen(base + path) as response:
            assert response.status == 200
    with urllib.request.urlopen(base + "/") as response:
        assert b"metrics" in response.read()
    for path in ("/nothing", "/v1/chat/completions"):
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(base + path)
        assert caught.value.code == 404
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(urllib.request.Request(base + "/metrics", data=b"x", method="POST"))
    assert caught.value.code == 405
    # The metrics are not on the port that clients use.
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(gateway.url + "/metrics")
    assert caught.value.code in (401, 404)


def test_show(gateway):
    answer = client(gateway).chat.completions.create(**BODY)
    for word in (answer._request_id, answer.id):
        shown = run("show", "--ledger", gateway.ledger, word)
        assert answer._request_id in shown and "gpt-4o-mini-2024-07-18" in shown
    missing = execute("show", "--ledger", gateway.ledger, "req_nothing")
    assert missing.returncode == 1 and "req_nothing" in missing.stderr


def test_nothing_secret_lands(gateway, simulator, folder):
    curl(gateway.url + f"/v1/chat/completions?{CONTENT}", {**BODY, "user": CONTENT}, headers=["OpenAI-Simulate: status=400"])
    curl(gateway.url + "/v1/chat/completions", BODY, headers=[f"api-key: {KEY}"])
    client(gateway).chat.completions.create(**BODY)
    places = [Path(gateway.ledger + suffix) for suffix in ("", "-wal", "-shm", ".lock")] + [gateway.log]
    texts = [place.read_bytes() for place in places if place.exists()]
    texts += [gateway.metrics()[0].encode(), run("calls", "--ledger", gateway.ledger, "--format", "jsonl").encode()]
    assert len(texts) >= 4
    for text in texts:
        for secret in (CONTENT, KEY, KEY[8:40]):
            assert secret.encode() not in text


# Bad upstreams


def failure(gateway, **options):
    with pytest.raises(openai.APIStatusError) as caught:
        client(gateway, **options).chat.completions.create(**BODY)
    error = caught.value
    assert error.type == "oai_usage_gateway_error"
    [row] = gateway.rows_when(1)
    assert row["error_type"] == "oai_usage_gateway_error" and row["error_code"] == error.code
    assert row["status"] is None and row["cost_usd"] is None
    assert error.response.headers["oai-usage-call-id"] == row["id"]
    return error, row


def test_unreachable_upstream(start):
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        gateway = start(f"http://127.0.0.1:{reserved.getsockname()[1]}")
        error, row = failure(gateway)
    assert (error.status_code, error.code, row["outcome"]) == (502, "upstream_unreachable", "unreachable")


def test_upstream_without_tls(start, simulator):
    error, row = failure(start(simulator.url.replace("http:", "https:")))
    assert (error.status_code, error.code, row["outcome"]) == (502, "upstream_tls_failure", "unreachable")


def test_silent_upstream(start, simulator):
    gateway = start(simulator.url, "--response-timeout", "300ms")
    error, row = failure(gateway, default_headers={"OpenAI-Simulate": "hang=1"})
    assert (error.status_code, error.code, row["outcome"]) == (504, "upstream_timeout", "timeout")


def test_upstream_that_closes_before_its_answer(start):
    listener = socket.create_server(("127.0.0.1", 0))

    def serve():
        connection, _ = listener.accept()
        connection.recv(65536)
        connection.close()

    threading.Thread(target=serve, daemon=True).start()
    error, row = failure(start(f"http://127.0.0.1:{listener.getsockname()[1]}"))
    assert (error.status_code, error.code, row["outcome"]) == (502, "upstream_closed", "unreachable")


# Refusals to start


def refusal(*arguments):
    result = execute("gateway", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--upstream", "http://127.0.0.1:9", *arguments)
    assert result.returncode == 1, result.stderr
    assert len(result.stderr.strip().splitlines()) == 1, result.stderr
    assert result.stdout == ""
    return result.stderr


def test_ledger_in_a_file(tmp_path):
    (tmp_path / "file").write_text("not a folder")
    assert "file" in refusal("--ledger", str(tmp_path / "file" / "ledger.db"))


def test_not_a_ledger(tmp_path):
    (tmp_path / "text.db").write_text("This is certainly not a database." * 100)
    assert "text.db" in refusal("--ledger", str(tmp_path / "text.db"))
    with sqlite3.connect(tmp_path / "other.db") as connection:
        connection.execute("CREATE TABLE unrelated (x)")
    assert "other.db" in refusal("--ledger", str(tmp_path / "other.db"))


def test_newer_ledger(start, simulator):
    gateway = start(simulator.url)
    gateway.stop()
    with sqlite3.connect(gateway.ledger) as connection:
        connection.execute("PRAGMA user_version = 9999")
    assert "newer" in refusal("--ledger", gateway.ledger)


def test_held_ledger(gateway):
    message = refusal("--ledger", gateway.ledger)
    assert str(gateway.process.pid) in message


def test_port_in_use(gateway, tmp_path):
    taken = gateway.url.removeprefix("http://")
    result = execute("gateway", "--listen", taken, "--upstream", "http://127.0.0.1:9", "--ledger", str(tmp_path / "l.db"))
    assert result.returncode == 1 and taken in result.stderr and len(result.stderr.strip().splitlines()) == 1
    taken = gateway.metrics_url.removeprefix("http://").removesuffix("/metrics")
    result = execute("gateway", "--listen", "127.0.0.1:0", "--admin", taken, "--upstream", "http://127.0.0.1:9", "--ledger", str(tmp_path / "l.db"))
    assert result.returncode == 1 and taken in result.stderr


@pytest.mark.parametrize("arguments", [
    ["gateway", "--bogus"],
    ["gateway", "--upstream", "ftp://x"],
    ["gateway", "--durability", "sometimes"],
    ["gateway", "--listen", "nonsense"],
    ["gateway", "--response-timeout", "soon"],
    ["report", "--by", "colour"],
    ["report", "--format", "xml"],
    ["report", "--timezone", "Mars/Olympus"],
    ["report", "--since", "yesterdayish"],
    ["calls", "--limit", "-3"],
    ["show"],
    ["simulate", "--seed", "x"],
    ["nonsense"],
])
def test_usage_errors(arguments):
    result = execute(*arguments)
    assert result.returncode == 64, result.stderr
    assert result.stderr and not result.stdout


def test_allowed_values_are_named():
    for flag, word in (("--format", "markdown"), ("--by", "project")):
        assert word in execute("report", flag, "nonsense").stderr


def test_reports_without_data(start, simulator, tmp_path):
    gateway = start(simulator.url)
    result = execute("report", "--ledger", gateway.ledger, "--format", "json")
    assert result.returncode == 0
    assert json.loads(result.stdout)["rows"] == []
    assert json.loads(result.stdout)["totals"]["calls"] == 0
    table = execute("report", "--ledger", gateway.ledger)
    assert table.returncode == 0 and "No calls" in table.stdout + table.stderr
    absent = str(tmp_path / "absent.db")
    result = execute("report", "--ledger", absent)
    assert result.returncode == 1 and absent in result.stderr
    result = execute("report", "--ledger", absent, "--format", "json")
    assert result.returncode == 1
    json.loads(result.stdout)


# Endings


def test_sigterm_waits_for_open_calls(start, simulator):
    gateway = start(simulator.url)
    stream = client(gateway, default_headers={"OpenAI-Simulate": "chunks=30; chunk-delay-ms=30"}).chat.completions.create(
        **BODY, stream=True)
    chunks = [next(stream)]
    gateway.process.send_signal(signal.SIGTERM)
    chunks += list(stream)
    assert len(chunks) > 25
    assert gateway.process.wait(timeout=20) == 0, gateway.log.read_text()
    [row] = gateway.rows()
    assert (row["outcome"], row["usage_state"]) == ("completed", "reported")
    assert not Path(gateway.ledger + "-wal").exists() or Path(gateway.ledger + "-wal").stat().st_size == 0


def test_kill_loses_no_completed_call(start, simulator, folder):
    gateway = start(simulator.url)
    mine = client(gateway)
    seen = set()

    def work():
        while True:
            try:
                seen.add(mine.chat.completions.create(**BODY)._request_id)
            except openai.APIError:
                return

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    hanging = client(gateway, default_headers={"OpenAI-Simulate": "chunks=2000; chunk-delay-ms=20"}).chat.completions.create(
        **BODY, stream=True)
    next(hanging)
    deadline = time.monotonic() + 20
    while len(seen) < 200 or not any(row["outcome"] == "open" for row in gateway.rows("--outcome", "open")):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    gateway.stop(signal.SIGKILL)
    for thread in threads:
        thread.join()
    kept = {row["request_id"] for row in gateway.rows()}
    assert seen <= kept
    again = start(simulator.url, ledger=gateway.ledger)
    interrupted = again.rows("--outcome", "interrupted")
    assert len(interrupted) >= 1
    assert again.rows("--outcome", "open") == []
