# SPDX-License-Identifier: MPL-2.0
"""A register as a file: a workbook with drop-downs, CSV as Danish Excel reads it, and models as JSON to share."""

import csv
import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from io import StringIO
from typing import IO, Any

from django.utils import translation
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.datavalidation import DataValidation

from kommune3.solutions.fleet.models import Register
from kommune3.solutions.fleet.registers.fields import FORM_NAMES, SHEETS, Field, Form, fields_of
from kommune3.solutions.fleet.registers.reading import MODELS_FORMAT
from kommune3.solutions.fleet.registers.values import kept, shown
from kommune3.ui.lists import neutralised

_LISTS = "Lister"
_GUIDE = "Vejledning"
_ROOM = 2000
"""Lines below the last one for which the drop-downs are there too."""

Rows = Iterable[dict[str, str]]


def write_workbook(
    register: str, rows: Rows, target: IO[bytes], *, models: Sequence[str] = (), bases: Sequence[str] = (),
    units: Sequence[str] = (),
) -> None:  # fmt: skip
    """The register as a workbook that can be changed and read again: real numbers and dates, drop-downs, a guide.

    Without rows it is the empty template. The words are Danish, whatever the reader's language: the file is shared.
    """
    with translation.override("da"):
        book = Workbook()
        sheet = book.worksheets[0]
        sheet.title = SHEETS[register]
        fields = fields_of(register)
        _headings(sheet, fields)
        count = 1
        for count, row in enumerate(rows, start=2):
            for column, field in enumerate(fields, start=1):
                _fill(sheet.cell(count, column), field, row.get(field.name, ""))
        names = {Form.MODEL: list(models), Form.BASE: list(bases), Form.UNIT: list(units)}
        _drop_downs(book, sheet, fields, names, last=count + _ROOM)
        _guide(book, register)
        book.save(target)


def write_csv(register: str, rows: Rows) -> bytes:
    """The register with semicolons, decimal comma and the mark by which Excel knows UTF-8."""
    with translation.override("da"):
        text = StringIO()
        lines = csv.writer(text, delimiter=";", lineterminator="\r\n")
        fields = fields_of(register)
        lines.writerow([field.danish for field in fields])
        for row in rows:
            lines.writerow([_csv_text(field, row.get(field.name, "")) for field in fields])
        return ("\ufeff" + text.getvalue()).encode()


def write_json(rows: Rows, *, municipality: str, at: datetime) -> bytes:
    """The model catalogue as JSON: figures as numbers, each source beside them. Format and version are in the file."""
    models = []
    for row in rows:
        told: dict[str, Any] = {}
        for field in fields_of(Register.MODELS):
            plain = row.get(field.name, "")
            if plain:
                told[field.name] = _json_value(field, plain)
        models.append(told)
    content = {
        "format": MODELS_FORMAT, "version": 1, "from": municipality, "written_at": at.isoformat(), "models": models,
    }  # fmt: skip
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


def _headings(sheet: Any, fields: Sequence[Field]) -> None:
    sheet.freeze_panes = "B2"
    for column, field in enumerate(fields, start=1):
        cell = sheet.cell(1, column, field.danish + ("*" if field.required else ""))
        cell.font = Font(bold=True)
        if field.help:
            cell.comment = Comment(str(field.help), "Kommune3", width=320, height=110)
        sheet.column_dimensions[get_column_letter(column)].width = max(14, len(field.danish) + 3)


def _fill(cell: Any, field: Field, plain: str) -> None:
    if not plain:
        return
    value = kept(field, plain)
    if isinstance(value, date):
        cell.value, cell.number_format = value, "dd-mm-yyyy"
    elif isinstance(value, Decimal | int) and not isinstance(value, bool):
        cell.value = value
    else:
        cell.value = neutralised(shown(field, plain))


def _drop_downs(
    book: Workbook, sheet: Any, fields: Sequence[Field], names: dict[Form, list[str]], *, last: int
) -> None:
    lists = book.create_sheet(_LISTS)
    for column, field in enumerate(fields, start=1):
        if field.form is Form.CHOICE and field.choices is not None:
            chosen = [str(label) for _value, label in field.choices.choices]
        elif field.form is Form.YES_NO:
            chosen = [_("Yes"), _("No")]
        else:
            chosen = names.get(field.form, [])
        if not chosen:
            continue
        place = lists.max_column + 1 if lists.cell(1, 1).value else 1
        lists.cell(1, place, field.danish).font = Font(bold=True)
        for line, name in enumerate(chosen, start=2):
            lists.cell(line, place, neutralised(name))
        letter, own = get_column_letter(place), get_column_letter(column)
        rule = DataValidation(
            type="list", formula1=f"={quote_sheetname(_LISTS)}!${letter}$2:${letter}${len(chosen) + 1}",
            allow_blank=True, showErrorMessage=field.form is not Form.UNIT,
        )  # fmt: skip
        rule.errorTitle, rule.error = field.danish, _("Choose one from the list.")
        sheet.add_data_validation(rule)
        rule.add(f"{own}2:{own}{last}")


def _guide(book: Workbook, register: str) -> None:
    guide = book.create_sheet(_GUIDE)
    bold = Font(bold=True)
    for column, (title, width) in enumerate(
        (
            (_("Column"), 34),
            (_("In English"), 22),
            (_("Holds"), 30),
            (_("Must be there"), 16),
            (_("What it means"), 90),
        ),
        start=1,
    ):
        guide.cell(1, column, title).font = bold
        guide.column_dimensions[get_column_letter(column)].width = width
    for line, field in enumerate(fields_of(register), start=2):
        need = _("Yes, for a new line") if field.required else _("No")
        for column, text in enumerate(
            (field.danish, field.name, str(FORM_NAMES[field.form]), need, str(field.help)), start=1
        ):
            guide.cell(line, column, text)
    notes = (
        _("A column that is not in the file is left as it is. An empty cell empties the field."),
        _("Lines that are not in the file are left as they are; nothing is ever deleted by a file."),
        _("Nothing is changed before you have seen what the file would change."),
    )
    for line, text in enumerate(notes, start=len(fields_of(register)) + 3):
        guide.cell(line, 1, text)


def _csv_text(field: Field, plain: str) -> str:
    if not plain:
        return ""
    value = kept(field, plain)
    if isinstance(value, Decimal):
        return plain.replace(".", ",")
    if isinstance(value, date):
        return f"{value:%d-%m-%Y}"
    if isinstance(value, int) and not isinstance(value, bool):
        return plain
    return neutralised(shown(field, plain))


def _json_value(field: Field, plain: str) -> Any:
    value = kept(field, plain)
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value.isoformat() if isinstance(value, date) else value
