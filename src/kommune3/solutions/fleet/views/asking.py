# SPDX-License-Identifier: MPL-2.0
"""Between the forms and what a run is asked: copying an earlier run, and reading what the reader chose."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.solutions.fleet.forms import CountsForm, RangesForm, RunForm, SimulationForm
from kommune3.solutions.fleet.forms.runs import BasisForm
from kommune3.solutions.fleet.models import Base, ChargingRule, FleetMode, Run, RunGoal
from kommune3.solutions.fleet.operations.runs import Asked, Place, Range
from kommune3.solutions.fleet.planning.problem import DEFAULT_BIKE_RULES
from kommune3.solutions.fleet.queries.standing import Standing, standing_at

OPTIMISE = "fleet.runs.start"
_BASES = "tables_for"
"""The hidden field that says for which bases the tables of the page were made."""
_KG = 1000


def source_of(request: HttpRequest, actor: Actor) -> Run | None:
    """The run that ``?from=`` names; raises ``NotVisible``."""
    asked = request.GET.get("from", "")
    return reach.get(actor, Run, asked) if asked else None


def initial_of(source: Run | None) -> dict[str, Any]:
    """What stands in the forms at first: the run's own answers; nothing without one."""
    if source is None:
        return {}
    bikes = DEFAULT_BIKE_RULES | source.bike_rules
    opens, closes = bikes["slots"][0]
    return {
        "title": (_("%(title)s, changed") % {"title": source.title})[:120],
        "note": source.note,
        "bases": [base.pk for base in source.bases.all()],
        "period_start": source.period_start,
        "period_last": source.period_end - timedelta(days=1),
        "goal": source.goal,
        "priority": source.priority or 0,
        "fleet_mode": FleetMode.FREE if source.fleet_mode == FleetMode.MANUAL else source.fleet_mode,
        "rate_set": source.rate_set_id,
        "max_unserved": source.max_unserved,
        "max_cash_dkk": source.max_cash_dkk,
        "max_co2e_t": None if source.max_co2e_kg is None else source.max_co2e_kg / _KG,
        "changeover_minutes": source.changeover_minutes,
        "shares_pools": source.shares_pools,
        "charging": source.charging,
        "price_area": source.price_area or None,
        "bike_max_trip_km": bikes["max_trip_km"],
        "bike_from": opens,
        "bike_to": closes,
        "bike_share": round(bikes["max_share"] * 100),
        "with_front": source.with_front,
    }


# --- Tables of vehicles ------------------------------------------------------------------------------------------


def ranges_form(actor: Actor, form: RunForm, data: QueryDict, source: Run | None) -> RangesForm | None:
    """The limits and locks as the reader filled them in; fresh where they are asked for, None where nobody wants them.

    Where the bases have changed since the tables were made, they are made anew, and the form says so.
    """
    wants = data.get("ask") == "ranges"
    if _BASES not in data and not wants:
        return None
    bases = list(form.cleaned_data["bases"])
    standing = standing_at(actor, bases, form.cleaned_data["period_last"])
    if chosen := list(form.cleaned_data["models"]):
        standing = replace(standing, models=chosen)
    if _BASES not in data:
        return RangesForm(**_tables(standing), **(_kept(source) if source else {}))
    if data[_BASES] != tables_for(bases):
        form.add_error("bases", _("The bases have changed. Look through the limits and locks, and try again."))
        return RangesForm(**_tables(standing))
    return RangesForm(data, **_tables(standing))


def ranges_of(actor: Actor, source: Run) -> RangesForm | None:
    """The limits and locks of an earlier run; None where it had none."""
    kept = _kept(source)
    if not kept["ranges"] and kept["locked"] is None:
        return None
    bases = list(source.bases.all())
    return RangesForm(**_tables(standing_at(actor, bases, source.period_end - timedelta(days=1))), **kept)


def counts_form(actor: Actor, form: SimulationForm, data: QueryDict) -> CountsForm:
    """The numbers as the reader filled them in; today's where they are asked for, or the bases have changed."""
    bases = list(form.cleaned_data["bases"])
    standing = standing_at(actor, bases, form.cleaned_data["period_last"])
    if data.get(_BASES) == tables_for(bases):
        return CountsForm(data, **_tables(standing))
    return CountsForm(**_tables(standing))


def counts_of(actor: Actor, source: Run, counts: Mapping[Place, int]) -> CountsForm:
    """The numbers of an earlier plan."""
    bases = list(source.bases.all())
    standing = standing_at(actor, bases, source.period_end - timedelta(days=1))
    return CountsForm(**_tables(standing), counts=counts)


def tables_for(bases: Sequence[Base]) -> str:
    """The bases of the tables, for the hidden field."""
    return ",".join(str(pk) for pk in sorted(base.pk for base in bases))


def _tables(standing: Standing) -> dict[str, Any]:
    return {"bases": standing.bases, "models": standing.models, "vehicles": standing.vehicles}


def _kept(source: Run) -> dict[str, Any]:
    """Limits that somebody set: a model that may simply be proposed has none."""
    if source.fleet_mode != FleetMode.FREE:
        return {"ranges": {}, "locked": None}
    rows = source.candidates.exclude(min_count=0, max_count=None)
    ranges = {(row.base_id, row.model_id): (row.min_count, row.max_count) for row in rows}
    return {"ranges": ranges, "locked": source.locked_vehicles}


# --- What is asked -------------------------------------------------------------------------------------------------


def asked_run(form: RunForm, ranges: RangesForm | None, source: Run | None) -> Asked:
    """An optimisation as the reader wants it."""
    values = form.cleaned_data
    tonnes = values["max_co2e_t"]
    return Asked(
        **_basis(form),
        goal=RunGoal(values["goal"]),
        fleet_mode=FleetMode(values["fleet_mode"]),
        models=list(values["models"]),
        ranges={} if ranges is None else {place: Range(*limits) for place, limits in ranges.chosen().items()},
        locked=None if ranges is None else ranges.locked(),
        max_cash_dkk=values["max_cash_dkk"],
        max_co2e_kg=None if tonnes is None else tonnes * _KG,
        priority=values["priority"] or None,
        with_front=values["with_front"],
        based_on=source,
    )


def asked_simulation(form: SimulationForm, counts: CountsForm, source: Run | None) -> Asked:
    """A simulation as the reader wants it."""
    return Asked(
        **_basis(form),
        goal=RunGoal(form.cleaned_data["goal"]),
        fleet_mode=FleetMode.MANUAL,
        counts=counts.chosen(),
        with_front=False,
        based_on=source,
    )


def _basis(form: BasisForm) -> dict[str, Any]:
    values = form.cleaned_data
    return {
        "title": values["title"],
        "note": values["note"],
        "bases": list(values["bases"].select_related("unit")),
        "period_start": values["period_start"],
        "period_end": values["period_last"] + timedelta(days=1),
        "max_unserved": values["max_unserved"],
        "changeover_minutes": Decimal(values["changeover_minutes"]),
        "shares_pools": values.get("shares_pools", False),
        "charging": ChargingRule(values["charging"] or ChargingRule.REST),
        "price_area": values["price_area"],
        "rate_set": values["rate_set"],
        "bike_rules": DEFAULT_BIKE_RULES
        | {
            "max_trip_km": float(values["bike_max_trip_km"]),
            "slots": [[f"{values['bike_from']:%H:%M}", f"{values['bike_to']:%H:%M}"]],
            "max_share": values["bike_share"] / 100,
        },
    }
