# SPDX-License-Identifier: MPL-2.0
"""Where one is logged in, and logging out there."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from kommune3.kernel import clock
from kommune3.kernel.access import own_sessions as access_sessions
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.people.assurance import Assurance
from kommune3.kernel.people.sessions import METHODS, digest


@require_safe
@never_cache
def own_sessions(request: HttpRequest) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    current = digest(request.session.session_key)
    rows = [
        {
            "id": row.pk,
            "started_at": row.started_at,
            "browser": row.browser or _("Another browser"),
            "address": row.address or "–",
            "method": METHODS.get(row.method, row.method),
            "is_two_step": row.level >= Assurance.TWO_STEP,
            "is_current": row.digest == current,
        }
        for row in access_sessions.live(actor, now=clock.now())
    ]
    context = {
        "title": _("Where you are logged in"),
        "lead": _("Do you not know one of them? Log it out, and choose a new password."),
        "breadcrumbs": [(_("Home"), "/"), (_("Your account"), reverse("account:profile"))],
        "rows": rows,
        "has_others": any(not row["is_current"] for row in rows),
    }
    return render(request, "ui/account/sessions.html", context)


@require_POST
def end_session(request: HttpRequest, login_session_id: UUID) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    access_sessions.end_session(actor=actor, now=clock.now(), login_session_id=login_session_id)
    messages.success(request, _("You are logged out there."))
    return redirect("account:sessions")


@require_POST
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    ended = access_sessions.end_others(actor=actor, now=clock.now(), but=request.session.session_key)
    text = ngettext(
        "You are logged out in %(count)d other place.", "You are logged out in %(count)d other places.", ended
    )
    messages.success(request, text % {"count": ended})
    return redirect("account:sessions")
