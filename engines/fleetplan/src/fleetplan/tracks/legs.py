# SPDX-License-Identifier: MPL-2.0
"""Places and legs, the matter that tracks are made of."""

from dataclasses import dataclass
from datetime import datetime
from math import asin, cos, isfinite, radians, sin, sqrt

from fleetplan.errors import InvalidProblem

_EARTH_DIAMETER_M = 2 * 6_371_008.8  # mean radius, IUGG 1980
METRES_PER_DEGREE = 111_000.0
"""Of latitude; a little below the least on earth (110 574 m), so that what it rules out is surely too far away."""
_NO_FIX_DEGREES = 0.001
"""Trackers without a fix report 0, 0, some with noise in the last digits; no municipality lies there."""


@dataclass(frozen=True, slots=True)
class Place:
    """A point in WGS84 degrees. Raises InvalidProblem outside -90..90 and -180..180."""

    latitude: float
    longitude: float

    def __post_init__(self) -> None:
        for field, degrees, limit in (("latitude", self.latitude, 90), ("longitude", self.longitude, 180)):
            if not abs(degrees) <= limit:
                raise InvalidProblem("not_a_place", field, degrees, f"must be within {limit} degrees")

    def metres_to(self, other: "Place") -> float:
        """Metres along the great circle (haversine formula on a sphere: within 0.5 % of the ellipsoid)."""
        one, two = radians(self.latitude), radians(other.latitude)
        across = sin(radians(other.longitude - self.longitude) / 2)
        half = sin((two - one) / 2) ** 2 + cos(one) * cos(two) * across**2
        return _EARTH_DIAMETER_M * asin(min(1.0, sqrt(half)))

    def is_within(self, metres: float, other: "Place") -> bool:
        """Whether ``other`` is at most this far away; cheap where it is not near at all."""
        if abs(other.latitude - self.latitude) * METRES_PER_DEGREE > metres:
            return False
        return self.metres_to(other) <= metres


def place_at(latitude: float | None, longitude: float | None) -> Place | None:
    """What a tracker says as a place, or None where it says nothing: empty, not on earth, or the (0, 0) of no fix."""
    if latitude is None or longitude is None or not (isfinite(latitude) and isfinite(longitude)):
        return None
    if abs(latitude) > 90 or abs(longitude) > 180:
        return None
    return real(Place(latitude, longitude))


def real(place: Place | None) -> Place | None:
    """``place``, or None where it is the (0, 0) that trackers without a fix report."""
    if place is None or max(abs(place.latitude), abs(place.longitude)) >= _NO_FIX_DEGREES:
        return place
    return None


@dataclass(frozen=True, slots=True)
class Leg:
    """One movement of a vehicle between two stops: [start, end), km as the tracker counted them.

    ``start_place``/``end_place``: None where the tracker had no fix. Times and km may still be nonsense;
    :func:`fleetplan.tracks.clean` sets such legs aside. Raises InvalidProblem for an instant without a time zone.
    """

    vehicle: str
    start: datetime
    end: datetime
    km: float
    start_place: Place | None = None
    end_place: Place | None = None

    def __post_init__(self) -> None:
        for field, instant in (("start", self.start), ("end", self.end)):
            if instant.tzinfo is None:
                raise InvalidProblem("naive_instant", field, instant.isoformat(), "an instant needs a time zone")
