# SPDX-License-Identifier: MPL-2.0
"""Values beside bounds: what is shown, and when it counts as proven."""

import math
from decimal import Decimal

from fleetplan.answer import Stage
from fleetplan.cost import rounded_down
from fleetplan.problem import Goal, Objective

_ROUNDING = {
    Goal.CASH: Decimal("0.02"),
    Goal.COST: Decimal("0.02"),
    Goal.CO2E: Decimal("0.01"),
    Goal.VEHICLES: Decimal(0),
    Goal.UNSERVED: Decimal(0),
}
"""How far a goal's figure may be from the exact one: money has up to four parts, each rounded to whole øre."""


def stages_of(objective: Objective, values: tuple[Decimal, ...], bounds: tuple[float, ...]) -> tuple[Stage, ...]:
    """One stage per goal. A later stage's bound is only shown where the earlier stages are proven: it rests on them.

    A bound that rounding alone keeps from the value is shown as the value.
    """
    stages: list[Stage] = []
    for goals, value, bound in zip(objective.stages, values, bounds, strict=True):
        known = math.isfinite(bound) and are_proven(tuple(stages))
        shown = rounded_down(bound) if known else None
        if shown is not None and value - shown <= rounding(goals):
            shown = value
        stages.append(Stage(goals, value, shown))
    return tuple(stages)


def are_proven(stages: tuple[Stage, ...]) -> bool:
    """Whether every stage reaches its bound."""
    return all(stage.bound == stage.value for stage in stages)


def rounding(goals: tuple[tuple[Goal, float], ...]) -> Decimal:
    """How far a stage's shown value and bound may together be from the exact ones."""
    # One more øre for the bound, which is rounded down.
    return Decimal("0.01") + sum((Decimal(repr(float(weight))) * _ROUNDING[goal] for goal, weight in goals), Decimal(0))
