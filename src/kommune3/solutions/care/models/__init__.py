# SPDX-License-Identifier: MPL-2.0
"""The rows of the care solution, by what they speak of."""

from kommune3.solutions.care.models.plans import Plan, PlanChange, PlanOrigin, PlanState, Stop, WeightSet
from kommune3.solutions.care.models.reading import CalendarFeed, FigureLimit
from kommune3.solutions.care.models.reports import Report
from kommune3.solutions.care.models.teams import (
    ENTRY_SEALED,
    Carer,
    Citizen,
    Mode,
    Shift,
    ShiftState,
    Team,
    Wish,
    WishKind,
)
from kommune3.solutions.care.models.visits import (
    Channel,
    Need,
    NeedLink,
    PartOfDay,
    Priority,
    SameCarer,
    Service,
    Visit,
    VisitLink,
    VisitState,
)

__all__ = [
    "ENTRY_SEALED",
    "CalendarFeed",
    "Carer",
    "Channel",
    "Citizen",
    "FigureLimit",
    "Mode",
    "Need",
    "NeedLink",
    "PartOfDay",
    "Plan",
    "PlanChange",
    "PlanOrigin",
    "PlanState",
    "Priority",
    "Report",
    "SameCarer",
    "Service",
    "Shift",
    "ShiftState",
    "Stop",
    "Team",
    "Visit",
    "VisitLink",
    "VisitState",
    "WeightSet",
    "Wish",
    "WishKind",
]
