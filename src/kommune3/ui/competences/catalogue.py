# SPDX-License-Identifier: MPL-2.0
"""The catalogue: what somebody can be able and allowed to do."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kommune3.kernel import clock
from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.access.errors import AccessError
from kommune3.kernel.competences import operations, queries
from kommune3.kernel.competences.access import CATALOGUE, EDIT
from kommune3.kernel.competences.models import Competence
from kommune3.ui import lists
from kommune3.ui.competences.forms import CompetenceForm
from kommune3.ui.competences.lists import CatalogueFilters, CatalogueTable, EditableCatalogueTable
from kommune3.ui.competences.views import ending
from kommune3.ui.forms import show_refusal


@require_safe
def competences(request: HttpRequest) -> HttpResponseBase:
    """The catalogue, and what ends soon."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    may_edit = actor.may(CATALOGUE)
    return lists.respond(
        request,
        rows=queries.whole_catalogue(),
        table=EditableCatalogueTable if may_edit else CatalogueTable,
        filters=CatalogueFilters,
        title=_("Competences"),
        noun=_("competences"),
        template="ui/competences/list.html",
        empty=lists.Empty(
            heading=_("The catalogue is empty"),
            text=_("Services ask for competences by their codes. Begin with those that home care needs."),
            action=_("New competence") if may_edit else "",
            href=reverse("competences:new") if may_edit else "",
        ),
        context={
            "lead": _("What employees are able and allowed to do. The plans of home care ask here."),
            "breadcrumbs": [(_("Home"), "/")],
            "ending": ending(actor),
            "may_edit": may_edit,
            "may_give": actor.may(EDIT),
        },
    )


def new(request: HttpRequest) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    form = CompetenceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = operations.add_competence(actor=actor, now=clock.now(), values=form.values())
        except AccessError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("%(title)s is in the catalogue.") % {"title": made})
            return redirect("competences:list")
    return _form_page(request, _("New competence"), form)


def edit(request: HttpRequest, competence_id: UUID) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = reach.get(actor, Competence, competence_id)
    initial = {name: getattr(found, name) for name in ("code", "title", "kind", "kl_code")}
    form = CompetenceForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            operations.edit_competence(actor=actor, now=clock.now(), competence_id=competence_id, values=form.values())
        except AccessError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("The competence has been saved."))
            return redirect("competences:list")
    return _form_page(request, found.title, form, found)


@require_POST
def switch(request: HttpRequest, competence_id: UUID) -> HttpResponse:
    """Retire a competence, or take it into use again."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    is_active = request.POST.get("active") == "1"
    operations.switch_competence(actor=actor, now=clock.now(), competence_id=competence_id, is_active=is_active)
    messages.success(
        request,
        _("The competence is in use again.") if is_active else _("The competence is retired. Who has it, keeps it."),
    )
    return redirect("competences:edit", competence_id=competence_id)


def _form_page(
    request: HttpRequest, title: str, form: CompetenceForm, competence: Competence | None = None
) -> HttpResponse:
    context = {
        "title": title,
        "breadcrumbs": [(_("Home"), "/"), (_("Competences"), reverse("competences:list"))],
        "form": form,
        "competence": competence,
        "cancel": reverse("competences:list"),
    }
    return render(request, "ui/competences/competence.html", context)
