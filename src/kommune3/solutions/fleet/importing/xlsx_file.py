# SPDX-License-Identifier: MPL-2.0
"""Excel workbooks with trips, read as a stream."""

import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import IO, Any

from openpyxl import load_workbook

from kommune3.kernel.files import archives
from kommune3.solutions.fleet.importing.columns import Columns, find_columns
from kommune3.solutions.fleet.importing.csv_file import Line
from kommune3.solutions.fleet.importing.fields import Described, Known, read_row
from kommune3.solutions.fleet.importing.mapping import Mapping
from kommune3.solutions.fleet.importing.problems import VALUE_LENGTH, Finding, Unreadable

LARGEST_UNPACKED_MB = 1000
"""A workbook is packed; one that unpacks to more is not a list of trips."""
SEARCHED_LINES = 50


def is_workbook(stream: IO[bytes]) -> bool:
    """Whether the content is an .xlsx workbook. The stream is left at its beginning."""
    stream.seek(0)
    try:
        if stream.read(4) != b"PK\x03\x04":
            return False
        return archives.is_workbook(stream)
    finally:
        stream.seek(0)


class XlsxFile:
    """An opened workbook: the sheet that the mapping names, else the first. Raises :class:`Unreadable`.

    Cells are read as text: instants and numbers in the way that leaves no doubt, whatever they look like in Excel.
    """

    delimiter = ""
    decimal = "."

    def __init__(self, stream: IO[bytes], mapping: Mapping | None = None) -> None:
        self._mapping = mapping
        try:
            archives.refuse_unsafe_workbook(stream, unpacked_limit_mb=LARGEST_UNPACKED_MB)
            book = load_workbook(stream, read_only=True, data_only=True)
        except archives.UnpacksTooLarge as refusal:
            detail = {"megabytes": refusal.megabytes, "limit": LARGEST_UNPACKED_MB}
            raise Unreadable(Finding("too_large", detail=detail)) from None
        except Exception as error:  # openpyxl raises whatever its XML parser and zipfile do
            raise Unreadable(Finding("broken_workbook")) from error
        self.sheets: list[str] = list(book.sheetnames)
        wanted = mapping.sheet if mapping else ""
        if wanted and wanted not in self.sheets:
            raise Unreadable(Finding("no_sheet", value=wanted[:VALUE_LENGTH], detail={"sheet": wanted[:60]}))
        self._sheet: Any = book[wanted or self.sheets[0]]
        self.header_line, self.header = self._find_header()
        finder = mapping.find_columns if mapping else find_columns
        self._find = finder
        self._columns: Columns | None = None

    @property
    def columns(self) -> Columns:
        """Where the fields stand. Raises :class:`Unreadable` for a missing column."""
        if self._columns is None:
            self._columns = self._find(self.header, self.header_line)
        return self._columns

    def lines(self, known: Known, described: Described) -> Iterator[Line]:
        """Every line after the header that is not blank."""
        positions = list(self.columns.position.items())
        for line, values in self.records():
            padded = values + [""] * (self.columns.width - len(values))
            fields = {name: padded[position].strip() for name, position in positions}
            if self._mapping is not None:
                fields = self._mapping.translate(fields)
            yield line, *read_row(line, fields, decimal=self.decimal, known=known, described=described)

    def records(self) -> Iterator[tuple[int, list[str]]]:
        """Line number and texts of each line after the header that is not blank."""
        for line, values in self._texts(self.header_line + 1):
            if any(values):
                yield line, values

    def _find_header(self) -> tuple[int, list[str]]:
        wanted = self._mapping.header_line if self._mapping else 0
        for line, values in self._texts(1):
            if (line == wanted) if wanted else any(values):
                while values and not values[-1]:
                    values.pop()
                return line, values
            if line > max(SEARCHED_LINES, wanted):
                break
        raise Unreadable(Finding("empty_file"))

    def _texts(self, first: int) -> Iterator[tuple[int, list[str]]]:
        rows = self._sheet.iter_rows(min_row=first, values_only=True)
        try:
            for line, cells in enumerate(rows, start=first):
                yield line, [_text(cell) for cell in cells]
        except (SyntaxError, ValueError, KeyError, IndexError, OSError, zipfile.BadZipFile, zlib.error) as error:
            # a sheet is not parsed before it is read; errors of Python's XML parser are SyntaxErrors
            raise Unreadable(Finding("broken_workbook")) from error


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        # Excel counts in fractions of a day: 09:41:00 may come out as 09:40:59.999.
        return (cell + timedelta(milliseconds=500)).replace(microsecond=0).isoformat()
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell)
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    return str(cell).strip()
