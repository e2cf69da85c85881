"""The check of the dashboards: see run."""

import contextlib
import json
import re
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
DASHBOARDS = HERE.parent
sys.path.insert(0, str(DASHBOARDS / "definition"))

import execute  # noqa: E402
import figures  # noqa: E402
import lint  # noqa: E402
import load  # noqa: E402
import scene  # noqa: E402
import schema  # noqa: E402
from boards import BOARDS  # noqa: E402

OUTPUT = DASHBOARDS.parent / ".build" / "dashboards-check"
SECONDS = 64
# What is off by default.
SETTINGS = ["--metrics-keys", "--metrics-tag", "team", "--budget", "month=50/month", "--budget", "team=1/month"]
BEGIN = time.monotonic()


def note(text):
    print(f"{time.monotonic() - BEGIN:6.1f} s  {text}", flush=True)


FAILED = []


def demand(problems, what):
    """Says what is wrong, and goes on to find the rest."""
    problems = list(dict.fromkeys(problems))
    for problem in problems[:20]:
        print(f"          {problem}", flush=True)
    if problems:
        FAILED.append(what)
        note(f"{len(problems)} PROBLEMS, so not true: {what}")
    else:
        note(what)


def static(boards):
    if subprocess.run([sys.executable, str(DASHBOARDS / "definition"), "--check"], check=False).returncode:
        raise SystemExit("dashboards-check: the files are not those of the definition")
    demand(schema.problems(boards), "the files are the definition's, and read as Grafana reads them")
    if FAILED:
        # The rules take it that the files have their form.
        return
    demand(lint.problems(boards), f"the rules hold for {sum(len(lint.charts(board)) for board in boards.values())} panels")


def exposed(expositions):
    """The labels of each metric on the pages of the gateways."""
    labels = {}
    for text in expositions:
        for name, inner in re.findall(r"^(\w+)(?:\{(.*)\})? \S+", text, re.M):
            labels[name] = (labels.get(name) or set()) | set(re.findall(r'(\w+)="', re.sub(r'"(?:[^"\\]|\\.)*"', '""', inner)))
        for family in re.findall(r"^# TYPE (\w+)", text, re.M):
            # Without a sample its labels are not known.
            labels.setdefault(family, None)
    return labels


def names(boards, meant, known):
    """The metrics and labels of the queries that no gateway has."""
    for name, board in boards.items():
        for panel, panel_meant in zip(lint.charts(board), meant[name], strict=True):
            for target, query in zip(panel["targets"], panel_meant.queries, strict=True):
                for metric, labels in lint.selectors(target["expr"]):
                    if metric == "up" or (query.sparse and metric not in known):
                        continue
                    if metric not in known:
                        yield f"{name}, {panel['title']}: no gateway has {metric}"
                    for label in set(labels) - (known.get(metric) or set(labels)) - {"job", "instance"}:
                        yield f"{name}, {panel['title']}: {metric} has no label {label}"


def try_all(boards, meant, images):
    folder = OUTPUT / "run"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with contextlib.ExitStack() as stack:
        def begun(process):
            stack.callback(process.stop)
            return process

        simulator = begun(
            scene.Process([scene.BINARY, "simulate", "--listen", "127.0.0.1:0", "--seed", "7"], folder / "simulator.log")
        )
        upstream = simulator.said(r"simulator: listening on (http://\S+)")

        # Their ledgers know every label set, and so the gateways begin with all of them at zero.
        early = [begun(scene.Gateway(folder, name, upstream)) for name in ("one", "two")]
        load.births([gateway.url for gateway in early])
        for gateway in early:
            scene.poll(gateway.settled, "the calls before the start are not in the ledger")
            gateway.stop()
        loaded = [
            begun(scene.Gateway(folder, f"{name}-again", upstream, folder / f"{name}.db", *SETTINGS)) for name in ("one", "two")
        ]
        idle = begun(scene.Gateway(folder, "idle", upstream))
        ledgerless = begun(scene.Gateway(folder, "ledgerless", upstream, "none"))
        # A port that is taken, and where nobody listens.
        dead = stack.enter_context(socket.socket())
        dead.bind(("127.0.0.1", 0))
        dead_instance = f"127.0.0.1:{dead.getsockname()[1]}"
        ledgers = [gateway.ledger for gateway in loaded]
        at_start = {gateway.ledger: scene.report([gateway.ledger], "project", "model", "operation") for gateway in loaded}
        load.failures([gateway.url for gateway in loaded])
        for gateway in loaded:
            scene.poll(gateway.settled, "the first failures are not in the ledger")
        before = scene.report(ledgers, "project", "model", "operation")
        note("two gateways know what their ledgers saw before, and have no other call than one of each error")

        targets = [*[gateway.instance for gateway in (*loaded, idle, ledgerless)], dead_instance]
        servers = [begun(server) for server in scene.servers(folder, targets)]
        everywhere = "|".join(re.escape(gateway.instance).replace("\\", "\\\\") for gateway in loaded)
        scopes = {
            "load": execute.Scope("load", scene.JOB, everywhere, project=load.BAD_PROJECT),
            "all": execute.Scope("all", scene.JOB, ".+"),
            "idle": execute.Scope("idle", scene.JOB, idle.instance),
            "ledgerless": execute.Scope("ledgerless", scene.JOB, ledgerless.instance),
            "dead": execute.Scope("dead", scene.JOB, dead_instance),
            "nothing": execute.Scope("nothing", "()", ".+"),
        }
        for server in servers:
            scene.poll(
                lambda: len(server.query(f'sum_over_time(up{{instance=~"{everywhere}|{idle.instance}"}}[1m]) >= 2', time.time())) == 3,
                f"{server.name} does not scrape",
            )
        # Every series has a sample before the period, and another one within it before the calls begin.
        start = time.time()
        for server in servers:
            scene.poll(lambda: _scraped(server, everywhere, start), f"{server.name} does not scrape")
        note(f"{' and '.join(server.name for server in servers)} scrape two gateways, an idle one, one without a ledger and a dead target")
        made = load.drive([gateway.url for gateway in loaded], SECONDS)
        for gateway in loaded:
            scene.poll(gateway.settled, "the calls are not in the ledger")
        settled = time.time()
        note(f"{made} calls were made")

        known = exposed(gateway.metrics() for gateway in (*loaded, idle))
        demand(names(boards, meant, known), "every metric and label of a query exists on a gateway's page")
        after = scene.report(ledgers, "project", "model", "operation")
        everything = {}
        for server in servers:
            at = scene.poll(lambda: _moment(server, everywhere, settled), f"{server.name} has not scraped the last calls")
            for gateway in loaded:
                demand(
                    figures.counters(server, gateway, at_start[gateway.ledger], at),
                    f"{server.name}: the counters of {gateway.instance} equal its ledger",
                )
            demand(
                _variables(server, boards, start, at, sorted(targets)),
                f"{server.name}: the variables offer every target, project, model and operation",
            )
            for name, scope in scopes.items():
                answers = execute.run(server, boards, meant, scope, start, at, ranges=name != "all")
                demand(execute.broken(answers), f"{server.name}, {name}: {len(answers)} queries succeed, none is NaN")
                if name == "load":
                    demand(execute.under_load(answers), f"{server.name}: every panel shows something")
                    demand(
                        figures.panels(answers, after, before, load.BAD_PROJECT),
                        f"{server.name}: the panels' sums equal the ledger within {figures.SHARE:.0%}",
                    )
                    everything[server.name] = answers
                elif name != "all":
                    demand(getattr(execute, name)(answers), f"{server.name}, {name}: it shows what it must, and nothing green")
                else:
                    everything["all"] = answers
                    states = [a for a in answers if a.panel["title"] == "State"]
                    wrong = [a.where for a in states if execute.color(a.panel, a.instant[0][1][-1][1]) != "red"]
                    demand((f"{where}: not red, though one of five targets is dead" for where in wrong), f"{server.name}: one dead target of five is seen")

        idle.stop()
        for server in servers:
            scene.poll(
                lambda: server.query(f'up{{instance="{idle.instance}"}} == 0', time.time())
                and not server.query(f'oai_usage_build_info{{instance="{idle.instance}"}}', time.time()),
                f"{server.name} does not see that a gateway ended",
            )
        note("a gateway that ends is red within two scrapes, and its zeros are gone")
    from draw import draw_all

    draw_all(boards, everything["prometheus"], start, at, OUTPUT, note)
    if images:
        target = DASHBOARDS / "images"
        target.mkdir(exist_ok=True)
        for name in boards:
            image = name.replace(".json", ".png")
            shutil.copyfile(OUTPUT / image, target / image)
        note("wrote Dashboards/images")


def _variables(server, boards, start, at, targets):
    wanted = {"job": [scene.JOB], "instance": targets, "project": sorted(load.PROJECTS)}
    for name, board in boards.items():
        offered = execute.variables(server, board, start, at)
        for variable, values in offered.items():
            # Other projects are not there, and models and operations are at least those that succeed.
            if variable in wanted and values != wanted[variable]:
                yield f"{name}: {variable} offers {values}, not {wanted[variable]}"
            if len(values) < {"model": 5, "operation": 4}.get(variable, 1):
                yield f"{name}: {variable} offers {values} only"


def _scraped(server, everywhere, since):
    """The times of the last scrapes of both gateways, once both were scraped since some time."""
    rows = server.query(f'timestamp(oai_usage_build_info{{instance=~"{everywhere}"}})', time.time())
    times = [points[-1][1] for _, points in rows]
    return times if len(times) == 2 and min(times) > since else None


def _moment(server, everywhere, settled):
    """A time at which both gateways have just been scraped, so that a sum is extrapolated by little."""
    times = _scraped(server, everywhere, settled)
    if times is None or max(times) - min(times) > scene.INTERVAL / 2 + 0.1:
        return None
    return max(times) + 0.001


def main(arguments):
    if set(arguments) - {"--static", "--images"}:
        print("usage: Dashboards/check/run [--static] [--images]", file=sys.stderr)
        return 64
    boards = {f"{board.name}.json": json.loads((DASHBOARDS / f"{board.name}.json").read_text()) for board in BOARDS}
    meant = {f"{board.name}.json": [panel for row in board.rows for panel in row.panels] for board in BOARDS}
    OUTPUT.mkdir(parents=True, exist_ok=True)
    static(boards)
    if not FAILED and "--static" not in arguments:
        try_all(boards, meant, "--images" in arguments)
    if FAILED:
        note(f"{len(FAILED)} of the checks failed.")
        return 1
    note("The dashboards are sound.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
