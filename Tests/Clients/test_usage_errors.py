"""Wrong input: each is told in one sentence with what to do, by the exit code of the contract, and nothing is on stdout."""

import sqlite3

import pytest

from conftest import Gateway, execute


@pytest.fixture(scope="module")
def ledger(folder, simulator):
    gateway = Gateway(folder, simulator.url)
    assert gateway.stop() == 0
    return gateway.ledger


@pytest.mark.parametrize("arguments,message", [
    (["report", "--by", "model,model"], "--by names model twice; name each dimension once."),
    (["report", "--by", "project,,model"], "'--by <names>'. It has an empty name; remove the extra comma."),
    (["report", "--by", ""], "The value '' is invalid for '--by <names>'."),
    (["report", "--columns", "calls,,cost"], "It has an empty name; remove the extra comma."),
    (["report", "--columns", "cost,cost"], "--columns names cost twice; name each column once."),
    (["calls", "--columns", "time,time"], "--columns names time twice; name each column once."),
    (["report", "--project", "a,,b"], "--project has an empty value; remove the extra comma."),
    (["report", "--project", ""], "--project is empty; give a value, or leave the flag out."),
    (["calls", "--model-not", "a,"], "--model-not has an empty value; remove the extra comma."),
    (["report", "--tag", "team=a,,b"], "--tag has an empty value; remove the extra comma."),
    (["prices", "whatif", "--tier", "batch", "--project", "a,,b"], "--project has an empty value; remove the extra comma."),
    (["calls", "--waste"], "Did you mean the command 'oai-usage waste'?"),
    (["calls", "--follow", "--format", "json"], "use --format jsonl."),
    (["calls", "--follow", "--period", "yesterday"], "the period is over: leave its end out."),
    (["calls", "-f", "--until", "2026-11-01"], "the period is over: leave its end out."),
    (["report", "--ledger", "ftp://gateway"], "--ledger must be a path or an http or https URL"),
    (["doctor", "--ledger", "http://user:secret@gateway"], "--ledger has a user before the host gateway"),
    (["statusline", "--json", "--format", "{today_usd}"], "--json and a template"),
    (["report", "--period", "all", "--compare", "previous"], "There is no period before"),
    (["report", "--top", "0"], "--top must be at least 1."),
    (["report", "--top", "-1"], "The value '-1' is invalid for '--top <count>'; it must not be negative."),
    (["calls", "--limit", "-1"], "The value '-1' is invalid for '--limit <limit>'; it must not be negative."),
    (["calls", "-n", "-1"], "The value '-1' is invalid for '-n <limit>'; it must not be negative."),
    (["report", "--since", "2026-11-20", "--until", "2026-11-10"], "--since is 2026-11-20T00:00:00Z; it must be before the end of the range, 2026-11-10T00:00:00Z."),
    (["report", "--since", "2999-01-01"], "--since lies in the future."),
    (["report", "--period", "today", "--month", "2026-10"], "--period and --month cannot be used together."),
    (["report", "--period", "today", "--since", "7d"], "--period and --since cannot be used together."),
    (["report", "--timezone", "Europe/Pariss"], "Did you mean 'Europe/Paris'?"),
    (["prices", "what-if", "--tier", "batch"], "There is no command 'prices what-if'. Did you mean 'whatif'?"),
    (["help", "reprot"], "There is no command 'reprot'. Did you mean 'report'?"),
    (["help", "ledger", "chek"], "There is no command 'ledger chek'. Did you mean 'check'?"),
    (["whatif"], "There is no command 'whatif'. Did you mean 'prices whatif'?"),
    (["show", "x123456", "--bundle", "--json"], "--bundle is a text for people"),
    (["ledger", "backup", ""], "<file> is empty"),
    *[([*command, "--ledger", "http://127.0.0.1:1"], "The ledger is http://127.0.0.1:1; this command needs a local file") for command in (
        ("ledger", "check"), ("ledger", "backup", "/tmp/none.db"),
        ("top",),
    )],
    *[([*command, "--ledger", "http://127.0.0.1:1"], "--ledger is http://127.0.0.1:1; name the gateway with --admin") for command in (
        ("reprice", "--since", "1d", "--dry-run"), ("reprice", "--since", "1d", "--gateway"), ("reprice", "--history", "--gateway"),
        ("prune", "--older-than", "1d"), ("prune", "--older-than", "1d", "--gateway"), ("prune", "--older-than", "1d", "--admin", "127.0.0.1:1"),
    )],
    *[([command, "--ledger", ""], "--ledger is empty; give a path, or leave the flag out.") for command in (
        "report", "calls", "limits", "doctor", "top", "waste", "gateway", "statusline", "serve-metrics", "glance",
    )],
    (["report", "--config", ""], "--config is empty; give a path, or leave the flag out."),
])
def test_usage(arguments, message, ledger):
    done = execute(*arguments, environment={"OAI_USAGE_LEDGER": ledger, "TZ": "UTC"})
    assert done.returncode == 64 and message in done.stderr and done.stdout == "", done
    assert done.stderr.startswith("Error: ") and "Usage: oai-usage" in done.stderr


@pytest.mark.parametrize("arguments,usage", [
    (["budget", "--budget", "x=abc/day"], "budget"), (["prices", "update", "--from", ""], "prices update"),
    (["report", "--by", "nothing"], "report"),
])
def test_the_usage_is_that_of_the_command(arguments, usage):
    done = execute(*arguments)
    assert done.returncode == 64 and f"Usage: oai-usage {usage} " in done.stderr, done.stderr
    assert done.stderr.count("Usage: ") == 1 and f"See 'oai-usage {usage} --help'" in done.stderr


def test_help_of_commands():
    for command in (["help", "report"], ["help", "prices"], ["help", "prices", "whatif"], ["help"]):
        done = execute(*command)
        assert done.returncode == 0 and "USAGE: oai-usage" in done.stdout, command


@pytest.mark.parametrize("command", ["report", "calls", "limits", "waste", "statusline", "top", "export"])
def test_what_is_no_ledger(command, tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "text.db").write_text("hello")
    (tmp_path / "random.db").write_bytes(bytes(range(256)) * 40)
    other = sqlite3.connect(tmp_path / "other.db")
    other.execute("CREATE TABLE t (a)")
    other.commit()
    other.close()
    for name, problem in (
        ("folder", "is a folder; give the path of a file."), ("missing.db", "There is no ledger at "),
        ("text.db", "is not an SQLite database; give another path."), ("random.db", "is not an SQLite database; give another path."),
        ("other.db", "is the SQLite database of another program, not a ledger; give another path."),
    ):
        done = execute(command, "--ledger", str(tmp_path / name))
        assert done.returncode == 1 and problem in done.stderr and done.stdout == "", (name, done)
        assert done.stderr.count("\n") == 1 and str(tmp_path / name) in done.stderr


@pytest.mark.parametrize("zone", ["Foo/Bar", "CET-1CEST,M3.5.0,M10.5.0/3", "europe", "/nonexistent"])
def test_a_zone_that_is_none_is_told_once(zone, ledger):
    for command in (["report"], ["calls"], ["waste"], [], ["statusline"], ["top", "--once"]):
        done = execute(*command, environment={"OAI_USAGE_LEDGER": ledger, "TZ": zone})
        assert done.returncode == 0 and done.stderr.count(f'TZ is "{zone}", which is not an IANA name; times are in UTC.') == 1, done
    # A flag or a setting goes before it, and a prompt is not disturbed.
    assert "TZ is" not in execute("report", "--timezone", "UTC", environment={"OAI_USAGE_LEDGER": ledger, "TZ": zone}).stderr
    done = execute("report", environment={"OAI_USAGE_LEDGER": ledger, "TZ": zone, "OAI_USAGE_TIMEZONE": "Asia/Tokyo"})
    assert "TZ is" not in done.stderr and "Asia/Tokyo" in done.stdout + done.stderr
    assert execute("statusline", "--quiet", environment={"OAI_USAGE_LEDGER": ledger, "TZ": zone}).stderr == ""


@pytest.mark.parametrize("zone,name", [
    ("Asia/Tokyo", "Asia/Tokyo"), (":Asia/Tokyo", "Asia/Tokyo"), ("/usr/share/zoneinfo/Asia/Tokyo", "Asia/Tokyo"), ("UTC0", "UTC"),
    ("", "UTC"), ("Etc/UTC", "UTC"),
])
def test_top_is_in_the_asked_zone(zone, name, ledger):
    done = execute("top", "--once", environment={"OAI_USAGE_LEDGER": ledger, "TZ": zone, "COLUMNS": "100"})
    assert done.returncode == 0 and done.stderr == "" and f" {name}" in done.stdout.split("\n")[0], done
    done = execute("top", "--once", "--timezone", "America/Argentina/Buenos_Aires", environment={"OAI_USAGE_LEDGER": ledger, "COLUMNS": "50"})
    assert " -03:00" in done.stdout.split("\n")[0], done


def test_doctor_says_which_check_was_done(ledger):
    for flags, text in (([], "Quick check: the file is sound;"), (["--full"], "Full check: the file is sound,")):
        done = execute("doctor", *flags, environment={"OAI_USAGE_LEDGER": ledger, "COLUMNS": "200"})
        assert text in done.stdout, done
