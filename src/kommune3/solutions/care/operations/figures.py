# SPDX-License-Identifier: MPL-2.0
"""From how many carers or citizens on a leader's figure is shown."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from kommune3.kernel import clock
from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.audit import log
from kommune3.solutions.care.errors import InvalidRow
from kommune3.solutions.care.models import FigureLimit

EDIT_WEIGHTS = "care.weights.edit"


@transaction.atomic
def set_limit(*, actor: Actor, now: datetime, limit: FigureLimit) -> FigureLimit:
    """Let a new limit hold from its day on, which is not in the past. Raises ``Forbidden``; :class:`InvalidRow`."""
    reach.require(actor, EDIT_WEIGHTS)
    if limit.valid_from is None or limit.valid_from < clock.municipal_date(now):
        raise InvalidRow({"valid_from": _("A new limit holds from today on at the earliest.")})
    if limit.fewest < 1:
        raise InvalidRow({"fewest": _("The fewest is at least 1, which hides nothing.")})
    FigureLimit.objects.filter(valid_from=limit.valid_from).delete()
    limit.set_by_name, limit.set_at = actor.name, now
    limit.save()
    log.record(
        actor=actor, action="care.figure_limit.set", now=now, object=limit,
        detail={"fewest": limit.fewest, "valid_from": str(limit.valid_from)},
    )  # fmt: skip
    return limit
