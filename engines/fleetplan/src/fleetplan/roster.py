# SPDX-License-Identifier: MPL-2.0
"""Who drives what, while it is being worked on: vehicles with their jobs in time order, and what still fits where."""

from bisect import bisect_left

import numpy as np
from numpy.typing import NDArray

from fleetplan.answer import Assignment
from fleetplan.instants import DAY_US
from fleetplan.jobs import Jobs, driven_trips
from fleetplan.problem import Problem
from fleetplan.windows import Leg, Walk, make_legs


class Car:
    """One vehicle (of any kind): its class, its jobs in time order, and where its windows open."""

    __slots__ = ("class_index", "jobs", "opens")

    def __init__(self, class_index: int) -> None:
        self.class_index = class_index
        self.jobs: list[int] = []
        self.opens: list[bool] = []
        """Per job: whether its first leg opens a window. Between two such jobs nothing outside has any effect."""


class Roster:
    """Vehicles and the jobs nobody takes. Jobs are numbered in order of start, so sorted lists are in time order."""

    def __init__(self, problem: Problem, jobs: Jobs) -> None:
        self.allowed: list[list[bool]] = jobs.allowed.tolist()
        self.start = _columns(problem, jobs.starts)
        """[classes][jobs]: when a job takes its vehicle, transfers included."""
        self.release = _columns(problem, jobs.releases)
        self.cars: list[list[Car]] = [[] for _ in problem.classes]
        self.car_of: list[Car | None] = [None] * jobs.n
        self.rules = [Walk(c) if c.has_windows else None for c in problem.classes]
        self.legs: list[list[tuple[Leg, ...]]] = [
            [make_legs(driven_trips(problem, job, c), c) for job in jobs.trips] if c.has_windows else []
            for c in problem.classes
        ]

    def add_car(self, class_index: int) -> Car:
        car = Car(class_index)
        self.cars[class_index].append(car)
        return car

    def put(self, car: Car, job: int) -> None:
        """Give a job to a vehicle; the caller has asked :meth:`fits`."""
        car.jobs.insert(bisect_left(car.jobs, job), job)
        self.car_of[job] = car
        self._mark(car)

    def take(self, car: Car, job: int) -> None:
        """Take a job from a vehicle; the caller has asked :meth:`holds_without`."""
        car.jobs.remove(job)
        self.car_of[job] = None
        self._mark(car)

    def append(self, car: Car, job: int) -> None:
        """As :meth:`put`, for a job later than all the vehicle has."""
        rule = self.rules[car.class_index]
        car.jobs.append(job)
        self.car_of[job] = car
        if rule is not None:
            self._mark(car, len(car.jobs) - 1)

    def clashes(self, car: Car, job: int) -> list[int]:
        """The vehicle's jobs that overlap this one, change-over included."""
        jobs, start, release = car.jobs, self.start[car.class_index], self.release[car.class_index]
        at = bisect_left(jobs, job)
        first = at
        while first > 0 and release[jobs[first - 1]] >= start[job]:
            first -= 1
        last = at
        while last < len(jobs) and start[jobs[last]] <= release[job]:
            last += 1
        return jobs[first:last]

    def near(self, car: Car, job: int) -> list[int]:
        """The vehicle's jobs that start within a day of this one: those that can share a window with it."""
        jobs, start = car.jobs, self.start[car.class_index]
        at = bisect_left(jobs, job)
        first = at
        while first > 0 and start[job] - start[jobs[first - 1]] < DAY_US:
            first -= 1
        last = at
        while last < len(jobs) and start[jobs[last]] - start[job] < DAY_US:
            last += 1
        return jobs[first:last]

    def fits(self, car: Car, job: int, dropped: tuple[int, ...] = ()) -> bool:
        """Whether the vehicle can take the job, if need be after ``dropped`` (some of its jobs) have left."""
        if not self.allowed[job][car.class_index]:
            return False
        jobs, start, release = car.jobs, self.start[car.class_index], self.release[car.class_index]
        at = bisect_left(jobs, job)
        before = at - 1
        while before >= 0 and jobs[before] in dropped:
            before -= 1
        if before >= 0 and release[jobs[before]] >= start[job]:
            return False
        after = at
        while after < len(jobs) and jobs[after] in dropped:
            after += 1
        if after < len(jobs) and start[jobs[after]] <= release[job]:
            return False
        return self._windows_hold(car, job, dropped)

    def holds_without(self, car: Car, dropped: tuple[int, ...]) -> bool:
        """Whether the rest still keeps its windows: they can move when a trip that opens one leaves."""
        return self._windows_hold(car, -1, dropped)

    def unserved(self) -> list[int]:
        return [job for job, car in enumerate(self.car_of) if car is None]

    def class_of(self) -> NDArray[np.int64]:
        return np.array([-1 if car is None else car.class_index for car in self.car_of], dtype=np.int64)

    def _windows_hold(self, car: Car, job: int, dropped: tuple[int, ...]) -> bool:
        rule = self.rules[car.class_index]
        if rule is None:
            return True
        jobs, opened, legs = car.jobs, car.opens, self.legs[car.class_index]
        touched = [bisect_left(jobs, changed) for changed in ((job, *dropped) if job >= 0 else dropped)]
        first, settled = min(touched), max(touched)
        at = first - 1
        while at > 0 and not opened[at]:
            at -= 1
        at = max(at, 0)
        walk = rule.restarted()
        pending = job >= 0
        while at < len(jobs) or pending:
            if pending and (at >= len(jobs) or job < jobs[at]):
                pending = False
                if not walk.step(legs[job]):
                    return False
                continue
            current = jobs[at]
            if current not in dropped:
                if not walk.step(legs[current]):
                    return False
                if at > settled and walk.opened and opened[at]:
                    return True
            at += 1
        return True

    def _mark(self, car: Car, since: int = 0) -> None:
        """Note where windows open."""
        rule = self.rules[car.class_index]
        if rule is None:
            return
        legs = self.legs[car.class_index]
        while since > 0 and not (since < len(car.opens) and car.opens[since]):
            since -= 1
        walk = rule.restarted()
        marks = car.opens[:since]
        for job in car.jobs[since:]:
            walk.step(legs[job])
            marks.append(walk.opened)
        car.opens = marks


def assignments_of(problem: Problem, jobs: Jobs, roster: Roster) -> tuple[Assignment, ...]:
    """The roster trip by trip, in the order of the problem."""
    found: list[Assignment] = [Assignment(trip.id, None, None) for trip in problem.trips]
    for vehicle_class, cars in zip(problem.classes, roster.cars, strict=True):
        for number, car in enumerate(cars, start=1):
            for job in car.jobs:
                for index in jobs.trips[job]:
                    found[index] = Assignment(problem.trips[index].id, vehicle_class.id, number)
    return tuple(found)


def _columns(problem: Problem, times: NDArray[np.int64]) -> list[list[int]]:
    """Times per class; without pools all classes share one list."""
    if problem.ways:
        columns: list[list[int]] = times.T.tolist()
        return columns
    return [times[:, 0].tolist()] * len(problem.classes) if len(problem.classes) else []
