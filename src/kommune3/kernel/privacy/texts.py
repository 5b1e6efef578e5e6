# SPDX-License-Identifier: MPL-2.0
"""Finding and removing what tells of a person in free text, in every table: messages, titles, notes, payloads."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from django.apps import apps
from django.db import IntegrityError, transaction
from django.db.models import CharField, Field, JSONField, Model, Q, TextField
from django.db.models.functions import Cast

from kommune3.kernel.audit import append_only
from kommune3.kernel.inventory import Subject

# Others have names and addresses of their own there; a session is signed as a whole and goes as a whole.
_OWN_NAMES = {"people.Person", "people.Account", "account.EmailAddress", "places.Address", "sessions.Session"}


def searched_models() -> list[type[Model]]:
    """Every table with text that may be changed: without those that are written once."""
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and model._meta.label not in _OWN_NAMES and text_fields(model) and not _is_final(model)
    ]


def final_models() -> list[type[Model]]:
    """The tables with text that are written once."""
    return [model for model in apps.get_models() if text_fields(model) and _is_final(model)]


def text_fields(model: type[Model]) -> list[Field[Any, Any]]:
    """The fields that people, or the platform for people, write text into."""
    return [
        field
        for field in model._meta.concrete_fields
        if isinstance(field, CharField | TextField | JSONField) and not field.choices and not field.primary_key
    ]


@cache
def _is_final(model: type[Model]) -> bool:
    return not append_only.missing(model._meta.db_table)


def _mentioning(model: type[Model], subject: Subject) -> Iterator[Model]:
    """Rows in which a text speaks of the person, or may: ``Subject.is_in`` tells."""
    rows = model._base_manager.all()
    found = Q(pk__in=[])
    for field in text_fields(model):
        name = field.name
        if isinstance(field, JSONField):
            name = f"{field.name}_as_text"
            rows = rows.annotate(**{name: Cast(field.name, TextField())})
        for word in subject.stored_words:
            found |= Q(**{f"{name}__icontains": word})
    return rows.filter(found).iterator()


def mentions(model: type[Model], subject: Subject) -> int:
    """How many rows of the table speak of the person in a text."""
    return sum(
        any(_changed(getattr(row, field.name), subject) is not None for field in text_fields(model))
        for row in _mentioning(model, subject)
    )


def redact(model: type[Model], subject: Subject) -> int:
    """Remove what tells of the person from the table's texts, in the caller's transaction; returns how many rows."""
    count = 0
    for row in list(_mentioning(model, subject)):
        values = {}
        for field in text_fields(model):
            new = _changed(getattr(row, field.name), subject)
            if new is not None:
                values[field.name] = new[: field.max_length] if isinstance(new, str) and field.max_length else new
        if values:
            _write(row, values)
            count += 1
    return count


def _write(row: Model, values: dict[str, Any]) -> None:
    rows = type(row)._base_manager.filter(pk=row.pk)
    try:
        with transaction.atomic():
            rows.update(**values)
    except IntegrityError:
        # Two names that must differ have become the same: the row's number keeps them apart.
        rows.update(**{name: f"{row.pk}"[:64] if isinstance(new, str) else new for name, new in values.items()})


def _changed(value: Any, subject: Subject) -> Any:
    """The redacted value; None where there is nothing to redact."""
    if isinstance(value, str):
        return subject.redacted(value) if subject.is_in(value) else None
    if isinstance(value, list):
        items = [_changed(each, subject) for each in value]
        if all(each is None for each in items):
            return None
        return [old if new is None else new for old, new in zip(value, items, strict=True)]
    if isinstance(value, dict):
        pairs = [(_changed(name, subject), _changed(each, subject)) for name, each in value.items()]
        if all(new == (None, None) for new in pairs):
            return None
        return {
            name if new_name is None else new_name: each if new is None else new
            for (name, each), (new_name, new) in zip(value.items(), pairs, strict=True)
        }
    return None
