# SPDX-License-Identifier: MPL-2.0
"""Saying which column of a file is what; and the mappings that were saved."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from kommune3.kernel import clock, files
from kommune3.kernel.access import reach
from kommune3.solutions.fleet import tasks
from kommune3.solutions.fleet.errors import FleetError, NotReady
from kommune3.solutions.fleet.forms.mappings import MappingForm, PlaceInFileForm
from kommune3.solutions.fleet.importing import Mapping, Peek, Unreadable, describe, peek
from kommune3.solutions.fleet.models import ColumnMapping, TripImport
from kommune3.solutions.fleet.operations import mappings as operations
from kommune3.solutions.fleet.operations.staging import known_places
from kommune3.solutions.fleet.queries.mappings import preview
from kommune3.solutions.fleet.views.shared import actor_of, posted, trail

IMPORT = "fleet.trips.import"


def mappings(request: HttpRequest) -> HttpResponse:
    """The saved mappings, each with a button to delete it."""
    actor = actor_of(request)
    rows = reach.visible(actor, ColumnMapping)
    context = {
        "title": _("Column mappings"),
        "lead": _("How files with column names of their own are read. Choose one when you import a file."),
        "breadcrumbs": trail((_("Imports"), reverse("fleet:imports"))),
        "mappings": [
            (row, ", ".join(sorted(row.reading["columns"].values())), f"delete-mapping-{row.pk}") for row in rows
        ],
        "may_import": actor.may(IMPORT),
    }
    return render(request, "fleet/mappings.html", context)


@posted("fleet:mappings")
def delete_mapping(request: HttpRequest, mapping_id: int) -> HttpResponse | None:
    """Forget a saved mapping."""
    operations.delete_mapping(actor=actor_of(request), now=clock.now(), mapping_id=mapping_id)
    messages.success(request, _("The mapping has been deleted."))
    return None


def columns(request: HttpRequest, import_id: int) -> HttpResponse:
    """Map the columns of an uploaded file: looked at, previewed, and read."""
    actor = actor_of(request)
    found = reach.get(actor, TripImport, import_id, action=IMPORT)
    if found.state not in operations.MAPPABLE or found.stored_file_id is None:
        messages.error(request, str(NotReady()))
        return redirect("fleet:import", found.pk)
    saved = Mapping.from_json(found.reading) if found.reading else None
    place = _place_in_file(request, saved)
    context: dict[str, Any] = {
        "title": _("Which column is what?"),
        "lead": found.file_name,
        "breadcrumbs": trail(
            (_("Imports"), reverse("fleet:imports")), (found.file_name, reverse("fleet:import", args=[found.pk]))
        ),
        "import": found,
    }
    try:
        with files.open_file(files.get(actor=actor, file_id=found.stored_file_id)) as stream:
            seen = peek(stream, **place)
            form = MappingForm(request.POST or None, peek=seen, mapping=_begin_with(saved, seen))
            context |= {"form": form, "peek": seen, "place": PlaceInFileForm(initial=place, sheets=seen.sheets)}
            if request.method == "POST" and form.is_valid():
                if request.POST.get("action") == "read":
                    return _read(request, found, form) or render(request, "fleet/columns.html", context)
                context["preview"] = preview(stream, mapping=form.mapping(), known=known_places(actor))
    except Unreadable as refusal:
        context["refusal"] = describe(refusal.finding.code, refusal.finding.detail)
    return render(request, "fleet/columns.html", context)


def _place_in_file(request: HttpRequest, saved: Mapping | None) -> dict[str, Any]:
    asked = request.POST if request.method == "POST" else request.GET
    line = str(asked.get("header_line", saved.header_line if saved else ""))
    return {
        "header_line": int(line) if line.isascii() and line.isdecimal() and len(line) < 4 else 0,
        "sheet": str(asked.get("sheet", saved.sheet if saved else ""))[:100],
    }


def _begin_with(saved: Mapping | None, seen: Peek) -> Mapping:
    return saved if saved is not None and saved.columns else seen.guessed


def _read(request: HttpRequest, found: TripImport, form: MappingForm) -> HttpResponse | None:
    try:
        tasks.start_reading_mapped(
            actor=actor_of(request), now=clock.now(), import_id=found.pk, mapping=form.mapping(),
            save_as=form.cleaned_data["save_as"].strip(),
        )  # fmt: skip
    except FleetError as refusal:
        form.add_error(None, str(refusal))
        return None
    return redirect("fleet:import", found.pk)
