# SPDX-License-Identifier: MPL-2.0
"""Fleet systems: connected, tried, their devices tied to vehicles, asked for trips; and track files."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kommune3.adapters.fleetgps import SourceError
from kommune3.kernel import clock, files
from kommune3.kernel.access import reach
from kommune3.solutions.fleet import fetching
from kommune3.solutions.fleet.errors import FleetError
from kommune3.solutions.fleet.forms.tracks import DevicesForm, SourceForm, TrackForm
from kommune3.solutions.fleet.models import Cadence, DeliveryState, GpsSource, LegDelivery, SourceKind
from kommune3.solutions.fleet.operations import sources as operations
from kommune3.solutions.fleet.queries.progress import progress_of
from kommune3.solutions.fleet.views.shared import actor_of, posted, trail
from kommune3.ui import lists

SOURCES = "fleet.sources.edit"
IMPORT = "fleet.trips.import"


class SourceTable(lists.Table):
    """A fleet system per row."""

    name = lists.LinkColumn(url="fleet:source", verbose_name=gettext_lazy("Name"))
    kind = lists.StatusColumn(verbose_name=gettext_lazy("Fleet system"), choices=SourceKind)
    cadence = lists.StatusColumn(verbose_name=gettext_lazy("Fetch"), choices=Cadence)
    seen_until = lists.DateTimeColumn(verbose_name=gettext_lazy("Fetched until"))
    problem = lists.TextColumn(verbose_name=gettext_lazy("Problem"), orderable=False)

    class Meta(lists.Table.Meta):
        order_by = "name"


class DeliveryTable(lists.Table):
    """A delivery per row."""

    created_at = lists.LinkColumn(url="fleet:delivery", verbose_name=gettext_lazy("When"))
    source = lists.TextColumn(accessor="source__name", verbose_name=gettext_lazy("Fleet system"), orderable=False)
    file_name = lists.TextColumn(verbose_name=gettext_lazy("File"), orderable=False)
    state = lists.StatusColumn(
        verbose_name=gettext_lazy("State"), choices=DeliveryState,
        variants={"DONE": "success", "WAITING": "info", "FAILED": "error"},
    )  # fmt: skip
    legs_new = lists.NumberColumn(verbose_name=gettext_lazy("New movements"), decimals=0)
    legs_changed = lists.NumberColumn(verbose_name=gettext_lazy("Changed movements"), decimals=0)
    trips_new = lists.NumberColumn(verbose_name=gettext_lazy("New trips"), decimals=0)
    created_by_name = lists.TextColumn(verbose_name=gettext_lazy("By"))

    class Meta(lists.Table.Meta):
        order_by = "-created_at"

    def render_created_at(self, value: object, record: LegDelivery) -> str:
        return clock_text(record)


def clock_text(delivery: LegDelivery) -> str:
    """When a delivery was asked for, as the lists write it."""
    return delivery.created_at.astimezone(clock.MUNICIPAL_ZONE).strftime("%d-%m-%Y %H:%M")


def sources(request: HttpRequest) -> HttpResponseBase:
    """The fleet systems that are connected."""
    actor = actor_of(request)
    new = _("Connect a fleet system")
    return lists.respond(
        request,
        rows=reach.visible(actor, GpsSource),
        table=SourceTable,
        title=_("Fleet systems"),
        noun=_("fleet systems"),
        template="fleet/list.html",
        context={
            "breadcrumbs": trail(_preparation()),
            "lead": _("Where trips are fetched from, by themselves or when you ask."),
            "new_url": reverse("fleet:source_new"),
            "new_text": new,
        },
        empty=lists.Empty(
            _("No fleet system is connected"),
            _("Connect Traccar or SkyHost, and trips come in every night. Files can be imported as well."),
            new,
            reverse("fleet:source_new"),
        ),
    )


def new_source(request: HttpRequest) -> HttpResponse:
    """Connect a fleet system."""
    first = clock.municipal_date(clock.now()) - timedelta(days=90)
    return _source_form(request, GpsSource(first_date=first), _("Connect a fleet system"))


def edit_source(request: HttpRequest, source_id: int) -> HttpResponse:
    """Change how a fleet system is asked."""
    source = reach.get(actor_of(request), GpsSource, source_id, action=SOURCES)
    return _source_form(request, source, source.name)


def _source_form(request: HttpRequest, source: GpsSource, title: str) -> HttpResponse:
    actor = actor_of(request)
    form = SourceForm(request.POST or None, instance=source, actor=actor)
    if request.method == "POST" and form.is_valid():
        try:
            saved = operations.save_source(
                actor=actor, now=clock.now(), source=form.save(commit=False), secret=form.cleaned_data["secret"]
            )
        except FleetError as refusal:
            form.add_error("secret", str(refusal))
        else:
            messages.success(request, _("%(name)s has been saved. Test the connection now.") % {"name": saved.name})
            return redirect("fleet:source", saved.pk)
    above = (_("Fleet systems"), reverse("fleet:sources"))
    context = {"title": title, "form": form, "breadcrumbs": trail(_preparation(), above), "cancel": above[1]}
    return render(request, "fleet/form.html", context)


def one_source(request: HttpRequest, source_id: int) -> HttpResponse:
    """A fleet system: how it stands, its devices and what it has delivered."""
    actor = actor_of(request)
    source = reach.get(actor, GpsSource, source_id)
    form = DevicesForm(request.POST or None, actor=actor, source=source)
    if request.method == "POST" and form.is_valid():
        vehicles, ignored = form.chosen()
        operations.tie_devices(actor=actor, now=clock.now(), source_id=source.pk, vehicles=vehicles, ignored=ignored)
        messages.success(request, _("The devices have been saved."))
        return redirect("fleet:source", source.pk)
    newest = source.deliveries.first()
    waiting = newest if newest is not None and newest.state == DeliveryState.WAITING else None
    context = {
        "title": source.name,
        "breadcrumbs": trail(_preparation(), (_("Fleet systems"), reverse("fleet:sources"))),
        "source": source,
        "facts": [
            (_("Fleet system"), source.get_kind_display()), (_("Address"), source.address),
            (_("User name or account"), source.account or "–"), (_("Fetch"), source.get_cadence_display()),
            (_("Unit"), source.unit.name),
        ],
        "form": form,
        "untied": sum(device.vehicle_id is None and not device.is_ignored for device in form.devices),
        "progress": progress_of(waiting.job_id) if waiting else None,
        "deliveries": source.deliveries.all()[:10],
    }  # fmt: skip
    return render(request, "fleet/source.html", context)


@posted("fleet:source", "source_id")
def try_source(request: HttpRequest, source_id: int) -> HttpResponse | None:
    """Ask the fleet system for its devices, and tell how it went."""
    try:
        devices = operations.try_source(actor=actor_of(request), now=clock.now(), source_id=source_id)
    except SourceError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The connection works: %(count)s devices.") % {"count": devices})
    return None


@posted("fleet:source", "source_id")
def fetch(request: HttpRequest, source_id: int) -> HttpResponse | None:
    """Ask the fleet system for trips now, in the background."""
    fetching.start_fetch(actor=actor_of(request), now=clock.now(), source_id=source_id)
    return None


@posted("fleet:sources")
def delete_source(request: HttpRequest, source_id: int) -> HttpResponse | None:
    """Forget a fleet system."""
    operations.delete_source(actor=actor_of(request), now=clock.now(), source_id=source_id)
    messages.success(request, _("The fleet system has been removed. Its trips stay."))
    return None


def deliveries(request: HttpRequest) -> HttpResponseBase:
    """Everything that fleet systems and track files have delivered."""
    return lists.respond(
        request,
        rows=reach.visible(actor_of(request), LegDelivery),
        table=DeliveryTable,
        title=_("Deliveries"),
        noun=_("deliveries"),
        template="fleet/list.html",
        context={"breadcrumbs": trail(_preparation())},
        empty=lists.Empty(_("Nothing has been delivered yet"), _("Connect a fleet system or import a track file.")),
    )


def one_delivery(request: HttpRequest, delivery_id: int) -> HttpResponse:
    """A delivery as it stands."""
    found = reach.get(actor_of(request), LegDelivery, delivery_id)
    context = {
        "title": found.file_name or (found.source.name if found.source else ""),
        "lead": clock_text(found),
        "breadcrumbs": trail(_preparation(), (_("Deliveries"), reverse("fleet:deliveries"))),
        "delivery": found,
        "progress": progress_of(found.job_id) if found.state == DeliveryState.WAITING else None,
    }
    return render(request, "fleet/delivery.html", context)


def new_track(request: HttpRequest) -> HttpResponse:
    """Upload a track file; it is read in the background."""
    actor = actor_of(request)
    form = TrackForm(request.POST or None, request.FILES or None, actor=actor)
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            delivery = fetching.start_reading_tracks(
                actor=actor, now=clock.now(), vehicle_id=form.cleaned_data["vehicle"].pk, content=upload,
                file_name=upload.name,
            )  # fmt: skip
        except files.NotStored as refusal:
            form.add_error("file", str(refusal))
        else:
            return redirect("fleet:delivery", delivery.pk)
    context = {
        "title": _("Import a track file"),
        "lead": _("A GPX file of one vehicle. Where it stood still, one movement ends and the next begins."),
        "form": form,
        "breadcrumbs": trail(_preparation()),
        "cancel": _preparation()[1],
    }
    return render(request, "fleet/form.html", context)


def _preparation() -> tuple[str, str]:
    return (_("Preparation"), reverse("fleet:preparation"))
