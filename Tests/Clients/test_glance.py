"""What the program shows at a glance, in a prompt, and of its own health."""

import json
import os
import re
import shutil
import sqlite3
import subprocess
import time
import unicodedata
import urllib.error
import urllib.request

import pytest

from conftest import BINARY, Gateway, loads

MODELS = ["gpt-4o-mini", "gpt-4o", "gpt-nobody-knows-1", "gpt-5.1", "o4-mini", "gpt-4.1", "gpt-4.1-mini", "gpt-4.1-nano"]


def execute(*arguments, home=None, **variables):
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("OAI_USAGE_L", "XDG_")) and key != "NO_COLOR"}
    environment |= {"HOME": str(home or "/nonexistent"), "TZ": "UTC", **variables}
    return subprocess.run([BINARY, *arguments], capture_output=True, text=True, timeout=60, env=environment)


def width(text):
    """The terminal cells of a text."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def call(gateway, model, key="sk-proj-glance"):
    body = json.dumps({"model": model, "messages": [{"role": "user", "content": "hello"}]}).encode()
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {key}"}
    if "nobody" in model:
        headers["OpenAI-Simulate"] = f"model={model}"
    request = urllib.request.Request(f"{gateway.url}/v1/chat/completions", body, headers)
    try:
        urllib.request.urlopen(request).read()
    except urllib.error.HTTPError as error:
        error.read()


@pytest.fixture(scope="module")
def ledger(folder, simulator):
    """A ledger with calls of eight models, one of which has no price."""
    gateway = Gateway(folder, simulator.url)
    for model in MODELS:
        call(gateway, model)
    assert gateway.stop() == 0
    return gateway.ledger


@pytest.fixture
def hostile(ledger, tmp_path):
    """A ledger whose names move the cursor, color the terminal, or are long."""
    path = tmp_path / "hostile.db"
    shutil.copy(ledger, path)
    with sqlite3.connect(path) as database:
        database.execute("UPDATE series SET model = 'a\x1b[31m\x07\u202eb' WHERE model LIKE 'gpt-5.1%'")
        database.execute("UPDATE series SET project = 'proj_日本語' || hex(zeroblob(90)) || '_end'")
    database.close()
    return str(path)


@pytest.mark.parametrize("columns", [60, 80, 100, 200])
def test_a_glance_fits_the_terminal(hostile, columns):
    done = execute("--ledger", hostile, COLUMNS=str(columns))
    assert done.returncode == 0 and done.stderr == ""
    lines = done.stdout.splitlines()
    assert len(lines) < 25
    assert max(map(width, lines)) <= columns, done.stdout
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", done.stdout)


def test_a_glance_says_what_the_cost_leaves_out(ledger):
    text = execute("--ledger", ledger).stdout
    assert "1 call unpriced" in text and "≥$" in text
    assert re.search(r"^today +≥\$\S+ +8 ", text, re.M), text
    # A day of a month may have passed or not; a projection is never shown without its basis.
    assert re.search(r"^projected +(\$\S+ +for all of \w+, at the rate|none yet)", text, re.M), text


def test_the_totals_of_a_glance_hold(ledger):
    glance = loads(execute("--ledger", ledger, "--json").stdout)
    for rows in (glance["projects"], glance["models"]):
        assert sum(row["calls"] for row in rows) == glance["month"]["calls"] == 8
        assert sum(row["cost_usd"] or 0 for row in rows) == glance["month"]["cost_usd"]
    assert [row["cost_usd"] for row in glance["models"] if row["model"] == "gpt-nobody-knows-1"] == [None]
    assert len(glance["days"]) == 14 and glance["days"][-1]["day"] == glance["today"]["day"]


def test_a_glance_agrees_with_the_report(ledger):
    glance = loads(execute("--ledger", ledger, "--json").stdout)
    report = loads(execute("report", "--ledger", ledger, "--period", "this-month", "--by", "none", "--format", "json").stdout)
    for key in ("calls", "errors", "cost_usd", "input_tokens", "output_tokens", "unpriced_calls", "calls_without_usage"):
        assert glance["month"][key] == report["totals"][key]


def test_the_day_of_a_glance_is_that_of_the_user(ledger):
    """Not that of UTC: in some zone it is another day at any time."""
    days = {
        loads(execute("--ledger", ledger, "--json", TZ=zone).stdout)["today"]["day"] for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago")
    }
    assert len(days) == 2
    named = loads(execute("--ledger", ledger, "--json", "--timezone", "Asia/Tokyo", OAI_USAGE_TIMEZONE="Europe/Paris").stdout)
    assert named["timezone"] == "Asia/Tokyo"
    assert loads(execute("--ledger", ledger, "--json", OAI_USAGE_TIMEZONE="Europe/Paris").stdout)["timezone"] == "Europe/Paris"


def test_without_a_ledger_there_is_a_first_step(tmp_path):
    done = execute(home=tmp_path)
    assert done.returncode == 0 and "oai-usage demo" in done.stdout and "oai-usage gateway" in done.stdout
    assert loads(execute("--json", home=tmp_path).stdout)["missing_ledger"].startswith(str(tmp_path))
    # A path that somebody typed is an error.
    done = execute("--ledger", str(tmp_path / "none.db"))
    assert done.returncode == 1 and done.stdout == "" and "There is no ledger" in done.stderr


@pytest.mark.parametrize("arguments", [["--nonsense"], ["nonsense"], ["--json", "--nonsense"], ["--timezone", "Bogus"]])
def test_nonsense_is_a_usage_error(arguments):
    done = execute(*arguments)
    assert done.returncode == 64 and "Usage: oai-usage" in done.stderr


def test_help_is_that_of_the_program():
    text = execute("--help").stdout
    assert "SUBCOMMANDS:" in text and "doctor" in text
    assert execute("--version").stdout == execute("report", "--version").stdout


# MARK: statusline


def test_a_status_line_is_one_line(ledger):
    done = execute("statusline", "--ledger", ledger)
    assert done.returncode == 0 and done.stderr == ""
    assert re.fullmatch(r"≥\$\S+ today · 8 calls · 1 unpriced( · \d+ without usage)? · ≥\$\S+ month\n", done.stdout), done.stdout


def test_a_status_line_follows_its_template(ledger):
    template = "{calls_today}/{calls_month} {{{unpriced_today}}} {tokens_today} {errors_month} {error_share_today} {projected_usd}"
    text = execute("statusline", "--ledger", ledger, "--format", template).stdout
    assert re.fullmatch(r"8/8 \{1\} [\d,]+ 0 0% (-|~\$\S+)\n", text), text
    assert execute("statusline", "--ledger", ledger, "--project", "none*", "--format", "{calls_today}{today_usd}").stdout == "0$0.00\n"


def test_the_projects_of_a_status_line_are_those_of_a_report(ledger, tmp_path):
    copy = tmp_path / "projects.db"
    shutil.copy(ledger, copy)
    with sqlite3.connect(copy) as database:
        database.execute("UPDATE series SET project = 'proj_other' WHERE model LIKE 'gpt-5.1%'")
    database.close()
    ledger = str(copy)
    rows = loads(execute("report", "--ledger", ledger, "--period", "today", "--by", "project", "--format", "json").stdout)["rows"]
    names = [row["project"] for row in rows if row["project"]][:2]
    calls = sum(row["calls"] for row in rows if row["project"] in names)
    assert len(names) == 2 and calls > 0
    for arguments in (["-p", ",".join(names)], ["--project", names[0], "--project", names[1]]):
        done = execute("statusline", "--ledger", ledger, *arguments, "--format", "{calls_today}")
        assert (done.stdout, done.stderr) == (f"{calls}\n", "")
    done = execute("statusline", "--ledger", ledger, "--project", names[0] + "x", "--format", "{calls_today}")
    assert done.stdout == "0\n" and f'Did you mean "{names[0]}"?' in done.stderr
    assert execute("statusline", "--ledger", ledger, "--project", names[0] + "x", "--quiet").stderr == ""


@pytest.mark.parametrize("template, problem", [("{nope}", "unknown placeholder {nope}"), ("{today_usd", "has a { without a }")])
def test_an_unknown_placeholder_is_a_usage_error(template, problem):
    done = execute("statusline", "--format", template)
    assert done.returncode == 64 and problem in done.stderr
    if template == "{nope}":
        assert "{today_usd}, {month_usd}" in done.stderr


def test_a_status_line_without_a_ledger_is_quiet_if_asked(tmp_path):
    done = execute("statusline", home=tmp_path)
    assert (done.returncode, done.stdout) == (1, "") and "There is no ledger" in done.stderr
    done = execute("statusline", "--quiet", home=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "\n", "")
    (tmp_path / "text.db").write_text("no ledger" * 100)
    done = execute("statusline", "--quiet", "--ledger", str(tmp_path / "text.db"))
    assert (done.returncode, done.stdout, done.stderr) == (0, "\n", "")


# MARK: doctor


def doctor(*arguments, **options):
    done = execute("doctor", "--json", *arguments, **options)
    report = loads(done.stdout)
    checks = {check["name"]: check for check in report["checks"]}
    assert done.returncode == (1 if any(check["state"] == "problem" for check in checks.values()) else 0)
    assert all(check["advice"] or check["state"] == "ok" or check["name"] == "ledger" for check in checks.values())
    return checks


def test_a_sound_ledger_has_no_problem(ledger):
    for arguments in ([], ["--full"]):
        checks = doctor("--ledger", ledger, *arguments)
        assert {check["state"] for check in checks.values()} <= {"ok", "warning"}
        assert checks["integrity"]["state"] == "ok" and checks["modes"]["state"] == "ok"
        assert checks["unpriced"]["state"] == "warning" and "gpt-nobody-knows-1" in checks["unpriced"]["finding"]


def test_a_doctor_fits_the_terminal(hostile):
    done = execute("doctor", "--ledger", hostile, COLUMNS="60")
    lines = done.stdout.splitlines()
    # Only a path is never broken.
    assert all(width(line) <= 60 or "/" in line for line in lines), done.stdout
    assert "\x1b" not in done.stdout and "\u202e" not in done.stdout


def test_a_missing_ledger_is_a_problem(tmp_path):
    checks = doctor(home=tmp_path)
    assert checks["ledger"]["state"] == "problem" and "oai-usage demo" in checks["ledger"]["advice"]


def test_a_file_of_another_program_is_left_alone(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("notes" * 1000)
    path.chmod(0o644)
    checks = doctor("--ledger", str(path))
    assert checks["ledger"]["state"] == "problem" and "modes" not in checks
    assert path.read_text() == "notes" * 1000


def test_a_damaged_ledger_is_a_problem(ledger, tmp_path):
    path = tmp_path / "damaged.db"
    shutil.copy(ledger, path)
    with open(path, "r+b") as file:
        for page in range(3, os.path.getsize(path) // 8192):
            file.seek(page * 8192)
            file.write(b"\xff" * 4096)
    checks = doctor("--ledger", str(path))
    assert "problem" in {checks["ledger"]["state"], checks.get("integrity", checks["ledger"])["state"]}


def test_open_modes_are_a_warning(ledger, tmp_path):
    path = tmp_path / "open.db"
    shutil.copy(ledger, path)
    path.chmod(0o644)
    check = doctor("--ledger", str(path))["modes"]
    assert check["state"] == "warning" and check["advice"].startswith("Run: chmod go-rwx ")
    subprocess.run(check["advice"].removeprefix("Run: "), shell=True, check=True)
    assert doctor("--ledger", str(path))["modes"]["state"] == "ok"


def test_calls_of_the_future_are_a_warning(ledger, tmp_path):
    path = tmp_path / "future.db"
    merged = execute("ledger", "merge", ledger, "-o", str(path))
    assert merged.returncode == 0, merged.stderr
    assert doctor("--ledger", str(path))["clock"]["state"] == "ok"
    os.utime(path, (time.time() + 3600, time.time() + 3600))
    check = doctor("--ledger", str(path))["clock"]
    assert check["state"] == "warning" and "minutes from now" in check["finding"]


def test_an_invalid_configuration_is_a_problem(ledger, tmp_path):
    path = tmp_path / "config.json"
    path.write_text('{"lissten": "127.0.0.1:1"}')
    check = doctor("--ledger", ledger, "--config", str(path))["configuration"]
    assert check["state"] == "problem" and f"{path}:1" in check["finding"]
    path.write_text('{"listen": "127.0.0.1:1"}')
    path.chmod(0o666)
    assert doctor("--ledger", ledger, "--config", str(path))["configuration"]["state"] == "warning"
    path.chmod(0o600)
    assert doctor("--ledger", ledger, "--config", str(path))["configuration"]["state"] == "ok"
    check = doctor("--ledger", ledger, OAI_USAGE_LISSTEN="127.0.0.1:1")["environment"]
    assert check["state"] == "warning" and "OAI_USAGE_LISSTEN" in check["finding"]


def test_a_running_gateway_is_found(start, simulator):
    gateway = start(simulator.url)
    call(gateway, "gpt-4o-mini")
    address = gateway.metrics_url.removeprefix("http://").removesuffix("/metrics")
    checks = doctor("--ledger", gateway.ledger, "--admin", address)
    assert "oai-usage gateway" in checks["writer"]["finding"] and str(gateway.process.pid) in checks["writer"]["finding"]
    assert checks["gateway"]["state"] == "ok" and "is ready" in checks["gateway"]["finding"]
    assert checks["leftovers"]["state"] == "ok"
    # Another address than that of the gateway that writes.
    check = doctor("--ledger", gateway.ledger, OAI_USAGE_ADMIN="127.0.0.1:9")["gateway"]
    assert check["state"] == "problem" and "127.0.0.1:9" in check["finding"]
    # Both read a ledger in use without hindering its writer.
    assert " 1 call" in execute("statusline", "--ledger", gateway.ledger).stdout
    assert loads(execute("--json", "--ledger", f"http://{address}").stdout)["month"]["calls"] == 1
    assert gateway.stop() == 0
    checks = doctor("--ledger", gateway.ledger, "--admin", address)
    assert checks["gateway"]["state"] == "warning" and checks["writer"]["finding"].startswith("Nobody")
