# SPDX-License-Identifier: MPL-2.0
"""The independent checker of a day's allocation: every rule and figure recomputed from the question alone.

Shares only the data classes with :mod:`fleetplan.dispatch`. Range is checked by driving the day with each car, charging
as it stands.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from fleetplan.answer import Violation
from fleetplan.day import Booking, Car, Day, DayAnswer, DayGoal

_TOLERANCE = 1e-4


def check_day(day: Day, answer: DayAnswer) -> list[Violation]:
    """Every rule the allocation breaks; empty where it breaks none.

    What frozen bookings do to each other is a fact and no violation. Codes: ``booking_missing``, ``booking_twice``,
    ``unknown_booking``, ``unknown_car``, ``frozen_changed``, ``base``, ``kind``, ``needs``, ``bike_km``, ``bike_slot``,
    ``closed``, ``double_booking``, ``changeover``, ``range``, ``totals``, ``levels``, ``value``, ``bound_above_value``.
    """
    return list(_violations(day, answer))


def _violations(day: Day, answer: DayAnswer) -> Iterator[Violation]:
    cars = {car.id: car for car in day.cars}
    bookings = {booking.id: booking for booking in day.bookings}
    given: dict[str, str | None] = {}
    for allocation in answer.allocations:
        if allocation.booking not in bookings:
            yield Violation("unknown_booking", "the question has no such booking", (allocation.booking,))
        elif allocation.booking in given:
            yield Violation("booking_twice", "allocated twice", (allocation.booking,))
        elif allocation.car is not None and allocation.car not in cars:
            yield Violation("unknown_car", f"there is no car {allocation.car!r}", (allocation.booking,))
        else:
            given[allocation.booking] = allocation.car
    for booking in day.bookings:
        if booking.id not in given:
            yield Violation("booking_missing", "neither allocated nor unserved", (booking.id,))
        elif booking.is_frozen and given[booking.id] != booking.told:
            yield Violation("frozen_changed", f"keeps {booking.told!r}, got {given[booking.id]!r}", (booking.id,))
    driven: dict[str, list[Booking]] = {}
    for booking_id, car_id in given.items():
        if car_id is not None:
            driven.setdefault(car_id, []).append(bookings[booking_id])
            if not bookings[booking_id].is_frozen:
                yield from _unsuited(day, bookings[booking_id], cars[car_id])
    for car_id, mine in driven.items():
        mine.sort(key=lambda each: (_leaves(each, cars[car_id]), each.id))
        yield from _too_close(day, cars[car_id], mine)
        yield from _runs_dry(day, cars[car_id], mine)
    yield from _miscounted(day, answer, given, cars)


def _unsuited(day: Day, booking: Booking, car: Car) -> Iterator[Violation]:
    def said(code: str, message: str) -> Violation:
        return Violation(code, f"{car.id}: {message}", (booking.id,))

    if booking.base not in car.bases:
        yield said("base", f"does not serve {booking.base!r}")
    if car.kind not in booking.kinds:
        yield said("kind", f"a {car.kind.value} was not asked for")
    if booking.needs - car.capabilities:
        yield said("needs", f"lacks {sorted(booking.needs - car.capabilities)}")
    if car.kind.is_bike:
        if booking.km >= day.bike_max_km:
            yield said("bike_km", f"{booking.km} km is too far for a bike")
        start, end = booking.start.astimezone(day.local), booking.end.astimezone(day.local)
        hours = [opens <= start.time() and end.time() <= closes for opens, closes in day.bike_slots]
        if start.date() != end.date() or not any(hours):
            yield said("bike_slot", "outside the bikes' hours")
    for out in car.closed:
        if _leaves(booking, car) < out.end and out.start < _returns(booking, car):
            yield said("closed", f"is out of service from {out.start.isoformat()} to {out.end.isoformat()}")


def _too_close(day: Day, car: Car, mine: list[Booking]) -> Iterator[Violation]:
    needed = timedelta(minutes=day.changeover_minutes)
    for number, first in enumerate(mine):
        for second in mine[number + 1 :]:
            if first.is_frozen and second.is_frozen:
                continue
            pause = _leaves(second, car) - _returns(first, car)
            if pause < timedelta():
                yield Violation("double_booking", f"{car.id} is on both at once", (first.id, second.id))
            elif pause < needed:
                yield Violation("changeover", f"{car.id} has {pause} between them", (first.id, second.id))


def _runs_dry(day: Day, car: Car, mine: list[Booking]) -> Iterator[Violation]:
    """The range left, booking by booking. A car that frozen bookings alone have emptied starts again at nothing."""
    if car.range_km is None:
        return
    left = car.range_km if car.left_km is None else min(car.left_km, car.range_km)
    stands_since = min([day.start, *(_leaves(each, car) for each in mine)])
    for number, booking in enumerate(mine):
        hours = max(0.0, (_leaves(booking, car) - stands_since) / timedelta(hours=1))
        transfer = car.bases.get(booking.base)
        left = min(car.range_km, left + hours * car.charge_km_per_hour) - booking.km
        left -= 2 * transfer.km if transfer else 0.0
        stands_since = max(stands_since, _returns(booking, car))
        if left < -_TOLERANCE:
            if any(not each.is_frozen for each in mine[: number + 1]):
                yield Violation("range", f"{car.id} is {-left:.1f} km short", (booking.id,))
            left = 0.0


def _miscounted(day: Day, answer: DayAnswer, given: dict[str, str | None], cars: dict[str, Car]) -> Iterator[Violation]:
    dkk = kg = km = value = 0.0
    unserved = changes = 0
    levels: dict[tuple[bool, int], int] = {}
    for booking in day.bookings:
        car = cars.get(given.get(booking.id) or "")
        level = (booking.told is not None, booking.priority)
        levels[level] = levels.get(level, 0) + (car is None)
        transfer = car.bases.get(booking.base) if car else None
        far = booking.km + (2 * transfer.km if transfer else 0.0)
        per_dkk, per_kg = (car.dkk_per_km, car.kg_per_km) if car else (day.own_dkk_per_km, day.own_kg_per_km)
        is_change = car is not None and booking.told is not None and booking.told != car.id
        dkk, kg, km = dkk + far * per_dkk, kg + far * per_kg, km + far
        value += far * (per_dkk if day.goal is DayGoal.CASH else per_kg) + (day.change_worth if is_change else 0.0)
        unserved, changes = unserved + (car is None), changes + is_change
    told = answer.figures
    if (told.unserved, told.changes) != (unserved, changes) or not all(
        _same(a, b) for a, b in ((told.dkk, dkk), (told.kg, kg), (told.km, km))
    ):
        yield Violation("totals", f"counted again: {unserved} unserved, {changes} changes, {dkk} kr, {kg} kg, {km} km")
    if {(level.is_told, level.priority): level.unserved for level in answer.levels} != levels:
        yield Violation("levels", f"counted again: {levels}")
    if any(level.bound > level.unserved for level in answer.levels):
        yield Violation("bound_above_value", "a level's bound is above what is unserved")
    if not _same(answer.value, value):
        yield Violation("value", f"counted again: {value}")
    if answer.bound > answer.value + _TOLERANCE:
        yield Violation("bound_above_value", f"{answer.bound} above {answer.value}")


def _leaves(booking: Booking, car: Car) -> datetime:
    transfer = car.bases.get(booking.base)
    return booking.start - timedelta(minutes=transfer.minutes if transfer else 0.0)


def _returns(booking: Booking, car: Car) -> datetime:
    transfer = car.bases.get(booking.base)
    return booking.end + timedelta(minutes=transfer.minutes if transfer else 0.0)


def _same(one: float, other: float) -> bool:
    return abs(one - other) <= _TOLERANCE * max(1.0, abs(other))
