# SPDX-License-Identifier: MPL-2.0
"""A problem with real charging, made ready: every class with a battery stands at one base, one class per base.

A class that may stand at several bases becomes one class for each; what its bounds say of them together is a family.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from fleetplan.answer import Answer, Assignment, ClassCount
from fleetplan.charging import Battery, Charge, price_steps
from fleetplan.errors import InvalidProblem
from fleetplan.problem import Energy, Problem, VehicleClass


@dataclass(frozen=True, slots=True)
class Family:
    """Classes of the split problem (by id) that are one class of the asked problem, and its bounds."""

    members: tuple[str, ...]
    min_count: int
    max_count: int | None

    @property
    def binds(self) -> bool:
        """Whether its members must be counted together."""
        return len(self.members) > 1 and (self.min_count > 0 or self.max_count is not None)


@dataclass(frozen=True, slots=True)
class Split:
    """The problem to solve and how to read its answer. ``origin``: class of the split problem -> class asked for."""

    problem: Problem
    origin: Mapping[str, str]
    families: tuple[Family, ...]

    @property
    def binding(self) -> tuple[Family, ...]:
        return tuple(family for family in self.families if family.binds)


def split(problem: Problem) -> Split:
    """Raises InvalidProblem where the charging part does not go with the rest."""
    charging = problem.charging
    assert charging is not None
    _refuse(problem)
    batteries = {battery.class_id: battery for battery in charging.batteries}
    bases = sorted({trip.base for trip in problem.trips} | {charger.base for charger in charging.chargers})
    classes: list[VehicleClass] = []
    cells: list[Battery] = []
    origin: dict[str, str] = {}
    families: list[Family] = []
    for vehicle_class in problem.classes:
        battery = batteries.get(vehicle_class.id)
        if battery is None:
            classes.append(vehicle_class)
            origin[vehicle_class.id] = vehicle_class.id
            continue
        free = replace(vehicle_class, range_km=None, rest_hours=0.0)
        if vehicle_class.home is not None:
            homes = [free]
        else:
            served = [base for base in bases if vehicle_class.bases is None or base in vehicle_class.bases]
            homes = [
                replace(free, id=_named(vehicle_class.id, base, len(served)), home=base, bases=frozenset({base}))
                for base in served
            ] or [free]
        if len(homes) > 1:
            homes = [replace(home, min_count=0) for home in homes]
        families.append(Family(tuple(home.id for home in homes), vehicle_class.min_count, vehicle_class.max_count))
        for home in homes:
            classes.append(home)
            cells.append(replace(battery, class_id=home.id))
            origin[home.id] = vehicle_class.id
    return Split(
        replace(
            problem,
            classes=tuple(classes),
            vehicles=(),
            period_days=problem.days,
            charging=replace(charging, batteries=tuple(cells)),
        ),
        origin,
        tuple(families),
    )


def joined(asked: Problem, parts: Split, answer: Answer) -> Answer:
    """The answer to the split problem as one to the problem asked: the vehicles of a family are numbered together."""
    first: dict[str, int] = {}
    counts: dict[str, int] = {c.id: 0 for c in asked.classes}
    for vehicle_class in parts.problem.classes:
        name = parts.origin[vehicle_class.id]
        first[vehicle_class.id] = counts[name]
        counts[name] += answer.counts.get(vehicle_class.id, 0)

    def seat(one: Assignment) -> Assignment:
        if one.class_id is None or one.number is None:
            return one
        return Assignment(one.trip_id, parts.origin[one.class_id], first[one.class_id] + one.number)

    def charge(one: Charge) -> Charge:
        return replace(one, class_id=parts.origin[one.class_id], number=first[one.class_id] + one.number)

    witness = answer.witness
    if witness is not None:
        witness = replace(witness, class_ids=tuple(dict.fromkeys(parts.origin[one] for one in witness.class_ids)))
    return replace(
        answer,
        fleet=tuple(ClassCount(c.id, counts[c.id]) for c in asked.classes) if answer.fleet else (),
        assignments=tuple(seat(one) for one in answer.assignments),
        charges=tuple(sorted(map(charge, answer.charges), key=lambda c: (c.starts_at, c.charger_id, c.outlet))),
        witness=witness,
    )


def _named(class_id: str, base: str, homes: int) -> str:
    return class_id if homes == 1 else f"{class_id}\n{base}"


def _refuse(problem: Problem) -> None:
    charging = problem.charging
    assert charging is not None
    classes = {vehicle_class.id: vehicle_class for vehicle_class in problem.classes}
    for index, battery in enumerate(charging.batteries):
        field = f"charging.batteries[{index}].class_id"
        vehicle_class = classes.get(battery.class_id)
        if vehicle_class is None:
            raise InvalidProblem("unknown_class", field, battery.class_id, "no class has this id")
        if vehicle_class.energy is not Energy.ELECTRICITY:
            raise InvalidProblem(
                "not_electric", field, battery.class_id, "only electric vehicles have a battery to charge"
            )
    for index, trip in enumerate(problem.trips):
        if trip.start < charging.starts_at or trip.end > charging.ends_at:
            raise InvalidProblem(
                "outside_charging",
                f"trips[{index}]",
                trip.id,
                f"is not within {charging.starts_at.isoformat()} to {charging.ends_at.isoformat()}",
            )
    price_steps(charging)
