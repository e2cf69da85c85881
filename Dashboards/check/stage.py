"""The targets, the servers that scrape them, and the calls: all that the queries are tried on."""

import contextlib
import re
import socket
import time
from dataclasses import dataclass, field

import load
from execute import Scope
from scene import INTERVAL, JOB, Gateway, poll, report, servers, simulator

SECONDS = 64
# What is off by default.
SETTINGS = ["--metrics-keys", "--metrics-tag", "team", "--budget", "month=50/month", "--budget", "team=1/month"]
LABELS = ("project", "model", "operation")


@dataclass
class Stage:
    loaded: list
    idle: Gateway
    ledgerless: Gateway
    dead: str
    servers: list = field(default_factory=list)
    # What the ledgers had when the gateways started, by ledger; and when the period began, together.
    at_start: dict = field(default_factory=dict)
    before: dict = field(default_factory=dict)
    each_before: dict = field(default_factory=dict)
    start: float = 0.0
    settled: float = 0.0

    @property
    def targets(self):
        return [*[gateway.instance for gateway in (*self.loaded, self.idle, self.ledgerless)], self.dead]

    @property
    def instances(self):
        """The gateways with calls, as a regular expression within a string of PromQL."""
        return "|".join(re.escape(gateway.instance).replace("\\", "\\\\") for gateway in self.loaded)

    @property
    def scopes(self):
        return {
            "under_load": Scope(JOB, self.instances, load.BAD_PROJECT),
            "one_dead": Scope(JOB, ".+"),
            "idle": Scope(JOB, self.idle.instance),
            "ledgerless": Scope(JOB, self.ledgerless.instance),
            "dead": Scope(JOB, self.dead),
            "nothing": Scope("()", ".+"),
        }

    def ledgers(self):
        return {gateway.ledger: report([gateway.ledger], *LABELS) for gateway in self.loaded}

    def together(self):
        return report([gateway.ledger for gateway in self.loaded], *LABELS)

    def settle(self, what):
        for gateway in self.loaded:
            poll(gateway.settled, f"{what} are not in the ledger")

    def begin(self):
        """Waits until every series has a sample before the period, and another one within it before the calls."""
        for server in self.servers:
            poll(lambda server=server: self._are_known(server), f"{server.name} does not scrape")
        self.start = time.time()
        for server in self.servers:
            poll(lambda server=server: self._scraped(server, self.start), f"{server.name} does not scrape")

    def drive(self):
        """Makes the calls, and returns their number."""
        made = load.drive([gateway.url for gateway in self.loaded], SECONDS)
        self.settle("the calls")
        self.settled = time.time()
        return made

    def moment(self, server):
        """A time at which both gateways have just been scraped, so that a sum is extrapolated by little."""
        return poll(lambda: self._moment(server), f"{server.name} has not scraped the last calls")

    def end_idle(self):
        """Ends a gateway, and waits until each server has seen it: it is down, and what it exposed is gone."""
        self.idle.stop()
        matcher = f'{{instance="{self.idle.instance}"}}'
        for server in self.servers:
            poll(
                lambda server=server: server.query(f"up{matcher} == 0", time.time())
                and not server.query(f"oai_usage_build_info{matcher}", time.time()),
                f"{server.name} does not see that a gateway ended",
            )

    def _are_known(self, server):
        live = f"{self.instances}|{self.idle.instance}|{self.ledgerless.instance}"
        return len(server.query(f'sum_over_time(up{{instance=~"{live}"}}[1m]) >= 2', time.time())) == 4

    def _scraped(self, server, since):
        rows = server.query(f'timestamp(oai_usage_build_info{{instance=~"{self.instances}"}})', time.time())
        times = [points[-1][1] for _, points in rows]
        return times if len(times) == 2 and min(times) > since else None

    def _moment(self, server):
        times = self._scraped(server, self.settled)
        if times is None or max(times) - min(times) > INTERVAL / 2 + 0.1:
            return None
        return max(times) + 0.001


@contextlib.contextmanager
def staged(folder):
    """The stage, which ends with the block."""
    with contextlib.ExitStack() as stack:
        def begun(process):
            stack.callback(process.stop)
            return process

        upstream_process, upstream = simulator(folder)
        begun(upstream_process)
        # The ledgers know every label set, so that the gateways begin with all of them at zero.
        names = ("one", "two")
        early = [begun(Gateway(folder, name, upstream)) for name in names]
        load.births([gateway.url for gateway in early])
        for gateway in early:
            poll(gateway.settled, "the calls before the start are not in the ledger")
            gateway.stop()
        # A port that is taken, and where nobody listens.
        dead = stack.enter_context(socket.socket())
        dead.bind(("127.0.0.1", 0))
        stage = Stage(
            [begun(Gateway(folder, f"{name}-again", upstream, folder / f"{name}.db", *SETTINGS)) for name in names],
            begun(Gateway(folder, "idle", upstream)),
            begun(Gateway(folder, "ledgerless", upstream, "none")),
            f"127.0.0.1:{dead.getsockname()[1]}",
        )
        stage.at_start = stage.ledgers()
        load.failures([gateway.url for gateway in stage.loaded])
        stage.settle("the first failures")
        stage.before, stage.each_before = stage.together(), stage.ledgers()
        stage.servers = [begun(server) for server in servers(folder, stage.targets)]
        yield stage
