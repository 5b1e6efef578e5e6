# SPDX-License-Identifier: MPL-2.0
"""Carers' shifts: a line for each."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.access.importing.table import Column, Line, as_day, as_yes_or_no
from kommune3.kernel.clock import MUNICIPAL_ZONE
from kommune3.solutions.care.errors import InvalidRow
from kommune3.solutions.care.importing import reading
from kommune3.solutions.care.models import Carer, Shift
from kommune3.solutions.care.operations import shifts

EDIT = "care.needs.edit"

COLUMNS = (
    Column("carer_id", "medarbejder_id", False),
    Column("carer", "medarbejder"),
    Column("date", "dato"),
    Column("start", "fra"),
    Column("end", "til"),
    Column("pause_minutes", "pause_minutter", False),
    Column("pause_earliest", "pause_fra", False),
    Column("pause_latest", "pause_senest", False),
    Column("may_run_over", "overtid", False),
)
_NAMES = {
    "start_at": "start",
    "end_at": "end",
    "pause_earliest_at": "pause_earliest",
    "pause_latest_at": "pause_latest",
}


class Writer:
    """Writes lines on behalf of an actor."""

    def __init__(self, *, actor: Actor, now: datetime) -> None:
        self.actor, self.now = actor, now
        self.teams: set[int] = set()

    @cached_property
    def _carers(self) -> dict[str, list[Carer]]:
        """Every carer of the actor's teams by key, and by name in small letters."""
        found: dict[str, list[Carer]] = {}
        for carer in reach.visible(self.actor, Carer, action=EDIT).filter(is_active=True).select_related("person"):
            found.setdefault(str(carer.pk), []).append(carer)
            found.setdefault(str(carer).casefold(), []).append(carer)
        return found

    def write(self, line: Line) -> bool:
        """Write a line; True where it made a row. What is wrong is kept in the line's problems."""
        field = "carer_id" if line.text("carer_id") else "carer"
        carers = self._carers.get(line.text(field).casefold(), [])
        if len(carers) != 1:
            line.refuse(field, _("Two carers have this name: give the number.") if carers else _(
                "No carer of your teams has this name or number. Choose the employee under Carers first."))  # fmt: skip
        day = line.needed("date", as_day, date.min + timedelta(days=9))
        start = line.needed("start", reading.clock, time())
        end = line.needed("end", reading.clock, time())
        pause = line.optional("pause_minutes", reading.whole(1, 240), None)
        earliest = line.optional("pause_earliest", reading.clock, None)
        latest = line.optional("pause_latest", reading.clock, None)
        over = line.optional("may_run_over", as_yes_or_no, True)
        if line.problems:
            return False
        begins = _instant(day, start)
        known = Shift.objects.filter(carer=carers[0], start_at=begins).first()
        shift = known or Shift(carer=carers[0])
        shift.date, shift.start_at, shift.end_at = day, begins, _after(begins, day, end)
        shift.pause_minutes, shift.may_run_over = pause, over
        shift.pause_earliest_at = None if earliest is None else _after(begins, day, earliest)
        shift.pause_latest_at = None if latest is None else _after(begins, day, latest)
        try:
            shifts.save_shift(actor=self.actor, now=self.now, shift=shift)
        except InvalidRow as refusal:
            for name, fault in refusal.faults.items():
                line.refuse(_NAMES.get(name, name), fault)
        return known is None


def rows(actor: Actor, *, on: date) -> Iterator[dict[str, Any]]:
    """The shifts from the day ``on``'s week on that the actor may see, by the names of :data:`COLUMNS`."""
    found = reach.visible(actor, Shift).filter(date__gte=shifts.monday_of(on), state="ON")
    for shift in found.select_related("carer__person"):
        yield {
            "carer_id": shift.carer_id, "carer": str(shift.carer), "date": shift.date,
            "start": _clock(shift.start_at), "end": _clock(shift.end_at), "pause_minutes": shift.pause_minutes,
            "pause_earliest": _clock(shift.pause_earliest_at), "pause_latest": _clock(shift.pause_latest_at),
            "may_run_over": shift.may_run_over,
        }  # fmt: skip


def _instant(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, MUNICIPAL_ZONE).astimezone(UTC)


def _after(start: datetime, day: date, clock: time) -> datetime:
    found = _instant(day, clock)
    return found if found > start else _instant(day + timedelta(days=1), clock)


def _clock(at: datetime | None) -> time | None:
    return None if at is None else at.astimezone(MUNICIPAL_ZONE).time()
