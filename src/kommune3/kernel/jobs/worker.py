# SPDX-License-Identifier: MPL-2.0
"""The loop of a worker process: one claim at a time, until it is told to stop."""

import os
import secrets
import signal
import socket
import time
from collections.abc import Sequence
from types import FrameType

import structlog
from django.conf import settings
from django.db import Error as DatabaseError
from django.db import close_old_connections, connection

from kommune3.kernel import clock
from kommune3.kernel.jobs import carriers, declare, leases, schedules, workers
from kommune3.kernel.jobs.doorbell import Doorbell
from kommune3.kernel.jobs.models import Job
from kommune3.kernel.jobs.running import HandedBack, run
from kommune3.kernel.metrics import tallying

log = structlog.get_logger("jobs.worker")

HOUSEKEEPING_SECONDS = 1.0
IDLE_SECONDS = 1.0
DATABASE_AWAY_SECONDS = 2.0


def own_name() -> str:
    """A name no other worker ever has."""
    return f"{socket.gethostname()[:60]}:{os.getpid()}:{secrets.token_hex(4)}"


class Worker:
    """Claims and runs jobs of ``queues`` (all declared ones by default), recovers lost ones, and fires schedules.

    With ``dispatch_only`` it runs no job itself: it recovers, fires, and announces rows that no message reached, beside
    a carrier's workers.
    """

    def __init__(self, *, name: str = "", queues: Sequence[str] = (), dispatch_only: bool = False) -> None:
        self.name = name or own_name()
        self.queues = list(queues) or list(declare.queues())
        self.dispatch_only = dispatch_only
        self._stopping = False
        self._running: list[Job] = []
        self._was_idle = False
        self._housekeeping_at = 0.0
        self._beat_at = 0.0

    def run_until_stopped(self) -> None:
        """Work until SIGTERM or SIGINT; then finish the job at hand, or hand it back when it takes too long."""
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        signal.signal(signal.SIGALRM, self._hand_back)
        log.info("jobs.worker.started", worker=self.name, queues=self.queues)
        doorbell: Doorbell | None = None
        declared = False
        while not self._stopping:
            try:
                if not declared:
                    schedules.sync(now=clock.now())
                    declared = True
                doorbell = doorbell or Doorbell()
                self._beat()
                if not self.step():
                    doorbell.wait(IDLE_SECONDS)
            except HandedBack:
                break
            except DatabaseError as error:
                log.warning("jobs.database.away", error=type(error).__qualname__, exc_info=True)
                connection.close()
                doorbell = None
                time.sleep(DATABASE_AWAY_SECONDS)
            close_old_connections()
        signal.alarm(0)
        self._say_goodbye()
        log.info("jobs.worker.stopped", worker=self.name)

    def step(self) -> bool:
        """Look once; returns whether there was something to do."""
        now = clock.now()
        if time.monotonic() - self._housekeeping_at >= HOUSEKEEPING_SECONDS:
            self._housekeeping_at = time.monotonic()
            leases.recover(now=now)
            schedules.fire_due(now=now)
            if carriers.current() is not None:
                carriers.sweep(now)
        if self.dispatch_only or (self._was_idle and not leases.something_due(self.queues, now)):
            return False
        self._running = leases.claim(worker=self.name, queues=self.queues, now=now)
        self._was_idle = not self._running
        if self._was_idle:
            return False
        try:
            run(self._running)
        finally:
            self._running = []
        return True

    def _beat(self) -> None:
        if time.monotonic() - self._beat_at >= workers.BEAT_SECONDS:
            self._beat_at = time.monotonic()
            workers.beat(name=self.name, queues=self.queues, is_dispatcher=self.dispatch_only, now=clock.now())
            tallying.flush()

    def _say_goodbye(self) -> None:
        try:
            tallying.flush()
            workers.gone(self.name)
        except DatabaseError as error:  # it will be found silent instead
            log.warning("jobs.database.away", error=type(error).__qualname__)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self._stopping = True
        signal.alarm(max(1, settings.JOB_STOP_SECONDS))

    def _hand_back(self, number: int, frame: FrameType | None) -> None:
        if self._running:
            log.warning("jobs.worker.hands_back", worker=self.name)
            raise HandedBack
