# SPDX-License-Identifier: MPL-2.0
"""The most valuable window each job could open: a knapsack over the next 24 hours, many openings at a time."""

import numpy as np
from numpy.typing import NDArray

from fleetplan.instants import DAY_US
from fleetplan.jobs import Jobs, driven_trips
from fleetplan.problem import Problem
from fleetplan.windows import Leg, Walk, make_legs

_CELLS = 200
"""Into so many parts a window's km or hours are cut. Jobs are rounded down to whole parts, so nothing true is lost."""
_AT_ONCE = 48
"""Openings looked at together: enough for numpy, and little memory."""
_GAIN = 1e-9


class Openings:
    """Windows of one class, named by positions among ``members`` (the class's jobs, in time order).

    A window is a chain of jobs that do not overlap and start within 24 hours of the first; its km (or hours, whichever
    bind more) fit. The other of the two is left out: what is found here is at least as good as any true window.
    :meth:`is_true` tells. A window holds its vehicle for 24 hours, or until its last job is back where that is later.
    """

    def __init__(self, problem: Problem, jobs: Jobs, c: int) -> None:
        vehicle_class = problem.classes[c]
        self.class_index = c
        members = np.flatnonzero(jobs.allowed[:, c])
        self.members = members[np.argsort(jobs.starts[members, c], kind="stable")]
        self.n = len(self.members)
        self.start = jobs.starts[self.members, c]
        release = jobs.releases[self.members, c]
        self._walk = Walk(vehicle_class)
        self._legs: list[tuple[Leg, ...]] = [
            make_legs(driven_trips(problem, jobs.trips[job], vehicle_class), vehicle_class) for job in self.members
        ]
        self.is_long = np.array([any(leg[3] for leg in legs) for legs in self._legs], dtype=bool)
        km = jobs.kms[self.members, c]
        busy = np.array([float(sum(end - start for start, end, *_ in legs)) for legs in self._legs])
        limit_km, limit_busy = self._walk.range_km, float(self._walk.busy_us)
        by_km = float(km.sum()) / limit_km >= float(busy.sum()) / limit_busy
        used, limit = (km, limit_km) if by_km else (busy, limit_busy)
        self._need = np.minimum(used / limit * _CELLS, _CELLS).astype(np.int64)
        self._following = np.searchsorted(self.start, release, side="right")
        self._horizon = np.searchsorted(self.start, self.start + DAY_US, side="left")
        self.times = np.unique(self.start)
        """Instants at which a window can open."""
        self.opens = np.searchsorted(self.times, self.start)
        self._back = np.searchsorted(self.times, release, side="right")
        self._shuts = np.maximum(np.searchsorted(self.times, self.start + DAY_US), self._back)

    def held(self, chain: tuple[int, ...]) -> NDArray[np.int64]:
        """Of ``times`` those at which a window holds its vehicle, as positions."""
        return np.arange(self.opens[chain[0]], max(self._shuts[chain[0]], self._back[chain[-1]]))

    def is_true(self, chain: tuple[int, ...]) -> bool:
        """Whether a vehicle can drive the chain as one window, all rules counted."""
        walk = self._walk.restarted()
        return all(walk.step(self._legs[position]) for position in chain)

    def best(
        self, gain: NDArray[np.float64], toll: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], list[tuple[int, ...]]]:
        """For each opening job the most its window can gain (never less than true), and a window that does.

        ``gain`` [n] is what covering a job is worth, ``toll`` [times] what holding a vehicle at an instant costs; none
        of either is negative.
        """
        paid = np.concatenate([[0.0], np.cumsum(toll)])
        shut = paid[self._shuts]
        value = np.where(self.is_long, 0.0, gain)
        best = np.zeros(self.n)
        chains: list[tuple[int, ...]] = []
        for first in range(0, self.n, _AT_ONCE):
            last = min(self.n, first + _AT_ONCE)
            table = self._table(value, paid[self._back], shut, first, last)
            for opening in range(first, last):
                if self.is_long[opening]:
                    best[opening] = gain[opening]
                    chains.append((opening,))
                else:
                    column = table[:, opening - first]
                    top = first + len(table) - 1
                    at = min(int(self._following[opening]), top)
                    room = _CELLS - int(self._need[opening])
                    best[opening] = value[opening] + column[at - first, room]
                    chains.append((opening, *self._walk_back(column, first, opening, room)))
        return best - (shut - paid[self.opens]), chains

    def _table(
        self,
        value: NDArray[np.float64],
        back: NDArray[np.float64],
        shut: NDArray[np.float64],
        first: int,
        last: int,
    ) -> NDArray[np.float64]:
        """[position - first, opening - first, room]: most to gain from this position on within an opening's horizon.

        Tolls that a job adds by coming ``back`` after its window is ``shut`` are taken off; such a job is the last.
        """
        horizon = self._horizon[first:last]
        top = int(horizon.max())
        table = np.zeros((top - first + 1, last - first, _CELLS + 1))
        for position in range(top - 1, first, -1):
            at = position - first
            table[at] = table[at + 1]
            if value[position] <= _GAIN:
                continue
            since, until = int(np.searchsorted(horizon, position, side="right")), min(last - first, at)
            if since < until:
                need = int(self._need[position])
                following = min(int(self._following[position]), top) - first
                taken = table[following, since:until, : _CELLS + 1 - need] + value[position]
                late = back[position] - shut[first + since : first + until]
                taken = taken - np.maximum(late, 0.0)[:, None]
                np.maximum(table[at, since:until, need:], taken, out=table[at, since:until, need:])
        return table

    def _walk_back(self, column: NDArray[np.float64], first: int, opening: int, room: int) -> list[int]:
        chain: list[int] = []
        at, horizon = int(self._following[opening]), int(self._horizon[opening])
        while at < horizon and column[at - first, room] > _GAIN:
            if column[at - first, room] > column[at + 1 - first, room]:
                chain.append(at)
                room -= int(self._need[at])
                at = int(self._following[at])
            else:
                at += 1
        return chain
