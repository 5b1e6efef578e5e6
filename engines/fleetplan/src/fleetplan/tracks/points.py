# SPDX-License-Identifier: MPL-2.0
"""GPS points to legs: by ignition where the tracker tells it, else by where the vehicle stood still."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from fleetplan.errors import InvalidProblem
from fleetplan.tracks.legs import Leg, Place, real

FASTEST_KMH = 250.0
"""A point that could only be reached faster than this from the one before is a wrong fix, and is left out."""
CRAWL_KMH = 5.0
"""Slower than this across a gap without points, the vehicle stood still in it rather than lost its signal driving."""


@dataclass(frozen=True, slots=True)
class Fix:
    """A tracker's report: where a vehicle was at an instant.

    ``place``: None where it had no fix (see :func:`fleetplan.tracks.place_at`). ``ignition``: None where the tracker
    does not tell. ``odometer_km``: a running count of km.
    """

    vehicle: str
    at: datetime
    place: Place | None
    ignition: bool | None = None
    odometer_km: float | None = None

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise InvalidProblem("naive_instant", "at", self.at.isoformat(), "an instant needs a time zone")


@dataclass(frozen=True, slots=True)
class StopRules:
    """A vehicle has stopped when it stays within ``radius_m`` for ``minutes``, or is silent that long without getting
    anywhere. With ignition told, it has stopped when the ignition is off."""

    minutes: float = 5.0
    radius_m: float = 100.0


def legs_of(fixes: Iterable[Fix], rules: StopRules | None = None) -> tuple[Leg, ...]:
    """The legs of every vehicle, in order of vehicle and time. Reports without a place take no part.

    Km are the odometer's where both ends have one and it does not run backwards, else the sum of the distances
    between the points.
    """
    rules = rules or StopRules()
    by_vehicle: dict[str, dict[datetime, Fix]] = defaultdict(dict)
    for fix in fixes:
        if real(fix.place) is not None:
            known = by_vehicle[fix.vehicle].setdefault(fix.at, fix)
            if _rank(fix) < _rank(known):
                by_vehicle[fix.vehicle][fix.at] = fix
    legs: list[Leg] = []
    for vehicle in sorted(by_vehicle):
        track = _without_wild_points([by_vehicle[vehicle][at] for at in sorted(by_vehicle[vehicle])])
        tells = sum(fix.ignition is not None for fix in track) * 2 > len(track)
        moves = _by_ignition(track) if tells else _by_stops(track, rules)
        for move in moves:
            legs += _legs_without_silence(vehicle, move, rules)
    return tuple(legs)


def _rank(fix: Fix) -> tuple[object, ...]:
    # Two reports of one instant: the same is kept whatever order they came in.
    place = fix.place
    assert place is not None
    return (place.latitude, place.longitude, fix.ignition is None, bool(fix.ignition), fix.odometer_km or 0.0)


def _without_wild_points(track: list[Fix]) -> list[Fix]:
    kept: list[Fix] = []
    wild = 0
    for fix in track:
        if kept and _kmh(kept[-1], fix) > FASTEST_KMH and wild < 3:
            wild += 1
            continue
        # More than a few in a row: it was the earlier point that was wrong.
        if wild >= 3 and len(kept) == 1:
            kept.clear()
        wild = 0
        kept.append(fix)
    return kept


def _by_ignition(track: Sequence[Fix]) -> list[list[Fix]]:
    moves: list[list[Fix]] = []
    going: list[Fix] = []
    for fix in track:
        if fix.ignition or (fix.ignition is None and going):
            going.append(fix)
        elif fix.ignition is False and going:
            moves.append([*going, fix])
            going = []
    if going:
        moves.append(going)
    return moves


def _by_stops(track: Sequence[Fix], rules: StopRules) -> list[list[Fix]]:
    moves: list[list[Fix]] = []
    going: list[Fix] = []
    first = 0
    while first < len(track):
        last = _last_of_stop(track, first, rules)
        if last is None:
            going.append(track[first])
            first += 1
            continue
        if going:
            moves.append([*going, track[first]])
        going = [track[last]]
        first = last + 1
    if len(going) > 1:
        moves.append(going)
    return moves


def _last_of_stop(track: Sequence[Fix], first: int, rules: StopRules) -> int | None:
    """The last point of the stop that begins at ``first``, or None where the vehicle does not stop there."""
    here = track[first].place
    assert here is not None
    last = first
    for number in range(first + 1, len(track)):
        place = track[number].place
        assert place is not None
        if not here.is_within(rules.radius_m, place):
            break
        last = number
    stood = track[last].at - track[first].at >= timedelta(minutes=rules.minutes)
    return last if stood else None


def _legs_without_silence(vehicle: str, move: list[Fix], rules: StopRules) -> list[Leg]:
    """A movement as a leg; as several where the tracker was silent while the vehicle stood still."""
    parts: list[list[Fix]] = [[move[0]]]
    for one, two in pairwise(move):
        if two.at - one.at >= timedelta(minutes=rules.minutes) and _kmh(one, two) < CRAWL_KMH:
            parts.append([])
        parts[-1].append(two)
    return [_leg(vehicle, part) for part in parts if len(part) > 1 and _moved(part, rules)]


def _moved(part: list[Fix], rules: StopRules) -> bool:
    here = part[0].place
    assert here is not None
    return any(fix.place is not None and not here.is_within(rules.radius_m, fix.place) for fix in part[1:])


def _leg(vehicle: str, part: list[Fix]) -> Leg:
    begun, ended = part[0].odometer_km, part[-1].odometer_km
    if begun is not None and ended is not None and ended > begun:
        km = ended - begun
    else:
        km = sum(_metres(one, two) for one, two in pairwise(part)) / 1000
    return Leg(vehicle, part[0].at, part[-1].at, round(km, 3), part[0].place, part[-1].place)


def _metres(one: Fix, two: Fix) -> float:
    assert one.place is not None
    assert two.place is not None
    return one.place.metres_to(two.place)


def _kmh(one: Fix, two: Fix) -> float:
    hours = (two.at - one.at) / timedelta(hours=1)
    return _metres(one, two) / 1000 / hours
