# SPDX-License-Identifier: MPL-2.0
"""Lists: a queryset a view hands in, with filter, sort, pages and export to CSV and Excel. See ``ui/README.md``."""

from kommune3.ui.lists.columns import (
    BooleanColumn,
    CodeColumn,
    Column,
    DateColumn,
    DateTimeColumn,
    LinkColumn,
    NumberColumn,
    StatusColumn,
    TextColumn,
)
from kommune3.ui.lists.export import neutralised
from kommune3.ui.lists.filters import (
    ChoiceFilter,
    DateRangeFilter,
    FilterSet,
    ModelFilter,
    NumberRangeFilter,
    SearchFilter,
)
from kommune3.ui.lists.responding import Empty, respond
from kommune3.ui.lists.tables import Table

__all__ = [
    "BooleanColumn",
    "ChoiceFilter",
    "CodeColumn",
    "Column",
    "DateColumn",
    "DateRangeFilter",
    "DateTimeColumn",
    "Empty",
    "FilterSet",
    "LinkColumn",
    "ModelFilter",
    "NumberColumn",
    "NumberRangeFilter",
    "SearchFilter",
    "StatusColumn",
    "Table",
    "TextColumn",
    "neutralised",
    "respond",
]
