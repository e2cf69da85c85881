"""What the dashboards are tried on: two gateways under load, an idle one, a dead target, and two servers that scrape them."""

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from decimal import Decimal
from pathlib import Path

BINARY = os.environ["BINARY"]
JOB = "oai-usage"
# The interval of scrapes, in seconds: so short that what Prometheus extrapolates is a small share of the period.
INTERVAL = 0.5
# How long anything may take on a busy machine, in seconds.
PATIENCE = 120


def poll(condition, what, seconds=PATIENCE):
    """The first true value of a condition; a slow machine only makes it wait longer."""
    deadline = time.monotonic() + seconds
    while True:
        # A server that is slow to answer is asked again.
        with contextlib.suppress(OSError):
            value = condition()
            if value:
                return value
        if time.monotonic() > deadline:
            raise SystemExit(f"dashboards-check: {what}, not within {seconds} seconds")
        time.sleep(0.1)


def fetch(url):
    with urllib.request.urlopen(url, timeout=20) as response:
        return response.read()


class Process:
    """A program, with what it wrote."""

    def __init__(self, arguments, log):
        self.log = Path(log)
        with open(self.log, "wb") as output:
            self.process = subprocess.Popen(arguments, stdin=subprocess.DEVNULL, stdout=output, stderr=output)

    def said(self, pattern):
        def found():
            if self.process.poll() is not None:
                raise SystemExit(f"dashboards-check: {self.log} ended with {self.process.returncode}:\n{self.tail()}")
            return re.search(pattern, self.log.read_text(errors="replace"))

        return poll(found, f"{self.log} did not say {pattern}").group(1)

    def tail(self):
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-12:])

    def stop(self, number=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(number)
            try:
                self.process.wait(timeout=40)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


class Gateway(Process):
    def __init__(self, folder, name, upstream, ledger=None, *arguments):
        self.ledger = str(ledger or folder / f"{name}.db")
        super().__init__(
            [
                BINARY, "gateway", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--upstream", upstream,
                "--ledger", self.ledger, *arguments,
            ],
            folder / f"{name}.log",
        )
        self.url = self.said(r"gateway: listening on (https?://[^\s\"]+)")
        self.metrics_url = self.said(r"gateway: metrics on (https?://[^\s\"]+)")
        self.instance = urllib.parse.urlsplit(self.metrics_url).netloc

    def metrics(self):
        return fetch(self.metrics_url).decode()

    def settled(self):
        """True if every record that was captured is written."""
        pattern = r"^(oai_usage_records_(?:captured|written)_total|oai_usage_calls_in_flight\S*) (\S+)"
        values = dict(re.findall(pattern, self.metrics(), re.M))
        in_flight = sum(float(value) for name, value in values.items() if "in_flight" in name)
        return in_flight == 0 and values["oai_usage_records_captured_total"] == values["oai_usage_records_written_total"]


def simulator(folder):
    """A simulated API, and its URL."""
    process = Process([BINARY, "simulate", "--listen", "127.0.0.1:0", "--seed", "7"], folder / "simulator.log")
    return process, process.said(r"simulator: listening on (http://\S+)")


def report(ledgers, *by):
    """The rows of a report over ledgers, by their labels, with every digit of the money."""
    names = [{"operation": "endpoint"}.get(name, name) for name in by]
    arguments = [part for ledger in ledgers for part in ("--ledger", ledger)]
    text = subprocess.run(
        [BINARY, "report", *arguments, "--period", "all", "--by", ",".join(names) if names else "none", "--json"],
        capture_output=True, text=True, check=True, timeout=PATIENCE,
    ).stdout
    rows = {}
    for row in json.loads(text, parse_float=Decimal)["rows"]:
        rows[tuple(_label(name, row[name]) for name in names)] = row
    return rows


def _label(name, value):
    """The label of a report's value."""
    if name == "endpoint":
        return "models" if value == "models.list" else value.replace(".", "_")
    return value or "none"


class Server(Process):
    """A server that scrapes, and answers queries."""

    def __init__(self, name, arguments, port, folder):
        self.name = name
        self.base = f"http://127.0.0.1:{port}"
        super().__init__(arguments, folder / f"{name}.log")

    def ready(self):
        if self.process.poll() is not None:
            raise SystemExit(f"dashboards-check: {self.name} ended:\n{self.tail()}")
        with contextlib.suppress(OSError):
            return fetch(self.base + "/health" if self.name == "victoria-metrics" else self.base + "/-/ready")
        return False

    def label_values(self, label, selector, start, end):
        return sorted(self._get(f"label/{label}/values", **{"match[]": selector, "start": start, "end": end}))

    def _get(self, path, **parameters):
        url = f"{self.base}/api/v1/{path}?{urllib.parse.urlencode(parameters)}"
        try:
            answer = json.loads(fetch(url))
        except urllib.error.HTTPError as error:
            raise QueryError(error.read().decode(errors="replace")[:300]) from error
        if answer.get("status") != "success":
            raise QueryError(answer.get("error", "no success"))
        if answer.get("warnings"):
            raise QueryError(f"warnings: {answer['warnings']}")
        data = answer["data"]
        return data["result"] if isinstance(data, dict) else data

    def query(self, expr, at):
        """The series of an instant, as (labels, [(time, value)])."""
        return [(row["metric"], [_point(row["value"])]) for row in self._get("query", query=expr, time=at)]

    def samples(self, selector, seconds, at):
        """The series' samples themselves in a range that ends at a time, as (labels, [(time, value)])."""
        rows = self._get("query", query=f"{selector}[{seconds:.0f}s]", time=at)
        return [(row["metric"], [_point(point) for point in row["values"]]) for row in rows]

    def query_range(self, expr, start, end, step):
        return [
            (row["metric"], [_point(point) for point in row["values"]])
            for row in self._get("query_range", query=expr, start=start, end=end, step=step)
        ]


class QueryError(Exception):
    pass


def _point(pair):
    return float(pair[0]), float(pair[1])


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def servers(folder, targets):
    """Prometheus and VictoriaMetrics, which scrape the targets."""
    config = folder / "scrape.yml"
    config.write_text(
        json.dumps(
            {
                "global": {"scrape_interval": f"{INTERVAL * 1000:.0f}ms", "scrape_timeout": f"{INTERVAL * 1000:.0f}ms"},
                "scrape_configs": [{"job_name": JOB, "static_configs": [{"targets": targets}]}],
            }
        )
    )
    started = []
    for name in ("prometheus", "victoria-metrics"):
        if not shutil.which(name):
            raise SystemExit(f"dashboards-check: there is no {name}; Dashboards/check/run fetches it")
        port = free_port()
        storage = folder / name
        arguments = {
            "prometheus": [
                f"--config.file={config}", f"--storage.tsdb.path={storage}", f"--web.listen-address=127.0.0.1:{port}",
                "--log.level=warn",
            ],
            "victoria-metrics": [
                f"-promscrape.config={config}", f"-storageDataPath={storage}", f"-httpListenAddr=127.0.0.1:{port}",
                "-search.latencyOffset=0s", "-search.disableCache", "-loggerLevel=WARN", "-memory.allowedBytes=256MB",
                "-search.maxUniqueTimeseries=100000",
            ],
        }[name]
        started.append(Server(name, [name, *arguments], port, folder))
    for server in started:
        poll(server.ready, f"{server.name} is not ready")
    return started
