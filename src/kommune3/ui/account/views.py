# SPDX-License-Identifier: MPL-2.0
"""One's own account: who one is here, what one may do, and one's keys to the API."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from kommune3.kernel import clock
from kommune3.kernel.access import declare
from kommune3.kernel.access import tokens as api_tokens
from kommune3.kernel.access.actor import BREAK_GLASS, Actor
from kommune3.kernel.access.errors import AccessError
from kommune3.kernel.people import assurance
from kommune3.kernel.people.assurance import Assurance
from kommune3.ui.account.forms import TokenForm


@require_safe
def profile(request: HttpRequest) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    titles = declare.roles()
    actions = declare.all_actions()
    context = {
        "title": _("Your account"),
        "breadcrumbs": [(_("Home"), "/")],
        "facts": [(_("Name"), actor.name), (_("User name"), request.user.get_username())],
        "may_break_glass": actor.may(BREAK_GLASS),
        "rights": [
            {
                "role": titles.get(held.role, held.role),
                "unit": held.unit_name or _("The whole municipality"),
                "kle": held.kle,
                "absent": held.absent.name if held.absent else "",
                "actions": sorted(str(actions[code.removesuffix(".own")]) for code in declare.actions_of(held.role)),
            }
            for held in actor.held
            if held.emergency is None
        ],
    }
    return render(request, "ui/account/profile.html", context)


@never_cache
def tokens(request: HttpRequest) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    form = TokenForm(request.POST or None)
    secret = ""
    if request.method == "POST" and form.is_valid():
        try:
            secret = api_tokens.make_token(
                actor=actor, now=clock.now(), assurance=assurance.of(request), **form.cleaned_data
            )
        except AccessError as error:
            form.add_error(None, str(error.message))
        else:
            form = TokenForm()
    context = {
        "title": _("Keys to the API"),
        "lead": _(
            "A key lets another system act with your rights. Give each system its own, and revoke it when unused."
        ),
        "breadcrumbs": [(_("Home"), "/"), (_("Your account"), reverse("account:profile"))],
        "form": form,
        "can_make": assurance.of(request) == Assurance.TWO_STEP,
        "secret": secret,
        "tokens": api_tokens.own_tokens(actor),
        "now": clock.now(),
    }
    return render(request, "ui/account/tokens.html", context)


@require_POST
def revoke_token(request: HttpRequest, token_id: UUID) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    api_tokens.revoke_token(actor=actor, now=clock.now(), token_id=token_id)
    messages.success(request, _("The key no longer opens the API."))
    return redirect("account:tokens")
