# SPDX-License-Identifier: MPL-2.0
"""Whether people can be served, and whether background work gets done."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import Max

from kommune3.kernel.access.row_security.session import as_platform
from kommune3.kernel.audit.models import Entry
from kommune3.kernel.jobs import workers
from kommune3.kernel.operation import storage, versions, work

MEGABYTE = 1_000_000
NO_ROOM_BYTES = 16 * MEGABYTE
CLOCK_MAY_DIFFER = timedelta(seconds=5)
SCHEDULE_MAY_BE_LATE = timedelta(minutes=5)
_TRY_DISK_EVERY_SECONDS = 5.0


class Verdict(StrEnum):
    """How a check came out; a FAILED one is why something is unavailable."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


@dataclass(frozen=True)
class Check:
    """One thing that was looked at. ``reason`` is a code and a figure for operators, never shown to strangers."""

    name: str
    verdict: Verdict
    reason: str = ""


def readiness(*, now: datetime) -> list[Check]:
    """Can people be served: the database answers and is up to date, the disk takes what they write, the clock is right.

    Where the database does not answer, nothing is asked of it after that.
    """
    found = [_database()]
    if found[0].verdict == Verdict.OK:
        with as_platform():
            found += [_migrations(), _clock(now)]
    return [*found, _disk()]


def work_checks(*, now: datetime) -> list[Check]:
    """Does background work get done: somebody is there to do it, nothing waits too long, schedules are kept."""
    database = _database()
    if database.verdict != Verdict.OK:
        return [database]
    with as_platform():  # jobs of all units, whoever asks
        return [database, _workers(now), _queue(now), _schedules(now)]


def is_available(checks: list[Check]) -> bool:
    """Whether none of them failed."""
    return all(check.verdict != Verdict.FAILED for check in checks)


def _database() -> Check:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    except DatabaseError as error:
        return Check("database", Verdict.FAILED, type(error).__name__)
    return Check("database", Verdict.OK)


def _migrations() -> Check:
    missing = versions.missing_migrations()
    return Check("migrations", Verdict.FAILED if missing else Verdict.OK, ", ".join(missing[:10]))


def _clock(now: datetime) -> Check:
    """Against the database server's clock, and against what the platform itself has written: time does not go back."""
    newest = Entry.objects.aggregate(newest=Max("number"))["newest"]
    written = Entry.objects.filter(number=newest).values_list("at", flat=True).first()
    if written is not None and written - now > CLOCK_MAY_DIFFER:
        return Check("clock", Verdict.WARNING, f"behind_audit_log {_seconds(written - now)} s")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            differs = abs(cursor.fetchone()[0] - now)
        if differs > CLOCK_MAY_DIFFER:
            return Check("clock", Verdict.WARNING, f"differs_from_database {_seconds(differs)} s")
    return Check("clock", Verdict.OK)


def _disk() -> Check:
    try:
        free = storage.disk_free()
        _try_disk(storage.write_and_remove)
    except OSError as error:
        return Check("disk", Verdict.FAILED, f"not_writable {type(error).__name__}")
    if free < NO_ROOM_BYTES:
        return Check("disk", Verdict.FAILED, f"full {free // MEGABYTE} MB")
    few = free < settings.DISK_ROOM_MB * MEGABYTE
    return Check("disk", Verdict.WARNING if few else Verdict.OK, f"free {free // MEGABYTE} MB")


_disk_tried_at = -_TRY_DISK_EVERY_SECONDS


def _try_disk(attempt: Callable[[], None]) -> None:
    """Anybody may ask, so the disk is not written to each time. A failure is not remembered."""
    global _disk_tried_at
    if time.monotonic() - _disk_tried_at >= _TRY_DISK_EVERY_SECONDS:
        attempt()
        _disk_tried_at = time.monotonic()


def _workers(now: datetime) -> Check:
    seen = workers.all_seen(now=now)
    awake = [worker for worker in seen if not worker.is_silent]
    if not awake:
        return Check("workers", Verdict.FAILED, f"none, {len(seen)} silent")
    few = len(awake) < len(seen)
    return Check("workers", Verdict.WARNING if few else Verdict.OK, f"{len(awake)} of {len(seen)}")


def _queue(now: datetime) -> Check:
    waited = work.oldest_wait(now=now) or timedelta()
    late = waited > timedelta(minutes=settings.JOB_WAIT_MINUTES)
    return Check("queue", Verdict.FAILED if late else Verdict.OK, f"oldest {_seconds(waited)} s")


def _schedules(now: datetime) -> Check:
    late = [plan.name for plan in work.schedules() if plan.overdue(now) > SCHEDULE_MAY_BE_LATE]
    return Check("schedules", Verdict.FAILED if late else Verdict.OK, ", ".join(late[:10]))


def _seconds(length: timedelta) -> int:
    return round(length.total_seconds())
