"""Who is compared: how each is started, watched and stopped."""

import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import time
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")
MODULES = Path("/usr/lib/nginx/modules")

NGINX = """
{modules}
daemon off;
worker_processes 1;
worker_rlimit_nofile 18000;
{user}
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
events {{ worker_connections 16000; }}
http {{
    {log}
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    keepalive_requests 1000000000;
    keepalive_timeout 600s;
    client_max_body_size 0;
    upstream api {{
        server 127.0.0.1:{upstream};
        keepalive 4096;
        keepalive_requests 1000000000;
        keepalive_timeout 600s;
    }}
    server {{
        listen 127.0.0.1:{port} backlog=4096;
        location / {{
            proxy_pass http://api;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_buffering off;
            proxy_request_buffering off;
            proxy_read_timeout 600s;
            {meter}
        }}
    }}
}}
"""

# What a person would write to meter: usage is read out of the body's end, and logged with the request's id. By a
# buffered log: `ngx.log` writes at once, which costs half as much again and would flatter whoever is compared with it.
LUA = r"""
            set $usage "";
            access_log {folder}/usage.log usage buffer=64k flush=1s;
            body_filter_by_lua_block {{
                local context = ngx.ctx
                local tail = (context.tail or "") .. ngx.arg[1]
                context.tail = #tail > 2048 and tail:sub(-2048) or tail
                if ngx.arg[2] then
                    context.input = context.tail:match('"prompt_tokens":%s*(%d+)')
                    context.output = context.tail:match('"completion_tokens":%s*(%d+)')
                end
            }}
            log_by_lua_block {{
                local context = ngx.ctx
                ngx.var.usage = (context.input or "-") .. " " .. (context.output or "-")
            }}
"""

HAPROXY = """
global
    maxconn 8500
    nbthread 1
defaults
    mode http
    timeout connect 10s
    timeout client 600s
    timeout server 600s
    http-reuse always
    option http-no-delay
frontend calls
    bind 127.0.0.1:{port}
    default_backend api
backend api
    server api 127.0.0.1:{upstream}
"""


def missing() -> list[str]:
    """Names of the Debian packages that are not there."""
    needs = {
        "nginx": shutil.which("nginx"),
        "libnginx-mod-http-lua": (MODULES / "ngx_http_lua_module.so").exists(),
        "haproxy": shutil.which("haproxy"),
        "wrk": shutil.which("wrk"),
        "gcc": shutil.which("gcc"),
    }
    return [package for package, found in needs.items() if not found]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Contestant:
    """The upstream itself or a proxy before it."""

    def __init__(self, name: str, folder: Path, upstream: int, binary: str = "", mode: str = ""):
        self.name, self.binary, self.mode, self.upstream = name, binary, mode, upstream
        self.port = upstream
        self.process: subprocess.Popen | None = None
        self.calls = self.cut = 0  # that clients saw completed since the start, and may have cut by their end
        self.size = 0  # bytes of a whole answer to a plain call
        self.folder = folder / re.sub(r"\W+", "-", name)
        self.is_ours = bool(mode)

    def _command(self) -> list[str]:
        values = {"folder": self.folder, "port": self.port, "upstream": self.upstream}
        if self.is_ours:
            ledger = "none" if self.mode == "none" else f"{self.folder}/ledger.db"
            durability = "buffered" if self.mode == "none" else self.mode
            return [
                self.binary, "gateway", "--listen", f"127.0.0.1:{self.port}", "--admin", f"127.0.0.1:{free_port()}",
                "--upstream", f"http://127.0.0.1:{self.upstream}", "--durability", durability, "--ledger", ledger,
            ]  # fmt: skip
        if self.name == "haproxy":
            (self.folder / "haproxy.cfg").write_text(HAPROXY.format(**values))
            return ["haproxy", "-db", "-f", f"{self.folder}/haproxy.cfg"]
        is_lua = self.name == "nginx+Lua"
        names = ["ndk_http_module.so", "ngx_http_lua_module.so"] if is_lua else []
        values["modules"] = "\n".join(f"load_module {MODULES}/{name};" for name in names)
        values["meter"] = LUA.format(**values) if is_lua else ""
        log = "log_format usage '$upstream_http_x_request_id $status $usage';"
        values["log"] = log if is_lua else "access_log off;"
        values["user"] = "user root;" if os.geteuid() == 0 else ""  # the folder is nobody else's
        (self.folder / "nginx.conf").write_text(NGINX.format(**values))
        return ["nginx", "-e", f"{self.folder}/error.log", "-c", f"{self.folder}/nginx.conf"]

    def start(self) -> None:
        """Starts a proxy, and returns when it listens."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()
        self.port, self.calls, self.cut = free_port(), 0, 0
        # Settings of the person who runs this are not for here.
        unwanted = re.compile(r"OAI_USAGE_|(HTTPS?|ALL|NO)_PROXY$|XDG_", re.IGNORECASE)
        environment = {name: value for name, value in os.environ.items() if not unwanted.match(name)}
        environment["HOME"] = str(self.folder)
        with open(self.folder / "output", "wb") as output:
            self.process = subprocess.Popen(
                self._command(), stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=environment,
                start_new_session=True,
            )  # fmt: skip
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and self.process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise RuntimeError(f"{self.name} does not listen:\n{(self.folder / 'output').read_text()[-2000:]}")

    def stop(self) -> None:
        if not self.process:
            return
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            # The group is the process's own, so that this reaches its workers and nobody else.
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.process = None

    def _processes(self) -> list[tuple[int, list[str]]]:
        """Number and `stat` of every process of the session."""
        result = []
        for path in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = path.read_text().rpartition(")")[2].split()
            except OSError:  # it has just ended
                continue
            if self.process and int(fields[3]) == self.process.pid:
                result.append((int(path.parent.name), fields))
        return result

    def processor_seconds(self) -> float:
        return sum(int(fields[11]) + int(fields[12]) for _, fields in self._processes()) / TICK

    def megabytes(self, field: str) -> float:
        """`VmRSS`, or `VmHWM` for the most there ever was."""
        texts = [Path(f"/proc/{number}/status").read_text() for number, _ in self._processes()]
        return sum(int(re.search(rf"{field}:\s*(\d+)", text)[1]) for text in texts) / 1024

    def rows(self) -> tuple[int, int] | None:
        """Calls that were written down, and those of them with their usage; for who meters, after its end."""
        if self.is_ours and self.mode != "none":
            ledger = sqlite3.connect(f"file:{self.folder}/ledger.db?mode=ro", uri=True)
            right = "input_tokens = 19 AND output_tokens IN (10, 64)"
            query = f"SELECT count(*), count(*) FILTER (WHERE {right}) FROM calls"
            result = ledger.execute(query).fetchone()
            ledger.close()
            return result
        if self.name == "nginx+Lua":
            lines = (self.folder / "usage.log").read_text().splitlines()
            return len(lines), sum(line.endswith((" 200 19 10", " 200 19 64")) for line in lines)
        return None
