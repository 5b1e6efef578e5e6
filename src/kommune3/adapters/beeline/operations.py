# SPDX-License-Identifier: MPL-2.0
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kommune3.adapters.beeline.models import Assumption
from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.audit import log


class InvalidAssumption(ValueError):
    """The figures cannot be assumed. ``field`` names the one, ``reason`` says why."""

    def __init__(self, field: str, reason: str | Promise) -> None:
        super().__init__(field, reason)
        self.field = field
        self.reason = reason


def assume(
    *,
    mode: str,
    valid_from: date,
    detour_factor: Decimal | None,
    detour_source: str,
    speed_km_h: Decimal | None,
    speed_source: str,
    actor: Actor,
    now: datetime,
) -> Assumption:
    """Say what holds for a way of travelling from a day on; the same day again replaces that day's row.

    Raises :class:`InvalidAssumption`, :class:`reach.Forbidden`.
    """
    reach.require(actor, "travel.assumptions.change")
    if detour_factor is not None and detour_factor < 1:
        raise InvalidAssumption("detour_factor", _("No road is shorter than the straight line: use 1 or more."))
    if speed_km_h is not None and speed_km_h <= 0:
        raise InvalidAssumption("speed_km_h", _("A speed is above 0."))
    if detour_factor is not None and not detour_source.strip():
        raise InvalidAssumption("detour_source", _("Say where the detour factor is from."))
    if speed_km_h is not None and not speed_source.strip():
        raise InvalidAssumption("speed_source", _("Say where the speed is from."))
    with transaction.atomic():
        assumption, _is_new = Assumption.objects.update_or_create(
            mode=mode,
            valid_from=valid_from,
            defaults={
                "detour_factor": detour_factor,
                "detour_source": detour_source.strip(),
                "speed_km_h": speed_km_h,
                "speed_source": speed_source.strip(),
            },
        )
        log.record(
            actor=actor,
            action="travel.assumptions.changed",
            now=now,
            object=assumption,
            detail={"mode": mode, "valid_from": valid_from.isoformat(), "detour_factor": str(detour_factor),
                    "speed_km_h": str(speed_km_h)},
        )  # fmt: skip
    return assumption
