# SPDX-License-Identifier: MPL-2.0
"""A dashboard's figures as files: CSV as Danish Excel reads it, and a workbook with what they are counted with."""

import csv
import tempfile
from collections.abc import Iterable, Sequence
from datetime import date
from io import StringIO

from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.utils.dates import WEEKDAYS
from django.utils.text import slugify
from django.utils.translation import gettext as _
from openpyxl import Workbook

from kommune3.solutions.fleet.queries.dashboards import Activity, Answer, Dashboard, Selection
from kommune3.solutions.fleet.queries.dashboards.answers import Column, State, Told
from kommune3.solutions.fleet.views.dashboard_pictures import few_words
from kommune3.ui.lists.export import csv_text, neutralised

Plain = str | int | float | date | None
FORMS = ("csv", "xlsx")
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def figures_of(answer: Answer) -> tuple[list[str], list[list[Plain]]]:
    """Headings and rows: a bucket's name, its days, and its figures."""
    headings = [str(answer.head), _("First day"), _("Last day"), *(_heading(column) for column in answer.columns)]
    rows: list[list[Plain]] = []
    for row in answer.rows:
        last_day = date.fromordinal(row.end_day.toordinal() - 1)
        cells = [_plain(told, column, answer.fewest) for told, column in zip(row.cells, answer.columns, strict=True)]
        rows.append([str(row.label), row.first_day, last_day, *cells])
    return headings, rows


def activity_figures(found: Activity) -> tuple[list[str], list[list[Plain]]]:
    """A row for each weekday and hour."""
    column = Column("vehicles", "", "", 2)
    rows: list[list[Plain]] = [
        [str(WEEKDAYS[weekday]), hour, _plain(found.cells[hour][weekday], column, found.fewest)]
        for weekday in range(7)
        for hour in range(24)
    ]
    return [_("Weekday"), _("Hour"), _("Vehicles out on average")], rows


def respond(
    form: str, dashboard: Dashboard, selection: Selection, found: Answer | Activity, facts: Sequence[tuple[str, str]]
) -> HttpResponseBase:
    """The file. ``facts``: what was chosen, for the workbook's second sheet."""
    headings, rows = activity_figures(found) if isinstance(found, Activity) else figures_of(found)
    name = f"{slugify(str(dashboard.title))}-{selection.first_day}-{selection.last_day}"
    if form == "csv":
        answer = HttpResponse(_csv(headings, rows), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
        return answer
    book = Workbook(write_only=True)
    sheet = book.create_sheet(str(dashboard.title)[:31])
    _append(sheet, [headings, *rows])
    about = book.create_sheet(_("Basis"))
    _append(about, [[title, text] for title, text in facts])
    if isinstance(found, Answer) and found.parameters:
        _append(about, [[], [_("Counted with"), _("Value"), _("Source"), _("Valid from"), _("Valid until")]])
        _append(
            about,
            [[str(each.name), str(each.value), str(each.source), each.valid_from, each.valid_to]
             for each in found.parameters],
        )  # fmt: skip
    file = tempfile.TemporaryFile()  # noqa: SIM115  the response closes it
    book.save(file)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx", content_type=_XLSX)


def _heading(column: Column) -> str:
    return f"{column.title}, {column.unit}" if column.unit else str(column.title)


def _plain(told: Told, column: Column, fewest: int) -> Plain:
    if told.state is State.FEW:
        return few_words(fewest)
    if told.state is State.UNKNOWN:
        return _("not known")
    return None if told.value is None else round(told.value, max(2, column.decimals))


def _csv(headings: list[str], rows: Iterable[Sequence[Plain]]) -> bytes:
    lines = StringIO()
    writer = csv.writer(lines, delimiter=";", lineterminator="\r\n")
    writer.writerow([neutralised(heading) for heading in headings])
    writer.writerows([csv_text(value) for value in row] for row in rows)
    return "\ufeff".encode() + lines.getvalue().encode()


def _append(sheet: object, rows: Iterable[Sequence[Plain]]) -> None:
    for row in rows:
        sheet.append([neutralised(value) if isinstance(value, str) else value for value in row])  # type: ignore[attr-defined]
