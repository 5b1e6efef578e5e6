# SPDX-License-Identifier: MPL-2.0
"""Rows as a CSV file or an Excel workbook, with the headings that the same file is imported by."""

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import date, time
from decimal import Decimal
from typing import Any

from openpyxl import Workbook

from kommune3.kernel.access.importing.table import Column
from kommune3.ui.lists import neutralised


def as_csv(columns: tuple[Column, ...], rows: Iterable[Mapping[str, Any]]) -> bytes:
    """UTF-8 with its mark, separated by semicolons: what Danish Excel opens without asking."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerow([column.danish for column in columns])
    for row in rows:
        writer.writerow([neutralised(_text(row.get(column.name))) for column in columns])
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(columns: tuple[Column, ...], rows: Iterable[Mapping[str, Any]]) -> bytes:
    """A workbook with one sheet; numbers and days as such."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Data")
    sheet.append([column.danish for column in columns])
    for row in rows:
        sheet.append([_cell(row.get(column.name)) for column in columns])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cell(value: Any) -> Any:
    is_plain = isinstance(value, int | float | Decimal | date) and not isinstance(value, bool)
    return value if is_plain else neutralised(_text(value))


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "ja" if value else "nej"
    if isinstance(value, time):
        return value.isoformat("minutes")
    return str(value)
