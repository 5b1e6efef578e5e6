# SPDX-License-Identifier: MPL-2.0
"""The checker finds every broken rule: each test breaks one in a plan that was in order."""

import ast
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import fleetplan
import pytest
from fleetplan import (
    Answer,
    Assignment,
    BikeRules,
    ClassCount,
    Objective,
    Problem,
    Rules,
    Status,
    Trip,
    VehicleClass,
    check,
    evaluate,
    solve,
)

from .examples import bike, codes, electric_car, petrol_car, problem, segment, shared, trip


def plan(task: Problem, counts: dict[str, int], **held: tuple[str, int] | None) -> Answer:
    """A plan made by hand: vehicle per trip id."""
    rows = (Assignment(name, *(seat or (None, None))) for name, seat in held.items())
    return evaluate(task, counts, tuple(rows))


def broken(
    *trips: Trip,
    by: VehicleClass,
    numbers: tuple[int, ...] | None = None,
    count: int = 2,
    **more: object,
) -> list[str]:
    """What the checker says when vehicle 1 (or ``numbers``) of a class drives the trips."""
    task = problem(*trips, classes=(by,), **more)
    seats = numbers or (1,) * len(trips)
    held = {one.id: (by.id, number) for one, number in zip(trips, seats, strict=True)}
    return codes(task, plan(task, {by.id: count}, **held))


def test_the_checker_shares_nothing_with_the_solver() -> None:
    data = {"fleetplan.answer", "fleetplan.charging", "fleetplan.pools", "fleetplan.problem"}
    seen: set[str] = set()
    pending = {"fleetplan.check"}
    while pending:
        module = pending.pop()
        seen.add(module)
        file = Path(fleetplan.__file__).parent / f"{module.removeprefix('fleetplan.')}.py"
        tree = ast.parse(file.read_text(encoding="utf-8"))
        imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
        ours = {each for each in imported if each.startswith("fleetplan")} - data
        assert all(each.startswith("fleetplan.check") for each in ours), (module, ours)
        pending |= ours - seen


def test_a_plan_in_order_is_left_alone() -> None:
    assert broken(trip("a", 8, 9), trip("b", 10, 11), by=petrol_car()) == []


def test_overlapping_trips_of_one_vehicle_are_double_bookings() -> None:
    assert broken(trip("a", 8, 10), trip("b", 9, 11), by=petrol_car()) == ["double_booking"]
    assert broken(trip("a", 8, 10), trip("b", 9, 11), by=petrol_car(), numbers=(1, 2)) == []


def test_every_overlapping_pair_is_told_also_behind_a_short_trip() -> None:
    assert broken(trip("a", 8, 12), trip("b", 8.5, 9), trip("c", 11, 13), by=petrol_car()) == ["double_booking"] * 2


def test_a_change_over_that_is_too_short_is_told_apart_from_a_double_booking() -> None:
    assert broken(trip("a", 8, 9), trip("b", 9 + 5 / 60, 10), by=petrol_car()) == ["changeover"]
    assert broken(trip("a", 8, 9), trip("b", 9 + 5.1 / 60, 10), by=petrol_car()) == []


def test_a_shift_on_two_vehicles_and_a_stranger_within_a_shift_are_found() -> None:
    shift = (trip("a", 8, 9, shift="s"), trip("b", 10, 11, shift="s"))
    assert broken(*shift, by=petrol_car()) == []
    assert broken(*shift, by=petrol_car(), numbers=(1, 2)) == ["shift_split"]
    assert broken(*shift, trip("c", 9.3, 9.6), by=petrol_car()) == ["double_booking"]


def test_trips_of_one_shift_need_no_change_over() -> None:
    assert broken(trip("a", 8, 9, shift="s"), trip("b", 9, 10, shift="s"), by=petrol_car()) == []


def test_a_vehicle_without_what_the_trip_needs_or_from_another_base_is_found() -> None:
    assert broken(trip("a", 8, 9, needs=frozenset({"lift"})), by=petrol_car()) == ["needs"]
    assert broken(trip("a", 8, 9), by=petrol_car(bases=frozenset({"auning"}))) == ["base"]


@pytest.mark.parametrize(
    ("one", "code"),
    [
        (trip("a", 8, 10, 15.0), "bike_trip_km"),
        (trip("a", 6, 8, 5.0), "bike_slot"),
        (trip("a", 14, 16, 5.0), "bike_slot"),
        (trip("a", 8, 8.4, 8.0), "bike_speed"),
        (trip("a", 8, 10, 9.0, segments=(segment(8, 8.4, 9.0),)), "bike_speed"),
    ],
)
def test_a_trip_no_bike_may_take_is_found(one: Trip, code: str) -> None:
    assert broken(one, by=bike(), rules=Rules(bikes=BikeRules(zone="UTC"))) == [code]


def test_more_bike_trips_than_their_share_are_found() -> None:
    trips = [trip(str(day), 24 * day + 9, 24 * day + 10, 8.0) for day in range(4)]
    rules = Rules(bikes=BikeRules(max_share=0.5))
    assert broken(*trips, by=bike(), rules=rules) == ["bike_share"]


def test_km_beyond_the_range_within_a_window_are_found() -> None:
    assert broken(trip("a", 8, 9, 12.0), trip("b", 10, 11, 9.0), by=bike()) == ["range"]
    assert broken(trip("a", 8, 9, 12.0), trip("b", 32, 33, 9.0), by=bike()) == []


def test_too_little_rest_within_a_window_is_found() -> None:
    assert broken(trip("a", 0, 9), trip("b", 10, 18.5), by=electric_car()) == ["rest"]
    assert broken(trip("a", 0, 9), trip("b", 10, 18), by=electric_car()) == []


def test_a_trip_too_long_for_a_window_has_one_to_itself_and_must_pause() -> None:
    fine = trip("a", 0, 20, 400.0, segments=(segment(0, 4, 200.0), segment(11, 20, 200.0)))
    assert broken(fine, by=electric_car()) == []
    assert broken(fine, trip("b", 21, 22), by=electric_car()) == ["window_shared"]
    restless = replace(fine, segments=(segment(0, 4, 200.0), segment(10, 20, 200.0)))
    assert broken(restless, by=electric_car()) == ["long_trip", "long_trip"]
    assert broken(replace(fine, segments=()), by=electric_car()) == ["long_trip"]


def test_counts_outside_their_bounds_and_vehicles_outside_the_fleet_are_found() -> None:
    assert broken(trip("a", 8, 9), by=petrol_car(min_count=3)) == ["count_below_min"]
    assert broken(trip("a", 8, 9), by=petrol_car(max_count=1)) == ["count_above_max"]
    assert broken(trip("a", 8, 9), by=petrol_car(), numbers=(3,)) == ["vehicle_not_in_fleet"]


def test_more_unserved_trips_or_co2e_than_allowed_are_found() -> None:
    task = problem(trip("a", 8, 9), classes=(petrol_car(),), objective=Objective(max_unserved=0, max_co2e_kg=1.0))
    assert codes(task, plan(task, {"aygo": 0}, a=None)) == ["too_many_unserved", "co2e_cap"]


def test_a_trip_left_out_taken_twice_or_unknown_is_found() -> None:
    task = problem(trip("a", 8, 9), trip("b", 10, 11), classes=(petrol_car(),))
    good = plan(task, {"aygo": 1}, a=("aygo", 1), b=("aygo", 1))
    a, b = good.assignments
    assert codes(task, replace(good, assignments=(a,))) == ["trip_missing"]
    assert codes(task, replace(good, assignments=(a, b, b))) == ["trip_twice"]
    assert codes(task, replace(good, assignments=(a, b, replace(b, trip_id="c")))) == ["unknown_trip"]
    assert codes(task, replace(good, assignments=(a, replace(b, class_id="golf")))) == ["unknown_class"]
    assert codes(task, replace(good, assignments=(a, replace(b, number=None)))) == ["half_assigned"]
    assert codes(task, replace(good, fleet=(*good.fleet, ClassCount("golf", 1)))) == ["unknown_class"]


@pytest.mark.parametrize(
    "field", ["fixed_dkk", "energy_dkk", "allowance_dkk", "social_dkk", "co2e_kg", "km", "unserved_km"]
)
def test_a_total_that_does_not_add_up_is_found(field: str) -> None:
    task = problem(trip("a", 8, 9, 30.0), trip("b", 8, 9, 20.0), classes=(petrol_car(max_count=1),))
    good = solve(task)
    assert good.totals is not None
    wrong = replace(good.totals, **{field: getattr(good.totals, field) + Decimal("0.02")})
    assert "totals" in codes(task, replace(good, totals=wrong))


def test_counts_in_the_totals_are_checked_too() -> None:
    task = problem(trip("a", 8, 9, 30.0), classes=(petrol_car(),))
    good = solve(task)
    assert good.totals is not None
    assert "totals" in codes(task, replace(good, totals=replace(good.totals, vehicles=good.totals.vehicles + 1)))
    assert "totals" in codes(task, replace(good, totals=replace(good.totals, unserved_trips=9)))


def test_a_value_or_bound_or_status_that_cannot_be_is_found() -> None:
    task = problem(trip("a", 8, 9, 30.0), classes=(petrol_car(),))
    good = solve(task)
    (stage,) = good.stages
    value, bound = stage.value, stage.bound
    assert bound is not None
    assert codes(task, replace(good, stages=(replace(stage, value=value + 1),))) == ["stage_value", "not_proven"]
    assert codes(task, replace(good, stages=(replace(stage, bound=value + 1),))) == ["bound_above_value"]
    assert codes(task, replace(good, stages=(replace(stage, bound=bound - 1),))) == ["not_proven"]
    assert codes(task, replace(good, stages=())) == ["stages"]
    assert codes(task, Answer(Status.OPTIMAL)) == ["no_plan"]


def test_the_peers_s1a_plan_holds_exactly_twelve_double_bookings() -> None:
    from fleetplan.instances import read_instance, read_run

    task = read_instance(shared("S1a.json"))
    peer = read_run(shared("anchor_results.json"), "S1a.intelligent", task)
    found = Counter(violation.code for violation in check(task, peer))
    assert found["double_booking"] == 12
    assert peer.totals is not None
    assert float(peer.totals.total_dkk) == pytest.approx(266_369, abs=2)
    naive = read_run(shared("anchor_results.json"), "S1a.naive", task)
    assert "double_booking" not in codes(task, naive)
