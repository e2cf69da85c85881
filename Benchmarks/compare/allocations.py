#!/usr/bin/env python3
"""Shows that metering allocates nothing per chunk: as much for twice as many.

Usage: compare/allocations.py METER-BENCHMARK LIBRARY FOLDER
"""

import os
import re
import subprocess
import sys

CHUNKS = 100_000


def allocations(benchmark: str, library: str, folder: str, what: str, count: int) -> int:
    result = subprocess.run(
        [benchmark, "repeat", what, str(count), folder],
        env=os.environ | {"LD_PRELOAD": library},
        capture_output=True,
        text=True,
        check=True,
    )
    match = re.search(r"^allocations: (\d+)$", result.stderr, re.MULTILINE)
    if not match:
        raise SystemExit(f"The allocations were not counted: {result.stderr}")
    return int(match[1])


def main() -> int:
    if len(sys.argv) != 4:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    benchmark, library, folder = sys.argv[1:]
    failed = False
    print(f"{'allocations':28} {CHUNKS:>12,} {2 * CHUNKS:>12,} chunks")
    for what in ["chat-stream", "responses-stream", "chat", "embeddings"]:
        once, twice = (allocations(benchmark, library, folder, what, count) for count in (CHUNKS, 2 * CHUNKS))
        print(f"{what:28} {once:>12,} {twice:>12,} {'' if once == twice else 'NOT EQUAL'}")
        failed = failed or once != twice
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
