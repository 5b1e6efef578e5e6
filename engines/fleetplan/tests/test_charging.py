# SPDX-License-Identifier: MPL-2.0
"""What real charging promises, case by case."""

from dataclasses import replace
from datetime import date, time, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from fleetplan import (
    Battery,
    Charger,
    Charging,
    EnergyPrice,
    Goal,
    InvalidProblem,
    Objective,
    Problem,
    Reason,
    Status,
    Tariff,
    check,
    price_steps,
    read_answer,
    read_problem,
    solve,
    write_answer,
    write_problem,
)
from fleetplan.__main__ import main

from .charging_examples import car, charged, hour, prices
from .examples import MONDAY, codes, petrol_car, trip


def charging_of(task: Problem) -> Charging:
    assert task.charging is not None
    return task.charging


def test_a_vehicle_waits_for_the_cheap_hours() -> None:
    task = charged(trip("a", 0, 1, 2.0), dkk=(5.0, 5.0, 5.0, 1.0, 5.0, 1.0))
    answer = solve(task)
    assert check(task, answer) == []
    assert answer.charging is not None
    assert answer.charging.dkk == Decimal("2.00") == answer.charging.bound_dkk
    assert sorted((charge.starts_at - MONDAY) / hour(1) for charge in answer.charges) == [3.0, 5.0]


def test_it_charges_in_a_dear_hour_where_the_next_trip_leaves_no_other() -> None:
    task = charged(trip("a", 0, 1, 4.0), trip("b", 3, 4, 2.0), dkk=(9.0, 9.0, 8.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0))
    task = replace(task, classes=(car(max_count=1),))
    answer = solve(task)
    assert check(task, answer) == []
    assert answer.charging is not None
    assert answer.charging.dkk == Decimal("21.00")  # an hour at 9, one at 8, four at 1


def test_two_vehicles_share_one_outlet_without_overlap() -> None:
    task = charged(trip("a", 0, 1, 3.0), trip("b", 0, 1, 3.0), dkk=(1.0,) * 7)
    answer = solve(task)
    assert check(task, answer) == []
    assert answer.counts == {"zoe": 2}
    assert sum(charge.kwh for charge in answer.charges) == pytest.approx(6.0)
    assert {charge.outlet for charge in answer.charges} == {1}


def test_range_and_rest_do_not_count_for_a_class_with_a_battery() -> None:
    task = charged(trip("a", 0, 1, 2.0), dkk=(1.0,) * 4)
    assert solve(task).status is Status.OPTIMAL
    without = replace(task, charging=None)
    assert solve(without).reason is Reason.NO_CLASS_MAY


def test_a_trip_that_a_full_battery_does_not_hold_is_told_of() -> None:
    task = charged(trip("a", 0, 1, 2.0), trip("far", 2, 3, 5.0))
    answer = solve(task)
    assert (answer.status, answer.reason) == (Status.INFEASIBLE, Reason.NO_CLASS_MAY)
    assert answer.witness is not None and answer.witness.trip_ids == ("far",)


def test_where_energy_is_short_the_trips_the_instant_and_the_kwh_come_back() -> None:
    task = charged(trip("a", 0, 1, 4.0), trip("b", 2, 3, 3.0), trip("c", 6, 7, 1.0), dkk=(1.0,) * 16)
    task = replace(task, classes=(car(max_count=1),))
    answer = solve(task)
    assert (answer.status, answer.reason) == (Status.INFEASIBLE, Reason.ENERGY)
    witness = answer.witness
    assert witness is not None
    assert witness.trip_ids == ("a", "b")
    assert witness.shortfall_kwh == pytest.approx(2.0, abs=0.01)  # 7 kWh used, 4 at the start and 1 charged in between
    assert witness.ends_at == MONDAY + hour(2)
    assert witness.class_ids == ("zoe",)


def test_a_vehicle_serves_one_base_and_charges_there() -> None:
    task = charged(trip("a", 0, 1, 2.0), trip("b", 2, 3, 2.0, base="auning"), dkk=(1.0,) * 8)
    assert solve(task).reason in (Reason.ENERGY, Reason.TOGETHER)  # no charger in Auning
    both = replace(
        task,
        charging=replace(
            charging_of(task), chargers=(Charger("wall", "grenaa", 1, 1.0), Charger("barn", "auning", 1, 1.0))
        ),
    )
    answer = solve(both)
    assert check(both, answer) == []
    assert answer.counts == {"zoe": 2}
    assert {charge.base for charge in answer.charges} == {"grenaa", "auning"}


def test_a_limit_on_vehicles_holds_over_all_bases() -> None:
    task = charged(trip("a", 0, 3, 2.0), trip("b", 2, 4, 2.0, base="auning"), dkk=(1.0,) * 8)
    both = replace(
        task,
        classes=(car(max_count=1), petrol_car(fixed_dkk_year=90_000.0)),
        charging=replace(
            charging_of(task), chargers=(Charger("wall", "grenaa", 1, 1.0), Charger("barn", "auning", 1, 1.0))
        ),
    )
    answer = solve(both)
    assert check(both, answer) == []
    assert answer.counts == {"zoe": 1, "aygo": 1}


def test_the_site_never_draws_more_than_its_connection() -> None:
    trips = [trip(str(n), 0, 1, 3.0) for n in range(3)]
    task = charged(*trips, dkk=(1.0,) * 10, outlets=3, site_kw={"grenaa": 1.5})
    answer = solve(task)
    assert check(task, answer) == []
    tight = replace(task, charging=replace(charging_of(task), site_kw={"grenaa": 0.5}))
    assert solve(tight).reason is Reason.ENERGY


def test_a_dearer_tariff_by_the_clock_moves_charging() -> None:
    # 2 March 2026: local time is UTC + 1, so 03:00-05:00 local is hours 2 and 3.
    task = charged(trip("a", 0, 1, 2.0), dkk=(1.0, 1.0, 0.5, 0.5, 1.0, 1.0))
    cheap = solve(task)
    tariff = Tariff("evening", 2.0, time(3), time(5))
    dear = solve(replace(task, charging=replace(charging_of(task), tariffs=(tariff,))))
    assert cheap.charging is not None and cheap.charging.dkk == Decimal("1.00")
    assert dear.charging is not None and dear.charging.dkk == Decimal("2.00")


def test_a_tariff_follows_the_local_clock_through_a_change_to_summer_time() -> None:
    spring = MONDAY + timedelta(days=26, hours=12)  # Saturday 28 March, the clock changes that night
    days = tuple(EnergyPrice(spring + hour(18 * n), spring + hour(18 * n + 18), 0.0) for n in range(2))
    tariff = Tariff("peak", 1.0, time(17), time(21), source="made up")
    steps = price_steps(Charging(spring, spring + hour(36), (), (), days, (tariff,)))
    paid = [
        (start.hour, (end - start) / hour(1))
        for start, end, price in zip(steps.starts, steps.starts[1:], steps.dkk_per_kwh, strict=False)
        if price
    ]
    assert paid == [(16, 4.0), (15, 4.0)]  # 17:00 is 16 UTC on Saturday and 15 UTC on Sunday


def test_a_tariff_holds_on_its_days_and_months_only() -> None:
    tariff = Tariff("winter", 1.0, valid_from=date(2026, 1, 1), valid_to=date(2026, 3, 2), months=frozenset({2, 3}))
    local = MONDAY.replace(tzinfo=None)
    assert not tariff.applies(local)
    assert tariff.applies(local - timedelta(days=1))
    assert not tariff.applies(local - timedelta(days=40))


def test_an_hour_without_price_is_refused_by_name() -> None:
    task = charged(trip("a", 0, 1, 2.0))
    holed = replace(charging_of(task), prices=(*prices(1.0, 1.0), *prices(*[1.0] * 8)[3:]))
    with pytest.raises(InvalidProblem, match="02:00:00") as error:
        solve(replace(task, charging=holed))
    assert error.value.code == "hour_without_price"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"batteries": (Battery("nobody", 4.0, 1.0),)}, "unknown_class"),
        ({"starts_at": MONDAY + hour(1)}, "outside_charging"),
        ({"prices": (*prices(1.0, 1.0), *prices(1.0))}, "two_prices"),
    ],
)
def test_what_does_not_go_together_is_refused(change: dict[str, object], code: str) -> None:
    task = charged(trip("a", 0, 1, 2.0))
    with pytest.raises(InvalidProblem) as error:
        solve(replace(task, charging=replace(charging_of(task), **change)))  # type: ignore[arg-type]
    assert error.value.code == code


def test_a_petrol_car_has_no_battery() -> None:
    task = charged(trip("a", 0, 1, 2.0), classes=(petrol_car(),))
    with pytest.raises(InvalidProblem) as error:
        solve(replace(task, charging=replace(charging_of(task), batteries=(Battery("aygo", 4.0, 1.0),))))
    assert error.value.code == "not_electric"


def test_greener_goals_and_a_cap_work_with_charging() -> None:
    classes = (car(max_count=1), petrol_car(energy_per_km=0.01))
    trips = [trip(str(n), 2 * n, 2 * n + 1, 1.0) for n in range(3)]
    task = charged(*trips, classes=classes, objective=Objective.minimise(Goal.CO2E, max_unserved=0))
    answer = solve(task)
    assert check(task, answer) == []
    assert answer.counts["zoe"] == 0  # a petrol car of 100 km a litre emits less than a kWh per km
    assert answer.totals is not None
    capped = replace(
        task, objective=Objective.minimise(Goal.CASH, max_unserved=0, max_co2e_kg=float(answer.totals.co2e_kg) / 2)
    )
    assert solve(capped).reason is Reason.CO2E_CAP


def test_problem_and_answer_survive_a_file_and_the_command_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    task = charged(
        trip("a", 0, 1, 2.0), tariffs=(Tariff("grid", 0.1, source="price list 2026"),), site_kw={"grenaa": 4}
    )
    answer = solve(task)
    write_problem(tmp_path / "problem.json", task)
    write_answer(tmp_path / "answer.json", answer)
    assert read_problem(tmp_path / "problem.json") == task
    assert read_answer(tmp_path / "answer.json") == answer
    assert main(["solve", str(tmp_path / "problem.json"), "--out", str(tmp_path / "again.json")]) == 0
    assert "charging in the period: 2.0 kWh" in capsys.readouterr().out
    assert main(["check", str(tmp_path / "problem.json"), "--answer", str(tmp_path / "again.json")]) == 0
    late = replace(answer, charges=tuple(replace(c, starts_at=c.starts_at - hour(1)) for c in answer.charges))
    write_answer(tmp_path / "late.json", late)
    assert main(["check", str(tmp_path / "problem.json"), "--answer", str(tmp_path / "late.json")]) == 1


def test_a_problem_without_charging_may_not_be_answered_with_charges() -> None:
    task = charged(trip("a", 0, 1, 2.0))
    answer = solve(task)
    assert "charging_unasked" in codes(replace(task, charging=None), answer)
