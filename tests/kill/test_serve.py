# SPDX-License-Identifier: MPL-2.0
"""``kommune3 serve``: a web server and its workers that live and die together."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from kill.processes import ASKED_FOR, PATIENCE_SECONDS
from ports import free_port

pytestmark = pytest.mark.parametrize("carrier", ["rows"], indirect=True)


@pytest.fixture
def served(drill: Any, environment: dict[str, str], tmp_path: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """A running ``kommune3 serve`` with one worker on the drill's database, and its port."""
    port = free_port()
    server = serve(drill, environment, tmp_path, port)
    try:
        drill.wait_for(lambda: answers(port))
        yield server, port
    finally:
        for process in [*psutil.Process(server.pid).children(recursive=True)] if server.poll() is None else []:
            process.kill()
        server.kill()
        server.wait()


def serve(drill: Any, environment: dict[str, str], folder: Path, port: int) -> subprocess.Popen[bytes]:
    with (folder / "serve.log").open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "kommune3", "serve", "--port", str(port), "--workers", "1"],
            env=environment | {"KOMMUNE3_DATABASE_URL": drill.url}, stdout=log, stderr=log,
        )  # fmt: skip


def answers(port: int) -> bool:
    """Whether the web server sends a stranger who asks for a page to the login."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", "/jobs/")
        return connection.getresponse().status == 302
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def worker_of(server: subprocess.Popen[bytes]) -> psutil.Process | None:
    children = psutil.Process(server.pid).children()
    return next((child for child in children if "worker" in " ".join(child.cmdline())), None)


def are_gone(processes: list[psutil.Process]) -> bool:
    """Whether none of them does anything any more. Where nobody buries orphans they stay listed as zombies."""
    return not any(process.is_running() and process.status() != psutil.STATUS_ZOMBIE for process in processes)


def test_a_killed_worker_is_replaced_and_told_to_stop_everything_stops(drill: Any, served: Any, let_go: Path) -> None:
    server, port = served
    drill.run("drill_wish", "long", "--task", "long_mark", "--kwargs", json.dumps({"until": str(let_go)}))
    drill.wait_for(lambda: drill.value(f"SELECT count(*) FROM {ASKED_FOR} WHERE state = 'RUNNING' AND progress > 0"))
    worker_of(server).kill()
    let_go.touch()
    drill.wait_for(lambda: drill.states() == {"SUCCEEDED": 1})
    assert drill.marks() == ["long-0"]
    assert drill.value(f"SELECT attempt FROM {ASKED_FOR}") >= 2

    children = psutil.Process(server.pid).children(recursive=True)
    assert len(children) >= 2
    server.send_signal(signal.SIGTERM)
    assert server.wait(timeout=PATIENCE_SECONDS) == 0
    assert are_gone(children)
    assert not answers(port)


def test_killed_it_takes_its_server_and_workers_with_it(drill: Any, served: Any) -> None:
    server, port = served
    drill.wait_for(lambda: worker_of(server))
    children = psutil.Process(server.pid).children(recursive=True)
    assert len(children) >= 2
    os.kill(server.pid, signal.SIGKILL)
    server.wait()
    drill.wait_for(lambda: are_gone(children))
    assert not answers(port)


def test_a_port_that_is_taken_is_said_at_once(drill: Any, environment: dict[str, str], tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        server = serve(drill, environment, tmp_path, taken.getsockname()[1])
        assert server.wait(timeout=PATIENCE_SECONDS) != 0
    assert "address already in use" in (tmp_path / "serve.log").read_text()
