# SPDX-License-Identifier: MPL-2.0
"""The command line on instances as they are published, and on problems with other wishes."""

import gzip
import json
from pathlib import Path

import pytest
from fleetplan import read_answer, read_problem, write_problem
from fleetplan.__main__ import main
from fleetplan.problem import Goal

from .examples import petrol_car, problem, shared, trip


def instance(**changes: object) -> dict[str, object]:
    """Two overlapping trips, one car on the road and another in the catalogue."""
    car = {"type_id": 3, "fuel_id": 3, "wh_per_km": 200, "km_per_l": None, "range_km": None, "sleep_h": None}
    return {
        "vehicles": [
            {"id": 1, "make": "Renault", "model": "Zoe", "fixed_cost_dkk_year": 400_000, **car},
            {"id": 2, "make": "VW", "model": "ID.3", "fixed_cost_dkk_year": 500_000, **car},
        ],
        "trips": [
            {"id": n, "vehicle": 1, "location": 1, "start": start, "end": end, "km": 20, "segments": []}
            for n, (start, end) in enumerate(
                [("2026-03-02T08:00:00", "2026-03-02T09:00:00"), ("2026-03-02T08:30:00", "2026-03-02T10:00:00")]
            )
        ],
        "settings": {"current_vehicles": [1], "simulation_vehicles": {"1": 1}},
        **changes,
    }


def written(folder: Path, raw: object, name: str = "asked.json") -> Path:
    path = folder / name
    content = json.dumps(raw).encode()
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path


@pytest.mark.parametrize("name", ["asked.json", "asked.json.gz"])
def test_an_instance_is_solved_with_the_fleet_of_its_settings(tmp_path: Path, name: str) -> None:
    file, out = written(tmp_path, instance(), name), tmp_path / "answer.json"
    assert main(["solve", str(file), "--out", str(out)]) == 0
    answer = read_answer(out)
    assert answer.counts == {"Renault Zoe": 1}
    assert answer.totals is not None and answer.totals.unserved_trips == 1
    assert main(["check", str(file), "--answer", str(out)]) == 0


def test_a_free_fleet_serves_every_trip_unless_some_may_be_left(tmp_path: Path) -> None:
    file, out = written(tmp_path, instance()), tmp_path / "answer.json"
    assert main(["solve", str(file), "--fleet", "free", "--out", str(out)]) == 0
    assert sum(read_answer(out).counts.values()) == 2
    assert main(["solve", str(file), "--fleet", "free", "--max-unserved", "any", "--out", str(out)]) == 0
    assert sum(read_answer(out).counts.values()) == 0


def test_the_goal_and_the_ceilings_of_a_problem_can_be_replaced(tmp_path: Path) -> None:
    file, out = tmp_path / "problem.json", tmp_path / "asked.json"
    write_problem(file, problem(trip("1", 8, 9), classes=(petrol_car(),)))
    wishes = ["--goal", "co2e", "--max-unserved", "3", "--max-cash-dkk", "900000", "--max-co2e-kg", "500"]
    assert main(["problem", str(file), *wishes, "--out", str(out)]) == 0
    asked = read_problem(out).objective
    assert asked.stages[0] == ((Goal.CO2E, 1.0),)
    assert (asked.max_unserved, asked.max_cash_dkk, asked.max_co2e_kg) == (3, 900000, 500)


def test_the_answer_can_go_to_standard_output_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["solve", str(written(tmp_path, instance())), "--out", "-"]) == 0
    shown = capsys.readouterr()
    assert json.loads(shown.out)["status"] == "optimal"
    assert "status optimal" in shown.err


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"settings": {"current_vehicles": [1]}}, "simulation_vehicles: no such field in the instance"),
        ({"trips": [{"id": 7, "start": "yesterday"}]}, "trips[0].location: no such field"),
        (
            {
                "trips": [
                    {
                        "id": 7,
                        "vehicle": 1,
                        "location": 1,
                        "start": "2026-03-02T10:00:00",
                        "end": "2026-03-02T09:00:00",
                        "km": 20,
                        "segments": [],
                    }
                ]
            },
            "trips[0].end: a trip must end after it starts",
        ),
    ],
)
def test_a_broken_instance_is_refused_with_file_field_and_value(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], changes: dict[str, object], told: str
) -> None:
    file = written(tmp_path, instance(**changes))
    assert main(["solve", str(file)]) == 2
    error = capsys.readouterr().err
    assert error.startswith(f"{file}: ")
    assert told in error


def test_options_of_instances_are_refused_for_problems(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "problem.json"
    write_problem(file, problem(trip("1", 8, 9), classes=(petrol_car(),)))
    assert main(["solve", str(file), "--fleet", "free"]) == 2
    assert "--fleet" in capsys.readouterr().err


def test_a_recorded_run_is_checked_by_its_name(capsys: pytest.CaptureFixture[str]) -> None:
    recorded = ["check", str(shared("S1a.json")), "--answer", str(shared("anchor_results.json")), "--run"]
    assert main([*recorded, "S1a.intelligent"]) == 1
    assert capsys.readouterr().out.count("double_booking") == 12
    assert main([*recorded, "S9"]) == 2
    assert "S1a.naive" in capsys.readouterr().err
