# SPDX-License-Identifier: MPL-2.0
"""Limits and targets: dated rows, set and changed."""

from datetime import datetime

from django.db import transaction

from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.audit import log
from kommune3.solutions.fleet.models import Limit, Target

EDIT_LIMITS = "fleet.limits.edit"
EDIT_TARGETS = "fleet.targets.edit"


def save_limit(*, actor: Actor, now: datetime, limit: Limit) -> Limit:
    """Set a limit from a day on, or correct one. For the whole municipality."""
    with transaction.atomic():
        reach.require(actor, EDIT_LIMITS)
        limit.save()
        log.record(
            actor=actor, action="fleet.limit.saved", now=now, object=limit,
            detail={"kind": limit.kind, "value": limit.value},
        )  # fmt: skip
        return limit


def save_target(*, actor: Actor, now: datetime, target: Target) -> Target:
    """Set a target for a unit, or correct one; the actor must hold the right there, and in the unit it leaves."""
    with transaction.atomic():
        reach.require(actor, EDIT_TARGETS, unit=target.unit)
        if target.pk is not None:
            reach.get(actor, Target, target.pk, action=EDIT_TARGETS)
        target.save()
        log.record(
            actor=actor, action="fleet.target.saved", now=now, object=target, unit_id=target.unit_id,
            detail={"measure": target.measure, "value": str(target.value)},
        )  # fmt: skip
        return target


def remove_target(*, actor: Actor, now: datetime, target_id: int) -> None:
    """Give a target up. Raises ``NotVisible``/``Forbidden``."""
    with transaction.atomic():
        target = reach.get(actor, Target, target_id, action=EDIT_TARGETS)
        log.record(
            actor=actor, action="fleet.target.removed", now=now, object=target, unit_id=target.unit_id,
            detail={"measure": target.measure, "value": str(target.value)},
        )  # fmt: skip
        target.delete()
