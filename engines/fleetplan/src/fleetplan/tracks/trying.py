# SPDX-License-Identifier: MPL-2.0
"""What another parking point would give, before anybody decides on it."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from fleetplan.tracks.figures import Figures, measure
from fleetplan.tracks.legs import METRES_PER_DEGREE, Place
from fleetplan.tracks.preparing import ParkingPoint, Prepared, StretchKind

MOST_TRIED = 12
"""Places that are tried for real when points are suggested; each costs a pass over the vehicles that stopped there."""


@dataclass(frozen=True, slots=True)
class Trial:
    """The figures of the point's base before and after it, and the vehicles whose round trips it changes."""

    point: ParkingPoint
    before: Figures
    after: Figures
    changed: tuple[str, ...]

    @property
    def gained_km(self) -> float:
        """Km that come into complete round trips."""
        return round(self.after.km_complete - self.before.km_complete, 3)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place worth trying: on ``days`` days ``vehicles`` stopped here outside of any complete round trip."""

    trial: Trial
    days: int
    vehicles: int


def try_point(
    prepared: Prepared, point: ParkingPoint, *, since: datetime | None = None, until: datetime | None = None
) -> Trial:
    """What ``point`` would do to its base's figures. Only vehicles that stopped there are done again."""
    after = prepared.with_point(point)
    own = [vehicle for vehicle, driving in prepared.vehicles.items() if driving.base == point.base]
    changed = tuple(vehicle for vehicle in own if after.vehicles[vehicle] is not prepared.vehicles[vehicle])
    return Trial(
        point,
        measure(prepared, vehicles=own, since=since, until=until),
        measure(after, vehicles=own, since=since, until=until),
        changed,
    )


def suggest(
    prepared: Prepared,
    base: str,
    *,
    radius_m: float = 200.0,
    least_days: int = 3,
    most: int = 5,
    since: datetime | None = None,
    until: datetime | None = None,
) -> tuple[Candidate, ...]:
    """Places that would bring most km into complete round trips, best first.

    Candidates are the stops of incomplete stretches, gathered in squares of ``radius_m``; those where vehicles stood
    longest are tried. Places used on fewer than ``least_days`` days are left out: they are errands, not parking.
    """
    squares: dict[tuple[int, int], list[_Stand]] = defaultdict(list)
    side = radius_m / METRES_PER_DEGREE
    for stand in _stands(prepared, base):
        # Squares of equal degrees are narrower east to west; as a gathering that is good enough.
        squares[round(stand.place.latitude / side), round(stand.place.longitude / side / 2)].append(stand)
    ranked = sorted(squares.items(), key=lambda item: (-sum(stand.hours for stand in item[1]), item[0]))
    found = []
    for _, stands in [each for each in ranked if len(_days(each[1])) >= least_days][:MOST_TRIED]:
        point = ParkingPoint(base, _middle([stand.place for stand in stands]), radius_m)
        trial = try_point(prepared, point, since=since, until=until)
        if trial.gained_km > 0:
            found.append(Candidate(trial, len(_days(stands)), len({stand.vehicle for stand in stands})))
    found.sort(key=lambda each: -each.trial.gained_km)
    return tuple(found[:most])


class _Stand(NamedTuple):
    """A vehicle stood at a place for some hours, until ``day``."""

    vehicle: str
    place: Place
    day: date
    hours: float


def _stands(prepared: Prepared, base: str) -> Iterator[_Stand]:
    """The stops within and at the ends of incomplete stretches; those of open ones may yet be completed."""
    for driving in prepared.vehicles.values():
        if driving.base != base:
            continue
        stopped_at: datetime | None = None
        for stretch in driving.stretches:
            for leg in stretch.legs:
                if stretch.kind not in (StretchKind.COMPLETE, StretchKind.OPEN) and leg.start_place is not None:
                    stood = (leg.start - (stopped_at or leg.start)) / timedelta(hours=1)
                    yield _Stand(driving.vehicle, leg.start_place, leg.start.date(), stood)
                stopped_at = leg.end


def _days(stands: list[_Stand]) -> set[date]:
    return {stand.day for stand in stands}


def _middle(places: list[Place]) -> Place:
    """Rounded to four decimals, about ten metres: enough for a parking point, and no more."""
    latitudes = sorted(place.latitude for place in places)
    longitudes = sorted(place.longitude for place in places)
    return Place(round(latitudes[len(places) // 2], 4), round(longitudes[len(places) // 2], 4))
