# SPDX-License-Identifier: MPL-2.0
"""The published instances: our plans beside the recorded reference figures."""

import json
from decimal import Decimal

import pytest
from fleetplan import Goal, Limits, Objective, Status, check, replay, solve
from fleetplan.instances import read_instance

from .examples import shared


@pytest.mark.parametrize(
    ("name", "reference", "bound"),
    [
        ("S1a", 268_190, "267913.31"),
        ("S1b", 223_366, "223089.19"),
        ("own10x14", 368_991, "368874.33"),
    ],
)
def test_fixed_fleets_are_planned_better_than_the_reference_with_the_same_bound(
    name: str, reference: int, bound: str
) -> None:
    task = read_instance(shared(f"{name}.json"))
    answer = solve(task)
    assert check(task, answer) == []
    assert answer.value is not None
    assert answer.bound == Decimal(bound)
    assert answer.value <= reference


def test_forty_vehicles_in_four_weeks_are_planned_optimally() -> None:
    task = read_instance(shared("own40x28.json"))
    answer = solve(task)
    assert answer.status is Status.OPTIMAL
    assert answer.totals is not None
    assert float(answer.totals.total_dkk) == pytest.approx(1_510_587, abs=2)
    assert float(answer.totals.co2e_kg) == pytest.approx(6_620, abs=1)
    assert answer.witness is not None and answer.witness.vehicles_needed == 31
    assert check(task, answer) == []


def test_the_greenest_fleet_of_forty_vehicles_is_proven() -> None:
    objective = Objective.minimise(Goal.CO2E, max_unserved=0)
    task = read_instance(shared("own40x28.json"), free=True, objective=objective)
    answer = solve(task, limits=Limits(rounds=0))
    assert check(task, answer) == []
    assert answer.value is not None and answer.bound is not None
    assert float(answer.value) == pytest.approx(3_954, abs=0.5)
    assert answer.value == answer.bound


def test_the_cheapest_fleet_of_forty_vehicles_beats_the_reference() -> None:
    task = read_instance(shared("own40x28.json"), free=True)
    answer = solve(task, limits=Limits(rounds=0, refine=False))
    assert check(task, answer) == []
    assert answer.value is not None and answer.value < 961_402
    assert answer.bound == Decimal("939599.66")


def test_windows_as_columns_bring_the_bound_close_to_the_cheapest_fleet_of_forty() -> None:
    task = read_instance(shared("own40x28.json"), free=True)
    answer = solve(task, limits=Limits(rounds=1))
    assert check(task, answer) == []
    assert answer.value is not None and answer.bound is not None and answer.gap is not None
    assert answer.gap < 0.005
    assert answer.bound > 943_000


@pytest.mark.parametrize("name", ["S1a", "own10x14", "own40x28"])
def test_todays_plan_comes_to_the_peers_figures(name: str) -> None:
    recorded = json.loads(shared("anchor_results.json").read_text(encoding="utf-8"))[f"{name}.intelligent"]["current"]
    totals = replay(read_instance(shared(f"{name}.json"))).totals
    assert totals is not None
    assert float(totals.total_dkk) == pytest.approx(recorded["total_dkk_year"], abs=4)
    assert float(totals.co2e_kg) == pytest.approx(recorded["co2e_kg_year"], abs=2)
