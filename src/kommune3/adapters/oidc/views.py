# SPDX-License-Identifier: MPL-2.0
"""To the provider and back. Both addresses do not exist where the login is off."""

import hmac
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from functools import wraps

import structlog
from django.contrib import auth
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from kommune3.adapters.oidc import configuration, operations, protocol
from kommune3.adapters.oidc.claims import level_of
from kommune3.adapters.oidc.configuration import Party
from kommune3.adapters.oidc.errors import NotSetUp, Reason, Refused
from kommune3.adapters.oidc.protocol import Asked
from kommune3.kernel import clock, http
from kommune3.kernel.people import assurance

log = structlog.get_logger("oidc")

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
_KEY = "oidc"  # of the session: what a login began with
_VALID = timedelta(minutes=10)

View = Callable[[HttpRequest, Party], HttpResponse]


def _where_on(view: View) -> Callable[[HttpRequest], HttpResponse]:
    @require_GET
    @never_cache
    @wraps(view)
    def wrapped(request: HttpRequest) -> HttpResponse:
        if not configuration.is_on():
            raise Http404
        try:
            return view(request, configuration.party())
        except NotSetUp as error:
            log.exception("oidc.not_set_up", why=str(error))
            return _page(request, Refused(Reason.PROVIDER_FAILED, "not set up"))
        except Refused as refused:
            log.warning("oidc.refused", reason=refused.reason.value, detail=refused.detail)
            operations.record_refusal(refused, now=clock.now())
            return _page(request, refused)

    return wrapped


@_where_on
def login(request: HttpRequest, party: Party) -> HttpResponse:
    """Send the browser to the provider, and remember that it was this session that asked."""
    with http.client() as client:
        provider = protocol.discover(party, client)
    asked = Asked.new()
    goes_to = _local(request.GET.get("next", ""))
    request.session[_KEY] = {**asdict(asked), "goes_to": goes_to, "at": clock.now().isoformat()}
    return redirect(protocol.login_address(party, provider, asked))


@_where_on
def callback(request: HttpRequest, party: Party) -> HttpResponse:
    """Log the account in, where this session asked and the provider says who it is."""
    now = clock.now()
    asked, goes_to = _taken(request, now=now)
    if request.GET.get("iss", party.issuer) != party.issuer:  # RFC 9207: an answer of another provider
        raise Refused(Reason.UNKNOWN_REQUEST, "answered by another issuer")
    code = request.GET.get("code")
    if not code:
        raise Refused(Reason.PROVIDER_REFUSED, request.GET.get("error", "")[:40])
    said = protocol.fetch_claims(party, code, asked)
    account = operations.account_for(said, party=party, now=now)
    auth.login(request, account, backend=BACKEND)
    assurance.note(request, level=level_of(said, party=party), method="oidc")
    return redirect(goes_to)


def _taken(request: HttpRequest, *, now: datetime) -> tuple[Asked, str]:
    """What this session's login began with, once. Raises :class:`Refused` where it did not ask for this answer."""
    begun = request.session.pop(_KEY, None)
    if begun is None or now - datetime.fromisoformat(begun["at"]) > _VALID:
        raise Refused(Reason.UNKNOWN_REQUEST, "not this browser's session, or too late")
    if not hmac.compare_digest(begun["state"].encode(), request.GET.get("state", "").encode()):
        raise Refused(Reason.UNKNOWN_REQUEST, "the state is not the one that was sent")
    return Asked(begun["state"], begun["nonce"], begun["verifier"]), begun["goes_to"]


def _local(address: str) -> str:
    return address if url_has_allowed_host_and_scheme(address, allowed_hosts=None) else "/"


def _page(request: HttpRequest, refused: Refused) -> HttpResponse:
    texts = {
        Reason.UNKNOWN_REQUEST: _("The login was begun somewhere else, or took too long."),
        Reason.PROVIDER_REFUSED: _("The municipality's login did not let you through, or you cancelled."),
        Reason.PROVIDER_FAILED: _("The municipality's login does not answer as it should."),
        Reason.INVALID_TOKEN: _("The answer of the municipality's login could not be trusted."),
        Reason.NO_ACCOUNT: _("You are known to the municipality's login, but have no login here yet."),
        Reason.CLOSED_ACCOUNT: _("Your login here has been closed."),
    }
    steps = [_("Go to the login page and try once more."), _("If it happens again, tell your system administrator.")]
    if refused.reason in (Reason.NO_ACCOUNT, Reason.CLOSED_ACCOUNT):
        steps = [_("Ask your leader or the system administrator for a login.")]
    context = {
        "title": _("You have not been logged in"),
        "text": texts[refused.reason],
        "steps": steps,
        "request_id": getattr(request, "id", ""),
    }
    status = 502 if refused.reason == Reason.PROVIDER_FAILED else 403
    return render(request, "ui/account/login_refused.html", context, status=status)
