# SPDX-License-Identifier: MPL-2.0
"""What can be done about one person's data: put together, kept on hold, erased."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from kommune3.kernel import clock
from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.people.models import Person
from kommune3.kernel.privacy import erasing, exporting
from kommune3.kernel.privacy.access import EDIT_HOLDS, EXPORT, PROPOSE
from kommune3.kernel.privacy.errors import PrivacyError
from kommune3.ui.privacy import frame
from kommune3.ui.privacy.forms import EraseForm, PurposeForm


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def person(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Everything kept about the person, put together for a purpose."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = reach.get(actor, Person, person_id, action=EXPORT)
    form = PurposeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            exporting.ask_for(actor=actor, now=clock.now(), person_id=person_id, **form.cleaned_data)
        except PrivacyError as error:
            form.add_error("purpose", str(error))
        else:
            messages.success(request, _("The data are being put together."))
            return redirect("privacy:person", person_id=person_id)
    asked = list(exporting.exports_for(actor, found)[:10])
    context = {
        "title": _("Data about %(name)s") % {"name": found},
        "breadcrumbs": frame.crumbs((_("People"), reverse("people:list")), _link(found)),
        "form": form,
        "exports": [each for each in asked if each.file_id is not None],
        "progress": frame.progress(actor, asked[0].job_id) if asked and asked[0].made_at is None else None,
        "erase_url": reverse("privacy:propose", args=[person_id]) if actor.may(PROPOSE) else "",
        "hold_url": reverse("privacy:hold-person", args=[person_id]) if actor.may(EDIT_HOLDS) else "",
    }
    return render(request, "ui/privacy/person.html", context)


@never_cache
def propose(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Propose to erase the person."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = reach.get(actor, Person, person_id, action=PROPOSE)
    form = EraseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = erasing.propose(actor=actor, now=clock.now(), person_id=person_id, **form.cleaned_data)
        except PrivacyError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Proposed. Another person must approve it before anything is erased."))
            return redirect("privacy:erasure", erasure_id=made.pk)
    context = {
        "title": _("Erase %(name)s") % {"name": found},
        "lead": _("First you see what is deleted and what must be kept. Then another person approves."),
        "breadcrumbs": frame.crumbs((_("People"), reverse("people:list")), _link(found)),
        "form": form,
        "submit": _("Look through what would be erased"),
        "cancel": reverse("privacy:person", args=[person_id]),
    }
    return render(request, "ui/privacy/form.html", context)


def _link(found: Person) -> tuple[str, str]:
    return str(found), reverse("people:detail", args=[found.pk])
