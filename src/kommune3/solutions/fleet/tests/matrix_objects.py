# SPDX-License-Identifier: MPL-2.0
"""Something of each kind for the matrix of addresses x roles: in the own unit, and in the other."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from persons import NOW, Persons

from kommune3.kernel.organisation.models import Unit
from kommune3.solutions.fleet.models import (
    Base,
    Booking,
    Charger,
    ColumnMapping,
    EnergyTariff,
    GpsSource,
    LegDelivery,
    Limit,
    OdometerReading,
    ParkingPoint,
    Plan,
    PlanVehicle,
    Pool,
    PoolBase,
    PriceFile,
    Rate,
    RateSet,
    RegisterImport,
    Run,
    ServiceWindow,
    Target,
    Trial,
    TripImport,
    Vehicle,
    VehicleModel,
)

Factory = Callable[[Persons], dict[str, Any]]


def _in_both(make: Callable[[Unit, str], int]) -> Factory:
    return lambda persons: {
        "own unit": make(persons.own_team, "own"), "other unit": make(persons.other_unit, "other"),
    }  # fmt: skip


def _base(unit: Unit, name: str) -> Base:
    return Base.objects.get_or_create(name=name, defaults={"unit": unit})[0]


def _model() -> VehicleModel:
    return VehicleModel.objects.get_or_create(name="Elbil", defaults={"kind": "EV", "energy": "ELECTRICITY"})[0]


def _vehicle(unit: Unit, name: str) -> int:
    return Vehicle.objects.create(
        base=_base(unit, name), model=_model(), registration=name, valid_from=date(2020, 1, 1)
    ).pk


def _known_vehicle(unit: Unit, name: str) -> Vehicle:
    """The vehicle that the row's address names too: the first of its unit."""
    return Vehicle.objects.filter(base=_base(unit, name)).first() or Vehicle.objects.get(pk=_vehicle(unit, name))


def _window(unit: Unit, name: str) -> int:
    return ServiceWindow.objects.create(
        vehicle=_known_vehicle(unit, name), starts_at=NOW, ends_at=NOW + timedelta(hours=1)
    ).pk


def _reading(unit: Unit, name: str) -> int:
    return OdometerReading.objects.create(vehicle=_known_vehicle(unit, name), read_on=date(2026, 1, 1), km=1).pk


def _charger(unit: Unit, name: str) -> int:
    return Charger.objects.create(base=_base(unit, name), name=name, power_kw=11, valid_from=date(2026, 1, 1)).pk


def _pool(unit: Unit, name: str) -> int:
    pool = Pool.objects.create(unit=unit, name=f"{name}, pool {Pool.objects.count()}")
    for place in ("east", "west"):
        base = _base(unit, f"{name}, {place}")
        PoolBase.objects.filter(base=base).delete()
        PoolBase.objects.create(pool=pool, base=base)
    return pool.pk


def _register_import(unit: Unit, name: str) -> int:
    return RegisterImport.objects.create(
        unit=unit, register="VEHICLES", file_name=name, created_by_name="", created_at=NOW
    ).pk


def _import(unit: Unit, name: str) -> int:
    return TripImport.objects.create(unit=unit, file_name=name, state="READY", created_by_name="", created_at=NOW).pk


def _run(unit: Unit, name: str) -> int:
    run, _ = Run.objects.get_or_create(
        unit=unit, title=name,
        defaults={
            "period_start": date(2026, 1, 1), "period_end": date(2026, 2, 1), "created_by_name": "", "created_at": NOW,
            "rate_set": RateSet.objects.get(is_fixed=True), "state": "FINISHED", "status": "OPTIMAL",
            "finished_at": NOW, "checked_at": NOW,
        },
    )  # fmt: skip
    return run.pk


def _plan_vehicle(unit: Unit, name: str) -> int:
    plan = Plan.objects.create(
        run_id=_run(unit, name), kind="PROPOSED", vehicles=1, fixed_dkk=0, energy_dkk=0, allowance_dkk=0, social_dkk=0,
        co2e_kg=0, km=0, unserved_km=0, unserved_trips=0,
    )  # fmt: skip
    return PlanVehicle.objects.create(plan=plan, base=_base(unit, name), model=_model(), number=1).pk


def _point(unit: Unit, name: str) -> int:
    return Plan.objects.create(
        run_id=_run(unit, name), kind="FRONT", position=1, vehicles=1, fixed_dkk=0, energy_dkk=0, allowance_dkk=0,
        social_dkk=0, co2e_kg=0, km=0, unserved_km=0, unserved_trips=0, has_assignments=True,
    ).pk  # fmt: skip


def _deleted_run(unit: Unit, name: str) -> int:
    Run.with_deleted.filter(pk=(pk := _run(unit, f"{name}, deleted"))).update(deleted_at=NOW)
    return pk


def _target(unit: Unit, name: str) -> int:
    return Target.objects.create(
        unit=unit, measure="KM", value=1000, set_on=date(2026, 1, 1), due_date=date(2027, 1, 1), source=name
    ).pk


def _trial(unit: Unit, name: str) -> int:
    run = Run.objects.get(pk=_run(unit, name))
    return Trial.objects.create(
        unit=unit, run=run, kind="HOLDOUT", title=name, period_start=run.period_start, period_end=run.period_end,
        created_by_name="", created_at=NOW, state="FINISHED", finished_at=NOW, checked_at=NOW,
    ).pk  # fmt: skip


def _booking(unit: Unit, name: str) -> int:
    return Booking.objects.create(
        base=_base(unit, name), start_at=NOW, end_at=NOW.replace(hour=12), km=10, created_at=NOW
    ).pk


def _price_file() -> int:
    return PriceFile.objects.create(name="elspotprices.csv", imported_at=NOW, imported_by_name="", prices=0).pk


def _tariff() -> int:
    return EnergyTariff.objects.create(name="Grid", dkk_per_kwh=1, valid_from=date(2026, 1, 1), source="Price list").pk


def _source(unit: Unit, name: str) -> int:
    return GpsSource.objects.create(
        unit=unit, name=name, kind="TRACCAR", address="https://traccar.example.dk", secret=b"x",
        first_date=date(2026, 1, 1), created_by_name="", created_at=NOW,
    ).pk  # fmt: skip


def _delivery(unit: Unit, name: str) -> int:
    return LegDelivery.objects.create(
        unit=unit, vehicle_id=_vehicle(unit, f"{name} spor"), state="DONE", created_by_name="", created_at=NOW
    ).pk


def _point(unit: Unit, name: str) -> int:
    return ParkingPoint.objects.create(
        base=_base(unit, name), name=name, latitude=56.4, longitude=10.8, created_by_name="", created_at=NOW
    ).pk


def _mapping(unit: Unit, name: str) -> int:
    return ColumnMapping.objects.create(
        unit=unit, name=name, reading={"columns": {}}, created_by_name="", created_at=NOW
    ).pk


OBJECTS: dict[str, Factory] = {
    "booking_id": _in_both(_booking),
    "secret": lambda persons: {"own": "no-such-address"},
    "base_id": _in_both(lambda unit, name: _base(unit, name).pk),
    "vehicle_id": _in_both(_vehicle),
    "model_id": lambda persons: {"own": _model().pk},
    "window_id": _in_both(_window),
    "reading_id": _in_both(_reading),
    "charger_id": _in_both(_charger),
    "pool_id": _in_both(_pool),
    "register_import_id": _in_both(_register_import),
    "register": lambda persons: {"own": "vehicles"},
    "api-fleet:register_export:kind": lambda persons: {"own": "vehicles"},
    "api-fleet:register_export:form": lambda persons: {"own": "csv"},
    "fleet:register_export:form": lambda persons: {"own": "csv"},
    "import_id": _in_both(_import),
    "source_id": _in_both(_source),
    "delivery_id": _in_both(_delivery),
    "point_id": _in_both(_point),
    "mapping_id": _in_both(_mapping),
    "run_id": _in_both(_run),
    "trial_id": _in_both(_trial),
    "fleet:trial_export:form": lambda persons: dict.fromkeys(("own unit", "other unit", "own"), "csv"),
    "plan_vehicle_id": _in_both(_plan_vehicle),
    "plan_id": _in_both(_point),
    "fleet:run_restore:run_id": _in_both(_deleted_run),
    "api-fleet:run_restore:run_id": _in_both(_deleted_run),
    "rate_set_id": lambda persons: {"own": RateSet.objects.get(is_default=True).pk},
    "rate_id": lambda persons: {"own": Rate.objects.filter(rate_set__is_default=True).first().pk},  # type: ignore[union-attr]
    "price_file_id": lambda persons: {"own": _price_file()},
    "tariff_id": lambda persons: {"own": _tariff()},
    "limit_id": lambda persons: {"own": Limit.objects.filter(kind="SMALL_NUMBER").first().pk},  # type: ignore[union-attr]
    "target_id": _in_both(_target),
    "fleet:dashboard:name": lambda persons: {"own": "km"},
    "fleet:limit_new:kind": lambda persons: {"own": "SMALL_NUMBER"},
    "api-fleet:dashboard:name": lambda persons: {"own": "km"},
    "fleet:run_export:form": lambda persons: dict.fromkeys(("own unit", "other unit", "own"), "csv"),
}
