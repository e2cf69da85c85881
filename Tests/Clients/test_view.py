"""The view `calls` beside `calls --format jsonl`, and beside the article that describes it."""

import json
import re
import shutil
import sqlite3
import tarfile
from decimal import Decimal
from pathlib import Path

import pytest

from conftest import Gateway, loads
from ledger_files import calls, connect
from test_formats import FORMULA, MARKUP, UNSEEN, chat, post

ARTICLE = Path(__file__).resolve().parents[2] / "Sources" / "OpenAIUsageLedger" / "Documentation.docc" / "ReadingWithSQL.md"
ARCHIVES = Path(__file__).parent / "ledgers"
JSON = {"tags", "request_options", "diagnostics", "usage", "units", "tool_calls", "rate_limit"}
MONEY = {"cost_usd", "cost_upper_bound_usd"}
# Only in the view: what jsonl shows in another way, or not at all.
EXTRA = {"cost_pico_usd", "provider_cost", "object_alias", "object_created_at", "retry_after_ms"}


def make_live(folder, simulator):
    """A ledger of calls of many kinds."""
    gateway = Gateway(folder, simulator.url)
    url = gateway.url
    for name in (FORMULA, MARKUP, UNSEEN, "x" * 300, "ü" * 200):
        chat(url, model=name)
        chat(url, headers={"OpenAI-Usage-Tags": f"team=a%20b, note={json.dumps(name.encode('ascii', 'ignore').decode())[:40]}"})
    for simulate in (
        "status=429; code=insufficient_quota; retry-after-ms=1500", "status=500", "html=502", "cut-after-bytes=20", "model=acme-9",
        "input-tokens=1000000000000; output-tokens=999999999999", "tier=flex", "finish=incomplete",
        "input-tokens=5000; cached-tokens=4096; cache-write-tokens=100; reasoning-tokens=64; output-tokens=200",
    ):
        chat(url, simulate=simulate)
        post(url, "/v1/responses", simulate=simulate, model="gpt-5", input="x")
    for simulate in ("cut-after-chunks=2", "no-usage=1", "error-midstream=1", "usage-position=first"):
        chat(url, stream=True, simulate=simulate, max_completion_tokens=100)
    post(url, "/v1/responses", model="gpt-5", input="x", background=True, service_tier="priority")
    post(url, "/v1/embeddings", model="text-embedding-3-small", input="x", headers={"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"})
    post(url, "/v1/completions", model="gpt-3.5-turbo-instruct", prompt="x", headers={"X-Client-Request-Id": "Not A UUID"})
    post(url, "/v1/nothing?secret=1", headers={"OpenAI-Organization": "acme", "OpenAI-Project": "проект".encode().decode("latin-1")})
    assert gateway.stop() == 0, gateway.log.read_text()
    return Path(gateway.ledger)


@pytest.fixture(scope="module", params=["live", "demo-1", "gateway-1", "gateway-2", "demo-3", "gateway-3", "killed-3"])
def ledger(request, folder, simulator, tmp_path_factory):
    if request.param == "live":
        return make_live(folder, simulator)
    name, schema = request.param.split("-")
    place = tmp_path_factory.mktemp(request.param)
    with tarfile.open(ARCHIVES / f"schema-{schema}.tar.gz") as file:
        file.extractall(place / "archive", filter="data")
    for path in (place / "archive").glob(f"{name}.db*"):
        shutil.copy(path, place / f"ledger.db{path.name.removeprefix(f'{name}.db')}")
    return place / "ledger.db"


def columns(path):
    database = connect(path)
    try:
        return [row[1] for row in database.execute("PRAGMA table_info(calls)")]
    finally:
        database.close()


def view(path):
    names = columns(path)
    database = connect(path)
    try:
        return [dict(zip(names, row)) for row in database.execute("SELECT * FROM calls ORDER BY started_at, id")]
    finally:
        database.close()


def as_jsonl(name, value):
    """A value of the view as jsonl writes it."""
    if value is None:
        return None
    if name in JSON:
        return loads(value)
    if name in MONEY:
        return Decimal(value)
    if name in ("stream", "counted"):
        return {0: False, 1: True}[value]
    return Decimal(repr(value)) if isinstance(value, float) else value


def test_every_value_of_jsonl_is_in_the_view(ledger):
    rows = calls(ledger)
    assert len(rows) > 30
    found = {row["id"]: row for row in view(ledger)}
    assert len(found) == len(rows)
    for row in rows:
        shown = found[row["id"]]
        for name, value in row.items():
            assert as_jsonl(name, shown[name]) == value, (row["id"], name)
        # What jsonl leaves out is unknown in the view.
        for name in shown.keys() - row.keys() - EXTRA:
            assert shown[name] is None, (row["id"], name)
        cost = row["cost_usd"]
        assert shown["cost_pico_usd"] == (None if cost is None else int(Decimal(cost) * 10**12))
    assert set(columns(ledger)) - {name for row in rows for name in row} >= EXTRA


def documented():
    """The article's table: the columns with type, unit, meaning and what `NULL` means."""
    text = ARTICLE.read_text(encoding="utf-8")
    table = [line for line in text.splitlines() if line.startswith("| `")]
    return {cells[0].strip("`"): cells[1:] for cells in ([cell.strip() for cell in line.strip("|").split("|")] for line in table)}


def test_the_article_describes_the_view(ledger):
    described = documented()
    assert list(described) == columns(ledger)
    affinities = {"TEXT": str, "INTEGER": int, "REAL": float}
    for row in view(ledger):
        for name, value in row.items():
            kind, _, meaning, null = described[name]
            assert meaning and null
            if value is None:
                assert null != "never", (row["id"], name)
            else:
                assert type(value) is affinities[kind], (row["id"], name, value)


def test_the_statements_of_the_article_run(ledger):
    database = connect(ledger)
    try:
        for statement in re.findall(r'"(SELECT [^"]+)"', ARTICLE.read_text(encoding="utf-8")):
            assert database.execute(statement).fetchall()
        whole = database.execute("SELECT count(*) FROM calls WHERE started_at >= '2026-11-01' AND started_at < '2027'").fetchone()[0]
        assert whole == len(calls(ledger))
    finally:
        database.close()


def test_a_secret_of_a_query_is_nowhere(ledger):
    assert not any("secret" in str(value) for row in view(ledger) for value in row.values())


def test_a_view_of_an_earlier_release_is_renewed(folder, simulator):
    gateway = Gateway(folder, simulator.url)
    assert chat(gateway.url) == 200
    assert gateway.stop() == 0
    database = sqlite3.connect(gateway.ledger)
    database.executescript("DROP VIEW calls; CREATE VIEW calls AS SELECT id FROM call;")
    database.close()
    gateway = Gateway(folder, simulator.url, ledger=gateway.ledger)
    try:
        assert columns(gateway.ledger) == list(documented())
    finally:
        assert gateway.stop() == 0
