"""Runs what the documentation says: every command and flag exists, and every transcript is what the binary prints."""

import re
import shlex
from pathlib import Path

import pytest

from conftest import execute, run

ROOT = Path(__file__).resolve().parents[2]
ARTICLES = [
    ROOT / "README.md", ROOT / "Dashboards" / "README.md", ROOT / "Dashboards" / "runbooks.md",
    *sorted((ROOT / "Sources").glob("*/Documentation.docc/*.md")),
]
PARENTS = ("prices", "ledger")
# What runs until it is interrupted, or would need a network; its flags are compared with its help instead.
SERVERS = ("gateway", "simulate")


def fences(text):
    """The blocks of code, as the language and the lines of each."""
    for match in re.finditer(r"^```(\w*)\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        yield match.group(1), match.group(2).splitlines()


def commands(path):
    """Every mention of the command line, in blocks and in sentences."""
    text = path.read_text(encoding="utf-8")
    found = []
    for language, lines in fences(text):
        if language in ("swift", "c", "json", "yaml"):
            continue
        for line in lines:
            line = line.removeprefix("$ ").strip()
            if re.match(r"(\S*/)?oai-usage( |$)", line):
                found.append(line)
    prose = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    # "oai-usage report", but neither `oai-usage` alone nor `oai-usage-demo/1`.
    found += [" ".join(span.split()) for span in re.findall(r"`(oai-usage [^`]+)`", prose)]
    found += ["oai-usage " + span for span in re.findall(r"`((?:report|calls|show|prices|reprice|gateway|demo|simulate) --[^`]+)`", prose)]
    return found


MENTIONS = [(path, command) for path in ARTICLES for command in commands(path)]


def parse(command):
    words = shlex.split(command)[1:]
    name = [words[0]] if words else []
    if name and name[0] in PARENTS and len(words) > 1 and re.fullmatch(r"[a-z]+", words[1]):
        name.append(words[1])
    return name, words[len(name):]


HELP = {}


def help_of(name):
    key = tuple(name)
    if key not in HELP:
        HELP[key] = execute(*name, "--help")
    return HELP[key]


def test_there_are_mentions():
    assert len(MENTIONS) >= 25, MENTIONS
    assert {path.name for path, _ in MENTIONS} >= {"README.md", "PriceBooks.md", "GettingStarted.md"}


@pytest.mark.parametrize("path,command", MENTIONS, ids=lambda value: value if isinstance(value, str) else value.name)
def test_every_command_and_flag_exists(path, command):
    name, rest = parse(command)
    # An unknown subcommand shows its parent's help; its usage line names another command.
    shown = help_of(name)
    assert shown.returncode == 0, shown.stderr
    assert re.search(r"^USAGE: oai-usage " + " ".join(name) + r"\b", shown.stdout, re.MULTILINE), shown.stdout[:300]
    flags = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", shown.stdout))
    for word in rest:
        if word.startswith("--"):
            assert word.split("=")[0] in flags, f"{command}: there is no {word}"


def test_every_command_of_the_binary_is_documented():
    listed = re.findall(r"^  ([a-z]+) {2,}", execute("--help").stdout.split("SUBCOMMANDS:")[1], re.MULTILINE)
    table = (ROOT / "README.md").read_text(encoding="utf-8")
    for command in listed:
        if command != "help":
            assert f"| `oai-usage {command}" in table, command


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    told = execute("demo", "--keep", str(folder / "demo"))
    assert told.returncode == 0, told.stderr
    return folder, told.stdout


def transcripts():
    """The commands of the README that are run, with what they are said to print."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for language, lines in fences(text):
        current = None
        for line in lines:
            if line.startswith("$ "):
                if current:
                    yield current
                current = (line[2:], [])
            elif current:
                current[1].append(line)
        if current:
            yield current


def stable(line):
    """The part of a line that is the same in every run: not the times, and not the spaces that align them."""
    line = re.sub(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(\.\d+)?Z?", "TIME", line)
    return [word for word in re.sub(r"(?<!\S)\d+(\.\d+)?(µs|ms|s)(?!\S)|(?<!\S)\d+m\d+s(?!\S)", "", line).split()]


def run_here(command, folder):
    name, rest = parse(command)
    ledger = folder / "demo" / "ledger.db"
    words = [str(ledger) if word == "demo/ledger.db" else word for word in rest]
    return execute(*name, *words, environment={"OAI_USAGE_LEDGER": str(ledger)})


RUNNABLE = [
    (command, output) for command, output in transcripts()
    if command.startswith("oai-usage ") and "--follow" not in command and parse(command)[0][0] not in (*SERVERS, "demo")
]


def test_there_are_transcripts():
    assert sum(bool(output) for _, output in RUNNABLE) >= 2, RUNNABLE


@pytest.mark.parametrize("command,output", RUNNABLE, ids=lambda value: value if isinstance(value, str) else "")
def test_a_transcript_is_what_the_binary_prints(demo, command, output):
    told = run_here(command, demo[0])
    assert told.returncode == 0, told.stderr
    printed = [stable(line) for line in (told.stdout + told.stderr).splitlines()]
    for line in output:
        if line.strip() in ("", "..."):
            continue
        assert stable(line) in printed, f"{line!r} is not in\n{told.stdout}{told.stderr}"


def test_the_hints_of_the_demo_work(demo):
    folder, text = demo
    hints = [line.strip() for line in text.split("What next:")[1].splitlines() if "--ledger" in line]
    assert len(hints) >= 3
    for hint in hints:
        command = re.split(r"\s{2,}", hint)[0]
        name, rest = parse(command)
        told = execute(*name, *rest)
        assert told.returncode == 0 and told.stdout, f"{command}: {told.stderr}"


def test_the_demo_without_a_folder_names_no_ledger():
    assert "--ledger" not in run("demo", "--calls", "5")


def test_the_provider_s_share_of_the_time_is_below_the_whole(demo):
    folder, _ = demo
    import json
    rows = [
        json.loads(line) for line in
        run("calls", "--ledger", str(folder / "demo" / "ledger.db"), "--format", "jsonl", "--limit", "0").splitlines()
    ]
    measured = [row for row in rows if row["processing_ms"] is not None and row["duration_ms"] is not None]
    assert len(measured) > 200
    assert all(row["processing_ms"] <= row["time_to_headers_ms"] <= row["duration_ms"] for row in measured)


def test_the_version_of_the_package_is_the_program_s():
    version = execute("--version").stdout.strip().split()[-1]
    text = (ROOT / "Sources" / "OpenAIUsage" / "Documentation.docc" / "GettingStarted.md").read_text(encoding="utf-8")
    assert re.search(r'\.package\(url: "https://[^"]+/oai-usage\.git", from: "' + re.escape(version) + '"', text)
