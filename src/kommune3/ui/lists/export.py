# SPDX-License-Identifier: MPL-2.0
"""Export of a list's filtered rows: CSV as Danish Excel reads it, XLSX with real numbers and dates, and JSON."""

import csv
import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from typing import IO, Any

from django.core.serializers.json import DjangoJSONEncoder
from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from kommune3.ui.lists.columns import Column, Plain
from kommune3.ui.lists.tables import Table

ROWS_PER_FETCH = 2000
ROWS_PER_CHUNK = 500
# Characters by which a spreadsheet takes a cell for a formula. Source: OWASP, CSV Injection.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
_BOM = "\ufeff"
_MAX_SHEET_ROWS = 1_048_576
_COLUMN_WIDTH = 18


class TooManyRows(ValueError):
    """More rows than one sheet of a workbook holds."""


def neutralised(text: str) -> str:
    """``text`` with an apostrophe before it where a spreadsheet would run it as a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _records(table: Table) -> Iterator[list[Plain]]:
    columns = [column for column in table.columns if isinstance(column.column, Column)]
    for record in table.data.data.iterator(chunk_size=ROWS_PER_FETCH):
        yield [column.column.plain(record, column) for column in columns]


def _headings(table: Table) -> list[str]:
    return [str(column.header) for column in table.columns if isinstance(column.column, Column)]


# --- CSV -------------------------------------------------------------------------------------------------------------


def csv_text(value: Plain) -> str:
    """A cell of a Danish CSV file: decimal comma, no thousand separators, days as dd-mm-yyyy."""
    if value is None:
        return ""
    if isinstance(value, bool | str):
        return neutralised(str(value))
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float | Decimal):
        digits = f"{value:f}"
        return (digits.rstrip("0").rstrip(".") if "." in digits else digits).replace(".", ",")
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%d-%m-%Y %H:%M:%S}"
    return f"{value:%d-%m-%Y}"


class _Lines:
    """What ``csv.writer`` writes to: keeps the lines until they are taken."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def write(self, line: str) -> None:
        self.lines.append(line)

    def taken(self) -> bytes:
        taken, self.lines = "".join(self.lines), []
        return taken.encode()


def csv_lines(table: Table) -> Iterator[bytes]:
    """The file in chunks, first the byte order mark by which Excel knows UTF-8."""
    lines = _Lines()
    lines.write(_BOM)
    writer = csv.writer(lines, delimiter=";", lineterminator="\r\n")
    writer.writerow([neutralised(heading) for heading in _headings(table)])
    yield lines.taken()
    rows = _records(table)
    while chunk := list(islice(rows, ROWS_PER_CHUNK)):
        writer.writerows([csv_text(value) for value in row] for row in chunk)
        yield lines.taken()


def csv_response(table: Table, name: str) -> StreamingHttpResponse:
    """The rows as CSV, sent while they are read."""
    response = StreamingHttpResponse(csv_lines(table), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


# --- XLSX ------------------------------------------------------------------------------------------------------------


def write_xlsx(table: Table, target: IO[bytes]) -> None:
    """Write the rows to ``target``; memory use does not grow with them. Raises :class:`TooManyRows`."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    headings = _headings(table)
    sheet.freeze_panes = "A2"
    for position in range(1, len(headings) + 1):
        sheet.column_dimensions[get_column_letter(position)].width = _COLUMN_WIDTH
    bold = Font(bold=True)
    head = [WriteOnlyCell(sheet, neutralised(heading)) for heading in headings]
    for cell in head:
        cell.font = bold
    sheet.append(head)
    # One cell for each column, filled anew for each row: a row is on its way to the disk as soon as it is appended, and
    # giving every cell a format of its own is what takes time.
    plain = [WriteOnlyCell(sheet) for _heading in headings]
    dated = [WriteOnlyCell(sheet) for _heading in headings]
    columns = [column.column for column in table.columns if isinstance(column.column, Column)]
    for cell, column in zip(plain, columns, strict=True):
        if number_format := _number_format(column):
            cell.number_format = number_format
    for count, row in enumerate(_records(table), start=2):
        if count > _MAX_SHEET_ROWS:
            raise TooManyRows(count)
        sheet.append([_filled(pair, value) for pair, value in zip(zip(plain, dated, strict=True), row, strict=True)])
    book.save(target)


def _filled(pair: tuple[Any, Any], value: Plain) -> Any:
    plain, dated = pair
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return neutralised(value)
    if isinstance(value, date):
        if isinstance(value, datetime):
            dated.value, number_format = timezone.localtime(value).replace(tzinfo=None), "dd-mm-yyyy hh:mm"
        else:
            dated.value, number_format = value, "dd-mm-yyyy"
        if dated.number_format != number_format:
            dated.number_format = number_format
        return dated
    plain.value = value
    return plain


def _number_format(column: Column) -> str | None:
    decimals = getattr(column, "decimals", None)
    if decimals is None:
        return None
    return "#,##0." + "0" * decimals if decimals else "#,##0"


def xlsx_response(table: Table, name: str) -> FileResponse:
    """The rows as an Excel workbook, written to disk first and then sent piece by piece."""
    file = tempfile.TemporaryFile()  # noqa: SIM115  the response closes it
    write_xlsx(table, file)
    file.seek(0)
    return FileResponse(
        file,
        as_attachment=True,
        filename=f"{name}.xlsx",
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )


# --- JSON ------------------------------------------------------------------------------------------------------------


def json_lines(table: Table) -> Iterator[bytes]:
    """An array of objects, one a line, keyed by the columns' names; instants are UTC (ISO 8601)."""
    names = [column.name for column in table.columns if isinstance(column.column, Column)]
    mark = "[\n"
    for row in _records(table):
        line = json.dumps(dict(zip(names, row, strict=True)), cls=DjangoJSONEncoder, ensure_ascii=False)
        yield f"{mark}{line}".encode()
        mark = ",\n"
    yield b"[]\n" if mark == "[\n" else b"\n]\n"


def json_response(table: Table, name: str) -> StreamingHttpResponse:
    """The rows as JSON, sent while they are read."""
    response = StreamingHttpResponse(json_lines(table), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{name}.json"'
    return response


RESPONSES: Mapping[str, Callable[[Table, str], HttpResponseBase]] = {
    "csv": csv_response,
    "xlsx": xlsx_response,
    "json": json_response,
}
