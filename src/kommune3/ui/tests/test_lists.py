# SPDX-License-Identifier: MPL-2.0
"""Lists, through the example of the design page: rows that every installation has."""

import csv
import io
from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.http import HttpRequest
from django.test import RequestFactory
from django.utils import translation

from kommune3.ui import lists
from kommune3.ui.design.views import example_list
from kommune3.ui.lists import export, paging
from kommune3.ui.lists.tables import joined

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def danish() -> Iterable[None]:
    with translation.override("da"):
        yield


def asked(query: str = "") -> HttpRequest:
    return RequestFactory().get(f"/design/list/?{query}")


def page(query: str = "") -> str:
    return example_list(asked(query)).content.decode()  # type: ignore[attr-defined]


def csv_rows(query: str = "") -> list[list[str]]:
    content = b"".join(example_list(asked(f"export=csv&{query}")).streaming_content)  # type: ignore[attr-defined]
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


def sheet_of(query: str = "") -> Any:
    content = b"".join(example_list(asked(f"export=xlsx&{query}")).streaming_content)  # type: ignore[attr-defined]
    return openpyxl.load_workbook(io.BytesIO(content)).active


def permission(name: str, codename: str = "made_up") -> Permission:
    content_type = ContentType._default_manager.first()
    return Permission._default_manager.create(name=name, codename=codename, content_type=content_type)


# --- The page ------------------------------------------------------------------------------------------------------


def test_the_page_says_how_many_rows_there_are_and_shows_the_first_25() -> None:
    total = Permission._default_manager.count()
    html = page()
    assert f"<strong>1–25</strong> af <strong>{total}</strong>" in html
    assert html.count("<tr>") == 1 + 25


def test_the_reader_chooses_how_many_rows_a_page_has() -> None:
    assert page("rows=50").count("<tr>") == 1 + 50


@pytest.mark.parametrize("rows", ["7", "1000000", "-1", "mange", ""])
def test_other_page_sizes_than_those_offered_are_ignored(rows: str) -> None:
    assert page(f"rows={rows}").count("<tr>") == 1 + 25


@pytest.mark.parametrize("number", ["99999", "0", "-3", "x"])
def test_a_page_that_does_not_exist_shows_one_that_does(number: str) -> None:
    assert page(f"page={number}").count("<td") > 0


def test_pages_follow_each_other_without_gap_or_overlap() -> None:
    """Also past the middle, where the page is sought from the end."""
    queryset = Permission._default_manager.order_by("name", "pk")
    pages = paging.LimitedPaginator(queryset, 25)
    found = [row.pk for number in pages.page_range for row in pages.page(number)]
    assert found == list(queryset.values_list("pk", flat=True))


def test_rows_that_rank_equally_keep_one_order() -> None:
    names = [row[1] for row in csv_rows("sort=known_at")[1:]]
    assert names == [row[1] for row in csv_rows("sort=number")[1:]]


def test_counting_stops_at_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "COUNT_LIMIT", 30)
    assert "af mere end <strong>30</strong>" in page()


def test_a_column_sorts_both_ways_and_says_so() -> None:
    html = page("sort=-letters")
    assert 'aria-sort="descending"' in html
    letters = [int(row[3]) for row in csv_rows("sort=-letters")[1:]]
    assert letters == sorted(letters, reverse=True)


@pytest.mark.parametrize("sort", ["password", "content_type__id", "--name", "-", "name;drop"])
def test_sorting_by_anything_but_a_column_is_ignored(sort: str) -> None:
    assert page(f"sort={sort}").count("<tr>") == 1 + 25


def test_the_search_wants_every_word_somewhere() -> None:
    permission("Kan se flåden i Grenaa", "see_fleet")
    assert [row[1] for row in csv_rows("text=grenaa+fleet")[1:]] == ["Kan se flåden i Grenaa"]
    assert len(csv_rows("text=grenaa+auning")) == 1


def test_filters_and_sort_are_kept_when_the_page_is_turned() -> None:
    html = page("text=can&sort=-name")
    assert "text=can&amp;sort=-name&amp;page=2" in html


def test_a_range_takes_both_ends() -> None:
    lengths = {int(row[3]) for row in csv_rows("letters_min=14&letters_max=15")[1:]}
    assert lengths == {14, 15}


def test_an_empty_result_says_so_and_offers_the_way_back() -> None:
    html = page("text=findes-ikke")
    assert "Intet passer til filteret" in html
    assert "<table" not in html


def test_markup_in_a_value_is_shown_and_not_obeyed() -> None:
    permission("<script>alert(1)</script>")
    assert "<script>alert(1)" not in page("text=alert")


@pytest.mark.parametrize("query", ["", "page=3&rows=100", "text=can&sort=-name"])
def test_a_list_takes_few_queries_however_many_rows_it_shows(django_assert_max_num_queries: Any, query: str) -> None:
    with django_assert_max_num_queries(12):
        page(query)


def test_foreign_keys_that_columns_read_are_fetched_with_the_rows() -> None:
    class Table(lists.Table):
        part = lists.TextColumn(accessor="content_type__app_label")

    assert joined(Permission._default_manager.all(), Table).query.select_related == {"content_type": {}}


# --- Exports ----------------------------------------------------------------------------------------------------------


def test_csv_is_what_danish_excel_reads() -> None:
    permission("Prøve med æøå; og semikolon")
    head, row = csv_rows("text=semikolon")
    assert head == ["Nr.", "Navn", "Del", "Bogstaver", "Andel", "Kendt siden"]
    assert row[1] == "Prøve med æøå; og semikolon"
    assert row[4] == "13,5"
    assert row[5] == "03-03-2026 07:55:00"


def test_csv_holds_the_filtered_rows_of_every_page() -> None:
    long_names = [row.name for row in Permission._default_manager.all() if len(row.name) >= 14]
    assert len(long_names) > paging.PAGE_SIZES[-1]
    assert len(csv_rows("letters_min=14&page=2")) - 1 == len(long_names)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r="])
def test_a_cell_that_a_spreadsheet_would_run_is_neutralised(start: str) -> None:
    name = f"{start}HYPERLINK(1) formelprøve"
    permission(name)
    assert csv_rows("text=formelprøve")[1][1] == f"'{name}"
    cell = sheet_of("text=formelprøve")["B2"]
    assert cell.data_type == "s"
    assert str(cell.value).startswith("'")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""), (-4, "-4"), (1000000, "1000000"), (-4.25, "-4,25"), (Decimal("1510587.00"), "1510587"),
        (Decimal("0.10"), "0,1"), (1e-7, "0"), (date(2026, 3, 3), "03-03-2026"),
        (datetime(2026, 7, 1, 22, 30, tzinfo=UTC), "02-07-2026 00:30:00"),
    ],
)  # fmt: skip
def test_values_are_written_as_danes_write_them(value: Any, text: str) -> None:
    assert export.csv_text(value) == text


def test_excel_gets_real_numbers_and_dates() -> None:
    permission("Prøve til Excel")
    sheet = sheet_of("text=excel")
    assert sheet["D2"].value == 15
    assert sheet["E2"].value == 7.5
    assert sheet["F2"].value == datetime(2026, 3, 3, 7, 55)  # noqa: DTZ001  Excel knows no time zones
    assert sheet["F2"].number_format == "dd-mm-yyyy hh:mm"
    assert sheet["E2"].number_format == "#,##0.00"


def test_excel_rows_do_not_run_into_each_other() -> None:
    """The writer fills the same cells again and again."""
    expected = [(row.name, len(row.name)) for row in Permission._default_manager.order_by("pk")]
    rows = sheet_of("sort=number").iter_rows(min_row=2, values_only=True)
    assert [(row[1], row[3]) for row in rows] == expected


def test_an_export_is_told_of_before_its_first_row() -> None:
    class Table(lists.Table):
        name = lists.TextColumn()

    told: list[str] = []
    rows = Permission._default_manager.all()
    lists.respond(asked("export=csv"), rows=rows, table=Table, title="x", on_export=told.append)
    lists.respond(asked("export=xlsx"), rows=rows, table=Table, title="x", on_export=told.append)
    assert told == ["csv", "xlsx"]
