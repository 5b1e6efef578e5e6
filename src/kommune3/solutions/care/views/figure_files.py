# SPDX-License-Identifier: MPL-2.0
"""A leader's figures as files: CSV as Danish Excel reads it, and a workbook that says what they are."""

import csv
import tempfile
from collections.abc import Iterable, Sequence
from datetime import date
from io import StringIO

from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from openpyxl import Workbook

from kommune3.solutions.care.models import FigureLimit
from kommune3.solutions.care.queries.figures import State, Told, Week
from kommune3.solutions.care.views.figure_words import WORDS, few_words
from kommune3.ui.lists.export import csv_text, neutralised

Plain = str | int | float | date | None
FORMS = ("csv", "xlsx")
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def respond(form: str, weeks: Sequence[Week], *, limit: FigureLimit | None) -> HttpResponseBase:
    """A row for each team and week."""
    headings = [_("Team"), _("First day"), *(words.with_unit for words in WORDS.values())]
    rows: list[list[Plain]] = [
        [week.team.name, week.monday, *(_plain(name, told, limit) for name, told in week.figures.items())]
        for week in weeks
    ]
    about = [[words.with_unit, str(words.note)] for words in WORDS.values()]
    about += [[few_words(limit), limit.reason]] if limit else []
    return table_file(form, name="hjemmepleje", title=_("Figures"), headings=headings, rows=rows, about=about)


def table_file(
    form: str, *, name: str, title: str, headings: list[str], rows: list[list[Plain]], about: list[list[str]]
) -> HttpResponseBase:
    """A table as a file called ``name``. ``about``: what the columns mean, on a sheet of its own in the workbook."""
    if form == "csv":
        answer = HttpResponse(_csv(headings, rows), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
        return answer
    book = Workbook(write_only=True)
    _append(book.create_sheet(title), [headings, *rows])
    _append(book.create_sheet(_("Basis")), about)
    file = tempfile.TemporaryFile()  # noqa: SIM115  the response closes it
    book.save(file)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx", content_type=_XLSX)


def _plain(name: str, told: Told, limit: FigureLimit | None) -> Plain:
    if told.state is State.FEW:
        return few_words(limit)
    return None if told.value is None else round(told.value, max(2, WORDS[name].decimals))


def _csv(headings: list[str], rows: Iterable[Sequence[Plain]]) -> bytes:
    lines = StringIO()
    writer = csv.writer(lines, delimiter=";", lineterminator="\r\n")
    writer.writerow([neutralised(heading) for heading in headings])
    writer.writerows([csv_text(value) for value in row] for row in rows)
    return "\ufeff".encode() + lines.getvalue().encode()


def _append(sheet: object, rows: Iterable[Sequence[Plain]]) -> None:
    for row in rows:
        sheet.append([neutralised(value) if isinstance(value, str) else value for value in row])  # type: ignore[attr-defined]
