# SPDX-License-Identifier: MPL-2.0
"""Durable work on what planning gained: each published plan's day laid by hand, and each finished week's reports."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kommune3.kernel import jobs
from kommune3.kernel.access.actor import system
from kommune3.kernel.jobs import JobContext, durable, schedule
from kommune3.solutions.care.models import Plan, PlanState
from kommune3.solutions.care.operations import effects
from kommune3.solutions.care.planning.problem import prepare


@durable(max_attempts=3, timeout_minutes=10)
def prove_plan(job: JobContext, *, plan_id: int) -> None:
    """Lay a published plan's day by hand, and enter what the plan gains against that."""
    plan = Plan.objects.select_related("team__unit", "team__address").filter(pk=plan_id).first()
    if plan is None or plan.state != PlanState.PUBLISHED:
        with job.commit():
            return
    prepared = prepare(team=plan.team, day=plan.date, now=job.now())
    by_hand = effects.compare(plan, now=job.now(), prepared=prepared)
    ours = effects.as_it_stands(plan, prepared)
    with job.commit():
        effects.record_plan(actor=job.actor, now=job.now(), plan=plan, ours=ours, by_hand=by_hand)


@durable(max_attempts=3, timeout_minutes=30)
def measure_week(job: JobContext) -> None:
    """Enter how late the finished week's visits began against the weeks before."""
    with job.commit():
        monday = effects.last_finished_week(job.now())
        job.result = {"rows": effects.record_week(actor=job.actor, now=job.now(), monday=monday)}


schedule("care.weeks.measured", "20 5 * * 1", measure_week, title=gettext_lazy("Measure the week's lateness"))


def start_proving(*, plan_id: int, now: datetime) -> None:
    """Queue the proof of a published plan, once for each publication; in the caller's transaction."""
    jobs.enqueue(
        prove_plan, {"plan_id": plan_id}, actor=system("care.effects"), now=now,
        idempotency_key=f"care.proof.{plan_id}", title=_("What the published plan gains"),
    )  # fmt: skip
