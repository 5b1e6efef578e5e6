# SPDX-License-Identifier: MPL-2.0
"""What holds whatever a tracker delivers."""

import random
from datetime import timedelta
from itertools import pairwise

from fleetplan.tracks import Fix, Leg, ParkingPoint, Place, legs_of, measure, prepare
from hypothesis import given, settings
from hypothesis import strategies as st

from .examples import BASE, BASES, CUSTOMER, HOME, MONDAY, SHOP, YARD

PLACES = st.sampled_from([BASE, CUSTOMER, SHOP, YARD, Place(0.0, 0.0), None])
YARD_POINT = ParkingPoint("Grenaa", YARD, 200)


@st.composite
def messy_legs(draw: st.DrawFn) -> list[Leg]:
    """Legs as they come: mostly in a row, some overlapping, doubled, backwards, endless, or without a place."""
    legs = []
    minute = 0
    for _ in range(draw(st.integers(0, 25))):
        minute += draw(st.integers(-20, 60))
        lasting = draw(st.one_of(st.integers(-5, 90), st.just(31 * 24 * 60)))
        start = MONDAY + timedelta(minutes=minute, microseconds=draw(st.integers(0, 999_999)))
        km = draw(st.floats(0, 40, allow_nan=False))
        vehicle = draw(st.sampled_from(["AB12345", "AB12346", "CD12345", "ZZ99999"]))
        leg = Leg(vehicle, start, start + timedelta(minutes=lasting), km, draw(PLACES), draw(PLACES))
        legs += [leg] * draw(st.sampled_from([1, 1, 1, 2]))
        minute += max(lasting, 0) if lasting < 100 else 0
    return legs


@given(messy_legs())
@settings(deadline=None)
def test_every_km_is_complete_incomplete_set_aside_or_a_strangers(legs: list[Leg]) -> None:
    prepared = prepare(legs, points=[HOME], bases=BASES)
    figures = measure(prepared)
    told = figures.km_complete + figures.km_incomplete + figures.km_set_aside
    told += sum(leg.km for leg in prepared.strangers)
    assert abs(told - sum(leg.km for leg in legs)) < 0.01
    assert figures.legs + len(prepared.strangers) == len(legs)


@given(messy_legs())
@settings(deadline=None)
def test_a_vehicle_is_never_on_two_round_trips_at_once(legs: list[Leg]) -> None:
    for driving in prepare(legs, points=[HOME, YARD_POINT], bases=BASES).vehicles.values():
        for one, two in pairwise(driving.round_trips()):
            assert one.end <= two.start
        for trip in driving.round_trips():
            assert trip.end - trip.start <= timedelta(days=20)
            for one, two in pairwise(trip.segments):
                assert one.end <= two.start


@given(messy_legs(), st.randoms(use_true_random=False))
@settings(deadline=None)
def test_the_order_in_which_legs_come_makes_no_difference(legs: list[Leg], dice: random.Random) -> None:
    mixed = list(legs)
    dice.shuffle(mixed)
    assert prepare(mixed, points=[HOME], bases=BASES) == prepare(legs, points=[HOME], bases=BASES)


@given(messy_legs())
@settings(deadline=None)
def test_preparing_the_same_twice_over_changes_nothing_but_the_count_of_duplicates(legs: list[Leg]) -> None:
    once = prepare(legs, points=[HOME], bases=BASES)
    assert prepare(legs + legs, points=[HOME], bases=BASES).round_trips() == once.round_trips()


@given(messy_legs())
@settings(deadline=None)
def test_trying_a_point_gives_what_preparing_with_it_gives(legs: list[Leg]) -> None:
    tried = prepare(legs, points=[HOME], bases=BASES).with_point(YARD_POINT)
    assert tried.vehicles == prepare(legs, points=[HOME, YARD_POINT], bases=BASES).vehicles


@given(messy_legs())
@settings(deadline=None)
def test_figures_of_the_days_add_up_to_those_of_the_whole(legs: list[Leg]) -> None:
    prepared = prepare(legs, points=[HOME], bases=BASES)
    noon = MONDAY + timedelta(hours=5)
    whole, before, after = measure(prepared), measure(prepared, until=noon), measure(prepared, since=noon)
    assert abs(before.km_complete + after.km_complete - whole.km_complete) < 0.01
    assert before.legs + after.legs == whole.legs
    assert before.round_trips + after.round_trips == whole.round_trips


@given(
    st.lists(st.tuples(st.integers(0, 600), st.sampled_from([BASE, CUSTOMER, SHOP, YARD, None]), st.booleans())),
    st.randoms(use_true_random=False),
)
@settings(deadline=None)
def test_legs_from_points_never_overlap_and_do_not_depend_on_the_order(
    told: list[tuple[int, Place | None, bool]], dice: random.Random
) -> None:
    fixes = [Fix("AB12345", MONDAY + timedelta(minutes=minute), place, ignition) for minute, place, ignition in told]
    legs = legs_of(fixes)
    for one, two in pairwise(legs):
        assert one.start < one.end <= two.start
    dice.shuffle(fixes)
    assert legs_of(fixes) == legs
