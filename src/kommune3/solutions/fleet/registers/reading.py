# SPDX-License-Identifier: MPL-2.0
"""A register file as rows of cells: a workbook, CSV, or for models JSON. What kind it is, its content decides."""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO, StringIO
from typing import IO, Any

from django.utils.translation import gettext as _
from openpyxl import load_workbook

from kommune3.kernel.files import archives
from kommune3.solutions.fleet.errors import UnreadableRegister
from kommune3.solutions.fleet.importing.encoding import find_encoding
from kommune3.solutions.fleet.importing.problems import Unreadable, describe
from kommune3.solutions.fleet.models import Register
from kommune3.solutions.fleet.registers.fields import SHEETS, find_columns, key_of

LARGEST_BYTES = 20_000_000
LARGEST_UNPACKED_MB = 200
MOST_LINES = 5_000
_MOST_COLUMNS = 200
MODELS_FORMAT = "kommune3-vehicle-models"
_BLANK = (None, "")
_ABSENT = object()
"""A field that one model of a JSON file does not have: it is left as it is."""


@dataclass(frozen=True)
class FileLine:
    """A line of a file: its number as a person counts it, and field -> cell."""

    line: int
    cells: dict[str, Any]


@dataclass(frozen=True)
class FileRows:
    """What a file holds. ``sheet`` is empty where there are none; ``fields``: the columns it has."""

    sheet: str
    fields: frozenset[str]
    lines: list[FileLine]
    notices: list[str] = field(default_factory=list)


def read_register(stream: IO[bytes], register: str) -> FileRows:
    """Read a whole file. Raises :class:`UnreadableRegister` with what to do."""
    content = stream.read(LARGEST_BYTES + 1)
    if len(content) > LARGEST_BYTES:
        raise UnreadableRegister(
            _("The file is larger than %(limit)s MB. A register of that size cannot be read at once; split it.")
            % {"limit": LARGEST_BYTES // 1_000_000}
        )
    if content.startswith(b"PK\x03\x04"):
        return _workbook(content, register)
    try:
        text = content.decode(find_encoding(BytesIO(content)))
    except Unreadable as refusal:
        said = describe(refusal.finding.code, refusal.finding.detail)
        raise UnreadableRegister(f"{said.message} {said.advice}") from None
    if "\\u0000" in text:
        raise UnreadableRegister(_("The file holds characters that no text has. Save it again and try once more."))
    if text.lstrip("\ufeff \t\r\n")[:1] in ("{", "["):
        return _json(text, register)
    return _csv(text.removeprefix("\ufeff"), register)


def _workbook(content: bytes, register: str) -> FileRows:
    stream = BytesIO(content)
    try:
        archives.refuse_unsafe_workbook(stream, unpacked_limit_mb=LARGEST_UNPACKED_MB)
        book = load_workbook(stream, read_only=True, data_only=True)
    except Exception as error:  # openpyxl raises whatever its XML parser and zipfile do
        raise UnreadableRegister(_broken_workbook()) from error
    name = SHEETS[register] if SHEETS[register] in book.sheetnames else book.sheetnames[0]
    sheet = book[name]
    sheet.reset_dimensions()  # a sheet may claim to be larger or smaller than it is

    def rows() -> Iterator[tuple[int, list[Any]]]:
        try:
            for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
                yield number, list(row[:_MOST_COLUMNS])
        except Exception as error:  # a sheet is not parsed before it is read
            raise UnreadableRegister(_broken_workbook()) from error

    return _from_rows(rows(), register, sheet=name)


def _broken_workbook() -> str:
    return _("The workbook cannot be opened. Save it again as an ordinary Excel workbook (.xlsx) and try once more.")


def _csv(text: str, register: str) -> FileRows:
    first = next((line for line in text.splitlines() if line.strip() and not line.lower().startswith("sep=")), "")
    delimiter = max(";,\t", key=first.count)
    lines = csv.reader(StringIO(text, newline=""), delimiter=delimiter)

    def numbered() -> Iterator[tuple[int, list[Any]]]:
        began = 1
        for row in lines:
            if not (len(row) == 1 and row[0].lower().startswith("sep=")):
                yield began, list(row[:_MOST_COLUMNS])
            began = lines.line_num + 1

    try:
        return _from_rows(numbered(), register, sheet="")
    except csv.Error as error:
        raise UnreadableRegister(
            _("Line %(line)s cannot be read; perhaps a quotation mark is never closed.") % {"line": lines.line_num}
        ) from error


def _json(text: str, register: str) -> FileRows:
    try:
        raw = json.loads(text)
    except json.JSONDecodeError as error:
        raise UnreadableRegister(
            _("The JSON breaks off in line %(line)s: %(reason)s.") % {"line": error.lineno, "reason": error.msg}
        ) from error
    except (ValueError, RecursionError) as error:  # a number of thousands of digits, lists in lists without end
        raise UnreadableRegister(
            _("The JSON breaks off in line %(line)s: %(reason)s.") % {"line": 1, "reason": type(error).__name__}
        ) from error
    if register != Register.MODELS:
        raise UnreadableRegister(_("Vehicles are read from Excel or CSV, not from JSON."))
    if not isinstance(raw, dict) or raw.get("format") != MODELS_FORMAT or not isinstance(raw.get("models"), list):
        raise UnreadableRegister(
            _("The JSON file is not a catalogue: it must say “format”: “%(format)s” and have a list “models”.")
            % {"format": MODELS_FORMAT}
        )
    if raw.get("version") != 1:
        raise UnreadableRegister(_("The catalogue is of version %(version)s; this platform reads version 1.") % {
            "version": raw.get("version"),
        })  # fmt: skip
    models = raw["models"]
    headings = list(dict.fromkeys(str(name) for each in models if isinstance(each, dict) for name in each))
    rows: list[tuple[int, list[Any]]] = [(0, list(headings))]
    rows += [
        (number, [each.get(name, _ABSENT) if isinstance(each, dict) else _ABSENT for name in headings])
        for number, each in enumerate(models, start=1)
    ]
    return _from_rows(iter(rows), register, sheet="")


def _from_rows(rows: Iterator[tuple[int, list[Any]]], register: str, *, sheet: str) -> FileRows:
    heading = next((row for _line, row in rows if any(cell not in _BLANK for cell in row)), None)
    if heading is None:
        raise UnreadableRegister(_("The file is empty."))
    position, unknown, twice = find_columns(["" if cell is None else str(cell) for cell in heading], register)
    key = key_of(register)
    if twice:
        raise UnreadableRegister(
            _("These columns occur twice: %(names)s. Remove one of each.") % {"names": ", ".join(twice)}
        )
    if key.name not in position:
        raise UnreadableRegister(
            _("The column “%(column)s” is missing. The first line must name the columns, as in the template.")
            % {"column": key.title}
        )
    notices = [_("The column “%(column)s” is not known and is left out.") % {"column": name[:60]} for name in unknown]
    lines = []
    for number, row in rows:
        cells = {name: row[place] if place < len(row) else None for name, place in position.items()}
        cells = {name: cell for name, cell in cells.items() if cell is not _ABSENT}
        if all(cell in _BLANK or (isinstance(cell, str) and not cell.strip()) for cell in cells.values()):
            continue
        lines.append(FileLine(number, cells))
        if len(lines) > MOST_LINES:
            raise UnreadableRegister(
                _("The file has more than %(limit)s lines. Split it and import the parts one by one.")
                % {"limit": f"{MOST_LINES:,}".replace(",", ".")}
            )
    if not lines:
        raise UnreadableRegister(_("The file has column names but no lines below them."))
    return FileRows(sheet, frozenset(position), lines, notices)
