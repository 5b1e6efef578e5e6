# SPDX-License-Identifier: MPL-2.0
"""Logins and the rights they hold."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from kommune3.kernel import clock
from kommune3.kernel.access import accounts as access_accounts
from kommune3.kernel.access import declare, directory, reach
from kommune3.kernel.access.access import MAP_PRIVILEGES, READ_PEOPLE
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.access.errors import AccessError
from kommune3.kernel.people import second_step
from kommune3.kernel.people.models import Account, Person
from kommune3.ui import lists
from kommune3.ui.administration.forms import GrantForm, NewAccountForm
from kommune3.ui.administration.lists import AccountFilters, AccountTable
from kommune3.ui.forms import change_and_tell


@require_safe
def accounts(request: HttpRequest) -> HttpResponseBase:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return lists.respond(
        request,
        rows=directory.find_accounts(actor),
        table=AccountTable,
        filters=AccountFilters,
        title=_("Logins and rights"),
        noun=_("logins"),
        template="ui/administration/accounts.html",
        context={"breadcrumbs": [(_("Home"), "/")]},
    )


@require_safe
@never_cache
def account(request: HttpRequest, account_id: UUID) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = reach.get(actor, Account, account_id)
    return _account_page(request, actor, found, form=_grant_form(actor))


@require_POST
def give_grant(request: HttpRequest, account_id: UUID) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = reach.get(actor, Account, account_id)
    form = GrantForm(request.POST, actor=actor)
    if form.is_valid():
        values = dict(form.cleaned_data)
        unit = values.pop("unit")
        try:
            access_accounts.give_grant(
                actor=actor, now=clock.now(), account_id=found.pk, unit_id=unit.pk if unit else None, **values
            )
        except AccessError as error:
            form.add_error(None, str(error.message))
        else:
            messages.success(request, _("The right has been given."))
            return redirect("administration:account", account_id=found.pk)
    return _account_page(request, actor, found, form=form)


@require_POST
def end_grant(request: HttpRequest, grant_id: UUID) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    try:
        ended = access_accounts.end_grant(actor=actor, now=clock.now(), grant_id=grant_id)
    except AccessError as error:
        messages.error(request, str(error.message))
        return redirect("administration:accounts")
    messages.success(request, _("The right has ended."))
    return redirect("administration:account", account_id=ended.account_id)


@require_POST
@never_cache
def reset_password(request: HttpRequest, account_id: UUID) -> HttpResponse:
    """The account's page with a new first password on it: the only time it is shown."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = reach.get(actor, Account, account_id)
    try:
        password = access_accounts.reset_password(actor=actor, now=clock.now(), account_id=account_id)
    except AccessError as error:
        messages.error(request, str(error.message))
        return redirect("administration:account", account_id=account_id)
    return _account_page(request, actor, found, form=_grant_form(actor), password=password)


@require_POST
def reset_second_step(request: HttpRequest, account_id: UUID) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    change_and_tell(
        request,
        lambda: access_accounts.reset_second_step(actor=actor, now=clock.now(), account_id=account_id),
        _("The second step is gone. The person sets up a new one at the next login."),
    )
    return redirect("administration:account", account_id=account_id)


@require_POST
def end_sessions(request: HttpRequest, account_id: UUID) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    change_and_tell(
        request,
        lambda: access_accounts.end_sessions(actor=actor, now=clock.now(), account_id=account_id),
        _("The person is logged out everywhere."),
    )
    return redirect("administration:account", account_id=account_id)


@require_POST
def switch_account(request: HttpRequest, account_id: UUID) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    active = request.POST.get("active") == "1"
    change_and_tell(
        request,
        lambda: access_accounts.switch_account(actor=actor, now=clock.now(), account_id=account_id, active=active),
        _("The login is open.") if active else _("The login is closed."),
    )
    return redirect("administration:account", account_id=account_id)


@never_cache
def new_account(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Open a login for a person; then its page with the first password on it."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    person = reach.get(actor, Person, person_id)
    form = NewAccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made, password = access_accounts.create_account(
                actor=actor, now=clock.now(), person_id=person.pk, username=form.cleaned_data["username"]
            )
        except AccessError as error:
            form.add_error("username", str(error.message))
        else:
            return _account_page(request, actor, made, form=_grant_form(actor), password=password)
    context = {
        "title": _("New login for %(name)s") % {"name": person},
        "breadcrumbs": [(_("Home"), "/"), (_("Logins and rights"), reverse("administration:accounts"))],
        "form": form,
        "cancel": reverse("people:detail", args=[person.pk]),
    }
    return render(request, "ui/administration/new_account.html", context)


@require_safe
def roles(request: HttpRequest) -> HttpResponse:
    """What each role may do."""
    actions = declare.all_actions()
    rows = [
        {
            "title": title,
            "actions": sorted(
                (str(actions[code.removesuffix(".own")]), code.endswith(".own")) for code in declare.actions_of(key)
            ),
        }
        for key, title in declare.roles().items()
    ]
    context = {
        "title": _("Roles"),
        "lead": _("What each role lets somebody do, in the unit where it is given and all below it."),
        "breadcrumbs": [(_("Home"), "/"), (_("Logins and rights"), reverse("administration:accounts"))],
        "roles": rows,
        "may_map": request.actor.may(MAP_PRIVILEGES),  # type: ignore[attr-defined]
    }
    return render(request, "ui/administration/roles.html", context)


def _grant_form(actor: Actor) -> GrantForm:
    """A right to give, from today."""
    return GrantForm(actor=actor, initial={"valid_from": clock.municipal_date(clock.now())})


def _account_page(
    request: HttpRequest, actor: Actor, account: Account, *, form: GrantForm, password: str = ""
) -> HttpResponse:
    today = clock.municipal_date(clock.now())
    titles = declare.roles()
    person_url = reverse("people:detail", args=[account.person_id]) if account.person_id else ""
    has_second_step = second_step.factors_of(account).exists()
    context = {
        "title": str(account.person or account.username),
        "breadcrumbs": [(_("Home"), "/"), (_("Logins and rights"), reverse("administration:accounts"))],
        "account": account,
        "person_url": person_url if actor.may(READ_PEOPLE) else "",
        "facts": [
            (_("User name"), account.username),
            (_("State"), _("Open") if account.is_active else _("Closed")),
            (_("Second step"), _("Set up") if has_second_step else _("Not set up")),
        ],
        "has_second_step": has_second_step,
        "grants": [
            {
                "id": grant.pk,
                "role": titles.get(grant.role, grant.role),
                "unit": grant.unit or _("The whole municipality"),
                "kle": grant.kle,
                "source": _("The identity provider") if grant.source else _("By hand"),
                "valid_from": grant.valid_from,
                "valid_to": grant.valid_to,
                "can_end": grant.valid_to is None or grant.valid_to > today,
            }
            for grant in directory.grants_of(actor, account)
        ],
        "form": form,
        "password": password,
        "is_own": account.pk == actor.account_id,
    }
    return render(request, "ui/administration/account.html", context)
