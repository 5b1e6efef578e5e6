# SPDX-License-Identifier: MPL-2.0
"""Citizens who get visits: where they live, what a carer must know, how one gets in, and whom they wish for."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from kommune3.kernel.access import lookups, reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.access.errors import PurposeMissing
from kommune3.kernel.audit import log
from kommune3.kernel.people import register, sealing
from kommune3.kernel.people.cpr import InvalidCpr
from kommune3.kernel.people.models import Person
from kommune3.solutions.care.errors import InvalidRow
from kommune3.solutions.care.models import ENTRY_SEALED, Carer, Citizen, Team, Wish, WishKind
from kommune3.solutions.care.operations import needs, rows
from kommune3.solutions.care.operations.addresses import Place, address_of

EDIT = "care.needs.edit"
ENTRY = "care.entry.read"
SHORTEST_PURPOSE = 5


@dataclass(frozen=True)
class CitizenValues:
    """What is kept about a citizen who gets visits. ``access_seconds``: parking, stairs, key box, at each visit."""

    team: Team
    given_name: str
    family_name: str
    place: Place
    phone: str = ""
    access_seconds: int = 0
    note: str = ""
    is_active: bool = True


@transaction.atomic
def add_citizen(*, actor: Actor, now: datetime, values: CitizenValues, cpr: str = "") -> Citizen:
    """Let a team visit a citizen; ``cpr`` finds a person who is registered already, or is kept with a new one.

    Raises :class:`InvalidRow` (an invalid CPR number, a citizen who gets visits already), ``Forbidden``.
    """
    reach.require(actor, EDIT, unit=values.team.unit)
    try:
        person = register.find_by_cpr(cpr) if cpr else None
        if person is None:
            person = Person()
            if cpr:
                register.set_cpr(person, cpr)
    except InvalidCpr as error:
        raise InvalidRow({"cpr": str(error)}) from error
    if Citizen.objects.filter(person=person.pk).exists():
        raise InvalidRow({"cpr": _("The citizen gets visits already. Find the citizen in the list, or ask the team.")})
    citizen = Citizen(person=person)
    _write(citizen, values, actor=actor, now=now)
    return citizen


@transaction.atomic
def save_citizen(
    *, actor: Actor, now: datetime, citizen_id: int, values: CitizenValues, follows: bool = True
) -> Citizen:
    """Change what is kept about a citizen, also to another team. Raises NotVisible, ``Forbidden``, InvalidRow.

    ``follows=False``: the caller makes the visits that follow.
    """
    citizen = reach.get(actor, Citizen, citizen_id, action=EDIT)
    reach.require(actor, EDIT, unit=values.team.unit)
    _write(citizen, values, actor=actor, now=now)
    if follows:
        needs.follow(actor=actor, now=now, citizen=citizen)
    return citizen


def _write(citizen: Citizen, values: CitizenValues, *, actor: Actor, now: datetime) -> None:
    person = citizen.person
    given = {
        "given_name": values.given_name, "family_name": values.family_name, "phone": values.phone,
        "address": address_of(values.place),
    }  # fmt: skip
    changed = [name for name, value in given.items() if getattr(person, name) != value]
    is_new = person._state.adding
    if {"given_name", "family_name"} & set(changed) and not is_new and person.employments.exists():
        raise InvalidRow({"given_name": _("The citizen also works here: the name is changed under People.")})
    for name in changed:
        setattr(person, name, given[name])
    if changed:
        person.save()
    citizen.person = person
    citizen.team, citizen.access_seconds = values.team, values.access_seconds
    citizen.note, citizen.is_active = values.note, values.is_active
    rows.save(
        actor=actor, now=now, row=citizen, action="care.citizen.saved", unit_id=values.team.unit_id,
        citizen_id=person.pk, beside={"person": changed} if changed else None,
    )  # fmt: skip


@transaction.atomic
def set_entry(*, actor: Actor, now: datetime, citizen_id: int, text: str) -> None:
    """Seal how one gets in; an empty text removes it. Raises NotVisible, ``Forbidden``."""
    citizen = reach.get(actor, Citizen, citizen_id, action=EDIT)
    text = text.strip()
    citizen.entry_sealed = sealing.seal(text, place=ENTRY_SEALED.place(citizen)) if text else None
    citizen.save(update_fields=["entry_sealed"])
    log.record(
        actor=actor, action="care.entry.sealed" if text else "care.entry.removed", now=now, object=citizen,
        unit_id=citizen.team.unit_id, citizen_id=citizen.person_id,
    )  # fmt: skip


@transaction.atomic
def reveal_entry(*, actor: Actor, now: datetime, citizen_id: int, purpose: str) -> str:
    """How one gets in, on record with the purpose; empty where nobody has told.

    Raises NotVisible, ``Forbidden``, PurposeMissing.
    """
    citizen = reach.get(actor, Citizen, citizen_id)
    reach.require(actor, ENTRY, unit=citizen.team.unit)
    purpose = purpose.strip()
    if len(purpose) < SHORTEST_PURPOSE:
        raise PurposeMissing
    note_entry_read(actor=actor, now=now, citizen=citizen, purpose=purpose)
    return entry_of(citizen)


def note_entry_read(*, actor: Actor, now: datetime, citizen: Citizen, purpose: str) -> None:
    """Put on record that somebody was shown how to get in."""
    lookups.read(
        actor=actor, now=now, kind="care.entry.read", person_id=citizen.person_id, object=citizen, purpose=purpose
    )


def entry_of(citizen: Citizen) -> str:
    """The opened text. Callers show it for a purpose only, and put that on record."""
    if citizen.entry_sealed is None:
        return ""
    return sealing.open_sealed(bytes(citizen.entry_sealed), place=ENTRY_SEALED.place(citizen))


@transaction.atomic
def save_wish(*, actor: Actor, now: datetime, citizen_id: int, carer_id: int, kind: WishKind) -> Wish:
    """Write down how a citizen stands to a carer; a new primary carer takes the place of the former one."""
    citizen = reach.get(actor, Citizen, citizen_id, action=EDIT)
    carer = reach.get(actor, Carer, carer_id)
    if kind == WishKind.PRIMARY:
        citizen.wishes.filter(kind=kind).exclude(carer=carer).update(kind=WishKind.PREFERRED)
    wish, _made = Wish.objects.update_or_create(citizen=citizen, carer=carer, defaults={"kind": kind})
    _record_wish(actor, now, "care.wish.saved", citizen, carer_id=carer.pk, kind=str(kind))
    return wish


@transaction.atomic
def remove_wish(*, actor: Actor, now: datetime, citizen_id: int, wish_id: int) -> None:
    """Take a wish back."""
    citizen = reach.get(actor, Citizen, citizen_id, action=EDIT)
    wish = citizen.wishes.filter(pk=wish_id).first()
    if wish is None:
        raise reach.NotVisible
    _record_wish(actor, now, "care.wish.removed", citizen, carer_id=wish.carer_id, kind=wish.kind)
    wish.delete()


def _record_wish(actor: Actor, now: datetime, action: str, citizen: Citizen, *, carer_id: int, kind: str) -> None:
    person_id: UUID = citizen.person_id
    log.record(
        actor=actor, action=action, now=now, object=citizen, unit_id=citizen.team.unit_id, citizen_id=person_id,
        detail={"carer": carer_id, "wish": kind},
    )  # fmt: skip
