# SPDX-License-Identifier: MPL-2.0
"""Units from a CSV file. A unit that is known by its UUID is brought up to date; one that is not in the file stays."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from graphlib import CycleError, TopologicalSorter
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from kommune3.kernel import clock
from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.access.errors import InvalidValues
from kommune3.kernel.access.importing.table import Column, Line, Problem, Refused, as_day, as_uuid, read
from kommune3.kernel.access.units import UnitValues, create_unit, edit_unit
from kommune3.kernel.organisation.models import Unit

COLUMNS = (
    Column("uuid", "uuid"),
    Column("name", "navn"),
    Column("parent_uuid", "overordnet_uuid"),
    Column("kle", "kle", is_needed=False),
    Column("from", "fra", is_needed=False),
    Column("to", "til", is_needed=False),
)
_FIELDS = {"parent": "parent_uuid", "valid_from": "from", "valid_to": "to"}


@dataclass(frozen=True)
class Row:
    """What a line says about a unit; ``known`` is the unit as it stands, where there is one."""

    line: Line
    unit_id: UUID
    values: UnitValues
    known: Unit | None


@transaction.atomic
def import_units(*, actor: Actor, now: datetime, content: bytes) -> Counter[str]:
    """Make and update units, each after the unit it belongs to, in whichever order the file has them.

    A unit without a parent belongs directly to the municipality's top unit. Returns how many were "created", "changed"
    and "unchanged". Raises :class:`Refused` with every problem found; nothing is kept then.
    """
    lines = read(content, COLUMNS)
    known = {unit.pk: unit for unit in reach.visible(actor, Unit)}
    rows = _rows(now, lines, known)
    outcomes: Counter[str] = Counter()
    failed: set[UUID | None] = set()
    for row in _parents_first(rows, known):
        if row.line.problems or row.values.parent_id in failed:
            failed.add(row.unit_id)
            continue
        try:
            outcomes[_save(actor, now, row)] += 1
        except InvalidValues as error:
            row.line.refuse_all(error, _FIELDS)
            failed.add(row.unit_id)
    problems = [problem for line in lines for problem in line.problems]
    if problems:
        raise Refused(problems)
    return outcomes


def _save(actor: Actor, now: datetime, row: Row) -> str:
    if row.known is None:
        create_unit(actor=actor, now=now, values=row.values, unit_id=row.unit_id)
        return "created"
    return "changed" if edit_unit(actor=actor, now=now, unit_id=row.unit_id, values=row.values) else "unchanged"


def _rows(now: datetime, lines: list[Line], known: dict[UUID, Unit]) -> dict[UUID, Row]:
    """The lines by their units' UUIDs. What cannot be read of a line is kept in it."""
    top = next((unit for unit in known.values() if unit.parent_id is None), None)
    if top is None:
        raise Refused([Problem(0, "", "", _("There is no municipality yet. Run kommune3 setup first."))])
    rows: dict[UUID, Row] = {}
    for line in lines:
        unit_id = line.needed("uuid", as_uuid, None)
        values = _values(now, line, top, known.get(unit_id) if unit_id else None)
        if unit_id in rows:
            line.refuse("uuid", _("Line %(line)s has the same UUID.") % {"line": rows[unit_id].line.number})
        elif unit_id is not None:
            rows[unit_id] = Row(line, unit_id, values, known.get(unit_id))
    return rows


def _values(now: datetime, line: Line, top: Unit, known: Unit | None) -> UnitValues:
    """What the line says; where the file lacks a column, what is known."""
    parent_id = line.optional("parent_uuid", as_uuid, None)
    if parent_id is None and known != top:
        parent_id = top.pk
    return UnitValues(
        name=line.needed("name", str, ""),
        parent_id=parent_id,
        kle=line.text("kle") if line.has("kle") or known is None else known.kle,
        valid_from=line.optional("from", as_day, known.valid_from if known else clock.municipal_date(now)),
        valid_to=line.optional("to", as_day, None) if line.has("to") or known is None else known.valid_to,
    )


def _parents_first(rows: dict[UUID, Row], known: dict[UUID, Unit]) -> list[Row]:
    """The rows in an order in which they can be kept; none where units of the file belong to each other in a circle."""
    above: dict[UUID, list[UUID]] = {}
    for unit_id, row in rows.items():
        parent_id = row.values.parent_id
        above[unit_id] = [parent_id] if parent_id in rows else []
        if parent_id is not None and parent_id not in rows and parent_id not in known:
            row.line.refuse("parent_uuid", _("No unit has this UUID, neither in the file nor in Kommune3."))
    try:
        return [rows[unit_id] for unit_id in TopologicalSorter(above).static_order()]
    except CycleError as error:
        for unit_id in set(error.args[1]):
            rows[unit_id].line.refuse("parent_uuid", _("Here units belong to each other in a circle."))
        return []
