# SPDX-License-Identifier: MPL-2.0
"""Making the jobs of declared schedules, each due instant once however many processes look."""

from datetime import datetime

import structlog
from django.db import transaction

from kommune3.kernel.access.actor import system
from kommune3.kernel.jobs import declare
from kommune3.kernel.jobs.models import Schedule
from kommune3.kernel.jobs.operations import enqueue
from kommune3.kernel.solutions import registry

log = structlog.get_logger("jobs.schedules")


def sync(*, now: datetime) -> None:
    """Give each declared schedule its row, follow a changed cron expression, and remove rows no code declares."""
    declared = declare.schedules()
    with transaction.atomic():
        rows = {row.name: row for row in Schedule.objects.select_for_update()}
        Schedule.objects.exclude(name__in=declared).delete()
        for name, schedule in declared.items():
            row = rows.get(name)
            if row is None:
                Schedule.objects.get_or_create(
                    name=name, defaults={"cron": schedule.cron, "next_due_at": schedule.next_after(now)}
                )
            elif row.cron != schedule.cron:
                row.cron, row.next_due_at = schedule.cron, schedule.next_after(now)
                row.save(update_fields=["cron", "next_due_at"])


def fire_due(*, now: datetime) -> int:
    """Put a job in its queue for each schedule that is due, and move the schedule on; returns how many.

    Both happen in one transaction that holds the schedule's row, and the job's idempotency key names the instant. A
    schedule of a solution that is switched off moves on without a job.
    """
    fired = 0
    for name in Schedule.objects.filter(next_due_at__lte=now).values_list("name", flat=True):
        schedule = declare.schedules().get(name)
        if schedule is None:
            continue  # another version of the program declares it
        with transaction.atomic():
            row = Schedule.objects.select_for_update(skip_locked=True).filter(name=name, next_due_at__lte=now).first()
            if row is None:
                continue
            due = schedule.latest_due(row.next_due_at, now)
            row.last_due_at, row.next_due_at = due, schedule.next_after(due)
            row.save(update_fields=["last_due_at", "next_due_at"])
            solution = registry.solution_of_module(schedule.task.func.__module__)
            if solution is not None and not registry.is_active(solution):
                continue
            enqueue(
                schedule.task,
                schedule.kwargs,
                actor=system("jobs.schedule"),
                now=now,
                title=str(schedule.title),
                idempotency_key=f"schedule:{name}:{due.isoformat()}",
                run_after=due,
            )
            fired += 1
        log.info("jobs.schedule.fired", schedule=name, due=due.isoformat())
    return fired
