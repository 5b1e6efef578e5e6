# SPDX-License-Identifier: MPL-2.0
"""Vehicles and models as files: out, in, and what a file would change before it does."""

import tempfile
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kommune3.kernel import clock
from kommune3.kernel.access import reach
from kommune3.kernel.audit import log
from kommune3.solutions.fleet.errors import UnreadableRegister
from kommune3.solutions.fleet.forms.register import RegisterCommitForm, RegisterFileForm
from kommune3.solutions.fleet.models import LineStatus, Register, RegisterImport, RegisterLine
from kommune3.solutions.fleet.operations import register_files as operations
from kommune3.solutions.fleet.operations.vehicles import EDIT
from kommune3.solutions.fleet.queries.register_exports import FORMATS, written_register
from kommune3.solutions.fleet.registers.fields import FORM_NAMES, field_titles, fields_of
from kommune3.solutions.fleet.registers.values import shown
from kommune3.solutions.fleet.views.shared import actor_of, posted, trail
from kommune3.ui import lists
from kommune3.ui.pictures import Cell, FiguresTable, Heading

_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "template": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
}


def files_of(register: str) -> list[tuple[str, str]]:
    """(format, what it is called) of the files a register can be fetched as."""
    found = [("xlsx", _("Excel")), ("csv", _("CSV"))]
    if register == Register.MODELS:
        found.append(("json", _("JSON, to share")))
    return [*found, ("template", _("Empty template (Excel)"))]


def export(request: HttpRequest, register: str, form: str) -> HttpResponseBase:
    """A register as a file, with every column."""
    actor, now = actor_of(request), clock.now()
    kind = _register(register)
    if form not in FORMATS[kind]:
        raise Http404
    file = tempfile.TemporaryFile()  # noqa: SIM115  the response closes it
    written_register(actor=actor, now=now, register=kind, form=form, target=file)
    file.seek(0)
    log.record(actor=actor, action="fleet.register.exported", now=now, detail={"register": kind.value, "format": form})
    ending = "xlsx" if form == "template" else form
    name = {Register.VEHICLES: _("vehicles"), Register.MODELS: _("models")}[kind]
    return FileResponse(
        file, as_attachment=True, filename=f"{name}{'-template' if form == 'template' else ''}.{ending}",
        content_type=_TYPES[form],
    )  # fmt: skip


def new_import(request: HttpRequest, register: str) -> HttpResponse:
    """Choose a file; it is read and compared at once."""
    actor = actor_of(request)
    kind = _register(register)
    form = RegisterFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            found = operations.read_file(
                actor=actor, now=clock.now(), register=kind, stream=upload, file_name=upload.name
            )
        except UnreadableRegister as refusal:
            form.add_error("file", str(refusal))
        else:
            return redirect("fleet:register_import", found.pk)
    above = _above(kind)
    context = {
        "title": _("Import vehicles") if kind == Register.VEHICLES else _("Import models"),
        "form": form,
        "breadcrumbs": trail(above),
        "cancel": above[1],
        "columns": _columns(kind),
        "template_url": reverse("fleet:register_export", args=[register, "template"]),
        "earlier": reach.visible(actor, RegisterImport).filter(register=kind)[:5],
    }
    return render(request, "fleet/register_new.html", context)


class _Changes(lists.TextColumn):
    """What a line would change, or what is wrong with it, in words; also in an export."""

    def render(self, record: RegisterLine) -> str:
        register = record.register_import.register
        titles = field_titles(register)
        if record.status == LineStatus.BAD:
            return "; ".join(
                f"{titles.get(name, name)}{f' “{value}”' if value else ''}: {message}"
                for name, value, message in record.faults
            )
        fields = {field.name: field for field in fields_of(register)}
        return "; ".join(
            f"{titles[name]}: {shown(fields[name], old) or '–'} → {shown(fields[name], new) or '–'}"
            for name, old, new in record.changes
        ) or "–"  # fmt: skip

    def plain(self, record: Any, bound_column: Any) -> str:
        return self.render(record)


class LineTable(lists.Table):
    """A line of the file per row."""

    line = lists.NumberColumn(verbose_name=gettext_lazy("Line"), decimals=0)
    sheet = lists.TextColumn(verbose_name=gettext_lazy("Sheet"), orderable=False)
    name = lists.TextColumn(verbose_name=gettext_lazy("Name"))
    status = lists.StatusColumn(
        verbose_name=gettext_lazy("Would be"), choices=LineStatus,
        variants={"NEW": "success", "CHANGED": "info", "BAD": "error"},
    )  # fmt: skip
    what = _Changes(accessor="register_import__register", verbose_name=gettext_lazy("What"), orderable=False)

    class Meta(lists.Table.Meta):
        order_by = "line"


class LineFilters(lists.FilterSet):
    status = lists.ChoiceFilter(choices=LineStatus.choices, label=gettext_lazy("Would be"))
    text = lists.SearchFilter(fields=("name",))


def one_import(request: HttpRequest, register_import_id: int) -> HttpResponseBase:
    """What the file would change, line by line, and the choice of what to do with it."""
    actor = actor_of(request)
    found = reach.get(actor, RegisterImport, register_import_id)
    counts = {status.value.lower(): found.lines.filter(status=status).count() for status in LineStatus}
    kind = Register(found.register)
    return lists.respond(
        request,
        rows=found.lines.select_related("register_import"),
        table=LineTable,
        filters=LineFilters,
        title=found.file_name,
        noun=_("lines"),
        template="fleet/register_import.html",
        context={
            "breadcrumbs": trail(_above(kind)),
            "import": found,
            "counts": counts,
            "has_something": counts["new"] + counts["changed"] > 0,
            "form": RegisterCommitForm(),
            "may_edit": actor.may(EDIT, unit_path=found.unit.path),
            "again_url": reverse("fleet:register_new", args=[kind.lower()]),
            "back_url": _above(kind)[1],
        },
    )


@posted("fleet:register_import", "register_import_id")
def commit(request: HttpRequest, register_import_id: int) -> HttpResponse | None:
    """Write the file's lines, all or those that are good."""
    form = RegisterCommitForm(request.POST)
    form.full_clean()
    done = operations.commit(
        actor=actor_of(request), now=clock.now(), register_import_id=register_import_id,
        keep_good=form.cleaned_data["keep_good"],
    )  # fmt: skip
    messages.success(request, _("%(file)s has been imported.") % {"file": done.file_name})
    return None


@posted("fleet:register_import", "register_import_id")
def discard(request: HttpRequest, register_import_id: int) -> HttpResponse | None:
    """Throw away what was read."""
    done = operations.discard(actor=actor_of(request), now=clock.now(), register_import_id=register_import_id)
    messages.info(request, _("The import has been discarded. Nothing was changed."))
    return redirect(_above(Register(done.register))[1])


def _register(word: str) -> Register:
    try:
        return Register(word.upper())
    except ValueError:
        raise Http404 from None


def _above(register: Register) -> tuple[str, str]:
    if register == Register.VEHICLES:
        return _("Vehicles"), reverse("fleet:vehicles")
    return _("Models"), reverse("fleet:models")


def _columns(register: Register) -> FiguresTable:
    return FiguresTable(
        (Heading(_("Column")), Heading(_("In English")), Heading(_("Holds")), Heading(_("What it means"))),
        tuple(
            (
                Cell(field.danish + ("*" if field.required else "")), Cell(field.name),
                Cell(str(FORM_NAMES[field.form])), Cell(str(field.help) or "–"),
            )
            for field in fields_of(register)
        ),
    )  # fmt: skip
