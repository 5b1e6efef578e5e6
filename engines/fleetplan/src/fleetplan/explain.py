# SPDX-License-Identifier: MPL-2.0
"""Why wishes cannot be met: the trips and the instant that make it so, and why a trip finds no class; in words."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from fleetplan.answer import Answer, Reason, Status
from fleetplan.cost import per_km
from fleetplan.counting import CountingModel
from fleetplan.instants import instant
from fleetplan.jobs import Jobs, driven_trips, make_jobs, served_bases
from fleetplan.mip import End, solve_mip
from fleetplan.problem import Goal, Kind, Problem, Trip, VehicleClass
from fleetplan.windows import too_long, walks_by_segments

_MOST_CHECKS = 400
"""So many smaller problems are tried at most to leave trips out of a conflict."""
_HEAVIEST = 10


class Hindrance(StrEnum):
    """What keeps a class from a trip."""

    NEEDS = "needs"  # lacks something the trip needs
    BASE = "base"  # serves other bases, or shares nothing with the trip's
    BIKE_KM = "bike_km"  # too long for a bike
    BIKE_HOURS = "bike_hours"  # fits no time slot of the bikes
    BIKE_SPEED = "bike_speed"  # faster than a bike
    RANGE = "range"  # further than the range, transfers included
    REST = "rest"  # leaves too little of 24 hours to rest
    SHIFT = "shift"  # the trip could be taken, but not together with the rest of its shift
    NONE_ALLOWED = "none_allowed"  # the fleet may have no vehicle of the class


@dataclass(frozen=True, slots=True)
class ClassHindrance:
    """Why a class may not take a trip. ``facts``: in English, with figures and units."""

    class_id: str
    hindrance: Hindrance
    facts: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a problem is INFEASIBLE.

    ``trip_ids``: trips that cannot be met together. ``is_irreducible``: leave out any one, and the rest can be.
    ``starts_at``, ``ends_at``: the instant at which most of them hold a vehicle at once, both included; then they
    need ``needed`` vehicles and ``available`` may be had (None = any number). ``class_ids``: the classes that may take
    any of them. ``hindrances``: of each trip that no class may take. ``heaviest``: the trips that weigh most in a cap
    on CO2e or cash, with the least each comes to in a year (kg, kr).
    """

    reason: Reason
    trip_ids: tuple[str, ...]
    is_irreducible: bool
    starts_at: datetime
    ends_at: datetime
    needed: int
    available: int | None
    class_ids: tuple[str, ...] = ()
    hindrances: tuple[tuple[str, tuple[ClassHindrance, ...]], ...] = ()
    heaviest: tuple[tuple[str, float], ...] = ()


def why_not(problem: Problem, trip: Trip) -> tuple[ClassHindrance, ...]:
    """For each class that may not take the trip, the first rule in its way."""
    shift = tuple(
        index
        for index, other in enumerate(problem.trips)
        if other.id == trip.id or (trip.shift is not None and other.shift == trip.shift)
    )
    jobs = make_jobs(replace(problem, trips=tuple(problem.trips[i] for i in shift), vehicles=(), period_days=1.0))
    found = []
    for c, vehicle_class in enumerate(problem.classes):
        hindrance = _hindrance(problem, vehicle_class, trip)
        if hindrance is None and not jobs.allowed[0, c]:
            hindrance = Hindrance.SHIFT, f"the shift {trip.shift!r} as a whole breaks the rules of range, rest or bikes"
        if hindrance is None and vehicle_class.max_count == 0:
            hindrance = Hindrance.NONE_ALLOWED, "the fleet may have none of them"
        if hindrance is not None:
            found.append(ClassHindrance(vehicle_class.id, *hindrance))
    return tuple(found)


def explain(problem: Problem, answer: Answer) -> Explanation | None:
    """Why the problem cannot be met, with as few trips as show it; None where the answer does not say so."""
    if answer.status is not Status.INFEASIBLE or answer.reason is None:
        return None
    jobs = make_jobs(problem)
    is_capped = answer.reason in (Reason.CO2E_CAP, Reason.CASH_CAP, Reason.BOTH_CAPS)
    wanted: Sequence[int] = ()
    irreducible = False
    if answer.reason in (Reason.NO_CLASS_MAY, Reason.TOO_MANY_AT_ONCE, Reason.TOGETHER):
        wanted, irreducible = _conflict(problem, jobs)
    if not wanted and answer.witness is not None:
        present = set(answer.witness.trip_ids)
        wanted = [j for j, job in enumerate(jobs.trips) if any(problem.trips[i].id in present for i in job)]
    chosen = np.array(wanted, dtype=np.int64)
    starts, ends, needed = _busiest(jobs, chosen)
    trips = tuple(problem.trips[i] for j in wanted for i in jobs.trips[j])
    able = jobs.allowed & np.array([c.max_count != 0 for c in problem.classes], dtype=bool)
    nobody = [trip for j in wanted if not able[j].any() for trip in (problem.trips[i] for i in jobs.trips[j])]
    return Explanation(
        reason=answer.reason,
        trip_ids=tuple(trip.id for trip in trips),
        is_irreducible=irreducible,
        starts_at=starts,
        ends_at=ends,
        needed=needed,
        available=_available(problem, jobs, chosen),
        class_ids=tuple(problem.classes[c].id for c in np.flatnonzero(jobs.allowed[chosen].any(axis=0))),
        hindrances=tuple((trip.id, why_not(problem, trip)) for trip in nobody),
        heaviest=_heaviest(problem, jobs, answer.reason) if is_capped else (),
    )


def in_words(problem: Problem, answer: Answer) -> list[str]:
    """What an answer says about its problem, line by line, in English."""
    found = explain(problem, answer)
    if found is None:
        return [_no_explanation(answer)]
    local = ZoneInfo(problem.rules.bikes.zone)
    span = (
        f"{found.starts_at.astimezone(local):%Y-%m-%d %H:%M:%S} to {found.ends_at.astimezone(local):%Y-%m-%d %H:%M:%S}"
    )
    most = problem.objective.max_unserved
    unserved = "" if most is None else f" At most {most} trips may stay unserved."
    fleet = "any number of vehicles is" if found.available is None else f"at most {found.available} vehicles are"
    lines = []
    if found.reason is Reason.NO_CLASS_MAY:
        lines.append(f"No class may take {_trips(len(found.hindrances))}.{unserved}")
    elif found.heaviest:
        least = answer.stages[0].value if answer.stages else None
        lines.append(_cap_line(problem, found.reason, least))
        lines.append(f"Busiest instant, {span}: {found.needed} vehicles are needed at once.")
    else:
        lines.append(
            f"{span}: {_trips(len(found.trip_ids))} need {found.needed} vehicles at once; {fleet} allowed for them."
            f"{unserved}"
        )
    lines.append(f"Trips: {' '.join(found.trip_ids)}")
    if found.is_irreducible and len(found.trip_ids) > 1:
        lines.append("Without any one of them the others could be met.")
    for trip_id, hindrances in found.hindrances:
        lines += [f"  {trip_id}: {each.class_id}: {each.facts}" for each in hindrances]
    unit = "kg" if found.reason is Reason.CO2E_CAP else "kr."
    lines += [
        f"  {trip_id}: at least {amount:,.0f} {unit} a year".replace(",", " ") for trip_id, amount in found.heaviest
    ]
    return lines


def _no_explanation(answer: Answer) -> str:
    if answer.status is Status.NOT_FOUND:
        return "No plan was found within the limits, and no proof that there is none. Allow more time or vehicles."
    if answer.status is Status.INFEASIBLE:
        return "The wishes cannot be met."
    if answer.totals is None:
        return "The search was stopped before there was a plan."
    return f"The wishes can be met: {answer.totals.vehicles} vehicles, {answer.totals.unserved_trips} unserved trips."


def _cap_line(problem: Problem, reason: Reason, least: object) -> str:
    asked = problem.objective
    if reason is Reason.CO2E_CAP:
        return f"Even the greenest fleet emits {least} kg CO2e a year; at most {asked.max_co2e_kg} are allowed."
    if reason is Reason.CASH_CAP:
        return f"Even the cheapest fleet costs {least} kr. in cash a year; the budget is {asked.max_cash_dkk}."
    return (
        f"Each cap can be kept by itself. Within {asked.max_co2e_kg} kg CO2e the cheapest fleet costs {least} kr. in "
        f"cash a year; the budget is {asked.max_cash_dkk}."
    )


def _trips(count: int) -> str:
    return "1 trip" if count == 1 else f"{count} trips"


def _hindrance(problem: Problem, vehicle_class: VehicleClass, trip: Trip) -> tuple[Hindrance, str] | None:
    lacking = trip.needs - vehicle_class.capabilities
    if lacking:
        return Hindrance.NEEDS, f"lacks {', '.join(sorted(lacking))}"
    served = served_bases(problem, vehicle_class)
    if served is not None and trip.base not in served:
        return Hindrance.BASE, f"serves {', '.join(sorted(served)) or 'no base'}, not {trip.base}"
    if vehicle_class.kind.is_bike:
        return _bike_hindrance(problem, vehicle_class, trip)
    (driven,) = driven_trips(replace(problem, trips=(replace(trip, shift=None),), vehicles=()), (0,), vehicle_class)
    if not too_long(driven, vehicle_class) or walks_by_segments(driven, vehicle_class):
        return None
    if vehicle_class.range_km is not None and driven.km > vehicle_class.range_km:
        way = "" if driven.km == trip.km else f", {driven.km - trip.km:g} of them to the base and back"
        return Hindrance.RANGE, f"{driven.km:g} km{way}; range {vehicle_class.range_km:g} km"
    hours = (driven.end - driven.start) / timedelta(hours=1)
    return Hindrance.REST, f"away {hours:g} hours; {vehicle_class.rest_hours:g} of 24 must be rest"


def _bike_hindrance(problem: Problem, vehicle_class: VehicleClass, trip: Trip) -> tuple[Hindrance, str] | None:
    bikes = problem.rules.bikes
    zone = ZoneInfo(bikes.zone)
    fastest = bikes.max_kmh if vehicle_class.kind is Kind.BIKE else bikes.e_bike_max_kmh
    start, end, hours = trip.start.astimezone(zone), trip.end.astimezone(zone), trip.driving / timedelta(hours=1)
    if trip.km >= bikes.max_trip_km:
        return Hindrance.BIKE_KM, f"{trip.km:g} km; bikes take less than {bikes.max_trip_km:g}"
    if fastest is not None and trip.km >= fastest * hours:
        return (
            Hindrance.BIKE_SPEED,
            f"{trip.km:g} km in {hours:.2f} h at the wheel; limit {fastest:g} km/h",
        )
    if start.date() != end.date() or not any(a <= start.time() and end.time() <= b for a, b in bikes.slots):
        slots = ", ".join(f"{opens:%H:%M}-{closes:%H:%M}" for opens, closes in bikes.slots)
        return Hindrance.BIKE_HOURS, f"{start:%H:%M}-{end:%H:%M}; bikes drive {slots}"
    if vehicle_class.range_km is not None and trip.km > vehicle_class.range_km:
        return Hindrance.RANGE, f"{trip.km:g} km; {vehicle_class.range_km:g} a day"
    return None


def _conflict(problem: Problem, jobs: Jobs) -> tuple[list[int], bool]:
    """As few jobs as the counting model cannot serve together, and whether none of them can be spared.

    Fewer jobs are never harder to serve: the caps on unserved trips, CO2e and cash stay as they are, and the bikes'
    share, which depends on the jobs, is left out. Empty where the rest alone shows no conflict.
    """
    checks = 0

    def fails(chosen: Sequence[int]) -> bool:
        nonlocal checks
        checks += 1
        return not _can_be_met(problem, jobs, chosen)

    everything = list(range(jobs.n))
    if not fails(everything):
        return [], False
    last = _least(1, jobs.n, lambda n: fails(everything[:n]))
    first = last - _least(1, last, lambda n: fails(everything[last - n : last]))
    kept = everything[first:last]
    for size in _halves(len(kept)):
        position = 0
        while position < len(kept):
            if checks >= _MOST_CHECKS:
                return kept, False
            without = kept[:position] + kept[position + size :]
            if len(without) < len(kept) and without and fails(without):
                kept = without
            else:
                position += size
    return kept, True


def _halves(length: int) -> list[int]:
    """Half the length, half of that, and so on down to one."""
    sizes = [max(1, length // 2)]
    while sizes[-1] > 1:
        sizes.append(sizes[-1] // 2)
    return sizes


def _least(low: int, high: int, holds: Callable[[int], bool]) -> int:
    """The least number from ``low`` to ``high`` that holds; holding is kept by greater ones, and ``high`` holds."""
    while low < high:
        middle = (low + high) // 2
        if holds(middle):
            high = middle
        else:
            low = middle + 1
    return low


def _can_be_met(problem: Problem, jobs: Jobs, chosen: Sequence[int]) -> bool:
    """Whether the counting model has a point for these jobs alone."""
    trips = tuple(problem.trips[i] for j in sorted(chosen) for i in jobs.trips[j])
    rules = replace(problem.rules, bikes=replace(problem.rules.bikes, max_share=1.0))
    part = replace(problem, trips=trips, rules=rules, vehicles=(), period_days=problem.days, charging=None)
    model = CountingModel(part, make_jobs(part))
    line = model.line(((Goal.UNSERVED, 1.0),))
    tiers = range(len(part.costs.allowance)) if part.objective.max_cash_dkk is not None else range(1)
    return any(solve_mip(model.mip(line, model.cash_cap(tier))).end is not End.INFEASIBLE for tier in tiers)


def _busiest(jobs: Jobs, chosen: NDArray[np.int64]) -> tuple[datetime, datetime, int]:
    """The first longest instant at which most of the jobs hold a vehicle, and how many do."""
    marks = sorted({*jobs.start[chosen].tolist(), *jobs.release[chosen].tolist()})
    best = 0, marks[0], marks[0]
    for opens, closes in [*pairwise(marks), (marks[-1], marks[-1])]:
        held = int(((jobs.start[chosen] <= opens) & (jobs.release[chosen] >= closes)).sum())
        if held > best[0]:
            best = held, opens, closes
    return instant(best[1]), instant(best[2]), best[0]


def _available(problem: Problem, jobs: Jobs, chosen: NDArray[np.int64]) -> int | None:
    """How many vehicles the classes that may take any of the jobs may have."""
    able = np.flatnonzero(jobs.allowed[chosen].any(axis=0))
    counts = [problem.classes[c].max_count for c in able]
    return None if any(count is None for count in counts) else sum(count or 0 for count in counts)


def _heaviest(problem: Problem, jobs: Jobs, reason: Reason) -> tuple[tuple[str, float], ...]:
    """The trips whose least possible CO2e (kg) or driving cost (kr.) in a year is greatest."""
    rates = [per_km(problem.costs, c.energy, c.energy_per_km) for c in problem.classes]
    weight = np.array([rate.co2e_kg if reason is Reason.CO2E_CAP else rate.energy_dkk for rate in rates])
    each = np.where(jobs.allowed, jobs.kms * weight, np.inf).min(axis=1, initial=np.inf) * problem.yearly
    each[~np.isfinite(each)] = 0.0
    first = np.argsort(-each, kind="stable")[:_HEAVIEST]
    return tuple((problem.trips[jobs.trips[j][0]].id, float(each[j])) for j in first if each[j] > 0)
