# SPDX-License-Identifier: MPL-2.0
"""Asking the engine, and reading plans back to it. Knows no database.

Visits by telephone or screen take place wherever the carer is: a route decides where they are, so each is put where the
visit before it is, and the search goes on from there. Every plan is timed with the places that its own routes give, so
the ways in it are always real ones.
"""

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import careroutes
from careroutes import Answer, BrokenStart, Limits, Planned, Problem, SoFar
from msgspec.structs import replace

from kommune3.solutions.care.models import Stop
from kommune3.solutions.care.planning.problem import Prepared, stop_key

FIRST_SHARE = 0.7
"""Of the time, for the search before calls are put where the carers are."""

GENTLE = 0.05
"""How hot the search begins that betters an announced plan, so that it changes little (see ``careroutes.Limits``)."""


@dataclass(frozen=True)
class Solved:
    """A plan with the problem in which its calls are where its routes put them."""

    problem: Problem
    answer: Answer


def search(
    prepared: Prepared,
    *,
    seconds: float,
    seed: int,
    start: Answer | None = None,
    iterations: int = 0,
    on_progress: Callable[[SoFar], bool] | None = None,
) -> Solved:
    """A good plan, found in so many seconds of CPU time. ``start``: a plan to better gently.

    ``iterations`` instead of seconds make it the same on every machine.
    """
    problem = prepared.problem
    if not problem.visits or not problem.carers:
        return Solved(problem, Answer(planned=(), unserved=tuple(visit.id for visit in problem.visits)))
    calls = prepared.calls & {visit.id for visit in problem.visits}
    shares = (FIRST_SHARE, 1 - FIRST_SHARE) if calls else (1.0,)
    solved = _begin(problem, start, calls)
    done = 0.0
    for share in shares:
        limits = Limits(cpu_seconds=seconds * share, iterations=int(iterations * share), seed=seed)
        if start is not None:
            limits = dataclasses.replace(limits, heat=GENTLE)
        told = _told(on_progress, done, share)
        found = careroutes.solve(
            solved.problem, limits=limits, start=solved.answer if solved.answer.planned else None, on_progress=told
        )
        settled = settle(solved.problem, found, calls)
        if not done or settled.answer.cost <= solved.answer.cost:
            solved = settled
        done += share
        if found.stopped:
            break
    return solved


def settle(problem: Problem, answer: Answer, calls: frozenset[str]) -> Solved:
    """The same routes with each call put where the carer is then, and the best times for them.

    A carer who drives on while a call's window is not open yet can be too late for the next visit when staying for it:
    such a call is left out, and a search may go on from there. Raises ``careroutes.BrokenStart`` where no times keep
    every hard rule even so.
    """
    in_place = placed(problem, answer, calls)
    if calls and not _holds(in_place, answer):
        in_place, answer = _without_what_breaks(problem, answer, calls)
    timed = careroutes.timed(in_place, answer)
    return Solved(in_place, replace(timed, stopped=answer.stopped, iterations=answer.iterations))


def _without_what_breaks(problem: Problem, answer: Answer, calls: frozenset[str]) -> tuple[Problem, Answer]:
    """Carer by carer: with all calls, without one of them, or without any."""
    for route in answer.routes().values():
        mine = [planned.visit for planned in route if planned.visit in calls]
        for out in ([], *([call] for call in mine), mine) if mine else ():
            left = replace(answer, planned=tuple(each for each in answer.planned if each.visit not in out))
            tried = whole(problem, left)
            kept = replace(tried, planned=tuple(each for each in tried.planned if each.carer == route[0].carer))
            moved = placed(problem, kept, calls)
            if _holds(moved, tried):
                problem, answer = moved, tried
                break
    return problem, answer


def _holds(problem: Problem, answer: Answer) -> bool:
    try:
        careroutes.timed(problem, answer)
    except BrokenStart:
        return False
    return True


def read_back(prepared: Prepared, stops: Iterable[Stop], breaks: Mapping[str, int]) -> Answer:
    """A plan's stops as an answer; visits that are not planned any more, or by nobody on duty, are left out.

    ``breaks``: shift -> start of the break, as the engine has both. Stops in each carer's order.
    """
    keys = {visit.id: visit for visit in prepared.problem.visits}
    carers = {carer.id for carer in prepared.problem.carers}
    found: dict[str, Planned] = {}
    for stop in stops:
        key, carer = stop_key(stop), str(stop.shift_id)
        if key in keys and carer in carers and stop.start_at is not None:
            found[key] = Planned(key, carer, prepared.rows.seconds(stop.start_at))
    return whole(prepared.problem, Answer(planned=tuple(found.values()), unserved=(), breaks={**breaks}))


def whole(problem: Problem, answer: Answer) -> Answer:
    """The answer without visits of which only one half is planned, or that the carer may not make."""
    visits = {visit.id: visit for visit in problem.visits}
    carers = {carer.id: carer for carer in problem.carers}
    kept = {
        planned.visit: planned
        for planned in answer.planned
        if problem.may(visits[planned.visit], carers[planned.carer])
    }
    for group in problem.groups():
        names = [problem.visits[number].id for number in group]
        if not all(name in kept for name in names):
            for name in names:
                kept.pop(name, None)
    routed = {planned.carer for planned in kept.values()}
    return replace(
        answer,
        planned=tuple(kept.values()),
        unserved=tuple(visit.id for visit in problem.visits if visit.id not in kept),
        breaks={carer: at for carer, at in answer.breaks.items() if carer in routed and carers[carer].pause},
    )


def placed(problem: Problem, answer: Answer, calls: frozenset[str]) -> Problem:
    """The problem with each call where the answer's routes have the carer then."""
    if not calls:
        return problem
    place_of = {visit.id: visit.place for visit in problem.visits}
    starts = {carer.id: carer.from_place for carer in problem.carers}
    for carer, route in answer.routes().items():
        here = starts[carer]
        for planned in route:
            if planned.visit in calls and here is not None:
                place_of[planned.visit] = here
            here = place_of[planned.visit]
    return replace(
        problem,
        visits=tuple(
            visit if visit.place == place_of[visit.id] else replace(visit, place=place_of[visit.id])
            for visit in problem.visits
        ),
    )


def _begin(problem: Problem, start: Answer | None, calls: frozenset[str]) -> Solved:
    """Where the search begins: from the given plan, as much of it as still keeps the rules."""
    nothing = Answer(planned=(), unserved=tuple(visit.id for visit in problem.visits))
    if start is None:
        return Solved(problem, nothing)
    try:
        return settle(problem, start, calls)
    except BrokenStart:
        pass
    kept = nothing
    for route in start.routes().values():  # carer by carer, so that one broken day spoils no other
        tried = whole(problem, replace(start, planned=(*kept.planned, *route)))
        try:
            settle(problem, tried, calls)
        except BrokenStart:
            continue
        kept = tried
    return settle(problem, kept, calls) if kept.planned else Solved(problem, nothing)


def _told(on_progress: Callable[[SoFar], bool] | None, done: float, share: float) -> Callable[[SoFar], bool] | None:
    if on_progress is None:
        return None
    return lambda so_far: on_progress(
        SoFar(done + so_far.share * share, so_far.cost, so_far.unserved, so_far.iterations)
    )
