# SPDX-License-Identifier: MPL-2.0
"""Claiming jobs, keeping them and letting them go: the only code that changes a row on a worker's behalf.

A claim raises the row's ``fence`` and gives the worker a lease. Whatever the worker later writes is written only while
the row still is RUNNING under that fence, which is asked under the database's write lock: SQLite's by BEGIN IMMEDIATE,
PostgreSQL's by SELECT … FOR UPDATE. So a worker that slept past its lease can write nothing.
"""

import random
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zlib import crc32

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count, F, Q, QuerySet

from kommune3.kernel.jobs import declare
from kommune3.kernel.jobs.errors import LeaseLost
from kommune3.kernel.jobs.models import Job, QueueLimit, State
from kommune3.kernel.solutions import registry

BATCH_SIZE = 200
LONGEST_BACKOFF_SECONDS = 3600.0


def lease_length() -> timedelta:
    """How long a claim holds without a heartbeat."""
    return timedelta(seconds=settings.JOB_LEASE_SECONDS)


def limits() -> dict[str, int | None]:
    """How many jobs of each declared queue may run at once: the municipality's number, else the declared one."""
    chosen = dict(QueueLimit.objects.values_list("queue", "concurrency"))
    return {name: chosen.get(name, queue.concurrency) for name, queue in declare.queues().items()}


def _due(queue: str, now: datetime) -> QuerySet[Job]:
    """What may be claimed from a queue, best first. Jobs of solutions that are switched off are left alone."""
    rows = Job.objects.filter(state=State.QUEUED, queue=queue, run_after__lte=now)
    off = {m.key for m in registry.all_manifests()} - {m.key for m in registry.active_manifests()}
    if off:
        rows = rows.exclude(solution__in=off)
    return rows.order_by("-priority", "run_after")


def something_due(queues: Iterable[str], now: datetime) -> bool:
    """Whether a claim may find something. Only reads, so an idle worker takes no lock."""
    return any(_due(queue, now).exists() for queue in queues) or Job.objects.filter(_expired(now)).exists()


def claim(*, worker: str, queues: Sequence[str], now: datetime) -> list[Job]:
    """Claim the next job of ``queues``, or a batch of small ones from one queue; [] when there is nothing to do."""
    with transaction.atomic():
        allowed = limits()
        heads = []
        for queue in queues:
            head = _due(queue, now).values_list("priority", "run_after").first()
            if head is not None:
                heads.append((-head[0], head[1], queue))
        for _priority, _run_after, queue in sorted(heads):
            free = _free(queue, allowed.get(queue))
            rows = list(
                _due(queue, now)
                .select_for_update(skip_locked=True)
                .values_list("pk", "is_small", "attempt")[: min(free, BATCH_SIZE)]
            )
            if rows:
                return _take([pk for pk, _small, _attempt in _together(rows)], worker, now)
    return []


def claim_one(job_id: UUID, *, worker: str, now: datetime) -> list[Job]:
    """Claim this job, if it is still waiting and due and its queue has room; else []. For carriers."""
    with transaction.atomic():
        queue = Job.objects.filter(pk=job_id).values_list("queue", flat=True).first()
        if queue is None or not _free(queue, limits().get(queue)):
            return []
        row = _due(queue, now).filter(pk=job_id).select_for_update(skip_locked=True).values_list("pk", flat=True)
        return _take(list(row), worker, now)


def waiting_in_full_queue(queue: str, *, now: datetime) -> list[Job]:
    """The next due job of a queue that has a limit, now that one of its jobs has ended. For carriers."""
    return [] if limits().get(queue) is None else list(_due(queue, now)[:1])


def _together(rows: list[tuple[UUID, bool, int]]) -> list[tuple[UUID, bool, int]]:
    """The leading rows that may share a transaction: small ones at their first attempt; any other goes alone.

    A small job that took its worker down is thus alone the next time, and cannot use up its neighbours' attempts.
    """
    batch = []
    for row in rows:
        _pk, small, attempt = row
        if not small or attempt > 0:
            break
        batch.append(row)
    return batch or rows[:1]


def _free(queue: str, limit: int | None) -> int:
    """How many more jobs of the queue may start. On PostgreSQL, claims on a limited queue take turns."""
    if limit is None:
        return BATCH_SIZE
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [0x6B33, crc32(queue.encode()) & 0x7FFFFFFF])
    return max(0, limit - Job.objects.filter(state=State.RUNNING, queue=queue).count())


def _take(ids: list[UUID], worker: str, now: datetime) -> list[Job]:
    if not ids:
        return []
    Job.objects.filter(pk__in=ids).update(
        state=State.RUNNING,
        attempt=F("attempt") + 1,
        fence=F("fence") + 1,
        worker=worker,
        lease_until=now + lease_length(),
        heartbeat_at=now,
        started_at=now,
    )
    return list(Job.objects.filter(pk__in=ids).order_by("-priority", "run_after"))


# --- While the job runs -------------------------------------------------------------------------------------------


def _held(jobs: Iterable[Job]) -> QuerySet[Job]:
    """The rows that still are ours."""
    ours = Q(pk__in=[])
    for job in jobs:
        ours |= Q(pk=job.pk, fence=job.fence)
    return Job.objects.filter(ours, state=State.RUNNING)


def lock(job: Job) -> Job:
    """Lock the job's row and return it as it is now, in the caller's transaction; raises :class:`LeaseLost`."""
    row = _held([job]).select_for_update(of=("self",)).first()
    if row is None:
        raise LeaseLost
    return row


def lock_batch(jobs: list[Job]) -> list[Job]:
    """Lock the rows of a batch that still are ours, in the caller's transaction."""
    fences = {job.pk: job.fence for job in jobs}
    rows = Job.objects.filter(pk__in=list(fences), state=State.RUNNING).select_for_update(of=("self",))
    still = {pk for pk, fence in rows.values_list("pk", "fence") if fence == fences[pk]}
    return [job for job in jobs if job.pk in still]


def extend(job: Job, *, now: datetime) -> None:
    """A heartbeat: the lease counts from now. Raises :class:`LeaseLost`."""
    if not _held([job]).update(lease_until=now + lease_length(), heartbeat_at=now):
        raise LeaseLost


def report(job: Job, *, progress: float, message: str) -> None:
    """Write how far the job is. Raises :class:`LeaseLost`."""
    if not _held([job]).update(progress=progress, message=message[:300]):
        raise LeaseLost


def is_cancelled(job: Job) -> bool:
    """Whether somebody cancelled the job. Raises :class:`LeaseLost`."""
    requested = _held([job]).values_list("cancel_requested", flat=True).first()
    if requested is None:
        raise LeaseLost
    return requested


# --- Letting go ---------------------------------------------------------------------------------------------------


def succeed(job: Job, *, result: Any, now: datetime) -> None:
    """Mark the job finished. Raises :class:`LeaseLost`."""
    changed = _held([job]).update(
        state=State.SUCCEEDED, finished_at=now, lease_until=None, progress=1.0, result=result, error=None
    )
    if not changed:
        raise LeaseLost


def succeed_batch(jobs: list[Job], *, now: datetime) -> None:
    """Mark locked jobs without a result finished, in one statement."""
    Job.objects.filter(pk__in=[job.pk for job in jobs]).update(
        state=State.SUCCEEDED, finished_at=now, lease_until=None, progress=1.0, error=None
    )


def stop_cancelled(job: Job, *, now: datetime) -> None:
    """Mark the job cancelled. Raises :class:`LeaseLost`."""
    if not _held([job]).update(state=State.CANCELLED, finished_at=now, lease_until=None):
        raise LeaseLost


def fail(job: Job, *, error: dict[str, Any], permanent: bool, now: datetime) -> None:
    """Put the job back for another attempt after a pause, or mark it failed. Raises :class:`LeaseLost`."""
    if permanent or job.attempt >= job.max_attempts:
        changed = _held([job]).update(state=State.FAILED, finished_at=now, lease_until=None, error=error)
    else:
        changed = _held([job]).update(
            state=State.QUEUED, run_after=now + backoff(job.attempt), lease_until=None, announced_at=None, error=error
        )
    if not changed:
        raise LeaseLost


def hand_back(jobs: list[Job]) -> None:
    """Put jobs back untouched, as a worker that stops does: the attempt does not count."""
    _held(jobs).update(state=State.QUEUED, attempt=F("attempt") - 1, lease_until=None, announced_at=None)


def put_off(jobs: list[Job], *, until: datetime) -> None:
    """Put jobs back that could not be written down: not before ``until``, and the attempt does not count."""
    _held(jobs).update(
        state=State.QUEUED, attempt=F("attempt") - 1, run_after=until, lease_until=None, announced_at=None
    )


def backoff(attempt: int) -> timedelta:
    """The pause before the next attempt: doubles each time, at most an hour, shortened by up to half at random so that
    jobs that failed together do not come back together."""
    seconds = min(LONGEST_BACKOFF_SECONDS, settings.JOB_RETRY_SECONDS * 2.0 ** (attempt - 1))
    return timedelta(seconds=seconds * random.uniform(0.5, 1.0))  # noqa: S311  spreads load, hides nothing


# --- When a worker died -------------------------------------------------------------------------------------------


def _expired(now: datetime) -> Q:
    return Q(state=State.RUNNING, lease_until__lte=now)


def recover(*, now: datetime) -> int:
    """Take jobs back whose worker was silent past the lease; returns how many."""
    if not Job.objects.filter(_expired(now)).exists():
        return 0  # without a lock: this is asked every second
    with transaction.atomic():
        return _take_back(Job.objects.filter(_expired(now)), now)


def recover_worker(worker: str, *, now: datetime) -> int:
    """Take back the jobs of a worker whose process is known to be gone; returns how many."""
    with transaction.atomic():
        return _take_back(Job.objects.filter(state=State.RUNNING, worker=worker), now)


def _take_back(rows: QuerySet[Job], now: datetime) -> int:
    ids = list(rows.select_for_update(skip_locked=True).values_list("pk", flat=True))
    if not ids:
        return 0
    lost = Job.objects.filter(pk__in=ids)
    error = {"type": "worker_lost", "message": "", "frames": [], "cause": ""}
    lost.filter(cancel_requested=True).update(state=State.CANCELLED, finished_at=now, lease_until=None)
    running = lost.filter(state=State.RUNNING)
    running.filter(attempt__gte=F("max_attempts")).update(
        state=State.FAILED, finished_at=now, lease_until=None, error=error
    )
    lost.filter(state=State.RUNNING).update(
        state=State.QUEUED, run_after=now, lease_until=None, announced_at=None, error=error
    )
    return len(ids)


def counts() -> dict[str, int]:
    """How many jobs are in each state."""
    return dict(Job.objects.values_list("state").annotate(n=Count("pk")))
