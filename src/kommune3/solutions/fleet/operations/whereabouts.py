# SPDX-License-Identifier: MPL-2.0
"""Where keys and parking spaces are."""

from datetime import datetime

from django.db import transaction

from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.audit import log
from kommune3.solutions.fleet.models import Whereabouts
from kommune3.solutions.fleet.queries.bookings import MANAGE


@transaction.atomic
def save_whereabouts(*, actor: Actor, now: datetime, row: Whereabouts) -> Whereabouts:
    """Say where a vehicle's key and parking space are; whoever dispatches at its base may."""
    reach.require(actor, MANAGE, unit=row.vehicle.base.unit)
    row.save()
    log.record(
        actor=actor, action="fleet.whereabouts.saved", now=now, object=row.vehicle, unit_id=row.vehicle.base.unit_id
    )
    return row
