# SPDX-License-Identifier: MPL-2.0
"""Real charging: against every plan there is on small problems, and by the checker on larger ones with all there is."""

from dataclasses import replace
from datetime import time
from decimal import Decimal

from fleetplan import (
    Battery,
    Charger,
    Goal,
    Limits,
    Objective,
    Pool,
    Problem,
    Status,
    Tariff,
    Transfer,
    check,
    solve,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .charging_examples import best_charged, car, charged, small_problems
from .examples import petrol_car, trip

A_ROUNDING = Decimal("0.02")


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(small_problems())
def test_no_plan_is_below_the_bound_and_every_answer_obeys_the_rules(task: Problem) -> None:
    answer = solve(task)
    assert check(task, answer) == []
    best = best_charged(task)
    if best is None:
        assert answer.totals is None
        return
    assert check(task, best) == []
    assert answer.status is not Status.INFEASIBLE
    if answer.value is None:
        return
    assert answer.bound is not None
    assert answer.bound <= best.stages[0].value + A_ROUNDING
    assert best.stages[0].value <= answer.value + A_ROUNDING


@st.composite
def varied_problems(draw: st.DrawFn) -> Problem:
    """Two bases, two electric classes and one petrol, chargers of two speeds, shifts, tariffs, a pool, odd minutes."""
    trips = []
    for number in range(draw(st.integers(1, 10))):
        start = draw(st.integers(0, 46 * 60)) / 60
        length = draw(st.integers(5, 240)) / 60
        base = draw(st.sampled_from(("grenaa", "grenaa", "auning")))
        trips.append(trip(str(number), start, min(start + length, 47.5), float(draw(st.integers(0, 60))), base=base))
    if len(trips) > 1 and trips[0].end <= trips[1].start and trips[0].base == trips[1].base:
        trips[:2] = [replace(one, shift="early") for one in trips[:2]]
    home = draw(st.sampled_from((None, "grenaa")))
    classes = (
        car("zoe", energy_per_km=0.2, max_count=draw(st.sampled_from((None, 2))), min_count=draw(st.integers(0, 2))),
        car("kona", energy_per_km=0.25, home=home, max_count=2, fixed_dkk_year=50_000.0),
        petrol_car(max_count=draw(st.sampled_from((0, 1, None)))),
    )
    slow = draw(st.sampled_from((2.3, 7.4)))
    task = charged(
        *trips,
        classes=classes,
        dkk=tuple(draw(st.lists(st.integers(-1, 5).map(float), min_size=49, max_size=49))),
        batteries=(Battery("zoe", 20.0, 7.4, 0.8), Battery("kona", 15.0, 11.0)),
        chargers=(
            Charger("wall", "grenaa", draw(st.integers(1, 2)), slow),
            Charger("fast", "grenaa", 1, 22.0),
            Charger("barn", "auning", 1, 3.7),
        ),
        site_kw=draw(st.sampled_from(({}, {"grenaa": 6.5}, {"grenaa": 0.0}))),
        start_share=draw(st.sampled_from((1.0, 0.5))),
        tariffs=(Tariff("peak", 1.5, time(17), time(21)), Tariff("night", 0.25, time(22), time(6))),
        objective=Objective.minimise(
            draw(st.sampled_from((Goal.CASH, Goal.COST, Goal.CO2E, Goal.UNSERVED))),
            max_unserved=draw(st.sampled_from((None, 0, 2))),
        ),
    )
    if home is not None and draw(st.booleans()):
        way = Transfer("grenaa", "auning", 20.0, 15.0)
        task = replace(task, pools=(Pool("norddjurs", frozenset({"grenaa", "auning"}), (way,)),))
    return task


@settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
@given(varied_problems())
def test_the_checker_finds_nothing_in_any_charged_answer(task: Problem) -> None:
    answer = solve(task, limits=Limits(solver_seconds=20))
    assert check(task, answer) == []
    if answer.totals is not None:
        assert answer.charging is not None
        assert answer.charging.bound_dkk is not None
        assert answer.bound is None or answer.value is None or answer.bound <= answer.value
