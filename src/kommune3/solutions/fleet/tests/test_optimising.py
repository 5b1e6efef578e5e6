# SPDX-License-Identifier: MPL-2.0
"""From trips to a proven fleet: what is asked, what is found, and what goes into the ledger."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import fleetplan
import pytest
from django.http import Http404
from persons import NOW

from kommune3.kernel.access.actor import Actor, actor_of
from kommune3.kernel.access.reach import Forbidden
from kommune3.kernel.clock import MUNICIPAL_ZONE
from kommune3.kernel.effects.models import Effect, Kind
from kommune3.solutions.fleet.errors import InvalidRun, NotAcceptable, NotDeletable, TripsInUse
from kommune3.solutions.fleet.models import (
    Assignment,
    Base,
    PlanKind,
    PlanVehicle,
    RateSet,
    Run,
    RunGoal,
    RunState,
    RunStatus,
    Trip,
    TripImport,
    Vehicle,
)
from kommune3.solutions.fleet.models.runs import FleetMode
from kommune3.solutions.fleet.operations import accepting, imports, results, runs
from kommune3.solutions.fleet.planning import problem, rules, solving
from kommune3.solutions.fleet.tests.small_fleet import Read, SmallFleet, csv_of, problems, shared

WEEK = {"period_start": date(2026, 3, 2), "period_end": date(2026, 3, 9)}


def comparison() -> RateSet:
    return RateSet.objects.get(is_fixed=True)


def asked(fleet: SmallFleet, **more: Any) -> runs.Asked:
    chosen = {"bases": [fleet.own], **WEEK, "goal": RunGoal.VEHICLES, "rate_set": comparison(), "with_front": False}
    return runs.Asked(**{**chosen, **more})


def computed(run: Run, *, now: datetime = NOW) -> Run:
    """What the job does, in this process."""
    prepared = problem.prepare(run)
    found = solving.find(
        prepared.problem, wanted=problem.wanted(run, prepared), on_progress=lambda *_: None, should_cancel=lambda: False
    )
    results.write_result(run, prepared, found, now=now)
    return run


def started(fleet: SmallFleet, actor: Actor | None = None, **more: Any) -> Run:
    return runs.open_run(actor=actor or fleet.manager, now=NOW, asked=asked(fleet, **more))


@pytest.fixture
def three_trips(fleet: SmallFleet, read: Read) -> TripImport:
    """Two trips at once, and one when both are long home."""
    content = csv_of(
        "1,AB12345,2026-03-02 07:00,2026-03-02 09:00,30",
        "2,AB12346,2026-03-02 08:00,2026-03-02 10:00,40",
        "3,AB12345,2026-03-03 12:00,2026-03-03 13:00,20",
    )
    return imports.commit_import(actor=fleet.manager, now=NOW, import_id=read(content).pk)


def test_as_many_vehicles_are_proposed_as_trips_are_out_at_once(fleet: SmallFleet, three_trips: TripImport) -> None:
    run = computed(started(fleet))
    assert (run.state, run.status, run.value, run.bound) == (RunState.FINISHED, RunStatus.OPTIMAL, 2, 2)
    assert run.violations == []
    assert run.rules_checked == len(rules.RULES)
    witness = run.witnesses.get()
    assert (witness.vehicles_needed, len(witness.trip_ids), witness.is_binding) == (2, 2, True)
    assert Assignment.objects.filter(plan__run=run).count() == 3
    assert sum(PlanVehicle.objects.filter(plan__run=run).values_list("trips", flat=True)) == 3


def test_the_cheapest_fleet_is_compared_with_how_it_was_driven(fleet: SmallFleet, three_trips: TripImport) -> None:
    run = computed(started(fleet, goal=RunGoal.CASH, with_front=True))
    today, plan = run.plans.get(kind=PlanKind.TODAY), run.plans.get(kind=PlanKind.PROPOSED)
    assert today.fixed_dkk == 76000
    assert plan.cash_dkk <= today.cash_dkk
    assert run.plans.filter(kind=PlanKind.FRONT).exists()
    assert {rate["kind"] for rate in run.rates_used} >= {"PRICE_ELECTRICITY", "ALLOWANCE_HIGH", "SOCIAL_DKK_PER_T"}
    assert all(rate["source"] for rate in run.rates_used)


def test_a_locked_vehicle_is_kept(fleet: SmallFleet, three_trips: TripImport) -> None:
    Vehicle.objects.filter(model=fleet.petrol, base=fleet.own).update(is_locked=True)
    run = computed(started(fleet, goal=RunGoal.CO2E))
    assert run.plans.get(kind=PlanKind.PROPOSED).counts.get(model=fleet.petrol).count >= 1


def test_a_fixed_fleet_is_kept_and_only_distributed(fleet: SmallFleet, three_trips: TripImport) -> None:
    run = computed(started(fleet, goal=RunGoal.CASH, fleet_mode=FleetMode.FIXED))
    counts = run.plans.get(kind=PlanKind.PROPOSED).counts
    assert {(row.model_id, row.count) for row in counts.all()} == {(fleet.electric.pk, 1), (fleet.petrol.pk, 1)}


def test_each_base_keeps_its_own_vehicles(fleet: SmallFleet, read: Read, three_trips: TripImport) -> None:
    content = csv_of("9,CD12345,2026-03-02 14:00,2026-03-02 15:00,5")
    imports.commit_import(actor=fleet.manager, now=NOW, import_id=read(content).pk)
    run = computed(started(fleet, bases=[fleet.own, fleet.other]))
    assert run.unit == fleet.persons.root
    assert {row.base.name: row.vehicles_needed for row in run.witnesses.all()} == {"Grenaa": 2, "Auning": 1}
    assert run.value == 3


# --- What cannot be computed --------------------------------------------------------------------------------------


def test_a_rate_that_is_not_filled_in_is_named(fleet: SmallFleet, three_trips: TripImport) -> None:
    with pytest.raises(InvalidRun, match="kWh"):
        problem.prepare(started(fleet, goal=RunGoal.CASH, rate_set=RateSet.objects.get(is_default=True)))


def test_a_model_of_unknown_cost_is_named_where_cost_matters(fleet: SmallFleet, three_trips: TripImport) -> None:
    fleet.petrol.fixed_dkk_year = None
    fleet.petrol.save()
    with pytest.raises(InvalidRun, match="Benzinbil"):
        problem.prepare(started(fleet, goal=RunGoal.CASH))
    assert computed(started(fleet)).unknown_figures == ["Benzinbil"]


def test_a_period_without_trips_is_told(fleet: SmallFleet, three_trips: TripImport) -> None:
    empty = started(fleet, period_start=date(2025, 1, 1), period_end=date(2025, 2, 1))
    with pytest.raises(InvalidRun):
        problem.prepare(empty)


@pytest.mark.parametrize("more", [{"bases": []}, {"period_end": date(2026, 3, 2)}, {"period_start": date(2020, 1, 1)}])
def test_what_makes_no_sense_is_refused(fleet: SmallFleet, more: dict[str, Any]) -> None:
    with pytest.raises(InvalidRun):
        started(fleet, **more)
    assert Run.objects.count() == 0


def test_a_leader_optimises_own_bases_only_and_a_citizen_none(fleet: SmallFleet, three_trips: TripImport) -> None:
    started(fleet, fleet.leader)
    with pytest.raises(Forbidden):
        started(fleet, fleet.leader, bases=[fleet.other])
    with pytest.raises(Forbidden):
        started(fleet, actor_of(fleet.persons.citizen, now=NOW))


# --- The ledger ---------------------------------------------------------------------------------------------------


def test_an_accepted_plan_enters_the_ledger_once(fleet: SmallFleet, read: Read, three_trips: TripImport) -> None:
    run = computed(started(fleet, goal=RunGoal.CASH))
    for _ in range(2):
        accepting.accept_plan(actor=fleet.manager, now=NOW, run_id=run.pk)
    rows = {row.indicator: row for row in Effect.objects.all()}
    assert set(rows) == {"vehicles", "cash", "social", "co2e"}
    assert rows["cash"].kind == Kind.PROVEN
    assert rows["social"].kind == Kind.ESTIMATED
    assert rows["social"].note
    today, plan = run.plans.get(kind=PlanKind.TODAY), run.plans.get(kind=PlanKind.PROPOSED)
    assert rows["cash"].quantity == ((today.cash_dkk - plan.cash_dkk) * 7 / 365).quantize(Decimal("0.0001"))
    assert rows["cash"].evidence[0]["url"].endswith(f"/runs/{run.pk}/")


def test_a_better_plan_for_the_same_trips_takes_the_place_of_the_earlier(
    fleet: SmallFleet, three_trips: TripImport
) -> None:
    for _ in range(2):
        run = computed(started(fleet))
        accepting.accept_plan(actor=fleet.manager, now=NOW, run_id=run.pk)
    live = Effect.objects.filter(superseded_by=None, indicator="vehicles")
    assert [row.source for row in live] == [f"fleet.run.{run.pk}"]


def test_a_plan_with_violations_is_not_accepted(fleet: SmallFleet, three_trips: TripImport) -> None:
    run = computed(started(fleet))
    run.violations = [{"code": "double_booking", "message": "", "trips": []}]
    run.save()
    with pytest.raises(NotAcceptable):
        accepting.accept_plan(actor=fleet.manager, now=NOW, run_id=run.pk)
    assert Effect.objects.count() == 0


def test_only_the_fleet_manager_accepts(fleet: SmallFleet, three_trips: TripImport) -> None:
    run = computed(started(fleet))
    with pytest.raises(Forbidden):
        accepting.accept_plan(actor=fleet.leader, now=NOW, run_id=run.pk)
    for account in (fleet.persons.other_leader, fleet.persons.citizen):
        with pytest.raises(Http404):
            accepting.accept_plan(actor=actor_of(account, now=NOW), now=NOW, run_id=run.pk)


def test_what_is_evidence_is_neither_deleted_nor_undone(fleet: SmallFleet, three_trips: TripImport) -> None:
    run = computed(started(fleet))
    with pytest.raises(TripsInUse, match="Grenaa"):
        imports.undo_import(actor=fleet.manager, now=NOW, import_id=three_trips.pk)
    accepting.accept_plan(actor=fleet.manager, now=NOW, run_id=run.pk)
    with pytest.raises(NotDeletable):
        runs.delete_run(actor=fleet.manager, now=NOW, run_id=run.pk)
    spare = computed(started(fleet))
    runs.delete_run(actor=fleet.manager, now=NOW, run_id=spare.pk)
    assert Trip.objects.count() == 3


def test_every_violation_the_checker_can_find_has_words() -> None:
    import inspect
    import re

    from fleetplan import check_charging, check_pools

    check = inspect.getmodule(fleetplan.check)
    assert check is not None
    sources = "".join(inspect.getsource(module) for module in (check, check_charging, check_pools))
    assert set(re.findall(r'Violation\(\s*"(\w+)"', sources)) == set(rules.RULES)


# --- The real trips -----------------------------------------------------------------------------------------------


def test_for_the_298_municipal_trips_four_cars_suffice_and_the_instant_proves_it(fleet: SmallFleet, read: Read) -> None:
    staged = read(shared("fleet/os2-298.json").read_bytes(), name="os2-298.json", create_vehicles=True)
    assert problems(staged) == [(15, "start", "02-03-2022 22:44:10", "overlap_in_file")]
    imports.commit_import(actor=fleet.manager, now=NOW, import_id=staged.pk, keep_overlaps=True)
    assert Trip.objects.count() == 298
    start, end = runs.period_of(staged.first_start_at, staged.last_end_at)
    run = computed(
        started(
            fleet, bases=[Base.objects.get(name="os2-298")], period_start=start, period_end=end,
            changeover_minutes=Decimal(str(staged.definitions["settings"]["changeover_minutes"])),
        )
    )  # fmt: skip
    assert (run.status, run.value, run.bound, run.violations) == (RunStatus.OPTIMAL, 4, 4, [])
    assert run.plans.get(kind=PlanKind.TODAY).vehicles == 6
    witness = run.witnesses.get()
    assert witness.vehicles_needed == 4
    print(witness.starts_at.astimezone(MUNICIPAL_ZONE), witness.ends_at.astimezone(MUNICIPAL_ZONE))
    assert len(Trip.objects.filter(pk__in=witness.trip_ids)) == 4
    accepting.accept_plan(actor=fleet.manager, now=NOW, run_id=run.pk)
    saved = Effect.objects.get(indicator="vehicles")
    assert (saved.quantity, saved.kind) == (2, Kind.PROVEN)
