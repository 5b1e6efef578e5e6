# SPDX-License-Identifier: MPL-2.0
"""A trial in plain words, as one tells it to a committee."""

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from fleetplan import LEAST_WEEKS

from kommune3.solutions.fleet.models import TrialPlan, WhatIfChange
from kommune3.solutions.fleet.queries.trials import Figure, HoldoutResult, TrialSize
from kommune3.ui.numbers import format_number


def headline(result: HoldoutResult) -> str:
    """What was tried: "31 vehicles, chosen on 4 weeks, were tried on 12 others."."""
    vehicles = [plan.vehicles or 0 for plan in result.chosen]
    tested = len(result.tested)
    if len(vehicles) == 1:
        return ngettext(
            "%(vehicles)s vehicles, chosen on %(chosen)s weeks, were tried on %(n)s other.",
            "%(vehicles)s vehicles, chosen on %(chosen)s weeks, were tried on %(n)s others.",
            tested,
        ) % {"vehicles": vehicles[0], "chosen": len(result.chosen_on), "n": tested}
    return _("%(n)s weeks each tried a fleet chosen on other weeks: %(least)s to %(most)s vehicles.") % {
        "n": tested, "least": min(vehicles, default=0), "most": max(vehicles, default=0),
    }  # fmt: skip


def service_sentence(result: HoldoutResult) -> str:
    """What share of the trips got a vehicle in weeks that the fleet was not chosen on."""
    service = result.service
    if service is None:
        return ""
    if not service.unserved:
        return _("All %(trips)s trips there got a vehicle, in every one of the %(weeks)s weeks.") % {
            "trips": format_number(service.trips, 0), "weeks": len(result.tested),
        }  # fmt: skip
    told = _("%(share)s %% of the trips there got a vehicle: all but %(left)s of %(trips)s.") % {
        "share": percent(service.trips_served.value), "left": format_number(service.unserved, 0),
        "trips": format_number(service.trips, 0),
    }  # fmt: skip
    full = sum(row.chosen is not None and not row.chosen.unserved_trips for row in result.tested)
    return f"{told} " + _("In %(full)s of %(weeks)s weeks every trip got one.") % {
        "full": full, "weeks": len(result.tested),
    }  # fmt: skip


def saving_sentence(result: HoldoutResult) -> str:
    """Cash against today's vehicles, with how sure it is. The social cost of CO2e is another figure, told elsewhere."""
    cash = result.saving.get("cash_dkk")
    if cash is None:
        return _("No vehicles are registered at the bases, so there is nothing to compare with.")
    if result.trial.unknown_figures:
        return ""
    text = (
        _("Compared with today's vehicles in the same weeks it saves about %(dkk)s kr. a year in cash.")
        if cash.value >= 0
        else _("Compared with today's vehicles in the same weeks it costs about %(dkk)s kr. a year more in cash.")
    )
    return text % {"dkk": rough(abs(cash.value))}


def certainty_sentence(result: HoldoutResult) -> str:
    """How sure the saving is, or that nobody can say."""
    cash = result.saving.get("cash_dkk")
    if cash is None or result.trial.unknown_figures:
        return ""
    if cash.low is None or cash.high is None:
        return few_weeks(cash.weeks)
    return _(
        "It is most likely between %(low)s and %(high)s kr. a year. Such an interval is right about 19 times of 20, if "
        "the weeks to come are like the %(weeks)s weeks tried."
    ) % {"low": rough(cash.low), "high": rough(cash.high), "weeks": cash.weeks}


def few_weeks(weeks: int) -> str:
    """Why no interval is given."""
    return ngettext(
        "Only %(n)s week was tried. That is too few to say how sure the figures are; it takes at least %(least)s.",
        "Only %(n)s weeks were tried. That is too few to say how sure the figures are; it takes at least %(least)s.",
        weeks,
    ) % {"n": weeks, "least": LEAST_WEEKS}


def interval(figure: Figure, *, scale: float = 1.0, decimals: int = 0) -> str:
    """ "between 3 and 5", or a dash where there is none."""
    if figure.low is None or figure.high is None:
        return "–"
    return _("%(low)s to %(high)s") % {
        "low": format_number(figure.low * scale, decimals), "high": format_number(figure.high * scale, decimals),
    }  # fmt: skip


def size_interval(size: TrialSize) -> str:
    """Between how many vehicles the size most likely lies."""
    if size.vehicles_low is None:
        return "–"
    if size.vehicles_high is None:
        return _("%(low)s or more") % {"low": size.vehicles_low}
    return _("%(low)s to %(high)s") % {"low": size.vehicles_low, "high": size.vehicles_high}


def unseen_sentence(result: HoldoutResult) -> str:
    """What may happen in weeks nobody has seen, also where all went well."""
    service = result.service
    if service is None or service.weeks_fully_served.low is None:
        return ""
    return _(
        "Of all weeks like these, between %(low)s and %(high)s per cent can be expected to have a vehicle for every "
        "trip."
    ) % {
        "low": format_number(100 * service.weeks_fully_served.low, 0),
        "high": format_number(100 * (service.weeks_fully_served.high or 0), 0),
    }  # fmt: skip


def design_of(plan: TrialPlan) -> str:
    """What a tried size was made for."""
    growth = plan.facts.get("growth_percent", 0)
    if growth:
        return _("All trips of the weeks chosen on, and %(percent)s %% more") % {"percent": format_number(growth)}
    return _("%(percent)s %% of the trips of the weeks chosen on") % {
        "percent": format_number(100 * plan.facts.get("design", 1))
    }


# --- What if ------------------------------------------------------------------------------------------------------


def difference(base: TrialPlan | None, plan: TrialPlan) -> str:
    """What a change does to vehicles and to cash; the other figures stand in the table."""
    if plan.vehicles is None:
        return _("No plan can obey all the rules then.")
    if base is None or base.vehicles is None or base.cash_dkk is None or plan.cash_dkk is None:
        return ""
    more = plan.vehicles - base.vehicles
    dearer = plan.cash_dkk - base.cash_dkk
    vehicles = (
        _("as many vehicles")
        if more == 0
        else ngettext("%(n)s vehicle more", "%(n)s vehicles more", more) % {"n": more}
        if more > 0
        else ngettext("%(n)s vehicle fewer", "%(n)s vehicles fewer", -more) % {"n": -more}
    )
    cash = _("%(dkk)s kr. a year more in cash") if dearer > 0 else _("%(dkk)s kr. a year less in cash")
    if abs(dearer) < 1:
        return _("%(vehicles)s and the same cash as without the change.") % {"vehicles": vehicles.capitalize()}
    cash %= {"dkk": format_number(abs(dearer), 0)}
    return _("%(vehicles)s and %(cash)s than without the change.") % {"vehicles": vehicles.capitalize(), "cash": cash}


def facts_of(plan: TrialPlan, base_names: dict[int, str]) -> list[str]:
    """What belongs to a change: ways, chargers, moves, the draw; each with its source."""
    facts = plan.facts
    if plan.change in (WhatIfChange.CLOSE_BASE, WhatIfChange.SHARE):
        return _way(facts, base_names)
    if plan.change == WhatIfChange.ELECTRIFY:
        return _chargers(facts, base_names)
    if plan.change == WhatIfChange.MOVE_TWICE:
        return _moves(plan)
    if plan.change == WhatIfChange.GROW:
        return [
            _("%(trips)s trips instead of %(before)s; those added were drawn with the number %(seed)s.")
            % {"trips": facts["trips"], "before": plan.trial.trips, "seed": facts["seed"]}
        ]
    return []


def _way(facts: dict[str, object], base_names: dict[int, str]) -> list[str]:
    here, there = (base_names.get(pk, "?") for pk in facts["bases"])  # type: ignore[attr-defined]
    kind = _("estimated") if facts["is_estimate"] else _("by road")
    lines = [
        _("%(here)s – %(there)s: %(minutes)s minutes and %(km)s km each way, %(kind)s (%(source)s).")
        % {
            "here": here, "there": there, "minutes": format_number(facts["minutes"]), "km": format_number(facts["km"]),  # type: ignore[arg-type]
            "kind": kind, "source": facts["source"],
        }
    ]  # fmt: skip
    if facts.get("transfer_km"):
        lines.append(
            _("Fetching vehicles from the other base takes %(km)s km a year, which is counted.")
            % {"km": format_number(facts["transfer_km"], 0)}  # type: ignore[arg-type]
        )
    return lines


def _chargers(facts: dict[str, object], base_names: dict[int, str]) -> list[str]:
    if "chargers" not in facts:
        return [_("The charging power was not told, so the number of chargers is not estimated.")]
    lines = [
        _("%(base)s: up to %(n)s of %(vehicles)s electric cars charge at once.")
        % {"base": base_names.get(row["base"], "?"), "n": row["at_once"], "vehicles": row["vehicles"]}
        for row in facts["chargers"]  # type: ignore[attr-defined]
    ]
    return [
        *lines,
        _(
            "An upper estimate: every car is plugged in when it comes home and takes %(kw)s kW (%(source)s). Charging "
            "that waits for the night needs fewer chargers."
        )
        % {"kw": format_number(facts["charge_kw"]), "source": facts["source"]},  # type: ignore[arg-type]
    ]


def _moves(plan: TrialPlan) -> list[str]:
    moves = plan.facts["moves"]
    lines = [
        ngettext(
            "%(n)s vehicle changes base in April and back in October.",
            "%(n)s vehicles change base in April and back in October.",
            moves,
        )
        % {"n": moves}
    ]
    if plan.moving_dkk is None:
        return [*lines, _("What a move costs was not told, so it is not in the cash figure.")]
    return [
        *lines,
        _("Moving costs %(dkk)s kr. a year, at %(each)s kr. a move (%(source)s); it is in the cash figure.")
        % {
            "dkk": format_number(plan.moving_dkk, 0), "each": format_number(plan.facts["move_dkk"], 0),
            "source": plan.facts["source"],
        },
    ]  # fmt: skip


def percent(share: float) -> str:
    """A share as per cent, never rounded up to 100 where something is missing."""
    shown = 100 * share
    return format_number(shown if share in (0, 1) else min(max(shown, 0.1), 99.9), 1)


def rough(dkk: float) -> str:
    """Kroner with as many figures as an estimate deserves: to the nearest thousand from 100 000 on, else hundred."""
    step = 1000 if abs(dkk) >= 100_000 else 100 if abs(dkk) >= 1000 else 1
    return format_number(Decimal(round(dkk / step) * step), 0)
