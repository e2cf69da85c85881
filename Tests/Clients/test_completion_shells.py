"""Completion in zsh and fish, as somebody at a terminal gets it: an interactive shell in a pseudo terminal, and the Tab key."""

import os
import pty
import select
import shutil
import signal
import time

import pytest

from conftest import BINARY, run
from test_completion import HOSTILE, ledger  # noqa: F401 - a fixture

SECONDS = 20

# Writes what is offered instead of showing it: what completion functions pass to `compadd`, as far as it matches the word.
ZSH = r"""
PS1= ; unsetopt beep; setopt no_list_beep
fpath=("$PWD/functions" $fpath)
autoload -U compinit; compinit -u -d "$PWD/dump"
compadd() {
    if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then builtin compadd "$@"; return; fi
    local -a hits
    builtin compadd -O hits "$@"
    (( $#hits )) && print -rl -- "${hits[@]}" >>"$PWD/offered"
    builtin compadd "$@"
}
tell() { : >"$PWD/offered"; zle list-choices; print -r -- END >>"$PWD/offered" }
zle -N tell
bindkey '^I' tell
print -r -- READY >"$PWD/ready"
"""
FISH = r"""
function fish_prompt; end
source $PWD/script
bind \t 'complete -C | string split -f 1 \t > $PWD/offered; echo END >> $PWD/offered'
echo READY > $PWD/ready
"""
START = {
    "zsh": lambda folder: (["zsh", "-i"], {"ZDOTDIR": str(folder)}, ".zshrc", ZSH),
    "fish": lambda folder: (["fish", "--no-config", "-i", "-C", f"source {folder}/init"], {}, "init", FISH),
}


class Shell:
    """An interactive shell in a terminal of 200 columns."""

    def __init__(self, name, folder, environment):
        self.folder = folder
        arguments, more, file, text = START[name](folder)
        (folder / file).write_text(text)
        self.process, self.terminal = pty.fork()
        if self.process == 0:
            os.chdir(folder)
            os.execvpe(arguments[0], arguments, {**os.environ, **environment, **more, "TERM": "xterm", "COLUMNS": "200"})
        self.output = b""
        self.wait("ready", "READY")

    def wait(self, file, end):
        """Reads a file once its last line is there; the terminal is drained meanwhile, or the shell would wait for it."""
        path = self.folder / file
        limit = time.monotonic() + SECONDS
        while time.monotonic() < limit:
            if select.select([self.terminal], [], [], 0.02)[0]:
                self.output += os.read(self.terminal, 65_536)
                # fish asks what the terminal is.
                if b"\x1b[0c" in self.output or b"\x1b[c" in self.output:
                    self.output = b""
                    os.write(self.terminal, b"\x1b[?1;2c")
            lines = path.read_text().split("\n") if path.exists() else []
            if end in lines:
                return [line for line in lines[: lines.index(end)] if line]
        raise AssertionError(f"no {file} in {SECONDS} s: {self.output[-2_000:]!r}")

    def complete(self, line):
        """Types a line and the Tab key; returns what is offered."""
        (self.folder / "offered").unlink(missing_ok=True)
        # Ctrl-U empties the line.
        os.write(self.terminal, b"\x15" + line.encode() + b"\t")
        offered = self.wait("offered", "END")
        assert not (self.folder / "ran").exists(), "a name of the ledger was run"
        # A candidate of `--name=value` has the flag before it in fish.
        flag = line.split(" ")[-1].partition("=")[0] + "="
        return [word.removeprefix(flag) if "--" in flag else word for word in offered]

    def end(self):
        os.kill(self.process, signal.SIGKILL)
        os.waitpid(self.process, 0)
        os.close(self.terminal)


@pytest.fixture(scope="module", params=["zsh", "fish"])
def shell(request, tmp_path_factory, ledger):
    if shutil.which(request.param) is None:
        pytest.skip(f"NOT TESTED: there is no {request.param} here; install it with: apt-get install {request.param}")
    folder = tmp_path_factory.mktemp(request.param)
    os.symlink(BINARY, folder / "oai-usage")
    (folder / "functions").mkdir()
    (folder / "functions" / "_oai-usage").write_text(run("--generate-completion-script", "zsh"))
    (folder / "script").write_text(run("--generate-completion-script", "fish"))
    (folder / "prices.json").write_text("{}")
    shell = Shell(request.param, folder, {"PATH": f"{folder}:{os.environ['PATH']}", "OAI_USAGE_LEDGER": str(ledger), "HOME": str(folder)})
    yield shell
    shell.end()


@pytest.mark.parametrize("line,candidates", [
    ("oai-usage repo", ["report"]), ("oai-usage rep", ["report", "reprice"]), ("oai-usage prices sh", ["show"]),
    ("oai-usage config ch", ["check"]), ("oai-usage report --proj", ["--project"]), ("oai-usage report --exact", ["--exact-models"]),
    ("oai-usage report --project ", ["proj_a", "proj_b"]), ("oai-usage calls -p proj_", ["proj_a", "proj_b"]),
    ("oai-usage report --project proj_b", ["proj_b"]), ("oai-usage report --format j", ["json"]),
    ("oai-usage report --format=js", ["json"]), ("oai-usage report --period last-m", ["last-month"]),
    ("oai-usage report --by project,mod", ["project,model"]), ("oai-usage report --tag team", ["team=search"]),
    ("oai-usage report --timezone Europe/Par", ["Europe/Paris"]), ("oai-usage gateway --durability b", ["buffered"]),
    ("oai-usage top --timezone Europe/Par", ["Europe/Paris"]),
    ("oai-usage report --model ft", ["ft:gpt-4o-mini:acme"]), ("oai-usage prices show ft:babb", ["ft:babbage-002"]),
    ("oai-usage gateway --prices pri", ["prices.json"]), ("oai-usage report --ledger scr", ["script"]),
])
def test_values(shell, line, candidates):
    assert sorted(set(shell.complete(line))) == sorted(candidates), shell.output[-2_000:]


def test_formats(shell):
    assert {"table", "json", "csv", "markdown"} <= set(shell.complete("oai-usage report --format "))


def test_commands_and_flags(shell):
    assert {"report", "calls", "gateway", "doctor"} <= set(shell.complete("oai-usage "))
    assert {"--since", "--by", "--top"} <= set(shell.complete("oai-usage report --"))
