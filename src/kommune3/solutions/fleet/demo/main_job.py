# SPDX-License-Identifier: MPL-2.0
"""The main job on the demo fleet, through the same door as everybody's."""

from datetime import datetime, timedelta

from django.utils import translation

from kommune3.kernel import clock
from kommune3.kernel.access.actor import system
from kommune3.solutions.fleet import tasks
from kommune3.solutions.fleet.demo.charging import run_charging
from kommune3.solutions.fleet.demo.places import BASES
from kommune3.solutions.fleet.demo.trials import run_trials
from kommune3.solutions.fleet.models import Base, RateSet, Run, RunGoal, RunState
from kommune3.solutions.fleet.operations.runs import Asked
from kommune3.solutions.fleet.queries import headlines
from kommune3.solutions.fleet.queries.results import get_result

TITLE = "Hele flåden, fire uger"
WEEKS = 4


def run_main_job(*, now: datetime) -> list[str]:
    """Find the cheapest fleet for four weeks of all bases and enter its effect; five lines about what was found.

    Done once: the second time only the lines are told.
    """
    actor = system("fleet.demo")
    run = Run.objects.filter(title=TITLE, accepted_at__isnull=False).first()
    if run is None:
        today = clock.municipal_date(now)
        end = today - timedelta(days=today.weekday())
        asked = Asked(
            title=TITLE,
            bases=list(Base.objects.filter(name__in=[plan.name for plan in BASES]).select_related("unit")),
            period_start=end - timedelta(weeks=WEEKS),
            period_end=end,
            goal=RunGoal.CASH,
            rate_set=RateSet.objects.get(is_default=True),
            with_front=True,
            accept_when_done=True,
        )
        run = tasks.start_run(actor=actor, now=now, asked=asked)
        assert run.job_id is not None
        tasks.work_off(run.job_id)
        run.refresh_from_db()
        run_trials(now=now)
        run_charging(now=now, week_end=end)
    with translation.override("da"):
        if run.state != RunState.FINISHED:
            return [f"{run.title}: {run.failure or run.get_state_display()}"]
        return _lines(run)


def _lines(run: Run) -> list[str]:
    result = get_result(actor=system("fleet.demo"), run_id=run.pk)
    lines = [headlines.headline(result)]
    if result.binding is not None:
        busiest = headlines.proof_sentence(result.binding, changeover_minutes=float(run.changeover_minutes))
        lines.append(f"{result.binding.base.name}: {busiest}")
    lines.append(headlines.bound_sentence(result))
    return [line for line in (*lines, *headlines.figures(result)) if line][:5]
