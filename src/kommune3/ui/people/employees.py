# SPDX-License-Identifier: MPL-2.0
"""Pages that make and edit employees, and where they are employed."""

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
from kommune3.kernel.access import directory, reach
from kommune3.kernel.access import employees as access_employees
from kommune3.kernel.access.access import MANAGE_PEOPLE
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.access.errors import AccessError
from kommune3.kernel.organisation.models import Employment, Unit
from kommune3.kernel.people.models import Person
from kommune3.ui.forms import show_refusal
from kommune3.ui.people.forms import EmploymentForm, NewEmployeeForm, PersonForm


@never_cache
def new_employee(request: HttpRequest, unit_id: UUID) -> HttpResponse:
    """Make a person who is employed in the unit."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    unit = reach.get(actor, Unit, unit_id, action=MANAGE_PEOPLE)
    form = NewEmployeeForm(request.POST or None, initial={"valid_from": clock.municipal_date(clock.now())})
    if request.method == "POST" and form.is_valid():
        try:
            made = access_employees.create_employee(
                actor=actor, now=clock.now(), person=form.person(), employment=form.employment(unit)
            )
        except AccessError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("%(name)s is employed in %(unit)s.") % {"name": made, "unit": unit})
            return redirect("people:detail", person_id=made.pk)
    above = [(_("Organisation"), reverse("organisation:units")), _link(unit, "organisation:unit")]
    return _form_page(request, _("New employee in %(unit)s") % {"unit": unit}, above, form)


@never_cache
def edit_person(request: HttpRequest, person_id: UUID) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    person = reach.get(actor, Person, person_id, action=MANAGE_PEOPLE)
    directory.note_opened(actor=actor, now=clock.now(), person=person)
    initial = {name: getattr(person, name) for name in ("given_name", "family_name", "email", "phone")}
    form = PersonForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            access_employees.edit_person(actor=actor, now=clock.now(), person_id=person_id, values=form.person())
        except AccessError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("The person has been saved."))
            return redirect("people:detail", person_id=person_id)
    return _form_page(request, _("Edit %(name)s") % {"name": person}, _above(person), form)


def new_employment(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Employ a person in a further unit."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    person = reach.get(actor, Person, person_id, action=MANAGE_PEOPLE)
    directory.note_opened(actor=actor, now=clock.now(), person=person)
    initial = {"valid_from": clock.municipal_date(clock.now())}
    form = EmploymentForm(request.POST or None, actor=actor, initial=initial)
    if request.method == "POST" and form.is_valid():
        unit = form.cleaned_data["unit"]
        try:
            access_employees.employ(actor=actor, now=clock.now(), person_id=person_id, values=form.employment(unit))
        except AccessError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("%(name)s is employed in %(unit)s.") % {"name": person, "unit": unit})
            return redirect("people:detail", person_id=person_id)
    return _form_page(request, _("New employment of %(name)s") % {"name": person}, _above(person), form)


def edit_employment(request: HttpRequest, employment_id: UUID) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = reach.get(actor, Employment, employment_id, action=MANAGE_PEOPLE)
    directory.note_opened(actor=actor, now=clock.now(), person=found.person)
    initial = {name: getattr(found, name) for name in ("unit", "title", "is_leader", "valid_from", "valid_to")}
    form = EmploymentForm(request.POST or None, actor=actor, initial=initial)
    if request.method == "POST" and form.is_valid():
        values = form.employment(form.cleaned_data["unit"])
        try:
            access_employees.edit_employment(actor=actor, now=clock.now(), employment_id=employment_id, values=values)
        except AccessError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("The employment has been saved."))
            return redirect("people:detail", person_id=found.person_id)
    return _form_page(
        request, _("Edit the employment of %(name)s") % {"name": found.person}, _above(found.person), form
    )


@require_POST
def end_employment(request: HttpRequest, employment_id: UUID) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    person = reach.get(actor, Employment, employment_id, action=MANAGE_PEOPLE).person
    try:
        access_employees.end_employment(actor=actor, now=clock.now(), employment_id=employment_id)
    except AccessError as error:
        messages.error(request, str(error.message))
    else:
        messages.success(request, _("The employment has ended."))
        if directory.open_login_of(actor, person) is not None:
            messages.warning(request, _("The person's login is still open. Close it under Login and rights."))
    if reach.visible(actor, Person).contains(person):
        return redirect("people:detail", person_id=person.pk)
    return redirect("people:list")


def _link(row: Person | Unit, name: str) -> tuple[str, str]:
    return str(row), reverse(name, args=[row.pk])


def _above(person: Person) -> list[tuple[str, str]]:
    return [(_("People"), reverse("people:list")), _link(person, "people:detail")]


def _form_page(request: HttpRequest, title: str, above: list[tuple[str, str]], form: forms.Form) -> HttpResponse:
    context = {"title": title, "breadcrumbs": [(_("Home"), "/"), *above], "form": form, "cancel": above[-1][1]}
    return render(request, "ui/people/form.html", context)
