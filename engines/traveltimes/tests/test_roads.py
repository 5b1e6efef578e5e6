# SPDX-License-Identifier: MPL-2.0
"""Roads: tables and lines on small maps with known answers, and on the maps of real islands."""

import json
import math
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from road_examples import EAST as EAST_DEGREES
from road_examples import NORTH as NORTH_DEGREES
from road_examples import SHARED, at, metres, plain_table, random_map, with_houses, write_map
from traveltimes import Box, FarFromRoad, InvalidPoint, NoRoads, Roads, UnreadableMap, UnreadableRoads, read_pbf
from traveltimes.__main__ import main

# 1 ── 2 ── 3, a kilometre each, and 4 a kilometre north of 2.
CROSS = {1: (0, 0), 2: (1000, 0), 3: (2000, 0), 4: (1000, 1000)}
WEST, MIDDLE, EAST, NORTH = (at(*place) for place in CROSS.values())


def roads(folder: Path, *ways, tagged=None, nodes=CROSS) -> Roads:
    return read_pbf(write_map(folder / "map.osm.pbf", nodes, ways, tagged))


def street(*through: int, **tags: str) -> tuple[tuple[int, ...], dict[str, str]]:
    return through, {"highway": "residential", **{key.replace("__", ":"): value for key, value in tags.items()}}


def seconds(made: Roads, origin, destination, mode: str = "car") -> int | None:
    found, _metres = made.table([origin, destination], mode=mode).rows()
    return found[0][1]


def test_a_street_takes_its_length_at_its_speed(tmp_path: Path) -> None:
    made = roads(tmp_path, street(1, 2, 3), street(2, 4))
    table = made.table([WEST, EAST, NORTH], mode="car")
    assert table.metres[0].tolist() == pytest.approx([0, 2000, 2000], abs=2)
    assert table.seconds[0, 1] == math.ceil(table.metres[0, 1] * 3.6 / 35)
    assert (table.seconds == table.seconds.T).all() and table.off_road == ()


def test_a_sign_counts_more_than_the_kind_of_road_and_gravel_more_than_the_sign(tmp_path: Path) -> None:
    limited = roads(tmp_path, street(1, 2, maxspeed="80"), street(2, 3, maxspeed="80", surface="gravel"))
    assert seconds(limited, WEST, MIDDLE) == pytest.approx(1000 * 3.6 / (80 * 0.9), abs=1)
    assert seconds(limited, MIDDLE, EAST) == pytest.approx(1000 * 3.6 / 35, abs=1)


@pytest.mark.parametrize(
    ("tags", "car", "bicycle", "foot"),
    [
        ({"oneway": "yes"}, (True, False), (True, False), (True, True)),
        ({"oneway": "-1"}, (False, True), (False, True), (True, True)),
        ({"oneway": "yes", "oneway__bicycle": "no"}, (True, False), (True, True), (True, True)),
        ({"junction": "roundabout"}, (True, False), (True, False), (True, True)),
        ({"access": "no"}, (False, False), (False, False), (False, False)),
        ({"access": "no", "foot": "yes"}, (False, False), (False, False), (True, True)),
        ({"motor_vehicle": "no"}, (False, False), (True, True), (True, True)),
        ({"access": "private"}, (True, True), (True, True), (True, True)),
        ({"highway": "footway"}, (False, False), (False, False), (True, True)),
        ({"highway": "motorway"}, (True, False), (False, False), (False, False)),
    ],
)
def test_who_may_go_which_way(tmp_path: Path, tags, car, bicycle, foot) -> None:
    made = roads(tmp_path, street(1, 2), street(2, 3, **tags))
    for mode, (there, back) in {"car": car, "bicycle": bicycle, "foot": foot}.items():
        if not there and not back:
            continue  # the eastern end is then a walk away from any road
        assert (seconds(made, MIDDLE, EAST, mode) is not None) == there, mode
        assert (seconds(made, EAST, MIDDLE, mode) is not None) == back, mode


def test_a_bollard_stops_cars_and_lights_hold_them_up(tmp_path: Path) -> None:
    open_road = roads(tmp_path, street(1, 2, 3))
    lights = roads(tmp_path, street(1, 2, 3), tagged={2: {"highway": "traffic_signals"}})
    bollard = roads(tmp_path, street(1, 2, 3), tagged={2: {"barrier": "bollard"}})
    assert seconds(lights, WEST, EAST) == seconds(open_road, WEST, EAST) + 12  # type: ignore[operator]
    assert seconds(bollard, WEST, EAST) is None
    assert seconds(bollard, WEST, EAST, "bicycle") is not None


def test_from_a_house_one_walks_to_the_road_and_a_penalty_counts_where_one_arrives(tmp_path: Path) -> None:
    made = roads(tmp_path, street(1, 2, 3))
    house, shop = at(500, 86), at(1500, 0)
    table = made.table([house, shop, house], mode="car", penalty_s=[120, 0, 60])
    drive, walk = 1000 * 3.6 / 35, 86 * 3.6 / 4.3
    assert table.seconds[0, 1] == pytest.approx(drive + walk, abs=1.5)
    assert table.seconds[1, 0] == pytest.approx(drive + walk + 120, abs=1.5)
    assert table.metres[0, 1] == pytest.approx(1086, abs=2)
    assert table.seconds[0, 2] == 60 and table.metres[0, 2] == 0 and table.seconds[0, 0] == 0


def test_a_street_without_a_way_back_is_passed_over_for_one_that_has_it(tmp_path: Path) -> None:
    nodes = CROSS | {5: (1400, 40), 6: (1550, 40)}
    made = roads(tmp_path, street(1, 2, 3), street(5, 6), nodes=nodes)
    assert seconds(made, at(1500, 38), WEST) is not None


def test_an_island_without_a_road_and_swapped_coordinates_are_named_and_the_rest_is_answered(tmp_path: Path) -> None:
    made = roads(tmp_path, street(1, 2, 3))
    island = at(1000, 5000)
    table = made.table([WEST, island, EAST], mode="car")
    assert table.off_road == (1,)
    assert table.rows()[0][1] == [None, None, None] and table.rows()[0][0][2] is not None
    with pytest.raises(FarFromRoad, match="point 1: no road within 1000 m") as far:
        made.route(WEST, island, mode="car")
    assert not far.value.is_swapped
    with pytest.raises(FarFromRoad, match="swapped"):
        made.route(WEST[::-1], EAST, mode="car")
    with pytest.raises(InvalidPoint, match="point 1"):
        made.table([WEST, (91.0, 10.0)], mode="car")
    assert made.table([(90.0, 0.0)], mode="car").off_road == (0,)
    assert made.table([], mode="car").seconds.shape == (0, 0)


def test_a_line_follows_the_road_and_is_as_long_as_the_table_says(tmp_path: Path) -> None:
    made = roads(tmp_path, street(1, 2, 3), street(2, 4))
    origin, destination = at(300, 10), at(1010, 800)
    way, table = made.route(origin, destination, mode="bicycle"), made.table([origin, destination], mode="bicycle")
    assert way is not None and (way.seconds, way.metres) == (table.seconds[0, 1], table.metres[0, 1])
    expected = [origin, at(300, 0), MIDDLE, at(1000, 800), destination]
    assert np.allclose(way.line, expected, atol=1e-5)
    oneway = roads(tmp_path, street(1, 2, 3, oneway="yes"))
    assert oneway.route(EAST, WEST, mode="car") is None


@pytest.mark.parametrize("seed", range(25))
def test_any_map_gives_what_a_plain_search_over_every_segment_gives(tmp_path: Path, seed: int) -> None:
    nodes, ways = random_map(seed)
    made = read_pbf(write_map(tmp_path / "map.osm.pbf", nodes, ways))
    places, split, houses = with_houses(nodes, ways, 40)
    for mode in made.modes:
        ends = [each for each in houses if _stands_at_its_own(made, at(*places[each]), mode)]
        table = made.table([at(*places[each]) for each in ends], mode=mode)
        plain = plain_table(places, split, mode, ends)
        assert (table.seconds < 0).tolist() == np.isinf(plain).tolist()
        is_way = table.seconds >= 0
        assert np.abs(table.seconds - np.array(plain))[is_way].max() < 1.2
        for i, j in np.argwhere(is_way)[::17]:
            way = made.route(at(*places[ends[i]]), at(*places[ends[j]]), mode=mode)
            assert way is not None and (way.seconds, way.metres) == (table.seconds[i, j], table.metres[i, j])
            drawn = sum(metres(_plane(one), _plane(other)) for one, other in pairwise(way.line))
            assert drawn == pytest.approx(way.metres, abs=2 + 0.001 * way.metres)


def _plane(point: tuple[float, float]) -> tuple[float, float]:
    return (point[1] - 10) / EAST_DEGREES, (point[0] - 56) / NORTH_DEGREES


def _stands_at_its_own(made: Roads, point: tuple[float, float], mode: str) -> bool:
    return float(made.snap([point], mode=mode).off[0]) < 0.05


def test_a_part_is_cut_out_by_box_and_by_polygon(tmp_path: Path) -> None:
    nodes = CROSS | {7: (50000, 0), 8: (51000, 0)}
    map_file = write_map(tmp_path / "map.osm.pbf", nodes, [street(1, 2, 3), street(2, 4), street(7, 8)])
    (south, west), (north, east) = at(-100, -100), at(3000, 500)
    boxed = read_pbf(map_file, Box(west, south, east, north))
    assert boxed.table([at(*nodes[7])], mode="car").off_road == (0,)
    assert seconds(boxed, WEST, NORTH) is not None  # a street that touches the box comes whole
    ring = [at(*place)[::-1] for place in ((-100, -100), (3000, -100), (-100, 3000))]
    assert read_pbf(map_file, ring).info()["modes"]["car"]["chains"] == 3
    with pytest.raises(NoRoads, match=r"map\.osm\.pbf: no road"):
        read_pbf(map_file, Box(0, 0, 1, 1))
    with pytest.raises(ValueError, match="no box"):
        Box(11, 56, 10, 57)


def test_a_large_file_is_read_with_its_coordinates_on_disk_and_gives_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nodes, ways = random_map(4)
    map_file = write_map(tmp_path / "map.osm.pbf", nodes, ways)
    points = [at(*place) for place in nodes.values()]
    in_memory = read_pbf(map_file).table(points, mode="car")
    monkeypatch.setattr("traveltimes.osm._IN_MEMORY_BYTES", 0)
    assert (read_pbf(map_file).table(points, mode="car").seconds == in_memory.seconds).all()


def test_a_file_that_is_no_map_is_refused_by_name(tmp_path: Path) -> None:
    wrong = tmp_path / "roads.osm.pbf"
    wrong.write_text("latitude;longitude\n")
    with pytest.raises(UnreadableMap, match=r"roads\.osm\.pbf"):
        read_pbf(wrong)
    with pytest.raises(UnreadableRoads, match="build it anew"):
        Roads.load(wrong)
    with pytest.raises(FileNotFoundError):
        read_pbf(tmp_path / "missing.osm.pbf")


def test_roads_from_a_file_answer_as_those_that_were_written_and_the_bytes_are_the_same(tmp_path: Path) -> None:
    nodes, ways = random_map(3)
    made = read_pbf(write_map(tmp_path / "map.osm.pbf", nodes, ways))
    made.save(tmp_path / "one.ttg")
    again = Roads.load(tmp_path / "one.ttg")
    again.save(tmp_path / "two.ttg")
    points = [at(*place) for place in nodes.values()]
    assert (again.table(points, mode="foot").seconds == made.table(points, mode="foot").seconds).all()
    assert (tmp_path / "one.ttg").read_bytes() == (tmp_path / "two.ttg").read_bytes()
    cut = tmp_path / "cut.ttg"
    cut.write_bytes((tmp_path / "one.ttg").read_bytes()[:2000])
    with pytest.raises(UnreadableRoads, match=r"cut\.ttg"):
        Roads.load(cut)


def test_the_command_line_builds_and_answers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    map_file = write_map(tmp_path / "map.osm.pbf", CROSS, [street(1, 2, 3), street(2, 4)])
    file, points = str(tmp_path / "roads.ttg"), tmp_path / "points.csv"
    assert main(["build", str(map_file), "--box", "9,55,11,57", "--out", file]) == 0
    assert main(["info", file]) == 0
    assert "© OpenStreetMap contributors" in capsys.readouterr().out
    points.write_text(f"latitude,longitude\n{WEST[0]},{WEST[1]}\n{EAST[0]},{EAST[1]}\n50,1\n")
    assert main(["table", file, str(points)]) == 0
    assert capsys.readouterr().out.splitlines()[:5] == [
        "from,to,seconds,metres",
        "0,0,0,0",
        "0,1,206,2000",
        "0,2,,",
        "1,0,206,2000",
    ]
    assert main(["route", file, f"{WEST[0]},{WEST[1]}", f"{NORTH[0]},{NORTH[1]}", "--mode", "foot"]) == 0
    feature = json.loads(capsys.readouterr().out)
    assert feature["geometry"]["coordinates"][0] == pytest.approx(WEST[::-1])
    assert feature["properties"]["attribution"] == "© OpenStreetMap contributors"
    points.write_text("latitude,longitude\n56,x\n")
    assert main(["table", file, str(points)]) == 2
    assert "points.csv, line 2: '56', 'x'" in capsys.readouterr().err
    assert main(["table", file, str(points), "--mode", "horse"]) == 2
    assert "car, bicycle, foot" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["samsoe-2020-03-09", "tunoe-2025-04-29", "sindal-2015-05-03"])
def test_between_real_addresses_there_are_ways_not_shorter_than_the_straight_line(name: str) -> None:
    file = SHARED / f"{name}.osm.pbf"
    if not file.exists():
        pytest.skip(f"the map {file.name} is not here")
    import osmium

    addresses = osmium.FileProcessor(str(file), osmium.osm.NODE).with_filter(
        osmium.filter.KeyFilter("addr:housenumber")
    )
    points = [(each.location.lat, each.location.lon) for each in addresses][::40]
    made = read_pbf(file)
    table = made.table(points, mode="foot")
    on_foot = table.seconds[np.ix_(*[[k for k in range(len(points)) if k not in table.off_road]] * 2)]
    assert len(table.off_road) <= len(points) * 0.01 and (on_foot >= 0).mean() > 0.99
    for j, point in enumerate(points):
        assert table.metres[0, j] == -1 or table.metres[0, j] >= metres(_plane(points[0]), _plane(point)) * 0.999 - 1
