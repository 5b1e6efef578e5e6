# SPDX-License-Identifier: MPL-2.0
"""A day's bookings: who gets which car, who is kept where, and what nobody can better."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from fleetplan import (
    Allocation,
    Booking,
    Car,
    Closed,
    Day,
    DayGoal,
    Fetch,
    InvalidProblem,
    Kind,
    Refusal,
    check_day,
    figures_of,
    first_come_day,
    optimise_day,
    why,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

MIDNIGHT = datetime(2026, 3, 2, tzinfo=UTC)
HOME = {"b": Fetch()}
PROOF_SECONDS = 60.0


def at(hour: float) -> datetime:
    return MIDNIGHT + timedelta(hours=hour)


def booking(name: str, start: float, end: float, km: float = 10.0, **more: object) -> Booking:
    return Booking(name, "b", at(start), at(end), km, **more)  # type: ignore[arg-type]


def car(name: str, dkk: float = 1.0, **more: object) -> Car:
    return Car(**{"id": name, "kind": Kind.FOSSIL, "bases": HOME, "dkk_per_km": dkk, **more})  # type: ignore[arg-type]


def day(cars: list[Car], bookings: list[Booking], **more: object) -> Day:
    return Day(**{"cars": tuple(cars), "bookings": tuple(bookings), "start": MIDNIGHT, "own_dkk_per_km": 4.0, **more})  # type: ignore[arg-type]


def proven(question: Day) -> dict[str, str | None]:
    """Who gets what; the answer is proven best and breaks no rule."""
    answer = optimise_day(question, seconds=PROOF_SECONDS)
    assert check_day(question, answer) == []
    assert answer.is_proven
    return answer.car_of


def test_the_long_drive_gets_the_cheap_car_whoever_came_first() -> None:
    question = day([car("dear", 2.0), car("cheap", 1.0)], [booking("short", 8, 10, 5), booking("long", 8, 10, 90)])
    assert proven(question) == {"short": "dear", "long": "cheap"}


def test_a_told_car_is_changed_only_where_that_gains_more_than_the_change_is_worth() -> None:
    cars = [car("dear", 2.0), car("cheap", 1.0)]
    told = [booking("short", 8, 10, 5, told="cheap"), booking("long", 8, 10, 25)]
    assert proven(day(cars, told, change_worth=10.0)) == {"short": "dear", "long": "cheap"}
    assert proven(day(cars, told, change_worth=30.0)) == {"short": "cheap", "long": "dear"}


def test_a_frozen_booking_keeps_its_car_whatever_it_costs() -> None:
    cars = [car("dear", 2.0), car("cheap", 1.0)]
    kept = booking("kept", 8, 10, 90, told="dear", is_frozen=True)
    assert proven(day(cars, [kept, booking("new", 8, 10, 5)])) == {"kept": "dear", "new": "cheap"}


def test_others_are_moved_so_that_a_booking_more_can_be_served() -> None:
    cars = [car("x"), car("y", capabilities=frozenset({"lift"}))]
    question = day(
        cars, [booking("told", 8, 10, told="y"), booking("new", 9, 11, needs=frozenset({"lift"}))], change_worth=1e4
    )
    assert proven(question) == {"told": "x", "new": "y"}


def test_nobody_who_has_been_told_a_car_loses_it_to_somebody_who_has_not() -> None:
    question = day([car("x")], [booking("urgent", 8, 10, priority=9), booking("told", 9, 11, told="x")])
    assert proven(question) == {"urgent": None, "told": "x"}


def test_the_more_urgent_of_two_that_nobody_has_been_told_is_served() -> None:
    question = day([car("x")], [booking("late", 9, 11), booking("urgent", 8, 10, priority=1)])
    assert proven(question) == {"late": None, "urgent": "x"}


def test_a_car_out_of_service_is_used_around_that() -> None:
    out = car("x", closed=(Closed(at(10), at(12)),))
    question = day([out], [booking("before", 8, 10), booking("during", 9, 11), booking("after", 12, 13)])
    assert proven(question) == {"before": "x", "during": None, "after": "x"}


def test_a_change_over_is_kept_between_two_bookings() -> None:
    two = [booking("first", 8, 10), booking("second", 10.25, 12)]
    assert proven(day([car("x")], two, changeover_minutes=15)) == {"first": "x", "second": "x"}
    assert None in proven(day([car("x")], two, changeover_minutes=16)).values()


def test_range_left_and_what_is_charged_in_between_decide_what_an_electric_car_takes() -> None:
    two = [booking("first", 8, 9, 80), booking("second", 12, 13, 80)]
    battery = car("x", kind=Kind.EV, range_km=100.0, left_km=90.0, charge_km_per_hour=10.0)
    assert list(proven(day([battery], two)).values()).count(None) == 1
    faster = replace(battery, charge_km_per_hour=24.0)
    assert None not in proven(day([faster], two)).values()


def test_standing_idle_never_gives_more_than_a_full_battery() -> None:
    battery = car("x", kind=Kind.EV, range_km=100.0, charge_km_per_hour=50.0)
    question = day([battery], [booking("first", 14, 15, 60), booking("second", 15, 16, 60)])
    assert list(proven(question).values()).count(None) == 1


def test_a_bike_is_given_only_to_who_wants_one_and_only_short_trips_in_its_hours() -> None:
    bike = Car("bike", Kind.E_BIKE, HOME)
    either = frozenset({Kind.E_BIKE, Kind.FOSSIL})
    question = day(
        [bike],
        [
            booking("unasked", 8, 9, 3), booking("gladly", 9, 10, 3, kinds=either),
            booking("far", 10, 11, 15, kinds=either), booking("late", 18, 19, 3, kinds=either),
        ],
    )  # fmt: skip
    assert proven(question) == {"unasked": None, "gladly": "bike", "far": None, "late": None}


def test_a_car_fetched_from_another_base_is_away_for_that_much_longer_and_drives_that_much_further() -> None:
    shared = Car("x", Kind.FOSSIL, {"a": Fetch(), "b": Fetch(minutes=30, km=12)}, dkk_per_km=1.0)
    question = day([shared], [booking("far", 8, 10), Booking("near", "a", at(10.25), at(11), 5)])
    assert None in proven(question).values()
    alone = day([shared], [booking("far", 8, 10)])
    assert figures_of(alone, proven(alone)).km == 10 + 24


def test_co2e_can_be_what_counts() -> None:
    cars = [car("dear but clean", 3.0, kg_per_km=0.1), car("cheap", 1.0, kg_per_km=0.2)]
    question = day(cars, [booking("one", 8, 10)], goal=DayGoal.CO2E)
    assert proven(question) == {"one": "dear but clean"}


def test_first_come_first_served_never_moves_anybody() -> None:
    cars = [car("x", kg_per_km=0.1, capabilities=frozenset({"lift"})), car("y", kg_per_km=0.2)]
    question = day(cars, [booking("first", 8, 10), booking("second", 9, 11, needs=frozenset({"lift"}))])
    naive = first_come_day(question)
    assert check_day(question, naive) == []
    assert naive.car_of == {"first": "x", "second": None}
    assert proven(question) == {"first": "y", "second": "x"}


def test_an_unserved_booking_is_told_what_stands_in_the_way_of_each_car() -> None:
    cars = [
        car("busy"), car("small", kind=Kind.EV, range_km=20.0), car("out", closed=(Closed(at(0), at(24)),)),
        Car("bike", Kind.BIKE, HOME), Car("elsewhere", Kind.FOSSIL, {"c": Fetch()}),
    ]  # fmt: skip
    question = day(cars, [booking("there", 8, 10, 50, told="busy", is_frozen=True), booking("new", 9, 11, 50)])
    found = why(question, optimise_day(question), question.bookings[1])
    assert found.refusals == {
        "busy": Refusal.BUSY, "small": Refusal.RANGE, "out": Refusal.CLOSED, "bike": Refusal.KIND,
        "elsewhere": Refusal.BASE,
    }  # fmt: skip
    assert found.busy == {"busy": ("there",)}


def test_what_frozen_bookings_do_to_each_other_is_a_fact() -> None:
    both = [booking(name, 8, 10, told="x", is_frozen=True) for name in ("one", "two")]
    assert proven(day([car("x")], [*both, booking("new", 9, 11)])) == {"one": "x", "two": "x", "new": None}


def test_a_day_without_bookings_or_cars_has_an_answer() -> None:
    assert proven(day([], [])) == {}
    assert proven(day([], [booking("one", 8, 9)])) == {"one": None}


def test_wrong_input_is_refused_with_its_field() -> None:
    with pytest.raises(InvalidProblem, match="frozen booking has a car"):
        booking("x", 8, 9, is_frozen=True)
    with pytest.raises(InvalidProblem, match="end"):
        booking("x", 9, 9)
    with pytest.raises(InvalidProblem, match=r"bookings\[1\].id"):
        day([], [booking("x", 8, 9), booking("x", 9, 10)])


@pytest.mark.parametrize(
    ("given_to", "code"),
    [("other", "unknown_car"), ("y", "frozen_changed"), ("x", "double_booking")],
)
def test_the_checker_finds_a_plan_that_breaks_a_rule(given_to: str, code: str) -> None:
    question = day([car("x"), car("y")], [booking("kept", 8, 10, told="x", is_frozen=True), booking("new", 9, 11)])
    good = optimise_day(question)
    moved = {"unknown_car": "new", "frozen_changed": "kept", "double_booking": "new"}[code]
    bad = replace(
        good,
        allocations=tuple(Allocation(a.booking, given_to if a.booking == moved else a.car) for a in good.allocations),
    )
    assert code in {violation.code for violation in check_day(question, bad)}


# --- Every small day ----------------------------------------------------------------------------------------------

_HOURS = st.integers(0, 20).map(lambda quarter: 7 + quarter / 2)


@st.composite
def days(draw: st.DrawFn, most_bookings: int = 4) -> Day:
    """Days with up to three cars of a few kinds, so that like cars are common."""
    cars = []
    for number in range(draw(st.integers(1, 3))):
        is_electric = draw(st.booleans())
        closed = draw(st.sampled_from([(), (), (Closed(at(10), at(13)),)]))
        cars.append(
            car(
                f"c{number}", 0.5 if is_electric else 1.0, kind=Kind.EV if is_electric else Kind.FOSSIL, closed=closed,
                kg_per_km=0.01 if is_electric else 0.1,
                range_km=60.0 if is_electric else None, left_km=draw(st.sampled_from([None, 30.0])),
                charge_km_per_hour=draw(st.sampled_from([0.0, 8.0])) if is_electric else 0.0,
                capabilities=frozenset(draw(st.sampled_from([(), ("lift",)]))),
            )
        )  # fmt: skip
    wishes = []
    for number in range(draw(st.integers(1, most_bookings))):
        start, hours = draw(_HOURS), draw(st.sampled_from([0.5, 1.0, 2.0, 4.0]))
        told = draw(st.sampled_from([None, None, *(each.id for each in cars)]))
        wishes.append(
            booking(
                f"b{number}", start, start + hours, float(draw(st.sampled_from([0, 5, 20, 40]))), told=told,
                is_frozen=told is not None and draw(st.integers(0, 3)) == 0, priority=draw(st.sampled_from([0, 0, 1])),
                needs=frozenset(draw(st.sampled_from([(), (), ("lift",)]))),
            )
        )  # fmt: skip
    return day(
        cars,
        wishes,
        changeover_minutes=draw(st.sampled_from([0.0, 10.0])),
        change_worth=draw(st.sampled_from([0.0, 7.0])),
    )


def best_by_hand(question: Day) -> tuple[tuple[int, ...], float]:
    """Unserved by level and the goal of the best of all allocations that the checker lets pass."""
    like = optimise_day(question, seconds=PROOF_SECONDS)
    free = [each for each in question.bookings if not each.is_frozen]
    found = []
    for chosen in product([None, *(each.id for each in question.cars)], repeat=len(free)):
        car_of = {each.id: each.told for each in question.bookings} | dict(
            zip((each.id for each in free), chosen, strict=True)
        )
        figures = figures_of(question, car_of)
        changes = question.change_worth * figures.changes
        levels = tuple(
            replace(
                level,
                bound=0,
                unserved=sum(
                    car_of[each.id] is None
                    for each in question.bookings
                    if (each.told is not None, each.priority) == (level.is_told, level.priority)
                ),
            )
            for level in like.levels
        )
        answer = replace(
            like, allocations=tuple(Allocation(each.id, car_of[each.id]) for each in question.bookings),
            figures=figures, levels=levels, value=figures.dkk + changes, bound=figures.dkk + changes,
        )  # fmt: skip
        if not check_day(question, answer):
            found.append((tuple(level.unserved for level in levels), figures.dkk + changes))
    return min(found)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(days())
def test_no_allocation_of_a_small_day_is_better(question: Day) -> None:
    answer = optimise_day(question, seconds=PROOF_SECONDS)
    assert check_day(question, answer) == []
    assert answer.is_proven
    levels, value = best_by_hand(question)
    assert tuple(level.unserved for level in answer.levels) == levels
    assert answer.value == pytest.approx(value, abs=0.01)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(days(most_bookings=14))
def test_also_a_hurried_answer_and_the_naive_one_break_no_rule(question: Day) -> None:
    for answer in (optimise_day(question, seconds=0.02), first_come_day(question)):
        assert check_day(question, answer) == []
    hurried = optimise_day(question, seconds=0.02)
    assert hurried.bound <= hurried.value
