# SPDX-License-Identifier: MPL-2.0
"""Vehicles set by hand, ceilings, limits and locks, the points of the front, and why a trip has no vehicle."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.http import Http404
from persons import NOW

from kommune3.kernel.access.actor import actor_of
from kommune3.kernel.access.reach import Forbidden
from kommune3.kernel.effects.models import Effect, Kind
from kommune3.solutions.fleet import tasks
from kommune3.solutions.fleet.errors import InvalidRun, NotAcceptable, NotDeletable
from kommune3.solutions.fleet.models import (
    Assignment,
    FleetMode,
    PlanKind,
    Run,
    RunGoal,
    RunState,
    RunStatus,
    Trip,
    TripImport,
    Vehicle,
)
from kommune3.solutions.fleet.operations import accepting, imports, runs
from kommune3.solutions.fleet.planning import problem
from kommune3.solutions.fleet.queries.comparing import compare
from kommune3.solutions.fleet.queries.excluded import excluded_from
from kommune3.solutions.fleet.queries.obstacles import obstacle_of
from kommune3.solutions.fleet.queries.results import get_result
from kommune3.solutions.fleet.queries.usage import UNSERVED, get_usage
from kommune3.solutions.fleet.tests.small_fleet import Read, SmallFleet, csv_of
from kommune3.solutions.fleet.tests.test_optimising import asked, computed, started

# A busy Monday: three trips at once at noon, a long one, and one at dawn on Tuesday.
BUSY = csv_of(
    "1,AB12345,2026-03-02 11:00,2026-03-02 13:00,30",
    "2,AB12346,2026-03-02 11:30,2026-03-02 13:30,40",
    "3,,2026-03-02 12:00,2026-03-02 14:00,4",
    "4,AB12345,2026-03-02 15:00,2026-03-02 17:00,120",
    "5,AB12346,2026-03-03 06:00,2026-03-03 06:30,8",
    header="trip_id,vehicle,start,end,km",
)


@pytest.fixture
def busy(fleet: SmallFleet, read: Read) -> TripImport:
    content = "trip_id,base,vehicle,start,end,km\n" + "\n".join(
        f"{line.split(',')[0]},Grenaa,{line.split(',', 1)[1]}" for line in BUSY.splitlines()[1:]
    )
    return imports.commit_import(actor=fleet.manager, now=NOW, import_id=read(content + "\n").pk)


def simulated(fleet: SmallFleet, electric: int, petrol: int, **more: Any) -> Run:
    counts = {(fleet.own.pk, fleet.electric.pk): electric, (fleet.own.pk, fleet.petrol.pk): petrol}
    return computed(started(fleet, fleet_mode=FleetMode.MANUAL, goal=RunGoal.CASH, counts=counts, **more))


# --- Set by hand --------------------------------------------------------------------------------------------------


def test_the_same_trips_are_driven_again_with_the_vehicles_set_by_hand(fleet: SmallFleet, busy: TripImport) -> None:
    run = simulated(fleet, 2, 1)
    plan = run.plans.get(kind=PlanKind.PROPOSED)
    assert (run.state, run.status, run.violations) == (RunState.FINISHED, RunStatus.OPTIMAL, [])
    assert (plan.vehicles, plan.unserved_trips) == (3, 0)
    assert {(row.model_id, row.count) for row in plan.counts.all()} == {(fleet.electric.pk, 2), (fleet.petrol.pk, 1)}
    today = run.plans.get(kind=PlanKind.CURRENT)
    assert (today.vehicles, today.unserved_trips) == (2, 1)


def test_with_too_few_vehicles_as_few_trips_as_possible_are_unserved_each_with_its_reason(
    fleet: SmallFleet, busy: TripImport
) -> None:
    run = simulated(fleet, 1, 0)
    assert (run.value, run.bound) == (2, 2)
    left = Assignment.objects.filter(plan__run=run, plan__kind=PlanKind.PROPOSED, plan_vehicle=None)
    assert {row.reason for row in left} == {"ALL_OUT"}
    assert {row.trip.external_id for row in left} < {"1", "2", "3"}


def test_first_come_is_shown_beside_the_best_allocation_and_never_serves_more(
    fleet: SmallFleet, busy: TripImport
) -> None:
    run = simulated(fleet, 1, 1)
    best, naive = run.plans.get(kind=PlanKind.PROPOSED), run.plans.get(kind=PlanKind.FIRST_COME)
    assert naive.vehicles == best.vehicles
    assert naive.unserved_trips >= best.unserved_trips
    assert naive.assignments.count() == best.assignments.count() == 5
    assert naive.violations == []


def test_a_simulation_over_its_cap_is_shown_but_not_accepted(fleet: SmallFleet, busy: TripImport) -> None:
    run = simulated(fleet, 1, 0, max_unserved=1)
    assert get_result(actor=fleet.manager, run_id=run.pk).is_over_the_cap
    with pytest.raises(NotAcceptable, match="2"):
        accepting.accept_plan(actor=fleet.manager, now=NOW, run_id=run.pk)
    assert Effect.objects.count() == 0
    allowed = simulated(fleet, 1, 0, max_unserved=2)
    accepting.accept_plan(actor=fleet.manager, now=NOW, run_id=allowed.pk)
    assert set(Effect.objects.values_list("kind", flat=True)) == {Kind.ESTIMATED}


def test_a_small_simulation_is_done_at_once_and_a_large_one_waits_for_a_worker(
    fleet: SmallFleet, busy: TripImport, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = {(fleet.own.pk, fleet.electric.pk): 2}
    wanted = asked(fleet, fleet_mode=FleetMode.MANUAL, goal=RunGoal.CASH, counts=counts)
    assert tasks.start_simulation(actor=fleet.manager, now=NOW, asked=wanted).state == RunState.FINISHED
    monkeypatch.setattr(problem, "QUICK_TRIPS", 4)
    assert tasks.start_simulation(actor=fleet.manager, now=NOW, asked=wanted).state == RunState.STARTED


@pytest.mark.parametrize(
    "more",
    [
        {"max_cash_dkk": Decimal(1)},
        {"max_co2e_kg": Decimal(1)},
        {"priority": 3},
        {"counts": {}},
    ],
)
def test_a_simulation_without_vehicles_or_with_ceilings_is_refused(
    fleet: SmallFleet, busy: TripImport, more: dict[str, Any]
) -> None:
    counts = {(fleet.own.pk, fleet.electric.pk): 1}
    with pytest.raises(InvalidRun):
        started(fleet, **{"fleet_mode": FleetMode.MANUAL, "goal": RunGoal.CASH, "counts": counts, **more})


def test_vehicles_at_a_base_that_was_not_chosen_are_refused(fleet: SmallFleet, busy: TripImport) -> None:
    with pytest.raises(InvalidRun):
        started(fleet, fleet_mode=FleetMode.MANUAL, counts={(fleet.other.pk, fleet.electric.pk): 1})


# --- Wishes -------------------------------------------------------------------------------------------------------


def test_locks_of_the_run_replace_those_of_the_register(fleet: SmallFleet, busy: TripImport) -> None:
    Vehicle.objects.filter(registration="AB12345").update(is_locked=True)
    petrol = Vehicle.objects.get(registration="AB12346")
    run = started(fleet, locked=[petrol.pk])
    least = {row.model_id: row.min_count for row in run.candidates.all()}
    assert least == {fleet.electric.pk: 0, fleet.petrol.pk: 1}


def test_a_range_is_kept_and_one_below_the_locked_vehicles_is_refused(fleet: SmallFleet, busy: TripImport) -> None:
    place = (fleet.own.pk, fleet.petrol.pk)
    run = computed(started(fleet, goal=RunGoal.CO2E, ranges={place: runs.Range(2, 2)}))
    counts = {row.model_id: row.count for row in run.plans.get(kind=PlanKind.PROPOSED).counts.all()}
    assert counts[fleet.petrol.pk] == 2
    Vehicle.objects.filter(registration="AB12346").update(is_locked=True)
    with pytest.raises(InvalidRun, match="Benzinbil"):
        started(fleet, ranges={place: runs.Range(0, 0)})


def test_a_budget_is_kept_and_one_too_small_tells_what_the_cheapest_costs(fleet: SmallFleet, busy: TripImport) -> None:
    cheapest = computed(started(fleet, goal=RunGoal.CASH)).plans.get(kind=PlanKind.PROPOSED).cash_dkk
    within = computed(started(fleet, goal=RunGoal.CO2E, max_cash_dkk=cheapest + 1000))
    assert within.plans.get(kind=PlanKind.PROPOSED).cash_dkk <= cheapest + 1000
    run = computed(started(fleet, goal=RunGoal.CO2E, max_cash_dkk=Decimal(10)))
    assert run.status == RunStatus.INFEASIBLE
    found = obstacle_of(run)
    assert found is not None
    assert f"{round(cheapest):,}".replace(",", ".") in found.text.replace(",", ".").replace("\xa0", ".")


def test_too_few_vehicles_come_back_with_the_instant_and_its_trips(fleet: SmallFleet, busy: TripImport) -> None:
    limits = {(fleet.own.pk, model.pk): runs.Range(0, 1) for model in (fleet.electric, fleet.petrol)}
    run = computed(started(fleet, ranges=limits))
    assert run.status == RunStatus.INFEASIBLE
    found = obstacle_of(run)
    assert found is not None
    assert {trip.external_id for trip in found.trips} == {"1", "2", "3"}
    assert found.starts_at is not None
    assert "3" in found.text


def test_a_priority_saves_at_least_its_tenths_of_the_co2e_that_can_be_saved(
    fleet: SmallFleet, busy: TripImport
) -> None:
    front = computed(started(fleet, goal=RunGoal.CASH, with_front=True)).plans.filter(kind=PlanKind.FRONT)
    cheapest, greenest = front.order_by("position").first(), front.order_by("-position").first()
    assert cheapest is not None
    assert greenest is not None
    possible = cheapest.co2e_kg - greenest.co2e_kg
    for tenths in (3, 10):
        run = computed(started(fleet, goal=RunGoal.CASH, priority=tenths))
        plan = run.plans.get(kind=PlanKind.PROPOSED)
        assert cheapest.co2e_kg - plan.co2e_kg >= possible * tenths / 10 - Decimal("0.02")
        assert run.violations == []
        assert cheapest.cash_dkk <= plan.cash_dkk <= greenest.cash_dkk + Decimal("0.03")


@pytest.mark.parametrize("more", [{"priority": 11}, {"priority": 5, "goal": RunGoal.CO2E}])
def test_a_priority_that_makes_no_sense_is_refused(fleet: SmallFleet, more: dict[str, Any]) -> None:
    with pytest.raises(InvalidRun):
        started(fleet, **{"goal": RunGoal.CASH, **more})


# --- The front ----------------------------------------------------------------------------------------------------


def test_every_point_of_the_front_is_a_whole_plan_with_its_bound(fleet: SmallFleet, busy: TripImport) -> None:
    run = computed(started(fleet, goal=RunGoal.CASH, with_front=True))
    points = list(run.plans.filter(kind=PlanKind.FRONT).order_by("position"))
    assert len(points) > 1
    assert points[0].cash_dkk == run.plans.get(kind=PlanKind.PROPOSED).cash_dkk
    for before, after in zip(points, points[1:], strict=False):
        assert before.cash_dkk < after.cash_dkk
        assert before.co2e_kg > after.co2e_kg
    for point in points:
        assert point.violations == []
        assert point.assignments.count() == 5
        assert point.bound is not None
        assert point.bound <= point.cash_dkk
        result = get_result(actor=fleet.manager, run_id=run.pk, plan_id=point.pk)
        assert sum(count.count for count in result.counts) == point.vehicles


def test_a_point_of_the_front_is_accepted_in_place_of_the_proposal(fleet: SmallFleet, busy: TripImport) -> None:
    run = computed(started(fleet, goal=RunGoal.CASH, with_front=True))
    greenest = run.plans.filter(kind=PlanKind.FRONT).order_by("-position").first()
    assert greenest is not None
    accepted = accepting.accept_plan(actor=fleet.manager, now=NOW, run_id=run.pk, plan_id=greenest.pk)
    assert accepted.accepted_plan == greenest
    today = run.plans.get(kind=PlanKind.TODAY)
    saved = Effect.objects.get(indicator="co2e")
    assert saved.quantity == ((today.co2e_kg - greenest.co2e_kg) * 7 / 365).quantize(Decimal("0.0001"))
    assert saved.kind == Kind.ESTIMATED


def test_a_plan_of_another_run_is_neither_shown_nor_accepted(fleet: SmallFleet, busy: TripImport) -> None:
    first, second = computed(started(fleet)), computed(started(fleet))
    strange = second.plans.get(kind=PlanKind.PROPOSED).pk
    with pytest.raises(Http404):
        get_result(actor=fleet.manager, run_id=first.pk, plan_id=strange)
    with pytest.raises(NotAcceptable):
        accepting.accept_plan(actor=fleet.manager, now=NOW, run_id=first.pk, plan_id=strange)


# --- Use, comparison, what was not counted ------------------------------------------------------------------------


def test_the_histograms_add_up_to_the_trips_and_the_vehicles(fleet: SmallFleet, busy: TripImport) -> None:
    usage = get_usage(actor=fleet.manager, run_id=simulated(fleet, 1, 0).pk)
    assert usage is not None
    assert sum(map(sum, usage.by_hour.values())) == 5
    assert sum(map(sum, usage.by_length.values())) == 5
    assert sum(usage.by_hour[UNSERVED]) == 2
    # The trip at half past six in the morning stands by Danish time, an hour ahead of UTC in March.
    assert usage.by_hour["EV"][6] == 1
    assert usage.most_out["EV"][12] == 1
    only = usage.vehicles[0]
    assert (only.days_used, only.vehicle.trips) == (2, 3)
    assert only.km_per_day_used == pytest.approx(only.vehicle.km / 2)
    assert only.share_in_use == pytest.approx(only.hours_out / (7 * 24))


def test_runs_side_by_side_tell_what_they_were_not_asked_alike(fleet: SmallFleet, busy: TripImport) -> None:
    few, many = simulated(fleet, 1, 0), simulated(fleet, 2, 1)
    found = compare(actor=fleet.manager, run_ids=[few.pk, many.pk])
    assert [side.plan.unserved_trips for side in found.sides] == [2, 0]
    assert found.differs == []
    assert sum(found.sides[1].km_of.values()) == pytest.approx(202)
    longer = computed(started(fleet, period_end=date(2026, 3, 16)))
    assert compare(actor=fleet.manager, run_ids=[few.pk, longer.pk]).differs == ["period"]
    with pytest.raises(Http404):
        compare(actor=actor_of(fleet.persons.other_leader, now=NOW), run_ids=[few.pk, many.pk])


def test_what_was_not_counted_is_listed_with_its_reason(fleet: SmallFleet, read: Read, busy: TripImport) -> None:
    content = csv_of("8,AB12345,2026-03-01 23:30,2026-03-02 00:30,9", "9,AB12345,2026-03-04 09:00,2026-03-04 08:00,9")
    imports.commit_import(actor=fleet.manager, now=NOW, import_id=read(content).pk, keep_good=True)
    run = computed(started(fleet))
    assert run.trips == 5
    found = list(excluded_from(run))
    assert found[0].what == "8"
    assert found[1].where.endswith("3")
    assert all(each.reason for each in found)


# --- Title, note, delete and undo ---------------------------------------------------------------------------------


def test_a_deleted_run_is_gone_until_it_is_brought_back(fleet: SmallFleet, busy: TripImport) -> None:
    run = computed(started(fleet))
    runs.delete_run(actor=fleet.manager, now=NOW, run_id=run.pk)
    with pytest.raises(Http404):
        get_result(actor=fleet.manager, run_id=run.pk)
    with pytest.raises(Http404):
        runs.restore_run(actor=actor_of(fleet.persons.other_leader, now=NOW), now=NOW, run_id=run.pk)
    runs.restore_run(actor=fleet.leader, now=NOW, run_id=run.pk)
    assert get_result(actor=fleet.manager, run_id=run.pk).shown is not None


def test_a_deleted_run_neither_keeps_trips_nor_stays_for_ever(fleet: SmallFleet, busy: TripImport) -> None:
    first, second = computed(started(fleet)), computed(started(fleet))
    runs.delete_run(actor=fleet.manager, now=NOW, run_id=first.pk)
    assert runs.remove_deleted(until=NOW) == 0
    assert runs.remove_deleted(until=NOW + timedelta(days=1)) == 1
    runs.delete_run(actor=fleet.manager, now=NOW, run_id=second.pk)
    imports.undo_import(actor=fleet.manager, now=NOW, import_id=busy.pk)
    assert Trip.objects.count() == 0
    assert Run.with_deleted.count() == 0


def test_a_run_is_described_by_those_who_may_start_it(fleet: SmallFleet, busy: TripImport) -> None:
    run = started(fleet)
    runs.describe_run(actor=fleet.leader, now=NOW, run_id=run.pk, title="Uden cykler", note="Til mødet")
    run.refresh_from_db()
    assert (run.title, run.note) == ("Uden cykler", "Til mødet")
    with pytest.raises(InvalidRun):
        runs.describe_run(actor=fleet.leader, now=NOW, run_id=run.pk, title=" ", note="")
    with pytest.raises((Forbidden, Http404)):
        runs.describe_run(
            actor=actor_of(fleet.persons.other_leader, now=NOW), now=NOW, run_id=run.pk, title="x", note=""
        )
    accepting_run = computed(started(fleet))
    accepting.accept_plan(actor=fleet.manager, now=NOW, run_id=accepting_run.pk)
    with pytest.raises(NotDeletable):
        runs.delete_run(actor=fleet.manager, now=NOW, run_id=accepting_run.pk)
