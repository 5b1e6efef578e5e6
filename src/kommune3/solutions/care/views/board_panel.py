# SPDX-License-Identifier: MPL-2.0
"""The chosen visit, and the plan as a list, as the board's templates show them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from kommune3.kernel.access import lookups
from kommune3.kernel.access.actor import Actor
from kommune3.solutions.care.errors import CareError
from kommune3.solutions.care.forms.plans import REASONS
from kommune3.solutions.care.models import Priority, Report, Stop, WishKind
from kommune3.solutions.care.operations import changes
from kommune3.solutions.care.queries.board import Board, Row, said_of, wishes_of
from kommune3.solutions.care.queries.comparing import reasons_of
from kommune3.solutions.care.views import telling


@dataclass(frozen=True)
class Line:
    """A stop in the list: what stands in its row. ``marks``: (text, variant) of what is special about it."""

    stop: Stop
    when: str
    citizen: str
    service: str
    travel: str
    window: str
    marks: list[tuple[str, str]]


@dataclass(frozen=True)
class ListedRow:
    """A carer in the list; None: what nobody makes."""

    row: Row | None
    title: str
    note: str
    lines: list[Line]


def rows_of(board: Board) -> list[ListedRow]:
    """The plan as a list: first what is not planned, then carer by carer."""
    rows = []
    if board.left_out:
        rows.append(ListedRow(None, _("Not planned"), "", [_line(stop, board) for stop in board.left_out]))
    for row in board.rows:
        shift = row.shift
        note = telling.span(shift.start_at, shift.end_at)
        if row.is_absent:
            note = _("Absent")
        rows.append(ListedRow(row, row.name, note, [_line(stop, board) for stop in row.stops]))
    return rows


def _line(stop: Stop, board: Board) -> Line:
    visit = stop.visit
    return Line(
        stop, telling.span(stop.start_at, stop.end_at), str(visit.citizen.person), visit.service.title,
        telling.minutes(stop.travel_seconds) if stop.travel_seconds else "",
        telling.span(visit.earliest_at, visit.latest_at), marks_of(stop, board),
    )  # fmt: skip


def marks_of(stop: Stop, board: Board) -> list[tuple[str, str]]:
    """What is special about a stop, each with the variant of its badge."""
    visit = stop.visit
    found = []
    if stop.late_seconds:
        found.append((_("%(late)s late") % {"late": telling.minutes(stop.late_seconds)}, "error"))
    if visit.carers == 2:
        found.append((_("Two carers"), "info"))
    if stop.is_locked:
        found.append((_("Locked"), ""))
    if visit.is_acute:
        found.append((_("Acute"), "warning"))
    if board.links.get(visit.pk):
        found.append((_("Hangs together with another"), ""))
    said = said_of(board.reports.get(visit.pk, []))
    if said:
        variant = {Report.Kind.FINISHED: "success", Report.Kind.LATE: "warning", Report.Kind.NOT_MADE: "error"}
        found.append((str(Report.Kind(said).label), variant.get(Report.Kind(said), "info")))
    return found


def panel_of(board: Board, stop: Stop, *, actor: Actor, now: datetime, with_places: bool = False) -> dict[str, Any]:
    """The chosen visit with everything that can be done to it. That it was opened is put on record."""
    visit = stop.visit
    person = visit.citizen.person
    lookups.read(actor=actor, now=now, kind="care.citizen.read", person_id=person.pk, object=visit.citizen)
    row = board.row_of(stop)
    other = board.other_half(stop)
    partner = board.row_of(other) if other else None
    is_out = stop.shift_id is None
    facts: list[tuple[Any, Any]] = [
        (_("Carer"), row.name if row else _("Not planned")),
        (_("Time"), telling.span(stop.start_at, stop.end_at)),
        (_("Begins between"), _window(stop)),
        (_("Granted service"), f"{visit.service.title}, {telling.minutes(visit.minutes * 60)}"),
        (_("Address"), str(person.address) if person.address else _("No address")),
        (_("Priority"), Priority(visit.priority).label),
    ]
    if visit.carers == 2:
        facts.append((_("Together with"), partner.name if partner else _("Nobody yet")))
    if stop.travel_seconds:
        facts.append((_("Travel there"), telling.minutes(stop.travel_seconds)))
    if visit.tasks:
        facts.append((_("Tasks"), visit.tasks))
    if visit.citizen.note:
        facts.append((_("What a carer must know"), visit.citizen.note))
    facts += [(WishKind(wish.kind).label, str(wish.carer.person)) for wish in wishes_of(stop)]
    return {
        "stop": stop,
        "citizen": str(person),
        "facts": facts,
        "marks": marks_of(stop, board),
        "why": reasons_of(stop),
        "is_out": is_out,
        "linked": [_line(each, board) for each in board.stops if each.visit_id in board.links.get(visit.pk, ())],
        "reports": board.reports.get(visit.pk, []),
        "targets": _targets(board, stop) if board.may_change else [],
        "places": _places(board, stop, actor=actor, now=now) if board.may_change and (with_places or is_out) else None,
        "reasons": [str(reason) for reason in REASONS],
    }


def _window(stop: Stop) -> str:
    window = telling.span(stop.visit.earliest_at, stop.visit.latest_at)
    return _("%(window)s, must be kept") % {"window": window} if stop.visit.is_strict else window


def _targets(board: Board, stop: Stop) -> list[tuple[str, list[tuple[str, str]]]]:
    """Where the visit can be moved to: carers, and for each what it would come after; values are "shift:stop"."""
    targets = []
    for row in board.rows:
        if row.is_absent:
            continue
        options = [(f"{row.shift.pk}:", _("First in the day"))]
        for each in row.stops:
            if each.pk != stop.pk:
                after = {"time": telling.clock(each.end_at), "citizen": each.visit.citizen.person}
                options.append((f"{row.shift.pk}:{each.pk}", _("After %(time)s, %(citizen)s") % after))
        targets.append((row.name, options))
    return targets


def _places(board: Board, stop: Stop, *, actor: Actor, now: datetime) -> dict[str, Any]:
    """The five cheapest places, or why there is none."""
    try:
        found = changes.places(actor=actor, now=now, plan_id=board.plan.pk, visit_id=stop.visit_id)
    except CareError as refusal:
        return {"error": str(refusal), "rows": []}
    names = {row.shift.pk: row.name for row in board.rows}
    rows = [
        {
            "to": f"{place.shift_id}:{place.after_stop_id or ''}",
            "carer": names.get(place.shift_id, ""),
            "when": telling.clock(place.start_at),
            "late": telling.minutes(place.late_seconds) if place.late_seconds else "",
            "cost": telling.more(place.cost) if place.cost else "0",
        }
        for place in found
    ]
    return {"error": "", "rows": rows}


def words() -> dict[str, str]:
    """What the board in the browser says itself."""
    return {
        "left_out": _("Not planned"), "pause": _("the break lies in here"), "late": _("late"), "locked": _("locked"),
        "two": _("two carers"), "acute": _("acute"), "linked": _("hangs together with another visit"),
        "finished": _("finished"), "begun": _("begun"), "said_late": _("the carer is late"), "not_made": _("not made"),
        "window": _("begins between"), "travel": _("travel"), "absent": _("Absent"), "saving": _("Saving …"),
        "asking": _("Working out what it costs …"), "failed": _("It could not be saved. Try again."),
        "offline": _("The server does not answer. Nothing has been changed. Try again."),
        "lifted": _("Lifted. Arrows choose another carer or time, Enter saves, Escape puts it back."),
        "dropped_back": _("Put back. Nothing was changed."), "first": _("first in the day"), "after": _("after"),
        "zoom_in": _("Zoom in"), "zoom_out": _("Zoom out"), "whole_day": _("Whole day"), "undo": _("Undo"),
        "help": _(
            "Arrows go between visits and carers. Enter opens a visit, M moves it, L locks it, Ctrl and Z undoes. "
            "Plus and minus zoom."
        ),
        "label": _("The day's plan: carers by time"), "map": _("Map of the day's visits"),
        "map_unavailable": _("The map cannot be shown in this browser. The addresses are in the list."),
        "no_place": _("visits without coordinates are not on the map"), "show_all": _("Show all"),
        "schematic": _("Lines show the order, not the roads. Schematic map."),
        "lines": _("Lines show the order, not the roads."), "read_only": _("This plan cannot be changed."),
    }  # fmt: skip
