# SPDX-License-Identifier: MPL-2.0
"""The main job on the demo's home care, through the same door as everybody's: today published, tomorrow a draft."""

import time
from datetime import datetime, timedelta

from django.utils import translation
from django.utils.translation import gettext as _

from kommune3.kernel import clock
from kommune3.kernel.access.actor import system
from kommune3.kernel.jobs.models import Job
from kommune3.kernel.jobs.worker import Worker
from kommune3.solutions.care.demo.fortnight import reports_of
from kommune3.solutions.care.making import make_plan
from kommune3.solutions.care.models import Plan, PlanState, Report, Team
from kommune3.solutions.care.operations import effects, plans
from kommune3.solutions.care.planning.problem import prepare

_TODAY_SECONDS = 1
_TOMORROW_SECONDS = 1
_WAIT_SECONDS = 0.2


def run_main_job(*, now: datetime) -> list[str]:
    """Plan today and tomorrow for each team, publish today, enter what it gains; a line about it. Done once."""
    actor, today = system("care.demo"), clock.municipal_date(now)
    teams = list(Team.objects.filter(is_active=True).order_by("name"))
    if not Plan.objects.filter(date__gte=today).exists():
        made = [
            plans.start(actor=actor, now=now, team_id=team.pk, date=day, seconds=seconds)
            for day, seconds in ((today, _TODAY_SECONDS), (today + timedelta(days=1), _TOMORROW_SECONDS))
            for team in teams
        ]
        work_off([plan.job_id for plan in made])
        for plan in Plan.objects.filter(pk__in=[plan.pk for plan in made], date=today, state=PlanState.DRAFT):
            publish(plan, now=now)
    with translation.override("da"):
        return _lines()


def work_off(job_ids: list[object]) -> None:
    """See the jobs to their end: as a worker, or waiting where another has them already."""
    worker = Worker(queues=[make_plan.queue_name])
    while any(not job.is_finished for job in Job.objects.filter(pk__in=job_ids)):
        if not worker.step():
            time.sleep(_WAIT_SECONDS)


def publish(plan: Plan, *, now: datetime) -> None:
    """Announce a plan and enter what it gains; what carers have told of it by now."""
    actor = system("care.demo")
    plan = plans.publish(actor=actor, now=now, plan_id=plan.pk)
    plan = Plan.objects.select_related("team__unit", "team__address").get(pk=plan.pk)
    prepared = prepare(team=plan.team, day=plan.date, now=now)
    by_hand = effects.compare(plan, now=now, prepared=prepared)
    ours = effects.as_it_stands(plan, prepared)
    effects.record_plan(actor=actor, now=now, plan=plan, ours=ours, by_hand=by_hand)
    Report.objects.bulk_create(reports_of(plan, until=now), batch_size=1000)


def _lines() -> list[str]:
    """What today's plans come to beside the same day laid by hand."""
    latest = Plan.objects.filter(state=PlanState.PUBLISHED).order_by("-date").first()
    found = list(Plan.objects.filter(date=latest.date, state=PlanState.PUBLISHED)) if latest else []
    pairs = [plan.figures[effects.KEPT_AS] for plan in found if effects.KEPT_AS in plan.figures]
    if not pairs:
        return []
    ours, by_hand = (
        {name: sum(pair[which][name] for pair in pairs) for name in effects.COMPARED} for which in ("ours", "by_hand")
    )
    values = {
        "visits": sum(plan.figures["visits"] for plan in found),
        "travel": _hours(ours["travel_seconds"]), "travel_before": _hours(by_hand["travel_seconds"]),
        "share": round(100 * (1 - ours["travel_seconds"] / max(1, by_hand["travel_seconds"]))),
        "late": ours["late_seconds"] // 60, "late_before": by_hand["late_seconds"] // 60,
        "faces": ours["unknown_faces"], "faces_before": by_hand["unknown_faces"],
        "out": ours["left_out"], "out_before": by_hand["left_out"],
    }  # fmt: skip
    return [
        _("Home care, %(visits)s visits: %(travel)s hours of travel, by hand %(travel_before)s (%(share)s %% less).")
        % values,
        _(
            "Late: %(late)s minutes (by hand %(late_before)s). Visits by a carer whom the citizen has not met: "
            "%(faces)s (%(faces_before)s). Left out: %(out)s (%(out_before)s)."
        )
        % values,
    ]


def _hours(seconds: int) -> str:
    return f"{seconds / 3600:.1f}".replace(".", ",")
