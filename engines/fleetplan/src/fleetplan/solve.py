# SPDX-License-Identifier: MPL-2.0
"""solve: a problem in, an answer out. Parts that have no influence on each other are searched one by one."""

from collections.abc import Callable
from dataclasses import replace

from fleetplan.answer import DEFAULT_LIMITS, Answer, Assignment, Limits, Progress, Status
from fleetplan.charge_search import solve_charging
from fleetplan.compare import evaluate
from fleetplan.parts import independent_parts
from fleetplan.problem import Problem
from fleetplan.search import Found, Search
from fleetplan.stages import are_proven, stages_of


def solve(
    problem: Problem,
    *,
    limits: Limits = DEFAULT_LIMITS,
    on_progress: Callable[[Progress], None] | None = None,
    should_cancel: Callable[[], bool] | None = None,
) -> Answer:
    """The best fleet and plan found, with a proven bound.

    ``should_cancel`` is asked often, also while HiGHS works; once it says True the best plan so far comes back with
    status CANCELLED. ``on_progress`` is told after every step. The same problem and limits give the same answer unless
    a time limit strikes. Raises InvalidProblem (from the data) and SolverFailed.
    """
    if problem.charging is not None:
        return solve_charging(problem, limits=limits, on_progress=on_progress, should_cancel=should_cancel or _never)
    parts = independent_parts(problem)
    found: list[Found] = []
    for number, part in enumerate(parts, start=1):

        def tell(progress: Progress, number: int = number) -> None:
            if on_progress is not None:
                on_progress(replace(progress, part=number, parts=len(parts)))

        one = Search(part, limits, tell, should_cancel or _never).run()
        if one.failure is not None:
            return Answer(one.failure, stages=one.stages, witness=one.witness, reason=one.reason)
        found.append(one)
    return _together(problem, found, cancelled=should_cancel is not None and should_cancel())


def _together(problem: Problem, found: list[Found], *, cancelled: bool) -> Answer:
    """One answer from the plans of all parts. Their bounds add up, stage by stage."""
    counts: dict[str, int] = {}
    seats: dict[str, Assignment] = {}
    for one in found:
        counts |= one.counts or {}
        seats |= {assignment.trip_id: assignment for assignment in one.assignments}
    plan = evaluate(problem, counts, tuple(seats[trip.id] for trip in problem.trips))
    bounds = tuple(sum(of_stage) for of_stage in zip(*(one.bounds for one in found), strict=True))
    stages = stages_of(problem.objective, tuple(stage.value for stage in plan.stages), bounds)
    status = Status.CANCELLED if cancelled else Status.FEASIBLE
    return replace(plan, status=Status.OPTIMAL if are_proven(stages) else status, stages=stages)


def _never() -> bool:
    return False
