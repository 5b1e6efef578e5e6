# SPDX-License-Identifier: MPL-2.0
"""Pages of a list, with a count and a search for the page that never walk through more rows than they must."""

from collections.abc import Iterator
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet
from django.utils.functional import cached_property

PAGE_SIZES = (25, 50, 100)
# Nobody pages further than this; beyond it a reader filters. Counting stops here, so a list over millions stays quick.
COUNT_LIMIT = 200_000


class LimitedPaginator(Paginator[Any]):
    """Pages of an ordered queryset. Counts no further than :data:`COUNT_LIMIT`; ``is_limited``: there are more."""

    object_list: QuerySet[Any]
    is_limited: bool = False

    @cached_property
    def count(self) -> int:
        found = self.object_list.order_by().values("pk")[: COUNT_LIMIT + 1].count()
        self.is_limited = found > COUNT_LIMIT
        return min(found, COUNT_LIMIT)

    def page(self, number: int | str) -> Page[Any]:
        """The page with its rows.

        Only the keys are sorted, not whole rows with all that they are joined to; and a page in the second half is
        sought from the end.
        """
        number = self.validate_number(number)
        start = (number - 1) * self.per_page
        stop = min(start + self.per_page, self.count)
        keys = self.object_list.values_list("pk", flat=True)
        if start > self.count // 2 and not self.is_limited:
            chosen = list(keys.reverse()[self.count - stop : self.count - start])[::-1]
        else:
            chosen = list(keys[start:stop])
        rows: dict[Any, Model] = {row.pk: row for row in self.object_list.order_by().filter(pk__in=chosen)}
        return Page([rows[key] for key in chosen if key in rows], number, self)


def page_size(asked: str | None) -> int:
    """The number of rows a page, one of :data:`PAGE_SIZES`."""
    return int(asked) if asked and asked.isdecimal() and int(asked) in PAGE_SIZES else PAGE_SIZES[0]


def elided(page: Page[Any]) -> Iterator[int | None]:
    """Page numbers to link to: the ends, the neighbours, and None where some are left out."""
    for number in page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1):
        yield number if isinstance(number, int) else None
