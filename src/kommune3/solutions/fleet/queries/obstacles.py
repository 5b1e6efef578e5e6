# SPDX-License-Identifier: MPL-2.0
"""What makes a run impossible, in words, with the trips that prove it."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kommune3.solutions.fleet.models import Run, Trip, VehicleModel

_ADVICE: dict[str, Promise] = {
    "NO_CLASS_MAY": gettext_lazy("Allow a model that may take it, or allow more unserved trips."),
    "TOO_MANY_AT_ONCE": gettext_lazy("Allow more vehicles there, or allow more unserved trips."),
    "CO2E_CAP": gettext_lazy("Raise the ceiling, offer greener models, or unlock vehicles that emit much."),
    "CASH_CAP": gettext_lazy("Raise the budget, offer cheaper models, or unlock dear vehicles."),
    "BOTH_CAPS": gettext_lazy("Raise one of the two ceilings."),
    "ENERGY": gettext_lazy("Set up more or faster chargers there, allow other models, or allow more unserved trips."),
    "TOGETHER": gettext_lazy("Loosen one of the wishes: number of vehicles, unserved trips, ceilings or bikes."),
}


@dataclass(frozen=True)
class Obstacle:
    """``text``: what cannot be. ``advice``: what to do about it. ``trips``: those of the instant that decides."""

    text: str
    advice: str
    starts_at: datetime | None
    ends_at: datetime | None
    trips: list[Trip]
    models: list[str]


def obstacle_of(run: Run) -> Obstacle | None:
    """What makes the run impossible; None where it is not. The caller has shown that the actor may see the run."""
    kept = run.obstacle
    if not kept:
        return None
    reason = kept.get("reason", "")
    trips = Trip.objects.filter(pk__in=kept.get("trips", [])).select_related("vehicle", "base").order_by("start_at")
    shows_instant = reason in ("NO_CLASS_MAY", "TOO_MANY_AT_ONCE", "ENERGY", "TOGETHER") and "starts_at" in kept
    return Obstacle(
        text=_text(run, reason),
        advice=str(_ADVICE.get(reason, "")),
        starts_at=datetime.fromisoformat(kept["starts_at"]) if shows_instant else None,
        ends_at=datetime.fromisoformat(kept["ends_at"]) if shows_instant else None,
        trips=list(trips) if shows_instant else [],
        models=list(VehicleModel.objects.filter(pk__in=kept.get("models", [])).values_list("name", flat=True)),
    )


def _text(run: Run, reason: str) -> str:
    kept = run.obstacle
    told = {
        "needed": kept.get("needed"),
        "available": kept.get("available"),
        "unserved": run.max_unserved,
        "least": _whole(kept.get("least")),
        "cash": _whole(run.max_cash_dkk),
        "kg": _whole(run.max_co2e_kg),
        "short": kept.get("shortfall_kwh"),
    }
    texts = {
        "NO_CLASS_MAY": _("No model may take this trip: none has the fittings, range or hours that it needs."),
        "TOO_MANY_AT_ONCE": _(
            "At this instant %(needed)s trips hold a vehicle at once; at most %(available)s vehicles that may take "
            "them are allowed, and at most %(unserved)s trips may stay unserved."
        ),
        "ENERGY": _(
            "The chargers cannot give what these trips use: %(short)s kWh are short when the last of them leaves, even "
            "if the cars could share their batteries."
        ),
        "CO2E_CAP": _("Even the greenest fleet emits %(least)s kg CO2e a year; at most %(kg)s are allowed."),
        "CASH_CAP": _("Even the cheapest fleet costs %(least)s kr. a year in cash; the budget is %(cash)s."),
        "BOTH_CAPS": _(
            "Each ceiling can be kept by itself, but not both: within %(kg)s kg CO2e the cheapest fleet costs "
            "%(least)s kr. a year in cash, and the budget is %(cash)s."
        ),
    }
    return texts.get(reason, _("The wishes cannot be met together.")) % told


def _whole(value: str | Decimal | None) -> str:
    return "–" if value is None else number_format(round(Decimal(value)), use_l10n=True, force_grouping=True)
