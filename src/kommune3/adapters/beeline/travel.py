# SPDX-License-Identifier: MPL-2.0
"""The provider: great-circle distance, times a factor, at a speed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import asin, ceil, cos, radians, sin, sqrt

from django.utils.translation import gettext as _

from kommune3.adapters.beeline.models import Assumption
from kommune3.kernel import clock
from kommune3.kernel.places.geometry import Point
from kommune3.kernel.places.travel import Leg, Mode, Route, Table

EARTH_RADIUS_KM = 6371.0088  # mean radius R1 of the Earth. Source: Moritz, Geodetic Reference System 1980


def great_circle_km(origin: Point, destination: Point) -> float:
    """Kilometres along the surface of a sphere, by the haversine formula; within 0.6 % of the real Earth."""
    south, north = radians(origin.latitude), radians(destination.latitude)
    half_height = sin((north - south) / 2) ** 2
    half_width = cos(south) * cos(north) * sin(radians(destination.longitude - origin.longitude) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * asin(min(1.0, sqrt(half_height + half_width)))


def leg(*, origin: Point, destination: Point, mode: Mode, now: datetime) -> Leg:
    """The way as the crow flies, with what is assumed on the day. Always an estimate."""
    assumed = _assumed(mode, now)
    km = great_circle_km(origin, destination) * assumed.detour
    return Leg(None if assumed.speed is None else km / assumed.speed * 60, km, True, assumed.source)


def table(*, points: Sequence[Point], mode: Mode, now: datetime) -> Table:
    """The ways as the crow flies, with what is assumed on the day, rounded up. Always an estimate."""
    assumed = _assumed(mode, now)
    metres = [[ceil(great_circle_km(one, other) * assumed.detour * 1000) for other in points] for one in points]
    return Table(
        seconds=tuple(tuple(assumed.seconds(each) for each in row) for row in metres),
        metres=tuple(tuple(row) for row in metres),
        is_estimate=True,
        source=assumed.source,
    )


def route(*, origin: Point, destination: Point, mode: Mode, now: datetime) -> Route:
    """A straight line, as long as the way is assumed to be. Always an estimate."""
    assumed = _assumed(mode, now)
    metres = ceil(great_circle_km(origin, destination) * assumed.detour * 1000)
    return Route((origin, destination), assumed.seconds(metres), metres, True, assumed.source)


@dataclass(frozen=True)
class _Assumed:
    detour: float
    speed: float | None
    source: str

    def seconds(self, metres: int) -> int | None:
        return None if self.speed is None else ceil(metres * 3.6 / self.speed)


def _assumed(mode: Mode, now: datetime) -> _Assumed:
    row = (
        Assumption.objects.filter(mode=mode.value, valid_from__lte=clock.municipal_date(now))
        .order_by("-valid_from")
        .first()
    )
    if row is None or row.detour_factor is None:
        return _Assumed(1.0, None, _("Straight line; no detour factor is set."))
    source = _("Straight line × %(factor)s (%(source)s).") % {"factor": row.detour_factor, "source": row.detour_source}
    if row.speed_km_h is None:
        return _Assumed(float(row.detour_factor), None, source)
    speed = _("%(speed)s km/h (%(source)s).") % {"speed": row.speed_km_h, "source": row.speed_source}
    return _Assumed(float(row.detour_factor), float(row.speed_km_h), f"{source} {speed}")
