# SPDX-License-Identifier: MPL-2.0
"""One's own bookings in one's calendar program (iCalendar, RFC 5545), at a secret address that can be revoked."""

import hashlib
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from kommune3.kernel import clock
from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor, actor_of
from kommune3.kernel.audit import log
from kommune3.kernel.people.models import Account
from kommune3.solutions.fleet.models import Booking, BookingState, CalendarFeed
from kommune3.solutions.fleet.queries.bookings import BOOK

SHOWN_BACK = timedelta(days=30)
_LONGEST_LINE = 75  # octets, RFC 5545 section 3.1
_ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": ""})


def feed_of(actor: Actor) -> CalendarFeed | None:
    """The actor's own feed."""
    return CalendarFeed.objects.filter(person_id=actor.person_id).first() if actor.person_id else None


@transaction.atomic
def make_feed(*, actor: Actor, now: datetime) -> str:
    """Make a secret address and return its secret, the only time it can be read; an earlier one stops working."""
    reach.require(actor, BOOK)
    if actor.person_id is None:
        raise reach.Forbidden
    secret = secrets.token_urlsafe(32)
    CalendarFeed.objects.filter(person_id=actor.person_id).delete()
    feed = CalendarFeed.objects.create(person_id=actor.person_id, digest=_digest(secret), created_at=now)
    log.record(actor=actor, action="fleet.calendar.made", now=now, object=feed)
    return secret


@transaction.atomic
def revoke_feed(*, actor: Actor, now: datetime) -> None:
    """The address stops working at once."""
    feed = feed_of(actor)
    if feed is not None:
        log.record(actor=actor, action="fleet.calendar.revoked", now=now, object=feed)
        feed.delete()


def read_feed(*, secret: str, now: datetime) -> str:
    """The calendar of whoever the address was made for, as text. Raises ``NotVisible`` for one that does not work.

    It works as long as its person has a login that may book.
    """
    feed = CalendarFeed.objects.filter(digest=_digest(secret)).select_related("person").first()
    account = Account.objects.filter(person=feed.person_id, is_active=True).first() if feed else None
    if feed is None or account is None or not actor_of(account, now=now).may(BOOK):
        raise reach.NotVisible
    today = clock.municipal_date(now)
    if feed.last_read_date != today:
        CalendarFeed.objects.filter(pk=feed.pk).update(last_read_date=today)
    rows = Booking.objects.filter(Q(person=feed.person_id), end_at__gt=now - SHOWN_BACK).exclude(
        state__in=[BookingState.CANCELLED, BookingState.UNSERVED]
    )
    with translation.override("da"):
        lines = list(_lines(list(rows.select_related("base__address", "vehicle__model", "vehicle__whereabouts")), now))
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line))


def _lines(rows: list[Booking], now: datetime) -> Iterator[str]:
    yield from ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Kommune3//fleet//DA", "CALSCALE:GREGORIAN")
    yield f"X-WR-CALNAME:{_escaped(_('Booked vehicles'))}"
    for row in rows:
        title = _("Vehicle: %(vehicle)s") % {"vehicle": row.vehicle} if row.vehicle else _("Waiting for a vehicle")
        whereabouts = getattr(row.vehicle, "whereabouts", None) if row.vehicle else None
        known = [row.vehicle.model.name if row.vehicle else "", *_places(whereabouts)]
        place = ", ".join(str(part) for part in (row.base.name, row.base.address) if part)
        yield from (
            "BEGIN:VEVENT", f"UID:fleet-booking-{row.pk}@kommune3", f"DTSTAMP:{_instant(now)}",
            f"DTSTART:{_instant(row.start_at)}", f"DTEND:{_instant(row.end_at)}", f"SUMMARY:{_escaped(title)}",
            f"LOCATION:{_escaped(place)}", f"DESCRIPTION:{_escaped(chr(10).join(filter(None, known)))}",
            "END:VEVENT",
        )  # fmt: skip
    yield "END:VCALENDAR"


def _places(whereabouts: object) -> list[str]:
    key, parking = getattr(whereabouts, "key_place", ""), getattr(whereabouts, "parking", "")
    return [f"{_('Key')}: {key}" if key else "", f"{_('Parking space')}: {parking}" if parking else ""]


def _folded(line: str) -> Iterator[str]:
    """The line in parts of at most 75 octets, each but the first beginning with a space; no character is cut."""
    part, size = "", 0
    for letter in line:
        width = len(letter.encode())
        if size + width > _LONGEST_LINE:
            yield part
            part, size = " ", 1
        part, size = part + letter, size + width
    yield part


def _instant(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _escaped(text: object) -> str:
    return str(text).translate(_ESCAPES)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
