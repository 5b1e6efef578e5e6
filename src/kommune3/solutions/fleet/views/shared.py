# SPDX-License-Identifier: MPL-2.0
"""What every page of the solution has in common."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from kommune3.kernel.access.actor import Actor
from kommune3.solutions.fleet.errors import FleetError, InvalidRow


def actor_of(request: HttpRequest) -> Actor:
    """Who asks; set by ``PageAccess``."""
    found: Actor = request.actor  # type: ignore[attr-defined]
    return found


def trail(*above: tuple[str, str]) -> list[tuple[str, str]]:
    """The pages above this one: the front page, the fleet, and ``above``."""
    return [(_("Home"), "/"), (_("Fleet"), reverse("fleet:overview")), *above]


Changing = Callable[..., HttpResponse | None]
"""A view that changes something; where it answers nothing, the page it belongs to is shown."""


def posted(back_to: str, argument: str = "") -> Callable[[Changing], Callable[..., HttpResponse]]:
    """A view that only changes something: posted to, and on a :class:`FleetError` back with its words.

    ``back_to``: the URL name of the page it belongs to, ``argument`` the name of that page's argument, if any.
    """

    def decorate(view: Changing) -> Callable[..., HttpResponse]:
        @wraps(view)
        def asked(request: HttpRequest, **arguments: Any) -> HttpResponse:
            page = redirect(back_to, arguments[argument]) if argument else redirect(back_to)
            if request.method != "POST":
                return page
            try:
                return view(request, **arguments) or page
            except FleetError as refusal:
                messages.error(request, str(refusal))
                return page

        return asked

    return decorate


def show_faults(form: BaseForm, refusal: InvalidRow) -> None:
    """Put each fault at its field; above the form where it has none."""
    for field, fault in refusal.faults.items():
        form.add_error(field if field in form.fields else None, fault)
