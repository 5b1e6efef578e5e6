# SPDX-License-Identifier: MPL-2.0
"""The provider that knows the roads: a file that ``kommune3 roads build`` made, held in memory."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _
from traveltimes import FarFromRoad, Roads, UnreadableRoads

from kommune3.adapters.beeline import travel as beeline
from kommune3.adapters.roads.sources import MODES, attribution
from kommune3.kernel.places.geometry import Point
from kommune3.kernel.places.travel import Leg, Mode, NoAnswer, Route, Table


def leg(*, origin: Point, destination: Point, mode: Mode, now: datetime) -> Leg:
    """The way on the roads; where they do not reach as far as the two points, what the beeline's provider assumes."""
    roads = _roads()
    ends = (origin, destination)
    if not all(roads.reaches((each.latitude, each.longitude), mode=MODES[mode]) for each in ends):
        return beeline.leg(origin=origin, destination=destination, mode=mode, now=now)
    found = route(origin=origin, destination=destination, mode=mode, now=now)
    if found.seconds is None or found.metres is None:
        return Leg(None, beeline.great_circle_km(origin, destination), True, found.source)
    return Leg(found.seconds / 60, found.metres / 1000, False, found.source)


def table(*, points: Sequence[Point], mode: Mode, now: datetime) -> Table:
    """All pairs on the roads. A point without a road nearby has None all along its row and column."""
    roads = _roads()
    seconds, metres = roads.table([(each.latitude, each.longitude) for each in points], mode=MODES[mode]).rows()
    return Table(
        seconds=tuple(tuple(row) for row in seconds),
        metres=tuple(tuple(row) for row in metres),
        is_estimate=False,
        source=_source(roads),
        attribution=attribution(),
    )


def route(*, origin: Point, destination: Point, mode: Mode, now: datetime) -> Route:
    """The way on the roads to draw; no line where there is no way."""
    roads = _roads()
    ends = ((each.latitude, each.longitude) for each in (origin, destination))
    try:
        way = roads.route(*ends, mode=MODES[mode])
    except FarFromRoad:
        way = None
    if way is None:
        return Route((), None, None, False, _("No way is known on the roads of the map."), attribution())
    line = tuple(Point(*each) for each in way.line)
    return Route(line, way.seconds, way.metres, False, _source(roads), attribution())


def _source(roads: Roads) -> str:
    return _("Roads of OpenStreetMap (%(map)s), speeds of %(rules)s from %(date)s.") % {
        "map": roads.source,
        "rules": roads.rules,
        "date": roads.rules_from.isoformat(),
    }


def _roads() -> Roads:
    path = Path(settings.ROADS_FILE)
    try:
        return _loaded(path, path.stat().st_mtime_ns)
    except (OSError, UnreadableRoads) as error:
        raise NoAnswer(
            _("The roads in KOMMUNE3_ROADS_FILE=%(file)s cannot be read. Make them with “kommune3 roads build”.")
            % {"file": settings.ROADS_FILE}
        ) from error


@lru_cache(maxsize=1)
def _loaded(path: Path, _changed_at: int) -> Roads:
    """Read once, and again when the file is another."""
    return Roads.load(path)
