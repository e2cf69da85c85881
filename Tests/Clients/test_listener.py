"""The admin listener under clients that are slow, silent or many."""

import os
import socket
import urllib.error
import urllib.request

import pytest

import conftest
from conftest import BINARY, Gateway
from test_ledger import call, eventually

LIMIT = 300


@pytest.fixture()
def gateway(simulator, tmp_path):
    """A gateway that may open few files."""
    # This lowers the hard limit, too: the gateway raises its own limit as far as it may.
    script = tmp_path / "few"
    script.write_text(f'#!/bin/sh\nulimit -n {LIMIT}\nexec "{BINARY}" "$@"\n')
    script.chmod(0o700)
    before, conftest.BINARY = conftest.BINARY, str(script)
    try:
        gateway = Gateway(tmp_path, simulator.url)
    finally:
        conftest.BINARY = before
    yield gateway
    gateway.stop()


def address(gateway):
    host, port = gateway.metrics_url.split("/")[2].split(":")
    return host, int(port)


def status(gateway, request):
    with socket.create_connection(address(gateway), timeout=10) as connection:
        connection.sendall(request)
        return int(connection.recv(4096).split()[1])


def open_files(gateway):
    return len(os.listdir(f"/proc/{gateway.process.pid}/fd"))


def test_half_sent_heads_do_not_stop_calls(gateway):
    silent = []
    for _ in range(LIMIT + 50):
        connection = socket.create_connection(address(gateway), timeout=5)
        connection.sendall(b"GET /metrics HTTP/1.1\r\nHo")
        silent.append(connection)
    eventually(lambda: open_files(gateway) < LIMIT // 2)
    call(gateway)
    # A new client takes the place of one that is silent.
    assert status(gateway, b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n") == 200
    few = open_files(gateway)
    # A head has ten seconds, and the rest of the silent connections are closed then.
    eventually(lambda: open_files(gateway) < few - 20, seconds=20)
    for connection in silent:
        connection.close()


def test_two_hosts_are_refused(gateway):
    request = b"GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: 127.0.0.1\r\n\r\n"
    assert status(gateway, request) == 400
    assert status(gateway, b"GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n") == 200


def test_a_page_elsewhere_is_refused(gateway):
    for path in ["/metrics", "/api/v1/report?period=all"]:
        base = gateway.metrics_url.removesuffix("/metrics")
        request = urllib.request.Request(base + path, headers={"Sec-Fetch-Site": "cross-site"})
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(request)
        assert refused.value.code == 403


def test_slow_readers_of_streams_leave_room(gateway):
    for _ in range(3):
        call(gateway)
    slow = []
    for _ in range(6):
        connection = socket.socket()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        connection.connect(address(gateway))
        connection.sendall(b"GET /api/v1/calls?limit=0&period=all HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        slow.append(connection)
    assert status(gateway, b"GET /api/v1/report?period=today HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n") == 200
    for connection in slow:
        connection.close()
