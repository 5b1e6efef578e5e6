# SPDX-License-Identifier: MPL-2.0
"""A model of the catalogue."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from kommune3.solutions.fleet.operations.vehicles import EDIT
from kommune3.solutions.fleet.queries import history
from kommune3.solutions.fleet.queries.register import get_model_page
from kommune3.solutions.fleet.views import register_tables as tables
from kommune3.solutions.fleet.views.shared import actor_of, trail
from kommune3.ui.numbers import format_instant


def one_model(request: HttpRequest, model_id: int) -> HttpResponse:
    """A model of the catalogue: each figure with its source, its vehicles, its history."""
    actor = actor_of(request)
    page = get_model_page(actor=actor, model_id=model_id)
    model = page.model
    if model.figures_from or model.figures_to:
        validity = _("The figures hold from %(since)s until %(until)s (not included).") % {
            "since": format_instant(model.figures_from) if model.figures_from else "…",
            "until": format_instant(model.figures_to) if model.figures_to else "…",
        }
    else:
        validity = _("Nobody has told from when the figures hold.")
    context = {
        "title": model.name,
        "breadcrumbs": trail((_("Models"), reverse("fleet:models"))),
        "page": page,
        "model": model,
        "validity": validity,
        "figures": tables.model_facts(model),
        "history": history.entries(page.changes),
        "may_edit": actor.may(EDIT),
    }
    return render(request, "fleet/model.html", context)
