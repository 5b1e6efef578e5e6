# SPDX-License-Identifier: MPL-2.0
"""Saving a row of a register, with a line in the audit log that tells which fields became what."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import BinaryField, CharField, Field, Model

from kommune3.kernel.access.actor import Actor
from kommune3.kernel.audit import log


def save(
    *,
    actor: Actor,
    now: datetime,
    row: Model,
    action: str,
    unit_id: UUID | None,
    citizen_id: UUID | None = None,
    beside: Mapping[str, Any] | None = None,
) -> bool:
    """Save a new or changed row and record it; False where it is as it was, and nothing is written.

    The line holds what each changed field was and became; of a text only that it was changed: texts may name people.
    ``beside``: more for the line, such as what hangs on the row.
    """
    stored = type(row)._default_manager.filter(pk=row.pk).first() if row.pk else None
    changed = [field for field in _told_fields(row) if stored is None or _value(stored, field) != _value(row, field)]
    if stored is not None and not changed and not beside:
        return False
    row.save()
    detail: dict[str, Any] = {
        field.name: [] if _is_text(field) else [_said(stored, field), _said(row, field)] for field in changed
    }
    log.record(
        actor=actor, action=action, now=now, object=row, unit_id=unit_id, citizen_id=citizen_id,
        detail=detail | dict(beside or {}),
    )  # fmt: skip
    return True


def _told_fields(row: Model) -> "list[Field[Any, Any]]":
    return [
        field for field in row._meta.concrete_fields if not field.primary_key and not isinstance(field, BinaryField)
    ]


def _is_text(field: "Field[Any, Any]") -> bool:
    return isinstance(field, CharField) and not field.choices


def _value(row: Model, field: "Field[Any, Any]") -> Any:
    return getattr(row, field.attname)


def _said(row: Model | None, field: "Field[Any, Any]") -> Any:
    """A value as JSON keeps it: numbers, lists and yes or no as they are, anything else as text."""
    value = None if row is None else _value(row, field)
    return value if value is None or isinstance(value, bool | int | list) else str(value)
