# SPDX-License-Identifier: MPL-2.0
"""What is streamed reaches the reader while it is made: through the real server, over a real connection."""

import http.client
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from django.core.handlers.asgi import ASGIHandler
from django.http import FileResponse, HttpRequest, StreamingHttpResponse
from django.test import override_settings
from django.urls import path

PATIENCE_SECONDS = 240  # only a test that fails waits so long
CHUNK = b"x" * 1000
OWN_FILE = Path(__file__)

made: list[int] = []
closed = threading.Event()


def endless(request: HttpRequest) -> StreamingHttpResponse:
    """A response that collects everything first would never be sent."""

    def chunks() -> Iterator[bytes]:
        try:
            while True:
                made.append(1)
                yield CHUNK
        finally:
            closed.set()

    return StreamingHttpResponse(chunks())


def failing(request: HttpRequest) -> StreamingHttpResponse:
    def chunks() -> Iterator[bytes]:
        yield CHUNK
        raise RuntimeError("the database went away")

    return StreamingHttpResponse(chunks())


def file(request: HttpRequest) -> FileResponse:
    return FileResponse(OWN_FILE.open("rb"), as_attachment=True, filename="test.py")


urlpatterns = [path("endless/", endless), path("failing/", failing), path("file/", file)]


@pytest.fixture
def port() -> Iterator[int]:
    with override_settings(
        ROOT_URLCONF=__name__, MIDDLEWARE=["kommune3.ui.middleware.stream_in_pieces"], ALLOWED_HOSTS=["127.0.0.1"]
    ):
        config = uvicorn.Config(ASGIHandler(), host="127.0.0.1", port=0, log_level="critical", lifespan="off")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        try:
            yield server.servers[0].sockets[0].getsockname()[1]
        finally:
            server.should_exit = True
            thread.join(PATIENCE_SECONDS)


def get(port: int, address: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
    connection.request("GET", address)
    return connection.getresponse()


def test_the_first_bytes_arrive_before_the_last_are_made(port: int) -> None:
    made.clear()
    closed.clear()
    response = get(port, "/endless/")
    assert response.read(len(CHUNK) * 5) == CHUNK * 5
    response.close()
    assert closed.wait(PATIENCE_SECONDS), "nothing more is made for a reader who has gone"


def test_a_file_arrives_whole_and_under_its_name(port: int) -> None:
    response = get(port, "/file/")
    assert response.read() == OWN_FILE.read_bytes()
    assert response.headers["Content-Disposition"] == 'attachment; filename="test.py"'


def test_what_breaks_off_is_not_taken_for_whole(port: int) -> None:
    with pytest.raises((http.client.IncompleteRead, ConnectionError)):
        get(port, "/failing/").read()
