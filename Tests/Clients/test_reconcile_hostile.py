"""A provider's admin API that is wrong, damaged or hostile: no crash, no wrong bill, no key, and a clear message."""

import http.server
import json
import os
import pathlib
import re
import shutil
import signal
import stat
import subprocess
import threading
import time
import urllib.parse

import pytest

from conftest import BINARY, Gateway, execute, loads
from test_reconcile import ADMIN, Provider, call, checked

DAY = 86_400
LARGE = 2**63 - 1


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    """A ledger with a call of a known price, and two of none."""
    folder = tmp_path_factory.mktemp("base")
    provider = Provider(folder)
    gateway = Gateway(folder, provider.url)
    call(gateway.url)
    for _ in range(2):
        call(gateway.url, model="ft:gpt-5:acme::x", project="proj_unpriced")
    gateway.rows_when(3)
    gateway.stop(signal.SIGTERM)
    provider.stop(signal.SIGKILL)
    return gateway.ledger


@pytest.fixture
def ledger(base, tmp_path):
    for path in pathlib.Path(base).parent.glob(pathlib.Path(base).name + "*"):
        shutil.copytree(path, tmp_path / path.name) if path.is_dir() else shutil.copy(path, tmp_path)
    return str(tmp_path / pathlib.Path(base).name)


class API:
    """An admin API whose answers a function makes of the kind and the query: a page, or a status with a text and headers."""

    def __init__(self, answer):
        self.questions = []
        api = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *arguments):
                pass

            def do_GET(self):
                url = urllib.parse.urlparse(self.path)
                query = {name: values[0] for name, values in urllib.parse.parse_qs(url.query).items()}
                kind = url.path.rsplit("/", 1)[1]
                api.questions.append((kind, query))
                found = answer(kind, query)
                status, text, headers = found if isinstance(found, tuple) else (200, found, {})
                data = (text if isinstance(text, str) else json.dumps(text)).encode()
                self.send_response(status)
                for name, value in {**headers, "content-length": len(data)}.items():
                    self.send_header(name, str(value))
                self.end_headers()
                self.wfile.write(data)

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def api():
    servers = []

    def start(answer):
        servers.append(API(answer))
        return servers[-1]

    yield start
    for each in servers:
        each.server.shutdown()
        each.server.server_close()


def buckets(query, *results):
    """The buckets of a question; all results are in the first one."""
    width = {"1h": 3_600, "1d": DAY}[query["bucket_width"]]
    first, last = int(query["start_time"]), int(query["end_time"])
    return [
        {"object": "bucket", "start_time": start, "end_time": start + width, "results": list(results) if start == first else []}
        for start in range(first, last, width)
    ]


def page(data, cursor=None):
    return {"object": "page", "data": data, "has_more": cursor is not None, "next_page": cursor}


def cost(value, item="gpt-4o-mini, input", **members):
    return {"object": "organization.costs.result", "amount": {"value": value, "currency": "usd"}, "line_item": item,
            "project_id": "proj_a", **members}


def usage(**members):
    return {"object": "organization.usage.completions.result", "model": "gpt-4o-mini", "project_id": "proj_a",
            "batch": False, "service_tier": "default", "num_model_requests": 1, **members}


def only(kind, *results):
    """Answers with results of one kind."""
    return lambda asked, query: page(buckets(query, *(results if asked == kind else ())))


def compare(ledger, api, *arguments, period="2026-10-01/2026-10-03"):
    since, until = period.split("/")
    return execute("reconcile", "--ledger", ledger, "--upstream", api.url if hasattr(api, "url") else api, "--since", f"{since}T00:00Z",
                   "--until", f"{until}T00:00Z", *arguments, environment=ADMIN)


def history(ledger):
    path = f"{ledger}.provider.jsonl"
    return [json.loads(line) for line in open(path)] if os.path.exists(path) else []


@pytest.mark.parametrize(("kind", "results"), [
    ("completions", [usage(num_model_requests=LARGE)] * 2),
    ("completions", [usage(input_cached_tokens=LARGE, input_cache_write_tokens=LARGE)]),
    ("completions", [usage(input_tokens=LARGE, output_tokens=LARGE)]),
    ("web_search_calls", [{"object": "organization.usage.web_searches.result", "num_requests": LARGE}] * 2),
    ("costs", [cost("1e26")] * 3), ("costs", [cost("-1e25")]), ("costs", [cost("1e400")]), ("costs", [cost("NaN")]),
    ("costs", [cost(1, quantity="170000000000000000000000000", quantity_unit="1000_tokens")]),
    ("costs", [{**cost(1), "amount": {"value": 1, "currency": "eur"}}]),
])
def test_a_number_that_is_not_plausible_is_named_and_not_kept(ledger, api, kind, results):
    done = compare(ledger, api(only(kind, *results)))
    assert done.returncode == 1 and f"In the bucket {kind} of 2026-10-01" in done.stderr, done.stderr
    assert "nothing of it is kept" in done.stderr and history(ledger) == []
    # A provider that is in its senses again is asked.
    assert compare(ledger, api(only("costs"))).returncode == 0


def test_the_largest_numbers_that_are_plausible_are_compared(ledger, api):
    """Sums and products of all of them neither overflow nor crash."""
    count = 10**15
    answers = {
        "completions": [usage(num_model_requests=count, input_tokens=count, output_tokens=count)] * 20,
        "costs": [cost("1e12", quantity=count, quantity_unit="tokens"), cost("1e12", "gpt-4o-mini, output"), cost("-1e12", "x")] * 20,
    }
    done = compare(ledger, api(lambda kind, query: page(buckets(query, *answers.get(kind, [])))), "--json")
    assert done.returncode == 0, done.stderr
    assert checked(loads(done.stdout))["totals"]["theirs"]["calls"] == 20 * count
    many = api(only("costs", *[cost("1e12")] * 1_100))
    done = compare(ledger, many, "--refresh", period="2026-09-01/2026-09-02")
    assert done.returncode == 1 and "add up to more than" in done.stderr and "--refresh" in done.stderr


@pytest.mark.parametrize("headers", [{"retry-after-ms": str(LARGE)}, {"retry-after": str(LARGE)}])
def test_a_pause_without_an_end_is_not_waited_for(ledger, api, headers):
    begun = time.monotonic()
    text = '{"error":{"message":"slow","code":"rate_limit_exceeded"}}'
    done = compare(ledger, api(lambda kind, query: (429, text, headers)))
    assert done.returncode == 1 and "slow" in done.stderr and time.monotonic() - begun < 10


def test_times_of_buckets(ledger, api):
    for start, end in ((LARGE - 7, LARGE), (4_102_444_800, 4_102_444_800 + DAY)):
        done = compare(ledger, api(lambda kind, query: page([{"start_time": start, "end_time": end, "results": []}])))
        assert done.returncode == 1 and "is not a whole number from 0 to 4102444800" in done.stderr, done.stderr


def twice(kind, query):
    data = buckets(query, *([cost(1.0)] if kind == "costs" else []))
    return page(data + [{**data[0], "results": [cost(100.0)]}] if kind == "costs" else data)


def over_pages(second):
    def answer(kind, query):
        if kind != "costs":
            return page(buckets(query))
        data = buckets(query, cost(1.0))
        return page(data, "p2") if "page" not in query else page([{**data[0], "results": second}])
    return answer


def beside(start, end):
    """A bucket that nobody asked for, or that overlaps another one."""
    def answer(kind, query):
        first = int(query["start_time"])
        extra = [{"start_time": first + start, "end_time": first + end, "results": [cost(77.0)]}]
        return page(buckets(query) + (extra if kind == "costs" else []))
    return answer


@pytest.mark.parametrize(("answer", "words"), [
    (twice, "costs of 2026-10-01 is given twice, with different results"),
    (over_pages([cost(50.0)]), "costs of 2026-10-01 is given twice, with different results"),
    (over_pages([cost(2.0, "gpt-4o-mini, output")]), "costs of 2026-10-01 is given twice, with different results"),
    (beside(-DAY, 0), "costs of 2026-09-30 was not asked for"), (beside(9 * DAY, 10 * DAY), "costs of 2026-10-10 was not asked for"),
    (beside(3_600, 7_200), "overlap"), (beside(60, 120), "neither an hour nor a day long"),
])
def test_a_bucket_that_is_given_twice_or_was_not_asked_for(ledger, api, answer, words):
    done = compare(ledger, api(answer))
    assert done.returncode == 1 and words in done.stderr, done.stderr
    assert history(ledger) == [] and done.stdout == ""


def test_the_same_bucket_on_two_pages_is_one(ledger, api):
    done = compare(ledger, api(over_pages([cost(1.0)])), "--json")
    report = loads(done.stdout)
    assert report["totals"]["theirs"]["cost_usd"] == 1 and report["restatements"] == []
    assert len({line["fetched_at"] for line in history(ledger) if line["kind"] == "costs"}) == 1


def kept(fetched_at, **members):
    start = 1_790_812_800
    return json.dumps({"fetched_at": fetched_at, "kind": "costs", "start_time": start, "end_time": start + DAY, "width": DAY, **members})


def test_a_damaged_line_settles_nothing(ledger, api):
    first = kept("2026-10-01T12:00:00Z", results=[cost(10.0)])
    second = kept("2026-10-02T12:00:00Z", results=[cost(25.0)])
    third = kept("2026-10-20T12:00:00Z", unchanged=True)
    honest = api(only("costs", cost(25.0)))

    def theirs(*lines):
        with open(f"{ledger}.provider.jsonl", "w") as file:
            file.write("\n".join(lines) + "\n")
        honest.questions.clear()
        done = compare(ledger, honest, "--json", period="2026-10-01/2026-10-02")
        assert done.returncode == 0, done.stderr
        report = loads(done.stdout)
        return report["totals"]["theirs"]["cost_usd"], any(kind == "costs" for kind, _ in honest.questions), report["notes"]

    # A file of a former version is read as it is.
    assert theirs(first, second, third)[:2] == (25, False)
    amount, asked, notes = theirs(first, second[:-30], third)
    assert (amount, asked) == (25, True) and any("1 line is damaged" in note for note in notes)
    # Now it is known, and not asked again.
    honest.questions.clear()
    done = compare(ledger, honest, "--json", period="2026-10-01/2026-10-02")
    assert loads(done.stdout)["totals"]["theirs"]["cost_usd"] == 25 and honest.questions == []
    # A line that is gone altogether is missed by the hash of the one that confirms it.
    confirmation = kept("2026-10-20T12:00:00Z", unchanged=True, results_hash="0123456789abcdef")
    assert theirs(first, confirmation)[:2] == (25, True)
    # The program's own confirmations have one.
    compare(ledger, honest, "--refresh", period="2026-10-01/2026-10-02")
    assert any("results_hash" in line for line in history(ledger) if line.get("unchanged"))


@pytest.mark.parametrize("members", [
    {"start_time": -LARGE, "end_time": LARGE}, {"width": LARGE}, {"width": 60}, {"fetched_at": "2099-01-01T00:00:00Z"},
    {"results": [cost("1e25")]}, {"results": [{"amount": 5}]}, {"results": None}, {"fetched_at": "x"}, {"start_time": "1"},
])
def test_a_line_that_cannot_be_read_counts_as_not_asked(ledger, api, members):
    line = {**json.loads(kept("2026-11-20T12:00:00Z", results=[cost(10.0)])), **members}
    with open(f"{ledger}.provider.jsonl", "w") as file:
        file.write(json.dumps(line) + "\n")
    done = compare(ledger, api(only("costs", cost(25.0))), "--json", period="2026-10-01/2026-10-02")
    assert done.returncode == 0, done.stderr
    report = loads(done.stdout)
    assert report["totals"]["theirs"]["cost_usd"] == 25 and "1 line is damaged" in " ".join(report["notes"])


def test_a_history_that_is_no_file(ledger, api, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe"):
        done = compare(ledger, api(only("costs")), "--history", str(path))
        assert done.returncode == 1 and "is not a file" in done.stderr, done.stderr


def test_several_at_once_lose_nothing(ledger, api):
    honest = api(only("costs", cost(25.0)))
    arguments = [BINARY, "reconcile", "--ledger", ledger, "--upstream", honest.url, "--since", "2026-10-01T00:00Z",
                 "--until", "2026-10-08T00:00Z", "--refresh", "--result", "none"]
    for _ in range(3):
        running = [subprocess.Popen(arguments, env={**os.environ, **ADMIN}, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) for _ in range(5)]
        for each in running:
            assert each.wait() == 0, each.stderr.read()
            each.stderr.close()
    # Each of them added a line of costs unless a later one came first; none is cut, and the results are there once.
    lines = [line for line in history(ledger) if line["kind"] == "costs"]
    assert len([line for line in lines if line.get("results")]) == 1
    assert all(line.get("unchanged") or "results" in line for line in lines)
    assert "damaged" not in compare(ledger, honest, period="2026-10-01/2026-10-08").stderr


def test_a_provider_that_repeats_the_key(ledger, api, tmp_path):
    key = ADMIN["OPENAI_ADMIN_KEY"]
    other = "sk-proj-AnotherKeyThatIsNoneOfOurs000000"
    done = compare(ledger, api(lambda kind, query: (401, {"error": {"message": f"bad key Bearer {key}, not {other}"}}, {})))
    assert done.returncode == 1 and "bad key Bearer sk-***, not sk-***" in done.stderr
    saved = tmp_path / "saved"
    done = compare(ledger, api(only("costs", cost(1.0, key), cost(2.0, "x", project_id=key, note=other))), "--save", str(saved), "--by", "project,line-item")
    assert done.returncode == 0, done.stderr
    texts = [done.stdout, done.stderr, open(f"{ledger}.provider.jsonl").read()] + [path.read_text() for path in saved.iterdir()]
    assert not any(key in text or other in text for text in texts)
    # What is saved is for its owner only.
    assert stat.S_IMODE(saved.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in saved.iterdir()} == {0o600}


def test_pages_without_an_end(ledger, api):
    numbers = iter(range(10**9))
    endless = api(lambda kind, query: page(buckets(query), f"cursor{next(numbers)}"))
    done = compare(ledger, endless)
    assert done.returncode == 1 and "without an end" in done.stderr and len(endless.questions) < 200


@pytest.mark.parametrize("text", ['{"data":[],"has_mo', '{"data":' + "[" * 200_000 + "]" * 200_000 + "}", "<html>", ""])
def test_an_answer_that_is_no_json_is_told_at_once(ledger, api, text):
    begun = time.monotonic()
    broken = api(lambda kind, query: (200, text, {}))
    done = compare(ledger, broken)
    assert done.returncode == 1 and "something other than JSON" in done.stderr, done.stderr
    assert len(broken.questions) == 1 and time.monotonic() - begun < 5 and "did not answer" not in done.stderr


def test_a_provider_that_cannot_be_reached(ledger):
    done = compare(ledger, "http://127.0.0.1:1")
    assert done.returncode == 1 and "asks to wait" not in done.stderr and ".." not in done.stderr, done.stderr
    assert "connection refused" in done.stderr.lower() and "See whether it can be reached" in done.stderr


def table(text):
    """The lines of the first table."""
    return text.split("\n\n")[1].split("\n")


def today(ledger, api, *arguments):
    return execute("reconcile", "--ledger", ledger, "--upstream", api.url, "--period", "today", *arguments, environment=ADMIN)


def test_calls_without_a_price_are_not_free(ledger, api):
    nothing = api(only("costs"))
    text = today(ledger, nothing)
    row = next(line for line in table(text.stdout) if "proj_unpriced" in line)
    assert "$0.0" not in row.replace("$0.00 ", "", 1) or " - " in row, row
    assert "2 calls of ours without a full price" in text.stderr
    total = next(line for line in table(text.stdout) if line.startswith("TOTAL"))
    assert "≥$" in total
    report = checked(loads(today(ledger, nothing, "--json").stdout))
    assert report["totals"]["unpriced_calls"] == 2 and "without a full price" in " ".join(report["notes"])
    rows = {row["project"]: row for row in report["rows"]}
    assert (rows["proj_unpriced"]["unpriced_calls"], rows["proj_unpriced"]["ours"]["cost_usd"]) == (2, None)
    assert rows["proj_a"]["unpriced_calls"] == 0 and rows["proj_a"]["ours"]["cost_usd"] > 0
    lines = today(ledger, nothing, "--format", "csv").stdout.replace("\r", "").split("\n")
    found = next(dict(zip(lines[0].split(","), line.split(","))) for line in lines if line.startswith("proj_unpriced"))
    assert (found["unpriced_calls"], found["our_cost_usd"]) == ("2", "")
    assert "≥$" in today(ledger, nothing, "--format", "markdown").stdout


def test_line_items_add_up_to_the_total(ledger, api):
    answers = {
        "completions": [usage(input_tokens=1_000, output_tokens=500), usage(service_tier="flex", input_tokens=70, output_tokens=7)],
        "costs": [cost("0.5", quantity=1_000, quantity_unit="tokens"), cost("0.25", "gpt-4o-mini, output"), cost(2, "Fee of a kind")],
    }
    provider = api(lambda kind, query: page(buckets(query, *answers.get(kind, []))))
    report = checked(loads(today(ledger, provider, "--by", "line-item", "--json").stdout))
    totals = report["totals"]["theirs"]
    for name in ("input_tokens", "output_tokens"):
        assert sum(row["theirs"][name] or 0 for row in report["rows"]) == totals[name]
    rows = {row["line_item"]: row for row in report["rows"]}
    assert (rows[None]["theirs"]["input_tokens"], rows[None]["theirs"]["output_tokens"]) == (70, 507)
    # A line item without a quantity does not tell its tokens, and none tells its calls.
    assert rows["gpt-4o-mini, output"]["theirs"]["output_tokens"] is None
    assert rows["Fee of a kind"]["theirs"]["input_tokens"] is None and rows["Fee of a kind"]["theirs"]["calls"] is None
    text = today(ledger, provider, "--by", "line-item").stdout
    assert "without a line item" in text
    fee = next(line for line in table(text) if line.startswith("Fee of a kind"))
    assert re.search(r"Fee of a kind +0 +- +- +\$2", fee), fee


def test_one_row_of_everything_is_printed_once(ledger, api):
    text = today(ledger, api(only("costs", cost(1.0))), "--by", "none").stdout
    assert len([line for line in table(text) if line]) == 2, text


def test_nothing_on_either_side_is_said(ledger, api):
    arguments = ("reconcile", "--ledger", ledger, "--upstream", api(only("costs")).url)
    done = execute(*arguments, environment=ADMIN)
    assert done.returncode == 0 and "Neither side has anything in these days." in done.stdout
    assert "--period today" in done.stderr and "$0.00" not in done.stdout and "we have -" not in done.stdout
    assert "--period today" in " ".join(loads(execute(*arguments, "--json", environment=ADMIN).stdout)["notes"])


def test_small_differences_are_readable_on_one_scale(ledger, api):
    answers = [cost("123.4567", "Fee of a kind"), cost("0.000042", "Fee of another kind")]
    text = today(ledger, api(only("costs", *answers))).stdout
    signed = re.findall(r"[+-]<?\$[0-9,.]+", text.split("Coverage:")[0])
    assert signed and not any("<" in amount for amount in signed)
    assert len({len(amount.split(".")[1]) for amount in signed}) == 1, signed
