# SPDX-License-Identifier: MPL-2.0
"""What holds for every problem, shown on thousands of small ones."""

from decimal import Decimal

import pytest
from fleetplan import Limits, Problem, Status, check, solve
from hypothesis import HealthCheck, given, settings

from .examples import best_by_hand, problems

QUICK = Limits(rounds=2)
A_ROUNDING = Decimal("0.02")
"""Plans of equal cost may differ by this: their parts are rounded one by one."""


@settings(max_examples=600, deadline=None, suppress_health_check=list(HealthCheck))
@given(problems(most_trips=12))
def test_the_checker_finds_nothing_in_any_answer(task: Problem) -> None:
    answer = solve(task, limits=QUICK)
    assert check(task, answer) == []
    assert answer.status in (Status.OPTIMAL, Status.FEASIBLE, Status.INFEASIBLE, Status.NOT_FOUND)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(problems(most_trips=4))
def test_no_plan_at_all_is_below_the_bound_and_none_beats_a_proven_one(task: Problem) -> None:
    answer = solve(task)
    best = best_by_hand(task)
    if best is None:
        assert answer.status in (Status.INFEASIBLE, Status.NOT_FOUND)
        return
    assert answer.status is not Status.INFEASIBLE
    if answer.value is None:
        return
    assert answer.bound is not None
    assert answer.bound <= best.stages[0].value + A_ROUNDING
    assert best.stages[0].value <= answer.value + A_ROUNDING
    if answer.status is Status.OPTIMAL:
        assert [float(s.value) for s in answer.stages] == _about([float(s.value) for s in best.stages])


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(problems(most_trips=4, plain=True))
def test_without_range_or_rest_the_answer_is_the_best_there_is(task: Problem) -> None:
    answer = solve(task)
    best = best_by_hand(task)
    if best is None:
        assert answer.status is Status.INFEASIBLE
    else:
        assert answer.status is Status.OPTIMAL
        assert [float(s.value) for s in answer.stages] == _about([float(s.value) for s in best.stages])


def _about(values: list[float]) -> object:
    return pytest.approx(values, abs=0.06)
