# SPDX-License-Identifier: MPL-2.0
"""The result of an optimisation, ready to be shown, exported or sent."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.solutions.fleet.models import (
    Assignment,
    Base,
    BaseWitness,
    FleetMode,
    Plan,
    PlanCount,
    PlanKind,
    PlanVehicle,
    Run,
    RunStatus,
    Trip,
    VehicleModel,
)

SHOWN_AROUND = timedelta(days=3)
MOST_SHOWN = 4000
"""Trips drawn in one timeline; enough for a week of a large base."""


@dataclass(frozen=True)
class Compared:
    """A plan's yearly figures beside today's; differences are today minus plan, so that a saving is positive."""

    plan: Plan
    vehicles_saved: int | None = None
    cash_saved_dkk: Decimal | None = None
    social_saved_dkk: Decimal | None = None
    co2e_saved_kg: Decimal | None = None


@dataclass(frozen=True)
class Proof:
    """The busiest instant of a base, with its trips and what the proposal has there."""

    witness: BaseWitness
    base: Base
    trips: list[Trip]
    proposed: int


@dataclass(frozen=True)
class Result:
    """Everything the result page tells of a run and one of its plans.

    ``proposal``: the plan that is shown, by default the run's proposal, else the one that the reader picked; ``counts``
    and ``vehicles`` are its. ``plans``: those it is compared with. ``counts_of``: plan key -> its counts. ``binding``
    decides: the busiest base's proof.
    """

    run: Run
    bases: list[Base]
    proposal: Compared | None
    today: Plan | None
    plans: list[Plan]
    front: list[Plan]
    counts: list[PlanCount]
    counts_of: dict[int, list[PlanCount]]
    proofs: list[Proof]
    only_cars: bool

    @property
    def binding(self) -> Proof | None:
        """The proof of the base with most trips at once."""
        return self.proofs[0] if self.proofs else None

    @cached_property
    def vehicles(self) -> list[PlanVehicle]:
        """Every vehicle of the shown plan; read when asked for."""
        return list(self.shown.plan_vehicles.select_related("base", "model")) if self.shown else []

    @property
    def shown(self) -> Plan | None:
        """The plan that is shown."""
        return self.proposal.plan if self.proposal else None

    def name_of(self, plan: Plan) -> str:
        """A plan as it is called; points of the front have numbers, and what was set by hand is no proposal."""
        if plan.kind == PlanKind.PROPOSED and self.run.fleet_mode == FleetMode.MANUAL:
            return _("Simulated")
        return str(plan.get_kind_display()) + (f" {plan.position}" if plan.position else "")

    @property
    def is_picked(self) -> bool:
        """Whether it is another plan than the proposal."""
        return self.shown is not None and self.shown.kind != PlanKind.PROPOSED

    @property
    def value(self) -> Decimal | None:
        """What the shown plan reaches of what it was found for."""
        return self.shown.value if self.shown and self.is_picked else self.run.value

    @property
    def bound(self) -> Decimal | None:
        """What is proven that no plan can go below."""
        return self.shown.bound if self.shown and self.is_picked else self.run.bound

    @property
    def gap(self) -> Decimal | None:
        """How far the value is from the proven bound, as a share; 0 = proven best."""
        if self.value is None or self.bound is None:
            return None
        return (self.value - self.bound) / self.value if self.value else Decimal(0)

    @property
    def is_proven(self) -> bool:
        """Whether nothing better exists."""
        return (self.shown.status if self.shown and self.is_picked else self.run.status) == RunStatus.OPTIMAL

    @property
    def violations(self) -> list[dict[str, Any]]:
        """What the independent checker says of the shown plan."""
        found: list[dict[str, Any]] = self.shown.violations if self.shown and self.is_picked else self.run.violations
        return found

    @property
    def is_over_the_cap(self) -> bool:
        """Whether a simulated plan leaves more trips unserved than was to be allowed."""
        most = self.run.max_unserved
        return most is not None and self.shown is not None and self.shown.unserved_trips > most


def get_result(*, actor: Actor, run_id: int, plan_id: int | None = None) -> Result:
    """The result of a run the actor may see, by default of its proposal; raises ``NotVisible``."""
    run = reach.visible(actor, Run).select_related("unit", "rate_set").filter(pk=run_id).first()
    if run is None:
        raise reach.NotVisible
    plans = list(run.plans.all())
    shown = plan_of(plans, plan_id)
    today = next((plan for plan in plans if plan.kind == PlanKind.TODAY), None)
    counts_of: dict[int, list[PlanCount]] = {plan.pk: [] for plan in plans}
    for count in (
        PlanCount.objects.filter(plan__run=run).select_related("base", "model").order_by("base__name", "model__name")
    ):
        counts_of[count.plan_id].append(count)
    counts = counts_of[shown.pk] if shown else []
    return Result(
        run=run,
        bases=list(run.bases.select_related("address", "unit")),
        proposal=_compared(shown, today) if shown else None,
        today=today,
        plans=_beside(plans, shown),
        front=sorted((plan for plan in plans if plan.kind == PlanKind.FRONT), key=lambda plan: plan.position),
        counts=counts,
        counts_of=counts_of,
        proofs=_proofs(run, counts),
        only_cars=all(_is_car(count.model) for count in counts),
    )


def plan_of(plans: Iterable[Plan], plan_id: int | None) -> Plan | None:
    """The proposal among a run's plans, or the picked one; ``NotVisible`` where that has not who drives what."""
    if plan_id is None:
        return next((plan for plan in plans if plan.kind == PlanKind.PROPOSED), None)
    found = next((plan for plan in plans if plan.pk == plan_id and plan.has_assignments), None)
    if found is None:
        raise reach.NotVisible
    return found


def counts_of_plan(run: Run, plan_id: int | None = None) -> dict[tuple[int, int], int]:
    """(base, model) -> vehicles of a plan, by default the proposal. Raises ``NotVisible`` for another run's.

    The caller has shown that the actor may see the run.
    """
    plan = plan_of(run.plans.all(), plan_id)
    if plan is None:
        return {}
    return {(count.base_id, count.model_id): count.count for count in plan.counts.all()}


def assignments_of(*, actor: Actor, run_id: int, plan_id: int | None = None) -> QuerySet[Assignment]:
    """Every trip of a run with the vehicle a plan (by default the proposal) gives it; raises ``NotVisible``."""
    run = reach.get(actor, Run, run_id)
    found = Assignment.objects.filter(plan__run=run)
    found = found.filter(plan__kind=PlanKind.PROPOSED) if plan_id is None else found.filter(plan=plan_id)
    return found.select_related("trip__base", "trip__vehicle", "plan_vehicle__model", "plan_vehicle__base")


def plan_vehicle_of(run: Run, plan_vehicle_id: int) -> PlanVehicle:
    """A vehicle of a run's proposal; raises ``NotVisible``."""
    found = PlanVehicle.objects.filter(pk=plan_vehicle_id, plan__run=run).select_related("model", "base").first()
    if found is None:
        raise reach.NotVisible
    return found


def shown_in_timeline(result: Result) -> tuple[list[Assignment], datetime | None]:
    """The trips of the binding base around its busiest instant, and that instant's start."""
    proof = result.binding
    if proof is None:
        return [], None
    around = proof.witness.starts_at
    found = Assignment.objects.filter(
        plan=result.shown,
        trip__base=proof.base,
        trip__start_at__gte=around - SHOWN_AROUND,
        trip__start_at__lt=around + SHOWN_AROUND,
    )
    return list(found.select_related("trip", "plan_vehicle__model").order_by("trip__start_at")[:MOST_SHOWN]), around


def _beside(plans: list[Plan], shown: Plan | None) -> list[Plan]:
    """What is compared, in the order it is read: today first, then the shown plan, then what it is measured against."""
    order = [PlanKind.TODAY, PlanKind.CURRENT, PlanKind.PROPOSED, PlanKind.FIRST_COME]
    found = sorted((plan for plan in plans if plan.kind in order), key=lambda plan: order.index(PlanKind(plan.kind)))
    if shown is not None and shown not in found:
        found.append(shown)
    return found


def _compared(plan: Plan, today: Plan | None) -> Compared:
    if today is None:
        return Compared(plan)
    return Compared(
        plan,
        today.vehicles - plan.vehicles,
        today.cash_dkk - plan.cash_dkk,
        today.social_dkk - plan.social_dkk,
        today.co2e_kg - plan.co2e_kg,
    )


def _proofs(run: Run, counts: list[PlanCount]) -> list[Proof]:
    witnesses = list(run.witnesses.select_related("base"))
    wanted = {trip for witness in witnesses for trip in witness.trip_ids}
    trips = {trip.pk: trip for trip in Trip.objects.filter(pk__in=wanted).select_related("vehicle")}
    return [
        Proof(
            witness,
            witness.base,
            sorted((trips[pk] for pk in witness.trip_ids if pk in trips), key=lambda trip: trip.start_at),
            sum(count.count for count in counts if count.base_id == witness.base_id),
        )
        for witness in witnesses
    ]


def _is_car(model: VehicleModel) -> bool:
    return model.kind in ("EV", "FOSSIL")
