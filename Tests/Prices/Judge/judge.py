#!/usr/bin/env python3
"""Compares the price book with what genai-prices says, by pricing the same usages with both.

Usage: judge.py [--write]

Every difference must be explained in differences.json, every name that only they know be decided on in decisions.json, and
nothing may be explained or decided on that is not a difference any more. Ours is what the independent calculation makes of a
call, which check.py holds the library to; theirs is in genai-prices.json, which snapshot.py writes. With --write,
differences.json gets what is new, without a reason, and loses what is gone.
"""

import collections
import json
import sys
from decimal import Decimal

from lists import FOLDER, Ours, Theirs, load
from usages import PARTS, THRESHOLD, mixture

ALWAYS = "2020-01-01"


def number(value):
    return "none" if value is None else f"{value.normalize():f}"


class Comparison:
    """All prices of all names that both lists know, on every day on which one of them may have changed."""

    def __init__(self):
        self.ours, self.theirs = Ours(), Theirs()
        self.found = collections.defaultdict(lambda: collections.defaultdict(list))
        self.days, self.compared, self.only_ours, self.contradictions = {}, 0, [], []

    def run(self):
        for name in sorted(self.ours.reference.models):
            model = self.theirs.model(name)
            if model is None:
                self.only_ours.append(name)
                continue
            periods = [*self.ours.entry(name)["periods"], *model["periods"]]
            days = sorted({period["from"] or ALWAYS for period in periods})
            self.days[name] = [day for day in days if self.ours.period(name, day)]
            for day in self.days[name]:
                self.compare(name, day, self.theirs.period(model, day))

    def compare(self, name, day, period):
        for unit, theirs in period.get("units", {}).items():
            self.note(name, day, unit, self.ours.unit(name, day, unit), Decimal(theirs))
        for tier, card in period.get("per_1m", {}).items():
            self.compare_cards(name, day, tier, False, card)
            if "long" in period or "long_context" in self.ours.period(name, day):
                # Who tells nothing of long contexts prices them as others.
                long = period.get("long", {}).get(tier, card)
                self.compare_cards(name, day, tier, True, long)
                self.compare_boundary(name, day, tier, card, long)

    def compare_cards(self, name, day, tier, is_long, card):
        own = self.ours.card(name, day, tier, is_long)
        differences = {}
        for component in PARTS:
            ours, theirs = self.ours.rate(name, day, tier, component, is_long), self.theirs.rate(card, component)
            differences[component] = None if None in (ours, theirs) else ours - theirs
            if component in own or component in card:
                label = f"{tier}, long context" if is_long else tier
                self.note(name, day, f"{label}: {component}", ours, theirs)
        self.compare_mixtures(name, day, tier, is_long, card, differences)

    def compare_boundary(self, name, day, tier, short, long):
        """The last context that is short, and the first that is long; their list's bounds are all the same."""
        if not self.ours.card(name, day, tier, is_long=True):
            return
        for tokens, card in ((THRESHOLD, short), (THRESHOLD + 1, long)):
            cost = self.ours.tokens(name, day, tier, {"input": tokens})
            rate = None if cost is None else cost * 1_000_000 / tokens
            label = "long" if tokens > THRESHOLD else "short"
            if rate != self.ours.rate(name, day, tier, "input", tokens > THRESHOLD):
                self.note(name, day, f"{tier}, {tokens} tokens are a {label} context", rate, self.theirs.rate(card, "input"))
            self.compared += 1

    def compare_mixtures(self, name, day, tier, is_long, card, differences):
        """The mixture of all components may differ by what its components do, and by nothing else."""
        if self.is_short(name, day, tier, is_long):
            return
        counts = mixture(is_long, "output" in card)
        if any(differences[component] is None for component in counts):
            return
        self.compared += 1
        cost = self.ours.tokens(name, day, tier, counts)
        explained = sum(differences[component] * count for component, count in counts.items()) / 1_000_000
        if cost - Decimal(card["mixture"]) != explained:
            self.contradictions.append(
                f"{name} in {tier} on {day}: the mixture costs {number(cost)} here and {card['mixture']} there, and its "
                f"components differ by {number(explained)}"
            )

    def is_short(self, name, day, tier, is_long):
        """True if their list has no card for long contexts, so that its mixture is one of a short context."""
        period = self.theirs.period(self.theirs.model(name), day)
        return is_long and tier not in period.get("long", {})

    def note(self, name, day, component, ours, theirs):
        self.compared += 1
        if ours != theirs:
            key = (self.ours.entry(name)["id"], component, number(ours), number(theirs))
            self.found[key][name].append(day)

    def rows(self):
        """A line for each difference: model, component, ours, theirs, when, and of which names if not of all."""
        for (model, component, ours, theirs), names in sorted(self.found.items()):
            when = "; ".join(sorted({self.when(name, days) for name, days in names.items()}))
            row = [model, component, ours, theirs, when]
            if set(names) != set(self.ours.entry(model)["ids"]):
                row.append("only " + ", ".join(sorted(names)))
            yield " | ".join(row)

    def when(self, name, days):
        later = [day for day in self.days[name] if day > days[-1]]
        start = [] if days[0] == self.days[name][0] else [f"from {days[0]}"]
        return ", ".join(start + [f"before {day}" for day in later[:1]]) or "always"


def judge_differences(comparison, groups):
    explained = collections.Counter(row for group in groups for row in group["rows"])
    rows = list(comparison.rows())
    yield from (f"not explained: {row}" for row in rows if row not in explained)
    yield from (f"explained, but no difference: {row}" for row in explained if row not in rows)
    yield from (f"explained twice: {row}" for row, count in explained.items() if count > 1)
    yield from (f"no reason or no source: {group['rows'][:1]}" for group in groups if not (group["why"] and group["source"]))


def judge_names(comparison, decisions):
    theirs = set(comparison.theirs.names())
    unknown = {name for name in theirs if comparison.ours.entry(name) is None}
    left_out = collections.Counter(name for group in decisions["left_out"] for name in group["names"])
    yield from (f"only they know it, and nothing is decided: {name}" for name in sorted(unknown - left_out.keys()))
    yield from (f"left out, but known by now or not theirs: {name}" for name in left_out if name not in unknown)
    yield from (f"left out twice: {name}" for name, count in left_out.items() if count > 1)
    yield from (f"added, but not known to both: {group['name']}" for group in decisions["added"]
                if group["name"] not in theirs or comparison.ours.entry(group["name"]) is None)
    yield from ("left out without a reason" for group in decisions["left_out"] if not group["why"])


def write(comparison, groups):
    rows = list(comparison.rows())
    known = {row for group in groups for row in group["rows"]}
    for group in groups:
        group["rows"] = [row for row in rows if row in group["rows"]]
    if new := [row for row in rows if row not in known]:
        groups.append({"why": "", "source": "", "rows": new})
    text = json.dumps([group for group in groups if group["rows"]], indent=1, ensure_ascii=False) + "\n"
    (FOLDER / "differences.json").write_text(text, encoding="utf-8")


def main():
    comparison, groups, decisions = Comparison(), load("differences.json"), load("decisions.json")
    comparison.run()
    if "--write" in sys.argv[1:]:
        write(comparison, groups)
        return
    faults = [
        *comparison.contradictions, *judge_differences(comparison, groups), *judge_names(comparison, decisions),
    ]
    left_out = sum(len(group["names"]) for group in decisions["left_out"])
    print(
        f"genai-prices {comparison.theirs.document['version']} knows {len(comparison.days)} of our names, and of them "
        f"{comparison.compared} prices; {len(comparison.found)} differ, for {len(groups)} reasons. It does not know "
        f"{len(comparison.only_ours)} of our names; {left_out} of its names are left out here."
    )
    if faults:
        sys.exit("\n".join(faults))


if __name__ == "__main__":
    main()
