#!/usr/bin/env python3
"""Reads the same bodies with Python's json and with the official SDK's stream parser.

Usage: compare/peers.py json|sdk FOLDER

Prints for each body the name, the bytes, the median nanoseconds and the events, with tabs between them.
"""

import json
import pathlib
import statistics
import sys
import time

READ_LENGTH = 16 * 1024


def measure(name: str, length: int, run, runs: int = 5) -> None:
    nanoseconds = []
    events = 0
    for _ in range(runs):
        start = time.thread_time_ns()
        events = run()
        nanoseconds.append(time.thread_time_ns() - start)
    print(f"{name}\t{length}\t{int(statistics.median(nanoseconds))}\t{events}", flush=True)


def measure_json(folder: pathlib.Path) -> None:
    def read_stream(stream: bytes, usage_of) -> int:
        usage = None
        count = 0
        for line in stream.split(b"\n"):
            if line.startswith(b"data: {"):
                usage = usage_of(json.loads(line[6:])) or usage
                count += 1
        assert usage["total_tokens"] > 0
        return count

    def read_body(body: bytes) -> int:
        assert json.loads(body)["usage"]["total_tokens"] > 0
        return 0

    chat = (folder / "chat-stream.sse").read_bytes()
    measure("chat stream", len(chat), lambda: read_stream(chat, lambda event: event["usage"]))
    responses = (folder / "responses-stream.sse").read_bytes()
    measure(
        "responses stream",
        len(responses),
        lambda: read_stream(responses, lambda event: event.get("response", {}).get("usage")),
    )
    for name, file in {
        "chat body": "chat.json",
        "chat body, two quotes in 70 bytes": "chat-quoted.json",
        "embeddings body, base64": "embeddings-base64.json",
        "embeddings body, numbers": "embeddings-float.json",
        "embeddings body, numbers, indented": "embeddings-float-indented.json",
        "image body, base64": "image.json",
    }.items():
        body = (folder / file).read_bytes()
        measure(name, len(body), lambda body=body: read_body(body))


def measure_sdk(folder: pathlib.Path) -> None:
    import httpx2 as httpx
    import openai

    class Reads(httpx.SyncByteStream):
        """A body as it comes from a socket."""

        def __init__(self, body: bytes):
            self.body = body

        def __iter__(self):
            for start in range(0, len(self.body), READ_LENGTH):
                yield self.body[start : start + READ_LENGTH]

    def client(body: bytes) -> openai.OpenAI:
        def answer(_: httpx.Request) -> httpx.Response:
            return httpx.Response(200, headers={"content-type": "text/event-stream"}, stream=Reads(body))

        transport = httpx.MockTransport(answer)
        return openai.OpenAI(
            api_key="none", base_url="http://localhost/v1", http_client=httpx.Client(transport=transport)
        )

    def read_chat(body: bytes) -> int:
        usage = None
        count = 0
        for chunk in client(body).chat.completions.create(model="gpt-4o-mini", messages=[], stream=True):
            usage = chunk.usage or usage
            count += 1
        assert usage.total_tokens > 0
        return count

    def read_responses(body: bytes) -> int:
        usage = None
        count = 0
        for event in client(body).responses.create(model="gpt-6-luna", input="", stream=True):
            if event.type == "response.completed":
                usage = event.response.usage
            count += 1
        assert usage.total_tokens > 0
        return count

    chat = (folder / "chat-stream.sse").read_bytes()
    measure("chat stream", len(chat), lambda: read_chat(chat), runs=3)
    responses = (folder / "responses-stream.sse").read_bytes()
    measure("responses stream", len(responses), lambda: read_responses(responses), runs=3)


def main() -> int:
    if len(sys.argv) != 3 or sys.argv[1] not in ("json", "sdk"):
        print(__doc__.strip(), file=sys.stderr)
        return 2
    (measure_json if sys.argv[1] == "json" else measure_sdk)(pathlib.Path(sys.argv[2]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
