"""The kinds of panels, as Grafana's classic dashboards write them."""

from dataclasses import dataclass, field

SOURCE = {"type": "prometheus", "uid": "${datasource}"}
GREEN, YELLOW, ORANGE, RED, GRAY = "green", "#EAB839", "orange", "red", "text"


@dataclass
class Query:
    expr: str
    legend: str = "__auto"
    # Why the query may have no series although there are calls; the check asks for some otherwise.
    sparse: str = ""
    # The column of `oai-usage report` that the value equals, with the labels that it is grouped by.
    equals: tuple = ()

    def json(self, number, kind):
        instant = kind in ("stat", "table", "bargauge", "gauge")
        return {
            "refId": chr(ord("A") + number),
            "datasource": dict(SOURCE),
            "expr": self.expr,
            "legendFormat": self.legend,
            "editorMode": "code",
            "instant": instant,
            "range": not instant,
            "exemplar": kind == "timeseries" and "_bucket{" in self.expr,
            "format": {"table": "table", "heatmap": "heatmap"}.get(kind, "time_series"),
        }


@dataclass
class Panel:
    kind: str
    title: str
    description: str
    queries: list
    unit: str = "short"
    width: int = 12
    height: int = 8
    defaults: dict = field(default_factory=dict)
    custom: dict = field(default_factory=dict)
    options: dict = field(default_factory=dict)
    overrides: list = field(default_factory=list)
    transformations: list = field(default_factory=list)
    steps: tuple = ((None, GRAY),)
    # The page of one project that a click on a series or a row leads to.
    links: list = field(default_factory=list)

    def json(self, identifier, x, y):
        defaults = {
            "unit": self.unit,
            "noValue": "No data",
            "mappings": [],
            "thresholds": {"mode": "absolute", "steps": [{"color": c, "value": v} for v, c in self.steps]},
            "color": {"mode": "thresholds" if self.kind in ("stat", "bargauge", "gauge") else "palette-classic"},
            "links": self.links,
            "custom": self.custom,
            **self.defaults,
        }
        panel = {
            "id": identifier,
            "type": self.kind,
            "title": self.title,
            "description": self.description,
            "datasource": dict(SOURCE),
            "gridPos": {"h": self.height, "w": self.width, "x": x, "y": y},
            "fieldConfig": {"defaults": defaults, "overrides": self.overrides},
            "options": self.options,
            "targets": [query.json(number, self.kind) for number, query in enumerate(self.queries)],
        }
        if self.transformations:
            panel["transformations"] = self.transformations
        return panel


def to_project(label="__field.labels.project"):
    """A link to the page of the project of a series, or of a row."""
    return {
        "title": "The project ${" + label + "}",
        "url": "/d/oai-usage-project?${datasource:queryparam}&${job:queryparam}&${instance:queryparam}"
        "&var-project=${" + label + ":percentencode}&${__url_time_range}",
        "targetBlank": False,
    }


def steps(*above, lowest=(0, GREEN)):
    """Thresholds as (value, color).

    The base is gray, since Grafana paints "No data" in it: absence is neither good nor bad.
    """
    return ((None, GRAY), lowest, *above)


def worded(base=GRAY):
    """The thresholds of a state: 0 is bad, 1 is good."""
    return ((None, base), (0, RED), (1, GREEN))


def query(expr, legend="__auto", **options):
    return Query(expr, legend, **options)


def stat(title, description, *queries, unit="short", width=4, height=4, mappings=(), decimals=None, graph=False, **rest):
    options = {
        "reduceOptions": {"values": False, "calcs": ["lastNotNull"], "fields": ""},
        "orientation": "auto",
        "textMode": "value_and_name" if len(queries) > 1 else "value",
        "colorMode": "value",
        "graphMode": "none",
        "justifyMode": "auto",
    }
    defaults = {"mappings": list(mappings)}
    if decimals is not None:
        defaults["decimals"] = decimals
    return Panel("stat", title, description, list(queries), unit, width, height, defaults, options=options, **rest)


def states(**texts):
    """A mapping of 1 and 0 to words, good and bad."""
    return [
        {
            "type": "value",
            "options": {
                "1": {"text": texts["good"], "color": GREEN, "index": 0},
                "0": {"text": texts["bad"], "color": RED, "index": 1},
            },
        }
    ]


def timeseries(title, description, *queries, unit="short", stack=False, bottom=0, top=None, legend="table", **rest):
    custom = {
        "drawStyle": "line",
        "lineInterpolation": "linear",
        "lineWidth": 1,
        "fillOpacity": 35 if stack else 8,
        "gradientMode": "none",
        "showPoints": "auto",
        "pointSize": 3,
        "spanNulls": False,
        "axisPlacement": "auto",
        "axisSoftMin": bottom,
        "scaleDistribution": {"type": "linear"},
        "stacking": {"mode": "normal" if stack else "none", "group": "A"},
    }
    if top is not None:
        custom["axisSoftMax"] = top
    options = {
        "tooltip": {"mode": "multi", "sort": "desc"},
        "legend": {
            "showLegend": True,
            "displayMode": legend,
            "placement": "bottom",
            "calcs": ["mean", "max", "lastNotNull"] if legend == "table" else [],
        },
    }
    return Panel("timeseries", title, description, list(queries), unit, custom=custom, options=options, **rest)


def heatmap(title, description, expr, unit="s", color="Spectral", **rest):
    options = {
        "calculate": False,
        "cellGap": 1,
        "cellValues": {"unit": "short", "decimals": 0},
        "color": {
            "mode": "scheme", "scheme": color, "scale": "exponential", "exponent": 0.5, "steps": 64,
            "reverse": color == "Spectral", "fill": "dark-orange",
        },
        "exemplars": {"color": "rgba(255,0,255,0.7)"},
        "filterValues": {"le": 1e-09},
        "legend": {"show": True},
        "rowsFrame": {"layout": "auto"},
        "showValue": "never",
        "tooltip": {"mode": "single", "yHistogram": True},
        "yAxis": {"axisPlacement": "left", "reverse": False, "unit": unit},
    }
    custom = {"scaleDistribution": {"type": "linear"}}
    return Panel("heatmap", title, description, [Query(expr, "{{le}}")], unit, custom=custom, options=options, **rest)


def bars(title, description, *queries, unit="percentunit", **rest):
    options = {
        "reduceOptions": {"values": False, "calcs": ["lastNotNull"], "fields": ""},
        "orientation": "horizontal",
        "displayMode": "gradient",
        "showUnfilled": True,
        "valueMode": "color",
        "minVizHeight": 16,
        "minVizWidth": 8,
    }
    return Panel("bargauge", title, description, list(queries), unit, options=options, **rest)


def timeline(title, description, *queries, mappings=(), **rest):
    options = {
        "mergeValues": True,
        "showValue": "auto",
        "alignValue": "left",
        "rowHeight": 0.9,
        "legend": {"showLegend": False, "displayMode": "list", "placement": "bottom", "calcs": []},
        "tooltip": {"mode": "single", "sort": "none"},
    }
    defaults = {"mappings": list(mappings), "color": {"mode": "thresholds"}}
    custom = {"lineWidth": 0, "fillOpacity": 80}
    return Panel(
        "state-timeline", title, description, list(queries), "none", defaults=defaults, custom=custom, options=options, **rest
    )


def table(title, description, labels, columns, sort=None, links=None, **rest):
    """A table: a row for each set of labels, a column for each (name, query, unit).

    A label is its own column's name; (label, name) gives it another one.
    """
    labels = [label if isinstance(label, tuple) else (label, label.capitalize().replace("_", " ")) for label in labels]
    queries = [column[1] for column in columns]
    many = len(columns) > 1
    names = {f"Value #{chr(ord('A') + n)}" if many else "Value": column[0] for n, column in enumerate(columns)}
    order = [label for label, _ in labels] + list(names)
    transformations = [{"id": "merge", "options": {}}] if many else []
    transformations.append(
        {
            "id": "organize",
            "options": {
                "excludeByName": {"Time": True},
                "indexByName": {name: position for position, name in enumerate(order)},
                "renameByName": {**{label: name for label, name in labels}, **names},
            },
        }
    )
    overrides = []
    for name, _, unit, *more in columns:
        properties = [{"id": "unit", "value": unit}, {"id": "custom.align", "value": "right"}]
        if more:
            properties.append({"id": "decimals", "value": more[0]})
        overrides.append({"matcher": {"id": "byName", "options": name}, "properties": properties})
    for label, name in labels:
        if links and label in links:
            properties = [{"id": "links", "value": [links[label]]}]
            overrides.append({"matcher": {"id": "byName", "options": name}, "properties": properties})
    options = {
        "showHeader": True,
        "cellHeight": "sm",
        "footer": {"show": False, "reducer": ["sum"], "countRows": False, "fields": "", "enablePagination": False},
        "sortBy": [{"displayName": sort or columns[0][0], "desc": True}],
    }
    custom = {"align": "auto", "cellOptions": {"type": "auto"}, "inspect": False, "filterable": False}
    return Panel(
        "table", title, description, queries, custom=custom, options=options, overrides=overrides,
        transformations=transformations, **rest,
    )
