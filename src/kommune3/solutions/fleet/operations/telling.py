# SPDX-License-Identifier: MPL-2.0
"""Telling the fleet managers of vehicles to look at. Each occasion is told once."""

from datetime import datetime

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from kommune3.kernel import clock, notify
from kommune3.kernel.access.actor import Actor
from kommune3.solutions.fleet.models import LimitKind, Vehicle
from kommune3.solutions.fleet.queries import attention, limits
from kommune3.ui.numbers import format_instant, format_number

FLEET_MANAGER = "fleet_manager"


def tell(*, actor: Actor, now: datetime) -> int:
    """Send a message for each vehicle that a limit in force points at; returns how many persons' messages were new."""
    in_force = limits.limits_in_force(on=clock.municipal_date(now))
    sent = 0
    with translation.override("da"):
        for kind, told in ((LimitKind.UNUSED_DAYS, _tell_unused), (LimitKind.CONTRACT_PER_CENT, _tell_contracts)):
            limit = in_force.get(kind)
            if limit is not None and limit.value is not None:
                sent += told(limit.value, actor, now)
    return sent


def _tell_unused(days: int, actor: Actor, now: datetime) -> int:
    sent = 0
    for found in attention.unused(days=days, now=now):
        last = found.last_trip_at
        since = f"{last:%Y-%m-%d}" if last else "never"
        body = (
            _("Its last trip ended %(at)s. Could another base use it?") % {"at": format_instant(last)}
            if last
            else _("No trip of it is known. Is its number in the fleet system right?")
        )
        title = _("%(vehicle)s has stood still for more than %(days)s days") % {
            "vehicle": found.vehicle.registration, "days": days,
        }  # fmt: skip
        sent += _send(found.vehicle, title, body, f"fleet.unused:{found.vehicle.pk}:{since}", actor, now)
    return sent


def _tell_contracts(per_cent: int, actor: Actor, now: datetime) -> int:
    sent = 0
    for contract in attention.near_contract(per_cent=per_cent, now=now):
        forecast, vehicle = contract.forecast, contract.vehicle
        assert forecast is not None
        reached = forecast.driven_km * 100 >= forecast.contract_km * per_cent
        figures = {
            "vehicle": vehicle.registration, "driven": format_number(forecast.driven_km, 0),
            "contract": format_number(forecast.contract_km, 0), "expected": format_number(forecast.expected_km, 0),
            "end": format_instant(forecast.lease_end), "per_cent": per_cent,
        }  # fmt: skip
        title = (
            _("%(vehicle)s has driven %(per_cent)s per cent of its contract km") % figures
            if reached
            else _("%(vehicle)s is on the way to more than its contract km") % figures
        )
        body = (
            _("%(driven)s of %(contract)s km are driven; at this pace it will be %(expected)s km on %(end)s.") % figures
        )
        occasion = "reached" if reached else "ahead"
        key = f"fleet.contract:{vehicle.pk}:{forecast.lease_end.isoformat()}:{occasion}"
        sent += _send(vehicle, title, body, key, actor, now)
    return sent


def _send(vehicle: Vehicle, title: str, body: str, key: str, actor: Actor, now: datetime) -> int:
    return len(
        notify.send(
            to=notify.HoldersOf(FLEET_MANAGER, vehicle.base.unit), title=title, body=body, key=key,
            url=reverse("fleet:vehicle", args=[vehicle.pk]), level=notify.Level.WARNING, by_email=False, actor=actor,
            now=now,
        )
    )  # fmt: skip
