# SPDX-License-Identifier: MPL-2.0
"""The history of a register's row in words."""

from typing import Any

from django.db.models import Model
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kommune3.solutions.care.queries.registers import Changed, history_of

_DONE: dict[str, str | Promise] = {
    "care.team.saved": gettext_lazy("The team was saved"),
    "care.carer.saved": gettext_lazy("The carer was saved"),
    "care.service.saved": gettext_lazy("The service was saved"),
    "care.weights.saved": gettext_lazy("The weights were saved"),
    "care.citizen.saved": gettext_lazy("The citizen was saved"),
    "care.need.saved": gettext_lazy("The need was saved"),
    "care.need.removed": gettext_lazy("A need was removed"),
    "care.link.saved": gettext_lazy("Needs were tied to each other"),
    "care.link.removed": gettext_lazy("Needs no longer hang together"),
    "care.wish.saved": gettext_lazy("A wish was saved"),
    "care.wish.removed": gettext_lazy("A wish was removed"),
    "care.entry.sealed": gettext_lazy("How to get in was saved"),
    "care.entry.removed": gettext_lazy("How to get in was removed"),
    "care.shift.saved": gettext_lazy("The shift was saved"),
    "care.shift.present": gettext_lazy("The carer comes after all"),
    "care.shift.absent": gettext_lazy("The carer is absent"),
    "care.visits.generated": gettext_lazy("Visits were made from the needs"),
    "care.week.copied": gettext_lazy("A week of shifts was copied"),
    "care.copy.undone": gettext_lazy("A copied week was taken back"),
}


def entries(*rows: Model) -> list[dict[str, Any]]:
    """What ``{% history %}`` shows of rows that the caller has shown the actor may see."""
    return [
        {"title": _DONE.get(line.action, line.action), "text": _text(line), "at": line.at} for line in history_of(*rows)
    ]


def weekdays_text(days: list[int]) -> str:
    """Weekdays as they are shown in a list."""
    if sorted(days) == list(range(7)):
        return _("Every day")
    if sorted(days) == list(range(5)):
        return _("Weekdays, Monday to Friday")
    return ", ".join(str(WEEKDAYS_ABBR[day]) for day in sorted(days))


def _text(line: Changed) -> str:
    told = [_change(*field) for field in line.fields]
    return " · ".join([line.by_name, *told]) if line.by_name else " · ".join(told)


def _change(name: str, before: Any, after: Any) -> str:
    if before is None and after is None:
        return name
    if before is None:
        return f"{name}: {_said(after)}"
    return f"{name}: {_said(before)} → {_said(after)}"


def _said(value: Any) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, list):
        return weekdays_text(value) if all(isinstance(each, int) for each in value) else ", ".join(map(str, value))
    return str(value)
