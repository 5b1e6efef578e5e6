# SPDX-License-Identifier: MPL-2.0
"""Real charging: batteries, chargers and what a kWh costs when. Plain frozen data, validated when built.

Units are in the names: kW, kWh (at the plug, as ``VehicleClass.energy_per_km`` is), kr per kWh, minutes.
"""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fleetplan.errors import InvalidProblem

MIDNIGHT = time(0)


def _whole_minute(name: str, instant: datetime) -> None:
    if instant.tzinfo is None:
        raise InvalidProblem("naive_instant", name, instant.isoformat(), "an instant needs a time zone")
    if instant.second or instant.microsecond:
        raise InvalidProblem("not_a_whole_minute", name, instant.isoformat(), "must be a whole minute")


def _positive(name: str, number: float) -> None:
    if not 0 < number < float("inf"):
        raise InvalidProblem("not_positive", name, number, "must be a finite number above zero")


@dataclass(frozen=True, slots=True)
class Battery:
    """What vehicles of a class carry and how fast they take it. A class with a battery obeys the rule of real charging.

    ``usable_share``: of ``battery_kwh``, what may be used; the rest is the reserve that is never touched.
    ``charge_kw``: the most the vehicle takes, whatever the charger gives.
    """

    class_id: str
    battery_kwh: float
    charge_kw: float
    usable_share: float = 1.0

    def __post_init__(self) -> None:
        _positive("battery_kwh", self.battery_kwh)
        _positive("charge_kw", self.charge_kw)
        if not 0 < self.usable_share <= 1:
            raise InvalidProblem("not_a_share", "usable_share", self.usable_share, "must be above 0 and at most 1")

    @property
    def usable_kwh(self) -> float:
        return self.battery_kwh * self.usable_share


@dataclass(frozen=True, slots=True)
class Charger:
    """``outlets`` alike at one base, numbered from 1: one vehicle at a time on each, with at most ``kw``."""

    id: str
    base: str
    outlets: int
    kw: float

    def __post_init__(self) -> None:
        _positive("outlets", self.outlets)
        _positive("kw", self.kw)


@dataclass(frozen=True, slots=True)
class EnergyPrice:
    """What a kWh costs from ``starts_at`` until ``ends_at`` before tariffs: the spot price. May be below zero."""

    starts_at: datetime
    ends_at: datetime
    dkk_per_kwh: float

    def __post_init__(self) -> None:
        _whole_minute("starts_at", self.starts_at)
        _whole_minute("ends_at", self.ends_at)
        if self.ends_at <= self.starts_at:
            raise InvalidProblem(
                "end_not_after_start", "ends_at", self.ends_at.isoformat(), "a price must end after it starts"
            )
        if not abs(self.dkk_per_kwh) < float("inf"):
            raise InvalidProblem("not_a_quantity", "dkk_per_kwh", self.dkk_per_kwh, "must be a finite number")


@dataclass(frozen=True, slots=True)
class Tariff:
    """What is paid per kWh on top of the spot price: grid, system, tax.

    It applies from ``opens`` to ``closes`` by the local clock (00:00 to 00:00 = all day; a tariff that closes before it
    opens runs over midnight), on local days from ``valid_from`` up to but not including ``valid_to``, in ``months``
    (1-12; empty = all). ``source`` says from where it is.
    """

    name: str
    dkk_per_kwh: float
    opens: time = MIDNIGHT
    closes: time = MIDNIGHT
    valid_from: date | None = None
    valid_to: date | None = None
    months: frozenset[int] = frozenset()
    source: str = ""

    def __post_init__(self) -> None:
        if not abs(self.dkk_per_kwh) < float("inf"):
            raise InvalidProblem("not_a_quantity", "dkk_per_kwh", self.dkk_per_kwh, "must be a finite number")
        for name, clock in (("opens", self.opens), ("closes", self.closes)):
            if clock.second or clock.microsecond:
                raise InvalidProblem("not_a_whole_minute", name, clock.isoformat(), "must be a whole minute")

    def applies(self, local: datetime) -> bool:
        """Whether it is paid at an instant given by the local clock."""
        day, clock = local.date(), local.time().replace(tzinfo=None)
        if self.valid_from is not None and day < self.valid_from:
            return False
        if self.valid_to is not None and day >= self.valid_to:
            return False
        if self.months and day.month not in self.months:
            return False
        if self.opens == self.closes:
            return True
        if self.opens < self.closes or self.closes == MIDNIGHT:
            return self.opens <= clock and (self.closes == MIDNIGHT or clock < self.closes)
        return clock >= self.opens or clock < self.closes


@dataclass(frozen=True)
class Charging:
    """The rule of real charging, for classes with a battery; the others keep range and rest.

    A vehicle starts at ``starts_at`` with ``start_share`` of its usable energy and has at least as much at ``ends_at``.
    It never has less than zero or more than all of it. What a trip uses is km x ``energy_per_km``, spread over the
    time it is out. It stands at one base, its home, whenever it is not out, drives trips of that base only (of the
    class's ``home`` and its pool where that is given), and charges there alone. ``site_kw``: base -> the most all
    chargers of the base may give together. ``prices`` must cover every instant of the period.
    """

    starts_at: datetime
    ends_at: datetime
    batteries: tuple[Battery, ...]
    chargers: tuple[Charger, ...]
    prices: tuple[EnergyPrice, ...] = ()
    tariffs: tuple[Tariff, ...] = ()
    site_kw: Mapping[str, float] = field(default_factory=dict)
    start_share: float = 1.0
    zone: str = "Europe/Copenhagen"

    def __post_init__(self) -> None:
        _whole_minute("starts_at", self.starts_at)
        _whole_minute("ends_at", self.ends_at)
        if self.ends_at <= self.starts_at:
            raise InvalidProblem(
                "end_not_after_start", "ends_at", self.ends_at.isoformat(), "the period must end after it starts"
            )
        if not 0 <= self.start_share <= 1:
            raise InvalidProblem("not_a_share", "start_share", self.start_share, "must be between 0 and 1")
        for base, kw in self.site_kw.items():
            if not 0 <= kw < float("inf"):
                raise InvalidProblem("not_a_quantity", f"site_kw.{base}", kw, "must be a finite number of zero or more")
        for name, ids in (
            ("batteries", [b.class_id for b in self.batteries]),
            ("chargers", [c.id for c in self.chargers]),
        ):
            for index, one in enumerate(ids):
                if one in ids[:index]:
                    raise InvalidProblem("duplicate_id", f"{name}[{index}]", one, "is used twice")
        try:
            ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise InvalidProblem("unknown_zone", "zone", self.zone, "no such time zone") from error


@dataclass(frozen=True, slots=True)
class Charge:
    """A vehicle at an outlet from ``starts_at`` until ``ends_at``; it takes ``kwh`` at even power, for ``dkk``."""

    class_id: str
    number: int
    base: str
    charger_id: str
    outlet: int
    starts_at: datetime
    ends_at: datetime
    kwh: float
    dkk: Decimal


@dataclass(frozen=True, slots=True)
class ChargingFigures:
    """What all charges of the period come to.

    ``bound_dkk``: no charging of this fleet costs less while each class drives the trips it does.
    """

    kwh: float
    dkk: Decimal
    bound_dkk: Decimal | None = None


@dataclass(frozen=True, slots=True)
class PriceSteps:
    """What a kWh costs, tariffs included: ``dkk_per_kwh[i]`` from ``starts[i]`` until ``starts[i + 1]``."""

    starts: tuple[datetime, ...]  # one more than prices: the last one is the end
    dkk_per_kwh: tuple[float, ...]

    def dkk(self, starts_at: datetime, ends_at: datetime, kwh: float) -> float:
        """What ``kwh`` taken at even power cost."""
        total = 0.0
        length = (ends_at - starts_at) / timedelta(hours=1)
        index = bisect_right(self.starts, starts_at) - 1
        while index < len(self.dkk_per_kwh) and self.starts[index] < ends_at:
            begins, stops = max(starts_at, self.starts[index]), min(ends_at, self.starts[index + 1])
            total += self.dkk_per_kwh[index] * kwh * ((stops - begins) / timedelta(hours=1)) / length
            index += 1
        return total


def price_steps(charging: Charging) -> PriceSteps:
    """Spot price and tariffs over the period as steps. Raises InvalidProblem for an hour without price, or with two."""
    rows = sorted(charging.prices, key=lambda price: price.starts_at)
    reached = charging.starts_at
    inside = []
    for before, after in zip(rows, rows[1:], strict=False):
        if after.starts_at < before.ends_at:
            raise InvalidProblem(
                "two_prices", "charging.prices", after.starts_at.isoformat(), "this hour has more than one price"
            )
    for row in rows:
        if row.ends_at <= charging.starts_at or row.starts_at >= charging.ends_at:
            continue
        if row.starts_at > reached:
            break
        inside.append(row)
        reached = row.ends_at
    if reached < charging.ends_at:
        raise InvalidProblem(
            "hour_without_price", "charging.prices", reached.isoformat(), "no price from this instant on"
        )
    zone = ZoneInfo(charging.zone)
    edges = {charging.starts_at.astimezone(UTC)} | {
        max(row.starts_at, charging.starts_at).astimezone(UTC) for row in inside
    }
    day = charging.starts_at.astimezone(zone).date()
    last = charging.ends_at.astimezone(zone).date()
    clocks = {MIDNIGHT} | {clock for tariff in charging.tariffs for clock in (tariff.opens, tariff.closes)}
    while charging.tariffs and day <= last:
        for clock in clocks:
            for fold in (0, 1):
                edge = datetime.combine(day, clock, zone).replace(fold=fold).astimezone(UTC)
                if charging.starts_at < edge < charging.ends_at:
                    edges.add(edge)
        day += timedelta(days=1)
    starts = sorted(edges)
    begins = [row.starts_at for row in inside]
    prices = []
    for start in starts:
        local = start.astimezone(zone)
        spot = inside[bisect_right(begins, start) - 1].dkk_per_kwh
        prices.append(spot + sum(tariff.dkk_per_kwh for tariff in charging.tariffs if tariff.applies(local)))
    return PriceSteps((*starts, charging.ends_at.astimezone(UTC)), tuple(prices))
