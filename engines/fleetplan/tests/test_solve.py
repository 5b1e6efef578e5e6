# SPDX-License-Identifier: MPL-2.0
"""What solve promises, rule by rule, on problems small enough to see through."""

from dataclasses import replace
from datetime import time
from decimal import Decimal

import pytest
from fleetplan import (
    COMPATIBLE_2022,
    AllowanceTier,
    BikeRules,
    Energy,
    Goal,
    Objective,
    Problem,
    Reason,
    Rules,
    Status,
    check,
    solve,
)

from .examples import bike, electric_car, petrol_car, problem, segment, trip

ALL_SERVED = Objective(max_unserved=0)


def holders(task: Problem) -> dict[str, tuple[str | None, int | None]]:
    answer = solve(task)
    assert check(task, answer) == []
    return {a.trip_id: (a.class_id, a.number) for a in answer.assignments}


def test_a_problem_without_trips_has_an_empty_plan_that_is_optimal() -> None:
    answer = solve(problem(classes=(petrol_car(min_count=2),)))
    assert answer.status is Status.OPTIMAL
    assert answer.counts == {"aygo": 2}
    assert answer.value == Decimal("68000.00")


def test_a_problem_without_classes_leaves_every_trip_unserved() -> None:
    task = problem(trip("a", 8, 9), classes=())
    answer = solve(task)
    assert answer.status is Status.OPTIMAL
    assert answer.totals is not None and answer.totals.unserved_trips == 1


def test_locked_vehicles_stay_in_the_fleet_even_unused() -> None:
    task = problem(trip("a", 8, 9), classes=(petrol_car(min_count=3),), objective=ALL_SERVED)
    assert solve(task).counts == {"aygo": 3}


def test_cash_and_social_cost_are_kept_apart_and_cost_is_their_sum() -> None:
    task = problem(trip("a", 8, 9, 23.0), classes=(petrol_car(),), objective=ALL_SERVED, period_days=365.0)
    totals = solve(task).totals
    assert totals is not None
    # One litre of petrol a year: 12.33 kr and 2.52 kg at 1 500 kr per tonne, one year ahead at 4 %.
    assert totals.energy_dkk == Decimal("11.86")
    assert totals.co2e_kg == Decimal("2.52")
    assert totals.social_dkk == Decimal("3.63")
    assert totals.cash_dkk == Decimal("34011.86")
    assert totals.total_dkk == Decimal("34015.49")


def test_cash_leaves_out_the_social_cost_that_would_choose_otherwise() -> None:
    # 36 500 km a year: electricity and a dearer car cost more cash than petrol, less with a price on CO2e.
    aygo = petrol_car(energy_per_km=0.05, fixed_dkk_year=34_000.0)
    zoe = electric_car(fixed_dkk_year=44_000.0)
    task = problem(trip("a", 8, 18, 250.0), classes=(aygo, zoe), period_days=2.5)
    dear = replace(task.costs, social_dkk_per_t=3000.0)
    chosen = {}
    for goal in (Goal.CASH, Goal.COST):
        asked = replace(task, costs=dear, objective=Objective.minimise(goal, max_unserved=0))
        answer = solve(asked)
        assert check(asked, answer) == []
        assert answer.totals is not None
        assert answer.status is Status.OPTIMAL
        assert answer.value == answer.bound
        assert answer.value == (answer.totals.cash_dkk if goal is Goal.CASH else answer.totals.total_dkk)
        chosen[goal] = next(c for c, count in answer.counts.items() if count)
    assert chosen == {Goal.CASH: "aygo", Goal.COST: "zoe"}


def test_among_plans_of_equal_cash_the_greener_is_chosen_where_that_is_the_second_goal() -> None:
    classes = (petrol_car(max_count=1), replace(petrol_car("hvo", max_count=1), energy=Energy.HVO))
    trips = (trip("a", 8, 9, 30.0), trip("b", 8, 9, 50.0))
    prices = dict.fromkeys(COMPATIBLE_2022.price_dkk, 10.0)
    task = problem(*trips, classes=classes, objective=Objective.in_order(Goal.CASH, Goal.CO2E, max_unserved=0))
    task = replace(task, costs=replace(task.costs, price_dkk=prices))
    answer = solve(task)
    assert check(task, answer) == []
    assert {a.trip_id: a.class_id for a in answer.assignments} == {"a": "aygo", "b": "hvo"}


def test_a_trip_that_costs_less_by_own_car_stays_unserved_and_the_cap_forbids_it() -> None:
    trips = (trip("a", 8, 9, 5.0),)
    free = solve(problem(*trips, classes=(petrol_car(),)))
    assert free.totals is not None and free.totals.unserved_trips == 1
    capped = solve(problem(*trips, classes=(petrol_car(),), objective=ALL_SERVED))
    assert capped.totals is not None and capped.totals.unserved_trips == 0
    assert capped.counts == {"aygo": 1}


def test_the_lower_allowance_beyond_the_limit_is_counted_exactly() -> None:
    # 100 km on each of 20 days in a row, 36 500 km a year: dear by the high rate alone, cheap by both tiers.
    trips = [trip(str(day), 24 * day + 8, 24 * day + 9, 100.0) for day in range(20)]
    car = petrol_car(fixed_dkk_year=100_000.0)
    task = problem(*trips, classes=(car,), period_days=20.0)
    answer = solve(task)
    assert answer.totals is not None
    assert answer.totals.unserved_trips == 20
    assert answer.totals.allowance_dkk == Decimal("109805.00")  # 20 000 x 3.70 + 16 500 x 2.17
    assert answer.status is Status.OPTIMAL
    flat = replace(task.costs, allowance=(AllowanceTier(None, 3.70),))
    assert solve(replace(task, costs=flat)).counts == {"aygo": 1}


def test_a_trip_goes_only_to_a_class_with_what_it_needs_at_its_base() -> None:
    lift = petrol_car("lift", capabilities=frozenset({"lift", "towbar"}), fixed_dkk_year=90_000.0)
    auning = petrol_car("auning", bases=frozenset({"auning"}))
    task = problem(
        trip("a", 8, 9, needs=frozenset({"lift"})),
        trip("b", 8, 9, base="auning"),
        classes=(lift, auning),
        objective=ALL_SERVED,
    )
    assert holders(task) == {"a": ("lift", 1), "b": ("auning", 1)}


def test_a_trip_that_no_class_may_take_is_named_when_nothing_may_stay_unserved() -> None:
    task = problem(
        trip("a", 8, 9), trip("b", 10, 11, needs=frozenset({"lift"})), classes=(petrol_car(),), objective=ALL_SERVED
    )
    answer = solve(task)
    assert (answer.status, answer.reason) == (Status.INFEASIBLE, Reason.NO_CLASS_MAY)
    assert answer.witness is not None
    assert answer.witness.trip_ids == ("b",)
    assert (answer.witness.vehicles_needed, answer.witness.vehicles_available) == (1, 0)


def test_too_few_vehicles_come_back_with_the_instant_and_the_trips_that_show_it() -> None:
    lift = petrol_car("lift", capabilities=frozenset({"lift"}), max_count=1)
    needs = frozenset({"lift"})
    task = problem(
        trip("a", 8, 10, needs=needs),
        trip("b", 9, 11, needs=needs),
        trip("c", 9, 11),
        classes=(lift, petrol_car()),
        objective=ALL_SERVED,
    )
    answer = solve(task)
    assert (answer.status, answer.reason) == (Status.INFEASIBLE, Reason.TOO_MANY_AT_ONCE)
    assert answer.witness is not None
    assert set(answer.witness.trip_ids) == {"a", "b"}
    assert (answer.witness.vehicles_needed, answer.witness.vehicles_available) == (2, 1)
    assert answer.witness.class_ids == ("lift",)


def test_a_co2e_cap_below_the_greenest_plan_is_infeasible_and_says_how_low_one_can_go() -> None:
    task = problem(
        trip("a", 8, 9, 100.0), classes=(electric_car(),), objective=Objective(max_unserved=0, max_co2e_kg=1.0)
    )
    answer = solve(task)
    assert (answer.status, answer.reason) == (Status.INFEASIBLE, Reason.CO2E_CAP)
    assert answer.value == answer.bound == Decimal("38.29")  # 100 km x 0.165 kWh x 0.089 kg x 365/14


def test_a_co2e_cap_buys_the_greener_fleet() -> None:
    trips = [trip(str(day), 24 * day + 8, 24 * day + 10, 60.0) for day in range(10)]
    classes = (petrol_car(), electric_car())
    cheap = solve(problem(*trips, classes=classes, objective=ALL_SERVED))
    assert cheap.counts == {"aygo": 1, "zoe": 0}
    assert cheap.totals is not None
    capped = solve(problem(*trips, classes=classes, objective=Objective(max_unserved=0, max_co2e_kg=300.0)))
    assert capped.counts == {"aygo": 0, "zoe": 1}
    assert capped.totals is not None and capped.totals.co2e_kg <= 300


def test_goals_in_order_decide_one_after_the_other() -> None:
    trips = (trip("a", 8, 10, 30.0), trip("b", 8, 10, 30.0))
    classes = (petrol_car(), electric_car())
    fewest = solve(problem(*trips, classes=classes, objective=Objective.in_order(Goal.UNSERVED, Goal.CO2E)))
    assert fewest.totals is not None and fewest.totals.unserved_trips == 0
    assert fewest.counts == {"aygo": 0, "zoe": 2}
    cheapest = solve(problem(*trips, classes=classes, objective=Objective.in_order(Goal.UNSERVED, Goal.COST)))
    assert cheapest.counts == {"aygo": 2, "zoe": 0}
    assert [stage.gap for stage in cheapest.stages] == [0.0, pytest.approx(0.0, abs=1e-6)]


def test_a_weighted_sum_trades_kroner_for_kilos() -> None:
    trips = [trip(str(day), 24 * day + 8, 24 * day + 10, 60.0) for day in range(10)]
    classes = (petrol_car(), electric_car())
    for kroner_per_kilo, expected in ((0.001, "aygo"), (100.0, "zoe")):
        objective = Objective.weighted({Goal.COST: 1.0, Goal.CO2E: kroner_per_kilo}, max_unserved=0)
        assert solve(problem(*trips, classes=classes, objective=objective)).counts[expected] == 1


def test_an_electric_car_rests_and_a_second_one_takes_the_trip_that_would_not_let_it() -> None:
    long_day = (trip("a", 0, 9), trip("b", 10, 19))
    car = electric_car(max_count=None)
    assert solve(problem(*long_day, classes=(car,), objective=ALL_SERVED)).counts == {"zoe": 2}
    next_day = (trip("a", 0, 9), trip("b", 24, 33))
    assert solve(problem(*next_day, classes=(car,), objective=ALL_SERVED)).counts == {"zoe": 1}


def test_range_is_full_again_when_the_window_rolls() -> None:
    within = (trip("a", 0, 2, 200.0), trip("b", 20, 22, 200.0))
    assert solve(problem(*within, classes=(electric_car(),), objective=ALL_SERVED)).counts == {"zoe": 2}
    after = (trip("a", 0, 2, 200.0), trip("b", 24, 26, 200.0))
    assert solve(problem(*after, classes=(electric_car(),), objective=ALL_SERVED)).counts == {"zoe": 1}


def test_a_trip_beyond_the_range_is_driven_only_where_its_pauses_let_it_charge() -> None:
    with_rest = trip("a", 0, 20, 400.0, segments=(segment(0, 4, 200.0), segment(12, 20, 200.0)))
    without = trip("a", 0, 20, 400.0, segments=(segment(0, 4, 200.0), segment(8, 20, 200.0)))
    assert holders(problem(with_rest, classes=(electric_car(),), objective=ALL_SERVED)) == {"a": ("zoe", 1)}
    answer = solve(problem(without, classes=(electric_car(),), objective=ALL_SERVED))
    assert answer.reason is Reason.NO_CLASS_MAY


def test_bikes_take_only_short_slow_trips_within_their_hours() -> None:
    task = problem(
        trip("fine", 8, 9, 14.9),
        trip("too long", 8, 12, 15.0),
        trip("too fast", 9.5, 10, 10.0),
        trip("too early", 6.9, 8, 5.0),
        trip("too late", 15, 15.6, 5.0),
        classes=(bike(max_count=9),),
        rules=Rules(bikes=BikeRules(zone="UTC")),
        objective=Objective.in_order(Goal.UNSERVED),
    )
    assert [name for name, (held, _) in holders(task).items() if held] == ["fine"]


def test_bike_hours_are_local_time_in_the_named_zone() -> None:
    early = trip("a", 6.5, 7, 5.0)  # 07:30 in Copenhagen in March
    task = problem(early, classes=(bike(),), objective=Objective.in_order(Goal.UNSERVED))
    assert holders(task)["a"] == ("bike", 1)
    in_utc = replace(task, rules=Rules(bikes=BikeRules(zone="UTC")))
    assert holders(in_utc)["a"] == (None, None)


def test_bikes_take_no_more_than_their_share_of_the_trips_they_could() -> None:
    trips = [trip(str(day), 24 * day + 9, 24 * day + 10, 10.0) for day in range(8)]
    rules = Rules(bikes=BikeRules(max_share=0.5))
    task = problem(*trips, classes=(bike(fixed_dkk_year=10.0), petrol_car()), rules=rules, objective=ALL_SERVED)
    on_bikes = [name for name, (held, _) in holders(task).items() if held == "bike"]
    assert len(on_bikes) == 4


def test_a_second_slot_is_open_to_bikes_as_well() -> None:
    rules = Rules(bikes=BikeRules(zone="UTC", slots=((time(7), time(9)), (time(13), time(15)))))
    task = problem(
        trip("a", 8, 8.9, 5.0),
        trip("b", 8.5, 13.5, 5.0),
        trip("c", 13.5, 14.5, 5.0),
        classes=(bike(max_count=3),),
        rules=rules,
        objective=Objective.in_order(Goal.UNSERVED),
    )
    assert [name for name, (held, _) in holders(task).items() if held] == ["a", "c"]


def test_a_shift_keeps_its_car_and_nobody_takes_it_in_between() -> None:
    task = problem(
        trip("a", 7, 8, shift="early"),
        trip("b", 9, 10),
        trip("c", 12, 13, shift="early"),
        classes=(petrol_car(),),
        objective=ALL_SERVED,
    )
    held = holders(task)
    assert held["a"] == held["c"] != held["b"]
