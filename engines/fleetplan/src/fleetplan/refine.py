# SPDX-License-Identifier: MPL-2.0
"""Column generation over windows: what range and rest cost, which the counting model cannot see.

A vehicle's work falls into windows (:mod:`fleetplan.windows`), and a window holds its vehicle for 24 hours or more from
its opening. So windows are intervals as trips are: N vehicles are enough for a set of windows exactly where no instant
has more than N of them. To the counting model come, for each class with windows, columns w (one per window) with

  x[j,c] <= sum of w that hold job j                    every job j the class may take
  sum of w that open with job j <= x[j,c]               every such job: a window is driven from its opening on
  sum of w that hold their vehicle at t <= N[c]         every instant t at which a window can open

There are too many windows to list; those that can lower the optimum are found by :mod:`fleetplan.pricing`. A job opens
one window at most, so with any duals y: dual value + the sum over opening jobs of what their best window still gains is
a bound (Lagrange), converged or not. It is computed here from the duals, not taken from HiGHS.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fleetplan.colouring import colour
from fleetplan.counting import Choice, CountingModel, Line
from fleetplan.instants import DAY_US
from fleetplan.jobs import Jobs
from fleetplan.mip import INF, GrowingLp, Mip, Rows, solve_mip
from fleetplan.pricing import Openings
from fleetplan.problem import Problem
from fleetplan.roster import Roster

_MOST_OPENINGS = 1500
"""Classes get columns, those with fewest jobs first, up to so many jobs; the rest stay counted. Keeps the LP quick."""
_MOST_ROUNDS = 60
_CONVERGED = 0.02
"""Generation ends where this share of the gap to the plan at hand is all that further columns could move."""
_SURE, _AT_LEAST = 0.9, 0.05
"""A dive fixes windows from this value on, and never fewer than this share of the fractional ones."""
_FEW, _NEAR, _NODES = 40, 5e-4, 200
"""With so few fractional windows a dive ends in branch and bound: so near to the bound, or after so many nodes."""


@dataclass(frozen=True, slots=True)
class Window:
    """A window to be driven. ``opening``: the job from whose start its vehicle is held, whoever drives it."""

    class_index: int
    opening: int
    jobs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Refined:
    """A class for every job, and for the classes ``by_window`` the windows that hold the jobs."""

    choice: Choice
    by_window: tuple[int, ...]
    windows: tuple[Window, ...]


def refinable(problem: Problem, jobs: Jobs) -> list[int]:
    """The classes that get columns: with windows, and no shift among their jobs that a window could cut in two."""
    able = [
        c
        for c, vehicle_class in enumerate(problem.classes)
        if vehicle_class.has_windows and vehicle_class.max_count != 0 and (jobs.size[jobs.allowed[:, c]] == 1).all()
    ]
    chosen: list[int] = []
    total = 0
    for c in sorted(able, key=lambda c: int(jobs.allowed[:, c].sum())):
        total += int(jobs.allowed[:, c].sum())
        if total > _MOST_OPENINGS:
            break
        chosen.append(c)
    return chosen


class WindowModel:
    """The counting model with windows as columns."""

    def __init__(
        self,
        problem: Problem,
        jobs: Jobs,
        model: CountingModel,
        line: Line,
        classes: list[int],
        *,
        seconds: float,
        should_cancel: Callable[[], bool],
    ) -> None:
        self.model = model
        self.seconds = seconds
        self.should_cancel = should_cancel
        self.openings = [Openings(problem, jobs, c) for c in classes]
        blocks = [model.base]
        self._link: list[int] = []
        self._open: list[int] = []
        self._hold: list[int] = []
        rows = len(model.base.lower)
        for of_class in self.openings:
            self._link.append(rows)
            self._open.append(rows + of_class.n)
            self._hold.append(rows + 2 * of_class.n)
            rows += 2 * of_class.n + len(of_class.times)
            taken = model.pairs_of(of_class.class_index, of_class.members)
            blocks += [
                _single(taken, 1.0),
                _single(taken, -1.0),
                _single(np.full(len(of_class.times), model.pairs + of_class.class_index), -1.0),
            ]
        self.mip = Mip(line.cost, model.lower, model.upper, Rows.stacked(blocks), line.offset)
        self.lp = GrowingLp(self.mip, seconds=seconds, should_cancel=should_cancel)
        self.columns: list[tuple[int, tuple[int, ...]]] = []
        self._known: set[tuple[int, tuple[int, ...]]] = set()
        self.add([(k, (i,)) for k, of_class in enumerate(self.openings) for i in range(of_class.n)])

    def add(self, windows: list[tuple[int, tuple[int, ...]]]) -> int:
        """Add windows (number of class, chain); how many of them are new."""
        new = [window for window in dict.fromkeys(windows) if window not in self._known]
        self._known.update(new)
        self.columns += new
        self.lp.add([self._column(k, chain) for k, chain in new])
        return len(new)

    def add_driven(self, roster: Roster) -> None:
        """The windows of a plan, so that the LP has it among its points."""
        for k, of_class in enumerate(self.openings):
            position = {int(job): i for i, job in enumerate(of_class.members)}
            found: list[list[int]] = []
            for car in roster.cars[of_class.class_index]:
                for job, opens in zip(car.jobs, car.opens, strict=True):
                    if opens:
                        found.append([])
                    found[-1].append(position[job])
            self.add([(k, tuple(chain)) for chain in found])

    def _column(self, k: int, chain: tuple[int, ...]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        of_class = self.openings[k]
        held = of_class.held(chain) + self._hold[k]
        index = np.concatenate([np.array(chain) + self._link[k], [self._open[k] + chain[0]], held])
        return index, np.concatenate([-np.ones(len(chain)), np.ones(1 + len(held))])

    def price(self, dual: NDArray[np.float64]) -> tuple[float, list[tuple[int, tuple[int, ...]]]]:
        """The bound that these duals prove, and the windows that would lower the LP."""
        rows = self.mip.rows
        # A dual that leans on a side that is not there (rounding) proves nothing.
        dual = np.where(np.isfinite(np.where(dual > 0, rows.lower, rows.upper)), dual, 0.0)
        side = np.where(dual > 0, rows.lower, np.where(dual < 0, rows.upper, 0.0))
        spread = np.repeat(dual, np.diff(rows.start)) * rows.value
        reduced = self.mip.cost - np.bincount(rows.index, weights=spread, minlength=len(self.mip.cost))
        bound = self.mip.offset + float(dual @ side)
        bound += float(np.where(reduced > 0, reduced * self.mip.lower, reduced * self.mip.upper).sum())
        found: list[tuple[int, tuple[int, ...]]] = []
        for k, of_class in enumerate(self.openings):
            gain = -dual[self._link[k] : self._open[k]]
            start = -dual[self._open[k] : self._hold[k]]
            toll = -dual[self._hold[k] : self._hold[k] + len(of_class.times)]
            best, chains = of_class.best(gain, toll)
            best = best - start
            bound -= float(np.maximum(best, 0.0).sum())
            found += [(k, chains[i]) for i in np.flatnonzero(best > 1e-6)]
        return bound, found

    def prove(self, value: float) -> float:
        """Generate columns; the best bound on the way. ``value``: of the plan at hand."""
        bound = -INF
        for _ in range(_MOST_ROUNDS):
            solved = self.lp.solve()
            if solved is None:
                break
            point, dual = solved
            reached = self.mip.offset + float(self.mip.cost @ point[: len(self.mip.cost)])
            proven, windows = self.price(dual)
            bound = max(bound, proven)
            if reached - bound <= _CONVERGED * (value - bound) or not self.add(windows):
                break
        return bound

    def dive(self, bound: float) -> Refined | None:
        """A point with whole windows: fix what is nearly whole, solve again, until branch and bound can do the rest.

        ``bound``: what is proven; a point that comes near enough to it will do. None where no point is found.
        """
        if not self._leave_lies():
            return None
        first = len(self.mip.cost)
        while not self.should_cancel():
            level = self._repriced(rounds=1)
            if level is None:
                return None
            open_ = np.flatnonzero((level > 1e-6) & (level < 1 - 1e-6))
            whole = np.flatnonzero(level >= 1 - 1e-6)
            if not len(open_):
                return self._complete(whole)
            if len(open_) <= _FEW:
                self.lp.fix(first + whole, 1.0)
                point = self.lp.solve_whole(target=bound + _NEAR * abs(bound), nodes=_NODES)
                return None if point is None else self._complete(np.flatnonzero(point[first:] > 0.5))
            ranked = open_[np.argsort(-level[open_], kind="stable")]
            enough = max(int((level[ranked] >= _SURE).sum()), int(np.ceil(_AT_LEAST * len(ranked))))
            self.lp.fix(first + np.concatenate([whole, ranked[:enough]]), 1.0)
        return None

    def _leave_lies(self) -> bool:
        """Forbid windows that no vehicle can drive, and generate what takes their place."""
        first = len(self.mip.cost)
        lies = [first + at for at, (k, chain) in enumerate(self.columns) if not self.openings[k].is_true(chain)]
        self.lp.fix(np.array(lies, dtype=np.int64), 0.0)
        return self._repriced(rounds=_MOST_ROUNDS) is not None

    def _repriced(self, *, rounds: int) -> NDArray[np.float64] | None:
        """How much of each window the LP takes, after at most so many rounds of adding true ones that pay."""
        solved = self.lp.solve()
        for _ in range(rounds):
            if solved is None:
                return None
            found = self.price(solved[1])[1]
            if not self.add([(k, chain) for k, chain in found if self.openings[k].is_true(chain)]):
                break
            solved = self.lp.solve()
        return None if solved is None else solved[0][len(self.mip.cost) :]

    def _complete(self, whole: NDArray[np.int64]) -> Refined | None:
        """With the windows given, the counting model chooses for all other jobs."""
        model = self.model
        lower, upper = model.lower.copy(), model.upper.copy()
        windows: list[Window] = []
        chosen = [self.columns[at] for at in whole]
        holder: dict[int, int] = {}
        for number, (k, chain) in enumerate(chosen):
            holder.setdefault(int(self.openings[k].members[chain[0]]), number)
        for number, (k, chain) in enumerate(chosen):
            members = self.openings[k].members[list(chain)].tolist()
            for job in members:
                holder.setdefault(job, number)
            c = self.openings[k].class_index
            windows.append(Window(c, members[0], tuple(job for job in members if holder[job] == number)))
        for of_class in self.openings:
            upper[model.pairs_of(of_class.class_index, of_class.members)] = 0.0
        for window in windows:
            upper[model.pairs_of(window.class_index, np.array(window.jobs, dtype=np.int64))] = 1.0
            if window.opening in window.jobs:
                lower[model.pairs_of(window.class_index, np.array([window.opening]))] = 1.0
        # A job that a window holds may still go to another class where that is cheaper.
        outcome = solve_mip(
            Mip(self.mip.cost, lower, upper, model.base, self.mip.offset),
            seconds=self.seconds,
            relative_gap=1e-4,
            should_cancel=self.should_cancel,
        )
        return (
            None
            if outcome.x is None
            else Refined(
                model.choice(outcome.x), tuple(of_class.class_index for of_class in self.openings), tuple(windows)
            )
        )


def seat(problem: Problem, jobs: Jobs, refined: Refined, most_cars: list[int]) -> Roster:
    """A plan: the chosen windows on vehicles in order of opening, all other classes coloured. Some jobs may be left."""
    choice = refined.choice
    by_window = list(refined.by_window)
    counts = choice.counts.copy()
    counts[by_window] = 0
    roster = colour(problem, jobs, Choice(np.where(np.isin(choice.class_of, by_window), -1, choice.class_of), counts))
    held_until: dict[tuple[int, int], int] = {}
    # A window whose opening another one drives would open later than its vehicle is held: its jobs go where they fit.
    loose = [job for window in refined.windows if window.opening not in window.jobs for job in window.jobs]
    whole = [window for window in refined.windows if window.opening in window.jobs]
    for window in sorted(whole, key=lambda window: roster.start[window.class_index][window.opening]):
        c, opens = window.class_index, roster.start[window.class_index][window.opening]
        held = [job for job in window.jobs if choice.class_of[job] == c]
        cars = roster.cars[c]
        free = [n for n in range(len(cars)) if held_until[c, n] <= opens]
        if not free and len(cars) == most_cars[c]:
            continue
        number = max(
            free,
            key=lambda n: (sum(roster.fits(cars[n], job) for job in held), held_until[c, n]),
            default=len(cars),
        )
        car = cars[number] if free else roster.add_car(c)
        held_until[c, number] = max([opens + DAY_US, *(roster.release[c][job] + 1 for job in held)])
        for job in held:
            if roster.fits(car, job):
                roster.put(car, job)
    for job in loose:
        home = next((car for car in roster.cars[int(choice.class_of[job])] if roster.fits(car, job)), None)
        if home is not None:
            roster.put(home, job)
    return roster


def _single(columns: NDArray[np.int64], value: float) -> Rows:
    """Rows of one entry each, at most zero; columns to be generated will stand in them too."""
    n = len(columns)
    return Rows(
        np.arange(n + 1, dtype=np.int32),
        columns.astype(np.int32),
        np.full(n, value),
        np.full(n, -INF),
        np.zeros(n),
    )
