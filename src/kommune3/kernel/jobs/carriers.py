# SPDX-License-Identifier: MPL-2.0
"""What may carry job ids to workers on other machines. The row stays the truth; losing a message loses nothing."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache
from typing import Protocol
from uuid import UUID

import structlog
from django.conf import settings
from django.db.models import F, Q
from django.utils.module_loading import import_string

from kommune3.kernel.jobs.models import Job, State

log = structlog.get_logger("jobs.carriers")

PATIENCE = timedelta(seconds=10)  # a row still queued so long after its commit was reached by no message
REPEAT = timedelta(minutes=1)  # and is announced again this often
SWEEP_SIZE = 500


class Carrier(Protocol):
    """Gives job ids to workers elsewhere. Raises when it cannot; the sweeper then sends them again."""

    def send(self, *, queue: str, job_ids: list[UUID]) -> None: ...


@cache
def _carrier(dotted: str) -> Carrier:
    carrier: Carrier = import_string(dotted)()
    return carrier


def current() -> Carrier | None:
    """The carrier this installation has chosen, or None: workers then find jobs in the database."""
    return _carrier(settings.JOB_CARRIERS[settings.JOB_CARRIER]) if settings.JOB_CARRIER else None


def announce(jobs: Iterable[Job]) -> bool:
    """Give the jobs' ids to the carrier, after commit. Returns False, and logs, where it could not take them."""
    carrier = current()
    if carrier is None:
        return True
    by_queue: dict[str, list[UUID]] = {}
    for job in jobs:
        by_queue.setdefault(job.queue, []).append(job.pk)
    try:
        for queue, job_ids in by_queue.items():
            carrier.send(queue=queue, job_ids=job_ids)
    except Exception as error:  # whatever the broker's library raises: the rows are safe and the sweeper comes by
        log.warning("jobs.carrier.unreachable", error=type(error).__qualname__)
        return False
    return True


def sweep(now: datetime) -> int:
    """Announce due rows that no message reached; returns how many."""
    never = Q(announced_at=None)
    later_than_its_commit = ~Q(run_after=F("enqueued_at"))  # deferred, tried again or taken back: nobody has sent it
    unreached = never & (later_than_its_commit | Q(run_after__lte=now - PATIENCE)) | Q(announced_at__lte=now - REPEAT)
    waiting = Job.objects.filter(unreached, state=State.QUEUED, run_after__lte=now)
    rows = list(waiting.order_by("run_after")[:SWEEP_SIZE])
    if not rows or not announce(rows):
        return 0
    return Job.objects.filter(pk__in=[row.pk for row in rows], state=State.QUEUED).update(announced_at=now)
