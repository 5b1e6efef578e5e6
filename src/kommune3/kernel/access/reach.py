# SPDX-License-Identifier: MPL-2.0
"""The only ways to rows on behalf of a user."""

from typing import Any, TypeVar
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model, Q, QuerySet
from django.http import Http404

from kommune3.kernel.access import declare
from kommune3.kernel.access.actor import OWN, WHOLE_MUNICIPALITY, Actor
from kommune3.kernel.organisation.models import Unit

Row = TypeVar("Row", bound=Model)


class NotVisible(Http404):
    """The row does not exist, or this actor may not know that it does."""


class Forbidden(PermissionDenied):
    """The actor may see it, but not do this with it."""


class OwnMatter(Forbidden):
    """The actor would decide on something of their own, or as a substitute on something of whom they stand in for."""


def visible(actor: Actor, model: type[Row], *, action: str | None = None) -> QuerySet[Row]:
    """The rows of ``model`` on which ``actor`` may do ``action`` (by default: read them).

    Where the actor stands in for somebody, or has opened access in an emergency, the audit log will say so.
    """
    actor.rely_on(action or declare.scope_of(model).read)
    return _reachable(actor, model, action=action)


def _reachable(actor: Actor, model: type[Row], *, action: str | None) -> QuerySet[Row]:
    scope = declare.scope_of(model)
    action = action or scope.read
    rows = model._default_manager.all()
    if actor.is_system:
        return rows
    reach = Q(pk__in=[])
    for held in actor.holding(action):
        part = Q()
        if scope.unit is not None and held.unit_path != WHOLE_MUNICIPALITY:
            part &= Q(**{f"{scope.unit}__startswith": held.unit_path})
        if scope.kle is not None and held.kle:
            part &= Q(**{f"{scope.kle}__startswith": held.kle})
        if not part:
            return rows
        reach |= part
    if scope.person is not None and actor.person_id is not None and any(True for _ in actor.holding(action + OWN)):
        reach |= Q(**{scope.person: actor.person_id})
    if scope.many:
        return rows.filter(pk__in=model._default_manager.filter(reach).values("pk"))
    return rows.filter(reach)


def get(actor: Actor, model: type[Row], pk: Any, *, action: str | None = None) -> Row:
    """One row that ``actor`` may see; raises :class:`NotVisible`.

    With ``action``, a row that is visible but on which the actor may not do this raises :class:`Forbidden`.
    """
    row = _first(actor, model, pk, action=None)
    if row is None:
        raise NotVisible
    if action is not None and _first(actor, model, pk, action=action) is None:
        raise Forbidden
    return row


def _first(actor: Actor, model: type[Row], pk: Any, *, action: str | None) -> Row | None:
    """The row, found with the actor's own rights where they are enough, so that nothing else is said to be used."""
    try:
        if actor.borrows:
            row = _reachable(actor.with_own_rights(), model, action=action).filter(pk=pk).first()
            if row is not None:
                return row
            row = _reachable(actor, model, action=action).filter(pk=pk).first()
            if row is not None:
                actor.rely_on(action or declare.scope_of(model).read)
            return row
        return _reachable(actor, model, action=action).filter(pk=pk).first()
    except (ValueError, ValidationError):
        return None


def units(actor: Actor, action: str) -> QuerySet[Unit]:
    """The units in which ``actor`` may do ``action``."""
    if actor.is_system:
        return Unit.objects.all()
    actor.rely_on(action)
    reach = Q(pk__in=[])
    for held in actor.holding(action):
        reach |= Q(path__startswith=held.unit_path)
    return Unit.objects.filter(reach)


def require(actor: Actor, action: str, *, unit: Unit | None = None) -> None:
    """Raise :class:`Forbidden` unless ``actor`` may do ``action`` (in ``unit``, where one is given)."""
    if not actor.may(action, unit_path=unit.path if unit else None):
        raise Forbidden
    actor.rely_on(action, unit_path=unit.path if unit else None)


def require_decision(actor: Actor, action: str, *, about: UUID | None, unit: Unit | None = None) -> None:
    """Raise :class:`Forbidden` unless ``actor`` may do ``action`` to something of the person ``about``.

    :class:`OwnMatter` where only that it is their own, or of whom they stand in for, is in the way.
    """
    require(actor, action, unit=unit)
    if not actor.may_decide(action, about=about, unit_path=unit.path if unit else None):
        raise OwnMatter
