# SPDX-License-Identifier: MPL-2.0
"""Background work as a whole: what waits, what runs, what failed, and what is to come. Counts and ages, no content."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min, QuerySet
from django.utils.functional import Promise

from kommune3.kernel.jobs import declare
from kommune3.kernel.jobs.models import Job, Schedule, State
from kommune3.kernel.solutions import registry

OUTBOX = "events"
"""The queue in which an event waits for each of its handlers."""


@dataclass(frozen=True)
class QueueState:
    """``oldest``: how long the job that has waited longest could have run by now; None where none is due."""

    name: str
    title: str | Promise
    counts: dict[State, int]
    oldest: timedelta | None


@dataclass(frozen=True)
class Planned:
    """A declared schedule. ``overdue``: how long it should have made its job by now."""

    name: str
    title: str | Promise
    cron: str
    last_at: datetime | None
    next_at: datetime | None
    is_on: bool

    def overdue(self, now: datetime) -> timedelta:
        return max(timedelta(), now - self.next_at) if self.next_at else timedelta()


def queues(*, now: datetime) -> list[QueueState]:
    """Every declared queue, and any other that holds jobs, in two queries."""
    counts: dict[str, dict[State, int]] = {}
    for name, state, number in Job.objects.values_list("queue", "state").annotate(n=Count("pk")):
        counts.setdefault(name, {})[State(state)] = number
    waiting = _waiting(now).values_list("queue").annotate(first=Min("run_after"))
    oldest = {name: now - first for name, first in waiting}
    titles = {name: queue.title for name, queue in declare.queues().items()}
    return [
        QueueState(name, titles.get(name, name), counts.get(name, {}), oldest.get(name))
        for name in [*titles, *sorted(counts.keys() - titles.keys())]
    ]


def oldest_wait(*, now: datetime) -> timedelta | None:
    """How long the job that has waited longest could have run by now, of all queues; None where none is due."""
    first = _waiting(now).aggregate(first=Min("run_after"))["first"]
    return now - first if first else None


def _waiting(now: datetime) -> QuerySet[Job]:
    """What is due. Jobs of solutions that are switched off wait on purpose."""
    active = {manifest.key for manifest in registry.active_manifests()}
    off = [manifest.key for manifest in registry.all_manifests() if manifest.key not in active]
    return Job.objects.filter(state=State.QUEUED, run_after__lte=now).exclude(solution__in=off)


def schedules() -> list[Planned]:
    """Every declared schedule, the next one first; those that no worker has seen yet last."""
    rows = {row.name: row for row in Schedule.objects.all()}
    found = []
    for name, schedule in declare.schedules().items():
        row = rows.get(name)
        solution = registry.solution_of_module(schedule.task.func.__module__)
        found.append(
            Planned(
                name,
                schedule.title,
                schedule.cron,
                row.last_due_at if row else None,
                row.next_due_at if row else None,
                solution is None or registry.is_active(solution),
            )  # fmt: skip
        )
    return sorted(found, key=lambda plan: (plan.next_at is None, plan.next_at or 0, plan.name))
