# SPDX-License-Identifier: MPL-2.0
"""Finding people. A CPR number is masked; whoever needs it writes why, and that is kept on record."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from kommune3.kernel import clock
from kommune3.kernel.access import directory, reach
from kommune3.kernel.access.access import MANAGE_ACCOUNTS, MANAGE_PEOPLE, REVEAL_CPR
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.access.errors import PurposeMissing
from kommune3.kernel.competences.access import READ as READ_COMPETENCES
from kommune3.kernel.people.models import Person
from kommune3.kernel.privacy.access import EXPORT
from kommune3.ui import lists
from kommune3.ui.people.forms import PurposeForm
from kommune3.ui.people.lists import PeopleFilters, PeopleTable


@require_safe
def people(request: HttpRequest) -> HttpResponseBase:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return lists.respond(
        request,
        rows=directory.find_people(actor),
        table=PeopleTable,
        filters=PeopleFilters,
        title=_("People"),
        noun=_("people"),
        context={"breadcrumbs": [(_("Home"), "/")]},
        on_export=lambda form: directory.record_export(actor=actor, now=clock.now(), form=form),
        on_shown=lambda by, found: directory.record_search(actor=actor, now=clock.now(), by=by, found=found),
    )


@require_safe
@never_cache
def person(request: HttpRequest, person_id: UUID) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = directory.look_up_person(actor=actor, now=clock.now(), person_id=person_id)
    form = PurposeForm() if actor.may(REVEAL_CPR) and found.cpr_sealed is not None else None
    return _page(request, actor, found, form=form)


@never_cache
def reveal_cpr(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """The person's page with the CPR number in full, once, for the purpose posted."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = directory.look_up_person(actor=actor, now=clock.now(), person_id=person_id)
    form = PurposeForm(request.POST or None)
    cpr = ""
    if request.method == "POST" and form.is_valid():
        try:
            cpr = directory.reveal_cpr(
                actor=actor, now=clock.now(), person_id=person_id, purpose=form.cleaned_data["purpose"]
            )
        except PurposeMissing as error:
            form.add_error("purpose", str(error.message))
    return _page(request, actor, found, form=None if cpr else form, cpr=cpr)


def _page(
    request: HttpRequest, actor: Actor, person: Person, *, form: PurposeForm | None, cpr: str = ""
) -> HttpResponse:
    today = clock.municipal_date(clock.now())
    address = _("Protected address") if person.has_protected_address else person.address
    facts = [
        (_("CPR number"), cpr or directory.masked_cpr(person) or "–"),
        (_("Address"), address or "–"),
        (_("E-mail"), person.email or "–"),
        (_("Telephone"), person.phone or "–"),
    ]
    context = {
        "title": str(person),
        "breadcrumbs": [(_("Home"), "/"), (_("People"), reverse("people:list"))],
        "person": person,
        "facts": facts,
        "employments": directory.employments_of(actor, person, on=today),
        "managed": [
            {"row": employment, "can_end": employment.valid_to is None or employment.valid_to > today}
            for employment in directory.every_employment_of(actor, person)
        ],
        "manages": actor.may(MANAGE_PEOPLE) and reach.visible(actor, Person, action=MANAGE_PEOPLE).contains(person),
        "login_url": _login_url(actor, person),
        "competences_url": reverse("competences:person", args=[person.pk]) if _can_be_able(actor, person) else "",
        "privacy_url": reverse("privacy:person", args=[person.pk]) if actor.may(EXPORT) else "",
        "form": form,
        "revealed": bool(cpr),
    }
    return render(request, "ui/people/person.html", context)


def _can_be_able(actor: Actor, person: Person) -> bool:
    """Whether there is a page with what the person can do, which ``actor`` may see: employees have one."""
    return actor.may(READ_COMPETENCES) and person.employments.exists()


def _login_url(actor: Actor, person: Person) -> str:
    """Where the person's login is managed, or opened where there is none; empty for who may not."""
    if not actor.may(MANAGE_ACCOUNTS):
        return ""
    account_id = directory.account_id_of(person)
    if account_id is None:
        return reverse("administration:new-account", args=[person.pk])
    return reverse("administration:account", args=[account_id])
