# SPDX-License-Identifier: MPL-2.0
"""The trips that were driven."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kommune3.kernel import clock
from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.audit import log
from kommune3.solutions.fleet.models import Kind, Trip, Vehicle
from kommune3.solutions.fleet.queries.dashboards.selection import Reach, reach_of
from kommune3.solutions.fleet.queries.overview import trips_of
from kommune3.solutions.fleet.views.shared import actor_of, trail
from kommune3.ui import lists


class TripTable(lists.Table):
    """A trip per row."""

    start_at = lists.DateTimeColumn(verbose_name=gettext_lazy("Trip start"))
    end_at = lists.DateTimeColumn(verbose_name=gettext_lazy("Trip end"), orderable=False)
    base = lists.TextColumn(accessor="base__name", verbose_name=gettext_lazy("Base"), orderable=False)
    vehicle = lists.TextColumn(accessor="vehicle__registration", verbose_name=gettext_lazy("Vehicle"), orderable=False)
    km = lists.NumberColumn(verbose_name=gettext_lazy("Km"), decimals=1)
    shift = lists.TextColumn(verbose_name=gettext_lazy("Shift"), orderable=False)
    external_id = lists.TextColumn(verbose_name=gettext_lazy("Trip number"), orderable=False)

    class Meta(lists.Table.Meta):
        order_by = "-start_at"


class UnitFilter(lists.ChoiceFilter):
    """Trips from the bases at or below a unit. Asked through the few bases, so that their index can be used."""

    reach: Reach

    def filter(self, qs: QuerySet[Trip], value: str) -> QuerySet[Trip]:
        return qs.filter(base__in=self.reach.bases_of(value)) if value else qs


class TripFilters(lists.FilterSet):
    """By what a dashboard's figures are narrowed by, so that each leads to its trips."""

    unit = UnitFilter(label=gettext_lazy("Unit"))
    base = lists.ChoiceFilter(label=gettext_lazy("Base"))
    vehicle = lists.ChoiceFilter(label=gettext_lazy("Vehicle"))
    kind = lists.ChoiceFilter(
        field_name="vehicle__model__kind", choices=Kind.choices, label=gettext_lazy("Type of vehicle")
    )
    start_at = lists.DateRangeFilter(label=gettext_lazy("Period"))
    weekday = lists.ChoiceFilter(
        field_name="start_at__iso_week_day", choices=[(number + 1, name) for number, name in WEEKDAYS.items()],
        label=gettext_lazy("Weekday"),
    )  # fmt: skip
    km = lists.NumberRangeFilter(label=gettext_lazy("Km"))

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, request=request, **kwargs)
        # Choices instead of rows: a chosen one is then known without asking the database again.
        actor = actor_of(request)
        found = reach_of(actor)
        vehicles = reach.visible(actor, Vehicle).order_by("registration").values_list("pk", "registration")
        unit: Any = self.filters["unit"]
        unit.reach = found
        for name, choices in (
            ("unit", found.unit_choices), ("base", found.base_choices), ("vehicle", list(vehicles)),
        ):  # fmt: skip
            self.filters[name].extra["choices"] = choices


def trips(request: HttpRequest) -> HttpResponseBase:
    """The trips the actor may see. An export is on record: together with rotas, trips say who was where."""
    actor = actor_of(request)
    return lists.respond(
        request,
        rows=trips_of(actor),
        table=TripTable,
        filters=TripFilters,
        title=_("Trips"),
        noun=_("trips"),
        context={
            "breadcrumbs": trail(),
            "lead": _("Round trips that were driven: from leaving the base until being back."),
        },
        empty=lists.Empty(
            _("No trips have been imported"),
            _("Import a file with trips, and the best fleet can be found."),
            _("Import a trip file"),
            reverse("fleet:import_new"),
        ),
        on_export=lambda form: _record_export(actor, form),
    )


def _record_export(actor: Actor, form: str) -> None:
    log.record(actor=actor, action="fleet.trips.exported", now=clock.now(), detail={"format": form})
