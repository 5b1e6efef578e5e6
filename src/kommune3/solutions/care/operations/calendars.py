# SPDX-License-Identifier: MPL-2.0
"""One's own shifts in one's calendar program (iCalendar, RFC 5545), at a secret address that can be revoked.

Calendar programs keep what they read, often outside of the EU. So they are told of working hours and never of citizens.
"""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, Q
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from icalendar import Calendar, Event

from kommune3.kernel import clock
from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor, actor_of
from kommune3.kernel.access.row_security.session import as_platform
from kommune3.kernel.audit import log
from kommune3.kernel.people.models import Account
from kommune3.solutions.care.models import CalendarFeed, PlanState, Shift, ShiftState
from kommune3.solutions.care.queries.route import ROUTE, carer_of

SHOWN_BACK = timedelta(days=14)


def feed_of(actor: Actor) -> CalendarFeed | None:
    """The actor's own feed."""
    return CalendarFeed.objects.filter(carer__person=actor.person_id).first() if actor.person_id else None


@transaction.atomic
def make_feed(*, actor: Actor, now: datetime) -> str:
    """Make a secret address and return its secret, the only time it can be read; an earlier one stops working."""
    reach.require(actor, ROUTE)
    carer = carer_of(actor)
    secret = secrets.token_urlsafe(32)
    CalendarFeed.objects.filter(carer=carer).delete()
    feed = CalendarFeed.objects.create(carer=carer, digest=_digest(secret), created_at=now)
    log.record(actor=actor, action="care.calendar.made", now=now, object=feed, unit_id=carer.team.unit_id)
    return secret


@transaction.atomic
def revoke_feed(*, actor: Actor, now: datetime) -> None:
    """The address stops working at once."""
    reach.require(actor, ROUTE)
    feed = feed_of(actor)
    if feed is not None:
        log.record(actor=actor, action="care.calendar.revoked", now=now, object=feed)
        feed.delete()


def read_feed(*, secret: str, now: datetime) -> bytes:
    """The calendar of whoever the address was made for. Raises ``NotVisible`` for one that does not work.

    It works as long as the carer makes visits and has a login that may see a route.
    """
    with as_platform():
        feed = (
            CalendarFeed.objects.filter(digest=_digest(secret), carer__is_active=True).select_related("carer").first()
        )
        account = Account.objects.filter(person=feed.carer.person_id, is_active=True).first() if feed else None
        if feed is None or account is None or not actor_of(account, now=now).may(ROUTE):
            raise reach.NotVisible
        today = clock.municipal_date(now)
        if feed.last_read_date != today:
            CalendarFeed.objects.filter(pk=feed.pk).update(last_read_date=today)
        planned = Count("stops", filter=Q(stops__plan__state=PlanState.PUBLISHED))
        shifts = list(
            Shift.objects.filter(carer=feed.carer, state=ShiftState.ON, end_at__gt=now - SHOWN_BACK)
            .select_related("carer__team__address")
            .annotate(planned=planned)
        )
    with translation.override("da"):
        written: bytes = new_calendar(_("Shifts"), [_event(shift, now) for shift in shifts]).to_ical()
        return written


def new_calendar(name: str, events: list[Event]) -> Calendar:
    """A calendar of ours with these events."""
    found = Calendar()
    found.add("prodid", "-//Kommune3//care//DA")
    found.add("version", "2.0")
    found.add("x-wr-calname", name)
    for event in events:
        found.add_component(event)
    return found


def _event(shift: Shift, now: datetime) -> Event:
    event = Event()
    event.add("uid", f"care-shift-{shift.pk}@kommune3")
    event.add("dtstamp", now)
    event.add("dtstart", shift.start_at)
    event.add("dtend", shift.end_at)
    event.add("summary", _("Shift: %(team)s") % {"team": shift.carer.team})
    visits: int = shift.planned  # type: ignore[attr-defined]
    if visits:
        event.add("description", ngettext("%(n)s visit", "%(n)s visits", visits) % {"n": visits})
    if shift.carer.team.address is not None:
        event.add("location", str(shift.carer.team.address))
    return event


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
