# SPDX-License-Identifier: MPL-2.0
"""Accepting a plan: its effect goes into the ledger."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from kommune3.kernel import events
from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.audit import log
from kommune3.kernel.effects import ledger
from kommune3.kernel.effects.models import Effect, Kind
from kommune3.solutions.fleet.errors import NotAcceptable
from kommune3.solutions.fleet.models import FleetMode, Plan, PlanKind, Run, RunGoal, RunState, RunStatus
from kommune3.solutions.fleet.operations.imports import name_of

_SOURCE = "fleet.run."
_MAY_BE_CHOSEN = (PlanKind.PROPOSED, PlanKind.CURRENT, PlanKind.FRONT)
_MEASURED_BY = {RunGoal.VEHICLES: "vehicles", RunGoal.CASH: "cash", RunGoal.CO2E: "co2e"}


def accept_plan(*, actor: Actor, now: datetime, run_id: int, plan_id: int | None = None) -> Run:
    """Accept a plan of a run and record what it saves against how it was driven, for the run's period.

    ``plan_id`` None: the proposal; else also a point of the front may be chosen. The saving in the goal that was proven
    to be best is PROVEN; what follows from it is ESTIMATED, with the assumption in words. Accepting twice records
    nothing more. Raises :class:`NotAcceptable`.
    """
    with transaction.atomic():
        run = reach.get(actor, Run, run_id, action="fleet.plans.accept")
        run = Run.objects.select_for_update().get(pk=run.pk)
        if run.accepted_at is not None:
            return run
        plans = list(run.plans.all())
        today = next((plan for plan in plans if plan.kind == PlanKind.TODAY), None)
        chosen = next((plan for plan in plans if plan.kind in _MAY_BE_CHOSEN and plan.pk == plan_id), None)
        if plan_id is None:
            chosen = next((plan for plan in plans if plan.kind == PlanKind.PROPOSED), None)
        today, chosen = _require_acceptable(run, today, chosen)
        with translation.override("da"):
            _record(run, today, chosen, actor=actor, now=now)
        run.accepted_at, run.accepted_by_name, run.accepted_plan = now, name_of(actor), chosen
        run.save(update_fields=["accepted_at", "accepted_by_name", "accepted_plan"])
        log.record(actor=actor, action="fleet.plan.accepted", now=now, object=run, unit_id=run.unit_id)
        events.publish("fleet.plan.accepted", {"run": run.pk, "unit": str(run.unit_id)}, now=now)
        return run


def _require_acceptable(run: Run, today: Plan | None, plan: Plan | None) -> tuple[Plan, Plan]:
    if run.state != RunState.FINISHED or plan is None:
        raise NotAcceptable(_("The optimisation has no plan that can be accepted."))
    if run.violations if plan.kind == PlanKind.PROPOSED else plan.violations:
        raise NotAcceptable(_("The independent checker found violations of the rules. The plan cannot be accepted."))
    if run.max_unserved is not None and plan.unserved_trips > run.max_unserved:
        raise NotAcceptable(
            _("The plan leaves %(unserved)s trips unserved; at most %(most)s are allowed. Add vehicles, or allow more.")
            % {"unserved": plan.unserved_trips, "most": run.max_unserved}
        )
    if today is None:
        raise NotAcceptable(
            _(
                "There is nothing to compare with: no vehicles are registered at the bases. Create today's vehicles "
                "and run again."
            )
        )
    return today, plan


def _record(run: Run, today: Plan, plan: Plan, *, actor: Actor, now: datetime) -> None:
    """Yearly figures are entered for the share of a year that the period is, so that no day counts more than it is."""
    share = Decimal((run.period_end - run.period_start).days) / 365
    savings = {"vehicles": Decimal(today.vehicles - plan.vehicles), "co2e": (today.co2e_kg - plan.co2e_kg) * share}
    if not run.unknown_figures:
        savings |= {
            "cash": (today.cash_dkk - plan.cash_dkk) * share,
            "social": (today.social_dkk - plan.social_dkk) * share,
        }
    else:
        del savings["co2e"]
    is_best = run.status == RunStatus.OPTIMAL and run.fleet_mode != FleetMode.MANUAL and plan.kind == PlanKind.PROPOSED
    proven = _MEASURED_BY[RunGoal(run.goal)] if is_best else None
    for indicator, quantity in savings.items():
        kind = Kind.PROVEN if indicator == proven else Kind.ESTIMATED
        _record_one(run, indicator, quantity, kind, actor=actor, now=now)


def _record_one(run: Run, indicator: str, quantity: Decimal, kind: Kind, *, actor: Actor, now: datetime) -> None:
    try:
        ledger.record(
            solution="fleet",
            indicator=indicator,
            unit=run.unit,
            period_start=run.period_start,
            period_end=run.period_end,
            quantity=quantity,
            kind=kind,
            source=f"{_SOURCE}{run.pk}",
            evidence=[{"label": run.title, "url": reverse("fleet:run", args=[run.pk])}],
            note=_note(run, kind),
            baseline=_("As the same trips were driven with today's vehicles"),
            supersedes=_replaced(run, indicator, kind),
            actor=actor,
            now=now,
        )
    except ledger.InvalidEffect as refusal:
        raise NotAcceptable(str(refusal.reason)) from refusal


def _replaced(run: Run, indicator: str, kind: Kind) -> list[Effect]:
    """Effects of earlier plans whose bases this plan covers too: it takes their place."""
    bases = set(run.bases.values_list("pk", flat=True))
    in_the_way = ledger.overlapping(
        solution="fleet", indicator=indicator, kind=kind, unit=run.unit,
        period_start=run.period_start, period_end=run.period_end,
    )  # fmt: skip
    earlier = {row: row.source.removeprefix(_SOURCE) for row in in_the_way if row.source != f"{_SOURCE}{run.pk}"}
    return [
        row
        for row, number in earlier.items()
        if number.isdigit() and set(Run.objects.filter(pk=number).values_list("bases", flat=True)) <= bases
    ]


def _note(run: Run, kind: Kind) -> str:
    if kind == Kind.PROVEN:
        return _("Proven by a lower bound: no plan for the same trips and rules does better.")
    return _(
        "Assumes that the trips of the period are driven as in the plan and that superfluous vehicles are given up."
    )
