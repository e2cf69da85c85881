"""Every query of every panel, on both servers, where there is load and where there is none."""

import concurrent.futures
import math
import re
from dataclasses import dataclass, field

from lint import charts, filled_in, selectors
from scene import QueryError


# Grafana's $__rate_interval, at least four scrapes, and the step of a chart, in seconds.
RATE = 20
STEP = 2


@dataclass
class Scope:
    """What the variables of the page are set to."""

    job: str
    instance: str
    # The one of the page for one project; the others show all.
    project: str = ""

    def values(self, period, board):
        project = re_literal(self.project) if board == "project.json" and self.project else ".*"
        return {
            "job": self.job, "instance": self.instance, "project": project, "model": ".*", "operation": ".*", "slo": "99",
            "__range": f"{period}ms", "__rate_interval": f"{RATE}s", "__interval": f"{STEP}s",
        }


def re_literal(text):
    """A regular expression within a string of PromQL, as Grafana writes a chosen value."""
    pattern = re.sub(r"[\\^$*+?.()|{}\[\]/]", r"\\\g<0>", text)
    return pattern.replace("\\", "\\\\").replace('"', '\\"')


@dataclass
class Answer:
    """What a query came to."""

    board: str
    panel: dict
    target: dict
    # The query of the definition, with what the check is to know about it.
    meant: object
    instant: list = field(default_factory=list)
    points: list = field(default_factory=list)
    problem: str = ""

    @property
    def where(self):
        return f"{self.board}, {self.panel['title']}, {self.target['refId']}"

    @property
    def is_about_up_alone(self):
        return {name for name, _ in selectors(self.target["expr"])} == {"up"}

    @property
    def has_zero(self):
        return "0 * sum(oai_usage_build_info" in self.target["expr"]

    @property
    def is_about_a_ledger(self):
        """True if the query is about the ledger or its records, and not about the calls that it has."""
        names = {name for name, _ in selectors(self.target["expr"])}
        return any(re.match("oai_usage_(ledger_|records?_)", name) for name in names)


def run(server, boards, meant, scope, start, at, title=""):
    """The answers of all queries in a scope, or of those of the panels with a title."""
    period = math.ceil((at - start) * 1000)

    def ask(answer):
        expr = filled_in(answer.target["expr"], scope.values(period, answer.board))
        try:
            answer.instant = server.query(expr, at)
            if answer.target["range"]:
                answer.points = server.query_range(expr, start, at, STEP)
        except QueryError as error:
            answer.problem = f"{error}: {expr}"
        return answer

    answers = []
    for name, board in boards.items():
        for panel, panel_meant in zip(charts(board), meant[name], strict=True):
            if title and panel["title"] != title:
                continue
            for target, query in zip(panel["targets"], panel_meant.queries, strict=True):
                answers.append(Answer(name, panel, target, query))
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        return list(pool.map(ask, answers))


def variables(server, board, start, at):
    """The values that each variable offers, as Grafana asks for them, with "All" chosen before."""
    chosen = {"__range": f"{math.ceil(at - start)}s"}
    offered = {}
    for variable in board["templating"]["list"]:
        name = variable["name"]
        if variable["type"] != "query":
            continue
        query = filled_in(variable["query"], chosen)
        if query.startswith("query_result("):
            pattern = variable["regex"].strip("/")
            rows = server.query(query.removeprefix("query_result(")[:-1], at)
            texts = ["{" + ", ".join(f'{label}="{value}"' for label, value in labels.items()) + "}" for labels, _ in rows]
            offered[name] = sorted({found.group(1) for found in (re.search(pattern, text) for text in texts) if found})
        else:
            selector, label = query.removeprefix("label_values(")[:-1].rsplit(", ", 1)
            offered[name] = server.label_values(label, selector, start, at)
        every = "(" + "|".join(re_literal(value) for value in offered[name]) + ")"
        chosen[name] = variable.get("allValue") or every
    return offered


def numbers(answer):
    for _, points in [*answer.instant, *answer.points]:
        for _, value in points:
            yield value


def color(panel, value):
    """The color of a number: that of its mapping, else of its threshold; of absence, the first one."""
    defaults = panel["fieldConfig"]["defaults"]
    steps = defaults["thresholds"]["steps"]
    if value is None:
        return steps[0]["color"]
    for mapping in defaults["mappings"]:
        text = f"{value:g}"
        if text in mapping["options"]:
            return mapping["options"][text]["color"]
    return [step["color"] for step in steps if step["value"] is None or step["value"] <= value][-1]


def broken(answers):
    """What no scope may show."""
    for answer in answers:
        if answer.problem:
            yield f"{answer.where}: {answer.problem}"
        elif not all(math.isfinite(value) for value in numbers(answer)):
            yield f"{answer.where}: not a number, or infinite"


def under_load(answers):
    for answer in answers:
        shown = answer.points if answer.target["range"] else answer.instant
        if not shown and not answer.meant.sparse:
            yield f"{answer.where}: no series though there is load: {answer.target['expr']}"
        for label in re.findall(r"\{\{(\w+)\}\}", answer.target["legendFormat"]):
            if shown and not any(label in labels for labels, _ in shown):
                yield f"{answer.where}: the legend's {label} is no label of the series"
        if answer.panel["title"] == "State":
            got = {color(answer.panel, points[-1][1]) for _, points in answer.instant}
            if got != {"green"}:
                yield f"{answer.where}: {got} though every target answers"


def one_dead(answers):
    """Several targets of which one is dead."""
    for answer in answers:
        if [color(answer.panel, points[-1][1]) for _, points in answer.instant] != ["red"]:
            yield f"{answer.where}: not red, though one target of several is dead"


def idle(answers):
    """A gateway without a call: zeros where a sum is shown, nothing where there is nothing to measure."""
    for answer in answers:
        if answer.has_zero and not answer.instant:
            yield f"{answer.where}: no zero of an idle gateway: {answer.target['expr']}"
        if answer.has_zero and answer.panel["type"] == "stat" and "month" not in answer.panel["title"]:
            for _, points in answer.instant:
                if points[-1][1] not in (0, 1):
                    yield f"{answer.where}: {points[-1][1]} without a call"


def dead(answers):
    """A target that does not answer: red where its state is, nothing elsewhere."""
    for answer in answers:
        if not answer.is_about_up_alone:
            if answer.instant or answer.points:
                yield f"{answer.where}: {len(answer.instant)} series of a dead target: {answer.target['expr']}"
        elif not answer.instant:
            yield f"{answer.where}: a dead target is not shown"
        elif answer.panel["title"] == "State" and color(answer.panel, answer.instant[0][1][-1][1]) != "red":
            yield f"{answer.where}: a dead target is not red"


def ledgerless(answers):
    """A gateway without a ledger: nothing about one, since nothing is kept."""
    for answer in answers:
        # An empty histogram is there nevertheless, and no quantile of it.
        if answer.is_about_a_ledger and (answer.instant or answer.points):
            yield f"{answer.where}: shown though there is no ledger: {answer.target['expr']}"


def nothing(answers):
    """No target at all: nothing, and in no color of health."""
    for answer in answers:
        if answer.instant or answer.points:
            yield f"{answer.where}: {len(answer.instant)} series without a target: {answer.target['expr']}"
        if "green" in color(answer.panel, None):
            yield f"{answer.where}: green without a target"
        if answer.panel["title"] == "State" and color(answer.panel, None) != "red":
            yield f"{answer.where}: not red without a target"
