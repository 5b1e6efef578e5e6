# SPDX-License-Identifier: MPL-2.0
"""Parts of a problem solved apart, by several processes or by several machines, and their answers put together."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import replace
from decimal import Decimal
from multiprocessing import get_context
from multiprocessing.synchronize import Event

from fleetplan.answer import DEFAULT_LIMITS, Answer, Assignment, Limits, Progress, Stage, Status
from fleetplan.compare import evaluate
from fleetplan.parts import independent_parts
from fleetplan.problem import Problem
from fleetplan.solve import solve
from fleetplan.stages import are_proven, rounding

_ASK_SECONDS = 0.5
_WORST_FIRST = (Status.INFEASIBLE, Status.CANCELLED, Status.NOT_FOUND)


def gather(problem: Problem, answers: Sequence[Answer]) -> Answer:
    """One answer from those of all its :func:`independent_parts`. Values and bounds add up, stage by stage.

    Where a part has no plan, the whole has none, and says why as that part does.
    """
    for status in _WORST_FIRST:
        for answer in answers:
            if answer.totals is None and answer.status is status:
                return answer
    counts = {entry.class_id: entry.count for answer in answers for entry in answer.fleet}
    seats: dict[str, Assignment] = {seat.trip_id: seat for answer in answers for seat in answer.assignments}
    plan = evaluate(problem, counts, tuple(seats[trip.id] for trip in problem.trips))
    stages = tuple(
        _added(stage, [answer.stages[number] for answer in answers]) for number, stage in enumerate(plan.stages)
    )
    stopped = any(answer.status is Status.CANCELLED for answer in answers)
    status = Status.CANCELLED if stopped else Status.FEASIBLE
    return replace(plan, status=Status.OPTIMAL if are_proven(stages) else status, stages=stages)


def solve_in_parallel(
    problem: Problem,
    *,
    workers: int,
    limits: Limits = DEFAULT_LIMITS,
    on_progress: Callable[[Progress], None] | None = None,
    should_cancel: Callable[[], bool] | None = None,
) -> Answer:
    """As :func:`fleetplan.solve`, the parts solved by so many processes, the largest first.

    ``on_progress`` hears of each part that is done; its ``part`` counts them.
    """
    parts = independent_parts(problem)
    if workers < 2 or len(parts) < 2:
        return solve(problem, limits=limits, on_progress=on_progress, should_cancel=should_cancel)
    # A fork of a process whose solver has threads can hang.
    context = get_context("spawn")
    stop = context.Event()
    found: dict[int, Answer] = {}
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_begin, initargs=(stop,)) as pool:
        largest_first = sorted(range(len(parts)), key=lambda number: -len(parts[number].trips))
        running = {pool.submit(_solve_part, parts[number], limits): number for number in largest_first}
        for done in _as_done(running, stop, should_cancel):
            answer = found[running[done]] = done.result()
            if on_progress is not None:
                on_progress(Progress("part", answer.value, answer.bound, len(found), len(parts)))
            if answer.totals is None:
                stop.set()
    return gather(problem, [found[number] for number in range(len(parts))])


def _as_done(
    running: Iterable["Future[Answer]"], stop: Event, should_cancel: Callable[[], bool] | None
) -> Iterable["Future[Answer]"]:
    waiting = set(running)
    while waiting:
        try:
            for done in as_completed(waiting, timeout=_ASK_SECONDS):
                waiting.discard(done)
                yield done
        except TimeoutError:
            pass
        if should_cancel is not None and should_cancel():
            stop.set()


_stop: Event | None = None


def _begin(stop: Event) -> None:
    global _stop  # one per worker process, set once at its start
    _stop = stop


def _solve_part(part: Problem, limits: Limits) -> Answer:
    assert _stop is not None
    return Answer(Status.CANCELLED) if _stop.is_set() else solve(part, limits=limits, should_cancel=_stop.is_set)


def _added(stage: Stage, parts: list[Stage]) -> Stage:
    """A stage of the whole with the bound that the parts' bounds prove."""
    bounds = [part.bound for part in parts if part.bound is not None]
    if len(bounds) < len(parts):
        return stage
    if all(part.bound == part.value for part in parts):
        return replace(stage, bound=stage.value)
    # A part's bound that was shown as its value may be above the exact one by what rounding explains.
    slack = sum((rounding(part.goals) for part in parts if part.bound == part.value), Decimal(0))
    return replace(stage, bound=min(stage.value, sum(bounds, Decimal(0)) - slack))
