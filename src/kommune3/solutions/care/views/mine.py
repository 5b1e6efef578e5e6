# SPDX-License-Identifier: MPL-2.0
"""The citizen's own page: who comes when, and how many different carers."""

from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from icalendar import Event

from kommune3.kernel import clock
from kommune3.solutions.care.operations.calendars import new_calendar
from kommune3.solutions.care.queries.mine import CALENDAR_DAYS, Coming, get_mine
from kommune3.solutions.care.views.shared import actor_of


def mine(request: HttpRequest) -> HttpResponse:
    """The visits of the coming week, and the faces of the last weeks."""
    context = {
        "title": _("My visits from home care"),
        "lead": _("Who comes when, and how many different carers have come."),
        "breadcrumbs": [(_("Home"), "/")],
        "mine": get_mine(actor=actor_of(request), now=clock.now()),
        "calendar_url": reverse("care:mine_calendar"),
    }
    return render(request, "care/mine.html", context)


def mine_calendar(request: HttpRequest) -> HttpResponse:
    """The coming fortnight as a file for one's own calendar."""
    now = clock.now()
    found = get_mine(actor=actor_of(request), now=now, ahead=CALENDAR_DAYS)
    coming = [one for _day, visits in found.days for one in visits] if found else []
    calendar = new_calendar(_("Home care"), [_event(one, now) for one in coming])
    response = HttpResponse(calendar.to_ical(), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="besoeg.ics"'
    return response


def _event(one: Coming, now: datetime) -> Event:
    event = Event()
    event.add("uid", f"care-visit-{one.visit.pk}@kommune3")
    event.add("dtstamp", now)
    event.add("dtstart", one.from_at)
    event.add("dtend", max(one.to_at, one.from_at) + timedelta(minutes=one.visit.minutes))
    event.add("summary", _("Home care: %(service)s") % {"service": one.visit.service})
    if one.names:
        event.add("description", _("%(names)s comes") % {"names": " + ".join(one.names)})
    return event
