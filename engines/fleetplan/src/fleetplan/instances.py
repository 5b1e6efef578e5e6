# SPDX-License-Identifier: MPL-2.0
"""Reader of the benchmark instances: trips with naive local times, single vehicles, and a run's settings.

Their times carry no zone and the peer's runs took them as they stand, so they are read as UTC and time-of-day rules
are set to UTC as well.
"""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fleetplan.answer import Answer, Assignment
from fleetplan.compare import evaluate
from fleetplan.errors import InvalidProblem
from fleetplan.files import read_raw
from fleetplan.presets import COMPATIBLE_2022
from fleetplan.problem import (
    BikeRules,
    Energy,
    Kind,
    Objective,
    Problem,
    Rules,
    Segment,
    Trip,
    Vehicle,
    VehicleClass,
)

_KINDS = {1: Kind.BIKE, 2: Kind.E_BIKE, 3: Kind.EV, 4: Kind.FOSSIL}
_FUELS = {1: Energy.PETROL, 2: Energy.DIESEL, 3: Energy.ELECTRICITY, 10: Energy.NONE}
_RANGE_KM = {Kind.BIKE: 20.0, Kind.E_BIKE: 50.0, Kind.EV: 500.0}
"""What the peer assumes where a vehicle has no range of its own; a bike's is its km per day."""
_REST_HOURS = 7.0
"""The peer's rest for an EV without one of its own."""

_BIKES = BikeRules(zone="UTC")
_FREE_BIKES = replace(_BIKES, max_kmh=None, e_bike_max_kmh=None)
"""The peer's search for a fleet ignored the speed of bikes, so side-by-side runs do too."""


def is_instance(raw: Any) -> bool:
    """Whether parsed JSON looks like an instance: trips with settings, and no vehicle classes."""
    return isinstance(raw, dict) and "trips" in raw and "settings" in raw and "classes" not in raw


def read_instance(path: Path, *, free: bool = False, objective: Objective | None = None) -> Problem:
    """:func:`as_problem` of a file. Raises InvalidProblem where the file is not such an instance."""
    try:
        return as_problem(read_raw(path), free=free, objective=objective)
    except InvalidProblem as error:
        raise error.at(file=str(path)) from error


def as_problem(raw: dict[str, Any], *, free: bool = False, objective: Objective | None = None) -> Problem:
    """A benchmark instance as a problem: the fixed fleet of its settings, or (``free``) any number of every model.

    Vehicles of one model become one class whose id is the model's name. Today's vehicles become ``vehicles``. Trips
    alone (``os2-298``) are read as :func:`read_peak_instance` does. Raises InvalidProblem.
    """
    try:
        return _whole(raw, free, objective) if "vehicles" in raw else _peak(raw, objective)
    except KeyError as error:
        raise InvalidProblem("missing", str(error.args[0]), None, "no such field in the instance") from error


def _whole(raw: dict[str, Any], free: bool, objective: Objective | None) -> Problem:
    chosen: dict[str, int] = raw["settings"]["simulation_vehicles"]
    counts: dict[str, int] = {}
    models: dict[str, VehicleClass] = {}
    owners: dict[str, str] = {}
    for vehicle in raw["vehicles"]:
        name = f"{vehicle['make']} {vehicle['model']}"
        models.setdefault(name, _vehicle_class(name, vehicle))
        owners[str(vehicle["id"])] = name
        counts[name] = counts.get(name, 0) + chosen.get(str(vehicle["id"]), 0)
    if free:
        classes = tuple(models.values())
    else:
        classes = tuple(
            replace(model, min_count=counts[name], max_count=counts[name])
            for name, model in models.items()
            if counts[name] or any(owners[str(v)] == name for v in raw["settings"]["current_vehicles"])
        )
    return Problem(
        trips=tuple(_read_trip(number, trip) for number, trip in enumerate(raw["trips"])),
        classes=classes,
        costs=COMPATIBLE_2022,
        rules=Rules(changeover_minutes=5, bikes=_FREE_BIKES if free else _BIKES),
        objective=objective or Objective(max_unserved=0 if free else None),
        vehicles=tuple(Vehicle(str(v), owners[str(v)]) for v in raw["settings"]["current_vehicles"]),
    )


def read_peak_instance(path: Path) -> Problem:
    """The 298 municipal round trips (``os2-298``): trips only, with one class of car and a change-over of 4 minutes."""
    return as_problem(read_raw(path))


def _peak(raw: dict[str, Any], objective: Objective | None) -> Problem:
    car = VehicleClass("car", "Renault Zoe", Kind.EV, Energy.ELECTRICITY, energy_per_km=0.165, fixed_dkk_year=42_000)
    return Problem(
        trips=tuple(
            Trip(
                id=str(trip["id"]),
                base="3",
                start=_utc(trip["start"]),
                end=_utc(trip["end"]),
                km=float(trip["km"]),
                vehicle=str(trip["current_vehicle"]),
            )
            for trip in raw["trips"]
        ),
        classes=(car,),
        costs=COMPATIBLE_2022,
        rules=Rules(changeover_minutes=float(raw["settings"]["simulation_settings"]["slack"])),
        objective=objective or Objective(max_unserved=0),
        vehicles=tuple(Vehicle(str(v), "car") for v in raw["current_vehicles"]),
    )


def read_run(path: Path, name: str, problem: Problem) -> Answer:
    """A recorded run of the peer on the instance ``problem`` was read from: its assignment, with our figures.

    Vehicles are numbered within their model in order of id. Raises InvalidProblem where there is no such run, or one
    that tells no assignment.
    """
    runs: dict[str, Any] = read_raw(path)
    run = runs.get(name, {})
    if "assignment" not in run:
        told = ", ".join(other for other, found in runs.items() if "assignment" in found)
        raise InvalidProblem(
            "no_run", "run", name, f"no such run with an assignment; there are: {told}", file=str(path)
        )
    ids = {(trip.start, trip.end, trip.km): trip.id for trip in problem.trips}
    models = {vehicle.id: vehicle.class_id for vehicle in problem.vehicles}
    counts = {c.id: c.min_count for c in problem.classes}
    used = sorted({int(float(row[3])) for row in run["assignment"] if row[3] is not None})
    numbers: dict[str, Assignment] = {}
    reached: dict[str, int] = {}
    for vehicle in used:
        model = models[str(vehicle)]
        reached[model] = reached.get(model, 0) + 1
        numbers[str(vehicle)] = Assignment("", model, reached[model])
    found = {}
    for start, end, km, vehicle in run["assignment"]:
        trip_id = ids[_utc(start), _utc(end), km]
        seat = Assignment(trip_id, None, None) if vehicle is None else numbers[str(int(float(vehicle)))]
        found[trip_id] = replace(seat, trip_id=trip_id)
    return evaluate(problem, counts, tuple(found[trip.id] for trip in problem.trips))


def _vehicle_class(name: str, raw: dict[str, Any]) -> VehicleClass:
    kind = _KINDS[raw["type_id"]]
    energy = _FUELS[raw["fuel_id"]]
    if energy is Energy.NONE:
        per_km = 0.0
    elif energy is Energy.ELECTRICITY:
        per_km = raw["wh_per_km"] / 1000
    else:
        per_km = 1 / raw["km_per_l"]
    return VehicleClass(
        id=name,
        name=name,
        kind=kind,
        energy=energy,
        energy_per_km=per_km,
        fixed_dkk_year=raw["fixed_cost_dkk_year"],
        range_km=raw["range_km"] if raw["range_km"] is not None else _RANGE_KM.get(kind),
        rest_hours=(raw["sleep_h"] if raw["sleep_h"] is not None else _REST_HOURS) if kind is Kind.EV else 0.0,
    )


def _read_trip(number: int, raw: dict[str, Any]) -> Trip:
    try:
        return _trip(raw)
    except InvalidProblem as error:
        raise error.at(prefix=f"trips[{number}].") from error
    except KeyError as error:
        raise InvalidProblem("missing", f"trips[{number}].{error.args[0]}", None, "no such field") from error
    except (TypeError, ValueError) as error:
        raise InvalidProblem("not_a_trip", f"trips[{number}]", raw.get("id"), str(error)) from error


def _trip(raw: dict[str, Any]) -> Trip:
    return Trip(
        id=str(raw["id"]),
        base=str(raw["location"]),
        start=_utc(raw["start"]),
        end=_utc(raw["end"]),
        km=float(raw["km"]),
        segments=tuple(Segment(_utc(start), _utc(end), km) for start, end, km in raw["segments"]),
        vehicle=str(raw["vehicle"]),
    )


def _utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
