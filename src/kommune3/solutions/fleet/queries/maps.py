# SPDX-License-Identifier: MPL-2.0
"""Bases with what stands there."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.solutions.fleet.models import Base


@dataclass(frozen=True)
class PlacedBase:
    """A base with its coordinates (WGS84 degrees) and the vehicles standing there."""

    pk: int
    name: str
    unit: str
    latitude: float | None
    longitude: float | None
    vehicles: int
    electric: int = 0


def placed_bases(*, actor: Actor, on: date) -> list[PlacedBase]:
    """The bases the actor may see."""
    standing = Q(vehicles__valid_from__lte=on) & (Q(vehicles__valid_to=None) | Q(vehicles__valid_to__gt=on))
    rows = (
        reach.visible(actor, Base)
        .select_related("unit", "address")
        .annotate(
            n=Count("vehicles", filter=standing),
            electric=Count("vehicles", filter=standing & Q(vehicles__model__energy="ELECTRICITY")),
        )
    )
    return [
        PlacedBase(
            row.pk,
            row.name,
            row.unit.name,
            row.address.latitude if row.address else None,
            row.address.longitude if row.address else None,
            row.n,
            row.electric,
        )
        for row in rows
    ]
