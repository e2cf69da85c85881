"""WebSockets through the gateway: PyPI's websockets, the official SDK's realtime client, and Codex's order of tries."""

import json
import threading

import openai
import pytest
import websockets.exceptions
import websockets.sync.client
import websockets.sync.server

from conftest import CONTENT, KEY

CREATED = {"type": "session.created", "event_id": "event_1", "session": {"id": "sess_1", "type": "realtime", "model": "gpt-realtime"}}
DONE = {
    "type": "response.done", "event_id": "event_2",
    "response": {
        "id": "resp_1", "object": "realtime.response", "status": "completed", "output": [],
        "usage": {
            "total_tokens": 25, "input_tokens": 20, "output_tokens": 5,
            "input_token_details": {"text_tokens": 20, "audio_tokens": 0, "cached_tokens": 0},
            "output_token_details": {"text_tokens": 5, "audio_tokens": 0},
        },
    },
}


class Server:
    """A realtime API: answers `response.create` with a response, goes away at `goodbye`, and repeats everything else."""

    def __init__(self, refuse=None):
        self.requests = []
        self.server = websockets.sync.server.serve(
            self.handle, "127.0.0.1", 0, process_request=refuse or self.remember, compression="deflate", max_size=None
        )
        self.url = f"http://127.0.0.1:{self.server.socket.getsockname()[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def remember(self, connection, request):
        self.requests.append(request)

    def handle(self, connection):
        connection.send(json.dumps(CREATED))
        for message in connection:
            if isinstance(message, str) and '"response.create"' in message:
                # In fragments, with a control frame behind them.
                text = json.dumps({**DONE, "response": {**DONE["response"], "metadata": {"x": CONTENT}}})
                connection.send(text[i:i + 37] for i in range(0, len(text), 37))
                connection.ping()
            elif message == "goodbye":
                connection.close(1001)
            else:
                connection.send(message)

    def stop(self):
        self.server.shutdown()
        self.thread.join()


@pytest.fixture
def server():
    server = Server()
    yield server
    server.stop()


def socket_url(gateway, path):
    return gateway.url.replace("http", "ws") + path


@pytest.mark.parametrize("path", ["/v1/realtime?model=gpt-realtime", "/v1/responses", "/v1/live", "/other"])
def test_messages_pass_both_ways(server, start, path):
    gateway = start(server.url)
    with websockets.sync.client.connect(
        socket_url(gateway, path), additional_headers={"Authorization": f"Bearer {KEY}"}, max_size=None
    ) as connection:
        # The client offers a compression that the gateway could not read, and does not get it.
        assert connection.protocol.extensions == []
        assert json.loads(connection.recv()) == CREATED
        for message in ["", "x", "ü" * 70_000, b"", b"\0" * 200_000, "y" * 1_000_000]:
            connection.send(message)
            assert connection.recv() == message
        connection.send(["in ", "fragments"])
        assert connection.recv() == "in fragments"
        assert connection.ping().wait(10)
    assert server.requests[0].path == path
    assert "Sec-WebSocket-Extensions" not in server.requests[0].headers
    assert server.requests[0].headers["Authorization"] == f"Bearer {KEY}"
    [row] = gateway.rows_when(1)
    assert (row["outcome"], row["status"], row["path"]) == ("completed", 101, path.split("?")[0])


def test_usage_of_a_session_is_in_its_row(server, start):
    gateway = start(server.url)
    with websockets.sync.client.connect(socket_url(gateway, "/v1/realtime?model=gpt-realtime")) as connection:
        connection.recv()
        for _ in range(3):
            connection.send('{"type": "response.create"}')
            assert json.loads(connection.recv())["type"] == "response.done"
    [row] = gateway.rows_when(1)
    assert (row["endpoint"], row["usage_state"]) == ("realtime.websocket", "reported")
    assert (row["input_tokens"], row["output_tokens"], row["total_tokens"]) == (60, 15, 75)


def test_a_server_that_goes_is_seen(server, start):
    gateway = start(server.url)
    connection = websockets.sync.client.connect(socket_url(gateway, "/v1/realtime"))
    connection.recv()
    connection.send("goodbye")
    with pytest.raises(websockets.exceptions.ConnectionClosed) as closed:
        connection.recv(timeout=20)
    assert closed.value.rcvd.code == 1001
    [row] = gateway.rows_when(1)
    assert row["outcome"] == "completed"


def test_the_realtime_client_of_the_official_sdk(server, start):
    gateway = start(server.url)
    client = openai.OpenAI(api_key=KEY, base_url=gateway.url + "/v1", websocket_base_url=socket_url(gateway, "/v1"))
    with client.realtime.connect(model="gpt-realtime") as connection:
        assert connection.recv().type == "session.created"
        connection.response.create()
        event = connection.recv()
        assert event.type == "response.done" and event.response.usage.total_tokens == 25
    [row] = gateway.rows_when(1)
    assert (row["outcome"], row["input_tokens"], row["output_tokens"]) == ("completed", 20, 5)
    assert row["key"].startswith("sk-proj-...WXYZ")


@pytest.mark.parametrize("status", [404, 426])
def test_codex_tries_a_websocket_first_and_then_posts(simulator, start, status):
    """Codex asks for `/v1/responses` as a WebSocket, and falls back to a stream if that is refused."""
    server = Server(refuse=lambda connection, request: connection.respond(status, "no\n"))
    try:
        gateway = start(server.url)
        with pytest.raises(websockets.exceptions.InvalidStatus) as refused:
            websockets.sync.client.connect(socket_url(gateway, "/v1/responses"))
        assert refused.value.response.status_code == status
        [row] = gateway.rows_when(1)
        assert (row["outcome"], row["status"]) == ("error", status)
    finally:
        server.stop()
    gateway = start(simulator.url)
    with pytest.raises(websockets.exceptions.InvalidStatus):
        websockets.sync.client.connect(
            socket_url(gateway, "/v1/responses"), additional_headers={"Authorization": f"Bearer {KEY}"}
        )
    client = openai.OpenAI(base_url=gateway.url + "/v1", api_key=KEY, max_retries=0)
    events = list(client.responses.create(model="gpt-6-luna", input=CONTENT, stream=True))
    assert events[-1].type == "response.completed"
    rows = gateway.rows_when(2)
    assert rows[0]["status"] >= 400 and rows[1]["outcome"] == "completed" and rows[1]["usage_state"] == "reported"
