# SPDX-License-Identifier: MPL-2.0
"""Maximal cliques and the number of vehicles needed at once."""

from datetime import timedelta

import numpy as np
from fleetplan import Rules, minimum_vehicles, solve
from fleetplan.cliques import maximal_cliques
from hypothesis import given
from hypothesis import strategies as st

from .examples import MONDAY, petrol_car, problem, shared, trip

intervals = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 12)), max_size=25)


@given(intervals)
def test_cliques_are_exactly_the_maximal_sets_that_meet(pairs: list[tuple[int, int]]) -> None:
    start = np.array([s for s, _ in pairs], dtype=np.int64)
    end = start + np.array([length for _, length in pairs], dtype=np.int64)
    cliques = maximal_cliques(start, end)
    found = {frozenset(cliques.members(k).tolist()) for k in range(cliques.m)}
    meeting = {frozenset(np.flatnonzero((start <= t) & (t <= end)).tolist()) for t in start.tolist()}
    assert found == {one for one in meeting if not any(one < other for other in meeting)}
    assert cliques.largest == max((len(one) for one in meeting), default=0)


@given(intervals)
def test_every_clique_is_alive_from_opens_to_closes_and_not_longer(pairs: list[tuple[int, int]]) -> None:
    start = np.array([s for s, _ in pairs], dtype=np.int64)
    end = start + np.array([length for _, length in pairs], dtype=np.int64)
    cliques = maximal_cliques(start, end)
    for k in range(cliques.m):
        members = cliques.members(k)
        assert len(members) == cliques.size[k]
        assert start[members].max() == cliques.opens[k]
        assert end[members].min() == cliques.closes[k]


def test_a_trip_may_start_only_strictly_later_than_the_change_over() -> None:
    at_once = problem(trip("a", 8, 9), trip("b", 9 + 5 / 60, 10), classes=(petrol_car(),))
    assert minimum_vehicles(at_once).vehicles_needed == 2
    a_second_later = problem(trip("a", 8, 9), trip("b", 9 + 5 / 60 + 1 / 3600, 10), classes=(petrol_car(),))
    assert minimum_vehicles(a_second_later).vehicles_needed == 1


def test_the_witness_names_the_instant_and_the_trips_that_meet_there() -> None:
    task = problem(trip("a", 8, 10), trip("b", 9, 11), trip("c", 9.5, 12), trip("d", 20, 21), classes=(petrol_car(),))
    witness = minimum_vehicles(task)
    assert witness.vehicles_needed == 3
    assert set(witness.trip_ids) == {"a", "b", "c"}
    assert witness.starts_at == MONDAY + timedelta(hours=9, minutes=30)
    assert witness.ends_at == MONDAY + timedelta(hours=10, minutes=5)


def test_no_trips_need_no_vehicles() -> None:
    assert minimum_vehicles(problem(classes=(petrol_car(),))).vehicles_needed == 0


def test_the_298_municipal_round_trips_need_four_cars_and_three_without_change_over() -> None:
    from dataclasses import replace

    from fleetplan.instances import read_peak_instance

    task = read_peak_instance(shared("os2-298.json"))
    witness = minimum_vehicles(task)
    assert witness.vehicles_needed == len(witness.trip_ids) == 4
    trips = {t.id: t for t in task.trips}
    for trip_id in witness.trip_ids:
        assert trips[trip_id].start <= witness.starts_at
        assert witness.ends_at <= trips[trip_id].end + timedelta(minutes=4)
    assert solve(task).counts == {"car": 4}
    assert minimum_vehicles(replace(task, rules=Rules(changeover_minutes=0))).vehicles_needed == 3
