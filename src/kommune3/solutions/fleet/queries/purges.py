# SPDX-License-Identifier: MPL-2.0
"""What has been deleted for being too old, and how old what is left is."""

from datetime import datetime

from django.db.models import Min

from kommune3.kernel.access.actor import Actor
from kommune3.solutions.fleet.models import Purge
from kommune3.solutions.fleet.queries.overview import trips_of


def latest_purge() -> Purge | None:
    """The newest deletion."""
    return Purge.objects.first()


def oldest_trip_at(*, actor: Actor) -> datetime | None:
    """When the oldest trip that the actor may see began."""
    oldest: datetime | None = trips_of(actor).aggregate(oldest=Min("start_at"))["oldest"]
    return oldest
