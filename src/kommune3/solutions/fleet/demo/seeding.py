# SPDX-License-Identifier: MPL-2.0
"""Putting the demo fleet in."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from django.db import transaction

from kommune3.kernel import clock
from kommune3.kernel.demo.norddjurs import TOWNS
from kommune3.kernel.demo.seed import unit_id
from kommune3.kernel.organisation.models import Unit
from kommune3.kernel.places.models import Address
from kommune3.solutions.fleet.demo.bookings import seed_bookings
from kommune3.solutions.fleet.demo.places import BASES, MODELS, BasePlan
from kommune3.solutions.fleet.demo.pools import seed_pools
from kommune3.solutions.fleet.demo.register import seed_register
from kommune3.solutions.fleet.demo.tracks import seed_tracks
from kommune3.solutions.fleet.demo.year import drives_of
from kommune3.solutions.fleet.models import Base, ImportState, Rate, RateSet, Trip, TripImport, Vehicle, VehicleModel
from kommune3.solutions.fleet.operations import daily

DAYS = 365
_LAST_DAY_OFFSET = timedelta(days=1)
_NAME = "Demoture fra flådesystemet"


@transaction.atomic
def seed(*, now: datetime) -> bool:
    """Put vehicles, bases and a year of trips up to yesterday in; False, having done nothing, where they are there."""
    if Base.objects.filter(name=BASES[0].name).exists():
        return False
    first_day = clock.municipal_date(now) - timedelta(days=DAYS)
    models = {name: VehicleModel.objects.create(name=name, **values) for name, values in MODELS.items()}
    trip_import = _history(now)
    trips: list[Trip] = []
    for plan in BASES:
        base = _base(plan)
        vehicles = _vehicles(plan, base, models, first_day)
        trips += _trips(plan, base, vehicles, first_day, trip_import)
    Trip.objects.bulk_create(trips, batch_size=2000)
    trip_import.rows_read = trip_import.rows_good = len(trips)
    trip_import.first_start_at = min(trip.start_at for trip in trips)
    trip_import.last_end_at = max(trip.end_at for trip in trips)
    trip_import.save()
    _fill_rates()
    seed_tracks(now=now)
    seed_register(now=now)
    seed_pools(now=now)
    seed_bookings(now=now)
    daily.mark_everything()
    daily.recount_all()
    return True


def _history(now: datetime) -> TripImport:
    root = Unit.objects.get(pk=unit_id("norddjurs"))
    return TripImport.objects.create(
        unit=root, file_name=_NAME, state=ImportState.COMMITTED, encoding="utf-8", delimiter=";", decimal_separator=",",
        created_by_name="Demo", created_at=now, decided_at=now,
    )  # fmt: skip


def _base(plan: BasePlan) -> Base:
    town = next(town for town in TOWNS if town.name == plan.town)
    # Bases of one town would hide each other on the map: each stands a few hundred metres from the centre.
    place = [other.name for other in BASES if other.town == plan.town].index(plan.name)
    address = Address.objects.create(
        street=plan.street, postcode=town.postcode, town=town.post_town,
        latitude=town.latitude + 0.006 * (place % 2) - 0.004 * (place // 2), longitude=town.longitude + 0.014 * place,
    )  # fmt: skip
    return Base.objects.create(unit_id=unit_id(plan.unit), name=plan.name, address=address)


def _vehicles(plan: BasePlan, base: Base, models: dict[str, VehicleModel], first_day: date) -> list[Vehicle]:
    """Registrations tell the base and a running number; no such plate is issued in Denmark."""
    prefix = f"D{BASES.index(plan) + 1}"
    names = [name for name, count in plan.vehicles.items() for _ in range(count)]
    return Vehicle.objects.bulk_create(
        Vehicle(
            base=base, model=models[name], registration=f"{prefix} {number:03}", external_id=f"{prefix}-{number:03}",
            valid_from=first_day.replace(month=1, day=1),
        )
        for number, name in enumerate(names, start=1)
    )  # fmt: skip


def _trips(
    plan: BasePlan, base: Base, vehicles: list[Vehicle], first_day: date, trip_import: TripImport
) -> Iterator[Trip]:
    number = 0
    for offset in range(DAYS):
        day = first_day + timedelta(days=offset)
        for drive in drives_of(plan.name, plan.work, len(vehicles), day):
            number += 1
            yield Trip(
                base=base, vehicle=vehicles[drive.vehicle], external_id=f"{vehicles[0].registration[:2]}-{number}",
                start_at=drive.start_at.astimezone(UTC), end_at=drive.end_at.astimezone(UTC), km=drive.km,
                needs=list(drive.needs), trip_import=trip_import,
            )  # fmt: skip


def _fill_rates() -> None:
    """The demo municipality counts with the comparison's energy prices and factors, and says so."""
    told = {rate.kind: rate for rate in Rate.objects.filter(rate_set__is_fixed=True)}
    for rate in Rate.objects.filter(rate_set=RateSet.objects.get(is_default=True), value=None):
        rate.value = told[rate.kind].value
        rate.source = "Demo: overtaget fra “Sammenligning 2022”. Ret til kommunens egen pris."
        rate.save()
