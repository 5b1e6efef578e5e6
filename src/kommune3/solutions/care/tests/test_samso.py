# SPDX-License-Identifier: MPL-2.0
"""The day on a map's own addresses: what is read of a map, and both plans beside each other."""

import os
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import osmium
import pytest
from django.core.management import CommandError, call_command
from osmium.osm.mutable import Node, Way
from persons import Persons

from kommune3.solutions.care.demo import samso
from kommune3.solutions.care.demo.samso_addresses import UnreadableAddresses, read_addresses
from kommune3.solutions.care.models import Citizen, Plan
from kommune3.solutions.care.tests.day import make_day

ISLAND = Path(os.environ.get("KOMMUNE3_SHARED_DATA", "../shared/data")) / "osm" / "samsoe-2020-03-09.osm.pbf"
STREETS, HOUSES = 5, 12


def _houses() -> Iterator[Node]:
    for street in range(STREETS):
        for number in range(HOUSES):
            tags = {
                "addr:street": f"Gade {street}", "addr:housenumber": str(number), "addr:postcode": "8305",
                "addr:city": "Samsø", "addr:place": "Nordby" if street else "Samsø",
            }  # fmt: skip
            location = (10.6 + 0.0012 * number, 55.8003 + 0.005 * street)
            yield Node(id=1000 + street * HOUSES + number, location=location, tags=tags)
    yield Node(id=2000, location=(10.6, 55.8), tags={"addr:housenumber": "1", "addr:street": "Uden postnummer"})


@pytest.fixture
def island(tmp_path: Path) -> Path:
    """Five streets of twelve houses on a common road."""
    path = tmp_path / "island.osm.pbf"
    with osmium.SimpleWriter(str(path)) as writer:
        for street in range(STREETS):
            for end in range(2):
                place = (10.6 + 0.015 * end, 55.80 + 0.005 * street)
                writer.add_node(Node(id=1 + 2 * street + end, location=place))
        for node in _houses():
            writer.add_node(node)
        for street in range(STREETS):
            nodes = [1 + 2 * street, 2 + 2 * street]
            writer.add_way(Way(id=1 + street, nodes=nodes, tags={"highway": "residential"}))
        common = [1 + 2 * street for street in range(STREETS)]
        writer.add_way(Way(id=100, nodes=common, tags={"highway": "secondary"}))
    return path


@pytest.fixture
def own_roads(tmp_path: Path, settings: Any) -> None:
    settings.ROADS_FILE = str(tmp_path / "roads.ttg")
    settings.TRAVEL_PROVIDER = "kommune3.adapters.roads.travel"


def test_addresses_are_read_with_their_village_and_half_ones_are_none(island: Path) -> None:
    found = read_addresses(island)
    assert len(found) == STREETS * HOUSES
    assert {each.town for each in found} == {"Samsø", "Nordby, Samsø"}
    assert found == read_addresses(island)


def test_a_file_that_is_no_map_is_told(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.osm.pbf"
    wrong.write_text("no map")
    with pytest.raises(UnreadableAddresses, match=r"wrong\.osm\.pbf"):
        read_addresses(wrong)
    with pytest.raises(FileNotFoundError):
        read_addresses(tmp_path / "gone.osm.pbf")


@pytest.mark.skipif(not ISLAND.exists(), reason=f"needs the map of Samsø at {ISLAND} (KOMMUNE3_SHARED_DATA)")
def test_samso_has_its_addresses_with_the_ids_of_the_register() -> None:
    found = read_addresses(ISLAND)
    assert len(found) > 4500 and {each.postcode for each in found} == {"8305"}
    assert sum(each.dar_id is not None for each in found) > 4500
    assert any(each.town == "Tranebjerg, Samsø" for each in found)


@pytest.mark.django_db
@pytest.mark.usefixtures("own_roads")
def test_both_plans_stand_beside_each_other_and_ours_is_on_the_board(
    island: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(samso, "CITIZENS", 20)
    monkeypatch.setattr(samso, "DAY_CARERS", 3)
    monkeypatch.setattr(samso, "EVENING_CARERS", 2)
    monkeypatch.setattr(samso, "seed_fortnight", lambda **_asked: None)  # the days behind take long, and are not told
    out = StringIO()
    call_command("care_samso", osm=island, seconds=1, stdout=out)
    told = out.getvalue()
    ours = Plan.objects.get(state="PUBLISHED")
    by_hand = Plan.objects.get(origin="BASELINE")
    assert (ours.violations, by_hand.violations, ours.date) == ([], [], by_hand.date)
    assert ours.figures["visits"] == by_hand.figures["visits"] > 0 and not ours.is_travel_estimate
    assert (
        "Kørsel og hjemvej, timer" in told
        and "© OpenStreetMap-bidragydere" in told
        and f"/care/plans/{ours.pk}/board/" in told
    )
    homes = {citizen.person.address.postcode for citizen in Citizen.objects.select_related("person__address")}
    assert homes == {"8305"} and Citizen.objects.count() == 20
    call_command("care_samso", osm=island, seconds=1, stdout=StringIO())
    assert Citizen.objects.count() == 20 and Plan.objects.filter(state="REPLACED").get() == ours


@pytest.mark.usefixtures("own_roads")
def test_a_map_with_too_few_addresses_is_refused(db: None, island: Path) -> None:
    with pytest.raises(CommandError, match="60"):
        call_command("care_samso", osm=island)


def test_a_database_with_other_teams_is_left_alone(island: Path, persons: Persons, own_roads: None) -> None:
    make_day(persons)
    with pytest.raises(CommandError, match="KOMMUNE3_DATA_DIR"):
        call_command("care_samso", osm=island)


def test_without_a_file_for_roads_it_says_how(db: None, island: Path, settings: Any) -> None:
    settings.ROADS_FILE = ""
    with pytest.raises(CommandError, match="KOMMUNE3_ROADS_FILE"):
        call_command("care_samso", osm=island)
