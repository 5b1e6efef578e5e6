# SPDX-License-Identifier: MPL-2.0
"""Who may book where, one's own bookings, and what is free."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

import fleetplan
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from kommune3.kernel import clock
from kommune3.kernel.access import lookups, reach
from kommune3.kernel.access.actor import OWN, WHOLE_MUNICIPALITY, Actor
from kommune3.kernel.organisation.tree import in_force
from kommune3.kernel.people.models import Person
from kommune3.solutions.fleet.models import Base, Booking, BookingState, DispatchDay, Kind, Vehicle
from kommune3.solutions.fleet.models.bookings import OPEN
from kommune3.solutions.fleet.planning import dispatching
from kommune3.solutions.fleet.planning.dispatching import Situation
from kommune3.solutions.fleet.queries import limits

BOOK = "fleet.bookings"
MANAGE = "fleet.bookings.manage"
STEP = timedelta(minutes=30)
FURTHEST = timedelta(hours=5)
"""How much earlier or later is looked for when nothing is free."""


@dataclass(frozen=True)
class Other:
    """Something free instead of what was asked for."""

    base: Base
    start_at: datetime
    end_at: datetime
    by_bike: bool
    vehicle: Vehicle


@dataclass(frozen=True)
class Offer:
    """What a wish would get. ``vehicle`` None: nothing is free; ``refusals`` (reason -> vehicles) say why.

    ``moved``: how many others would get another vehicle than they were told.
    """

    wish: Booking
    vehicle: Vehicle | None
    moved: int
    refusals: dict[fleetplan.Refusal, list[Vehicle]] = field(default_factory=dict)
    others: list[Other] = field(default_factory=list)


def bookable_bases(actor: Actor) -> QuerySet[Base]:
    """Bases at which the actor may book: those of the own unit, below it and above it; for dispatchers all theirs.

    A base of a department serves everybody in it.
    """
    if actor.is_system:
        return Base.objects.all()
    reached = Q(pk__in=[])
    for held in (*actor.holding(BOOK + OWN), *actor.holding(BOOK)):
        if held.unit_path == WHOLE_MUNICIPALITY:
            return Base.objects.all()
        reached |= Q(unit__path__startswith=held.unit_path) | Q(unit__path__in=_above(held.unit_path))
    return Base.objects.filter(reached | Q(pk__in=reach.visible(actor, Base, action=MANAGE)))


def own_bookings(actor: Actor) -> QuerySet[Booking]:
    """The actor's own bookings, newest start first."""
    rows = Booking.objects.filter(person_id=actor.person_id) if actor.person_id else Booking.objects.none()
    return rows.select_related("base__address", "vehicle__model", "vehicle__whereabouts").order_by("-start_at", "-id")


def own_upcoming(actor: Actor, *, now: datetime) -> list[Booking]:
    """The actor's bookings that are not over, the next one first."""
    return list(own_bookings(actor).filter(Q(end_at__gt=now) | Q(state=BookingState.STARTED), state__in=OPEN)
                .order_by("start_at", "id"))  # fmt: skip


def bookings_between(actor: Actor, bases: Iterable[Base], start: datetime, end: datetime) -> list[Booking]:
    """Bookings that the actor may see, of these bases, that touch [start, end)."""
    return list(
        reach.visible(actor, Booking)
        .filter(base__in=list(bases), start_at__lt=end, end_at__gt=start)
        .select_related("vehicle__model", "person", "base")
    )


def fittings_at(bases: Iterable[Base], *, on: date) -> list[str]:
    """Every fitting that some vehicle at the bases has."""
    vehicles = Vehicle.objects.filter(in_force(on), base__in=list(bases)).select_related("model")
    return sorted({word for vehicle in vehicles for word in dispatching.fittings_of(vehicle)})


def people_to_book_for(actor: Actor, *, on: date) -> QuerySet[Person]:
    """Employees of the units where the actor dispatches."""
    units = reach.units(actor, MANAGE)
    return (
        Person.objects.filter(Q(employments__unit__in=units) & _employed(on)).distinct()
        .order_by("family_name", "given_name", "id")
    )  # fmt: skip


def offer(wish: Booking, *, bases: Sequence[Base], now: datetime) -> Offer:
    """What the wish would get now; where that is nothing, why, and what is free instead at ``bases``."""
    day = clock.municipal_date(wish.start_at)
    found = dispatching.situation(dispatching.together(wish.base), day, now=now, wish=wish)
    answer = fleetplan.optimise_day(found.question)
    name = dispatching.name_of(wish)
    car = answer.car_of[name]
    if car is not None:
        return Offer(wish, found.vehicles[car], answer.figures.changes)
    asked = next(each for each in found.question.bookings if each.id == name)
    refusals: dict[fleetplan.Refusal, list[Vehicle]] = {}
    for car_id, reason in fleetplan.why(found.question, answer, asked).refusals.items():
        refusals.setdefault(reason, []).append(found.vehicles[car_id])
    return Offer(wish, None, 0, refusals, _others(wish, found, answer, bases=bases, now=now))


def _others(
    wish: Booking, found: Situation, answer: fleetplan.DayAnswer, *, bases: Sequence[Base], now: datetime
) -> list[Other]:
    """Free without moving anybody: a bike, the nearest earlier and later time, the same time elsewhere."""
    others = []
    if not wish.by_bike:
        others += _free(_varied(wish, by_bike=True), found, answer)
    for step in (-STEP, STEP):
        shift = step
        while abs(shift) <= FURTHEST:
            moved = _varied(wish, start_at=wish.start_at + shift, end_at=wish.end_at + shift)
            is_same_day = clock.municipal_date(moved.start_at) == found.day
            free = _free(moved, found, answer) if moved.start_at > now and is_same_day else []
            if free:
                others += free
                break
            shift += step
    here = {base.pk for base in found.bases}
    for base in bases:
        if base.pk not in here:
            there = dispatching.situation([base], found.day, now=now)
            others += _free(_varied(wish, base=base), there, fleetplan.optimise_day(there.question))
    return others


def _free(wish: Booking, found: Situation, answer: fleetplan.DayAnswer) -> list[Other]:
    """The vehicle that could take the wish as everything stands; the least costly, at most one."""
    asked = dispatching.asked(wish, now=wish.start_at)
    refused = fleetplan.why(found.question, answer, asked).refusals
    free = [car for car in found.question.cars if car.id not in refused]
    if wish.by_bike:
        free = [car for car in free if car.kind.is_bike] or free
    if not free:
        return []
    best = min(free, key=lambda car: (fleetplan.price(found.question, asked, car), car.kg_per_km))
    return [Other(wish.base, wish.start_at, wish.end_at, wish.by_bike, found.vehicles[best.id])]


def _varied(wish: Booking, **other: object) -> Booking:
    values = {
        name: getattr(wish, name)
        for name in ("base", "person", "start_at", "end_at", "km", "needs", "by_bike", "priority", "created_at")
    }
    return Booking(**{**values, **other})


def _above(path: str) -> list[str]:
    """The paths of the units above one."""
    parts = path.strip("/").split("/")
    return ["/" + "/".join(parts[:count]) + "/" for count in range(1, len(parts))]


def _employed(on: date) -> Q:
    return Q(employments__valid_from__lte=on) & (Q(employments__valid_to=None) | Q(employments__valid_to__gt=on))


@dataclass(frozen=True)
class Moved:
    """What giving a booking this vehicle would come to: who else would be moved or lose theirs, and kroner more."""

    vehicle: Vehicle
    refusal: fleetplan.Refusal | None
    moved: list[Booking] = field(default_factory=list)
    dropped: list[Booking] = field(default_factory=list)
    dkk_more: float | None = None


def moved(row: Booking, vehicle: Vehicle, *, now: datetime) -> Moved:
    """The consequences of giving ``row`` the vehicle, everybody else allocated anew."""
    bases = dispatching.together(row.base)
    day = clock.municipal_date(row.start_at)
    today = dispatching.situation(bases, day, now=now)
    name, car_id = dispatching.name_of(row), str(vehicle.pk)
    car = today.question.car_of.get(car_id)
    if car is None or name not in today.bookings:
        return Moved(vehicle, fleetplan.Refusal.BASE)
    reason = fleetplan.refusal(today.question, dispatching.asked(row, now=now), car)
    if reason is not None:
        return Moved(vehicle, reason)
    wanted = dispatching.situation(bases, day, now=now, forced={name: vehicle.pk})
    if _is_held(wanted.question, name, car):
        return Moved(vehicle, fleetplan.Refusal.BUSY)
    answer = fleetplan.optimise_day(wanted.question)
    others = {each: today.bookings[each] for each in answer.car_of if each != name}
    told = {each: str(row.vehicle_id) for each, row in others.items() if row.vehicle_id}
    before = fleetplan.figures_of(
        today.question, {each: str(row.vehicle_id) if row.vehicle_id else None for each, row in today.bookings.items()}
    )
    return Moved(
        vehicle,
        None,
        [others[each] for each, car in told.items() if answer.car_of[each] not in (car, None)],
        [others[each] for each in told if answer.car_of[each] is None],
        answer.figures.dkk - before.dkk if today.prices.is_known else None,
    )


def _is_held(day: fleetplan.Day, name: str, car: fleetplan.Car) -> bool:
    """Whether somebody who keeps the car has it at the time of the booking."""
    mine = next(fleetplan.use_of(each, car) for each in day.bookings if each.id == name)
    held = (fleetplan.use_of(each, car) for each in day.bookings if each.is_frozen and each.told == car.id)
    return any(use.booking != name and fleetplan.clashes(day, mine, use) for use in held)


def refusal_text(reason: fleetplan.Refusal) -> str:
    """Why a vehicle cannot take a booking, in words."""
    return {
        fleetplan.Refusal.BASE: _("it stands elsewhere"),
        fleetplan.Refusal.KIND: _("it is a bike"),
        fleetplan.Refusal.NEEDS: _("it lacks what is needed"),
        fleetplan.Refusal.BIKE_KM: _("it is too far for a bike"),
        fleetplan.Refusal.BIKE_SLOT: _("it is outside the bikes' hours"),
        fleetplan.Refusal.RANGE: _("its battery does not last"),
        fleetplan.Refusal.CLOSED: _("it is out of service"),
        fleetplan.Refusal.BUSY: _("it is taken"),
    }[reason]


def is_bike(vehicle: Vehicle) -> bool:
    """Whether it is pedalled."""
    return vehicle.model.kind in (Kind.BIKE, Kind.E_BIKE)


def sent_before(person_id: UUID | None, request_key: str) -> Booking | None:
    """What the same sending of a form has booked already."""
    if not request_key or person_id is None:
        return None
    return Booking.objects.filter(booked_by_id=person_id, request_key=request_key).first()


def last_charge(vehicle: Vehicle) -> Booking | None:
    """The latest return of the vehicle at which its battery was told."""
    told = Booking.objects.filter(vehicle=vehicle, charge_per_cent__isnull=False, returned_at__isnull=False)
    return told.order_by("-returned_at").first()


def days_with_bookings(*, since: datetime, until: datetime) -> list[tuple[Base, date]]:
    """(a base of each pool, day) with bookings that are not over and begin before ``until``, in order of time."""
    found: dict[tuple[date, int], Base] = {}
    rows = Booking.objects.filter(state__in=OPEN, end_at__gt=since, start_at__lt=until).select_related("base")
    first_of: dict[int, Base] = {}
    for row in rows.order_by("start_at"):
        first = first_of.setdefault(row.base_id, dispatching.together(row.base)[0])
        found[clock.municipal_date(row.start_at), first.pk] = first
    return [(base, day) for (day, _pk), base in found.items()]


def dispatch_days(*, actor: Actor, on: date) -> tuple[QuerySet[DispatchDay], int]:
    """Counted days the actor may see, newest first, and how many bookings a day must have to be shown."""
    return reach.visible(actor, DispatchDay).select_related("base"), limits.fewest(on=on)


def note_read(*, actor: Actor, now: datetime, row: Booking) -> None:
    """Put on record that somebody else's booking was opened."""
    if row.person_id is not None:
        lookups.read(actor=actor, now=now, kind="fleet.booking.read", person_id=row.person_id, object=row)


def note_list(*, actor: Actor, now: datetime, by: Iterable[str], rows: Iterable[Booking]) -> None:
    """Put on record that bookings of other people were shown together: chosen by what, and how many."""
    found = sum(1 for row in rows if row.person_id not in (None, actor.person_id))
    if found:
        lookups.search(actor=actor, now=now, kind="fleet.booking.listed", by=by, found=found)
