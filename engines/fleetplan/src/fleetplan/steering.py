# SPDX-License-Identifier: MPL-2.0
"""Rows that lead the counting model to choices that vehicles can really drive: a day's km and hours per class.

They are estimates, not consequences of the rules (a window need not follow the clock), so a model with them says where
to look for plans and nothing about bounds.
"""

import numpy as np
from numpy.typing import NDArray

from fleetplan.counting import CountingModel
from fleetplan.instants import DAY_US, HOUR_US
from fleetplan.jobs import Jobs
from fleetplan.mip import Rows
from fleetplan.problem import Problem

_TIGHTER = 0.96


class Steering:
    """Remembers on which days which class was given more than its vehicles could take, and asks for less each time."""

    def __init__(self, problem: Problem, jobs: Jobs) -> None:
        self._problem = problem
        self._jobs = jobs
        self._day = (jobs.start - _quiet_time(jobs)) // DAY_US
        trips = problem.trips
        self._hours = np.array(
            [sum((trips[i].end - trips[i].start).total_seconds() for i in job) / 3600 for job in jobs.trips]
        )
        self._share: dict[tuple[int, int], float] = {}

    def learn(self, left_over: list[int], class_of: NDArray[np.int64]) -> bool:
        """Tighten where jobs were left over; False where there is nothing to learn."""
        classes = self._problem.classes
        found = {(int(class_of[job]), int(self._day[job])) for job in left_over if classes[class_of[job]].has_windows}
        for key in found:
            self._share[key] = self._share.get(key, 1 / _TIGHTER) * _TIGHTER
        return bool(found)

    def rows(self, model: CountingModel) -> list[Rows]:
        """km and hours of a class on a day <= what its N vehicles hold."""
        rows: list[Rows] = []
        for (c, day), share in self._share.items():
            vehicle_class = self._problem.classes[c]
            pairs = model.pairs_of(c, np.flatnonzero(self._day == day))
            jobs = model.pair_job[pairs]
            column = np.append(pairs, model.pairs + c)
            if vehicle_class.range_km is not None:
                weight = np.append(self._jobs.kms[jobs, c], -share * vehicle_class.range_km)
                rows.append(Rows.one(column, weight, upper=0.0))
            if vehicle_class.rest_hours > 0:
                weight = np.append(self._hours[jobs], -share * (24 - vehicle_class.rest_hours))
                rows.append(Rows.one(column, weight, upper=0.0))
        return rows


def _quiet_time(jobs: Jobs) -> int:
    """The full hour of day (µs, UTC) at which fewest jobs run: where a working day is best cut."""
    running = []
    for hour in range(24):
        mark = hour * HOUR_US
        running.append(int(((jobs.release - mark) // DAY_US - (jobs.start - mark) // DAY_US).sum()))
    return int(np.argmin(running)) * HOUR_US
