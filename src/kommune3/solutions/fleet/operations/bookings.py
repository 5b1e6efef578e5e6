# SPDX-License-Identifier: MPL-2.0
"""Booking a vehicle, and what happens to a booking until the vehicle is back."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from kommune3.kernel import clock
from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.audit import log
from kommune3.kernel.notify import HoldersOf, Level, send
from kommune3.kernel.people.models import Person
from kommune3.solutions.fleet.errors import BookingRefused, NoVehicle
from kommune3.solutions.fleet.models import Base, Booking, BookingState, OdometerReading, Priority, Vehicle
from kommune3.solutions.fleet.models.bookings import MOVABLE, OPEN
from kommune3.solutions.fleet.operations import allocating
from kommune3.solutions.fleet.planning import dispatching
from kommune3.solutions.fleet.queries import bookings as queries
from kommune3.solutions.fleet.queries.bookings import BOOK, MANAGE

LONGEST = timedelta(days=14)
FETCH_EARLY = timedelta(minutes=30)
"""So long before its time a vehicle may be fetched."""
FLEET_MANAGER = "fleet_manager"


@dataclass(frozen=True)
class Wish:
    """What somebody wants: a vehicle from ``base`` in [start_at, end_at) for ``km``. ``person`` None: the actor."""

    base: Base
    start_at: datetime
    end_at: datetime
    km: float
    needs: list[str] = field(default_factory=list)
    by_bike: bool = False
    purpose: str = ""
    priority: int = Priority.NORMAL
    person: Person | None = None


def draft(wish: Wish, *, actor: Actor, now: datetime) -> Booking:
    """The wish as a booking that is not written down; raises :class:`BookingRefused` or ``Forbidden``."""
    _check(wish, actor=actor, now=now)
    row = Booking(created_at=now)
    _fill(row, wish, actor=actor)
    return row


@transaction.atomic
def create_booking(
    *, actor: Actor, now: datetime, wish: Wish, request_key: str = "", may_wait: bool = False
) -> Booking:
    """Book a vehicle; the same ``request_key`` of the same person books once.

    With ``may_wait`` a wish that nothing is free for is kept on the waiting list; otherwise :class:`NoVehicle` is
    raised and nothing is kept. Raises :class:`BookingRefused`, ``Forbidden``.
    """
    _check(wish, actor=actor, now=now)
    allocating.take_turns(wish.base)
    earlier = queries.sent_before(actor.person_id, request_key)
    if earlier is not None:
        return earlier
    row = Booking(created_at=now, request_key=request_key, booked_by_id=actor.person_id)
    _fill(row, wish, actor=actor)
    row.save()
    for day in allocating.days_of(row)[:1]:
        allocating.allocate(row.base, day, actor=actor, now=now, untold=row.pk)
    row.refresh_from_db()
    if row.vehicle_id is None and not may_wait:
        raise NoVehicle
    log.record(
        actor=actor, action="fleet.booking.made", now=now, object=row, unit_id=row.base.unit_id,
        detail={"vehicle": row.vehicle_id},
    )  # fmt: skip
    return row


@transaction.atomic
def change_booking(*, actor: Actor, now: datetime, booking_id: int, wish: Wish, may_wait: bool = False) -> Booking:
    """Change time, place or needs of a booking; of one under way only until when.

    Raises as :func:`create_booking`; where nothing is free for the change, the booking stays as it was.
    """
    row = _own_or_managed(actor, booking_id)
    _check(wish, actor=actor, now=now, row=row)
    allocating.take_turns(row.base)
    if wish.base.pk != row.base_id:
        allocating.take_turns(wish.base)
    row = _own_or_managed(actor, booking_id)
    had_vehicle = row.vehicle_id is not None
    before, old_base = allocating.days_of(row)[0], row.base
    if row.state == BookingState.STARTED:
        row.end_at = wish.end_at
        _require_free(row, now=now)
        row.save()
    else:
        if row.state not in MOVABLE:
            raise BookingRefused(_("The booking is over and cannot be changed."))
        _fill(row, wish, actor=actor)
        row.is_pinned = False
        suited = queries.offer(row, bases=[], now=now).vehicle
        if suited is None and not may_wait:
            raise NoVehicle
        if wish.base.pk != old_base.pk or (suited is None and had_vehicle):
            row.vehicle, row.state = None, BookingState.REQUESTED
        row.save()
    log.record(actor=actor, action="fleet.booking.changed", now=now, object=row, unit_id=row.base.unit_id)
    allocating.allocate(row.base, allocating.days_of(row)[0], actor=actor, now=now, untold=_looks_on(row, actor))
    if (before, old_base.pk) != (allocating.days_of(row)[0], row.base_id):
        allocating.allocate(old_base, before, actor=actor, now=now)
    row.refresh_from_db()
    return row


@transaction.atomic
def cancel_booking(*, actor: Actor, now: datetime, booking_id: int) -> Booking:
    """Give the vehicle back before it is fetched; somebody who waits may get it. Cancelling twice is once."""
    row = _own_or_managed(actor, booking_id)
    allocating.take_turns(row.base)
    row = _own_or_managed(actor, booking_id)
    if row.state == BookingState.CANCELLED:
        return row
    if row.state not in MOVABLE:
        raise BookingRefused(_("The vehicle has been fetched. Return it instead."))
    row.state, row.is_pinned = BookingState.CANCELLED, False
    row.save(update_fields=["state", "is_pinned"])
    log.record(actor=actor, action="fleet.booking.cancelled", now=now, object=row, unit_id=row.base.unit_id)
    if row.person is not None and row.person_id != actor.person_id:
        _tell_cancelled(row, actor=actor, now=now)
    if row.end_at > now:
        allocating.allocate(row.base, allocating.days_of(row)[0], actor=actor, now=now)
    return row


@transaction.atomic
def start_booking(*, actor: Actor, now: datetime, booking_id: int) -> Booking:
    """The vehicle has been fetched."""
    row = _own_or_managed(actor, booking_id)
    allocating.take_turns(row.base)
    row = _own_or_managed(actor, booking_id)
    if row.state == BookingState.STARTED:
        return row
    if row.state not in (BookingState.ALLOCATED, BookingState.FROZEN):
        raise BookingRefused(_("There is no vehicle to fetch for this booking."))
    if now < row.start_at - FETCH_EARLY or now >= row.end_at:
        raise BookingRefused(
            _(
                "A vehicle can be fetched from 30 minutes before its time until the booking ends. Change the booking "
                "first."
            )
        )
    if Booking.objects.filter(vehicle=row.vehicle, state=BookingState.STARTED).exclude(pk=row.pk).exists():
        raise BookingRefused(
            _(
                "Somebody else is still out in the vehicle. Change the booking to get another one, or ask the "
                "dispatcher."
            )
        )
    row.state, row.started_at = BookingState.STARTED, now
    row.save(update_fields=["state", "started_at"])
    log.record(actor=actor, action="fleet.booking.started", now=now, object=row, unit_id=row.base.unit_id)
    return row


@dataclass(frozen=True)
class Returned:
    """What is told when a vehicle comes back; None where nobody has told. ``odometer_km``: what it shows."""

    driven_km: float | None = None
    odometer_km: int | None = None
    charge_per_cent: int | None = None
    fault: str = ""


@transaction.atomic
def return_booking(*, actor: Actor, now: datetime, booking_id: int, told: Returned) -> Booking:
    """The vehicle is back, and free for others from now on. A fault is told to those who manage the fleet."""
    row = _own_or_managed(actor, booking_id)
    allocating.take_turns(row.base)
    row = _own_or_managed(actor, booking_id)
    if row.state == BookingState.RETURNED:
        return row
    forgot_to_start = row.state in (BookingState.ALLOCATED, BookingState.FROZEN) and now >= row.start_at
    if row.state != BookingState.STARTED and not forgot_to_start:
        raise BookingRefused(_("The vehicle has not been fetched yet. Cancel the booking instead."))
    assert row.vehicle is not None
    if told.odometer_km is not None:
        _write_odometer(row.vehicle, told.odometer_km, now=now)
    row.state, row.returned_at = BookingState.RETURNED, now
    row.started_at = row.started_at or row.start_at
    row.driven_km, row.charge_per_cent, row.fault = told.driven_km, told.charge_per_cent, told.fault.strip()
    row.save()
    log.record(
        actor=actor, action="fleet.booking.returned", now=now, object=row, unit_id=row.base.unit_id,
        detail={"has_fault": bool(row.fault)},
    )  # fmt: skip
    if row.fault:
        send(
            to=HoldersOf(FLEET_MANAGER, row.base.unit), level=Level.WARNING, actor=actor, now=now,
            title=_("Something is wrong with %(vehicle)s") % {"vehicle": row.vehicle}, body=row.fault,
            key=f"fleet.booking.fault.{row.pk}", url=f"/fleet/vehicles/{row.vehicle_id}/",
        )  # fmt: skip
    if now < row.end_at:
        allocating.allocate(row.base, clock.municipal_date(now), actor=actor, now=now)
    return row


@transaction.atomic
def pin_booking(*, actor: Actor, now: datetime, booking_id: int, is_pinned: bool) -> Booking:
    """Keep the vehicle of a booking as it is, or let it be changed again."""
    row = reach.get(actor, Booking, booking_id, action=MANAGE)
    allocating.take_turns(row.base)
    row = reach.get(actor, Booking, booking_id, action=MANAGE)
    if row.state not in MOVABLE or row.vehicle_id is None:
        raise BookingRefused(_("Only a booking with a vehicle that has not been fetched can be fixed."))
    row.is_pinned = is_pinned
    row.save(update_fields=["is_pinned"])
    log.record(
        actor=actor, action="fleet.booking.pinned" if is_pinned else "fleet.booking.unpinned", now=now, object=row,
        unit_id=row.base.unit_id,
    )  # fmt: skip
    allocating.allocate(row.base, allocating.days_of(row)[0], actor=actor, now=now)
    row.refresh_from_db()
    return row


@transaction.atomic
def move_booking(*, actor: Actor, now: datetime, booking_id: int, vehicle_id: int) -> Booking:
    """Give a booking another vehicle and keep it there; others make room. Raises :class:`BookingRefused`."""
    row = reach.get(actor, Booking, booking_id, action=MANAGE)
    allocating.take_turns(row.base)
    row = reach.get(actor, Booking, booking_id, action=MANAGE)
    vehicle = reach.get(actor, Vehicle, vehicle_id)
    if row.state not in MOVABLE:
        raise BookingRefused(_("The vehicle has been fetched. The booking cannot be moved."))
    moved = queries.moved(row, vehicle, now=now)
    if moved.refusal is not None:
        raise BookingRefused(_("%(vehicle)s cannot take the booking: %(reason)s") % {
            "vehicle": vehicle, "reason": queries.refusal_text(moved.refusal)})  # fmt: skip
    allocating.allocate(
        row.base, allocating.days_of(row)[0], actor=actor, now=now, forced={dispatching.name_of(row): vehicle.pk},
        untold=_looks_on(row, actor),
    )  # fmt: skip
    row.refresh_from_db()
    row.is_pinned = True
    row.save(update_fields=["is_pinned"])
    log.record(
        actor=actor, action="fleet.booking.moved", now=now, object=row, unit_id=row.base.unit_id,
        detail={"vehicle": vehicle.pk},
    )  # fmt: skip
    return row


def _own_or_managed(actor: Actor, booking_id: int) -> Booking:
    """The booking, where it is the actor's own or in a unit where the actor dispatches."""
    row = reach.get(actor, Booking, booking_id)
    if row.person_id is not None and row.person_id == actor.person_id and actor.may(BOOK):
        return row
    return reach.get(actor, Booking, booking_id, action=MANAGE)


def _check(wish: Wish, *, actor: Actor, now: datetime, row: Booking | None = None) -> None:
    """Refuse what cannot be right, in the words of the form."""
    base = wish.base
    if not queries.bookable_bases(actor).filter(pk=base.pk).exists():
        raise reach.Forbidden
    if wish.person is not None and wish.person.pk != actor.person_id:
        known = queries.people_to_book_for(actor, on=clock.municipal_date(now))
        is_same = row is not None and row.person_id == wish.person.pk
        if not is_same and not actor.is_system and not known.filter(pk=wish.person.pk).exists():
            raise reach.Forbidden
    if wish.person is None and actor.person_id is None and row is None:
        raise BookingRefused(
            _("Only somebody who is a person in the municipality can book. Say for whom it is."), "person"
        )
    is_out = row is not None and row.state == BookingState.STARTED
    if wish.end_at <= wish.start_at:
        raise BookingRefused(_("The end must come after the beginning."), "end")
    if wish.end_at <= now or (wish.start_at <= now - timedelta(minutes=15) and not is_out):
        raise BookingRefused(_("That time has passed. Choose a later one."), "start")
    if wish.end_at - wish.start_at > LONGEST:
        raise BookingRefused(_("A booking is at most 14 days long."), "end")
    if not 0 <= wish.km < 5000:
        raise BookingRefused(_("Give the expected km as a number from 0 to 5,000."), "km")
    ahead = dispatching.terms_on(clock.municipal_date(now)).ahead_days
    if ahead is not None and wish.start_at > now + timedelta(days=ahead):
        raise BookingRefused(_("Vehicles can be booked at most %(days)s days ahead.") % {"days": ahead}, "start")


def _fill(row: Booking, wish: Wish, *, actor: Actor) -> None:
    row.base, row.start_at, row.end_at, row.km = wish.base, wish.start_at, wish.end_at, wish.km
    row.needs, row.by_bike, row.purpose = sorted(wish.needs), wish.by_bike, wish.purpose.strip()
    if actor.may(MANAGE, unit_path=wish.base.unit.path):
        row.priority = wish.priority
    if wish.person is not None:
        row.person = wish.person
    elif row.person_id is None and actor.person_id is not None:
        row.person_id = actor.person_id


def _require_free(row: Booking, *, now: datetime) -> None:
    """Whoever is out may stay out longer where nobody who is fixed needs the vehicle."""
    terms = dispatching.terms_on(clock.municipal_date(now))
    others = Booking.objects.filter(
        vehicle=row.vehicle, state__in=OPEN, start_at__lt=row.end_at, end_at__gt=row.start_at
    ).exclude(pk=row.pk)
    if any(dispatching.is_fixed(other, terms=terms, now=now) for other in others):
        raise BookingRefused(_("Somebody else has the vehicle right after. Ask the dispatcher."), "end")


def _write_odometer(vehicle: Vehicle, km: int, *, now: datetime) -> None:
    """A reading of today; not below an earlier one."""
    today = clock.municipal_date(now)
    highest = vehicle.readings.filter(read_on__lte=today).order_by("-km").first()
    if highest is not None and km < highest.km:
        raise BookingRefused(
            _("The odometer showed %(km)s km on an earlier day. Read it again.") % {"km": highest.km}, "odometer_km"
        )
    OdometerReading.objects.update_or_create(
        vehicle=vehicle, read_on=today, defaults={"km": km, "source": _("Told on return")}
    )


def _looks_on(row: Booking, actor: Actor) -> int | None:
    return row.pk if row.person_id == actor.person_id else None


def _tell_cancelled(row: Booking, *, actor: Actor, now: datetime) -> None:
    assert row.person is not None
    send(
        to=row.person, title=_("Your booking of a vehicle has been cancelled by the dispatcher"),
        key=f"fleet.booking.cancelled.{row.pk}", url=f"/fleet/bookings/{row.pk}/", level=Level.WARNING, actor=actor,
        now=now,
    )  # fmt: skip
