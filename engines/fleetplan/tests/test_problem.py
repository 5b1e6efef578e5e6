# SPDX-License-Identifier: MPL-2.0
"""Input that cannot be right is refused with the field and the value."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, time

import pytest
from fleetplan import (
    COMPATIBLE_2022,
    AllowanceTier,
    BikeRules,
    Energy,
    Goal,
    InvalidProblem,
    Kind,
    Objective,
    Rules,
    Segment,
    Vehicle,
    VehicleClass,
)

from .examples import MONDAY, electric_car, petrol_car, problem, trip

NAIVE = datetime(2026, 3, 2, 8)  # noqa: DTZ001  # the very thing that must be refused


@pytest.mark.parametrize(
    ("make", "code", "field"),
    [
        (lambda: trip("a", 9, 8), "end_not_after_start", "end"),
        (lambda: trip("a", 8, 8), "end_not_after_start", "end"),
        (lambda: trip("a", 8, 9, -1.0), "not_a_quantity", "km"),
        (lambda: trip("a", 8, 9, float("nan")), "not_a_quantity", "km"),
        (lambda: trip("a", 8, 9, float("inf")), "not_a_quantity", "km"),
        (lambda: replace(trip("a", 8, 9), start=NAIVE), "naive_instant", "start"),
        (lambda: replace(trip("a", 8, 9), end=NAIVE), "naive_instant", "end"),
        (lambda: Segment(MONDAY, MONDAY, -1.0), "not_a_quantity", "km"),
        (lambda: Segment(trip("a", 8, 9).end, MONDAY, 1.0), "end_before_start", "end"),
        (lambda: petrol_car(fixed_dkk_year=-1.0), "not_a_quantity", "fixed_dkk_year"),
        (lambda: petrol_car(min_count=2, max_count=1), "max_below_min", "max_count"),
        (lambda: petrol_car(min_count=-1), "not_a_quantity", "min_count"),
        (lambda: electric_car(range_km=-1.0), "not_a_quantity", "range_km"),
        (lambda: electric_car(rest_hours=24.0), "too_much_rest", "rest_hours"),
        (lambda: VehicleClass("a", "a", Kind.BIKE, Energy.NONE, 0.2, 0.0), "energy_mismatch", "energy_per_km"),
        (lambda: VehicleClass("a", "a", Kind.EV, Energy.ELECTRICITY, 0.0, 0.0), "energy_mismatch", "energy_per_km"),
        (lambda: BikeRules(zone="Europe/Grenaa"), "unknown_zone", "zone"),
        (lambda: BikeRules(max_share=1.5), "not_a_share", "max_share"),
        (lambda: BikeRules(slots=((time(9), time(9)),)), "slot_order", "slots[0]"),
        (lambda: Rules(changeover_minutes=-1), "not_a_quantity", "changeover_minutes"),
        (lambda: Objective(stages=()), "no_goal", "stages"),
        (lambda: Objective(stages=((),)), "no_goal", "stages"),
        (lambda: Objective.weighted({Goal.COST: 0.0}), "not_positive", "stages[0].cost"),
        (lambda: Objective(max_unserved=-1), "not_a_quantity", "max_unserved"),
        (lambda: replace(COMPATIBLE_2022, deflator=0.0), "not_positive", "deflator"),
        (lambda: replace(COMPATIBLE_2022, allowance=()), "open_tier", "allowance"),
        (
            lambda: replace(COMPATIBLE_2022, allowance=(AllowanceTier(9.0, 1.0), AllowanceTier(None, 2.0))),
            "tier_order",
            "allowance[1].dkk_per_km",
        ),
        (
            lambda: replace(
                COMPATIBLE_2022,
                allowance=(AllowanceTier(9.0, 3.0), AllowanceTier(9.0, 2.0), AllowanceTier(None, 1.0)),
            ),
            "tier_order",
            "allowance[1].up_to_km_year",
        ),
        (
            lambda: problem(trip("a", 8, 9), trip("a", 9, 10), classes=(petrol_car(),)),
            "duplicate_id",
            "trips[1].id",
        ),
        (lambda: problem(classes=(petrol_car(), petrol_car())), "duplicate_id", "classes[1].id"),
        (
            lambda: problem(classes=(petrol_car(),), vehicles=(Vehicle("1", "golf"),)),
            "unknown_class",
            "vehicles[0].class_id",
        ),
        (
            lambda: problem(trip("a", 8, 10, shift="s"), trip("b", 9, 11, shift="s"), classes=(petrol_car(),)),
            "shift_overlap",
            "trips[1].shift",
        ),
        (lambda: problem(classes=(), period_days=0.0), "not_positive", "period_days"),
        (
            lambda: replace(
                problem(classes=(petrol_car(),)), costs=replace(COMPATIBLE_2022, price_dkk={Energy.HVO: 19.84})
            ),
            "no_price",
            "classes[0].energy",
        ),
    ],
)
def test_a_value_that_cannot_be_right_is_refused_with_field_and_code(
    make: Callable[[], object], code: str, field: str
) -> None:
    with pytest.raises(InvalidProblem) as caught:
        make()
    assert (caught.value.code, caught.value.field) == (code, field)
    assert repr(caught.value.value) in str(caught.value)


def test_the_year_is_scaled_from_the_first_start_to_the_last_end() -> None:
    task = problem(trip("a", 0, 1), trip("b", 47, 48), classes=(), period_days=None)
    assert task.days == 2.0
    assert task.yearly == 182.5


def test_a_stated_period_counts_instead() -> None:
    assert problem(trip("a", 0, 1), classes=(), period_days=28.0).days == 28.0
