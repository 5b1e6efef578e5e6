# SPDX-License-Identifier: MPL-2.0
import json
from pathlib import Path

import pytest

from kommune3.kernel import places
from kommune3.kernel.places import areas, geometry
from kommune3.kernel.places.geometry import InvalidGeometry, NoCoordinates, Point
from kommune3.kernel.places.models import Address, Area

SQUARE = {"type": "Polygon", "coordinates": [[[10, 56], [11, 56], [11, 57], [10, 57], [10, 56]]]}
WITH_LAKE = {
    "type": "Polygon",
    "coordinates": [
        *SQUARE["coordinates"],
        [[10.4, 56.4], [10.4, 56.6], [10.6, 56.6], [10.6, 56.4], [10.4, 56.4]],
    ],
}
TWO = {"type": "MultiPolygon", "coordinates": [SQUARE["coordinates"], [[[12, 55], [13, 55], [12, 56], [12, 55]]]]}


@pytest.mark.parametrize(
    ("polygon", "latitude", "longitude", "inside"),
    [
        (SQUARE, 56.5, 10.5, True),
        (SQUARE, 56.5, 9.9, False),
        (SQUARE, 56.5, 11.1, False),
        (SQUARE, 57.1, 10.5, False),
        (SQUARE, 56.5, 10, True),
        (SQUARE, 56.5, 11, False),
        (WITH_LAKE, 56.5, 10.5, False),
        (WITH_LAKE, 56.5, 10.3, True),
        (TWO, 55.2, 12.2, True),
        (TWO, 55.9, 12.9, False),
    ],
)
def test_a_point_is_in_a_polygon_and_not_in_its_lake(polygon, latitude, longitude, inside) -> None:
    assert geometry.contains(polygon, Point(latitude, longitude)) is inside


@pytest.mark.parametrize(
    "broken",
    [
        None,
        {"type": "Point", "coordinates": [10, 56]},
        {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": [[[10, 56], [11, 56], [10, 56]]]},
        {"type": "Polygon", "coordinates": [[[10, 56], [11, 56], [11, 57], [10, 57]]]},
        {"type": "Polygon", "coordinates": [[[10, 56], [11, "x"], [11, 57], [10, 56]]]},
        {"type": "Polygon", "coordinates": [[[10, 56], [11, 156], [11, 57], [10, 56]]]},
        {"type": "MultiPolygon", "coordinates": "abc"},
    ],
)
def test_what_is_not_an_area_is_refused(broken) -> None:
    with pytest.raises(InvalidGeometry):
        geometry.checked(broken)


def test_an_address_without_coordinates_says_which_it_is() -> None:
    with pytest.raises(NoCoordinates, match="Torvet 1"):
        Point.of(Address(street="Torvet 1", postcode="8500", town="Grenaa"))


def test_a_point_is_on_the_globe() -> None:
    with pytest.raises(ValueError, match="globe"):
        Point(156, 10)


@pytest.mark.django_db
def test_areas_are_found_by_a_point_and_kept_once_by_name() -> None:
    areas.keep(kind="care.district", name="Nord", polygon=TWO)
    areas.keep(kind="care.district", name="Nord", polygon=SQUARE)
    areas.keep(kind="school.district", name="Grenaa", polygon=SQUARE)
    assert [str(area) for area in areas.at(Point(56.5, 10.5))] == ["Nord", "Grenaa"]
    assert [str(area) for area in areas.at(Point(56.5, 10.5), kind="school.district")] == ["Grenaa"]
    assert areas.at(Point(55.2, 12.2)) == []
    assert Area.objects.count() == 2


@pytest.fixture(scope="module")
def denmark() -> list[dict]:
    file = Path(places.__file__).parent / "static" / "places" / "denmark.geojson"
    assert file.stat().st_size <= 60_000
    return json.loads(file.read_text(encoding="utf-8"))["features"]


def test_every_town_of_the_map_lies_on_land(denmark) -> None:
    land = [each["geometry"] for each in denmark if each["properties"]["kind"] == "land"]
    towns = [each for each in denmark if each["properties"]["kind"] == "town"]
    assert len(towns) >= 80
    at_sea = [
        town["properties"]["name"]
        for town in towns
        if not any(geometry.contains(each, Point(*reversed(town["geometry"]["coordinates"]))) for each in land)
    ]
    assert at_sea == []


def test_the_land_of_the_map_is_made_of_polygons_that_do_not_cross_themselves(denmark) -> None:
    for each in denmark:
        if each["properties"]["kind"] == "land":
            for ring in geometry.checked(each["geometry"])["coordinates"]:
                assert not _crosses_itself(ring), each["properties"]["name"]


@pytest.mark.parametrize(
    ("where", "latitude", "longitude", "is_land"),
    [
        ("the town hall of Grenaa", 56.415, 10.876, True),
        ("Kattegat off Grenaa", 56.42, 11.1, False),
        ("Kalø Vig", 56.24, 10.38, False),
        ("Ebeltoft Vig", 56.20, 10.61, False),
        ("Randers Fjord", 56.59, 10.28, False),
        ("the Limfjord at Aalborg", 57.056, 9.90, False),
        ("the Great Belt", 55.34, 11.0, False),
    ],
)
def test_the_map_tells_land_from_sea(denmark, where, latitude, longitude, is_land) -> None:
    land = [each["geometry"] for each in denmark if each["properties"]["kind"] == "land"]
    assert any(geometry.contains(each, Point(latitude, longitude)) for each in land) is is_land, where


def _crosses_itself(ring: list[list[float]]) -> bool:
    def side(a, b, c) -> bool:
        return (b[0] - a[0]) * (c[1] - a[1]) > (b[1] - a[1]) * (c[0] - a[0])

    edges = list(zip(ring, ring[1:], strict=False))
    return any(
        side(a, b, c) != side(a, b, d) and side(c, d, a) != side(c, d, b)
        for number, (a, b) in enumerate(edges)
        for c, d in edges[number + 2 :]
        if len({*map(tuple, (a, b, c, d))}) == 4
    )
