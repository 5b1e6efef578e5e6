# SPDX-License-Identifier: MPL-2.0
"""What if: all electric, a base closed, bases that share, vehicles that move, more trips."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from fleetplan import (
    Goal,
    InvalidProblem,
    Limits,
    Objective,
    Problem,
    Segment,
    Status,
    Transfer,
    Trip,
    VehicleClass,
    check,
    solve,
    write_problem,
)
from fleetplan.__main__ import main
from fleetplan.errors import NoFleet
from fleetplan.halves import move_twice
from fleetplan.whatif import (
    BaseChargers,
    Impossible,
    Obstacle,
    base_closed,
    chargers_on_arrival,
    electrified,
    grown,
    shared,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .examples import bike, electric_car, petrol_car, problem, problems, trip

SERVED = Objective.minimise(Goal.CASH, max_unserved=0)


def at(base: str, make: VehicleClass) -> VehicleClass:
    return replace(make, id=f"{base}:{make.id}", bases=frozenset({base}))


# --- All electric -------------------------------------------------------------------------------------------------


def test_all_electric_says_which_trips_nobody_can_drive_then_and_why() -> None:
    task = problem(
        trip("short", 8, 9, 10.0),
        trip("long", 8, 9, 400.0),
        trip("lift", 10, 11, 10.0, needs=frozenset({"lift"})),
        trip("remote", 10, 11, 10.0, base="auning"),
        trip("cycled", 10, 11, 18.0, base="allingaabro"),
        classes=(
            at("grenaa", electric_car()),
            petrol_car(capabilities=frozenset({"lift"})),
            at("allingaabro", bike()),
        ),
        objective=SERVED,
    )
    changed = electrified(task)
    assert changed.impossible == (
        Impossible("long", Obstacle.RANGE),
        Impossible("lift", Obstacle.NEEDS),
        Impossible("remote", Obstacle.BASE),
        Impossible("cycled", Obstacle.BIKES),
    )
    answer = solve(changed.problem)
    assert check(changed.problem, answer) == []
    assert {a.trip_id for a in answer.assignments if a.class_id is None} == {"long", "lift", "remote", "cycled"}


def test_all_electric_buys_electric_cars_where_a_fixed_fleet_had_petrol_ones() -> None:
    classes = (petrol_car(min_count=2, max_count=2), electric_car(min_count=1, max_count=1))
    trips = [trip(str(n), 8, 9) for n in range(3)]
    answer = solve(electrified(problem(*trips, classes=classes, objective=SERVED)).problem)
    assert answer.counts == {"aygo": 0, "zoe": 3}


def test_cars_plugged_in_as_they_come_home_need_a_charger_each_while_they_charge() -> None:
    """66 km take 10.89 kWh and so 1 h at 10.89 kW: both cars charge between 9:00 and 9:30, one of them again later."""
    trips = (trip("a", 7, 8.5, 66.0), trip("b", 7.5, 9, 66.0), trip("c", 15, 16, 66.0))
    task = problem(*trips, classes=(electric_car(),), objective=SERVED)
    answer = solve(task)
    assert chargers_on_arrival(task, answer, charge_kw=10.89) == (BaseChargers("grenaa", 2, 2),)
    assert chargers_on_arrival(task, answer, charge_kw=200.0) == (BaseChargers("grenaa", 2, 1),)
    with pytest.raises(InvalidProblem):
        chargers_on_arrival(task, answer, charge_kw=0)


# --- A base closed ------------------------------------------------------------------------------------------------


def test_the_trips_of_a_closed_base_start_from_the_other_and_are_longer() -> None:
    day = datetime(2026, 3, 2, tzinfo=UTC)
    segments = (Segment(day.replace(hour=8), day.replace(hour=9), 10.0),)
    task = problem(
        trip("moved", 8, 9, 10.0, base="auning", segments=segments),
        trip("own", 8, 9, 10.0),
        classes=(petrol_car(),),
        objective=SERVED,
    )
    after = base_closed(task, "auning", to="grenaa", minutes=15, km=12.5).problem
    moved, own = after.trips
    assert own == task.trips[1]
    assert (moved.base, moved.km) == ("grenaa", 35.0)
    assert (moved.start, moved.end) == (day.replace(hour=7, minute=45), day.replace(hour=9, minute=15))
    assert [segment.km for segment in moved.segments] == [12.5, 10.0, 12.5]
    assert after.yearly == task.yearly


def test_the_vehicles_of_a_closed_base_stand_at_the_other() -> None:
    """Two bases need a car each at different times of the day: together they need one."""
    task = problem(
        trip("morning", 8, 9, base="auning"),
        trip("evening", 16, 17),
        classes=(at("auning", petrol_car(min_count=1)), at("grenaa", petrol_car()), at("auning", electric_car())),
        objective=SERVED,
    )
    assert sum(solve(task).counts.values()) == 2
    after = base_closed(task, "auning", to="grenaa", minutes=10, km=5.0).problem
    answer = solve(after)
    assert check(after, answer) == []
    assert answer.counts == {"auning:aygo": 0, "grenaa:aygo": 1, "auning:zoe": 0}
    assert after.classes[2].bases == frozenset({"grenaa"})


def test_a_shift_of_a_closed_base_is_longer_at_its_two_ends_only() -> None:
    trips = tuple(replace(trip(str(n), 8 + n, 9 + n, base="auning"), shift="early") for n in range(3))
    after = base_closed(
        problem(*trips, trip("own", 8, 9), classes=(petrol_car(),)), "auning", to="grenaa", minutes=30, km=10.0
    ).problem
    assert [t.km for t in after.trips[:3]] == [20.0, 10.0, 20.0]
    assert after.trips[0].end == after.trips[1].start


@pytest.mark.parametrize(
    ("base", "to", "km"), [("nowhere", "grenaa", 1), ("grenaa", "grenaa", 1), ("grenaa", "auning", -1)]
)
def test_closing_what_cannot_be_closed_is_refused(base: str, to: str, km: float) -> None:
    task = problem(trip("a", 8, 9), trip("b", 8, 9, base="auning"), classes=(petrol_car(),))
    with pytest.raises(InvalidProblem):
        base_closed(task, base, to=to, minutes=0, km=km)


# --- Shared bases -------------------------------------------------------------------------------------------------


def test_two_bases_that_share_do_with_one_car_if_the_way_is_short_enough() -> None:
    trips = (trip("a", 8, 9), trip("b", 11, 12, base="auning"))
    task = problem(*trips, classes=(at("grenaa", petrol_car()), at("auning", petrol_car())), objective=SERVED)
    near = shared(task, [Transfer("grenaa", "auning", minutes=20, km=15.0)]).problem
    far = shared(task, [Transfer("grenaa", "auning", minutes=119, km=15.0)]).problem
    alone, together, apart = solve(task), solve(near), solve(far)
    assert (alone.totals.vehicles, together.totals.vehicles, apart.totals.vehicles) == (2, 1, 2)
    assert together.totals.km - alone.totals.km == together.totals.transfer_km > 0
    assert check(near, together) == []


def test_a_base_cannot_share_twice() -> None:
    trips = (trip("a", 8, 9), trip("b", 11, 12, base="auning"), trip("c", 11, 12, base="ryomgaard"))
    task = problem(*trips, classes=(at("grenaa", petrol_car()),))
    once = shared(task, [Transfer("grenaa", "auning", 10, 5.0)]).problem
    with pytest.raises(InvalidProblem):
        shared(once, [Transfer("grenaa", "ryomgaard", 10, 5.0)])


# --- Vehicles that move -------------------------------------------------------------------------------------------

SPRING = datetime(2026, 3, 25, 8, tzinfo=UTC)


def seasons(summer: dict[str, int], winter: dict[str, int], **more: object) -> Problem:
    """So many trips at once at each base: on one day in March and on one in April; two weeks in all."""
    trips = [
        Trip(f"{base}-{day}-{n}", base, SPRING + timedelta(days=day), SPRING + timedelta(days=day, hours=1), 10.0)
        for day, at_once in ((0, winter), (13, summer))
        for base, count in at_once.items()
        for n in range(count)
    ]
    classes = tuple(at(base, petrol_car()) for base in ("beach", "town"))
    return problem(*trips, classes=classes, objective=SERVED, **more)


def test_vehicles_that_move_with_the_season_are_fewer_and_the_moves_are_counted() -> None:
    """The beach needs 3 in summer and 1 in winter, the town 1 and 3: 6 that stay, 4 of which 2 move."""
    task = seasons(summer={"beach": 3, "town": 1}, winter={"beach": 1, "town": 3})
    stay = solve(task)
    found = move_twice(task, move_dkk=500.0)
    assert (stay.totals.vehicles, found.totals.vehicles, found.moves) == (6, 4, 2)
    assert found.moving_dkk == Decimal("2000.00")
    assert found.violations == 0
    assert found.value == found.totals.cash_dkk + 2000
    assert found.bound is not None and found.bound <= found.totals.cash_dkk
    # Same trips, same km: only the two cars differ.
    assert stay.totals.cash_dkk - found.totals.cash_dkk == pytest.approx(Decimal(68_000), abs=Decimal("0.05"))


def test_what_the_quiet_season_has_to_spare_need_not_move() -> None:
    """4 in the town all year, 2 at the beach in summer only: owned 6; the beach's two simply stay there."""
    found = move_twice(seasons(summer={"beach": 2, "town": 4}, winter={"town": 4}))
    assert (found.totals.vehicles, found.moves, found.moving_dkk) == (6, 0, None)


def test_a_period_within_one_half_of_the_year_is_refused() -> None:
    with pytest.raises(InvalidProblem, match="half"):
        move_twice(problem(trip("a", 8, 9), classes=(petrol_car(),)))


def test_a_half_that_nobody_can_drive_is_told() -> None:
    task = seasons(summer={"beach": 3}, winter={"beach": 1})
    with pytest.raises(NoFleet):
        move_twice(replace(task, classes=(replace(task.classes[0], max_count=1),)))


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.fixed_dictionaries({"beach": st.integers(0, 3), "town": st.integers(1, 3)}),
    st.fixed_dictionaries({"beach": st.integers(0, 3), "town": st.integers(1, 3)}),
)
def test_moving_never_takes_more_vehicles_than_staying_and_its_bound_is_below(
    summer: dict[str, int], winter: dict[str, int]
) -> None:
    task = seasons(summer, winter)
    found, stay = move_twice(task), solve(task)
    assert found.totals.vehicles <= stay.totals.vehicles
    assert found.totals.vehicles == max(sum(summer.values()), sum(winter.values()))
    assert found.bound is not None and found.bound <= found.value <= stay.value
    assert found.moves <= sum(abs(summer[base] - winter[base]) for base in summer)


# --- More trips ---------------------------------------------------------------------------------------------------


def test_more_trips_are_copies_at_the_same_weekday_and_local_time() -> None:
    """Over the change to summer time on 29 March the local time is kept, not the one in UTC."""
    zone = ZoneInfo("Europe/Copenhagen")
    trips = tuple(
        trip(f"{week}-{n}", 24 * 7 * week + 24 * n + 8, 24 * 7 * week + 24 * n + 9)
        for week in range(6)
        for n in range(5)
    )
    task = problem(*trips, classes=(petrol_car(),), objective=SERVED, period_days=42.0)
    after = grown(task, 50, seed=1)
    assert len(after.trips) == 45
    known = {(t.start.astimezone(zone).weekday(), t.start.astimezone(zone).time()) for t in task.trips}
    assert {(t.start.astimezone(zone).weekday(), t.start.astimezone(zone).time()) for t in after.trips} <= known
    assert all(date(2026, 3, 2) <= t.start.date() < date(2026, 4, 13) for t in after.trips)
    assert after.yearly == task.yearly


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(problems(most_trips=12), st.floats(-90, 150), st.integers(0, 5))
def test_growth_is_so_many_per_cent_at_every_base_and_the_seed_decides_it(
    task: Problem, percent: float, seed: int
) -> None:
    after = grown(task, percent, seed=seed)
    assert after == grown(task, percent, seed=seed)
    for base in {t.base for t in task.trips}:
        before = sum(t.base == base for t in task.trips)
        change = round(before * abs(percent) / 100)
        assert sum(t.base == base for t in after.trips) == before + (change if percent > 0 else -change)


def test_trips_do_not_fall_by_all_of_them() -> None:
    with pytest.raises(InvalidProblem):
        grown(problem(trip("a", 8, 9), classes=(petrol_car(),)), -100, seed=1)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(problems(most_trips=10))
def test_all_electric_never_emits_less_than_its_bound_and_breaks_no_rule(task: Problem) -> None:
    changed = electrified(task)
    answer = solve(changed.problem, limits=Limits(rounds=1))
    assert check(changed.problem, answer) == []
    if answer.totals is not None:
        used = {a.class_id for a in answer.assignments if a.class_id}
        kinds = {c.id: c.kind for c in task.classes}
        assert all(kinds[name].value != "fossil" for name in used)
        left = {a.trip_id for a in answer.assignments if a.class_id is None}
        assert {lost.trip_id for lost in changed.impossible} <= left
    elif answer.status is Status.INFEASIBLE and not changed.impossible:
        assert solve(task, limits=Limits(rounds=1)).status is Status.INFEASIBLE or any(
            c.min_count or c.max_count is not None for c in task.classes
        )


# --- The command line ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "asked",
    [
        ["--electrify"],
        ["--close", "auning", "--to", "grenaa", "--minutes", "10", "--km", "8"],
        ["--share", "auning", "--to", "grenaa", "--minutes", "10", "--km", "8"],
        ["--grow", "50"],
    ],
)
def test_the_command_line_shows_what_would_change(
    asked: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "problem.json"
    classes = (at("grenaa", petrol_car()), at("auning", petrol_car()), electric_car())
    write_problem(file, problem(trip("a", 8, 9), trip("b", 11, 12, base="auning"), classes=classes, objective=SERVED))
    assert main(["whatif", str(file), *asked]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in lines[:2]] == ["as it is", "what if"]
    assert all("proven bound" in line for line in lines[:2])


def test_the_command_line_moves_vehicles_twice_a_year(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "problem.json"
    write_problem(file, seasons(summer={"beach": 2, "town": 1}, winter={"beach": 1, "town": 2}))
    assert main(["whatif", str(file), "--move-twice", "--move-dkk", "400"]) == 0
    assert "1 vehicles change base twice a year, kr/year: 800.00" in capsys.readouterr().out
