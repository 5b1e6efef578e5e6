# SPDX-License-Identifier: MPL-2.0
"""The record of processing activities (GDPR article 30): on a page, and as a file."""

import csv
import io
import json

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from openpyxl import Workbook

from kommune3.kernel import clock
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.privacy import queries
from kommune3.ui.lists.export import neutralised
from kommune3.ui.privacy import frame

_BOM = "\ufeff"


@require_safe
@never_cache
def record(request: HttpRequest) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    rows = queries.record_of_processing(actor)
    form = request.GET.get("export", "")
    if form in ("csv", "xlsx", "json"):
        queries.note_record_export(actor=actor, now=clock.now(), form=form)
        return {"csv": _as_csv, "xlsx": _as_xlsx, "json": _as_json}[form](rows)
    context = {
        "title": _("Record of processing"),
        "lead": _("Which personal data the platform keeps, why, on what basis, for whom and for how long."),
        "breadcrumbs": frame.crumbs(),
        "sections": frame.sections("privacy:record"),
        "groups": queries.by_part(rows),
    }
    return render(request, "ui/privacy/record.html", context)


def _headings() -> list[str]:
    return [
        _("Part"), _("Table"), _("Data"), _("Fields"), _("Whose"), _("Category"), _("Purpose"), _("Legal basis"),
        _("Seen by"), _("Kept for"), _("When somebody is erased"), _("Why it is kept"),
    ]  # fmt: skip


def _attachment(content: bytes | str, content_type: str, ending: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="record-of-processing.{ending}"'
    return response


def _as_csv(rows: list[queries.Activity]) -> HttpResponse:
    target = io.StringIO()
    writer = csv.writer(target, delimiter=";", lineterminator="\r\n")
    writer.writerow(_headings())
    writer.writerows([neutralised(cell) for cell in row.cells] for row in rows)
    return _attachment(_BOM + target.getvalue(), "text/csv; charset=utf-8", "csv")


def _as_xlsx(rows: list[queries.Activity]) -> HttpResponse:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(_headings())
    for row in rows:
        sheet.append([neutralised(cell) for cell in row.cells])
    target = io.BytesIO()
    book.save(target)
    return _attachment(target.getvalue(), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx")


def _as_json(rows: list[queries.Activity]) -> HttpResponse:
    content = [dict(zip(_headings(), row.cells, strict=True)) for row in rows]
    return _attachment(json.dumps(content, ensure_ascii=False, indent=1), "application/json", "json")
