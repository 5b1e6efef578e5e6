# SPDX-License-Identifier: MPL-2.0
"""Small problems to test with, and every way to solve them."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fleetplan import (
    COMPATIBLE_2022,
    Answer,
    Assignment,
    Energy,
    Goal,
    Kind,
    Objective,
    Problem,
    Segment,
    Trip,
    VehicleClass,
    check,
    evaluate,
)
from hypothesis import strategies as st

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)


def shared(name: str) -> Path:
    """A file of the benchmark data; the test is skipped where that folder is absent."""
    default = Path(__file__).resolve().parents[3] / ".." / "shared" / "data"
    path = Path(os.environ.get("KOMMUNE3_SHARED_DATA", default)) / "fleet" / name
    if not path.exists():
        pytest.skip(f"benchmark data not found: set KOMMUNE3_SHARED_DATA to a folder that holds fleet/{name}")
    return path


def trip(name: str, start_h: float, end_h: float, km: float = 10.0, **more: object) -> Trip:
    """A trip given in hours after midnight of Monday 2 March 2026 UTC."""
    return Trip(
        id=name,
        base=str(more.pop("base", "grenaa")),
        start=MONDAY + timedelta(hours=start_h),
        end=MONDAY + timedelta(hours=end_h),
        km=km,
        **more,  # type: ignore[arg-type]
    )


def segment(start_h: float, end_h: float, km: float) -> Segment:
    return Segment(MONDAY + timedelta(hours=start_h), MONDAY + timedelta(hours=end_h), km)


def petrol_car(name: str = "aygo", **more: object) -> VehicleClass:
    fields: dict[str, object] = {"energy_per_km": 1 / 23, "fixed_dkk_year": 34_000.0} | more
    return VehicleClass(name, name, Kind.FOSSIL, Energy.PETROL, **fields)  # type: ignore[arg-type]


def electric_car(name: str = "zoe", **more: object) -> VehicleClass:
    fields: dict[str, object] = {
        "energy_per_km": 0.165,
        "fixed_dkk_year": 42_000.0,
        "range_km": 300.0,
        "rest_hours": 7.0,
    } | more
    return VehicleClass(name, name, Kind.EV, Energy.ELECTRICITY, **fields)  # type: ignore[arg-type]


def bike(name: str = "bike", **more: object) -> VehicleClass:
    fields: dict[str, object] = {"fixed_dkk_year": 2_000.0, "range_km": 20.0} | more
    return VehicleClass(name, name, Kind.BIKE, Energy.NONE, 0.0, **fields)  # type: ignore[arg-type]


def problem(*trips: Trip, classes: tuple[VehicleClass, ...], **more: object) -> Problem:
    return Problem(trips, classes, COMPATIBLE_2022, **({"period_days": 14.0} | more))  # type: ignore[arg-type]


def codes(task: Problem, answer: Answer) -> list[str]:
    return [violation.code for violation in check(task, answer)]


def all_plans(task: Problem) -> Iterator[Answer]:
    """Every plan there is, names of vehicles apart: each trip unserved, on a vehicle used before, or on a new one."""
    limits = {c.id: len(task.trips) if c.max_count is None else c.max_count for c in task.classes}

    def extend(done: tuple[Assignment, ...], used: dict[str, int]) -> Iterator[Answer]:
        if len(done) == len(task.trips):
            counts = {c.id: max(c.min_count, used[c.id]) for c in task.classes}
            yield evaluate(task, counts, done)
            return
        name = task.trips[len(done)].id
        yield from extend((*done, Assignment(name, None, None)), used)
        for c in task.classes:
            for number in range(1, min(used[c.id] + 1, limits[c.id]) + 1):
                now = used | {c.id: max(number, used[c.id])}
                yield from extend((*done, Assignment(name, c.id, number)), now)

    return extend((), {c.id: 0 for c in task.classes})


def best_by_hand(task: Problem) -> Answer | None:
    """The best plan by looking at all of them: the checker says which obey the rules."""
    allowed = [plan for plan in all_plans(task) if not check(task, plan)]
    return min(allowed, key=lambda plan: [stage.value for stage in plan.stages], default=None)


_CLASSES = st.sampled_from(
    (
        (petrol_car(),),
        (electric_car(max_count=1), petrol_car(max_count=1)),
        (electric_car(), petrol_car(max_count=1), bike(max_count=2)),
        (petrol_car(min_count=1, max_count=2, bases=frozenset({"grenaa"})), electric_car(range_km=60.0)),
        (bike(), electric_car(max_count=1, capabilities=frozenset({"lift"}))),
        (electric_car("short", range_km=40.0, rest_hours=20.0), petrol_car(capabilities=frozenset({"lift"}))),
    )
)
_PLAIN_CLASSES = st.sampled_from(
    (
        (petrol_car(),),
        (electric_car(range_km=None, rest_hours=0.0, max_count=1), petrol_car(max_count=2)),
        (
            petrol_car(min_count=1, max_count=2, bases=frozenset({"grenaa"})),
            petrol_car("caddy", fixed_dkk_year=1_000.0),
        ),
    )
)


@st.composite
def problems(draw: st.DrawFn, *, most_trips: int, plain: bool = False) -> Problem:
    """Problems that touch every rule. ``plain``: without range, rest or bikes, where the counting model is exact."""
    trips = []
    for number in range(draw(st.integers(0, most_trips))):
        start = draw(st.integers(0, 60 * 4)) / 4
        length = draw(st.sampled_from((0.25, 0.5, 1.0, 2.0, 3.5, 8.0)))
        km = float(draw(st.integers(1, 45)))
        needs = frozenset({"lift"}) if draw(st.integers(0, 9)) == 0 else frozenset()
        base = draw(st.sampled_from(("grenaa", "grenaa", "auning")))
        trips.append(trip(str(number), start, start + length, km, needs=needs, base=base))
    if len(trips) > 2 and draw(st.booleans()) and trips[0].end <= trips[1].start:
        trips[:2] = [trip_with_shift(t) for t in trips[:2]]
    objective = Objective.minimise(
        draw(st.sampled_from(Goal)),
        max_unserved=draw(st.sampled_from((None, None, 0, 1))),
    )
    return problem(
        *trips, classes=draw(_PLAIN_CLASSES if plain else _CLASSES), objective=objective, period_days=float(7)
    )


def trip_with_shift(one: Trip) -> Trip:
    return Trip(one.id, one.base, one.start, one.end, one.km, one.segments, one.needs, "early", one.vehicle)
