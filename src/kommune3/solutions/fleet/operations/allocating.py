# SPDX-License-Identifier: MPL-2.0
"""Keeping a day's allocation best: vehicles given anew when bookings come and go, and people told of it."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

import fleetplan
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from kommune3.kernel import clock
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.audit import log
from kommune3.kernel.notify import Level, send
from kommune3.solutions.fleet.errors import NotAllocated
from kommune3.solutions.fleet.models import Base, Booking, BookingState, Vehicle
from kommune3.solutions.fleet.models.bookings import MOVABLE
from kommune3.solutions.fleet.planning import dispatching
from kommune3.solutions.fleet.planning.dispatching import Situation
from kommune3.ui.numbers import format_instant


def take_turns(base: Base) -> list[Base]:
    """The bases that share vehicles with this one, locked until the transaction ends: one allocation at a time.

    SQLite's transactions take turns by themselves.
    """
    bases = dispatching.together(base)
    return list(Base.objects.select_for_update().filter(pk__in=[each.pk for each in bases]).order_by("pk"))


def allocate(
    base: Base,
    day: date,
    *,
    actor: Actor,
    now: datetime,
    forced: Mapping[str, int] | None = None,
    untold: int | None = None,
    quiet: bool = False,
) -> int:
    """Find the best allocation of the day's bookings and write it; returns how many people were told of a change.

    In the caller's transaction, after :func:`take_turns`. ``forced``: booking -> vehicle. ``untold``: the booking
    whose person looks on and needs no message; ``quiet``: nobody is told, as when data is seeded. Raises
    :class:`NotAllocated` where the checker finds a broken rule.
    """
    found = dispatching.situation(dispatching.together(base), day, now=now, forced=forced)
    answer = fleetplan.optimise_day(found.question)
    violations = fleetplan.check_day(found.question, answer)
    if violations:
        raise NotAllocated(violations[0].code)
    return _write(found, answer, actor=actor, now=now, untold=untold, quiet=quiet)


def _write(
    found: Situation, answer: fleetplan.DayAnswer, *, actor: Actor, now: datetime, untold: int | None, quiet: bool
) -> int:
    terms = dispatching.terms_on(found.day)
    told = 0
    for name, car in answer.car_of.items():
        row = found.bookings[name]
        if row.state not in MOVABLE:
            continue
        vehicle = found.vehicles[car] if car is not None else None
        before = row.vehicle
        if vehicle == before:
            _settle(row, terms=terms, now=now)
            continue
        row.vehicle, row.announced_at = vehicle, now if vehicle else None
        row.state = BookingState.ALLOCATED if vehicle else BookingState.REQUESTED
        if vehicle is None:
            row.is_pinned = False
        elif dispatching.is_fixed(row, terms=terms, now=now):
            row.state = BookingState.FROZEN
        row.save(update_fields=["vehicle", "announced_at", "state", "is_pinned"])
        log.record(
            actor=actor, action="fleet.booking.allocated", now=now, object=row, unit_id=row.base.unit_id,
            detail={"vehicle": vehicle.pk if vehicle else None, "before": before.pk if before else None},
        )  # fmt: skip
        if not quiet and row.pk != untold and row.person is not None and row.end_at > now:
            _tell(row, before, actor=actor, now=now)
            told += 1
    return told


def _settle(row: Booking, *, terms: dispatching.Terms, now: datetime) -> None:
    if row.vehicle_id is not None:
        fixed = dispatching.is_fixed(row, terms=terms, now=now)
        _write_state(row, BookingState.FROZEN if fixed else BookingState.ALLOCATED)


def _write_state(row: Booking, state: BookingState) -> None:
    if row.state != state:
        row.state = state
        row.save(update_fields=["state"])


def _tell(row: Booking, before: Vehicle | None, *, actor: Actor, now: datetime) -> None:
    """A message about another vehicle, a vehicle after all, or none any longer."""
    assert row.person is not None
    with translation.override("da"):
        when = format_instant(row.start_at)
        if row.vehicle is None:
            title = _("There is no longer a vehicle for your booking %(when)s") % {"when": when}
            body = _(
                "You are on the waiting list, and are told if a vehicle becomes free. You can also book another time."
            )
        elif before is None:
            title = _("There is a vehicle for your booking %(when)s") % {"when": when}
            body = _("You get %(vehicle)s.") % {"vehicle": row.vehicle}
        else:
            title = _("Your booking %(when)s has another vehicle") % {"when": when}
            body = _("You get %(vehicle)s instead of %(before)s.") % {"vehicle": row.vehicle, "before": before}
    send(
        to=row.person, title=title, body=body, key=f"fleet.booking.{row.pk}.{now.isoformat()}",
        url=reverse("fleet:booking", args=[row.pk]), level=Level.WARNING if row.vehicle is None else Level.INFO,
        actor=actor, now=now,
    )  # fmt: skip


def days_of(booking: Booking) -> list[date]:
    """The municipal days on which the booking's vehicle is away."""
    first = clock.municipal_date(booking.start_at)
    last = clock.municipal_date(booking.end_at - timedelta(microseconds=1))
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


@transaction.atomic
def reallocate(base: Base, day: date, *, actor: Actor, now: datetime) -> int:
    """:func:`allocate` in a transaction of its own."""
    take_turns(base)
    return allocate(base, day, actor=actor, now=now)
