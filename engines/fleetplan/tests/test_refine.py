# SPDX-License-Identifier: MPL-2.0
"""Windows as columns: what range and rest cost is proven, and never more than that."""

from collections.abc import Iterator
from decimal import Decimal

import numpy as np
import pytest
from fleetplan import Goal, Limits, Objective, Problem, Status, VehicleClass, check, solve
from fleetplan.instances import read_instance
from fleetplan.jobs import make_jobs
from fleetplan.pricing import Openings
from fleetplan.windows import Walk, make_legs
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .examples import best_by_hand, bike, electric_car, petrol_car, problem, shared, trip

SERVED = Objective.minimise(Goal.CASH, max_unserved=0)
COUNTED = Limits(refine=False)


def test_a_second_bike_that_a_day_of_km_demands_is_proven_and_not_only_found() -> None:
    task = problem(trip("a", 8, 9, 12.0), trip("b", 10, 11, 12.0), classes=(bike(),), objective=SERVED)
    counted, refined = solve(task, limits=COUNTED), solve(task)
    assert counted.bound == Decimal("2000.00")
    assert refined.status is Status.OPTIMAL
    assert refined.counts == {"bike": 2}


def test_a_window_that_runs_into_the_next_day_is_not_taken_for_two() -> None:
    # Out from noon, the bike may start afresh at noon the next day: 12 km on each of two days need one bike,
    # a third trip before that noon needs another.
    noon, next_noon = trip("a", 12, 13, 12.0), trip("b", 36, 37, 12.0)
    assert solve(problem(noon, next_noon, classes=(bike(),), objective=SERVED)).counts == {"bike": 1}
    early = trip("c", 32, 33, 12.0)
    answer = solve(problem(noon, early, next_noon, classes=(bike(),), objective=SERVED))
    assert (answer.status, answer.counts) == (Status.OPTIMAL, {"bike": 2})


def test_the_chosen_windows_lead_to_a_plan_that_exchanges_did_not_find() -> None:
    task = read_instance(shared("S1a.json"), free=True, objective=Objective.minimise(Goal.COST, max_unserved=0))
    counted, refined = solve(task, limits=COUNTED), solve(task)
    assert check(task, refined) == []
    assert counted.value is not None and refined.value is not None and refined.gap is not None
    assert counted.bound is not None and refined.bound is not None
    assert counted.bound < refined.bound <= refined.value < counted.value
    assert refined.gap < 0.005


_TIGHT = st.sampled_from(
    (
        (bike(), petrol_car()),
        (bike(), bike("e-bike", range_km=30.0, fixed_dkk_year=4_500.0), petrol_car(fixed_dkk_year=9_000.0)),
        (electric_car(range_km=40.0, rest_hours=20.0), petrol_car(fixed_dkk_year=50_000.0)),
        (electric_car(range_km=None, rest_hours=21.0), electric_car("long", range_km=80.0, rest_hours=0.0)),
    )
)


@st.composite
def tight_problems(draw: st.DrawFn, *, most_trips: int) -> Problem:
    """Few hours, many km: windows bind nearly always, also over midnight."""
    trips = []
    for number in range(draw(st.integers(2, most_trips))):
        start = draw(st.sampled_from((8, 9, 10, 11, 13, 32, 33, 34, 36, 58))) + draw(st.integers(0, 3)) / 4
        length = draw(st.sampled_from((0.5, 1.0, 1.75)))
        trips.append(trip(str(number), start, start + length, float(draw(st.integers(4, 14)))))
    goal = draw(st.sampled_from((Goal.CASH, Goal.CO2E, Goal.VEHICLES)))
    objective = Objective.minimise(goal, max_unserved=draw(st.sampled_from((0, 0, 1))))
    return problem(*trips, classes=draw(_TIGHT), objective=objective, period_days=7.0)


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(tight_problems(most_trips=5))
def test_no_plan_is_below_the_refined_bound(task: Problem) -> None:
    answer = solve(task)
    assert check(task, answer) == []
    best = best_by_hand(task)
    if best is None or answer.value is None or answer.bound is None:
        return
    room = Decimal("0.02")  # plans of equal value may differ by the rounding of their parts
    assert answer.bound <= best.stages[0].value + room
    if answer.stages[0].bound == answer.stages[0].value and answer.stages[1:] and answer.stages[1].bound is not None:
        assert answer.stages[1].bound <= best.stages[1].value + room


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(tight_problems(most_trips=7), st.lists(st.integers(0, 9), min_size=7, max_size=7), st.data())
def test_no_true_window_gains_more_than_the_best_that_pricing_finds(
    task: Problem, gains: list[int], data: st.DataObject
) -> None:
    jobs = make_jobs(task)
    for c, vehicle_class in enumerate(task.classes):
        if not vehicle_class.has_windows or not jobs.allowed[:, c].any():
            continue
        openings = Openings(task, jobs, c)
        gain = np.array(gains[: openings.n], dtype=np.float64)
        times = len(openings.times)
        toll = np.array(data.draw(st.lists(st.integers(0, 4), min_size=times, max_size=times)), dtype=np.float64)
        best, chains = openings.best(gain, toll)
        for opening, chain in enumerate(chains):
            assert best[opening] == pytest.approx(gain[list(chain)].sum() - toll[openings.held(chain)].sum())
        for chain in _true_windows(task, vehicle_class, openings):
            assert openings.is_true(chain)
            worth = gain[list(chain)].sum() - toll[openings.held(chain)].sum()
            assert worth <= best[chain[0]] + 1e-9


def _true_windows(task: Problem, vehicle_class: VehicleClass, openings: Openings) -> Iterator[tuple[int, ...]]:
    """Every chain that one vehicle can drive as one window, by trying all."""
    jobs = make_jobs(task)

    def extend(chain: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
        walk = Walk(vehicle_class)
        for number, position in enumerate(chain):
            job = int(openings.members[position])
            legs = make_legs((task.trips[i] for i in jobs.trips[job]), vehicle_class)
            if not walk.step(legs) or (number > 0 and walk.opened):
                return
        yield chain
        for later in range(chain[-1] + 1, openings.n):
            if jobs.start[openings.members[later]] > jobs.release[openings.members[chain[-1]]]:
                yield from extend((*chain, later))

    for position in range(openings.n):
        yield from extend((position,))
