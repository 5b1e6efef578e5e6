# SPDX-License-Identifier: MPL-2.0
"""Vehicles that somebody should look at: unused for long, or about to drive more than their contract."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max, OuterRef, Subquery

from kommune3.kernel import clock
from kommune3.kernel.organisation.tree import in_force
from kommune3.solutions.fleet.models import Trip, Vehicle
from kommune3.solutions.fleet.queries.contracts import Contract, contracts_of


@dataclass(frozen=True)
class Unused:
    """A vehicle without trips; ``last_trip_at`` is empty where it never had one."""

    vehicle: Vehicle
    last_trip_at: datetime | None


def unused(*, days: int, now: datetime) -> list[Unused]:
    """Vehicles of the fleet that have stood still for ``days`` days or more, or since they came.

    Only where trips are known of so late that one can tell: an import that is behind makes no vehicle unused. A vehicle
    that is in the workshop, or came less than ``days`` ago, is left out.
    """
    newest = Trip.objects.aggregate(newest=Max("end_at"))["newest"]
    if newest is None or newest < now - timedelta(days=min(days, 7)):
        return []
    limit, today = now - timedelta(days=days), clock.municipal_date(now)
    last = Trip.objects.filter(vehicle=OuterRef("pk")).order_by("-start_at").values("end_at")[:1]
    rows = (
        Vehicle.objects.filter(in_force(today), valid_from__lte=clock.municipal_date(limit))
        .exclude(service_windows__starts_at__lte=now, service_windows__ends_at__gt=now)
        .annotate(last_trip_at=Subquery(last))
        .select_related("base__unit")
    )
    return [Unused(row, row.last_trip_at) for row in rows if row.last_trip_at is None or row.last_trip_at <= limit]


def near_contract(*, per_cent: int, now: datetime) -> list[Contract]:
    """Leased vehicles that have driven ``per_cent`` of their contract km, or will have driven more than all of them."""
    vehicles = (
        Vehicle.objects.filter(in_force(clock.municipal_date(now)))
        .select_related("base__unit")
        .prefetch_related("readings")
    )
    return [
        contract
        for contract in contracts_of(vehicles, now=now)
        if contract.forecast is not None
        and (
            contract.forecast.excess_km or contract.forecast.driven_km * 100 >= contract.forecast.contract_km * per_cent
        )
    ]
