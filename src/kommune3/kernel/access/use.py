# SPDX-License-Identifier: MPL-2.0
"""What rights are used for: opened emergencies join the actor, and what is done with them is put on record."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponseBase

from kommune3.kernel import clock
from kommune3.kernel.access import declare
from kommune3.kernel.access.actor import Actor, with_emergencies
from kommune3.kernel.access.middleware import bearer_token
from kommune3.kernel.access.models import Grant
from kommune3.kernel.access.row_security import session
from kommune3.kernel.audit import log

LONGEST_VALUE = 64


class RightsInUse:
    """Comes right after :class:`PageAccess`. What is opened with break-glass holds in the browser, not for keys."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if bearer_token(request) is None and not request.lacks_second_step:  # type: ignore[attr-defined]
            request.actor = with_emergencies(request.actor, now=clock.now())  # type: ignore[attr-defined]
        session.ask_for(request.actor)  # type: ignore[attr-defined]
        response = self.get_response(request)
        _record_emergencies(request)
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> None:
        actor: Actor = request.actor  # type: ignore[attr-defined]
        name = request.resolver_match.view_name if request.resolver_match else ""
        needed = declare.needed(name, request.method or "GET")
        if needed and actor.held:
            _note_use(actor, needed, today=clock.municipal_date(clock.now()))


def _note_use(actor: Actor, action: str, *, today: date) -> None:
    """Whoever reviews the rights later sees when each was last used: one write a day for each."""
    used = [
        held.grant_id
        for held in actor.held
        if held.grant_id and held.last_used_date != today and (held.includes(action) or held.includes(f"{action}.own"))
    ]
    if used:
        Grant.objects.filter(pk__in=used).update(last_used_date=today)


def _record_emergencies(request: HttpRequest) -> None:
    """A line for each request that reached rows through break-glass, before its answer leaves the platform."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    match = request.resolver_match
    for held in actor.relied_on:
        if held.emergency is not None:
            values = {name: str(value)[:LONGEST_VALUE] for name, value in (match.kwargs if match else {}).items()}
            log.record(
                actor=actor,
                action="access.break_glass.used",
                now=clock.now(),
                unit_id=held.unit_id,
                basis=actor.basis,
                detail={"address": match.view_name if match else "", "method": request.method, **values},
            )
