# SPDX-License-Identifier: MPL-2.0
"""A fleet tried on weeks it was not chosen on, and a what-if, for small bases of the demo: done in seconds."""

from datetime import datetime, timedelta

from django.utils import translation

from kommune3.kernel import clock
from kommune3.kernel.access.actor import system
from kommune3.solutions.fleet import tasks
from kommune3.solutions.fleet.demo.places import BASES, Work
from kommune3.solutions.fleet.models import Base, RateSet, RunGoal, Trial
from kommune3.solutions.fleet.operations.runs import Asked
from kommune3.solutions.fleet.operations.trials import AskedTrial
from kommune3.solutions.fleet.planning.trials import HoldoutAsked, WhatIfAsked

_HOLDOUT_WEEKS, _WHATIF_WEEKS = 16, 4
_HOLDOUT, _WHATIF = "Vej og Park på tolv andre uger", "Rådhuset og sygeplejen: hvad nu hvis"


def run_trials(*, now: datetime) -> None:
    """Try the road workers' cars on other weeks, and ask what if town hall and nurses changed. Done once."""
    if Trial.objects.filter(title=_HOLDOUT).exists():
        return
    roads, town_hall, nurses = (
        next(plan.name for plan in BASES if plan.work is work) for work in (Work.TECHNICAL, Work.POOL, Work.NURSING)
    )
    names = [roads, town_hall, nurses]
    bases = {base.name: base for base in Base.objects.filter(name__in=names).select_related("unit")}
    for title, chosen, weeks, what in (
        (_HOLDOUT, [roads], _HOLDOUT_WEEKS, HoldoutAsked(train_weeks=4)),
        (
            _WHATIF, [town_hall, nurses], _WHATIF_WEEKS,
            WhatIfAsked(
                electrify=True, close_base=bases[town_hall].pk, to_base=bases[nurses].pk,
                share=(bases[town_hall].pk, bases[nurses].pk), grow_percent=10.0,
            ),
        ),
    ):  # fmt: skip
        _done(title, [bases[name] for name in chosen], weeks, what, now)


def _done(title: str, bases: list[Base], weeks: int, what: HoldoutAsked | WhatIfAsked, now: datetime) -> None:
    today = clock.municipal_date(now)
    end = today - timedelta(days=today.weekday())
    question = Asked(
        title=title, bases=bases, period_start=end - timedelta(weeks=weeks), period_end=end, goal=RunGoal.CASH,
        rate_set=RateSet.objects.get(is_default=True), with_front=False,
    )  # fmt: skip
    with translation.override("da"):
        trial = tasks.start_trial(
            actor=system("fleet.demo"), now=now, asked=AskedTrial(question=question, what=what, title=title)
        )
    assert trial.job_id is not None
    tasks.work_off(trial.job_id)
