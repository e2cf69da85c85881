"""Every example that a command's help gives is run as it stands, against a ledger with calls."""

import json
import os
import re
import shlex
import subprocess
import urllib.request

import pytest

from conftest import BINARY, Gateway

# They go on until they are ended, or need a host, a file or a call that is not here.
LEFT_OUT = re.compile(r"--follow|https?://|--gateway|\$\(|[|><~]|FILE|\.db\b|\.json\b|\.jsonl\b|\.toml\b")
COMMANDS = [
    "report", "calls", "show", "limits", "top", "waste", "budget", "reprice", "prune", "ledger", "ledger backup", "ledger check",
    "ledger compact", "prices", "prices list", "prices show", "prices diff", "glance", "statusline", "doctor",
    "config", "config show", "config check", "config schema", "schema",
]


def examples():
    for command in COMMANDS:
        text = subprocess.run(
            [BINARY, *command.split(), "--help"], capture_output=True, text=True, check=True, env={**os.environ, "COLUMNS": "400"}
        ).stdout
        for line in re.findall(r"^ +(oai-usage [^\n]+)$", text, re.M):
            if not LEFT_OUT.search(line):
                yield line.strip()


@pytest.fixture(scope="module")
def ledger(folder, simulator):
    """A ledger with some calls that nobody has in use."""
    gateway = Gateway(folder, simulator.url)
    for model in ("gpt-4o-mini", "gpt-4o"):
        body = json.dumps({"model": model, "messages": [{"role": "user", "content": "hello"}]}).encode()
        fields = {"Content-Type": "application/json", "Authorization": "Bearer sk-proj-example"}
        request = urllib.request.Request(f"{gateway.url}/v1/chat/completions", body, fields)
        urllib.request.urlopen(request).read()
    assert gateway.stop() == 0
    return gateway.ledger


@pytest.mark.parametrize("line", sorted(set(examples())))
def test_an_example_works(line, ledger, tmp_path):
    arguments = shlex.split(line)[1:]
    environment = {**os.environ, "OAI_USAGE_LEDGER": ledger}
    done = subprocess.run([BINARY, *arguments], capture_output=True, text=True, cwd=tmp_path, env=environment, timeout=60)
    # A call of somebody else's is not found here.
    is_lookup = arguments[0] == "show" or "explain" in arguments
    assert done.returncode == (1 if is_lookup else 0), done.stderr


def test_there_are_examples():
    assert len(set(examples())) > 12


def test_a_list_needs_no_end(ledger):
    """A list of calls has no end if none is given, and yet a start."""
    for arguments in (["--since", "1h"], ["--since", "today"], ["--until", "2100-01-01"], []):
        done = subprocess.run(
            [BINARY, "calls", "--ledger", ledger, "--format", "jsonl", *arguments], capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0 and done.stdout.count("\n") == 2, (arguments, done.stderr)


def test_a_report_that_begins_in_the_future_is_refused(ledger):
    """The start is named, and not an end that was not given."""
    done = subprocess.run([BINARY, "report", "--ledger", ledger, "--since", "2199-01-01"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 64 and "--since lies in the future." in done.stderr
