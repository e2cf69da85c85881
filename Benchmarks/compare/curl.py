"""The transport on libcurl beside a bare loop of libcurl, on the same work against the same server.

Usage: curl.py CURL_BENCHMARK CURL_MULTI SERVER [ROUNDS]

The contestants take turns, so that what else the machine does meets them alike, and the medians of the rounds are told.
"""

import statistics
import subprocess
import sys

CALLS = 20_000
LATENCY_CALLS = 3_000
METERED_CALLS = 50_000
METERED_CHUNKS = 200_000


def run(*command: object) -> list[int]:
    """The numbers that a program prints."""
    output = subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True).stdout
    return [int(number) for number in output.split()]


def rounds(count: int, *commands: list) -> list[list[float]]:
    """The medians of each number that each program prints."""
    taken: list[list[list[int]]] = [[] for _ in commands]
    for _ in range(count):
        for index, command in enumerate(commands):
            taken[index].append(run(*command))
    return [[statistics.median(numbers) for numbers in zip(*results)] for results in taken]


def main() -> None:
    ours, bare, server_path = sys.argv[1:4]
    count = int(sys.argv[4]) if len(sys.argv) > 4 else 7
    with subprocess.Popen([server_path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        url = f"http://127.0.0.1:{server.stdout.readline().strip()}/v1/chat/completions"
        throughput = ["throughput", url, 32, CALLS]
        loop, transport, metered = rounds(
            count, [bare, *throughput], [ours, *throughput], [ours, *throughput, "--metered"]
        )
        print(f"32 calls at a time, medians of {count} rounds of {CALLS:,} calls:")
        for name, result in (("curl_multi in C", loop), ("CurlTransport", transport), ("CurlTransport, metered", metered)):
            speed = CALLS / result[0] * 1e9
            share = loop[0] / result[0]
            print(f"  {name:<24} {speed:>8,.0f} calls/s  {share:>5.2f}  {result[1] / CALLS / 1000:>6.1f} us of processor a call")
        latency = ["latency", url, LATENCY_CALLS]
        loop, transport, metered = rounds(
            count, [bare, *latency], [ours, *latency], [ours, *latency, "--metered"]
        )
        print(f"One call after the other, medians of {count} rounds of {LATENCY_CALLS:,} calls:")
        for name, result in (("curl_multi in C", loop), ("CurlTransport", transport), ("CurlTransport, metered", metered)):
            more = (result[0] - loop[0]) / 1000
            print(f"  {name:<24} {result[0] / 1000:>6.1f} us to the first byte ({more:+.1f}), {result[1] / 1000:>6.1f} us to the end")
        server.stdin.close()
    calls = ["metering", "calls", METERED_CALLS]
    chunks = ["metering", "chunks", METERED_CHUNKS]
    results = rounds(count, [ours, *calls], [ours, *calls, "--metered"], [ours, *chunks], [ours, *chunks, "--metered"])
    per_call = (results[1][1] - results[0][1]) / METERED_CALLS / 1000
    per_chunk = (results[3][1] - results[2][1]) / METERED_CHUNKS
    print("What metering adds, by processor time, over a transport whose answers are there already:")
    print(f"  {per_call:.2f} us to a plain call, {per_chunk:.0f} ns to a streamed chunk")


main()
