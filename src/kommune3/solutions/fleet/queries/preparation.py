# SPDX-License-Identifier: MPL-2.0
"""How well the driving of a period is explained by complete round trips, and what another parking point would give."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Max, Min
from fleetplan import tracks

from kommune3.kernel import clock
from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.solutions.fleet.models import Base, GpsSource, Leg, ParkingPoint, Vehicle
from kommune3.solutions.fleet.queries.tracks import base_of, load, point, vehicle_of, vehicles_at

MARGIN = timedelta(days=7)
"""Legs are read from so long before the period, and after it: round trips across its ends are then whole."""


@dataclass(frozen=True)
class Period:
    """Municipal days [first_day, end_day)."""

    first_day: date
    end_day: date

    @property
    def last_day(self) -> date:
        """The last day within the period."""
        return self.end_day - timedelta(days=1)

    @property
    def since(self) -> datetime:
        """Its first instant."""
        return clock.day_bounds(self.first_day)[0]

    @property
    def until(self) -> datetime:
        """The first instant after it."""
        return clock.day_bounds(self.end_day)[0]


@dataclass(frozen=True)
class BaseFigures:
    """The figures of a base; ``has_place``: whether anybody has said where it is."""

    base: Base
    figures: tracks.Figures
    has_place: bool


@dataclass(frozen=True)
class Preparation:
    """The bases the actor may see that have legs, their sum, and the sources that could not be asked last time."""

    period: Period
    bases: list[BaseFigures]
    total: tracks.Figures
    kept_since: datetime | None
    sources: list[GpsSource]


@dataclass(frozen=True)
class VehicleFigures:
    """The figures of a vehicle."""

    vehicle: Vehicle
    figures: tracks.Figures


@dataclass(frozen=True)
class BasePreparation:
    """A base in detail. ``prepared`` is for trying points; ``has_place`` as in :class:`BaseFigures`."""

    base: Base
    period: Period
    figures: tracks.Figures
    vehicles: list[VehicleFigures]
    points: list[ParkingPoint]
    prepared: tracks.Prepared
    has_place: bool


def usual_period(*, now: datetime) -> Period:
    """The last four weeks, up to yesterday."""
    today = clock.municipal_date(now)
    return Period(today - timedelta(days=28), today)


def get_preparation(*, actor: Actor, period: Period) -> Preparation:
    """The figures of every base the actor may see."""
    bases = {base.pk: base for base in reach.visible(actor, Base).select_related("unit", "address")}
    prepared = _load(list(bases), period)
    keys: dict[int, list[str]] = {}
    for key in prepared.vehicles:
        keys.setdefault(base_of(key), []).append(key)
    placed = set(ParkingPoint.objects.filter(base__in=bases).values_list("base_id", flat=True))
    rows = [
        BaseFigures(bases[pk], _measure(prepared, keys[pk], period), pk in placed or _is_placed(bases[pk]))
        for pk in keys if pk in bases
    ]  # fmt: skip
    shown = [row for row in rows if row.figures.legs]
    mine = [key for pk, own in keys.items() if pk in bases for key in own]
    return Preparation(
        period=period,
        bases=sorted(shown, key=lambda row: row.base.name),
        total=_measure(prepared, mine, period),
        kept_since=Leg.objects.filter(vehicle__base__in=bases).aggregate(first=Min("start_at"))["first"],
        sources=list(reach.visible(actor, GpsSource)),
    )


def get_base_preparation(*, actor: Actor, base_id: int, period: Period) -> BasePreparation:
    """A base in detail. Raises ``NotVisible``."""
    base = reach.get(actor, Base, base_id)
    prepared = _load([base.pk], period)
    own = [key for key in prepared.vehicles if base_of(key) == base.pk]
    vehicles = Vehicle.objects.in_bulk([vehicle_of(key) for key in own])
    rows = [VehicleFigures(vehicles[vehicle_of(key)], _measure(prepared, [key], period)) for key in own]
    points = list(base.parking_points.all())
    return BasePreparation(
        base=base,
        period=period,
        figures=_measure(prepared, own, period),
        vehicles=sorted((row for row in rows if row.figures.legs), key=lambda row: row.vehicle.registration),
        points=points,
        prepared=prepared,
        has_place=bool(points) or _is_placed(base),
    )


def try_point(found: BasePreparation, *, latitude: float, longitude: float, radius_m: int) -> tracks.Trial:
    """What a point would give. Degrees in WGS84."""
    tried = point(found.base.pk, latitude, longitude, radius_m)
    return tracks.try_point(found.prepared, tried, since=found.period.since, until=found.period.until)


def suggestions(found: BasePreparation) -> tuple[tracks.Candidate, ...]:
    """Places that would raise the precision of the base most."""
    return tracks.suggest(
        found.prepared, str(found.base.pk), since=found.period.since, until=found.period.until, most=3
    )


def newest_leg(*, actor: Actor) -> datetime | None:
    """When the newest leg at the actor's bases began; None where there are none."""
    found: datetime | None = Leg.objects.filter(vehicle__base__in=reach.visible(actor, Base)).aggregate(
        newest=Max("start_at")
    )["newest"]
    return found


def _load(bases: list[int], period: Period) -> tracks.Prepared:
    return load(vehicles_at(bases), since=period.since - MARGIN, until=period.until + MARGIN)


def _measure(prepared: tracks.Prepared, keys: list[str], period: Period) -> tracks.Figures:
    return tracks.measure(prepared, vehicles=set(keys), since=period.since, until=period.until)


def _is_placed(base: Base) -> bool:
    return base.address is not None and base.address.latitude is not None and base.address.longitude is not None
