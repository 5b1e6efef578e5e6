# SPDX-License-Identifier: MPL-2.0
"""Whom a message is for."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q

from kommune3.kernel.access.models import Grant
from kommune3.kernel.organisation import tree
from kommune3.kernel.organisation.models import Unit
from kommune3.kernel.people.models import Account, Person


@dataclass(frozen=True)
class HoldersOf:
    """Everybody whose grant of ``role`` covers ``unit`` (None: the whole municipality)."""

    role: str
    unit: Unit | None = None


@dataclass(frozen=True)
class LeaderOf:
    """Who leads ``unit``, and who stands in for the leader."""

    unit: Unit


Recipient = Person | Account | HoldersOf | LeaderOf


def persons(to: Recipient | Iterable[Recipient], *, on: date) -> list[Person]:
    """The persons meant, each once; those without an account too."""
    several = [to] if isinstance(to, Recipient) else list(to)
    found: dict[object, Person] = {}
    for recipient in several:
        for person in _persons(recipient, on=on):
            found[person.pk] = person
    return list(found.values())


def _persons(recipient: Recipient, *, on: date) -> Iterable[Person]:
    if isinstance(recipient, Person):
        return [recipient]
    if isinstance(recipient, Account):
        return [recipient.person] if recipient.person else []
    if isinstance(recipient, LeaderOf):
        leader = tree.leader_of(recipient.unit, on=on)
        stand_ins = [each.person for each in tree.substitutes_of(recipient.unit, on=on)]
        return [leader, *stand_ins] if leader else stand_ins
    grants = Grant.objects.filter(tree.in_force(on), role=recipient.role, account__is_active=True)
    if recipient.unit is None:
        grants = grants.filter(unit=None)
    else:
        above = [UUID(hexadecimal) for hexadecimal in recipient.unit.path.strip("/").split("/")]
        grants = grants.filter(Q(unit=None) | Q(unit__in=above))
    return Person.objects.filter(account__grants__in=grants).distinct()
