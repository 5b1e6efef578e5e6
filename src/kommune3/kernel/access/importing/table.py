# SPDX-License-Identifier: MPL-2.0
"""CSV files with a header line: UTF-8 with or without its mark, separated by semicolons or commas."""

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from kommune3.kernel.access.errors import AccessError, InvalidValues

MOST_BYTES = 50_000_000
SHOWN_LENGTH = 100
_YEAR_FIRST = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})$", re.ASCII)
_DAY_FIRST = re.compile(r"(\d{1,2})[-./](\d{1,2})[-./](\d{4})$", re.ASCII)
SECRET = {"cpr"}
"""Columns whose values are never repeated."""

Value = TypeVar("Value")


@dataclass(frozen=True)
class Column:
    """A column: its name, the Danish word that means the same, and whether the file must have it."""

    name: str
    danish: str
    is_needed: bool = True


@dataclass(frozen=True)
class Problem:
    """Something that keeps a file out. ``line`` is counted from 1, the header included; 0: the file as a whole."""

    line: int
    field: str
    value: str
    message: str


class Refused(AccessError):
    """Nothing was imported; ``problems`` says why, line by line."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = sorted(problems, key=lambda problem: problem.line)
        super().__init__(_("Nothing was imported."))


class Unusable(ValueError):
    """A value that does not have the form of its column; the message is for the user."""


@dataclass
class Line:
    """A line of the file. What cannot be read of it is kept in ``problems``."""

    number: int
    values: dict[str, str]
    headings: Mapping[str, str]
    problems: list[Problem] = field(default_factory=list)

    def has(self, name: str) -> bool:
        """Whether the file has the column ``name``."""
        return name in self.headings

    def text(self, name: str) -> str:
        """The value without blanks around it; empty where the file lacks the column."""
        return self.values.get(name, "")

    def needed(self, name: str, parse: Callable[[str], Value], otherwise: Value) -> Value:
        """The parsed value; ``otherwise``, and a problem kept, where it is missing or cannot be read."""
        if not self.text(name):
            self.refuse(name, _("A value is missing here."))
            return otherwise
        return self.optional(name, parse, otherwise)

    def optional(self, name: str, parse: Callable[[str], Value], otherwise: Value) -> Value:
        """The parsed value; ``otherwise`` where there is none, and, with a problem kept, where it cannot be read."""
        text = self.text(name)
        if not text:
            return otherwise
        try:
            return parse(text)
        except Unusable as error:
            self.refuse(name, str(error))
            return otherwise

    def refuse(self, name: str, message: str | Promise) -> None:
        """Keep a problem with the field ``name``."""
        value = "" if name in SECRET else self.text(name)[:SHOWN_LENGTH]
        self.problems.append(Problem(self.number, self.headings.get(name, name), value, str(message)))

    def refuse_all(self, error: InvalidValues, names: Mapping[str, str]) -> None:
        """Keep what an operation refused; ``names`` is its name of a field -> the column's, where they differ."""
        for name, message in error.problems.items():
            self.refuse(names.get(name, name), message)


def as_uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Unusable(_("This is not a UUID, such as 2f1c6c6e-1f0a-4b52-9b1e-0d5f7f6f3a10.")) from None


def as_day(text: str) -> date:
    """A day written 2026-03-01 or 01-03-2026 (also with points or strokes)."""
    year_first, day_first = _YEAR_FIRST.match(text), _DAY_FIRST.match(text)
    try:
        if year_first:
            year, month, day = map(int, year_first.groups())
        elif day_first:
            day, month, year = map(int, day_first.groups())
        else:
            raise ValueError
        if not 1900 <= year <= 2200:
            raise ValueError
        return date(year, month, day)
    except ValueError:
        raise Unusable(_("This is not a day. Write it as 2026-03-01 or 01-03-2026.")) from None


def as_yes_or_no(text: str) -> bool:
    word = text.casefold()
    if word in ("ja", "yes", "true", "1"):
        return True
    if word in ("nej", "no", "false", "0"):
        return False
    raise Unusable(_("Write yes or no (ja or nej)."))


def read(content: bytes, columns: tuple[Column, ...]) -> list[Line]:
    """The lines of a file that are not blank. Raises :class:`Refused` where the file as a whole cannot be read."""
    if len(content) > MOST_BYTES:
        raise _refused(0, _("The file is larger than %(megabytes)s MB.") % {"megabytes": MOST_BYTES // 1_000_000})
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _refused(line, _("The file is not UTF-8. Save it as CSV UTF-8 and try again.")) from None
    if "\0" in text:
        raise _refused(0, _("This is not a text file. Save it as CSV UTF-8 and try again."))
    heading = text.lstrip().split("\n", 1)[0]
    delimiter = ";" if heading.count(";") >= heading.count(",") else ","
    records = _records(text, delimiter)
    number, first = next(records, (0, []))
    if not first:
        raise _refused(0, _("The file is empty."))
    names = _names([value.strip() for value in first], number, columns)
    headings = {name: value.strip() for name, value in zip(names, first, strict=True)}
    lines, problems = [], []
    for number, values in records:
        if len(values) != len(names):
            counts = {"found": len(values), "expected": len(names)}
            message = _("The line has %(found)s fields where the header has %(expected)s.") % counts
            problems.append(Problem(number, "", "", message))
        else:
            stripped = (value.strip() for value in values)
            lines.append(Line(number, dict(zip(names, stripped, strict=True)), headings))
    if problems:
        raise Refused(problems)
    return lines


def _records(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Number and fields of each record that is not blank; a record may stretch over several lines."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        number = reader.line_num + 1
        try:
            values = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise _refused(number, _("A quotation mark is not closed, or stands in the middle of a field.")) from None
        if any(value.strip() for value in values):
            yield number, values


def _names(headings: list[str], line: int, columns: tuple[Column, ...]) -> list[str]:
    known = {word: column.name for column in columns for word in (column.name, column.danish)}
    names, problems = [], []
    for heading in headings:
        name = known.get(heading.casefold(), "")
        if not name:
            expected = ", ".join(column.danish for column in columns)
            message = _("There is no column of this name. The columns are: %(columns)s.") % {"columns": expected}
            problems.append(Problem(line, "", heading[:SHOWN_LENGTH], message))
        elif name in names:
            problems.append(Problem(line, heading, "", _("The column is there twice.")))
        names.append(name)
    for column in columns:
        if column.is_needed and column.name not in names:
            problems.append(Problem(line, column.danish, "", _("The file lacks this column.")))
    if problems:
        raise Refused(problems)
    return names


def _refused(line: int, message: str) -> Refused:
    return Refused([Problem(line, "", "", message)])
