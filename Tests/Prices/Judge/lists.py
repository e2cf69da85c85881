"""The two price lists that are compared: each says what a million tokens of a component, or a unit, costs on a day."""

import datetime
import json
import re
import sys
from decimal import Decimal
from pathlib import Path

from usages import AMOUNT, THRESHOLD, probe, stand_ins, usage

FOLDER = Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER.parent))

from reference import Reference, Unknown  # noqa: E402

EPOCH = datetime.date(1970, 1, 1)
UNITS = {
    "audio_minute": ({"audio_seconds": "60"}, {"session_seconds": "60"}),
    "input_character": ({"input_characters": "1"},),
}
TOOLS = {"web_search": "web_search", "file_search": "file_search"}


def load(name):
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


class Theirs:
    """What genai-prices says, from its snapshot."""

    def __init__(self):
        self.document = load("genai-prices.json")

    def model(self, name):
        return next((model for model in self.document["models"] if self.is_match(model, name)), None)

    def names(self):
        """All names that are written down; of a pattern, its beginning."""
        for model in self.document["models"]:
            yield from (value for kind, value in model["match"] if kind in ("equals", "starts_with"))

    @staticmethod
    def is_match(model, name):
        tests = {
            "equals": lambda value: name == value,
            "starts_with": name.startswith,
            "contains": lambda value: value in name,
            "regex": lambda value: re.search(value, name) is not None,
        }
        return any(tests[kind](value) for kind, value in model["match"])

    @staticmethod
    def period(model, day):
        return [period for period in model["periods"] if period["from"] is None or period["from"] <= day][-1]

    @staticmethod
    def rate(card, component):
        """The price of a million tokens; a component that is not told costs what the next wider one does."""
        found = next((card[name] for name in (component, *stand_ins(component)) if name in card), None)
        return None if found is None else Decimal(found)


class Ours:
    """What the price book says, as the independent calculation reads it."""

    def __init__(self):
        self.reference = Reference()

    def call(self, name, day, tier="default", counters=None, units=None, tools=None):
        seconds = (datetime.date.fromisoformat(day) - EPOCH).days * 86_400 + 43_200
        return {
            "model": name, "request_model": None, "service_tier": tier, "requested_service_tier": None,
            "endpoint": "responses", "is_free": False, "host": "api.openai.com", "started_at": seconds * 1_000_000, "background_window": None,
            "outcome": "completed", "usage_state": "reported" if counters else "not_applicable", "status": 200,
            "provider_cost": None, "request_bytes": None, "max_output_tokens": None, "request_options": {},
            "diagnostics": {}, "usage": counters or {}, "units": units or {}, "tool_calls": tools or {},
        }

    def cost(self, *arguments, **options):
        """The cost of a call; None unless all of it has a price."""
        result = self.reference.price(self.call(*arguments, **options))
        return result.cost if result.status == "exact" else None

    def tokens(self, name, day, tier, counts):
        return self.cost(name, day, tier, usage(counts))

    def rate(self, name, day, tier, component, is_long):
        counts, less = probe(component, is_long)
        cost, rest = self.tokens(name, day, tier, counts), self.tokens(name, day, tier, less) if less else Decimal(0)
        return None if cost is None or rest is None else (cost - rest) * 1_000_000 / counts[component]

    def card(self, name, day, tier, is_long):
        """The prices that are told; none if the tier, or this context in it, has none."""
        try:
            tokens = THRESHOLD + AMOUNT if is_long else AMOUNT
            return self.reference.rates(self.reference.model(name), day, tier, tokens)[0]
        except Unknown:
            return {}

    def entry(self, name):
        return self.reference.model(name)

    def period(self, name, day):
        """The period of a day, None if the model has no price on it."""
        try:
            return self.reference.period(self.entry(name), day)
        except Unknown:
            return None

    def unit(self, name, day, unit):
        """The price of a unit; a tool's is that of a call without tokens."""
        if unit in TOOLS:
            return self.cost(name, day, counters=usage({}), tools={TOOLS[unit]: 1})
        costs = (self.cost(name, day, units=units) for units in UNITS[unit])
        return next((cost for cost in costs if cost is not None), None)
