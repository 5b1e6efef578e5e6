# SPDX-License-Identifier: MPL-2.0
"""Login and logout through the municipality's identity provider.

The provider's answer is a form that its page posts here, from another site: the browser sends no session cookie with
it, since ours is SameSite=Lax, and it shall stay so. So :func:`acs` checks everything that can be checked without a
session, keeps the result under a secret and sends the browser on to :func:`finish`. That is an ordinary visit with the
session's cookie, where it is checked that this browser asked for this login.
"""

from collections.abc import Callable
from functools import wraps
from importlib import import_module
from typing import Concatenate, ParamSpec
from uuid import UUID

import structlog
from django.conf import settings
from django.contrib import auth, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt  # nosemgrep: csrf-exempt  for acs
from django.views.decorators.http import require_POST, require_safe

from kommune3.adapters.saml import configuration, library, operations, pending, refusals
from kommune3.adapters.saml import logout_messages as logouts
from kommune3.adapters.saml.errors import NotSetUp, Reason, Refused
from kommune3.adapters.saml.identity import Identity
from kommune3.adapters.saml.party import Party
from kommune3.kernel import clock
from kommune3.kernel.access.row_security.session import as_platform
from kommune3.kernel.people import assurance, ways
from kommune3.kernel.people.assurance import Assurance
from kommune3.kernel.people.models import Account

log = structlog.get_logger("saml")
P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def _with_party(
    view: Callable[Concatenate[HttpRequest, Party, P], HttpResponse], *, doing: str
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Call ``view`` with the settings; 404 where the login is off. What is refused becomes a page and is on record."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not configuration.is_on():
            raise Http404
        try:
            with as_platform():  # who it is shall be found out: nobody's reach is enough for that
                return view(request, configuration.party(), *args, **kwargs)
        except NotSetUp as error:
            log.error("saml.not_set_up", problem=str(error))
            return refusals.not_set_up_page(request)
        except Refused as refused:
            log.warning("saml.refused", doing=doing, reason=refused.reason.value, detail=refused.detail)
            with as_platform():
                operations.record_refusal(refused, doing=doing, now=clock.now())
            return refusals.page(request, refused)

    return wrapped  # type: ignore[return-value]  # what functools.wraps gives is not seen to be callable alike


def _metadata(request: HttpRequest, party: Party) -> HttpResponse:
    return HttpResponse(library.metadata(party=party), content_type="application/samlmetadata+xml")


def _login(request: HttpRequest, party: Party) -> HttpResponse:
    """Send the browser to the provider with a signed request, and remember that it was this session that asked."""
    request_id, address = library.login_redirect(party=party)
    pending.remember(request.session, request_id, goes_to=_local(request.GET.get("next", "")), now=clock.now())
    return redirect(address)


def _acs(request: HttpRequest, party: Party) -> HttpResponse:
    secret = operations.receive_response(request.POST.get("SAMLResponse", ""), party=party, now=clock.now())
    response = redirect("saml:finish", secret=secret)
    response.status_code = 303  # to be fetched with GET
    return response


def _finish(request: HttpRequest, party: Party, secret: str) -> HttpResponse:
    """Log the account in, where this session made the request that was answered."""
    now = clock.now()
    identity = operations.collect(secret, now=now)
    goes_to = pending.take(request.session, identity.in_response_to, now=now) if identity else None
    if identity is None or goes_to is None:
        raise Refused(Reason.UNKNOWN_REQUEST, "not this browser's session")
    account = operations.account_for(identity, party=party, now=now)
    _start_session(request, account, identity, party)
    return redirect(goes_to)


def _start_session(request: HttpRequest, account: Account, identity: Identity, party: Party) -> None:
    now = clock.now()
    auth.login(request, account, backend=BACKEND)
    assurance.note(request, level=Assurance.TWO_STEP, method="saml")
    if identity.session_until is not None:
        seconds = int((identity.session_until - now).total_seconds())
        request.session.set_expiry(max(1, min(settings.SESSION_COOKIE_AGE, seconds)))
    if request.session.session_key is None:
        request.session.save()
    key = request.session.session_key or ""
    session_id = operations.start_session(account, identity, session_key=key, party=party, now=now)
    if party.provider.logout_url:
        ways.continue_logout_at(request, f"/account/saml/logout/{session_id}/")


def _slo(request: HttpRequest, party: Party) -> HttpResponse:
    """The provider ends our sessions, or answers that it has ended its own."""
    query = request.META.get("QUERY_STRING", "")
    if logouts.RESPONSE in request.GET:
        logouts.read_response(query, party=party, request_id=pending.take_logout(request.session))
        messages.success(request, _("You are logged out here and of the municipality's login."))
        return redirect("home")
    ended = operations.logged_out_at_provider(
        query, party=party, relay_state=request.GET.get("RelayState"), now=clock.now()
    )
    store = import_module(settings.SESSION_ENGINE).SessionStore
    for key in ended.session_keys:
        store(key).delete()
    if request.session.session_key in ended.session_keys:
        auth.logout(request)
    return redirect(ended.answer_url)


def _logout(request: HttpRequest, party: Party, session_id: UUID) -> HttpResponse:
    """After logging out here: on to the provider.

    A page that refreshes itself and no redirect: the logout was a form, and browsers hold the redirects of a form to
    the content security policy's ``form-action``, which names no other host.
    """
    sent = operations.log_out_at_provider(session_id, party=party, now=clock.now())
    if sent is None:
        return redirect("home")
    request_id, address = sent
    pending.remember_logout(request.session, request_id)
    context = {
        "title": _("You are logged out of Kommune3"),
        "lead": _("You are now being logged out of the municipality's login as well."),
        "address": address,
    }
    response = render(request, "saml/logout.html", context)
    response["Refresh"] = f"0; url={address}"
    return response


def _local(address: str) -> str:
    """``address`` where it is one of the platform's own; otherwise the front page."""
    if address.startswith("/") and url_has_allowed_host_and_scheme(address, allowed_hosts=None):
        return address
    return settings.LOGIN_REDIRECT_URL


metadata = require_safe(_with_party(_metadata, doing="metadata"))
login = require_safe(never_cache(_with_party(_login, doing="login")))
# nosemgrep: csrf-exempt  the provider posts here; the signed answer is bound to the request it answers
acs = csrf_exempt(require_POST(never_cache(_with_party(_acs, doing="login"))))
finish = require_safe(never_cache(_with_party(_finish, doing="login")))
slo = require_safe(never_cache(_with_party(_slo, doing="logout")))
logout = require_safe(never_cache(_with_party(_logout, doing="logout")))
