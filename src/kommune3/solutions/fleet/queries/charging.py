# SPDX-License-Identifier: MPL-2.0
"""The charging plan of a run's plan: which vehicle charges where and when, and what each hour of the day costs."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import QuerySet

from kommune3.kernel import clock
from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.solutions.fleet.models import Plan, PlanCharge, PlanKind, Run

HOURS = 24
SHOWN_DAYS = 7


@dataclass(frozen=True)
class HourOfDay:
    """What is charged in an hour of the local day, over the whole period."""

    hour: int
    kwh: float
    dkk: float


@dataclass(frozen=True)
class ChargingPlan:
    """``week``: the charges of seven local days from ``first``, to be drawn. ``first_day``, ``last_day``: of all."""

    run: Run
    plan: Plan
    charges: int
    hours: list[HourOfDay]
    week: list[PlanCharge]
    first: date
    first_day: date
    last_day: date


def charges_of(*, actor: Actor, run_id: int, plan_id: int | None = None) -> QuerySet[PlanCharge]:
    """Every charge of a run's plan, by default the proposal, in order of time; raises ``NotVisible``."""
    run = reach.get(actor, Run, run_id)
    found = PlanCharge.objects.filter(plan_vehicle__plan__run=run)
    if plan_id is None:
        found = found.filter(plan_vehicle__plan__kind=PlanKind.PROPOSED)
    else:
        found = found.filter(plan_vehicle__plan=plan_id)
    return found.select_related("plan_vehicle__model", "plan_vehicle__base", "charger")


def get_charging(
    *, actor: Actor, run_id: int, plan_id: int | None = None, first: date | None = None
) -> ChargingPlan | None:
    """The charging plan, with the week from ``first`` on (by default the first charge); None where there is none."""
    rows = charges_of(actor=actor, run_id=run_id, plan_id=plan_id)
    spans = list(rows.values_list("starts_at", "ends_at", "kwh", "dkk"))
    if not spans:
        return None
    sums = [[0.0, 0.0] for _hour in range(HOURS)]
    for starts_at, ends_at, kwh, dkk in spans:
        for hour, share in _shares(starts_at, ends_at):
            sums[hour][0] += kwh * share
            sums[hour][1] += float(dkk) * share
    first_day = clock.municipal_date(min(span[0] for span in spans))
    first = first or first_day
    start, _end = clock.day_bounds(first)
    _start, end = clock.day_bounds(first + timedelta(days=SHOWN_DAYS - 1))
    some = rows.first()
    assert some is not None
    plan = some.plan_vehicle.plan
    return ChargingPlan(
        run=plan.run,
        plan=plan,
        charges=len(spans),
        hours=[HourOfDay(hour, kwh, dkk) for hour, (kwh, dkk) in enumerate(sums)],
        week=list(rows.filter(starts_at__lt=end, ends_at__gt=start)),
        first=first,
        first_day=first_day,
        last_day=clock.municipal_date(max(span[0] for span in spans)),
    )


def _shares(starts_at: datetime, ends_at: datetime) -> list[tuple[int, float]]:
    """The hours of the local day that a charge runs through, each with its share."""
    found = []
    whole = ends_at - starts_at
    at = starts_at
    while at < ends_at:
        until = min(ends_at, at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1))
        found.append((at.astimezone(clock.MUNICIPAL_ZONE).hour, (until - at) / whole))
        at = until
    return found


def is_charged(plan: Plan | None) -> bool:
    """Whether a plan has real charging to show."""
    return plan is not None and plan.charged_kwh is not None
