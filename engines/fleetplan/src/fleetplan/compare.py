# SPDX-License-Identifier: MPL-2.0
"""Plans to compare with: today's, as it was really driven, and a naive one."""

from fleetplan.answer import Answer, Assignment, ClassCount, Stage, Status
from fleetplan.charge_cost import charging_figures, with_charging
from fleetplan.charging import Charge
from fleetplan.cost import per_km, plan_totals, stage_value
from fleetplan.jobs import Jobs, make_jobs
from fleetplan.problem import Problem
from fleetplan.roster import Roster, assignments_of
from fleetplan.witness import busiest


def replay(problem: Problem) -> Answer:
    """Today's plan: every trip on the vehicle that really drove it, with today's vehicles (``problem.vehicles``).

    A trip without a vehicle, or with one that is not in today's fleet, counts as unserved. Real data may break rules
    (GPS trips overlap, a bike goes far); :func:`fleetplan.check` says where.
    """
    numbered: dict[str, tuple[str, int]] = {}
    counts = {c.id: 0 for c in problem.classes}
    for vehicle in problem.vehicles:
        counts[vehicle.class_id] += 1
        numbered[vehicle.id] = vehicle.class_id, counts[vehicle.class_id]
    assignments = tuple(Assignment(trip.id, *numbered.get(trip.vehicle or "", (None, None))) for trip in problem.trips)
    return evaluate(problem, counts, assignments)


def first_come(problem: Problem) -> Answer:
    """A naive plan: ``max_count`` vehicles of each class, trips in order of start, each to the greenest free vehicle.

    A class without ``max_count`` has ``min_count`` vehicles. What finds no vehicle stays unserved, cap or not.
    """
    jobs = make_jobs(problem)
    roster = Roster(problem, jobs)
    rates = [per_km(problem.costs, c.energy, c.energy_per_km) for c in problem.classes]
    greenest = sorted(range(len(rates)), key=lambda c: (rates[c].co2e_kg, rates[c].energy_dkk))
    for c, vehicle_class in enumerate(problem.classes):
        for _ in range(vehicle_class.min_count if vehicle_class.max_count is None else vehicle_class.max_count):
            roster.add_car(c)
    for job in range(jobs.n):
        for car in (car for c in _nearest_first(greenest, jobs, job) for car in roster.cars[c]):
            if roster.fits(car, job):
                roster.append(car, job)
                break
    counts = {c.id: len(cars) for c, cars in zip(problem.classes, roster.cars, strict=True)}
    return evaluate(problem, counts, assignments_of(problem, jobs, roster))


def _nearest_first(greenest: list[int], jobs: Jobs, job: int) -> list[int]:
    """The classes in their order, but those that need a transfer after those at the job's base."""
    return sorted(greenest, key=lambda c: jobs.is_away(job, c))


def evaluate(
    problem: Problem, counts: dict[str, int], assignments: tuple[Assignment, ...], charges: tuple[Charge, ...] = ()
) -> Answer:
    """Any plan as an answer, with its figures and no bound. It is not checked.

    With real charging, vehicles with a battery pay for ``charges`` and for nothing else.
    """
    charged_dkk, figures = charging_figures(problem, charges)
    km_by_class = dict.fromkeys(counts, 0.0)
    unserved_km, unserved_trips = 0.0, 0
    trips = {trip.id: trip for trip in problem.trips}
    home = {c.id: c.home for c in problem.classes}
    transfers: dict[tuple[str, int | None, str], float] = {}
    for assignment in assignments:
        trip = trips[assignment.trip_id]
        if assignment.class_id is None:
            unserved_km += trip.km
            unserved_trips += 1
            continue
        km_by_class[assignment.class_id] += trip.km
        way = problem.ways.get((home[assignment.class_id] or trip.base, trip.base))
        if way is not None:
            # A shift has one transfer there and one back.
            work = f"trip {trip.id}" if trip.shift is None else f"shift {trip.shift}"
            transfers[assignment.class_id, assignment.number, work] = way.km
    for (class_id, *_), km in transfers.items():
        km_by_class[class_id] += km
    totals = plan_totals(
        problem,
        counts=counts,
        km_by_class=km_by_class,
        unserved_km=unserved_km,
        unserved_trips=unserved_trips,
        transfer_km=sum(transfers.values()),
    )
    totals = with_charging(problem, totals, km_by_class, charged_dkk)
    return Answer(
        status=Status.FEASIBLE,
        fleet=tuple(ClassCount(c.id, counts.get(c.id, 0)) for c in problem.classes),
        assignments=assignments,
        totals=totals,
        stages=tuple(Stage(stage, stage_value(stage, totals), None) for stage in problem.objective.stages),
        witness=busiest(problem),
        charges=charges,
        charging=figures,
    )
