# SPDX-License-Identifier: MPL-2.0
"""Wishes that cannot be met come back with the trips and the instant that make it so, and why."""

from dataclasses import replace
from pathlib import Path

import pytest
from fleetplan import (
    Goal,
    Hindrance,
    Objective,
    Pool,
    Problem,
    Reason,
    Status,
    Transfer,
    explain,
    in_words,
    solve,
    why_not,
    write_problem,
)
from fleetplan.__main__ import main
from hypothesis import HealthCheck, given, settings

from .examples import bike, electric_car, petrol_car, problem, problems, trip

SERVE_ALL = Objective.minimise(Goal.CASH, max_unserved=0)


def asked(*trips: object, **more: object) -> Problem:
    return problem(*trips, **({"objective": SERVE_ALL, "classes": (petrol_car(max_count=2),)} | more))  # type: ignore[arg-type]


def hindrances(task: Problem) -> dict[str, Hindrance]:
    return {each.class_id: each.hindrance for each in why_not(task, task.trips[0])}


def test_more_trips_at_once_than_vehicles_are_named_without_one_too_many() -> None:
    task = asked(*(trip(str(n), 8 + n / 10, 10) for n in range(6)), trip("later", 12, 13))
    found = explain(task, solve(task))
    assert found is not None
    assert found.reason is Reason.TOO_MANY_AT_ONCE
    assert len(found.trip_ids) == 3
    assert found.is_irreducible
    assert (found.needed, found.available) == (3, 2)


def test_trips_that_may_stay_unserved_are_allowed_for() -> None:
    task = asked(*(trip(str(n), 8, 10) for n in range(6)), objective=Objective.minimise(Goal.CASH, max_unserved=1))
    found = explain(task, solve(task))
    assert found is not None and len(found.trip_ids) == 4


def test_a_conflict_that_no_single_instant_shows_is_found() -> None:
    # One trip too many on each of two days, and one may stay unserved.
    days = [
        trip(f"{day}-{n}", 24 * day + 8, 24 * day + 10) for day in range(5) for n in range(3 if day in (1, 3) else 1)
    ]
    task = asked(*days, objective=Objective.minimise(Goal.CASH, max_unserved=1))
    answer = solve(task)
    found = explain(task, answer)
    assert found is not None
    assert sorted(found.trip_ids) == ["1-0", "1-1", "1-2", "3-0", "3-1", "3-2"]
    assert found.is_irreducible


def test_a_trip_no_class_may_take_says_why_of_every_class() -> None:
    task = asked(
        trip("long", 8, 16, 90.0, needs=frozenset({"lift"})),
        classes=(
            petrol_car(capabilities=frozenset({"lift"}), max_count=0),
            petrol_car("plain"),
            petrol_car("elsewhere", bases=frozenset({"auning"}), capabilities=frozenset({"lift"})),
            electric_car("short", range_km=80.0, capabilities=frozenset({"lift"})),
            electric_car("tired", rest_hours=17.0, capabilities=frozenset({"lift"})),
            bike(capabilities=frozenset({"lift"})),
        ),
    )
    assert hindrances(task) == {
        "aygo": Hindrance.NONE_ALLOWED,
        "plain": Hindrance.NEEDS,
        "elsewhere": Hindrance.BASE,
        "short": Hindrance.RANGE,
        "tired": Hindrance.REST,
        "bike": Hindrance.BIKE_KM,
    }
    found = explain(replace(task, classes=task.classes[1:]), solve(replace(task, classes=task.classes[1:])))
    assert found is not None
    assert found.reason is Reason.NO_CLASS_MAY
    assert found.trip_ids == ("long",)
    assert len(found.hindrances[0][1]) == 5


def test_a_trip_that_only_a_class_without_vehicles_could_take_says_so() -> None:
    task = asked(trip("a", 8, 9, 90.0), classes=(petrol_car(max_count=0), electric_car(range_km=80.0)))
    found = explain(task, solve(task))
    assert found is not None
    assert [each.hindrance for each in found.hindrances[0][1]] == [Hindrance.NONE_ALLOWED, Hindrance.RANGE]


def test_bikes_say_whether_it_is_length_hours_or_speed() -> None:
    classes = (bike(range_km=10.0),)
    assert hindrances(asked(trip("a", 8, 10, 16.0), classes=classes)) == {"bike": Hindrance.BIKE_KM}
    assert hindrances(asked(trip("a", 20, 21, 5.0), classes=classes)) == {"bike": Hindrance.BIKE_HOURS}
    assert hindrances(asked(trip("a", 8, 8.25, 9.0), classes=classes)) == {"bike": Hindrance.BIKE_SPEED}
    assert hindrances(asked(trip("a", 8, 10, 12.0), classes=classes)) == {"bike": Hindrance.RANGE}


def test_the_way_from_another_base_is_counted_in_what_is_too_far() -> None:
    pool = Pool("p", frozenset({"grenaa", "auning"}), (Transfer("grenaa", "auning", 30.0, 25.0),))
    task = asked(
        trip("a", 8, 10, 20.0, base="auning"), classes=(electric_car(range_km=60.0, home="grenaa"),), pools=(pool,)
    )
    (found,) = why_not(task, task.trips[0])
    assert found.hindrance is Hindrance.RANGE
    assert "50 of them" in found.facts


def test_a_shift_that_is_too_much_as_a_whole_says_so() -> None:
    task = asked(
        trip("a", 6, 10, 200.0, shift="early"),
        trip("b", 11, 15, 200.0, shift="early"),
        classes=(electric_car(range_km=300.0),),
    )
    assert hindrances(task) == {"zoe": Hindrance.SHIFT}


def test_a_cap_that_cannot_be_kept_names_the_least_and_the_heaviest_trips() -> None:
    task = asked(trip("far", 8, 10, 90.0), trip("near", 11, 12, 5.0), objective=replace(SERVE_ALL, max_co2e_kg=10.0))
    answer = solve(task)
    assert answer.reason is Reason.CO2E_CAP
    found = explain(task, answer)
    assert found is not None
    assert [name for name, _ in found.heaviest] == ["far", "near"]
    text = "\n".join(in_words(task, answer))
    assert str(answer.stages[0].value) in text
    assert "at most 10.0" in text


def test_what_can_be_met_is_not_explained() -> None:
    task = asked(trip("a", 8, 9))
    answer = solve(task)
    assert explain(task, answer) is None
    assert in_words(task, answer) == ["The wishes can be met: 1 vehicles, 0 unserved trips."]


def test_the_command_line_says_it_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    task = asked(*(trip(str(n), 8, 10) for n in range(3)))
    write_problem(tmp_path / "problem.json", task)
    assert main(["explain", str(tmp_path / "problem.json")]) == 0
    told = capsys.readouterr().out
    assert "3 trips need 3 vehicles at once; at most 2 vehicles are allowed for them." in told
    assert "Trips: 0 1 2" in told
    assert "2026-03-02 09:00:00 to 2026-03-02 11:05:00" in told


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(problems(most_trips=9))
def test_every_impossible_problem_names_trips_that_are_impossible_by_themselves(task: Problem) -> None:
    answer = solve(task)
    found = explain(task, answer)
    assert (found is None) == (answer.status is not Status.INFEASIBLE)
    if found is None:
        return
    assert found.trip_ids
    assert found.starts_at <= found.ends_at
    if found.is_irreducible:
        shifts = {t.shift for t in task.trips if t.id in found.trip_ids and t.shift}
        of_set = [t for t in task.trips if t.id in found.trip_ids]
        alone = replace(task, trips=tuple(of_set), period_days=task.days)
        assert solve(alone).status is Status.INFEASIBLE
        if not shifts:
            for left_out in of_set:
                rest = tuple(t for t in of_set if t is not left_out)
                assert solve(replace(alone, trips=rest)).status is not Status.INFEASIBLE
