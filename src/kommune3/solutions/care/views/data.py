# SPDX-License-Identifier: MPL-2.0
"""Files of the registers: taken out, and imported after they have been looked through."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kommune3.kernel import clock
from kommune3.kernel.access import lookups
from kommune3.kernel.files import FileTooLarge, StorageFull, WrongType
from kommune3.solutions.care.importing import writing
from kommune3.solutions.care.operations import imports as operations
from kommune3.solutions.care.operations.imports import Kind
from kommune3.solutions.care.views.shared import actor_of, posted, trail

SHOWN_PROBLEMS = 200
TITLES: dict[Kind, str | Promise] = {
    Kind.CITIZENS: gettext_lazy("Citizens and needs"),
    Kind.SHIFTS: gettext_lazy("Shifts"),
    Kind.VISITS: gettext_lazy("Single visits"),
}
_EXPORTS = {
    Kind.CITIZENS: "care.citizens.exported",
    Kind.SHIFTS: "care.carers.listed",
    Kind.VISITS: "care.visits.exported",
}
_TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


class UploadForm(forms.Form):
    """A file of a register."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("CSV UTF-8 or Excel workbook, with the names of the columns in the first line."),
    )


def data(request: HttpRequest) -> HttpResponse:
    """What can be taken out and imported, and what the columns are."""
    actor = actor_of(request)
    context = {
        "title": _("Files"), "breadcrumbs": trail(), "may_edit": actor.may(operations.EDIT),
        "lead": _("Take the registers out as files, change them in Excel, and import them again."),
        "kinds": [
            {"key": str(kind), "title": title,
             "columns": [(column.danish, column.is_needed) for column in operations.columns_of(kind)]}
            for kind, title in TITLES.items()
        ],
    }  # fmt: skip
    return render(request, "care/data.html", context)


def export(request: HttpRequest, kind: str, form: str) -> HttpResponse:
    """A register as a file that can be imported again."""
    actor, now, chosen = actor_of(request), clock.now(), _kind(kind)
    if form not in _TYPES:
        raise Http404
    lookups.export(actor=actor, now=now, kind=_EXPORTS[chosen], form=form)
    columns = operations.columns_of(chosen)
    rows = operations.MODULES[chosen].rows(actor, on=clock.municipal_date(now))
    content = writing.as_csv(columns, rows) if form == "csv" else writing.as_xlsx(columns, rows)
    return HttpResponse(
        content, content_type=_TYPES[form], headers={"Content-Disposition": f'attachment; filename="{chosen}.{form}"'}
    )


def new_import(request: HttpRequest, kind: str) -> HttpResponse:
    """Upload a file; it is looked through before anything is changed."""
    actor, chosen = actor_of(request), _kind(kind)
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            file = operations.stage(actor=actor, now=clock.now(), kind=chosen, content=upload, file_name=upload.name)
        except (FileTooLarge, StorageFull, WrongType) as refusal:
            form.add_error("file", str(refusal))
        else:
            return redirect("care:import", file.pk)
    context = {
        "title": _("Import a file"), "lead": TITLES[chosen], "form": form, "cancel": reverse("care:data"),
        "breadcrumbs": trail((_("Files"), reverse("care:data"))), "may_edit": True,
    }  # fmt: skip
    return render(request, "care/form.html", context)


def one_import(request: HttpRequest, file_id: UUID) -> HttpResponse:
    """What the file would do, line by line where something is wrong."""
    actor = actor_of(request)
    file, kind = operations.staged(actor=actor, file_id=file_id)
    tried = operations.try_out(actor=actor, now=clock.now(), file_id=file_id)
    context: dict[str, Any] = {
        "title": _("Look through the file"), "lead": file.name.partition("-")[2],
        "breadcrumbs": trail((_("Files"), reverse("care:data"))), "file": file, "kind": TITLES[kind], "tried": tried,
        "problems": tried.problems[:SHOWN_PROBLEMS], "more": max(0, len(tried.problems) - SHOWN_PROBLEMS),
        "again_url": reverse("care:import_new", args=[str(kind)]),
    }  # fmt: skip
    return render(request, "care/import.html", context)


@posted("care:import", "file_id")
def commit(request: HttpRequest, file_id: UUID) -> HttpResponse:
    """Import the file."""
    done = operations.commit(
        actor=actor_of(request), now=clock.now(), file_id=file_id, keep_good="keep_good" in request.POST
    )
    messages.success(
        request,
        _("%(lines)s lines have been imported, %(new)s of them new.") % {"lines": done.good, "new": done.new},
    )
    return redirect("care:data")


@posted("care:data")
def discard(request: HttpRequest, file_id: UUID) -> None:
    """Throw the file away."""
    operations.discard(actor=actor_of(request), now=clock.now(), file_id=file_id)
    messages.info(request, _("The import has been discarded. Nothing was changed."))


def _kind(word: str) -> Kind:
    try:
        return Kind(word)
    except ValueError:
        raise Http404 from None
