# SPDX-License-Identifier: MPL-2.0
"""Who visits whom, when, by which road: home-care routes. See README.md."""

from careroutes.answer import Answer, Cost, Planned
from careroutes.check import Violation, check, cost_of
from careroutes.errors import BrokenStart, CareroutesError, CoreMissing, InvalidProblem
from careroutes.explain import Reason, Unserved, explain
from careroutes.problem import (
    MANDATORY,
    Announced,
    Break,
    Carer,
    Carers,
    Late,
    Link,
    Problem,
    Travel,
    Visit,
    Weights,
    Window,
)
from careroutes.solve import Limits, Place, SoFar, best_places, solve, timed

__all__ = [
    "MANDATORY",
    "Announced",
    "Answer",
    "Break",
    "BrokenStart",
    "Carer",
    "Carers",
    "CareroutesError",
    "CoreMissing",
    "Cost",
    "InvalidProblem",
    "Late",
    "Limits",
    "Link",
    "Place",
    "Planned",
    "Problem",
    "Reason",
    "SoFar",
    "Travel",
    "Unserved",
    "Violation",
    "Visit",
    "Weights",
    "Window",
    "best_places",
    "check",
    "cost_of",
    "explain",
    "solve",
    "timed",
]
