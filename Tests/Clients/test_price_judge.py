"""The program beside genai-prices: answers of every model that both know, metered here, and what that list makes of them."""

import http.server
import json
import sys
import threading
import urllib.request
from decimal import Decimal
from pathlib import Path

from conftest import KEY, run

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "Prices" / "Judge"))

from lists import Theirs, load  # noqa: E402

# Tokens of each component; the counters of an answer are their sums.
COUNTS = {"input": 71_003, "cached_input": 19_009, "cache_write": 10_007, "output": 7_001}


class Answers(http.server.BaseHTTPRequestHandler):
    """Answers as the model and the tier that were asked for."""

    protocol_version = "HTTP/1.1"

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        total = sum(COUNTS[name] for name in COUNTS if name != "output")
        body = json.dumps({
            "id": f"resp_{asked['model']}_{asked['service_tier']}", "object": "response", "status": "completed",
            "model": asked["model"], "service_tier": asked["service_tier"], "output": [],
            "usage": {
                "input_tokens": total, "output_tokens": COUNTS["output"], "total_tokens": total + COUNTS["output"],
                "input_tokens_details": {
                    "cached_tokens": COUNTS["cached_input"], "cache_write_tokens": COUNTS["cache_write"],
                },
                "output_tokens_details": {"reasoning_tokens": 0},
            },
        }).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def expected(theirs, day):
    """The costs by model and tier, but for what differs for a reason."""
    rows = [row.split(" | ") for group in load("differences.json") for row in group["rows"]]
    # What differed in the past only is compared all the same.
    explained = {(row[0], row[1]) for row in rows if "before" not in row[4]}
    listed = json.loads(run("prices", "list", "--kind", "text", "--format", "json"))
    listed_as = {name: row["model"] for row in listed for name in row["names"]}
    for name in sorted(listed_as):
        model = theirs.model(name)
        for tier, card in (theirs.period(model, day).get("per_1m", {}) if model else {}).items():
            if tier == "batch" or any((listed_as[name], f"{tier}: {component}") in explained for component in COUNTS):
                continue
            cost = sum((theirs.rate(card, part) or 0) * count for part, count in COUNTS.items())
            yield name, tier, Decimal(cost) / 1_000_000


def test_costs_are_those_of_genai_prices(start):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    theirs = Theirs()
    # The newest prices of theirs, which has none of the future.
    costs = {(name, tier): cost for name, tier, cost in expected(theirs, "9999-12-31")}
    try:
        gateway = start(f"http://127.0.0.1:{server.server_port}")
        for name, tier in costs:
            body = json.dumps({"model": name, "input": "x", "service_tier": tier}).encode()
            headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
            urllib.request.urlopen(urllib.request.Request(gateway.url + "/v1/responses", body, headers)).read()
        rows = gateway.rows_when(len(costs))
    finally:
        server.shutdown()
    assert len(costs) > 120 and len({tier for _, tier in costs}) == 3
    found = {(row["model"], row["service_tier"]): Decimal(row["cost_usd"] or -1) for row in rows}
    assert {key: (cost, found[key]) for key, cost in costs.items() if found[key] != cost} == {}
