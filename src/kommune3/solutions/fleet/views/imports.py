# SPDX-License-Identifier: MPL-2.0
"""Importing trips: upload, look through, decide; and the history with undo."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kommune3.kernel import clock, files
from kommune3.kernel.access import reach
from kommune3.solutions.fleet import tasks
from kommune3.solutions.fleet.forms import CommitForm, ImportForm
from kommune3.solutions.fleet.forms.trips import MAP_COLUMNS
from kommune3.solutions.fleet.importing import describe
from kommune3.solutions.fleet.models import ImportProblem, ImportState, TripImport
from kommune3.solutions.fleet.operations import imports as operations
from kommune3.solutions.fleet.operations.mappings import MAPPABLE
from kommune3.solutions.fleet.queries.progress import progress_of
from kommune3.solutions.fleet.views.shared import actor_of, posted, trail
from kommune3.ui import lists

IMPORT = "fleet.trips.import"
SHOWN_PROBLEMS = 20


class ImportTable(lists.Table):
    """An import per row."""

    file_name = lists.LinkColumn(url="fleet:import", verbose_name=gettext_lazy("File"))
    state = lists.StatusColumn(
        verbose_name=gettext_lazy("State"),
        choices=ImportState,
        variants={"COMMITTED": "success", "READY": "info", "READING": "info", "REFUSED": "error"},
    )
    rows_good = lists.NumberColumn(verbose_name=gettext_lazy("Good lines"), decimals=0)
    rows_bad = lists.NumberColumn(verbose_name=gettext_lazy("Lines with faults"), decimals=0)
    created_by_name = lists.TextColumn(verbose_name=gettext_lazy("By"))
    created_at = lists.DateTimeColumn(verbose_name=gettext_lazy("When"))

    class Meta(lists.Table.Meta):
        order_by = "-created_at"


class _Message(lists.TextColumn):
    """The problem in words, also in an export."""

    part = "message"

    def render(self, record: ImportProblem) -> str:
        return str(getattr(describe(record.code, record.detail), self.part))

    def plain(self, record: Any, bound_column: Any) -> str:
        return self.render(record)


class _Advice(_Message):
    part = "advice"


class ProblemsTable(lists.Table):
    """A problem per row: where it is, what it is, what to do."""

    line = lists.NumberColumn(verbose_name=gettext_lazy("Line"), decimals=0)
    field = lists.TextColumn(verbose_name=gettext_lazy("Field"))
    value = lists.TextColumn(verbose_name=gettext_lazy("Value"), orderable=False)
    message = _Message(accessor="code", verbose_name=gettext_lazy("Problem"), orderable=False)
    advice = _Advice(accessor="code", verbose_name=gettext_lazy("What to do"), orderable=False)

    class Meta(lists.Table.Meta):
        order_by = "line"


def imports(request: HttpRequest) -> HttpResponseBase:
    """The history of imports."""
    actor = actor_of(request)
    may = actor.may(IMPORT)
    return lists.respond(
        request,
        rows=reach.visible(actor, TripImport),
        table=ImportTable,
        title=_("Imports"),
        noun=_("imports"),
        template="fleet/list.html",
        context={
            "breadcrumbs": trail(),
            "lead": _("Every file that was read, and what became of it. An import can be undone."),
            "new_url": reverse("fleet:import_new") if may else "",
            "new_text": _("Import a trip file"),
        },
        empty=lists.Empty(
            _("Nothing has been imported yet"),
            _("Choose a file from your fleet system. You see everything before it counts."),
            _("Import a trip file") if may else "",
            reverse("fleet:import_new") if may else "",
        ),
    )


def new_import(request: HttpRequest) -> HttpResponse:
    """Upload a file; it is read in the background."""
    actor, now = actor_of(request), clock.now()
    form = ImportForm(request.POST or None, request.FILES or None, actor=actor)
    if request.method == "POST" and form.is_valid():
        upload, reading = form.cleaned_data["file"], form.cleaned_data["reading"]
        try:
            trip_import = tasks.start_reading(
                actor=actor, now=now, content=upload, file_name=upload.name,
                create_vehicles=form.cleaned_data["create_vehicles"], choose_columns=reading == MAP_COLUMNS,
                mapping_id=int(reading) if reading.isdecimal() else None,
            )  # fmt: skip
        except files.NotStored as refusal:
            form.add_error("file", str(refusal))
        else:
            page = "fleet:import_columns" if reading == MAP_COLUMNS else "fleet:import"
            return redirect(page, trip_import.pk)
    above = (_("Imports"), reverse("fleet:imports"))
    context = {"title": _("Import a trip file"), "form": form, "breadcrumbs": trail(above), "cancel": above[1]}
    return render(request, "fleet/import_new.html", context)


def one_import(request: HttpRequest, import_id: int) -> HttpResponse:
    """An import as it stands: being read, ready to be decided, or decided."""
    actor = actor_of(request)
    found = reach.get(actor, TripImport, import_id)
    problems = found.problems.all()
    context = {
        "title": found.file_name,
        "breadcrumbs": trail((_("Imports"), reverse("fleet:imports"))),
        "import": found,
        "progress": progress_of(found.job_id) if found.state == ImportState.READING else None,
        "problems": [
            (problem, describe(problem.code, problem.detail))
            for problem in problems.filter(is_notice=False)[:SHOWN_PROBLEMS]
        ],
        "problem_count": problems.filter(is_notice=False).count(),
        "notices": [describe(each.code, each.detail) for each in problems.filter(is_notice=True)[:SHOWN_PROBLEMS]],
        "can_create": not found.create_vehicles and problems.filter(code="vehicle_can_be_created").exists(),
        "has_overlaps": problems.filter(code__in=operations.OVERLAPS).exists(),
        "sample": found.staged.filter(is_good=True).select_related("base", "vehicle").order_by("line")[:5],
        "may_map": found.stored_file_id is not None and found.state in MAPPABLE,
        "form": CommitForm(),
        "may_import": actor.may(IMPORT, unit_path=found.unit.path),
    }
    return render(request, "fleet/import.html", context)


def problems(request: HttpRequest, import_id: int) -> HttpResponseBase:
    """Everything that is wrong with a file."""
    found = reach.get(actor_of(request), TripImport, import_id)
    return lists.respond(
        request,
        rows=found.problems.all(),
        table=ProblemsTable,
        title=_("Problems in %(file)s") % {"file": found.file_name},
        noun=_("problems"),
        context={
            "breadcrumbs": trail(
                (_("Imports"), reverse("fleet:imports")), (found.file_name, reverse("fleet:import", args=[found.pk]))
            )
        },
    )


@posted("fleet:import", "import_id")
def commit(request: HttpRequest, import_id: int) -> HttpResponse | None:
    """Import the file as a whole, or its good lines where that was chosen."""
    form = CommitForm(request.POST)
    form.full_clean()
    done = operations.commit_import(
        actor=actor_of(request), now=clock.now(), import_id=import_id,
        keep_good=form.cleaned_data["keep_good"], keep_overlaps=form.cleaned_data["keep_overlaps"],
    )  # fmt: skip
    messages.success(
        request, _("%(count)s trips have been imported.") % {"count": f"{done.rows_good:,}".replace(",", ".")}
    )
    return None


@posted("fleet:import", "import_id")
def discard(request: HttpRequest, import_id: int) -> HttpResponse | None:
    """Throw away what was read."""
    operations.discard_import(actor=actor_of(request), now=clock.now(), import_id=import_id)
    messages.info(request, _("The import has been discarded. Nothing was changed."))
    return redirect("fleet:imports")


@posted("fleet:import", "import_id")
def undo(request: HttpRequest, import_id: int) -> HttpResponse | None:
    """Remove the import's trips again."""
    operations.undo_import(actor=actor_of(request), now=clock.now(), import_id=import_id)
    messages.success(request, _("The import has been undone; its trips are gone again."))
    return None
