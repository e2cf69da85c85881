"""The live view in a terminal: what it shows at several sizes, its keys, and the terminal after it has ended."""

import fcntl
import json
import os
import re
import shutil
import signal
import sqlite3
import struct
import subprocess
import termios
import time
import unicodedata
import urllib.request

import pytest

from conftest import BINARY, execute

pytestmark = pytest.mark.skipif(shutil.which("tmux") is None, reason="there is no tmux")
PROMPT = "ready$ "
# A name that would clear the screen, set a title and reverse the text if it were written as it is.
HOSTILE = "proj_evil\x1b[2J\x1b]0;owned\x07\u202e\x9b7m_end"
CALLS = 600


def width(text):
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


class Screen:
    """A shell in a terminal of tmux."""

    count = 0

    def __init__(self, folder, columns, rows, **environment):
        Screen.count += 1
        self.server = ["tmux", "-L", f"oai-usage-{os.getpid()}-{Screen.count}", "-f", "/dev/null"]
        variables = {**os.environ, "LC_ALL": "C.UTF-8", "TERM": "screen-256color", **environment}
        variables.pop("NO_COLOR", None) if "NO_COLOR" not in environment else None
        self.tmux("new-session", "-d", "-x", str(columns), "-y", str(rows), f"exec env 'PS1={PROMPT}' bash --norc --noprofile", env=variables, cwd=folder)
        self.wait(lambda text: PROMPT.strip() in text)

    def tmux(self, *arguments, **options):
        return subprocess.run([*self.server, *arguments], check=True, capture_output=True, text=True, **options).stdout

    def text(self, *flags):
        return self.tmux("capture-pane", "-p", *flags)

    def keys(self, *keys):
        self.tmux("send-keys", *keys)

    def type(self, line):
        self.tmux("send-keys", "-l", line)
        self.keys("Enter")

    def resize(self, columns, rows):
        self.tmux("resize-window", "-x", str(columns), "-y", str(rows))

    def wait(self, condition, seconds=8):
        deadline = time.monotonic() + seconds
        while True:
            text = self.text()
            if condition(text):
                return text
            assert time.monotonic() < deadline, text
            time.sleep(0.05)

    def wait_for(self, pattern, seconds=8):
        return self.wait(lambda text: re.search(pattern, text), seconds)

    def is_alternate(self):
        return self.tmux("display-message", "-p", "#{alternate_on} #{cursor_flag}").strip()

    def settings(self, name):
        """The terminal's settings, as a program of its own tells them."""
        self.type(f"clear; stty -a > {name}; echo done-{name}")
        self.wait_for(rf"(?m)^done-{name}")

    def close(self):
        subprocess.run([*self.server, "kill-server"], capture_output=True)


@pytest.fixture(scope="module")
def ledger(folder, tmp_path_factory):
    """A ledger of the demo's calls, made now; a long window shows them however long the tests take."""
    kept = tmp_path_factory.mktemp("top")
    done = execute("demo", "--calls", str(CALLS), "--keep", str(kept))
    assert done.returncode == 0, done.stderr
    return str(kept / "ledger.db")


@pytest.fixture
def screen(folder):
    opened = []

    def open_screen(columns, rows, **environment):
        opened.append(Screen(folder, columns, rows, **environment))
        return opened[-1]

    yield open_screen
    for one in opened:
        one.close()


def top(ledger, *arguments):
    return " ".join([BINARY, "top", "--ledger", ledger, "--window", "24h", *arguments])


@pytest.mark.parametrize("columns, rows", [(80, 24), (40, 10), (200, 50), (20, 3), (1, 1)])
def test_a_frame_fits(screen, ledger, columns, rows):
    shell = screen(80, 24)
    shell.resize(columns, rows)
    shell.type(top(ledger))
    text = shell.wait(lambda _: shell.is_alternate() == "1 0") and (time.sleep(1.5) or shell.text())
    lines = text.split("\n")
    assert len(lines) <= rows + 1 and all(width(line) <= columns for line in lines)
    if columns >= 40:
        assert lines[0].startswith("oai-usage top  last 1d")
        # A narrow table shortens names as far as its numbers are wide.
        assert re.search("proj_search" if columns >= 80 else "\\S*arch", text)
        assert "calls/min" in text and "COST↓" in text and "q quit" in lines[rows - 1]
    if columns >= 80:
        assert "LAST CALLS" in text and "ERRORS BY PROJECT" in text and "BY MODEL" in text
    if columns >= 200:
        assert "REQUEST ID" in text and re.search(r"req_[0-9a-f]{32}", text) and "BY CODE" in text
    shell.keys("q")
    shell.wait(lambda _: shell.is_alternate() == "0 1")


def test_it_follows_a_resize(screen, ledger):
    shell = screen(80, 24)
    shell.type(top(ledger))
    shell.wait_for("LAST CALLS")
    shell.resize(120, 40)
    text = shell.wait(lambda text: "q quit" in text.split("\n")[39:40][0] if len(text.split("\n")) > 39 else False)
    assert "IN FLIGHT" in text
    shell.resize(40, 10)
    text = shell.wait(lambda text: len(text.rstrip("\n").split("\n")) == 10 and "q quit" in text.split("\n")[9])
    assert "IN FLIGHT" not in text and all(width(line) <= 40 for line in text.split("\n"))
    shell.resize(80, 24)
    text = shell.wait(lambda text: "LAST CALLS" in text and "q quit" in text.rstrip("\n").split("\n")[-1])
    assert text.count("oai-usage top") == 1


def names(text):
    """The names in the first column of the table of groups."""
    lines = text.split("\n")
    start = next(index for index, line in enumerate(lines) if "CALLS/MIN" in line)
    rows = []
    for line in lines[start + 1:]:
        if not line.strip() or line.startswith("("):
            break
        rows.append(line.split())
    return lines[start], rows


def test_its_keys_sort_group_and_pause(screen, ledger):
    shell = screen(120, 50)
    shell.type(top(ledger))
    shell.wait_for("COST↓")
    for key, heading, column in (("n", "CALLS↓", 1), ("e", "ERRORS↓", 5), ("c", "COST↓", 3)):
        shell.keys(key)
        _, rows = names(shell.wait_for(heading))
        numbers = [float(row[column].strip("$<").replace(",", "")) for row in rows]
        assert len(rows) > 2 and numbers == sorted(numbers, reverse=True), (key, rows)
    shell.keys("l")
    shell.wait_for("P95↓")
    shell.keys("p")
    _, rows = names(shell.wait_for("PROJECT↓"))
    assert [row[0] for row in rows] == sorted(row[0] for row in rows)
    for title, name in (("MODEL↓", "gpt-4o-mini"), ("ENDPOINT↓", "chat.completions"), ("KEY↓", "sk-"), ("PROJECT↓", "proj_")):
        shell.keys("g")
        assert name in shell.wait_for(f"(?m)^{title}")
    shell.keys("1")
    shell.wait_for("last 1m")
    shell.keys("h")
    shell.wait_for("last 1h")
    shell.keys("5")
    shell.wait_for("last 5m")
    shell.keys("?")
    shell.wait_for("Any key closes this")
    shell.keys("x")
    shell.wait_for("LAST CALLS")
    shell.keys("Space")
    frozen = shell.wait_for("PAUSED").split("\n")[0]
    time.sleep(2.2)
    assert shell.text().split("\n")[0] == frozen
    shell.keys("Space")
    shell.wait(lambda text: "PAUSED" not in text)
    # An arrow begins with the byte of Esc and ends nothing.
    shell.keys("Up")
    time.sleep(0.3)
    assert shell.is_alternate() == "1 0"
    shell.keys("Escape")
    shell.wait(lambda _: shell.is_alternate() == "0 1")


@pytest.mark.parametrize("ending", ["q", "Escape", "C-c", "TERM", "HUP", "INT", "QUIT"])
def test_the_terminal_is_as_before(screen, ledger, folder, ending):
    shell = screen(80, 24)
    shell.settings("before")
    shell.type(f"clear; {top(ledger)}; echo status=$?")
    shell.wait_for("LAST CALLS")
    assert shell.is_alternate() == "1 0"
    if ending.isupper() and ending.isalpha() and len(ending) > 2:
        pane = int(shell.tmux("display-message", "-p", "#{pane_pid}"))
        child = int(subprocess.check_output(["pgrep", "-P", str(pane)], text=True).split()[0])
        os.kill(child, getattr(signal, f"SIG{ending}"))
    else:
        shell.keys(ending)
    # A shell ends a list of commands when one of them ends by SIGINT.
    status = {"TERM": 143, "HUP": 129, "QUIT": 131}.get(ending, 0)
    if ending in ("C-c", "INT"):
        shell.wait(lambda text: "LAST CALLS" not in text)
        shell.type("echo status=$?")
        status = 130
    text = shell.wait_for(rf"status={status}\b")
    assert shell.is_alternate() == "0 1" and "oai-usage top  last" not in text
    shell.settings("after")
    assert (folder / "before").read_text() == (folder / "after").read_text()


def test_it_can_be_stopped_and_continued(screen, ledger, folder):
    shell = screen(80, 24)
    shell.settings("before")
    # A read is due at once when it goes on, and the time in the view's title has changed.
    shell.type(top(ledger, "--interval", "100ms"))
    shell.wait_for("LAST CALLS")
    for _ in range(2):
        shell.keys("C-z")
        shell.wait(lambda _: shell.is_alternate() == "0 1")
        shell.settings("stopped")
        assert (folder / "before").read_text() == (folder / "stopped").read_text()
        shell.type("now=$(date +%s); until [ $(date +%s) -gt $((now + 1)) ]; do :; done; fg")
        shell.wait_for("LAST CALLS")
        assert shell.is_alternate() == "1 0"
    shell.keys("n")
    shell.wait_for("CALLS↓")
    shell.keys("q")
    # The shell's own screen has nothing of the view.
    shell.wait(lambda _: shell.is_alternate() == "0 1")
    text = shell.text()
    assert not any(part in text for part in ("oai-usage top  last", "LAST CALLS", "calls/min"))
    shell.settings("after")
    assert (folder / "before").read_text() == (folder / "after").read_text()


def test_a_stalled_terminal_does_not_keep_it_alive(ledger):
    """A terminal that takes no more output, as over a connection that hangs, and then a signal."""
    leader, follower = os.openpty()
    process = subprocess.Popen(
        [BINARY, "top", "--ledger", ledger, "--window", "24h", "--interval", "100ms"],
        stdin=follower, stdout=follower, stderr=follower, env={**os.environ, "TERM": "xterm"}, start_new_session=True,
    )
    try:
        # Resizes make it draw everything again, until the terminal is full.
        for step in range(40):
            fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 150 + step, 0, 0))
            process.send_signal(signal.SIGWINCH)
            time.sleep(0.05)
        before = termios.tcgetattr(follower)
        assert not before[3] & termios.ICANON
        process.terminate()
        assert process.wait(timeout=10) == -signal.SIGTERM
        assert termios.tcgetattr(follower)[3] & termios.ICANON
    finally:
        process.kill()
        os.close(leader)
        os.close(follower)


def test_a_ledger_that_goes_away_is_told(screen, ledger, folder):
    copy = folder / "going.db"
    shutil.copy(ledger, copy)
    shell = screen(80, 24)
    shell.type(top(str(copy)))
    shell.wait_for("LAST CALLS")
    copy.unlink()
    shell.wait_for("There is no ledger at")
    shutil.copy(ledger, copy)
    shell.wait(lambda text: "There is no ledger at" not in text)
    shell.keys("q")
    shell.wait(lambda _: shell.is_alternate() == "0 1")


def test_it_shows_calls_while_a_gateway_writes_them(screen, folder, simulator, start):
    gateway = start(simulator.url)

    def call(**fields):
        body = json.dumps({"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "hi"}], **fields}).encode()
        headers = {"Content-Type": "application/json", "Authorization": "Bearer sk-proj-example", "OpenAI-Project": "proj_live"}
        return urllib.request.urlopen(urllib.request.Request(f"{gateway.url}/v1/chat/completions", body, headers)).read()

    call()
    shell = screen(120, 30)
    shell.type(f"{BINARY} top --ledger {gateway.ledger} --interval 200ms")
    text = shell.wait_for(r"\b1\s+0\.20\b")
    assert "proj_live" in text
    for _ in range(4):
        call()
    shell.wait_for(r"\b5\s+1\.00\b")
    # The log of the ledger can be emptied while the view reads it.
    assert gateway.stop() == 0
    assert os.path.getsize(f"{gateway.ledger}-wal") == 0
    shell.keys("q")
    shell.wait(lambda _: shell.is_alternate() == "0 1")


def test_hostile_names_are_inert(screen, ledger, folder):
    """A name with escape sequences, which no program of ours writes, is put into the file itself."""
    copy = folder / "hostile.db"
    shutil.copy(ledger, copy)
    database = sqlite3.connect(copy)
    table = [row[1] for row in database.execute("PRAGMA table_info(series)")]
    assert "project" in table, table
    database.execute("UPDATE series SET project = ? WHERE project = 'proj_search'", (HOSTILE,))
    database.execute("UPDATE series SET project = '\u30d7\u30ed\u30b8\u30a7\u30af\u30c8' WHERE project = 'proj_support'")
    database.commit()
    database.close()
    printed = execute("top", "--ledger", str(copy), "--window", "24h", "--once")
    assert printed.returncode == 0 and not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", printed.stdout)
    shell = screen(80, 24)
    shell.type(top(str(copy)))
    text = shell.wait_for("LAST CALLS")
    assert "oai-usage top" in text and "proj_evil[2J]0;owned7m_end"[:9] in text and "\u30d7" in text
    assert all(width(line) <= 80 for line in text.split("\n"))
    assert "owned" not in shell.tmux("display-message", "-p", "#{pane_title}")


def test_colors(screen, ledger):
    plain = screen(100, 30, NO_COLOR="1")
    plain.type(top(ledger))
    plain.wait_for("LAST CALLS")
    assert "\x1b[31m" not in plain.text("-e")
    colored = screen(100, 30)
    colored.type(top(ledger))
    colored.wait_for("LAST CALLS")
    assert "\x1b[31m" in colored.text("-e")


def test_without_a_terminal_one_frame_is_printed(ledger, screen):
    for environment in ({}, {"TERM": "dumb"}, {"TERM": ""}):
        done = execute("top", "--ledger", ledger, "--window", "24h", environment=environment)
        assert done.returncode == 0 and "\x1b" not in done.stdout and "LAST CALLS" in done.stdout, done.stderr
        assert "q quit" not in done.stdout
    shell = screen(100, 40)
    for prefix, arguments in (("TERM=dumb ", ""), ("", "--once"), ("env -u TERM ", "")):
        shell.type(f"clear; {prefix}{top(ledger, arguments)}; echo status=$?")
        shell.wait_for("status=0")
        assert shell.is_alternate() == "0 1"


def test_mistakes_are_told(tmp_path):
    missing = execute("top", "--ledger", str(tmp_path / "none.db"))
    assert missing.returncode == 1 and "There is no ledger at" in missing.stderr
    assert execute("top", "--window", "0s").returncode == 64
    assert execute("top", "--interval", "1ms").returncode == 64
    assert execute("top", "--status", "abc").returncode == 64
    remote = execute("top", "--ledger", "http://127.0.0.1:1")
    assert remote.returncode == 64 and "local file" in remote.stderr
