# SPDX-License-Identifier: MPL-2.0
"""The one way in to a file of any kind."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from kommune3.solutions.fleet.importing.csv_file import CsvFile, Line
from kommune3.solutions.fleet.importing.encoding import find_encoding
from kommune3.solutions.fleet.importing.fields import Known
from kommune3.solutions.fleet.importing.instance import Definitions, InstanceFile, described_by
from kommune3.solutions.fleet.importing.mapping import Mapping
from kommune3.solutions.fleet.importing.problems import Finding
from kommune3.solutions.fleet.importing.xlsx_file import XlsxFile, is_workbook


@dataclass(frozen=True)
class Reading:
    """A file that can be read: how it is written, what it describes, and its lines, each once, as a stream.

    ``lines`` yields (line number, row or None, what is wrong with the line); it raises
    :class:`kommune3.solutions.fleet.importing.Unreadable` where the rest of the file makes no sense.
    """

    encoding: str
    delimiter: str
    decimal: str
    notices: tuple[Finding, ...]
    definitions: Definitions
    lines: Iterator[Line]


def read_file(
    stream: IO[bytes], *, known: Known, create_vehicles: bool = False, mapping: Mapping | None = None
) -> Reading:
    """Begin reading ``stream`` (seekable). ``create_vehicles``: rows may name what the file itself describes.

    ``mapping``: which column is what, in files whose columns have names of their own.

    Raises :class:`kommune3.solutions.fleet.importing.Unreadable`.
    """
    file: CsvFile | InstanceFile | XlsxFile
    is_xlsx = is_workbook(stream)
    encoding = "xlsx" if is_xlsx else find_encoding(stream)
    definitions = Definitions()
    if is_xlsx:
        file = XlsxFile(stream, mapping)
    elif stream.read(64).lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\x00").startswith(b"{"):
        file = InstanceFile(stream, encoding)
        definitions = file.definitions
    else:
        file = CsvFile(stream, encoding, mapping)
    return Reading(
        encoding=encoding,
        delimiter=file.delimiter,
        decimal=file.decimal,
        notices=file.columns.notices if file.columns else (),
        definitions=definitions,
        lines=file.lines(known, described_by(definitions, known, may_create=create_vehicles)),
    )
