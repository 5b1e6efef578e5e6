# SPDX-License-Identifier: MPL-2.0
"""How well round trips explain the driving, and the parking points that decide it."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from fleetplan.tracks import Fault, Figures, StretchKind, Trial

from kommune3.kernel import clock
from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.solutions.fleet import fetching
from kommune3.solutions.fleet.errors import FleetError
from kommune3.solutions.fleet.forms.tracks import PeriodForm, PointForm
from kommune3.solutions.fleet.models import Base, LimitKind
from kommune3.solutions.fleet.operations import parking as operations
from kommune3.solutions.fleet.queries import limits
from kommune3.solutions.fleet.queries import preparation as queries
from kommune3.solutions.fleet.queries.progress import progress_of
from kommune3.solutions.fleet.queries.tracks import BASE_RADIUS_M
from kommune3.solutions.fleet.views.shared import actor_of, posted, trail
from kommune3.ui.numbers import format_number
from kommune3.ui.pictures import Cell, FiguresTable, Heading, Map, Place

EDIT = "fleet.vehicles.edit"
IMPORT = "fleet.trips.import"
SOURCES = "fleet.sources.edit"


def preparation(request: HttpRequest) -> HttpResponse:
    """The precision of each base in a period."""
    actor, now = actor_of(request), clock.now()
    period, form = _period(request)
    found = queries.get_preparation(actor=actor, period=period)
    days = limits.value_of(LimitKind.LEGS_DAYS, on=clock.municipal_date(now))
    query = urlencode({"first_day": period.first_day.isoformat(), "last_day": period.last_day.isoformat()})
    context = {
        "title": _("Preparation"),
        "lead": _("From movements to round trips: how much of the driving the optimisation can use."),
        "breadcrumbs": trail(),
        "period_form": form,
        "found": found,
        "figures": _key_figures(found.total),
        "table": _bases_table(found.bases, query),
        "broken": _broken(found.total),
        "unplaced": [row.base for row in found.bases if not row.has_place],
        "days": days,
        "newest": queries.newest_leg(actor=actor) if not found.bases else None,
        "failing": [source for source in found.sources if source.problem],
        "may_import": actor.may(IMPORT),
        "may_connect": actor.may(SOURCES),
    }
    return render(request, "fleet/preparation.html", context)


def base_preparation(request: HttpRequest, base_id: int) -> HttpResponse:
    """A base: its vehicles, its parking points, and a point that is tried before it is saved."""
    actor = actor_of(request)
    period, period_form = _period(request)
    found = queries.get_base_preparation(actor=actor, base_id=base_id, period=period)
    may_edit = actor.may(EDIT, unit_path=found.base.unit.path)
    asked = request.POST if request.method == "POST" else request.GET
    is_asked = may_edit and "radius_m" in asked
    form = PointForm(asked if is_asked else None)
    trial = None
    if is_asked and form.is_valid():
        values = form.cleaned_data
        trial = queries.try_point(
            found, latitude=values["latitude"], longitude=values["longitude"], radius_m=values["radius_m"]
        )
        if request.method == "POST" and request.POST.get("action") == "save":
            saved = _save(request, found.base, form)
            if saved is not None:
                return saved
    context = {
        "title": found.base.name,
        "lead": _("%(first)s to %(last)s") % {"first": _day(period.first_day), "last": _day(period.last_day)},
        "breadcrumbs": trail((_("Preparation"), reverse("fleet:preparation"))),
        "found": found,
        "period": period,
        "period_form": period_form,
        "figures": _key_figures(found.figures),
        "table": _vehicles_table(found.vehicles),
        "broken": _broken(found.figures),
        "form": form,
        "trial": trial,
        "verdict": _verdict(trial) if trial else "",
        "tried": _tried_table(trial) if trial else None,
        "suggested": _suggested(found) if may_edit else [],
        "map": _map(found, trial),
        "base_radius_m": BASE_RADIUS_M,
        "progress": progress_of(_job_of(request)),
        "may_edit": may_edit,
        "may_import": actor.may(IMPORT, unit_path=found.base.unit.path),
    }
    return render(request, "fleet/base_preparation.html", context)


@posted("fleet:base_preparation", "base_id")
def recompute(request: HttpRequest, base_id: int) -> HttpResponse | None:
    """Make the trips of the base's vehicles anew, in the background."""
    return _start(request, actor_of(request), reach.get(actor_of(request), Base, base_id, action=IMPORT))


@posted("fleet:preparation")
def remove_point(request: HttpRequest, point_id: int) -> HttpResponse | None:
    """Remove a parking point and make the trips anew without it."""
    actor = actor_of(request)
    base = operations.remove_point(actor=actor, now=clock.now(), point_id=point_id)
    messages.success(request, _("The parking point has been removed."))
    return _start(request, actor, base)


def _save(request: HttpRequest, base: Base, form: PointForm) -> HttpResponse | None:
    actor, values = actor_of(request), form.cleaned_data
    try:
        operations.add_point(
            actor=actor, now=clock.now(), base_id=base.pk, name=values["name"], latitude=values["latitude"],
            longitude=values["longitude"], radius_m=values["radius_m"],
        )  # fmt: skip
    except FleetError as refusal:
        form.add_error("name", str(refusal))
        return None
    messages.success(request, _("%(name)s is a parking point now.") % {"name": values["name"]})
    return _start(request, actor, base)


def _start(request: HttpRequest, actor: Actor, base: Base) -> HttpResponse:
    page = reverse("fleet:base_preparation", args=[base.pk])
    if not actor.may(IMPORT, unit_path=base.unit.path):
        messages.info(request, _("Somebody who may import trips must have them made anew."))
        return redirect(page)
    job = fetching.start_preparing(actor=actor, now=clock.now(), bases=[base])
    request.session["fleet.preparing"] = str(job.pk)
    return redirect(page)


def _job_of(request: HttpRequest) -> Any:
    """The job that this person started; shown once it is over, it is forgotten."""
    job = request.session.get("fleet.preparing")
    shown = progress_of(job) if job else None
    if job and (shown is None or shown.is_over):
        del request.session["fleet.preparing"]
    return job


def _period(request: HttpRequest) -> tuple[queries.Period, PeriodForm]:
    usual = queries.usual_period(now=clock.now())
    if "first_day" in request.GET:
        form = PeriodForm(request.GET)
        if form.is_valid():
            values = form.cleaned_data
            return queries.Period(values["first_day"], values["last_day"] + timedelta(days=1)), form
        return usual, form
    return usual, PeriodForm(initial={"first_day": usual.first_day, "last_day": usual.last_day})


# --- Words and tables ---------------------------------------------------------------------------------------------


def _day(day: Any) -> str:
    return f"{day:%d-%m-%Y}"


def share(precision: float | None) -> str:
    """A precision as the pages write it."""
    return "–" if precision is None else f"{format_number(precision * 100, 1)} %"


def _key_figures(found: Figures) -> list[tuple[str, str, str]]:
    return [
        (_("Precision"), share(found.precision), _("Share of the km that lie in complete round trips")),
        (_("Complete round trips"), format_number(found.round_trips, 0), f"{format_number(found.km_complete, 0)} km"),
        (_("Not explained"), f"{format_number(found.km_incomplete, 0)} km", _("In broken round trips")),
        (_("Movements"), format_number(found.legs, 0), _("As the trackers delivered them")),
    ]


def _bases_table(rows: list[queries.BaseFigures], query: str) -> FiguresTable:
    return FiguresTable(
        (Heading(_("Base")), Heading(_("Precision"), True), Heading(_("Round trips"), True), Heading(_("Km"), True),
         Heading(_("Km not explained"), True), Heading(_("Set aside"), True)),
        tuple(
            (
                Cell(row.base.name, href=f"{reverse('fleet:base_preparation', args=[row.base.pk])}?{query}"),
                *_cells(row.figures),
            )
            for row in rows
        ),
    )  # fmt: skip


def _vehicles_table(rows: list[queries.VehicleFigures]) -> FiguresTable:
    return FiguresTable(
        (Heading(_("Vehicle")), Heading(_("Precision"), True), Heading(_("Round trips"), True), Heading(_("Km"), True),
         Heading(_("Km not explained"), True), Heading(_("Set aside"), True)),
        tuple((Cell(row.vehicle.registration), *_cells(row.figures)) for row in rows),
    )  # fmt: skip


def _cells(found: Figures) -> tuple[Cell, ...]:
    aside = sum(found.faults.values())
    told = (share(found.precision), found.round_trips, found.km, found.km_incomplete, aside)
    return tuple(Cell(each if isinstance(each, str) else format_number(each, 0), True) for each in told)


def _tried_table(trial: Trial) -> FiguresTable:
    before, after = trial.before, trial.after
    rows = (
        (_("Precision"), share(before.precision), share(after.precision)),
        (_("Complete round trips"), format_number(before.round_trips, 0), format_number(after.round_trips, 0)),
        (_("Km not explained"), format_number(before.km_incomplete, 0), format_number(after.km_incomplete, 0)),
    )
    return FiguresTable(
        (Heading(""), Heading(_("Now"), True), Heading(_("With the point"), True)),
        tuple((Cell(name), Cell(now, True), Cell(then, True)) for name, now, then in rows),
    )


def _verdict(trial: Trial) -> str:
    if not trial.changed:
        return _("No vehicle of the base stopped there in the period. The point changes nothing.")
    return _("The precision goes from %(before)s to %(after)s; the round trips of %(count)s vehicles change.") % {
        "before": share(trial.before.precision), "after": share(trial.after.precision), "count": len(trial.changed),
    }  # fmt: skip


def _broken(found: Figures) -> list[tuple[str, int]]:
    words = {
        StretchKind.NO_START: _("Began elsewhere than at the base"),
        StretchKind.NOT_BACK: _("Left the base and was not seen to come back"),
        StretchKind.TOO_LONG: _("Away for more than 20 days"),
        StretchKind.OPEN: _("Still under way where the data end"),
        Fault.TOO_LONG: _("Movements of more than 20 days: set aside"),
        Fault.OVERLAP: _("Movements while the vehicle was on another: set aside"),
        Fault.DUPLICATE: _("Movements that came twice: counted once"),
        Fault.END_NOT_AFTER_START: _("Movements that end before they begin: set aside"),
        Fault.BAD_KM: _("Movements with impossible km: set aside"),
        Fault.TOO_FAST: _("Movements faster than 150 km/h on average: set aside"),
        Fault.NOT_MOVED: _("Movements of 0 km: set aside"),
    }
    told = [(words[kind], count) for kind, count in sorted(found.incomplete.items())]
    told += [(words[fault], count) for fault, count in sorted(found.faults.items())]
    if found.unplaced:
        told.append((_("Movements without a fix at an end (0, 0): the stop's other side is used"), found.unplaced))
    if found.jumps:
        told.append((_("Starts elsewhere than where the vehicle had stopped: a movement is missing"), found.jumps))
    return told


def _suggested(found: queries.BasePreparation) -> list[dict[str, Any]]:
    page = reverse("fleet:base_preparation", args=[found.base.pk])
    told = []
    for candidate in queries.suggestions(found):
        place, trial = candidate.trial.point.place, candidate.trial
        query = urlencode(
            {
                "name": _("Parking"), "latitude": place.latitude, "longitude": place.longitude,
                "radius_m": round(trial.point.radius_m), "first_day": found.period.first_day.isoformat(),
                "last_day": found.period.last_day.isoformat(),
            }
        )  # fmt: skip
        told.append(
            {
                "place": f"{format_number(place.latitude, 4)}; {format_number(place.longitude, 4)}",
                "precision": share(trial.after.precision), "days": candidate.days, "vehicles": candidate.vehicles,
                "href": f"{page}?{query}#try",
            }
        )  # fmt: skip
    return told


def _map(found: queries.BasePreparation, trial: Trial | None) -> Map | None:
    places = []
    address = found.base.address
    if address is not None and address.latitude is not None and address.longitude is not None:
        places.append(Place(address.longitude, address.latitude, found.base.name, (_("The base's address"),)))
    places += [
        Place(point.longitude, point.latitude, point.name, (_("Parking point, %(m)s m") % {"m": point.radius_m},))
        for point in found.points
    ]
    if trial is not None:
        tried = trial.point.place
        places.append(Place(tried.longitude, tried.latitude, _("The point you try"), kind="warning"))
    return Map(places) if places else None
