# SPDX-License-Identifier: MPL-2.0
"""Extra parking points of a base: added and removed. The trips are made anew afterwards, by a job."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.audit import log
from kommune3.solutions.fleet.errors import FleetError
from kommune3.solutions.fleet.models import Base, ParkingPoint
from kommune3.solutions.fleet.operations.imports import name_of

EDIT = "fleet.vehicles.edit"


class PointExists(FleetError):
    """The base has a parking point of that name."""


def add_point(
    *, actor: Actor, now: datetime, base_id: int, name: str, latitude: float, longitude: float, radius_m: int
) -> ParkingPoint:
    """Add a parking point. Degrees in WGS84. Raises :class:`PointExists`; ``NotVisible``/``Forbidden``."""
    base = reach.get(actor, Base, base_id, action=EDIT)
    try:
        with transaction.atomic():
            point = ParkingPoint.objects.create(
                base=base, name=name, latitude=latitude, longitude=longitude, radius_m=radius_m,
                created_by_name=name_of(actor), created_at=now,
            )  # fmt: skip
            log.record(
                actor=actor, action="fleet.parking.added", now=now, object=point, unit_id=base.unit_id,
                detail={"base": base.name, "radius_m": radius_m},
            )  # fmt: skip
            return point
    except IntegrityError as error:
        raise PointExists(_("The base already has a parking point called “%(name)s”.") % {"name": name}) from error


def remove_point(*, actor: Actor, now: datetime, point_id: int) -> Base:
    """Remove a parking point; returns its base. Raises ``NotVisible``/``Forbidden``."""
    with transaction.atomic():
        point = reach.get(actor, ParkingPoint, point_id, action=EDIT)
        log.record(
            actor=actor, action="fleet.parking.removed", now=now, object=point, unit_id=point.base.unit_id,
            detail={"base": point.base.name},
        )  # fmt: skip
        base = point.base
        point.delete()
        return base
