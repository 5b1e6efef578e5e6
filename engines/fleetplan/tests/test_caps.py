# SPDX-License-Identifier: MPL-2.0
"""A ceiling on what a fleet may cost in cash, alone and together with one on CO2e."""

from dataclasses import replace
from decimal import Decimal

import pytest
from fleetplan import Assignment, Goal, Limits, Objective, Problem, Reason, Status, check, evaluate, front, solve
from fleetplan.errors import InvalidProblem
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .examples import best_by_hand, codes, electric_car, petrol_car, problem, problems, trip

LONG_TRIPS = tuple(trip(str(day), 24 * day + 8, 24 * day + 12, 200.0) for day in range(10))
CLASSES = (petrol_car(fixed_dkk_year=20_000.0), electric_car())
A_ROUNDING = Decimal("0.02")


def asked(**objective: float) -> Problem:
    served = Objective.minimise(Goal.CO2E, max_unserved=0, **objective)  # type: ignore[arg-type]
    return problem(*LONG_TRIPS, classes=CLASSES, objective=served)


def cash_of(name: str) -> float:
    only = problem(*LONG_TRIPS, classes=tuple(c for c in CLASSES if c.id == name), objective=asked().objective)
    totals = solve(only).totals
    assert totals is not None
    return float(totals.cash_dkk)


def test_a_budget_keeps_the_greener_but_dearer_fleet_out() -> None:
    cheap, dear = cash_of("aygo"), cash_of("zoe")
    assert cheap < dear
    for budget, expected in ((cheap + 1, "aygo"), (dear + 1, "zoe")):
        answer = solve(asked(max_cash_dkk=budget))
        assert (answer.status, answer.counts[expected]) == (Status.OPTIMAL, 1)


def test_a_budget_below_the_cheapest_fleet_is_impossible_and_the_cheapest_is_told() -> None:
    answer = solve(asked(max_cash_dkk=1000.0))
    assert (answer.status, answer.reason) == (Status.INFEASIBLE, Reason.CASH_CAP)
    assert answer.value is not None
    assert float(answer.value) == pytest.approx(cash_of("aygo"))


def test_two_caps_that_only_contradict_each_other_are_told_as_such() -> None:
    greenest = solve(asked()).totals
    assert greenest is not None
    answer = solve(asked(max_cash_dkk=cash_of("aygo") + 1, max_co2e_kg=float(greenest.co2e_kg) + 1))
    assert (answer.status, answer.reason) == (Status.INFEASIBLE, Reason.BOTH_CAPS)
    assert answer.value is not None
    assert float(answer.value) == pytest.approx(cash_of("zoe"))


def test_the_front_keeps_to_the_budget() -> None:
    cheap, dear = cash_of("aygo"), cash_of("zoe")
    points = front(asked(max_cash_dkk=(cheap + dear) / 2), points=4)
    assert points
    assert all(float(point.answer.totals.cash_dkk) <= (cheap + dear) / 2 for point in points)  # type: ignore[union-attr]


def test_a_plan_above_the_budget_is_found_by_the_checker() -> None:
    task = problem(trip("a", 8, 9), classes=(petrol_car(),), objective=Objective(max_cash_dkk=10.0))
    assert codes(task, evaluate(task, {"aygo": 1}, (Assignment("a", "aygo", 1),))) == ["cash_cap"]


@pytest.mark.parametrize("name", ["max_cash_dkk", "max_co2e_kg", "max_unserved"])
def test_a_cap_below_zero_is_refused(name: str) -> None:
    with pytest.raises(InvalidProblem, match=name):
        Objective(**{name: -1})  # type: ignore[arg-type]


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(problems(most_trips=4, plain=True), st.sampled_from((0.0, 40_000.0, 90_000.0)), st.sampled_from(Goal))
def test_within_a_budget_the_answer_is_the_best_there_is(task: Problem, budget: float, goal: Goal) -> None:
    capped = Objective.minimise(goal, max_unserved=task.objective.max_unserved, max_cash_dkk=budget)
    task = replace(task, objective=capped)
    answer, best = solve(task, limits=Limits(rounds=4)), best_by_hand(task)
    if best is None:
        assert answer.status in (Status.INFEASIBLE, Status.NOT_FOUND)
        return
    assert answer.status is not Status.INFEASIBLE
    if answer.totals is not None:
        assert check(task, answer) == []
        assert answer.bound is not None
        assert answer.bound <= best.stages[0].value + A_ROUNDING
        assert best.stages[0].value <= answer.stages[0].value + A_ROUNDING
