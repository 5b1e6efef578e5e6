# SPDX-License-Identifier: MPL-2.0
"""What a running task is given: the job, and the only way to write on its behalf."""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection, transaction
from django_tasks.utils import normalize_json

from kommune3.kernel import clock
from kommune3.kernel.access.actor import Actor, actor_of, system
from kommune3.kernel.jobs import leases
from kommune3.kernel.jobs.errors import JobCancelled, JobTimeout, LeaseLost, describe
from kommune3.kernel.jobs.models import Job
from kommune3.kernel.people.models import Account

log = structlog.get_logger("jobs")

REPORT_EVERY_SECONDS = 0.5  # progress and cancellation reach the database at most this often
TIMEOUT_GRACE_SECONDS = 15.0
EXIT_TIMED_OUT = 75


class JobContext:
    """The job as its task sees it.

    ``attempt`` counts from 1. ``due_at`` is the instant the job was meant for, for example a schedule's. ``result``
    may be set before the commit ends; it is JSON without personal data.
    """

    def __init__(self, job: Job, *, timeout_minutes: float | None = None, in_batch: bool = False) -> None:
        self._job = job
        self._in_batch = in_batch
        self._timeout_minutes = timeout_minutes
        self._started = self._reported = self._asked = time.monotonic()
        self._reported -= REPORT_EVERY_SECONDS
        self._asked -= REPORT_EVERY_SECONDS
        self._last_answer = False
        self.lease_lost = False
        self.committed = False
        self.was_told_to_stop = False
        self.result: Any = None

    @property
    def id(self) -> UUID:
        return self._job.pk

    @property
    def attempt(self) -> int:
        return self._job.attempt

    @property
    def due_at(self) -> datetime:
        return self._job.run_after

    @cached_property
    def actor(self) -> Actor:
        """Who asked for the job, with the grants that are in force now; or the platform itself."""
        if self._job.requested_by_id is None:
            return system(self._job.requested_as)
        return actor_of(Account.objects.select_related("person").get(pk=self._job.requested_by_id), now=self.now())

    def now(self) -> datetime:
        """The instant, in UTC."""
        return clock.now()

    def progress(self, fraction: float, message: str = "") -> None:
        """Say how far the job is, 0 to 1, and what it does, in Danish or English for the page.

        Cheap enough to be called in a loop: it writes at most twice a second. Raises :class:`LeaseLost` or
        :class:`JobTimeout`, which the task lets pass.
        """
        self._check()
        if self._in_batch or time.monotonic() - self._reported < REPORT_EVERY_SECONDS:
            return
        self._reported = time.monotonic()
        leases.report(self._job, progress=min(1.0, max(0.0, fraction)), message=message)

    def cancelled(self) -> bool:
        """Whether somebody cancelled the job. A task that returns after a yes, without a commit, was cancelled.

        Asks the database at most twice a second. Raises as :meth:`progress` does.
        """
        self._check()
        if not self._in_batch and time.monotonic() - self._asked >= REPORT_EVERY_SECONDS:
            self._asked = time.monotonic()
            self._last_answer = leases.is_cancelled(self._job)
        self.was_told_to_stop = self._last_answer
        return self._last_answer

    @contextmanager
    def commit(self) -> Iterator[None]:
        """The one transaction in which the job's effect is written and the job is marked finished.

        First, under the write lock, the lease is checked: raises :class:`LeaseLost` when another worker has the job,
        and :class:`JobCancelled` when somebody cancelled it; either way nothing is written. Used once, last.
        """
        with self.checkpoint():
            yield
            if not self._in_batch:
                leases.succeed(self._job, result=normalize_json(self.result), now=self.now())
        self.committed = True

    @contextmanager
    def checkpoint(self) -> Iterator[None]:
        """A transaction that checks the lease as :meth:`commit` does, but does not finish the job.

        For long work that is written in steps; a later attempt must be able to see which steps were done.
        """
        with transaction.atomic():
            if not self._in_batch and leases.lock(self._job).cancel_requested:
                raise JobCancelled
            yield

    def _check(self) -> None:
        if self.lease_lost:
            raise LeaseLost
        if self._timeout_minutes is not None and self.running_seconds > self._timeout_minutes * 60:
            raise JobTimeout(self._timeout_minutes)

    @property
    def running_seconds(self) -> float:
        return time.monotonic() - self._started


class Heartbeat:
    """Keeps the lease while the task runs, from a thread of its own.

    It stops with the process (also with a stopped process: that is what the lease is for), and needs the task to let
    other threads run now and then: native code that holds the interpreter must be shorter than the lease.

    A task that overruns its time and does not notice is ended with its process; a supervisor starts another.
    """

    def __init__(self, context: JobContext, job: Job, timeout_minutes: float | None) -> None:
        self._context = context
        self._job = job
        self._limit = None if timeout_minutes is None else timeout_minutes * 60 + TIMEOUT_GRACE_SECONDS
        self._timeout_minutes = timeout_minutes
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._beat, name=f"heartbeat-{job.pk}", daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *exception: object) -> None:
        self._over.set()
        self._thread.join()

    def _beat(self) -> None:
        pause = settings.JOB_LEASE_SECONDS / 3
        try:
            while not self._over.wait(pause):
                if self._limit is not None and self._context.running_seconds > self._limit:
                    self._end_process()
                try:
                    leases.extend(self._job, now=clock.now())
                except LeaseLost:
                    self._context.lease_lost = True
                    return
                except DatabaseError as error:
                    # the database is busy or away: the lease holds for two more beats
                    log.warning("jobs.heartbeat.missed", job=str(self._job.pk), error=type(error).__qualname__)
                    connection.close()
        finally:
            connection.close()

    def _end_process(self) -> None:
        error = JobTimeout(self._timeout_minutes or 0)
        log.error("jobs.job.timed_out", job=str(self._job.pk))
        try:
            leases.fail(self._job, error=describe(error, message=str(error)), permanent=False, now=clock.now())
        finally:
            os._exit(EXIT_TIMED_OUT)
