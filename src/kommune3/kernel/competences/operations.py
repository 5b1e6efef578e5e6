# SPDX-License-Identifier: MPL-2.0
"""The register kept: the catalogue, what people have, and what is delegated. Each change is on record.

Nobody gives anything to themselves. Nothing is deleted: what is withdrawn keeps what was planned, and can be undone.
"""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from kommune3.kernel import clock
from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.access.values import change, check_fields, check_period
from kommune3.kernel.audit import log
from kommune3.kernel.competences.access import CATALOGUE, EDIT
from kommune3.kernel.competences.errors import (
    AlreadyDelegated,
    AlreadyHeld,
    AlreadyOver,
    CodeInUse,
    CodeTaken,
    DelegatorCannot,
    NotDelegable,
    NotForOneself,
    NotInUse,
    NotToOneself,
    NotWithdrawn,
)
from kommune3.kernel.competences.models import Competence, Dated, Delegation, Held, Kind
from kommune3.kernel.people.models import Person

Row = TypeVar("Row", Held, Delegation)


@dataclass(frozen=True, kw_only=True)
class CompetenceValues:
    """A line of the catalogue."""

    code: str
    title: str
    kind: str = Kind.COMPETENCE
    kl_code: str = ""


@dataclass(frozen=True, kw_only=True)
class HeldValues:
    """Which competence somebody has, for a half-open period of days, and what shows it."""

    competence_id: UUID
    valid_from: date
    valid_to: date | None = None
    source: str = ""


@dataclass(frozen=True, kw_only=True)
class DelegationValues:
    """Who lets whom do which task, for a half-open period of days; ``citizen_id`` None: for every citizen."""

    competence_id: UUID
    delegator_id: UUID
    helper_id: UUID
    valid_from: date
    instruction: str
    valid_to: date | None = None
    citizen_id: UUID | None = None


# --- The catalogue ---------------------------------------------------------------------------------------------------


@transaction.atomic
def add_competence(*, actor: Actor, now: datetime, values: CompetenceValues) -> Competence:
    """Put a competence into the catalogue. Raises Forbidden, CodeTaken, InvalidValues."""
    reach.require(actor, CATALOGUE)
    made = Competence(**asdict(values))
    _check_competence(made)
    made.save(force_insert=True)
    log.record(actor=actor, action="competences.competence.created", now=now, object=made, detail={"code": made.code})
    return made


@transaction.atomic
def edit_competence(*, actor: Actor, now: datetime, competence_id: UUID, values: CompetenceValues) -> bool:
    """Change a competence; False where nothing differs. Its code stays once somebody has it.

    Raises NotVisible, Forbidden, CodeInUse, CodeTaken, InvalidValues.
    """
    found = reach.get(actor, Competence, competence_id, action=CATALOGUE)
    changed = change(found, asdict(values))
    if not changed:
        return False
    given = [rows.objects.filter(competence=found) for rows in (Held, Delegation)]
    if "code" in changed and any(rows.exists() for rows in given):
        raise CodeInUse
    _check_competence(found)
    found.save()
    detail = {"code": found.code, "fields": changed}
    log.record(actor=actor, action="competences.competence.edited", now=now, object=found, detail=detail)
    return True


@transaction.atomic
def switch_competence(*, actor: Actor, now: datetime, competence_id: UUID, is_active: bool) -> Competence:
    """Retire a competence, so that nobody is given it any more (who has it keeps it), or take it into use again.

    Raises NotVisible, Forbidden.
    """
    found = reach.get(actor, Competence, competence_id, action=CATALOGUE)
    if change(found, {"is_active": is_active}):
        found.save(update_fields=["is_active"])
        action = "competences.competence.reinstated" if is_active else "competences.competence.retired"
        log.record(actor=actor, action=action, now=now, object=found, detail={"code": found.code})
    return found


def _check_competence(row: Competence) -> None:
    check_fields(row, {"code", "title", "kind", "kl_code"})
    if Competence.objects.filter(code=row.code).exclude(pk=row.pk).exists():
        raise CodeTaken


# --- What people have ------------------------------------------------------------------------------------------------


@transaction.atomic
def give(*, actor: Actor, now: datetime, person_id: UUID, values: HeldValues) -> Held:
    """Give a competence to an employee within the actor's reach.

    Raises NotVisible, NotForOneself, NotInUse, AlreadyHeld, EndsTooEarly, InvalidValues.
    """
    person = employee(actor, person_id)
    competence = _in_use(actor, values.competence_id)
    made = Held(person=person, competence=competence, **_without(values, "competence_id"))
    check_fields(made, {"source", "valid_from"})
    check_period(made.valid_from, made.valid_to)
    _check_free(made)
    made.save(force_insert=True)
    _record(actor, now, "competences.held.given", made, person.pk)
    return made


@transaction.atomic
def withdraw(*, actor: Actor, now: datetime, held_id: UUID) -> Held:
    """Withdraw a competence from today. Raises NotVisible, Forbidden, NotForOneself, AlreadyOver."""
    found = reach.get(actor, Held, held_id, action=EDIT)
    _check_other(actor, found.person_id)
    return _withdraw(actor, now, "competences.held.withdrawn", found, found.person_id)


@transaction.atomic
def undo_withdrawal(*, actor: Actor, now: datetime, held_id: UUID) -> Held:
    """Let a withdrawn competence hold as planned. Raises NotVisible, Forbidden, NotForOneself, NotWithdrawn,
    AlreadyHeld.
    """
    found = reach.get(actor, Held, held_id, action=EDIT)
    _check_other(actor, found.person_id)
    return _undo(actor, now, "competences.held.restored", found, found.person_id)


# --- What is delegated -----------------------------------------------------------------------------------------------


@transaction.atomic
def delegate(*, actor: Actor, now: datetime, values: DelegationValues) -> Delegation:
    """Enter that a task is delegated to a helper within the actor's reach, signed now.

    The delegator has the task as their own competence, and not by delegation, for the whole period (BEK 1219 of 2009:
    who is a helper does not delegate on). Raises NotVisible, NotForOneself, NotToOneself, NotInUse, NotDelegable,
    DelegatorCannot, AlreadyDelegated, EndsTooEarly, InvalidValues.
    """
    if values.delegator_id == values.helper_id:
        raise NotToOneself
    helper = employee(actor, values.helper_id)
    competence = _in_use(actor, values.competence_id)
    if competence.kind != Kind.DELEGABLE:
        raise NotDelegable
    citizen = reach.get(actor, Person, values.citizen_id) if values.citizen_id else None
    made = Delegation(helper=helper, competence=competence, citizen=citizen, signed_at=now,
                      **_without(values, "competence_id", "helper_id", "citizen_id"))  # fmt: skip
    check_fields(made, {"instruction", "valid_from"})
    check_period(made.valid_from, made.valid_to)
    _check_delegator(made)
    _check_free(made)
    made.save(force_insert=True)
    _record(actor, now, "competences.delegation.signed", made, helper.pk)
    return made


@transaction.atomic
def end_delegation(*, actor: Actor, now: datetime, delegation_id: UUID) -> Delegation:
    """End a delegation today. Raises NotVisible, Forbidden, AlreadyOver."""
    found = reach.get(actor, Delegation, delegation_id, action=EDIT)
    return _withdraw(actor, now, "competences.delegation.ended", found, found.helper_id)


@transaction.atomic
def undo_end(*, actor: Actor, now: datetime, delegation_id: UUID) -> Delegation:
    """Let a delegation that was ended hold as planned.

    Raises NotVisible, Forbidden, NotForOneself, NotWithdrawn, AlreadyDelegated, DelegatorCannot.
    """
    found = reach.get(actor, Delegation, delegation_id, action=EDIT)
    _check_other(actor, found.helper_id)
    _check_delegator(found)
    return _undo(actor, now, "competences.delegation.restored", found, found.helper_id)


# --- Shared by both --------------------------------------------------------------------------------------------------


def employee(actor: Actor, person_id: UUID) -> Person:
    """Somebody else to whom ``actor`` may give competences. Raises NotVisible, NotForOneself."""
    found = reach.visible(actor, Person, action=EDIT).filter(pk=person_id).first()
    if found is None:
        raise reach.NotVisible
    _check_other(actor, person_id)
    return found


def _check_other(actor: Actor, person_id: UUID) -> None:
    if not actor.may_decide(EDIT, about=person_id):
        raise NotForOneself


def _in_use(actor: Actor, competence_id: UUID) -> Competence:
    found = reach.get(actor, Competence, competence_id)
    if not found.is_active:
        raise NotInUse
    return found


def _check_delegator(row: Delegation) -> None:
    own = Held.objects.filter(
        Q(valid_to=None) if row.valid_to is None else Q(valid_to=None) | Q(valid_to__gte=row.valid_to),
        person=row.delegator_id, competence=row.competence_id, valid_from__lte=row.valid_from, withdrawn_from=None,
    )  # fmt: skip
    if not own.exists():
        raise DelegatorCannot


def _check_free(row: Held | Delegation) -> None:
    """Refuse a row where another of the same holds for some of its period."""
    if isinstance(row, Held):
        if Held.objects.filter(_overlaps(row), person=row.person_id).exclude(pk=row.pk).exists():
            raise AlreadyHeld
        return
    same = Delegation.objects.filter(_overlaps(row), helper=row.helper_id, delegator=row.delegator_id)
    if same.filter(citizen=row.citizen_id).exclude(pk=row.pk).exists():
        raise AlreadyDelegated


def _overlaps(row: Dated) -> Q:
    later = Q(valid_to=None) | Q(valid_to__gt=row.valid_from)
    still = Q(withdrawn_from=None) | Q(withdrawn_from__gt=row.valid_from)
    earlier = Q() if row.valid_to is None else Q(valid_from__lt=row.valid_to)
    return later & still & earlier & Q(competence=row.competence_id)


def _withdraw(actor: Actor, now: datetime, action: str, row: Row, person_id: UUID) -> Row:
    today = clock.municipal_date(now)
    if row.withdrawn_from is not None or (row.valid_to is not None and row.valid_to <= today):
        raise AlreadyOver
    row.withdrawn_from = max(today, row.valid_from)
    row.save(update_fields=["withdrawn_from"])
    _record(actor, now, action, row, person_id)
    return row


def _undo(actor: Actor, now: datetime, action: str, row: Row, person_id: UUID) -> Row:
    if row.withdrawn_from is None:
        raise NotWithdrawn
    row.withdrawn_from = None
    _check_free(row)
    row.save(update_fields=["withdrawn_from"])
    _record(actor, now, action, row, person_id)
    return row


def _record(actor: Actor, now: datetime, action: str, row: Held | Delegation, person_id: UUID) -> None:
    detail = {"code": row.competence.code, "from": str(row.valid_from), "to": str(row.valid_to or "")}
    log.record(actor=actor, action=action, now=now, object=row, citizen_id=person_id, detail=detail)


def _without(values: Any, *names: str) -> dict[str, Any]:
    return {name: value for name, value in asdict(values).items() if name not in names}
