# SPDX-License-Identifier: MPL-2.0
"""Which vehicles a municipality needs, and which vehicle takes which trip: with a proven bound."""

from fleetplan.answer import (
    Answer,
    Assignment,
    ClassCount,
    Limits,
    Progress,
    Reason,
    Stage,
    Status,
    Totals,
    Violation,
    Witness,
)
from fleetplan.bootstrap import LEAST_WEEKS, Estimate
from fleetplan.charging import Battery, Charge, Charger, Charging, ChargingFigures, EnergyPrice, Tariff, price_steps
from fleetplan.check import check
from fleetplan.check_day import check_day
from fleetplan.compare import evaluate, first_come, replay
from fleetplan.day import Allocation, Booking, Car, Closed, Day, DayAnswer, DayFigures, DayGoal, Fetch, Level
from fleetplan.dispatch import Why, figures_of, optimise_day, why
from fleetplan.dispatch import first_come as first_come_day
from fleetplan.errors import FleetplanError, InvalidProblem, NoFleet, SolverFailed, Stopped
from fleetplan.explain import ClassHindrance, Explanation, Hindrance, explain, in_words, why_not
from fleetplan.fanout import gather, solve_in_parallel
from fleetplan.files import (
    read_answer,
    read_problem,
    read_trips_csv,
    scan_trips_csv,
    write_answer,
    write_assignments_csv,
    write_problem,
    write_trips_csv,
)
from fleetplan.fitting import Refusal, clashes, price, refusal, use_of
from fleetplan.halves import Halves, move_twice
from fleetplan.holdout import Choice, Holdout, Rung, Size, hold_out
from fleetplan.pareto import FrontPoint, front
from fleetplan.parts import independent_parts, parts_by_base
from fleetplan.pools import Pool, Transfer
from fleetplan.presets import COMPATIBLE_2022
from fleetplan.problem import (
    AllowanceTier,
    BikeRules,
    CostModel,
    Energy,
    Goal,
    Kind,
    Objective,
    Problem,
    Rules,
    Segment,
    Trip,
    Vehicle,
    VehicleClass,
)
from fleetplan.proving import Saving, Service, Tested
from fleetplan.solve import solve
from fleetplan.splits import Split
from fleetplan.spot import SpotPrice, read_spot_prices, scan_spot_prices
from fleetplan.unserved import WhyUnserved, why_unserved
from fleetplan.whatif import (
    BaseChargers,
    Changed,
    Impossible,
    Obstacle,
    base_closed,
    chargers_on_arrival,
    electrified,
    grown,
    shared,
)
from fleetplan.witness import minimum_vehicles

__all__ = [
    "COMPATIBLE_2022",
    "LEAST_WEEKS",
    "Allocation",
    "AllowanceTier",
    "Answer",
    "Assignment",
    "BaseChargers",
    "Battery",
    "BikeRules",
    "Booking",
    "Car",
    "Changed",
    "Charge",
    "Charger",
    "Charging",
    "ChargingFigures",
    "Choice",
    "ClassCount",
    "ClassHindrance",
    "Closed",
    "CostModel",
    "Day",
    "DayAnswer",
    "DayFigures",
    "DayGoal",
    "Energy",
    "EnergyPrice",
    "Estimate",
    "Explanation",
    "Fetch",
    "FleetplanError",
    "FrontPoint",
    "Goal",
    "Halves",
    "Hindrance",
    "Holdout",
    "Impossible",
    "InvalidProblem",
    "Kind",
    "Level",
    "Limits",
    "NoFleet",
    "Objective",
    "Obstacle",
    "Pool",
    "Problem",
    "Progress",
    "Reason",
    "Refusal",
    "Rules",
    "Rung",
    "Saving",
    "Segment",
    "Service",
    "Size",
    "SolverFailed",
    "Split",
    "SpotPrice",
    "Stage",
    "Status",
    "Stopped",
    "Tariff",
    "Tested",
    "Totals",
    "Transfer",
    "Trip",
    "Vehicle",
    "VehicleClass",
    "Violation",
    "Why",
    "WhyUnserved",
    "Witness",
    "base_closed",
    "chargers_on_arrival",
    "check",
    "check_day",
    "clashes",
    "electrified",
    "evaluate",
    "explain",
    "figures_of",
    "first_come",
    "first_come_day",
    "front",
    "gather",
    "grown",
    "hold_out",
    "in_words",
    "independent_parts",
    "minimum_vehicles",
    "move_twice",
    "optimise_day",
    "parts_by_base",
    "price",
    "price_steps",
    "read_answer",
    "read_problem",
    "read_spot_prices",
    "read_trips_csv",
    "refusal",
    "replay",
    "scan_spot_prices",
    "scan_trips_csv",
    "shared",
    "solve",
    "solve_in_parallel",
    "use_of",
    "why",
    "why_not",
    "why_unserved",
    "write_answer",
    "write_assignments_csv",
    "write_problem",
    "write_trips_csv",
]
