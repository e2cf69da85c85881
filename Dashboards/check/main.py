"""The check of the dashboards: see run."""

import json
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
DASHBOARDS = HERE.parent
sys.path.insert(0, str(DASHBOARDS / "definition"))

import draw  # noqa: E402
import execute  # noqa: E402
import figures  # noqa: E402
import lint  # noqa: E402
import load  # noqa: E402
import scene  # noqa: E402
import schema  # noqa: E402
from boards import BOARDS  # noqa: E402
from stage import staged  # noqa: E402

README = DASHBOARDS / "README.md"
OUTPUT = DASHBOARDS.parent / ".build" / "dashboards-check"
BEGIN = time.monotonic()
FAILED = []
# What each scope must show.
TRUE = {
    "under_load": "every panel shows something",
    "one_dead": "one dead target of five is red",
    "idle": "zeros, and nothing that needs a call",
    "ledgerless": "nothing about a ledger",
    "dead": "red, and nothing else",
    "nothing": "nothing, and no green",
}


def note(text):
    print(f"{time.monotonic() - BEGIN:6.1f} s  {text}", flush=True)


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
    definition = [sys.executable, str(DASHBOARDS / "definition"), "--check"]
    if subprocess.run(definition, check=False).returncode:
        raise SystemExit("dashboards-check: the files are not those of the definition")
    demand(schema.problems(boards), "the files are the definition's, and read as Grafana reads them")
    if not FAILED:
        # The rules take it that the files have their form.
        count = sum(len(lint.charts(board)) for board in boards.values())
        demand(lint.problems(boards), f"the rules hold for {count} panels")


def exposed(expositions):
    """The labels of each metric on the pages of the gateways, and of the families without a sample there.

    Those are in the table of the README, which a Swift test compares with the program.
    """
    labels = {}
    for name, kind, names in re.findall(r"^\| `(\w+)` \| (\w+) \| ([^|]*) \|", README.read_text(), re.M):
        for suffix in ("_bucket", "_count", "_sum") if kind == "histogram" else ("",):
            labels[name + suffix] = {*re.findall(r"`(\w+)`", names), "le"}
    for text in expositions:
        for name, inner in re.findall(r"^(\w+)(?:\{(.*)\})? \S+", text, re.M):
            names = re.findall(r'(\w+)="', re.sub(r'"(?:[^"\\]|\\.)*"', '""', inner))
            labels[name] = labels.get(name, set()) | set(names)
    return labels


def unknown(boards, known):
    """The metrics and labels of the queries that no gateway has."""
    for name, board in boards.items():
        for panel in lint.charts(board):
            for metric, labels in (found for target in panel["targets"] for found in lint.selectors(target["expr"])):
                if metric != "up" and metric not in known:
                    yield f"{name}, {panel['title']}: no gateway has {metric}"
                for label in set(labels) - known.get(metric, set(labels)) - {"job", "instance"}:
                    yield f"{name}, {panel['title']}: {metric} has no label {label}"


def offers(server, boards, stage, at):
    """What the variables of the pages offer, other than all that there is."""
    wanted = {"job": [scene.JOB], "instance": sorted(stage.targets), "project": sorted(load.PROJECTS)}
    for name, board in boards.items():
        for variable, values in execute.variables(server, board, stage.start, at).items():
            if variable in wanted and values != wanted[variable]:
                yield f"{name}: {variable} offers {values}, not {wanted[variable]}"
            if len(values) < {"model": 5, "operation": 4}.get(variable, 1):
                yield f"{name}: {variable} offers {values} only"


def dynamic(boards, meant):
    """Tries every query on both servers; returns what the first one answered under load, and the period."""
    folder = OUTPUT / "run"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shown = []
    with staged(folder) as stage:
        stage.begin()
        names = " and ".join(server.name for server in stage.servers)
        note(f"{names} scrape two gateways, an idle one, one without a ledger, and a dead target")
        note(f"{stage.drive()} calls were made")
        known = exposed(gateway.metrics() for gateway in (*stage.loaded, stage.idle))
        demand(unknown(boards, known), "every metric and label of a query exists on a gateway's page")
        after, each = stage.together(), stage.ledgers()
        for server in stage.servers:
            at = stage.moment(server)
            for gateway in stage.loaded:
                problems = figures.counters(server, gateway, each[gateway.ledger], stage.at_start[gateway.ledger], at)
                demand(problems, f"{server.name}: the counters of {gateway.instance} equal its ledger")
                problems = figures.increases(
                    server, gateway, each[gateway.ledger], stage.each_before[gateway.ledger], stage.start, at
                )
                demand(problems, f"{server.name}: increase of {gateway.instance} equals the ledger within 0.1 %")
            demand(offers(server, boards, stage, at), f"{server.name}: the variables offer all that there is")
            for name, scope in stage.scopes.items():
                title = "State" if name == "one_dead" else ""
                answers = execute.run(server, boards, meant, scope, stage.start, at, title)
                demand(execute.broken(answers), f"{server.name}, {name}: {len(answers)} queries succeed, none is NaN")
                demand(getattr(execute, name)(answers), f"{server.name}, {name}: {TRUE[name]}")
                if name == "under_load":
                    problems = figures.panels(answers, after, stage.before, figures.SHARE, load.BAD_PROJECT)
                    demand(problems, f"{server.name}: the panels' sums equal the ledger within {figures.SHARE:.0%}")
                    shown = shown or [answers, stage.start, at]
        stage.end_idle()
        note("a gateway that ends is down within two scrapes, and its zeros are gone")
    return shown


def main(arguments):
    if set(arguments) - {"--static", "--images"}:
        print("usage: Dashboards/check/run [--static] [--images]", file=sys.stderr)
        return 64
    for number in (signal.SIGTERM, signal.SIGHUP):
        # The servers and gateways end with the check.
        signal.signal(number, lambda number, _: sys.exit(128 + number))
    boards = {f"{board.name}.json": json.loads((DASHBOARDS / f"{board.name}.json").read_text()) for board in BOARDS}
    meant = {f"{board.name}.json": [panel for row in board.rows for panel in row.panels] for board in BOARDS}
    OUTPUT.mkdir(parents=True, exist_ok=True)
    static(boards)
    if not FAILED and "--static" not in arguments:
        draw.draw_all(boards, *dynamic(boards, meant), OUTPUT, note)
        if "--images" in arguments:
            images = DASHBOARDS / "images"
            images.mkdir(exist_ok=True)
            for board in BOARDS:
                shutil.copyfile(OUTPUT / f"{board.name}.png", images / f"{board.name}.png")
            note("wrote Dashboards/images")
    if FAILED:
        note(f"{len(FAILED)} of the checks failed.")
        return 1
    note("The dashboards are sound.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
