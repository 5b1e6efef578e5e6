# SPDX-License-Identifier: MPL-2.0
"""The provider that asks an OSRM server. Its API: https://project-osrm.org/docs/v5.24.0/api/"""

from collections.abc import Sequence
from datetime import datetime
from math import ceil
from typing import Any

from django.utils.translation import gettext as _

from kommune3.adapters.beeline.travel import great_circle_km
from kommune3.adapters.roads import servers
from kommune3.adapters.roads.sources import MODES, attribution
from kommune3.kernel import http
from kommune3.kernel.places.geometry import Point
from kommune3.kernel.places.travel import Leg, Mode, Route, Table

NO_WAY = {"NoRoute", "NoTable", "NoSegment"}


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
    path = f"{servers.address(mode)}/route/v1/{MODES[mode]}/{_joined([origin, destination])}"
    with http.client() as client:
        answer = servers.told(lambda: client.get(path, params={"overview": "full", "geometries": "geojson"}))
    if answer.get("code") in NO_WAY:
        return Route((), None, None, False, _source(), attribution())
    _check(answer)
    way = answer["routes"][0]
    line = tuple(Point(latitude, longitude) for longitude, latitude in way["geometry"]["coordinates"])
    return Route(line, ceil(way["duration"]), ceil(way["distance"]), False, _source(), attribution())


def _asker(mode: Mode) -> servers.Ask:
    def ask(client: http.Client, sources: Sequence[Point], targets: Sequence[Point]) -> servers.Square:
        path = f"{servers.address(mode)}/table/v1/{MODES[mode]}/{_joined([*sources, *targets])}"
        numbers = [str(number) for number in range(len(sources) + len(targets))]
        params = {
            "annotations": "duration,distance",
            "sources": ";".join(numbers[: len(sources)]),
            "destinations": ";".join(numbers[len(sources) :]),
        }
        answer = servers.told(lambda: client.get(path, params=params))
        if answer.get("code") in NO_WAY:
            return None
        _check(answer)
        return [
            [(_whole(seconds), _whole(metres)) for seconds, metres in zip(*rows, strict=True)]
            for rows in zip(answer["durations"], answer["distances"], strict=True)
        ]

    return ask


def _check(answer: dict[str, Any]) -> None:
    if answer.get("code") != "Ok":
        raise servers.refused(answer.get("message") or answer.get("code"))


def _whole(value: float | None) -> int | None:
    return None if value is None else ceil(value)


def _joined(points: Sequence[Point]) -> str:
    return ";".join(f"{point.longitude:.6f},{point.latitude:.6f}" for point in points)


def _source() -> str:
    return _("Roads of OpenStreetMap, asked of an OSRM server.")
