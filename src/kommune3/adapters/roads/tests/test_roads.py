# SPDX-License-Identifier: MPL-2.0
from pathlib import Path
from typing import Any

import osmium
import pytest
from django.core.management import CommandError, call_command
from django.utils import translation
from osmium.osm.mutable import Node, Way

from kommune3.kernel.places import travel
from kommune3.kernel.places.geometry import Point
from kommune3.kernel.places.travel import Mode, NoAnswer

# A street to the east, 1 238 metres long, and a house far off it.
WEST, EAST, ISLAND, AARHUS = Point(56.4, 10.80), Point(56.4, 10.82), Point(56.4148, 10.81), Point(56.156, 10.203)


@pytest.fixture
def map_file(tmp_path: Path) -> Path:
    path = tmp_path / "map.osm.pbf"
    with osmium.SimpleWriter(str(path)) as writer:
        for number, (latitude, longitude) in enumerate([(56.4, 10.80), (56.4, 10.82), (56.42, 10.82)], start=1):
            writer.add_node(Node(id=number, location=(longitude, latitude)))
        writer.add_way(Way(id=1, nodes=[1, 2], tags={"highway": "residential"}))
        writer.add_way(Way(id=2, nodes=[2, 3], tags={"highway": "footway"}))
    return path


@pytest.fixture
def roads_file(map_file: Path, tmp_path: Path, settings: Any, capsys: pytest.CaptureFixture[str]) -> Path:
    settings.ROADS_FILE = str(tmp_path / "roads.ttg")
    settings.TRAVEL_PROVIDER = "kommune3.adapters.roads.travel"
    call_command("roads_build", str(map_file), "--box", "10,56,11,57")
    assert "Vejene ligger i" in capsys.readouterr().out
    return Path(settings.ROADS_FILE)


def test_the_table_is_of_the_roads_and_carries_whom_to_thank(roads_file, now) -> None:
    table = travel.table(points=[WEST, ISLAND, EAST], mode=Mode.CAR, now=now)
    assert table.metres[0][2] == pytest.approx(1231, abs=3) and table.seconds[0][2] == pytest.approx(127, abs=2)
    assert table.seconds[0][1] is None and table.seconds[1] == (None, None, None)
    assert not table.is_estimate and "map.osm.pbf" in table.source
    with translation.override("da"):
        assert travel.table(points=[], mode=Mode.CAR, now=now).attribution == "© OpenStreetMap-bidragydere"
    assert travel.table(points=[WEST, Point(56.41, 10.82)], mode=Mode.WALK, now=now).seconds[0][1] is not None


def test_a_line_and_a_leg_follow_the_roads(roads_file, now) -> None:
    way = travel.route(origin=WEST, destination=EAST, mode=Mode.BICYCLE, now=now)
    assert way.line[0] == WEST and way.line[-1] == EAST and way.attribution
    leg = travel.minutes_and_km(origin=WEST, destination=EAST, mode=Mode.BICYCLE, now=now)
    assert leg.km == pytest.approx(1.231, abs=0.003) and leg.minutes == pytest.approx(way.seconds / 60)
    assert travel.route(origin=WEST, destination=AARHUS, mode=Mode.CAR, now=now).line == ()


@pytest.mark.django_db
def test_a_trip_out_of_the_map_is_estimated_and_says_so(roads_file, now) -> None:
    leg = travel.minutes_and_km(origin=WEST, destination=AARHUS, mode=Mode.CAR, now=now)
    assert leg.is_estimate and leg.minutes is not None and leg.km > 40


def test_a_new_file_is_read_without_starting_again_and_one_that_is_gone_is_told(roads_file, map_file, now) -> None:
    assert travel.table(points=[WEST, EAST], mode=Mode.CAR, now=now).seconds[0][1] is not None
    roads_file.write_bytes(b"no roads at all")
    with translation.override("en"), pytest.raises(NoAnswer, match="kommune3 roads build"):
        travel.table(points=[WEST, EAST], mode=Mode.CAR, now=now)
    roads_file.unlink()
    with translation.override("en"), pytest.raises(NoAnswer, match="KOMMUNE3_ROADS_FILE"):
        travel.table(points=[WEST, EAST], mode=Mode.CAR, now=now)


@pytest.mark.parametrize(
    ("box", "reason"),
    [("1,2,3", "expected west,south"), ("11,57,10,56", "expected west,south"), ("1,1,2,2", "has no roads")],
)
def test_a_box_that_holds_nothing_is_refused(map_file, tmp_path, box, reason) -> None:
    with pytest.raises(CommandError, match=reason):
        call_command("roads_build", str(map_file), "--box", box, "--out", str(tmp_path / "x.ttg"), "--language", "en")


def test_a_file_that_is_no_map_is_refused(tmp_path) -> None:
    wrong = tmp_path / "wrong.osm.pbf"
    wrong.write_text("no map")
    with pytest.raises(CommandError, match=r"wrong\.osm\.pbf"):
        call_command("roads_build", str(wrong), "--out", str(tmp_path / "x.ttg"), "--language", "en")
