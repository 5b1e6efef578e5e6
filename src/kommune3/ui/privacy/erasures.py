# SPDX-License-Identifier: MPL-2.0
"""Erasures: what each does, looked through before another person approves it; and the ledger of those that are done."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from kommune3.kernel import clock
from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.privacy import erasing, queries
from kommune3.kernel.privacy.access import APPROVE, PROPOSE
from kommune3.kernel.privacy.errors import PrivacyError
from kommune3.kernel.privacy.models import Erasure, ErasureState
from kommune3.ui import numbers
from kommune3.ui.privacy import frame


@require_safe
@never_cache
def erasures(request: HttpRequest) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    context = {
        "title": _("Erasures"),
        "lead": _("One person proposes, another approves. Begin on the page of the person who is to be erased."),
        "breadcrumbs": frame.crumbs(),
        "sections": frame.sections("privacy:erasures"),
        "erasures": queries.erasures(actor),
        "ledger": queries.ledger(actor)[:100],
    }
    return render(request, "ui/privacy/erasures.html", context)


@require_safe
@never_cache
def erasure(request: HttpRequest, erasure_id: UUID) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = reach.get(actor, Erasure, erasure_id)
    is_open = found.state == ErasureState.PROPOSED
    context = {
        "title": _("Erasure of %(name)s") % {"name": queries.name_in(actor, found)},
        "breadcrumbs": frame.crumbs((_("Erasures"), reverse("privacy:erasures"))),
        "erasure": found,
        "facts": [
            (_("State"), found.get_state_display()),
            (_("Ground"), found.get_ground_display()),
            (_("Reason"), found.reason),
            (_("Proposed"), f"{numbers.format_instant(found.asked_at)}, {found.asked_by or '–'}"),
            (_("Decided"), _decided(found)),
        ],
        "preview": queries.preview(found),
        "progress": frame.progress(actor, found.job_id),
        "may_approve": is_open and actor.may(APPROVE) and found.asked_by_id != actor.account_id,
        "may_decline": is_open and actor.may(APPROVE),
        "may_look": is_open and actor.may(PROPOSE),
        "waits_for_other": is_open and found.asked_by_id == actor.account_id,
    }
    return render(request, "ui/privacy/erasure.html", context)


def _decided(found: Erasure) -> str:
    if found.decided_at is None:
        return "–"
    return f"{numbers.format_instant(found.decided_at)}, {found.decided_by or '–'}"


@require_POST
def approve(request: HttpRequest, erasure_id: UUID) -> HttpResponse:
    return _decide(request, erasure_id, erasing.approve, _("Approved. The person is being erased."))


@require_POST
def decline(request: HttpRequest, erasure_id: UUID) -> HttpResponse:
    return _decide(request, erasure_id, erasing.decline, _("Declined. Nothing has been changed."))


@require_POST
def look_again(request: HttpRequest, erasure_id: UUID) -> HttpResponse:
    return _decide(request, erasure_id, erasing.look_again, _("The preview is being made anew."))


def _decide(request: HttpRequest, erasure_id: UUID, act: Callable[..., Erasure], said: str) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    try:
        act(actor=actor, now=clock.now(), erasure_id=erasure_id)
    except PrivacyError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, said)
    return redirect("privacy:erasure", erasure_id=erasure_id)
