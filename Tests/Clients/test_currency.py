"""A second currency by dated rates: each UTC day's dollars at the rate of that day, exact, and never silently 1."""

import csv
import datetime
import json
from decimal import Decimal

import pytest

from conftest import execute, loads, run

DAY = datetime.timedelta(days=1)


@pytest.fixture(scope="module")
def ledger(tmp_path_factory):
    folder = tmp_path_factory.mktemp("currency")
    run("demo", "--calls", "80", "--keep", str(folder))
    return str(folder / "ledger.db")


@pytest.fixture(scope="module")
def rows(ledger):
    return [loads(line) for line in run("calls", "--ledger", ledger, "--format", "jsonl", "--limit", "0").split("\n") if line]


def rates_file(path, rates, code="EUR"):
    path.write_text(json.dumps({code: [{"from": day, "rate": rate} for day, rate in rates]}))
    return str(path)


@pytest.fixture
def rates(rows, tmp_path):
    """A rate for every day of the calls, each another one."""
    days = sorted({row["started_at"][:10] for row in rows})
    found = [(day, f"0.{91 + index}12345{index}") for index, day in enumerate(days)]
    return dict(found), rates_file(tmp_path / "rates.json", found)


def exact(rows, rates):
    return sum((Decimal(row["cost_usd"]) * Decimal(rates[row["started_at"][:10]]) for row in rows if row["cost_usd"]), Decimal(0))


@pytest.mark.parametrize("by", ["project", "model", "project,model", "none", "day", "hour,project", "project,tag:team"])
def test_a_report_converts_each_day_at_its_rate(ledger, rows, rates, by):
    known, file = rates
    report = loads(run("report", "--ledger", ledger, "--period", "all", "--by", by, "--timezone", "Asia/Kathmandu",
                       "--exact-models", "--currency", "EUR", "--currency-rates", file, "--json"))
    assert Decimal(report["totals"]["cost_eur"]) == exact(rows, known)
    assert sum((Decimal(row["cost_eur"] or 0) for row in report["rows"]), Decimal(0)) == exact(rows, known)
    if by == "project":
        for row in report["rows"]:
            assert Decimal(row["cost_eur"]) == exact([one for one in rows if one["project"] == row["project"]], known)
    assert report["currency"]["code"] == "EUR"
    assert {one["from"]: one["rate"] for one in report["currency"]["rates"]}.items() <= {
        day: f"{Decimal(rate).normalize():f}" for day, rate in known.items()}.items()


def test_others_of_the_top_are_in_the_sum(ledger, rows, rates):
    known, file = rates
    report = loads(run("report", "--ledger", ledger, "--period", "all", "--by", "model", "--top", "2", "--currency", "EUR",
                       "--currency-rates", file, "--json"))
    assert len(report["rows"]) == 3 and report["rows"][-1]["others"]
    assert sum((Decimal(row["cost_eur"] or 0) for row in report["rows"]), Decimal(0)) == exact(rows, known)


def test_tables_have_the_column_and_the_rate_of_the_note(ledger, rates):
    known, file = rates
    arguments = ("--ledger", ledger, "--period", "all", "--currency", "EUR", "--currency-rates", file)
    last = max(known)
    for name in ("table", "markdown"):
        result = execute("report", *arguments, "--format", name, "--wide")
        assert result.returncode == 0
        assert "cost eur" in result.stdout.lower()
        assert f"from {last}" in result.stdout + result.stderr and "The ledger is in USD" in result.stdout + result.stderr
    heading = run("report", *arguments, "--format", "csv").splitlines()[0].split(",")
    assert heading[heading.index("cost_usd") + 1] == "cost_eur"


def test_a_charge_back_and_the_rows_agree(ledger, rows, rates):
    known, file = rates
    arguments = ("--ledger", ledger, "--period", "all", "--currency", "EUR", "--currency-rates", file)
    charged = list(csv.DictReader(run("export", "--format", "chargeback", *arguments).splitlines()))
    assert sum((Decimal(row["cost_eur"] or 0) for row in charged), Decimal(0)) == exact(rows, known)
    exported = list(csv.DictReader(run("export", "--format", "csv", *arguments).splitlines()))
    assert sum((Decimal(row["cost_eur"] or 0) for row in exported), Decimal(0)) == exact(rows, known)
    for row in exported:
        assert bool(row["cost_eur"]) == bool(row["cost_usd"])
    listed = [loads(line) for line in run("calls", "--limit", "0", "--format", "jsonl", "--ledger", ledger, "--currency", "EUR",
                                          "--currency-rates", file).split("\n") if line]
    assert sum((Decimal(row["cost_eur"] or 0) for row in listed), Decimal(0)) == exact(rows, known)


def test_a_day_before_the_first_rate_is_never_converted(ledger, rows, tmp_path):
    after = datetime.date.fromisoformat(max(row["started_at"][:10] for row in rows)) + DAY
    file = rates_file(tmp_path / "late.json", [(str(after), "0.9")])
    arguments = ("--ledger", ledger, "--period", "all", "--currency", "EUR", "--currency-rates", file)
    for command in (("report",), ("export", "--format", "chargeback")):
        result = execute(*command, *arguments)
        assert result.returncode == 1 and str(after) in result.stderr and "no rate of EUR" in result.stderr and "$" in result.stderr
    result = execute("export", "--format", "csv", *arguments)
    assert result.returncode == 0 and "no rate" in result.stderr
    assert not any(row["cost_eur"] for row in csv.DictReader(result.stdout.splitlines()))


@pytest.mark.parametrize("text, words", [
    ("[]", "object"), ('{"EUR": 0.9}', "list"), ('{"EUR": []}', "list"), ('{"EUR": [{"from": "2026-1-1", "rate": "1"}]}', "2026-01-01"),
    ('{"EUR": [{"from": "2026-01-01", "rate": "0"}]}', "above 0"), ('{"EUR": [{"from": "2026-01-01", "rate": "-1"}]}', "above 0"),
    ('{"EUR": [{"from": "2026-01-01", "rate": "x"}]}', "decimal"), ('{"EUR": [{"from": "2026-01-01"}]}', "rate"),
    ('{"EUR": [{"from": "2026-01-01", "rate": "1"}, {"from": "2026-01-01", "rate": "2"}]}', "two rates"),
    ('{"USD": [{"from": "2026-01-01", "rate": "1"}]}', "USD"), ('{"euro": []}', "code"), ("{", ""),
    ('{"GBP": [{"from": "2026-01-01", "rate": "0.8"}]}', "has GBP"), ('{"EUR": [{"from": "2026-01-01", "rate": "0.123456789"}]}', "digits"),
])
def test_a_mistake_in_the_rates_is_named(ledger, tmp_path, text, words):
    path = tmp_path / "rates.json"
    path.write_text(text)
    result = execute("report", "--ledger", ledger, "--currency", "EUR", "--currency-rates", str(path))
    assert result.returncode == 1 and words in result.stderr and str(path) in result.stderr


def test_flags_that_do_not_fit_are_refused(ledger, tmp_path):
    for arguments in (("--currency", "USD"), ("--currency", "euro"), ("--currency-rates", "x.json"), ("--currency", "EUR", "--format", "focus")):
        assert execute("report", "--ledger", ledger, *arguments).returncode == 64
    result = execute("report", "--ledger", ledger, "--currency", "EUR")
    assert result.returncode == 1 and "--currency-rates" in result.stderr


def test_the_setting_names_the_file(ledger, rates, tmp_path):
    configuration = tmp_path / "config.json"
    configuration.write_text(json.dumps({"currency-rates": rates[1]}))
    report = loads(run("report", "--ledger", ledger, "--period", "all", "--currency", "EUR", "--config", str(configuration), "--json"))
    assert "cost_eur" in report["totals"]
