# SPDX-License-Identifier: MPL-2.0
"""The exact model of a day's bookings over groups of like cars. Used by :mod:`fleetplan.dispatch`.

A group of one is a car with a state of its own. In a larger group the cars are alike except for what they are held by:
the model counts them, and gives each told booking one variable more for keeping its car. Its optimum bounds every plan;
:mod:`fleetplan.dispatch` names the cars, and splits a group where names cannot be given for what was counted.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic

import numpy as np
from numpy.typing import NDArray

from fleetplan.cliques import maximal_cliques
from fleetplan.day import Booking, Car, Day
from fleetplan.errors import SolverFailed
from fleetplan.fitting import Use, overdrawn, own_price, price, use_of
from fleetplan.instants import microseconds
from fleetplan.mip import INF, End, Mip, Outcome, Rows, solve_mip

Group = tuple[Car, ...]
LevelKey = tuple[bool, int]
Floats = NDArray[np.float64]
NEAR = 1e-6
"""The relative gap at which the search ends: a few øre a day."""
_MOST_ROUNDS = 40
_SHORTEST = 0.01  # seconds; not worth beginning


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A range row: in [since, until] the car drives no more than ``full`` and what it charges while idle."""

    car: str
    since: datetime
    until: datetime
    full: float


@dataclass(frozen=True, slots=True)
class Counted:
    """What the model found: booking -> group (None: unserved) and what each served booking cost, keeping counted.

    ``group_of`` None: no plan was found. ``bound`` holds for every plan with as few unserved; ``unserved_bounds`` is by
    level.
    """

    group_of: dict[str, int | None] | None
    cost_of: dict[str, float]
    bound: float
    unserved_bounds: dict[LevelKey, int]


def level_of(booking: Booking) -> LevelKey:
    """How urgent a booking is: those who have been told first, then by priority."""
    return booking.told is not None, booking.priority


class DayModel:
    """Bookings that are not frozen, the groups of cars they compete for, and who may take what."""

    def __init__(
        self,
        day: Day,
        bookings: Sequence[Booking],
        groups: Sequence[Group],
        may: dict[str, set[str]],
        held: dict[str, list[Use]],
    ) -> None:
        self.day, self.bookings, self.groups, self.held = day, bookings, groups, held
        self.pairs: list[tuple[int, int]] = []
        self.uses: list[Use] = []
        self.columns_of: list[list[int]] = [[] for _ in groups]
        cost: list[float] = []
        keeps: list[tuple[int, str]] = []  # (column of the pair, told car)
        for row, booking in enumerate(bookings):
            for number, group in enumerate(groups):
                able = [car for car in group if car.id in may[booking.id]]
                if not able:
                    continue
                column = len(self.pairs)
                others = [car for car in able if car.id != booking.told]
                cost.append(price(day, booking, others[0] if others else able[0]))
                if len(group) > 1 and len(others) < len(able):
                    if not others:
                        cost[-1] += day.change_worth
                    keeps.append((column, booking.told or ""))
                self.columns_of[number].append(column)
                self.pairs.append((row, number))
                self.uses.append(use_of(booking, able[0]))
        self.keeps = keeps
        self.first_unserved = len(self.pairs) + len(keeps)
        cost += [-day.change_worth] * len(keeps) + [own_price(day, each) for each in bookings]
        self.cost = np.array(cost)
        self.rows = [self._one_car_each(), *self._no_more_than_there_are(), *self._kept_once()]
        self.known: set[_Stretch] = set()

    def solve(self, deadline: float, *, serve_all: bool = False) -> Counted:
        """Everything served where that is possible, as it mostly is; else as much as can be, unless ``serve_all``."""
        upper = np.ones(len(self.cost))
        everything = upper.copy()
        everything[self.first_unserved :] = 0
        levels = sorted({level_of(each) for each in self.bookings}, reverse=True)
        found = self._best(self.cost, everything, [], deadline)
        if found.end is not End.INFEASIBLE or serve_all:
            return self._counted(found, dict.fromkeys(levels, 0), found.bound)
        return self._by_level(levels, upper, deadline)

    def _by_level(self, levels: list[LevelKey], upper: Floats, deadline: float) -> Counted:
        """The most urgent level first, then the next without loss to it; the last one together with the goal.

        An unserved booking of the last level weighs more than the goal can differ, so one model settles both.
        """
        caps: list[Rows] = []
        bounds = dict.fromkeys(levels, 0)
        *urgent, last = levels
        for level in urgent:
            cost = self._unserved_cost(level, 1.0)
            least = self._best(cost, upper, caps, deadline)
            bounds[level] = _least(least.bound)
            most = float(np.dot(cost, least.x)) if least.x is not None else float(cost.sum())
            columns = np.flatnonzero(cost)
            caps = [*caps, Rows.one(columns, np.ones(len(columns)), upper=most)]
        lowest, highest = self._extremes()
        weight = highest - lowest + 1.0
        found = self._best(self.cost + self._unserved_cost(last, weight), upper, caps, deadline)
        bounds[last] = _least((found.bound - highest) / weight)
        if found.x is None:
            return self._counted(found, bounds, lowest)
        unserved = float(np.dot(self._unserved_cost(last, 1.0), found.x))
        return self._counted(found, bounds, max(lowest, found.bound - weight * unserved))

    def _unserved_cost(self, level: LevelKey, weight: float) -> Floats:
        """``weight`` for each unserved booking of the level."""
        cost = np.zeros(len(self.cost))
        cost[self.first_unserved :] = [weight * (level_of(each) == level) for each in self.bookings]
        return cost

    def _extremes(self) -> tuple[float, float]:
        """Values below and above which the goal cannot be."""
        lowest = self.cost[self.first_unserved :].copy()
        highest = lowest.copy()
        kept = {column for column, _car in self.keeps}
        for column, (row, _group) in enumerate(self.pairs):
            least = self.cost[column] - (self.day.change_worth if column in kept else 0.0)
            lowest[row], highest[row] = min(lowest[row], least), max(highest[row], self.cost[column])
        return float(lowest.sum()), float(highest.sum())

    def _counted(self, found: Outcome, bounds: dict[LevelKey, int], bound: float) -> Counted:
        if found.x is None:
            return Counted(None, {}, bound, bounds)
        group_of: dict[str, int | None] = {each.id: None for each in self.bookings}
        cost_of: dict[str, float] = {}
        kept = {self.keeps[i][0] for i in np.flatnonzero(found.x[len(self.pairs) : self.first_unserved])}
        for column in np.flatnonzero(found.x[: len(self.pairs)]):
            row, number = self.pairs[column]
            group_of[self.bookings[row].id] = number
            cost_of[self.bookings[row].id] = self.cost[column] - (self.day.change_worth if column in kept else 0.0)
        return Counted(group_of, cost_of, bound, bounds)

    def _best(self, cost: Floats, upper: Floats, extra: list[Rows], deadline: float) -> Outcome:
        """The model's optimum, with range rows added until no single car runs dry; at the limit maybe one that does."""
        lower, bound, found = np.zeros(len(cost)), -INF, None
        for _round in range(_MOST_ROUNDS):
            left = deadline - monotonic()
            if left <= _SHORTEST:
                break
            mip = Mip(cost, lower, upper, Rows.stacked([*self.rows, *extra]))
            try:
                outcome = solve_mip(mip, seconds=left, relative_gap=NEAR)
            except SolverFailed:
                # HiGHS may end so where time runs out between relaxation and search. The best so far stands.
                break
            if outcome.end is End.INFEASIBLE:
                return outcome
            bound = max(bound, outcome.bound)
            if outcome.x is None:
                break
            found = outcome.x
            new = self._dry(outcome.x) - self.known
            if not new:
                return Outcome(outcome.end, bound, outcome.x)
            self.rows += [self._range_row(each) for each in sorted(new, key=lambda it: (it.car, it.since, it.until))]
            self.known |= new
        return Outcome(End.LIMIT, bound, found)

    def _one_car_each(self) -> Rows:
        """Every booking has a car or is unserved."""
        count = len(self.bookings)
        members: list[list[int]] = [[self.first_unserved + row] for row in range(count)]
        for column, (row, _group) in enumerate(self.pairs):
            members[row].append(column)
        return _rows(members, np.ones(count), np.ones(count))

    def _no_more_than_there_are(self) -> Iterator[Rows]:
        """At every instant no more bookings than cars of the group that are free: one row per maximal set that meet."""
        change = self.day.changeover // timedelta(microseconds=1)
        for group, columns in zip(self.groups, self.columns_of, strict=True):
            taken = [span for car in group for span in _taken(car, self.held.get(car.id, []), change)]
            start = np.array([microseconds(self.uses[c].start) for c in columns] + [span[0] for span in taken])
            end = np.array([microseconds(self.uses[c].end) + change - 1 for c in columns] + [span[1] for span in taken])
            if not columns:
                continue
            cliques = maximal_cliques(start.astype(np.int64), end.astype(np.int64))
            members, most = [], []
            for k in range(cliques.m):
                mine = [int(i) for i in cliques.members(k)]
                bookings = [columns[i] for i in mine if i < len(columns)]
                free = len(group) - (len(mine) - len(bookings))
                if len(bookings) > free:
                    members.append(bookings)
                    most.append(float(max(0, free)))
            if members:
                yield _rows(members, np.full(len(members), -INF), np.array(most))

    def _kept_once(self) -> Iterator[Rows]:
        """A car is kept by bookings in its own group only, and by no two at once."""
        change = self.day.changeover // timedelta(microseconds=1)
        of_car: dict[str, list[int]] = {}
        for position, (column, car_id) in enumerate(self.keeps):
            keep = len(self.pairs) + position
            of_car.setdefault(car_id, []).append(position)
            yield Rows.one(np.array([keep, column]), np.array([1.0, -1.0]), upper=0.0)
        for positions in of_car.values():
            uses = [self.uses[self.keeps[position][0]] for position in positions]
            start = np.array([microseconds(use.start) for use in uses])
            end = np.array([microseconds(use.end) + change - 1 for use in uses])
            cliques = maximal_cliques(start, end)
            members = [
                [len(self.pairs) + positions[i] for i in cliques.members(k)]
                for k in range(cliques.m)
                if cliques.size[k] > 1
            ]
            if members:
                yield _rows(members, np.full(len(members), -INF), np.ones(len(members)))

    def _dry(self, x: NDArray[np.int64]) -> set[_Stretch]:
        """Where single cars would run dry; for every single car that is like them too, since they would take turns."""
        taken: dict[int, list[Use]] = {}
        for column in np.flatnonzero(x[: len(self.pairs)]):
            number = self.pairs[column][1]
            if len(self.groups[number]) == 1:
                taken.setdefault(number, []).append(self.uses[column])
        found: set[_Stretch] = set()
        for number, uses in taken.items():
            car = self.groups[number][0]
            stretch = overdrawn(self.day, car, sorted([*uses, *self.held.get(car.id, [])], key=lambda use: use.start))
            if stretch is not None:
                alike = (g[0] for g in self.groups if len(g) == 1 and _battery(g[0]) == _battery(car))
                found |= {_Stretch(other.id, *stretch) for other in alike}
        return found

    def _range_row(self, stretch: _Stretch) -> Rows:
        """What is driven and not charged in the stretch. A booking under way at its end counts with the part before."""
        number = next(n for n, group in enumerate(self.groups) if len(group) == 1 and group[0].id == stretch.car)
        rate = self.groups[number][0].charge_km_per_hour

        def taken(use: Use) -> float:
            return use.km + rate * ((min(use.end, stretch.until) - use.start) / timedelta(hours=1))

        columns = [c for c in self.columns_of[number] if stretch.since <= self.uses[c].start <= stretch.until]
        frozen = [use for use in self.held.get(stretch.car, []) if stretch.since <= use.start <= stretch.until]
        there_is = stretch.full + rate * ((stretch.until - stretch.since) / timedelta(hours=1))
        return Rows.one(
            np.array(columns, dtype=np.int64), np.array([taken(self.uses[c]) for c in columns]),
            upper=max(0.0, there_is - sum(map(taken, frozen))) + 1e-7,
        )  # fmt: skip


def _least(bound: float) -> int:
    """The whole number that a bound on a count stands for."""
    return max(0, math.ceil(bound - 1e-6)) if math.isfinite(bound) else 0


def _rows(members: list[list[int]], lower: Floats, upper: Floats) -> Rows:
    start = np.cumsum([0] + [len(each) for each in members]).astype(np.int32)
    index = np.array([column for each in members for column in each], dtype=np.int32)
    return Rows(start, index, np.ones(len(index)), lower, upper)


def _battery(car: Car) -> tuple[float | None, float | None, float]:
    return car.range_km, car.left_km, car.charge_km_per_hour


def _taken(car: Car, held: list[Use], change: int) -> list[tuple[int, int]]:
    """Closed spans of microseconds in which the car is not there, each instant once."""
    spans = [(microseconds(use.start), microseconds(use.end) + change - 1) for use in held]
    # Going out of service needs no change-over: a booking, which holds its car that much longer, may end just then.
    spans += [(microseconds(out.start) + change, microseconds(out.end) - 1) for out in car.closed]
    merged: list[tuple[int, int]] = []
    for start, end in sorted(span for span in spans if span[0] <= span[1]):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
