"""Measures the gateway's data plane beside nginx, nginx with a Lua meter, and haproxy: one worker each, one upstream.

Usage: Benchmarks/compare/gateway/run [--binary .build/release/oai-usage] [--quick] [--only PART] [--json FILE]

Parts:
  calls     wrk's closed loop at 1, 32 and 256 connections: calls/s, p50, p99, processor time a call
  frontier  an open loop: the best rate whose p99 stays under 1, 5, 10 and 50 ms, and no call fails
  streams   64 events 20 ms apart: the first event, gaps, the end, and how many streams go at once
  memory    resident, idle and with 1,500 calls at once of 150 kB each way, slow at both ends

Contestants take turns, and the medians of the rounds are told; only ratios within one run count. A call that fails
(not 200, cut, too short, an event missing) is printed and makes the exit code 1; a bar that is missed does not.
"""

import argparse
import json
import math
import os
import re
import resource
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from contestants import Contestant, missing

HERE = Path(__file__).resolve().parent
PARTS = ["calls", "frontier", "streams", "memory"]
DOCUMENT, DELTAS, GAP_MS = 543, 64, 20
BODIES, BODY_BYTES, HOLD_MS = 1500, 150_000, 500
LIMITS_MS = [1, 5, 10, 50]
LUA = "nginx+Lua"

# What the official Python SDK sends.
FIELDS = {
    "Accept": "application/json",
    "Accept-Encoding": "gzip, deflate",
    "Content-Type": "application/json",
    "User-Agent": "OpenAI/Python 2.8.1",
    "X-Stainless-Lang": "python",
    "X-Stainless-Package-Version": "2.8.1",
    "X-Stainless-OS": "Linux",
    "X-Stainless-Arch": "x64",
    "X-Stainless-Runtime": "CPython",
    "X-Stainless-Runtime-Version": "3.12.4",
    "Authorization": "Bearer sk-proj-0123456789abcdefghijklmnopqrstuvwxyz0123456789",
    "X-Stainless-Async": "false",
    "x-stainless-retry-count": "0",
    "x-stainless-read-timeout": "600",
}
QUESTION = "I have two apples and a pear. I give one of the apples to a friend, who gives me three plums. How many? "


def chat(words: str, **more: object) -> bytes:
    messages = [
        {"role": "developer", "content": "You are a helpful assistant. Answer briefly, and show your work."},
        {"role": "user", "content": words},
    ]
    return json.dumps({"model": "gpt-4o", "messages": messages, "temperature": 0.2, "max_tokens": 256, **more}).encode()


PLAIN = chat(QUESTION + "Say why in one sentence, and name the fruit that I have most of.", seed=7)
STREAMED = chat(QUESTION, stream=True, stream_options={"include_usage": True})
LARGE = chat(QUESTION + "x" * (BODY_BYTES - len(chat(QUESTION))))


class Bench:
    def __init__(self, options: argparse.Namespace, folder: Path, stack: ExitStack):
        self.folder, self.quick = folder, options.quick
        self.failures: list[str] = []
        self.results: dict = {"quick": options.quick, "binary": options.binary, "rows": {}}
        for name in ("upstream", "client"):
            command = ["gcc", "-O2", "-D_GNU_SOURCE", "-o", folder / name, HERE / f"{name}.c"]
            subprocess.run(command, check=True)
        command, pipe = [folder / "upstream"], subprocess.PIPE
        server = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, start_new_session=True)
        stack.callback(server.kill)
        port = int(server.stdout.readline())
        modes = ["committed", "buffered"]
        about = subprocess.run([options.binary, "gateway", "--help"], capture_output=True, text=True, check=True).stdout
        ledger = re.search(r"--ledger <.*?(?=\n  --)", about, re.DOTALL)
        if ledger and re.search(r"\bnone\b", ledger[0]):
            modes.append("none")
        self.everybody = [Contestant(name, folder, port) for name in ("direct", "nginx", LUA, "haproxy")]
        self.everybody += [Contestant(f"ours {mode}", folder, port, options.binary, mode) for mode in modes]
        self.ours = [one.name for one in self.everybody if one.is_ours]
        self.everybody[0].process = server
        self.proxies = self.everybody[1:]
        for one in self.proxies:
            stack.callback(one.stop)

    # MARK: Tools

    @staticmethod
    def look_around() -> None:
        """Says so if others use the machine."""
        before = [int(field) for field in Path("/proc/stat").read_text().split("\n")[0].split()[1:]]
        time.sleep(1)
        after = [int(field) for field in Path("/proc/stat").read_text().split("\n")[0].split()[1:]]
        busy = 1 - (after[3] - before[3]) / max(sum(after) - sum(before), 1)
        if busy > 0.05:
            print(f"NOISE: others use {busy:.0%} of the machine; times are rough, and rare ones worthless.", flush=True)

    def warm_up(self, one: Contestant) -> None:
        self.client(one, "rate", PLAIN, "", 1, DOCUMENT, 10, 0.5)
        one.size = int(self.wrk(one, 1, 1, is_measured=False)["bytes"])

    def stop(self, one: Contestant) -> None:
        """Stops it, and compares what it wrote down with what clients saw."""
        if not one.process:
            return
        if one.process.poll() is not None:
            self.fail(one, f"it ended with {one.process.returncode}")
        one.stop()
        if rows := one.rows():
            entry = self.results["rows"].setdefault(one.name, {"calls": 0, "rows": 0, "with_usage": 0, "cut": 0})
            for key, value in zip(entry, (one.calls, *rows, one.cut)):
                entry[key] += value

    def fail(self, one: Contestant, text: str) -> None:
        self.failures.append(f"{one.name}: {text}")
        print(f"FAILED {one.name}: {text}", flush=True)

    def client(self, one: Contestant, mode: str, body: bytes, query: str, connections: int, *arguments: object) -> dict:
        """Runs our own client, which looks at every answer."""
        fields = "".join(f"{name}: {value}\r\n" for name, value in FIELDS.items())
        head = f"POST /v1/chat/completions{query} HTTP/1.1\r\nHost: 127.0.0.1:{one.port}\r\n{fields}"
        path = self.folder / "request"
        path.write_bytes(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        command = [self.folder / "client", mode, one.port, path, connections, *arguments]
        run = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=120)
        if run.returncode:
            self.fail(one, f"{mode} {arguments}: {run.stderr.strip() or run.returncode}")
            return {"done": 0, "failed": 1, "late": 1}
        result = json.loads(run.stdout)
        one.calls += result["done"]
        one.cut += result["failed"] + result["late"]
        if result["failed"]:
            what = f"{result['failed']} of {result['calls']}, {mode} {connections} {arguments}"
            self.fail(one, f"{what}: {result['why']}")
        return result

    def wrk(self, one: Contestant, connections: int, seconds: int, is_measured: bool = True) -> dict:
        script = self.folder / "wrk.lua"
        fields = "\n".join(f'wrk.headers["{name}"] = "{value}"' for name, value in FIELDS.items())
        script.write_text(f"""
            wrk.method = "POST"
            wrk.body = [==[{PLAIN.decode()}]==]
            {fields}
            function done(summary, latency)
                local errors = summary.errors
                local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
                local format = '"calls": %d, "us": %d, "bytes": %.1f, "p50": %.1f, "p99": %.1f, "errors": %d'
                io.write("RESULT {{", string.format(format, summary.requests, summary.duration,
                    summary.bytes / summary.requests, latency:percentile(50), latency:percentile(99), failed), "}}\\n")
            end
        """)
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", script, "--timeout", "10s"]
        before = one.processor_seconds()
        output = subprocess.run(
            [*command, f"http://127.0.0.1:{one.port}/v1/chat/completions"], capture_output=True, text=True, timeout=60
        ).stdout
        # What is written down behind the answers belongs to them.
        time.sleep(0.3)
        spent = one.processor_seconds() - before
        found = re.search("RESULT (.*)", output)
        result = json.loads(found[1]) if found and "nan" not in found[1] else {"calls": 0, "errors": 1}
        one.calls += max(result["calls"] - result["errors"], 0)
        one.cut += connections + result["errors"]
        # wrk looks at no body: a short one shows in the bytes.
        if result["errors"] or (is_measured and result["bytes"] < one.size - 1):
            self.fail(one, f"wrk, {connections} connections: {output.strip()[-400:] if not found else found[1]}")
        if not result["calls"]:
            return {"rate": math.nan, "p50": math.nan, "p99": math.nan, "cpu": math.nan, "bytes": 0}
        rate, cpu = result["calls"] / result["us"] * 1e6, spent / result["calls"] * 1e6
        return {"rate": rate, "p50": result["p50"], "p99": result["p99"], "cpu": cpu, "bytes": result["bytes"]}

    @staticmethod
    def medians(rounds: list[dict]) -> dict:
        names = [name for name in rounds[0] if all(isinstance(each.get(name), (int, float)) for each in rounds)]
        return {name: statistics.median(each[name] for each in rounds) for name in names}

    # MARK: Parts

    def calls(self) -> None:
        results = self.results["calls"] = {}
        for connections in (1, 32, 256):
            taken: dict[str, list[dict]] = {one.name: [] for one in self.everybody}
            for _ in range(1 if self.quick else 5):
                for one in self.everybody:
                    taken[one.name].append(self.wrk(one, connections, 1 if self.quick else 3))
            medians = results[connections] = {name: self.medians(rounds) for name, rounds in taken.items()}
            lua, direct = medians[LUA], medians["direct"]
            rows = []
            for name, its in medians.items():
                row = [name, f"{its['rate']:,.0f}", f"{its['rate'] / lua['rate']:.2f}x", f"{its['p50']:,.0f}"]
                row += [f"{its['p50'] - direct['p50']:+,.0f}", f"{its['p99']:,.0f}"]
                rows.append([*row, f"{its['cpu']:.1f}", f"{its['cpu'] / lua['cpu']:.2f}x"])
            heads = ["calls/s", "of Lua's", "p50 us", "added us", "p99 us", "CPU us a call", "of Lua's"]
            table(f"{connections} connection{'s' * (connections > 1)}", heads, rows)
            if connections == 32:
                fastest = max(its["rate"] for name, its in medians.items() if name != "direct")
                measured, able = direct["rate"] / fastest, 1e6 / direct["cpu"] / fastest
                self.results["upstream"] = {"of_fastest": measured, "of_fastest_by_cpu": able}
                verdict = "" if measured >= 3 else " LESS THAN 3x: it, or wrk, takes part in what is measured."
                print(f"The upstream alone does {measured:.1f}x the calls of the fastest proxy, {able:.1f}x by its "
                      f"processor time.{verdict}")  # fmt: skip

    def frontier(self) -> None:
        results = self.results["frontier"] = {}
        rows = []
        seconds, factor = (0.8, 1.5) if self.quick else (2, 1.2)
        for one in self.everybody:
            start = self.wrk(one, 32, 1)["rate"]
            if math.isnan(start):
                continue
            best = dict.fromkeys(LIMITS_MS, 0)
            steps, rate, misses = [], start * 0.15, 0
            # Up the ladder, past a slip of the machine, until it is twice too slow.
            while rate < start * 2 and misses < 2:
                tries = [
                    self.client(one, "rate", PLAIN, "", 256, DOCUMENT, int(rate), seconds)
                    for _ in range(1 if self.quick else 2)
                ]
                good = [each["time_p99"] / 1000 for each in tries if not each["failed"] and not each["late"]]
                p99 = min(good, default=math.inf)
                steps.append({"rate": int(rate), "p99_ms": p99 if good else None})
                misses = misses + 1 if p99 >= LIMITS_MS[-1] else 0
                for limit in LIMITS_MS:
                    if p99 < limit:
                        best[limit] = int(rate)
                rate *= factor
            results[one.name] = {"best": best, "steps": steps}
            rows.append([one.name, *(f"{best[limit]:,}" if best[limit] else "-" for limit in LIMITS_MS)])
        table("best rate, open loop", [f"p99 < {limit} ms" for limit in LIMITS_MS], rows)

    def streams(self) -> None:
        results = self.results["streams"] = {}
        out, most = set(), {one.name: 0 for one in self.everybody}
        for count in (100, 400) if self.quick else (100, 400, 1000, 2000, 4000):
            taken: dict[str, list[dict]] = {one.name: [] for one in self.everybody if one.name not in out}
            for _ in range(1 if self.quick or count > 400 else 3):
                for one in self.everybody:
                    if one.name not in out:
                        waves = 4 if count == 100 and not self.quick else 2
                        taken[one.name].append(
                            self.client(one, "streams", STREAMED, f"?stream={DELTAS}", count, DELTAS, waves)
                        )
            medians = results[count] = {name: self.medians(rounds) for name, rounds in taken.items()}
            rows = []
            direct = medians["direct"]
            for name, its in medians.items():
                # Every frame, and none a whole gap late.
                is_whole = not any(each["failed"] or each["late"] for each in taken[name])
                its["holds"] = is_whole and its.get("gap_p99", math.inf) < 2 * GAP_MS * 1000
                most[name] = count if its["holds"] else most[name]
                if not its["holds"]:
                    out.add(name)
                row = [name, "all" if its["holds"] else "all, but late" if is_whole else "NOT ALL"]
                if "end_p99" in its:
                    for key in ("first_p50", "first_p99", "gap_p99", "end_p50", "end_p99"):
                        row += [f"{its[key]:,.0f}", f"{its[key] - direct.get(key, math.nan):+,.0f}"]
                rows.append(row)
            heads = ["delivered"]
            for title in ("first p50 us", "first p99", "gap p99", "end p50", "end p99"):
                heads += [title, "added"]
            table(f"{count} streams at once", heads, rows)
            if "direct" in out:
                break
        results["most"] = most
        print(f"\nMost at once with every frame, and gaps under {2 * GAP_MS} ms at p99: ", end="")
        print(", ".join(f"{name} {count:,}" for name, count in most.items()))

    def memory(self) -> None:
        results = self.results["memory"] = {}
        rows = []
        for one in self.proxies:
            # A fresh one: nothing before it counts.
            one.start()
            time.sleep(1)
            its = results[one.name] = {"idle": one.megabytes("VmRSS")}
            run = self.client(one, "bodies", LARGE, f"?large={BODY_BYTES}&hold={HOLD_MS}", BODIES, BODY_BYTES)
            if run["late"]:
                self.fail(one, f"{run['late']} of {BODIES} large calls were not answered")
            its["peak"] = one.megabytes("VmHWM")
            time.sleep(1 if self.quick else 3)
            its["after"] = one.megabytes("VmRSS")
            self.stop(one)
            rows.append([one.name, *(f"{its[key]:.1f}" for key in ("idle", "peak", "after"))])
        table("resident memory, MB", ["idle", f"{BODIES:,} x {BODY_BYTES // 1000} kB", "after"], rows)

    # MARK: Verdict

    def verdict(self) -> None:
        bars = []

        def bar(name: str, ours: str, value: float, limit: float, unit: str, at_least: bool = False) -> None:
            met = value >= limit if at_least else value <= limit
            bars.append({"bar": name, "contestant": ours, "value": value, "limit": limit, "met": met})
            sign = ">=" if at_least else "<="
            row = [f"{ours}: {name}", f"{value:,.2f}{unit}", f"{sign} {limit:,g}{unit}"]
            rows.append([*row, "met" if met else "MISSED"])

        rows: list[list[str]] = []
        for name in self.ours:
            if calls := self.results.get("calls"):
                its, lua = calls[32][name], calls[32][LUA]
                bar("CPU a call at 32 connections, of Lua's", name, its["cpu"] / lua["cpu"], 2, "x")
                bar("calls/s at 32 connections, of Lua's", name, its["rate"] / lua["rate"], 0.6, "x", at_least=True)
                added = calls[1][name]["p50"] - calls[1]["direct"]["p50"]
                bar("added p50 at 1 connection", name, added, 100 if name == "ours committed" else 40, " us")
            if streams := self.results.get("streams"):
                few, many = streams[100], streams.get(400, {})
                added = {key: few[name].get(key, math.inf) - few["direct"][key] for key in ("first_p99", "end_p50")}
                bar("first event of 100 streams later, p99", name, added["first_p99"], 200, " us")
                bar("end of 100 streams later, p50", name, added["end_p50"], 200, " us")
                gap = many.get(name, {}).get("gap_p99", math.inf) - many.get("direct", {}).get("gap_p99", math.inf)
                bar("gap of 400 streams longer, p99", name, gap / 1000, 1, " ms")
            if memory := self.results.get("memory"):
                bar("idle", name, memory[name]["idle"], 40, " MB")
                bar(f"{BODIES:,} x {BODY_BYTES // 1000} kB", name, memory[name]["peak"], 120, " MB")
            if its := self.results["rows"].get(name):
                missing_rows = max(its["calls"] - its["rows"], 0)
                bar(f"calls without a row, of {its['calls']:,}", name, missing_rows, 0, "")
                wrong = max(its["calls"] - its["with_usage"], 0)
                bar("calls without their right usage", name, wrong, 0, "")
                bar("rows that no call explains", name, max(its["rows"] - its["calls"] - its["cut"], 0), 0, "")
        self.results |= {"bars": bars, "failures": self.failures}
        table("bars", ["measured", "bar", ""], rows)
        if its := self.results["rows"].get(LUA):
            print(f"For comparison, {LUA} logged {its['with_usage']:,} of {its['calls']:,} calls with their usage.")


def table(title: str, heads: list[str], rows: list[list[str]]) -> None:
    """The first column to the left, the others to the right."""
    lines = [[title, *heads], *rows]
    widths = [max(len(line[index]) for line in lines if index < len(line)) for index in range(len(heads) + 1)]
    print()
    for line in lines:
        cells = [line[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(line[1:], widths[1:]))]
        print("  ".join(cells).rstrip(), flush=True)


def finite(value: object) -> object:
    """JSON knows no NaN."""
    if isinstance(value, dict):
        return {key: finite(each) for key, each in value.items()}
    if isinstance(value, list):
        return [finite(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=".build/release/oai-usage", help="the program (default: %(default)s)")
    parser.add_argument("--quick", action="store_true", help="two minutes instead of fifteen, and rougher")
    parser.add_argument("--only", choices=PARTS, action="append", help="one part; repeatable")
    parser.add_argument("--json", type=Path, help="where to write all figures")
    options = parser.parse_args()
    if packages := missing():
        print(f"Missing: apt-get install {' '.join(packages)}", file=sys.stderr)
        return 2
    if not os.access(options.binary, os.X_OK):
        print(f"There is no program at {options.binary}: make release", file=sys.stderr)
        return 2
    options.binary = str(Path(options.binary).resolve())
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    # Whoever ends this ends what it started; a shell that ran it in the background had it ignore Ctrl-C.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    parts = [part for part in PARTS if not options.only or part in options.only]
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="gateway-benchmark-")))
        bench = Bench(options, folder, stack)
        # Cleaning up is not interrupted.
        stack.callback(signal.signal, signal.SIGINT, signal.SIG_IGN)
        if parts != ["memory"]:
            for one in bench.proxies:
                one.start()
            for one in bench.everybody:
                bench.warm_up(one)
        for part in parts:
            if part != "memory":
                bench.look_around()
                getattr(bench, part)()
        for one in bench.proxies:
            bench.stop(one)
        bench.look_around()
        if "memory" in parts:
            bench.memory()
        bench.verdict()
    if options.json:
        options.json.write_text(json.dumps(finite(bench.results), indent=1) + "\n")
    for failure in bench.failures:
        print(f"FAILED {failure}", file=sys.stderr)
    return 1 if bench.failures else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
