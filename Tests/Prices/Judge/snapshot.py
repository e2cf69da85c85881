#!/usr/bin/env python3
"""Writes down what the package genai-prices says of OpenAI's models, so that the judgment needs neither it nor a network.

Usage: snapshot.py [--check]

Every price is what `calc_price` makes of a usage, not what the package's tables hold. With --check nothing is written; the
exit status is 1 if the package says something else than the file.
"""

import datetime
import importlib.metadata
import json
import sys
from decimal import Decimal
from pathlib import Path

from genai_prices import Usage, data, types

from usages import PARTS, THRESHOLD, mixture, probe, stand_ins, usage

FILE = Path(__file__).with_name("genai-prices.json")
ABOUT = (
    "What genai-prices says of OpenAI's models: US dollars for a million tokens by service tier and day, a unit's price, and "
    "the cost of usages.py's mixture. Derived from https://github.com/pydantic/genai-prices, MIT, see genai-prices.LICENSE. "
    "Written by snapshot.py; an absent component costs what the next wider one does."
)
CONTEXTS = {
    "default": {},
    "batch": {"processing": "batch"},
    "flex": {"service_tier": "flex"},
    "priority": {"service_tier": "priority"},
    "fast": {"service_tier": "fast"},
}
COUNTERS = {
    "input_tokens": "input_tokens", "cached_input_tokens": "cache_read_tokens", "cache_write_tokens": "cache_write_tokens",
    "cached_audio_input_tokens": "cache_audio_read_tokens", "cached_image_input_tokens": "cache_image_read_tokens",
    "audio_input_tokens": "input_audio_tokens", "image_input_tokens": "input_image_tokens",
    "output_tokens": "output_tokens", "audio_output_tokens": "output_audio_tokens",
    "image_output_tokens": "output_image_tokens",
}
PRICES = {
    "input": "input_mtok", "cached_input": "cache_read_mtok", "cache_write": "cache_write_mtok",
    "audio_input": "input_audio_mtok", "cached_audio_input": "cache_audio_read_mtok", "image_input": "input_image_mtok",
    "cached_image_input": "cache_image_read_mtok", "output": "output_mtok", "audio_output": "output_audio_mtok",
    "image_output": "output_image_mtok",
}
UNITS = {
    "audio_minute": ("audio_hours", {"audio_seconds": 60, "input_audio_seconds": 60}),
    "input_character": ("input_mchars", {"input_characters": 1}),
    "web_search": ("web_searches_kcount", {"web_searches": 1}),
    "file_search": ("storage_searches_kcount", {"storage_searches": 1}),
}


def wider(card, component):
    """What the component costs that stands in for one that is not told."""
    return next((card[name] for name in stand_ins(component) if name in card), "0")


def text(number):
    return f"{number.normalize():f}"


class Snapshot:
    def __init__(self):
        self.provider = next(provider for provider in data.providers if provider.id == "openai")

    def cost(self, model, day, tier, counters):
        moment = datetime.datetime.combine(day, datetime.time(12), datetime.timezone.utc)
        told = Usage(**counters)
        return model.calc_price(
            told, self.provider, genai_request_timestamp=moment, price_context=CONTEXTS[tier]
        ).total_price

    def tokens(self, model, day, tier, counts):
        counters = {COUNTERS[name]: count for name, count in usage(counts).items()}
        return self.cost(model, day, tier, counters)

    def card(self, model, day, tier, prices, is_long):
        """The prices of a million tokens; those that are not told and cost what their side costs are left out."""
        card = {}
        for component in PARTS:
            counts, less = probe(component, is_long)
            cost = self.tokens(model, day, tier, counts) - self.tokens(model, day, tier, less)
            rate = text(cost * 1_000_000 / counts[component])
            if getattr(prices, PRICES[component]) is not None or rate != wider(card, component):
                card[component] = rate
        if card:
            counts = mixture(is_long, "output" in card)
            card["mixture"] = text(self.tokens(model, day, tier, counts))
        return card

    def period(self, model, day):
        period = {"from": None if day == datetime.date.min else day.isoformat()}
        standard = self.prices(model, day, "default")
        for unit, (price, counters) in UNITS.items():
            if getattr(standard, price) is not None:
                period.setdefault("units", {})[unit] = text(self.cost(model, day, "default", counters))
        for tier in CONTEXTS:
            if tier != "default" and not self.knows(model, day, tier):
                continue
            prices = self.prices(model, day, tier)
            tiered = [price for price in vars(prices).values() if isinstance(price, types.TieredPrices)]
            assert all([step.start for step in price.tiers] == [THRESHOLD] for price in tiered), model.id
            if card := self.card(model, day, tier, prices, is_long=False):
                period.setdefault("per_1m", {})[tier] = card
                if tiered:
                    period.setdefault("long", {})[tier] = self.card(model, day, tier, prices, is_long=True)
        for cards in (period.get("per_1m", {}), period.get("long", {})):
            # Two words for one tier.
            assert cards.pop("fast", None) == cards.get("priority"), model.id
        return period

    def prices(self, model, day, tier):
        moment = datetime.datetime.combine(day, datetime.time(12), datetime.timezone.utc)
        return model.get_prices(moment, CONTEXTS[tier] or None)

    @staticmethod
    def knows(model, day, tier):
        return any(
            variant.when == CONTEXTS[tier] and (variant.constraint is None or variant.constraint.start_date <= day)
            for variant in model.price_variants or ()
        )

    @staticmethod
    def days(model):
        """The first days of the model's periods."""
        conditions = model.prices if isinstance(model.prices, list) else []
        constraints = [part.constraint for part in (*conditions, *(model.price_variants or ())) if part.constraint]
        return sorted({datetime.date.min, *(constraint.start_date for constraint in constraints)})

    def matches(self, clause):
        if isinstance(clause, types.ClauseOr):
            return [match for part in clause.or_ for match in self.matches(part)]
        (kind, value), = vars(clause).items()
        return [[kind, value]]

    def document(self):
        models = []
        for model in self.provider.models:
            periods = [self.period(model, day) for day in self.days(model)]
            models.append({"id": model.id, "match": self.matches(model.match), "periods": periods})
        return {"about": ABOUT, "version": importlib.metadata.version("genai-prices"), "models": models}


def written(document):
    """The document as JSON with a line for each card, so that a change of a price is a change of a line."""
    def members(value, indent):
        return ",\n".join(f"{indent}{json.dumps(name)}: {json.dumps(card)}" for name, card in value.items())

    def period(value):
        parts = [f'     "from": {json.dumps(value["from"])}']
        parts += [f'     "{name}": {{\n{members(value[name], "      ")}\n     }}' for name in ("per_1m", "long", "units")
                  if name in value]
        return "    {\n" + ",\n".join(parts) + "\n    }"

    def model(value):
        periods = ",\n".join(period(part) for part in value["periods"])
        return (f'  {{\n   "id": {json.dumps(value["id"])},\n   "match": {json.dumps(value["match"])},\n'
                f'   "periods": [\n{periods}\n   ]\n  }}')

    head = members({name: document[name] for name in ("about", "version")}, " ")
    models = ",\n".join(model(value) for value in document["models"])
    return f'{{\n{head},\n "models": [\n{models}\n ]\n}}\n'


def main():
    content = written(Snapshot().document())
    if "--check" not in sys.argv[1:]:
        FILE.write_text(content, encoding="utf-8")
    elif FILE.read_text(encoding="utf-8") != content:
        sys.exit(f"genai-prices says something else than {FILE.name}: run {Path(__file__).name}, and read what changed.")


if __name__ == "__main__":
    main()
