# SPDX-License-Identifier: MPL-2.0
"""Units of the organisation: made, edited and moved here, each change on record."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from django.db import transaction

from kommune3.kernel.access import reach
from kommune3.kernel.access.access import MANAGE_UNITS
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.access.errors import MovedBelowItself, NeedsParent, TopUnitStays, UnitHasClosed
from kommune3.kernel.access.values import change, check_fields, check_period
from kommune3.kernel.audit import log
from kommune3.kernel.organisation.models import Unit


@dataclass(frozen=True)
class UnitValues:
    """What is kept about a unit. Without a parent: the municipality's top unit. The period is half-open, in days."""

    name: str
    parent_id: UUID | None
    valid_from: date
    valid_to: date | None = None
    kle: str = ""


@transaction.atomic
def create_unit(*, actor: Actor, now: datetime, values: UnitValues, unit_id: UUID | None = None) -> Unit:
    """Make a unit below another; ``unit_id`` is its UUID in FK Organisation, where it has one.

    Raises NotVisible and Forbidden (a parent outside the actor's own reach), NeedsParent, UnitHasClosed, EndsTooEarly,
    InvalidValues.
    """
    _take_turns()
    if values.parent_id is None:
        raise NeedsParent
    _checked_parent(actor, values)
    unit = Unit(id=unit_id or uuid4(), **asdict(values))
    _check(unit)
    unit.save(force_insert=True)
    log.record(
        actor=actor, action="organisation.unit.created", now=now, object=unit, unit_id=unit.pk, detail=_detail(values)
    )
    return unit


@transaction.atomic
def edit_unit(*, actor: Actor, now: datetime, unit_id: UUID, values: UnitValues) -> bool:
    """Change a unit; with another parent it moves there, and takes all below it along. False where nothing differs.

    Whoever moves a unit manages where it is taken from as well as where it goes. Raises as :func:`create_unit`, and
    TopUnitStays, MovedBelowItself.
    """
    _take_turns()
    unit = reach.get(actor, Unit, unit_id, action=MANAGE_UNITS)
    if unit.parent_id != values.parent_id:
        if unit.parent_id is None:
            raise TopUnitStays
        if values.parent_id is None:
            raise NeedsParent
        parent = _checked_parent(actor, values)
        if parent.path.startswith(unit.path):
            raise MovedBelowItself
        reach.require(actor, MANAGE_UNITS, unit=Unit.objects.get(pk=unit.parent_id))
    before = {name: getattr(unit, name) for name in asdict(values)}
    changed = change(unit, asdict(values))
    if not changed:
        return False
    _check(unit)
    unit.save()
    log.record(
        actor=actor,
        action="organisation.unit.edited",
        now=now,
        object=unit,
        unit_id=unit.pk,
        detail={name: [_said(before[name]), _said(getattr(unit, name))] for name in changed},
    )
    return True


def _take_turns() -> None:
    """Those who change the tree wait for each other: two moves at once could put two units below one another."""
    list(Unit.objects.select_for_update().filter(parent=None))


def _checked_parent(actor: Actor, values: UnitValues) -> Unit:
    parent = reach.get(actor, Unit, values.parent_id, action=MANAGE_UNITS)
    if parent.valid_to is not None and parent.valid_to <= values.valid_from:
        raise UnitHasClosed("parent")
    return parent


def _check(unit: Unit) -> None:
    check_fields(unit, {"name", "kle", "valid_from"})
    check_period(unit.valid_from, unit.valid_to)


def _said(value: object) -> str:
    return "" if value is None else str(value)


def _detail(values: UnitValues) -> dict[str, str]:
    return {name: _said(value) for name, value in asdict(values).items()}
