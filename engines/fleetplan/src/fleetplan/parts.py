# SPDX-License-Identifier: MPL-2.0
"""Parts of a problem without influence on each other: say, bases that share no vehicles. Each is solved by itself."""

from dataclasses import replace

import numpy as np

from fleetplan.jobs import Jobs, make_jobs, served_bases
from fleetplan.problem import Problem, Trip, VehicleClass


def independent_parts(problem: Problem) -> tuple[Problem, ...]:
    """The problem, or the parts it falls into. Together they have its trips and classes, each once.

    Trips and classes are one part where a chain of "may take" joins them. Whatever is counted over all trips (a cap
    above zero on unserved trips, a cap on CO2e or cash, the bikes' share, a second rate of allowance) or shared at the
    chargers keeps all in one.
    """
    return tuple(part for rough in parts_by_base(problem) for part in _by_classes(rough, problem))


def parts_by_base(problem: Problem) -> list[Problem]:
    """As :func:`independent_parts`, but only bases that no vehicle and no shift joins are apart: a quick look."""
    if _is_coupled(problem):
        return [problem]
    served = [served_bases(problem, vehicle_class) for vehicle_class in problem.classes]
    if any(bases is None for bases in served):
        return [problem]
    shifts: dict[str, set[str]] = {}
    for trip in problem.trips:
        if trip.shift is not None:
            shifts.setdefault(trip.shift, set()).add(trip.base)
    groups: list[set[str]] = []
    for joined in (*({trip.base} for trip in problem.trips), *shifts.values(), *(set(bases or ()) for bases in served)):
        if not any(joined <= group for group in groups):
            touched = [group for group in groups if not group.isdisjoint(joined)]
            groups = [group for group in groups if group not in touched] + [joined.union(*touched)]
    if len(groups) < 2:
        return [problem]
    number = {base: n for n, group in enumerate(groups) for base in group}
    trips: list[list[Trip]] = [[] for _ in groups]
    for trip in problem.trips:
        trips[number[trip.base]].append(trip)
    classes: list[list[VehicleClass]] = [[] for _ in groups]
    for vehicle_class, bases in zip(problem.classes, served, strict=True):
        classes[number[min(bases)] if bases else 0].append(vehicle_class)
    return [
        replace(
            problem,
            trips=tuple(of_group),
            classes=tuple(able),
            vehicles=(),
            period_days=problem.days,
            pools=tuple(pool for pool in problem.pools if not pool.bases.isdisjoint(group)),
        )
        for group, of_group, able in zip(groups, trips, classes, strict=True)
    ]


def _by_classes(problem: Problem, whole: Problem) -> tuple[Problem, ...]:
    if _is_coupled(whole):
        return (problem,)
    jobs = make_jobs(problem)
    part_of_class = _join_classes(jobs)
    if len(set(part_of_class)) < 2:
        return (problem,)
    part_of_trip = np.full(len(problem.trips), -1)
    for job, able in zip(jobs.trips, jobs.allowed, strict=True):
        if able.any():
            part_of_trip[list(job)] = part_of_class[int(np.argmax(able))]
    numbers = sorted({*part_of_class, *part_of_trip.tolist()})
    return tuple(
        replace(
            problem,
            trips=tuple(trip for trip, part in zip(problem.trips, part_of_trip, strict=True) if part == number),
            classes=tuple(c for c, part in zip(problem.classes, part_of_class, strict=True) if part == number),
            vehicles=(),
            period_days=problem.days,
        )
        for number in numbers
    )


def _is_coupled(problem: Problem) -> bool:
    objective, tiers = problem.objective, problem.costs.allowance
    if objective.max_co2e_kg is not None or objective.max_cash_dkk is not None or problem.charging is not None:
        return True
    if objective.max_unserved or problem.rules.bikes.max_share < 1:
        return True
    if objective.max_unserved == 0 or not any(goal.is_money for stage in objective.stages for goal, _ in stage):
        return False
    first = tiers[0].up_to_km_year
    return first is not None and sum(trip.km for trip in problem.trips) * problem.yearly > first


def _join_classes(jobs: Jobs) -> list[int]:
    """A part number per class: the least class it is joined with by trips that several classes may take."""
    part = list(range(jobs.allowed.shape[1]))
    for pattern in np.unique(jobs.allowed, axis=0):
        together = {part[c] for c in np.flatnonzero(pattern)}
        if together:
            least = min(together)
            part = [least if number in together else number for number in part]
    return part
