# SPDX-License-Identifier: MPL-2.0
"""Choose on some weeks, try on others: by hand, and what holds for every problem."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from fleetplan import Goal, InvalidProblem, Limits, Objective, Problem, Trip, Vehicle, read_problem, write_problem
from fleetplan.__main__ import main
from fleetplan.bootstrap import LEAST_WEEKS, estimate, resamples, share_of_weeks
from fleetplan.errors import NoFleet, Stopped
from fleetplan.holdout import Holdout, hold_out
from fleetplan.splits import Split
from fleetplan.weeks import only, weeks_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .examples import MONDAY, electric_car, petrol_car, problem, trip

WEEK_H = 24 * 7
ALL_SERVED = Objective.minimise(Goal.CASH, max_unserved=0)
QUICK = Limits(rounds=1, refine=False)


def weeks(*at_once: int, km: float = 10.0) -> tuple[Trip, ...]:
    """A week per figure: on its Tuesday so many trips are out at once, from 8 to 9."""
    return tuple(
        trip(f"{week}-{n}", WEEK_H * week + 32, WEEK_H * week + 33, km)
        for week, count in enumerate(at_once)
        for n in range(count)
    )


def cars(*at_once: int, today: int = 0, **more: object) -> Problem:
    """Petrol cars only, and so many of them today."""
    return problem(
        *weeks(*at_once),
        classes=(petrol_car(),),
        objective=ALL_SERVED,
        vehicles=tuple(Vehicle(str(number), "aygo") for number in range(today)),
        period_days=7.0 * len(at_once),
        **more,
    )


def fleets(found: Holdout) -> list[int]:
    return [choice.vehicles for choice in found.choices]


# --- By hand ------------------------------------------------------------------------------------------------------


def test_a_fleet_chosen_on_a_quiet_week_leaves_trips_of_busy_weeks_unserved() -> None:
    """One trip in the first week: one car. Of the 2 + 1 + 3 trips of the others it drives 1 + 1 + 1."""
    task = cars(1, 2, 1, 3, today=2)
    found = hold_out(task, split=Split.GIVEN, given=[date(2026, 3, 4)], levels=())
    assert fleets(found) == [1]
    assert [len(week.unserved) for week in found.tested] == [1, 0, 2]
    assert [week.unserved_at_least for week in found.tested] == [1, 0, 2]
    assert found.service.trips_served.value == pytest.approx(3 / 6)
    assert found.service.km_served.value == pytest.approx(3 / 6)
    assert found.service.weeks_fully_served.value == pytest.approx(1 / 3)
    assert found.today_service is not None
    assert found.today_service.unserved == 1
    assert found.violations == 0


def test_the_saving_is_todays_fleet_minus_the_chosen_one_in_the_same_weeks() -> None:
    """Two cars today, one chosen. Per year of such weeks: 34 000 kr. less, but (1 + 0 + 2) - (0 + 0 + 1) = 2 more trips
    of 10 km in own cars in three weeks, which an Aygo would drive for 10 / 23 l x 12.33 kr / 1.04 and which cost
    10 km x 3.70 kr instead."""
    found = hold_out(cars(1, 2, 1, 3, today=2), split=Split.GIVEN, given=[date(2026, 3, 4)], levels=())
    yearly = 365 / 7 * 2 / 3
    saved = 34_000 - yearly * (37.0 - 10 / 23 * 12.33 / 1.04)
    assert found.saving is not None
    assert found.saving.cash_dkk.value == pytest.approx(saved, abs=0.05)
    emitted = yearly * (10 / 23 - 10 / 20) * 2.52
    assert found.saving.co2e_kg.value == pytest.approx(emitted, abs=0.05)
    assert found.saving.social_dkk.value == pytest.approx(emitted * 1.5 / 1.04, abs=0.05)


def test_the_smallest_fleets_that_serve_a_share_of_unseen_weeks_are_found() -> None:
    """Chosen on a week with 20 at once; unseen weeks have 20, 15 and 25, together 60 trips: 19 cars drive 19 + 15 + 19,
    which is 88.3 %, 20 cars 55, which is 91.7 %; all take 25 cars, and the ladder's steps there are of two cars."""
    found = hold_out(cars(20, 20, 15, 25), split=Split.GIVEN, given=[date(2026, 3, 4)], levels=(0.88, 0.9, 1.0))
    assert [size.vehicles for size in found.sizes[:2]] == [19, 20]
    assert found.sizes[2].vehicles in (25, 26)
    assert [size.weeks_fully_served for size in found.sizes] == [1, 2, 3]
    assert found.sizes[2].rung is not None
    assert found.rungs[found.sizes[2].rung].growth_percent > 0


def test_a_fleet_that_may_not_grow_has_no_larger_size_to_try() -> None:
    task = replace(cars(2, 3), classes=(petrol_car(min_count=2, max_count=2),))
    found = hold_out(task, split=Split.GIVEN, given=[date(2026, 3, 4)], levels=(0.6, 1.0))
    assert [size.vehicles for size in found.sizes] == [2, None]


def test_a_level_that_no_tried_fleet_reaches_is_told_as_such() -> None:
    found = hold_out(cars(1, 9), split=Split.GIVEN, given=[date(2026, 3, 4)], levels=(1.0,))
    assert (found.sizes[0].rung, found.sizes[0].vehicles) == (None, None)


def test_a_fleet_that_was_chosen_elsewhere_is_tried_as_it_is() -> None:
    found = hold_out(cars(1, 3, 3), split=Split.GIVEN, given=[date(2026, 3, 4)], fleet={"aygo": 2}, levels=())
    assert fleets(found) == [2]
    assert [len(week.unserved) for week in found.tested] == [1, 1]


# --- Weeks and splits ---------------------------------------------------------------------------------------------


def test_rolling_weeks_are_tested_by_the_fleet_of_the_weeks_before_them() -> None:
    found = hold_out(cars(1, 2, 3, 1), split=Split.ROLLING, train_weeks=2, levels=())
    assert [(choice.fold.train, choice.fold.test) for choice in found.choices] == [((1, 2), (3,)), ((2, 3), (4,))]
    assert fleets(found) == [2, 3]


def test_each_week_left_out_is_tested_by_the_fleet_of_all_others() -> None:
    found = hold_out(cars(1, 2, 3), split=Split.LEAVE_ONE_OUT, levels=(1.0,))
    assert fleets(found) == [3, 3, 2]
    assert [len(week.unserved) for week in found.tested] == [0, 0, 1]
    # What one would buy is the fleet designed on all weeks: 3 cars, and more before the busiest week is served unseen.
    served = found.sizes[0]
    assert served.vehicles is None or served.vehicles > 3


def test_the_same_seed_draws_the_same_weeks_and_another_seed_others() -> None:
    task = cars(*[1] * 12)
    drawn = [hold_out(task, train_weeks=4, seed=seed, levels=()).choices[0].fold.train for seed in (5, 5, 6)]
    assert drawn[0] == drawn[1] != drawn[2]


def test_a_week_without_trips_and_a_broken_week_are_left_out() -> None:
    stump = trip("stump", WEEK_H * 3 + 8, WEEK_H * 3 + 9)
    task = replace(cars(1, 0, 2), trips=(*weeks(1, 0, 2), stump), period_days=None)
    found = weeks_of(task, first_day=date(2026, 3, 2))
    assert [(week.number, week.first_day) for week in found] == [(1, date(2026, 3, 2)), (2, date(2026, 3, 16))]


def test_a_trip_belongs_to_the_local_week_it_starts_in_and_a_shift_to_that_of_its_first_trip() -> None:
    """23:30 UTC on Sunday is Monday in Copenhagen."""
    late = trip("late", WEEK_H - 0.5, WEEK_H + 0.25)
    early = replace(trip("early", WEEK_H - 3, WEEK_H - 2), shift="night")
    after = replace(trip("after", WEEK_H + 1, WEEK_H + 2), shift="night")
    fill = (trip("monday", 8, 9), trip("friday", WEEK_H + 24 * 4 + 8, WEEK_H + 24 * 4 + 9))
    found = weeks_of(problem(late, early, after, *fill, classes=(petrol_car(),), period_days=None))
    assert [{each.id for each in week.trips} for week in found] == [{"monday", "early", "after"}, {"late", "friday"}]


def test_too_few_weeks_for_a_split_are_refused() -> None:
    with pytest.raises(InvalidProblem, match="2 weeks"):
        hold_out(cars(1, 1), train_weeks=2)
    with pytest.raises(InvalidProblem, match="whole week"):
        hold_out(replace(cars(1), period_days=None))  # no trip on the fifth day or later
    with pytest.raises(InvalidProblem):
        hold_out(cars(1, 1), split=Split.GIVEN, given=[date(2030, 1, 1)])


def test_trips_that_no_fleet_may_drive_are_told_with_the_instant() -> None:
    task = replace(cars(2, 2, 2), classes=(petrol_car(max_count=1),))
    with pytest.raises(NoFleet) as refusal:
        hold_out(task, train_weeks=1)
    assert refusal.value.answer.witness is not None
    assert refusal.value.answer.witness.vehicles_needed == 2


def test_the_work_can_be_stopped() -> None:
    with pytest.raises(Stopped):
        hold_out(cars(1, 1, 1), train_weeks=1, should_cancel=lambda: True)


# --- How sure it is -----------------------------------------------------------------------------------------------


def test_few_weeks_give_no_interval_and_many_do() -> None:
    few = hold_out(cars(*[2] * 4, today=3), train_weeks=1)
    many = hold_out(cars(*[2, 1] * 6, today=3), train_weeks=1)
    assert few.saving is not None and many.saving is not None
    assert (few.saving.cash_dkk.low, few.service.trips_served.high, few.sizes[0].vehicles_low) == (None, None, None)
    interval = many.saving.cash_dkk
    assert interval.weeks == 11 >= LEAST_WEEKS
    assert interval.low is not None and interval.high is not None
    assert interval.low <= interval.value <= interval.high
    assert many.sizes[0].vehicles_low is not None


def test_equal_weeks_leave_no_doubt() -> None:
    found = hold_out(cars(*[2] * 12, today=3), train_weeks=3)
    assert found.saving is not None
    cash = found.saving.cash_dkk
    assert cash.low == pytest.approx(cash.value) == pytest.approx(cash.high)
    assert cash.value == pytest.approx(34_000, abs=0.02)


def test_blocks_are_of_neighbouring_weeks_and_the_seed_decides_them() -> None:
    drawn = resamples(12, seed=4)
    assert drawn.shape[1] == 12
    assert ((drawn[:, 1] - drawn[:, 0]) % 12 == 1).all()
    assert (resamples(12, seed=4) == drawn).all()
    assert (resamples(12, seed=5) != drawn).any()


@pytest.mark.parametrize(("hits", "low", "high"), [(10, 0.6915, 1.0), (3, 0.0667, 0.6525), (0, 0.0, 0.3085)])
def test_the_interval_of_a_share_of_weeks_is_that_of_clopper_and_pearson(hits: int, low: float, high: float) -> None:
    found = share_of_weeks(hits, 10, confidence=0.95)
    assert (found.low, found.high) == (pytest.approx(low, abs=1e-4), pytest.approx(high, abs=1e-4))


@pytest.mark.parametrize("count", [LEAST_WEEKS, 20])
def test_the_interval_holds_the_truth_about_as_often_as_it_says(count: int) -> None:
    """400 series of so many weeks with mean 0: at least 90 % of the intervals that say 95 % hold it."""
    dice = np.random.default_rng(1)
    held = 0
    for seed in range(400):
        values = dice.normal(size=count)
        found = estimate(lambda at, v=values: v[at].mean(axis=1), count, confidence=0.95, seed=seed)  # type: ignore[misc]
        assert found.low is not None and found.high is not None
        held += found.low <= 0 <= found.high
    assert held >= 360


# --- What always holds --------------------------------------------------------------------------------------------


@st.composite
def several_weeks(draw: st.DrawFn) -> Problem:
    trips = [
        trip(
            f"{week}-{n}",
            WEEK_H * week + draw(st.integers(0, 200)) / 2,
            WEEK_H * week + 101 + draw(st.integers(0, 8)) / 2,
            float(draw(st.integers(1, 60))),
        )
        for week in range(draw(st.integers(2, 4)))
        for n in range(draw(st.integers(1, 4)))
    ]
    classes = draw(st.sampled_from(((petrol_car(),), (petrol_car(max_count=3), electric_car(range_km=50.0)))))
    cap = draw(st.sampled_from((None, 0, 2)))
    return problem(
        *trips,
        classes=classes,
        objective=Objective.minimise(draw(st.sampled_from((Goal.CASH, Goal.CO2E, Goal.VEHICLES))), max_unserved=cap),
        vehicles=(Vehicle("1", "aygo"),),
    )


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(several_weeks(), st.sampled_from((Split.RANDOM, Split.ROLLING, Split.LEAVE_ONE_OUT)), st.integers(0, 9))
def test_every_tested_week_is_planned_within_the_rules_and_never_by_a_fleet_chosen_on_it(
    task: Problem, split: Split, seed: int
) -> None:
    try:
        found = hold_out(
            task,
            train_weeks=1,
            split=split,
            seed=seed,
            levels=(0.9,),
            limits=QUICK,
            first_day=MONDAY.date(),
            last_day=MONDAY.date() + timedelta(days=27),
        )
    except (NoFleet, InvalidProblem):
        return
    assert found.violations == 0
    assert len({week.week for week in found.tested}) == len(found.tested)
    trained = {choice.fold.number: choice.fold.train for choice in found.choices}
    trips = {week.number: week.trips for week in found.weeks}
    for week in found.tested:
        assert week.week not in trained[week.fold]
        assert week.trips == trips[week.week]
        assert week.unserved_at_least <= len(week.unserved) <= week.trips
    for service in (found.service, *(rung.service for rung in found.rungs)):
        assert 0 <= service.trips_served.value <= 1
        assert service.weeks_fully_served.low is not None
        assert service.weeks_fully_served.low <= service.weeks_fully_served.value
    reached = [rung.vehicles for rung in found.rungs if rung.service.trips_served.value >= 0.9]
    assert found.sizes[0].vehicles == min(reached, default=None)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(several_weeks())
def test_weeks_share_out_the_trips(task: Problem) -> None:
    found = weeks_of(task, first_day=MONDAY.date(), last_day=MONDAY.date() + timedelta(days=27))
    assert sorted(each.id for week in found for each in week.trips) == sorted(each.id for each in task.trips)
    assert only(task, found).days == 7 * len(found)


# --- The command line ---------------------------------------------------------------------------------------------


def test_the_command_line_tries_a_fleet_on_other_weeks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, out = tmp_path / "problem.json", tmp_path / "holdout.json"
    write_problem(file, cars(2, 1, 3, 2, today=3))
    assert read_problem(file).objective == ALL_SERVED
    arguments = ["holdout", str(file), "--train-weeks", "2", "--seed", "7", "--levels", "95,100", "--out", str(out)]
    assert main(arguments) == 0
    told = capsys.readouterr().out
    assert "chosen on weeks" in told
    assert "too few weeks for an interval" in told
    assert "100 %" in told
    assert '"trips_served"' in out.read_text(encoding="utf-8")
    assert main(["holdout", str(file), "--train-weeks", "4"]) == 2
    assert "weeks" in capsys.readouterr().err
