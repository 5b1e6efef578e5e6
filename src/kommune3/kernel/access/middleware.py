# SPDX-License-Identifier: MPL-2.0
"""Every address needs what its declaration says; an address nobody declared is refused."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import structlog
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.shortcuts import redirect
from django.urls import reverse

from kommune3.kernel import clock
from kommune3.kernel.access import declare, second_step, tokens
from kommune3.kernel.access.actor import ANONYMOUS, Actor, actor_of
from kommune3.kernel.people.models import Account

log = structlog.get_logger("access")

_BEFORE_OWN_PASSWORD = {"account_change_password", "account_logout", "account_reauthenticate"}
_FRONT_PAGE = "home"  # anybody's, and different for who is logged in

API_PREFIX = "/api/"


@dataclass(frozen=True)
class _First:
    """What comes first: why, and the page for it."""

    reason: str
    address: str


def bearer_token(request: HttpRequest) -> str | None:
    """The API token of a request to the API. Pages take none: a token must not be able to make further tokens."""
    header = request.headers.get("Authorization", "")
    if request.path.startswith(API_PREFIX) and header.startswith("Bearer "):
        return header.removeprefix("Bearer ").strip()
    return None


def actor_of_request(request: HttpRequest) -> Actor:
    """Who asks: the bearer of an API token, the account of the session, or nobody known."""
    token = bearer_token(request)
    if token is not None:
        account = tokens.account_of(token, now=clock.now())
        return actor_of(account, now=clock.now()) if account else ANONYMOUS
    if isinstance(request.user, Account):
        return actor_of(request.user, now=clock.now())
    return ANONYMOUS


def _wants_csrf_check(request: HttpRequest) -> HttpResponse:
    """A view for :class:`CsrfViewMiddleware` to judge the request by: API operations are marked exempt."""
    return HttpResponse()


class PageAccess:
    """Sets ``request.actor`` and refuses what the declared rules do not allow."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.csrf = CsrfViewMiddleware(get_response)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        actor = actor_of_request(request)
        lacks_step = bearer_token(request) is None and second_step.is_missing(request, actor)
        if lacks_step:
            # A name and nothing else, so that no page can show or do more, whatever it forgets to ask.
            actor = replace(actor, person_id=None, held=())
        request.actor = actor  # type: ignore[attr-defined]
        request.lacks_second_step = lacks_step  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        actor: Actor = request.actor  # type: ignore[attr-defined]
        name = request.resolver_match.view_name if request.resolver_match else ""
        needed = declare.needed(name, request.method or "GET")
        if needed is None:
            log.warning("access.undeclared", url_name=name, method=request.method)
            raise PermissionDenied
        is_api = request.path.startswith(API_PREFIX)
        if actor.is_known and bearer_token(request) is None and (needed != declare.PUBLIC or name == _FRONT_PAGE):
            first = self._first(request, name)
            if first is not None:
                return JsonResponse({"detail": first.reason}, status=403) if is_api else redirect(first.address)
        if needed == declare.PUBLIC or (actor.is_known and (needed == declare.LOGGED_IN or actor.may(needed))):
            if is_api and actor.is_known and bearer_token(request) is None:
                # Called from a browser with the session's cookie: other sites can make it do so.
                return self.csrf.process_view(request, _wants_csrf_check, (), {})
            return None
        if actor.is_known:
            raise PermissionDenied
        if is_api:
            return JsonResponse({"detail": "Authentication required."}, status=401)
        return redirect_to_login(request.get_full_path())

    def _first(self, request: HttpRequest, name: str) -> _First | None:
        """What the session's user must do before anything else: choose a password of their own, log in with two steps.

        Staff cannot do without the second step (``kernel.access.second_step``).
        """
        account = request.user
        assert isinstance(account, Account)
        if account.must_change_password and name not in _BEFORE_OWN_PASSWORD:
            return _First("Choose a password of your own first.", reverse("account_change_password"))
        lacks_step: bool = request.lacks_second_step  # type: ignore[attr-defined]
        address = second_step.detour(request, account, name, is_missing=lacks_step)
        return _First("Log in with two steps first.", address) if address else None
