# SPDX-License-Identifier: MPL-2.0
"""What a change in a plan costs, in the words and units that a dispatcher weighs it by."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kommune3.solutions.care.operations.changes import Outcome
from kommune3.solutions.care.queries.board import stop_times
from kommune3.ui.numbers import format_number

SECONDS = {
    "travel_seconds": gettext_lazy("Travel time"),
    "late_seconds": gettext_lazy("Lateness"),
    "waiting_seconds": gettext_lazy("Waiting time"),
    "overtime_seconds": gettext_lazy("Overtime"),
}
COUNTS = {
    "unknown_faces": gettext_lazy("Unknown faces"),
    "left_out": gettext_lazy("Not planned"),
    "changed": gettext_lazy("Changed from what was announced"),
}


@dataclass(frozen=True)
class Line:
    """A part of the cost: its name, what it changes by in natural units, and whether that is worse."""

    name: str
    change: str
    is_worse: bool


def lines_of(outcome: Outcome) -> list[Line]:
    """The parts that change, in the order a dispatcher asks for them."""
    found = []
    for part, name in {**SECONDS, **COUNTS}.items():
        before, after = outcome.parts.get(part, (0, 0))
        if before != after:
            change = minutes_more(after - before) if part in SECONDS else more(after - before)
            found.append(Line(str(name), change, after > before))
    return found


def verdict_of(outcome: Outcome) -> str:
    """The whole cost in a sentence."""
    if outcome.broken:
        return _("It cannot be done.")
    if outcome.cost == 0:
        return _("It costs the same.")
    points = format_number(abs(outcome.cost), 0)
    if outcome.cost > 0:
        return _("%(points)s points worse.") % {"points": points}
    return _("%(points)s points better.") % {"points": points}


def outcome_json(outcome: Outcome) -> dict[str, Any]:
    """What the board shows while something is dragged."""
    return {
        "verdict": verdict_of(outcome),
        "is_worse": outcome.cost > 0,
        "is_broken": bool(outcome.broken),
        "lines": [{"name": line.name, "change": line.change, "is_worse": line.is_worse} for line in lines_of(outcome)],
        "broken": [each.text for each in outcome.broken],
        "stops": stop_times(outcome.stops),
        "version": outcome.version,
    }


def minutes(seconds: int) -> str:
    """Whole minutes, as a dispatcher says them."""
    return _("%(n)s min.") % {"n": format_number(round(seconds / 60), 0)}


def hours(seconds: int) -> str:
    """Hours and minutes, such as "3 t. 05 min."."""
    whole, rest = divmod(round(seconds / 60), 60)
    return _("%(hours)s h %(minutes)02d min.") % {"hours": whole, "minutes": rest}


def minutes_more(seconds: int) -> str:
    """A change in minutes with its sign; below half a minute in seconds."""
    if abs(seconds) < 30:
        return f"{_sign(seconds)}{_('%(n)s sec.') % {'n': abs(seconds)}}"
    return f"{_sign(seconds)}{minutes(abs(seconds))}"


def more(count: int) -> str:
    """A change in a count with its sign."""
    return f"{_sign(count)}{format_number(abs(count), 0)}"


def clock(instant: datetime | None) -> str:
    """The time of day in the town hall; a dash where there is none."""
    return date_format(localtime(instant), "H:i") if instant else "–"


def span(start: datetime | None, end: datetime | None) -> str:
    """From and until."""
    return f"{clock(start)}–{clock(end)}" if start else "–"


def _sign(value: int) -> str:
    return "+" if value > 0 else "−"


def decimals(value: float | None) -> str:
    """A mean with one decimal; a dash where there is none."""
    return "–" if value is None else format_number(value, 1)
