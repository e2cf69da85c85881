"""A dashboard: its variables, its rows, and where each panel stands."""

from dataclasses import dataclass, field

from panels import SOURCE
from queries import series

WIDTH = 24


@dataclass
class Row:
    title: str
    panels: list
    collapsed: bool = False


@dataclass
class Board:
    name: str
    title: str
    description: str
    rows: list
    variables: list = field(default_factory=list)
    period: str = "now-6h"

    @property
    def uid(self):
        return "oai-usage-" + self.name

    def json(self):
        return {
            "uid": self.uid,
            "title": "OpenAI usage / " + self.title,
            "description": self.description,
            "tags": ["oai-usage"],
            "schemaVersion": 39,
            "editable": False,
            "graphTooltip": 1,
            "refresh": "1m",
            "timezone": "browser",
            "time": {"from": self.period, "to": "now"},
            "timepicker": {},
            "fiscalYearStartMonth": 0,
            "liveNow": False,
            "weekStart": "",
            "links": [_siblings()],
            "annotations": {"list": _annotations()},
            "templating": {"list": [_datasource(), _job(), _instance(), *self.variables]},
            "panels": self._panels(),
        }

    def _panels(self):
        placed, y, identifier = [], 0, 0
        for row in self.rows:
            identifier += 1
            head = {
                "id": identifier,
                "type": "row",
                "title": row.title,
                "collapsed": row.collapsed,
                "gridPos": {"h": 1, "w": WIDTH, "x": 0, "y": y},
                "panels": [],
            }
            y += 1
            placed.append(head)
            into = head["panels"] if row.collapsed else placed
            x = height = 0
            top = y
            for panel in row.panels:
                if x + panel.width > WIDTH:
                    x, top, height = 0, top + height, 0
                identifier += 1
                into.append(panel.json(identifier, x, top))
                x, height = x + panel.width, max(height, panel.height)
            # What is hidden below a closed row takes no room.
            y = y if row.collapsed else top + height
        return placed


def _siblings():
    return {
        "type": "dashboards",
        "title": "OpenAI usage",
        "tags": ["oai-usage"],
        "asDropdown": True,
        "includeVars": True,
        "keepTime": True,
        "targetBlank": False,
        "icon": "external link",
        "tooltip": "The other pages, with this period and these variables",
        "url": "",
    }


def _annotation(name, color, expr, title, text):
    return {
        "name": name,
        "datasource": dict(SOURCE),
        "enable": True,
        "hide": False,
        "iconColor": color,
        "expr": expr,
        "step": "60s",
        "titleFormat": title,
        "textFormat": text,
    }


def _annotations():
    return [
        _annotation(
            "Restarts", "blue", f"changes({series('process_start_time_seconds')}[2m]) > 0", "Restart", "{{instance}}"
        ),
        _annotation(
            "Price book", "purple", f"changes({series('price_book_updated_timestamp_seconds')}[2m]) > 0",
            "New price book", "{{instance}}",
        ),
        _annotation(
            "Reloads", "yellow", f"changes({series('config_last_reload_success_timestamp_seconds')}[2m]) > 0",
            "Configuration reloaded", "{{instance}}",
        ),
    ]


def _datasource():
    return {
        "type": "datasource",
        "name": "datasource",
        "label": "Data Source",
        "query": "prometheus",
        "refresh": 1,
        "multi": False,
        "includeAll": False,
        "hide": 0,
        "options": [],
        "regex": "",
        "current": {"text": "default", "value": "default"},
    }


def _variable(name, definition, multi=True, every=".*", regex=""):
    variable = {
        "type": "query",
        "name": name,
        "label": name.capitalize(),
        "datasource": dict(SOURCE),
        "query": definition,
        "refresh": 2,
        "sort": 1,
        "multi": multi,
        "includeAll": multi,
        "hide": 0,
        "options": [],
        "regex": regex,
        "current": {"text": ["All"], "value": ["$__all"]} if multi else {"text": "", "value": ""},
    }
    if multi and every:
        variable["allValue"] = every
    return variable


def _job():
    # "All" stands for the jobs of the list alone: by a pattern, `up` would be that of every target of the server.
    return _variable(
        "job",
        'query_result(count by (job) (last_over_time(oai_usage_build_info[$__range]) or up{job=~".*oai-usage.*"}))',
        every=None,
        regex='/job="([^"]+)"/',
    )


def _instance():
    # From `up`, so that a target that never answered is in the list.
    return _variable("instance", 'label_values(up{job=~"$job"}, instance)', every=".+")


def _chain(label, *before):
    matchers = ", ".join(f'{name}=~"${name}"' for name in ("job", "instance", *before))
    return f"label_values(oai_usage_calls_total{{{matchers}}}, {label})"


# Project, then its models, then their operations.
CHAIN = [
    _variable("project", _chain("project")),
    _variable("model", _chain("model", "project")),
    _variable("operation", _chain("operation", "project", "model")),
]
# Histograms are not kept by project.
MODELS = [_variable("model", _chain("model")), _variable("operation", _chain("operation", "model"))]
ONE_PROJECT = [_variable("project", _chain("project"), multi=False), *CHAIN[1:]]


def choice(name, label, values):
    """A variable with fixed values, the first of them chosen."""
    options = [{"text": value, "value": value, "selected": value == values[0]} for value in values]
    return {
        "type": "custom",
        "name": name,
        "label": label,
        "query": ", ".join(values),
        "multi": False,
        "includeAll": False,
        "hide": 0,
        "options": options,
        "current": {"text": values[0], "value": values[0], "selected": True},
    }
