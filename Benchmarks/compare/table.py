#!/usr/bin/env python3
"""Prints what several programs measured of the same bodies side by side.

Usage: compare/table.py METER DECODER JSON SDK MEMCHR

Each is a file with lines of a name, bytes, nanoseconds and events, with tabs between them.
"""

import sys

PEERS = ["JSONDecoder", "Python json", "openai SDK", "memchr"]


def rows(path: str) -> dict[str, float]:
    """Billions of bytes a second by name."""
    result = {}
    with open(path) as file:
        for line in file:
            name, length, nanoseconds, _ = line.rstrip("\n").split("\t")
            result[name.removesuffix(", 16 KiB reads")] = int(length) / int(nanoseconds)
    return result


def main() -> int:
    if len(sys.argv) != 2 + len(PEERS):
        print(__doc__.strip(), file=sys.stderr)
        return 2
    meter, *peers = map(rows, sys.argv[1:])
    print("GB/s, and how many times as fast the meter is:\n")
    print("| body | meter |" + "".join(f" {peer} | |" for peer in PEERS))
    print("|---|---:|" + "---:|---:|" * len(PEERS))
    for name, speed in meter.items():
        if not any(name in peer for peer in peers):
            continue
        cells = ""
        for peer in peers:
            known = peer.get(name)
            factor = speed / known if known else 0
            cells += f" {known:.3g} | {factor:,.{0 if factor >= 10 else 2}f}x |" if known else " | |"
        print(f"| {name} | {speed:.2f} |{cells}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
