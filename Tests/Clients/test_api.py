"""The ledger over HTTP, several ledgers read as one, and metrics from a ledger."""

import http.server
import json
import os
import re
import signal
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from decimal import Decimal

import pytest

from conftest import CONTENT, KEY, Process, execute, loads, run

TOKEN = "tok-admin-9f8e7d6c5b4a39281706"


def call(gateway, project, simulate=""):
    body = json.dumps({"model": "gpt-4o-mini", "messages": [{"role": "user", "content": CONTENT}]}).encode()
    headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json", "OpenAI-Project": project}
    if simulate:
        headers["OpenAI-Simulate"] = simulate
    try:
        with urllib.request.urlopen(urllib.request.Request(gateway.url + "/v1/chat/completions", body, headers)) as response:
            response.read()
    except urllib.error.HTTPError as error:
        error.read()


def admin(gateway):
    return gateway.metrics_url.removesuffix("/metrics")


def get(url, token=None, method="GET"):
    request = urllib.request.Request(url, method=method)
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return response.status, response.read().decode(), response.headers
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(), error.headers


@pytest.fixture(scope="module")
def pair(folder, simulator):
    """Two gateways with calls of their own."""
    from conftest import Gateway

    gateways = [Gateway(folder, simulator.url) for _ in range(2)]
    for index, gateway in enumerate(gateways):
        for number in range(5 + index):
            call(gateway, f"proj_{number % 2}", "status=429" if number == 4 else "")
        gateway.rows_when(5 + index)
    yield gateways
    for gateway in gateways:
        assert gateway.stop() == 0, gateway.log.read_text()


def flags(pairs):
    return [part for name, value in pairs for part in (f"--{name}", value)]


RANGE = [("since", "2020-01-01"), ("until", "2100-01-01")]


@pytest.mark.parametrize("pairs", [
    [], [("by", "model,outcome")], [("by", "none")], [("by", "hour,tag:team"), ("timezone", "Asia/Kathmandu")],
    [("project", "proj_0"), ("project", "proj_1"), ("outcome", "error")], [("model", "nothing")],
])
def test_the_api_gives_what_the_command_prints(pair, pairs):
    query = urllib.parse.urlencode(RANGE + pairs)
    status, text, headers = get(f"{admin(pair[0])}/api/v1/report?{query}")
    assert status == 200 and headers["Content-Type"] == "application/json"
    assert text == run("report", "--ledger", pair[0].ledger, "--format", "json", *flags(RANGE + pairs))
    # The same by the command over HTTP, but for percentiles nothing is merged.
    assert text == run("report", "--ledger", admin(pair[0]), "--format", "json", *flags(RANGE + pairs))


def test_calls_and_limits_and_one_call(pair):
    url = admin(pair[0])
    _, text, headers = get(f"{url}/api/v1/calls?limit=3")
    assert headers["Content-Type"] == "application/x-ndjson"
    assert text == run("calls", "--ledger", pair[0].ledger, "--format", "jsonl", "--limit", "3")
    assert get(f"{url}/api/v1/calls?limit=0")[1] == run("calls", "--ledger", pair[0].ledger, "--format", "jsonl", "--limit", "0")
    row = loads(text.split("\n")[0])
    for identity in (row["id"], row["request_id"], row["response_id"]):
        if identity:
            _, text, _ = get(f"{url}/api/v1/calls/{identity}")
            assert text == run("show", identity, "--ledger", pair[0].ledger, "--format", "json")
            assert text == run("show", identity, "--ledger", url, "--format", "json")
            assert run("prices", "explain", identity, "--ledger", url) == run("prices", "explain", identity, "--ledger", pair[0].ledger)
    # The beginning of an identity is enough, here and there.
    beginning = row["request_id"][:12]
    for command in (["show", beginning, "--json"], ["prices", "explain", beginning]):
        assert run(*command, "--ledger", url) == run(*command, "--ledger", pair[0].ledger) != ""
    assert get(f"{url}/api/v1/calls/{row['id'][:3]}")[0] == 404
    several = get(f"{url}/api/v1/calls/{row['id'][:6]}")
    assert several[0] == 400 and "is the beginning of several" in several[1]
    # Of several ledgers the whole identity is asked for, and a beginning must be that of one in all of them.
    assert run("show", row["id"], "--ledger", url, "--ledger", pair[1].ledger, "--json") == get(f"{url}/api/v1/calls/{row['id']}")[1]
    for ledgers in ([url, pair[1].ledger], [pair[0].ledger, admin(pair[1])], [url, admin(pair[1])]):
        several = execute("show", row["id"][:6], *[part for ledger in ledgers for part in ("--ledger", ledger)])
        assert several.returncode == 1 and "is the beginning of several" in several.stderr
    told = loads(get(f"{url}/api/v1/limits")[1])["limits"]
    shown = loads(run("limits", "--ledger", pair[0].ledger, "--format", "json"))["limits"]
    # The command adds what is left now, and keeps every member of the API.
    assert [{name: row[name] for name in told[0] if name != "rate_limit"} for row in shown] == [
        {name: value for name, value in row.items() if name != "rate_limit"} for row in told
    ]
    for row, other in zip(shown, told):
        assert row["rate_limit"].keys() == other["rate_limit"].keys()
        for resource, window in other["rate_limit"].items():
            assert window.items() <= row["rate_limit"][resource].items()
    limits = loads(run("limits", "--ledger", url, "--format", "json"))["limits"]
    assert {limit["project"] for limit in limits} == {"proj_0", "proj_1"}
    assert "requests" in limits[0]["rate_limit"] and "proj_0" in run("limits", "--ledger", url)
    missing = execute("show", "req_none", "--ledger", url, "--ledger", pair[1].ledger)
    assert missing.returncode == 1 and "No call in" in missing.stderr and url in missing.stderr


def test_a_union_is_the_sum_of_its_parts(pair):
    places = [pair[0].ledger, admin(pair[1])]
    ledgers = flags([("ledger", place) for place in places])
    union = loads(run("report", *ledgers, "--format", "json", *flags(RANGE)))
    parts = [loads(run("report", "--ledger", place, "--format", "json", *flags(RANGE))) for place in places]
    for key in ("calls", "errors", "input_tokens", "output_tokens"):
        assert union["totals"][key] == sum(part["totals"][key] for part in parts)
    assert union["totals"]["cost_usd"] == sum((part["totals"]["cost_usd"] for part in parts), Decimal(0))
    assert {row["project"]: row["calls"] for row in union["rows"]} == {"proj_0": 6, "proj_1": 5}
    assert union["totals"]["duration_ms"]["p99"] == max(part["totals"]["duration_ms"]["p99"] for part in parts)
    # Without a start it is that of the first call of all.
    everything = loads(run("report", *ledgers, "--format", "json", "--until", "2100-01-01"))
    assert everything["totals"] == union["totals"]
    rows = [loads(line) for line in run("calls", *ledgers, "--format", "jsonl", "--limit", "0").split("\n") if line]
    assert len(rows) == 11 and rows == sorted(rows, key=lambda row: row["id"])
    latest = [loads(line)["id"] for line in run("calls", *ledgers, "--format", "jsonl", "--limit", "4").split("\n") if line]
    assert latest == [row["id"] for row in rows[-4:]]


def test_the_same_ledger_twice(pair, tmp_path):
    gateway, url = pair[0], admin(pair[0])
    once = run("report", "--ledger", gateway.ledger, "--format", "json", *flags(RANGE))
    link = tmp_path / "link.db"
    link.symlink_to(gateway.ledger)
    # The same place is read once, under whatever name.
    for places in ([gateway.ledger, gateway.ledger], [gateway.ledger, str(link)], [url, url + "/"]):
        assert run("report", *flags([("ledger", place) for place in places]), "--format", "json", *flags(RANGE)) == once
    # A gateway and its own file cannot be told apart from copies.
    twice = execute("report", "--ledger", gateway.ledger, "--ledger", url)
    assert twice.returncode == 1 and "counted twice" in twice.stderr
    rows = run("calls", "--ledger", gateway.ledger, "--ledger", url, "--format", "jsonl", "--limit", "0")
    assert rows == run("calls", "--ledger", url, "--format", "jsonl", "--limit", "0")


def test_what_is_wrong_is_said(pair):
    url = admin(pair[0])
    for path, status, param in (("report?by=colour", 400, "by"), ("report?colour=1", 400, "colour"), ("nothing", 404, None)):
        code, text, _ = get(f"{url}/api/v1/{path}")
        error = json.loads(text)["error"]
        assert (code, error["param"]) == (status, param) and error["message"] and error["type"] and error["code"]
    assert get(f"{url}/api/v1/report", method="POST")[0] == 405
    follow = execute("calls", "--follow", "--ledger", url)
    assert follow.returncode == 64 and "--follow" in follow.stderr
    for place in ("ftp://host", "http://user:secret-word@host", "http://host?x=1", "http://"):
        wrong = execute("report", "--ledger", place)
        assert wrong.returncode == 64 and "secret-word" not in wrong.stderr and len(wrong.stderr) < 300, wrong.stderr
    started = execute("gateway", "--ledger", "http://127.0.0.1:1", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0")
    assert started.returncode == 1 and "is a URL" in started.stderr


def test_tokens_and_tls(tmp_path, start, simulator):
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
         "-keyout", tmp_path / "a.key", "-out", tmp_path / "a.pem", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
        check=True, capture_output=True,
    )
    (tmp_path / "tokens").write_text(TOKEN + "\n")
    os.chmod(tmp_path / "tokens", 0o600)
    gateway = start(
        simulator.url, "--admin-tls-cert", str(tmp_path / "a.pem"), "--admin-tls-key", str(tmp_path / "a.key"),
        "--admin-token-file", str(tmp_path / "tokens"),
    )
    call(gateway, "proj_t")
    url = admin(gateway)
    arguments = ["report", "--ledger", url, "--format", "json", *flags(RANGE)]
    untrusted = execute(*arguments, environment={"OAI_USAGE_ADMIN_TOKEN": TOKEN})
    assert untrusted.returncode == 1 and "--admin-ca" in untrusted.stderr
    authorities = {"OAI_USAGE_ADMIN_CA": str(tmp_path / "a.pem")}
    tokenless = execute(*arguments, environment=authorities)
    assert tokenless.returncode == 1 and "OAI_USAGE_ADMIN_TOKEN" in tokenless.stderr
    wrong = execute(*arguments, environment={**authorities, "OAI_USAGE_ADMIN_TOKEN": "tok-that-is-wrong-0123456789"})
    assert wrong.returncode == 1 and "none of its own" in wrong.stderr and "tok-that" not in wrong.stderr
    right = execute(*arguments, environment={**authorities, "OAI_USAGE_ADMIN_TOKEN": TOKEN})
    assert right.returncode == 0 and loads(right.stdout)["totals"]["calls"] == 1, right.stderr
    by_file = execute(*arguments, "--admin-ca", str(tmp_path / "a.pem"), "--admin-token-file", str(tmp_path / "tokens"))
    assert by_file.stdout == right.stdout
    by_name = execute(*[part.replace("127.0.0.1", "localhost") for part in arguments], environment={**authorities, "OAI_USAGE_ADMIN_TOKEN": TOKEN})
    assert by_name.stdout == right.stdout, by_name.stderr
    clear = execute("report", "--ledger", url.replace("https", "http"))
    assert clear.returncode == 1 and len(clear.stderr) < 400, clear.stderr


class Hostile(http.server.BaseHTTPRequestHandler):
    """Answers of what is not a gateway of this version, by the first part of the path."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        kind = self.path.split("/")[1]
        kinds = {
            "html": (200, b"<html>hello</html>"), "old": (404, b"Not found. See / for available endpoints.\n"),
            "json": (200, b'{"rows": []}'), "empty": (200, b""), "error": (500, b"oops"), "redirect": (302, b""),
            "busy": (503, b'{"error":{"message":"Come back later.","type":"server_error","param":null,"code":"busy"}}'),
            "escape": (503, b'{"error":{"message":"\\u001b[2Jgone","type":"x","param":null,"code":"x"}}'),
        }
        if kind in kinds:
            status, body = kinds[kind]
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            if kind == "redirect":
                self.send_header("Location", "http://127.0.0.1:1/")
            self.end_headers()
            self.wfile.write(body)
        elif kind == "cut":
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(b"OAUR1")
            self.close_connection = True
        elif kind == "huge":
            self.send_response(200)
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            try:
                for _ in range(100_000):
                    self.wfile.write(b"100000\r\n" + b"\x05" * 0x100000 + b"\r\n")
            except OSError:
                self.server.cut = True

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def hostile():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hostile)
    server.cut = False
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()


@pytest.mark.parametrize("kind, words", [
    ("html", "cannot be read"), ("json", "cannot be read"), ("empty", "cannot be read"), ("old", "older version"),
    ("error", "status 500"), ("redirect", "status 302"), ("busy", "Come back later."), ("cut", "before the end of its answer"),
    ("huge", "64 MiB"), ("escape", "gone"),
])
def test_a_ledger_that_is_no_gateway(hostile, pair, kind, words):
    url = f"http://127.0.0.1:{hostile.server_port}/{kind}"
    for command in (["report"], ["calls"], ["limits"], ["show", "x"]) if kind != "huge" else (["report"],):
        result = execute(*command, "--ledger", pair[0].ledger, "--ledger", url)
        assert result.returncode == 1, (command, result)
        assert words in result.stderr and "127.0.0.1" in result.stderr, result.stderr
        assert "\x1b" not in result.stderr
        # No sum over a part of the ledgers is shown.
        assert result.stdout == ""
    if kind == "huge":
        deadline = time.monotonic() + 10
        while not hostile.cut and time.monotonic() < deadline:
            time.sleep(0.02)
        assert hostile.cut


def test_nobody_answers(pair):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        result = execute("report", "--ledger", pair[0].ledger, "--ledger", url)
    assert result.returncode == 1 and url in result.stderr and "No gateway answers" in result.stderr


def scrape(url, token=None):
    status, text, _ = get(url, token)
    values = dict(re.findall(r"^(oai_usage_\S+(?:\{.*\})?) (\S+)$", text, re.MULTILINE)) if status == 200 else {}
    return status, text, values


def test_metrics_from_a_ledger(tmp_path, start, simulator):
    path = str(tmp_path / "ledger.db")
    server = Process(["serve-metrics", "--ledger", path, "--listen", "127.0.0.1:0"], tmp_path / "server.log")
    try:
        url = server.wait_for(r"(http://\S+/metrics)")
        # A ledger that is not there is no ledger of zeros.
        status, text, _ = scrape(url)
        assert status == 503 and "There is no ledger" in text
        gateway = start(simulator.url, ledger=path)
        for number in range(6):
            call(gateway, f"proj_{number % 2}", "status=500" if number == 5 else "")
        gateway.rows_when(6)
        _, _, before = scrape(url)
        own = dict(re.findall(r"^(oai_usage_\S+(?:\{.*\})?) (\S+)$", gateway.metrics()[0], re.MULTILINE))
        for name in ("calls_total", "call_errors_total", "cost_usd_total", "input_tokens_total", "output_tokens_total"):
            mine = {series: value for series, value in before.items() if series.startswith(f"oai_usage_{name}")}
            assert mine and mine == {series: own[series] for series in own if series.startswith(f"oai_usage_{name}")}
        report = loads(run("report", "--ledger", path, "--format", "json", *flags(RANGE)))
        cost = sum(Decimal(value) for series, value in before.items() if series.startswith("oai_usage_cost_usd_total"))
        assert cost == report["totals"]["cost_usd"]
        assert not any("gateway_" in series for series in before)
        # The writer is not disturbed, and an end and a new beginning change nothing.
        assert gateway.stop() == 0
        assert {series: value for series, value in scrape(url)[2].items() if "_total" in series} == {
            series: value for series, value in before.items() if "_total" in series
        }
        os.remove(path)
        status, text, _ = scrape(url)
        assert status == 503 and path in text
    finally:
        assert server.stop(signal.SIGTERM) == 0


def test_metrics_from_a_ledger_need_a_token_elsewhere(tmp_path):
    path = str(tmp_path / "ledger.db")
    refused = execute("serve-metrics", "--ledger", path, "--listen", "0.0.0.0:0")
    assert refused.returncode == 1 and "--admin-token-file" in refused.stderr
    (tmp_path / "tokens").write_text(TOKEN + "\n")
    os.chmod(tmp_path / "tokens", 0o600)
    server = Process(
        ["serve-metrics", "--ledger", path, "--listen", "0.0.0.0:0", "--admin-token-file", str(tmp_path / "tokens")],
        tmp_path / "server.log",
    )
    try:
        url = server.wait_for(r"(http://\S+/metrics)").replace("0.0.0.0", "127.0.0.1")
        assert get(url)[0] == 401 and get(url, TOKEN)[0] == 503
    finally:
        server.stop()


def test_tags_of_a_gateway_are_columns(start, simulator, tmp_path):
    gateway, other = start(simulator.url), start(simulator.url)
    for served, tags in ((gateway, "team=search,feature=a b"), (other, "env=prod")):
        headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json", "OpenAI-Usage-Tags": tags}
        body = json.dumps({"model": "gpt-4o-mini", "messages": []}).encode()
        with urllib.request.urlopen(urllib.request.Request(served.url + "/v1/chat/completions", body, headers)) as response:
            response.read()
        served.rows_when(1)
    assert loads(get(f"{admin(gateway)}/api/v1/tags")[1]) == {"tags": ["feature", "team"]}
    for command in (["calls", "--format", "csv"], ["export", "--format", "csv"], ["export", "--format", "chargeback"]):
        text = run(*command, "--ledger", admin(gateway))
        assert text == run(*command, "--ledger", gateway.ledger) and "tag:feature,tag:team" in text.split("\n")[0]
        both = run(*command, "--ledger", admin(gateway), "--ledger", other.ledger)
        assert "tag:env,tag:feature,tag:team" in both.split("\n")[0]
        assert both == run(*command, "--ledger", gateway.ledger, "--ledger", other.ledger)


def test_a_client_that_leaves_is_timed_until_then(start, simulator):
    """The ledger and the metrics tell the same, while the answer is read on and afterwards."""
    gateway = start(simulator.url, "--drain", "100ms")
    left = {"delay-ms=2500": False, "delay-ms=5000": True}
    for directive, is_stream in left.items():
        body = json.dumps({"model": "gpt-4o-mini", "messages": [], "stream": is_stream})
        curl = ["curl", "-s", "-m", "0.6", "-H", f"Authorization: Bearer {KEY}", "-H", "Content-Type: application/json"]
        sent = subprocess.run([*curl, "-H", f"OpenAI-Simulate: {directive}", "-d", body, gateway.url + "/v1/chat/completions"], capture_output=True)
        assert sent.returncode == 28
        if not is_stream:
            (row,) = gateway.rows()
            assert row["outcome"] == "open" and row["duration_ms"] is None
            assert "252ms" not in run("calls", "--ledger", gateway.ledger)
    rows = gateway.rows_when(2)
    assert [row["outcome"] for row in rows] == ["client_disconnected"] * 2
    assert all(500 < row["duration_ms"] < 1500 for row in rows), rows
    report = loads(run("report", "--ledger", gateway.ledger, "--json"))["totals"]
    assert report["calls_without_usage"] == 1
    own = get(gateway.metrics_url)[1]
    counted = sum(float(line.rsplit(" ", 1)[1]) for line in own.split("\n") if line.startswith("oai_usage_calls_without_usage_total{"))
    assert counted == 1
    assert any('reason="client_disconnect"' in line and line.endswith(" 1") for line in own.split("\n") if "without_usage_total{" in line)
