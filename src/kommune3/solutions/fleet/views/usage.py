# SPDX-License-Identifier: MPL-2.0
"""How the vehicles of a plan are used: histograms, and a row for each vehicle. Each bar leads to its trips."""

from collections.abc import Mapping, Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from kommune3.kernel.access import reach
from kommune3.solutions.fleet.models import Kind, Run
from kommune3.solutions.fleet.queries.usage import HOURS, LENGTHS_KM, UNSERVED, Usage, get_usage
from kommune3.solutions.fleet.views.picking import below_run, picked, trips_url
from kommune3.solutions.fleet.views.pictures import name_of
from kommune3.solutions.fleet.views.shared import actor_of
from kommune3.solutions.fleet.views.tables import plan_name
from kommune3.ui.numbers import format_number
from kommune3.ui.pictures import Axis, Cell, Chart, FiguresTable, Heading, Point, Series

MOST_BARS = 60
"""So many vehicles have a bar of their own; the table has all."""


def run_usage(request: HttpRequest, run_id: int) -> HttpResponse:
    """The use of a plan's vehicles, as a page, or as a part of one that asks for it when it comes into sight."""
    actor = actor_of(request)
    usage = get_usage(actor=actor, run_id=run_id, plan_id=picked(request))
    if usage is None:
        run = reach.get(actor, Run, run_id)
        return render(request, "fleet/usage.html", {"title": _("Use of the vehicles"), "breadcrumbs": below_run(run)})
    context = {
        "title": _("Use of the vehicles: %(plan)s") % {"plan": plan_name(usage.plan)},
        "breadcrumbs": below_run(usage.run),
        "run": usage.run,
        "by_hour": by_hour(usage),
        "by_length": by_length(usage),
        "most_out": most_out(usage),
        "km": km_of_vehicles(usage),
        "vehicles": vehicles(usage),
    }
    is_part = request.headers.get("HX-Request") == "true"
    return render(request, "fleet/usage_parts.html" if is_part else "fleet/usage.html", context)


def by_hour(usage: Usage) -> Chart:
    """Trips by the hour in which they start, for each type of vehicle."""
    return _by_hour(usage, usage.by_hour, _("Trips"))


def most_out(usage: Usage) -> Chart:
    """The most vehicles out at once in each hour, for each type."""
    return _by_hour(usage, usage.most_out, _("Vehicles"))


def by_length(usage: Usage) -> Chart:
    """Trips by their length, for each type of vehicle."""
    edges = (0, *LENGTHS_KM)
    names = [f"{start}–{end}" for start, end in zip(edges, LENGTHS_KM, strict=False)] + [f"{LENGTHS_KM[-1]}+"]

    def href(kind: str, number: int) -> str:
        span = {"km_min": edges[number]}
        if number + 1 < len(edges):
            # The filter takes both ends in; a class does not have its end.
            span["km_max"] = edges[number + 1] - 0.001  # type: ignore[assignment]
        return trips_url(usage.plan, **_of_kind(kind), **span)

    series = [
        Series(kind_name(kind), [Point(n, count, href=href(kind, n)) for n, count in enumerate(usage.by_length[kind])])
        for kind in usage.kinds
    ]
    return Chart("bar", Axis(_("Length"), "km"), Axis(_("Trips"), decimals=0), series, categories=names)


def km_of_vehicles(usage: Usage) -> Chart:
    """Km of each vehicle in the period, the longest first."""
    rows = sorted(usage.vehicles, key=lambda use: -use.vehicle.km)[:MOST_BARS]
    points = [Point(n, round(use.vehicle.km, 1), href=_book(usage, use.vehicle.pk)) for n, use in enumerate(rows)]
    names = [name_of(use.vehicle) for use in rows]
    return Chart(
        "bar", Axis(_("Vehicle")), Axis(_("Km in the period"), "km", 0), [Series(_("Km"), points)], categories=names
    )


def vehicles(usage: Usage) -> FiguresTable:
    """A row for each vehicle, leading to its driving book."""
    is_pooled = bool(usage.run.pools_used)
    titles = (
        _("Trips"), _("Km in the period"), _("Days in use"), _("Km per day in use"), _("Hours out"),
        _("Share of time in use"), *((_("Km between bases"),) if is_pooled else ()),
    )  # fmt: skip
    rows = tuple(
        (
            Cell(name_of(use.vehicle), href=_book(usage, use.vehicle.pk)), Cell(use.vehicle.base.name),
            Cell(format_number(use.vehicle.trips, 0), True), Cell(format_number(use.vehicle.km, 0), True),
            Cell(f"{use.days_used} / {usage.days}", True), Cell(format_number(use.km_per_day_used, 1), True),
            Cell(format_number(use.hours_out, 0), True), Cell(f"{format_number(use.share_in_use * 100, 1)} %", True),
            *((Cell(format_number(use.vehicle.transfer_km, 0), True),) if is_pooled else ()),
        )
        for use in usage.vehicles
    )  # fmt: skip
    return FiguresTable((Heading(_("Vehicle")), Heading(_("Base")), *(Heading(each, True) for each in titles)), rows)


def kind_name(kind: str) -> str:
    """A type of vehicle in words; trips without one are unserved."""
    return _("Unserved") if kind == UNSERVED else str(Kind(kind).label)


def _by_hour(usage: Usage, counts: Mapping[str, Sequence[int]], what: str) -> Chart:
    series = [
        Series(
            kind_name(kind),
            [
                Point(hour, count, href=trips_url(usage.plan, **_of_kind(kind), hour=hour))
                for hour, count in enumerate(counts[kind])
            ],
        )
        for kind in usage.kinds
        if kind in counts
    ]
    names = [f"{hour:02}" for hour in range(HOURS)]
    return Chart("bar", Axis(_("Hour of the day")), Axis(what, decimals=0), series, categories=names)


def _of_kind(kind: str) -> dict[str, str]:
    return {"served": "no"} if kind == UNSERVED else {"kind": kind}


def _book(usage: Usage, plan_vehicle: int) -> str:
    return reverse("fleet:run_vehicle", args=[usage.run.pk, plan_vehicle])
