# SPDX-License-Identifier: MPL-2.0
"""The one function a view calls: the page with its list, or the export that the reader asked for."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from django_tables2.rows import BoundRows

from kommune3.ui.lists import export, paging
from kommune3.ui.lists.filters import FilterSet
from kommune3.ui.lists.tables import Table, joined

Text = str | Promise
ROWS = _("rows")


@dataclass(frozen=True)
class Empty:
    """What to say when there are no rows at all, and what the reader can do about it."""

    heading: Text = _("There is nothing here yet")
    text: Text = ""
    action: Text = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell ready to render. ``title``: its column's heading, shown beside it where rows are cards."""

    html: Text
    title: Text
    css: str


@dataclass(frozen=True)
class Shown:
    """A list ready to render with ``ui/lists/list.html``."""

    table: Table
    rows: list[list[Cell]]
    filters: FilterSet | None
    page: Any
    pages: tuple[int | None, ...]
    sizes: tuple[int, ...]
    size: int
    sort: str
    sorts: tuple[tuple[str, Text], ...]
    carried: tuple[tuple[str, str], ...]
    empty: Empty
    noun: Text
    formats: tuple[str, ...]


def respond(
    request: HttpRequest,
    *,
    rows: QuerySet[Any],
    table: type[Table],
    title: Text,
    filters: type[FilterSet] | None = None,
    template: str = "ui/lists/page.html",
    context: Mapping[str, Any] | None = None,
    noun: Text = ROWS,
    empty: Empty | None = None,
    on_export: Callable[[str], None] | None = None,
    on_shown: Callable[[Sequence[str], int], None] | None = None,
    formats: tuple[str, ...] = ("csv", "xlsx"),
) -> HttpResponseBase:
    """A page with the list, or with ``?export=csv`` or ``?export=xlsx`` its filtered and sorted rows as a file.

    ``rows``: what the actor may see, from ``access.visible``. ``template`` extends
    ``ui/base.html`` and includes ``ui/lists/list.html``. ``noun``: what the rows are, in the plural. ``on_export``:
    called with the format before the first row is sent, for the audit log. ``on_shown``: called, where rows are about
    people, with the names of the filters that were set and how many rows matched, for the same. ``formats``: what the
    rows can be downloaded as, of "csv", "xlsx" and "json".
    """
    chosen = filters(request.GET, queryset=rows, request=request) if filters else None
    found = joined(chosen.qs if chosen else rows, table)
    sort = _sort(request.GET.get("sort"), table)
    shown = table(found, order_by=sort or None)
    shown.data.data = _steady(shown.data.data)
    form = request.GET.get("export")
    if form in formats:
        if on_export:
            on_export(form)
        return export.RESPONSES[form](shown, slugify(str(title)) or "export")
    answer = _shown(request, shown, chosen, empty, noun, formats)
    if on_shown:
        on_shown(chosen.active_names if chosen else [], answer.page.paginator.count)
    return render(request, template, {"title": title, **(context or {}), "list": answer})


def _shown(
    request: HttpRequest,
    table: Table,
    filters: FilterSet | None,
    empty: Empty | None,
    noun: Text,
    formats: tuple[str, ...],
) -> Shown:
    size = paging.page_size(request.GET.get("rows"))
    page = paging.LimitedPaginator(table.data.data, size).get_page(request.GET.get("page"))
    sort = str(table.order_by[0]) if table.order_by else ""
    return Shown(
        table=table,
        rows=_cells(table, list(page.object_list)),
        filters=filters,
        page=page,
        pages=tuple(paging.elided(page)),
        sizes=paging.PAGE_SIZES,
        size=size,
        sort=sort,
        sorts=tuple(
            (f"{sign}{column.name}", f"{column.header} {arrow}")
            for column in table.columns
            if column.orderable
            for sign, arrow in (("", "↑"), ("-", "↓"))
        ),
        carried=tuple(
            (key, value)
            for key in request.GET
            if key not in ("page", "rows", "sort", "export")
            for value in request.GET.getlist(key)
        ),
        empty=empty or Empty(),
        noun=noun,
        formats=formats,
    )


def _cells(table: Table, records: list[Any]) -> list[list[Cell]]:
    """The page's rows. Headings and classes are looked up once for each column: for each cell it would take time."""
    columns = [(column.header, column.attrs["td"].get("class", "")) for column in table.columns]
    return [
        [Cell(html, title, css) for html, (title, css) in zip(row, columns, strict=True)]
        for row in BoundRows(data=records, table=table)
    ]


def _sort(asked: str | None, table: type[Table]) -> str:
    """The column asked for, or nothing where there is no such column."""
    name = (asked or "").removeprefix("-")
    return asked or "" if name in table.base_columns and table.base_columns[name].orderable is not False else ""


def _steady(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Rows of equal rank keep their order from page to page: the primary key decides last."""
    order = rows.query.order_by or rows.model._meta.ordering or ()
    return rows if "pk" in order or "-pk" in order else rows.order_by(*order, "pk")
