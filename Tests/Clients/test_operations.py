"""The gateway as those who run it see it: its logs, its check, and its end."""

import json
import re
import signal
import subprocess
import urllib.error
import urllib.request

import openai

from conftest import BINARY, CONTENT, KEY, execute

BODY = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": CONTENT}]}


def client(url):
    return openai.OpenAI(base_url=url + "/v1", api_key=KEY, max_retries=0)


def status(url):
    try:
        with urllib.request.urlopen(url) as response:
            return response.status
    except urllib.error.HTTPError as error:
        return error.code


def test_everything_on_the_standard_error_is_json(start):
    gateway = start("http://127.0.0.1:9")
    for _ in range(50):
        assert status(gateway.url + "/v1/models?key=" + KEY) == 502
    assert gateway.stop() == 0
    lines = [json.loads(line) for line in gateway.log.read_text().splitlines()]
    failures = [line for line in lines if line.get("error_code") == "upstream_unreachable"]
    # One line for the first, and one at the end for all others.
    assert [line.get("repeated") for line in failures] == [None, 49]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line["time"]) for line in lines)
    assert KEY not in gateway.log.read_text()


def test_access_log_on_the_standard_output(simulator, tmp_path):
    process = subprocess.Popen(
        [BINARY, "gateway", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--upstream", simulator.url,
         "--ledger", str(tmp_path / "ledger.db"), "--access-log", "-", "--log-format", "text"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True,
    )
    try:
        text = ""
        while "pricing by" not in text:
            text += process.stderr.readline()
        url = re.search(r"listening on (http://\S+)", text).group(1)
        answer = client(url).chat.completions.create(**BODY)
        line = json.loads(process.stdout.readline())
        assert (line["status"], line["outcome"], line["path"]) == (200, "completed", "/v1/chat/completions")
        assert line["request_id"] == answer._request_id
        assert line["input_tokens"] == answer.usage.prompt_tokens and line["cost_usd"] > 0
        assert KEY not in json.dumps(line) and CONTENT not in json.dumps(line)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
        assert "Shutting down; waiting for the calls in flight." in process.stderr.read()
    finally:
        process.kill()


def test_an_output_that_nobody_reads_holds_no_call_up(simulator, tmp_path):
    """The pipes of both outputs are full, and stay so."""
    process = subprocess.Popen(
        [BINARY, "gateway", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--upstream", simulator.url,
         "--ledger", str(tmp_path / "ledger.db"), "--access-log", "-"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True,
    )
    try:
        text = ""
        while "pricing by" not in text:
            text += process.stderr.readline()
        url = re.search(r'listening on (http://[^\s"]+)', text).group(1)
        # The lines of these are more than a pipe holds.
        for _ in range(400):
            request = urllib.request.Request(url + "/v1/models", headers={"Authorization": f"Bearer {KEY}"})
            with urllib.request.urlopen(request, timeout=10) as response:
                assert response.status == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
    finally:
        process.kill()


def test_a_stream_of_the_sdk_outlives_the_signal(start, simulator):
    gateway = start(simulator.url)
    chunks = []
    stream = client(gateway.url).chat.completions.create(
        **BODY, stream=True, extra_headers={"OpenAI-Simulate": "chunks=60; chunk-delay-ms=30"}
    )
    chunks.append(next(iter(stream)))
    gateway.process.send_signal(signal.SIGTERM)
    gateway.wait_for("(waiting for the calls in flight)")
    base = gateway.metrics_url.removesuffix("/metrics")
    # Red at once, and told by somebody who still answers.
    assert status(base + "/-/ready") == 503 and status(base + "/healthz") == 200
    assert status(gateway.metrics_url) == 200
    chunks.extend(stream)
    assert chunks[-1].choices[0].finish_reason == "stop"
    assert gateway.process.wait(timeout=30) == 0
    [row] = gateway.rows_when(1)
    assert (row["outcome"], row["usage_state"]) == ("completed", "reported")


def test_check_tells_where_each_value_comes_from(tmp_path):
    config = tmp_path / "config.json"
    config.write_text('{\n  "drain": "2s",\n  "max-connections": 100\n}\n')
    result = execute(
        "gateway", "--check", "--config", str(config), "--ledger", str(tmp_path / "ledger.db"), "--keep-alive", "3m",
        environment={"OAI_USAGE_LOG_LEVEL": "debug", "HTTPS_PROXY": "http://user:secret@proxy:3128"},
    )
    assert result.returncode == 0, result.stderr
    rows = {line.split()[0]: line.split()[1:] for line in result.stdout.splitlines()}
    assert rows["drain"] == ["2s", f"{config}:2"] and rows["max-connections"] == ["100", f"{config}:3"]
    assert rows["keep-alive"] == ["3m", "--keep-alive"] and rows["log-level"] == ["debug", "OAI_USAGE_LOG_LEVEL"]
    assert rows["listen"] == ["127.0.0.1:8787", "default"]
    assert "secret" not in result.stdout + result.stderr
    assert not (tmp_path / "ledger.db").exists()
