# SPDX-License-Identifier: MPL-2.0
"""Importing files of the registers: kept aside, tried, and then written whole or not at all.

A file is tried by writing it and taking everything back, so what is shown before is what is done afterwards.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import IO, Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from kommune3.kernel import files
from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.access.importing.table import Column, Line, Problem, Refused
from kommune3.kernel.audit import log
from kommune3.kernel.clock import municipal_date
from kommune3.kernel.files import StoredFile
from kommune3.solutions.care.errors import CareError
from kommune3.solutions.care.importing import citizens, reading, shifts
from kommune3.solutions.care.importing import visits as single_visits
from kommune3.solutions.care.operations import visits

EDIT = "care.needs.edit"
PURPOSE = "care.imported"


class Kind(StrEnum):
    """What a file holds."""

    CITIZENS = "citizens"
    SHIFTS = "shifts"
    VISITS = "visits"


MODULES: dict[Kind, Any] = {Kind.CITIZENS: citizens, Kind.SHIFTS: shifts, Kind.VISITS: single_visits}


class HasProblems(CareError):
    """The file has faulty lines, and nobody has said to import the good ones without them."""

    def __str__(self) -> str:
        return _("The file has lines with faults. Mend them and upload it again, or choose to import the good ones.")


@dataclass(frozen=True)
class Tried:
    """What a file holds. ``good``: lines that can be written, of which ``new`` make a row that was not there."""

    good: int = 0
    new: int = 0
    problems: list[Problem] = field(default_factory=list)

    @property
    def faulty(self) -> int:
        """How many lines have problems."""
        return len({problem.line for problem in self.problems})


class _TakenBack(Exception):
    """Raised to undo a line that has problems, and everything that was tried."""


def columns_of(kind: Kind) -> tuple[Column, ...]:
    """The columns of a kind of file."""
    found: tuple[Column, ...] = MODULES[kind].COLUMNS
    return found


def stage(*, actor: Actor, now: datetime, kind: Kind, content: IO[bytes], file_name: str) -> StoredFile:
    """Keep a file aside until it is decided on. Raises the errors of ``files.store``, ``Forbidden``."""
    reach.require(actor, EDIT)
    return files.store(
        content=content, name=f"{kind}-{file_name}", purpose=PURPOSE, actor=actor, now=now,
        retention_date=municipal_date(now) + timedelta(days=2),
    )  # fmt: skip


def staged(*, actor: Actor, file_id: UUID) -> tuple[StoredFile, Kind]:
    """A file that the actor keeps aside, and what it holds. Raises NotVisible."""
    reach.require(actor, EDIT)
    file = files.get(actor=actor, file_id=file_id)
    kind = file.name.partition("-")[0]
    if file.purpose != PURPOSE or file.created_by_id != actor.account_id or kind not in list(Kind):
        raise reach.NotVisible
    return file, Kind(kind)


def try_out(*, actor: Actor, now: datetime, file_id: UUID) -> Tried:
    """What importing a file would do; nothing is changed. Raises NotVisible."""
    file, kind = staged(actor=actor, file_id=file_id)
    tried = Tried()
    try:
        with transaction.atomic():
            tried, _teams = _write(file, kind, actor=actor, now=now)
            raise _TakenBack
    except _TakenBack:
        return tried


@transaction.atomic
def commit(*, actor: Actor, now: datetime, file_id: UUID, keep_good: bool = False) -> Tried:
    """Import a file and make the visits that follow. Raises :class:`HasProblems`, unless ``keep_good``; NotVisible."""
    file, kind = staged(actor=actor, file_id=file_id)
    tried, teams = _write(file, kind, actor=actor, now=now)
    if not tried.good or (tried.problems and not keep_good):
        raise HasProblems
    today = municipal_date(now)
    for team_id in sorted(teams):
        visits.generate(
            actor=actor, now=now, team_id=team_id, start=today, end=today + timedelta(days=visits.DAYS_AHEAD)
        )
    log.record(
        actor=actor, action="care.file.imported", now=now,
        detail={"kind": str(kind), "lines": tried.good, "new": tried.new, "faulty": tried.faulty},
    )  # fmt: skip
    files.remove(file=file, actor=actor, now=now)
    return tried


def discard(*, actor: Actor, now: datetime, file_id: UUID) -> None:
    """Throw the file away. Raises NotVisible."""
    file, _kind = staged(actor=actor, file_id=file_id)
    files.remove(file=file, actor=actor, now=now)


def _write(file: StoredFile, kind: Kind, *, actor: Actor, now: datetime) -> tuple[Tried, set[int]]:
    """Write every line that is good; a faulty one leaves nothing behind."""
    with files.open_file(file) as opened:
        content = opened.read()
    try:
        lines = reading.read(content, columns_of(kind))
    except Refused as refusal:
        return Tried(problems=refusal.problems), set()
    writer = MODULES[kind].Writer(actor=actor, now=now)
    good = new = 0
    problems: list[Problem] = []
    for line in lines:
        made = _written(line, writer)
        problems += line.problems
        good += not line.problems
        new += made and not line.problems
    return Tried(good=good, new=new, problems=problems), writer.teams


def _written(line: Line, writer: Any) -> bool:
    try:
        with transaction.atomic():
            made: bool = writer.write(line)
            if line.problems:
                raise _TakenBack
            return made
    except _TakenBack:
        return False
