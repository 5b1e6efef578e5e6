# SPDX-License-Identifier: MPL-2.0
"""A CSV file or an Excel workbook as lines, and how a field's words become a value."""

import csv
import io
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import Any, TypeVar

from django.db.models import Choices
from django.utils import translation
from django.utils.translation import gettext as _
from openpyxl import load_workbook

from kommune3.kernel.access.importing import table
from kommune3.kernel.access.importing.table import Column, Line, Problem, Refused, Unusable
from kommune3.kernel.files import archives
from kommune3.kernel.people.spotting import spotted

MOST_LINES = 5000
LARGEST_UNPACKED_MB = 200

Named = TypeVar("Named")


def read(content: bytes, columns: tuple[Column, ...]) -> list[Line]:
    """The lines of a file. Raises :class:`Refused` where the file as a whole cannot be read."""
    if content.startswith(b"PK\x03\x04"):
        content = _as_csv(content)
    lines = table.read(content, columns)
    if len(lines) > MOST_LINES:
        text = _("The file has more than %(most)s lines. Divide it into several.") % {"most": MOST_LINES}
        raise Refused([Problem(0, "", str(len(lines)), text)])
    return lines


def _as_csv(content: bytes) -> bytes:
    """The first sheet of a workbook as CSV, its cells in the way that leaves no doubt."""
    stream = io.BytesIO(content)
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    try:
        archives.refuse_unsafe_workbook(stream, unpacked_limit_mb=LARGEST_UNPACKED_MB)
        sheet: Any = load_workbook(stream, read_only=True, data_only=True).worksheets[0]
        for cells in sheet.iter_rows(values_only=True):
            writer.writerow([_text(cell) for cell in cells])
    except Exception as error:  # openpyxl raises whatever its XML parser and zipfile do
        text = _("The workbook cannot be read. Save it again in Excel, or as CSV UTF-8.")
        raise Refused([Problem(0, "", "", text)]) from error
    return out.getvalue().encode()


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, time):
        return cell.isoformat("minutes")
    if isinstance(cell, bool):
        return "ja" if cell else "nej"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


# --- Values -------------------------------------------------------------------------------------------------------


def whole(least: int, most: int) -> Callable[[str], int]:
    """A whole number within limits."""

    def parse(text: str) -> int:
        if not re.fullmatch(r"\d{1,9}", text, re.ASCII) or not least <= int(text) <= most:
            raise Unusable(_("Write a whole number from %(least)s to %(most)s.") % {"least": least, "most": most})
        return int(text)

    return parse


def degrees(limit: int) -> Callable[[str], float]:
    """Degrees of a coordinate, with a comma or a point."""

    def parse(text: str) -> float:
        try:
            found = float(text.replace(",", "."))
        except ValueError:
            found = limit + 1.0
        if not -limit <= found <= limit:
            raise Unusable(_("Write degrees such as 56.4158, from -%(limit)s to %(limit)s.") % {"limit": limit})
        return found

    return parse


def clock(text: str) -> time:
    """A time of day written 07:30, 7.30 or 07:30:00."""
    match = re.fullmatch(r"(\d{1,2})[:.](\d{2})(?:[:.]00)?", text, re.ASCII)
    if match is None or int(match[1]) > 23 or int(match[2]) > 59:
        raise Unusable(_("Write a time of day such as 07:30."))
    return time(int(match[1]), int(match[2]))


def plain(longest: int) -> Callable[[str], str]:
    """A text without a CPR number in it."""

    def parse(text: str) -> str:
        if spotted(text):
            raise Unusable(_("Do not write a CPR number here. Write who it is about in another way."))
        if len(text) > longest:
            raise Unusable(_("The text is longer than %(longest)s letters.") % {"longest": longest})
        return text

    return parse


_DAYS = ("man", "tir", "ons", "tor", "fre", "lør", "søn")


def weekdays(text: str) -> list[int]:
    """Weekdays as numbers, 1 is Monday, or as man, tir, ons, tor, fre, lør, søn; "alle" is every day."""
    if text.casefold() == "alle":
        return list(range(7))
    words = re.findall(r"[1-7]|[a-zæøå]+", text.casefold())
    found = {int(word) - 1 if word.isdigit() else _day(word) for word in words}
    if not found or re.sub(r"[1-7a-zæøå,. ]", "", text.casefold()):
        raise Unusable(_("Write weekdays as numbers, 1 is Monday, or as man, tir, ons, tor, fre, lør, søn."))
    return sorted(found)


def _day(word: str) -> int:
    for number, name in enumerate(_DAYS):
        if word.startswith(name):
            return number
    raise Unusable(_("Write weekdays as numbers, 1 is Monday, or as man, tir, ons, tor, fre, lør, søn."))


def one_of(choices: type[Choices]) -> Callable[[str], Any]:
    """A choice by its value or its Danish title."""
    with translation.override("da"):
        known = {str(title).casefold(): value for value, title in choices.choices}
    known |= {str(value).casefold(): value for value, _title in choices.choices}

    def parse(text: str) -> Any:
        if text.casefold() not in known:
            with translation.override("da"):
                titles = ", ".join(str(title) for _value, title in choices.choices)
            raise Unusable(_("Write one of: %(choices)s.") % {"choices": titles})
        return known[text.casefold()]

    return parse


def known_as(rows: Mapping[str, Named], message: str) -> Callable[[str], Named]:
    """One of the rows by what it is called (small letters); ``message`` says what to do where there is none."""

    def parse(text: str) -> Named:
        found = rows.get(text.casefold())
        if found is None:
            raise Unusable(message)
        return found

    return parse
