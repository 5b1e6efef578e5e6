# SPDX-License-Identifier: MPL-2.0
"""Why a plan leaves a trip unserved, looked up in the plan itself."""

from enum import StrEnum

from fleetplan.answer import Answer
from fleetplan.jobs import make_jobs
from fleetplan.problem import Problem
from fleetplan.roster import Car, Roster


class WhyUnserved(StrEnum):
    """What keeps a trip of a plan without a vehicle, the plan's other trips staying where they are."""

    NO_VEHICLE_MAY = "no_vehicle_may"  # nothing in the fleet may take it: needs, base, range, bike rules
    ALL_OUT = "all_out"  # every vehicle that may take it is out, change-over included
    NO_RANGE_LEFT = "no_range_left"  # a vehicle is in, but its range or rest would not hold
    CHOSEN = "chosen"  # a vehicle could take it; the objective prefers an employee's own car


def why_unserved(problem: Problem, answer: Answer) -> dict[str, WhyUnserved]:
    """Trip id -> reason, for each unserved trip of a plan. Trips of one shift share theirs."""
    held = {a.trip_id: (a.class_id, a.number) for a in answer.assignments if a.class_id is not None}
    jobs = make_jobs(problem)
    roster = Roster(problem, jobs)
    index = {c.id: position for position, c in enumerate(problem.classes)}
    cars: dict[tuple[str | None, int | None], Car] = {
        (entry.class_id, number): roster.add_car(index[entry.class_id])
        for entry in answer.fleet
        for number in range(1, entry.count + 1)
    }
    left: list[int] = []
    for job, members in enumerate(jobs.trips):
        car = cars.get(held.get(problem.trips[members[0]].id, (None, None)))
        if car is None:
            left.append(job)
        else:
            roster.append(car, job)
    everyone = [car for of_class in roster.cars for car in of_class]
    return {
        problem.trips[member].id: reason
        for job in left
        for reason in (_reason(roster, everyone, job),)
        for member in jobs.trips[job]
    }


def _reason(roster: Roster, everyone: list[Car], job: int) -> WhyUnserved:
    able = [car for car in everyone if roster.allowed[job][car.class_index]]
    if not able:
        return WhyUnserved.NO_VEHICLE_MAY
    home = [car for car in able if not roster.clashes(car, job)]
    if not home:
        return WhyUnserved.ALL_OUT
    return WhyUnserved.CHOSEN if any(roster.fits(car, job) for car in home) else WhyUnserved.NO_RANGE_LEFT
