# SPDX-License-Identifier: MPL-2.0
"""Employees and where they are employed: made, edited and ended here, each change on record.

The log names the fields that changed, never what a person is called or how they are reached.
"""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Q

from kommune3.kernel import clock
from kommune3.kernel.access import reach
from kommune3.kernel.access.access import MANAGE_PEOPLE
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.access.errors import (
    AlreadyEmployed,
    CprTaken,
    EmployedElsewhere,
    EmploymentEnded,
    InvalidValues,
    UnitHasClosed,
)
from kommune3.kernel.access.values import change, check_fields, check_period
from kommune3.kernel.audit import log
from kommune3.kernel.organisation.models import Employment, Unit
from kommune3.kernel.people import register
from kommune3.kernel.people.cpr import InvalidCpr
from kommune3.kernel.people.models import Person


@dataclass(frozen=True)
class PersonValues:
    """What is kept about a person. An empty ``cpr`` leaves the CPR number as it is."""

    given_name: str
    family_name: str
    email: str = ""
    phone: str = ""
    cpr: str = ""


@dataclass(frozen=True)
class EmploymentValues:
    """Where and as what somebody is employed, for a half-open period of days."""

    unit_id: UUID
    title: str
    valid_from: date
    valid_to: date | None = None
    is_leader: bool = False


@transaction.atomic
def create_employee(
    *,
    actor: Actor,
    now: datetime,
    person: PersonValues,
    employment: EmploymentValues,
    person_id: UUID | None = None,
) -> Person:
    """Make a person who is employed in a unit; ``person_id`` is the UUID the person has elsewhere, where there is one.

    Raises NotVisible and Forbidden (a unit outside the actor's own reach), CprTaken, UnitHasClosed, EndsTooEarly,
    InvalidValues.
    """
    made = Person(id=person_id or uuid4())
    changed = _take_over(made, person)
    made.save(force_insert=True)
    log.record(
        actor=actor, action="people.person.created", now=now, object=made, citizen_id=made.pk,
        detail={"fields": changed},
    )  # fmt: skip
    _employ(actor, now, made, employment)
    return made


@transaction.atomic
def edit_person(*, actor: Actor, now: datetime, person_id: UUID, values: PersonValues) -> bool:
    """Change a person's details; False where nothing differs.

    Raises NotVisible, Forbidden, EmployedElsewhere (a person who also works outside the actor's own reach), CprTaken,
    InvalidValues.
    """
    person = reach.get(actor, Person, person_id, action=MANAGE_PEOPLE)
    if person.employments.exclude(unit__in=reach.units(actor, MANAGE_PEOPLE)).exists():
        raise EmployedElsewhere
    changed = _take_over(person, values)
    if not changed:
        return False
    person.save()
    log.record(
        actor=actor, action="people.person.edited", now=now, object=person, citizen_id=person.pk,
        detail={"fields": changed},
    )  # fmt: skip
    return True


@transaction.atomic
def employ(*, actor: Actor, now: datetime, person_id: UUID, values: EmploymentValues) -> Employment:
    """Employ a person in a further unit. Raises as :func:`create_employee`, and AlreadyEmployed."""
    return _employ(actor, now, reach.get(actor, Person, person_id, action=MANAGE_PEOPLE), values)


@transaction.atomic
def edit_employment(*, actor: Actor, now: datetime, employment_id: UUID, values: EmploymentValues) -> bool:
    """Correct an employment; False where nothing differs. Raises as :func:`employ`."""
    employment = reach.get(actor, Employment, employment_id, action=MANAGE_PEOPLE)
    changed = change(employment, asdict(values))
    if not changed:
        return False
    _check(actor, employment)
    employment.save()
    _record(actor, now, "organisation.employment.edited", employment, {"fields": changed})
    return True


@transaction.atomic
def end_employment(*, actor: Actor, now: datetime, employment_id: UUID) -> Employment:
    """End an employment today; one that has not begun before today is taken back.

    Raises NotVisible, Forbidden, EmploymentEnded.
    """
    employment = reach.get(actor, Employment, employment_id, action=MANAGE_PEOPLE)
    today = clock.municipal_date(now)
    if employment.valid_to is not None and employment.valid_to <= today:
        raise EmploymentEnded
    _record(actor, now, "organisation.employment.ended", employment, {"from": str(employment.valid_from)})
    if employment.valid_from >= today:
        employment.delete()
    else:
        employment.valid_to = today
        employment.save(update_fields=["valid_to"])
    return employment


def _employ(actor: Actor, now: datetime, person: Person, values: EmploymentValues) -> Employment:
    employment = Employment(person=person, **asdict(values))
    _check(actor, employment)
    employment.save(force_insert=True)
    detail = {"from": str(values.valid_from), "to": str(values.valid_to or "")}
    _record(actor, now, "organisation.employment.created", employment, detail)
    return employment


def _take_over(person: Person, values: PersonValues) -> list[str]:
    """Put ``values`` into ``person`` (not saved) and return the names of the fields that changed."""
    given = asdict(values)
    digits = given.pop("cpr")
    changed = change(person, given)
    check_fields(person, set(given))
    if digits:
        try:
            other = register.find_by_cpr(digits)
            if other is not None and other.pk != person.pk:
                raise CprTaken
            if other is None:
                register.set_cpr(person, digits)
                changed.append("cpr")
        except InvalidCpr as error:
            raise InvalidValues({"cpr": str(error)}) from error
    return changed


def _check(actor: Actor, employment: Employment) -> None:
    unit = reach.get(actor, Unit, employment.unit_id, action=MANAGE_PEOPLE)
    check_fields(employment, {"title", "valid_from"})
    check_period(employment.valid_from, employment.valid_to)
    if unit.valid_to is not None and unit.valid_to <= employment.valid_from:
        raise UnitHasClosed
    same = Employment.objects.filter(person_id=employment.person_id, unit_id=unit.pk).exclude(pk=employment.pk)
    same = same.filter(Q(valid_to=None) | Q(valid_to__gt=employment.valid_from))
    if employment.valid_to is not None:
        same = same.filter(valid_from__lt=employment.valid_to)
    if same.exists():
        raise AlreadyEmployed


def _record(actor: Actor, now: datetime, action: str, employment: Employment, detail: dict[str, Any]) -> None:
    log.record(
        actor=actor, action=action, now=now, object=employment, unit_id=employment.unit_id,
        citizen_id=employment.person_id, detail=detail,
    )  # fmt: skip
