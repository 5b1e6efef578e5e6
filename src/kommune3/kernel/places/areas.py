# SPDX-License-Identifier: MPL-2.0
"""Named areas: school districts, care districts, winter routes."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from kommune3.kernel.places import geometry
from kommune3.kernel.places.geometry import Point
from kommune3.kernel.places.models import Area


def keep(*, kind: str, name: str, polygon: Any) -> Area:
    """Add the area, or give the one of this kind and name a new polygon; raises :class:`geometry.InvalidGeometry`."""
    west, south, east, north = geometry.bounds(geometry.checked(polygon))
    box = {"west": west, "south": south, "east": east, "north": north}
    with transaction.atomic():
        area, _is_new = Area.objects.update_or_create(kind=kind, name=name, defaults={"polygon": polygon, **box})
    return area


def contains(area: Area, point: Point) -> bool:
    """Whether the point lies in the area."""
    return geometry.contains(area.polygon, point)


def at(point: Point, *, kind: str = "") -> list[Area]:
    """The areas (of one kind, where given) that the point lies in, by name."""
    near: QuerySet[Area] = Area.objects.filter(
        west__lte=point.longitude, east__gte=point.longitude, south__lte=point.latitude, north__gte=point.latitude
    )
    if kind:
        near = near.filter(kind=kind)
    return [area for area in near.order_by("kind", "name") if contains(area, point)]
