"""What other people's programs make of our output: no text from outside is code or layout anywhere."""

import csv
import http.client
import http.server
import io
import json
import re
import threading
import unicodedata
import urllib.error
import urllib.request
from decimal import Decimal

import pytest

from conftest import KEY, execute, loads, run

FORMULA = '=HYPERLINK("http://x")'
MARKUP = "a|b<script>alert(1)</script>`c`"
UNSEEN = "x\u202ey\u2028z\u0007\u0000\u009b\ufeff"
PLUS = "+1+cmd|' /C calc'!A0"


def post(url, path="/v1/chat/completions", simulate=None, headers=(), **body):
    """One call, whatever becomes of it."""
    request = urllib.request.Request(
        url + path,
        json.dumps(body).encode(),
        {
            "Authorization": f"Bearer {KEY}", "Content-Type": "application/json", **dict(headers),
            **({"OpenAI-Simulate": simulate} if simulate else {}),
        },
    )
    try:
        with urllib.request.urlopen(request, timeout=20) as response:
            response.read()
            return response.status
    except urllib.error.HTTPError as error:
        error.read()
        return error.code
    except (OSError, http.client.HTTPException):
        return None


def chat(url, model="gpt-4o-mini", simulate=None, headers=(), **body):
    return post(url, simulate=simulate, headers=headers, model=model, messages=[{"role": "user", "content": "x"}], **body)


def wait(gateway, count):
    return gateway.rows_when(count)


@pytest.fixture(scope="module")
def hostile(folder, simulator):
    """A gateway whose clients choose the strangest names."""
    from conftest import Gateway

    gateway = Gateway(folder, simulator.url)
    names = (FORMULA, MARKUP, UNSEEN, PLUS)
    for name in names:
        assert chat(gateway.url, model=name) == 404
    assert chat(gateway.url, headers={"OpenAI-Project": "=1+1", "OpenAI-Usage-Tags": "team=@x"}) == 200
    wait(gateway, len(names) + 1)
    yield gateway
    gateway.stop()


def report(gateway, *arguments):
    return run("report", "--ledger", gateway.ledger, *arguments)


def is_number(text):
    return re.fullmatch(r"[+-]?\d+(\.\d+)?", text) is not None


@pytest.mark.parametrize("arguments", [
    ("report", "--by", "model,project,tag:team", "--format", "csv"), ("calls", "--format", "csv"),
])
def test_no_cell_of_csv_is_a_formula(hostile, arguments):
    text = run(arguments[0], "--ledger", hostile.ledger, *arguments[1:])
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert len(rows) > 5 and len({len(row) for row in rows}) == 1
    for cell in (cell for row in rows for cell in row):
        assert not cell or cell[0] not in "=+-@\t\r" or is_number(cell), cell
    if arguments[0] == "report":
        assert any(cell == "'" + FORMULA for row in rows for cell in row)
        assert any(cell == "'=1+1" for row in rows for cell in row)


@pytest.mark.parametrize("arguments", [("report", "--by", "model,project"), ("calls", "--columns", "requested-model,project,error,status,cost")])
def test_no_cell_of_markdown_is_markup(hostile, arguments):
    text = run(arguments[0], "--ledger", hostile.ledger, *arguments[1:], "--format", "markdown").splitlines()
    assert arguments[0] == "calls" or text[0].startswith("**The last 7 days: ") and text[1] == ""
    lines = [line for line in text if line.startswith("|")]
    assert len(lines) > 6
    cells = {len(re.findall(r"(?<!\\)\|", line.replace("\\\\", ""))) for line in lines}
    assert len(cells) == 1, lines
    assert not any(mark in line for line in lines for mark in ("<", ">"))
    assert any("&lt;script&gt;" in line and "a\\|b" in line for line in lines)


@pytest.mark.parametrize("arguments", [
    ("report", "--by", "model,project", "--format", "json"), ("report", "--by", "model", "--format", "csv"),
    ("report", "--by", "model", "--format", "markdown"), ("report", "--by", "model"),
    ("calls", "--format", "jsonl"), ("calls", "--format", "csv"), ("calls", "--format", "markdown"), ("calls",),
])
def test_nothing_unseen_is_printed(hostile, arguments):
    text = run(arguments[0], "--ledger", hostile.ledger, *arguments[1:])
    for character in text:
        if character in "\n\r":
            continue
        category = unicodedata.category(character)
        assert category not in ("Cc", "Cf", "Zl", "Zp", "Cs"), f"U+{ord(character):04X} in {text!r}"
    # Nor as an escape of JSON, which a program would undo.
    assert not re.search(r"\\u(00[0189]|202|2066|2067|2068|2069|feff)", text, re.IGNORECASE)


def test_a_scrape_holds_no_name_that_nobody_vouches_for(hostile):
    text, _ = hostile.metrics()
    assert "HYPERLINK" not in text and "<script" not in text
    assert 'project="=1+1"' in text


@pytest.mark.parametrize("arguments", [
    ("report", "--by", "project"), ("calls",), ("limits",), ("waste",), ("budget", "--budget", "all=9/month"),
    ("glance",), ("top", "--once", "--window", "24h"),
])
def test_every_table_has_the_same_formats(hostile, arguments):
    named = (arguments[0], "--ledger", hostile.ledger, *arguments[1:])
    loads(run(*named, "--json").splitlines()[0])
    loads(run(*named, "--format", "json"))
    rows = list(csv.reader(io.StringIO(run(*named, "--format", "csv"), newline="")))
    assert len(rows) > 1 and len({len(row) for row in rows}) == 1
    text = [line for line in run(*named, "--format", "markdown").splitlines() if line.startswith("|")]
    assert len(text) > 2 and re.fullmatch(r"\|(---:?\|)+", text[1])


@pytest.mark.parametrize("arguments", [
    ("schema",), ("config", "show"), ("config", "check"), ("prices", "list"), ("prices", "diff", "builtin", "builtin"),
])
def test_tables_without_a_ledger_have_the_same_formats(arguments):
    loads(run(*arguments, "--json"))
    assert len({len(row) for row in csv.reader(io.StringIO(run(*arguments, "--format", "csv"), newline=""))}) == 1
    text = [line for line in run(*arguments, "--format", "markdown").splitlines() if line.startswith("|")]
    assert len(text) >= 2 and re.fullmatch(r"\|(---:?\|)+", text[1])
    # What is for people has one name more.
    assert run(*arguments, "--format", "text") == run(*arguments, "--format", "table") == run(*arguments)


@pytest.mark.parametrize("command", ["glance", "doctor"])
def test_what_is_text_is_json_by_either_flag(hostile, command):
    one, other = (execute(command, "--ledger", hostile.ledger, *flags) for flags in (["--json"], ["--format", "json"]))
    assert set(loads(one.stdout)) == set(loads(other.stdout)) and not execute(command, "--ledger", hostile.ledger).stdout.startswith("{")


def test_a_dimension_is_named_once(hostile):
    told = execute("report", "--ledger", hostile.ledger, "--by", "project,project")
    assert told.returncode == 64 and told.stdout == ""
    assert "names project twice" in told.stderr


def test_money_is_a_number_with_every_digit(hostile):
    for text in (
        report(hostile, "--by", "model", "--format", "json"),
        run("calls", "--ledger", hostile.ledger, "--format", "jsonl"),
        run("reprice", "--ledger", hostile.ledger, "--since", "1h", "--dry-run", "--format", "json"),
    ):
        amounts = re.findall(r'"[a-z_]*_usd":([^,}\]]+)', text)
        assert amounts
        for amount in amounts:
            assert re.fullmatch(r"null|-?\d+(\.\d*[1-9])?", amount), amount
    [row] = [row for row in hostile.rows() if row["status"] == 200]
    pico = Decimal(row["cost_usd"]) * 10**12
    assert pico > 0 and pico == int(pico)


def strict(gateway):
    told = execute("report", "--ledger", gateway.ledger, "--strict")
    return told.returncode, told.stderr


@pytest.mark.parametrize("kind,note", [
    ("unpriced", "1 call without a price"), ("partial", "1 call priced in part"), ("usage", "1 call without usage"),
])
def test_strict_fails_for_whatever_is_not_known(start, simulator, tmp_path, kind, note):
    prices = tmp_path / "prices.json"
    prices.write_text(json.dumps({
        "schema": "openai-prices/1", "as_of": "2026-11-24", "currency": "USD",
        "models": [{"id": "half", "ids": ["half"], "kind": "text",
                    "periods": [{"from": None, "to": None, "per_1m": {"default": {"input": "1"}}}]}],
    }))
    gateway = start(simulator.url, "--prices", str(prices))
    assert chat(gateway.url) == 200
    wait(gateway, 1)
    assert strict(gateway) == (0, "")
    if kind == "unpriced":
        chat(gateway.url, simulate="model=acme-9")
    elif kind == "partial":
        chat(gateway.url, simulate="model=half")
    else:
        chat(gateway.url, stream=True, simulate="cut-after-chunks=2", max_completion_tokens=100)
    wait(gateway, 2)
    code, told = strict(gateway)
    assert code == 2 and note in told, told
    # The foot is not a part of what a program reads.
    assert note not in report(gateway, "--format", "json")


class Anything(http.server.BaseHTTPRequestHandler):
    """Answers whatever it is asked, but for one path."""

    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        body = b'{"ok": true}'
        self.send_response(404 if self.path == "/v1/missing" else 200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def test_strict_fails_for_endpoints_that_are_not_known(start):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Anything)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        gateway = start(f"http://127.0.0.1:{server.server_port}")
        # What was refused used nothing.
        post(gateway.url, "/v1/missing")
        wait(gateway, 1)
        assert strict(gateway) == (0, "")
        post(gateway.url, "/v1/nothing")
        wait(gateway, 2)
        code, told = strict(gateway)
        assert code == 2 and "1 call to endpoints that are not known" in told, told
    finally:
        server.shutdown()
        server.server_close()


def test_a_sum_that_knows_nothing_is_a_dash(start, simulator):
    gateway = start(simulator.url)
    chat(gateway.url, stream=True, simulate="cut-after-chunks=2")
    wait(gateway, 1)
    total = [line for line in report(gateway).splitlines() if line.startswith("TOTAL")][0].split()
    assert total[1] == "1" and total[3:8] == ["-"] * 5, total
    assert json.loads(report(gateway, "--format", "json"))["totals"]["cost_usd"] is None
