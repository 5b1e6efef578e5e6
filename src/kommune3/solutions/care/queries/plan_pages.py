# SPDX-License-Identifier: MPL-2.0
"""A plan with what it comes to and its history, as its own page shows it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Sum
from django.urls import reverse

from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.jobs.models import Job, State
from kommune3.solutions.care.models import Plan, PlanChange, PlanState, Stop
from kommune3.solutions.care.queries.overview import Counted, counts_of

MOST_CHANGES = 100
MOST_OTHERS = 8
# The job's states as the page's progress bar calls them.
_SHOWN = {State.SUCCEEDED: "DONE"}


@dataclass(frozen=True)
class Progress:
    """A job as the page shows it. ``events`` and ``poll`` are addresses of its state, streamed and asked for."""

    state: str
    percent: int
    message: str
    events: str
    poll: str
    error: str


@dataclass(frozen=True)
class PlanPage:
    """``others``: other plans of the same team's day. ``progress``: None where no job works on it."""

    plan: Plan
    counted: Counted
    travel_seconds: int
    travel_metres: int
    changes: list[PlanChange]
    others: list[Plan]
    progress: Progress | None


def get_plan(*, actor: Actor, plan_id: int) -> PlanPage:
    """The plan; raises ``NotVisible``."""
    reach.get(actor, Plan, plan_id)
    plan = reach.visible(actor, Plan).select_related("team__unit", "based_on").get(pk=plan_id)
    sums: dict[str, Any] = Stop.objects.filter(plan=plan).aggregate(
        seconds=Sum("travel_seconds"), metres=Sum("travel_metres")
    )
    others = reach.visible(actor, Plan).filter(team=plan.team, date=plan.date).exclude(pk=plan.pk)
    states = (PlanState.DRAFT, PlanState.PUBLISHED, PlanState.REPLACED)
    return PlanPage(
        plan,
        counts_of([plan.pk]).get(plan.pk, Counted()),
        sums["seconds"] or 0,
        sums["metres"] or 0,
        list(PlanChange.objects.filter(plan=plan).order_by("-version")[:MOST_CHANGES]),
        list(others.filter(state__in=states).select_related("team").order_by("-pk")[:MOST_OTHERS]),
        progress_of(plan.job_id) if plan.state == PlanState.STARTED else None,
    )


def progress_of(job_id: UUID | None) -> Progress | None:
    """The job as a page shows it; None where there is none."""
    job = Job.objects.filter(pk=job_id).first() if job_id else None
    if job is None:
        return None
    return Progress(
        state=_SHOWN.get(State(job.state), job.state),
        percent=round(job.progress * 100),
        message=job.message,
        events=reverse("jobs:stream", args=[job.pk]),
        poll=reverse("jobs:state", args=[job.pk]),
        error=str(job.error.get("message", "")) if job.error else "",
    )
