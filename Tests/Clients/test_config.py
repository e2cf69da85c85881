"""`config show`, `config check` and `config schema`, and the files of the examples."""

import json
import re
from pathlib import Path

import pytest

from conftest import execute, run

EXAMPLES = Path(__file__).parents[2] / "Examples"
EMPTY = {"HOME": "/nonexistent", "XDG_CONFIG_HOME": "", "XDG_DATA_HOME": "", "TZ": "", "CURL_CA_BUNDLE": "", "SSL_CERT_FILE": ""}


def show(*arguments, **environment):
    done = execute("config", "show", "--json", *arguments, environment={**EMPTY, **environment})
    return {row["name"]: (row["value"], row["origin"], row["from"]) for row in json.loads(done.stdout)}, done


def check(tmp_path, text, *arguments):
    file = tmp_path / "c.json"
    file.write_text(text)
    done = execute("config", "check", str(file), *arguments)
    return done.returncode, done.stdout.replace(str(file), "c.json")


def test_the_committed_schema_is_that_of_the_program():
    assert (EXAMPLES / "config.schema.json").read_text() == run("config", "schema")


def test_the_sample_is_sound_and_names_every_setting_with_its_default(tmp_path):
    file = EXAMPLES / "config.json"
    assert execute("config", "check", str(file)).returncode == 0
    text = file.read_text()
    named = set(re.findall(r'^ {4}(?:// )?"([a-z-]+)":', text, re.M))
    properties = json.loads(run("config", "schema"))["properties"]
    assert named == set(properties) - {"$schema"}
    for name, value in re.findall(r'^ {4}(?:// )?"([a-z-]+)": ([^\[{]+?),(?: //.*)?$', text, re.M):
        standard = properties[name].get("default")
        assert standard is None or name == "workers" or json.loads(value) == standard, name
    # With every comment of a setting removed, it is sound as well.
    text = re.sub(r'^ {4}// (?="|    "|\})', "    ", text, flags=re.M)
    code, told = check(tmp_path, text)
    assert code == 0 and "40 settings" in told or code == 0, told


def test_where_each_value_comes_from(tmp_path):
    file = tmp_path / "c.json"
    file.write_text('{\n  // a comment\n  "drain": "1s",\n  "listen": "127.0.0.1:1", /* "admin": 1 */\n  "key-project": {"WXYZ": "// a"},\n}')
    rows, done = show(
        "--config", str(file), "--listen", "127.0.0.1:2", "--no-include-usage",
        OAI_USAGE_LOG_LEVEL="debug", OAI_USAGE_ADMIN_TOKEN="secret-token", TZ="Europe/Paris",
    )
    assert done.returncode == 0 and "secret-token" not in done.stdout
    assert rows["drain"] == ("1s", "file", f"{file}:3") and rows["listen"] == ("127.0.0.1:2", "flag", "--listen")
    assert rows["key-project"] == ("WXYZ=// a", "file", f"{file}:5")
    assert rows["include-usage"] == ("false", "flag", "--no-include-usage")
    assert rows["log-level"] == ("debug", "variable", "OAI_USAGE_LOG_LEVEL")
    assert rows["admin-token"] == ("(set)", "variable", "OAI_USAGE_ADMIN_TOKEN")
    assert rows["timezone"] == ("Europe/Paris", "variable", "TZ") and rows["admin"] == ("127.0.0.1:10464", "default", None)
    assert rows["ledger"][0] == "/nonexistent/.local/share/oai-usage/ledger.db" and rows["keep"] == (None, "none", None)
    assert rows["config"] == (str(file), "flag", "--config")


def test_the_defaults_are_those_of_the_gateway(tmp_path):
    done = execute("gateway", "--check", "--ledger", str(tmp_path / "l.db"), environment=EMPTY)
    assert done.returncode == 0, done.stderr
    rows, _ = show()
    told = [line.split() for line in done.stdout.splitlines()]
    assert len(told) > 30
    for name, value, *_ in told:
        assert name == "ledger" or rows[name][0] == (None if value == "-" else value), name


def test_a_variable_that_is_mistyped_is_told(tmp_path):
    path = tmp_path / "config.json"
    path.write_text("{}")
    done = execute("config", "check", str(path), environment={"OAI_USAGE_UPSTREM": "https://example.com"})
    assert done.returncode == 0 and "OAI_USAGE_UPSTREM is not a setting" in done.stderr and "Do you mean OAI_USAGE_UPSTREAM?" in done.stderr


def test_variables_are_checked_with_the_configuration_in_use(tmp_path):
    variables = {"OAI_USAGE_KEEP": "abc", "OAI_USAGE_TIMEZONE": "Asia/Tokio", "OAI_USAGE_LISTEN": "127.0.0.1:1"}
    done = execute("config", "check", environment=variables)
    assert done.returncode == 1 and done.stdout.count("\n") == 2
    assert 'environment: error: OAI_USAGE_KEEP is "abc"; it must be a length of time' in done.stdout
    assert "Did you mean 'Asia/Tokyo'?" in done.stdout
    found = json.loads(execute("config", "check", "--json", environment=variables).stdout)
    assert [(entry["key"], entry["file"]) for entry in found] == [("keep", None), ("timezone", None)] or len(found) == 2
    # A file that is named may be of another machine.
    path = tmp_path / "config.json"
    path.write_text("{}")
    assert execute("config", "check", str(path), environment=variables).returncode == 0
    secret = execute("config", "check", environment={"OAI_USAGE_UPSTREAM": "https://user:secret@h"})
    assert secret.returncode == 1 and "secret" not in secret.stdout + secret.stderr


def test_values_that_are_refused_are_shown_and_told():
    rows, done = show(OAI_USAGE_DRAIN="9x", OAI_USAGE_LISTN="x")
    assert done.returncode == 1 and rows["drain"][0] == "9x"
    assert "The variable OAI_USAGE_DRAIN is \"9x\"" in done.stderr and "Do you mean OAI_USAGE_LISTEN?" in done.stderr
    done = execute("config", "show", "--lisen", "x")
    assert done.returncode == 64 and "Did you mean '--listen'?" in done.stderr


@pytest.mark.parametrize("text,finding", [
    ('{\n  "upstrem": "x"\n}', '2:3: error: "upstrem" is not a setting. Do you mean "upstream"?'),
    ('{"drain": 5}', '1:11: error: "drain" is a number; it must be a length of time'),
    ('{"workers": 99}', "1:13: error: "), ('{"head-size": "1GiB"}', "is 1GiB; it must be from 1KiB to 16MiB."),
    ('{"listen": ":1",\n"listen": ":2"}', '2:1: error: "listen" stands here again; it was set on line 1.'),
    ('{"durability": "comitted"}', "Did you mean 'committed'?"), ('{"prices": ["a", 7]}', '1:18: error: "prices" has a number in it'),
    ('{"timezone": "Europe/Pariss"}', "Did you mean 'Europe/Paris'?"), ('{"tls-key": "k"}', 'add "tls-cert"'),
    ('{"admin-token": "x"}', "A token does not stand in this file"), ('{"routes": {"/a": {}}}', 'has no "upstream"'),
    ('{"routes": {"/a": {"upstream": "https://h", "key-hader": "x"}}}', "Did you mean 'key-header'?"),
    ('{"routes": {"/a": {"upstream": "https://h", "key-env": "sk-abc"}}}', "the name of a variable"),
    ('{"upstream": "https://user:secret@h"}', "a user or a password stands before its host"),
    ('{ /* no end', "1:3: error: This comment does not end"), ('{"listen" ":1"}', "This is not JSON"),
    ('{"budget": ["all=10/mont"]}', "behind the amount must stand /"), ('{"budget": ["a=1/day", "a=2/day"]}', '1:24: error: "budget" has two of the name "a"'),
    ('{"budget": ["a=1/day zone=Mars"]}', "is not a time zone"), ('{"listen": "0.0.0.0:80"}', 'add "client-token-file", or "allow-anyone"'),
    ('{"admin": "[::]:80", "admin-allow-anyone": false}', 'add "admin-token-file"'),
    ('{"listen": "127.0.0.1:80", "admin": "127.0.0.1:80"}', "two servers need two ports"),
    ('{"prices": [,]}', "This is not JSON"), ('{,}', "This is not JSON"),
])
def test_mistakes(tmp_path, text, finding):
    code, told = check(tmp_path, text)
    assert code == 1 and told.startswith("c.json:") and finding in told, told
    assert "secret" not in told and "sk-abc" not in told


def test_every_mistake_is_told(tmp_path):
    code, told = check(tmp_path, '{"a1": 1,\n"drain": "x",\n"keep": "1h",}')
    assert code == 1 and [line.split(" ")[0] for line in told.splitlines()] == ["c.json:1:2:", "c.json:2:10:", "c.json:3:9:"]


def test_a_file_that_is_missing():
    assert execute("config", "check", "/nonexistent/c.json").returncode == 1
    done = execute("config", "check", environment={**EMPTY, "OAI_USAGE_CONFIG": ""})
    assert done.returncode == 0 and "none is needed" in done.stderr and done.stdout == ""
