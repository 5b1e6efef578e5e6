# SPDX-License-Identifier: MPL-2.0
"""A plan's facts and history, and two plans side by side, as tables."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kommune3.solutions.care.models import PlanChange, PlanOrigin, PlanState
from kommune3.solutions.care.queries.comparing import Comparison, Half
from kommune3.solutions.care.queries.plan_pages import PlanPage
from kommune3.solutions.care.views import telling
from kommune3.ui.numbers import format_instant, format_number
from kommune3.ui.pictures import Cell, FiguresTable, Heading

ACTIONS = {
    "move": gettext_lazy("A visit was moved"),
    "lock": gettext_lazy("Visits were locked or unlocked"),
    "added": gettext_lazy("An acute visit was added"),
    "cancelled": gettext_lazy("A visit was cancelled"),
    "absent": gettext_lazy("A carer was marked absent"),
}


def facts_of(found: PlanPage) -> list[tuple[str, Any]]:
    """How the plan came about."""
    plan = found.plan
    rows = [
        (_("Made by"), PlanOrigin(plan.origin).label),
        (_("Started"), f"{format_instant(plan.created_at)}, {plan.created_by_name}"),
    ]
    if plan.based_on is not None:
        rows.append((_("Made from"), _("plan %(number)s") % {"number": plan.based_on.pk}))
    if plan.published_at is not None:
        rows.append((_("Published"), f"{format_instant(plan.published_at)}, {plan.published_by_name}"))
    rows.append((_("Travel times"), plan.travel_source or "–"))
    if plan.attribution:
        rows.append((_("Roads"), plan.attribution))
    return rows


def history_of(changes: list[PlanChange]) -> list[dict[str, Any]]:
    """What was changed by hand, newest first."""
    return [
        {
            "title": str(ACTIONS.get(change.action, change.action)),
            "at": change.made_at,
            "text": ", ".join(_parts(change)),
        }
        for change in changes
    ]


def _parts(change: PlanChange) -> list[str]:
    told = [change.made_by_name]
    if change.cost_before is not None and change.cost_after is not None and change.cost_before != change.cost_after:
        points = telling.more(change.cost_after - change.cost_before)
        told.append(_("%(points)s points") % {"points": points})
    if change.undone_at is not None:
        told.append(_("undone"))
    return told


def compared(found: Comparison, names: list[str]) -> FiguresTable:
    """Figure by figure, a column for each plan."""
    sides = found.sides

    def row(name: str, values: list[str]) -> tuple[Cell, ...]:
        return (Cell(name), *(Cell(value, True) for value in values))

    plans = [
        Cell(name, href=reverse("care:board", args=[side.plan.pk])) for name, side in zip(names, sides, strict=True)
    ]
    rows = [
        (Cell(_("Plan")), *plans),
        (Cell(_("State")), *(Cell(str(PlanState(side.plan.state).label)) for side in sides)),
        (Cell(_("Made by")), *(Cell(str(PlanOrigin(side.plan.origin).label)) for side in sides)),
        row(_("Visits"), [format_number(side.counted.visits, 0) for side in sides]),
        row(_("Not planned"), [format_number(side.counted.left_out, 0) for side in sides]),
        row(_("Travel time"), [telling.hours(side.travel_seconds) for side in sides]),
        row(_("Way, km"), [format_number(side.travel_metres / 1000, 1) for side in sides]),
        row(_("Visits that begin late"), [format_number(side.counted.late, 0) for side in sides]),
        row(_("Lateness in all"), [telling.minutes(side.late_seconds) for side in sides]),
        row(_("Latest"), [telling.minutes(side.counted.latest_seconds) for side in sides]),
    ]
    return FiguresTable(
        (Heading(_("Figure")), Heading(_("The one plan"), True), Heading(_("The other plan"), True)), tuple(rows)
    )


def differences(found: Comparison) -> FiguresTable:
    """The visits that the two plans make otherwise, and why one is left out."""
    rows = []
    for each in found.differences:
        window = telling.span(each.visit.earliest_at, each.visit.latest_at)
        reasons = [reason for half in (each.a, each.b) if half for reason in half.why]
        rows.append(
            (
                Cell(str(each.visit.citizen.person)),
                Cell(f"{each.visit.service.title}, {window}"),
                Cell(_half(each.a)),
                Cell(_half(each.b)),
                Cell(" ".join(dict.fromkeys(reasons)) or _what(each.a, each.b)),
            )
        )
    return FiguresTable(
        (
            Heading(_("Citizen")), Heading(_("Visit")), Heading(_("The one plan")), Heading(_("The other plan")),
            Heading(_("What differs")),
        ),
        tuple(rows),
    )  # fmt: skip


def _half(half: Half | None) -> str:
    if half is None:
        return _("Not in the plan")
    if not half.carers:
        return _("Not planned")
    return f"{telling.clock(half.start_at)}, {' + '.join(half.carers)}"


def _what(a: Half | None, b: Half | None) -> str:
    """In a word, what differs."""
    if a is None or b is None:
        return _("Added or cancelled between the plans")
    told = []
    if a.carers != b.carers:
        told.append(_("another carer"))
    if a.start_at and b.start_at and a.start_at != b.start_at:
        told.append(telling.minutes_more(round((b.start_at - a.start_at).total_seconds())))
    return ", ".join(told)
