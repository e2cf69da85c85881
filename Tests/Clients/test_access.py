"""The official SDK and curl through a gateway that speaks TLS, asks for tokens and has keys of its own."""

import http.server
import json
import os
import signal
import ssl
import socket
import subprocess
import threading
import time
import urllib.parse

import httpx2 as httpx
import openai
import pytest
import websockets.exceptions
import websockets.sync.client
import websockets.sync.server

from conftest import CONTENT, KEY, execute

TOKEN = "tok-ThisTokenMustNeverLandAnywhere-0123"
ROUTE_KEY = "sk-or-ThisRouteKeyMustNeverLandAnywhere-4567"
BODY = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": CONTENT}]}


class Echo(http.server.BaseHTTPRequestHandler):
    """An API that answers with a completion, and remembers the fields of its requests."""

    protocol_version = "HTTP/1.1"
    requests = []

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        Echo.requests.append((self.path, dict((name.lower(), value) for name, value in self.headers.items())))
        body = json.dumps({
            "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "gpt-4o-mini",
            "choices": [{"index": 0, "message": {"role": "assistant", "content": "Hi"}, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15},
        }).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def echo():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def issue(folder, name):
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
         "-keyout", folder / f"{name}.key", "-out", folder / f"{name}.pem", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
        check=True, capture_output=True,
    )


@pytest.fixture
def secured(tmp_path, start, echo):
    issue(tmp_path, "tls")
    for name, text in (("tokens", f"# clients\n{TOKEN}\n"), ("key", ROUTE_KEY + "\n")):
        (tmp_path / name).write_text(text)
        os.chmod(tmp_path / name, 0o600)
    (tmp_path / "config.json").write_text(json.dumps({
        "routes": {"/openrouter/v1": {"upstream": echo + "/api/v1", "key-file": str(tmp_path / "key")}},
        "tls-cert": str(tmp_path / "tls.pem"), "tls-key": str(tmp_path / "tls.key"),
        "client-token-file": str(tmp_path / "tokens"), "admin-token-file": str(tmp_path / "tokens"),
    }))
    return start(echo, "--config", str(tmp_path / "config.json"), "--log-level", "trace"), tmp_path


def client(url, root, key, **options):
    context = ssl.create_default_context(cafile=str(root))
    return openai.OpenAI(
        base_url=url, api_key=key, max_retries=0, http_client=httpx.Client(verify=context, trust_env=False), **options
    )


def test_the_sdk_with_tls_and_a_token(secured):
    gateway, folder = secured
    assert gateway.url.startswith("https://")
    Echo.requests.clear()
    # On a route with a key, the token is the SDK's api_key.
    routed = client(gateway.url + "/openrouter/v1", folder / "tls.pem", TOKEN)
    assert routed.chat.completions.create(**BODY).usage.total_tokens == 15
    # On any other, it stands beside the client's own key.
    own = client(gateway.url + "/v1", folder / "tls.pem", KEY, default_headers={"OpenAI-Usage-Token": TOKEN})
    assert own.chat.completions.create(**BODY).usage.total_tokens == 15
    with pytest.raises(openai.AuthenticationError) as refusal:
        client(gateway.url + "/v1", folder / "tls.pem", TOKEN).chat.completions.create(**BODY)
    assert refusal.value.code == "missing_gateway_token" and TOKEN not in str(refusal.value)

    (first, fields), (second, others) = Echo.requests
    assert (first, fields["authorization"]) == ("/api/v1/chat/completions", f"Bearer {ROUTE_KEY}")
    assert (second, others["authorization"]) == ("/v1/chat/completions", f"Bearer {KEY}")
    assert TOKEN not in json.dumps(Echo.requests)

    rows = gateway.rows_when(2)
    assert [row["path"] for row in rows] == ["/openrouter/v1/chat/completions", "/v1/chat/completions"]
    assert [row["endpoint"] for row in rows] == ["chat.completions"] * 2
    assert rows[0]["key"].startswith("...0123 #") and rows[1]["key"].startswith("sk-proj-...WXYZ #")
    assert all(row["cost_usd"] for row in rows)

    metrics = httpx.get(gateway.metrics_url, headers={"Authorization": f"Bearer {TOKEN}"}, trust_env=False)
    assert 'oai_usage_gateway_events_total{event="unauthorized"} 1' in metrics.text
    assert httpx.get(gateway.metrics_url, trust_env=False).status_code == 401
    places = [metrics.text.encode(), gateway.log.read_bytes()]
    places += [path.read_bytes() for path in gateway.log.parent.glob(gateway.ledger.rsplit("/", 1)[1] + "*")]
    for secret in (TOKEN, ROUTE_KEY, KEY, CONTENT):
        assert not any(secret.encode() in place for place in places), secret


def test_a_renewed_certificate_and_a_stream_that_is_open(secured, tmp_path):
    gateway, folder = secured
    old = (folder / "tls.pem").read_bytes()
    (folder / "old.pem").write_bytes(old)
    with httpx.Client(verify=ssl.create_default_context(cafile=str(folder / "old.pem")), trust_env=False) as open_client:
        assert open_client.get(gateway.url + "/healthz").text == "ok\n"
        issue(folder, "tls")
        gateway.process.send_signal(signal.SIGHUP)
        gateway.wait_for(r"(showing the certificate)")
        # The connection that is open goes on under the old one.
        assert open_client.get(gateway.url + "/healthz").text == "ok\n"
    with pytest.raises(httpx.ConnectError):
        httpx.get(gateway.url + "/healthz", verify=ssl.create_default_context(cafile=str(folder / "old.pem")), trust_env=False)
    new = ssl.create_default_context(cafile=str(folder / "tls.pem"))
    assert httpx.get(gateway.url + "/healthz", verify=new, trust_env=False).text == "ok\n"


def test_curl_and_a_port_of_the_other_kind(secured):
    gateway, folder = secured
    plain = subprocess.run(["curl", "-sS", gateway.url.replace("https", "http") + "/healthz"], capture_output=True, text=True)
    assert "tls_required" in plain.stdout
    fine = subprocess.run(
        ["curl", "-sS", "--cacert", folder / "tls.pem", gateway.url + "/healthz"], capture_output=True, text=True
    )
    assert fine.stdout == "ok\n", fine.stderr


@pytest.mark.parametrize("name, status", [
    ("localhost", 200), ("127.0.0.1", 200), ("evil.example", 421), ("host.docker.internal", 421),
])
def test_a_name_that_was_made_to_resolve_here(start, echo, name, status):
    gateway = start(echo)
    port = gateway.url.rsplit(":", 1)[1]
    result = subprocess.run(
        ["curl", "-sS", "-o", "/dev/null", "-w", "%{http_code}", "--resolve", f"{name}:{port}:127.0.0.1",
         f"http://{name}:{port}/v1/chat/completions", "-H", "Content-Type: application/json", "-d", "{}"],
        capture_output=True, text=True,
    )
    assert result.stdout == str(status), result.stderr


def test_reprice_presents_the_token(secured):
    gateway, folder = secured
    arguments = ["reprice", "--since", "7d", "--dry-run", "--gateway", "--admin", gateway.metrics_url.rsplit("/", 1)[0]]
    refused = execute(*arguments)
    assert refused.returncode == 1 and "OAI_USAGE_ADMIN_TOKEN" in refused.stderr
    assert execute(*arguments, environment={"OAI_USAGE_ADMIN_TOKEN": TOKEN}).returncode == 0
    assert execute(*arguments, "--admin-token-file", str(folder / "tokens")).returncode == 0


@pytest.mark.parametrize("prefix", ["", "/keyed"])
def test_a_browser_presents_its_token_as_a_subprotocol(start, tmp_path, prefix):
    """The way of browsers, which can set no field: over TLS, to a server that chooses among the subprotocols."""
    offers = []

    def select(_, offered):
        offers.append(list(offered))
        return "realtime"

    def remember(_, request):
        fields.append(str(request.headers))

    fields = []
    server = websockets.sync.server.serve(
        lambda connection: connection.send("hello"), "127.0.0.1", 0, subprotocols=["realtime"],
        select_subprotocol=select, process_request=remember,
    )
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    url = f"http://127.0.0.1:{server.socket.getsockname()[1]}"
    issue(tmp_path, "tls")
    for name, text in (("tokens", TOKEN), ("key", ROUTE_KEY)):
        (tmp_path / name).write_text(text)
        os.chmod(tmp_path / name, 0o600)
    (tmp_path / "config.json").write_text(json.dumps({
        "routes": {"/keyed": {"upstream": url, "key-file": str(tmp_path / "key")}},
        "tls-cert": str(tmp_path / "tls.pem"), "tls-key": str(tmp_path / "tls.key"), "client-token-file": str(tmp_path / "tokens"),
    }))
    gateway = start(url, "--config", str(tmp_path / "config.json"))
    address = gateway.url.replace("https", "wss") + prefix + "/v1/realtime?model=gpt-realtime"
    context = ssl.create_default_context(cafile=str(tmp_path / "tls.pem"))
    own = "openai-insecure-api-key." + (TOKEN if prefix else KEY)
    protocols = ["realtime", own] + ([] if prefix else [f"openai-usage-token.{TOKEN}"])
    try:
        with websockets.sync.client.connect(address, ssl=context, subprotocols=protocols) as connection:
            assert connection.subprotocol == "realtime"
            assert connection.recv() == "hello"
        with pytest.raises(websockets.exceptions.InvalidStatus) as refusal:
            websockets.sync.client.connect(address, ssl=context, subprotocols=["realtime", "openai-insecure-api-key.wrong"])
        assert refusal.value.response.status_code == 401
    finally:
        server.shutdown()
        thread.join()
    assert offers == [["realtime"] if prefix else ["realtime", own]]
    assert TOKEN not in "".join(fields)
    assert (f"Bearer {ROUTE_KEY}" in fields[0]) == bool(prefix)
    [row] = gateway.rows_when(1)
    assert row["key"].startswith("...0123 #" if prefix else "sk-proj-...WXYZ #")


def test_curl_and_the_admin_listeners_certificate(tmp_path, start, echo):
    for name in ("admin", "next"):
        issue(tmp_path, name)
    gateway = start(
        echo, "--admin-tls-cert", str(tmp_path / "admin.pem"), "--admin-tls-key", str(tmp_path / "admin.key")
    )
    admin = gateway.metrics_url.removesuffix("/metrics")
    assert gateway.url.startswith("http://") and admin.startswith("https://")

    def curl(url, root):
        return subprocess.run(
            ["curl", "-sS", "--noproxy", "*", "--max-time", "10", "--cacert", tmp_path / f"{root}.pem", url],
            capture_output=True, text=True,
        )

    assert curl(admin + "/healthz", "admin").stdout == "healthy\n"
    assert "oai_usage" in curl(admin + "/metrics", "admin").stdout
    assert curl(admin + "/healthz", "next").returncode == 60
    # Nothing is told in the clear.
    assert "healthy" not in curl(admin.replace("https", "http") + "/healthz", "admin").stdout

    for kind in ("pem", "key"):
        (tmp_path / f"next.{kind}").rename(tmp_path / f"admin.{kind}")
    gateway.process.send_signal(signal.SIGHUP)
    deadline = time.monotonic() + 10
    while curl(admin + "/healthz", "admin").returncode and time.monotonic() < deadline:
        time.sleep(0.05)
    assert curl(admin + "/healthz", "admin").stdout == "healthy\n"


def test_at_its_limit_a_tls_listener_says_nothing_in_the_clear(tmp_path, start, echo):
    issue(tmp_path, "tls")
    gateway = start(
        echo, "--tls-cert", str(tmp_path / "tls.pem"), "--tls-key", str(tmp_path / "tls.key"), "--max-connections", "1"
    )
    host, port = urllib.parse.urlsplit(gateway.url).netloc.split(":")
    context = ssl.create_default_context(cafile=str(tmp_path / "tls.pem"))
    with socket.create_connection((host, int(port)), 10) as first:
        with context.wrap_socket(first, server_hostname=host):
            with socket.create_connection((host, int(port)), 10) as second:
                assert second.recv(100) == b""
