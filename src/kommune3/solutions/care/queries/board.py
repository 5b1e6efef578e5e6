# SPDX-License-Identifier: MPL-2.0
"""A plan as the dispatcher's board draws it, in a constant number of queries: carers, stops, what hangs together."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.places.models import Address
from kommune3.solutions.care.models import (
    Mode,
    Plan,
    PlanChange,
    PlanState,
    Report,
    Shift,
    ShiftState,
    Stop,
    VisitLink,
    Wish,
)
from kommune3.ui.numbers import epoch_seconds

PLAN = "care.plans.edit"
# What a dispatcher did can be undone; what the day did cannot.
UNDOABLE = ("move", "lock")
CHANGEABLE = (PlanState.DRAFT,)


@dataclass(frozen=True)
class Row:
    """A carer's shift with its stops in order of time."""

    shift: Shift
    stops: list[Stop]

    @property
    def name(self) -> str:
        return str(self.shift.carer.person)

    @property
    def is_absent(self) -> bool:
        return self.shift.state == ShiftState.ABSENT

    @property
    def travel_seconds(self) -> int:
        return sum(stop.travel_seconds for stop in self.stops)

    @property
    def late(self) -> int:
        """How many of the visits begin after their window."""
        return sum(stop.late_seconds > 0 for stop in self.stops)


@dataclass(frozen=True)
class Board:
    """A plan with its rows. ``left_out``: stops that nobody makes. ``links``: visits that hang together, both ways."""

    plan: Plan
    rows: list[Row]
    left_out: list[Stop]
    links: dict[int, set[int]]
    reports: dict[int, list[Report]]
    last_change: PlanChange | None
    may_change: bool

    @property
    def stops(self) -> list[Stop]:
        """Every stop, the left-out ones first."""
        return [*self.left_out, *(stop for row in self.rows for stop in row.stops)]

    @property
    def may_undo(self) -> bool:
        """Whether the latest change that stands is one that can be taken back."""
        return self.may_change and self.last_change is not None and self.last_change.action in UNDOABLE

    @property
    def is_empty(self) -> bool:
        return not self.rows and not self.left_out

    def row_of(self, stop: Stop) -> Row | None:
        """The shift that makes the stop."""
        return next((row for row in self.rows if row.shift.pk == stop.shift_id), None)

    def stop(self, stop_id: int | None) -> Stop | None:
        """The stop with this number, if it is in the plan."""
        return next((stop for stop in self.stops if stop.pk == stop_id), None)

    def other_half(self, stop: Stop) -> Stop | None:
        """The other carer's stop of a two-carer visit."""
        return next((each for each in self.stops if each.visit_id == stop.visit_id and each.pk != stop.pk), None)


def get_board(*, actor: Actor, plan_id: int) -> Board:
    """The plan as it stands; raises ``reach.NotVisible``."""
    plan = reach.get(actor, Plan, plan_id)
    plan = Plan.objects.select_related("team__unit", "team__address").get(pk=plan.pk)
    stops = list(
        reach.visible(actor, Stop)
        .filter(plan=plan)
        .select_related("visit__citizen__person__address", "visit__service")
        .order_by("start_at", "visit__earliest_at", "pk")
    )
    for stop in stops:
        stop.plan = plan
    shifts = list(
        reach.visible(actor, Shift)
        .filter(date=plan.date, carer__team=plan.team)
        .select_related("carer__person__address")
        .order_by("start_at", "carer__person__given_name", "pk")
    )
    visits = {stop.visit_id for stop in stops}
    of_shift: dict[int | None, list[Stop]] = defaultdict(list)
    for stop in stops:
        of_shift[stop.shift_id].append(stop)
    return Board(
        plan,
        [Row(shift, of_shift[shift.pk]) for shift in shifts],
        sorted(of_shift[None], key=lambda stop: (stop.visit.earliest_at, stop.pk)),
        _links(visits),
        _reports(actor, visits),
        PlanChange.objects.filter(plan=plan, undone_at=None).order_by("-version").first(),
        plan.state in CHANGEABLE and actor.may(PLAN, unit_path=plan.team.unit.path),
    )


def _links(visits: Iterable[int]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for first, second in VisitLink.objects.filter(first__in=visits).values_list("first_id", "second_id"):
        found[first].add(second)
        found[second].add(first)
    return found


def _reports(actor: Actor, visits: Iterable[int]) -> dict[int, list[Report]]:
    found: dict[int, list[Report]] = defaultdict(list)
    for report in reach.visible(actor, Report).filter(visit__in=visits).select_related("carer__person"):
        found[report.visit_id].append(report)
    return found


# --- What the browser draws (web/src/care-board/figures.ts) ----------------------------------------------------------


def wishes_of(stop: Stop) -> list[Wish]:
    """Whom the citizen of a stop wants and must not have; the stop is one that the reader has been given."""
    return list(Wish.objects.filter(citizen=stop.visit.citizen).select_related("carer__person").order_by("kind"))


def as_json(board: Board, *, now: datetime) -> dict[str, Any]:
    """The board's figures: instants in seconds since 1970 (UTC), ways in seconds, places in degrees (WGS84)."""
    first, last = _span(board)
    plan = board.plan
    return {
        "version": plan.version,
        "may_change": board.may_change,
        "from": epoch_seconds(first),
        "to": epoch_seconds(last),
        "now": epoch_seconds(now),
        "base": _place(plan.team.address),
        "shifts": [_shift_json(row) for row in board.rows],
        "stops": [_stop_json(stop, board) for stop in board.stops],
        "undo": board.may_undo,
    }


def stop_times(stops: Iterable[Any]) -> list[dict[str, Any]]:
    """The changed parts of stops that a preview answers with."""
    return [
        {
            "id": each.stop_id,
            "shift": each.shift_id,
            "start": epoch_seconds(each.start_at) if each.start_at else None,
            "end": epoch_seconds(each.end_at) if each.end_at else None,
            "travel": each.travel_seconds,
            "late": each.late_seconds,
        }
        for each in stops
    ]


def _span(board: Board) -> tuple[datetime, datetime]:
    begins = [row.shift.start_at for row in board.rows] + [stop.visit.earliest_at for stop in board.left_out]
    ends = [row.shift.end_at for row in board.rows] + [stop.end_at for stop in board.stops if stop.end_at]
    if not begins or not ends:
        begins, ends = [board.plan.created_at], [board.plan.created_at]
    return min(begins), max(*ends, *begins)


def _shift_json(row: Row) -> dict[str, Any]:
    shift = row.shift
    pause = None
    if shift.pause_earliest_at and shift.pause_latest_at and shift.pause_minutes:
        pause = [epoch_seconds(shift.pause_earliest_at), epoch_seconds(shift.pause_latest_at), shift.pause_minutes * 60]
    return {
        "id": shift.pk,
        "name": row.name,
        "note": _("Absent") if row.is_absent else str(Mode(shift.carer.mode).label),
        "start": epoch_seconds(shift.start_at),
        "end": epoch_seconds(shift.end_at),
        "pause": pause,
        "absent": row.is_absent,
        "home": _place(shift.carer.person.address) if shift.carer.starts_from_home else None,
    }


def _stop_json(stop: Stop, board: Board) -> dict[str, Any]:
    visit = stop.visit
    return {
        "id": stop.pk,
        "visit": visit.pk,
        "shift": stop.shift_id,
        "start": epoch_seconds(stop.start_at) if stop.start_at else None,
        "end": epoch_seconds(stop.end_at) if stop.end_at else None,
        "travel": stop.travel_seconds,
        "late": stop.late_seconds,
        "locked": stop.is_locked,
        "name": str(visit.citizen.person),
        "service": visit.service.title,
        "earliest": epoch_seconds(visit.earliest_at),
        "latest": epoch_seconds(visit.latest_at),
        "minutes": visit.minutes,
        "strict": visit.is_strict,
        "two": visit.carers == 2,
        "acute": visit.is_acute,
        "links": sorted(board.links.get(visit.pk, ())),
        "said": said_of(board.reports.get(visit.pk, [])),
        "at": _place(visit.citizen.person.address),
    }


def said_of(reports: list[Report]) -> str:
    """The kind of the last thing a carer said of the visit: what it stands at."""
    told = [report.kind for report in reports if report.kind != Report.Kind.MESSAGE]
    return told[-1] if told else ""


def _place(address: Address | None) -> list[float] | None:
    if address is None or address.latitude is None or address.longitude is None:
        return None
    return [address.longitude, address.latitude]
