# SPDX-License-Identifier: MPL-2.0
"""The provider that asks a Valhalla server. Its API: https://valhalla.github.io/valhalla/api/"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from math import ceil

from django.utils.translation import gettext as _

from kommune3.adapters.beeline.travel import great_circle_km
from kommune3.adapters.roads import servers
from kommune3.adapters.roads.sources import attribution
from kommune3.kernel import http
from kommune3.kernel.places.geometry import Point
from kommune3.kernel.places.travel import Leg, Mode, Route, Table

COSTING = {Mode.CAR: "auto", Mode.BICYCLE: "bicycle", Mode.WALK: "pedestrian"}
NO_WAY = {171, 442}  # no road near the point; no path between the points
_POLYLINE_UNIT = 1e-6


def leg(*, origin: Point, destination: Point, mode: Mode, now: datetime) -> Leg:
    """The way as the server knows it; no minutes where it knows none. Raises NoAnswer."""
    seconds, metres = servers.pairs([origin, destination], mode, _asker(mode))[0][1]
    if seconds is None or metres is None:
        return Leg(None, great_circle_km(origin, destination), True, _source())
    return Leg(seconds / 60, metres / 1000, False, _source())


def table(*, points: Sequence[Point], mode: Mode, now: datetime) -> Table:
    """All pairs as the server knows them. Raises NoAnswer."""
    found = servers.pairs(points, mode, _asker(mode))
    return Table(
        seconds=tuple(tuple(seconds for seconds, _metres in row) for row in found),
        metres=tuple(tuple(metres for _seconds, metres in row) for row in found),
        is_estimate=False,
        source=_source(),
        attribution=attribution(),
    )


def route(*, origin: Point, destination: Point, mode: Mode, now: datetime) -> Route:
    """The way to draw. Raises NoAnswer."""
    question = {"locations": _places([origin, destination]), "costing": COSTING[mode], "units": "kilometers"}
    with http.client() as client:
        answer = servers.told(lambda: client.post(f"{servers.address(mode)}/route", json=question))
    if answer.get("error_code") in NO_WAY:
        return Route((), None, None, False, _source(), attribution())
    if "trip" not in answer:
        raise servers.refused(answer.get("error"))
    trip = answer["trip"]
    line = tuple(point for each in trip["legs"] for point in _points(each["shape"]))
    seconds, km = trip["summary"]["time"], trip["summary"]["length"]
    return Route(line, ceil(seconds), ceil(km * 1000), False, _source(), attribution())


def _asker(mode: Mode) -> servers.Ask:
    def ask(client: http.Client, sources: Sequence[Point], targets: Sequence[Point]) -> servers.Square:
        question = {
            "sources": _places(sources),
            "targets": _places(targets),
            "costing": COSTING[mode],
            "units": "kilometers",
        }
        answer = servers.told(lambda: client.post(f"{servers.address(mode)}/sources_to_targets", json=question))
        if answer.get("error_code") in NO_WAY:
            return None
        if "sources_to_targets" not in answer:
            raise servers.refused(answer.get("error"))
        return [[_found(cell["time"], cell["distance"]) for cell in row] for row in answer["sources_to_targets"]]

    return ask


def _found(seconds: float | None, km: float | None) -> servers.Found:
    return (None, None) if seconds is None or km is None else (ceil(seconds), ceil(round(km * 1000, 3)))


def _places(points: Sequence[Point]) -> list[dict[str, float]]:
    return [{"lat": point.latitude, "lon": point.longitude} for point in points]


def _points(shape: str) -> Iterator[Point]:
    """An encoded polyline (Google's, with six decimals): differences, five bits to a letter, the lowest first."""
    numbers, value, shift = [], 0, 0
    for letter in shape:
        bits = ord(letter) - 63
        value |= (bits & 31) << shift
        shift += 5
        if bits < 32:
            numbers.append(~(value >> 1) if value & 1 else value >> 1)
            value = shift = 0
    latitude = longitude = 0
    for north, east in zip(numbers[::2], numbers[1::2], strict=True):
        latitude, longitude = latitude + north, longitude + east
        yield Point(latitude * _POLYLINE_UNIT, longitude * _POLYLINE_UNIT)


def _source() -> str:
    return _("Roads of OpenStreetMap, asked of a Valhalla server.")
