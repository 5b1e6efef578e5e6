# SPDX-License-Identifier: MPL-2.0
"""A small fleet for every test: two bases of different units, two cars each."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from persons import NOW, Persons

from kommune3.kernel.access.actor import Actor, actor_of
from kommune3.solutions.fleet.models import Base, ImportProblem, TripImport, Vehicle, VehicleModel
from kommune3.solutions.fleet.operations import imports

SHARED_DATA = Path(os.environ.get("KOMMUNE3_SHARED_DATA", "../shared/data"))


@dataclass(frozen=True)
class SmallFleet:
    """``own`` stands in the standing persons' own team, ``other`` in the other unit."""

    persons: Persons
    own: Base
    other: Base
    electric: VehicleModel
    petrol: VehicleModel
    manager: Actor
    leader: Actor


@pytest.fixture
def fleet(persons: Persons) -> SmallFleet:
    own = Base.objects.create(unit=persons.own_team, name="Grenaa")
    other = Base.objects.create(unit=persons.other_unit, name="Auning")
    electric = VehicleModel.objects.create(
        name="Elbil", kind="EV", energy="ELECTRICITY", energy_per_km="0.16", fixed_dkk_year=42000, range_km=300,
        rest_hours=7, source="prøve",
    )  # fmt: skip
    petrol = VehicleModel.objects.create(
        name="Benzinbil", kind="FOSSIL", energy="PETROL", energy_per_km="0.05", fixed_dkk_year=34000, source="prøve"
    )
    for registration, base, model in (
        ("AB12345", own, electric), ("AB12346", own, petrol), ("CD12345", other, electric), ("CD12346", other, petrol),
    ):  # fmt: skip
        Vehicle.objects.create(base=base, model=model, registration=registration, valid_from=date(2020, 1, 1))
    return SmallFleet(
        persons, own, other, electric, petrol,
        actor_of(persons.fleet_manager, now=NOW), actor_of(persons.leader, now=NOW),
    )  # fmt: skip


Read = Callable[..., TripImport]


@pytest.fixture
def read(fleet: SmallFleet) -> Read:
    """Read content (text, or bytes as they stand) as the fleet manager; gives the staged import."""

    def read_content(content: str | bytes, *, create_vehicles: bool = False, name: str = "ture.csv") -> TripImport:
        trip_import = imports.open_import(actor=fleet.manager, now=NOW, file_name=name, create_vehicles=create_vehicles)
        raw = content.encode() if isinstance(content, str) else content
        return imports.stage_file(trip_import, BytesIO(raw), actor=fleet.manager)

    return read_content


def problems(trip_import: TripImport) -> list[tuple[int, str, str, str]]:
    """(line, field, value, code) of every problem that keeps something back."""
    rows = ImportProblem.objects.filter(trip_import=trip_import, is_notice=False)
    return list(rows.values_list("line", "field", "value", "code"))


def csv_of(*lines: str, header: str = "trip_id,vehicle,start,end,km") -> str:
    """A CSV file with this header and these lines."""
    return "\n".join([header, *lines]) + "\n"


def shared(name: str) -> Path:
    """A file of the shared data folder; skips the test where the folder is not there."""
    file = SHARED_DATA / name
    if not file.exists():
        pytest.skip(f"{name} is not in the folder that KOMMUNE3_SHARED_DATA names")
    return file
