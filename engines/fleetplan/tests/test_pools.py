# SPDX-License-Identifier: MPL-2.0
"""Pools: what a vehicle at another base may take, what the way there costs, and that the answer is still proven."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from fleetplan import (
    Goal,
    InvalidProblem,
    Limits,
    Objective,
    Pool,
    Problem,
    Status,
    Transfer,
    VehicleClass,
    check,
    evaluate,
    first_come,
    read_answer,
    read_problem,
    solve,
    write_answer,
    write_problem,
)
from fleetplan.answer import Assignment
from fleetplan.parts import independent_parts
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .examples import best_by_hand, bike, codes, electric_car, petrol_car, problem, segment, trip

POOL = Pool("norddjurs", frozenset({"grenaa", "auning"}), (Transfer("grenaa", "auning", 30.0, 25.0),))
SERVE_ALL = Objective.minimise(Goal.CASH, max_unserved=0)
A_ROUNDING = Decimal("0.02")


def at(home: str, vehicle_class: VehicleClass) -> VehicleClass:
    return replace(vehicle_class, id=f"{vehicle_class.id}@{home}", home=home)


def pooled(*trips: object, classes: tuple[VehicleClass, ...], **more: object) -> Problem:
    return problem(*trips, classes=classes, **({"pools": (POOL,), "objective": SERVE_ALL} | more))  # type: ignore[arg-type]


def test_a_car_at_home_elsewhere_saves_a_car_of_ones_own() -> None:
    classes = (at("grenaa", petrol_car()), at("auning", petrol_car()))
    trips = trip("morning", 8, 9, 10.0), trip("noon", 12, 13, 10.0, base="auning")
    answer = solve(pooled(*trips, classes=classes))
    assert answer.status is Status.OPTIMAL
    assert answer.totals is not None and answer.totals.vehicles == 1
    assert check(pooled(*trips, classes=classes), answer) == []
    apart = solve(problem(*trips, classes=classes, objective=SERVE_ALL))
    assert apart.totals is not None and apart.totals.vehicles == 2


def test_transfers_count_in_km_and_energy_and_are_shown() -> None:
    task = pooled(trip("noon", 12, 13, 10.0, base="auning"), classes=(at("grenaa", petrol_car()),), period_days=365.0)
    totals = solve(task).totals
    assert totals is not None
    assert totals.km == Decimal("60.00")  # 25 there, 10, 25 back
    assert totals.transfer_km == Decimal("50.00")
    assert totals.energy_dkk == Decimal("30.93")  # 60 / 23 litres at 12.33 / 1.04


@pytest.mark.parametrize(("second_start", "vehicles"), [(10.0, 2), (10.5, 2), (10.6, 1)])
def test_the_way_back_and_the_change_over_must_be_over_before_the_next_trip(second_start: float, vehicles: int) -> None:
    # Away in Auning until 10.00, back in Grenaa 10.30, changed over later than 10.35.
    task = pooled(
        trip("away", 9, 10, base="auning"),
        trip("home", second_start, second_start + 1),
        classes=(at("grenaa", petrol_car()),),
    )
    totals = solve(task).totals
    assert totals is not None and totals.vehicles == vehicles


def test_the_way_out_can_differ_from_the_way_back() -> None:
    ways = Transfer("grenaa", "auning", 30.0, 25.0), Transfer("auning", "grenaa", 90.0, 40.0)
    task = pooled(
        trip("away", 9, 10, base="auning"),
        trip("home", 11, 12),
        classes=(at("grenaa", petrol_car()),),
        pools=(replace(POOL, transfers=ways),),
        period_days=365.0,
    )
    totals = solve(task).totals
    assert totals is not None and totals.vehicles == 2
    assert totals.transfer_km == Decimal("65.00")


def test_bases_without_a_transfer_between_them_share_nothing() -> None:
    far = Pool("three", frozenset({"grenaa", "auning", "ebeltoft"}), POOL.transfers)
    task = pooled(trip("a", 9, 10, base="ebeltoft"), classes=(at("grenaa", petrol_car()),), pools=(far,))
    assert solve(task).status is Status.INFEASIBLE


def test_a_class_without_home_serves_its_bases_as_before() -> None:
    task = pooled(trip("a", 9, 10, base="auning"), trip("b", 10.2, 11), classes=(petrol_car(),))
    totals = solve(task).totals
    assert totals is not None and totals.vehicles == 1 and totals.transfer_km == 0


def test_bikes_stay_at_home() -> None:
    task = pooled(
        trip("a", 9, 10, 5.0, base="auning"), classes=(at("grenaa", bike()),), objective=Objective.minimise(Goal.CASH)
    )
    answer = solve(task)
    assert answer.totals is not None and answer.totals.unserved_trips == 1


@pytest.mark.parametrize(("range_km", "status"), [(60.0, Status.OPTIMAL), (59.0, Status.INFEASIBLE)])
def test_the_range_must_hold_for_the_transfers_as_well(range_km: float, status: Status) -> None:
    classes = (at("grenaa", electric_car(range_km=range_km)),)
    task = pooled(trip("a", 9, 10, 10.0, base="auning"), classes=classes)
    answer = solve(task)
    assert answer.status is status
    assert check(task, answer) == []


def test_a_long_trip_is_walked_with_its_transfers_as_segments() -> None:
    drives = segment(8, 9, 50.0), segment(20, 21, 50.0)
    task = pooled(
        trip("long", 8, 21, 100.0, base="auning", segments=drives),
        classes=(at("grenaa", electric_car(range_km=80.0)),),
    )
    assert solve(task).status is Status.OPTIMAL
    shorter = replace(task, classes=(at("grenaa", electric_car(range_km=74.0)),))
    assert solve(shorter).status is Status.INFEASIBLE


def test_a_shift_has_one_transfer_there_and_one_back() -> None:
    task = pooled(
        trip("a", 8, 9, 10.0, base="auning", shift="early"),
        trip("b", 9.2, 10, 10.0, base="auning", shift="early"),
        classes=(at("grenaa", electric_car()),),
        period_days=365.0,
    )
    answer = solve(task)
    assert answer.totals is not None
    assert answer.totals.transfer_km == Decimal("50.00")
    assert check(task, answer) == []


def test_a_naive_plan_takes_a_car_of_the_place_before_one_from_elsewhere() -> None:
    classes = (at("grenaa", petrol_car(max_count=1)), at("auning", petrol_car(max_count=1)))
    task = pooled(trip("a", 9, 10, base="auning"), classes=classes)
    assert first_come(task).assignments == (Assignment("a", "aygo@auning", 1),)


def test_the_checker_finds_what_a_pool_does_not_allow() -> None:
    classes = (at("grenaa", petrol_car()), at("grenaa", bike()))
    task = pooled(
        trip("away", 9, 10, 5.0, base="auning"),
        trip("back", 10.25, 11, 5.0),
        trip("far", 14, 15, 5.0, base="ebeltoft"),
        classes=classes,
        objective=Objective.minimise(Goal.CASH),
    )

    def found(counts: dict[str, int], **held: str) -> list[str]:
        seats = tuple(Assignment(t.id, held.get(t.id), 1 if t.id in held else None) for t in task.trips)
        return codes(task, evaluate(task, counts, seats))

    assert found({"aygo@grenaa": 1}, away="aygo@grenaa") == []
    assert found({"aygo@grenaa": 1}, away="aygo@grenaa", back="aygo@grenaa") == ["double_booking"]
    assert found({"aygo@grenaa": 1}, far="aygo@grenaa") == ["base"]
    assert "base" in found({"bike@grenaa": 1}, away="bike@grenaa")


def test_the_checker_counts_transfers_itself() -> None:
    task = pooled(trip("noon", 12, 13, 10.0, base="auning"), classes=(at("grenaa", petrol_car()),))
    answer = solve(task)
    assert answer.totals is not None
    silent = replace(answer, totals=replace(answer.totals, transfer_km=Decimal(0), km=Decimal("260.71")))
    assert codes(task, silent) == ["totals", "totals"]


def test_pools_without_a_class_in_common_are_parts_of_their_own() -> None:
    other = Pool("syddjurs", frozenset({"ebeltoft", "hornslet"}), (Transfer("ebeltoft", "hornslet", 25.0, 22.0),))
    classes = tuple(at(base, petrol_car()) for base in ("grenaa", "auning", "ebeltoft", "hornslet"))
    trips = tuple(
        trip(f"{base}{n}", 8 + 2 * n, 9 + 2 * n, base=base)
        for base in ("grenaa", "auning", "ebeltoft", "hornslet")
        for n in range(2)
    )
    task = pooled(*trips, classes=classes, pools=(POOL, other))
    assert sorted(len(part.trips) for part in independent_parts(task)) == [4, 4]
    assert check(task, solve(task)) == []


def test_files_hold_pools_and_files_without_them_are_read_as_before(tmp_path: Path) -> None:
    task = pooled(trip("noon", 12, 13, base="auning"), classes=(at("grenaa", petrol_car()),))
    write_problem(tmp_path / "problem.json", task)
    assert read_problem(tmp_path / "problem.json") == task
    answer = solve(task)
    write_answer(tmp_path / "answer.json", answer)
    assert read_answer(tmp_path / "answer.json") == answer
    plain = problem(trip("noon", 12, 13), classes=(petrol_car(),))
    write_problem(tmp_path / "plain.json", plain)
    text = (tmp_path / "plain.json").read_text(encoding="utf-8")
    old = text.replace(',\n "pools": []', "").replace(',\n   "home": null', "")
    assert "pools" not in old and "home" not in old
    (tmp_path / "old.json").write_text(old, encoding="utf-8")
    assert read_problem(tmp_path / "old.json") == plain


@pytest.mark.parametrize(
    ("code", "field", "change"),
    [
        ("base_in_two_pools", "pools[1].bases", {"pools": (POOL, replace(POOL, id="other", transfers=()))}),
        ("duplicate_id", "pools[1].id", {"pools": (POOL, Pool("norddjurs", frozenset()))}),
        (
            "shift_bases",
            "trips[1].base",
            {"trips": (trip("a", 8, 9, shift="early"), trip("b", 10, 11, base="auning", shift="early"))},
        ),
    ],
)
def test_pools_that_cannot_be_are_refused(code: str, field: str, change: dict[str, object]) -> None:
    task = pooled(trip("a", 8, 9), classes=(petrol_car(),))
    with pytest.raises(InvalidProblem) as refused:
        replace(task, **change)  # type: ignore[arg-type]
    assert (refused.value.code, refused.value.field) == (code, field)


def test_transfers_that_cannot_be_are_refused() -> None:
    with pytest.raises(InvalidProblem, match="is not among the bases"):
        Pool("p", frozenset({"a"}), (Transfer("a", "b", 1.0, 1.0),))
    with pytest.raises(InvalidProblem, match="given twice"):
        Pool("p", frozenset({"a", "b"}), (Transfer("a", "b", 1.0, 1.0), Transfer("a", "b", 2.0, 1.0)))
    with pytest.raises(InvalidProblem, match="zero or more"):
        Transfer("a", "b", -1.0, 1.0)
    with pytest.raises(InvalidProblem, match="comes from"):
        Transfer("a", "a", 1.0, 1.0)
    with pytest.raises(InvalidProblem, match="among the class's bases"):
        petrol_car(bases=frozenset({"a"}), home="b")


_BASES = ("grenaa", "auning", "ebeltoft")
_FLEETS = st.sampled_from(
    (
        (at("grenaa", petrol_car()), at("auning", petrol_car())),
        (at("grenaa", petrol_car(max_count=1)), at("auning", electric_car(max_count=1)), bike(max_count=1)),
        (at("grenaa", electric_car(range_km=60.0)), at("auning", petrol_car(max_count=1, min_count=1))),
        (at("auning", electric_car("short", range_km=50.0, rest_hours=20.0)), at("ebeltoft", petrol_car())),
        (at("grenaa", bike()), at("auning", petrol_car(bases=frozenset({"auning", "grenaa"})))),
    )
)


@st.composite
def pooled_problems(draw: st.DrawFn, *, most_trips: int) -> Problem:
    trips = []
    for number in range(draw(st.integers(0, most_trips))):
        start = draw(st.integers(0, 40 * 4)) / 4
        length = draw(st.sampled_from((0.25, 1.0, 2.0, 8.0)))
        base = draw(st.sampled_from(_BASES))
        shift = "early" if base == "auning" and draw(st.booleans()) else None
        one = trip(str(number), start, start + length, float(draw(st.integers(1, 45))), base=base, shift=shift)
        if not any(
            other.shift == shift and other.start < one.end and one.start < other.end for other in trips if shift
        ):
            trips.append(one)
    minutes = st.sampled_from((0.0, 10.0, 45.0))
    transfers = [Transfer("grenaa", "auning", draw(minutes), 12.0)]
    if draw(st.booleans()):
        transfers.append(Transfer("auning", "grenaa", draw(minutes), 0.0))
    if draw(st.booleans()):
        transfers.append(Transfer("ebeltoft", "auning", draw(minutes), 30.0))
    objective = Objective.minimise(draw(st.sampled_from(Goal)), max_unserved=draw(st.sampled_from((None, 0, 1))))
    pools = (Pool("all", frozenset(_BASES), tuple(transfers)),)
    return problem(*trips, classes=draw(_FLEETS), objective=objective, period_days=7.0, pools=pools)


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(pooled_problems(most_trips=10))
def test_the_checker_finds_nothing_in_any_pooled_answer(task: Problem) -> None:
    answer = solve(task, limits=Limits(rounds=2))
    assert check(task, answer) == []


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(pooled_problems(most_trips=4))
def test_no_pooled_plan_at_all_is_below_the_bound(task: Problem) -> None:
    answer = solve(task)
    best = best_by_hand(task)
    if best is None:
        assert answer.status in (Status.INFEASIBLE, Status.NOT_FOUND)
        return
    assert answer.status is not Status.INFEASIBLE
    if answer.value is not None:
        assert answer.bound is not None
        assert answer.bound <= best.stages[0].value + A_ROUNDING
        assert best.stages[0].value <= answer.value + A_ROUNDING


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(pooled_problems(most_trips=8))
def test_sharing_never_needs_more_than_not_sharing(task: Problem) -> None:
    plain = replace(task, classes=tuple(replace(c, range_km=None, rest_hours=0.0) for c in task.classes))
    apart = solve(replace(plain, pools=()))
    together = solve(plain)
    if apart.value is not None:
        assert together.status is Status.OPTIMAL
        assert together.value is not None and together.value <= apart.value + A_ROUNDING
