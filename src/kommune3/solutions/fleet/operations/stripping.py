# SPDX-License-Identifier: MPL-2.0
"""Removing who booked, and what for, from bookings that have been kept long enough (``LimitKind.BOOKINGS_DAYS``)."""

from datetime import datetime, timedelta

from kommune3.kernel import clock
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.audit import log
from kommune3.kernel.inventory import unheld
from kommune3.solutions.fleet.models import Booking, LimitKind
from kommune3.solutions.fleet.queries import limits

AT_ONCE = 2000


def strip_some(*, actor: Actor, now: datetime) -> int:
    """Strip up to :data:`AT_ONCE` bookings in the caller's transaction; returns how many. Switched off: none."""
    days = limits.value_of(LimitKind.BOOKINGS_DAYS, on=clock.municipal_date(now))
    if days is None:
        return 0
    old = Booking.objects.filter(is_stripped=False, end_at__lt=now - timedelta(days=days))
    due = unheld(old).order_by("end_at", "id")
    some = list(due.values_list("pk", flat=True)[:AT_ONCE])
    stripped = Booking.objects.filter(pk__in=some).update(
        is_stripped=True, person=None, booked_by=None, purpose="", fault="", request_key=""
    )
    if stripped:
        log.record(actor=actor, action="fleet.bookings.stripped", now=now, detail={"bookings": stripped, "days": days})
    return stripped
