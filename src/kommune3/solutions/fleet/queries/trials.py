# SPDX-License-Identifier: MPL-2.0
"""Trials, ready to be shown, exported or sent."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, CharField, F, Max, Min, OuterRef, QuerySet, Subquery, Value, When

from kommune3.kernel import clock
from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.jobs.models import Job, State
from kommune3.solutions.fleet.models import (
    Base,
    Run,
    RunState,
    Trial,
    TrialPlan,
    TrialPlanKind,
    TrialWeek,
    Trip,
    UnservedTrip,
    WeekTried,
)


@dataclass(frozen=True)
class Figure:
    """A figure with its interval; ``low`` and ``high`` are None where too few weeks carry one."""

    value: float
    low: float | None
    high: float | None
    weeks: int

    @property
    def has_interval(self) -> bool:
        return self.low is not None and self.high is not None


@dataclass(frozen=True)
class Service:
    """Shares of trips, km and whole weeks that found a vehicle."""

    trips_served: Figure
    km_served: Figure
    weeks_fully_served: Figure
    trips: int
    unserved: int


@dataclass(frozen=True)
class TrialSize:
    """The smallest fleet tried that served a share of the trips; see ``fleetplan.Size``."""

    level: float
    plan: TrialPlan | None
    vehicles_low: int | None
    vehicles_high: int | None
    weeks: int
    weeks_fully_served: int


@dataclass(frozen=True)
class TriedWeek:
    """A week of a hold-out with the fleets tried on it."""

    week: TrialWeek
    chosen: WeekTried | None
    today: WeekTried | None


@dataclass(frozen=True)
class HoldoutResult:
    """Everything the page of a hold-out tells. ``service`` is None while there is no result."""

    trial: Trial
    bases: list[Base]
    plans: list[TrialPlan]
    weeks: list[TriedWeek]
    service: Service | None
    today_service: Service | None
    saving: dict[str, Figure]
    sizes: list[TrialSize]

    @property
    def chosen(self) -> list[TrialPlan]:
        """The fleet chosen in each fold."""
        return [plan for plan in self.plans if plan.kind == TrialPlanKind.CHOSEN]

    @property
    def today(self) -> TrialPlan | None:
        return next((plan for plan in self.plans if plan.kind == TrialPlanKind.TODAY), None)

    @property
    def tried_sizes(self) -> list[TrialPlan]:
        """From meagre to generous."""
        return [plan for plan in self.plans if plan.kind == TrialPlanKind.SIZE]

    @property
    def chosen_on(self) -> list[TrialWeek]:
        """The weeks that some fleet was chosen on."""
        numbers = {number for plan in self.chosen for number in plan.chosen_on}
        return [row.week for row in self.weeks if row.week.number in numbers]

    @property
    def tested(self) -> list[TriedWeek]:
        """The weeks that tried a fleet not chosen on them."""
        return [row for row in self.weeks if row.week.is_tested]


@dataclass(frozen=True)
class WhatIfResult:
    """The case as it is and each change beside it."""

    trial: Trial
    bases: list[Base]
    base_case: TrialPlan | None
    changed: list[TrialPlan]

    @property
    def plans(self) -> list[TrialPlan]:
        return [*([self.base_case] if self.base_case else []), *self.changed]


def trials_of(actor: Actor) -> QuerySet[Trial]:
    """The trials the actor may see, with ``shown_state``: one whose job failed or was cancelled will not go on."""
    job_state = Subquery(Job.objects.filter(pk=OuterRef("job_id")).values("state")[:1])
    ended = [
        When(state=RunState.STARTED, job_state=state, then=Value(state.value))
        for state in (State.FAILED, State.CANCELLED)
    ]
    shown = Case(*ended, default=F("state"), output_field=CharField())
    return reach.visible(actor, Trial).annotate(job_state=job_state).annotate(shown_state=shown)


def get_holdout(*, actor: Actor, trial_id: int) -> HoldoutResult:
    """The result of a hold-out the actor may see; raises ``NotVisible``."""
    trial = reach.get(actor, Trial, trial_id)
    plans = list(trial.plans.prefetch_related("counts__base", "counts__model"))
    kinds = {plan.pk: plan.kind for plan in plans}
    tried: dict[tuple[int, str], WeekTried] = {}
    for row in WeekTried.objects.filter(plan__trial=trial).select_related("plan", "week"):
        tried[row.week_id, kinds[row.plan_id]] = row
    sizes = [plan for plan in plans if plan.kind == TrialPlanKind.SIZE]
    found = trial.result
    return HoldoutResult(
        trial=trial,
        bases=list(trial.run.bases.all()),
        plans=plans,
        weeks=[
            TriedWeek(week, tried.get((week.pk, TrialPlanKind.CHOSEN)), tried.get((week.pk, TrialPlanKind.TODAY)))
            for week in trial.weeks.all()
        ],
        service=service_from(found.get("service")),
        today_service=service_from(found.get("today_service")),
        saving={name: Figure(**raw) for name, raw in (found.get("saving") or {}).items()},
        sizes=[
            TrialSize(
                raw["level"], None if raw["rung"] is None else sizes[raw["rung"]], raw["vehicles_low"],
                raw["vehicles_high"], raw["weeks"], raw["weeks_fully_served"],
            )
            for raw in found.get("sizes", [])
        ],
    )  # fmt: skip


def get_whatif(*, actor: Actor, trial_id: int) -> WhatIfResult:
    """The result of a what-if the actor may see; raises ``NotVisible``."""
    trial = reach.get(actor, Trial, trial_id)
    plans = list(trial.plans.prefetch_related("counts__base", "counts__model"))
    return WhatIfResult(
        trial=trial,
        bases=list(trial.run.bases.all()),
        base_case=next((plan for plan in plans if plan.kind == TrialPlanKind.BASE_CASE), None),
        changed=sorted((plan for plan in plans if plan.kind == TrialPlanKind.CHANGED), key=lambda plan: plan.position),
    )


def unserved_of(*, actor: Actor, trial_id: int) -> QuerySet[UnservedTrip]:
    """Every unserved trip of a trial; raises ``NotVisible``."""
    trial = reach.get(actor, Trial, trial_id)
    found = UnservedTrip.objects.filter(plan__trial=trial)
    return found.select_related("trip__base", "trip__vehicle", "plan", "week")


def span_of_trips(*, actor: Actor, run: Run | None) -> tuple[date, date] | None:
    """First and last day with trips at the run's bases, or at those the actor may see; None without trips."""
    bases = run.bases.all() if run else reach.visible(actor, Base)
    found = Trip.objects.filter(base__in=bases.order_by()).aggregate(first=Min("start_at"), last=Max("start_at"))
    if found["first"] is None:
        return None
    return clock.municipal_date(found["first"]), clock.municipal_date(found["last"])


def service_from(raw: dict[str, Any] | None) -> Service | None:
    """A service as it was kept."""
    if not raw:
        return None
    figures = {name: Figure(**raw[name]) for name in ("trips_served", "km_served", "weeks_fully_served")}
    return Service(**figures, trips=raw["trips"], unserved=raw["unserved"])
