"""Ledgers that older releases wrote themselves, with the answers that those releases gave.

Each archive in `ledgers/` holds the files of three ledgers: the demo's, a gateway's that was stopped, and one whose gateway was
killed in the middle of its work. Beside each stand `calls --format jsonl` and `report --format json` of the program that wrote
it. What differs today is listed here, and nothing else may.
"""

import json
import math
import os
import shutil
import subprocess
import tarfile
from decimal import Decimal
from pathlib import Path

import pytest

from conftest import BINARY, loads
from ledger_files import assert_sound, calls, report

ARCHIVES = sorted((Path(__file__).parent / "ledgers").glob("schema-*.tar.gz"))
ZONE = "Asia/Kathmandu"
# Keys that older releases did not write for a call, with their value where it was not kept at all.
ADDED = {
    "background_window": None, "upstream_service_ms": None, "request_bytes": None, "max_output_tokens": None, "request_options": {},
    "edge_request_id": None, "trace_id": None, "counted": True, "cost_upper_bound_usd": None,
}
# They were kept, and not shown.
UNSHOWN = {"host", "cost_reason", "diagnostics"}
ADDED_TO_REPORTS = {
    "error_duration_ms", "partial_calls", "unknown_cost_upper_bound_usd", "unbounded_calls", "unpriced_upper_bound_usd", "other_calls",
    "open_calls",
}
# Percentiles are those of completed calls today; older releases counted failed ones, too.
PERCENTILES = {"duration_ms", "processing_ms", "time_to_first_token_ms"}


def known(row, key):
    """A value as it is written today: the first releases wrote money as text."""
    return Decimal(row[key]) if key.endswith("_usd") and isinstance(row[key], str) else row[key]


@pytest.fixture(params=[(path, name) for path in ARCHIVES for name in ("demo", "gateway", "killed")], ids=lambda p: f"{p[0].name[:8]}-{p[1]}")
def old(request, tmp_path):
    """The path of a copy of an old ledger, its calls, and its reports by their dimensions."""
    archive, name = request.param
    with tarfile.open(archive) as file:
        file.extractall(tmp_path / "archive", filter="data")
    folder = tmp_path / "ledger"
    folder.mkdir()
    for path in (tmp_path / "archive").glob(f"{name}.db*"):
        shutil.copy(path, folder / f"ledger.db{path.name.removeprefix(f'{name}.db')}")
    calls = [loads(line) for line in (tmp_path / "archive" / f"{name}.calls.jsonl").read_text().split("\n") if line]
    reports = loads((tmp_path / "archive" / f"{name}.reports.json").read_text())
    assert len(calls) > 40 and len(reports) == 9
    return folder / "ledger.db", calls, reports


def percentiles(rows, key):
    values = sorted(row[key] for row in rows if row["outcome"] == "completed" and row[key] is not None)
    if not values:
        return {"p50": None, "p95": None, "p99": None}
    return {f"p{part}": values[max(0, math.ceil(len(values) * part / 100) - 1)] for part in (50, 95, 99)}


def compare_row(old, new, rows):
    for key in old.keys() | new.keys():
        if key in PERCENTILES:
            assert rows is None or new[key] == percentiles(rows, key), key
        elif key == "cost_usd" and new[key] is None:
            # A sum of which nothing is known was 0 in the first release.
            assert known(old, key) in (0, None)
            assert new["calls_without_usage"] + new["unpriced_calls"] + new["other_calls"] + new["open_calls"] > 0
        elif key in old:
            assert new[key] == known(old, key), key
        else:
            assert key in ADDED_TO_REPORTS, key


def compare(path, old_calls, old_reports):
    new_calls = calls(path)
    assert [row["id"] for row in new_calls] == [row["id"] for row in old_calls]
    for old, new in zip(old_calls, new_calls):
        for key in old.keys() | new.keys() - UNSHOWN:
            expected = known(old, key) if key in old else ADDED[key]
            assert new[key] == expected, (old["id"], key)
    for by, old in old_reports.items():
        new = report(path, by, "--since", "2026-01-01", "--timezone", ZONE)
        assert new["from"] == old["from"] and new["group_by"] == old["group_by"]
        compare_row(old["totals"], new["totals"], new_calls)

        def group(row):
            return json.dumps([row[name] for name in by.split(",")])

        found = {group(row): row for row in new["rows"]}
        assert len(found) == len(new["rows"]) == len(old["rows"])
        for row in old["rows"]:
            compare_row(row, found[group(row)], None)


@pytest.mark.parametrize("by", ["reader", "writer"])
def test_a_migrated_ledger_gives_the_answers_of_the_release_that_wrote_it(old, by, start, simulator):
    path, old_calls, old_reports = old
    if by == "writer":
        gateway = start(simulator.url, ledger=path)
        assert gateway.stop() == 0, gateway.log.read_text()
        # A writer knows that no call is in flight any more.
        in_flight = [row for row in old_calls if row["outcome"] == "open"]
        for row in in_flight:
            row["outcome"] = "interrupted"
        if in_flight:
            old_reports = {}
    compare(path, old_calls, old_reports)
    assert_sound(path)
    assert not [name for name in os.listdir(path.parent) if "upgrade" in name or "queue" in name]
    # The second time nothing is left to be done.
    compare(path, old_calls, {})


def test_an_old_ledger_that_cannot_be_written_to_gives_the_same_answers(old, tmp_path):
    path, old_calls, old_reports = old
    if Path(f"{path}-wal").exists():
        pytest.skip("records beside a ledger that cannot be written to are another matter")
    place = tmp_path / "medium"
    place.mkdir()
    if subprocess.run(["mount", "--bind", "-o", "ro", path.parent, place], capture_output=True).returncode != 0:
        pytest.skip("mounting is not allowed here")
    try:
        compare(place / "ledger.db", old_calls, {by: old_reports[by] for by in ("project", "hour")})
    finally:
        subprocess.run(["umount", "-l", place])
    assert sorted(os.listdir(path.parent)) == ["ledger.db"]


def test_a_kill_within_a_migration_loses_nothing(old):
    """A migration is killed again and again, each time later, until one comes to its end."""
    path, old_calls, old_reports = old
    environment = {**os.environ, "OAI_USAGE_LEDGER": str(path)}
    for number in range(1, 40):
        process = subprocess.Popen([BINARY, "report"], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            assert process.wait(timeout=number * 0.01) == 0
            break
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    compare(path, old_calls, {"model": old_reports["model"]})
    assert_sound(path)
