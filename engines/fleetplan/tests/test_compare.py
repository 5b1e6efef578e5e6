# SPDX-License-Identifier: MPL-2.0
"""Today's plan, the naive plan, the front, and the command line."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from fleetplan import (
    Goal,
    InvalidProblem,
    Objective,
    Status,
    Vehicle,
    check,
    first_come,
    front,
    read_answer,
    replay,
    solve,
    write_answer,
    write_problem,
)
from fleetplan.__main__ import main

from .examples import codes, electric_car, petrol_car, problem, trip

SERVED = Objective(max_unserved=0)
TODAY = problem(
    trip("a", 8, 9, 100.0, vehicle="101"),
    trip("b", 10, 11, 100.0, vehicle="102"),
    trip("c", 12, 13, 7.0),
    classes=(petrol_car(), electric_car()),
    vehicles=(Vehicle("101", "zoe"), Vehicle("102", "aygo"), Vehicle("103", "aygo")),
)


def test_todays_plan_counts_all_of_todays_vehicles_and_the_trips_as_driven() -> None:
    today = replay(TODAY)
    assert [(a.class_id, a.number) for a in today.assignments] == [("zoe", 1), ("aygo", 1), (None, None)]
    assert today.counts == {"aygo": 2, "zoe": 1}
    assert today.totals is not None
    assert today.totals.fixed_dkk == Decimal("110000.00")
    assert today.bound is None
    assert check(TODAY, today) == []


def test_the_best_plan_never_costs_more_than_todays_or_the_naive_one() -> None:
    fixed = (petrol_car(max_count=2, min_count=2), electric_car(max_count=1, min_count=1))
    trips = [trip(str(n), 8 + n / 3, 9 + n / 3, 20.0 + n, vehicle="101") for n in range(9)]
    task = problem(*trips, classes=fixed)
    naive, best = first_come(task), solve(task)
    assert codes(task, naive) == []
    assert best.value is not None and naive.value is not None
    assert best.value <= naive.value


def test_the_naive_plan_gives_each_trip_to_the_greenest_free_vehicle() -> None:
    trips = (trip("a", 8, 10), trip("b", 9, 11), trip("c", 9.5, 12))
    task = problem(*trips, classes=(petrol_car(max_count=1), electric_car(max_count=1)))
    held = {a.trip_id: a.class_id for a in first_come(task).assignments}
    assert held == {"a": "zoe", "b": "aygo", "c": None}


def test_the_front_falls_in_co2e_as_it_rises_in_cost_and_each_point_has_its_bound() -> None:
    trips = [trip(f"{day}-{n}", 24 * day + 8, 24 * day + 10, 20.0) for day in range(7) for n in range(4)]
    task = problem(*trips, classes=(petrol_car(), electric_car()), objective=SERVED)
    points = front(task, points=5)
    totals = [point.answer.totals for point in points]
    assert len(points) >= 3
    assert all(before.co2e_kg > after.co2e_kg for before, after in zip(totals, totals[1:], strict=False))
    assert all(before.cash_dkk < after.cash_dkk for before, after in zip(totals, totals[1:], strict=False))
    for point in points:
        assert point.answer.bound is not None
        assert point.answer.value == point.answer.totals.cash_dkk
        cap = None if point.max_co2e_kg is None else float(point.max_co2e_kg)
        capped = replace(task, objective=Objective.minimise(Goal.CASH, max_unserved=0, max_co2e_kg=cap))
        assert check(capped, point.answer) == []
        # The cap is a rounded figure, which a solver takes at its word.
        assert point.answer.bound <= solve(replace(capped, objective=_with_a_cent_more(capped.objective))).value
    cheapest = solve(replace(task, objective=Objective.minimise(Goal.CASH, max_unserved=0)))
    greenest = solve(replace(task, objective=Objective.minimise(Goal.CO2E, max_unserved=0)))
    assert points[0].answer.totals.cash_dkk == cheapest.totals.cash_dkk
    assert points[-1].answer.totals.co2e_kg == greenest.totals.co2e_kg


def _with_a_cent_more(objective: Objective) -> Objective:
    cap = objective.max_co2e_kg
    return replace(objective, max_co2e_kg=None if cap is None else cap + 0.01)


def test_bases_without_shared_vehicles_give_a_front_with_close_bounds() -> None:
    trips = [
        trip(f"{base}-{day}-{n}", 24 * day + 8, 24 * day + 10, 10.0 + 3 * n + k, base=base)
        for k, base in enumerate(("grenaa", "auning", "allingaabro"))
        for day in range(5)
        for n in range(3 + k)
    ]
    classes = tuple(
        make(f"{base}-{make.__name__}", bases=frozenset({base}))
        for base in ("grenaa", "auning", "allingaabro")
        for make in (petrol_car, electric_car)
    )
    points = front(problem(*trips, classes=classes, objective=SERVED), points=5)
    assert len(points) == 5
    assert all(point.answer.gap is not None and point.answer.gap < 0.001 for point in points)


def test_a_front_of_cost_counts_the_social_cost_too() -> None:
    task = problem(trip("a", 8, 9, 100.0), classes=(petrol_car(), electric_car()), objective=SERVED)
    cheapest = front(task, points=2, money=Goal.COST)[0].answer
    assert cheapest.value == cheapest.totals.total_dkk > cheapest.totals.cash_dkk


def test_a_front_of_anything_but_money_is_refused() -> None:
    with pytest.raises(InvalidProblem, match="cash or cost"):
        front(TODAY, money=Goal.VEHICLES)


def test_an_impossible_problem_has_no_front() -> None:
    task = problem(trip("a", 8, 9), classes=(petrol_car(max_count=0),), objective=SERVED)
    assert front(task) == ()


@pytest.fixture
def problem_file(tmp_path: Path) -> Path:
    path = tmp_path / "problem.json"
    write_problem(path, TODAY)
    return path


def test_the_command_line_solves_and_writes_an_answer_that_passes(
    problem_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "answer.json"
    assert main(["solve", str(problem_file), "--out", str(out)]) == 0
    assert "status optimal" in capsys.readouterr().out
    assert read_answer(out).status is Status.OPTIMAL
    assert main(["check", str(problem_file), "--answer", str(out)]) == 0


def test_the_command_line_tells_what_the_checker_found(
    problem_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "answer.json"
    good = solve(TODAY)
    write_answer(out, replace(good, assignments=good.assignments[1:]))
    assert main(["check", str(problem_file), "--answer", str(out)]) == 1
    assert "trip_missing" in capsys.readouterr().out


def test_the_command_line_shows_the_minimum_the_front_and_today(
    problem_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["minimum", str(problem_file)]) == 0
    assert "1 vehicles" in capsys.readouterr().out
    assert main(["front", str(problem_file), "--points", "3", "--out", str(tmp_path / "front.json")]) == 0
    assert "kr/year" in capsys.readouterr().out
    assert main(["replay", str(problem_file)]) == 0
    assert "fixed_dkk: 110000.00" in capsys.readouterr().out


def test_the_command_line_says_what_is_wrong_with_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "problem.json"
    path.write_text("{}", encoding="utf-8")
    assert main(["solve", str(path)]) == 2
    assert "is missing" in capsys.readouterr().err
    assert main(["solve", str(tmp_path / "none.json")]) == 2
