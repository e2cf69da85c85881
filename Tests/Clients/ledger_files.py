"""What a ledger's file holds, as SQLite itself tells it, beside what the program reports of it."""

import sqlite3
from decimal import Decimal

from conftest import loads, run

PICO = Decimal(10) ** -12
GROUPS = "project,model,outcome"


def connect(path):
    return sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)


def calls(path, *arguments):
    """The rows as the program lists them, with money that keeps every digit."""
    text = run("calls", "--ledger", str(path), "--format", "jsonl", "--limit", "0", *arguments)
    # Not splitlines(), which takes other characters for line ends, too.
    return [loads(line) for line in text.split("\n") if line]


def report(path, by, *arguments):
    """Over everything, with every snapshot of a model by itself, as SQL groups them."""
    everything = [] if "--since" in arguments or "--until" in arguments else ["--period", "all"]
    return loads(run("report", "--ledger", str(path), "--format", "json", "--by", by, "--exact-models", *everything, *arguments))


def dollars(pico):
    return None if pico is None else Decimal(pico) * PICO


def assert_sound(path):
    """Checks the file's integrity, that no call is in it twice, and that a report says what its rows say.

    Over more than 10,000 rows the report is one of the rollups.
    """
    told = report(path, GROUPS)
    database = connect(path)
    try:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        rows = database.execute(
            """
            SELECT project, model, outcome, count(*), sum(input_tokens) FILTER (WHERE counted),
                sum(output_tokens) FILTER (WHERE counted), sum(cost_pico_usd) FILTER (WHERE counted)
            FROM calls WHERE outcome <> 'open' GROUP BY 1, 2, 3
            """
        ).fetchall()
        repeated = database.execute(
            "SELECT request_id, count(*) FROM calls WHERE request_id IS NOT NULL GROUP BY 1 HAVING count(*) > 1"
        ).fetchall()
        in_flight = database.execute("SELECT count(*) FROM calls WHERE outcome = 'open'").fetchone()[0]
    finally:
        database.close()
    assert repeated == []
    expected = {row[:3]: (row[3], row[4], row[5], dollars(row[6])) for row in rows}
    found = {
        (row["project"], row["model"], row["outcome"]):
            (row["calls"], row["input_tokens"], row["output_tokens"], row["cost_usd"])
        for row in told["rows"] if row["outcome"] != "open"
    }
    assert found.keys() == expected.keys()
    for key, (count, inputs, outputs, cost) in expected.items():
        # A cost of nothing known is 0 if nothing is unknown.
        assert found[key][:3] == (count, inputs, outputs) and (found[key][3] or 0) == (cost or 0), (key, found[key], expected[key])
    assert told["totals"]["calls"] == sum(row[3] for row in rows)
    assert told["totals"]["open_calls"] == in_flight
    return told["totals"]["calls"]
