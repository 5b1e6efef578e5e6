# SPDX-License-Identifier: MPL-2.0
"""A plan can say of each unserved trip what kept it without a vehicle."""

from fleetplan import Assignment, Problem, WhyUnserved, evaluate, first_come, why_unserved

from .examples import electric_car, petrol_car, problem, trip


def test_a_trip_that_needs_what_no_vehicle_has_is_told_so() -> None:
    task = problem(trip("a", 8, 9, needs=frozenset({"lift"})), classes=(petrol_car(max_count=1),))
    assert why_unserved(task, first_come(task)) == {"a": WhyUnserved.NO_VEHICLE_MAY}


def test_a_trip_while_every_car_is_out_is_told_so_also_in_the_changeover() -> None:
    task = problem(trip("a", 8, 9), trip("b", 9.05, 10), classes=(petrol_car(max_count=1),))
    assert why_unserved(task, first_come(task)) == {"b": WhyUnserved.ALL_OUT}


def test_an_electric_car_that_is_in_but_empty_is_told_so() -> None:
    task = problem(
        trip("a", 8, 10, 200.0), trip("b", 12, 14, 150.0), classes=(electric_car(max_count=1, range_km=300.0),)
    )
    assert why_unserved(task, first_come(task)) == {"b": WhyUnserved.NO_RANGE_LEFT}


def test_a_free_car_that_was_left_standing_is_a_choice() -> None:
    task = problem(trip("a", 8, 9), classes=(petrol_car(max_count=1),))
    left = evaluate(task, {"aygo": 1}, (Assignment("a", None, None),))
    assert why_unserved(task, left) == {"a": WhyUnserved.CHOSEN}


def test_trips_of_one_shift_share_their_reason_and_served_ones_have_none() -> None:
    task: Problem = problem(
        trip("a", 8, 9), trip("b", 7, 8, shift="early"), trip("c", 9, 10, shift="early"),
        classes=(petrol_car(max_count=1),),
    )  # fmt: skip
    answer = first_come(task)
    reasons = why_unserved(task, answer)
    assert set(reasons) == {a.trip_id for a in answer.assignments if a.class_id is None}
    assert set(reasons.values()) == {WhyUnserved.ALL_OUT}
