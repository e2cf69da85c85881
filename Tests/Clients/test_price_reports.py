"""Costs that other tools had wrong, by their public reports: each as the answer that was priced, and what it costs."""

import http.server
import json
import threading
import urllib.request
from decimal import Decimal

import pytest
import websockets.sync.client
import websockets.sync.server

from conftest import KEY


class Case:
    """An answer of the API, and the cost of it; None if it must have no price."""

    def __init__(self, report, path, answer, cost, request=None, counts=None, method="POST"):
        self.report, self.path, self.answer, self.method = report, path, answer, method
        self.request = request if request is not None else {"model": answer.get("model"), "input": "x", "messages": []}
        self.cost = None if cost is None else Decimal(cost)
        self.counts = counts or {}


def chat(model, usage, **answer):
    return {"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": model, "choices": [], "usage": usage, **answer}


def response(model, usage, **answer):
    return {
        "id": "resp_1", "object": "response", "status": "completed", "model": model, "output": [], "usage": usage, **answer
    }


def tokens(input_tokens, output_tokens, **details):
    return {
        "input_tokens": input_tokens, "output_tokens": output_tokens, "total_tokens": input_tokens + output_tokens,
        "input_tokens_details": {"cached_tokens": 0, **details},
        "output_tokens_details": {"reasoning_tokens": 0},
    }


CHAT, RESPONSES, IMAGES = "/v1/chat/completions", "/v1/responses", "/v1/images/generations"
CASES = [
    # Of 2,006 tokens 1,920 were read from the cache: 86 at 2.5, 1,920 at 1.25, 300 at 10.
    Case("BerriAI/litellm#6215: cached tokens at the full price too", CHAT, chat("gpt-4o-2024-08-06", {
        "prompt_tokens": 2006, "completion_tokens": 300, "total_tokens": 2306,
        "prompt_tokens_details": {"cached_tokens": 1920}, "completion_tokens_details": {"reasoning_tokens": 0},
    }), "0.005615"),
    Case("langfuse/langfuse#5568: cached tokens counted besides the input", CHAT, chat("gpt-4o-2024-08-06", {
        "prompt_tokens": 1999, "completion_tokens": 0, "total_tokens": 1999, "prompt_tokens_details": {"cached_tokens": 1792},
    }), "0.0027575", counts={"input_tokens": 1999, "cached_input_tokens": 1792}),
    # 14,000 at 4, 155,000 at 0.4, 3,000 at 5.
    Case("BerriAI/litellm#35127: cached tokens dropped, #33772: written ones too", RESPONSES, response(
        "gpt-5.6-sol", tokens(172_000, 0, cached_tokens=155_000, cache_write_tokens=3_000)), "0.133"),
    Case("BerriAI/litellm#33772: written tokens of a chat dropped", CHAT, chat("gpt-5.6-sol", {
        "prompt_tokens": 10_000, "completion_tokens": 0, "total_tokens": 10_000,
        "prompt_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 8_000},
    }), "0.048"),
    Case("defog-ai/defog#304: cached tokens of a model without a discount were free", RESPONSES, response(
        "gpt-5.5-pro", tokens(210_000, 5_000, cached_tokens=200_000)), "7.2"),
    Case("BerriAI/litellm#13810: flex at twice its price", RESPONSES, response(
        "gpt-5-nano-2025-08-07", tokens(100_000, 10_000), service_tier="flex"), "0.0045",
        request={"model": "gpt-5-nano", "input": "x", "service_tier": "flex"}),
    Case("BerriAI/litellm#31837: asked for priority, served as default", RESPONSES, response(
        "gpt-5.4", tokens(10_000, 1_000), service_tier="default"), "0.04",
        request={"model": "gpt-5.4", "input": "x", "service_tier": "priority"}),
    Case("earendil-works/pi#3188: served as priority though nothing was asked for", RESPONSES, response(
        "gpt-5.4", tokens(10_000, 1_000), service_tier="priority"), "0.08"),
    Case("pydantic/genai-prices#711: exactly 272,000 tokens are a short context", RESPONSES, response(
        "gpt-5.6-sol", tokens(272_000, 1_000)), "1.108"),
    Case("pydantic/genai-prices#711, GPT-6 Astra", RESPONSES, response("gpt-6-astra", tokens(272_000, 1_000)), "2.77"),
    Case("stdapi-ai/stdapi.ai#190: long contexts at the price of short ones", RESPONSES, response(
        "gpt-5.6-luna", tokens(300_000, 10_000, cached_tokens=100_000)), "0.102"),
    Case("ding113/claude-code-hub#1117: a long context in priority", RESPONSES, response(
        "gpt-5.6-luna", tokens(300_000, 10_000), service_tier="priority"), "0.276"),
    Case("BerriAI/litellm#13847: only the pixels of an image had a price", IMAGES, {
        "created": 1, "data": [], "usage": {
            "input_tokens": 150, "output_tokens": 8_000, "total_tokens": 8_150,
            "input_tokens_details": {"text_tokens": 150, "image_tokens": 0},
        }}, "0.32075", request={"model": "gpt-image-1", "prompt": "x"}),
    # 943 at 5, 3,044 at 8, 1,372 at 30; the answer does not say that its output is an image.
    Case("BerriAI/litellm#31142: an image's output at the price of text", IMAGES, {
        "created": 1, "data": [], "usage": {
            "input_tokens": 3_987, "output_tokens": 1_372, "total_tokens": 5_359,
            "input_tokens_details": {"text_tokens": 943, "image_tokens": 3_044},
        }}, "0.070227", request={"model": "gpt-image-2", "prompt": "x"}),
    Case("Helicone/helicone#3070: fine-tuned models without a price", CHAT, chat(
        "ft:gpt-4o-mini-2024-07-18:acme::A1b2", {"prompt_tokens": 10_000, "completion_tokens": 1_000, "total_tokens": 11_000}),
        "0.0042"),
    Case("Helicone/helicone#2059: embeddings without a price", "/v1/embeddings", {
        "object": "list", "model": "text-embedding-3-large", "data": [], "usage": {"prompt_tokens": 8, "total_tokens": 8},
    }, "0.00000104"),
    Case("dosu-ai/decant v0.16.0: a model at the price of another with a shorter name", CHAT, chat(
        "gpt-5.5-cyber-preview", {"prompt_tokens": 10_000, "completion_tokens": 1_000, "total_tokens": 11_000}), "0.2"),
    Case("newrelic-experimental/preflight#803: a model that is not known cost nothing", CHAT, chat(
        "gpt-6.9-mira", {"prompt_tokens": 10_000, "completion_tokens": 1_000, "total_tokens": 11_000}), None),
    Case("BerriAI/litellm#23842: a transcription's seconds charged twice", "/v1/audio/transcriptions", {
        "text": "x", "usage": {"type": "duration", "seconds": 60}}, "0.006", request="whisper-1"),
    # 7,448,410 of 31,493,594 tokens at 0.625, the rest at 0.0625, and 19,786,241 at 5.
    Case("BerriAI/litellm#14884: a batch", "/v1/batches/batch_1", {
        "id": "batch_1", "object": "batch", "endpoint": "/v1/responses", "status": "completed", "model": "gpt-5-2025-08-07",
        "usage": {
            "input_tokens": 31_493_594, "output_tokens": 19_786_241, "total_tokens": 51_279_835,
            "input_tokens_details": {"cached_tokens": 24_045_184}, "output_tokens_details": {"reasoning_tokens": 18_373_824},
        }}, "105.08928525", method="GET"),
]
# A batch's sum says nothing of the length of a single context.
SUM = Case("BerriAI/litellm#39861: long contexts in a batch", "/v1/batches/batch_2", {
    "id": "batch_2", "object": "batch", "endpoint": "/v1/responses", "status": "completed", "model": "gpt-5.6-luna",
    "request_counts": {"total": 1_000, "completed": 1_000, "failed": 0},
    "usage": {
        "input_tokens": 2_000_000, "output_tokens": 100_000, "total_tokens": 2_100_000,
        "input_tokens_details": {"cached_tokens": 0}, "output_tokens_details": {"reasoning_tokens": 0},
    }}, "0.26", method="GET")
# Usage of a realtime response: the model, what it cost, and why.
REALTIME = [
    # 100 at 0.6, 100 at 10, 800 at 0.3, 200 at 20.
    ("langwatch/langwatch#7048: cached audio at the price of fresh", "gpt-realtime-mini", "0.0053", {
        "total_tokens": 1_200, "input_tokens": 1_000, "output_tokens": 200,
        "input_token_details": {
            "text_tokens": 100, "audio_tokens": 900, "image_tokens": 0, "cached_tokens": 800,
            "cached_tokens_details": {"text_tokens": 0, "audio_tokens": 800, "image_tokens": 0},
        },
        "output_token_details": {"text_tokens": 0, "audio_tokens": 200},
    }),
    # 152 at 0.06, 170 at 0.08, 24 at 0.8, 29 at 2.4; the 19 of reasoning are among the 29.
    ("BerriAI/litellm#39850: reasoning charged besides the text it is part of", "gpt-realtime-2.1-mini", "0.00011152", {
        "total_tokens": 375, "input_tokens": 346, "output_tokens": 29,
        "input_token_details": {
            "text_tokens": 152, "audio_tokens": 0, "image_tokens": 194, "cached_tokens": 322,
            "cached_tokens_details": {"text_tokens": 152, "audio_tokens": 0, "image_tokens": 170},
        },
        "output_token_details": {"text_tokens": 29, "audio_tokens": 0, "reasoning_tokens": 19},
    }),
]


class Answers(http.server.BaseHTTPRequestHandler):
    """Answers every request with the next answer."""

    protocol_version = "HTTP/1.1"

    def answer(self):
        self.rfile.read(int(self.headers.get("content-length", 0)))
        body = json.dumps(self.server.next).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = answer

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def upstream():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()


def form(model):
    """A form with a model and a file, as transcriptions are asked for."""
    part = '--b\r\nContent-Disposition: form-data; name="{}"{}\r\n\r\n{}\r\n'
    return (part.format("model", "", model) + part.format("file", '; filename="x.mp3"', "x") + "--b--\r\n").encode()


def ask(gateway, upstream, case):
    upstream.next = case.answer
    is_form = isinstance(case.request, str)
    data = form(case.request) if is_form else json.dumps(case.request).encode()
    kind = "multipart/form-data; boundary=b" if is_form else "application/json"
    urllib.request.urlopen(urllib.request.Request(
        gateway.url + case.path, None if case.method == "GET" else data, method=case.method,
        headers={"Authorization": f"Bearer {KEY}", "Content-Type": kind},
    )).read()


def wrong(cases, rows):
    for case, row in zip(cases, sorted(rows, key=lambda row: row["started_at"]), strict=True):
        cost = None if row["cost_usd"] is None else Decimal(row["cost_usd"])
        if cost != case.cost or any(row[name] != count for name, count in case.counts.items()):
            yield case.report, case.cost, cost, row["cost_reason"]


def test_reported_costs_are_right(upstream, start):
    gateway = start(f"http://127.0.0.1:{upstream.server_port}")
    for case in CASES:
        ask(gateway, upstream, case)
    assert not list(wrong(CASES, gateway.rows_when(len(CASES))))


def test_the_sum_of_a_batch_is_no_long_context(upstream, start):
    gateway = start(f"http://127.0.0.1:{upstream.server_port}")
    ask(gateway, upstream, SUM)
    assert not list(wrong([SUM], gateway.rows_when(1)))


def test_reported_costs_of_realtime_are_right(start):
    def answer(connection):
        model = connection.request.path.partition("model=")[2]
        connection.send(json.dumps({"type": "session.created", "session": {"id": "sess_1", "type": "realtime", "model": model}}))
        connection.recv()
        usage = next(usage for _, name, _, usage in REALTIME if name == model)
        done = {"id": "resp_1", "object": "realtime.response", "status": "completed", "output": [], "usage": usage}
        connection.send(json.dumps({"type": "response.done", "event_id": "event_1", "response": done}))
        connection.recv()

    with websockets.sync.server.serve(answer, "127.0.0.1", 0) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        gateway = start(f"http://127.0.0.1:{server.socket.getsockname()[1]}")
        for _, model, _, _ in REALTIME:
            url = f"{gateway.url.replace('http', 'ws', 1)}/v1/realtime?model={model}"
            with websockets.sync.client.connect(url, additional_headers={"Authorization": f"Bearer {KEY}"}) as client:
                client.recv()
                client.send(json.dumps({"type": "response.create"}))
                client.recv()
                client.send("bye")
        costs = {row["model"]: row["cost_usd"] for row in gateway.rows_when(len(REALTIME))}
        server.shutdown()
    assert {model: Decimal(costs[model]) for _, model, _, _ in REALTIME} == {
        model: Decimal(cost) for _, model, cost, _ in REALTIME
    }
