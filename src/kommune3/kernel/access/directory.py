# SPDX-License-Identifier: MPL-2.0
"""People, units, logins and rights, as somebody may see them; looking at a person's CPR number is put on record."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Count, QuerySet

from kommune3.kernel.access import lookups, reach
from kommune3.kernel.access.access import MANAGE_PEOPLE, MANAGE_UNITS, REVEAL_CPR
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.access.errors import PurposeMissing
from kommune3.kernel.access.models import Grant, PrivilegeRole, RefusedPrivilege
from kommune3.kernel.organisation.models import Employment, Unit
from kommune3.kernel.organisation.tree import in_force, leader_of
from kommune3.kernel.people import cpr, register
from kommune3.kernel.people.models import Account, Person


@dataclass(frozen=True)
class Branch:
    """A unit in the tree, ``depth`` steps below the topmost unit the actor may see."""

    unit: Unit
    depth: int
    leader: str
    employees: int


def find_people(actor: Actor) -> QuerySet[Person]:
    """The people ``actor`` may see, by family name."""
    return reach.visible(actor, Person).order_by("family_name", "given_name", "pk")


def record_search(*, actor: Actor, now: datetime, by: Sequence[str], found: int) -> None:
    """Put on record that somebody was shown a list of people: by what, and how many. What was typed is not kept."""
    lookups.search(actor=actor, now=now, kind="people.person.searched", by=by, found=found)


@transaction.atomic
def look_up_person(*, actor: Actor, now: datetime, person_id: UUID) -> Person:
    """One person; that somebody else looked is put on record. Raises NotVisible."""
    person = reach.get(actor, Person, person_id)
    note_opened(actor=actor, now=now, person=person)
    return person


def note_opened(*, actor: Actor, now: datetime, person: Person) -> None:
    """Put on record that somebody's details were opened."""
    lookups.read(actor=actor, now=now, kind="people.person.read", person_id=person.pk, object=person)


def masked_cpr(person: Person) -> str:
    """The date of birth, and the serial number hidden; empty where no CPR number is kept."""
    digits = register.open_cpr(person)
    return cpr.masked(digits) if digits else ""


@transaction.atomic
def reveal_cpr(*, actor: Actor, now: datetime, person_id: UUID, purpose: str) -> str:
    """The ten digits as DDMMYY-XXXX, on record with the purpose. Raises NotVisible, Forbidden, PurposeMissing."""
    reach.require(actor, REVEAL_CPR)
    person = reach.get(actor, Person, person_id)
    purpose = purpose.strip()
    if len(purpose) < 5:
        raise PurposeMissing
    digits = register.open_cpr(person) or ""
    lookups.read(actor=actor, now=now, kind=REVEAL_CPR, person_id=person.pk, object=person, purpose=purpose)
    return f"{digits[:6]}-{digits[6:]}" if digits else ""


def record_export(*, actor: Actor, now: datetime, form: str) -> None:
    """Put on record that a list of people left the platform as a file."""
    lookups.export(actor=actor, now=now, kind="people.person.exported", form=form)


def employments_of(actor: Actor, person: Person, *, on: date) -> QuerySet[Employment]:
    """Where the person works on a day, of the units ``actor`` may see."""
    units = reach.visible(actor, Unit)
    return person.employments.filter(in_force(on), unit__in=units).select_related("unit").order_by("unit__name")


def every_employment_of(actor: Actor, person: Person) -> QuerySet[Employment]:
    """Where the person works, has worked and will work, of the units in which ``actor`` manages employees."""
    return (
        reach.visible(actor, Employment, action=MANAGE_PEOPLE)
        .filter(person=person)
        .select_related("unit")
        .order_by("-valid_from", "unit__name")
    )


def possible_parents(actor: Actor, unit: Unit) -> QuerySet[Unit]:
    """The units below which ``actor`` may move the unit: none for the top unit, or where it may not be taken away."""
    if unit.parent is None or not actor.may(MANAGE_UNITS, unit_path=unit.parent.path):
        return Unit.objects.none()
    return reach.units(actor, MANAGE_UNITS).exclude(path__startswith=unit.path).order_by("name")


def leader_name(unit: Unit, *, on: date) -> str:
    """Who leads the unit on a day, or else the nearest unit above it. A leader's name is no secret in the house."""
    leader = leader_of(unit, on=on)
    return str(leader) if leader else ""


def unit_tree(actor: Actor, *, on: date) -> list[Branch]:
    """The units ``actor`` may see on a day, each below its parent, in three queries."""
    units = list(reach.visible(actor, Unit).filter(in_force(on)))
    employments = Employment.objects.filter(in_force(on), unit__in=units)
    employees = dict(employments.values_list("unit_id").annotate(Count("pk")))
    leaders = {
        employment.unit_id: str(employment.person)
        for employment in employments.filter(is_leader=True).select_related("person")
    }
    children: dict[UUID | None, list[Unit]] = {}
    known = {unit.pk for unit in units}
    for unit in sorted(units, key=lambda unit: unit.name.casefold()):
        children.setdefault(unit.parent_id if unit.parent_id in known else None, []).append(unit)
    tree: list[Branch] = []

    def grow(parent_id: UUID | None, depth: int) -> None:
        for unit in children.get(parent_id, []):
            tree.append(Branch(unit, depth, leaders.get(unit.pk, ""), employees.get(unit.pk, 0)))
            grow(unit.pk, depth + 1)

    grow(None, 0)
    return tree


def employees_of(actor: Actor, unit: Unit, *, on: date) -> QuerySet[Employment]:
    """Who is employed in the unit on a day, of those ``actor`` may see."""
    return (
        unit.employments.filter(in_force(on), person__in=reach.visible(actor, Person))
        .select_related("person")
        .order_by("-is_leader", "person__family_name", "person__given_name")
    )


def find_accounts(actor: Actor) -> QuerySet[Account]:
    """The logins ``actor`` may manage, by user name."""
    return reach.visible(actor, Account).select_related("person").order_by("username")


def open_login_of(actor: Actor, person: Person) -> Account | None:
    """The person's login, where it is open and ``actor`` may manage it."""
    return reach.visible(actor, Account).filter(person=person, is_active=True).first()


def account_id_of(person: Person) -> UUID | None:
    """The person's login, where there is one."""
    return Account.objects.filter(person=person).values_list("pk", flat=True).first()


def grants_of(actor: Actor, account: Account) -> QuerySet[Grant]:
    """The account's rights, past, present and to come, of those ``actor`` may manage or that are the actor's own."""
    grants = Grant.objects.filter(account=account) if account.pk == actor.account_id else reach.visible(actor, Grant)
    return grants.filter(account=account).select_related("unit").order_by("-valid_from", "role")


def privilege_roles(actor: Actor) -> QuerySet[PrivilegeRole]:
    """Which role each privilege of the identity provider gives."""
    return reach.visible(actor, PrivilegeRole).order_by("privilege")


def refused_privileges(actor: Actor) -> QuerySet[RefusedPrivilege]:
    """What the identity provider stated at each login's latest visit, and that gave no right; the newest first."""
    return reach.visible(actor, RefusedPrivilege).select_related("account__person")
