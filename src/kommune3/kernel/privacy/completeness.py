# SPDX-License-Identifier: MPL-2.0
"""Whether the inventory is whole: every table that has to do with a person, or looks so, is declared."""

import re
from collections.abc import Iterable

from django.apps import apps
from django.db.models import CharField, EmailField, Field, GenericIPAddressField, JSONField, Model, TextField, UUIDField

from kommune3.kernel.inventory import reasons, records
from kommune3.kernel.people.models import Account, Person

_PERSONAL_NAME = re.compile(
    r"(^|_)(name|given|family|first|last|mail|email|phone|telephone|mobile|cpr|address|street|postcode|town|note|notes|"
    r"text|comment|remark|description|body|message|fault|username|user|person|citizen|employee|driver|client|patient|"
    r"latitude|longitude|position|location|by_name|ip)(_|$)|_name$|_by$"
)
_IDENTIFIER_NAME = re.compile(r"(^|_)(person|citizen|employee|account|actor|user|driver)(_|$)|_by$|_by_id$")


def looks_personal(field: Field) -> bool:  # type: ignore[type-arg]
    """Whether a field holds something about a person, as far as its name and type tell."""
    if field.is_relation or field.choices:
        return False
    if isinstance(field, EmailField | GenericIPAddressField | TextField | JSONField):
        return True
    if isinstance(field, UUIDField):
        return not field.primary_key and bool(_IDENTIFIER_NAME.search(field.name))
    if isinstance(field, CharField) or field.get_internal_type() == "FloatField":
        return bool(_PERSONAL_NAME.search(field.name))
    return False


def related_to_people(models: Iterable[type[Model]]) -> set[type[Model]]:
    """The models with a person or a login, or that point to a model with one, and so on."""
    found: set[type[Model]] = {Person, Account}
    several = list(models)
    while True:
        more = {
            model
            for model in several
            if model not in found
            and any(field.is_relation and field.related_model in found for field in model._meta.concrete_fields)
        }
        if not more:
            return found
        found |= more


def gaps(models: Iterable[type[Model]] | None = None) -> list[str]:
    """What is missing from the inventory, a line each: models, and fields of models that are in it."""
    every = list(models if models is not None else apps.get_models(include_auto_created=True))
    related = related_to_people(every)
    declared: dict[str, set[str]] = {}
    for line in records():
        declared.setdefault(line.model, set()).update(
            line.fields, line.names, line.usernames, line.beside, line.emptied,
            (each.split("__")[0] for each in (*line.person, *line.account)),
        )  # fmt: skip
    missing = []
    for model in every:
        label = model._meta.label
        if label in reasons():
            continue
        suspicious = [field.name for field in model._meta.concrete_fields if looks_personal(field)]
        if label not in declared:
            if model in related:
                missing.append(f"{label}: points to a person or a login")
            elif suspicious:
                missing.append(f"{label}: {', '.join(suspicious)} look personal")
            continue
        missing += [f"{label}.{name}: looks personal" for name in suspicious if name not in declared[label]]
    return missing


def outdated() -> list[str]:
    """Lines and reasons of models or fields that no longer exist."""
    labels = {model._meta.label: model for model in apps.get_models(include_auto_created=True)}
    found = [f"{label}: no such model" for label in reasons() if label not in labels]
    for line in records():
        if line.model not in labels:
            found.append(f"{line.model}: no such model")
            continue
        names = {field.name for field in labels[line.model]._meta.get_fields()} | {"cpr"}
        found += [f"{line.model}.{name}: no such field" for name in (*line.fields, *line.beside) if name not in names]
        if line.model in reasons():
            found.append(f"{line.model}: both personal and not")
    return found
