"""Exports ledgers in the format of FOCUS, and has focus-validator check them. Failures must be among the exceptions that
Documentation/focus.md gives reasons for.

The validator brings the rules of FOCUS 1.2 and downloads newer ones. Where it cannot, FOCUS 1.4 is checked by the rules of 1.2
with the two columns that 1.3 and 1.4 renamed.
"""

import csv
import fnmatch
import importlib.util
import io
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
PACKAGE = Path(importlib.util.find_spec("focus_validator").origin).parent
# What holds of OpenAI's API.
CRITERIA = [
    "TAGGING_SUPPORTED", "SUB_ACCOUNT_SUPPORTED", "PUBLIC_PRICE_LIST_SUPPORTED", "UNIT_PRICING_SUPPORTED", "USAGE_MEASUREMENT_SUPPORTED",
    "NEGOTIATED_PRICING_SUPPORTED", "MULTIPLE_PRICING_CATEGORIES_SUPPORTED", "REGION_SUPPORTED",
]
RENAMED = {"ProviderName": "ServiceProviderName", "PublisherName": "HostProviderName"}
EXCEPTIONS = json.loads((HERE / "exceptions.json").read_text())
CONDITIONAL = {"always": lambda rows: True, "unpriced": lambda rows: any(row["x_UnpricedQuantity"] for row in rows)}


def export(binary, ledger, version):
    result = subprocess.run(
        [binary, "export", "--ledger", ledger, "--format", "focus", "--period", "all", "--focus-version", version],
        capture_output=True, text=True, check=True,
    )
    print(f"{ledger}, FOCUS {version}: {result.stderr.splitlines()[-1] if result.stderr else ''}")
    return result.stdout


def rules_of_1_4(folder):
    """The rules of 1.2 with the columns of 1.4."""
    text = (PACKAGE / "rules" / "model-1.2.0.1.json").read_text()
    for old, new in RENAMED.items():
        text = re.sub(rf"\b{old}\b", new, text)
    text = text.replace('"FOCUSVersion": "1.2"', '"FOCUSVersion": "1.4"')
    (folder / "model-1.4.json").write_text(text)
    (folder / "currency_codes.csv").write_bytes((PACKAGE / "rules" / "currency_codes.csv").read_bytes())


def validate(path, version, folder):
    """The failed rules, and the line of totals."""
    rules = []
    if version != "1.2":
        rules_of_1_4(folder)
        rules = ["--rule-set-path", str(folder)]
    # The validator looks for its list of currencies in the working directory.
    result = subprocess.run(
        [
            str(Path(sys.executable).parent / "focus-validator"), "--data-file", str(path), "--validate-version", version,
            "--block-download", "--applicability-criteria", ",".join(CRITERIA), *rules,
        ],
        capture_output=True, text=True, cwd=PACKAGE.parent,
    )
    totals = re.search(r"Total: .*", result.stdout)
    if totals is None:
        sys.exit(f"focus-validator ended with {result.returncode}:\n{result.stdout[-2000:]}{result.stderr[-2000:]}")
    return re.findall(r"❌ (\S+): FAIL", result.stdout), totals.group()


def main():
    binary, *ledgers = sys.argv[1:]
    problems = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        subprocess.run([binary, "demo", "--calls", "300", "--keep", str(folder / "demo")], capture_output=True, check=True)
        for ledger in [str(folder / "demo" / "ledger.db"), *ledgers]:
            for version in ("1.2", "1.4"):
                text = export(binary, ledger, version)
                path = folder / "focus.csv"
                path.write_text(text, newline="")
                rows = list(csv.DictReader(io.StringIO(text, newline="")))
                failed, totals = validate(path, version, folder)
                allowed = [rule for entry in EXCEPTIONS if CONDITIONAL[entry["when"]](rows) for rule in entry["rules"]]
                others = [rule for rule in failed if not any(fnmatch.fnmatch(rule, pattern) for pattern in allowed)]
                print(f"  {totals}; {len(failed) - len(others)} by the exceptions")
                for rule in others:
                    print(f"  {rule} failed")
                problems += len(others)
                if "ListUnitPrice-C-010-C" in failed or not rows:
                    problems += 1
    sys.exit(1 if problems else 0)


main()
