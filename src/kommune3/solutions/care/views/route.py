# SPDX-License-Identifier: MPL-2.0
"""The carer's phone: today's route, what is told of it, how to get in; and what dispatchers read of it."""

import hashlib
import uuid
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import get_template
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kommune3.kernel import clock
from kommune3.kernel.access import lookups, reach
from kommune3.solutions.care.errors import InvalidRow
from kommune3.solutions.care.forms.route import MINUTES, NOT_MADE, PurposeForm, ReportForm
from kommune3.solutions.care.models import Channel, Mode, Report
from kommune3.solutions.care.operations import calendars, entries, reports
from kommune3.solutions.care.queries.route import Route, RouteStop, get_route
from kommune3.solutions.care.views.shared import actor_of
from kommune3.ui.numbers import epoch_seconds

KEPT_UNTIL = "Kommune3-Keep-Until"
_SHOWN = "care_route_shown"
_APPLE = ("iPhone", "iPad", "Macintosh")


def route(request: HttpRequest) -> HttpResponse:
    """Today's published route; the phone keeps it for where there is no network."""
    actor, now = actor_of(request), clock.now()
    context: dict[str, Any] = {"title": _("My route"), "breadcrumbs": [(_("Home"), "/")]}
    try:
        found = get_route(actor=actor, now=now)
    except reach.NotVisible:
        return render(request, "care/route_none.html", context)
    _note_shown(request, found)
    cards = [_card(request, stop) for stop in found.stops]
    following = next((card for card in cards if card["state"] in ("", "LATE", "BEGUN")), None)
    context |= {
        "route": found,
        "mode": Mode(found.carer.mode).label,
        "cards": cards,
        "next": following,
        "left": sum(card["state"] in ("", "LATE", "BEGUN") for card in cards),
        "minutes": MINUTES,
        "reasons": NOT_MADE,
        "shown_at": now,
        "owner": salted_hmac("care.route", str(actor.account_id)).hexdigest()[:16],
        "words": _words(),
        "feed": calendars.feed_of(actor),
        "feed_url": request.session.pop("care_calendar_url", ""),
    }
    response = render(request, "care/route.html", context)
    response[KEPT_UNTIL] = str(epoch_seconds(found.kept_until))
    return response


def route_worker(request: HttpRequest) -> HttpResponse:
    """The service worker that keeps the route. Its version changes with its text, and what it had kept goes with it."""
    template = get_template("care/route_worker.js")
    context = {"page": reverse("care:route"), "static": settings.STATIC_URL, "kept_until": KEPT_UNTIL}
    plain = template.render({**context, "version": ""})
    version = hashlib.sha256(plain.encode()).hexdigest()[:12]
    return HttpResponse(template.render({**context, "version": version}), content_type="text/javascript; charset=utf-8")


@require_POST
def new_report(request: HttpRequest, visit_id: int) -> HttpResponse:
    """Something told of a visit: JSON for the phone's queue, the route for a page without scripts."""
    form = ReportForm(request.POST)
    faults = [] if form.is_valid() else [str(fault) for field in form.errors.values() for fault in field]
    if not faults:
        try:
            reports.tell(actor=actor_of(request), now=clock.now(), visit_id=visit_id, **form.told())  # type: ignore[arg-type]
        except InvalidRow as refusal:
            faults = [str(refusal)]
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"detail": " ".join(faults)}, status=422 if faults else 200)
    for fault in faults:
        messages.error(request, fault)
    if not faults:
        messages.success(request, _("It has been told."))
    return redirect("care:route")


def entry(request: HttpRequest, visit_id: int) -> HttpResponse:
    """How to get in: first for what, then the answer. Never kept by the phone."""
    actor, now = actor_of(request), clock.now()
    stop = entries.stop_of(actor=actor, now=now, visit_id=visit_id)
    form = PurposeForm(request.POST or None)
    context: dict[str, Any] = {
        "title": _("The way in"),
        "lead": str(stop.visit.citizen.person),
        "breadcrumbs": [(_("Home"), "/"), (_("My route"), reverse("care:route"))],
        "form": form,
        "back": reverse("care:route"),
    }
    if request.method == "POST" and form.is_valid():
        context["entry"] = entries.open_entry(actor=actor, now=now, visit_id=visit_id, purpose=form.said())
    else:
        lookups.read(
            actor=actor, now=now, kind="care.route.read", person_id=stop.visit.citizen.person_id,
            object=stop.visit.citizen,
        )  # fmt: skip
    return render(request, "care/entry.html", context)


@require_POST
def new_calendar(request: HttpRequest) -> HttpResponse:
    """Make a secret address for one's calendar program; an earlier one stops working."""
    secret = calendars.make_feed(actor=actor_of(request), now=clock.now())
    request.session["care_calendar_url"] = request.build_absolute_uri(reverse("care:calendar_feed", args=[secret]))
    return redirect("care:route")


@require_POST
def revoke_calendar(request: HttpRequest) -> HttpResponse:
    """The address stops working."""
    calendars.revoke_feed(actor=actor_of(request), now=clock.now())
    messages.success(request, _("The address no longer works."))
    return redirect("care:route")


def calendar_feed(request: HttpRequest, secret: str) -> HttpResponseBase:
    """Own shifts for a calendar program; whoever knows the address may read it."""
    found = calendars.read_feed(secret=secret, now=clock.now())
    return HttpResponse(found, content_type="text/calendar; charset=utf-8")


# --- Parts ------------------------------------------------------------------------------------------------------------


def _note_shown(request: HttpRequest, found: Route) -> None:
    """Put on record that each citizen's visit was shown: once a login and day, however often a phone asks."""
    before = request.session.get(_SHOWN, {})
    day = str(found.date)
    shown = set(before.get("visits", ())) if before.get("day") == day else set()
    fresh = [stop for stop in found.stops if stop.visit.pk not in shown]
    for stop in fresh:
        lookups.read(
            actor=actor_of(request), now=clock.now(), kind="care.route.read",
            person_id=stop.visit.citizen.person_id, object=stop.visit.citizen,
        )  # fmt: skip
    if fresh:
        visits = sorted(shown | {stop.visit.pk for stop in fresh})
        request.session[_SHOWN] = {"day": day, "visits": visits}


def _card(request: HttpRequest, found: RouteStop) -> dict[str, Any]:
    """A visit as the phone shows it, and no more of the citizen than it takes."""
    visit, person = found.visit, found.visit.citizen.person
    is_hidden = person.has_protected_address
    return {
        "stop": found.stop,
        "visit": visit,
        "said": found.said,
        "state": found.said.state,
        "partner": found.partner,
        "meet_at": found.meet_at,
        "name": str(person),
        "address": None if is_hidden or visit.channel != Channel.HOME else person.address,
        "is_hidden": is_hidden and visit.channel == Channel.HOME,
        "is_at_home": visit.channel == Channel.HOME,
        "way": "" if is_hidden or visit.channel != Channel.HOME else _way(request, person.address),
        "phone": person.phone if visit.channel == Channel.PHONE else "",
        "travel_minutes": round(found.stop.travel_seconds / 60),
        "keys": {name: uuid.uuid4().hex for name in ("begun", "finished", "late", "not_made", "message")},
    }


def _way(request: HttpRequest, address: Any) -> str:
    """The address that opens the phone's own map: coordinates, and nothing about anybody."""
    if address is None or address.latitude is None or address.longitude is None:
        return ""
    place = f"{address.latitude:.6f},{address.longitude:.6f}"
    if any(name in request.headers.get("User-Agent", "") for name in _APPLE):
        return f"https://maps.apple.com/?daddr={place}"
    return f"geo:{place}?q={place}"


def _words() -> dict[str, str]:
    """What the phone says by itself, in the reader's language."""
    return {
        Report.Kind.BEGUN: _("Begun at {at}"),
        Report.Kind.FINISHED: _("Finished at {at}"),
        Report.Kind.LATE: _("Late: told at {at}"),
        Report.Kind.NOT_MADE: _("Not made: told at {at}"),
        Report.Kind.MESSAGE: _("Message written at {at}"),
        "waiting": _("waits for network"),
        "refused": _("Not taken: {why}"),
        "gone": _("the visit is no longer on your route"),
        "login": _("Log in again, so that what waits can be sent."),
        "leave": _("Something has not been sent yet. If you log out now, it is lost. Log out anyway?"),
    }
