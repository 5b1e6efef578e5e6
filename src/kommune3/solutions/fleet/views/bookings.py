# SPDX-License-Identifier: MPL-2.0
"""Booking a vehicle, from a phone first: what one gets, where it is, and bringing it back."""

import secrets
from datetime import date, datetime
from typing import Any

import fleetplan
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kommune3.kernel import clock
from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.clock import MUNICIPAL_ZONE
from kommune3.solutions.fleet.errors import BookingRefused, NoVehicle
from kommune3.solutions.fleet.forms.bookings import BookingForm, ReturnForm, as_initial, beginning
from kommune3.solutions.fleet.models import Booking, BookingState
from kommune3.solutions.fleet.operations import bookings as operations
from kommune3.solutions.fleet.operations import calendars
from kommune3.solutions.fleet.queries import bookings as queries
from kommune3.solutions.fleet.queries.bookings import MANAGE, Offer, Other
from kommune3.solutions.fleet.views.shared import actor_of, posted, trail
from kommune3.ui import lists
from kommune3.ui.numbers import format_instant, format_number

BADGES = {
    BookingState.REQUESTED: "warning", BookingState.ALLOCATED: "info", BookingState.FROZEN: "info",
    BookingState.STARTED: "success", BookingState.UNSERVED: "error",
}  # fmt: skip


class PastTable(lists.Table):
    start_at = lists.DateTimeColumn(verbose_name=gettext_lazy("From"))
    end_at = lists.DateTimeColumn(verbose_name=gettext_lazy("Until"))
    base = lists.TextColumn(accessor="base__name", verbose_name=gettext_lazy("Base"))
    vehicle = lists.TextColumn(accessor="vehicle__registration", verbose_name=gettext_lazy("Vehicle"))
    km = lists.NumberColumn(verbose_name=gettext_lazy("Expected km"), decimals=0)
    state = lists.StatusColumn(verbose_name=gettext_lazy("State"), choices=BookingState)
    purpose = lists.TextColumn(verbose_name=gettext_lazy("Purpose"), orderable=False)

    class Meta(lists.Table.Meta):
        order_by = "-start_at"


def book(request: HttpRequest) -> HttpResponse:
    """Ask for a vehicle, see at once which one it would be, and book it."""
    actor, now = actor_of(request), clock.now()
    if request.method == "POST":
        form = _form(actor, now, data=request.POST)
        return _confirmed(request, form, actor, now) if form.is_valid() else _book_page(request, form)
    if "base" not in request.GET:
        return _book_page(request, _form(actor, now, initial=beginning(now, day=_day(request))))
    form = _form(actor, now, data=request.GET)
    return _book_page(request, form, _offered(form, actor, now) if form.is_valid() else None)


def change(request: HttpRequest, booking_id: int) -> HttpResponse:
    """Change when, from where or what for."""
    actor, now = actor_of(request), clock.now()
    row = reach.get(actor, Booking, booking_id)
    form = _form(actor, now, data=request.POST or None, initial=as_initial(row), row=row)
    if request.method == "POST" and form.is_valid():
        try:
            changed = operations.change_booking(
                actor=actor, now=now, booking_id=row.pk, wish=form.wish(), may_wait="wait" in request.POST
            )
        except BookingRefused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        except NoVehicle as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The booking has been changed."))
            return redirect("fleet:booking", changed.pk)
    above = ((_("My bookings"), reverse("fleet:my_bookings")), (_("Booking"), reverse("fleet:booking", args=[row.pk])))
    context = {
        "title": _("Change the booking"), "form": form, "breadcrumbs": trail(*above), "cancel": above[1][1],
    }  # fmt: skip
    return render(request, "fleet/form.html", context)


def my_bookings(request: HttpRequest) -> HttpResponseBase:
    """What I have booked: where my vehicle is, and what is over."""
    actor, now = actor_of(request), clock.now()
    upcoming = queries.own_upcoming(actor, now=now)
    return lists.respond(
        request,
        rows=queries.own_bookings(actor).exclude(pk__in=[row.pk for row in upcoming]),
        table=PastTable,
        title=_("My bookings"),
        noun=_("earlier bookings"),
        template="fleet/my_bookings.html",
        context={
            "breadcrumbs": trail(),
            "cards": [card(row) for row in upcoming],
            "feed": calendars.feed_of(actor),
            "feed_url": request.session.pop("fleet_calendar_url", ""),
        },
        empty=lists.Empty(_("No earlier bookings"), _("Bookings that are over are listed here.")),
    )


def one_booking(request: HttpRequest, booking_id: int) -> HttpResponse:
    """A booking: the vehicle, its key, its range; and what can be done now."""
    actor, now = actor_of(request), clock.now()
    row = reach.get(actor, Booking, booking_id)
    queries.note_read(actor=actor, now=now, row=row)
    may_change = row.person_id == actor.person_id or actor.may(MANAGE, unit_path=row.base.unit.path)
    open_states = (BookingState.REQUESTED, BookingState.ALLOCATED, BookingState.FROZEN)
    context = {
        "title": _("Booking"),
        "breadcrumbs": trail((_("My bookings"), reverse("fleet:my_bookings"))),
        "card": card(row),
        "facts": facts_of(row, with_person=row.person_id != actor.person_id),
        "may_change": may_change and row.state in (*open_states, BookingState.STARTED),
        "may_cancel": may_change and row.state in open_states,
        "may_start": may_change
        and row.state in open_states[1:]
        and row.start_at - operations.FETCH_EARLY <= now < row.end_at,
        "may_return": may_change
        and (row.state == BookingState.STARTED or (row.state in open_states[1:] and row.start_at <= now)),
        "is_over": row.state in (BookingState.RETURNED, BookingState.CANCELLED, BookingState.UNSERVED),
    }
    return render(request, "fleet/booking.html", context)


@posted("fleet:booking", "booking_id")
def cancel(request: HttpRequest, booking_id: int) -> HttpResponse:
    """Give the vehicle back before it is fetched."""
    row = operations.cancel_booking(actor=actor_of(request), now=clock.now(), booking_id=booking_id)
    messages.success(request, _("The booking has been cancelled. The vehicle is free for others."))
    return _back(request, row)


@posted("fleet:booking", "booking_id")
def start(request: HttpRequest, booking_id: int) -> None:
    """The vehicle has been fetched."""
    operations.start_booking(actor=actor_of(request), now=clock.now(), booking_id=booking_id)
    messages.success(request, _("Have a good trip."))


def bring_back(request: HttpRequest, booking_id: int) -> HttpResponse:
    """The vehicle is back: km, battery, and whether something is wrong."""
    actor = actor_of(request)
    row = reach.get(actor, Booking, booking_id)
    form = ReturnForm(request.POST if request.method == "POST" else None)
    if row.vehicle is not None and row.vehicle.model.kind != "EV":
        del form.fields["charge_per_cent"]
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        told = operations.Returned(
            driven_km=float(values["driven_km"]) if values["driven_km"] is not None else None,
            odometer_km=values["odometer_km"],
            charge_per_cent=values.get("charge_per_cent"),
            fault=values["fault"],
        )
        try:
            operations.return_booking(actor=actor, now=clock.now(), booking_id=row.pk, told=told)
        except BookingRefused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("Thank you. The vehicle is free for others."))
            return redirect("fleet:my_bookings")
    page = reverse("fleet:booking", args=[row.pk])
    context = {
        "title": _("Return the vehicle"), "lead": str(row.vehicle or ""), "form": form, "cancel": page,
        "breadcrumbs": trail((_("My bookings"), reverse("fleet:my_bookings")), (_("Booking"), page)),
    }  # fmt: skip
    return render(request, "fleet/form.html", context)


def new_calendar(request: HttpRequest) -> HttpResponse:
    """Make a secret address for one's calendar program; an earlier one stops working."""
    if request.method == "POST":
        secret = calendars.make_feed(actor=actor_of(request), now=clock.now())
        request.session["fleet_calendar_url"] = request.build_absolute_uri(
            reverse("fleet:calendar_feed", args=[secret])
        )
    return redirect("fleet:my_bookings")


def revoke_calendar(request: HttpRequest) -> HttpResponse:
    """The address stops working."""
    if request.method == "POST":
        calendars.revoke_feed(actor=actor_of(request), now=clock.now())
        messages.success(request, _("The address no longer works."))
    return redirect("fleet:my_bookings")


def calendar_feed(request: HttpRequest, secret: str) -> HttpResponse:
    """Own bookings for a calendar program; whoever knows the address may read it."""
    found = calendars.read_feed(secret=secret, now=clock.now())
    response = HttpResponse(found, content_type="text/calendar; charset=utf-8")
    response["Cache-Control"] = "private, no-store"
    return response


# --- Parts --------------------------------------------------------------------------------------------------------


def card(row: Booking) -> dict[str, Any]:
    """A booking as a card shows it."""
    whereabouts = getattr(row.vehicle, "whereabouts", None) if row.vehicle else None
    return {
        "booking": row,
        "when": period_text(row.start_at, row.end_at),
        "state": row.get_state_display(),
        "badge": BADGES.get(BookingState(row.state), ""),
        "vehicle": str(row.vehicle) if row.vehicle else "",
        "model": row.vehicle.model.name if row.vehicle else "",
        "key_place": whereabouts.key_place if whereabouts else "",
        "parking": whereabouts.parking if whereabouts else "",
        "is_waiting": row.state == BookingState.REQUESTED,
    }


def facts_of(row: Booking, *, with_person: bool) -> list[tuple[str, str]]:
    """What is known of a booking, in the order one needs it."""
    address = row.base.address
    place = row.base.name + (f", {address}" if address else "")
    told = [(_("When"), period_text(row.start_at, row.end_at)), (_("Base"), place)]
    if row.vehicle is not None:
        whereabouts = getattr(row.vehicle, "whereabouts", None)
        told.append((_("Vehicle"), f"{row.vehicle}, {row.vehicle.model.name}"))
        told.append((_("Key"), (whereabouts.key_place if whereabouts else "") or _("Nobody has told where it is.")))
        told.append((_("Parking space"), (whereabouts.parking if whereabouts else "") or "–"))
        if row.vehicle.model.range_km:
            told.append((_("Range when fully charged"), f"{format_number(row.vehicle.model.range_km, 0)} km"))
        charge = queries.last_charge(row.vehicle)
        if charge is not None and charge.returned_at is not None:
            told.append(
                (_("Battery when last returned"), f"{charge.charge_per_cent} %, {format_instant(charge.returned_at)}")
            )
    told.append((_("Expected km"), format_number(row.km, 0)))
    if row.driven_km is not None:
        told.append((_("Driven km"), format_number(row.driven_km, 1)))
    if row.needs:
        told.append((_("The vehicle must have"), ", ".join(row.needs)))
    if row.purpose:
        told.append((_("Purpose"), row.purpose))
    if with_person:
        told.append((_("For whom"), str(row.person) if row.person else "–"))
    if row.fault:
        told.append((_("Something wrong with the vehicle"), row.fault))
    return told


def period_text(start: datetime, end: datetime) -> str:
    """From when until when, the day once where it is the same."""
    first, last = start.astimezone(MUNICIPAL_ZONE), end.astimezone(MUNICIPAL_ZONE)
    if first.date() == last.date():
        return f"{format_instant(start)}–{last:%H:%M}"
    return f"{format_instant(start)} – {format_instant(end)}"


def refusal_lines(offer: Offer) -> list[str]:
    """Why nothing is free: each reason with its vehicles."""
    order = [fleetplan.Refusal.BUSY, fleetplan.Refusal.RANGE, fleetplan.Refusal.CLOSED]
    reasons = sorted(offer.refusals, key=lambda each: (order.index(each) if each in order else len(order), each))
    return [
        _("%(vehicles)s: %(reason)s.")
        % {
            "vehicles": ", ".join(str(vehicle) for vehicle in offer.refusals[reason][:8])
            + (" …" if len(offer.refusals[reason]) > 8 else ""),
            "reason": queries.refusal_text(reason),
        }
        for reason in reasons
    ]


def _form(
    actor: Actor,
    now: datetime,
    *,
    data: Any = None,
    initial: dict[str, object] | None = None,
    row: Booking | None = None,
) -> BookingForm:
    today = clock.municipal_date(now)
    bases = list(queries.bookable_bases(actor))
    people = queries.people_to_book_for(actor, on=today) if actor.may(MANAGE) else None
    fittings = sorted({*queries.fittings_at(bases, on=today), *(row.needs if row else [])})
    return BookingForm(data, initial=initial, bases=bases, fittings=fittings, people=people)


def _day(request: HttpRequest) -> date | None:
    try:
        return date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return None


def _offered(form: BookingForm, actor: Actor, now: datetime) -> Offer | None:
    """What the wish would get; None where it is refused, with the reason in the form."""
    try:
        wish = operations.draft(form.wish(), actor=actor, now=now)
    except BookingRefused as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        return None
    return queries.offer(wish, bases=list(queries.bookable_bases(actor)), now=now)


def _confirmed(request: HttpRequest, form: BookingForm, actor: Actor, now: datetime) -> HttpResponse:
    try:
        row = operations.create_booking(
            actor=actor, now=now, wish=form.wish(), request_key=request.POST.get("request_key", "")[:64],
            may_wait="wait" in request.POST,
        )  # fmt: skip
    except BookingRefused as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        return _book_page(request, form)
    except NoVehicle:
        messages.error(request, _("Somebody else has just taken the last vehicle. See below what is free instead."))
        return _book_page(request, form, _offered(form, actor, now), status=409)
    if row.vehicle is None:
        messages.warning(request, _("You are on the waiting list, and are told if a vehicle becomes free."))
    else:
        messages.success(request, _("%(vehicle)s is yours.") % {"vehicle": row.vehicle})
    return redirect("fleet:booking", row.pk)


def _book_page(
    request: HttpRequest, form: BookingForm, offer: Offer | None = None, *, status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {
        "title": _("Book a vehicle"),
        "lead": _("Say when and how far. You see at once which vehicle you get."),
        "breadcrumbs": trail(),
        "form": form,
        "offer": offer,
        "has_bases": bool(form.fields["base"].queryset),  # type: ignore[attr-defined]
        "request_key": secrets.token_urlsafe(24),
    }
    if offer is not None:
        context |= {
            "when": period_text(offer.wish.start_at, offer.wish.end_at),
            "refusals": refusal_lines(offer),
            "others": [_other(each, form) for each in offer.others],
            "kept": [(name, value) for name, values in _asked(form).items() for value in values],
        }
    return render(request, "fleet/book.html", context, status=status)


def _asked(form: BookingForm) -> dict[str, list[str]]:
    """What the reader filled in, to be carried along."""
    assert isinstance(form.data, QueryDict)
    return {name: [str(value) for value in values] for name, values in form.data.lists() if name in form.fields}


def _other(other: Other, form: BookingForm) -> dict[str, str]:
    """Something free instead: what it is, and the address that asks for it."""
    values = _asked(form)
    start, end = other.start_at.astimezone(MUNICIPAL_ZONE), other.end_at.astimezone(MUNICIPAL_ZONE)
    values |= {
        "day": [start.date().isoformat()], "start": [f"{start:%H:%M}"], "end": [f"{end:%H:%M}"],
        "base": [str(other.base.pk)],
    }  # fmt: skip
    if end.date() != start.date():
        values["end_day"] = [end.date().isoformat()]
    if other.by_bike:
        values["by_bike"] = ["on"]
    what = _("bike") if queries.is_bike(other.vehicle) else other.vehicle.model.name
    return {
        "text": f"{period_text(other.start_at, other.end_at)}, {other.base.name}: {what}",
        "url": reverse("fleet:book") + "?" + urlencode(values, doseq=True),
    }


def _back(request: HttpRequest, row: Booking) -> HttpResponse:
    """To the board where one came from it, else to one's own bookings."""
    if request.POST.get("to") == "board":
        day = clock.municipal_date(row.start_at).isoformat()
        return redirect(f"{reverse('fleet:board')}?base={row.base_id}&day={day}")
    return redirect("fleet:my_bookings")
