# SPDX-License-Identifier: MPL-2.0
"""What energy costs where vehicles pay the prices of the hours they charge in."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from fleetplan.answer import Totals
from fleetplan.charging import Charge, ChargingFigures, price_steps
from fleetplan.cost import per_km, rounded
from fleetplan.problem import Problem


def with_charging(problem: Problem, totals: Totals, km_by_class: Mapping[str, float], charged_dkk: float) -> Totals:
    """A plan's totals with its energy as bought. ``charged_dkk``: what all charges of the period cost."""
    charging = problem.charging
    if charging is None:
        return totals
    batteries = {battery.class_id for battery in charging.batteries}
    bought = charged_dkk / problem.costs.deflator
    for vehicle_class in problem.classes:
        if vehicle_class.id not in batteries:
            rate = per_km(problem.costs, vehicle_class.energy, vehicle_class.energy_per_km)
            bought += km_by_class.get(vehicle_class.id, 0.0) * rate.energy_dkk
    return replace(totals, energy_dkk=rounded(bought * problem.yearly))


def charging_figures(problem: Problem, charges: Iterable[Charge]) -> tuple[float, ChargingFigures | None]:
    """What charges cost in the period, exactly and as shown. Raises InvalidProblem for an hour without price."""
    if problem.charging is None:
        return 0.0, None
    steps = price_steps(problem.charging)
    kroner = kwh = 0.0
    for charge in charges:
        kroner += steps.dkk(charge.starts_at, charge.ends_at, charge.kwh)
        kwh += charge.kwh
    return kroner, ChargingFigures(round(kwh, 6), rounded(kroner))
