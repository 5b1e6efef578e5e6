# SPDX-License-Identifier: MPL-2.0
"""What if: a problem as it would be after a decision, to be solved beside the unchanged one.

Each change is a pure function from problem to :class:`Changed`. Nothing is solved here but :mod:`fleetplan.halves`.
"""

import random
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from fleetplan.answer import Answer
from fleetplan.errors import InvalidProblem
from fleetplan.jobs import allowed_trips
from fleetplan.pools import Pool, Transfer
from fleetplan.problem import Energy, Kind, Problem, Segment, Trip, VehicleClass


class Obstacle(StrEnum):
    """Why no class may take a trip: the first of these that stops every class which passes those before."""

    BASE = "base"  # no vehicle of the fleet asked about serves the base
    NEEDS = "needs"  # none there has the equipment
    RANGE = "range"  # range and rest do not allow it, not even with the vehicle to itself
    BIKES = "bikes"  # only bikes are left, and their rules do not allow it


@dataclass(frozen=True, slots=True)
class Impossible:
    """A trip that some class could take before the change and none can after it."""

    trip_id: str
    obstacle: Obstacle


@dataclass(frozen=True, slots=True)
class Changed:
    """The problem after a change. ``impossible`` trips stay unserved; the cap on unserved trips has room for them."""

    problem: Problem
    impossible: tuple[Impossible, ...] = ()


def electrified(problem: Problem) -> Changed:
    """Only electric vehicles and bikes are left. Electric classes that were bounded may be as many as it takes."""
    classes = tuple(
        replace(c, max_count=None if c.max_count else c.max_count)
        if c.kind is Kind.EV
        else c
        if c.kind.is_bike
        else replace(c, min_count=0, max_count=0)
        for c in problem.classes
    )
    return _with_room(problem, replace(problem, classes=classes))


def base_closed(problem: Problem, base: str, *, to: str, minutes: float, km: float) -> Changed:
    """``base`` is closed; its trips and vehicles move to base ``to``.

    Every trip of the closed base then begins ``minutes`` earlier and ends as much later, and is ``km`` longer each way;
    a shift is so only at its two ends. Raises InvalidProblem for bases without trips or vehicles.
    """
    known = {trip.base for trip in problem.trips} | {b for c in problem.classes for b in c.bases or ()}
    for field, name in (("base", base), ("to", to)):
        if name not in known:
            raise InvalidProblem("unknown_base", field, name, "no trip and no class is at this base")
    if base == to:
        raise InvalidProblem("same_base", "to", to, "is the base that is closed")
    for field, number in (("minutes", minutes), ("km", km)):
        if not 0 <= number < float("inf"):
            raise InvalidProblem("not_a_quantity", field, number, "must be a finite number of zero or more")
    moved = replace(
        problem,
        trips=_lengthened(problem.trips, base, to, timedelta(minutes=minutes), km),
        classes=_moved_classes(problem.classes, base, to),
        pools=tuple(pool for pool in problem.pools if base not in pool.bases),
        period_days=problem.days,
    )
    return _with_room(problem, moved)


def shared(problem: Problem, transfers: Iterable[Transfer]) -> Changed:
    """The bases of ``transfers`` share their vehicles, as one pool; a transfer is time and km on top of a trip.

    Vehicles stand where they stand; a class that serves several bases already is left as it is.
    """
    ways = tuple(transfers)
    bases = frozenset(base for way in ways for base in (way.from_base, way.to_base))
    classes = tuple(
        replace(c, home=next(iter(c.bases)), bases=bases)
        if c.bases is not None and len(c.bases) == 1 and c.bases <= bases
        else c
        for c in problem.classes
    )
    pool = Pool("what-if", bases, ways)
    return _with_room(problem, replace(problem, classes=classes, pools=(*problem.pools, pool)))


def grown(problem: Problem, percent: float, *, seed: int) -> Problem:
    """So many per cent more trips at every base (fewer where negative), drawn with the seed.

    A further trip is a copy of one of the base's trips, at the same weekday and local time in the week of another. It
    belongs to no shift and names no vehicle. Raises InvalidProblem for a fall of 100 per cent or more.
    """
    if not -100 < percent <= 1000:
        raise InvalidProblem("not_a_growth", "percent", percent, "must be above -100 and at most 1000")
    dice = random.Random(seed)  # noqa: S311  a repeatable draw, not a secret
    by_base: dict[str, list[Trip]] = {}
    for trip in problem.trips:
        by_base.setdefault(trip.base, []).append(trip)
    extra: list[Trip] = []
    dropped: set[str] = set()
    zone = ZoneInfo(problem.rules.bikes.zone)
    for base in sorted(by_base):
        own = by_base[base]
        count = round(len(own) * abs(percent) / 100)
        if percent < 0:
            dropped |= {trip.id for trip in dice.sample(own, count)}
            continue
        for number in range(count):
            extra.append(_copied(dice.choice(own), dice.choice(own), f"+{number + 1}", zone))
    trips = (*(trip for trip in problem.trips if trip.id not in dropped), *extra)
    cap = problem.objective.max_unserved
    if cap and problem.trips:
        cap = cap * len(trips) // len(problem.trips)
    return replace(
        problem,
        trips=trips,
        objective=replace(problem.objective, max_unserved=cap),
        period_days=problem.days,
    )


@dataclass(frozen=True, slots=True)
class BaseChargers:
    """Electric vehicles of a plan that are charged at a base, and the most of them that charge at once."""

    base: str
    vehicles: int
    at_once: int


def chargers_on_arrival(problem: Problem, answer: Answer, *, charge_kw: float) -> tuple[BaseChargers, ...]:
    """How many chargers it takes if every electric car is plugged in when it comes home and stays until it is full.

    An upper estimate: charging that waits for the night or for a free charger needs fewer. ``charge_kw``: what each
    takes. A car that leaves before it is full charges the rest after its next trip.
    """
    if not 0 < charge_kw < float("inf"):
        raise InvalidProblem("not_positive", "charge_kw", charge_kw, "must be a finite number above zero")
    classes = {c.id: c for c in problem.classes if c.kind is Kind.EV and c.energy is Energy.ELECTRICITY}
    trips = {trip.id: trip for trip in problem.trips}
    driven: dict[tuple[str, int], list[Trip]] = {}
    for seat in answer.assignments:
        if seat.class_id in classes and seat.number is not None:
            driven.setdefault((seat.class_id, seat.number), []).append(trips[seat.trip_id])
    turns: dict[str, list[tuple[float, int]]] = {}
    vehicles: Counter[str] = Counter()
    for (class_id, _number), taken in driven.items():
        vehicle_class = classes[class_id]
        taken.sort(key=lambda trip: trip.start)
        home = vehicle_class.home or taken[0].base
        vehicles[home] += 1
        missing_kwh = 0.0
        for trip, following in zip(taken, [*taken[1:], None], strict=True):
            way = problem.ways.get((home, trip.base))
            missing_kwh += (trip.km + (way.km if way else 0.0)) * vehicle_class.energy_per_km
            begins = trip.end.timestamp() + (way.back.total_seconds() if way else 0.0)
            until = following.start.timestamp() if following is not None else float("inf")
            ends = min(until, begins + missing_kwh / charge_kw * 3600)
            if ends > begins:
                turns.setdefault(home, []).extend(((begins, 1), (ends, -1)))
                missing_kwh = max(0.0, missing_kwh - (ends - begins) / 3600 * charge_kw)
    return tuple(BaseChargers(base, vehicles[base], _most_at_once(turns.get(base, []))) for base in sorted(vehicles))


def _most_at_once(turns: list[tuple[float, int]]) -> int:
    most = now = 0
    for _at, change in sorted(turns):
        now += change
        most = max(most, now)
    return most


def _with_room(before: Problem, after: Problem) -> Changed:
    """The changed problem with room under its cap for the trips that the change makes impossible."""
    could, can = _servable(before), _servable(after)
    lost = tuple(
        Impossible(trip.id, _obstacle(after, index))
        for index, trip in enumerate(after.trips)
        if could[index] and not can[index]
    )
    cap = after.objective.max_unserved
    if cap is not None and lost:
        after = replace(after, objective=replace(after.objective, max_unserved=cap + len(lost)))
    return Changed(after, lost)


def _servable(problem: Problem) -> NDArray[np.bool_]:
    able = np.zeros(len(problem.trips), dtype=bool)
    for c in problem.classes:
        if c.max_count != 0:
            able |= allowed_trips(problem, c)
    return able


def _obstacle(problem: Problem, index: int) -> Obstacle:
    trip = problem.trips[index]
    left = [c for c in problem.classes if c.max_count != 0 and (c.bases is None or trip.base in c.bases)]
    if not left:
        return Obstacle.BASE
    left = [c for c in left if trip.needs <= c.capabilities]
    if not left:
        return Obstacle.NEEDS
    return Obstacle.BIKES if all(c.kind.is_bike for c in left) else Obstacle.RANGE


def _lengthened(trips: tuple[Trip, ...], base: str, to: str, way: timedelta, km: float) -> tuple[Trip, ...]:
    """The trips of ``base`` from and to another base. Trips of one shift stay out between them."""
    firsts: dict[str, Trip] = {}
    lasts: dict[str, Trip] = {}
    for trip in sorted(trips, key=lambda trip: trip.start):
        if trip.shift is not None and trip.base == base:
            firsts.setdefault(trip.shift, trip)
            lasts[trip.shift] = trip
    moved = []
    for trip in trips:
        if trip.base != base:
            moved.append(trip)
            continue
        comes = trip.shift is None or firsts[trip.shift] is trip
        goes = trip.shift is None or lasts[trip.shift] is trip
        start = trip.start - way if comes else trip.start
        end = trip.end + way if goes else trip.end
        segments = trip.segments
        if segments and comes:
            segments = (Segment(start, trip.start, km), *segments)
        if segments and goes:
            segments = (*segments, Segment(trip.end, end, km))
        longer = km * (comes + goes)
        moved.append(replace(trip, base=to, start=start, end=end, km=trip.km + longer, segments=segments))
    return tuple(moved)


def _moved_classes(classes: tuple[VehicleClass, ...], base: str, to: str) -> tuple[VehicleClass, ...]:
    """Classes that stood at ``base`` stand at ``to``; where the same model stands there already they become one."""
    changed = {
        c.id: replace(
            c,
            bases=None if c.bases is None else (c.bases - {base}) | ({to} if base in c.bases else set()),
            home=to if c.home == base else c.home,
        )
        for c in classes
    }
    for c in classes:
        if c.bases is None or base not in c.bases:
            continue
        moved = changed[c.id]
        twin = next((other for other in changed.values() if other.id != c.id and _is_same(other, moved)), None)
        if twin is None:
            continue
        most = None if twin.max_count is None or moved.max_count is None else twin.max_count + moved.max_count
        changed[twin.id] = replace(twin, min_count=twin.min_count + moved.min_count, max_count=most)
        changed[c.id] = replace(moved, min_count=0, max_count=0)
    return tuple(changed[c.id] for c in classes)


def _is_same(one: VehicleClass, other: VehicleClass) -> bool:
    return model_of(one) == model_of(other) and (one.bases, one.home) == (other.bases, other.home)


def model_of(vehicle_class: VehicleClass) -> VehicleClass:
    """What a class is apart from its word, where it stands and how many there may be: equal for the same model."""
    return replace(vehicle_class, id="", bases=None, home=None, min_count=0, max_count=None)


def counts_by_model(problem: Problem, counts: Mapping[str, int]) -> Counter[VehicleClass]:
    """How many vehicles of each model a fleet has over all bases."""
    total: Counter[VehicleClass] = Counter()
    for c in problem.classes:
        total[model_of(c)] += counts.get(c.id, 0)
    return total


def _copied(trip: Trip, placed_as: Trip, suffix: str, zone: ZoneInfo) -> Trip:
    """The trip once more, in the week of another. Local times of day are kept over the change of clocks."""
    start, there = trip.start.astimezone(zone), placed_as.start.astimezone(zone)
    monday = start.date() - timedelta(days=start.weekday())
    weeks = (there.date() - timedelta(days=there.weekday()) - monday) // timedelta(weeks=1)
    moved = (start + timedelta(weeks=weeks)).astimezone(UTC) - trip.start
    return replace(
        trip,
        id=f"{trip.id}{suffix}",
        start=trip.start + moved,
        end=trip.end + moved,
        segments=tuple(replace(s, start=s.start + moved, end=s.end + moved) for s in trip.segments),
        shift=None,
        vehicle=None,
    )
