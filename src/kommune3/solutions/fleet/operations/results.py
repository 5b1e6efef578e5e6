# SPDX-License-Identifier: MPL-2.0
"""Writing what the engine found for a run."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import datetime

import fleetplan

from kommune3.solutions.fleet.models import (
    Assignment,
    BaseWitness,
    FleetMode,
    Plan,
    PlanCharge,
    PlanCount,
    PlanKind,
    PlanVehicle,
    Run,
    RunState,
)
from kommune3.solutions.fleet.planning.contracts import Contracts, excess_as_driven, excess_of_plan
from kommune3.solutions.fleet.planning.fronts import Alternative
from kommune3.solutions.fleet.planning.obstacles import obstacle_of
from kommune3.solutions.fleet.planning.pooling import transfer_km
from kommune3.solutions.fleet.planning.problem import Prepared, split_class_id
from kommune3.solutions.fleet.planning.rules import RULES
from kommune3.solutions.fleet.planning.solving import FRONT_TRIPS, Found

ROWS_AT_ONCE = 2000


def write_result(run: Run, prepared: Prepared, found: Found, *, now: datetime) -> None:
    """Write what was found, in the caller's transaction."""
    problem, answer = found.problem, found.answer
    run.state = RunState.FINISHED
    run.status = answer.status.name
    run.finished_at = now
    run.seconds = round(found.seconds, 3)
    run.trips = len(problem.trips)
    run.value = answer.value
    run.bound = answer.bound
    run.rates_used = [rate.as_json() for rate in prepared.rates]
    run.unknown_figures = prepared.unknown
    run.checked_at = now
    run.rules_checked = len(RULES)
    run.violations = _told(found.violations)
    run.obstacle = obstacle_of(problem, answer)
    run.save()
    writer = _Writer(run, problem, prepared.contracts)
    if answer.totals is not None:
        cap = problem.objective.max_co2e_kg
        writer.write(PlanKind.PROPOSED, Alternative(answer, found.violations, answer.value, answer.bound), cap=cap)
    if found.today is not None and found.today.totals is not None:
        writer.write(PlanKind.TODAY, Alternative(found.today, []), with_assignments=False)
    for kind, beside in ((PlanKind.CURRENT, found.current), (PlanKind.FIRST_COME, found.first_come)):
        if beside is not None:
            is_told = writer.is_small and run.fleet_mode == FleetMode.MANUAL
            writer.write(kind, beside, with_assignments=is_told)
    for position, point in enumerate(found.front, start=1):
        cap = None if point.max_co2e_kg is None else float(point.max_co2e_kg)
        writer.write(PlanKind.FRONT, point, position=position, cap=cap, with_assignments=writer.is_small)
    _write_witnesses(run, found)


def write_failure(run: Run, *, message: str, now: datetime) -> None:
    """Write why there is no result, in the caller's transaction."""
    run.state = RunState.FAILED
    run.failure = message[:500]
    run.finished_at = now
    run.save(update_fields=["state", "failure", "finished_at"])


class _Writer:
    """Writes the plans of one run."""

    def __init__(self, run: Run, problem: fleetplan.Problem, contracts: Contracts) -> None:
        self.run = run
        self.problem = problem
        self.contracts = contracts
        self.km_of = {trip.id: trip.km for trip in problem.trips}
        self.trip_of = {trip.id: trip for trip in problem.trips}
        self.home_of = {each.id: each.home for each in problem.classes}
        self.is_small = len(problem.trips) <= FRONT_TRIPS
        """Whether it is kept who drives what in every plan, not in the proposal alone."""

    def write(
        self, kind: PlanKind, found: Alternative, *, position: int = 0, cap: float | None = None,
        with_assignments: bool = True,
    ) -> None:  # fmt: skip
        answer, totals = found.answer, found.answer.totals
        assert totals is not None
        if kind == PlanKind.TODAY:
            excess = excess_as_driven(self.problem, self.contracts)
        else:
            excess = excess_of_plan(self.problem, answer, self.contracts)
        plan = Plan.objects.create(
            run=self.run, kind=kind, position=position, vehicles=totals.vehicles, fixed_dkk=totals.fixed_dkk,
            energy_dkk=totals.energy_dkk, allowance_dkk=totals.allowance_dkk, social_dkk=totals.social_dkk,
            co2e_kg=totals.co2e_kg, km=totals.km, unserved_km=totals.unserved_km, unserved_trips=totals.unserved_trips,
            value=found.value, bound=found.bound, max_co2e_kg=cap, status=answer.status.name,
            violations=_told(found.violations), has_assignments=with_assignments, transfer_km=totals.transfer_km,
            excess_dkk=excess.excess_dkk if excess else None, refund_dkk=excess.refund_dkk if excess else None,
        )  # fmt: skip
        if answer.charging is not None:
            plan.charged_kwh = answer.charging.kwh
            plan.charged_dkk = answer.charging.dkk
            plan.charged_bound_dkk = answer.charging.bound_dkk
            plan.save(update_fields=["charged_kwh", "charged_dkk", "charged_bound_dkk"])
        self._write_counts(plan, answer)
        if with_assignments:
            reasons = fleetplan.why_unserved(self.problem, answer) if totals.unserved_trips else {}
            self._write_assignments(plan, answer, {trip: reason.name for trip, reason in reasons.items()})

    def _transfer_km(self, class_id: str, trips: list[str]) -> float:
        return transfer_km(self.problem, self.home_of[class_id], (self.trip_of[trip] for trip in trips))

    def _write_counts(self, plan: Plan, answer: fleetplan.Answer) -> None:
        trips: Counter[str] = Counter()
        km: defaultdict[str, float] = defaultdict(float)
        for entry in answer.assignments:
            if entry.class_id is not None:
                trips[entry.class_id] += 1
                km[entry.class_id] += self.km_of[entry.trip_id]
        PlanCount.objects.bulk_create(
            PlanCount(
                plan=plan, base_id=base, model_id=model, count=entry.count, trips=trips[entry.class_id],
                km=round(km[entry.class_id], 3),
            )
            for entry in answer.fleet
            if entry.count
            for base, model in (split_class_id(entry.class_id),)
        )  # fmt: skip

    def _write_assignments(self, plan: Plan, answer: fleetplan.Answer, reasons: Mapping[str, str]) -> None:
        held: dict[tuple[str, int], list[str]] = defaultdict(list)
        for entry in answer.assignments:
            if entry.class_id is not None and entry.number is not None:
                held[entry.class_id, entry.number].append(entry.trip_id)
        vehicles = [
            PlanVehicle(
                plan=plan, base_id=base, model_id=model, number=number, trips=len(held[fleet.class_id, number]),
                km=round(sum(self.km_of[trip] for trip in held[fleet.class_id, number]), 3),
                transfer_km=round(self._transfer_km(fleet.class_id, held[fleet.class_id, number]), 3),
            )
            for fleet in answer.fleet
            for base, model in (split_class_id(fleet.class_id),)
            for number in range(1, fleet.count + 1)
        ]  # fmt: skip
        rows = PlanVehicle.objects.bulk_create(vehicles)
        keys = {(row.base_id, row.model_id, row.number): row for row in rows}
        PlanCharge.objects.bulk_create(
            (
                PlanCharge(
                    plan_vehicle=keys[(*split_class_id(charge.class_id), charge.number)],
                    charger_id=int(charge.charger_id), outlet=charge.outlet, starts_at=charge.starts_at,
                    ends_at=charge.ends_at, kwh=charge.kwh, dkk=charge.dkk,
                )
                for charge in answer.charges
            ),
            batch_size=ROWS_AT_ONCE,
        )  # fmt: skip
        Assignment.objects.bulk_create(
            (
                Assignment(
                    plan=plan, trip_id=int(entry.trip_id), reason=reasons.get(entry.trip_id, ""),
                    plan_vehicle=keys[(*split_class_id(entry.class_id), entry.number or 0)] if entry.class_id else None,
                )
                for entry in answer.assignments
            ),
            batch_size=ROWS_AT_ONCE,
        )  # fmt: skip


def _told(violations: list[fleetplan.Violation]) -> list[dict[str, object]]:
    return [{"code": each.code, "message": each.message, "trips": list(each.trip_ids)} for each in violations]


def _write_witnesses(run: Run, found: Found) -> None:
    counts: Counter[int] = Counter()
    for entry in found.answer.fleet:
        counts[split_class_id(entry.class_id)[0]] += entry.count
    BaseWitness.objects.bulk_create(
        BaseWitness(
            run=run, base_id=int(base), starts_at=witness.starts_at, ends_at=witness.ends_at,
            vehicles_needed=witness.vehicles_needed, trip_ids=[int(trip) for trip in witness.trip_ids],
            is_binding=counts[int(base)] == witness.vehicles_needed,
        )
        for base, witness in found.witnesses.items()
    )  # fmt: skip
