# SPDX-License-Identifier: MPL-2.0
"""Who stands in for whom: one's own substitutes, and those a leader or an administrator names for others."""

from collections.abc import Iterable
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from kommune3.kernel import clock
from kommune3.kernel.access import declare, reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.access.errors import AccessError
from kommune3.kernel.access.models import Substitution
from kommune3.kernel.people.models import Account
from kommune3.kernel.rights import substitutes as rights
from kommune3.ui import lists
from kommune3.ui.forms import show_refusal
from kommune3.ui.substitutes.forms import SubstituteForm
from kommune3.ui.substitutes.lists import AbsenteeFilters, AbsenteeTable


@never_cache
def own(request: HttpRequest) -> HttpResponse:
    """One's own substitutes, and those for whom one stands in."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    assert isinstance(request.user, Account)
    form = _form(request, actor, request.user)
    if request.method == "POST" and _named(request, actor, request.user, form):
        return redirect("substitutes:own")
    context = {
        "title": _("Your substitutes"),
        "lead": _("When you are away, a colleague can act with your rights. The audit log says that it was for you."),
        "breadcrumbs": [(_("Home"), "/"), (_("Your account"), reverse("account:profile"))],
        "form": form,
        "can_lend": form.fields["grants"].queryset.exists(),  # type: ignore[attr-defined]
        "rows": _rows(rights.own_substitutions(actor), end="substitutes:end-own"),
    }
    return render(request, "ui/substitutes/own.html", context)


@require_POST
def end_own(request: HttpRequest, substitution_id: UUID) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if not rights.own_substitutions(actor).filter(pk=substitution_id).exists():
        raise reach.NotVisible
    return _end(request, actor, substitution_id, back="substitutes:own")


@require_safe
@never_cache
def substitutes(request: HttpRequest) -> HttpResponseBase:
    """Substitutions one may end, and the people for whom one may name a substitute."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return lists.respond(
        request,
        rows=rights.absentees(actor),
        table=AbsenteeTable,
        filters=AbsenteeFilters,
        title=_("Substitutes"),
        noun=_("people"),
        template="ui/substitutes/list.html",
        context={
            "lead": _("Find the person who is away, and name who stands in."),
            "breadcrumbs": [(_("Home"), "/")],
            "current": _rows(rights.find_substitutions(actor)[:100], end="substitutes:end"),
        },
    )


@never_cache
def new(request: HttpRequest, account_id: UUID) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    absent = rights.absentees(actor).filter(pk=account_id).first()
    if absent is None:
        raise reach.NotVisible
    form = _form(request, actor, absent)
    if request.method == "POST" and _named(request, actor, absent, form):
        return redirect("substitutes:list")
    context = {
        "title": _("Substitute for %(name)s") % {"name": absent.person or absent.username},
        "breadcrumbs": [(_("Home"), "/"), (_("Substitutes"), reverse("substitutes:list"))],
        "form": form,
        "can_lend": form.fields["grants"].queryset.exists(),  # type: ignore[attr-defined]
        "cancel": reverse("substitutes:list"),
    }
    return render(request, "ui/substitutes/new.html", context)


@require_POST
def end(request: HttpRequest, substitution_id: UUID) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return _end(request, actor, substitution_id, back="substitutes:list")


def _form(request: HttpRequest, actor: Actor, absent: Account) -> SubstituteForm:
    today = clock.municipal_date(clock.now())
    return SubstituteForm(request.POST or None, actor=actor, absent=absent, today=today, initial={"valid_from": today})


def _named(request: HttpRequest, actor: Actor, absent: Account, form: SubstituteForm) -> bool:
    if not form.is_valid():
        return False
    values = form.cleaned_data
    try:
        rights.name_substitute(
            actor=actor,
            now=clock.now(),
            absent_id=absent.pk,
            substitute_id=values["substitute"].pk,
            grant_ids=[grant.pk for grant in values["grants"]],
            valid_from=values["valid_from"],
            valid_to=values["valid_to"],
        )
    except AccessError as error:
        show_refusal(form, error)
        return False
    messages.success(request, _("The substitute has been named. Both of them have been told."))
    return True


def _end(request: HttpRequest, actor: Actor, substitution_id: UUID, *, back: str) -> HttpResponse:
    try:
        rights.end_substitution(actor=actor, now=clock.now(), substitution_id=substitution_id)
    except AccessError as error:
        messages.error(request, str(error.message))
    else:
        messages.success(request, _("The substitution has ended."))
    return redirect(back)


def _rows(found: Iterable[Substitution], *, end: str) -> list[dict[str, object]]:
    today, titles = clock.municipal_date(clock.now()), declare.roles()
    return [
        {
            "absent": str(row.absent.person or row.absent.username),
            "substitute": str(row.substitute.person or row.substitute.username),
            "rights": [
                f"{titles.get(grant.role, grant.role)}, {grant.unit or _('The whole municipality')}"
                for grant in row.grants.all()
            ],
            "valid_from": row.valid_from,
            "valid_to": row.valid_to,
            "is_over": row.ended_at is not None or row.valid_to <= today,
            "is_early": row.ended_at is not None,
            "end": reverse(end, args=[row.pk]),
        }
        for row in found
    ]
