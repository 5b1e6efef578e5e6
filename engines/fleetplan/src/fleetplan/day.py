# SPDX-License-Identifier: MPL-2.0
"""A day's bookings and the vehicles that can take them: the question of :mod:`fleetplan.dispatch` and its answer.

Instants are timezone-aware, intervals half-open. Kroner (``dkk``) and kg CO2e are of the day, not of a year.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from functools import cached_property
from zoneinfo import ZoneInfo

from fleetplan.errors import InvalidProblem
from fleetplan.problem import Kind

GAP = 2e-5
"""The relative gap up to which an allocation counts as proven best: a few øre a day."""

_CAR_KINDS = frozenset({Kind.EV, Kind.FOSSIL})


def _quantity(name: str, number: float | None) -> None:
    if number is not None and not 0 <= number < float("inf"):
        raise InvalidProblem("not_a_quantity", name, number, "must be a finite number of zero or more")


def _interval(start: datetime, end: datetime) -> None:
    for name, instant in (("start", start), ("end", end)):
        if instant.tzinfo is None:
            raise InvalidProblem("naive_instant", name, instant.isoformat(), "an instant needs a time zone")
    if end <= start:
        raise InvalidProblem("end_not_after_start", "end", end.isoformat(), "must come after the start")


@dataclass(frozen=True, slots=True)
class Fetch:
    """What it takes to fetch a car that stands at another base: minutes and km, each way."""

    minutes: float = 0.0
    km: float = 0.0

    def __post_init__(self) -> None:
        _quantity("minutes", self.minutes)
        _quantity("km", self.km)


@dataclass(frozen=True, slots=True)
class Closed:
    """An interval [start, end) in which a car is out of service."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        _interval(self.start, self.end)


@dataclass(frozen=True, slots=True)
class Car:
    """One vehicle, with its own state.

    ``bases``: the bases it serves and what fetching it takes there; its home has an empty :class:`Fetch`.
    ``range_km`` None: no limit. ``left_km``: range left at ``Day.start`` (None = full);
    ``charge_km_per_hour``: range won while it stands idle, up to ``range_km``.
    """

    id: str
    kind: Kind
    bases: Mapping[str, Fetch]
    dkk_per_km: float = 0.0
    kg_per_km: float = 0.0
    capabilities: frozenset[str] = frozenset()
    range_km: float | None = None
    left_km: float | None = None
    charge_km_per_hour: float = 0.0
    closed: tuple[Closed, ...] = ()

    def __post_init__(self) -> None:
        for name in ("dkk_per_km", "kg_per_km", "range_km", "left_km", "charge_km_per_hour"):
            _quantity(name, getattr(self, name))


@dataclass(frozen=True, slots=True)
class Booking:
    """A wish for a vehicle in [start, end) from ``base`` and back, for ``km``.

    ``needs``: fittings the car must have. ``kinds``: what may be given; bikes only where the wish says so.
    ``priority``: higher is served first. ``told``: the car that somebody has been told; a told booking goes before one
    that nobody has been promised a car for. ``is_frozen``: keeps its told car whatever happens.
    """

    id: str
    base: str
    start: datetime
    end: datetime
    km: float
    needs: frozenset[str] = frozenset()
    kinds: frozenset[Kind] = _CAR_KINDS
    priority: int = 0
    told: str | None = None
    is_frozen: bool = False

    def __post_init__(self) -> None:
        _interval(self.start, self.end)
        _quantity("km", self.km)
        if self.is_frozen and self.told is None:
            raise InvalidProblem("frozen_without_car", "told", None, "a frozen booking has a car")


class DayGoal(StrEnum):
    """What is minimised once as many bookings as possible are served."""

    CASH = "cash"  # kr
    CO2E = "co2e"  # kg


@dataclass(frozen=True)
class Day:
    """The whole question. The order of ``bookings`` is the order in which they were made.

    A car's next booking starts no earlier than ``changeover_minutes`` after the last one's end. ``change_worth``: a
    told car is changed only where that gains more than this (kr or kg, as the goal is); it is the price of a change.
    ``own_*``: what a km in an employee's own car costs, which is what an unserved booking comes to.
    Bikes take bookings shorter than ``bike_max_km`` within ``bike_slots``, local times of day in ``zone``.
    """

    cars: tuple[Car, ...]
    bookings: tuple[Booking, ...]
    start: datetime
    goal: DayGoal = DayGoal.CASH
    changeover_minutes: float = 0.0
    change_worth: float = 0.0
    own_dkk_per_km: float = 0.0
    own_kg_per_km: float = 0.0
    bike_max_km: float = 15.0
    bike_slots: tuple[tuple[time, time], ...] = ((time(7), time(15, 30)),)
    zone: str = "Europe/Copenhagen"

    def __post_init__(self) -> None:
        for name in ("changeover_minutes", "change_worth", "own_dkk_per_km", "own_kg_per_km", "bike_max_km"):
            _quantity(name, getattr(self, name))
        for name, ids in (("cars", [car.id for car in self.cars]), ("bookings", [each.id for each in self.bookings])):
            _unique(name, ids)
        for index, booking in enumerate(self.bookings):
            if booking.is_frozen and booking.told not in self.car_of:
                raise InvalidProblem("unknown_car", f"bookings[{index}].told", booking.told, "no car has this id")

    @cached_property
    def car_of(self) -> dict[str, Car]:
        """Cars by id."""
        return {car.id: car for car in self.cars}

    @cached_property
    def local(self) -> ZoneInfo:
        """Where the bikes' times of day are counted."""
        return ZoneInfo(self.zone)

    @property
    def changeover(self) -> timedelta:
        return timedelta(minutes=self.changeover_minutes)


def _unique(name: str, ids: Iterable[str]) -> None:
    seen: set[str] = set()
    for index, each in enumerate(ids):
        if each in seen:
            raise InvalidProblem("duplicate_id", f"{name}[{index}].id", each, "is used twice")
        seen.add(each)


@dataclass(frozen=True, slots=True)
class Allocation:
    """A booking and its car; None = unserved."""

    booking: str
    car: str | None


@dataclass(frozen=True, slots=True)
class DayFigures:
    """What a day's allocation comes to. ``changes``: bookings that were told another car than they get."""

    unserved: int
    dkk: float
    kg: float
    km: float
    changes: int


@dataclass(frozen=True, slots=True)
class Level:
    """Bookings that are equally urgent: how many of them are unserved, and how few it could be (``bound``)."""

    is_told: bool
    priority: int
    unserved: int
    bound: int


@dataclass(frozen=True)
class DayAnswer:
    """An allocation of every booking, in their order, with its proof.

    ``levels``: the most urgent first; each is served as far as it can be without loss to those before it. Among those
    allocations ``value`` (kr or kg, as the goal is; changes priced in) is least, and none is below ``bound``.
    """

    allocations: tuple[Allocation, ...]
    figures: DayFigures
    levels: tuple[Level, ...]
    value: float
    bound: float

    @property
    def is_proven(self) -> bool:
        """Whether nobody can do better, neither in bookings served nor in the goal."""
        return self.gap <= GAP and all(level.unserved == level.bound for level in self.levels)

    @property
    def gap(self) -> float:
        """The distance between value and bound, relative to the value; 0 = proven best."""
        if self.value <= self.bound:
            return 0.0
        return (self.value - self.bound) / max(abs(self.value), 1e-9)

    @cached_property
    def car_of(self) -> dict[str, str | None]:
        """Booking -> car."""
        return {each.booking: each.car for each in self.allocations}
