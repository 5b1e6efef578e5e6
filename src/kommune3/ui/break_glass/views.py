# SPDX-License-Identifier: MPL-2.0
"""Access opened in an emergency: opened and closed by who needs it, followed up by others."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from kommune3.kernel import clock
from kommune3.kernel.access import declare
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.access.errors import AccessError
from kommune3.kernel.access.models import Outcome
from kommune3.kernel.rights import break_glass
from kommune3.ui import lists
from kommune3.ui.break_glass.forms import OpenForm, SignForm
from kommune3.ui.break_glass.lists import EmergencyFilters, EmergencyTable
from kommune3.ui.forms import show_refusal


@never_cache
def open_access(request: HttpRequest) -> HttpResponse:
    """Open access, and see what one has opened before."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    most = settings.BREAK_GLASS_HOURS
    form = OpenForm(request.POST or None, actor=actor, most_hours=most)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            break_glass.open_access(
                actor=actor,
                now=clock.now(),
                unit_id=values["unit"].pk,
                action=values["action"],
                reason=values["reason"],
                hours=values["hours"],
                most_hours=most,
            )
        except AccessError as error:
            show_refusal(form, error)
        else:
            messages.warning(request, _("The access is open. Everything you see with it is on record."))
            return redirect("break-glass:open")
    now, titles = clock.now(), declare.all_actions()
    context = {
        "title": _("Emergency access"),
        "lead": _("For when somebody's life, health or safety cannot wait for a right to be given."),
        "breadcrumbs": [(_("Home"), "/"), (_("Your account"), reverse("account:profile"))],
        "form": form,
        "rows": [
            {
                "id": row.pk,
                "action": titles.get(row.action, row.action),
                "unit": row.unit,
                "opened_at": row.opened_at,
                "ends_at": row.closed_at or row.expires_at,
                "is_open": break_glass.is_open(row, now=now),
            }
            for row in break_glass.own(actor)[:20]
        ],
    }
    return render(request, "ui/break_glass/open.html", context)


@require_POST
def close(request: HttpRequest, opened_id: UUID) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    try:
        break_glass.close_access(actor=actor, now=clock.now(), opened_id=opened_id)
    except AccessError as error:
        messages.error(request, str(error.message))
    else:
        messages.success(request, _("The access has ended."))
    return redirect("break-glass:open")


@require_safe
@never_cache
def queue(request: HttpRequest) -> HttpResponseBase:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return lists.respond(
        request,
        rows=break_glass.queue(actor),
        table=EmergencyTable,
        filters=EmergencyFilters,
        title=_("Emergency access: follow-up"),
        noun=_("accesses"),
        context={
            "lead": _("%(count)d wait for somebody to follow up.") % {"count": break_glass.waiting(actor)},
            "breadcrumbs": [(_("Home"), "/")],
        },
    )


@never_cache
def detail(request: HttpRequest, opened_id: UUID) -> HttpResponse:
    """One access that was opened, with what was done; signed off here."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = break_glass.get(actor, opened_id)
    form = SignForm(request.POST or None)
    now = clock.now()
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            break_glass.sign_off(
                actor=actor, now=now, opened_id=opened_id, outcome=Outcome(values["outcome"]), note=values["note"]
            )
        except AccessError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("It has been followed up."))
            return redirect("break-glass:queue")
    context = {
        "title": _("Emergency access"),
        "breadcrumbs": [(_("Home"), "/"), (_("Emergency access: follow-up"), reverse("break-glass:queue"))],
        "facts": [
            (_("Who"), str(found.account.person or found.account.username)),
            (_("What"), declare.all_actions().get(found.action, found.action)),
            (_("Unit"), found.unit),
            (_("Reason"), found.reason),
            (_("Opened"), found.opened_at),
            (_("Ended") if not break_glass.is_open(found, now=now) else _("Ends no later than"),
             found.closed_at or found.expires_at),
            (_("Outcome"), found.get_outcome_display() or _("Waits")),
            (_("Note"), found.note or "–"),
        ],
        "uses": break_glass.uses(actor, found),
        "form": form,
        "is_open": break_glass.is_open(found, now=now),
        "is_signed": bool(found.outcome),
        "is_own": found.account_id == actor.account_id,
    }  # fmt: skip
    return render(request, "ui/break_glass/detail.html", context)
