# SPDX-License-Identifier: MPL-2.0
"""Pages that give and withdraw competences, enter and end delegations, and read files."""

from collections.abc import Callable
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from kommune3.kernel import clock
from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.access.errors import AccessError
from kommune3.kernel.access.importing import Problem, Refused
from kommune3.kernel.competences import operations, queries
from kommune3.kernel.competences.importing import COLUMNS, import_held
from kommune3.kernel.competences.models import Delegation, Held
from kommune3.kernel.people.models import Person
from kommune3.ui.competences.forms import DelegateForm, FileForm, GiveForm
from kommune3.ui.competences.views import above
from kommune3.ui.forms import change_and_tell, show_refusal

SHOWN_PROBLEMS = 100


@never_cache
def give(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Give a person a competence."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    person = queries.look_up(actor=actor, now=clock.now(), person_id=person_id)
    form = GiveForm(request.POST or None, initial={"valid_from": clock.municipal_date(clock.now())})
    if request.method == "POST" and form.is_valid():
        try:
            operations.give(actor=actor, now=clock.now(), person_id=person_id, values=form.values())
        except AccessError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("The competence has been given."))
            return redirect("competences:person", person_id=person_id)
    back = reverse("competences:person", args=[person_id])
    trail = [*above(), (str(person), back)]
    return _form_page(request, _("New competence for %(name)s") % {"name": person}, trail, form)


@never_cache
def delegate(request: HttpRequest) -> HttpResponse:
    """Enter a delegation: for every citizen, or for the one that the address names."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    now = clock.now()
    today = clock.municipal_date(now)
    citizen = _citizen(request, actor)
    if citizen is not None:
        queries.look_up(actor=actor, now=now, person_id=citizen.pk)
    queries.record_shown(actor=actor, now=now, by=[], found=queries.employees(actor, on=today).count())
    initial = {"valid_from": today, "helper": request.GET.get("helper")}
    form = DelegateForm(request.POST or None, actor=actor, on=today, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = operations.delegate(
                actor=actor, now=now, values=form.values(citizen.pk if citizen is not None else None)
            )
        except AccessError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("The task has been delegated."))
            return redirect("competences:person", person_id=made.helper_id)
    lead = _("For %(name)s only.") % {"name": citizen} if citizen is not None else _("For all citizens.")
    return _form_page(request, _("New delegation"), above(), form, lead=lead)


@require_POST
def withdraw(request: HttpRequest, held_id: UUID) -> HttpResponse:
    return _held(request, held_id, operations.withdraw, _("The competence has been withdrawn from today."))


@require_POST
def undo(request: HttpRequest, held_id: UUID) -> HttpResponse:
    return _held(request, held_id, operations.undo_withdrawal, _("The competence holds again."))


@require_POST
def end_delegation(request: HttpRequest, delegation_id: UUID) -> HttpResponse:
    return _delegation(request, delegation_id, operations.end_delegation, _("The delegation has ended."))


@require_POST
def undo_delegation(request: HttpRequest, delegation_id: UUID) -> HttpResponse:
    return _delegation(request, delegation_id, operations.undo_end, _("The delegation holds again."))


@never_cache
def import_file(request: HttpRequest) -> HttpResponse:
    """Who has what, from a file: all of it, or nothing with every problem named."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    form = FileForm(request.POST or None, request.FILES or None)
    problems: list[Problem] = []
    if request.method == "POST" and form.is_valid():
        try:
            outcomes = import_held(actor=actor, now=clock.now(), content=form.cleaned_data["file"].read())
        except Refused as refusal:
            problems = refusal.problems
            form.add_error("file", str(refusal.message))
        else:
            text = _("%(created)s new, %(unchanged)s as before.")
            messages.success(request, text % {key: outcomes[key] for key in ("created", "unchanged")})
            return redirect("competences:holders")
    context = {
        "title": _("Import competences"),
        "lead": _("A line for each competence of each person. All of the file is taken, or nothing of it."),
        "breadcrumbs": above(),
        "form": form,
        "problems": problems[:SHOWN_PROBLEMS],
        "more": max(len(problems) - SHOWN_PROBLEMS, 0),
        "columns": [(column.danish, column.is_needed) for column in COLUMNS],
        "catalogue": queries.catalogue(),
        "cancel": reverse("competences:list"),
    }
    return render(request, "ui/competences/import.html", context)


def _citizen(request: HttpRequest, actor: Actor) -> Person | None:
    asked = request.GET.get("citizen")
    return reach.get(actor, Person, asked) if asked else None


def _held(request: HttpRequest, held_id: UUID, change: Callable[..., Held], said: str) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = reach.get(actor, Held, held_id)
    change_and_tell(request, lambda: change(actor=actor, now=clock.now(), held_id=held_id), said)
    return redirect("competences:person", person_id=found.person_id)


def _delegation(
    request: HttpRequest, delegation_id: UUID, change: Callable[..., Delegation], said: str
) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = reach.get(actor, Delegation, delegation_id)
    change_and_tell(request, lambda: change(actor=actor, now=clock.now(), delegation_id=delegation_id), said)
    return redirect("competences:person", person_id=found.helper_id)


def _form_page(
    request: HttpRequest, title: str, trail: list[tuple[str, str]], form: forms.Form, *, lead: str = ""
) -> HttpResponse:
    context = {"title": title, "lead": lead, "breadcrumbs": trail, "form": form, "cancel": trail[-1][1]}
    return render(request, "ui/people/form.html", context)
