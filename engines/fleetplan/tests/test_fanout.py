# SPDX-License-Identifier: MPL-2.0
"""Parts solved apart and put together again."""

import numpy as np
import pytest
from fleetplan import (
    Answer,
    Goal,
    Objective,
    Problem,
    Progress,
    Status,
    check,
    gather,
    independent_parts,
    mip,
    solve,
    solve_in_parallel,
)
from fleetplan.mip import End, Mip, Rows, solve_mip
from hypothesis import HealthCheck, given, settings

from .examples import electric_car, petrol_car, problem, problems, trip

SERVE_ALL = Objective.minimise(Goal.CASH, max_unserved=0)


def two_bases(**more: object) -> Problem:
    cars = tuple(petrol_car(base, bases=frozenset({base}), **more) for base in ("grenaa", "auning"))
    trips = tuple(trip(f"{b}{n}", 8 + n / 2, 9 + n / 2, base=b) for b in ("grenaa", "auning") for n in range(4))
    return problem(*trips, classes=cars, objective=SERVE_ALL)


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(problems(most_trips=8))
def test_what_the_parts_give_together_is_what_the_whole_gives(task: Problem) -> None:
    whole = solve(task)
    together = gather(task, [solve(part) for part in independent_parts(task)])
    assert together.status is whole.status
    assert check(task, together) == []
    if whole.value is not None and together.value is not None:
        assert together.value == whole.value
        assert (together.bound is None) == (whole.bound is None)
        if together.bound is not None and whole.bound is not None:
            assert float(together.bound) == pytest.approx(float(whole.bound), abs=0.3)


def test_processes_solve_the_parts_and_tell_when_each_is_done() -> None:
    told: list[Progress] = []
    task = two_bases()
    answer = solve_in_parallel(task, workers=2, on_progress=told.append)
    assert answer.status is Status.OPTIMAL
    assert check(task, answer) == []
    assert [(each.part, each.parts) for each in told] == [(1, 2), (2, 2)]


def test_a_part_that_is_impossible_says_why_for_the_whole() -> None:
    answer = solve_in_parallel(two_bases(max_count=1), workers=2)
    assert answer.status is Status.INFEASIBLE
    assert answer.witness is not None and answer.witness.vehicles_needed > 1


def test_cancelled_parts_give_a_cancelled_whole() -> None:
    answer = solve_in_parallel(two_bases(), workers=2, should_cancel=lambda: True)
    assert answer.status in (Status.CANCELLED, Status.OPTIMAL)
    assert gather(two_bases(), [Answer(Status.CANCELLED), Answer(Status.NOT_FOUND)]).status is Status.CANCELLED


def test_a_whole_is_only_called_proven_where_every_part_is() -> None:
    task = problem(
        *(trip(f"e{n}", 7 + 1.2 * n, 8 + 1.2 * n, 90.0, base="grenaa") for n in range(4)),
        trip("p", 8, 9, base="auning"),
        classes=(
            electric_car(bases=frozenset({"grenaa"})),
            petrol_car("dear", fixed_dkk_year=50_000.0, bases=frozenset({"grenaa"})),
            petrol_car(bases=frozenset({"auning"})),
        ),
        objective=SERVE_ALL,
    )
    answers = [solve(part) for part in independent_parts(task)]
    whole = gather(task, answers)
    assert (whole.status is Status.OPTIMAL) == all(answer.status is Status.OPTIMAL for answer in answers)
    assert whole.bound is not None and whole.value is not None and whole.bound <= whole.value


def test_a_large_program_ends_at_a_whole_point_next_to_its_relaxation(monkeypatch: pytest.MonkeyPatch) -> None:
    # A triangle: each pair at most one, so the relaxation takes halves, and one of three is best.
    monkeypatch.setattr(mip, "_MANY", 2)
    rows = Rows(
        np.array([0, 2, 4, 6], dtype=np.int32),
        np.array([0, 1, 1, 2, 0, 2], dtype=np.int32),
        np.ones(6),
        np.full(3, -np.inf),
        np.ones(3),
    )
    outcome = solve_mip(Mip(-np.ones(3), np.zeros(3), np.ones(3), rows))
    assert outcome.end is End.OPTIMAL
    assert outcome.x is not None and outcome.x.sum() == 1
    assert outcome.bound == pytest.approx(-1.0)
