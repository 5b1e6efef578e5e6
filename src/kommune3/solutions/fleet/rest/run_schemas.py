# SPDX-License-Identifier: MPL-2.0
"""What the API is asked of optimisations and simulations, and what it answers."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from ninja import Schema
from pydantic import Field

from kommune3.solutions.fleet.operations import runs

MOST_VEHICLES = 999


class CountIn(Schema):
    """So many vehicles of a model at a base, in a simulation."""

    base: int
    model: int
    count: int = Field(ge=0, le=MOST_VEHICLES)


class RangeIn(Schema):
    """Least and most of a model at a base that an optimisation may propose; no ``max_count`` = any number."""

    base: int
    model: int
    min_count: int = Field(0, ge=0, le=MOST_VEHICLES)
    max_count: int | None = Field(None, ge=0, le=MOST_VEHICLES)


class RunIn(Schema):
    """What to find. ``period_end`` is not included.

    ``fleet_mode`` FREE finds a fleet, FIXED keeps today's, MANUAL simulates the vehicles in ``counts``.
    ``max_unserved`` null: as many as pays off. ``max_cash_dkk``, ``max_co2e_kg``: ceilings a year. ``priority``: with
    goal CASH, of the CO2e that can be saved at all, how many tenths the cheapest fleet must save. ``locked``: vehicles
    to keep; null: those locked in the register. ``shares_pools``: vehicles may take the trips of the other bases of
    their pool; the run keeps a copy of the pools as ``pools_used``. ``charging`` REAL: with chargers and the hourly
    prices of ``price_area``, instead of idle hours and range.
    """

    bases: list[int] = Field(min_length=1)
    period_start: date
    period_end: date
    goal: Literal["CASH", "CO2E", "VEHICLES"] = "CASH"
    fleet_mode: Literal["FREE", "FIXED", "MANUAL"] = "FREE"
    models: list[int] = []
    counts: list[CountIn] = []
    ranges: list[RangeIn] = []
    locked: list[int] | None = None
    max_unserved: int | None = Field(0, ge=0)
    max_cash_dkk: Decimal | None = Field(None, ge=0)
    max_co2e_kg: Decimal | None = Field(None, ge=0)
    priority: int | None = Field(None, ge=0, le=10)
    changeover_minutes: Decimal = Field(runs.DEFAULT_CHANGEOVER, ge=0, le=120)
    rates: str | None = None
    with_front: bool = True
    shares_pools: bool = False
    charging: Literal["REST", "REAL"] = "REST"
    price_area: Literal["", "DK1", "DK2"] = ""
    title: str = Field("", max_length=120)
    note: str = Field("", max_length=2000)


class DescribeIn(Schema):
    title: str = Field(max_length=120)
    note: str = Field("", max_length=2000)


class AcceptIn(Schema):
    """``plan``: a point of the front; null: the proposal."""

    plan: int | None = None


class PlanOut(Schema):
    """A plan's yearly figures. Cash and social cost are two figures.

    ``kind``: PROPOSED, TODAY (as driven), CURRENT (today's vehicles distributed best), FIRST_COME or FRONT. ``value``
    and ``bound``: of what it was found for; of a FRONT plan cash within ``max_co2e_kg``. ``gap``: their relative
    distance; 0 = proven best.
    """

    id: int
    kind: str
    position: int
    vehicles: int
    cash_dkk: Decimal
    fixed_dkk: Decimal
    energy_dkk: Decimal
    allowance_dkk: Decimal
    social_dkk: Decimal
    excess_dkk: Decimal | None
    refund_dkk: Decimal | None
    co2e_kg: Decimal
    unserved_trips: int
    transfer_km: Decimal
    value: Decimal | None
    bound: Decimal | None
    gap: Decimal | None
    max_co2e_kg: Decimal | None
    status: str
    has_assignments: bool
    charged_kwh: float | None
    charged_dkk: Decimal | None
    charged_bound_dkk: Decimal | None


class WitnessOut(Schema):
    """The busiest instant of a base: from ``starts_at`` to ``ends_at`` all its trips hold a vehicle at once."""

    base_id: int
    starts_at: datetime
    ends_at: datetime
    vehicles_needed: int
    trip_ids: list[int]
    is_binding: bool


class PlanVehicleOut(Schema):
    id: int
    base_id: int
    model: str = Field(alias="model.name")
    number: int
    trips: int
    km: float
    transfer_km: float


class ChargeOut(Schema):
    """A vehicle (number 1, 2 … of its model at its base) at an outlet of a charger, with what it takes and costs."""

    base_id: int = Field(alias="plan_vehicle.base_id")
    model_id: int = Field(alias="plan_vehicle.model_id")
    number: int = Field(alias="plan_vehicle.number")
    charger_id: int
    outlet: int
    starts_at: datetime
    ends_at: datetime
    kwh: float
    dkk: Decimal


class ChargesOut(Schema):
    count: int
    items: list[ChargeOut]


class RunOut(Schema):
    """An optimisation or simulation. ``state``: STARTED, FINISHED or FAILED; ``percent`` tells how far it is."""

    id: int
    title: str
    note: str
    state: str
    failure: str
    goal: str
    fleet_mode: str
    period_start: date
    period_end: date
    status: str
    trips: int
    value: Decimal | None
    bound: Decimal | None
    max_unserved: int | None
    max_cash_dkk: Decimal | None
    max_co2e_kg: Decimal | None
    priority: int | None
    shares_pools: bool
    charging: str
    price_area: str
    pools_used: list[dict[str, Any]]
    violations: list[dict[str, Any]]
    rules_checked: int
    obstacle: dict[str, Any]
    accepted_at: datetime | None
    accepted_plan_id: int | None
    percent: int | None = None


class ResultOut(RunOut):
    """An optimisation with its result. ``fleet``: the vehicles of the plan asked for, by default the proposal."""

    plans: list[PlanOut] = []
    witnesses: list[WitnessOut] = []
    fleet: list[PlanVehicleOut] = []
    rates_used: list[dict[str, Any]] = []


class AssignmentOut(Schema):
    """Which vehicle of the plan takes a trip; null: unserved, for ``reason``."""

    trip_id: int
    external_id: str = Field(alias="trip.external_id")
    base_id: int = Field(alias="trip.base_id")
    start_at: datetime = Field(alias="trip.start_at")
    end_at: datetime = Field(alias="trip.end_at")
    model: str | None = None
    number: int | None = None
    reason: str

    @staticmethod
    def resolve_model(row: Any) -> str | None:
        return row.plan_vehicle.model.name if row.plan_vehicle else None

    @staticmethod
    def resolve_number(row: Any) -> int | None:
        return row.plan_vehicle.number if row.plan_vehicle else None


class AssignmentsOut(Schema):
    count: int
    items: list[AssignmentOut]


class UseOut(Schema):
    """A vehicle's use over the period. ``share_in_use``: of all hours."""

    plan_vehicle_id: int
    base_id: int
    model: str
    number: int
    trips: int
    km: float
    days_used: int
    km_per_day_used: float
    hours_out: float
    share_in_use: float


class UsageOut(Schema):
    """How a plan's vehicles are used.

    Each histogram has a list per type of vehicle (BIKE, E_BIKE, EV, FOSSIL; UNSERVED: no vehicle): a figure per hour of
    the day, or per class of length that ends at ``lengths_km`` (the last has no end).
    """

    plan_id: int
    days: int
    lengths_km: list[int]
    trips_by_hour: dict[str, list[int]]
    trips_by_length: dict[str, list[int]]
    most_out_by_hour: dict[str, list[int]]
    vehicles: list[UseOut]


class SideOut(Schema):
    """A run beside others. ``km``: type of vehicle -> km in the period. ``vehicles_by_model``: name -> number."""

    run_id: int
    title: str
    plan: PlanOut
    km: dict[str, float]
    vehicles_by_model: dict[str, int]


class ComparisonOut(Schema):
    """Runs side by side. ``differs``: what they were not asked alike: bases, period, rates."""

    sides: list[SideOut]
    differs: list[str]
