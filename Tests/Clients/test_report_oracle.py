"""Reports of every kind beside the same question in SQL, over rows that were exported, in the zones where days are not 24 hours.

The ledger is one of an older schema with made-up rows of a year, which the program migrates. Reports over more than 10,000 calls
come from its rollups, those over fewer from its rows.
"""

import datetime
import json
import os
import random
import shutil
import sqlite3
import tarfile
import time
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import pytest

from ledger_files import PICO, calls, report

SEED = int(os.environ.get("OAI_USAGE_SEED", time.time_ns() % 1_000_000))
ROWS = 12_500
REPORTS = int(os.environ.get("OAI_USAGE_REPORTS", "45"))
ARCHIVE = Path(__file__).parent / "ledgers" / "schema-3.tar.gz"
UTC = datetime.timezone.utc
ZONES = [
    "UTC", "Asia/Kathmandu", "Australia/Lord_Howe", "America/St_Johns", "Europe/Berlin", "America/New_York", "Pacific/Apia",
    "Pacific/Chatham", "America/Sao_Paulo", "Asia/Tehran",
]
# Days of 23, 25, 24.5 and 23.5 hours, and the ends of months, weeks and the year.
DAYS = ["2026-03-08", "2026-03-29", "2026-04-05", "2026-10-04", "2026-10-25", "2026-11-01", "2026-02-28", "2026-05-31", "2026-12-31"]
ERRORS = ("error", "cut", "timeout", "unreachable")
WITHOUT_USAGE = ("null", "missing", "cut", "unparsable")
COLUMNS = {
    "project": "project", "model": "model", "endpoint": "endpoint", "organization": "organization", "key": "key", "client": "client",
    "host": "host", "tier": "service_tier", "outcome": "outcome", "tag:team": "team",
}
PERIODS = ("hour", "day", "week", "month")
LATENCIES = ("duration_ms", "processing_ms", "time_to_first_token_ms")


def micros(day, seconds=0, zone=UTC):
    moment = datetime.datetime.fromisoformat(day).replace(tzinfo=zone)
    return int(moment.timestamp()) * 1_000_000 + int(seconds * 1_000_000)


def row(number, generator):
    """A made-up row of schema 3."""
    if generator.random() < 0.6:
        start = micros(generator.choice(DAYS), generator.uniform(-86_400, 2 * 86_400))
    else:
        start = micros("2026-01-01", generator.uniform(0, 364 * 86_400))
    if generator.random() < 0.2:
        start -= start % 900_000_000
    outcome = generator.choices(
        ["completed", "error", "cut", "client_disconnected", "timeout", "unreachable", "open", "interrupted"], [80, 8, 3, 3, 1, 1, 1, 1]
    )[0]
    reported = generator.random() < 0.9
    status = generator.choices(["exact", "partial", "unpriced", "free", "none"], [80, 5, 5, 5, 5])[0]
    tags = generator.choice([None, None, {"team": "red"}, {"team": "blue", "feature": "x"}])
    return {
        "id": (start << 11) | (number & 0x7FF), "started_at": start, "attempt": 0, "source": "gateway", "method": "POST", "path": "/v1/x",
        "client": generator.choice(["OpenAI/Python 1.0", "curl/8", None]), "host": generator.choice(["api.openai.com", "eu.api.openai.com"]),
        "endpoint": generator.choice(["chat.completions", "responses", "embeddings", "other"]), "is_stream": generator.randrange(2),
        "organization": generator.choice(["acme", "umbrella", None]), "project": generator.choice(["proj_a", "proj_b", "проект", "default"]),
        "key": generator.choice(["sk-proj-...abcd #0123456789ab", "sk-...wxyz #fedcba987654", None]),
        "tags": tags and json.dumps(tags, separators=(",", ":")), "request_model": "gpt-4o",
        "model": generator.choice(["gpt-4o-2024-08-06", "gpt-5", None]), "service_tier": generator.choice(["default", "flex", None]),
        "status": 200, "outcome": outcome, "usage_state": "reported" if reported else generator.choice(WITHOUT_USAGE),
        "input_tokens": generator.randrange(10**6) if reported else None, "output_tokens": generator.randrange(10**4) if reported else None,
        "cached_input_tokens": generator.randrange(100) if reported and generator.random() < 0.5 else None,
        "reasoning_tokens": generator.randrange(100) if reported and generator.random() < 0.3 else None,
        "cost_pico_usd": generator.randrange(10**13) if reported and status in ("exact", "partial") else None, "cost_status": status,
        "duration_us": int(generator.lognormvariate(13, 1.5)), "processing_us": generator.choice([None, generator.randrange(10**6) // 1000 * 1000]),
        "time_to_first_token_us": generator.choice([None, int(generator.lognormvariate(12, 1))]), "is_counted": int(generator.random() < 0.97),
        "request_id": f"req_{number:032x}",
    }


@pytest.fixture(scope="module")
def ledger(tmp_path_factory):
    """The path of a ledger, and its rows as they were exported."""
    folder = tmp_path_factory.mktemp("oracle")
    with tarfile.open(ARCHIVE) as file:
        file.extractall(folder / "archive", filter="data")
    path = folder / "ledger.db"
    shutil.copy(folder / "archive" / "demo.db", path)
    generator = random.Random(SEED)
    made = [row(number, generator) for number in range(ROWS)]
    made = list({row["id"]: row for row in made}.values())
    database = sqlite3.connect(path)
    for table in ("call", "identifier", "unsealed", "quarantine", "late_call"):
        database.execute(f"DELETE FROM {table}")
    names = list(made[0])
    database.executemany(f"INSERT INTO call({', '.join(names)}) VALUES({', '.join(':' + name for name in names)})", made)
    database.commit()
    database.close()
    exported = calls(path)
    assert len(exported) == len(made)
    by_id = {f"{row['id']:016x}": row for row in made}
    for found in exported:
        expected = by_id[found["id"]]
        assert (found["project"], found["input_tokens"], found["outcome"]) == (expected["project"], expected["input_tokens"], expected["outcome"])
        assert (found["cost_usd"] is None) == (expected["cost_pico_usd"] is None)
    return path, exported


def period_names(start, zone):
    """The hour, day, ISO week and month of a time on a zone's clocks."""
    local = datetime.datetime.fromtimestamp(start / 1_000_000, zone)
    offset = local.strftime("%z")
    year, week, _ = local.isocalendar()
    return (
        local.strftime(f"%Y-%m-%dT%H:00{offset[:3]}:{offset[3:5]}"), local.strftime("%Y-%m-%d"), f"{year:04d}-W{week:02d}",
        local.strftime("%Y-%m"),
    )


@pytest.fixture(scope="module")
def oracle(ledger, tmp_path_factory):
    """DuckDB with the exported rows, and the names of their periods in every zone."""
    path = tmp_path_factory.mktemp("duckdb") / "rows.jsonl"
    zones = [ZoneInfo(name) for name in ZONES]
    with open(path, "w") as file:
        for found in ledger[1]:
            start = round(datetime.datetime.fromisoformat(found["started_at"].replace("Z", "+00:00")).timestamp() * 1_000_000)
            line = {name: found[name] for name in set(COLUMNS.values()) - {"team"}}
            line |= {name: found[name] for name in ("input_tokens", "output_tokens", "cached_input_tokens", "reasoning_tokens", "counted")}
            line |= {name: found[name] for name in ("usage_state", "cost_status")}
            # A call without an answered model counts to the requested one.
            line["model"] = found["model"] or found["request_model"]
            line |= {"start": start, "team": found["tags"].get("team")}
            line["cost"] = None if found["cost_usd"] is None else int(Decimal(found["cost_usd"]) / PICO)
            for name in LATENCIES:
                line[name] = None if found[name] is None else int(Decimal(found[name]) * 1000)
            for number, zone in enumerate(zones):
                line |= {f"{name}{number}": value for name, value in zip(PERIODS, period_names(start, zone))}
            file.write(json.dumps(line) + "\n")
    whole = {"start", "cost", "input_tokens", "output_tokens", "cached_input_tokens", "reasoning_tokens", *LATENCIES}
    types = {name: "BIGINT" if name in whole else "BOOLEAN" if name == "counted" else "VARCHAR" for name in line}
    database = duckdb.connect()
    database.execute("SET threads = 1")
    database.execute(f"CREATE TABLE rows AS SELECT * FROM read_json('{path}', format = 'newline_delimited', columns = {types})")
    return database


def expected_rows(oracle, dimensions, zone, start, end, filters):
    names = [COLUMNS.get(name) or f"{name}{ZONES.index(zone)}" for name in dimensions]
    group = ", ".join(names)
    conditions, values = ["start >= ?", "start < ?"], [start, end]
    for column, wanted in filters:
        conditions.append(f"{column} IN ({', '.join('?' for _ in wanted)})")
        values += wanted
    ended = "outcome <> 'open'"
    counts = f"{ended} AND counted"
    sums = ", ".join(f"sum({name}) FILTER ({counts})" for name in ("input_tokens", "cached_input_tokens", "output_tokens", "reasoning_tokens", "cost"))
    lists = ", ".join(f"list({name} ORDER BY {name}) FILTER (outcome = 'completed' AND {name} IS NOT NULL)" for name in LATENCIES)
    return oracle.execute(
        f"""
        SELECT {group + ', ' if group else ''} count(*) FILTER ({ended}), count(*) FILTER (outcome IN {ERRORS}),
            count(*) FILTER ({counts} AND cost_status IN ('unpriced', 'partial')), count(*) FILTER ({counts} AND cost_status = 'partial'),
            count(*) FILTER ({counts} AND usage_state IN {WITHOUT_USAGE}),
            count(*) FILTER ({counts} AND endpoint = 'other' AND outcome NOT IN ('error', 'unreachable')),
            count(*) FILTER (outcome = 'open'), {sums}, {lists}
        FROM rows WHERE {' AND '.join(conditions)} {'GROUP BY ALL' if group else ''}
        """,
        values,
    ).fetchall()


def assert_percentiles(found, values, context):
    for part in (50, 95, 99):
        got = found[f"p{part}"]
        if not values:
            assert got is None, context
            continue
        exact = values[(len(values) * part + 99) // 100 - 1]
        assert abs(int(Decimal(got) * 1000) - exact) <= max(1, exact // 100), (context, part, got, exact)


def assert_equal(found, expected, context):
    counts, sums, lists = expected[:7], expected[7:12], expected[12:]
    keys = ("calls", "errors", "unpriced_calls", "partial_calls", "calls_without_usage", "other_calls", "open_calls")
    assert tuple(found[key] for key in keys) == counts, context
    tokens = ("input_tokens", "cached_input_tokens", "output_tokens", "reasoning_tokens")
    assert tuple(found[key] for key in tokens) == sums[:4], context
    _, _, unpriced, _, without, others, in_flight = counts
    if sums[4] is not None:
        assert Decimal(found["cost_usd"]) == sums[4] * PICO, context
    else:
        assert found["cost_usd"] == (None if unpriced + without + others + in_flight else 0), context
    for name, values in zip(LATENCIES, lists):
        assert_percentiles(found[name], values, (context, name))


def question(generator):
    """A report that somebody might ask for: its dimensions, zone, range and filters."""
    zone = generator.choice(ZONES)
    dimensions = generator.sample([*COLUMNS, *PERIODS], generator.choice([1, 1, 2, 3]))
    arguments, filters = [], []
    kind = generator.randrange(4)
    if kind == 0:
        start, end = micros("2025-12-01"), micros("2027-02-01")
        arguments += ["--since", "2025-12-01T00:00:00Z", "--until", "2027-02-01T00:00:00Z"]
    elif kind == 1:
        # A few whole days of the zone around one that is not of 24 hours.
        day = datetime.date.fromisoformat(generator.choice(DAYS))
        first, last = (day + datetime.timedelta(days=distance) for distance in (-generator.randrange(3), 1 + generator.randrange(3)))
        start, end = (micros(str(date), zone=ZoneInfo(zone)) for date in (first, last))
        arguments += ["--since", str(first), "--until", str(last)]
    else:
        # Any second, also within a quarter of an hour; nearly everything, or a part.
        edges = [generator.uniform(-5, 40), generator.uniform(300, 370)] if kind == 2 else sorted(generator.uniform(0, 365) for _ in range(2))
        start, end = (micros("2026-01-01", int(edge * 86_400)) for edge in edges)
        for name, edge in (("--since", start), ("--until", end)):
            arguments += [name, datetime.datetime.fromtimestamp(edge / 1_000_000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")]
    for option, column, values in (
        ("--project", "project", ["proj_a", "проект"]), ("--model", "model", ["gpt-5"]), ("--endpoint", "endpoint", ["responses", "other"]),
        ("--outcome", "outcome", ["completed", "error", "open"]), ("--tag", "team", ["red"]),
    ):
        if generator.random() < 0.15:
            filters.append((column, values))
            for value in values:
                arguments += [option, f"team={value}" if option == "--tag" else value]
    return dimensions, zone, start, end, filters, [*arguments, "--timezone", zone]


def test_reports_say_what_sql_says(ledger, oracle):
    path, _ = ledger
    generator = random.Random(SEED)
    asked = dict.fromkeys([*COLUMNS, *PERIODS], 0)
    total_calls = []
    for number in range(REPORTS):
        dimensions, zone, start, end, filters, arguments = question(generator)
        # Each dimension is asked for sooner or later.
        dimensions[0] = list(asked)[number % len(asked)]
        dimensions = list(dict.fromkeys(dimensions))
        context = f"seed {SEED}, question {number}: --by {','.join(dimensions)} {' '.join(arguments)}"
        told = report(path, ",".join(dimensions), *arguments)
        expected = {line[: len(dimensions)]: line[len(dimensions):] for line in expected_rows(oracle, dimensions, zone, start, end, filters)}
        found = {tuple(line[name] for name in dimensions): line for line in told["rows"]}
        assert len(found) == len(told["rows"]), context
        assert found.keys() == expected.keys(), context
        for group, line in found.items():
            assert_equal(line, expected[group], (context, group))
        [totals] = expected_rows(oracle, [], zone, start, end, filters)
        assert_equal(told["totals"], totals, context)
        if start < end:
            total_calls.append(totals[0])
        for name in dimensions:
            asked[name] += 1
    print(f"seed {SEED}: {REPORTS} reports over {min(total_calls)} to {max(total_calls)} calls")
    assert all(asked.values())
    # Both ways were taken.
    assert min(total_calls) < 10_000 < max(total_calls)




@pytest.mark.parametrize("zone", ["Asia/Kathmandu", "Australia/Lord_Howe", "America/St_Johns", "Pacific/Chatham"])
def test_days_add_up_to_the_range(ledger, zone):
    """The year by days and by hours: each day has its own 23 to 25 hours, and together they are everything."""
    path, rows = ledger
    arguments = ["--since", "2025-12-01T00:00:00Z", "--until", "2027-02-01T00:00:00Z", "--timezone", zone]
    by_day, by_hour = report(path, "day", *arguments), report(path, "hour", *arguments)
    assert by_day["totals"] == by_hour["totals"]
    for told in (by_day, by_hour):
        assert sum(line["calls"] + line["open_calls"] for line in told["rows"]) == len(rows)
        for name in ("calls", "input_tokens", "output_tokens", "cost_usd", "errors", "unpriced_calls"):
            assert sum(line[name] or 0 for line in told["rows"]) == told["totals"][name], name
    hours = {}
    for line in by_hour["rows"]:
        hours[line["hour"][:10]] = hours.get(line["hour"][:10], 0) + line["calls"]
    assert hours == {line["day"]: line["calls"] for line in by_day["rows"]}
