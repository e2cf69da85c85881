"""The official Python SDK, straight to the upstream and through the gateway: the same answers, and a row for each attempt."""

import asyncio
import itertools
import json
from decimal import Decimal
from pathlib import Path

import openai
import pytest

from conftest import CONTENT, KEY, loads, run

PROJECT = "proj_clients"
MESSAGES = [{"role": "user", "content": CONTENT}]
numbers = itertools.count(1)


@pytest.fixture
def name():
    return f"case-{next(numbers)}"


@pytest.fixture
def clients(simulator, gateway, name):
    """The same client twice: straight, and through the gateway."""

    def make(kind=openai.OpenAI, simulate=None, **options):
        headers = {"X-Client-Request-Id": f"client-{name}", **({"OpenAI-Simulate": simulate} if simulate else {})}
        options = {"api_key": KEY, "project": PROJECT, "max_retries": 0, **options}
        straight = kind(base_url=simulator.url + "/v1", default_headers=headers, **options)
        through = kind(
            base_url=gateway.url + "/v1",
            default_headers={**headers, "OpenAI-Usage-Tags": f"case={name}"},
            **options,
        )
        return straight, through

    return make


@pytest.fixture
def rows(gateway, name):
    return lambda count=1: gateway.rows_when(count, "--tag", f"case={name}")


def dump(value):
    return value.model_dump(mode="json")


PRICES = {
    model_id: model
    for model in json.loads(
        (Path(__file__).parents[2] / "Sources/OpenAIUsagePricing/prices.json").read_text()
    )["models"]
    for model_id in model["ids"]
}


def expected_cost(row):
    """The cost by the price list, reckoned apart from the product."""
    period = next(p for p in PRICES[row["model"]]["periods"] if p["to"] is None)
    rates = {meter: Decimal(price) for meter, price in period["per_1m"]["default"].items() if isinstance(price, str)}
    cached = row["cached_input_tokens"] or 0
    written = row["cache_write_tokens"] or 0
    cost = (row["input_tokens"] - cached - written) * rates["input"]
    cost += cached * rates.get("cached_input", rates["input"])
    cost += written * rates.get("cache_write", rates["input"])
    cost += (row["output_tokens"] or 0) * rates.get("output", Decimal(0))
    return cost / 1_000_000


def check(row, request_id=None, endpoint="chat.completions", stream=False):
    assert row["endpoint"] == endpoint
    assert row["stream"] is stream
    assert row["status"] == 200
    assert row["outcome"] == "completed"
    assert row["usage_state"] == "reported"
    assert row["project"] == PROJECT
    assert row["requested_project"] == PROJECT
    assert row["request_id"].startswith("req_")
    if request_id:
        assert row["request_id"] == request_id
    assert isinstance(row["processing_ms"], (int, float))
    assert row["duration_ms"] > 0
    assert row["client"].startswith(("OpenAI/Python", "AsyncOpenAI/Python"))
    assert row["key"].startswith("sk-proj-...WXYZ #")
    assert row["cost_status"] == "exact"
    assert Decimal(row["cost_usd"]) == expected_cost(row)


def test_chat(clients, rows):
    straight, through = clients()
    request = dict(model="gpt-4o-mini", messages=MESSAGES)
    first = straight.chat.completions.create(**request)
    second = through.chat.completions.create(**request)
    assert dump(first) == dump(second)
    assert second._request_id
    [row] = rows()
    check(row, second._request_id)
    assert row["input_tokens"] == second.usage.prompt_tokens
    assert row["output_tokens"] == second.usage.completion_tokens
    assert row["total_tokens"] == second.usage.total_tokens
    assert row["response_id"] == second.id
    assert row["model"] == second.model
    assert row["request_model"] == "gpt-4o-mini"
    assert row["finish"] == "stop"
    assert row["rate_limit"]["requests"]["limit"] > 0


@pytest.mark.parametrize("options", [None, {"include_usage": True}, {"include_usage": False}, {"include_obfuscation": True}])
def test_chat_stream(clients, rows, options):
    straight, through = clients()
    request = dict(model="gpt-4o-mini", messages=MESSAGES, stream=True)
    if options is not None:
        request["stream_options"] = options
    first = [dump(chunk) for chunk in straight.chat.completions.create(**request)]
    second = [dump(chunk) for chunk in through.chat.completions.create(**request)]
    assert first == second
    assert any(chunk["choices"] for chunk in second)
    asked = bool(options and options.get("include_usage"))
    assert any(chunk.get("usage") for chunk in second) is asked
    [row] = rows()
    check(row, stream=True)
    assert row["input_tokens"] > 0 and row["output_tokens"] > 0
    assert row["time_to_first_token_ms"] > 0
    if asked:
        assert row["total_tokens"] == second[-1]["usage"]["total_tokens"]


def test_chat_stream_helper(clients, rows):
    _, through = clients()
    with through.chat.completions.stream(model="gpt-4o-mini", messages=MESSAGES) as stream:
        for _ in stream:
            pass
        completion = stream.get_final_completion()
    assert completion.choices[0].message.content
    [row] = rows()
    check(row, stream=True)


def test_completions(clients, rows):
    straight, through = clients()
    request = dict(model="gpt-3.5-turbo-instruct", prompt=CONTENT)
    assert dump(straight.completions.create(**request)) == dump(through.completions.create(**request))
    first = [dump(chunk) for chunk in straight.completions.create(**request, stream=True)]
    second = [dump(chunk) for chunk in through.completions.create(**request, stream=True)]
    assert first == second
    for row in rows(2):
        assert row["endpoint"] == "completions"
        assert row["usage_state"] == "reported"


def test_responses(clients, rows):
    straight, through = clients()
    request = dict(model="gpt-6-luna", input=CONTENT)
    first, second = straight.responses.create(**request), through.responses.create(**request)
    assert dump(first) == dump(second)
    [row] = rows()
    check(row, second._request_id, endpoint="responses")
    assert row["input_tokens"] == second.usage.input_tokens
    assert row["output_tokens"] == second.usage.output_tokens
    assert row["response_id"] == second.id
    assert row["finish"] == "completed"


@pytest.mark.parametrize("finish", ["completed", "incomplete", "failed"])
def test_responses_stream(clients, rows, finish):
    straight, through = clients(simulate=None if finish == "completed" else f"finish={finish}")
    request = dict(model="gpt-6-luna", input=CONTENT, stream=True)
    first = [dump(event) for event in straight.responses.create(**request)]
    second = [dump(event) for event in through.responses.create(**request)]
    assert first == second
    usage = second[-1]["response"]["usage"]
    [row] = rows()
    assert row["usage_source"] == f"event:response.{finish}:/response/usage"
    assert row["input_tokens"] == usage["input_tokens"]
    assert row["output_tokens"] == usage["output_tokens"]
    assert row["outcome"] == ("error" if finish == "failed" else "completed")
    assert Decimal(row["cost_usd"]) == expected_cost(row)


def test_background(clients, rows, gateway, name):
    """A response in the background is asked for again and again, and counted once, with what its creation has told."""
    _, through = clients()
    response = through.responses.create(
        model="gpt-6-luna",
        input=CONTENT,
        background=True,
        extra_body={"background_options": {"completion_window": "8h"}},
    )
    assert response.status in ("queued", "in_progress")
    created, polls = response, 0
    while response.status in ("queued", "in_progress"):
        response = through.responses.retrieve(created.id)
        polls += 1
        assert polls < 100
    assert through.responses.retrieve(created.id).usage == response.usage
    all_rows = rows(polls + 2)
    assert [row["counted"] for row in all_rows] == [True] + [False] * (polls - 1) + [True, False]
    assert all_rows[0]["usage_state"] == "settled"
    counted = all_rows[-2]
    assert counted["usage_state"] == "reported"
    assert counted["operation_id"] == all_rows[0]["operation_id"]
    assert counted["background_window"] == "8h"
    assert Decimal(counted["cost_usd"]) == expected_cost(counted) * Decimal("0.6")
    assert all_rows[-1]["cost_usd"] is None
    report = loads(run("report", "--ledger", gateway.ledger, "--by", "tag:case", "--format", "json"))
    [line] = [row for row in report["rows"] if row["tag:case"] == name]
    assert line["calls"] == polls + 2
    assert line["input_tokens"] == response.usage.input_tokens
    assert line["output_tokens"] == response.usage.output_tokens
    assert Decimal(line["cost_usd"]) == Decimal(counted["cost_usd"])
    assert line["calls_without_usage"] == 0


def test_embeddings(clients, rows):
    straight, through = clients()
    request = dict(model="text-embedding-3-small", input=[CONTENT, "second"])
    first, second = straight.embeddings.create(**request), through.embeddings.create(**request)
    assert dump(first) == dump(second)
    [row] = rows()
    check(row, endpoint="embeddings")
    assert row["input_tokens"] == second.usage.prompt_tokens
    assert row["output_tokens"] is None


def test_models(clients, rows):
    straight, through = clients()
    assert [dump(model) for model in straight.models.list()] == [dump(model) for model in through.models.list()]
    [row] = rows()
    assert row["endpoint"] == "models.list"
    assert row["cost_status"] == "free"
    assert row["usage_state"] == "not_applicable"


def test_raw_response(clients, rows):
    straight, through = clients()
    request = dict(model="gpt-4o-mini", messages=MESSAGES)
    first = straight.chat.completions.with_raw_response.create(**request)
    second = through.chat.completions.with_raw_response.create(**request)
    assert first.content == second.content
    assert dump(first.parse()) == dump(second.parse())
    volatile = {"x-request-id", "date", "cf-ray", "connection", "openai-processing-ms", "x-envoy-upstream-service-time"}
    volatile |= {name for name in first.headers if name.startswith("x-ratelimit-")} | {"set-cookie"}

    def stable(response):
        return sorted((n, v) for n, v in response.headers.multi_items() if n not in volatile)

    assert stable(first) == stable(second)
    assert {n for n in first.headers if n not in {"connection"}} == {n for n in second.headers if n not in {"connection"}}
    assert len(second.headers.get_list("set-cookie")) == len(first.headers.get_list("set-cookie"))
    [row] = rows()
    check(row, second.headers["x-request-id"])
    assert str(int(row["processing_ms"])) == second.headers["openai-processing-ms"]
    assert row["organization"] == second.headers["openai-organization"]


def test_streaming_response(clients, rows):
    _, through = clients()
    with through.chat.completions.with_streaming_response.create(model="gpt-4o-mini", messages=MESSAGES) as response:
        assert response.headers["x-request-id"]
        assert dump(response.parse())["object"] == "chat.completion"
    [row] = rows()
    check(row)


def test_hundred_at_once(clients, rows):
    _, through = clients(kind=openai.AsyncOpenAI)

    async def calls():
        async def one(index):
            if index % 2:
                return await through.chat.completions.create(model="gpt-4o-mini", messages=MESSAGES)
            stream = await through.chat.completions.create(model="gpt-4o-mini", messages=MESSAGES, stream=True)
            return [chunk async for chunk in stream]

        try:
            return await asyncio.gather(*(one(index) for index in range(100)))
        finally:
            await through.close()

    results = asyncio.run(calls())
    assert len(results) == 100
    found = rows(100)
    assert len({row["request_id"] for row in found}) == 100
    assert len({row["id"] for row in found}) == 100
    for row in found:
        check(row, stream=row["stream"])


def test_retry(clients, rows):
    _, through = clients(simulate="status=429; fail-attempts=2; retry-after-ms=5", max_retries=2)
    answer = through.chat.completions.create(model="gpt-4o-mini", messages=MESSAGES)
    first, second, third = rows(3)
    assert [row["attempt"] for row in (first, second, third)] == [0, 1, 2]
    assert len({row["operation_id"] for row in (first, second, third)}) == 1
    for row in (first, second):
        assert (row["status"], row["outcome"], row["error_code"]) == (429, "error", "rate_limit_exceeded")
        assert row["cost_usd"] is None or Decimal(row["cost_usd"]) == 0
        assert row["usage_state"] == "error"
    check(third, answer._request_id)


@pytest.mark.parametrize("status", [400, 401, 404, 500, 503])
def test_errors(clients, rows, status):
    straight, through = clients(simulate=f"status={status}")
    errors = []
    for client in (straight, through):
        with pytest.raises(openai.APIStatusError) as caught:
            client.chat.completions.create(model="gpt-4o-mini", messages=MESSAGES)
        errors.append(caught.value)
    first, second = errors
    assert type(first) is type(second)
    assert first.body == second.body and str(first) == str(second)
    assert first.response.content == second.response.content
    [row] = rows()
    assert (row["status"], row["outcome"], row["usage_state"]) == (status, "error", "error")
    assert row["request_id"] == second.request_id
    assert row["error_type"] == second.type and row["error_code"] == second.code


def test_early_close(clients, rows):
    _, through = clients(simulate="chunks=200; chunk-delay-ms=10")
    stream = through.chat.completions.create(model="gpt-4o-mini", messages=MESSAGES, stream=True)
    for _, chunk in zip(range(3), stream):
        assert chunk.choices
    stream.close()
    [row] = rows()
    assert row["outcome"] == "client_disconnected"
    # The gateway reads on within its limit, so that what was used is known.
    assert row["usage_state"] == "reported" and row["output_tokens"] > 0
    assert Decimal(row["cost_usd"]) == expected_cost(row)


def test_upstream_dies(clients, rows):
    straight, through = clients(simulate="cut-after-chunks=3; chunks=10")
    seen, errors = [], []
    for client in (straight, through):
        chunks = []
        with pytest.raises(Exception) as caught:
            for chunk in client.chat.completions.create(model="gpt-4o-mini", messages=MESSAGES, stream=True):
                chunks.append(dump(chunk))
        seen.append(chunks)
        errors.append(type(caught.value))
    assert seen[0] == seen[1] and len(seen[0]) == 3
    assert errors[0] is errors[1]
    [row] = rows()
    assert (row["outcome"], row["usage_state"], row["cost_usd"]) == ("cut", "cut", None)


def test_error_midstream(clients, rows):
    straight, through = clients(simulate="error-midstream=1")
    errors = []
    for client in (straight, through):
        with pytest.raises(openai.APIError) as caught:
            for _ in client.chat.completions.create(model="gpt-4o-mini", messages=MESSAGES, stream=True):
                pass
        errors.append(str(caught.value))
    assert errors[0] == errors[1]
    [row] = rows()
    assert (row["outcome"], row["error_type"], row["status"]) == ("error", "server_error", 200)


def test_large_bodies(clients, rows):
    straight, through = clients(simulate="text-bytes=3000000")
    request = dict(model="gpt-4o-mini", messages=[{"role": "user", "content": CONTENT * 60_000}])
    assert dump(straight.chat.completions.create(**request)) == dump(through.chat.completions.create(**request))
    first = [dump(chunk) for chunk in straight.chat.completions.create(**request, stream=True)]
    second = [dump(chunk) for chunk in through.chat.completions.create(**request, stream=True)]
    assert first == second
    for row in rows(2):
        assert row["usage_state"] == "reported"
