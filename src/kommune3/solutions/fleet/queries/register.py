# SPDX-License-Identifier: MPL-2.0
"""A vehicle with all that the register knows of it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Max, Sum

from kommune3.kernel import clock
from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.organisation.tree import in_force
from kommune3.solutions.fleet.models import (
    Base,
    Change,
    Charger,
    OdometerReading,
    Ownership,
    ServiceWindow,
    Trip,
    Vehicle,
    VehicleModel,
)
from kommune3.solutions.fleet.queries.contracts import Contract, contracts_of

SHOWN_CHANGES = 15
YEAR = timedelta(days=365)


@dataclass(frozen=True)
class StoodAt:
    """A base, and the days [since, until) on which the vehicle stood there; no ``until``: it still does."""

    base: Base
    since: date
    until: date | None


@dataclass(frozen=True)
class VehiclePage:
    """Everything the page of a vehicle tells. ``trips``/``km`` are of the last 365 days."""

    vehicle: Vehicle
    contract: Contract | None
    windows: list[ServiceWindow]
    readings: list[OdometerReading]
    places: list[StoodAt]
    changes: list[Change]
    change_count: int
    trips: int
    km: float
    newest_trip_at: datetime | None


def get_vehicle_page(*, actor: Actor, vehicle_id: int, now: datetime) -> VehiclePage:
    """A vehicle the actor may see; raises ``NotVisible``."""
    reach.get(actor, Vehicle, vehicle_id)
    vehicle = Vehicle.objects.select_related("model", "base__unit", "unit").get(pk=vehicle_id)
    trips = Trip.objects.filter(vehicle=vehicle, start_at__gte=now - YEAR).aggregate(
        n=Count("id"), km=Sum("km"), newest=Max("start_at")
    )
    contract = contracts_of([vehicle], now=now)[0] if vehicle.ownership == Ownership.LEASED else None
    changes = vehicle.changes.all()
    return VehiclePage(
        vehicle=vehicle,
        contract=contract,
        windows=list(vehicle.service_windows.order_by("-starts_at")),
        readings=list(vehicle.readings.all()),
        places=_places(vehicle),
        changes=list(changes[:SHOWN_CHANGES]),
        change_count=changes.count(),
        trips=trips["n"],
        km=trips["km"] or 0.0,
        newest_trip_at=trips["newest"],
    )


def _places(vehicle: Vehicle) -> list[StoodAt]:
    """Where the vehicle has stood, newest first."""
    earlier = [StoodAt(stay.base, stay.valid_from, stay.valid_to) for stay in vehicle.stays.select_related("base")]
    since = earlier[-1].until if earlier and earlier[-1].until else vehicle.valid_from
    return [StoodAt(vehicle.base, since, vehicle.valid_to), *reversed(earlier)]


def contracts(*, actor: Actor, now: datetime) -> list[Contract]:
    """The leased vehicles of today's fleet that the actor may see, the largest excess first, unknown ones last."""
    today = clock.municipal_date(now)
    leased = reach.visible(actor, Vehicle).filter(ownership=Ownership.LEASED, valid_from__lte=today)
    leased = leased.exclude(valid_to__lte=today).select_related("model", "base").prefetch_related("readings")
    found = contracts_of(leased, now=now)
    return sorted(
        found,
        key=lambda each: (
            each.forecast is None,
            -each.forecast.excess_km if each.forecast else 0,
            each.vehicle.registration,
        ),
    )


@dataclass(frozen=True)
class ModelPage:
    """A model of the catalogue with its vehicles in the actor's reach."""

    model: VehicleModel
    vehicles: list[Vehicle]
    changes: list[Change]


def get_model_page(*, actor: Actor, model_id: int) -> ModelPage:
    """A model; raises ``NotVisible``."""
    model = reach.get(actor, VehicleModel, model_id)
    vehicles = reach.visible(actor, Vehicle).filter(model=model).select_related("base").order_by("registration")
    return ModelPage(model, list(vehicles[:200]), list(model.changes.all()[:SHOWN_CHANGES]))


@dataclass(frozen=True)
class BaseCharging:
    """The chargers of a base on a day, and what they can give together in kW."""

    base: Base
    chargers: list[Charger]

    @property
    def power_kw(self) -> float:
        """All outlets together, or the base's limit where that is lower."""
        together = float(sum(charger.outlets * charger.power_kw for charger in self.chargers))
        limit = self.base.power_limit_kw
        return together if limit is None else min(together, float(limit))


def charging(*, actor: Actor, on: date) -> list[BaseCharging]:
    """The bases with chargers in force on a day, by name."""
    found = reach.visible(actor, Charger).filter(in_force(on)).select_related("base").order_by("base__name", "name")
    by_base: dict[int, BaseCharging] = {}
    for charger in found:
        by_base.setdefault(charger.base_id, BaseCharging(charger.base, [])).chargers.append(charger)
    return list(by_base.values())


def upcoming_windows(*, actor: Actor, since: datetime, until: datetime) -> list[ServiceWindow]:
    """Service windows that touch [since, until) of the vehicles the actor may see."""
    found = reach.visible(actor, ServiceWindow).filter(starts_at__lt=until, ends_at__gt=since)
    return list(found.select_related("vehicle__model", "vehicle__base").order_by("vehicle__registration", "starts_at"))
