# SPDX-License-Identifier: MPL-2.0
"""The tutorial's file gives what the tutorial says, and its words are those of the pages."""

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import fleetplan
import pytest

from kommune3.kernel.solutions import messages
from kommune3.solutions.fleet.importing import Known, Row, read_file

ROOT = Path(__file__).resolve().parent.parent.parent
TRIPS = ROOT / "docs/tutorials/trips.csv"
ITALIC = re.compile(r"(?<!\*)\*([^*\n]+)\*(?!\*)")
# Words in italics that are not taken from a page: stress, and names of what the reader makes.
OWN_WORDS = {"cheapest", "for", "flådeansvarlig", "bevist", "anslået", "Bil 2", "italics", "English"}
KNOWN = Known(bases={"bostøtten auning": 1}, vehicles={f"bil {n}": (n, 1) for n in range(1, 5)})


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    with TRIPS.open("rb") as stream:
        lines = list(read_file(stream, known=KNOWN).lines)
    assert [findings for _, _, findings in lines if findings] == []
    return [row for _, row, _ in lines if row is not None]


def problem_of(rows: list[Row]) -> fleetplan.Problem:
    trips = tuple(fleetplan.Trip(row.external_id, str(row.base), row.start_at, row.end_at, row.km) for row in rows)
    car = fleetplan.VehicleClass("car", "Lille elbil", fleetplan.Kind.EV, fleetplan.Energy.ELECTRICITY, 0.155, 42_000,
                                 range_km=300, rest_hours=7)  # fmt: skip
    only = fleetplan.Objective.minimise(fleetplan.Goal.VEHICLES, max_unserved=0)
    return fleetplan.Problem(trips, (car,), fleetplan.COMPATIBLE_2022, objective=only)


def test_the_file_holds_85_trips_driven_by_four_cars(rows):
    assert len(rows) == 85
    assert {row.vehicle for row in rows} == {1, 2, 3, 4}


def test_three_cars_are_proven_by_the_three_trips_of_12_march(rows):
    answer = fleetplan.solve(problem_of(rows))
    assert answer.status is fleetplan.Status.OPTIMAL
    assert (answer.value, answer.bound) == (3, 3)
    assert answer.witness is not None
    assert answer.witness.trip_ids == ("T072", "T073", "T074")
    held = answer.witness.ends_at - answer.witness.starts_at
    assert held == timedelta(minutes=15)


def test_two_cars_would_do_if_one_trip_left_twenty_minutes_later(rows):
    later = [
        replace(row, start_at=row.start_at + timedelta(minutes=20)) if row.external_id == "T074" else row
        for row in rows
    ]
    assert fleetplan.solve(problem_of(later)).value == 2


@pytest.mark.parametrize(
    "name", ["tutorials/from-trips-to-a-proven-fleet.md", "how-to/give-access.md", "how-to/switch-a-solution.md"]
)
def test_the_words_in_italics_are_those_of_the_pages(name):
    danish = set()
    for folder in messages.app_folders():
        for message in messages.catalog_of(folder):
            danish |= set(message.string if isinstance(message.string, tuple | list) else [message.string])
    text = re.sub(r"^```.*?^```", "", (ROOT / "docs" / name).read_text(encoding="utf-8"), flags=re.M | re.S)
    words = set(ITALIC.findall(re.sub(r"`[^`\n]*`", "", text))) - OWN_WORDS
    assert sorted(words - danish) == []
