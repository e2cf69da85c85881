"""Installs the program into a folder and removes it again; what needs root and Debian is tried by Packaging/check."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from conftest import BINARY, run

ROOT = Path(__file__).resolve().parent.parent.parent


def install(destination, *arguments, **environment):
    result = subprocess.run(
        [ROOT / "Packaging/install", *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, "BINARY": BINARY, "DESTDIR": str(destination), **environment},
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def files(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def commands(command, path=()):
    path = (*path, command["commandName"])
    yield path
    for subcommand in command.get("subcommands", []):
        if subcommand["commandName"] != "help" and subcommand.get("shouldDisplay", True):
            yield from commands(subcommand, path)


def test_removes_what_it_installed(tmp_path):
    (tmp_path / "usr/local/bin").mkdir(parents=True)
    before = files(tmp_path)
    install(tmp_path)
    assert "etc/oai-usage/config.json" in files(tmp_path)
    assert "usr/local/lib/systemd/system/oai-usage.service" in files(tmp_path)
    install(tmp_path)
    install(tmp_path, "--remove")
    assert files(tmp_path) == before


def test_keeps_a_configuration_that_was_changed(tmp_path):
    install(tmp_path)
    configuration = tmp_path / "etc/oai-usage/config.json"
    configuration.write_text('{"listen": "127.0.0.1:9"}')
    install(tmp_path)
    install(tmp_path, "--remove")
    assert configuration.read_text() == '{"listen": "127.0.0.1:9"}'


def test_a_home_folder_gets_no_unit(tmp_path):
    install(tmp_path, PREFIX="/home/someone/.local")
    assert not list(tmp_path.rglob("*.service"))
    assert (tmp_path / "home/someone/.local/etc/oai-usage/config.json").exists()


@pytest.mark.skipif(not shutil.which("man"), reason="there is no man here")
def test_every_command_has_a_man_page_without_warnings(tmp_path):
    subprocess.run([ROOT / "Packaging/man", BINARY, tmp_path], check=True)
    names = {"-".join(path) for path in commands(json.loads(run("--experimental-dump-help"))["command"])}
    assert {path.stem for path in tmp_path.iterdir()} == names
    for page in tmp_path.iterdir():
        shown = subprocess.run(
            ["man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z", page],
            capture_output=True,
            text=True,
            env={**os.environ, "LC_ALL": "C.UTF-8", "MANROFFSEQ": "", "MANWIDTH": "80"},
        )
        assert not shown.stderr, f"{page.name}: {shown.stderr}"


def test_the_sample_configuration_is_sound(tmp_path):
    configuration = json.loads((ROOT / "Packaging/config.json").read_text())
    configuration["ledger"] = str(tmp_path / "ledger.db")
    (tmp_path / "config.json").write_text(json.dumps(configuration))
    assert '"listen"' not in run("gateway", "--check", "--config", str(tmp_path / "config.json"))
