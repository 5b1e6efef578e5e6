# SPDX-License-Identifier: MPL-2.0
"""A vehicle of the register: facts, lease and contract km, when it is out of use, odometer, where it stood, history."""

from datetime import date, datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kommune3.kernel import clock
from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.audit import log
from kommune3.solutions.fleet.errors import InvalidRow
from kommune3.solutions.fleet.forms.register import MoveForm, ReadingForm, RetireForm, ServiceForm
from kommune3.solutions.fleet.models import Change, OdometerReading, ServiceKind, ServiceWindow, Vehicle
from kommune3.solutions.fleet.operations import register, vehicles
from kommune3.solutions.fleet.queries import history
from kommune3.solutions.fleet.queries.register import contracts as contracts_in_reach
from kommune3.solutions.fleet.queries.register import get_vehicle_page, upcoming_windows
from kommune3.solutions.fleet.views import register_tables as tables
from kommune3.solutions.fleet.views.shared import actor_of, posted, show_faults, trail
from kommune3.ui import lists

EDIT = vehicles.EDIT
SHOWN_AHEAD = timedelta(days=42)
SHOWN_BACK = timedelta(days=7)


def one_vehicle(request: HttpRequest, vehicle_id: int) -> HttpResponse:
    """Everything the register knows of a vehicle."""
    actor, now = actor_of(request), clock.now()
    page = get_vehicle_page(actor=actor, vehicle_id=vehicle_id, now=now)
    may_edit = actor.may(EDIT, unit_path=page.vehicle.base.unit.path)
    context = {
        "title": page.vehicle.registration,
        "lead": f"{page.vehicle.model.name}, {page.vehicle.base.name}",
        "breadcrumbs": trail((_("Vehicles"), reverse("fleet:vehicles"))),
        "page": page,
        "vehicle": page.vehicle,
        "facts": tables.vehicle_facts(page),
        "lease": tables.lease_facts(page.vehicle) if page.contract else [],
        "contract": page.contract,
        "forecast": tables.forecast_table(page.contract.forecast) if page.contract and page.contract.forecast else None,
        "forecast_text": tables.forecast_text(page.contract) if page.contract else "",
        "course": tables.course_of(page),
        "places": tables.places(page),
        "windows": tables.windows_of(page, may_edit=may_edit),
        "timeline": tables.timeline_of([w for w in page.windows if w.ends_at > now - SHOWN_BACK], day=None),
        "readings": tables.readings_of(page),
        "history": history.entries(page.changes),
        "trips_url": f"{reverse('fleet:trips')}?vehicle={vehicle_id}",
        "may_edit": may_edit,
    }
    return render(request, "fleet/vehicle.html", context)


# --- Moving and retiring ------------------------------------------------------------------------------------------


def move(request: HttpRequest, vehicle_id: int) -> HttpResponse:
    """Let the vehicle stand at another base from a day on."""
    actor = actor_of(request)
    vehicle = reach.get(actor, Vehicle, vehicle_id, action=EDIT)
    form = MoveForm(request.POST or None, actor=actor, initial={"on": clock.municipal_date(clock.now())})
    if request.method == "POST" and form.is_valid():
        try:
            vehicles.move_vehicle(actor=actor, now=clock.now(), vehicle_id=vehicle_id, **form.cleaned_data)
        except InvalidRow as refusal:
            show_faults(form, refusal)
        else:
            messages.success(request, _("%(name)s has been moved.") % {"name": vehicle})
            return redirect("fleet:vehicle", vehicle_id)
    lead = _("It stands at %(base)s. Trips and results from the time there are not changed.") % {"base": vehicle.base}
    return _form(request, form, vehicle, _("Move to another base"), lead)


def retire(request: HttpRequest, vehicle_id: int) -> HttpResponse:
    """Take the vehicle out of the fleet."""
    actor = actor_of(request)
    vehicle = reach.get(actor, Vehicle, vehicle_id, action=EDIT)
    form = RetireForm(request.POST or None, initial={"last_day": clock.municipal_date(clock.now())})
    if request.method == "POST" and form.is_valid():
        last_day: date = form.cleaned_data["last_day"]
        try:
            vehicles.retire_vehicle(actor=actor, now=clock.now(), vehicle_id=vehicle_id, last_day=last_day)
        except InvalidRow as refusal:
            show_faults(form, refusal)
        else:
            messages.success(request, _("%(name)s leaves the fleet after %(day)s.") % {
                "name": vehicle, "day": f"{last_day:%d-%m-%Y}",
            })  # fmt: skip
            return redirect("fleet:vehicle", vehicle_id)
    return _form(request, form, vehicle, _("Take out of the fleet"))


# --- Out of use ---------------------------------------------------------------------------------------------------


def new_service(request: HttpRequest, vehicle_id: int) -> HttpResponse:
    """Say that the vehicle is out of use for a time."""
    vehicle = reach.get(actor_of(request), Vehicle, vehicle_id, action=EDIT)
    return _service_page(request, vehicle, None)


def one_service(request: HttpRequest, vehicle_id: int, window_id: int) -> HttpResponse:
    """Change when or why the vehicle is out of use."""
    actor = actor_of(request)
    vehicle = reach.get(actor, Vehicle, vehicle_id, action=EDIT)
    window = reach.get(actor, ServiceWindow, window_id)
    if window.vehicle_id != vehicle.pk:
        raise reach.NotVisible
    return _service_page(request, vehicle, window)


def _service_page(request: HttpRequest, vehicle: Vehicle, window: ServiceWindow | None) -> HttpResponse:
    form = ServiceForm(request.POST or None, instance=window)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            register.save_service_window(
                actor=actor_of(request), now=clock.now(), vehicle_id=vehicle.pk, starts_at=values["starts_at"],
                ends_at=values["ends_at"], kind=ServiceKind(values["kind"]), note=values["note"],
                window_id=window.pk if window else None,
            )  # fmt: skip
        except InvalidRow as refusal:
            show_faults(form, refusal)
        else:
            messages.success(request, _("The time out of use has been saved."))
            return redirect("fleet:vehicle", vehicle.pk)
    lead = _("Nobody can book or be given the vehicle in this time.")
    return _form(request, form, vehicle, _("Out of use"), lead, remove=window)


@posted("fleet:vehicle", "vehicle_id")
def remove_service(request: HttpRequest, vehicle_id: int, window_id: int) -> HttpResponse | None:
    """The vehicle can be driven after all."""
    register.remove_service_window(actor=actor_of(request), now=clock.now(), vehicle_id=vehicle_id, window_id=window_id)
    messages.success(request, _("The vehicle is in use again in that time."))
    return None


class ServiceTable(lists.Table):
    """A time out of use per row."""

    vehicle = lists.LinkColumn(
        accessor="vehicle__registration",
        url="fleet:vehicle",
        argument="vehicle_id",
        verbose_name=gettext_lazy("Vehicle"),
    )
    base = lists.TextColumn(accessor="vehicle__base__name", verbose_name=gettext_lazy("Base"))
    starts_at = lists.DateTimeColumn(verbose_name=gettext_lazy("From"))
    ends_at = lists.DateTimeColumn(verbose_name=gettext_lazy("Until"))
    kind = lists.StatusColumn(verbose_name=gettext_lazy("Reason"), choices=ServiceKind)
    note = lists.TextColumn(verbose_name=gettext_lazy("Note"), orderable=False)

    class Meta(lists.Table.Meta):
        order_by = "-starts_at"


class ServiceFilters(lists.FilterSet):
    text = lists.SearchFilter(fields=("vehicle__registration", "vehicle__base__name", "note"))
    kind = lists.ChoiceFilter(choices=ServiceKind.choices, label=gettext_lazy("Reason"))
    starts_at = lists.DateRangeFilter(label=gettext_lazy("Period"))


def services(request: HttpRequest) -> HttpResponseBase:
    """Vehicles out of use: the coming weeks on a timeline, and all of it in a list."""
    actor, now = actor_of(request), clock.now()
    ahead = upcoming_windows(actor=actor, since=now - SHOWN_BACK, until=now + SHOWN_AHEAD)
    return lists.respond(
        request,
        rows=reach.visible(actor, ServiceWindow),
        table=ServiceTable,
        filters=ServiceFilters,
        title=_("Out of use"),
        noun=_("times out of use"),
        template="fleet/services.html",
        context={
            "breadcrumbs": trail((_("Vehicles"), reverse("fleet:vehicles"))),
            "lead": _("Service, workshop and the like. A vehicle is neither booked nor given trips while it is away."),
            "timeline": tables.timeline_of(ahead, day=_first_day(ahead, now)),
        },
        empty=lists.Empty(
            _("No vehicle is out of use"),
            _("Choose a vehicle and say when it goes to service or the workshop."),
            _("Vehicles"),
            reverse("fleet:vehicles"),
        ),
    )


def _first_day(windows: list[ServiceWindow], now: datetime) -> date:
    """The day on which the next vehicle is away, which the timeline opens on."""
    coming = [max(window.starts_at, now) for window in windows if window.ends_at > now]
    return clock.municipal_date(min(coming, default=now))


# --- Odometer -----------------------------------------------------------------------------------------------------


def new_reading(request: HttpRequest, vehicle_id: int) -> HttpResponse:
    """Write down what the odometer shows."""
    actor = actor_of(request)
    vehicle = reach.get(actor, Vehicle, vehicle_id, action=EDIT)
    form = ReadingForm(request.POST or None, instance=OdometerReading(read_on=clock.municipal_date(clock.now())))
    if request.method == "POST" and form.is_valid():
        try:
            register.save_reading(actor=actor, now=clock.now(), vehicle_id=vehicle_id, **form.cleaned_data)
        except InvalidRow as refusal:
            show_faults(form, refusal)
        else:
            messages.success(request, _("The reading has been saved."))
            return redirect("fleet:vehicle", vehicle_id)
    return _form(request, form, vehicle, _("Read the odometer"))


@posted("fleet:vehicle", "vehicle_id")
def remove_reading(request: HttpRequest, vehicle_id: int, reading_id: int) -> HttpResponse | None:
    """Take a wrong reading back."""
    register.remove_reading(actor=actor_of(request), now=clock.now(), vehicle_id=vehicle_id, reading_id=reading_id)
    messages.success(request, _("The reading has been removed."))
    return None


# --- Contracts and history ----------------------------------------------------------------------------------------


def contracts(request: HttpRequest) -> HttpResponse:
    """Every leased vehicle: what it will have driven at the end, against its contract."""
    actor = actor_of(request)
    found = contracts_in_reach(actor=actor, now=clock.now())
    context = {
        "title": _("Leases and contract km"),
        "lead": _("What each leased vehicle will have driven when its lease ends, if it goes on as until now."),
        "breadcrumbs": trail((_("Vehicles"), reverse("fleet:vehicles"))),
        "contracts": tables.contracts_table(found),
        "figures": tables.contract_sums(found),
        "count": len(found),
        "unknown": [each for each in found if each.forecast is None],
    }
    return render(request, "fleet/contracts.html", context)


class _Words(lists.TextColumn):
    """A part of a change in the reader's language, also in an export."""

    def __init__(self, part: str, **kwargs: Any) -> None:
        super().__init__(accessor="pk", orderable=False, **kwargs)
        self.part = part

    def render(self, record: Change) -> str:
        return getattr(history.told(record), self.part) or "–"

    def plain(self, record: Any, bound_column: Any) -> str:
        return getattr(history.told(record), self.part) or ""


class ChangeTable(lists.Table):
    """A change per row."""

    at = lists.DateTimeColumn(verbose_name=gettext_lazy("When"))
    what = _Words("what", verbose_name=gettext_lazy("What"))
    old = _Words("old", verbose_name=gettext_lazy("Before"))
    new = _Words("new", verbose_name=gettext_lazy("After"))
    by_name = lists.TextColumn(verbose_name=gettext_lazy("By"))
    origin = lists.TextColumn(verbose_name=gettext_lazy("Through"))

    class Meta(lists.Table.Meta):
        order_by = "-at"


def vehicle_history(request: HttpRequest, vehicle_id: int) -> HttpResponseBase:
    """Every change of a vehicle."""
    actor = actor_of(request)
    vehicle = reach.get(actor, Vehicle, vehicle_id)
    return lists.respond(
        request,
        rows=vehicle.changes.all(),
        table=ChangeTable,
        title=_("History of %(vehicle)s") % {"vehicle": vehicle},
        noun=_("changes"),
        context={
            "breadcrumbs": trail(
                (_("Vehicles"), reverse("fleet:vehicles")), (str(vehicle), reverse("fleet:vehicle", args=[vehicle_id]))
            )
        },
        on_export=lambda form: _record_export(actor, vehicle, form),
    )


def _record_export(actor: Actor, vehicle: Vehicle, form: str) -> None:
    log.record(
        actor=actor, action="fleet.history.exported", now=clock.now(), object=vehicle, unit_id=vehicle.base.unit_id,
        detail={"format": form},
    )  # fmt: skip


def _form(
    request: HttpRequest,
    form: object,
    vehicle: Vehicle,
    title: str,
    lead: str = "",
    remove: ServiceWindow | None = None,
) -> HttpResponse:
    page = reverse("fleet:vehicle", args=[vehicle.pk])
    context = {
        "title": title,
        "lead": lead,
        "form": form,
        "breadcrumbs": trail((_("Vehicles"), reverse("fleet:vehicles")), (str(vehicle), page)),
        "cancel": page,
        "remove_url": reverse("fleet:service_remove", args=[vehicle.pk, remove.pk]) if remove else "",
    }
    return render(request, "fleet/vehicle_form.html", context)
