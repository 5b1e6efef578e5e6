# SPDX-License-Identifier: MPL-2.0
"""Fleets tried on other weeks and under other conditions: what is asked, found, checked and kept."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from fleetplan import Split
from persons import NOW

from kommune3.kernel.access.actor import actor_of
from kommune3.kernel.access.reach import Forbidden, NotVisible
from kommune3.kernel.audit.models import Entry
from kommune3.kernel.jobs.models import Job
from kommune3.kernel.people.models import Account
from kommune3.kernel.places.models import Address
from kommune3.solutions.fleet import tasks
from kommune3.solutions.fleet.errors import InvalidRun
from kommune3.solutions.fleet.models import (
    Run,
    RunGoal,
    RunState,
    Trial,
    TrialPlan,
    TrialPlanKind,
    Trip,
    TripImport,
    UnservedTrip,
    WeekTried,
    WhatIfChange,
)
from kommune3.solutions.fleet.operations import imports, runs, trials
from kommune3.solutions.fleet.planning.trials import HoldoutAsked, WhatIfAsked
from kommune3.solutions.fleet.queries.trials import get_holdout, get_whatif
from kommune3.solutions.fleet.tests.small_fleet import Read, SmallFleet, csv_of
from kommune3.solutions.fleet.tests.test_optimising import asked as asked_run
from kommune3.solutions.fleet.tests.test_optimising import computed, started
from kommune3.solutions.fleet.tests.test_pages import work_off

BrowserOf = Callable[[Account | None], Client]
AT_ONCE = (2, 1, 3, 2, 2, 1, 2, 1, 2, 1)
"""Trips at once in Grenaa on the Wednesdays of ten weeks from Monday 2 March 2026."""
PERIOD = {"period_start": date(2026, 3, 2), "period_end": date(2026, 5, 11)}


@pytest.fixture
def ten_weeks(fleet: SmallFleet, read: Read) -> TripImport:
    """Ten weeks of trips in Grenaa, and one trip a week in Auning; no car is named."""
    lines = []
    for week, count in enumerate(AT_ONCE):
        day = date.fromordinal(date(2026, 3, 4).toordinal() + 7 * week)
        lines += [f"g{week}-{n},Grenaa,{day} 08:00,{day} 10:00,40" for n in range(count)]
        lines.append(f"a{week},Auning,{day} 12:00,{day} 13:00,10")
    content = csv_of(*lines, header="trip_id,base,start,end,km")
    return imports.commit_import(actor=fleet.manager, now=NOW, import_id=read(content).pk)


def question(fleet: SmallFleet, **more: Any) -> runs.Asked:
    return asked_run(fleet, **{**PERIOD, "goal": RunGoal.CASH, **more})


def tried(fleet: SmallFleet, what: HoldoutAsked | WhatIfAsked, **more: Any) -> Trial:
    """A trial with its job done."""
    asked = trials.AskedTrial(what=what, **({"question": question(fleet)} | more))
    trial = tasks.start_trial(actor=fleet.manager, now=NOW, asked=asked)
    work_off()
    trial.refresh_from_db()
    return trial


def place(fleet: SmallFleet) -> None:
    """Put the two bases on the map."""
    for base, latitude, longitude in ((fleet.own, 56.4158, 10.8783), (fleet.other, 56.4308, 10.3745)):
        base.address = Address.objects.create(
            street="Vej 1", postcode="8500", town="By", latitude=latitude, longitude=longitude
        )
        base.save()


# --- On other weeks -----------------------------------------------------------------------------------------------


def test_a_fleet_is_chosen_on_some_weeks_and_tried_on_all_others(fleet: SmallFleet, ten_weeks: TripImport) -> None:
    trial = tried(fleet, HoldoutAsked(train_weeks=2, seed=1))
    assert (trial.state, trial.failure, trial.violations) == (RunState.FINISHED, "", 0)
    result = get_holdout(actor=fleet.manager, trial_id=trial.pk)
    (chosen,) = result.chosen
    assert len(chosen.chosen_on) == 2
    assert len(result.tested) == 8
    most = max(AT_ONCE[number - 1] for number in chosen.chosen_on)
    assert chosen.vehicles == most
    for row in result.tested:
        assert row.chosen is not None
        assert row.chosen.unserved_trips == max(0, AT_ONCE[row.week.number - 1] - most)
    assert result.service is not None
    assert result.service.trips_served.weeks == 8
    assert result.service.unserved == UnservedTrip.objects.filter(plan=chosen).count()
    assert set(result.saving) == {"cash_dkk", "social_dkk", "co2e_kg"}
    assert [size.level for size in result.sizes] == [0.95, 0.99, 1.0]
    assert trial.rates_used and all(rate["source"] for rate in trial.rates_used)


def test_the_fleet_of_a_finished_optimisation_is_tried_outside_its_own_weeks(
    fleet: SmallFleet, ten_weeks: TripImport
) -> None:
    run = computed(started(fleet, goal=RunGoal.CASH))
    trial = tried(fleet, HoldoutAsked(split=Split.GIVEN, levels=()), question=None, run=run, **PERIOD)
    result = get_holdout(actor=fleet.manager, trial_id=trial.pk)
    assert [week.number for week in result.chosen_on] == [1]
    assert [row.week.number for row in result.tested] == list(range(2, 11))
    assert result.chosen[0].vehicles == 2
    assert [row.chosen.unserved_trips for row in result.tested if row.chosen] == [0, 1, 0, 0, 0, 0, 0, 0, 0]
    assert Run.objects.get() == run


def test_few_weeks_give_figures_without_an_interval(fleet: SmallFleet, ten_weeks: TripImport) -> None:
    trial = tried(fleet, HoldoutAsked(train_weeks=1), question=question(fleet, period_end=date(2026, 4, 6)))
    saving = get_holdout(actor=fleet.manager, trial_id=trial.pk).saving["cash_dkk"]
    assert (saving.weeks, saving.has_interval) == (4, False)


def test_each_week_in_turn_is_left_out(fleet: SmallFleet, ten_weeks: TripImport) -> None:
    trial = tried(fleet, HoldoutAsked(split=Split.LEAVE_ONE_OUT, levels=()))
    assert trial.plans.filter(kind=TrialPlanKind.CHOSEN).count() == 10
    assert WeekTried.objects.filter(plan__trial=trial, plan__kind=TrialPlanKind.CHOSEN).count() == 10


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"period_end": date(2026, 3, 9)}, "uger"),
        ({"period_start": date(2025, 1, 6), "period_end": date(2025, 3, 3)}, "ingen ture"),
    ],
)
def test_too_few_weeks_are_told(fleet: SmallFleet, ten_weeks: TripImport, more: dict[str, Any], words: str) -> None:
    trial = tried(fleet, HoldoutAsked(train_weeks=4), question=question(fleet, **more))
    assert trial.state == RunState.FAILED
    assert words in trial.failure


def test_a_fleet_that_was_never_found_cannot_be_tried(fleet: SmallFleet, ten_weeks: TripImport) -> None:
    run = started(fleet)
    asked = trials.AskedTrial(run=run, what=HoldoutAsked(split=Split.GIVEN, levels=()))
    with pytest.raises(InvalidRun):
        tasks.start_trial(actor=fleet.manager, now=NOW, asked=asked)
    short = trials.AskedTrial(
        run=computed(run), what=HoldoutAsked(split=Split.GIVEN, levels=()), period_start=date(2026, 3, 3)
    )
    with pytest.raises(InvalidRun, match="uger"):
        tasks.start_trial(actor=fleet.manager, now=NOW, asked=short)
    assert Trial.objects.count() == 0


def test_the_question_of_a_trial_is_no_optimisation_and_goes_with_it(fleet: SmallFleet, ten_weeks: TripImport) -> None:
    trial = tried(fleet, HoldoutAsked(levels=()))
    assert Run.objects.count() == 0
    assert Run.with_deleted.count() == 1
    trials.delete_trial(actor=fleet.manager, now=NOW, trial_id=trial.pk)
    assert Run.with_deleted.count() == 0
    assert TrialPlan.objects.count() == 0
    assert Entry.objects.filter(action="fleet.trial.deleted").exists()


def test_undoing_an_import_takes_the_trips_and_leaves_the_figures(fleet: SmallFleet, ten_weeks: TripImport) -> None:
    trial = tried(fleet, HoldoutAsked(train_weeks=2, levels=()))
    imports.undo_import(actor=fleet.manager, now=NOW, import_id=ten_weeks.pk)
    assert Trip.objects.count() == UnservedTrip.objects.count() == 0
    result = get_holdout(actor=fleet.manager, trial_id=trial.pk)
    assert result.service is not None and result.service.trips > 0


def test_a_leader_tries_own_bases_only_and_a_citizen_none(fleet: SmallFleet, ten_weeks: TripImport) -> None:
    mine = trials.AskedTrial(question=question(fleet), what=HoldoutAsked(levels=()))
    trial = tasks.start_trial(actor=fleet.leader, now=NOW, asked=mine)
    both = trials.AskedTrial(question=question(fleet, bases=[fleet.own, fleet.other]), what=HoldoutAsked(levels=()))
    for actor, asked in ((fleet.leader, both), (actor_of(fleet.persons.citizen, now=NOW), mine)):
        with pytest.raises(Forbidden):
            tasks.start_trial(actor=actor, now=NOW, asked=asked)
    with pytest.raises(NotVisible):
        trials.delete_trial(actor=actor_of(fleet.persons.other_leader, now=NOW), now=NOW, trial_id=trial.pk)


def test_a_cancelled_trial_writes_nothing(fleet: SmallFleet, ten_weeks: TripImport) -> None:
    asked = trials.AskedTrial(question=question(fleet), what=HoldoutAsked(levels=()))
    trial = tasks.start_trial(actor=fleet.manager, now=NOW, asked=asked)
    assert trials.cancel_trial(trial, actor=fleet.manager, now=NOW)
    work_off()
    trial.refresh_from_db()
    assert (trial.state, Job.objects.get(pk=str(trial.job_id)).state) == ("STARTED", "CANCELLED")
    assert TrialPlan.objects.count() == 0
    assert not trials.cancel_trial(trial, actor=fleet.manager, now=NOW)


# --- What if ------------------------------------------------------------------------------------------------------


def test_all_electric_stands_beside_the_case_as_it_is(fleet: SmallFleet, ten_weeks: TripImport) -> None:
    trial = tried(fleet, WhatIfAsked(electrify=True, charge_kw=11.0, charge_source="tavlen"))
    assert (trial.failure, trial.violations) == ("", 0)
    result = get_whatif(actor=fleet.manager, trial_id=trial.pk)
    base, (electric,) = result.base_case, result.changed
    assert base is not None
    assert (base.vehicles, electric.vehicles) == (3, 3)
    assert {row.model for row in electric.counts.all()} == {fleet.electric}
    assert electric.bound is not None and electric.value is not None and electric.bound <= electric.value
    assert electric.facts["chargers"] == [{"base": fleet.own.pk, "vehicles": 3, "at_once": 3}]
    assert electric.facts["source"] == "tavlen"
    assert electric.co2e_kg is not None and base.co2e_kg is not None and electric.co2e_kg < base.co2e_kg


def test_trips_that_no_electric_car_can_drive_are_named_with_the_reason(
    fleet: SmallFleet, ten_weeks: TripImport
) -> None:
    fleet.electric.range_km = 20
    fleet.electric.save()
    trial = tried(fleet, WhatIfAsked(electrify=True))
    (electric,) = get_whatif(actor=fleet.manager, trial_id=trial.pk).changed
    assert electric.unserved_trips == sum(AT_ONCE)
    assert set(electric.unserved.values_list("obstacle", flat=True)) == {"RANGE"}
    assert "chargers" not in electric.facts


def test_a_closed_base_and_shared_bases_use_the_ways_of_the_municipality(
    fleet: SmallFleet, ten_weeks: TripImport
) -> None:
    place(fleet)
    both = question(fleet, bases=[fleet.own, fleet.other])
    trial = tried(
        fleet, WhatIfAsked(close_base=fleet.other.pk, to_base=fleet.own.pk, share=(fleet.own.pk, fleet.other.pk)),
        question=both,
    )  # fmt: skip
    assert (trial.failure, trial.violations) == ("", 0)
    result = get_whatif(actor=fleet.manager, trial_id=trial.pk)
    closed, shared = result.changed
    assert (closed.change, shared.change) == (WhatIfChange.CLOSE_BASE, WhatIfChange.SHARE)
    assert closed.facts["km"] > 30
    assert closed.facts["is_estimate"] and closed.facts["source"]
    assert result.base_case is not None
    assert {row.base for row in closed.counts.all()} == {fleet.own}
    assert (result.base_case.vehicles, closed.vehicles) == (4, 3)
    assert shared.value is not None and result.base_case.value is not None
    assert shared.value <= result.base_case.value


def test_a_base_without_a_place_on_the_map_is_named(fleet: SmallFleet, ten_weeks: TripImport) -> None:
    trial = tried(
        fleet, WhatIfAsked(close_base=fleet.other.pk, to_base=fleet.own.pk),
        question=question(fleet, bases=[fleet.own, fleet.other]),
    )  # fmt: skip
    assert "Auning" in trial.failure


def test_vehicles_that_move_twice_a_year_are_never_dearer_before_the_moves(
    fleet: SmallFleet, ten_weeks: TripImport
) -> None:
    trial = tried(
        fleet, WhatIfAsked(move_twice=True, move_dkk=300.0, move_source="vognmanden"),
        question=question(fleet, bases=[fleet.own, fleet.other]),
    )  # fmt: skip
    result = get_whatif(actor=fleet.manager, trial_id=trial.pk)
    (moved,) = result.changed
    assert {row.half for row in moved.counts.all()} == {1, 2}
    assert moved.moving_dkk == 2 * moved.facts["moves"] * 300
    assert result.base_case is not None and result.base_case.cash_dkk is not None and moved.cash_dkk is not None
    assert moved.cash_dkk - (moved.moving_dkk or 0) <= result.base_case.cash_dkk


def test_more_trips_are_made_up_by_the_seed_and_leave_no_trips_behind(fleet: SmallFleet, ten_weeks: TripImport) -> None:
    trial = tried(fleet, WhatIfAsked(grow_percent=50.0, seed=3))
    (grown,) = get_whatif(actor=fleet.manager, trial_id=trial.pk).changed
    assert grown.facts["trips"] == sum(AT_ONCE) + round(sum(AT_ONCE) * 0.5)
    assert Trip.objects.count() == sum(AT_ONCE) + len(AT_ONCE)


@pytest.mark.parametrize("what", [{}, {"close_base": 1, "to_base": 1}, {"share": (1, 2)}])
def test_what_makes_no_sense_is_refused(fleet: SmallFleet, ten_weeks: TripImport, what: dict[str, Any]) -> None:
    asked = trials.AskedTrial(question=question(fleet), what=WhatIfAsked(**what))
    with pytest.raises(InvalidRun):
        tasks.start_trial(actor=fleet.manager, now=NOW, asked=asked)
    assert Run.with_deleted.count() == 0
