# SPDX-License-Identifier: MPL-2.0
"""Keeping a web server and its workers running: started together, stopped together, restarted when one dies."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import FrameType

import structlog

log = structlog.get_logger("supervisor")

STEADY_SECONDS = 30.0  # a process that lived this long begins again with the shortest pause
LONGEST_PAUSE_SECONDS = 30.0
FIRST_START_SECONDS = 300.0  # an essential process that ends within this time of its first start never worked
KILL_MARGIN_SECONDS = 5.0  # what is left after its stop time plus this is ended by force
_PR_SET_PDEATHSIG = 1


@dataclass
class Child:
    """A process to keep running. ``command`` gives its command line anew for each start.

    ``essential``: when its very first start fails, everything stops (the port is taken, say).
    ``on_death`` is called with the command line of a process that has ended.
    """

    name: str
    command: Callable[[], Sequence[str]]
    essential: bool = False
    on_death: Callable[[Sequence[str]], None] = lambda _command: None
    process: subprocess.Popen[bytes] | None = None
    arguments: Sequence[str] = ()
    started: float = 0.0
    starts: int = 0
    quick_deaths: int = 0
    start_at: float = field(default=0.0)


class Supervisor:
    """Runs ``children`` until SIGTERM or SIGINT. When it dies itself, even by ``kill -9``, they get SIGTERM (Linux)."""

    def __init__(self, children: Sequence[Child], *, stop_seconds: float) -> None:
        self.children = list(children)
        self.stop_seconds = stop_seconds
        self._stopping = False

    def run(self) -> int:
        """Returns the exit code: 0 when told to stop, else that of the essential child that would not start."""
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        code = 0
        while not self._stopping:
            for child in self.children:
                if child.process is None:
                    if time.monotonic() >= child.start_at:
                        _start(child)
                elif (ended := child.process.poll()) is not None:
                    lived_seconds = time.monotonic() - child.started
                    if child.essential and child.starts == 1 and ended > 0 and lived_seconds < FIRST_START_SECONDS:
                        code, self._stopping = ended or 1, True
                    self._bury(child, ended)
            time.sleep(0.2)
        self._end_all()
        return code

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self._stopping = True

    def _bury(self, child: Child, ended: int) -> None:
        child.process = None
        steady = time.monotonic() - child.started >= STEADY_SECONDS
        child.quick_deaths = 0 if steady else child.quick_deaths + 1
        pause = 0.0 if steady else min(LONGEST_PAUSE_SECONDS, 0.5 * 2 ** (child.quick_deaths - 1))
        child.start_at = time.monotonic() + pause
        log.warning("supervisor.child.ended", child=child.name, code=ended, restart_in_seconds=pause)
        try:
            child.on_death(child.arguments)
        except Exception as error:  # the database is away, say; the lease runs out by itself
            log.warning("supervisor.on_death.failed", child=child.name, error=type(error).__qualname__)

    def _end_all(self) -> None:
        running = [child.process for child in self.children if child.process is not None]
        for process in running:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
        until = time.monotonic() + self.stop_seconds + KILL_MARGIN_SECONDS
        for process in running:
            try:
                process.wait(timeout=max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _start(child: Child) -> None:
    parent = os.getpid()
    child.arguments = list(child.command())
    # one thread only here, so running code between fork and exec is safe
    child.process = subprocess.Popen(  # noqa: S603  the command line is our own
        child.arguments, preexec_fn=lambda: _die_with(parent), start_new_session=True
    )
    child.started = time.monotonic()
    child.starts += 1


def _die_with(parent: int) -> None:
    """In the child: ask the kernel for SIGTERM when the parent dies; at once when it already has."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)
