"""The files as Grafana reads them: by its JSON schema, and through its own types, which drop the keys they do not know.

dashboard.schema.json is that of Grafana 10.4 in grafana/grafana-foundation-sdk (Apache License 2.0), without its
descriptions and with three corrections: the lowest threshold is null, an override's value and its matcher's options are of
any type, and the links of a field are links to data.
"""

import json
from pathlib import Path

import jsonschema
from grafana_foundation_sdk.cog import plugins
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import Dashboard

# Prometheus adds these to an annotation; Grafana's schema leaves them to the data source.
_OF_THE_SOURCE = {"step", "titleFormat", "textFormat"}


def problems(boards):
    """What is wrong with the files, as sentences."""
    plugins.register_default_plugins()
    schema = json.loads((Path(__file__).parent / "dashboard.schema.json").read_text())
    validator = jsonschema.Draft7Validator(schema)
    for name, board in boards.items():
        for error in validator.iter_errors(_plain(board)):
            # Of the kinds that a panel may be, the one that is most nearly right.
            error = jsonschema.exceptions.best_match([error])
            yield f"{name}: {'/'.join(map(str, error.absolute_path))}: {error.message[:160]}"
        # The types change what they read, so they get a copy.
        read = Dashboard.from_json(json.loads(json.dumps(board)))
        back = json.loads(json.dumps(read, cls=JSONEncoder))
        for path in _lost(board, back, ()):
            yield f"{name}: Grafana's types know no {'/'.join(map(str, path))}"


def _plain(board):
    """The board without what the data source adds."""
    notes = [{key: value for key, value in note.items() if key not in _OF_THE_SOURCE} for note in board["annotations"]["list"]]
    return {**board, "annotations": {"list": notes}}


def _lost(before, after, path):
    if isinstance(before, dict):
        for key, value in before.items():
            if key in _OF_THE_SOURCE:
                continue
            if not isinstance(after, dict) or key not in after:
                # An absent list and an empty one mean the same.
                if value not in ([], {}, None):
                    yield (*path, key)
            else:
                yield from _lost(value, after[key], (*path, key))
    elif isinstance(before, list):
        if not isinstance(after, list) or len(before) != len(after):
            yield path
            return
        for number, (one, other) in enumerate(zip(before, after)):
            yield from _lost(one, other, (*path, number))
    elif before != after:
        yield (*path, f"{before!r}, read as {after!r}")
