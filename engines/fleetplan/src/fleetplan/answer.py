# SPDX-License-Identifier: MPL-2.0
"""The answer: a fleet, who drives what, what it costs, how good it is proven to be, and the instant that decides it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from fleetplan.charging import Charge, ChargingFigures
from fleetplan.problem import Goal


class Status(StrEnum):
    """How an attempt ended."""

    OPTIMAL = "optimal"  # proven, to the last decimal shown: no plan that obeys all rules is better
    FEASIBLE = "feasible"  # obeys all rules; the bound says how far from the best it can be
    INFEASIBLE = "infeasible"  # proven: no plan obeys all rules; see the witness
    NOT_FOUND = "not_found"  # no plan found within the limits, and no proof that there is none
    CANCELLED = "cancelled"  # stopped by the caller; holds the best plan so far, if any


class Reason(StrEnum):
    """Why no plan can obey all rules."""

    NO_CLASS_MAY = "no_class_may"  # a trip that no class may take, and more such than may stay unserved
    TOO_MANY_AT_ONCE = "too_many_at_once"  # an instant needs more vehicles than the bounds allow
    CO2E_CAP = "co2e_cap"  # even the greenest plan emits more than the cap; its CO2e is in the answer's stages
    CASH_CAP = "cash_cap"  # even the cheapest plan costs more than the cap; its cash is in the answer's stages
    BOTH_CAPS = "both_caps"  # each cap can be kept by itself; the cheapest within the CO2e cap is in the stages
    ENERGY = "energy"  # the chargers cannot give what the trips use; the witness says when and how much is short
    TOGETHER = "together"  # no single instant: the caps, the bounds and the bikes' share taken together


@dataclass(frozen=True, slots=True)
class Assignment:
    """Vehicle ``number`` (1, 2 …) of class ``class_id`` drives the trip; both None = unserved."""

    trip_id: str
    class_id: str | None
    number: int | None


@dataclass(frozen=True, slots=True)
class ClassCount:
    """How many vehicles of a class the fleet has."""

    class_id: str
    count: int


@dataclass(frozen=True, slots=True)
class Totals:
    """A plan's yearly figures. Cash and social cost are kept apart; ``total_dkk`` (their sum) is what COST counts."""

    fixed_dkk: Decimal
    energy_dkk: Decimal
    allowance_dkk: Decimal
    social_dkk: Decimal
    co2e_kg: Decimal
    km: Decimal  # per year, all trips, transfers included
    unserved_km: Decimal  # per year
    unserved_trips: int  # in the period
    vehicles: int
    transfer_km: Decimal = Decimal("0.00")  # per year, of ``km``: pooled vehicles between their home and other bases

    @property
    def cash_dkk(self) -> Decimal:
        """What the municipality pays in a year."""
        return self.fixed_dkk + self.energy_dkk + self.allowance_dkk

    @property
    def total_dkk(self) -> Decimal:
        """Cash plus the social cost of CO2e: the compatible view's one sum."""
        return self.cash_dkk + self.social_dkk


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of the objective: what was reached and what is proven to be impossible to go below.

    ``bound`` of a later stage holds among plans that reach the earlier stages' values. None = nothing proven.
    """

    goals: tuple[tuple[Goal, float], ...]
    value: Decimal
    bound: Decimal | None

    @property
    def gap(self) -> float | None:
        """(value - bound) / value; 0 = proven best."""
        if self.bound is None:
            return None
        return float((self.value - self.bound) / self.value) if self.value else 0.0


@dataclass(frozen=True, slots=True)
class Witness:
    """An instant that decides: between ``starts_at`` and ``ends_at`` (both included) all ``trip_ids`` hold a vehicle.

    A trip holds its vehicle from its start to its end plus the change-over. ``class_ids``: the classes that can take
    any of them; ``vehicles_needed``: how many vehicles these trips need at once; ``vehicles_available``: how many the
    bounds allow (None = no limit). ``shortfall_kwh``: where energy is short (``Reason.ENERGY``), how
    much the trips that leave between the two instants lack even if the vehicles could share their batteries.
    """

    starts_at: datetime
    ends_at: datetime
    trip_ids: tuple[str, ...]
    class_ids: tuple[str, ...]
    vehicles_needed: int
    vehicles_available: int | None = None
    shortfall_kwh: float | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What :func:`fleetplan.solve` found. ``assignments`` has every trip once, in the order of the problem.

    Without a plan (INFEASIBLE, NOT_FOUND, perhaps CANCELLED) ``fleet`` and ``assignments`` are empty and ``totals``
    is None. ``value``, ``bound`` and ``gap`` speak of the first stage. ``witness``: the instant at which most vehicles
    are needed; where the problem is INFEASIBLE, the instant that makes it so, and ``reason`` says how.
    """

    status: Status
    fleet: tuple[ClassCount, ...] = ()
    assignments: tuple[Assignment, ...] = ()
    totals: Totals | None = None
    stages: tuple[Stage, ...] = ()
    witness: Witness | None = None
    reason: Reason | None = None
    charges: tuple[Charge, ...] = ()
    charging: ChargingFigures | None = None

    @property
    def counts(self) -> Mapping[str, int]:
        """Class id -> count, classes with none included."""
        return {entry.class_id: entry.count for entry in self.fleet}

    @property
    def value(self) -> Decimal | None:
        return self.stages[0].value if self.stages else None

    @property
    def bound(self) -> Decimal | None:
        return self.stages[0].bound if self.stages else None

    @property
    def gap(self) -> float | None:
        return self.stages[0].gap if self.stages else None


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule that a plan breaks: a stable code, the trips and the vehicle concerned, and the facts in English."""

    code: str
    message: str
    trip_ids: tuple[str, ...] = ()
    class_id: str | None = None
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """Reported to ``on_progress``: what was done, the best value so far, and the proven bound (first stage).

    A problem that falls into parts without influence on each other is solved part by part; ``value`` and ``bound`` are
    those of part ``part`` of ``parts``.
    """

    step: str  # "model", "solve", "vehicles", "repair", "refine"
    value: Decimal | None = None
    bound: Decimal | None = None
    part: int = 1
    parts: int = 1


@dataclass(frozen=True, slots=True)
class Limits:
    """When to stop. Effort, not wall time, wherever possible, so that the same input gives the same answer.

    ``solver_seconds``: for each call of HiGHS. ``relative_gap``: a proven gap that is good enough.
    ``rounds``: how many times the model may be tightened around what the coupled rules broke.
    ``refine``: whether windows become columns where range and rest leave the plan above the bound.
    """

    solver_seconds: float = 60.0
    relative_gap: float = 1e-4
    rounds: int = 8
    refine: bool = True


DEFAULT_LIMITS = Limits()
