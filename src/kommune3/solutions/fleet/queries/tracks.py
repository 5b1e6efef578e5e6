# SPDX-License-Identifier: MPL-2.0
"""Stored legs and parking points as the engine takes them, and back.

To the engine a vehicle is "vehicle@base": one that moved is another vehicle afterwards, so that each leg is measured by
the parking points of the base it belonged to that day.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime

from django.db.models import Q
from fleetplan import tracks

from kommune3.kernel import clock
from kommune3.solutions.fleet.models import Base, Leg, ParkingPoint, Stay, Vehicle

BASE_RADIUS_M = 200
"""Round the base's own address: a municipal car park with the streets beside it. Another radius is a parking point."""
_PLACES = ("start_latitude", "start_longitude", "end_latitude", "end_longitude")


class Standings:
    """Where vehicles stood, day by day."""

    def __init__(self, vehicles: Collection[int]) -> None:
        self._now = dict(Vehicle.objects.filter(pk__in=vehicles).order_by().values_list("pk", "base_id"))
        self._stays: dict[int, list[tuple[date, date, int]]] = defaultdict(list)
        stays = Stay.objects.filter(vehicle__in=vehicles).values_list("vehicle_id", "valid_from", "valid_to", "base_id")
        for vehicle, since, until, base in stays:
            self._stays[vehicle].append((since, until, base))

    def key(self, vehicle: int, at: datetime) -> str:
        """What the engine calls the vehicle at an instant."""
        base = self._now[vehicle]
        if vehicle in self._stays:
            day = clock.municipal_date(at)
            for since, until, earlier in self._stays[vehicle]:
                if since <= day < until:
                    base = earlier
        return f"{vehicle}@{base}"


def vehicle_of(key: str) -> int:
    """The vehicle that the engine calls ``key``."""
    return int(key.partition("@")[0])


def base_of(key: str) -> int:
    """The base that the vehicle of ``key`` belongs to."""
    return int(key.partition("@")[2])


def vehicles_at(bases: Collection[int]) -> list[int]:
    """Vehicles that stand, or once stood, at one of the bases."""
    return list(
        Vehicle.objects.filter(Q(base__in=bases) | Q(stays__base__in=bases))
        .order_by()
        .distinct()
        .values_list("pk", flat=True)
    )


def points_of(bases: Collection[int]) -> list[tracks.ParkingPoint]:
    """Where the vehicles of the bases are at home: the bases' addresses and the extra parking points."""
    placed = Base.objects.filter(pk__in=bases, address__latitude__isnull=False, address__longitude__isnull=False)
    found = [
        point(base, latitude, longitude, BASE_RADIUS_M)
        for base, latitude, longitude in placed.values_list("pk", "address__latitude", "address__longitude")
        if latitude is not None and longitude is not None
    ]
    extra = ParkingPoint.objects.filter(base__in=bases).values_list("base_id", "latitude", "longitude", "radius_m")
    return found + [point(*row) for row in extra]


def point(base: int, latitude: float, longitude: float, radius_m: float) -> tracks.ParkingPoint:
    """A parking point as the engine takes it."""
    return tracks.ParkingPoint(str(base), tracks.Place(latitude, longitude), radius_m)


def load(vehicles: Collection[int], *, since: datetime | None = None, until: datetime | None = None) -> tracks.Prepared:
    """The round trips of vehicles from their legs that start in [since, until)."""
    legs = list(_legs(vehicles, since, until))
    bases = {leg.vehicle: str(base_of(leg.vehicle)) for leg in legs}
    return tracks.prepare(legs, points=points_of({base_of(key) for key in bases}), bases=bases)


def _legs(vehicles: Collection[int], since: datetime | None, until: datetime | None) -> Iterator[tracks.Leg]:
    rows = Leg.objects.filter(vehicle__in=vehicles).order_by()
    if since is not None:
        rows = rows.filter(start_at__gte=since)
    if until is not None:
        rows = rows.filter(start_at__lt=until)
    standings = Standings(vehicles)
    columns = ("vehicle_id", "start_at", "end_at", "km", *_PLACES)
    for vehicle, start_at, end_at, km, one_lat, one_lon, two_lat, two_lon in rows.values_list(*columns).iterator():
        yield tracks.Leg(
            standings.key(vehicle, start_at), start_at, end_at, km,
            tracks.place_at(one_lat, one_lon), tracks.place_at(two_lat, two_lon),
        )  # fmt: skip


def as_row(vehicle: int, leg: tracks.Leg) -> Leg:
    """A leg as it is stored."""
    row = Leg(vehicle_id=vehicle, start_at=leg.start, end_at=leg.end, km=leg.km)
    if leg.start_place is not None:
        row.start_latitude, row.start_longitude = leg.start_place.latitude, leg.start_place.longitude
    if leg.end_place is not None:
        row.end_latitude, row.end_longitude = leg.end_place.latitude, leg.end_place.longitude
    return row


def in_batches(vehicles: Iterable[int], size: int) -> Iterator[list[int]]:
    """Vehicles, some at a time, in order."""
    ordered = sorted(set(vehicles))
    for first in range(0, len(ordered), size):
        yield ordered[first : first + size]
