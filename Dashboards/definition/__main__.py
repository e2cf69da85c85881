"""Writes the dashboards: python3 Dashboards/definition [--check]."""

import sys
from pathlib import Path

sys.dont_write_bytecode = True

from boards import BOARDS, text  # noqa: E402


def main(arguments):
    if arguments not in ([], ["--check"]):
        print(__doc__, file=sys.stderr)
        return 64
    folder = Path(__file__).resolve().parent.parent
    stale = []
    for board in BOARDS:
        path = folder / f"{board.name}.json"
        wanted = text(board)
        if path.exists() and path.read_text() == wanted:
            continue
        stale.append(path.name)
        if not arguments:
            path.write_text(wanted)
            print(f"Wrote Dashboards/{path.name}.")
    if arguments and stale:
        print(f"{', '.join(stale)}: not as the definition says; run python3 Dashboards/definition.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
