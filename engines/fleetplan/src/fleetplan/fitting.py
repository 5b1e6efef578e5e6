# SPDX-License-Identifier: MPL-2.0
"""Which car may take which booking, for how long it holds it, and what that costs: for :mod:`fleetplan.dispatch`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from fleetplan.day import Booking, Car, Day, DayGoal

_NEARLY = 1e-6


class Refusal(StrEnum):
    """Why a car cannot take a booking."""

    BASE = "base"
    KIND = "kind"
    NEEDS = "needs"
    BIKE_KM = "bike_km"
    BIKE_SLOT = "bike_slot"
    RANGE = "range"
    CLOSED = "closed"
    BUSY = "busy"


@dataclass(frozen=True, slots=True)
class Use:
    """A car held in [start, end), change-over not included, driven ``km``, fetching from another base included."""

    booking: str
    start: datetime
    end: datetime
    km: float
    is_frozen: bool


def use_of(booking: Booking, car: Car) -> Use:
    """What the booking takes of the car."""
    transfer = car.bases.get(booking.base)
    minutes, km = (transfer.minutes, transfer.km) if transfer else (0.0, 0.0)
    away = timedelta(minutes=minutes)
    return Use(booking.id, booking.start - away, booking.end + away, booking.km + 2 * km, booking.is_frozen)


def price(day: Day, booking: Booking, car: Car) -> float:
    """What the booking costs with this car in the unit of the goal, the change from the told car included."""
    per_km = car.dkk_per_km if day.goal is DayGoal.CASH else car.kg_per_km
    is_change = booking.told is not None and booking.told != car.id
    return use_of(booking, car).km * per_km + (day.change_worth if is_change else 0.0)


def own_price(day: Day, booking: Booking) -> float:
    """What the booking costs in the employee's own car, in the unit of the goal."""
    return booking.km * (day.own_dkk_per_km if day.goal is DayGoal.CASH else day.own_kg_per_km)


def refusal(day: Day, booking: Booking, car: Car) -> Refusal | None:
    """Why the car can never take the booking, other bookings aside; None where it can."""
    if booking.base not in car.bases:
        return Refusal.BASE
    if car.kind not in booking.kinds:
        return Refusal.KIND
    if not booking.needs <= car.capabilities:
        return Refusal.NEEDS
    if car.kind.is_bike:
        if booking.km >= day.bike_max_km:
            return Refusal.BIKE_KM
        if not _in_slot(day, booking):
            return Refusal.BIKE_SLOT
    use = use_of(booking, car)
    if any(use.start < out.end and out.start < use.end for out in car.closed):
        return Refusal.CLOSED
    if overdrawn(day, car, [use]) is not None:
        return Refusal.RANGE
    return None


def clashes(day: Day, use: Use, other: Use) -> bool:
    """Whether two uses of one car are too close."""
    return use.start < other.end + day.changeover and other.start < use.end + day.changeover


def frozen_uses(day: Day) -> dict[str, list[Use]]:
    """Car -> what it is held by whatever happens."""
    held: dict[str, list[Use]] = {}
    for booking in day.bookings:
        if booking.is_frozen and booking.told is not None:
            held.setdefault(booking.told, []).append(use_of(booking, day.car_of[booking.told]))
    return held


def overdrawn(day: Day, car: Car, uses: Sequence[Use]) -> tuple[datetime, datetime, float] | None:
    """The first stretch (from, to, range at its beginning) in which the car would run dry; None where it never does.

    ``uses`` in order of start. Every stretch from one departure to another must hold: from a departure with a full
    range, and from ``Day.start`` with what is left, since standing idle never gives more than full. Stretches of frozen
    uses only are facts, not plans.
    """
    if car.range_km is None:
        return None
    rate = car.charge_km_per_hour
    left = car.range_km if car.left_km is None else min(car.left_km, car.range_km)
    for last, final in enumerate(uses):
        for first in range(last, -1, -1):
            stretch = uses[first : last + 1]
            if all(use.is_frozen for use in stretch):
                continue
            sources = [(stretch[0].start, car.range_km)]
            if first == 0:
                sources.append((min(day.start, stretch[0].start), left))
            driven = sum(use.km for use in stretch)
            busy = sum((use.end - use.start for use in stretch[:-1]), timedelta())
            for since, full in sources:
                idle_hours = max(0.0, (final.start - since - busy) / timedelta(hours=1))
                if driven > full + rate * idle_hours + _NEARLY:
                    return since, final.start, full
    return None


def _in_slot(day: Day, booking: Booking) -> bool:
    start, end = booking.start.astimezone(day.local), booking.end.astimezone(day.local)
    return start.date() == end.date() and any(
        opens <= start.time() and end.time() <= closes for opens, closes in day.bike_slots
    )
