"""Completion in bash, as readline asks for it: the script is sourced, and its function called with COMP_WORDS."""

import json
import os
import re
import subprocess
import urllib.error
import urllib.request

import pytest

from conftest import BINARY, Gateway, execute, run

HOSTILE = "$(touch${IFS}ran)"


@pytest.fixture(scope="module")
def ledger(folder, simulator):
    gateway = Gateway(folder, simulator.url)
    for project, model in (("proj_a", "gpt-4o-mini"), ("proj_b", "ft:gpt-4o-mini:acme"), (HOSTILE, "gpt-4o"), ("`touch ran`", "gpt-4o")):
        body = json.dumps({"model": model, "messages": [{"role": "user", "content": "hello"}]}).encode()
        fields = {
            "Content-Type": "application/json", "Authorization": "Bearer sk-proj-example", "OpenAI-Project": project,
            "OpenAI-Usage-Tags": "team=search",
        }
        try:
            urllib.request.urlopen(urllib.request.Request(f"{gateway.url}/v1/chat/completions", body, fields)).read()
        except urllib.error.HTTPError:
            pass
    assert gateway.stop() == 0
    return gateway.ledger


@pytest.fixture(scope="module")
def complete(tmp_path_factory, ledger):
    """Completes a line up to its end; returns the candidates."""
    folder = tmp_path_factory.mktemp("completion")
    os.symlink(BINARY, folder / "oai-usage")
    (folder / "script").write_text(run("--generate-completion-script", "bash"))
    (folder / "prices.json").write_text("{}")
    driver = """
        source ./script
        COMP_LINE="$1"; COMP_POINT=${#COMP_LINE}; shift
        COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
        function=$(complete -p oai-usage); function="${function##*-F }"; function="${function% *}"
        "$function" oai-usage "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
        printf '%s\\n' "${COMPREPLY[@]}"
        """

    def ask(line, **environment):
        # Readline splits at blanks, and keeps its other breaks as words.
        words = re.findall(r"[:=]+|[^\s:=]+", line) + ([""] if line.endswith(" ") else [])
        done = subprocess.run(
            ["bash", "--norc", "-c", driver, "bash", line, *words], capture_output=True, text=True, cwd=folder, timeout=30,
            env={**os.environ, "PATH": f"{folder}:{os.environ['PATH']}", "OAI_USAGE_LEDGER": ledger, **environment},
        )
        assert done.returncode == 0 and done.stderr == "", done.stderr
        assert not (folder / "ran").exists(), "a name of the ledger was run"
        return [line for line in done.stdout.split("\n") if line]

    return ask


@pytest.mark.parametrize("line,candidates", [
    ("oai-usage repo", ["report"]), ("oai-usage prices sh", ["show"]), ("oai-usage config ch", ["check"]),
    ("oai-usage report --project-not proj_", ["proj_a", "proj_b"]), ("oai-usage calls --outcome-not comp", ["completed"]),
    ("oai-usage report --project proj_a,", ["proj_a,proj_b"]), ("oai-usage calls --status 429,50", ["429,500", "429,502", "429,503", "429,504"]),
    ("oai-usage report --sort cost:", ["asc"]), ("oai-usage report --columns calls,unpriced-", ["calls,unpriced-bound"]),
    ("oai-usage calls --columns time,mod", ["time,model"]), ("oai-usage calls --sort dur", ["duration", "duration:asc"]),
    ("oai-usage report --project ", ["proj_a", "proj_b"]), ("oai-usage calls -p proj_", ["proj_a", "proj_b"]),
    ("oai-usage report --format ", ["table", "json", "csv", "markdown"]), ("oai-usage report --format=js", ["json"]),
    ("oai-usage report --period last-m", ["last-month"]), ("oai-usage report --by project,mod", ["project,model"]),
    ("oai-usage report --by project,tag:t", ["team"]), ("oai-usage report --tag ", ["team=search"]),
    ("oai-usage report --tag team=", ["search"]), ("oai-usage report --timezone Europe/Par", ["Europe/Paris"]),
    ("oai-usage gateway --durability b", ["buffered"]), ("oai-usage gateway --prices pri", ["prices.json"]),
    ("oai-usage prices show ft:babb", ["babbage-002"]), ("oai-usage report --ledger scr", ["script"]),
])
def test_values(complete, line, candidates):
    found = complete(line)
    assert set(candidates) <= set(found) and (len(found) == len(candidates) or line.endswith(" ")), found


def test_models_with_colons(complete):
    assert "ft:gpt-4o-mini:acme" in complete("oai-usage report --model f")
    assert complete("oai-usage report --model ft:gpt-4o-mini:a") == ["acme"]


def test_names_that_a_shell_would_run_are_not_offered(complete, ledger):
    rows = json.loads(run("report", "--ledger", ledger, "--json"))["rows"]
    assert HOSTILE in {row["project"] for row in rows}
    assert complete("oai-usage report --project ") == ["proj_a", "proj_b"]


@pytest.mark.parametrize("path", ["/nonexistent/ledger.db", "http://127.0.0.1:1", "none", "/dev/null"])
def test_nothing_is_said_without_a_ledger(complete, path):
    assert complete("oai-usage report --project ", OAI_USAGE_LEDGER=path) == []
    assert complete("oai-usage report --project ", OAI_USAGE_CONFIG="/nonexistent") == []


def test_other_shells():
    """The colon begins a description for zsh, and is escaped."""
    for shell, start in (("zsh", "#compdef oai-usage"), ("fish", "function __oai-usage")):
        assert run("--generate-completion-script", shell).startswith(start)
    script = run("--generate-completion-script", "bash")
    assert subprocess.run(["bash", "-n"], input=script, text=True).returncode == 0


def test_zsh_escapes_colons():
    arguments = ["---completion", "prices", "show", "--", "positional@0", "3", "0", "oai-usage", "prices", "show", ""]
    for shell, name in (("zsh", "ft\\:babbage-002"), ("bash", "ft:babbage-002"), ("fish", "ft:babbage-002")):
        told = execute(*arguments, environment={"SAP_SHELL": shell, "SAP_SHELL_VERSION": "5.9"})
        assert told.returncode == 0 and name in told.stdout.split("\n"), told
