#!/usr/bin/env python3
"""Compares what the library has priced with what reference.py makes of the same calls.

Usage: check.py CALLS.jsonl MINIMUM

Each line is a call with its cost, as the Swift test `PriceSampleTests` writes it.
"""

import collections
import json
import sys
from decimal import Decimal

from reference import PICO, Reference


def main(path, minimum):
    reference = Reference()
    statuses, reasons, differences, bounds, count = collections.Counter(), collections.Counter(), 0, 0, 0
    with open(path, encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            call = json.loads(line)
            expected = reference.price(call)
            cost = call["cost"]
            found = None if cost["pico_usd"] is None else int(cost["pico_usd"]) * PICO
            bound = None if cost["upper_bound_pico_usd"] is None else int(cost["upper_bound_pico_usd"]) * PICO
            bounds += bound is not None
            is_same = (
                cost["status"] == expected.status
                and found == expected.cost
                and bound == expected.bound
                and (expected.status not in ("unpriced", "partial", "none") or cost["reason"] in (expected.reasons or [None]))
            )
            count += 1
            statuses[expected.status] += 1
            reasons.update(expected.reasons)
            if not is_same:
                differences += 1
                if differences <= 20:
                    print(f"line {number}: expected {expected}, found {cost['status']} {found} {cost['reason']}\n  {line.rstrip()}")
    print(f"{count} calls: {dict(statuses)}")
    print(f"reasons: {dict(reasons)}")
    for status in ("exact", "partial", "unpriced", "free", "provider", "none"):
        if statuses[status] < 20:
            sys.exit(f"Only {statuses[status]} calls are {status}: the sample is too narrow.")
    if bounds < 20:
        sys.exit(f"Only {bounds} calls are bounded: the sample is too narrow.")
    if count < minimum:
        sys.exit(f"There are {count} calls, not {minimum}.")
    if differences:
        sys.exit(f"{differences} of {count} calls are priced differently.")
    print("All are priced alike.")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
