# SPDX-License-Identifier: MPL-2.0
"""Planning a day: ruin and recreate under simulated annealing, one seed per thread, the cheapest plan wins."""

import ctypes
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import msgspec

from careroutes.answer import Answer, Planned
from careroutes.core import Flat, Progress, RawAnswer, RawLimits, RawPlaces, RawStart, flat_problem, library
from careroutes.errors import BrokenStart, InvalidProblem
from careroutes.problem import Problem

_BEFORE_THE_FIRST, _NO_BREAK = -1, -2  # as the core says where a break comes; otherwise the visit before it


@dataclass(frozen=True)
class Limits:
    """When to stop: ``cpu_seconds`` of each thread, or ``iterations`` (then one seed gives one plan, on any machine).

    ``heat`` and ``cold``: the temperatures of the annealing at its beginning and end, as shares of what a visit costs
    on average. ``ruin_average`` and ``ruin_longest``: visits taken out in one move, and the longest string of them
    (Christiaens and Vanden Berghe, Transportation Science 54(2), 2020).
    """

    cpu_seconds: float = 10.0
    iterations: int = 0
    seed: int = 1
    threads: int = 1
    heat: float = 2.0
    cold: float = 0.02
    ruin_average: float = 10.0
    ruin_longest: float = 10.0

    def __post_init__(self) -> None:
        if self.cpu_seconds <= 0 and self.iterations <= 0:
            raise InvalidProblem("no_end", "limits", self.cpu_seconds, "seconds or iterations are needed")
        if self.threads < 1:
            raise InvalidProblem("negative", "limits.threads", self.threads, "at least one")


@dataclass(frozen=True)
class SoFar:
    """How far a search has come. ``share`` of its limit, between 0 and 1."""

    share: float
    cost: int
    unserved: int
    iterations: int


@dataclass(frozen=True)
class Place:
    """Where a visit could go: after visit ``after`` of the carer (None: first), and what it adds to the cost."""

    carer: str
    after: str | None
    cost: int


def solve(
    problem: Problem,
    *,
    limits: Limits | None = None,
    start: Answer | None = None,
    on_progress: Callable[[SoFar], bool] | None = None,
) -> Answer:
    """A good plan, found in the time given. ``start``: a plan to better. ``on_progress`` returns False to stop.

    ``on_progress`` is called about four times a second of work, from the first thread only. Raises
    :class:`BrokenStart` where ``start`` breaks a hard rule.
    """
    limits = limits or Limits()
    flat = flat_problem(problem)
    flat_start = _flat_start(problem, start)
    stop = threading.Event()

    def search(thread: int) -> Answer:
        def said(share: float, cost: int, absent: int, iterations: int) -> int:
            if thread == 0 and on_progress and not on_progress(SoFar(share, cost, absent, iterations)):
                stop.set()
            return 0 if stop.is_set() else 1

        return _search(problem, flat, flat_start, limits, limits.seed + thread, said, stop)

    if limits.threads == 1:
        return search(0)
    with ThreadPoolExecutor(limits.threads) as pool:
        found = list(pool.map(search, range(limits.threads)))
    best = min(found, key=lambda answer: (answer.cost, answer.seed))
    return msgspec.structs.replace(best, cpu_seconds=sum(answer.cpu_seconds for answer in found))


def best_places(problem: Problem, answer: Answer, visit: str, *, most: int = 5) -> list[Place]:
    """The cheapest places for a visit that ``answer`` leaves out, cheapest first. The rest of the plan stays."""
    without = msgspec.structs.replace(answer, planned=tuple(one for one in answer.planned if one.visit != visit))
    numbers = {each.id: number for number, each in enumerate(problem.visits)}
    flat, start = flat_problem(problem), _flat_start(problem, without)
    found = Flat(RawPlaces, {"carer": [0] * most, "after": [0] * most, "cost": [0] * most, "found": most})
    if library().careroutes_places(flat.pointer, start.pointer, numbers[visit], found.pointer):
        raise BrokenStart("the plan breaks a hard rule")
    return [
        Place(
            problem.carers[int(found.arrays["carer"][k])].id,
            None if found.arrays["after"][k] < 0 else problem.visits[int(found.arrays["after"][k])].id,
            int(found.arrays["cost"][k]),
        )
        for k in range(found.raw.found)
    ]


def timed(problem: Problem, answer: Answer) -> Answer:
    """The same routes in the same order, with the best times for them. Raises BrokenStart where there are none."""
    flat, start, result = flat_problem(problem), _flat_start(problem, answer), _room_for_answer(problem)
    if library().careroutes_price(flat.pointer, start.pointer, result.pointer):
        raise BrokenStart("no times keep every hard rule with these routes")
    return _read(problem, result, seed=answer.seed, cpu_seconds=answer.cpu_seconds, stopped=answer.stopped)


def _search(
    problem: Problem,
    flat: Flat,
    start: Flat,
    limits: Limits,
    seed: int,
    said: Callable[[float, int, int, int], int],
    stop: threading.Event,
) -> Answer:
    raw = RawLimits(
        cpu_seconds=limits.cpu_seconds,
        iterations=limits.iterations,
        seed=seed,
        heat=limits.heat,
        cold=limits.cold,
        ruin_average=limits.ruin_average,
        ruin_longest=limits.ruin_longest,
    )
    result = _room_for_answer(problem)
    began = time.thread_time()
    if library().careroutes_solve(flat.pointer, ctypes.byref(raw), start.pointer, Progress(said), result.pointer):
        raise BrokenStart("the plan to begin with breaks a hard rule")
    return _read(problem, result, seed=seed, cpu_seconds=time.thread_time() - began, stopped=stop.is_set())


def _room_for_answer(problem: Problem) -> Flat:
    visits, carers = [0] * len(problem.visits), [0] * len(problem.carers)
    return Flat(
        RawAnswer,
        {"carer": visits, "position": visits, "start": visits, "lunch_after": carers, "lunch_start": carers}
        | {"cost": 0, "iterations": 0, "absent": 0},
    )


def _read(problem: Problem, result: Flat, *, seed: int, cpu_seconds: float, stopped: bool) -> Answer:
    carer, start = result.arrays["carer"], result.arrays["start"]
    order = sorted(
        (number for number in range(len(problem.visits)) if carer[number] >= 0),
        key=lambda number: (carer[number], result.arrays["position"][number]),
    )
    return Answer(
        planned=tuple(
            Planned(problem.visits[number].id, problem.carers[int(carer[number])].id, int(start[number]))
            for number in order
        ),
        unserved=tuple(visit.id for number, visit in enumerate(problem.visits) if carer[number] < 0),
        breaks={
            problem.carers[number].id: int(at) for number, at in enumerate(result.arrays["lunch_start"]) if at >= 0
        },
        cost=result.raw.cost,
        iterations=result.raw.iterations,
        cpu_seconds=cpu_seconds,
        seed=seed,
        stopped=stopped,
    )


def _flat_start(problem: Problem, answer: Answer | None) -> Flat:
    """A plan as the core reads it; of a group with a visit left out, the core takes none."""
    if answer is None:
        flat = Flat(RawStart, {"carer": [], "position": [], "lunch_after": []})
        flat.raw.carer = flat.raw.position = flat.raw.lunch_after = None
        return flat
    visits = {visit.id: number for number, visit in enumerate(problem.visits)}
    carers = {carer.id: number for number, carer in enumerate(problem.carers)}
    carer_of, position_of = [-1] * len(visits), [-1] * len(visits)
    lunch_after = [_BEFORE_THE_FIRST if carer.id in answer.breaks else _NO_BREAK for carer in problem.carers]
    for carer, route in answer.routes().items():
        for position, planned in enumerate(route):
            if planned.visit not in visits or planned.carer not in carers:
                raise InvalidProblem("unknown", "start", planned.visit, "no such visit or carer in the problem")
            carer_of[visits[planned.visit]], position_of[visits[planned.visit]] = carers[carer], position
            if answer.breaks.get(carer, -1) >= planned.start:
                lunch_after[carers[carer]] = visits[planned.visit]
    return Flat(RawStart, {"carer": carer_of, "position": position_of, "lunch_after": lunch_after})
