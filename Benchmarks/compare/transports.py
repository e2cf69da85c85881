"""The transports beside a bare loop of libcurl and beside the clients themselves: the same work, the same server.

Usage: transports.py TRANSPORT_BENCHMARK CURL_MULTI SERVER [ROUNDS]

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
    names = {
        "curl_multi in C": [bare],
        "CurlTransport": [ours, "curl"],
        "CurlTransport, metered": [ours, "curl", "--metered"],
        "AsyncHTTPClient alone": [ours, "asynchttpclient-bare"],
        "AsyncHTTPClientTransport": [ours, "asynchttpclient"],
        "URLSession alone": [ours, "urlsession-bare"],
        "URLSessionTransport": [ours, "urlsession"],
    }

    def commands(kind: str, *arguments: object) -> list[list]:
        return [
            [name[0], kind, *name[1:2], *arguments, *name[2:]] if name[0] == ours else [bare, kind, *arguments]
            for name in names.values()
        ]

    with subprocess.Popen([server_path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        url = f"http://127.0.0.1:{server.stdout.readline().strip()}/v1/chat/completions"
        results = rounds(count, *commands("throughput", url, 32, CALLS))
        print(f"32 calls at a time, medians of {count} rounds of {CALLS:,} calls:")
        for name, (wall, processor) in zip(names, results):
            print(
                f"  {name:<25} {CALLS / wall * 1e9:>8,.0f} calls/s  {results[0][0] / wall:>5.2f}"
                f"  {processor / CALLS / 1000:>6.1f} us of processor a call"
            )
        results = rounds(count, *commands("latency", url, LATENCY_CALLS))
        print(f"One call after the other, medians of {count} rounds of {LATENCY_CALLS:,} calls:")
        for name, (first, end) in zip(names, results):
            more = (first - results[0][0]) / 1000
            print(f"  {name:<25} {first / 1000:>6.1f} us to the first byte ({more:+.1f}), {end / 1000:>6.1f} us to the end")
        server.stdin.close()
    calls = ["metering", "calls", METERED_CALLS]
    chunks = ["metering", "chunks", METERED_CHUNKS]
    results = rounds(count, [ours, *calls], [ours, *calls, "--metered"], [ours, *chunks], [ours, *chunks, "--metered"])
    per_call = (results[1][1] - results[0][1]) / METERED_CALLS / 1000
    per_chunk = (results[3][1] - results[2][1]) / METERED_CHUNKS
    print("What metering adds, by processor time, over a transport whose answers are there already:")
    print(f"  {per_call:.2f} us to a plain call, {per_chunk:.0f} ns to a streamed chunk")


main()
