# SPDX-License-Identifier: MPL-2.0
"""Why no model may take a trip, model by model."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from kommune3.solutions.fleet.models import Run, Trip, VehicleModel
from kommune3.solutions.fleet.planning.problem import DEFAULT_BIKE_RULES
from kommune3.solutions.fleet.queries.hindrances import Hindered, hindered
from kommune3.ui.numbers import format_number
from kommune3.ui.pictures import Cell, FiguresTable, Heading


def hindrances_of(run: Run) -> FiguresTable | None:
    """Of a run that no model may take a trip of: each model that could be there, and what keeps it from the trip."""
    found = hindered(run)
    if not found:
        return None
    rows = tuple(
        (
            Cell(each.trip.external_id or str(each.trip.pk)),
            Cell(_("%(model)s at %(base)s") % {"model": each.model.name, "base": each.base.name}),
            Cell(_words(each, DEFAULT_BIKE_RULES | run.bike_rules)),
        )
        for each in found
    )
    return FiguresTable((Heading(_("Trip")), Heading(_("Model")), Heading(_("What keeps it from the trip"))), rows)


def _words(each: Hindered, bikes: Mapping[str, Any]) -> str:
    trip, model = each.trip, each.model
    km = format_number(trip.km, 1)
    texts = {
        "NEEDS": _("It lacks: %(fittings)s.") % {"fittings": ", ".join(_lacking(trip, model))},
        "BASE": _("It stands at a base that shares no vehicles with the trip's."),
        "BIKE_KM": _("The trip is %(km)s km long; bikes take trips below %(limit)s km.")
        % {"km": km, "limit": format_number(bikes["max_trip_km"])},
        "BIKE_HOURS": _("The trip is outside the hours of the bikes: %(hours)s.")
        % {"hours": ", ".join(f"{opens}–{closes}" for opens, closes in bikes["slots"])},
        "BIKE_SPEED": _("The trip is faster than one cycles."),
        "RANGE": _("The trip is %(km)s km long, with the way from another base more; the range is %(range)s km.")
        % {"km": km, "range": format_number(model.range_km or 0)},
        "REST": _("The trip takes so long that too little of the day is left for charging."),
        "SHIFT": _("It could take the trip, but not the whole shift %(shift)s.") % {"shift": trip.shift},
        "NONE_ALLOWED": _("The proposal may have none of them."),
    }
    return texts.get(each.what, each.what)


def _lacking(trip: Trip, model: VehicleModel) -> list[str]:
    return sorted(set(trip.needs) - set(model.capabilities))
