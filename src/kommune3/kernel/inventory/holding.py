# SPDX-License-Identifier: MPL-2.0
"""Rows on legal hold, asked for by packages that ``kernel.privacy`` itself builds on."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.db.models import Model, QuerySet

Row = TypeVar("Row", bound=Model)


def _nothing_is_held(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows


_reader: Callable[[QuerySet[Any]], QuerySet[Any]] = _nothing_is_held


def read_with(reader: Callable[[QuerySet[Any]], QuerySet[Any]]) -> None:
    """Tell who knows the holds; ``kernel.privacy`` does so when Django starts."""
    global _reader
    _reader = reader


def unheld(rows: QuerySet[Row]) -> QuerySet[Row]:
    """``rows`` without those that somebody has placed on legal hold. Ask it before deleting what is old."""
    return _reader(rows)
