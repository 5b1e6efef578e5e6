# SPDX-License-Identifier: MPL-2.0
"""Find a vehicle for the jobs that colouring left over, at the least extra cost, by exchanges between vehicles."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from fleetplan.roster import Car, Roster

_MOST_DROPPED = 2
"""How many jobs an exchange may push off a vehicle at once."""


@dataclass(frozen=True, slots=True)
class Prices:
    """What repair weighs: objective per job and class relative to unserved, and per vehicle bought."""

    job: list[list[float]]  # [jobs][classes]; inf where not allowed
    car: list[float]  # [classes]
    fewest_cars: list[int]  # [classes]
    most_cars: list[int]  # [classes]
    trips: list[int]  # [jobs]


@dataclass(frozen=True, slots=True)
class _Move:
    """Put the job on ``car`` after moving each of ``moved`` to another vehicle."""

    delta: float
    car: Car
    moved: tuple[tuple[int, Car], ...]


def repair(
    roster: Roster, prices: Prices, left_over: list[int], *, may_leave: float, should_stop: Callable[[], bool]
) -> None:
    """Place the jobs one by one where it costs least, dearest first.

    A job stays unserved where no move is found, or none is cheaper and no more than ``may_leave`` trips stay in all.
    """
    cost = prices.job
    for job in sorted(left_over, key=lambda j: min(cost[j])):
        if should_stop():
            return
        may_stay = may_leave >= prices.trips[job]
        move = _best_move(roster, prices, job, limit=0.0 if may_stay else math.inf)
        if move is None:
            may_leave -= prices.trips[job]
            continue
        _make(roster, move, job)


def _make(roster: Roster, move: _Move, job: int) -> None:
    for other, _ in move.moved:
        roster.take(move.car, other)
    roster.put(move.car, job)
    for other, target in move.moved:
        roster.put(target, other)


def retire(roster: Roster, prices: Prices, should_stop: Callable[[], bool]) -> None:
    """Let go of vehicles whose jobs others can take for less than the vehicle costs, the least used first."""
    for c, price in enumerate(prices.car):
        for car in sorted(roster.cars[c], key=lambda car: len(car.jobs)):
            if should_stop() or len(roster.cars[c]) <= prices.fewest_cars[c]:
                break
            _try_to_retire(roster, prices, car, price)


def _try_to_retire(roster: Roster, prices: Prices, car: Car, budget: float) -> None:
    c = car.class_index
    moved: list[tuple[int, Car]] = []
    for job in list(car.jobs):
        freed = prices.job[job][c]
        target = place(roster, prices.job, job, below=freed + budget, barred=(car,))
        if target is None:
            break
        budget -= prices.job[job][target.class_index] - freed
        roster.take(car, job)
        roster.put(target, job)
        moved.append((job, target))
    if car.jobs:
        for job, target in reversed(moved):
            roster.take(target, job)
            roster.put(car, job)
    else:
        roster.cars[c].remove(car)


def place(
    roster: Roster, cost: list[list[float]], job: int, *, below: float, barred: tuple[Car, ...] = ()
) -> Car | None:
    """The vehicle that can take the job as it stands in the cheapest class under ``below``, if any."""
    row = cost[job]
    for c in sorted(range(len(row)), key=row.__getitem__):
        if row[c] >= below:
            return None
        for car in roster.cars[c]:
            if car not in barred and roster.fits(car, job):
                return car
    return None


def _best_move(roster: Roster, prices: Prices, job: int, *, limit: float) -> _Move | None:
    cost = prices.job
    row = cost[job]
    best = limit
    move: _Move | None = None
    direct = place(roster, cost, job, below=best)
    if direct is not None:
        best = row[direct.class_index]
        move = _Move(best, direct, ())
    for c in sorted(range(len(row)), key=row.__getitem__):
        if row[c] == math.inf:
            break
        for car in roster.cars[c]:
            for dropped in _droppable(roster, car, job):
                freed = sum(cost[other][c] for other in dropped)
                cheapest = sum(min(cost[other]) for other in dropped)
                if row[c] - freed + cheapest >= best - 1e-9 or not roster.fits(car, job, dropped):
                    continue
                budget = best - (row[c] - freed)
                moved = _rehouse(roster, cost, dropped, car, budget)
                if moved is not None:
                    delta = row[c] - freed + sum(cost[other][target.class_index] for other, target in moved)
                    if delta < best - 1e-9:
                        best, move = delta, _Move(delta, car, moved)
    bought = -1
    for c, price in enumerate(prices.car):
        if row[c] + price < best and len(roster.cars[c]) < prices.most_cars[c]:
            best, bought = row[c] + price, c
    return move if bought < 0 else _Move(best, roster.add_car(bought), ())


def _droppable(roster: Roster, car: Car, job: int) -> list[tuple[int, ...]]:
    """Sets of the vehicle's jobs whose leaving may make room: what overlaps, else any one that shares a window."""
    clashes = roster.clashes(car, job)
    if len(clashes) > _MOST_DROPPED:
        return []
    if clashes:
        return [tuple(clashes)]
    if roster.rules[car.class_index] is None:
        return []
    return [(other,) for other in roster.near(car, job)]


def _rehouse(
    roster: Roster, cost: list[list[float]], dropped: tuple[int, ...], car: Car, budget: float
) -> tuple[tuple[int, Car], ...] | None:
    """Other vehicles for the dropped jobs, each a different one, for less than ``budget`` in all, if found."""
    moved: list[tuple[int, Car]] = []
    taken: tuple[Car, ...] = (car,)
    for number, other in enumerate(dropped):
        rest = sum(min(cost[later]) for later in dropped[number + 1 :])
        target = place(roster, cost, other, below=budget - rest, barred=taken)
        if target is None:
            return None
        budget -= cost[other][target.class_index]
        moved.append((other, target))
        taken = (*taken, target)
    return tuple(moved)
