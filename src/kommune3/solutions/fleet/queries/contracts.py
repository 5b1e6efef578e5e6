# SPDX-License-Identifier: MPL-2.0
"""Contract km: how far a leased vehicle will have driven when its lease ends, and what that costs or gives back.

A forecast, not a promise: the km a day so far, carried on to the lease's last day.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Max, Min, Sum
from django.utils.translation import gettext as _

from kommune3.kernel import clock
from kommune3.solutions.fleet.models import OdometerReading, Ownership, Trip, Vehicle

LEAST_DAYS = 28
"""Fewer days than these say too little about a year."""
YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Forecast:
    """What a lease will come to.

    ``contract_km`` is for the whole lease. ``km_per_day`` comes from ``readings`` (first and last of the lease), or
    where there are none from ``trips_km`` driven in [trips_from, trips_to). ``driven_km``: since the lease began, up to
    ``known_on``. ``excess_dkk`` and ``refund_dkk`` are None where the contract says no price.
    """

    lease_start: date
    lease_end: date
    contract_km: int
    km_per_day: float
    driven_km: int
    known_on: date
    expected_km: int
    readings: tuple[OdometerReading, ...]
    trips_km: float | None
    trips_from: date | None
    trips_to: date | None
    excess_dkk: Decimal | None
    refund_dkk: Decimal | None

    @property
    def excess_km(self) -> int:
        """Km above the contract at the end of the lease; 0 where it stays below."""
        return max(0, self.expected_km - self.contract_km)

    @property
    def unused_km(self) -> int:
        """Km of the contract that will not be driven."""
        return max(0, self.contract_km - self.expected_km)


@dataclass(frozen=True)
class Contract:
    """A leased vehicle with its forecast, or what is missing for one."""

    vehicle: Vehicle
    forecast: Forecast | None
    missing: str = ""


def contracts_of(vehicles: Iterable[Vehicle], *, now: datetime) -> list[Contract]:
    """The forecast of each leased vehicle; two queries however many there are. ``readings`` should be prefetched."""
    leased = [vehicle for vehicle in vehicles if vehicle.ownership == Ownership.LEASED]
    without = [vehicle.pk for vehicle in leased if len(_in_lease(vehicle)) < 2]
    driven = _driven(without, now) if without else {}
    return [_contract(vehicle, driven.get(vehicle.pk)) for vehicle in leased]


@dataclass(frozen=True)
class _Driven:
    km: float
    since: date
    until: date


def _driven(vehicles: list[int], now: datetime) -> dict[int, _Driven]:
    """Km of the last year's trips by vehicle, and the days they cover."""
    rows = (
        Trip.objects.filter(vehicle__in=vehicles, start_at__gte=now - YEAR, start_at__lt=now)
        .values("vehicle")
        .annotate(km=Sum("km"), first=Min("start_at"), last=Max("start_at"))
        .order_by()
    )
    return {
        row["vehicle"]: _Driven(
            row["km"], clock.municipal_date(row["first"]), clock.municipal_date(row["last"]) + timedelta(days=1)
        )
        for row in rows
    }


def _contract(vehicle: Vehicle, driven: _Driven | None) -> Contract:
    lacking = [
        str(Vehicle._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
        for name in ("lease_start", "lease_end", "contract_km_year")
        if getattr(vehicle, name) is None
    ]
    if lacking:
        return Contract(vehicle, None, _("Not filled in: %(fields)s.") % {"fields": ", ".join(lacking)})
    readings = _in_lease(vehicle)
    if len(readings) >= 2 and (readings[-1].read_on - readings[0].read_on).days >= LEAST_DAYS:
        return Contract(vehicle, _from_readings(vehicle, readings))
    if driven is not None and (driven.until - driven.since).days >= LEAST_DAYS:
        return Contract(vehicle, _from_trips(vehicle, driven))
    return Contract(
        vehicle, None,
        _("Too little is known: two readings of the odometer at least %(days)s days apart, or trips over as long.")
        % {"days": LEAST_DAYS},
    )  # fmt: skip


def _in_lease(vehicle: Vehicle) -> tuple[OdometerReading, ...]:
    """The readings taken during the lease, oldest first."""
    start, end = vehicle.lease_start, vehicle.lease_end
    readings = sorted(vehicle.readings.all(), key=lambda reading: reading.read_on)
    return tuple(each for each in readings if start and end and start <= each.read_on < end)


def _from_readings(vehicle: Vehicle, readings: tuple[OdometerReading, ...]) -> Forecast:
    first, last = readings[0], readings[-1]
    per_day = (last.km - first.km) / (last.read_on - first.read_on).days
    assert vehicle.lease_start is not None
    before_first = per_day * (first.read_on - vehicle.lease_start).days
    return _forecast(vehicle, per_day, last.km - first.km + before_first, last.read_on, (first, last), None)


def _from_trips(vehicle: Vehicle, driven: _Driven) -> Forecast:
    per_day = driven.km / (driven.until - driven.since).days
    start, end = vehicle.lease_start, vehicle.lease_end
    assert start is not None and end is not None
    known_on = min(max(driven.until, start), end)
    return _forecast(vehicle, per_day, per_day * (known_on - start).days, known_on, (), driven)


def _forecast(
    vehicle: Vehicle,
    per_day: float,
    driven_km: float,
    known_on: date,
    readings: tuple[OdometerReading, ...],
    trips: _Driven | None,
) -> Forecast:
    start, end = vehicle.lease_start, vehicle.lease_end
    assert start is not None and end is not None and vehicle.contract_km_year is not None
    contract_km = round(vehicle.contract_km_year * lease_years(start, end))
    expected = round(driven_km + per_day * (end - known_on).days)
    return Forecast(
        lease_start=start,
        lease_end=end,
        contract_km=contract_km,
        km_per_day=per_day,
        driven_km=round(driven_km),
        known_on=known_on,
        expected_km=expected,
        readings=readings,
        trips_km=trips.km if trips else None,
        trips_from=trips.since if trips else None,
        trips_to=trips.until if trips else None,
        excess_dkk=_priced(max(0, expected - contract_km), vehicle.excess_dkk_per_km),
        refund_dkk=_priced(max(0, contract_km - expected), vehicle.refund_dkk_per_km),
    )


def _priced(km: int, price: Decimal | None) -> Decimal | None:
    return None if price is None else (km * price).quantize(Decimal("0.01"))


def lease_years(start: date, end: date) -> float:
    """The years of [start, end): whole months as they are counted in a contract, and the days left over."""
    months = (end.year - start.year) * 12 + end.month - start.month
    days = end.day - start.day
    return months / 12 + days / 365
