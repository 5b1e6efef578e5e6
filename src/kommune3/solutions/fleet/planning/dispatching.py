# SPDX-License-Identifier: MPL-2.0
"""The bookings of a day as the engine's question: which vehicles there are, in what state, and who must keep theirs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import fleetplan
from django.db.models import Q

from kommune3.kernel import clock
from kommune3.kernel.organisation.tree import in_force
from kommune3.solutions.fleet.models import (
    Base,
    Booking,
    BookingState,
    Charger,
    Energy,
    Kind,
    LimitKind,
    PoolBase,
    PoolWay,
    Rate,
    RateKind,
    RateSet,
    ServiceWindow,
    Vehicle,
)
from kommune3.solutions.fleet.planning.rates import rates_in_force
from kommune3.solutions.fleet.queries.limits import limits_in_force

NEW = "new"
"""The engine's name for a booking that is not written down yet."""
LEAST = timedelta(minutes=1)
_CARS = frozenset({fleetplan.Kind.EV, fleetplan.Kind.FOSSIL})
_PRICE = {Energy.ELECTRICITY: RateKind.PRICE_ELECTRICITY, Energy.PETROL: RateKind.PRICE_PETROL,
          Energy.DIESEL: RateKind.PRICE_DIESEL, Energy.HVO: RateKind.PRICE_HVO}  # fmt: skip
_CO2E = {Energy.ELECTRICITY: RateKind.CO2E_ELECTRICITY, Energy.PETROL: RateKind.CO2E_PETROL,
         Energy.DIESEL: RateKind.CO2E_DIESEL, Energy.HVO: RateKind.CO2E_HVO}  # fmt: skip


@dataclass(frozen=True)
class Terms:
    """The limits of bookings in force on a day; None where one is switched off."""

    freeze_minutes: int | None
    change_dkk: int
    changeover_minutes: int
    ahead_days: int | None


@dataclass(frozen=True)
class Prices:
    """What a km costs by model, and in an employee's own car. Not ``is_known``: a figure is missing, all count as 0."""

    is_known: bool
    dkk: Mapping[int, float]
    kg: Mapping[int, float]
    own_dkk: float = 0.0
    own_kg: float = 0.0
    social_dkk_per_t: float | None = None


@dataclass(frozen=True)
class Situation:
    """A day of bases that share vehicles, ready for the engine; vehicles and bookings in play by the engine's names."""

    day: date
    bases: Sequence[Base]
    vehicles: Mapping[str, Vehicle]
    bookings: Mapping[str, Booking]
    question: fleetplan.Day
    prices: Prices


def name_of(booking: Booking) -> str:
    """The engine's name for a booking."""
    return NEW if booking.pk is None else str(booking.pk)


def terms_on(day: date) -> Terms:
    """The limits of bookings in force on a day."""
    rows = limits_in_force(on=day)

    def value(kind: LimitKind) -> int | None:
        return rows[kind].value if kind in rows else None

    return Terms(
        value(LimitKind.FREEZE_MINUTES), value(LimitKind.CHANGE_DKK) or 0, value(LimitKind.CHANGEOVER_MINUTES) or 0,
        value(LimitKind.AHEAD_DAYS),
    )  # fmt: skip


def together(base: Base) -> list[Base]:
    """The bases of one pool, or the base alone: their bookings are allocated as one."""
    pool = PoolBase.objects.filter(base=base).values("pool")
    pooled = list(Base.objects.filter(pooled__pool__in=pool).order_by("pk"))
    return pooled or [base]


def _ways(bases: Sequence[Base]) -> dict[tuple[int, int], fleetplan.Fetch]:
    """(where a vehicle stands, where it is needed) -> what fetching it takes; without a way, that back counts."""
    found: dict[tuple[int, int], fleetplan.Fetch] = {}
    rows = PoolWay.objects.filter(from_base__in=bases, to_base__in=bases)
    for row in rows:
        fetch = fleetplan.Fetch(float(row.minutes), float(row.km))
        found[row.from_base_id, row.to_base_id] = fetch
        found.setdefault((row.to_base_id, row.from_base_id), fetch)
    return found


def is_fixed(booking: Booking, *, terms: Terms, now: datetime) -> bool:
    """Whether the booking keeps its vehicle: fetched, pinned, over, or about to begin."""
    if booking.vehicle_id is None:
        return False
    if booking.state in (BookingState.STARTED, BookingState.RETURNED) or booking.is_pinned or booking.end_at <= now:
        return True
    return terms.freeze_minutes is not None and booking.start_at - timedelta(minutes=terms.freeze_minutes) <= now


def situation(
    bases: Sequence[Base],
    day: date,
    *,
    now: datetime,
    wish: Booking | None = None,
    forced: Mapping[str, int] | None = None,
) -> Situation:
    """The day as it stands. ``wish``: a booking to try, new or changed. ``forced``: booking -> vehicle it must have."""
    start, end = clock.day_bounds(day)
    rows = _rows(bases, start, end, wish)
    last = max([end, *(row.end_at for row in rows)])
    if last > end:
        end = clock.day_bounds(clock.municipal_date(last))[1]
        rows = _rows(bases, start, end, wish)
    terms = terms_on(day)
    vehicles = list(
        Vehicle.objects.filter(in_force(day), base__in=bases).select_related("model", "base").order_by("registration")
    )
    closed = _closed(vehicles, start, end)
    known = {vehicle.pk for vehicle in vehicles}
    prices = prices_on(day, vehicles)
    in_play: dict[str, Booking] = {}
    wanted = []
    for row in sorted(rows, key=lambda each: (each.created_at, each.pk or 0)):
        fixed = is_fixed(row, terms=terms, now=now) or (row.vehicle_id is not None and row.start_at < start)
        if row is wish and row.state != BookingState.STARTED:
            fixed = False
        must_have = (forced or {}).get(name_of(row))
        if fixed and must_have is None and row.vehicle_id not in known:
            continue
        if fixed and row.state not in (BookingState.STARTED, BookingState.RETURNED) and _is_out(row, closed):
            fixed = False
        in_play[name_of(row)] = row
        wanted.append(asked(row, now=now, is_fixed=fixed, must_have=must_have))
    question = fleetplan.Day(
        cars=_cars(vehicles, closed, bases, prices, day),
        bookings=tuple(wanted),
        start=start,
        changeover_minutes=terms.changeover_minutes,
        change_worth=terms.change_dkk,
        own_dkk_per_km=prices.own_dkk,
        own_kg_per_km=prices.own_kg,
        zone=clock.MUNICIPAL_ZONE.key,
    )
    return Situation(day, bases, {str(each.pk): each for each in vehicles}, in_play, question, prices)


def prices_on(day: date, vehicles: Iterable[Vehicle]) -> Prices:
    """Kroner and kg per km by the municipality's own rates in force on a day."""
    rate_set = RateSet.objects.filter(is_default=True).first()
    rates = rates_in_force(Rate.objects.filter(rate_set=rate_set), day) if rate_set else {}
    told = {kind: float(rate.value) for kind, rate in rates.items() if rate.value is not None}
    dkk: dict[int, float] = {}
    kg: dict[int, float] = {}
    try:
        for model in {vehicle.model for vehicle in vehicles}:
            if model.energy == Energy.NONE:
                dkk[model.pk] = kg[model.pk] = 0.0
                continue
            per_km = float(model.energy_per_km)  # type: ignore[arg-type]  # TypeError where nobody has told
            dkk[model.pk] = per_km * told[_PRICE[Energy(model.energy)]]
            kg[model.pk] = per_km * told[_CO2E[Energy(model.energy)]]
        own_kg = told[RateKind.CO2E_PETROL] / told[RateKind.OWN_CAR_KM_PER_LITRE]
        return Prices(
            True, dkk, kg, told[RateKind.ALLOWANCE_HIGH], own_kg, told.get(RateKind.SOCIAL_DKK_PER_T)
        )  # fmt: skip
    except (KeyError, TypeError, ZeroDivisionError):
        return Prices(False, {}, {})


def _rows(bases: Sequence[Base], start: datetime, end: datetime, wish: Booking | None) -> list[Booking]:
    rows = (
        Booking.objects.filter(base__in=bases, start_at__lt=end, end_at__gt=start)
        .exclude(state__in=[BookingState.CANCELLED, BookingState.UNSERVED])
        .select_related("person")
    )
    if wish is None:
        return list(rows)
    return [*rows.exclude(pk=wish.pk), wish] if wish.pk else [*rows, wish]


def _closed(vehicles: Sequence[Vehicle], start: datetime, end: datetime) -> dict[int, list[fleetplan.Closed]]:
    found: dict[int, list[fleetplan.Closed]] = {}
    windows = ServiceWindow.objects.filter(vehicle__in=vehicles, starts_at__lt=end, ends_at__gt=start)
    for window in windows:
        found.setdefault(window.vehicle_id, []).append(fleetplan.Closed(window.starts_at, window.ends_at))
    return found


def _is_out(booking: Booking, closed: Mapping[int, list[fleetplan.Closed]]) -> bool:
    """Whether the booking's vehicle is out of service during it."""
    windows = closed.get(booking.vehicle_id or 0, [])
    return any(booking.start_at < window.end and window.start < booking.end_at for window in windows)


def asked(row: Booking, *, now: datetime, is_fixed: bool = False, must_have: int | None = None) -> fleetplan.Booking:
    """A booking as the engine sees it. Who is under way longer than booked has the vehicle until now at least."""
    start, end, km = row.start_at, row.end_at, row.km
    if row.state == BookingState.STARTED:
        end = max(end, now)
    elif row.state == BookingState.RETURNED:
        end = max(start + LEAST, row.returned_at or end)
        km = row.driven_km if row.driven_km is not None else km
    told = must_have if must_have is not None else row.vehicle_id
    return fleetplan.Booking(
        id=name_of(row), base=str(row.base_id), start=start, end=end, km=km, needs=frozenset(row.needs),
        kinds=frozenset(fleetplan.Kind) if row.by_bike else _CARS, priority=row.priority,
        told=None if told is None else str(told), is_frozen=must_have is not None or is_fixed,
    )  # fmt: skip


def _cars(
    vehicles: Sequence[Vehicle],
    closed: Mapping[int, list[fleetplan.Closed]],
    bases: Sequence[Base],
    prices: Prices,
    day: date,
) -> tuple[fleetplan.Car, ...]:
    power, ways = _power(vehicles, bases, day), _ways(bases)
    cars = []
    for vehicle in vehicles:
        model = vehicle.model
        per_km = float(model.energy_per_km or 0)
        kw = min(power.get(vehicle.base_id, 0.0), float(model.charge_kw or 0)) if model.kind == Kind.EV else 0.0
        cars.append(
            fleetplan.Car(
                id=str(vehicle.pk),
                kind=fleetplan.Kind[model.kind],
                bases=_served(vehicle, ways),
                dkk_per_km=prices.dkk.get(model.pk, 0.0),
                kg_per_km=prices.kg.get(model.pk, 0.0),
                capabilities=fittings_of(vehicle),
                range_km=None if model.kind == Kind.FOSSIL or model.range_km is None else float(model.range_km),
                charge_km_per_hour=kw / per_km if per_km else 0.0,
                closed=tuple(closed.get(vehicle.pk, ())),
            )
        )
    return tuple(cars)


def _served(vehicle: Vehicle, ways: Mapping[tuple[int, int], fleetplan.Fetch]) -> dict[str, fleetplan.Fetch]:
    """The bases the vehicle serves: its own, and those of the pool there is a way to. Bikes stay."""
    served = {str(vehicle.base_id): fleetplan.Fetch()}
    if vehicle.model.kind not in (Kind.BIKE, Kind.E_BIKE):
        served |= {str(there): fetch for (home, there), fetch in ways.items() if home == vehicle.base_id}
    return served


def fittings_of(vehicle: Vehicle) -> frozenset[str]:
    """What the vehicle has, by its model and of its own."""
    return frozenset([*vehicle.model.capabilities, *vehicle.equipment])


def _power(vehicles: Sequence[Vehicle], bases: Sequence[Base], day: date) -> dict[int, float]:
    """Base -> kW for each electric car, where there is an outlet for every one of them; else none is counted on."""
    electric: dict[int, int] = {}
    for vehicle in vehicles:
        electric[vehicle.base_id] = electric.get(vehicle.base_id, 0) + (vehicle.model.kind == Kind.EV)
    outlets: dict[int, int] = {}
    weakest: dict[int, float] = {}
    valid = Q(valid_from__lte=day) & (Q(valid_to=None) | Q(valid_to__gt=day))
    for charger in Charger.objects.filter(valid, base__in=bases):
        outlets[charger.base_id] = outlets.get(charger.base_id, 0) + charger.outlets
        kw = float(charger.power_kw)
        weakest[charger.base_id] = min(kw, weakest.get(charger.base_id, kw))
    found = {}
    limits = {base.pk: base.power_limit_kw for base in bases}
    for base_id, kw in weakest.items():
        if outlets[base_id] >= electric.get(base_id, 0) > 0:
            limit = limits[base_id]
            found[base_id] = min(kw, float(limit) / electric[base_id]) if limit is not None else kw
    return found
