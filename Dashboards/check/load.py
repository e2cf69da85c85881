"""The calls that the gateways carry: several projects, models and operations, streams, caches, and every kind of error."""

import concurrent.futures
import contextlib
import http.client
import json
import math
import random
import time
import urllib.parse

KEY = "sk-proj-DashboardsCheck0000000000000000000000000000wxyz"
# The last one is a label's worst case that a header can carry.
PROJECTS = ["proj_search", "proj_support", "proj_research", 'team "a" \\ {b}']
CHAT, RESPONSES = "/v1/chat/completions", "/v1/responses"
WORKERS = 16


def _chat(model, stream=False):
    body = {"model": model, "messages": [{"role": "user", "content": "Say something."}]}
    return CHAT, {**body, "stream": True} if stream else body


# What succeeds: path, body, and what the simulator is told besides the times.
GOOD = [
    (*_chat("gpt-4o-mini"), "cached-tokens=512"),
    (*_chat("gpt-4o-mini", stream=True), "chunks=20; cached-tokens=128"),
    (*_chat("gpt-5.1"), "cached-tokens=1024; reasoning-tokens=150"),
    (*_chat("gpt-5.1", stream=True), "chunks=24; reasoning-tokens=80; cached-tokens=256; tier=priority"),
    (*_chat("o4-mini", stream=True), "chunks=16; reasoning-tokens=200; tier=flex"),
    (RESPONSES, {"model": "gpt-6-luna", "input": "Say something."}, "cached-tokens=640; cache-write-tokens=256"),
    (RESPONSES, {"model": "gpt-6-luna", "input": "Say something.", "stream": True}, "chunks=30; cached-tokens=128"),
    ("/v1/embeddings", {"model": "text-embedding-3-small", "input": "Something."}, None),
    ("/v1/models", None, None),
]
# What fails or ends early, all of one project and model. The first five have statuses of their own.
BAD_PROJECT = "proj_support"
STATUSES = 5
BAD = [
    (*_chat("gpt-4o-mini"), "status=429; retry-after-ms=5", {}),
    (*_chat("gpt-4o-mini"), "code=insufficient_quota", {}),
    (*_chat("gpt-4o-mini"), "status=400", {}),
    (*_chat("gpt-4o-mini"), "status=500", {}),
    (*_chat("gpt-4o-mini"), "status=503", {}),
    # It succeeds, and says that it repeats another.
    (*_chat("gpt-4o-mini"), "input-tokens=900; output-tokens=40", {"x-stainless-retry-count": "1"}),
    (*_chat("gpt-4o-mini", stream=True), "chunks=40; cut-after-chunks=5", {}),
    (*_chat("gpt-4o-mini", stream=True), "chunks=300; chunk-delay-ms=5", {"leave": "1"}),
]


def call(url, project, path, body, directives, headers=()):
    """Makes one call; what it answers does not matter, since the ledger knows."""
    headers = dict(headers)
    leave = headers.pop("leave", None)
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(url).netloc, timeout=60)
    with contextlib.closing(connection), contextlib.suppress(http.client.HTTPException, OSError):
        fields = {
            "Authorization": f"Bearer {KEY}", "OpenAI-Project": project, "Content-Type": "application/json",
            "OpenAI-Usage-Tags": "team=batch" if path == RESPONSES else "team=web", **headers,
        }
        if directives:
            fields["OpenAI-Simulate"] = directives
        connection.request("GET" if body is None else "POST", path, body and json.dumps(body), fields)
        response = connection.getresponse()
        response.read(200 if leave else None)


def _in_parallel(calls):
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        for done in [pool.submit(call, *one) for one in calls]:
            done.result()


def births(urls):
    """One call of every label set that succeeds."""
    _in_parallel(
        (url, project, path, body, directives)
        for url in urls for project in PROJECTS for path, body, directives in GOOD
    )


def failures(urls):
    """One call of every error status, since a gateway begins at zero for those that succeed alone."""
    _in_parallel((url, BAD_PROJECT, *one) for url in urls for one in BAD[:STATUSES])


def drive(urls, seconds, pace=14, seed=7):
    """Sends calls for some time, in waves, to the gateways in turn; returns how many."""
    choose = random.Random(seed)
    begin = time.monotonic()
    made = 0
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        pending = set()
        due = 0.0
        while due < seconds:
            wait = begin + due - time.monotonic()
            if wait > 0:
                time.sleep(wait)
            # Who is late does not hurry: on a slow machine there are fewer calls, not a flood.
            due = max(due, time.monotonic() - begin - 1)
            pending = {future for future in pending if not future.done()}
            url = urls[made % len(urls)]
            if made // len(urls) % 13 == 5:
                one = (url, BAD_PROJECT, *BAD[made // len(urls) // 13 % len(BAD)])
            else:
                project = choose.choices(PROJECTS, (5, 4, 2, 1))[0]
                path, body, directives = choose.choices(GOOD, (5, 5, 3, 3, 2, 3, 3, 2, 1))[0]
                one = (url, project, path, body, _times(choose, directives))
            if len(pending) < 4 * WORKERS:
                pending.add(pool.submit(call, *one))
                made += 1
            due += 1 / (pace * (1 + 0.5 * math.sin(due / 9)))
        for future in pending:
            future.result()
    return made


def _times(choose, directives):
    if directives is None:
        return f"processing-ms={choose.randint(3, 30)}"
    parts = [directives, f"processing-ms={min(int(choose.lognormvariate(4.4, 0.8)), 1500)}"]
    parts.append(f"input-tokens={1400 + int(choose.lognormvariate(6, 0.9))}")
    parts.append(f"output-tokens={210 + int(choose.lognormvariate(4, 0.8))}")
    if "chunks=" in directives:
        parts.append(f"chunk-delay-ms={choose.randint(1, 12)}")
    return "; ".join(parts)
