# SPDX-License-Identifier: MPL-2.0
from datetime import datetime, timedelta, timezone

import pytest
from fleetplan import InvalidProblem
from fleetplan.tracks import (
    Fault,
    Leg,
    ParkingPoint,
    Place,
    StretchKind,
    measure,
    place_at,
    prepare,
    suggest,
    try_point,
)

from .examples import BASE, BASES, CUSTOMER, HOME, MONDAY, SHOP, YARD, leg, round_trip


def kinds(legs: list[Leg], *points: ParkingPoint) -> list[StretchKind]:
    prepared = prepare(legs, points=points or (HOME,), bases=BASES)
    return [stretch.kind for driving in prepared.vehicles.values() for stretch in driving.stretches]


def faults(legs: list[Leg]) -> dict[Fault, int]:
    return dict(measure(prepare(legs, points=[HOME], bases=BASES)).faults)


def test_legs_from_the_base_and_back_are_one_round_trip_without_coordinates() -> None:
    (trip,) = prepare(round_trip(), points=[HOME], bases=BASES).round_trips()
    assert (trip.base, trip.vehicle, trip.km) == ("Grenaa", "AB12345", 12.0)
    assert (trip.start, trip.end) == (MONDAY, MONDAY + timedelta(minutes=40))
    assert [segment.km for segment in trip.segments] == [4.0, 4.0, 4.0]
    assert "latitude" not in repr(trip)


def test_a_stop_at_the_base_ends_one_round_trip_and_begins_the_next() -> None:
    assert kinds(round_trip(0) + round_trip(60)) == [StretchKind.COMPLETE] * 2


def test_a_leg_that_leaves_the_base_and_comes_straight_back_is_a_round_trip() -> None:
    assert kinds([leg(0, 30, BASE, BASE)]) == [StretchKind.COMPLETE]


def test_the_tail_of_a_round_trip_that_is_not_over_is_open() -> None:
    assert kinds(round_trip(0) + round_trip(60)[:2]) == [StretchKind.COMPLETE, StretchKind.OPEN]


def test_an_open_tail_is_completed_by_what_comes_later() -> None:
    all_legs = round_trip(0)
    assert kinds(all_legs[:2]) == [StretchKind.OPEN]
    assert kinds(all_legs) == [StretchKind.COMPLETE]


def test_driving_before_the_vehicle_was_first_seen_at_its_base_is_incomplete() -> None:
    assert kinds(round_trip(0)[1:] + round_trip(60)) == [StretchKind.NO_START, StretchKind.COMPLETE]


def test_leaving_the_base_twice_without_coming_back_is_incomplete() -> None:
    missing = [leg(0, 10, BASE, CUSTOMER), *round_trip(60)]
    assert kinds(missing) == [StretchKind.NOT_BACK, StretchKind.COMPLETE]


def test_a_round_trip_of_more_than_twenty_days_is_no_round_trip() -> None:
    day = 24 * 60
    away = [leg(0, 10, BASE, CUSTOMER), leg(21 * day, 21 * day + 10, CUSTOMER, BASE)]
    assert kinds(away) == [StretchKind.TOO_LONG, StretchKind.NO_START]
    assert kinds([leg(0, 10, BASE, CUSTOMER), leg(19 * day, 19 * day + 10, CUSTOMER, BASE)]) == [StretchKind.COMPLETE]


def test_a_leg_of_more_than_twenty_days_is_set_aside() -> None:
    assert faults([leg(0, 21 * 24 * 60, BASE, CUSTOMER), *round_trip()]) == {Fault.TOO_LONG: 1}


def test_the_extra_parking_point_of_a_base_is_as_good_as_the_base() -> None:
    over_night = [leg(0, 10, BASE, CUSTOMER), leg(20, 30, CUSTOMER, YARD), leg(900, 910, YARD, BASE)]
    yard = ParkingPoint("Grenaa", YARD, 150)
    assert kinds(over_night) == [StretchKind.COMPLETE]
    assert kinds(over_night, HOME, yard) == [StretchKind.COMPLETE] * 2


def test_the_parking_point_of_another_base_does_not_count() -> None:
    elsewhere = ParkingPoint("Auning", CUSTOMER, 150)
    assert kinds(round_trip(), HOME, elsewhere) == [StretchKind.COMPLETE]


def test_a_stop_within_the_radius_is_at_the_base_and_one_outside_is_not() -> None:
    beside = Place(BASE.latitude + 0.0015, BASE.longitude)  # 167 m
    trip = [leg(0, 10, BASE, CUSTOMER), leg(15, 25, CUSTOMER, beside)]
    assert kinds(trip, ParkingPoint("Grenaa", BASE, 200)) == [StretchKind.COMPLETE]
    assert kinds(trip, ParkingPoint("Grenaa", BASE, 150)) == [StretchKind.OPEN]


def test_a_fix_that_drifts_at_one_side_of_the_stop_loses_no_round_trip() -> None:
    drifted = Place(BASE.latitude + 0.003, BASE.longitude)  # 334 m
    first, second = round_trip(0), round_trip(60)
    second[0] = leg(60, 70, drifted, CUSTOMER)
    assert kinds(first + second) == [StretchKind.COMPLETE] * 2


def test_a_stop_reported_as_zero_zero_takes_its_place_from_the_other_side_of_the_stop() -> None:
    first, second = round_trip(0), round_trip(60)
    second[0] = leg(60, 70, Place(0.0, 0.0), CUSTOMER)
    first[1] = leg(15, 25, None, Place(0.0001, -0.0002))
    prepared = prepare(first + second, points=[HOME], bases=BASES)
    assert [s.kind for s in prepared.vehicles["AB12345"].stretches] == [StretchKind.COMPLETE] * 2
    assert measure(prepared).unplaced == 2


def test_a_parking_point_near_zero_zero_is_never_met_by_missing_fixes() -> None:
    assert place_at(0.0, 0.0) is None
    assert place_at(None, 10.0) is None
    assert place_at(91.0, 10.0) is None
    assert place_at(float("nan"), 10.0) is None
    assert place_at(56.0, 0.0) == Place(56.0, 0.0)


def test_a_movement_that_was_not_tracked_is_counted_as_a_jump() -> None:
    jumped = [leg(0, 10, BASE, CUSTOMER), leg(20, 30, YARD, BASE)]
    assert measure(prepare(jumped, points=[HOME], bases=BASES)).jumps == 1


def test_the_same_leg_twice_counts_once() -> None:
    figures = measure(prepare(round_trip() + round_trip(), points=[HOME], bases=BASES))
    assert (figures.round_trips, figures.km_complete, figures.faults) == (1, 12.0, {Fault.DUPLICATE: 3})


def test_a_leg_seen_while_it_was_going_on_is_replaced_by_the_whole_of_it() -> None:
    legs = round_trip()
    (trip,) = prepare([leg(0, 4, BASE, SHOP, km=1.0), *legs], points=[HOME], bases=BASES).round_trips()
    assert trip.km == 12.0


def test_a_leg_cut_off_by_the_beginning_of_a_query_is_replaced_by_the_whole_of_it() -> None:
    (trip,) = prepare([leg(5, 10, SHOP, CUSTOMER, km=1.0), *round_trip()], points=[HOME], bases=BASES).round_trips()
    assert trip.start == MONDAY
    assert trip.km == 12.0


def test_a_leg_while_the_vehicle_is_on_another_is_set_aside() -> None:
    assert faults([*round_trip(), leg(5, 12, BASE, SHOP)]) == {Fault.OVERLAP: 1}


def test_times_rounded_to_the_minute_do_not_make_legs_overlap() -> None:
    legs = [leg(0, 10, BASE, CUSTOMER), leg(9.5, 20, CUSTOMER, BASE)]
    (trip,) = prepare(legs, points=[HOME], bases=BASES).round_trips()
    assert trip.segments[1].start == trip.segments[0].end


def test_fractions_of_a_second_are_kept_and_compared_exactly() -> None:
    legs = [
        Leg("AB12345", datetime.fromisoformat("2026-03-02T07:00:00.1234567Z"),
            datetime.fromisoformat("2026-03-02T07:10:00.9Z"), 4, BASE, CUSTOMER),
        Leg("AB12345", datetime.fromisoformat("2026-03-02T07:10:00.899999+00:00"),
            datetime.fromisoformat("2026-03-02T07:20:00+00:00"), 4, CUSTOMER, BASE),
    ]  # fmt: skip
    (trip,) = prepare(legs, points=[HOME], bases=BASES).round_trips()
    assert trip.start.microsecond == 123456
    assert trip.segments[1].start == trip.segments[0].end


def test_the_hour_that_comes_twice_is_two_hours_where_the_offset_tells() -> None:
    summer, winter = timezone(timedelta(hours=2)), timezone(timedelta(hours=1))
    legs = [
        Leg("AB12345", datetime(2026, 10, 25, 2, 10, tzinfo=summer), datetime(2026, 10, 25, 2, 50, tzinfo=summer), 9,
            BASE, CUSTOMER),
        Leg("AB12345", datetime(2026, 10, 25, 2, 10, tzinfo=winter), datetime(2026, 10, 25, 2, 50, tzinfo=winter), 9,
            CUSTOMER, BASE),
    ]  # fmt: skip
    (trip,) = prepare(legs, points=[HOME], bases=BASES).round_trips()
    assert trip.end - trip.start == timedelta(minutes=100)
    assert trip.km == 18


@pytest.mark.parametrize(
    ("odd", "fault"),
    [
        (leg(10, 10, BASE, BASE), Fault.END_NOT_AFTER_START),
        (leg(10, 5, BASE, BASE), Fault.END_NOT_AFTER_START),
        (leg(100, 130, BASE, BASE, km=-3), Fault.BAD_KM),
        (leg(100, 130, BASE, BASE, km=float("nan")), Fault.BAD_KM),
        (leg(100, 130, BASE, BASE, km=300), Fault.TOO_FAST),
        (leg(100, 130, BASE, BASE, km=0), Fault.NOT_MOVED),
    ],
)
def test_a_leg_that_cannot_be_right_is_set_aside_with_its_reason(odd: Leg, fault: Fault) -> None:
    assert faults([*round_trip(), odd]) == {fault: 1}


def test_an_instant_without_a_time_zone_is_refused() -> None:
    with pytest.raises(InvalidProblem, match="time zone"):
        Leg("AB12345", MONDAY.replace(tzinfo=None), MONDAY, 1.0)


def test_vehicles_without_a_base_are_strangers() -> None:
    prepared = prepare(round_trip(vehicle="ZZ99999"), points=[HOME], bases=BASES)
    assert (len(prepared.strangers), prepared.round_trips()) == (3, ())


def test_precision_is_the_share_of_km_in_complete_round_trips() -> None:
    half = measure(prepare([*round_trip(), leg(60, 80, BASE, YARD, km=12)], points=[HOME], bases=BASES))
    assert (half.km_complete, half.km_incomplete, half.precision) == (12.0, 12.0, 0.5)
    assert measure(prepare([], points=[HOME], bases=BASES)).precision is None


def test_figures_of_a_period_count_the_part_of_a_round_trip_that_lies_within_it() -> None:
    prepared = prepare(round_trip(0) + round_trip(60), points=[HOME], bases=BASES)
    within = measure(prepared, since=MONDAY + timedelta(minutes=15), until=MONDAY + timedelta(minutes=60))
    assert (within.legs, within.km_complete, within.km_incomplete, within.round_trips) == (2, 8.0, 0.0, 0)


def _parks_in_the_yard(days: int) -> list[Leg]:
    """Every day from the yard to customers and back to it; on Mondays the car is at the base."""
    legs = round_trip(-120)
    for day in range(days):
        minute = day * 24 * 60
        legs += [leg(minute, minute + 20, YARD, CUSTOMER, km=12), leg(minute + 60, minute + 80, CUSTOMER, YARD, km=12)]
    return legs


def test_trying_a_point_tells_the_new_precision_and_changes_nothing() -> None:
    prepared = prepare(_parks_in_the_yard(5), points=[HOME], bases=BASES)
    trial = try_point(prepared, ParkingPoint("Grenaa", YARD, 200))
    assert trial.before.precision == pytest.approx(12 / 132)
    assert trial.after.precision == 1.0
    assert trial.gained_km == 120.0
    assert measure(prepared).precision == trial.before.precision


def test_only_vehicles_that_stopped_at_the_tried_point_are_done_again() -> None:
    prepared = prepare(_parks_in_the_yard(5) + round_trip(vehicle="AB12346"), points=[HOME], bases=BASES)
    after = prepared.with_point(ParkingPoint("Grenaa", YARD, 200))
    assert after.vehicles["AB12346"] is prepared.vehicles["AB12346"]
    assert try_point(prepared, ParkingPoint("Grenaa", YARD, 200)).changed == ("AB12345",)


def test_the_place_where_cars_really_stand_is_suggested() -> None:
    prepared = prepare(_parks_in_the_yard(5), points=[HOME], bases=BASES)
    best = suggest(prepared, "Grenaa")[0]
    assert best.trial.point.place.metres_to(YARD) < 50
    assert (best.days, best.vehicles, best.trial.after.precision) == (5, 1, 1.0)


def test_a_place_of_few_days_is_an_errand_and_is_not_suggested() -> None:
    assert suggest(prepare(_parks_in_the_yard(2), points=[HOME], bases=BASES), "Grenaa") == ()
