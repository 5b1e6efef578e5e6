# SPDX-License-Identifier: MPL-2.0
"""What a citizen has been granted: entered, changed, ended, and tied to each other."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from kommune3.kernel import clock
from kommune3.kernel.access import reach
from kommune3.solutions.care.errors import CareError, InvalidRow
from kommune3.solutions.care.forms.citizens import LinkForm, NeedForm
from kommune3.solutions.care.models import Citizen, Need, NeedLink
from kommune3.solutions.care.operations import needs as operations
from kommune3.solutions.care.queries import registers
from kommune3.solutions.care.views import history
from kommune3.solutions.care.views.citizens import below, note_read
from kommune3.solutions.care.views.shared import actor_of, show_faults

EDIT = operations.EDIT


def new_need(request: HttpRequest, citizen_id: int) -> HttpResponse:
    """Enter what a citizen has been granted."""
    citizen = reach.get(actor_of(request), Citizen, citizen_id, action=EDIT)
    today = clock.municipal_date(clock.now())
    return _page(request, citizen, Need(citizen=citizen, valid_from=today))


def one_need(request: HttpRequest, need_id: int) -> HttpResponse:
    """Change a need."""
    need = reach.get(actor_of(request), Need, need_id, action=EDIT)
    return _page(request, need.citizen, need)


def _page(request: HttpRequest, citizen: Citizen, need: Need) -> HttpResponse:
    actor, now = actor_of(request), clock.now()
    note_read(actor, citizen)
    services = registers.services_of(actor).filter(is_active=True)
    if need.pk is not None:
        services = services | registers.services_of(actor).filter(pk=need.service_id)
    form = NeedForm(request.POST or None, instance=need, services=services, usual=registers.usual_windows(citizen))
    if request.method == "POST" and form.is_valid():
        try:
            operations.save_need(actor=actor, now=now, need=form.instance)
        except InvalidRow as refusal:
            show_faults(form, refusal)
        else:
            messages.success(request, _("The need has been saved, and the visits of the days ahead follow it."))
            return redirect("care:citizen", citizen.pk)
    context = {
        "title": _("Need") if need.pk else _("New need"), "lead": str(citizen), "form": form, "need": need,
        "cancel": reverse("care:citizen", args=[citizen.pk]), "breadcrumbs": below(citizen),
        "is_ended": need.valid_to is not None and need.pk is not None and not form.is_bound,
        "history": history.entries(need) if need.pk else [],
    }  # fmt: skip
    return render(request, "care/need.html", context)


def end(request: HttpRequest, need_id: int) -> HttpResponse:
    """Let a need end today."""
    need = reach.get(actor_of(request), Need, need_id, action=EDIT)
    if request.method == "POST":
        now = clock.now()
        try:
            operations.end_need(actor=actor_of(request), now=now, need_id=need_id, on=clock.municipal_date(now))
        except InvalidRow:
            messages.error(request, _("The need has not begun yet. Delete it, or give it another period."))
        else:
            messages.success(request, _("The need has ended: no visits are made from it from today on."))
    return redirect("care:citizen", need.citizen_id)


def resume(request: HttpRequest, need_id: int) -> HttpResponse:
    """Let a need go on that was ended."""
    need = reach.get(actor_of(request), Need, need_id, action=EDIT)
    if request.method == "POST":
        operations.end_need(actor=actor_of(request), now=clock.now(), need_id=need_id, on=None)
        messages.success(request, _("The need goes on."))
    return redirect("care:citizen", need.citizen_id)


def remove(request: HttpRequest, need_id: int) -> HttpResponse:
    """Delete a need that was entered by mistake."""
    need = reach.get(actor_of(request), Need, need_id, action=EDIT)
    if request.method == "POST":
        try:
            operations.remove_need(actor=actor_of(request), now=clock.now(), need_id=need_id)
        except CareError as refusal:
            messages.error(request, str(refusal))
            return redirect("care:need", need_id)
        messages.success(request, _("The need has been deleted."))
    return redirect("care:citizen", need.citizen_id)


def new_link(request: HttpRequest, citizen_id: int) -> HttpResponse:
    """Tie two needs of a citizen to each other."""
    actor = actor_of(request)
    citizen = reach.get(actor, Citizen, citizen_id, action=EDIT)
    note_read(actor, citizen)
    needs = reach.visible(actor, Need).filter(citizen=citizen).select_related("service")
    form = LinkForm(request.POST or None, instance=NeedLink(), needs=needs)
    if request.method == "POST" and form.is_valid():
        try:
            operations.save_link(actor=actor, now=clock.now(), link=form.instance)
        except InvalidRow as refusal:
            show_faults(form, refusal)
        else:
            messages.success(request, _("The needs hang together on each day that both fall on."))
            return redirect("care:citizen", citizen_id)
    context = {
        "title": _("Tie needs to each other"), "lead": str(citizen), "form": form, "may_edit": True,
        "cancel": reverse("care:citizen", args=[citizen_id]), "breadcrumbs": below(citizen),
    }  # fmt: skip
    return render(request, "care/form.html", context)


def remove_link(request: HttpRequest, citizen_id: int, link_id: int) -> HttpResponse:
    """Let two needs no longer hang together."""
    reach.get(actor_of(request), Citizen, citizen_id, action=EDIT)
    if request.method == "POST":
        operations.remove_link(actor=actor_of(request), now=clock.now(), link_id=link_id)
        messages.success(request, _("The needs no longer hang together."))
    return redirect("care:citizen", citizen_id)
