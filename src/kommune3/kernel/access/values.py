# SPDX-License-Identifier: MPL-2.0
"""Whether a row may be kept as it is: lengths, forms and periods, said field by field."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db.models import Model

from kommune3.kernel.access.errors import EndsTooEarly, InvalidValues


def check_fields(row: Model, names: set[str]) -> None:
    """Check the fields ``names`` of ``row`` by their own rules; raises :class:`InvalidValues`."""
    try:
        row.clean_fields(exclude={field.name for field in row._meta.fields} - names)
    except ValidationError as error:
        raise InvalidValues({name: " ".join(messages) for name, messages in error.message_dict.items()}) from error


def check_period(valid_from: date, valid_to: date | None) -> None:
    """Raise :class:`EndsTooEarly` unless the half-open period holds at least a day."""
    if valid_to is not None and valid_to <= valid_from:
        raise EndsTooEarly


def change(row: Model, values: dict[str, object]) -> list[str]:
    """Set ``values`` on ``row`` (not saved); return the names of those that were different."""
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, values[name])
    return changed
