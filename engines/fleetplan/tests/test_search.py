# SPDX-License-Identifier: MPL-2.0
"""How solve searches: it can be stopped, tells how far it is, takes bases apart, and keeps within its limits."""

from dataclasses import replace

import pytest
from fleetplan import (
    BikeRules,
    Limits,
    Objective,
    Progress,
    Reason,
    Rules,
    Status,
    VehicleClass,
    check,
    solve,
)

from .examples import bike, codes, electric_car, petrol_car, problem, trip

ALL_SERVED = Objective(max_unserved=0)


def test_the_solver_stops_when_asked_and_says_so() -> None:
    trips = [trip(str(n), 8 + n / 10, 9 + n / 10) for n in range(30)]
    task = problem(*trips, classes=(petrol_car(), electric_car()), objective=ALL_SERVED)
    answer = solve(task, should_cancel=lambda: True)
    assert answer.status is Status.CANCELLED
    assert codes(task, answer) == []


def test_a_cancelled_search_hands_over_the_best_plan_so_far() -> None:
    trips = [trip(str(n), 7 + n % 8, 7.9 + n % 8, 7.0) for n in range(24)]
    task = problem(
        *trips,
        classes=(bike(), electric_car(range_km=30.0)),
        objective=ALL_SERVED,
        rules=Rules(bikes=BikeRules(zone="UTC")),
    )
    seen: list[Progress] = []
    answer = solve(task, on_progress=seen.append, should_cancel=lambda: any(p.value is not None for p in seen))
    assert answer.status in (Status.CANCELLED, Status.OPTIMAL)
    assert answer.totals is not None
    assert check(task, answer) == []
    full = solve(task)
    assert full.value is not None and answer.value is not None and full.value <= answer.value


def test_progress_tells_the_steps_and_a_bound_that_the_answer_keeps() -> None:
    seen: list[Progress] = []
    task = problem(trip("a", 8, 9), classes=(petrol_car(),), objective=ALL_SERVED)
    answer = solve(task, on_progress=seen.append)
    assert [progress.step for progress in seen] == ["model", "solve", "vehicles"]
    assert (seen[-1].value, seen[-1].bound) == (answer.value, answer.bound)


def test_the_same_problem_gives_the_same_answer() -> None:
    trips = [trip(str(n), 7 + n % 9, 8.5 + n % 9, 12.0) for n in range(20)]
    task = problem(*trips, classes=(electric_car(range_km=50.0), petrol_car()), objective=ALL_SERVED)
    assert solve(task) == solve(task)


def test_no_rounds_give_the_first_plan_and_the_same_bound() -> None:
    trips = [trip(str(n), 7 + n % 8, 7.9 + n % 8, 7.0) for n in range(24)]
    task = problem(
        *trips,
        classes=(bike(), electric_car(range_km=30.0)),
        objective=ALL_SERVED,
        rules=Rules(bikes=BikeRules(zone="UTC")),
    )
    quick, full = solve(task, limits=Limits(rounds=0)), solve(task)
    assert check(task, quick) == []
    assert quick.bound == full.bound
    assert full.value is not None and quick.value is not None and full.value <= quick.value


def test_bases_that_share_no_vehicles_are_solved_apart_and_add_up() -> None:
    def at(base: str) -> VehicleClass:
        return petrol_car(base, bases=frozenset({base}))

    trips = [trip(f"{base}{n}", 8 + n, 9.5 + n, 20.0, base=base) for base in ("grenaa", "auning") for n in range(4)]
    seen: list[Progress] = []
    task = problem(*trips, classes=(at("auning"), at("grenaa"), petrol_car("spare", min_count=1)), objective=ALL_SERVED)
    whole = solve(replace(task, classes=task.classes[:2]), on_progress=seen.append)
    assert {progress.parts for progress in seen} == {2}
    assert {progress.part for progress in seen} == {1, 2}
    assert whole.status is Status.OPTIMAL
    assert check(replace(task, classes=task.classes[:2]), whole) == []
    one_by_one = [
        solve(replace(task, trips=tuple(t for t in trips if t.base == base), classes=(at(base),)))
        for base in ("grenaa", "auning")
    ]
    assert whole.value is not None
    assert float(whole.value) == pytest.approx(sum(float(part.value or 0) for part in one_by_one), abs=0.05)


def test_a_cap_over_all_bases_keeps_them_in_one_model() -> None:
    classes = tuple(petrol_car(base, bases=frozenset({base})) for base in ("auning", "grenaa"))
    seen: list[Progress] = []
    trips = [trip(base, 8, 9, base=base) for base in ("auning", "grenaa")]
    solve(problem(*trips, classes=classes, objective=Objective(max_unserved=1)), on_progress=seen.append)
    assert {progress.parts for progress in seen} == {1}


def test_vehicles_without_trips_are_kept_and_paid_for_beside_the_parts() -> None:
    auning = petrol_car("auning", bases=frozenset({"auning"}), min_count=2)
    task = problem(trip("a", 8, 9), classes=(petrol_car(bases=frozenset({"grenaa"})), auning), objective=ALL_SERVED)
    answer = solve(task)
    assert answer.counts == {"aygo": 1, "auning": 2}
    assert check(task, answer) == []


def test_caps_that_only_together_are_impossible_are_said_to_be() -> None:
    trips = [trip(str(day), 24 * day + 9, 24 * day + 10, 8.0) for day in range(4)]
    rules = Rules(bikes=BikeRules(max_share=0.5))
    answer = solve(problem(*trips, classes=(bike(),), rules=rules, objective=ALL_SERVED))
    assert (answer.status, answer.reason) == (Status.INFEASIBLE, Reason.TOGETHER)


def test_where_rest_leaves_no_plan_the_witness_shows_the_trips_around_the_one_left_over() -> None:
    task = problem(
        trip("a", 0, 9), trip("b", 10, 19), classes=(electric_car(max_count=1, min_count=1),), objective=ALL_SERVED
    )
    answer = solve(task)
    assert answer.status is Status.NOT_FOUND
    assert answer.witness is not None
    assert len(answer.witness.trip_ids) == 1


def test_out_of_time_there_is_still_a_plan_but_no_bound() -> None:
    trips = [trip(str(n), 7 + n % 13 / 3, 7.5 + n % 13 / 3 + n % 7 / 4, 7.0 + n % 5) for n in range(60)]
    task = problem(*trips, classes=(electric_car(), petrol_car(), bike(range_km=30.0)), objective=ALL_SERVED)
    answer = solve(task, limits=Limits(solver_seconds=0.0, rounds=0))
    assert answer.status is Status.FEASIBLE
    assert answer.bound is None
    assert check(task, answer) == []


def test_a_plan_under_a_co2e_cap_keeps_it_also_after_repair() -> None:
    trips = [trip(f"{d}-{n}", 24 * d + 8 + n % 4, 24 * d + 8.9 + n % 4, 9.0) for d in range(5) for n in range(12)]
    classes = (bike(), petrol_car(), electric_car())
    rules = Rules(bikes=BikeRules(zone="UTC"))
    task = problem(*trips, classes=classes, rules=rules, objective=Objective(max_unserved=0, max_co2e_kg=400.0))
    answer = solve(task)
    assert answer.totals is not None and answer.totals.co2e_kg <= 400
    assert check(task, answer) == []
