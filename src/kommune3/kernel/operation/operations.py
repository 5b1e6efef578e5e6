# SPDX-License-Identifier: MPL-2.0
"""What an administrator sets going at once."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from kommune3.kernel import jobs
from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import WHOLE_MUNICIPALITY, Actor, system
from kommune3.kernel.audit import log
from kommune3.kernel.jobs import declare
from kommune3.kernel.jobs.models import Job
from kommune3.kernel.operation.access import RUN
from kommune3.kernel.operation.tasks import verify_audit as verify_audit_task
from kommune3.kernel.solutions import registry

VERIFICATION = gettext_noop("Verify the audit log")


class UnknownSchedule(LookupError):
    """No installed solution declares this schedule, or it is switched off."""


def run_schedule(*, name: str, actor: Actor, now: datetime) -> Job:
    """Make the job of a declared schedule now, besides its ordinary ones; returns it.

    It is the platform's own work, as it always is; the audit log says who wanted it. Asked for twice within a minute,
    it is made once. Raises :class:`reach.Forbidden` and :class:`UnknownSchedule`.
    """
    _check(actor)
    schedule = declare.schedules().get(name)
    if schedule is None:
        raise UnknownSchedule(name)
    solution = registry.solution_of_module(schedule.task.func.__module__)
    if solution is not None and not registry.is_active(solution):
        raise UnknownSchedule(name)
    with transaction.atomic():
        job = jobs.enqueue(
            schedule.task,
            schedule.kwargs,
            actor=system("operation.schedule"),
            now=now,
            title=str(schedule.title),
            idempotency_key=f"schedule-now:{name}:{now:%Y%m%dT%H%M}",
        )
        log.record(actor=actor, action="operation.schedule.started", now=now, object=job, detail={"schedule": name})
    return job


def verify_audit(*, actor: Actor, now: datetime) -> Job:
    """Have a worker walk the whole audit log; returns the job. Raises :class:`reach.Forbidden`."""
    _check(actor)
    with transaction.atomic():
        job = jobs.enqueue(
            verify_audit_task, actor=actor, now=now, title=_(VERIFICATION),
            idempotency_key=f"verify-audit:{now:%Y%m%dT%H%M}",
        )  # fmt: skip
        log.record(actor=actor, action="operation.verification.started", now=now, object=job)
    return job


def _check(actor: Actor) -> None:
    if not actor.may(RUN, unit_path=WHOLE_MUNICIPALITY):
        raise reach.Forbidden
