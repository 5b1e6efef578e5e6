# SPDX-License-Identifier: MPL-2.0
"""Rows as files: sheets of a workbook, and CSV as Danish Excel reads it."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from io import StringIO

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from kommune3.kernel.clock import MUNICIPAL_ZONE
from kommune3.solutions.fleet.models import Assignment

Plain = str | int | float | Decimal | datetime | None
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
# Characters by which a spreadsheet takes a cell for a formula. Source: OWASP, CSV Injection.
_SHEET_ROWS = 1_000_000


def write_csv(assignments: QuerySet[Assignment]) -> Iterator[bytes]:
    """The assignment as Danish Excel reads CSV: semicolons, decimal comma, UTF-8 with its mark."""
    yield "\ufeff".encode() + _csv_line(assignment_headings())
    for row in assignment_rows(assignments):
        yield _csv_line([_csv_text(value) for value in row])


def csv_file(headings: Sequence[str], rows: Iterable[Sequence[Plain]]) -> bytes:
    """Rows as Danish Excel reads CSV: semicolons, decimal comma, UTF-8 with its mark."""
    return "\ufeff".encode() + b"".join(_csv_line([_csv_text(v) for v in row]) for row in (headings, *rows))


def assignment_headings() -> list[str]:
    """The columns of the assignment."""
    return [
        _("Trip"), _("Base"), _("Trip start"), _("Trip end"), _("Km"), _("Driven by"), _("Proposed model"),
        _("Proposed vehicle"), _("The vehicle's base"), _("Why unserved"),
    ]  # fmt: skip


def assignment_rows(assignments: QuerySet[Assignment]) -> Iterator[tuple[Plain, ...]]:
    """A row for each trip; no proposed vehicle means unserved."""
    for each in assignments.order_by("trip__start_at", "trip_id").iterator(chunk_size=2000):
        trip, vehicle = each.trip, each.plan_vehicle
        yield (
            trip.external_id or str(trip.pk), trip.base.name, trip.start_at, trip.end_at, trip.km,
            trip.vehicle.registration if trip.vehicle else None,
            vehicle.model.name if vehicle else None, vehicle.number if vehicle else None,
            vehicle.base.name if vehicle else None,
            str(each.get_reason_display()) if each.reason else None,
        )  # fmt: skip


def add_sheet(book: Workbook, title: str, headings: Sequence[str], rows: Iterable[Sequence[Plain]]) -> None:
    """Add a sheet with bold headings that stay while its rows scroll."""
    sheet = book.create_sheet(title[:31])
    sheet.freeze_panes = "A2"
    bold = Font(bold=True)
    head = [WriteOnlyCell(sheet, heading) for heading in headings]
    for cell in head:
        cell.font = bold
    sheet.append(head)
    for count, row in enumerate(rows):
        if count >= _SHEET_ROWS:
            break
        sheet.append([_cell(value) for value in row])


def _cell(value: Plain) -> Plain:
    if isinstance(value, datetime):
        return value.astimezone(MUNICIPAL_ZONE).replace(tzinfo=None)
    return _harmless(value) if isinstance(value, str) else value


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def local_text(at: datetime) -> str:
    """An instant by the clock in the town hall."""
    return at.astimezone(MUNICIPAL_ZONE).strftime("%d-%m-%Y %H:%M:%S")


def _csv_text(value: Plain) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return local_text(value)
    if isinstance(value, float | Decimal):
        return str(value).replace(".", ",")
    return _harmless(str(value))


def _csv_line(values: Sequence[str]) -> bytes:
    line = StringIO()
    csv.writer(line, delimiter=";", lineterminator="\r\n").writerow(values)
    return line.getvalue().encode()
