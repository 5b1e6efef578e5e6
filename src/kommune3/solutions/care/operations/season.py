# SPDX-License-Identifier: MPL-2.0
"""A team's days planned together: begun and stopped. Each day is a draft of its own, approved as any other plan."""

import datetime as time
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from kommune3.kernel import jobs
from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.audit import log
from kommune3.kernel.clock import municipal_date
from kommune3.solutions.care.errors import InvalidPlan
from kommune3.solutions.care.models import Plan, PlanOrigin, PlanState, Team, Visit, VisitState
from kommune3.solutions.care.operations.plans import PLAN
from kommune3.solutions.care.season_job import make_season

DAYS = 14
MOST_DAYS = 28
MOST_SECONDS = 60
MOST_ROUNDS = 4


def start(
    *,
    actor: Actor,
    now: datetime,
    team_id: int,
    first: time.date,
    days: int = DAYS,
    seconds: int = 10,
    rounds: int = 2,
    seed: int = 1,
) -> list[Plan]:
    """Have a team's days from ``first`` on planned together. A day that is published, or has no visits, is left alone.

    ``seconds`` of CPU time for each day and round. Raises :class:`InvalidPlan`, ``NotVisible`` and ``Forbidden``.
    """
    _require(first=first, days=days, seconds=seconds, rounds=rounds, now=now)
    period = [first + timedelta(days=number) for number in range(days)]
    with transaction.atomic():
        team = reach.get(actor, Team, team_id, action=PLAN)
        Team.objects.select_for_update().get(pk=team.pk)
        if unfinished_jobs(team_id=team.pk, days=period):
            raise InvalidPlan(_("Plans of these days are being made already. Wait for them, or stop them first."))
        published = Plan.objects.filter(team=team, date__in=period, state=PlanState.PUBLISHED)
        taken = set(published.values_list("date", flat=True))
        visits = Visit.objects.filter(citizen__team=team, date__in=period, state=VisitState.WANTED)
        with_visits = set(visits.order_by().values_list("date", flat=True).distinct())
        wanted = [day for day in period if day in with_visits - taken]
        if not wanted:
            raise InvalidPlan(
                _("Every day with visits has a published plan already.")
                if with_visits
                else _("There are no visits in these days. Make the visits of the team first.")
            )
        _fail_left_over(Plan.objects.filter(team=team, date__in=period, state=PlanState.STARTED), now=now)
        made = [
            Plan.objects.create(
                team=team,
                date=day,
                origin=PlanOrigin.SEARCHED,
                seconds=seconds,
                seed=seed,
                created_by_name=actor.name[:200],
                created_at=now,
            )
            for day in wanted
        ]
        job = jobs.enqueue(
            make_season,
            {"plan_ids": [plan.pk for plan in made], "rounds": rounds},
            actor=actor,
            now=now,
            unit=team.unit,
            idempotency_key=f"care.season.{made[0].pk}",
            title=_("Season plan: %(team)s, %(first)s to %(last)s")
            % {"team": team.name, "first": f"{period[0]:%d-%m-%Y}", "last": f"{period[-1]:%d-%m-%Y}"},
        )
        for plan in made:
            plan.job_id = job.pk
        Plan.objects.bulk_update(made, ["job_id"])
        log.record(
            actor=actor,
            action="care.season.started",
            now=now,
            object=team,
            unit_id=team.unit_id,
            detail={"first": str(first), "days": days, "plans": [plan.pk for plan in made]},
        )
        return made


def cancel(*, actor: Actor, now: datetime, team_id: int, first: time.date, days: int = DAYS) -> int:
    """Stop the making of a team's season plan that touches the days. What is written stays as drafts.

    Returns how many days were not reached; they have FAILED and can be thrown away.
    """
    period = [first + timedelta(days=number) for number in range(min(days, MOST_DAYS))]
    with transaction.atomic():
        team = reach.get(actor, Team, team_id, action=PLAN)
        running = [job for job in unfinished_jobs(team_id=team.pk, days=period) if job.task == make_season.module_path]
        for job in running:
            jobs.cancel(job, actor=actor, now=now)
        if running:
            log.record(actor=actor, action="care.season.stopped", now=now, object=team, unit_id=team.unit_id)
        left = Plan.objects.filter(job_id__in=[job.pk for job in running], state=PlanState.STARTED)
        return _fail_left_over(left, now=now)


def unfinished_jobs(*, team_id: int, days: Sequence[time.date]) -> list[jobs.Job]:
    """The jobs that make plans of the team's days now."""
    known = (
        Plan.objects.filter(team=team_id, date__in=days)
        .exclude(job_id=None)
        .order_by()
        .values_list("job_id", flat=True)
    )
    return [job for job in jobs.Job.objects.filter(pk__in=set(known)) if not job.is_finished]


def _fail_left_over(plans: QuerySet[Plan], *, now: datetime) -> int:
    return plans.update(state=PlanState.FAILED, failure=_("Stopped before it was made."), finished_at=now)


def _require(*, first: time.date, days: int, seconds: int, rounds: int, now: datetime) -> None:
    if first < municipal_date(now):
        raise InvalidPlan(_("A season plan begins today or later."))
    if not 1 <= days <= MOST_DAYS:
        raise InvalidPlan(_("Plan between 1 and %(most)s days together.") % {"most": MOST_DAYS})
    if not 1 <= seconds <= MOST_SECONDS:
        raise InvalidPlan(_("Let the search take between 1 and %(most)s seconds.") % {"most": MOST_SECONDS})
    if not 1 <= rounds <= MOST_ROUNDS:
        raise InvalidPlan(_("Go through the days between 1 and %(most)s times.") % {"most": MOST_ROUNDS})
