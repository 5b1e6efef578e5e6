# SPDX-License-Identifier: MPL-2.0
"""Who can do what: by competence, by person, and what ends soon. People are never ranked."""

from datetime import date, timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from kommune3.kernel import clock
from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.competences import queries
from kommune3.kernel.competences.models import Dated, Delegation, Held
from kommune3.ui import lists
from kommune3.ui.competences.lists import DelegationFilters, DelegationTable, HolderFilters, HolderTable

SOON_DAYS = 90


@require_safe
@never_cache
def holders(request: HttpRequest) -> HttpResponseBase:
    """Who has what today."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return lists.respond(
        request,
        rows=queries.all_held(actor, on=_today()),
        table=HolderTable,
        filters=HolderFilters,
        title=_("Who can do what"),
        noun=_("competences"),
        context={"breadcrumbs": above()},
        on_export=lambda form: queries.record_export(actor=actor, now=clock.now(), form=form),
        on_shown=lambda by, found: queries.record_shown(actor=actor, now=clock.now(), by=by, found=found),
    )


@require_safe
@never_cache
def delegations(request: HttpRequest) -> HttpResponseBase:
    """What is delegated to whom today."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return lists.respond(
        request,
        rows=queries.all_delegations(actor, on=_today()),
        table=DelegationTable,
        filters=DelegationFilters,
        title=_("Delegations"),
        noun=_("delegations"),
        context={"breadcrumbs": above()},
        on_export=lambda form: queries.record_export(actor=actor, now=clock.now(), form=form),
        on_shown=lambda by, found: queries.record_shown(actor=actor, now=clock.now(), by=by, found=found),
    )


@require_safe
def own(request: HttpRequest) -> HttpResponse:
    """One's own competences."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if actor.person_id is None:
        raise reach.NotVisible
    return redirect("competences:person", person_id=actor.person_id)


@require_safe
@never_cache
def person(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Everything that is kept of what a person can do and may do, also what is over."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = queries.look_up(actor=actor, now=clock.now(), person_id=person_id)
    may_edit = queries.employees(actor, on=_today()).contains(found)
    context = {
        "title": _("Your competences") if found.pk == actor.person_id else str(found),
        "breadcrumbs": above(),
        "person": found,
        "may_edit": may_edit,
        "held": [_row(row, may_edit) for row in queries.held_by(actor, person_id)],
        "delegations": [
            _row(row, may_edit and row.helper_id == person_id) for row in queries.delegations_of(actor, person_id)
        ],
    }
    return render(request, "ui/competences/person.html", context)


def ending(actor: Actor) -> dict[str, object]:
    """How much ends soon, and where it is listed."""
    today = _today()
    held, delegated = queries.expiring(actor, on=today, days=SOON_DAYS)
    query = f"?valid_to_before={today + timedelta(days=SOON_DAYS)}"
    return {
        "days": SOON_DAYS,
        "held": held.count(),
        "held_url": reverse("competences:holders") + query,
        "delegated": delegated.count(),
        "delegated_url": reverse("competences:delegations") + query,
    }


def above() -> list[tuple[str, str]]:
    """The pages above."""
    return [(_("Home"), "/"), (_("Competences"), reverse("competences:list"))]


def _today() -> date:
    return clock.municipal_date(clock.now())


def _row(row: Held | Delegation, may_edit: bool) -> dict[str, object]:
    today = _today()
    is_over = _ends_by(row, today)
    return {
        "row": row,
        "is_over": is_over,
        "is_soon": not is_over and row.valid_to is not None and row.valid_to <= today + timedelta(days=SOON_DAYS),
        "is_coming": not is_over and row.valid_from > today,
        "can_end": may_edit and not is_over and row.withdrawn_from is None,
        "can_undo": may_edit and row.withdrawn_from is not None,
    }


def _ends_by(row: Dated, day: date) -> bool:
    return any(end is not None and end <= day for end in (row.valid_to, row.withdrawn_from))
