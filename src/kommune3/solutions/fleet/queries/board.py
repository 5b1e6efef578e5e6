# SPDX-License-Identifier: MPL-2.0
"""A day of a base as the dispatcher sees it: every vehicle with its bookings, and who has none."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import fleetplan

from kommune3.kernel import clock
from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.organisation.tree import in_force
from kommune3.solutions.fleet.models import Base, Booking, BookingState, ServiceWindow, Vehicle
from kommune3.solutions.fleet.planning import dispatching
from kommune3.solutions.fleet.queries.bookings import MANAGE, Moved, moved

CANCELLED = BookingState.CANCELLED


@dataclass(frozen=True)
class BoardRow:
    """A vehicle with what holds it on the day."""

    vehicle: Vehicle
    bookings: list[Booking]
    closed: list[ServiceWindow]


@dataclass(frozen=True)
class Board:
    """The day. ``unserved``: those who wait, or got nothing. ``changes_dkk``: what a change of vehicle must save."""

    base: Base
    day: date
    start: datetime
    end: datetime
    rows: list[BoardRow]
    unserved: list[Booking]
    served: int
    prices_known: bool


def boards_of(actor: Actor) -> list[Base]:
    """The bases whose day the actor may dispatch."""
    return list(reach.visible(actor, Base, action=MANAGE).select_related("unit").order_by("name"))


def get_board(*, actor: Actor, base: Base, day: date) -> Board:
    """The day of one base, vehicles in order of registration; a booking elsewhere of the same cars is shown too."""
    bases = dispatching.together(base)
    start, end = clock.day_bounds(day)
    rows = (
        reach.visible(actor, Booking, action=MANAGE)
        .filter(base__in=bases, start_at__lt=end, end_at__gt=start)
        .exclude(state=CANCELLED)
        .select_related("person", "vehicle__model", "base")
    )
    bookings = list(rows)
    vehicles = list(
        Vehicle.objects.filter(in_force(day), base__in=bases)
        .select_related("model", "base", "whereabouts")
        .order_by("base__name", "registration")
    )
    closed = list(ServiceWindow.objects.filter(vehicle__in=vehicles, starts_at__lt=end, ends_at__gt=start))
    return Board(
        base, day, start, end,
        [
            BoardRow(
                vehicle,
                [row for row in bookings if row.vehicle_id == vehicle.pk],
                [window for window in closed if window.vehicle_id == vehicle.pk],
            )
            for vehicle in vehicles
        ],
        [row for row in bookings if row.vehicle_id is None],
        sum(row.vehicle_id is not None for row in bookings),
        dispatching.prices_on(day, vehicles).is_known,
    )  # fmt: skip


@dataclass(frozen=True)
class Choice:
    """A vehicle a booking could be moved to: free as everything stands, taken by others, or impossible."""

    vehicle: Vehicle
    refusal: fleetplan.Refusal | None
    dkk_more: float | None


def choices(row: Booking, *, now: datetime) -> Sequence[Choice]:
    """Every other vehicle, the free ones first; :func:`consequences` says what one that is taken would cost others."""
    bases = dispatching.together(row.base)
    found = dispatching.situation(bases, clock.municipal_date(row.start_at), now=now)
    name = dispatching.name_of(row)
    car_of = {each: str(booking.vehicle_id) if booking.vehicle_id else None for each, booking in found.bookings.items()}
    asked = dispatching.asked(row, now=now)
    refused = fleetplan.why(found.question, _as_it_stands(found, car_of), asked).refusals
    current = found.question.car_of.get(str(row.vehicle_id))
    km = fleetplan.use_of(asked, current).km * current.dkk_per_km if current else row.km * found.question.own_dkk_per_km
    told = []
    for car in found.question.cars:
        if car.id != car_of.get(name):
            more = fleetplan.use_of(asked, car).km * car.dkk_per_km - km if found.prices.is_known else None
            told.append(Choice(found.vehicles[car.id], refused.get(car.id), more))
    order = [None, fleetplan.Refusal.BUSY]
    return sorted(
        told, key=lambda each: (order.index(each.refusal) if each.refusal in order else 9, each.dkk_more or 0.0)
    )


def consequences(row: Booking, vehicle: Vehicle, *, now: datetime) -> Moved:
    """What giving the booking this vehicle would come to, everybody else allocated anew."""
    return moved(row, vehicle, now=now)


def _as_it_stands(found: dispatching.Situation, car_of: dict[str, str | None]) -> fleetplan.DayAnswer:
    allocations = tuple(fleetplan.Allocation(name, car) for name, car in car_of.items())
    return fleetplan.DayAnswer(allocations, fleetplan.figures_of(found.question, car_of), (), 0.0, 0.0)
