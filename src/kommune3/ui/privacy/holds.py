# SPDX-License-Identifier: MPL-2.0
"""Legal holds: placed with a reason, seen by those who look after them, and released."""

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
from kommune3.kernel.people.models import Person
from kommune3.kernel.privacy import holds as holding
from kommune3.kernel.privacy import queries
from kommune3.kernel.privacy.access import EDIT_HOLDS
from kommune3.kernel.privacy.errors import PrivacyError
from kommune3.ui.privacy import frame
from kommune3.ui.privacy.forms import HoldForm, SolutionHoldForm


@require_safe
@never_cache
def holds(request: HttpRequest) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    context = {
        "title": _("Legal hold"),
        "lead": _("What is on hold is neither deleted nor erased, until somebody releases it."),
        "breadcrumbs": frame.crumbs(),
        "sections": frame.sections("privacy:holds"),
        "holds": queries.holds(actor, on=clock.municipal_date(clock.now())),
        "may_edit": actor.may(EDIT_HOLDS),
    }
    return render(request, "ui/privacy/holds.html", context)


@never_cache
def new_hold(request: HttpRequest) -> HttpResponse:
    """Place a hold on a solution."""
    return _place(request, SolutionHoldForm(request.POST or None), _("New legal hold on a solution"))


@never_cache
def hold_person(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Place a hold on a person."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    person = reach.get(actor, Person, person_id, action=EDIT_HOLDS)
    title = _("Legal hold on %(name)s") % {"name": person}
    return _place(request, HoldForm(request.POST or None), title, person_id=person_id)


def _place(request: HttpRequest, form: HoldForm, title: str, person_id: UUID | None = None) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        try:
            holding.place_hold(actor=actor, now=clock.now(), person_id=person_id, **form.cleaned_data)
        except PrivacyError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The hold has been placed."))
            return redirect("privacy:holds")
    context = {
        "title": title,
        "breadcrumbs": frame.crumbs((_("Legal hold"), reverse("privacy:holds"))),
        "form": form,
        "submit": _("Place the hold"),
        "cancel": reverse("privacy:holds"),
    }
    return render(request, "ui/privacy/form.html", context)


@require_POST
def release(request: HttpRequest, hold_id: UUID) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    try:
        holding.release_hold(actor=actor, now=clock.now(), hold_id=hold_id)
    except PrivacyError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The hold has been released."))
    return redirect("privacy:holds")
