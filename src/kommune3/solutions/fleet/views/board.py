# SPDX-License-Identifier: MPL-2.0
"""The dispatcher's day: who has which vehicle, who has none, and what a change would do."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from kommune3.kernel import clock
from kommune3.kernel.access import lookups, reach
from kommune3.kernel.access.actor import ANONYMOUS
from kommune3.kernel.audit import log
from kommune3.solutions.fleet.errors import FleetError
from kommune3.solutions.fleet.forms.bookings import WhereaboutsForm
from kommune3.solutions.fleet.models import Base, Booking, BookingState, Vehicle, Whereabouts
from kommune3.solutions.fleet.models.bookings import MOVABLE
from kommune3.solutions.fleet.operations import allocating
from kommune3.solutions.fleet.operations import bookings as operations
from kommune3.solutions.fleet.operations import whereabouts as whereabouts_operations
from kommune3.solutions.fleet.queries import board as queries
from kommune3.solutions.fleet.queries import bookings as booking_queries
from kommune3.solutions.fleet.queries.bookings import MANAGE, refusal_text
from kommune3.solutions.fleet.views.board_pictures import lanes
from kommune3.solutions.fleet.views.bookings import card, facts_of
from kommune3.solutions.fleet.views.shared import actor_of, trail
from kommune3.ui import lists
from kommune3.ui.numbers import format_number


class BookingTable(lists.Table):
    start_at = lists.LinkColumn(url="fleet:booking", verbose_name=gettext_lazy("From"))
    end_at = lists.DateTimeColumn(verbose_name=gettext_lazy("Until"))
    base = lists.TextColumn(accessor="base__name", verbose_name=gettext_lazy("Base"))
    vehicle = lists.TextColumn(accessor="vehicle__registration", verbose_name=gettext_lazy("Vehicle"))
    person = lists.TextColumn(verbose_name=gettext_lazy("For whom"), orderable=False)
    km = lists.NumberColumn(verbose_name=gettext_lazy("Expected km"), decimals=0)
    driven_km = lists.NumberColumn(verbose_name=gettext_lazy("Driven km"), decimals=0)
    state = lists.StatusColumn(verbose_name=gettext_lazy("State"), choices=BookingState)

    class Meta(lists.Table.Meta):
        order_by = "-start_at"


def _dispatched_bases(request: HttpRequest | None) -> Any:
    return reach.visible(actor_of(request) if request else ANONYMOUS, Base, action=MANAGE)


class BookingFilters(lists.FilterSet):
    base = lists.ModelFilter(queryset=_dispatched_bases, label=gettext_lazy("Base"))
    state = lists.ChoiceFilter(choices=BookingState.choices, label=gettext_lazy("State"))
    start_at = lists.DateRangeFilter(label=gettext_lazy("From"))


def board(request: HttpRequest) -> HttpResponse:
    """One base's day: timeline, those without a vehicle on top, and the booking one has chosen."""
    actor, now = actor_of(request), clock.now()
    bases = queries.boards_of(actor)
    day = _day(request, clock.municipal_date(now))
    if not bases:
        return render(request, "fleet/board.html", {"title": _("Day board"), "breadcrumbs": trail(), "bases": []})
    base = next((each for each in bases if str(each.pk) == request.GET.get("base")), bases[0])
    chosen = _chosen(request, actor)
    found = queries.get_board(actor=actor, base=base, day=day)
    shown = [row for lane in found.rows for row in lane.bookings] + list(found.unserved)
    booking_queries.note_list(actor=actor, now=now, by=("base", "day"), rows=shown)
    if chosen is not None:
        booking_queries.note_read(actor=actor, now=now, row=chosen)
    today = clock.municipal_date(now)
    context = {
        "title": _("Day board"),
        "breadcrumbs": trail(),
        "bases": bases,
        "base": base,
        "board": found,
        "day": day,
        "day_text": date_format(day, "l j. F Y"),
        "days": [
            (_("Previous day"), _address(base, day - timedelta(days=1))),
            (_("Today"), _address(base, today)),
            (_("Tomorrow"), _address(base, today + timedelta(days=1))),
            (_("Next day"), _address(base, day + timedelta(days=1))),
        ],
        "lanes": lanes(found, now=now, chosen=chosen.pk if chosen else None),
        "waiting": [card(row) for row in found.unserved],
        "address": _address(base, day),
        "chosen": _chosen_context(request, chosen) if chosen else None,
    }
    return render(request, "fleet/board.html", context)


def optimise(request: HttpRequest) -> HttpResponse:
    """Allocate a base's day anew."""
    actor, now = actor_of(request), clock.now()
    if request.method != "POST":
        return redirect("fleet:board")
    base = reach.get(actor, Base, request.POST.get("base"), action=MANAGE)
    day = _day(request, clock.municipal_date(now))
    try:
        told = allocating.reallocate(base, day, actor=actor, now=now)
    except FleetError as refusal:
        messages.error(request, str(refusal))
    else:
        log.record(actor=actor, action="fleet.day.allocated", now=now, object=base, unit_id=base.unit_id)
        messages.success(
            request,
            ngettext(
                "The day is allocated as well as can be. %(n)s person was told of a change.",
                "The day is allocated as well as can be. %(n)s persons were told of a change.",
                told,
            )
            % {"n": told},
        )
    return redirect(_address(base, day))


def pin(request: HttpRequest, booking_id: int) -> HttpResponse:
    """Fix or free the vehicle of a booking."""
    actor = actor_of(request)
    row = reach.get(actor, Booking, booking_id, action=MANAGE)
    if request.method == "POST":
        try:
            operations.pin_booking(
                actor=actor, now=clock.now(), booking_id=row.pk, is_pinned=request.POST.get("pin") == "1"
            )
        except FleetError as refusal:
            messages.error(request, str(refusal))
    return redirect(_address(row.base, clock.municipal_date(row.start_at), row))


def move(request: HttpRequest, booking_id: int) -> HttpResponse:
    """Give a booking another vehicle."""
    actor = actor_of(request)
    row = reach.get(actor, Booking, booking_id, action=MANAGE)
    if request.method == "POST":
        try:
            moved = operations.move_booking(
                actor=actor, now=clock.now(), booking_id=row.pk, vehicle_id=_number(request.POST.get("vehicle")) or 0
            )
        except FleetError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The booking now has %(vehicle)s.") % {"vehicle": moved.vehicle})
    return redirect(_address(row.base, clock.municipal_date(row.start_at), row))


def bookings(request: HttpRequest) -> HttpResponseBase:
    """Every booking in the units where the actor dispatches."""
    actor = actor_of(request)

    def on_export(form: str) -> None:
        lookups.export(actor=actor, now=clock.now(), kind="fleet.bookings.exported", form=form)

    def on_shown(by: Sequence[str], found: int) -> None:
        lookups.search(actor=actor, now=clock.now(), kind="fleet.booking.listed", by=by, found=found)

    return lists.respond(
        request,
        rows=reach.visible(actor, Booking, action=MANAGE).select_related("person", "vehicle", "base"),
        table=BookingTable,
        filters=BookingFilters,
        title=_("Bookings"),
        noun=_("bookings"),
        template="fleet/list.html",
        context={"breadcrumbs": trail((_("Day board"), reverse("fleet:board")))},
        on_export=on_export,
        on_shown=on_shown,
    )


def whereabouts(request: HttpRequest, vehicle_id: int) -> HttpResponse:
    """Where a vehicle's key and parking space are."""
    actor = actor_of(request)
    vehicle = reach.get(actor, Vehicle, vehicle_id)
    row = getattr(vehicle, "whereabouts", None) or Whereabouts(vehicle=vehicle)
    form = WhereaboutsForm(request.POST if request.method == "POST" else None, instance=row)
    back = f"{reverse('fleet:board')}?base={vehicle.base_id}"
    if request.method == "POST" and form.is_valid():
        whereabouts_operations.save_whereabouts(actor=actor, now=clock.now(), row=form.save(commit=False))
        messages.success(request, _("%(name)s has been saved.") % {"name": vehicle})
        return redirect(back)
    context = {
        "title": _("Key and parking space"), "lead": f"{vehicle}, {vehicle.model.name}", "form": form, "cancel": back,
        "breadcrumbs": trail((_("Day board"), back)),
    }  # fmt: skip
    return render(request, "fleet/form.html", context)


def _chosen(request: HttpRequest, actor: Any) -> Booking | None:
    number = _number(request.GET.get("booking"))
    return reach.get(actor, Booking, number, action=MANAGE) if number is not None else None


def _chosen_context(request: HttpRequest, row: Booking) -> dict[str, Any]:
    """The booking chosen on the board: what it is, and the vehicles it could have."""
    now = clock.now()
    may_move = row.state in MOVABLE and row.end_at > now
    found: dict[str, Any] = {
        "row": row, "card": card(row), "facts": facts_of(row, with_person=True), "may_move": may_move,
        "may_pin": may_move and row.vehicle_id is not None,
    }  # fmt: skip
    if not may_move:
        return found
    choices = queries.choices(row, now=now)
    found["free"] = [(each.vehicle, _more(each.dkk_more)) for each in choices if each.refusal is None]
    found["taken"] = [each.vehicle for each in choices if each.refusal == "busy"]
    found["impossible"] = [
        f"{each.vehicle}: {refusal_text(each.refusal)}"
        for each in choices
        if each.refusal is not None and each.refusal != "busy"
    ]
    wanted = _number(request.GET.get("vehicle"))
    vehicle = next((each.vehicle for each in choices if each.vehicle.pk == wanted), None)
    if vehicle is not None:
        result = queries.consequences(row, vehicle, now=now)
        found["result"] = {
            "vehicle": vehicle,
            "refusal": refusal_text(result.refusal) if result.refusal else "",
            "moved": [card(each) for each in result.moved],
            "dropped": [card(each) for each in result.dropped],
            "more": _more(result.dkk_more),
        }
    return found


def _more(dkk: float | None) -> str:
    if dkk is None:
        return ""
    if abs(dkk) < 0.5:
        return _("costs the same")
    sign = "+" if dkk > 0 else "−"
    return f"{sign}{format_number(abs(dkk), 0)} kr."


def _address(base: Base, day: date, row: Booking | None = None) -> str:
    chosen = f"&booking={row.pk}#chosen" if row else ""
    return f"{reverse('fleet:board')}?base={base.pk}&day={day.isoformat()}{chosen}"


def _day(request: HttpRequest, today: date) -> date:
    try:
        return date.fromisoformat(request.POST.get("day") or request.GET.get("day", ""))
    except ValueError:
        return today


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdigit() else None
