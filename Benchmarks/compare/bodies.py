#!/usr/bin/env python3
"""Writes the bodies that are measured, the same bytes on every run.

Usage: compare/bodies.py FOLDER
"""

import base64
import gzip
import json
import pathlib
import random
import struct
import sys

MEGABYTE = 1_000_000
WORDS = (
    "the of and to in is that for it was on are as with his they be at one have this from or had by hot but some what "
    "there we can out other were all your when up use word how said an each she which do their time if will way about "
    "many then them would write like so these her long make thing see him two has look more day could go come did my "
    "sound no most number who over know water than call first people may down side been now find token stream usage"
).split()


def compact(value) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def deltas(source: random.Random, count: int) -> list[str]:
    """Pieces as a model says them: mostly a word with a blank, sometimes a part of one, a mark, a line end, a quote."""
    pieces = []
    for _ in range(count):
        kind = source.random()
        if kind < 0.72:
            pieces.append(" " + source.choice(WORDS))
        elif kind < 0.82:
            pieces.append(source.choice(WORDS)[:3])
        elif kind < 0.92:
            pieces.append(source.choice([",", ".", ":", "**", " (", ")", "`"]))
        elif kind < 0.95:
            pieces.append(source.choice(["\n", "\n\n", "\n    "]))
        elif kind < 0.97:
            pieces.append(source.choice(['"', ' "', '\\n']))
        else:
            pieces.append(source.choice([" é", " größer", "日本", " 😀", "—"]))
    return pieces


def obfuscation(source: random.Random, delta: str) -> str:
    # Pads every event to a multiple of some length, as the API does.
    length = 1 + (-len(delta)) % 16
    return "".join(source.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", k=length))


def chat_stream(length: int) -> list[bytes]:
    source = random.Random(1)
    head = {
        "id": "chatcmpl-d7efb83fefd2c696d19ff19d7c889",
        "object": "chat.completion.chunk",
        "created": 1795424101,
        "model": "gpt-4o-mini-2024-07-18",
        "service_tier": "default",
        "system_fingerprint": "fp_5a5c5f0e59",
    }

    def event(choices, usage, delta=""):
        return b"data: " + compact(
            head | {"choices": choices, "usage": usage, "obfuscation": obfuscation(source, delta)}
        ) + b"\n\n"

    def choice(delta, reason=None):
        return [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": reason}]

    events = [event(choice({"role": "assistant", "content": "", "refusal": None}), None)]
    size = len(events[0])
    while size < length:
        for delta in deltas(source, 1_000):
            events.append(event(choice({"content": delta}), None, delta))
            size += len(events[-1])
    events.append(event(choice({}, "stop"), None))
    usage = {
        "prompt_tokens": 2006,
        "completion_tokens": len(events),
        "total_tokens": 2006 + len(events),
        "prompt_tokens_details": {"cached_tokens": 1920, "audio_tokens": 0},
        "completion_tokens_details": {
            "reasoning_tokens": 0,
            "audio_tokens": 0,
            "accepted_prediction_tokens": 0,
            "rejected_prediction_tokens": 0,
        },
    }
    events.append(event([], usage))
    events.append(b"data: [DONE]\n\n")
    return events


def responses_stream(length: int) -> list[bytes]:
    source = random.Random(2)
    item = "msg_d3430b8f1f2223fd07e2b40e57dc81ba"
    response = {
        "id": "resp_29fecfab1f03056795499aa0a93f4ed2ad54a184918cb6e1",
        "object": "response",
        "created_at": 1795424101,
        "status": "in_progress",
        "background": False,
        "billing": {"payer": "developer"},
        "completed_at": None,
        "error": None,
        "frequency_penalty": 0.0,
        "incomplete_details": None,
        "instructions": None,
        "max_output_tokens": None,
        "max_tool_calls": None,
        "model": "gpt-6-luna",
        "output": [],
        "parallel_tool_calls": True,
        "presence_penalty": 0.0,
        "previous_response_id": None,
        "prompt_cache_key": None,
        "reasoning": {"effort": "low", "summary": None},
        "safety_identifier": None,
        "service_tier": "auto",
        "store": True,
        "temperature": 1.0,
        "text": {"format": {"type": "text"}},
        "tool_choice": "auto",
        "tools": [],
        "top_p": 1.0,
        "truncation": "disabled",
        "usage": None,
        "user": None,
        "metadata": {},
    }
    events: list[bytes] = []

    def add(name, members):
        data = compact({"type": name, "sequence_number": len(events)} | members)
        events.append(b"event: " + name.encode() + b"\ndata: " + data + b"\n\n")
        return len(events[-1])

    place = {"item_id": item, "output_index": 0, "content_index": 0}
    size = add("response.created", {"response": response})
    size += add("response.in_progress", {"response": response})
    message = {"id": item, "type": "message", "status": "in_progress", "role": "assistant", "content": []}
    size += add("response.output_item.added", {"output_index": 0, "item": message})
    part = {"type": "output_text", "text": "", "annotations": [], "logprobs": []}
    size += add("response.content_part.added", place | {"part": part})
    text = []
    while size < length:
        for delta in deltas(source, 1_000):
            text.append(delta)
            size += add(
                "response.output_text.delta",
                place | {"delta": delta, "logprobs": [], "obfuscation": obfuscation(source, delta)},
            )
    text = "".join(text)
    add("response.output_text.done", place | {"text": text, "logprobs": []})
    part = part | {"text": text}
    add("response.content_part.done", place | {"part": part})
    message = message | {"status": "completed", "content": [part]}
    add("response.output_item.done", {"output_index": 0, "item": message})
    usage = {
        "input_tokens": 500,
        "input_tokens_details": {"cached_tokens": 256, "cache_write_tokens": 128},
        "output_tokens": len(events),
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": 500 + len(events),
    }
    add("response.completed", {"response": response | {"status": "completed", "output": [message], "usage": usage}})
    return events


def prose(source: random.Random, length: int) -> str:
    pieces: list[str] = []
    size = 0
    while size < length:
        more = deltas(source, 2_000)
        pieces += more
        size += sum(map(len, more))
    return "".join(pieces)[:length]


def chat_body(length: int) -> bytes:
    return compact(
        {
            "id": "chatcmpl-f164b1f71aba90cac82f59af74f6b",
            "object": "chat.completion",
            "created": 1795424101,
            "model": "gpt-4.1-2025-04-14",
            "choices": [
                {
                    "index": 0,
                    "message": {
                        "role": "assistant",
                        "content": prose(random.Random(3), length),
                        "refusal": None,
                        "annotations": [],
                    },
                    "logprobs": None,
                    "finish_reason": "stop",
                }
            ],
            "usage": {"prompt_tokens": 12, "completion_tokens": 230400, "total_tokens": 230412},
            "service_tier": "default",
            "system_fingerprint": "fp_5a5c5f0e59",
        }
    )


def quoted_body(length: int) -> bytes:
    """The text of the sample 019-chat-huge: two quotes that are escaped in every 70 bytes."""
    sentence = 'The quick brown fox, the lazy dog and the "usage" of {braces}. '
    body = json.loads(chat_body(10))
    body["choices"][0]["message"]["content"] = sentence * (length // len(sentence))
    return compact(body)


def embeddings(length: int, coding: str) -> bytes:
    source = random.Random(4)
    data = []
    size = 0
    while size < length:
        vector = [source.gauss(0, 0.025) for _ in range(1536)]
        packed = struct.pack("<1536f", *vector)
        if coding == "base64":
            embedding = base64.b64encode(packed).decode()
            size += len(embedding)
        else:
            # A 32-bit float, printed with all the digits of a 64-bit one, or with its own, as the API's servers do.
            vector = struct.unpack("<1536f", packed)
            embedding = list(vector) if len(data) % 2 else [float(f"{value:.8g}") for value in vector]
            size += 22 * 1536
        data.append({"object": "embedding", "index": len(data), "embedding": embedding})
    body = {
        "object": "list",
        "data": data,
        "model": "text-embedding-3-small",
        "usage": {"prompt_tokens": 17000, "total_tokens": 17000},
    }
    return json.dumps(body, indent=2).encode() + b"\n" if coding == "indented" else compact(body)


def image(length: int) -> bytes:
    return compact(
        {
            "created": 1795424101,
            "background": "opaque",
            "data": [{"b64_json": base64.b64encode(random.Random(5).randbytes(length * 3 // 4)).decode()}],
            "output_format": "png",
            "quality": "high",
            "size": "1024x1024",
            "usage": {
                "input_tokens": 50,
                "input_tokens_details": {"image_tokens": 0, "text_tokens": 50},
                "output_tokens": 4160,
                "total_tokens": 4210,
            },
        }
    )


def chat_request(length: int) -> bytes:
    source = random.Random(6)
    messages = [{"role": "system", "content": prose(source, 4_000)}]
    size = 0
    while size < length:
        text = prose(source, source.randrange(200, 40_000))
        messages.append({"role": ["user", "assistant"][len(messages) % 2], "content": text})
        size += len(text)
    return compact(
        {
            "messages": messages,
            "model": "gpt-4o-mini",
            "stream": True,
            "stream_options": {"include_usage": True},
            "temperature": 0.2,
        }
    )


def form(length: int) -> bytes:
    boundary = b"5d5e4a1f0c8b4a1e9f0d6c7b8a990011"

    def part(disposition: bytes, value: bytes) -> bytes:
        return b"--" + boundary + b"\r\nContent-Disposition: form-data; " + disposition + b"\r\n\r\n" + value + b"\r\n"

    return (
        part(b'name="file"; filename="speech.mp3"', random.Random(7).randbytes(length))
        + part(b'name="model"', b"gpt-4o-transcribe")
        + part(b'name="response_format"', b"json")
        + b"--" + boundary + b"--\r\n"
    )


def main() -> int:
    if len(sys.argv) != 2:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    chat = b"".join(chat_stream(4 * MEGABYTE))
    for name, body in {
        "chat-stream.sse": chat,
        "chat-stream.sse.gz": gzip.compress(chat, 6, mtime=0),
        "responses-stream.sse": b"".join(responses_stream(4 * MEGABYTE)),
        "chat.json": chat_body(4 * MEGABYTE),
        "chat-quoted.json": quoted_body(4 * MEGABYTE),
        "embeddings-float.json": embeddings(4 * MEGABYTE, "compact"),
        "embeddings-float-indented.json": embeddings(4 * MEGABYTE, "indented"),
        "embeddings-base64.json": embeddings(4 * MEGABYTE, "base64"),
        "image.json": image(4 * MEGABYTE),
        "chat-request.json": chat_request(4 * MEGABYTE),
        "transcription-form": form(25 * MEGABYTE),
    }.items():
        path = folder / name
        if not path.exists() or path.read_bytes() != body:
            path.write_bytes(body)
    return 0


if __name__ == "__main__":
    sys.exit(main())
