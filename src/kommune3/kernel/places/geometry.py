# SPDX-License-Identifier: MPL-2.0
"""Points and polygons on the map, in degrees (WGS84), treated as flat: exact enough within a municipality."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Position = Sequence[float]


class InvalidGeometry(ValueError):
    """The GeoJSON is not a polygon that can be used. ``str()`` says why."""

    def __init__(self, reason: str | Promise) -> None:
        super().__init__(reason)


class NoCoordinates(LookupError):
    """The address has no coordinates yet. ``str()`` names it."""


class HasCoordinates(Protocol):
    """An address, or anything else with a latitude and a longitude."""

    latitude: float | None
    longitude: float | None


@dataclass(frozen=True)
class Point:
    """Degrees (WGS84): latitude north, longitude east. Raises ValueError outside the globe."""

    latitude: float
    longitude: float

    def __post_init__(self) -> None:
        if not (-90 <= self.latitude <= 90 and -180 <= self.longitude <= 180):
            raise ValueError(f"{self.latitude}, {self.longitude} is not on the globe")

    @classmethod
    def of(cls, address: HasCoordinates) -> "Point":
        """Where an address is; raises :class:`NoCoordinates`."""
        if address.latitude is None or address.longitude is None:
            raise NoCoordinates(str(address))
        return cls(address.latitude, address.longitude)


def checked(geometry: Any) -> dict[str, Any]:
    """A GeoJSON Polygon or MultiPolygon (RFC 7946); raises :class:`InvalidGeometry`."""
    if not isinstance(geometry, dict) or geometry.get("type") not in ("Polygon", "MultiPolygon"):
        raise InvalidGeometry(_("An area is a GeoJSON Polygon or MultiPolygon."))
    rings = list(_rings(geometry))
    if not rings:
        raise InvalidGeometry(_("An area has at least one ring."))
    for ring in rings:
        if not isinstance(ring, list) or len(ring) < 4 or ring[0] != ring[-1]:
            raise InvalidGeometry(_("A ring has at least four positions and ends where it began."))
        for position in ring:
            if not _is_position(position):
                raise InvalidGeometry(
                    _("“%(position)s” is not a position: [longitude, latitude].") % {"position": position}
                )
    return geometry


def contains(geometry: dict[str, Any], point: Point) -> bool:
    """Whether a point lies in a polygon, holes left out: a ray to the east crosses its rings an odd number of times.

    A point exactly on the western or southern edge counts as inside, on the eastern or northern as outside.
    """
    return any(sum(_crossings(ring, point) for ring in polygon) % 2 == 1 for polygon in _polygons(geometry))


def bounds(geometry: dict[str, Any]) -> tuple[float, float, float, float]:
    """The smallest box around: west, south, east, north in degrees."""
    longitudes, latitudes = zip(*((p[0], p[1]) for ring in _rings(geometry) for p in ring), strict=True)
    return min(longitudes), min(latitudes), max(longitudes), max(latitudes)


def _polygons(geometry: dict[str, Any]) -> list[list[list[Position]]]:
    coordinates = geometry.get("coordinates") or []
    return [coordinates] if geometry["type"] == "Polygon" else coordinates


def _rings(geometry: dict[str, Any]) -> Iterator[list[Position]]:
    polygons = _polygons(geometry)
    if not isinstance(polygons, list) or not all(isinstance(polygon, list) for polygon in polygons):
        raise InvalidGeometry(_("An area has at least one ring."))
    for polygon in polygons:
        yield from polygon


def _is_position(position: Any) -> bool:
    return (
        isinstance(position, list)
        and len(position) >= 2
        and all(isinstance(each, int | float) and not isinstance(each, bool) for each in position[:2])
        and -180 <= position[0] <= 180
        and -90 <= position[1] <= 90
    )


def _crossings(ring: list[Position], point: Point) -> int:
    count = 0
    for (x1, y1, *_a), (x2, y2, *_b) in zip(ring, ring[1:], strict=False):
        if (y1 > point.latitude) != (y2 > point.latitude):
            east = x1 + (point.latitude - y1) / (y2 - y1) * (x2 - x1)
            count += point.longitude < east
    return count
