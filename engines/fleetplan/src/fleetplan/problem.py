# SPDX-License-Identifier: MPL-2.0
"""The question: trips, vehicle classes, costs, rules and what to minimise. Plain frozen data, validated when built.

Units are in the names: km, hours, minutes, ``dkk`` (kroner), ``kg`` (CO2e). Energy is counted in the unit in which it
is bought: kWh for electricity, litres for liquid fuels. Instants are timezone-aware.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from functools import cached_property
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fleetplan.charging import Charging
from fleetplan.errors import InvalidProblem
from fleetplan.pools import Pool, Ways, refuse_tangled, ways_of


class Kind(StrEnum):
    """What a vehicle is, as far as rules differ. Bikes and e-bikes obey :class:`BikeRules`."""

    BIKE = "bike"
    E_BIKE = "e-bike"
    EV = "ev"
    FOSSIL = "fossil"

    @property
    def is_bike(self) -> bool:
        return self in (Kind.BIKE, Kind.E_BIKE)


class Energy(StrEnum):
    """What a vehicle is fed with, and the unit it is counted in."""

    NONE = "none"
    ELECTRICITY = "electricity"  # kWh
    PETROL = "petrol"  # litre
    DIESEL = "diesel"  # litre
    HVO = "hvo"  # litre


class Goal(StrEnum):
    """What can be minimised; see :class:`fleetplan.Totals`.

    Cash is what the municipality pays. Cost adds the social cost of CO2e to it, as the peer does.
    """

    CASH = "cash"  # kr/year
    COST = "cost"  # kr/year
    CO2E = "co2e"  # kg/year
    VEHICLES = "vehicles"  # count
    UNSERVED = "unserved"  # trips in the period

    @property
    def is_money(self) -> bool:
        return self in (Goal.CASH, Goal.COST)


def _aware(field: str, instant: datetime) -> None:
    if instant.tzinfo is None:
        raise InvalidProblem("naive_instant", field, instant.isoformat(), "an instant needs a time zone")


def _not_negative(field: str, number: float) -> None:
    if not 0 <= number < float("inf"):
        raise InvalidProblem("not_a_quantity", field, number, "must be a finite number of zero or more")


@dataclass(frozen=True, slots=True)
class Segment:
    """One drive within a trip, from ignition on to ignition off."""

    start: datetime
    end: datetime
    km: float

    def __post_init__(self) -> None:
        _aware("start", self.start)
        _aware("end", self.end)
        if self.end < self.start:
            raise InvalidProblem("end_before_start", "end", self.end.isoformat(), "a segment ends before it starts")
        _not_negative("km", self.km)


@dataclass(frozen=True, slots=True)
class Trip:
    """A round trip [start, end) from ``base`` and back, for which one vehicle is away.

    ``needs``: words that must all be among the class's ``capabilities`` ("lift", "towbar", "7 seats" …).
    ``shift``: trips with the same shift word are driven by one vehicle, which nobody else takes in between
    (vagtlag); None = on its own. ``vehicle``: id of the vehicle that really drove it, for :func:`fleetplan.replay`.
    """

    id: str
    base: str
    start: datetime
    end: datetime
    km: float
    segments: tuple[Segment, ...] = ()
    needs: frozenset[str] = frozenset()
    shift: str | None = None
    vehicle: str | None = None

    def __post_init__(self) -> None:
        _aware("start", self.start)
        _aware("end", self.end)
        if self.end <= self.start:
            raise InvalidProblem("end_not_after_start", "end", self.end.isoformat(), "a trip must end after it starts")
        _not_negative("km", self.km)

    @property
    def driving(self) -> timedelta:
        """Time at the wheel: the sum of the segments, or the whole trip where none are known."""
        if not self.segments:
            return self.end - self.start
        return sum((segment.end - segment.start for segment in self.segments), timedelta())


@dataclass(frozen=True, slots=True)
class VehicleClass:
    """A model of vehicle that can be bought or kept, all specimens alike.

    ``energy_per_km``: kWh or litres per km. ``range_km`` and ``rest_hours`` are counted in *windows*: a vehicle's
    window opens with a trip and lasts 24 h; within it the vehicle drives at most ``range_km`` (None = no limit) and
    stands idle at least ``rest_hours``; the first trip that starts later opens the next one, with the range full again.
    A bike's km per day is its ``range_km``. ``bases``: where it may serve; None = everywhere.
    ``min_count`` locks vehicles that must stay; ``max_count`` None = as many as it takes.
    ``home``: the base at which they stand; they serve it and, by transfers, the bases it shares a pool with.
    None = at home at every base they may serve.
    """

    id: str
    name: str
    kind: Kind
    energy: Energy
    energy_per_km: float
    fixed_dkk_year: float
    range_km: float | None = None
    rest_hours: float = 0.0
    capabilities: frozenset[str] = frozenset()
    bases: frozenset[str] | None = None
    min_count: int = 0
    max_count: int | None = None
    home: str | None = None

    def __post_init__(self) -> None:
        for name in ("energy_per_km", "fixed_dkk_year", "rest_hours", "min_count"):
            _not_negative(name, getattr(self, name))
        if self.range_km is not None:
            _not_negative("range_km", self.range_km)
        if self.rest_hours >= 24:
            raise InvalidProblem("too_much_rest", "rest_hours", self.rest_hours, "must leave time to drive in 24 h")
        if self.max_count is not None and self.max_count < self.min_count:
            raise InvalidProblem("max_below_min", "max_count", self.max_count, f"below min_count {self.min_count}")
        if self.home is not None and self.bases is not None and self.home not in self.bases:
            raise InvalidProblem("home_not_served", "home", self.home, "is not among the class's bases")
        if (self.energy is Energy.NONE) != (self.energy_per_km == 0):
            raise InvalidProblem(
                "energy_mismatch", "energy_per_km", self.energy_per_km, f"does not go with energy {self.energy.value!r}"
            )

    @property
    def has_windows(self) -> bool:
        """Whether trips on one vehicle of this class restrict each other beyond not overlapping."""
        return self.range_km is not None or self.rest_hours > 0


@dataclass(frozen=True, slots=True)
class Vehicle:
    """A vehicle of today's fleet, for comparison with what really happened."""

    id: str
    class_id: str


@dataclass(frozen=True, slots=True)
class AllowanceTier:
    """Mileage allowance paid when an employee drives an unserved trip: ``dkk_per_km`` up to a yearly total."""

    up_to_km_year: float | None  # None = without end; the last tier
    dkk_per_km: float


@dataclass(frozen=True, slots=True)
class CostModel:
    """Prices and factors. All explicit, so that every figure can be traced; ``sources`` says from where they come.

    Yearly energy cost = energy x price / ``deflator``; yearly social cost = t CO2e x ``social_dkk_per_t`` /
    ``deflator`` (present value one year ahead at the discount rate of Miljøstyrelsen's TCO tool for vehicles).
    Allowance tiers apply to the yearly km of all unserved trips together and must fall (a later km costs no more than
    an earlier).
    """

    price_dkk: Mapping[Energy, float]  # per kWh or litre
    co2e_kg: Mapping[Energy, float]  # per kWh or litre
    social_dkk_per_t: float
    deflator: float
    allowance: tuple[AllowanceTier, ...]
    unserved_energy: Energy
    unserved_energy_per_km: float  # of the employee's own car: kWh or litres per km
    sources: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.deflator <= 0:
            raise InvalidProblem("not_positive", "deflator", self.deflator, "must be above zero")
        if not self.allowance or self.allowance[-1].up_to_km_year is not None:
            raise InvalidProblem("open_tier", "allowance", self.allowance, "the last tier must have no upper limit")
        reached = 0.0
        for index, (tier, following) in enumerate(zip(self.allowance, self.allowance[1:], strict=False)):
            if tier.up_to_km_year is None or tier.up_to_km_year <= reached:
                raise InvalidProblem(
                    "tier_order", f"allowance[{index}].up_to_km_year", tier.up_to_km_year, "limits must rise"
                )
            if following.dkk_per_km > tier.dkk_per_km:
                raise InvalidProblem(
                    "tier_order", f"allowance[{index + 1}].dkk_per_km", following.dkk_per_km, "rates must not rise"
                )
            reached = tier.up_to_km_year


@dataclass(frozen=True, slots=True)
class BikeRules:
    """What a bike or e-bike may be sent on. ``slots`` are local times of day in ``zone``; a trip fits in one slot."""

    max_trip_km: float = 15.0  # exclusive
    slots: tuple[tuple[time, time], ...] = ((time(7), time(15, 30)),)
    zone: str = "Europe/Copenhagen"
    max_kmh: float | None = 20.0  # exclusive; km over driving time; None = no such rule
    e_bike_max_kmh: float | None = 30.0  # exclusive
    max_share: float = 1.0  # of the trips that a bike could take, how many bikes may take at most

    def __post_init__(self) -> None:
        try:
            ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise InvalidProblem("unknown_zone", "zone", self.zone, "no such time zone") from error
        if not 0 <= self.max_share <= 1:
            raise InvalidProblem("not_a_share", "max_share", self.max_share, "must be between 0 and 1")
        for index, (opens, closes) in enumerate(self.slots):
            if closes <= opens:
                raise InvalidProblem(
                    "slot_order", f"slots[{index}]", (opens, closes), "a slot must close after it opens"
                )


@dataclass(frozen=True, slots=True)
class Rules:
    """``changeover_minutes``: the next trip of a vehicle must start strictly later than the last end plus this."""

    changeover_minutes: float = 5.0
    bikes: BikeRules = BikeRules()

    def __post_init__(self) -> None:
        _not_negative("changeover_minutes", self.changeover_minutes)


@dataclass(frozen=True, slots=True)
class Objective:
    """What to minimise: stages in order of importance, each a weighted sum of goals.

    A later stage only chooses among plans that are best for all earlier ones. Build with :meth:`minimise`,
    :meth:`in_order` or :meth:`weighted`. ``max_unserved``, ``max_co2e_kg`` and ``max_cash_dkk`` cap what the plan may
    leave (trips in the period), emit (kg/year) and cost in cash (kr/year).
    """

    stages: tuple[tuple[tuple[Goal, float], ...], ...] = (((Goal.COST, 1.0),),)
    max_unserved: int | None = None
    max_co2e_kg: float | None = None
    max_cash_dkk: float | None = None

    def __post_init__(self) -> None:
        if not self.stages or not all(self.stages):
            raise InvalidProblem("no_goal", "stages", self.stages, "at least one goal in every stage")
        for index, stage in enumerate(self.stages):
            for goal, weight in stage:
                if weight <= 0:
                    raise InvalidProblem("not_positive", f"stages[{index}].{goal.value}", weight, "must be above zero")
        for name in ("max_unserved", "max_co2e_kg", "max_cash_dkk"):
            cap = getattr(self, name)
            if cap is not None:
                _not_negative(name, cap)

    @classmethod
    def minimise(
        cls,
        goal: Goal,
        *,
        max_unserved: int | None = None,
        max_co2e_kg: float | None = None,
        max_cash_dkk: float | None = None,
    ) -> "Objective":
        """One goal; where it is not money, cash breaks ties."""
        order = (goal,) if goal.is_money else (goal, Goal.CASH)
        return cls.in_order(*order, max_unserved=max_unserved, max_co2e_kg=max_co2e_kg, max_cash_dkk=max_cash_dkk)

    @classmethod
    def in_order(
        cls,
        *goals: Goal,
        max_unserved: int | None = None,
        max_co2e_kg: float | None = None,
        max_cash_dkk: float | None = None,
    ) -> "Objective":
        """First the first goal, then the second among plans best for the first, and so on."""
        return cls(tuple(((goal, 1.0),) for goal in goals), max_unserved, max_co2e_kg, max_cash_dkk)

    @classmethod
    def weighted(
        cls,
        weights: Mapping[Goal, float],
        *,
        max_unserved: int | None = None,
        max_co2e_kg: float | None = None,
        max_cash_dkk: float | None = None,
    ) -> "Objective":
        """One sum: weight x value, value in the goal's own unit (kr/year, kg/year, vehicles, trips)."""
        return cls((tuple(weights.items()),), max_unserved, max_co2e_kg, max_cash_dkk)


@dataclass(frozen=True)
class Problem:
    """Everything :func:`fleetplan.solve` needs. ``vehicles`` is today's fleet (only :func:`fleetplan.replay` reads it).

    ``period_days``: how many days the trips stand for when figures are scaled to a year (365 / days);
    None = from the first start to the last end, as exact fraction of days. ``pools``: bases that share vehicles; a base
    is in one at most. ``charging``: real charging for the classes it names a battery of; None = range and rest for all.
    """

    trips: tuple[Trip, ...]
    classes: tuple[VehicleClass, ...]
    costs: CostModel
    rules: Rules = Rules()
    objective: Objective = Objective()
    vehicles: tuple[Vehicle, ...] = ()
    period_days: float | None = None
    pools: tuple[Pool, ...] = ()
    charging: Charging | None = None

    def __post_init__(self) -> None:
        _unique("trips", self.trips)
        _unique("classes", self.classes)
        _unique("vehicles", self.vehicles)
        self._refuse_overlap_within_shifts()
        refuse_tangled(self.pools, self.trips)
        class_ids = {vehicle_class.id for vehicle_class in self.classes}
        for index, vehicle in enumerate(self.vehicles):
            if vehicle.class_id not in class_ids:
                raise InvalidProblem(
                    "unknown_class", f"vehicles[{index}].class_id", vehicle.class_id, "no class has this id"
                )
        for index, vehicle_class in enumerate(self.classes):
            self._demand_price(vehicle_class.energy, f"classes[{index}].energy")
        self._demand_price(self.costs.unserved_energy, "costs.unserved_energy")
        if self.period_days is not None and self.period_days <= 0:
            raise InvalidProblem("not_positive", "period_days", self.period_days, "must be above zero")

    def _refuse_overlap_within_shifts(self) -> None:
        ends: dict[str, Trip] = {}
        for trip in sorted((trip for trip in self.trips if trip.shift is not None), key=lambda trip: trip.start):
            before = ends.get(trip.shift or "")
            if before is not None and before.end > trip.start:
                raise InvalidProblem(
                    "shift_overlap",
                    f"trips[{self.trips.index(trip)}].shift",
                    trip.shift,
                    f"trip {trip.id!r} starts before trip {before.id!r} of the same shift ends",
                )
            ends[trip.shift or ""] = trip

    def _demand_price(self, energy: Energy, field: str) -> None:
        if energy is not Energy.NONE and not (energy in self.costs.price_dkk and energy in self.costs.co2e_kg):
            raise InvalidProblem("no_price", field, energy.value, "the cost model has no price or CO2e factor for it")

    @cached_property
    def days(self) -> float:
        """Days the trips stand for: ``period_days``, or first start to last end.."""
        if self.period_days is not None:
            return self.period_days
        if not self.trips:
            return 365.0
        return (max(t.end for t in self.trips) - min(t.start for t in self.trips)) / timedelta(days=1)

    @cached_property
    def ways(self) -> Ways:
        """(home, base of a trip) -> the transfers there and back, for bases that share vehicles."""
        return ways_of(self.pools)

    @cached_property
    def yearly(self) -> float:
        """Factor from the period to a year."""
        return 365.0 / self.days


def _unique(field: str, items: Iterable[Trip | VehicleClass | Vehicle]) -> None:
    seen: set[str] = set()
    for index, item in enumerate(items):
        if item.id in seen:
            raise InvalidProblem("duplicate_id", f"{field}[{index}].id", item.id, "is used twice")
        seen.add(item.id)
