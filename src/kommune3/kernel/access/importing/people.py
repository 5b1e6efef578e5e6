# SPDX-License-Identifier: MPL-2.0
"""Employees from a CSV file, an employment a line. Who is known by their UUID is brought up to date; others stay."""

from collections import Counter
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.access.employees import (
    EmploymentValues,
    PersonValues,
    create_employee,
    edit_employment,
    edit_person,
    employ,
)
from kommune3.kernel.access.errors import InvalidValues
from kommune3.kernel.access.importing.table import (
    Column,
    Line,
    Refused,
    as_day,
    as_uuid,
    as_yes_or_no,
    read,
)
from kommune3.kernel.organisation.models import Employment, Unit
from kommune3.kernel.people.models import Person

COLUMNS = (
    Column("uuid", "uuid"),
    Column("given_name", "fornavn"),
    Column("family_name", "efternavn"),
    Column("email", "email", is_needed=False),
    Column("phone", "telefon", is_needed=False),
    Column("cpr", "cpr", is_needed=False),
    Column("unit_uuid", "enhed_uuid"),
    Column("title", "stilling"),
    Column("leader", "leder", is_needed=False),
    Column("from", "fra"),
    Column("to", "til", is_needed=False),
)
_FIELDS = {"unit": "unit_uuid", "valid_from": "from", "valid_to": "to", "is_leader": "leader"}
_PERSON = ("given_name", "family_name", "email", "phone", "cpr")


@transaction.atomic
def import_people(*, actor: Actor, now: datetime, content: bytes) -> Counter[str]:
    """Make and update employees. A line is about the employment in its unit that begins on its day.

    Returns how many lines were "created", "changed" and "unchanged". Raises :class:`Refused` with every problem found;
    nothing is kept then.
    """
    lines = read(content, COLUMNS)
    units = set(reach.visible(actor, Unit).values_list("pk", flat=True))
    first_of: dict[UUID, Line] = {}
    outcomes: Counter[str] = Counter()
    for line in lines:
        person_id = line.needed("uuid", as_uuid, None)
        employment = _employment(line, units)
        _check_same_person(line, first_of.get(person_id) if person_id else None)
        if person_id is None or employment is None or line.problems:
            continue
        first_of.setdefault(person_id, line)
        try:
            outcomes[_save(actor, now, person_id, line, employment)] += 1
        except InvalidValues as error:
            line.refuse_all(error, _FIELDS)
    problems = [problem for line in lines for problem in line.problems]
    if problems:
        raise Refused(problems)
    return outcomes


def _employment(line: Line, units: set[UUID]) -> EmploymentValues | None:
    unit_id = line.needed("unit_uuid", as_uuid, None)
    if unit_id is not None and unit_id not in units:
        line.refuse("unit_uuid", _("No unit has this UUID. Import the units first."))
    title = line.needed("title", str, "")
    valid_from = line.needed("from", as_day, None)
    valid_to = line.optional("to", as_day, None)
    is_leader = line.optional("leader", as_yes_or_no, False)
    if unit_id is None or valid_from is None:
        return None
    return EmploymentValues(unit_id, title, valid_from, valid_to, is_leader)


def _check_same_person(line: Line, first: Line | None) -> None:
    """Lines about the same person say the same about the person."""
    for name in _PERSON:
        if first is not None and line.text(name) != first.text(name):
            line.refuse(name, _("Line %(line)s says otherwise about the same person.") % {"line": first.number})


@transaction.atomic
def _save(actor: Actor, now: datetime, person_id: UUID, line: Line, employment: EmploymentValues) -> str:
    known = reach.visible(actor, Person).filter(pk=person_id).first()
    person = PersonValues(
        given_name=line.text("given_name"),
        family_name=line.text("family_name"),
        email=line.text("email") if line.has("email") or known is None else known.email,
        phone=line.text("phone") if line.has("phone") or known is None else known.phone,
        cpr=line.text("cpr"),
    )
    if known is None:
        create_employee(actor=actor, now=now, person=person, employment=employment, person_id=person_id)
        return "created"
    changed = edit_person(actor=actor, now=now, person_id=person_id, values=person)
    held = (
        reach.visible(actor, Employment)
        .filter(person=person_id, unit=employment.unit_id, valid_from=employment.valid_from)
        .first()
    )
    if held is None:
        employ(actor=actor, now=now, person_id=person_id, values=employment)
        return "created"
    if not line.has("to"):
        employment = replace(employment, valid_to=held.valid_to)
    if not line.has("leader"):
        employment = replace(employment, is_leader=held.is_leader)
    changed |= edit_employment(actor=actor, now=now, employment_id=held.pk, values=employment)
    return "changed" if changed else "unchanged"
