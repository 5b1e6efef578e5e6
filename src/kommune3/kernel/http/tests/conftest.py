# SPDX-License-Identifier: MPL-2.0
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest


@dataclass
class Server:
    """A real HTTP server on this machine. ``answer`` handles each request; ``seen`` are its path and headers.

    ``over`` is set when the test is.
    """

    port: int
    seen: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"


@pytest.fixture
def serve() -> Iterator[Callable[[Callable[[Any], None]], Server]]:
    running = []

    def start(answer: Callable[[Any], None], tls: Any = None) -> Server:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.seen.append((self.command, self.path, dict(self.headers)))
                with suppress(ConnectionError):  # whoever asked has hung up
                    answer(self)

            do_POST = do_PUT = do_HEAD = do_GET

            def log_message(self, *arguments: Any) -> None:
                """Quiet."""

        listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        listening.daemon_threads = True
        if tls is not None:
            listening.socket = tls.wrap_socket(listening.socket, server_side=True)
        server = Server(listening.server_address[1])
        threading.Thread(target=listening.serve_forever, args=(0.05,), daemon=True).start()
        running.append((server, listening))
        return server

    yield start
    for server, listening in running:
        server.over.set()
        listening.shutdown()
        listening.server_close()


def say(status: int = 200, body: bytes = b"ok", **headers: str) -> Callable[[Any], None]:
    """An answer with this status, content and headers (underscores for hyphens)."""

    def answer(handler: Any) -> None:
        handler.send_response(status)
        for name, value in {"Content_Length": str(len(body)), **headers}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return answer
