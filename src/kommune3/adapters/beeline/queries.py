# SPDX-License-Identifier: MPL-2.0
from django.db.models import QuerySet

from kommune3.adapters.beeline.models import Assumption


def assumptions() -> QuerySet[Assumption]:
    """Every row, by way of travelling, newest first. They are no secret."""
    return Assumption.objects.order_by("mode", "-valid_from")
