# SPDX-License-Identifier: MPL-2.0
"""What a plan's km would cost above the leases' contract km: a consequence that is shown, not something optimised for.

The vehicle of a model that drives most is given the contract with most km, and so on down: that costs least where the
price per km is the same. Where a plan has fewer vehicles than there are contracts, the smallest contracts go. Vehicles
beyond today's get the contract that the model catalogue says a new lease has; owned vehicles have none.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

import fleetplan

from kommune3.solutions.fleet.models import Ownership, Vehicle, VehicleModel

YEAR_DAYS = 365


@dataclass(frozen=True)
class Terms:
    """A contract: km a year that are paid for, and the price of each km above and below, in kr."""

    km_year: int
    excess_dkk_per_km: Decimal | None
    refund_dkk_per_km: Decimal | None


@dataclass(frozen=True)
class Contracts:
    """The contracts of a run. None stands for a vehicle without one.

    ``by_vehicle``: the engine's vehicle id -> contract. ``standing``: class id -> the contracts of the vehicles that
    stand there. ``offered``: class id -> what a new vehicle would have.
    """

    by_vehicle: Mapping[str, Terms | None]
    standing: Mapping[str, list[Terms | None]]
    offered: Mapping[str, Terms | None]


@dataclass(frozen=True)
class Excess:
    """Kroner a year for km above the contracts, and back for km below."""

    excess_dkk: Decimal
    refund_dkk: Decimal


def contracts_of(vehicles: Iterable[tuple[str, Vehicle]], models: Mapping[str, VehicleModel]) -> Contracts:
    """``vehicles``: (class id, vehicle) of today's; ``models``: class id -> model of every class of the run."""
    by_vehicle: dict[str, Terms | None] = {}
    standing: dict[str, list[Terms | None]] = defaultdict(list)
    for class_id, vehicle in vehicles:
        terms = _terms(vehicle) if vehicle.ownership == Ownership.LEASED else None
        by_vehicle[str(vehicle.pk)] = terms
        standing[class_id].append(terms)
    return Contracts(by_vehicle, dict(standing), {class_id: _terms(model) for class_id, model in models.items()})


def excess_of_plan(problem: fleetplan.Problem, answer: fleetplan.Answer, contracts: Contracts) -> Excess | None:
    """What a plan comes to; None where none of its vehicles has a contract."""
    km_of = {trip.id: trip.km for trip in problem.trips}
    driven: dict[tuple[str, int], float] = defaultdict(float)
    for entry in answer.assignments:
        if entry.class_id is not None and entry.number is not None:
            driven[entry.class_id, entry.number] += km_of[entry.trip_id]
    pairs: list[tuple[float, Terms | None]] = []
    for fleet in answer.fleet:
        km = sorted((driven[fleet.class_id, number] for number in range(1, fleet.count + 1)), reverse=True)
        terms = list(contracts.standing.get(fleet.class_id, []))
        terms += [contracts.offered.get(fleet.class_id)] * (fleet.count - len(terms))
        # No contract is the largest of all: it has no km to go above.
        terms.sort(key=lambda each: (each is None, each.km_year if each else 0), reverse=True)
        pairs += zip(km, terms, strict=False)
    return _summed(pairs, problem)


def excess_as_driven(problem: fleetplan.Problem, contracts: Contracts) -> Excess | None:
    """What the trips came to with the vehicles that drove them."""
    driven: dict[str, float] = dict.fromkeys(contracts.by_vehicle, 0.0)
    for trip in problem.trips:
        if trip.vehicle is not None and trip.vehicle in driven:
            driven[trip.vehicle] += trip.km
    return _summed([(km, contracts.by_vehicle[vehicle]) for vehicle, km in driven.items()], problem)


def _summed(pairs: Iterable[tuple[float, Terms | None]], problem: fleetplan.Problem) -> Excess | None:
    share = Decimal(YEAR_DAYS) / Decimal(problem.period_days or YEAR_DAYS)
    excess = refund = Decimal(0)
    found = False
    for km, terms in pairs:
        if terms is None:
            continue
        found = True
        above = Decimal(str(km)) * share - terms.km_year
        if above > 0:
            excess += above * (terms.excess_dkk_per_km or 0)
        else:
            refund -= above * (terms.refund_dkk_per_km or 0)
    cent = Decimal("0.01")
    return Excess(excess.quantize(cent), refund.quantize(cent)) if found else None


def _terms(row: Vehicle | VehicleModel) -> Terms | None:
    if row.contract_km_year is None:
        return None
    return Terms(row.contract_km_year, row.excess_dkk_per_km, row.refund_dkk_per_km)
