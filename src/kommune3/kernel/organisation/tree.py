# SPDX-License-Identifier: MPL-2.0
"""Asking the organisation tree."""

from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from kommune3.kernel.organisation.models import Employment, Municipality, Substitute, Unit
from kommune3.kernel.people.models import Person


class NoMunicipality(LookupError):
    """The installation has not been set up yet: there is no municipality row."""


def municipality() -> Municipality:
    """The municipality this installation serves; raises :class:`NoMunicipality`."""
    row = Municipality.objects.first()
    if row is None:
        raise NoMunicipality
    return row


def subtree(unit: Unit) -> QuerySet[Unit]:
    """The unit and every unit below it."""
    return Unit.objects.filter(path__startswith=unit.path)


def in_force(on: date) -> Q:
    """The filter "valid on the day ``on``" for rows with ``valid_from`` and ``valid_to`` (half-open)."""
    return Q(valid_from__lte=on) & (Q(valid_to=None) | Q(valid_to__gt=on))


def employments_of(person_id: UUID, *, on: date) -> QuerySet[Employment]:
    """Where a person is employed on a day."""
    return Employment.objects.filter(in_force(on), person_id=person_id).select_related("unit")


def leader_of(unit: Unit, *, on: date) -> Person | None:
    """Who leads the unit on a day: its own leader, or else the nearest leader above."""
    step: Unit | None = unit
    while step is not None:
        employment = step.employments.filter(in_force(on), is_leader=True).select_related("person").first()
        if employment is not None:
            return employment.person
        step = step.parent
    return None


def substitutes_of(unit: Unit, *, on: date) -> QuerySet[Substitute]:
    """Who stands in for the unit's leader on a day."""
    return unit.substitutes.filter(in_force(on)).select_related("person")
