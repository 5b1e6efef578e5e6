# SPDX-License-Identifier: MPL-2.0
"""A run as the engine's problem. A class of the engine is a model at a base: vehicles serve the base they stand at.

Where bases share vehicles, they serve the other bases of their pool as well, with the way there and back.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import Any

import fleetplan
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from kommune3.kernel import clock
from kommune3.kernel.organisation.tree import in_force
from kommune3.solutions.fleet.errors import InvalidRun
from kommune3.solutions.fleet.models import (
    ChargingRule,
    Energy,
    FleetMode,
    Kind,
    Run,
    RunCandidate,
    RunGoal,
    Trip,
    Vehicle,
    VehicleModel,
)
from kommune3.solutions.fleet.planning.charging import charging_of
from kommune3.solutions.fleet.planning.contracts import Contracts, contracts_of
from kommune3.solutions.fleet.planning.pooling import engine_pools
from kommune3.solutions.fleet.planning.rates import UsedRate, cost_model
from kommune3.solutions.fleet.planning.solving import QUICK_TRIPS, Wanted

DEFAULT_BIKE_RULES: dict[str, Any] = {
    "max_trip_km": 15.0, "slots": [["07:00", "15:30"]], "max_kmh": 20.0, "e_bike_max_kmh": 30.0, "max_share": 1.0,
}  # fmt: skip
_SEPARATOR = ":"
MOST_TRIPS = 200_000
"""More trips than this in one run would outgrow the memory of a small server; choose a shorter period."""


@dataclass(frozen=True)
class Prepared:
    """What a run asks the engine, and what must be told with its answer.

    ``unknown``: names of models whose consumption or fixed cost nobody has told; they count as nothing in kr. and CO2e.
    """

    problem: fleetplan.Problem
    rates: list[UsedRate]
    unknown: list[str]
    contracts: Contracts


def class_id(base_id: int, model_id: int) -> str:
    """The engine's word for a model at a base."""
    return f"{base_id}{_SEPARATOR}{model_id}"


def split_class_id(text: str) -> tuple[int, int]:
    """Base id and model id of the engine's word."""
    base, model = text.split(_SEPARATOR)
    return int(base), int(model)


def prepare(run: Run, *, bases: Collection[int] | None = None) -> Prepared:
    """Read the run's trips, candidates and rates. Raises :class:`InvalidRun` where they do not make a problem.

    ``bases``: only these of the run's bases, which share nothing with the others.
    """
    bases = list(run.bases.values_list("pk", flat=True) if bases is None else bases)
    rows = list(trips_of_run(run).filter(base__in=bases)[: MOST_TRIPS + 1])
    if not rows:
        raise InvalidRun(
            _("There are no trips at the chosen bases in the chosen period. Import trips or choose another period.")
        )
    if len(rows) > MOST_TRIPS:
        raise InvalidRun(
            _("The period has more than %(limit)s trips. Choose a shorter period, such as four typical weeks.")
            % {"limit": f"{MOST_TRIPS:,}".replace(",", ".")}
        )
    candidates = list(run.candidates.filter(base__in=bases).select_related("model"))
    today = vehicles_in_period(bases, run)
    models = {candidate.model_id: candidate.model for candidate in candidates} | {v.model_id: v.model for v in today}
    unknown = sorted(model.name for model in models.values() if _is_unknown(model))
    counts_figures = run.goal != RunGoal.VEHICLES or run.max_co2e_kg is not None or run.max_cash_dkk is not None
    if unknown and counts_figures:
        raise InvalidRun(
            _(
                "Consumption or fixed cost is not filled in for: %(models)s. Fill it in under Models, or choose the "
                "goal “fewest vehicles” without ceilings."
            )
            % {"models": ", ".join(unknown)}
        )
    costs, used = cost_model(
        run.rate_set.rates.all(), on=run.period_end, energies=[model.energy for model in models.values()]
    )
    pools = engine_pools([pool for pool in run.pools_used if not set(bases).isdisjoint(pool["bases"])])
    classes = [_class(candidate, is_pooled=bool(pools)) for candidate in candidates]
    ids = {each.id for each in classes}
    for vehicle in today:
        # Today's vehicles are compared with, also where the run may not propose their model.
        extra = RunCandidate(base_id=vehicle.base_id, model=vehicle.model, min_count=0, max_count=0)
        if class_id(vehicle.base_id, vehicle.model_id) not in ids:
            classes.append(_class(extra, is_pooled=bool(pools)))
            ids.add(classes[-1].id)
    driven = {str(vehicle.pk) for vehicle in today}
    _refuse_shifts_between_bases(rows, pools)
    problem = fleetplan.Problem(
        trips=tuple(_trip(row, driven) for row in rows),
        classes=tuple(classes),
        costs=costs,
        rules=fleetplan.Rules(changeover_minutes=float(run.changeover_minutes), bikes=_bikes(run.bike_rules)),
        objective=_objective(run),
        vehicles=tuple(fleetplan.Vehicle(str(v.pk), class_id(v.base_id, v.model_id)) for v in today),
        period_days=(run.period_end - run.period_start).days,
        pools=pools,
    )
    of_class = {class_id(each.base_id, each.model_id): each.model for each in candidates}
    of_class |= {class_id(each.base_id, each.model_id): each.model for each in today}
    if run.charging == ChargingRule.REAL:
        problem = replace(problem, charging=charging_of(run, trips=problem.trips, classes=of_class.items()))
    contracts = contracts_of(((class_id(v.base_id, v.model_id), v) for v in today), of_class)
    return Prepared(problem, used, unknown, contracts)


def wanted(run: Run, prepared: Prepared) -> Wanted:
    """What to look for besides the run's proposal."""
    is_simulation = run.fleet_mode == FleetMode.MANUAL
    return Wanted(
        with_front=run.with_front and not is_simulation,
        priority=run.priority,
        today=Counter(vehicle.class_id for vehicle in prepared.problem.vehicles) if is_simulation else None,
        is_quick=is_quick(run, len(prepared.problem.trips)),
    )


def is_quick(run: Run, trips: int) -> bool:
    """Whether so small a simulation is computed while the user waits."""
    return run.fleet_mode == FleetMode.MANUAL and trips <= QUICK_TRIPS


def trips_of_run(run: Run) -> QuerySet[Trip]:
    """The trips that a run counts."""
    start, _until = clock.day_bounds(run.period_start)
    end, _after = clock.day_bounds(run.period_end)
    return trips_of(run.bases.values_list("pk", flat=True), start, end)


def trips_of(bases: Iterable[int], start: datetime, end: datetime) -> QuerySet[Trip]:
    """Trips that start in [start, end) at the bases, in order of start."""
    return Trip.objects.filter(base__in=bases, start_at__gte=start, start_at__lt=end).order_by("start_at", "id")


def vehicles_in_period(bases: Iterable[int], run: Run) -> list[Vehicle]:
    """The vehicles that stand at the bases on the period's last day, or drove there in it."""
    last_day = Vehicle.objects.filter(in_force(run.period_end), base__in=bases)
    return list(last_day.select_related("model").order_by("pk"))


def _is_unknown(model: VehicleModel) -> bool:
    return model.fixed_dkk_year is None or (model.energy_per_km is None and model.energy != Energy.NONE)


def _refuse_shifts_between_bases(rows: Iterable[Trip], pools: tuple[fleetplan.Pool, ...]) -> None:
    """A shift's vehicle comes to one base and leaves from it."""
    base_of: dict[str, int] = {}
    for row in rows if pools else ():
        if row.shift and base_of.setdefault(row.shift, row.base_id) != row.base_id:
            raise InvalidRun(
                _(
                    "The shift %(shift)s has trips from several bases."
                    " Bases can only share vehicles without such shifts."
                )
                % {"shift": row.shift}
            )


def _class(candidate: RunCandidate, *, is_pooled: bool) -> fleetplan.VehicleClass:
    model = candidate.model
    energy_per_km = float(model.energy_per_km or 0)
    return fleetplan.VehicleClass(
        id=class_id(candidate.base_id, model.pk),
        name=model.name,
        kind=fleetplan.Kind[model.kind],
        energy=fleetplan.Energy[model.energy] if energy_per_km else fleetplan.Energy.NONE,
        energy_per_km=energy_per_km,
        fixed_dkk_year=float(model.fixed_dkk_year or 0),
        range_km=float(model.range_km) if model.range_km is not None else None,
        rest_hours=float(model.rest_hours) if model.kind == Kind.EV else 0.0,
        capabilities=frozenset(model.capabilities),
        bases=None if is_pooled else frozenset({str(candidate.base_id)}),
        min_count=candidate.min_count,
        max_count=candidate.max_count,
        home=str(candidate.base_id) if is_pooled else None,
    )


def _trip(row: Trip, driven: set[str]) -> fleetplan.Trip:
    vehicle = str(row.vehicle_id) if row.vehicle_id is not None else None
    return fleetplan.Trip(
        id=str(row.pk),
        base=str(row.base_id),
        start=row.start_at,
        end=row.end_at,
        km=row.km,
        segments=tuple(
            fleetplan.Segment(datetime.fromisoformat(start), datetime.fromisoformat(end), km)
            for start, end, km in row.segments
        ),
        needs=frozenset(row.needs),
        shift=row.shift or None,
        vehicle=vehicle if vehicle in driven else None,
    )


def _bikes(rules: dict[str, Any]) -> fleetplan.BikeRules:
    chosen = {**DEFAULT_BIKE_RULES, **rules}
    slots: list[list[str]] = chosen["slots"]
    return fleetplan.BikeRules(
        max_trip_km=float(chosen["max_trip_km"]),
        slots=tuple((time.fromisoformat(opens), time.fromisoformat(closes)) for opens, closes in slots),
        max_kmh=float(chosen["max_kmh"]),
        e_bike_max_kmh=float(chosen["e_bike_max_kmh"]),
        max_share=float(chosen["max_share"]),
    )


def _objective(run: Run) -> fleetplan.Objective:
    """A simulation drives as many trips as its vehicles can, then at the least of the goal; it knows no ceilings."""
    goal = fleetplan.Goal[run.goal]
    if run.fleet_mode == FleetMode.MANUAL:
        then = fleetplan.Objective.minimise(goal if goal is not fleetplan.Goal.VEHICLES else fleetplan.Goal.CASH)
        return replace(then, stages=(((fleetplan.Goal.UNSERVED, 1.0),), *then.stages))
    return fleetplan.Objective.minimise(
        goal,
        max_unserved=run.max_unserved,
        max_co2e_kg=None if run.max_co2e_kg is None else float(run.max_co2e_kg),
        max_cash_dkk=None if run.max_cash_dkk is None else float(run.max_cash_dkk),
    )
