"""Discounts on list prices: the whole book, a model, a tool, a project; exact, explained, and never the wrong way round."""

import json
from decimal import Decimal

import pytest

from conftest import execute, loads, run

HEAD = {"schema": "openai-prices/1", "as_of": "2026-11-24", "currency": "USD"}


def price_file(path, **members):
    path.write_text(json.dumps({**HEAD, **members}))
    return str(path)


@pytest.fixture(scope="module")
def ledger(tmp_path_factory):
    folder = tmp_path_factory.mktemp("discounts")
    run("demo", "--calls", "60", "--keep", str(folder))
    return str(folder / "ledger.db")


def rows(ledger, *arguments):
    return [loads(line) for line in run("calls", "--ledger", ledger, "--format", "jsonl", "--limit", "0", *arguments).splitlines()]


def explanation(identity, ledger, *arguments):
    return loads(run("prices", "explain", identity, "--ledger", ledger, "--format", "json", *arguments))


def test_every_line_bears_the_discount_of_the_most_specific_level(ledger, tmp_path):
    chosen = next(row for row in rows(ledger) if row["cost_usd"] and row["model"] and row["model"].startswith("gpt-4o-mini-2"))
    file = price_file(
        tmp_path / "prices.json", discount=0.9, models=[{"id": "gpt-4o-mini", "discount": "0.8"}],
        projects={chosen["project"]: {"discount": 0.75, "models": [{"id": "gpt-4o-mini", "discount": 0.7}]}})
    seen = set()
    for row in rows(ledger):
        book, ours = explanation(row["id"], ledger), explanation(row["id"], ledger, "--prices", file)
        for before, after in zip(book["lines"], ours["lines"], strict=True):
            if before["part"] == "provider":
                assert before == after
                continue
            found = [one for one in after["modifiers"] if one["name"] == "discount"]
            assert len(found) == 1, "discounts do not multiply"
            is_model, is_project = after["model"] == "gpt-4o-mini", row["project"] == chosen["project"]
            level, factor = (("project_model", "0.7") if is_model else ("project", "0.75")) if is_project else (
                ("model", "0.8") if is_model else ("book", "0.9"))
            assert (found[0]["level"], found[0]["factor"]) == (level, factor)
            assert before["price_usd"] == after["price_usd"], "the line keeps the list price"
            product = Decimal(after["quantity"]) * Decimal(after["price_usd"]) / after["units_per_price"]
            for modifier in after["modifiers"]:
                product *= Decimal(modifier["factor"] or 1)
            assert abs(product - Decimal(after["subtotal_usd"])) <= Decimal("5e-13")
            seen.add(level)
        assert sum((Decimal(line["subtotal_usd"]) for line in ours["lines"]), Decimal(0)) == Decimal(ours["book"]["cost_usd"] or 0)
    assert {"book", "model", "project"} <= seen | {"model"} and "project_model" in seen


def test_the_days_of_a_discount_keep_the_past(ledger, tmp_path):
    row = next(row for row in rows(ledger) if row["cost_status"] == "exact" and row["input_tokens"] and row["endpoint"] == "chat.completions")
    day = row["started_at"][:10]
    old = price_file(tmp_path / "old.json", discount=[{"from": None, "to": "2020-12-31", "factor": "0.5"}])
    new = price_file(tmp_path / "new.json", discount=[{"from": day, "to": None, "factor": "0.5"}])
    assert explanation(row["id"], ledger, "--prices", old)["is_same"]
    assert not explanation(row["id"], ledger, "--prices", new)["is_same"]


def test_the_version_changes_with_a_discount(tmp_path):
    def version(**members):
        return loads(run("prices", "show", "gpt-4o-mini", "--format", "json", "--prices", price_file(tmp_path / "p.json", **members)))
    first, second, none = version(discount=0.8), version(discount=0.81), version()
    assert len({first["price_version"], second["price_version"], none["price_version"]}) == 3
    assert first["discounts"] == [{"level": "book", "from": None, "to": None, "factor": "0.8"}] and "discounts" not in none


@pytest.mark.parametrize("value", [1.2, "20%", -0.2, 0, "cheap", 20, True, "8e-1", "0.1234567"])
def test_what_is_no_discount_is_refused_with_the_remedy(tmp_path, value):
    result = execute("prices", "check", price_file(tmp_path / "p.json", discount=value))
    assert result.returncode == 1 and "discount" in result.stdout
    if value is not True:
        assert "0.80" in result.stdout and "20 % off" in result.stdout


def test_a_discount_that_may_be_meant_the_other_way_round_is_named(tmp_path):
    result = execute("prices", "check", price_file(tmp_path / "p.json", discount=0.05))
    assert result.returncode == 0
    assert "95 % off" in result.stdout and "0.95" in result.stdout
    assert execute("prices", "check", "--strict", price_file(tmp_path / "p.json", discount=0.05)).returncode == 2


def test_a_discount_of_an_unknown_model_is_named(tmp_path):
    result = execute("prices", "check", price_file(tmp_path / "p.json", models=[{"id": "gpt-nope", "discount": 0.9}]))
    assert result.returncode == 0 and "gpt-nope" in result.stdout and "no call" in result.stdout


def test_the_difference_of_two_files_says_the_discount(tmp_path):
    old = price_file(tmp_path / "old.json", discount=0.9)
    new = price_file(tmp_path / "new.json", discount=0.8, projects={"proj_a": {"discount": 0.7}})
    text = run("prices", "diff", old, new)
    assert "0.9" in text and "0.8" in text and "proj_a" in text and "0.7" in text


def test_an_upper_bound_is_discounted_too(ledger, tmp_path):
    unknown = [row for row in rows(ledger) if row["cost_upper_bound_usd"]] if "cost_upper_bound_usd" in rows(ledger)[0] else []
    file = price_file(tmp_path / "p.json", discount="0.5")
    for row in unknown:
        ours = explanation(row["id"], ledger, "--prices", file)["book"]["cost_upper_bound_usd"]
        assert Decimal(ours) * 2 - Decimal(row["cost_upper_bound_usd"]) in (Decimal(0), Decimal("1e-12"))


def test_a_repriced_ledger_has_the_discount_in_its_sums_and_its_exports(ledger, tmp_path):
    copy = str(tmp_path / "copy.db")
    run("ledger", "backup", copy, "--ledger", ledger)
    file = price_file(tmp_path / "p.json", discount=0.8)
    before = loads(run("report", "--ledger", copy, "--since", "7d", "--format", "json"))["totals"]["cost_usd"]
    run("reprice", "--since", "30d", "--ledger", copy, "--prices", file)
    after = loads(run("report", "--ledger", copy, "--since", "7d", "--format", "json"))["totals"]["cost_usd"]
    assert Decimal(after) < Decimal(before)
    lines = run("export", "--format", "focus", "--ledger", copy, "--since", "7d", "--prices", file).splitlines()
    import csv
    found = [row for row in csv.DictReader(lines) if row["ListCost"] and Decimal(row["ListCost"]) > 0 and "discount" in row["SkuPriceDetails"]]
    assert found
    for row in found:
        assert Decimal(row["ContractedUnitPrice"]) == Decimal(row["ListUnitPrice"]) * Decimal("0.8")
        assert abs(Decimal(row["EffectiveCost"]) - Decimal(row["ListCost"]) * Decimal("0.8")) < Decimal("1e-9")
