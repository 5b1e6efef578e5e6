# SPDX-License-Identifier: MPL-2.0
"""The checker finds every way in which charging can be wrong. Each test spoils one thing in a plan that is right."""

from dataclasses import replace
from decimal import Decimal

import pytest
from fleetplan import Answer, Assignment, Charge, Charger, ClassCount, Problem, Tariff, check, evaluate

from .charging_examples import car, charged, hour
from .examples import MONDAY, codes, trip

TASK = charged(
    trip("a", 0, 1, 3.0),
    trip("b", 4, 5, 3.0),
    classes=(car(),),
    dkk=(1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 9.0),
    outlets=2,
    site_kw={"grenaa": 1.5},
)


def charge(starts: float, ends: float, kwh: float, *, number: int = 1, outlet: int = 1) -> Charge:
    made = Charge("zoe", number, "grenaa", "wall", outlet, MONDAY + hour(starts), MONDAY + hour(ends), kwh, Decimal(0))
    return replace(made, dkk=Decimal(str(round(_dkk(made), 2))))


def _dkk(made: Charge) -> float:
    assert TASK.charging is not None
    inside = [
        (min(made.ends_at, price.ends_at) - max(made.starts_at, price.starts_at), price.dkk_per_kwh)
        for price in TASK.charging.prices
        if price.starts_at < made.ends_at and made.starts_at < price.ends_at
    ]
    return sum(price * made.kwh * (span / (made.ends_at - made.starts_at)) for span, price in inside)


def plan(*charges: Charge, seats: tuple[int, int] = (1, 1), count: int = 1, task: Problem = TASK) -> Answer:
    seated = (Assignment("a", "zoe", seats[0]), Assignment("b", "zoe", seats[1]))
    return evaluate(task, {"zoe": count}, seated, charges)


RIGHT = (charge(1, 3, 2.0), charge(5, 9, 4.0))


def test_a_plan_in_order_is_in_order() -> None:
    assert check(TASK, plan(*RIGHT)) == []


@pytest.mark.parametrize(
    ("spoilt", "code"),
    [
        ((charge(1, 2, 1.0), charge(5, 10, 5.0)), "battery_empty"),  # 2 kWh for a trip of 3
        ((charge(1, 4, 3.0), charge(5, 9, 4.0)), "battery_overfull"),
        ((charge(1, 3, 2.0), charge(5, 8, 3.0)), "battery_at_end"),
        ((charge(0.5, 2.5, 2.0), charge(5, 9, 4.0)), "charging_away"),
        ((charge(1, 2.5, 2.0), charge(5, 9, 4.0)), "charge_power"),
        ((charge(1, 3, 2.0, outlet=3), charge(5, 9, 4.0)), "unknown_outlet"),
        ((charge(1, 3, 2.0, number=2), charge(5, 9, 4.0)), "vehicle_not_in_fleet"),
        ((charge(1, 3, 2.0), charge(5, 11, 4.0)), "charge_time"),
        ((charge(1, 3, 1.0), charge(2, 3, 1.0, outlet=2), charge(5, 9, 4.0)), "charges_overlap"),
        ((replace(charge(1, 3, 2.0), dkk=Decimal("4.90")), charge(5, 9, 4.0)), "charge_price"),
        ((replace(charge(1, 3, 2.0), base="auning"), charge(5, 9, 4.0)), "charge_base"),
        ((replace(charge(1, 3, 2.0), kwh=-2.0), charge(5, 9, 4.0)), "charge_kwh"),
        ((replace(charge(1, 3, 2.0), class_id="aygo"), charge(5, 9, 4.0)), "charge_without_battery"),
    ],
)
def test_what_is_wrong_is_found(spoilt: tuple[Charge, ...], code: str) -> None:
    answer = plan(*RIGHT)
    assert code in codes(TASK, replace(answer, charges=spoilt))


def test_two_vehicles_on_one_outlet_are_found() -> None:
    two = (charge(5, 8, 3.0), charge(6, 9, 3.0, number=2))
    assert codes(TASK, plan(*two, seats=(1, 2), count=2)) == ["outlet_taken", "site_power"]


def test_a_connection_that_is_overdrawn_is_found() -> None:
    two = (charge(5, 8, 3.0), charge(5, 8, 3.0, number=2, outlet=2))
    assert codes(TASK, plan(*two, seats=(1, 2), count=2)) == ["site_power"]


def test_figures_that_do_not_add_up_are_found() -> None:
    answer = plan(*RIGHT)
    assert answer.charging is not None
    cheap = replace(answer.charging, dkk=answer.charging.dkk - 1)
    assert codes(TASK, replace(answer, charging=cheap)) == ["charging_figures"]
    assert codes(TASK, replace(answer, charging=None)) == ["charging_figures"]
    bold = replace(answer.charging, bound_dkk=answer.charging.dkk + 1)
    assert codes(TASK, replace(answer, charging=bold)) == ["bound_above_value"]


@pytest.mark.parametrize(
    "change",
    [{"fleet": (ClassCount("zoe", 2),)}, {"charges": (*RIGHT[:1], charge(5, 9, 4.0 - 1e-2))}],
)
def test_yearly_energy_follows_from_the_charges(change: dict[str, object]) -> None:
    assert "totals" in codes(TASK, replace(plan(*RIGHT), **change))  # type: ignore[arg-type]


def test_a_tariff_that_was_forgotten_is_found() -> None:
    assert TASK.charging is not None
    dearer = replace(TASK, charging=replace(TASK.charging, tariffs=(Tariff("grid", 0.5),)))
    assert {"charge_price", "totals"} <= set(codes(dearer, plan(*RIGHT)))


def test_a_vehicle_that_charges_at_two_bases_is_found() -> None:
    assert TASK.charging is not None
    barn = Charger("barn", "auning", 1, 1.0)
    task = replace(TASK, charging=replace(TASK.charging, chargers=(*TASK.charging.chargers, barn)))
    moved = replace(charge(5, 9, 4.0), base="auning", charger_id="barn")
    assert codes(task, plan(RIGHT[0], moved, task=task)) == ["charging_home"]
