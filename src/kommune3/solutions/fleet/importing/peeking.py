# SPDX-License-Identifier: MPL-2.0
"""The first lines of a file, as they stand: for the page on which its columns are mapped."""

from dataclasses import dataclass, replace
from itertools import islice
from typing import IO

from kommune3.solutions.fleet.importing.csv_file import CsvFile
from kommune3.solutions.fleet.importing.encoding import find_encoding
from kommune3.solutions.fleet.importing.mapping import Mapping, guess, labels
from kommune3.solutions.fleet.importing.values import find_decimal
from kommune3.solutions.fleet.importing.xlsx_file import XlsxFile, is_workbook

LINES = 25


@dataclass(frozen=True)
class Peek:
    """``labels``: the columns' names, ``rows``: the first lines as text, ``guessed``: a mapping to begin with."""

    labels: list[str]
    rows: list[list[str]]
    guessed: Mapping
    sheets: list[str]
    header_line: int


def peek(stream: IO[bytes], *, header_line: int = 0, sheet: str = "") -> Peek:
    """Look at the beginning of a CSV file or workbook.

    Raises :class:`kommune3.solutions.fleet.importing.Unreadable`.
    """
    wanted = Mapping(header_line=header_line, sheet=sheet)
    file: CsvFile | XlsxFile
    if is_workbook(stream):
        file = XlsxFile(stream, wanted)
        sheets = file.sheets
    else:
        file = CsvFile(stream, find_encoding(stream), wanted)
        sheets = []
    header = file.header
    rows = [[*values, *[""] * len(header)][: len(header)] for _, values in islice(file.records(), LINES)]
    texts = [text for row in rows for text in row]
    decimal = (
        "." if sheets else find_decimal([text for text in texts if text.replace(",", "").replace(".", "").isdigit()])
    )
    guessed = guess(header, rows, decimal=decimal)
    return Peek(labels(header), rows, replace(guessed, header_line=header_line, sheet=sheet), sheets, file.header_line)
