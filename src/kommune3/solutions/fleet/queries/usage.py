# SPDX-License-Identifier: MPL-2.0
"""How the vehicles of a plan are used: by the hour, by length of trip, and each vehicle by itself."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.clock import MUNICIPAL_ZONE
from kommune3.solutions.fleet.models import Assignment, Kind, Plan, PlanVehicle, Run
from kommune3.solutions.fleet.queries.results import plan_of

HOURS = 24
LENGTHS_KM = (5, 10, 20, 50, 100)
"""Where one class of trip lengths ends and the next begins; the last has no end."""
_HOUR = timedelta(hours=1)
UNSERVED = ""
"""In place of a type of vehicle: trips that no vehicle of the plan takes."""


@dataclass(frozen=True)
class VehicleUse:
    """A vehicle of the plan over the period. ``share_in_use``: of all hours of the period."""

    vehicle: PlanVehicle
    days_used: int
    km_per_day_used: float
    hours_out: float
    share_in_use: float


@dataclass(frozen=True)
class Usage:
    """Histograms of a plan: for each type of vehicle (and for unserved trips) a figure per hour or class of length.

    ``most_out``: of each hour of the day, the most vehicles that were out in it on any day. ``days``: of the period.
    """

    run: Run
    plan: Plan
    kinds: list[str]
    by_hour: dict[str, list[int]]
    by_length: dict[str, list[int]]
    most_out: dict[str, list[int]]
    vehicles: list[VehicleUse]
    days: int


@dataclass
class _Counted:
    by_hour: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0] * HOURS))
    by_length: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0] * (len(LENGTHS_KM) + 1)))
    out: dict[tuple[str, date, int], set[int]] = field(default_factory=lambda: defaultdict(set))
    days: dict[int, set[date]] = field(default_factory=lambda: defaultdict(set))
    hours: dict[int, float] = field(default_factory=lambda: defaultdict(float))


def get_usage(*, actor: Actor, run_id: int, plan_id: int | None = None) -> Usage | None:
    """The use of a plan's vehicles, by default the proposal's; None without a plan. Raises ``NotVisible``."""
    run = reach.get(actor, Run, run_id)
    plan = plan_of(list(run.plans.all()), plan_id)
    return None if plan is None else usage_of(run, plan)


def usage_of(run: Run, plan: Plan) -> Usage:
    """The use of a plan's vehicles. The caller has shown that the actor may see the run."""
    vehicles = {row.pk: row for row in plan.plan_vehicles.select_related("base", "model")}
    counted = _Counted()
    rows = Assignment.objects.filter(plan=plan).values_list(
        "plan_vehicle_id", "trip__start_at", "trip__end_at", "trip__km"
    )
    for vehicle_id, start_at, end_at, km in rows.iterator(chunk_size=5000):
        kind = vehicles[vehicle_id].model.kind if vehicle_id else UNSERVED
        _count(counted, kind, vehicle_id, start_at, end_at, km)
    days = (run.period_end - run.period_start).days
    order = [*Kind.values, UNSERVED]
    most_out: dict[str, list[int]] = defaultdict(lambda: [0] * HOURS)
    for (kind, _day, hour), out in counted.out.items():
        most_out[kind][hour] = max(most_out[kind][hour], len(out))
    return Usage(
        run=run,
        plan=plan,
        kinds=[kind for kind in order if kind in counted.by_hour],
        by_hour=dict(counted.by_hour),
        by_length=dict(counted.by_length),
        most_out=dict(most_out),
        vehicles=[_use(row, counted, days) for row in vehicles.values()],
        days=days,
    )


def length_class(km: float) -> int:
    """Which class of LENGTHS_KM a trip of this length is in."""
    return next((number for number, end in enumerate(LENGTHS_KM) if km < end), len(LENGTHS_KM))


def _count(counted: _Counted, kind: str, vehicle: int | None, start: datetime, end: datetime, km: float) -> None:
    """Hours are those of the clock in the town hall; how long something lasts does not depend on it."""
    counted.by_hour[kind][start.astimezone(MUNICIPAL_ZONE).hour] += 1
    counted.by_length[kind][length_class(km)] += 1
    if vehicle is None:
        return
    counted.hours[vehicle] += (end - start) / _HOUR
    at = start.replace(minute=0, second=0, microsecond=0)
    while at < end:
        local = at.astimezone(MUNICIPAL_ZONE)
        counted.out[kind, local.date(), local.hour].add(vehicle)
        counted.days[vehicle].add(local.date())
        at += _HOUR


def _use(row: PlanVehicle, counted: _Counted, days: int) -> VehicleUse:
    used, hours = len(counted.days[row.pk]), counted.hours[row.pk]
    return VehicleUse(row, used, row.km / used if used else 0.0, hours, hours / (days * HOURS))
