"""The rules of the house for dashboards, those of Grafana's own linter among them."""

import re

import promql_parser
from grafana_foundation_sdk.models import units as grafana_units

UNITS = {value for name, value in vars(grafana_units).items() if isinstance(value, str) and not name.startswith("_")}
BUILT_IN = {"__rate_interval", "__range", "__interval"}
KINDS = {"row", "stat", "timeseries", "heatmap", "table", "bargauge", "state-timeline"}
# For a parser that does not know variables.
_STAND_IN = {"__rate_interval": "60s", "__range": "3600s", "__interval": "15s", "slo": "99"}


def panels(board):
    """Every panel, rows and what is hidden in closed rows included."""
    for panel in board["panels"]:
        yield panel
        yield from panel.get("panels", [])


def charts(board):
    return [panel for panel in panels(board) if panel["type"] != "row"]


def filled_in(expr, values):
    """The query with its variables replaced."""
    return re.sub(r"\$\{?(\w+)\}?", lambda found: str(values.get(found.group(1), found.group(0))), expr)


def selectors(expr):
    """The (name, labels) of every selector of a query."""
    text = filled_in(expr, {**_STAND_IN, **{name: ".*" for name in ("job", "instance", "project", "model", "operation")}})
    found = []

    def walk(node):
        if isinstance(node, promql_parser.VectorSelector):
            found.append((node.name, {matcher.name: matcher.value for matcher in node.matchers.matchers}))
            return
        for attribute in ("expr", "vector_selector", "vs", "lhs", "rhs", "param"):
            child = getattr(node, attribute, None)
            if child is not None and not isinstance(child, str):
                walk(child)
        for child in getattr(node, "args", None) or []:
            walk(child)

    walk(promql_parser.parse(text))
    return found


def problems(boards):
    """What is wrong with the files, as sentences."""
    uids = [board["uid"] for board in boards.values()]
    if len(set(uids)) != len(uids):
        yield "two dashboards have one uid"
    for name, board in boards.items():
        for problem in [*_page(board), *_grid(board), *_panels(board, uids)]:
            yield f"{name}: {problem}"


def _page(board):
    if board["schemaVersion"] != 39 or not re.fullmatch(r"oai-usage-[a-z-]{1,30}", board["uid"]):
        yield "the schema's version is not 39, or the uid is not oai-usage-NAME"
    for key in ("id", "version", "__inputs", "__requires"):
        if key in board:
            yield f"{key} belongs to an installation, not to a file"
    variables = {variable["name"]: variable for variable in board["templating"]["list"]}
    if list(variables)[:3] != ["datasource", "job", "instance"]:
        yield "the first variables are not datasource, job and instance"
    if variables["datasource"]["type"] != "datasource" or variables["datasource"]["query"] != "prometheus":
        yield "the data source is not chosen by a variable"
    for variable in variables.values():
        if not variable["label"]:
            yield f"the variable {variable['name']} has no label"
        if variable["type"] == "query" and variable["refresh"] != 2:
            yield f"the variable {variable['name']} is not read again when the period changes"
    known = set(variables) | BUILT_IN
    before = {"datasource"}
    for variable in variables.values():
        used = set(re.findall(r"\$\{?(\w+)\}?", str(variable.get("query")))) - BUILT_IN
        if used - before:
            yield f"the variable {variable['name']} depends on {sorted(used - before)}, which comes later"
        before.add(variable["name"])
    queries = [target["expr"] for panel in charts(board) for target in panel["targets"]]
    queries += [annotation["expr"] for annotation in board["annotations"]["list"]]
    for expr in queries:
        for used in set(re.findall(r"\$\{?(\w+)\}?", expr)) - known:
            yield f"${used} is no variable: {expr}"
    for used in set(variables) - {"datasource"}:
        if not any(f"${used}" in expr for expr in queries):
            yield f"the variable {used} changes nothing"


def _grid(board):
    taken = {}
    identifiers = [panel["id"] for panel in panels(board)]
    if len(set(identifiers)) != len(identifiers):
        yield "two panels have one id"
    for group in [board["panels"], *[panel["panels"] for panel in board["panels"] if panel.get("panels")]]:
        taken.clear()
        for panel in group:
            x, y, w, h = (panel["gridPos"][key] for key in "xywh")
            if x < 0 or y < 0 or w < 1 or h < 1 or x + w > 24:
                yield f"{panel['title']} stands beside the page"
            for place in ((i, j) for i in range(x, x + w) for j in range(y, y + h)):
                if place in taken:
                    yield f"{panel['title']} lies on {taken[place]}"
                    break
                taken[place] = panel["title"]
    if any(panel["type"] == "row" for panel in board["panels"]) and board["panels"][0]["type"] != "row":
        yield "the page does not begin with a row"


def _panels(board, uids):
    titles = set()
    row = ""
    for panel in panels(board):
        title = panel["title"]
        if panel["type"] not in KINDS:
            yield f"{title}: {panel['type']} is no kind that the check draws"
        if panel["type"] == "row":
            row = title
            continue
        if (row, title) in titles:
            yield f"{title}: twice in one row"
        titles.add((row, title))
        if not panel["description"].endswith("."):
            yield f"{title}: no description, or not a sentence"
        yield from _field(title, panel)
        yield from _targets(title, panel)
        for url in re.findall(r'"url": "([^"]*)"', str(panel).replace("'", '"')):
            uid = url.removeprefix("/d/").partition("?")[0]
            if uid not in uids:
                yield f"{title}: a link to {uid}, which is no dashboard"


def _field(title, panel):
    defaults = panel["fieldConfig"]["defaults"]
    used = [defaults["unit"]]
    for override in panel["fieldConfig"]["overrides"]:
        used += [item["value"] for item in override["properties"] if item["id"] == "unit"]
    for unit in used:
        if unit not in UNITS:
            yield f"{title}: {unit} is no unit of Grafana"
    if defaults["noValue"] != "No data":
        yield f"{title}: absence must be called No data, since a dead gateway looks the same"
    steps = defaults["thresholds"]["steps"]
    if steps[0]["value"] is not None or any(step["value"] is None for step in steps[1:]):
        yield f"{title}: only the first threshold has no value"
    values = [step["value"] for step in steps[1:]]
    if values != sorted(values):
        yield f"{title}: the thresholds are not in order"
    # Grafana paints "No data" in the first color.
    if "green" in steps[0]["color"]:
        yield f"{title}: absence would be green"


def _targets(title, panel):
    targets = panel["targets"]
    if not targets:
        yield f"{title}: no query"
    if len({target["refId"] for target in targets}) != len(targets):
        yield f"{title}: two queries have one refId"
    for target in targets:
        expr = target["expr"]
        if "vector(" in expr or "absent(" in expr:
            yield f"{title}: a value for what is absent: {expr}"
        try:
            found = selectors(expr)
        except ValueError as error:
            yield f"{title}: {error}: {expr}"
            continue
        for name, labels in found:
            if not {"job", "instance"} <= set(labels):
                yield f"{title}: {name} is not selected by job and instance"
        for name in re.findall(r"\b(\w+(?:_total|_bucket|_sum|_count))\{[^}]*\}(?!\[)", expr):
            # The balance of records is one of counters, and the models of a project are asked for, not how many.
            if not name.startswith("oai_usage_records_") and " and on(model) " not in expr:
                yield f"{title}: the counter {name} without rate or increase: {expr}"
        for family in re.findall(r"sum[^(]*\((oai_usage_rate_limit(?:_remaining)?)\{", expr):
            yield f"{title}: {family} is summed, though every gateway sees the same limit"
        if " / " in expr and "> 0)" not in expr and "$slo" not in expr:
            yield f"{title}: a denominator that may be 0: {expr}"
        if "histogram_quantile" in expr and not re.search(r"sum by \(le[^)]*\) \(rate\(", expr):
            yield f"{title}: a quantile of something else than rates summed by le: {expr}"
        instant = panel["type"] in ("stat", "table", "bargauge")
        if target["instant"] != instant or target["range"] == instant:
            yield f"{title}: an instant query belongs to a number, a range to a chart"
        if not instant and "$__range" in expr:
            yield f"{title}: a chart over the whole period at every point: {expr}"
