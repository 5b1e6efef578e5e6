# SPDX-License-Identifier: MPL-2.0
"""The result of an optimisation: the answer, its proof, and everything behind it."""

import tempfile
from datetime import timedelta
from typing import Any

from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    JsonResponse,
    StreamingHttpResponse,
)
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kommune3.kernel import clock
from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.audit import log
from kommune3.solutions.fleet.models import Kind, PlanKind, Run, RunState, UnservedReason
from kommune3.solutions.fleet.planning.fronts import ALL_TENTHS
from kommune3.solutions.fleet.planning.problem import DEFAULT_BIKE_RULES
from kommune3.solutions.fleet.planning.rules import RULES
from kommune3.solutions.fleet.queries import exports, headlines
from kommune3.solutions.fleet.queries.excluded import excluded_from
from kommune3.solutions.fleet.queries.obstacles import obstacle_of
from kommune3.solutions.fleet.queries.pools import pool_facts
from kommune3.solutions.fleet.queries.progress import progress_of
from kommune3.solutions.fleet.queries.results import (
    Result,
    assignments_of,
    get_result,
    plan_of,
    plan_vehicle_of,
    shown_in_timeline,
)
from kommune3.solutions.fleet.queries.usage import HOURS
from kommune3.solutions.fleet.queries.workbook import write_workbook
from kommune3.solutions.fleet.views import explaining, pictures, tables
from kommune3.solutions.fleet.views.hindrances import hindrances_of
from kommune3.solutions.fleet.views.picking import below_run, picked, runs_trail, trips_url
from kommune3.solutions.fleet.views.shared import actor_of
from kommune3.ui import lists
from kommune3.ui.numbers import format_number
from kommune3.ui.pictures import Timeline

ACCEPT, OPTIMISE = "fleet.plans.accept", "fleet.runs.start"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def one_run(request: HttpRequest, run_id: int) -> HttpResponse:
    """The run: its progress, why it failed, or its result."""
    actor = actor_of(request)
    result = get_result(actor=actor, run_id=run_id)
    run = result.run
    frame = {"title": run.title, "breadcrumbs": runs_trail(), "run": run, **_rights(actor, run)}
    if run.state != RunState.FINISHED:
        return render(request, "fleet/run.html", {**frame, "progress": progress_of(run.job_id)})
    return render(request, "fleet/result.html", {**frame, **_told(result)})


def one_plan(request: HttpRequest, run_id: int, plan_id: int) -> HttpResponse:
    """Another plan of the run, such as a point of the front: as full a result as the proposal's."""
    actor = actor_of(request)
    result = get_result(actor=actor, run_id=run_id, plan_id=plan_id)
    run = result.run
    above = below_run(run)
    frame = {"title": headlines.headline(result), "breadcrumbs": above, "run": run, **_rights(actor, run)}
    return render(request, "fleet/result.html", {**frame, **_told(result)})


def _rights(actor: Actor, run: Run) -> dict[str, bool]:
    unit = run.unit.path
    may_start = actor.may(OPTIMISE, unit_path=unit)
    return {
        "may_accept": actor.may(ACCEPT, unit_path=unit) and run.accepted_at is None,
        "may_start": may_start,
        "may_delete": may_start and run.accepted_at is None,
        "may_cancel": actor.may(OPTIMISE, unit_path=unit) and run.state == RunState.STARTED,
    }


def _told(result: Result) -> dict[str, Any]:
    """The result in words and pictures."""
    run = result.run
    query = f"?plan={result.shown.pk}" if result.shown and result.is_picked else ""
    return {
        "result": result,
        "headline": headlines.headline(result),
        "proof": headlines.proof_of(result),
        "bound": headlines.bound_sentence(result),
        "proofs": [
            (proof, headlines.span(proof.witness.starts_at, proof.witness.ends_at), tables.proof_trips(proof))
            for proof in result.proofs
        ],
        "compared": tables.compared(result),
        "fleet": tables.fleet(result),
        "km_by_kind": tables.km_by_kind(result),
        "between_bases": headlines.between_bases(result),
        "cash_parts": tables.cash_parts(result),
        "points": tables.points(result),
        **_obstacle(run),
        "query": query,
        "vehicles_note": _("Today: %(n)s") % {"n": result.today.vehicles} if result.today else "",
        "map": pictures.map_of_result(result),
        # Drawn from an address of its own when the reader comes to it.
        "timeline": Timeline([], []) if result.shown and result.binding else None,
        "timeline_url": reverse("fleet:run_timeline", args=[run.pk]) + query,
        "front": pictures.front_of(result),
        "violations": [(RULES.get(each["code"], each["code"]), each) for each in result.violations[:20]],
        "trips_url": trips_url(result.shown) if result.shown else "",
        "unserved_url": trips_url(result.shown, served="no") if result.shown else "",
        "may_be_accepted": _may_be_accepted(result),
    }


def run_timeline(request: HttpRequest, run_id: int) -> JsonResponse:
    """The vehicles and trips around the instant that decides, for the picture on the page."""
    result = get_result(actor=actor_of(request), run_id=run_id, plan_id=picked(request))
    assignments, binding_at = shown_in_timeline(result)
    return JsonResponse((pictures.timeline_of(result, assignments, binding_at) or Timeline([], [])).as_json())


def run_basis(request: HttpRequest, run_id: int) -> HttpResponse:
    """What the figures build on, as a page, or as a part of one that asks for it when it comes into sight."""
    result = get_result(actor=actor_of(request), run_id=run_id, plan_id=picked(request))
    context = {
        "title": _("What the figures build on"),
        "breadcrumbs": below_run(result.run),
        "run": result.run,
        "result": result,
        "rates": explaining.rates_used(result.run),
        "explained": explaining.explained(result),
        "settings": settings_of(result.run),
        "rules": list(RULES.values()),
        "excluded": tables.excluded(excluded_from(result.run)),
    }
    is_part = request.headers.get("HX-Request") == "true"
    return render(request, "fleet/basis_parts.html" if is_part else "fleet/basis.html", context)


def _obstacle(run: Run) -> dict[str, Any]:
    """What makes the run impossible, in words and with its trips."""
    found = obstacle_of(run)
    if found is None:
        return {"obstacle": None}
    when = headlines.span(found.starts_at, found.ends_at) if found.starts_at and found.ends_at else ""
    reasons = {"obstacle": found, "hindrances": hindrances_of(run)}
    return {**reasons, "obstacle_when": when, "obstacle_trips": tables.trips(found.trips)}


def _may_be_accepted(result: Result) -> bool:
    """Whether the shown plan can go into the ledger, so that the page offers it."""
    plan = result.shown
    is_ours = plan is not None and plan.kind in (PlanKind.PROPOSED, PlanKind.CURRENT, PlanKind.FRONT)
    return is_ours and result.today is not None and not result.violations and not result.is_over_the_cap


def settings_of(run: Run) -> list[tuple[str, str]]:
    """What was asked, for those who want to ask the same again."""
    bikes = DEFAULT_BIKE_RULES | run.bike_rules
    slots = ", ".join(f"{opens}–{closes}" for opens, closes in bikes["slots"])
    unserved = _("as many as pays off") if run.max_unserved is None else str(run.max_unserved)
    none = _("none")
    return [
        (_("Goal"), str(run.get_goal_display())),
        (_("Balance between cost and CO2e"), none if run.priority is None else f"{run.priority} / {ALL_TENTHS}"),
        (_("Fleet"), str(run.get_fleet_mode_display())),
        (_("Period"), f"{run.period_start:%d-%m-%Y} – {run.period_end - timedelta(days=1):%d-%m-%Y}"),
        (_("Change-over, minutes"), format_number(run.changeover_minutes)),
        (_("Most unserved trips"), unserved),
        (_("Budget, kr. a year in cash"), none if run.max_cash_dkk is None else format_number(run.max_cash_dkk, 0)),
        (_("Most CO2e, t a year"), none if run.max_co2e_kg is None else format_number(run.max_co2e_kg / 1000, 3)),
        (_("Longest bike trip, km"), format_number(bikes["max_trip_km"])),
        (_("Hours of the bikes"), slots),
        *pool_facts(run),
        (_("Charging"), f"{run.get_charging_display()} {run.price_area}".strip()),
        (_("Rates"), run.rate_set.name),
        (_("Computed in"), _("%(seconds)s seconds") % {"seconds": format_number(run.seconds or 0, 1)}),
    ]


class AssignmentTable(lists.Table):
    """A trip with the vehicle it is given, per row."""

    start = lists.DateTimeColumn(accessor="trip__start_at", verbose_name=gettext_lazy("Trip start"))
    end = lists.DateTimeColumn(accessor="trip__end_at", verbose_name=gettext_lazy("Trip end"), orderable=False)
    base = lists.TextColumn(accessor="trip__base__name", verbose_name=gettext_lazy("Base"), orderable=False)
    km = lists.NumberColumn(accessor="trip__km", verbose_name=gettext_lazy("Km"), decimals=1)
    today = lists.TextColumn(
        accessor="trip__vehicle__registration", verbose_name=gettext_lazy("Driven by"), orderable=False
    )
    model = lists.TextColumn(
        accessor="plan_vehicle__model__name", verbose_name=gettext_lazy("Proposed model"), orderable=False
    )
    number = lists.NumberColumn(
        accessor="plan_vehicle__number", verbose_name=gettext_lazy("Proposed vehicle"), decimals=0, orderable=False
    )
    home = lists.TextColumn(
        accessor="plan_vehicle__base__name", verbose_name=gettext_lazy("The vehicle's base"), orderable=False
    )
    reason = lists.StatusColumn(
        verbose_name=gettext_lazy("Why unserved"), choices=UnservedReason, variants={}, orderable=False
    )
    trip = lists.TextColumn(accessor="trip__external_id", verbose_name=gettext_lazy("Trip number"), orderable=False)

    class Meta(lists.Table.Meta):
        order_by = "start"


class AssignmentFilters(lists.FilterSet):
    """Driven or not, by what, when and how far. The bars of the histograms lead here."""

    served = lists.ChoiceFilter(
        label=gettext_lazy("In the proposal"),
        choices=[("yes", gettext_lazy("Driven by a vehicle")), ("no", gettext_lazy("Unserved"))],
        method="filter_served",
    )
    reason = lists.ChoiceFilter(label=gettext_lazy("Why unserved"), choices=UnservedReason.choices)
    kind = lists.ChoiceFilter(
        field_name="plan_vehicle__model__kind", label=gettext_lazy("Type of vehicle"), choices=Kind.choices
    )
    hour = lists.ChoiceFilter(
        label=gettext_lazy("Hour of start"), choices=[(str(hour), f"{hour:02}:00") for hour in range(HOURS)],
        method="filter_hour",
    )  # fmt: skip
    km = lists.NumberRangeFilter(field_name="trip__km", label=gettext_lazy("Km"))
    start = lists.DateRangeFilter(field_name="trip__start_at", label=gettext_lazy("Period"))

    def filter_served(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.filter(plan_vehicle__isnull=value == "no")

    def filter_hour(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.filter(trip__start_at__hour=int(value))


def run_trips(request: HttpRequest, run_id: int) -> HttpResponseBase:
    """Every trip of the run with its vehicle."""
    actor = actor_of(request)
    run = reach.get(actor, Run, run_id)
    plan = plan_of(run.plans.all(), picked(request))
    rows = assignments_of(actor=actor, run_id=run_id, plan_id=plan.pk if plan else None)
    title = _("Trips: %(plan)s") % {"plan": tables.plan_name(plan)} if plan else _("Trips in the proposal")
    return _assignments(request, run, rows, title)


def run_vehicle(request: HttpRequest, run_id: int, plan_vehicle_id: int) -> HttpResponseBase:
    """The driving book of a vehicle of one of the run's plans."""
    actor = actor_of(request)
    run = reach.get(actor, Run, run_id)
    vehicle = plan_vehicle_of(run, plan_vehicle_id)
    rows = assignments_of(actor=actor, run_id=run_id, plan_id=vehicle.plan_id).filter(plan_vehicle=vehicle)
    title = _("Driving book: %(vehicle)s, %(base)s") % {"vehicle": pictures.name_of(vehicle), "base": vehicle.base}
    return _assignments(request, run, rows, title)


def _assignments(request: HttpRequest, run: Run, rows: Any, title: str) -> HttpResponseBase:
    actor = actor_of(request)
    return lists.respond(
        request,
        rows=rows,
        table=AssignmentTable,
        filters=AssignmentFilters,
        title=title,
        noun=_("trips"),
        context={
            "breadcrumbs": below_run(run),
        },
        on_export=lambda form: _record_export(actor, run, form),
    )


def export(request: HttpRequest, run_id: int, form: str) -> HttpResponseBase:
    """The result as a workbook, or its assignment as CSV."""
    actor = actor_of(request)
    result = get_result(actor=actor, run_id=run_id, plan_id=picked(request))
    if form not in ("csv", "xlsx") or result.shown is None:
        raise Http404
    _record_export(actor, result.run, form)
    assignments = assignments_of(actor=actor, run_id=run_id, plan_id=result.shown.pk)
    name = slugify(result.run.title) or f"run-{run_id}"
    if form == "csv":
        response = StreamingHttpResponse(exports.write_csv(assignments), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
        return response
    file = tempfile.TemporaryFile()  # noqa: SIM115  the response closes it
    write_workbook(result, assignments, file)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx", content_type=_XLSX)


def _record_export(actor: Actor, run: Run, form: str) -> None:
    log.record(
        actor=actor, action="fleet.run.exported", now=clock.now(), object=run, unit_id=run.unit_id,
        detail={"format": form},
    )  # fmt: skip
