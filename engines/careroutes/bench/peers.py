# SPDX-License-Identifier: MPL-2.0
"""The same day planned by others: PyVRP, VROOM and OR-Tools, on the problems that they can state.

    python peers.py PEER FILE SECONDS     prints one line of JSON: cost, unserved visits, CPU seconds

Each gets hard windows, loads and travel as this engine does, and the same processor seconds on one thread. Two-carer
visits none of them can state in full, so such days are compared with what was published instead.
"""

import json
import resource
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from careroutes import Problem
from careroutes.formats import read_problem

BUSY = 8  # where only the clock can be limited as well: it stops nobody on a machine that is busy

Result = tuple[int | None, int]  # cost; visits not served (cost None: no plan that holds)


class CpuSeconds:
    """True once the process has worked so long; PyVRP hands over its best cost, which is not needed."""

    def __init__(self, seconds: float) -> None:
        self.until = time.process_time() + seconds

    def __call__(self, best_cost: float) -> bool:
        return time.process_time() >= self.until


def ours(problem: Problem, seconds: float) -> Result:
    from careroutes import Limits, check, solve

    answer = solve(problem, limits=Limits(cpu_seconds=seconds))
    if check(problem, answer):
        return None, len(answer.unserved)
    travel = answer.cost - sum(v.unserved_cost for v in problem.visits if v.id in answer.unserved)
    return travel, len(answer.unserved)


def pyvrp(problem: Problem, seconds: float) -> Result:
    from pyvrp import Model

    model, times = Model(), problem.travel[0].times
    places = [model.add_location(0, 0, name=str(number)) for number in range(len(times))]
    carer = problem.carers[0]
    depot = model.add_depot(places[0])
    model.add_vehicle_type(
        len(problem.carers), carer.capacity, depot, depot, tw_early=carer.shift.start, tw_late=carer.shift.end
    )
    for visit in problem.visits:
        window = visit.windows[0]
        model.add_client(
            places[visit.place], visit.load, service_duration=visit.duration, tw_early=window.start, tw_late=window.end
        )
    for a, row in enumerate(times):
        for b, took in enumerate(row):
            if a != b:
                model.add_edge(places[a], places[b], took, took)
    found = model.solve(CpuSeconds(seconds), seed=1, display=False, collect_stats=False)
    return (round(found.cost()), 0) if found.best.is_feasible() else (None, 0)


def vroom(problem: Problem, seconds: float) -> Result:
    import numpy as np
    from vroom import Amount, Input, Job, TimeWindow, Vehicle

    day = Input()
    day.set_durations_matrix(profile="car", matrix_input=np.array(problem.travel[0].times, dtype=np.uint32))
    for number, carer in enumerate(problem.carers):
        shift = TimeWindow(carer.shift.start, carer.shift.end)
        capacity = Amount([carer.capacity])
        day.add_vehicle(Vehicle(number, start=0, end=0, capacity=capacity, time_window=shift))
    for number, visit in enumerate(problem.visits):
        windows = [TimeWindow(window.start, window.end) for window in visit.windows]
        load = Amount([visit.load])
        day.add_job(Job(number, visit.place, default_service=visit.duration, delivery=load, time_windows=windows))
    found = day.solve(exploration_level=5, nb_threads=1, timeout=timedelta(seconds=seconds))
    return int(found.summary.cost), int(found.summary.unassigned)


def ortools(problem: Problem, seconds: float) -> Result:
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2

    times, carer = problem.travel[0].times, problem.carers[0]
    manager = pywrapcp.RoutingIndexManager(len(times), len(problem.carers), 0)
    routing = pywrapcp.RoutingModel(manager)
    service = [0, *(visit.duration for visit in problem.visits)]
    load = [0, *(visit.load for visit in problem.visits)]
    way = routing.RegisterTransitMatrix([list(row) for row in times])
    stay = routing.RegisterTransitMatrix([[service[a] + time for time in row] for a, row in enumerate(times)])
    routing.SetArcCostEvaluatorOfAllVehicles(way)
    routing.AddDimension(stay, carer.shift.end, carer.shift.end, False, "time")
    routing.AddDimensionWithVehicleCapacity(
        routing.RegisterUnaryTransitVector(load), 0, [carer.capacity] * len(problem.carers), True, "load"
    )
    time = routing.GetDimensionOrDie("time")
    unserved = 10**8
    for visit in problem.visits:
        index = manager.NodeToIndex(visit.place)
        time.CumulVar(index).SetRange(visit.windows[0].start, visit.windows[0].end)
        routing.AddDisjunction([index], unserved)
    how = pywrapcp.DefaultRoutingSearchParameters()
    how.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    how.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    how.time_limit.FromMilliseconds(int(seconds * 1000 * BUSY))
    spent = CpuSeconds(seconds)
    routing.AddSearchMonitor(routing.solver().CustomLimit(lambda: spent(0)))
    found = routing.SolveWithParameters(how)
    if found is None:
        return None, len(problem.visits)
    left, cost = divmod(found.ObjectiveValue(), unserved)
    return cost, left


PEERS = {"ours": ours, "pyvrp": pyvrp, "vroom": vroom, "ortools": ortools}


def main() -> None:
    name, file, seconds, how = sys.argv[1], Path(sys.argv[2]), float(sys.argv[3]), json.loads(sys.argv[4])
    problem, _ = read_problem(file, **how)
    before = resource.getrusage(resource.RUSAGE_SELF)
    cost, unserved = PEERS[name](problem, seconds)
    after = resource.getrusage(resource.RUSAGE_SELF)
    told: dict[str, Any] = {
        "cost": None if cost is None else cost * problem.cost_scale,
        "unserved": unserved,
        "cpu": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
