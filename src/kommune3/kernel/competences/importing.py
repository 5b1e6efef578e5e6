# SPDX-License-Identifier: MPL-2.0
"""Who has what from a CSV file, a competence of a person a line: all of a file, or nothing of it."""

from collections import Counter
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.access.errors import AccessError, InvalidValues
from kommune3.kernel.access.importing.table import Column, Line, Refused, as_day, as_uuid, read
from kommune3.kernel.competences.access import EDIT
from kommune3.kernel.competences.models import Competence, Held
from kommune3.kernel.competences.operations import HeldValues, give
from kommune3.kernel.people.models import Person

COLUMNS = (
    Column("person_uuid", "person_uuid"),
    Column("competence", "kompetence"),
    Column("from", "fra"),
    Column("to", "til", is_needed=False),
    Column("source", "kilde", is_needed=False),
)
_FIELDS = {"valid_from": "from", "valid_to": "to"}


@transaction.atomic
def import_held(*, actor: Actor, now: datetime, content: bytes) -> Counter[str]:
    """Give what the lines say. A line that says what is already known, changes nothing.

    Returns how many lines were "created" and "unchanged". Raises :class:`Refused` with every problem found; nothing is
    kept then.
    """
    lines = read(content, COLUMNS)
    codes = dict(reach.visible(actor, Competence).values_list("code", "pk"))
    people = set(reach.visible(actor, Person, action=EDIT).values_list("pk", flat=True))
    outcomes = Counter(outcome for line in lines if (outcome := _take(actor, now, line, codes, people)))
    problems = [problem for line in lines for problem in line.problems]
    if problems:
        raise Refused(problems)
    return outcomes


def _take(actor: Actor, now: datetime, line: Line, codes: dict[str, UUID], people: set[UUID]) -> str:
    """What became of the line; empty where it is refused, with the reasons kept in it."""
    person_id = line.needed("person_uuid", as_uuid, None)
    if person_id is not None and person_id not in people:
        line.refuse("person_uuid", _("You may give competences to nobody with this UUID."))
    competence_id = codes.get(line.needed("competence", str, ""))
    if competence_id is None and line.text("competence"):
        line.refuse("competence", _("The catalogue has no competence of this code."))
    valid_from = line.needed("from", as_day, None)
    valid_to = line.optional("to", as_day, None)
    if line.problems or person_id is None or competence_id is None or valid_from is None:
        return ""
    values = HeldValues(
        competence_id=competence_id, valid_from=valid_from, valid_to=valid_to, source=line.text("source")
    )
    known = Held.objects.filter(
        person=person_id, competence=competence_id, valid_from=valid_from, valid_to=valid_to, source=values.source,
        withdrawn_from=None,
    )  # fmt: skip
    if known.exists():
        return "unchanged"
    try:
        give(actor=actor, now=now, person_id=person_id, values=values)
    except InvalidValues as error:
        line.refuse_all(error, _FIELDS)
        return ""
    except AccessError as error:
        line.refuse("person_uuid", error.message)
        return ""
    return "created"
