# SPDX-License-Identifier: MPL-2.0
"""Legs to round trips: from leaving a parking point of the base until the vehicle is back at one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from fleetplan.errors import InvalidProblem
from fleetplan.problem import Segment, Trip
from fleetplan.tracks.cleaning import LONGEST, SetAside, clean
from fleetplan.tracks.legs import Leg, Place

SAME_STOP_M = 500.0
"""Two fixes of one stop, at its beginning and end, lie at most this far apart; farther, a movement was not tracked."""


@dataclass(frozen=True, slots=True)
class ParkingPoint:
    """A place from which the vehicles of a base leave and to which they come back. ``radius_m``: metres around it."""

    base: str
    place: Place
    radius_m: float

    def __post_init__(self) -> None:
        if not 0 < self.radius_m < float("inf"):
            raise InvalidProblem("not_a_radius", "radius_m", self.radius_m, "must be more than 0 metres")


class StretchKind(StrEnum):
    """What became of a stretch of legs. Only COMPLETE ones are round trips."""

    COMPLETE = "complete"
    NO_START = "no_start"  # began elsewhere than at the base
    NOT_BACK = "not_back"  # left the base, and left it again without having been seen to come back
    TOO_LONG = "too_long"  # away for more than 20 days
    OPEN = "open"  # left the base and is still under way where the legs end


@dataclass(frozen=True, slots=True)
class Stretch:
    """Legs of one vehicle in a row, from one stop at the base to the next."""

    kind: StretchKind
    legs: tuple[Leg, ...]

    @property
    def start(self) -> datetime:
        return self.legs[0].start

    @property
    def end(self) -> datetime:
        return self.legs[-1].end

    @property
    def km(self) -> float:
        """The sum of the legs' km, to the metre."""
        return round(sum(leg.km for leg in self.legs), 3)


class Stops(NamedTuple):
    """For each leg of a vehicle: does it start, and does it end, at a parking point of the base?"""

    starts_home: tuple[bool, ...]
    ends_home: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class VehicleDriving:
    """What one vehicle drove. ``jumps``: starts elsewhere than where the vehicle had stopped, so that a movement is
    missing."""

    vehicle: str
    base: str
    legs: tuple[Leg, ...]
    set_aside: tuple[SetAside, ...]
    stops: Stops
    stretches: tuple[Stretch, ...]
    jumps: tuple[datetime, ...]

    def round_trips(self) -> tuple[Trip, ...]:
        """The complete stretches as trips, with their legs as segments and without any place.

        ``Trip.id`` is "vehicle@start" (UTC offset as given), the same each time it is made from the same legs.
        """
        return tuple(
            Trip(
                id=f"{self.vehicle}@{stretch.start.isoformat()}",
                base=self.base,
                start=stretch.start,
                end=stretch.end,
                km=stretch.km,
                segments=tuple(Segment(leg.start, leg.end, leg.km) for leg in stretch.legs),
                vehicle=self.vehicle,
            )
            for stretch in self.stretches
            if stretch.kind is StretchKind.COMPLETE
        )


@dataclass(frozen=True, slots=True)
class Prepared:
    """The round trips of every vehicle, kept so that another parking point can be tried quickly.

    ``strangers``: legs of vehicles that belong to no base.
    """

    points: tuple[ParkingPoint, ...]
    vehicles: Mapping[str, VehicleDriving]
    strangers: tuple[Leg, ...]

    def round_trips(self) -> tuple[Trip, ...]:
        """The round trips of all vehicles, by vehicle and time."""
        return tuple(trip for driving in self.vehicles.values() for trip in driving.round_trips())

    def with_point(self, point: ParkingPoint) -> "Prepared":
        """The same legs with one more parking point. Only vehicles of its base that stopped there are done again."""
        vehicles = dict(self.vehicles)
        for vehicle, driving in self.vehicles.items():
            if driving.base == point.base:
                vehicles[vehicle] = _with_point(driving, point)
        return Prepared((*self.points, point), vehicles, self.strangers)


def prepare(legs: Iterable[Leg], *, points: Iterable[ParkingPoint], bases: Mapping[str, str]) -> Prepared:
    """Find the round trips. ``bases``: vehicle -> the base it belongs to; only that base's parking points count.

    A stop between two legs is seen twice, where the one ends and where the next starts, and is at the base where
    either is; so a fix that drifts, or is missing at one end, loses nothing. No leg is lost: each is in exactly one
    stretch, set aside, or a stranger's.
    """
    points = tuple(sorted(points, key=lambda each: (each.base, each.place.latitude, each.place.longitude)))
    known: list[Leg] = []
    strangers: list[Leg] = []
    for leg in legs:
        (known if leg.vehicle in bases else strangers).append(leg)
    kept, aside = clean(known)
    aside_of: dict[str, list[SetAside]] = {leg.vehicle: [] for leg in known}
    for each in aside:
        aside_of[each.leg.vehicle].append(each)
    vehicles: dict[str, VehicleDriving] = {}
    for vehicle in sorted(aside_of):
        own = kept.get(vehicle, ())
        homes = [point for point in points if point.base == bases[vehicle]]
        stops = _stops(own, homes)
        vehicles[vehicle] = VehicleDriving(
            vehicle=vehicle,
            base=bases[vehicle],
            legs=own,
            set_aside=tuple(aside_of[vehicle]),
            stops=stops,
            stretches=_stretches(own, stops),
            jumps=tuple(two.start for one, two in zip(own, own[1:], strict=False) if _is_jump(one, two)),
        )
    return Prepared(points, vehicles, tuple(sorted(strangers, key=lambda leg: (leg.vehicle, leg.start, leg.end))))


def _with_point(driving: VehicleDriving, point: ParkingPoint) -> VehicleDriving:
    near = _stops(driving.legs, [point])
    stops = Stops(
        tuple(a or b for a, b in zip(driving.stops.starts_home, near.starts_home, strict=True)),
        tuple(a or b for a, b in zip(driving.stops.ends_home, near.ends_home, strict=True)),
    )
    if stops == driving.stops:
        return driving
    return VehicleDriving(
        driving.vehicle, driving.base, driving.legs, driving.set_aside, stops, _stretches(driving.legs, stops),
        driving.jumps,
    )  # fmt: skip


def _stops(legs: tuple[Leg, ...], homes: list[ParkingPoint]) -> Stops:
    starts = [_is_home(leg.start_place, homes) for leg in legs]
    ends = [_is_home(leg.end_place, homes) for leg in legs]
    for number in range(1, len(legs)):
        if (starts[number] or ends[number - 1]) and not _is_jump(legs[number - 1], legs[number]):
            starts[number] = ends[number - 1] = True
    return Stops(tuple(starts), tuple(ends))


def _is_home(place: Place | None, homes: list[ParkingPoint]) -> bool:
    return place is not None and any(point.place.is_within(point.radius_m, place) for point in homes)


def _is_jump(one: Leg, two: Leg) -> bool:
    if one.end_place is None or two.start_place is None:
        return False
    return not one.end_place.is_within(SAME_STOP_M, two.start_place)


def _stretches(legs: tuple[Leg, ...], stops: Stops) -> tuple[Stretch, ...]:
    found: list[Stretch] = []
    under_way: list[Leg] = []
    left_base = False

    def close(kind: StretchKind) -> None:
        nonlocal left_base
        if under_way:
            found.append(Stretch(kind, tuple(under_way)))
            under_way.clear()
        left_base = False

    for leg, starts_home, ends_home in zip(legs, stops.starts_home, stops.ends_home, strict=True):
        if starts_home:
            close(StretchKind.NOT_BACK if left_base else StretchKind.NO_START)
            left_base = True
        elif left_base and leg.end - under_way[0].start > LONGEST:
            close(StretchKind.TOO_LONG)
        under_way.append(leg)
        if ends_home:
            close(StretchKind.COMPLETE if left_base else StretchKind.NO_START)
    close(StretchKind.OPEN if left_base else StretchKind.NO_START)
    return tuple(found)
