# SPDX-License-Identifier: MPL-2.0
"""The instants that decide: where most vehicles are needed at once, and where the bounds allow too few."""

from dataclasses import replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from fleetplan.answer import Witness
from fleetplan.cliques import Cliques, maximal_cliques
from fleetplan.instants import instant
from fleetplan.jobs import Jobs, in_order, make_jobs
from fleetplan.problem import Problem

_MOST_PATTERNS = 10
"""Up to so many kinds of trips (by who may take them) every union of kinds is looked at for a shortage."""


def minimum_vehicles(problem: Problem) -> Witness:
    """How many vehicles of one kind drive all trips, with the instant that proves it: the largest clique.

    Exact for vehicles without range or rest; with them it is a lower bound. Classes are not looked at: every trip
    counts. Needs no solver. Raises InvalidProblem.
    """
    return busiest(problem)


def busiest(problem: Problem) -> Witness:
    """As :func:`peak` over all jobs, where nobody has made them: only those of the instant are judged."""
    ordered, start, release = in_order(problem)
    cliques = maximal_cliques(start, release)
    if not cliques.m:
        return _witness(problem, make_jobs(problem), np.arange(0), cliques, None)
    present = cliques.members(int(np.argmax(cliques.size)))
    trips = tuple(problem.trips[i] for job in present for i in ordered[job])
    there = replace(problem, trips=trips, vehicles=(), period_days=problem.days)
    return peak(there, make_jobs(there))


def peak(problem: Problem, jobs: Jobs, *, around: int | None = None) -> Witness:
    """The first instant at which most jobs hold a vehicle at once, of those at which job ``around`` does if given."""
    cliques = maximal_cliques(jobs.start, jobs.release)
    first, last = (0, cliques.m) if around is None else (int(cliques.first[around]), int(cliques.last[around]))
    k = first + int(np.argmax(cliques.size[first:last])) if last > first else None
    return _witness(problem, jobs, np.arange(jobs.n), cliques, k)


def unservable(problem: Problem, jobs: Jobs) -> Witness | None:
    """The first job that no class may take, where more trips than ``max_unserved`` are in such jobs."""
    nobody = ~jobs.allowed.any(axis=1)
    cap = problem.objective.max_unserved
    if cap is None or int(jobs.size[nobody].sum()) <= cap:
        return None
    job = int(np.flatnonzero(nobody)[0])
    return Witness(
        starts_at=instant(jobs.start[job]),
        ends_at=instant(jobs.release[job]),
        trip_ids=tuple(problem.trips[i].id for i in jobs.trips[job]),
        class_ids=(),
        vehicles_needed=1,
        vehicles_available=0,
    )


def shortage(problem: Problem, jobs: Jobs) -> Witness | None:
    """The instant whose jobs exceed most what the classes that may take them can have, by more than may stay unserved.

    None where there is no such instant.

    By Hall's theorem an instant can be served exactly if every group of its jobs finds as many vehicles as it has
    members; it is enough to look at groups of jobs by the classes that may take them.
    """
    may_stay = problem.objective.max_unserved
    if may_stay is None or jobs.n == 0:
        return None
    patterns = np.unique(jobs.allowed, axis=0)
    worst: tuple[int, Witness] | None = None
    for classes in _unions(patterns):
        if any(problem.classes[c].max_count is None for c in np.flatnonzero(classes)):
            continue
        available = sum(problem.classes[c].max_count or 0 for c in np.flatnonzero(classes))
        members = np.flatnonzero(~(jobs.allowed & ~classes).any(axis=1) & jobs.allowed.any(axis=1))
        cliques = maximal_cliques(jobs.start[members], jobs.release[members])
        if not cliques.m:
            continue
        k = int(np.argmax(cliques.size))
        missing = int(cliques.size[k]) - available
        if missing > may_stay and (worst is None or missing > worst[0]):
            worst = missing, _witness(problem, jobs, members, cliques, k, available)
    return worst[1] if worst else None


def _unions(patterns: NDArray[np.bool_]) -> list[NDArray[np.bool_]]:
    most = len(patterns) if len(patterns) <= _MOST_PATTERNS else 1
    unions = [
        np.logical_or.reduce(patterns[list(chosen)])
        for size in range(1, most + 1)
        for chosen in combinations(range(len(patterns)), size)
    ]
    if len(patterns):
        unions.append(np.logical_or.reduce(patterns))
    return unions


def _witness(
    problem: Problem,
    jobs: Jobs,
    members: NDArray[np.int64],
    cliques: Cliques,
    k: int | None,
    available: int | None = None,
) -> Witness:
    if k is None:
        far_past = instant(0)
        return Witness(far_past, far_past, (), (), 0, available)
    present = members[cliques.members(k)]
    able = np.flatnonzero(jobs.allowed[present].any(axis=0))
    return Witness(
        starts_at=instant(cliques.opens[k]),
        ends_at=instant(cliques.closes[k]),
        trip_ids=tuple(problem.trips[i].id for job in present for i in jobs.trips[job]),
        class_ids=tuple(problem.classes[c].id for c in able),
        vehicles_needed=len(present),
        vehicles_available=available,
    )
