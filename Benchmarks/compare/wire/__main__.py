"""Sends every case of the wire corpus through the gateway, nginx and haproxy, and compares what both sides saw.

Usage: Benchmarks/compare/wire/run [--binary .build/release/oai-usage] [--verbose] [--json FILE]

A case is sent as raw bytes; an upstream of raw bytes records what comes, and answers. The gateway must never be laxer
than the others:

  - a request that nginx and haproxy both keep from the upstream does not get there through the gateway, unless a rule of
    ALLOWED says why;
  - a response that both keep from the client, or cut so that it sees it, does not get there whole through the gateway,
    likewise;
  - what was forwarded is read by a strict reader as the same messages on both sides of the gateway: as many of them, with
    the same methods, targets and bodies, or statuses and bodies.

Differences are printed with the reason that the corpus gives. Laxness makes the exit code 1.
"""

import argparse
import asyncio
import json
import re
import sys
import tempfile
from collections import Counter
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "gateway"))
from contestants import Contestant, missing  # noqa: E402

ROOT = HERE.parents[2]
FIXTURES = ROOT / "Tests/OpenAIUsageGatewayTests/Wire/Fixtures/wire"
NAMES = ["ours", "nginx", "haproxy"]
LIMIT = 2 << 20
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Upstream: yes\r\n\r\n{}"
# Why the gateway may pass what both others refuse, by a pattern of the case's name.
ALLOWED = {
    "requests": {
        "^target of 16 kB$": "their buffers are 8 and 16 kB by default, ours 16 kB for a target and 64 kB for a head",
        "^a value of 60 kB$": "their buffers are 8 and 16 kB by default, ours is 64 kB",
    },
    "responses": {
        "^a status line of 16 kB$": "their buffers are 8 and 16 kB by default, ours is 64 kB",
    },
}


class Gateway(Contestant):
    """Answers to any name, as the others do: a name that is refused would hide how the rest is read."""

    def _command(self) -> list[str]:
        return [*super()._command(), "--allowed-host", "*"]


def octets(value) -> bytes:
    if isinstance(value, str):
        return value.encode("latin-1")
    parts = []
    for part in value:
        parts.append(part.encode("latin-1") if isinstance(part, str) else part[0].encode("latin-1") * part[1])
    return b"".join(parts)


# MARK: A strict reader of messages (RFC 9112), which knows nothing of the gateway's.


class Malformed(Exception):
    pass


TOKEN = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+\Z")


def fields_of(lines: list[bytes]) -> list[tuple[bytes, bytes]]:
    fields = []
    for line in lines:
        name, colon, value = line.partition(b":")
        if not colon or not TOKEN.match(name) or re.search(rb"[\x00\r\n]", value):
            raise Malformed(f"field {line[:60]!r}")
        fields.append((name.lower(), value.strip(b" \t")))
    return fields


def body_of(data: bytes, at: int, fields, status: int | None, method: bytes) -> tuple[bytes | None, int, str]:
    """The body, `None` if it is not whole; where it ends; its framing."""
    codings = [value.lower() for name, value in fields if name == b"transfer-encoding"]
    lengths = [value for name, value in fields if name == b"content-length"]
    if status is not None and (method == b"HEAD" or status < 200 or status in (204, 304)):
        return b"", at, "none"
    if codings:
        if codings != [b"chunked"] or lengths:
            raise Malformed(f"codings {codings} and lengths {lengths}")
        body = b""
        while True:
            end = data.find(b"\r\n", at)
            if end < 0:
                return None, len(data), "chunked"
            size = data[at:end].split(b";")[0].rstrip(b" \t")
            if not re.fullmatch(rb"[0-9a-fA-F]{1,16}", size):
                raise Malformed(f"chunk size {size[:40]!r}")
            at = end + 2
            count = int(size, 16)
            if count == 0:
                while True:
                    end = data.find(b"\r\n", at)
                    if end < 0:
                        return None, len(data), "chunked"
                    line, at = data[at:end], end + 2
                    if not line:
                        return body, at, "chunked"
                    fields_of([line])
            if len(data) < at + count + 2:
                return None, len(data), "chunked"
            if data[at + count : at + count + 2] != b"\r\n":
                raise Malformed("no line end behind a chunk")
            body += data[at : at + count]
            at += count + 2
    if lengths:
        values = {part.strip(b" \t") for value in lengths for part in value.split(b",")}
        if len(values) != 1 or not re.fullmatch(rb"[0-9]+", next(iter(values))):
            raise Malformed(f"lengths {lengths}")
        count = int(next(iter(values)))
        if len(data) < at + count:
            return None, len(data), "length"
        return data[at : at + count], at + count, "length"
    if status is not None:
        return data[at:], len(data), "close"
    return b"", at, "none"


def messages(data: bytes, method: bytes | None) -> list[tuple]:
    """The messages in bytes: `(method, target, body)` of requests, or `(status, body)` if a method is given."""
    found, at = [], 0
    while at < len(data):
        if data[at : at + 2] == b"\r\n" and method is None:
            at += 2
            continue
        end = data.find(b"\r\n\r\n", at)
        if end < 0:
            found.append(("part", None))
            break
        lines = data[at:end].split(b"\r\n")
        fields = fields_of(lines[1:])
        if method is None:
            parts = lines[0].split(b" ")
            if len(parts) != 3 or not re.fullmatch(rb"HTTP/1\.[01]", parts[2]) or not TOKEN.match(parts[0]):
                raise Malformed(f"request line {lines[0][:60]!r}")
            if sum(name == b"host" for name, _ in fields) > 1:
                raise Malformed("two Hosts")
            body, at, _ = body_of(data, end + 4, fields, None, parts[0])
            target = re.sub(rb"^https?://[^/?]*", b"", parts[1], flags=re.IGNORECASE)
            if not target.startswith(b"/") and target != b"*":
                target = b"/" + target
            found.append((parts[0], target, body))
        else:
            match = re.fullmatch(rb"HTTP/1\.[01] ([1-9][0-9][0-9])(?: .*)?", lines[0], re.DOTALL)
            if not match:
                raise Malformed(f"status line {lines[0][:60]!r}")
            status = int(match[1])
            body, at, _ = body_of(data, end + 4, fields, status, method)
            found.append((status, body))
    return found


# MARK: The upstream and the client, which know bytes only.


class Upstream:
    """Records every byte of every connection; answers each request, or sends one given response."""

    def __init__(self):
        self.seen: list[bytearray] = []
        self.response: bytes | None = None
        self.ends = False
        self.writers = set()

    async def start(self) -> int:
        self.server = await asyncio.start_server(self.serve, "127.0.0.1", 0, limit=LIMIT)
        return self.server.sockets[0].getsockname()[1]

    async def serve(self, reader, writer):
        seen = bytearray()
        self.seen.append(seen)
        self.writers.add(writer)
        answered = 0
        try:
            while data := await reader.read(65536):
                seen += data
                try:
                    whole = [each for each in messages(bytes(seen), None) if each[-1] is not None]
                except Malformed:
                    # Whatever it is, it is answered, so that somebody who passes it on shows it.
                    whole = [None] if answered == 0 else []
                while answered < len(whole):
                    answered += 1
                    writer.write(OK if self.response is None else self.response)
                    await writer.drain()
                    if self.response is not None and self.ends:
                        # A moment for a proxy that reads the end of a connection before its bytes.
                        await asyncio.sleep(0.02)
                        writer.close()
                        return
        except (ConnectionError, OSError):
            pass
        finally:
            self.writers.discard(writer)
            writer.close()

    def reset(self):
        for writer in list(self.writers):
            writer.transport.abort()
        self.seen.clear()


async def exchange(port: int, data: bytes, silence: float) -> tuple[bytes, bool]:
    """What comes back for bytes, and whether the connection has ended; a while of silence ends the wait."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=LIMIT)
    received, ended = bytearray(), False

    async def send():
        try:
            for start in range(0, len(data), 65536):
                writer.write(data[start : start + 65536])
                await writer.drain()
        except (ConnectionError, OSError):
            pass

    sending = asyncio.create_task(send())
    try:
        while True:
            chunk = await asyncio.wait_for(reader.read(65536), silence)
            if not chunk:
                ended = True
                break
            received += chunk
    except (asyncio.TimeoutError, TimeoutError):
        pass
    except (ConnectionError, OSError):
        ended = True
    sending.cancel()
    writer.transport.abort()
    return bytes(received), ended


async def ask(port: int, upstream: Upstream, data: bytes, silence: float) -> dict:
    upstream.reset()
    received, ended = await exchange(port, data, silence)
    await asyncio.sleep(0.005)
    return {"client": received, "ended": ended, "upstream": [bytes(seen) for seen in upstream.seen if seen]}


# MARK: The comparison


def statuses(received: bytes) -> str:
    found = re.findall(rb"(?:^|\n|\}|\n\n)?HTTP/1\.[01] (\d\d\d)", received)
    return "+".join(code.decode() for code in found) or "-"


def judge_request(case, results) -> tuple[list[str], dict]:
    """What is wrong with the gateway's, and how many messages each proxy passed on."""
    faults, passed = [], {}
    for name, result in results.items():
        passed[name] = len(result["upstream"])
    own = results["ours"]
    seen = []
    try:
        for stream in own["upstream"]:
            seen += messages(stream, None)
    except Malformed as error:
        faults.append(f"the upstream got what is malformed: {error}")
        return faults, passed
    if seen:
        try:
            meant = messages(octets(case["input"]), None)
        except Malformed:
            meant = None
        if meant is not None:
            # What was not whole, or was refused behind, is not there; what is there is what was sent, in order.
            whole = [each for each in seen if each[-1] is not None]
            if [(each[0], each[-1]) for each in whole] != [(each[0], each[-1]) for each in meant[: len(whole)]]:
                faults.append(f"the upstream got other messages: {str(whole)[:120]} for {str(meant)[:120]}")
            if [each[1] for each in whole] != [each[1] for each in meant[: len(whole)]]:
                faults.append(f"the upstream got other targets: {str(whole)[:120]} for {str(meant)[:120]}")
            answers = len(re.findall(rb"X-Upstream: yes", own["client"]))
            if answers > len(whole):
                faults.append("the client got more answers than there were requests")
        elif isinstance(case["expect"], dict) and "refuse" in case["expect"]:
            # A request before the one that is refused may have been one.
            if len(seen) > octets(case["input"]).count(b"HTTP/1."):
                faults.append("the upstream got more requests than were sent")
    return faults, passed


def judge_response(case, results) -> tuple[list[str], dict]:
    faults, passed = [], {}
    method = b"HEAD" if case.get("method") == "HEAD" else b"GET"
    for name, result in results.items():
        text = result["client"]
        passed[name] = int(bool(re.match(rb"HTTP/1\.[01] (?!50[0234])", text)))
        try:
            # A response that its client sees to be cut is none that was passed on, however much of it came before the fault.
            if messages(text, method)[-1:] and messages(text, method)[-1][-1] is None:
                passed[name] = 0
        except Malformed:
            pass
    received = results["ours"]["client"]
    try:
        seen = [each for each in messages(received, method) if each[0] == "part" or each[0] >= 200]
    except Malformed as error:
        faults.append(f"the client got what is malformed: {error}")
        return faults, passed
    if len(seen) > 1:
        faults.append(f"the client got {len(seen)} responses to one request: {str(seen)[:160]}")
    return faults, passed


async def run(options) -> int:
    lax = 0
    table, report = [], {}
    upstream = Upstream()
    port = await upstream.start()
    with tempfile.TemporaryDirectory() as folder:
        proxies = {
            "ours": Gateway("ours", Path(folder), port, options.binary, "committed"),
            "nginx": Contestant("nginx", Path(folder), port),
            "haproxy": Contestant("haproxy", Path(folder), port),
        }
        try:
            for proxy in proxies.values():
                await asyncio.to_thread(proxy.start)
            for kind in ("requests", "responses"):
                cases = json.loads((FIXTURES / f"{kind}.json").read_text())
                counts = Counter()
                for case in cases:
                    data = octets(case["input"])
                    if kind == "responses":
                        upstream.response = data
                        upstream.ends = True
                        method = case.get("method", "GET")
                        sent = f"{method} /v1/models HTTP/1.1\r\nHost: api.test\r\n\r\n".encode()
                    else:
                        upstream.response, upstream.ends, sent = None, False, data
                    # One after the other: the upstream is told by whom it was asked by when it was.
                    results = {
                        name: await ask(proxies[name].port, upstream, sent, options.silence) for name in NAMES
                    }
                    judge = judge_request if kind == "requests" else judge_response
                    faults, passed = judge(case, results)
                    if passed["ours"] and not passed["nginx"] and not passed["haproxy"]:
                        why = next((why for key, why in ALLOWED[kind].items() if re.search(key, case["name"])), None)
                        if why is None:
                            faults.append("passed on, though nginx and haproxy both refuse it")
                        else:
                            counts["passed with a reason of ALLOWED"] += 1
                            table.append((kind, case["name"], results, passed, why))
                    lax += len(faults)
                    for fault in faults:
                        print(f"LAX {kind} {case['name']!r}: {fault}", flush=True)
                        if options.verbose:
                            for name in NAMES:
                                print(f"    {name}: client {results[name]['client'][:300]!r}")
                                print(f"    {' ' * len(name)}  upstream {results[name]['upstream'][:2]!r}"[:400])
                    stricter = not passed["ours"] and (passed["nginx"] or passed["haproxy"])
                    counts["stricter than one or both" if stricter else "as both" if len(set(map(bool, passed.values()))) == 1 else "as one of them"] += 1
                    if len({bool(value) for value in passed.values()}) > 1 or len({statuses(r["client"])[:1] for r in results.values()}) > 1:
                        if not faults:
                            table.append((kind, case["name"], results, passed, case.get("why", "")))
                report[kind] = {"cases": len(cases), **counts}
        finally:
            for proxy in proxies.values():
                proxy.stop()
    print(f"{'':10} {'case':44} {'ours':>12} {'nginx':>12} {'haproxy':>12}  why")
    for kind, name, results, passed, why in table:
        cells = [f"{statuses(results[each]['client'])[:9]}{'>' if passed[each] else '|'}" for each in NAMES]
        print(f"{kind:10} {name[:44]:44} {cells[0]:>12} {cells[1]:>12} {cells[2]:>12}  {why}")
    print("(status that the client got; > was passed on, | was not)")
    for kind, counts in report.items():
        print(f"{kind}: " + ", ".join(f"{value} {name}" for name, value in counts.items()))
    print("Nothing is laxer than both." if not lax else f"{lax} findings.")
    if options.json:
        Path(options.json).write_text(json.dumps(report, indent=1))
    return 1 if lax else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=str(ROOT / ".build/release/oai-usage"))
    parser.add_argument("--silence", type=float, default=0.15, help="seconds without a byte that end an exchange")
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("--json")
    options = parser.parse_args()
    gone = [package for package in missing() if package in ("nginx", "haproxy")]
    if gone:
        print(f"Missing: {', '.join(gone)} (apt-get install).", file=sys.stderr)
        return 1
    return asyncio.run(run(options))


if __name__ == "__main__":
    sys.exit(main())
