# SPDX-License-Identifier: MPL-2.0
"""Putting a job in its queue, cancelling it, trying it again: each one transaction."""

import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django_tasks.utils import normalize_json

from kommune3.kernel.access.actor import Actor
from kommune3.kernel.audit import log
from kommune3.kernel.inventory import unheld
from kommune3.kernel.jobs import carriers, doorbell
from kommune3.kernel.jobs.declare import DurableTask
from kommune3.kernel.jobs.errors import KeyAlreadyUsed, NobodyAnswers, NotPossible
from kommune3.kernel.jobs.models import FINISHED, Job, State
from kommune3.kernel.organisation.models import Unit
from kommune3.kernel.solutions import registry


def enqueue(
    task: DurableTask[..., Any],
    kwargs: Mapping[str, Any] | None = None,
    *,
    actor: Actor,
    now: datetime,
    title: str = "",
    link: str = "",
    unit: Unit | None = None,
    idempotency_key: str | None = None,
    run_after: datetime | None = None,
    priority: int | None = None,
    args: Sequence[Any] = (),
    solution: str | None = None,
) -> Job:
    """Put a job in its queue, in the caller's transaction: rolled back, it was never there.

    ``kwargs`` are JSON values: identifiers, never personal data. With an ``idempotency_key`` that a job already has,
    that job is returned and nothing is added. ``title`` is what the page shows, ``link`` the address where its result
    is seen. ``solution``: whose work it is, where that is not the solution the task belongs to; a job waits while its
    solution is switched off.

    Raises :class:`NobodyAnswers` for an unknown visitor, :class:`KeyAlreadyUsed` when the key belongs to another task,
    and TypeError for a value that is not JSON.
    """
    if actor.account_id is None and not actor.is_system:
        raise NobodyAnswers(task.module_path)
    if idempotency_key is not None:
        existing = Job.objects.filter(idempotency_key=idempotency_key).first()
        if existing is not None:
            return _same_task(existing, task)
    job = Job(
        task=task.module_path,
        args=normalize_json(list(args)),
        kwargs=normalize_json(dict(kwargs or {})),
        title=title or task.name.replace("_", " "),
        link=link,
        queue=task.queue_name,
        solution=(registry.solution_of_module(task.func.__module__) if solution is None else solution) or "",
        is_small=task.small,
        priority=task.priority if priority is None else priority,
        idempotency_key=idempotency_key,
        requested_by_id=actor.account_id,
        requested_as="" if actor.account_id else actor.name,
        unit=unit,
        run_after=run_after or task.run_after or now,
        max_attempts=task.max_attempts,
        enqueued_at=now,
    )
    try:
        with transaction.atomic():
            job.save(force_insert=True)
            doorbell.ring()
    except IntegrityError:
        # on PostgreSQL somebody else may have used the key a moment ago
        existing = Job.objects.filter(idempotency_key=idempotency_key).first() if idempotency_key else None
        if existing is None:
            raise
        return _same_task(existing, task)
    if job.run_after <= now:
        transaction.on_commit(lambda: carriers.announce([job]), robust=True)
    return job


def _same_task(existing: Job, task: DurableTask[..., Any]) -> Job:
    if existing.task != task.module_path:
        raise KeyAlreadyUsed(existing.idempotency_key or "", existing.task)
    return existing


def cancel(job: Job, *, actor: Actor, now: datetime) -> None:
    """Cancel a job: at once where it waits; where it runs, it stops at its next question and writes nothing.

    The caller has asked ``kernel.access`` whether ``actor`` may. Raises :class:`NotPossible` when it has finished.
    """
    with transaction.atomic():
        row = Job.objects.select_for_update().get(pk=job.pk)
        if row.state in FINISHED:
            raise NotPossible(_("The job has already finished."))
        row.cancel_requested = True
        if row.state == State.QUEUED:
            row.state, row.finished_at = State.CANCELLED, now
        row.save(update_fields=["cancel_requested", "state", "finished_at"])
        log.record(actor=actor, action="jobs.job.cancelled", now=now, object=row, unit_id=row.unit_id)


def retry(job: Job, *, actor: Actor, now: datetime) -> None:
    """Put a failed or cancelled job back in its queue with all its attempts.

    The caller has asked ``kernel.access`` whether ``actor`` may. Raises :class:`NotPossible` in any other state.
    """
    with transaction.atomic():
        row = Job.objects.select_for_update().get(pk=job.pk)
        if row.state not in (State.FAILED, State.CANCELLED):
            raise NotPossible(_("Only a job that failed or was cancelled can be started again."))
        row.state, row.attempt, row.run_after = State.QUEUED, 0, now
        row.cancel_requested, row.finished_at, row.announced_at = False, None, None
        row.progress, row.message, row.error = 0.0, "", None
        row.save()
        doorbell.ring()
        log.record(actor=actor, action="jobs.job.retried", now=now, object=row, unit_id=row.unit_id)
    transaction.on_commit(lambda: carriers.announce([row]), robust=True)


def remove_finished(*, before: datetime, seconds: float = 20.0) -> int:
    """Remove jobs that finished before an instant, in small bites so that others may write in between.

    Stops after about ``seconds``; returns how many were removed.
    """
    removed, until = 0, time.monotonic() + seconds
    while time.monotonic() < until:
        bite = list(unheld(Job.objects.filter(finished_at__lt=before)).values_list("pk", flat=True)[:500])
        if not bite:
            break
        removed += Job.objects.filter(pk__in=bite).delete()[0]
    return removed
