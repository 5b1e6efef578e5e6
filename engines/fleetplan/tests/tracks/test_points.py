# SPDX-License-Identifier: MPL-2.0
from datetime import timedelta

import pytest
from fleetplan.tracks import Fix, Place, StopRules, legs_of

from .examples import BASE, CUSTOMER, MONDAY


def fix(minute: float, place: Place | None, **more: object) -> Fix:
    return Fix("AB12345", MONDAY + timedelta(minutes=minute), place, **more)  # type: ignore[arg-type]


def between(one: Place, two: Place, share: float) -> Place:
    return Place(
        one.latitude + share * (two.latitude - one.latitude), one.longitude + share * (two.longitude - one.longitude)
    )


def drive(start: float, one: Place, two: Place, **more: object) -> list[Fix]:
    """Ten minutes from one place to the other, a point a minute."""
    return [fix(start + n, between(one, two, n / 10), **more) for n in range(11)]


def stand(start: float, minutes: int, place: Place, **more: object) -> list[Fix]:
    return [fix(start + n, place, **more) for n in range(minutes)]


OUT = drive(10, BASE, CUSTOMER)
BACK = drive(40, CUSTOMER, BASE)
DAY = [*stand(0, 10, BASE), *OUT, *stand(21, 19, CUSTOMER), *BACK, *stand(51, 9, BASE)]


def test_a_vehicle_that_stands_still_for_long_has_stopped() -> None:
    out, back = legs_of(DAY)
    assert (out.start_place, back.start_place) == (BASE, CUSTOMER)
    assert out.start == MONDAY + timedelta(minutes=10)
    assert out.end <= MONDAY + timedelta(minutes=20)
    assert out.km == pytest.approx(BASE.metres_to(CUSTOMER) / 1000, rel=0.05)


def test_a_short_halt_is_no_stop() -> None:
    assert len(legs_of([*OUT, *stand(21, 3, CUSTOMER), *drive(24, CUSTOMER, BASE)])) == 1


def test_how_long_a_stop_is_can_be_chosen() -> None:
    halted = [*OUT, *stand(21, 3, CUSTOMER), *drive(24, CUSTOMER, BASE)]
    assert len(legs_of(halted, StopRules(minutes=2))) == 2


def test_a_tracker_that_is_silent_while_the_vehicle_stands_still_still_gives_two_legs() -> None:
    assert len(legs_of([*OUT, *BACK])) == 2


def test_a_signal_lost_while_driving_does_not_break_the_leg() -> None:
    far = Place(BASE.latitude + 0.5, BASE.longitude)
    lost = [fix(0, BASE), fix(1, between(BASE, far, 0.02)), fix(40, between(BASE, far, 0.98)), fix(41, far)]
    (one,) = legs_of(lost)
    assert one.km == pytest.approx(BASE.metres_to(far) / 1000, rel=0.01)


def test_ignition_decides_where_the_tracker_tells_it() -> None:
    told = [
        *stand(0, 10, BASE, ignition=False), *drive(10, BASE, CUSTOMER, ignition=True),
        *stand(21, 12, CUSTOMER, ignition=True), *drive(33, CUSTOMER, BASE, ignition=True),
        fix(44, BASE, ignition=False),
    ]  # fmt: skip
    (one,) = legs_of(told)
    assert (one.start, one.end) == (MONDAY + timedelta(minutes=10), MONDAY + timedelta(minutes=44))


def test_an_engine_that_runs_without_going_anywhere_is_no_leg() -> None:
    assert legs_of([*stand(0, 10, BASE, ignition=True), fix(10, BASE, ignition=False)]) == ()


def test_the_odometer_counts_before_the_points_do() -> None:
    told = [fix(0, BASE, ignition=True, odometer_km=100.0), fix(4, CUSTOMER, ignition=False, odometer_km=103.7)]
    assert legs_of(told)[0].km == 3.7


def test_an_odometer_that_was_set_back_is_not_believed() -> None:
    told = [fix(0, BASE, ignition=True, odometer_km=900.0), fix(4, CUSTOMER, ignition=False, odometer_km=2.0)]
    assert legs_of(told)[0].km == pytest.approx(BASE.metres_to(CUSTOMER) / 1000, abs=0.001)


def test_points_without_a_fix_and_wild_points_take_no_part() -> None:
    wild = Place(10.0, 10.0)
    odd = [*DAY[:15], fix(14.5, wild), fix(14.6, Place(0.0, 0.0)), fix(14.7, None), *DAY[15:]]
    assert legs_of(odd) == legs_of(DAY)


def test_the_order_of_points_and_repeated_points_make_no_difference() -> None:
    assert legs_of([*reversed(DAY), *DAY[::3]]) == legs_of(DAY)


def test_each_vehicle_has_its_own_track() -> None:
    other = [Fix("CD12345", each.at, each.place) for each in DAY]
    assert [leg.vehicle for leg in legs_of([*DAY, *other])] == ["AB12345", "AB12345", "CD12345", "CD12345"]


def test_no_points_give_no_legs() -> None:
    assert legs_of([]) == ()
    assert legs_of([fix(0, BASE)]) == ()
