"""The ledger's figures beside those of the counters and of the panels."""

from decimal import Decimal

# A column of a report, and the family that counts the same.
EXACT = {
    "calls": "calls_total",
    "errors": "call_errors_total",
    "cost_usd": "cost_usd_total",
    "input_tokens": "input_tokens_total",
    "output_tokens": "output_tokens_total",
    "cached_input_tokens": "input_cached_tokens_total",
    "reasoning_tokens": "output_reasoning_tokens_total",
}
# How far the sum of a panel may be from the ledger's. Prometheus extrapolates an increase to the ends of its range, by up to an
# interval of scrapes; the period of the check has more than 120 of them.
SHARE = 0.01


def _difference(after, before, column):
    """The growth of a column, by the rows' labels."""
    grown = {}
    for key, row in after.items():
        old = before.get(key, {}).get(column) or 0
        grown[key] = Decimal(row[column] or 0) - Decimal(old)
    return grown


# VictoriaMetrics keeps numbers in a compressed form, of about 15 digits.
KEPT = {"prometheus": 0.0, "victoria-metrics": 1e-12}


def counters(server, gateway, after, before, at):
    """How the counters of a gateway differ from its ledger's growth since its start: in nothing."""
    labels = ("project", "model", "operation")
    checked = 0
    for column, family in EXACT.items():
        rows = server.query(f'sum by ({", ".join(labels)}) (oai_usage_{family}{{instance="{gateway.instance}"}})', at)
        counted = {tuple(row.get(label, "") for label in labels): points[-1][1] for row, points in rows}
        for key, grown in _difference(after, before, column).items():
            checked += 1
            if abs(counted.pop(key, 0.0) - float(grown)) > KEPT[server.name] * float(grown):
                yield f"{server.name}: {family} of {key} is not the ledger's {grown}"
        for key, value in counted.items():
            if value:
                yield f"{server.name}: {family} of {key} is {value}, and not in the ledger"
    if not checked:
        yield f"{server.name}: nothing was compared"


def increases(server, gateway, after, before, start, at):
    """How `increase` over the period differs from the ledger's growth in it, by more than 0.1 %.

    The range is from one scrape to another, so that nothing is extrapolated; a series that begins within it loses its first
    increment.
    """
    matcher = f'{{instance="{gateway.instance}"}}'
    [(_, points)] = server.samples(f"oai_usage_build_info{matcher}", at - start + 1, at)
    first, last = next(moment for moment, _ in points if moment >= start), points[-1][0]
    compared = 0
    for column, family in EXACT.items():
        if column == "errors":
            # Errors are few; their series begin with the first.
            continue
        counter = f"oai_usage_{family}{matcher}"
        rows = server.query(f"sum by (project, model) (increase({counter}[{round((last - first) * 1000)}ms]))", last)
        grown = {}
        for (project, model, _), value in _difference(after, before, column).items():
            grown[project, model] = grown.get((project, model), Decimal(0)) + value
        shown = {(row["project"], row["model"]): points[-1][1] for row, points in rows}
        for key, value in grown.items():
            compared += 1
            if abs(shown.get(key, 0.0) - float(value)) > 0.001 * float(value):
                yield f"{server.name}: increase of {family} of {key} is {shown.get(key)}, and {value} in the ledger"
    if compared < 20:
        yield f"{server.name}: only {compared} increases were compared"


def panels(answers, after, before, share, project=""):
    """How the panels that show a sum differ from the ledger's growth in the period, by more than a share of it."""
    compared = 0
    for answer in answers:
        if not answer.meant.equals:
            continue
        column, labels = answer.meant.equals
        wanted = {}
        for key, grown in _difference(after, before, column).items():
            row = dict(zip(("project", "model", "operation"), key))
            if project and answer.board == "project.json" and row["project"] != project:
                continue
            place = tuple(row[label] for label in labels)
            wanted[place] = wanted.get(place, Decimal(0)) + grown
        shown = {tuple(row.get(label, "") for label in labels): points[-1][1] for row, points in answer.instant}
        for place, grown in wanted.items():
            compared += 1
            value = shown.pop(place, 0.0)
            if abs(value - float(grown)) > share * float(grown):
                yield f"{answer.where}: {value:.6g} of {'/'.join(place) or 'all'}, and {grown} in the ledger"
        for place, value in shown.items():
            if value:
                yield f"{answer.where}: {value:.6g} of {'/'.join(place)}, and nothing in the ledger"
    if compared < 20:
        yield f"only {compared} figures of panels were compared"
