"""Fills a ledger through the writer that ships, and measures size, ingest and reports beside others."""

import argparse
import csv
import decimal
import json
import os
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

import duckdb

parser = argparse.ArgumentParser()
parser.add_argument("--rows", type=int, default=1_000_000)
parser.add_argument("--keep", help="leave the ledger here, or use the one that is here")
parser.add_argument("--oai-usage", default=".build/release/oai-usage")
parser.add_argument("--fill", required=True)
parser.add_argument("--insert", required=True)
options = parser.parse_args()

folder = tempfile.mkdtemp(prefix="oai-usage-ledger-")
ledger = os.path.abspath(options.keep) if options.keep else f"{folder}/ledger.db"
missed = []


def bar(name, value, limit, unit, digits=1):
    is_met = value <= limit
    if not is_met:
        missed.append(name)
    print(f"{name:44} {value:12,.{digits}f} {unit:8} bar {limit:,g}{'' if is_met else '   MISSED'}", flush=True)


def cli(*arguments, runs=5):
    """The median of the wall time of a cold process in ms, its output, and the most memory that it took in MB."""
    times, output = [], b""
    for _ in range(runs):
        start = time.monotonic()
        output = subprocess.run([options.oai_usage, *arguments], stdout=subprocess.PIPE, check=True).stdout
        times.append((time.monotonic() - start) * 1000)
    # What this program has used counts for the process that it starts, and would hide what that one uses.
    code = (
        "import resource, subprocess, sys; subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True); "
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    watcher = [sys.executable, "-I", "-S", "-c", code, options.oai_usage, *arguments]
    memory = int(subprocess.check_output(watcher)) / 1024
    return sorted(times)[len(times) // 2], output, memory


if not os.path.exists(ledger):
    seconds = float(subprocess.check_output([options.fill, str(options.rows), ledger]))
    rate = options.rows / seconds
    is_fast = rate >= 150_000
    print(f"{'ingest through the writer':44} {rate:12,.0f} rows/s   bar 150,000{'' if is_fast else '   MISSED'}")
    if not is_fast:
        missed.append("ingest")
    count, alone, both = subprocess.check_output([options.insert, ledger, f"{folder}/plain.db"]).split()
    bar("ingest beside the C loop", seconds / (float(both) - float(alone)), 3, "times", 2)
    plain = os.path.getsize(f"{folder}/plain.db") / options.rows
    os.unlink(f"{folder}/plain.db")
    print(f"{'a row in the C table, without any index':44} {plain:12,.1f} bytes")

database = sqlite3.connect(f"file:{ledger}?mode=ro", uri=True)
rows = database.execute("SELECT count(*) FROM call").fetchone()[0]
bar("a row, everything included", os.path.getsize(ledger) / rows, 200, "bytes")
first, last = database.execute("SELECT min(id) >> 11, max(id) >> 11 FROM call").fetchone()
iso = lambda micros: time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(micros // 1_000_000))
whole = ["--since", iso(first), "--until", iso(last + 2_000_000)]
month = ["--since", iso(last - 30 * 86_400_000_000 - 12_345_678), "--until", iso(last)]
day = ["--since", iso(first + 20 * 86_400_000_000 + 1_234_000_000), "--until", iso(first + 21 * 86_400_000_000 + 1_234_000_000)]
middle = database.execute("SELECT id FROM call WHERE id > ? LIMIT 1", [(first + last) // 2 << 11]).fetchone()[0]
identity = database.execute(
    "SELECT 'req_' || lower(hex(substr(request_id, 2))) FROM call WHERE id = ?", [middle]).fetchone()[0]
option = ["--ledger", ledger]
elapsed, output, memory = cli("report", *option, "--by", "project", *whole, "--format", "json")
bar("report --by project, everything", elapsed, 50, "ms")
bar("its memory", memory, 40, "MB")
report = json.loads(output, parse_float=decimal.Decimal, parse_int=decimal.Decimal)
bar("report --by model,day, 30 days", cli("report", *option, "--by", "model,day", *month)[0], 100, "ms")
bar("the same in Berlin", cli("report", *option, "--by", "model,day", "--timezone", "Europe/Berlin", *month)[0], 100, "ms")
bar("report of one day", cli("report", *option, *day)[0], 30, "ms")
bar("show ID", cli("show", *option, identity)[0], 20, "ms")
bar("calls --limit 50", cli("calls", *option, "--limit", "50")[0], 50, "ms")
bar("calls --project --limit 50", cli("calls", *option, "--project", "proj_7", "--limit", "50")[0], 50, "ms")
bar("calls --outcome error --model, --limit 50", cli(
    "calls", *option, "--outcome", "error", "--model", "text-embedding-3-small", "--limit", "50")[0], 50, "ms")
bar("calls of nobody", cli("calls", *option, "--project", "nobody", "--limit", "50")[0], 50, "ms")
bar("oai-usage --help", cli("--help")[0], 20, "ms")

start = time.monotonic()
groups = database.execute(
    """SELECT s.project, count(*), sum(c.cost_pico_usd), sum(json_extract('[' || c.usage_numbers || ']', '$[0]'))
    FROM call c JOIN series s ON s.id = c.series GROUP BY 1"""
).fetchall()
print(f"{'SQLite, GROUP BY project over the rows':44} {(time.monotonic() - start) * 1000:12,.0f} ms")
ours = {row["project"]: row for row in report["rows"]}
for project, calls, pico, tokens in groups:
    row = ours.pop(project)
    assert row["calls"] == calls and row["cost_usd"] * 10**12 == pico and row["input_tokens"] == tokens, (project, row, calls, pico, tokens)
assert not ours
with open(f"{folder}/calls.csv", "w", newline="") as file:
    writer = csv.writer(file)
    writer.writerow(["project", "model", "started_at", "cost", "duration"])
    writer.writerows(database.execute(
        "SELECT s.project, s.model, coalesce(c.started_at, c.id >> 11), c.cost_pico_usd, c.duration_us FROM call c JOIN series s ON s.id = c.series"))
duck = duckdb.connect()
duck.execute(f"CREATE TABLE calls AS SELECT * FROM read_csv('{folder}/calls.csv')")
start = time.monotonic()
found = dict(duck.execute("SELECT project, sum(cost) FROM calls GROUP BY 1").fetchall())
print(f"{'DuckDB, GROUP BY project, rows in memory':44} {(time.monotonic() - start) * 1000:12,.0f} ms")
assert all(found[project] == pico for project, _, pico, _ in groups)
shutil.rmtree(folder)
print(f"{rows:,} rows; the sums are SQLite's and DuckDB's to the last digit")
if missed:
    sys.exit("missed: " + ", ".join(missed))
