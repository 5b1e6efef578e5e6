# SPDX-License-Identifier: MPL-2.0
"""How to get into a citizen's home: shown for a purpose, at a visit of today's route, and put on record."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from kommune3.kernel.access import lookups, reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.places.models import Address
from kommune3.solutions.care.errors import InvalidRow
from kommune3.solutions.care.operations.citizens import ENTRY, entry_of
from kommune3.solutions.care.queries.route import RouteStop, get_route


@dataclass(frozen=True)
class Entry:
    """``code``: how one gets in, as it was written down; empty where nothing was."""

    code: str
    address: Address | None


def stop_of(*, actor: Actor, now: datetime, visit_id: int) -> RouteStop:
    """The visit on the actor's route of today. Raises ``NotVisible`` for one that is not; ``Forbidden``."""
    for found in get_route(actor=actor, now=now).stops:
        if found.visit.pk == visit_id:
            reach.require(actor, ENTRY, unit=found.visit.citizen.team.unit)
            return found
    raise reach.NotVisible


@transaction.atomic
def open_entry(*, actor: Actor, now: datetime, visit_id: int, purpose: str) -> Entry:
    """How to get in where the visit is, for a ``purpose`` that is put on record first.

    Raises ``NotVisible``, ``Forbidden``; :class:`InvalidRow` without a purpose.
    """
    if not purpose.strip():
        raise InvalidRow({"purpose": _("Tell what you need it for.")})
    citizen = stop_of(actor=actor, now=now, visit_id=visit_id).visit.citizen
    lookups.read(
        actor=actor, now=now, kind="care.entry.read", person_id=citizen.person_id, object=citizen, purpose=purpose
    )
    return Entry(entry_of(citizen), citizen.person.address)
