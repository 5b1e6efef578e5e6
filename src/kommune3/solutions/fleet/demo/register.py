# SPDX-License-Identifier: MPL-2.0
"""What the register knows of the demo fleet: leases, odometers, services, chargers. Invented, the same each time."""

import random
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from django.db.models import Sum

from kommune3.kernel import clock
from kommune3.kernel.access.actor import system
from kommune3.kernel.clock import MUNICIPAL_ZONE
from kommune3.solutions.fleet.demo.places import TOWBAR
from kommune3.solutions.fleet.models import (
    Base,
    Charger,
    OdometerReading,
    Ownership,
    ServiceKind,
    Stay,
    Trip,
    Vehicle,
)
from kommune3.solutions.fleet.operations.register import save_charger, save_service_window

_ACTOR = system("fleet.demo")
_SUPPLIERS = ("Demoleasing A/S", "Kommunal Billeje (demo)")
_MONTHLY_DKK = {"Lille elbil": 2895, "Stor elbil": 3795, "Elvarevogn": 4350, "Lille benzinbil": 2450}
_CONTRACT_KM = (10_000, 12_500, 15_000, 20_000, 25_000, 30_000)
_EXCESS, _REFUND = Decimal("0.75"), Decimal("0.20")
_LEASE_YEARS = 3

# Base -> (name, outlets, kW per outlet), and the most power of the base's supply in kW.
_CHARGERS: dict[str, tuple[tuple[tuple[str, int, int], ...], int | None]] = {
    "Hjemmeplejen Grenaa": ((("Carport nord", 4, 11), ("Carport syd", 2, 11)), 44),
    "Hjemmeplejen Auning": ((("Carport", 2, 11),), None),
    "Hjemmeplejen Allingåbro": ((("Gavlen", 2, 11),), None),
    "Hjemmeplejen Glesborg": ((("Gavlen", 1, 11),), None),
    "Sygeplejen Grenaa": ((("P-pladsen", 4, 11),), 33),
    "Vej og Park Grenaa": ((("Garagen", 1, 22),), None),
    "Rådhuset Grenaa": ((("Torvet", 2, 22),), 32),
}
# Registration, days from today, from and until o'clock, how many days it lasts, reason, note.
_SERVICES: tuple[tuple[str, int, int, int, int, ServiceKind, str], ...] = (
    ("D1 003", 3, 8, 15, 0, ServiceKind.SERVICE, "30.000 km-eftersyn"),
    ("D1 009", 1, 7, 12, 2, ServiceKind.REPAIR, "Bremser"),
    ("D2 002", 8, 9, 11, 0, ServiceKind.INSPECTION, ""),
    ("D6 001", 5, 8, 10, 0, ServiceKind.TYRES, "Vinterdæk"),
    ("D6 002", 5, 10, 12, 0, ServiceKind.TYRES, "Vinterdæk"),
    ("D6 003", 5, 13, 15, 0, ServiceKind.TYRES, "Vinterdæk"),
    ("D7 004", 12, 7, 15, 4, ServiceKind.REPAIR, "Rustbehandling"),
    ("D8 001", -40, 8, 14, 0, ServiceKind.SERVICE, "Årligt eftersyn"),
)


def seed_register(*, now: datetime) -> None:
    """Tell the register of the demo's vehicles, which are there already with their trips."""
    today = clock.municipal_date(now)
    vehicles = list(Vehicle.objects.select_related("model", "base").order_by("registration"))
    driven = dict(Trip.objects.values_list("vehicle").annotate(km=Sum("km")).order_by())
    readings: list[OdometerReading] = []
    for vehicle in vehicles:
        dice = random.Random(f"lease:{vehicle.registration}")  # noqa: S311  a believable lease, not a secret
        km_year = float(driven.get(vehicle.pk) or 0)
        if vehicle.model.name in _MONTHLY_DKK and (vehicle.model.kind == "EV" or dice.random() < 0.35):
            _lease(vehicle, dice, km_year, today)
        _equip(vehicle)
        readings += _readings(vehicle, dice, km_year, today)
    Vehicle.objects.bulk_update(
        vehicles,
        ["valid_from", "ownership", "supplier", "lease_start", "lease_end", "lease_dkk_month", "contract_km_year",
         "excess_dkk_per_km", "refund_dkk_per_km", "use", "equipment"],
    )  # fmt: skip
    OdometerReading.objects.bulk_create(readings)
    _move_one(vehicles)
    _seed_chargers(now=now, today=today)
    _seed_services(now=now, today=today)


def _lease(vehicle: Vehicle, dice: random.Random, km_year: float, today: date) -> None:
    """A lease of three years that began some time ago; the contract fits most vehicles, and is too small for some."""
    began = (today - timedelta(days=dice.randint(200, 900))).replace(day=1)
    wanted = km_year * dice.choice((0.85, 1.0, 1.05, 1.2))
    vehicle.ownership = Ownership.LEASED
    vehicle.supplier = dice.choice(_SUPPLIERS)
    vehicle.valid_from = min(vehicle.valid_from, began)
    vehicle.lease_start, vehicle.lease_end = began, began.replace(year=began.year + _LEASE_YEARS)
    vehicle.lease_dkk_month = Decimal(_MONTHLY_DKK[vehicle.model.name] + dice.randrange(-4, 5) * 25)
    vehicle.contract_km_year = next((km for km in _CONTRACT_KM if km >= wanted), _CONTRACT_KM[-1])
    vehicle.excess_dkk_per_km, vehicle.refund_dkk_per_km = _EXCESS, _REFUND


def _equip(vehicle: Vehicle) -> None:
    if vehicle.base.name == "Rådhuset Grenaa":
        vehicle.use = "Puljebil"
        if vehicle.registration.endswith("003"):
            vehicle.equipment = [TOWBAR]
    elif vehicle.base.name.startswith("Hjemmeplejen"):
        vehicle.use = "Dag- og aftenvagt"


def _readings(vehicle: Vehicle, dice: random.Random, km_year: float, today: date) -> list[OdometerReading]:
    """The odometer when the lease began and at each service since; none for bikes."""
    if vehicle.model.kind not in ("EV", "FOSSIL"):
        return []
    start = vehicle.lease_start or today - timedelta(days=dice.randint(400, 1100))
    km: float = dice.randint(5, 60) if vehicle.lease_start else dice.randint(20_000, 90_000)
    found: list[OdometerReading] = []
    day = start
    while day <= today:
        found.append(OdometerReading(vehicle=vehicle, read_on=day, km=round(km), source="service" if found else ""))
        days = dice.randint(150, 210)
        day += timedelta(days=days)
        km += km_year * days / 365 * dice.uniform(0.93, 1.07)
    return found


def _move_one(vehicles: list[Vehicle]) -> None:
    """One car stood at the town hall before it came to the nurses."""
    moved = next((vehicle for vehicle in vehicles if vehicle.base.name == "Sygeplejen Grenaa"), None)
    before = Base.objects.filter(name="Rådhuset Grenaa").first()
    first_trip = Trip.objects.filter(vehicle=moved).order_by("start_at").first() if moved else None
    if moved is None or before is None or first_trip is None:
        return
    until = min(moved.valid_from + timedelta(days=120), clock.municipal_date(first_trip.start_at))
    if until > moved.valid_from:
        Stay.objects.create(vehicle=moved, base=before, valid_from=moved.valid_from, valid_to=until)


def _seed_chargers(*, now: datetime, today: date) -> None:
    for base in Base.objects.filter(name__in=_CHARGERS):
        points, limit = _CHARGERS[base.name]
        base.power_limit_kw = Decimal(limit) if limit else None
        base.save(update_fields=["power_limit_kw"])
        for name, outlets, power in points:
            charger = Charger(
                base=base, name=name, outlets=outlets, power_kw=Decimal(power), valid_from=date(today.year - 1, 1, 1)
            )
            save_charger(actor=_ACTOR, now=now, charger=charger)


def _seed_services(*, now: datetime, today: date) -> None:
    for registration, ahead, opens, closes, lasts, kind, note in _SERVICES:
        vehicle = Vehicle.objects.filter(registration=registration).first()
        if vehicle is None:
            continue
        first = today + timedelta(days=ahead)
        save_service_window(
            actor=_ACTOR, now=now, vehicle_id=vehicle.pk, starts_at=_at(first, opens),
            ends_at=_at(first + timedelta(days=lasts), closes), kind=kind, note=note,
        )  # fmt: skip


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), MUNICIPAL_ZONE).astimezone(UTC)
