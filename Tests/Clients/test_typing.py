"""What is mistyped is told with what was most likely meant, and with status 64."""

import pytest

from conftest import execute


@pytest.mark.parametrize("line,words", [
    ("reprot", "There is no command 'reprot'. Did you mean 'report'?"), ("cost", "Did you mean 'report'?"),
    ("prices lst", "There is no command 'prices lst'. Did you mean 'list'?"), ("ledger chek", "Did you mean 'check'?"),
    ("prices zzzz", "There are: list, show, check"), ("report --fromat json", "Did you mean '--format'?"),
    ("report --format jsn", "Did you mean 'json'? It is one of: table, json, csv, markdown, focus."),
    ("report --period lastmonth", "Did you mean 'last-month'?"), ("report --by project,projct", "Did you mean 'project'?"),
    ("report --outcome eror", "Did you mean 'error'?"), ("report --timezone Europe/Pariss", "Did you mean 'Europe/Paris'?"),
    ("report --since yesteday", "Did you mean 'yesterday'?"), ("gateway --durability comitted", "Did you mean 'committed'?"),
    ("prices list --kind txt", "Did you mean 'text'?"), ("report -format json", "Did you mean '--format'?"),
    ("report --json --format csv", "--json stands for --format json, and --format csv contradicts it"),
    ("calls --json --format json", "--json stands for --format jsonl"), ("calls -n x", "The value 'x' is invalid for '-n"),
])
def test_near_names(line, words):
    done = execute(*line.split())
    assert done.returncode == 64 and done.stdout == "", done
    assert done.stderr.startswith("Error: ") and words in done.stderr and "Usage: oai-usage" in done.stderr, done.stderr


@pytest.mark.parametrize("line", ["xyzzy", "report --xyz", "report --format pdf"])
def test_nothing_is_suggested_that_is_not_near(line):
    done = execute(*line.split())
    assert done.returncode == 64 and "Did you mean" not in done.stderr, done.stderr


def test_help_and_version_are_no_errors():
    for arguments in (["--help"], ["help", "report"], ["--version"], ["report", "--help"]):
        done = execute(*arguments)
        assert done.returncode == 0 and done.stdout and not done.stderr
