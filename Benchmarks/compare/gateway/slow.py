#!/usr/bin/env -S python3 -B
"""Slow clients beside normal ones: 10,000 connections that idle, dawdle or do not read, and what that costs the others.

Usage: Benchmarks/compare/gateway/slow.py [--binary .build/release/oai-usage] [--clients 10000] [--seconds 8]

A quarter of them is idle, a quarter sends its head a byte at a time, a quarter its body, and a quarter reads its answer
of 1 MB a little at a time. Normal calls go one after the other on 8 connections, before, beside and after them; the
exit code is 1 if a call fails, a slow client was turned away, or the p50 or p99 is more than twice their mean of before and
after.
"""

import argparse
import asyncio
import json
import os
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from multiprocessing import Process, Queue
from pathlib import Path

from contestants import Contestant

HERE = Path(__file__).resolve().parent
BODY = json.dumps({"model": "gpt-4o", "messages": [{"role": "user", "content": "How many apples are left?"}]}).encode()
FIELDS = "Host: 127.0.0.1\r\nContent-Type: application/json\r\nAuthorization: Bearer sk-none\r\n"
KINDS = ("idle", "head", "body", "reader")
LARGE = 1 << 20


def request(query: str = "", length: int = len(BODY)) -> bytes:
    return f"POST /v1/chat/completions{query} HTTP/1.1\r\n{FIELDS}Content-Length: {length}\r\n\r\n".encode()


class Gateway(Contestant):
    """With limits that let 10,000 in from one address, which the defaults do not."""

    def _command(self) -> list[str]:
        more = ["--max-connections", "20000", "--max-connections-per-address", "20000", "--head-timeout", "60s"]
        return [*super()._command(), *more]


async def slow(kind: str, port: int, pace: float, state: dict) -> None:
    loop = asyncio.get_running_loop()
    with socket.socket() as connection:
        connection.setblocking(False)
        if kind == "reader":
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        await loop.sock_connect(connection, ("127.0.0.1", port))
        state["open"] += 1
        try:
            if kind == "idle":
                await asyncio.sleep(3600)
            if kind == "head":
                for byte in request():
                    await loop.sock_sendall(connection, bytes([byte]))
                    await asyncio.sleep(pace)
            if kind == "body":
                await loop.sock_sendall(connection, request(length=100_000))
                while True:
                    await asyncio.sleep(pace)
                    await loop.sock_sendall(connection, b" ")
            if kind == "reader":
                await loop.sock_sendall(connection, request(f"?large={LARGE}&hold=0") + BODY)
                while await loop.sock_recv(connection, 1024):
                    await asyncio.sleep(pace)
        except (ConnectionError, OSError) as error:
            state["lost"][f"{kind}: {error}"] = state["lost"].get(f"{kind}: {error}", 0) + 1
        finally:
            state["open"] -= 1


def crowd(port: int, count: int, pace: float, answers: Queue, commands: Queue) -> None:
    """A process of its own, so that the normal calls are not measured by a busy interpreter."""
    async def run() -> None:
        state = {"open": 0, "lost": {}}
        tasks = []
        for index in range(count):
            tasks.append(asyncio.create_task(slow(KINDS[index % 4], port, pace, state)))
            if index % 200 == 199:
                await asyncio.sleep(0.02)
        for _ in range(200):
            if state["open"] == count:
                break
            await asyncio.sleep(0.1)
        answers.put(dict(state))
        await asyncio.to_thread(commands.get)
        answers.put(dict(state))
        answers.close()
        answers.join_thread()
        os._exit(0)

    os.nice(5)
    asyncio.run(run())


def normal(port: int, connections: int, seconds: float) -> list[float]:
    times, failures = [], []

    def client() -> None:
        with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            data = request() + BODY
            end = time.monotonic() + seconds
            while time.monotonic() < end:
                start = time.perf_counter()
                connection.sendall(data)
                received = b""
                while b"\r\n\r\n" not in received or len(received) < received.index(b"\r\n\r\n") + 4 + 543:
                    try:
                        chunk = connection.recv(65536)
                    except OSError as error:
                        failures.append(f"{error}: {received[:200]!r}".encode())
                        return
                    if not chunk:
                        failures.append(received[:200])
                        return
                    received += chunk
                if not received.startswith(b"HTTP/1.1 200 "):
                    failures.append(received[:200])
                    return
                times.append(time.perf_counter() - start)
                # A user's pace: what is measured is the gateway's delay, and not who gets the processor.
                time.sleep(0.005)

    threads = [threading.Thread(target=client) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise SystemExit(f"FAILED: {len(failures)} normal calls: {failures[0]!r}")
    return times


def percentiles(times: list[float]) -> tuple[float, float]:
    ordered = sorted(times)
    return statistics.median(ordered) * 1e6, ordered[int(len(ordered) * 0.99)] * 1e6


def descriptors(gateway: Gateway) -> int:
    return len(os.listdir(f"/proc/{gateway.process.pid}/fd"))


def settle(gateway: Gateway, idle: int) -> None:
    """Waits until the slow clients are gone, so that their end is not measured as what goes on without them."""
    end = time.monotonic() + 90
    while descriptors(gateway) > idle + 20:
        if time.monotonic() > end:
            raise SystemExit(f"FAILED: {descriptors(gateway):,} descriptors are open long after the slow clients' end")
        time.sleep(0.2)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=str(HERE.parents[2] / ".build/release/oai-usage"))
    parser.add_argument("--clients", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--pace", type=float, default=2, help="seconds between two bytes of a slow client")
    options = parser.parse_args()
    # Both sides of each slow call, in one process; a gateway holds as many.
    wanted = options.clients * 2 + 1_000
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(wanted, soft), max(wanted, hard)))
    except (ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        # The gateway keeps half of its descriptors for the upstream's side.
        options.clients = min(options.clients, (hard // 2 - 500) // 4 * 4)
        print(f"The limit of open files is {hard} and cannot be raised: {options.clients:,} slow clients instead.")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        subprocess.run(["gcc", "-O2", "-D_GNU_SOURCE", "-o", folder / "upstream", HERE / "upstream.c"], check=True)
        upstream = subprocess.Popen([folder / "upstream"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        gateway = Gateway("ours", folder, int(upstream.stdout.readline()), options.binary, "committed")
        try:
            gateway.start()
            normal(gateway.port, 8, 1)
            idle = descriptors(gateway)
            without = percentiles(normal(gateway.port, 8, options.seconds))
            answers, commands = Queue(), Queue()
            process = Process(target=crowd, args=(gateway.port, options.clients, options.pace, answers, commands), daemon=True)
            process.start()
            state = answers.get(timeout=120)
            opened = state["open"]
            print(f"{opened:,} are open.", flush=True)
            before = gateway.processor_seconds()
            times = normal(gateway.port, 8, options.seconds)
            cpu = (gateway.processor_seconds() - before) / options.seconds
            beside = percentiles(times)
            memory = gateway.megabytes("VmRSS")
            commands.put("end")
            state = answers.get(timeout=60)
            process.join()
            settle(gateway, idle)
            after = percentiles(normal(gateway.port, 8, options.seconds / 2))
        finally:
            gateway.stop()
            upstream.kill()
    print(f"{opened:,} slow clients, {state['open']:,} at the end, lost: {state['lost'] or 'none'}")
    print(f"{'normal calls':14} {'p50 us':>8} {'p99 us':>8}")
    for title, row in (("without", without), ("beside", beside), ("after", after)):
        print(f"{title:14} {row[0]:8,.0f} {row[1]:8,.0f}")
    ratios = [beside[index] / statistics.mean((without[index], after[index])) for index in (0, 1)]
    print(f"p50 {ratios[0]:.2f}x, p99 {ratios[1]:.2f}x; gateway {cpu:.0%} of a core, {memory:.0f} MB")
    good = opened == options.clients and state["open"] == options.clients and max(ratios) <= 2
    print("Within twice." if good else "MISSED.")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
