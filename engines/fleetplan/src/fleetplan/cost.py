# SPDX-License-Identifier: MPL-2.0
"""From km and counts to yearly kroner and CO2e. The one place where the cost model becomes arithmetic."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal

from fleetplan.answer import Totals
from fleetplan.problem import AllowanceTier, CostModel, Energy, Goal, Problem

_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class PerKm:
    """What one km costs: energy and social cost in kr, and kg CO2e."""

    energy_dkk: float
    social_dkk: float
    co2e_kg: float


def per_km(costs: CostModel, energy: Energy, energy_per_km: float) -> PerKm:
    """Rates of a vehicle that uses ``energy_per_km`` (kWh or litres) of ``energy``.

    Source of the formulas: Miljøstyrelsen/POGI TCO tool for vehicles: consumption x price and t CO2e x social cost,
    both as present value one year ahead.
    """
    if energy is Energy.NONE:
        return PerKm(0.0, 0.0, 0.0)
    kg = energy_per_km * costs.co2e_kg[energy]
    return PerKm(
        energy_dkk=energy_per_km * costs.price_dkk[energy] / costs.deflator,
        social_dkk=kg / 1000 * costs.social_dkk_per_t / costs.deflator,
        co2e_kg=kg,
    )


def allowance_dkk(tiers: tuple[AllowanceTier, ...], km_year: float) -> float:
    """Mileage allowance for ``km_year`` unserved km in a year."""
    total = reached = 0.0
    for tier in tiers:
        upper = km_year if tier.up_to_km_year is None else min(km_year, tier.up_to_km_year)
        total += max(0.0, upper - reached) * tier.dkk_per_km
        reached = max(reached, upper)
    return total


def plan_totals(
    problem: Problem,
    *,
    counts: Mapping[str, int],
    km_by_class: Mapping[str, float],
    unserved_km: float,
    unserved_trips: int,
    transfer_km: float = 0.0,
) -> Totals:
    """Yearly totals of a plan, from km in the period: driven per class id (transfers included) and left unserved.

    ``transfer_km``: how many of the driven km are transfers.
    """
    costs, yearly = problem.costs, problem.yearly
    own_car = per_km(costs, costs.unserved_energy, costs.unserved_energy_per_km)
    fixed = energy = 0.0
    social = unserved_km * own_car.social_dkk
    co2e = unserved_km * own_car.co2e_kg
    for vehicle_class in problem.classes:
        rate = per_km(costs, vehicle_class.energy, vehicle_class.energy_per_km)
        km = km_by_class.get(vehicle_class.id, 0.0)
        fixed += counts.get(vehicle_class.id, 0) * vehicle_class.fixed_dkk_year
        energy += km * rate.energy_dkk
        social += km * rate.social_dkk
        co2e += km * rate.co2e_kg
    return Totals(
        fixed_dkk=rounded(fixed),
        energy_dkk=rounded(energy * yearly),
        allowance_dkk=rounded(allowance_dkk(costs.allowance, unserved_km * yearly)),
        social_dkk=rounded(social * yearly),
        co2e_kg=rounded(co2e * yearly),
        km=rounded((sum(km_by_class.values()) + unserved_km) * yearly),
        unserved_km=rounded(unserved_km * yearly),
        unserved_trips=unserved_trips,
        vehicles=sum(counts.values()),
        transfer_km=rounded(transfer_km * yearly),
    )


def stage_value(stage: tuple[tuple[Goal, float], ...], totals: Totals) -> Decimal:
    """What a stage of the objective comes to for these totals."""
    reached = {
        Goal.CASH: totals.cash_dkk,
        Goal.COST: totals.total_dkk,
        Goal.CO2E: totals.co2e_kg,
        Goal.VEHICLES: Decimal(totals.vehicles),
        Goal.UNSERVED: Decimal(totals.unserved_trips),
    }
    return sum((Decimal(repr(float(weight))) * reached[goal] for goal, weight in stage), Decimal(0)).quantize(_CENT)


def rounded(number: float) -> Decimal:
    """Two decimals, half to even."""
    return Decimal(repr(float(number))).quantize(_CENT)


def rounded_down(number: float) -> Decimal:
    """Two decimals, downwards: a lower bound stays one."""
    return Decimal(repr(float(number))).quantize(_CENT, rounding=ROUND_FLOOR)
