# SPDX-License-Identifier: MPL-2.0
"""The table of a list: declared columns over a queryset."""

from typing import Any

import django_tables2
from django.core.exceptions import FieldDoesNotExist
from django.db.models import ForeignKey, Model, QuerySet


class Table(django_tables2.Table):
    """Declare columns as attributes; ``Meta.order_by`` is the order until the reader chooses another."""

    class Meta:
        template_name = "ui/lists/table.html"
        attrs = {"class": "table table-md-responsive-headers"}


def joined(rows: QuerySet[Any], table_class: type[Table]) -> QuerySet[Any]:
    """``rows`` with every foreign key that a column reads through fetched in the same query.

    A queryset that already says ``select_related`` or that yields dictionaries is left as it is.
    """
    if rows.query.select_related or getattr(rows, "_fields", None) is not None:
        return rows
    names = {
        path
        for name, column in table_class.base_columns.items()
        for path in _relations(rows.model, str(column.accessor or name).replace(".", "__").split("__"))
    }
    return rows.select_related(*sorted(names)) if names else rows


def _relations(model: type[Model], steps: list[str]) -> list[str]:
    """Look-ups of the foreign keys that an accessor begins with: ``base__unit__name`` -> ``base``, ``base__unit``."""
    paths: list[str] = []
    for step in steps:
        try:
            field = model._meta.get_field(step)
        except FieldDoesNotExist:
            break
        if not isinstance(field, ForeignKey):
            break
        paths.append("__".join([*paths[-1:], step]))
        model = field.related_model  # type: ignore[assignment]
    return paths
