# SPDX-License-Identifier: MPL-2.0
"""Switching a solution on or off on behalf of somebody."""

from datetime import datetime

from django.db import transaction

from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import WHOLE_MUNICIPALITY, Actor
from kommune3.kernel.audit import log
from kommune3.kernel.solutions import registry
from kommune3.kernel.solutions.access import SWITCH


def switch_solution(*, key: str, on: bool, actor: Actor, now: datetime) -> bool:
    """Switch a solution on or off for the whole municipality; returns whether that changed anything.

    Off, it has no addresses, no navigation and no jobs; its rows stay. Raises :class:`registry.UnknownSolution`,
    :class:`reach.Forbidden`.
    """
    if not actor.may(SWITCH, unit_path=WHOLE_MUNICIPALITY):
        raise reach.Forbidden
    with transaction.atomic():
        if registry.is_active(key) == on:
            return False
        registry.switch(key=key, on=on, now=now)
        log.record(
            actor=actor,
            action="solutions.switched_on" if on else "solutions.switched_off",
            now=now,
            detail={"key": key},
        )
    return True
