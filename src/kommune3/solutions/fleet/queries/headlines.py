# SPDX-License-Identifier: MPL-2.0
"""A result in plain words: what was found, and how one knows."""

from datetime import datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from kommune3.solutions.fleet.models import FleetMode, Plan, PlanKind, RunGoal, RunStatus
from kommune3.solutions.fleet.queries.results import Proof, Result


def headline(result: Result) -> str:
    """The one sentence that answers the question: "4 cars are enough."."""
    run = result.run
    if run.status == RunStatus.INFEASIBLE:
        return _("No plan can obey all the rules.")
    if result.proposal is None:
        return _("No plan was found in the time there was.")
    if result.is_picked:
        return _picked_headline(result.proposal.plan, len(result.front))
    if run.fleet_mode == FleetMode.MANUAL:
        return simulated(result.proposal.plan.unserved_trips, run.trips)
    count = result.proposal.plan.vehicles
    if run.goal == RunGoal.CASH:
        if result.only_cars:
            return ngettext("%(n)s car gives the lowest cash cost.", "%(n)s cars give the lowest cash cost.", count) % {
                "n": count
            }
        return ngettext(
            "%(n)s vehicle gives the lowest cash cost.", "%(n)s vehicles give the lowest cash cost.", count
        ) % {"n": count}
    if run.goal == RunGoal.CO2E:
        return ngettext("%(n)s vehicle gives the least CO2e.", "%(n)s vehicles give the least CO2e.", count) % {
            "n": count
        }
    if result.only_cars:
        return ngettext("%(n)s car is enough.", "%(n)s cars are enough.", count) % {"n": count}
    return ngettext("%(n)s vehicle is enough.", "%(n)s vehicles are enough.", count) % {"n": count}


def simulated(unserved: int, trips: int) -> str:
    """What a simulation says first: whether the vehicles can drive the trips."""
    if not unserved:
        return _("The vehicles drive all the trips.")
    return ngettext(
        "%(n)s trip of %(trips)s has no vehicle.", "%(n)s trips of %(trips)s have no vehicle.", unserved
    ) % {"n": unserved, "trips": trips}


def _picked_headline(plan: Plan, points: int) -> str:
    vehicles = ngettext("%(n)s vehicle", "%(n)s vehicles", plan.vehicles) % {"n": plan.vehicles}
    if plan.kind == PlanKind.FRONT:
        return _("Alternative %(position)s of %(points)s: %(vehicles)s.") % {
            "position": plan.position, "points": points, "vehicles": vehicles,
        }  # fmt: skip
    return f"{plan.get_kind_display()}: {vehicles}."


def proof_sentence(proof: Proof, *, changeover_minutes: float) -> str:
    """When most trips hold a vehicle at once: "On Tuesday 8 March at 9:41–9:55, 4 trips hold a vehicle at once …"."""
    witness = proof.witness
    return ngettext(
        "%(when)s, %(n)s trip holds a vehicle (with %(minutes)s minutes to change over).",
        "%(when)s, %(n)s trips hold a vehicle at once (with %(minutes)s minutes to change over).",
        witness.vehicles_needed,
    ) % {
        "when": span(witness.starts_at, witness.ends_at),
        "n": witness.vehicles_needed,
        "minutes": number_format(
            changeover_minutes, decimal_pos=0 if changeover_minutes == int(changeover_minutes) else 1
        ),
    }


def proof_of(result: Result) -> str:
    """Why fewer vehicles will not do: the busiest instant, or with several bases the sum of theirs."""
    proof, run = result.binding, result.run
    if proof is None:
        return ""
    at_busiest = proof_sentence(proof, changeover_minutes=float(run.changeover_minutes))
    if len(result.proofs) == 1:
        return at_busiest
    needed = sum(each.witness.vehicles_needed for each in result.proofs)
    if run.max_unserved == 0 and result.proposal is not None and needed == result.proposal.plan.vehicles:
        return _(
            "the busiest instants of the %(bases)s bases need %(needed)s vehicles together; fewer cannot drive the "
            "trips."
        ) % {
            "bases": len(result.proofs),
            "needed": needed,
        }
    return f"{proof.base.name}: {at_busiest}"


def span(start: datetime, end: datetime) -> str:
    """Day and times of an interval, as one says it."""
    first, last = timezone.localtime(start), timezone.localtime(end)
    is_short = (first.hour, first.minute) == (last.hour, last.minute)
    clock_format = (
        pgettext("time of day with seconds as a Django date format", "H:i:s")
        if is_short
        else pgettext("time of day as a Django date format", "H:i")
    )
    day = date_format(first, pgettext("day as a Django date format", r"\O\n l j F Y"))
    return pgettext("day and interval", "%(day)s at %(start)s–%(end)s") % {
        "day": day,
        "start": date_format(first, clock_format),
        "end": date_format(last, clock_format),
    }


def bound_sentence(result: Result) -> str:
    """How good the answer is proven to be."""
    run = result.run
    if result.bound is None or result.gap is None or result.proposal is None:
        return ""
    if run.fleet_mode == FleetMode.MANUAL:
        if result.value == result.bound:
            return _("Proven: no way to distribute the trips on these vehicles leaves fewer without one.")
        return _("Proven: at least %(bound)s trips stay without a vehicle, however they are distributed.") % {
            "bound": round(result.bound)
        }
    if result.is_picked:
        return _front_sentence(result.proposal.plan)
    bound = _goal_value(result, float(result.bound))
    if result.is_proven:
        return _("Proven: no plan that obeys the rules can do better (lower bound %(bound)s).") % {"bound": bound}
    return _("Proven: no plan can come below %(bound)s. The proposal is at most %(gap)s %% above it.") % {
        "bound": bound,
        "gap": number_format(float(result.gap) * 100, decimal_pos=2),
    }


def _front_sentence(plan: Plan) -> str:
    """How good a point of the front is proven to be: the cheapest within its CO2e."""
    assert plan.bound is not None
    told = {
        "bound": _whole(plan.bound),
        "kg": _whole(plan.max_co2e_kg if plan.max_co2e_kg is not None else plan.co2e_kg),
        "gap": number_format(float(plan.gap or 0) * 100, decimal_pos=2),
    }
    if plan.value == plan.bound:
        return _("Proven: no plan that emits %(kg)s kg CO2e a year or less is cheaper in cash.") % told
    return (
        _(
            "Proven: no plan that emits %(kg)s kg CO2e a year or less costs less than %(bound)s kr. a year in cash. "
            "This one is at most %(gap)s %% above it."
        )
        % told
    )


def _goal_value(result: Result, value: float) -> str:
    if result.run.goal == RunGoal.VEHICLES:
        return ngettext("%(n)s vehicle", "%(n)s vehicles", round(value)) % {"n": round(value)}
    if result.run.goal == RunGoal.CO2E:
        return _("%(kg)s kg CO2e a year") % {"kg": number_format(value, decimal_pos=0, force_grouping=True)}
    return _("%(dkk)s kr. a year in cash") % {"dkk": number_format(value, decimal_pos=0, force_grouping=True)}


def figures(result: Result) -> list[str]:
    """The result's figures, a line each; cash and social cost apart."""
    if result.proposal is None:
        return []
    plan, lines = result.proposal.plan, []
    if not result.run.unknown_figures:
        lines.append(
            _("Cash %(cash)s kr. a year; social cost of CO2e %(social)s kr. a year; %(kg)s kg CO2e a year.")
            % {"cash": _whole(plan.cash_dkk), "social": _whole(plan.social_dkk), "kg": _whole(plan.co2e_kg)}
        )
    if result.today is not None:
        lines.append(
            ngettext("As it was driven: %(n)s vehicle.", "As it was driven: %(n)s vehicles.", result.today.vehicles)
            % {"n": result.today.vehicles}
        )
    lines.append(
        _("Unserved trips: %(unserved)s of %(trips)s. Violations found by the independent checker: %(violations)s.")
        % {"unserved": plan.unserved_trips, "trips": result.run.trips, "violations": len(result.violations)}
    )
    return lines


def plan_line(name: str, plan: Plan, *, with_figures: bool) -> str:
    """A plan in one line; cash and social cost apart."""
    told = {
        "plan": name, "unserved": plan.unserved_trips, "vehicles": plan.vehicles,
        "cash": _whole(plan.cash_dkk), "social": _whole(plan.social_dkk), "kg": _whole(plan.co2e_kg),
    }  # fmt: skip
    if not with_figures:
        return _("%(plan)s: %(vehicles)s vehicles, %(unserved)s unserved trips.") % told
    return (
        _(
            "%(plan)s: %(vehicles)s vehicles, %(unserved)s unserved trips; cash %(cash)s kr. a year; social cost of "
            "CO2e %(social)s kr. a year; %(kg)s kg CO2e a year."
        )
        % told
    )


def _whole(value: Decimal) -> str:
    return number_format(round(value), use_l10n=True, force_grouping=True)


def between_bases(result: Result) -> str:
    """Of a run where bases share vehicles: what that comes to in km; empty where they do not."""
    plan = result.shown
    if plan is None or not result.run.pools_used:
        return ""
    names = ", ".join(pool["name"] for pool in result.run.pools_used)
    return _(
        "Bases share vehicles (%(pools)s). The vehicles drive %(km)s km a year between their own base and the bases of "
        "the trips; the time and the km are counted."
    ) % {"pools": names, "km": number_format(round(plan.transfer_km), use_l10n=True, force_grouping=True)}
