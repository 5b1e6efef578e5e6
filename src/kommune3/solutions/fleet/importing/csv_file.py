# SPDX-License-Identifier: MPL-2.0
"""CSV files with trips, read as a stream."""

import csv
from collections.abc import Iterator
from io import TextIOWrapper
from itertools import islice
from typing import IO, Any

from kommune3.solutions.fleet.importing.columns import Columns, find_columns, find_delimiter
from kommune3.solutions.fleet.importing.fields import Described, Known, read_row
from kommune3.solutions.fleet.importing.mapping import Mapping
from kommune3.solutions.fleet.importing.problems import VALUE_LENGTH, Finding, Unreadable
from kommune3.solutions.fleet.importing.rows import Row
from kommune3.solutions.fleet.importing.values import find_decimal

SAMPLE_LINES = 500
SEARCHED_LINES = 50
Line = tuple[int, Row | None, list[Finding]]


class CsvFile:
    """An opened CSV file: how it is written (``delimiter``, ``decimal``, ``header``), and its lines.

    With a ``mapping`` it says which column is what. Raises :class:`Unreadable`.
    """

    def __init__(self, stream: IO[bytes], encoding: str, mapping: Mapping | None = None) -> None:
        self._stream = stream
        self._encoding = encoding
        self._mapping = mapping
        self.header_line, header = self._find_header()
        try:
            self.delimiter = find_delimiter(header)
            self.header = next(csv.reader([header], delimiter=self.delimiter))
        except csv.Error:  # a line of a hundred thousand characters
            raise Unreadable(Finding("no_columns", self.header_line)) from None
        self._columns: Columns | None = None

    @property
    def columns(self) -> Columns:
        """Where the fields stand. Raises :class:`Unreadable` where a column that a trip needs is missing."""
        if self._columns is None:
            find = self._mapping.find_columns if self._mapping else find_columns
            self._columns = find(self.header, self.header_line)
        return self._columns

    @property
    def decimal(self) -> str:
        """The decimal separator of the file's numbers."""
        return self._mapping.decimal if self._mapping else find_decimal(self._sample("km"))

    def lines(self, known: Known, described: Described) -> Iterator[Line]:
        """Every line after the header that is not blank."""
        positions = list(self.columns.position.items())
        width, decimal = self.columns.width, self.decimal
        for line, values in self.records():
            if len(values) < width or any(value.strip() for value in values[width:]):
                shown = self.delimiter.join(values)[:VALUE_LENGTH]
                detail = {"found": len(values), "expected": width}
                yield line, None, [Finding("wrong_field_count", line, "", shown, detail)]
                continue
            fields = {name: values[position].strip() for name, position in positions}
            if self._mapping is not None:
                fields = self._mapping.translate(fields)
            yield line, *read_row(line, fields, decimal=decimal, known=known, described=described)

    def _text(self) -> TextIOWrapper:
        self._stream.seek(0)
        unclosing: Any = _Unclosing(self._stream)
        return TextIOWrapper(unclosing, encoding=self._encoding, newline="")

    def _find_header(self) -> tuple[int, str]:
        """The first line that is neither blank nor Excel's own "sep=;": its number and text."""
        wanted = self._mapping.header_line if self._mapping else 0
        for number, text in enumerate(islice(self._text(), max(SEARCHED_LINES, wanted)), start=1):
            plain = text.strip().strip("\ufeff")
            if (number == wanted) if wanted else (plain and not plain.lower().startswith("sep=")):
                return number, plain
        raise Unreadable(Finding("empty_file"))

    def records(self) -> Iterator[tuple[int, list[str]]]:
        """Line number and fields of each record after the header that is not blank."""
        text = self._text()
        for _ in range(self.header_line):
            text.readline()
        records = csv.reader(text, delimiter=self.delimiter)
        line = self.header_line + 1
        while True:
            try:
                values = next(records)
            except StopIteration:
                return
            except csv.Error:
                raise Unreadable(Finding("unclosed_quote", line)) from None
            if any(values) and any(value.strip() for value in values):
                yield line, values
            line = self.header_line + records.line_num + 1

    def _sample(self, field: str) -> list[str]:
        position = self.columns.position[field]
        return [values[position] for _, values in islice(self.records(), SAMPLE_LINES) if len(values) > position]


class _Unclosing:
    """Lends a stream to a TextIOWrapper, which would otherwise close it when it is thrown away."""

    closed = False

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return False

    def seekable(self) -> bool:
        return False

    def read(self, size: int = -1) -> bytes:
        return self._stream.read(size)

    read1 = read

    def flush(self) -> None:
        """Nothing is ever written."""

    def close(self) -> None:
        """The lender closes."""
