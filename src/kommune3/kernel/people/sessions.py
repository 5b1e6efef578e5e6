# SPDX-License-Identifier: MPL-2.0
"""Where an account is logged in, and ending that. A row holds a digest of the session's key, never the key."""

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from kommune3.kernel.people.models import Account, LoginSession

METHODS = {
    "password": _("Password"),
    "totp": _("Password and authenticator app"),
    "webauthn": _("Passkey"),
    "recovery_codes": _("Password and recovery code"),
    "oidc": _("The municipality's login"),
    "saml": _("The municipality's login"),
}
# In this order, since each browser also claims to be those below it.
_FAMILIES = {"Edg/": "Edge", "OPR/": "Opera", "Firefox/": "Firefox", "Chrome/": "Chrome", "Safari/": "Safari"}
_KEPT_BITS = {4: 24, 6: 48}


def digest(session_key: str | None) -> str:
    """What a row knows of a session's key."""
    return hashlib.sha256((session_key or "").encode()).hexdigest()


def browser_family(user_agent: str) -> str:
    """The family of the browser that says it is ``user_agent``; empty for one that is not known."""
    return next((name for mark, name in _FAMILIES.items() if mark in user_agent), "")


def shortened(address: str) -> str:
    """The network of an address: its first three bytes (IPv4) or six (IPv6). Empty for what is no address."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return ""
    return str(ip_network((parsed, _KEPT_BITS[parsed.version]), strict=False))


def remember(request: HttpRequest, *, level: int, method: str, now: datetime) -> None:
    """Write down that the request's session has begun or become surer; forget what has run out meanwhile."""
    LoginSession.objects.filter(expires_at__lte=now).delete()
    if not isinstance(request.user, Account) or not request.session.session_key:
        return
    seen = {
        "browser": browser_family(request.META.get("HTTP_USER_AGENT", "")),
        "address": shortened(request.META.get("REMOTE_ADDR", "")),
        "level": level,
        "method": method,
    }
    expires_at = now + timedelta(seconds=settings.SESSION_COOKIE_AGE)
    begun = {"account": request.user, "started_at": now, "expires_at": expires_at}
    LoginSession.objects.update_or_create(
        digest=digest(request.session.session_key), defaults=seen, create_defaults={**seen, **begun}
    )


def forget(request: HttpRequest) -> None:
    """The request's session is about to end by itself."""
    LoginSession.objects.filter(digest=digest(request.session.session_key)).delete()


def live(account: Account, *, now: datetime) -> list[LoginSession]:
    """Where the account is logged in, the newest first. What ended in any other way is left out."""
    rows = LoginSession.objects.filter(account=account, expires_at__gt=now).order_by("-started_at")
    alive = {digest(key) for key, _session in _of(account)}
    return [row for row in rows if row.digest in alive]


def end(account: Account, *, only: str | None = None, but: str | None = None) -> int:
    """End the account's sessions, how many: all, or the one with the digest ``only``, or all but the key ``but``."""
    ended = [
        key for key, _session in _of(account) if (only is None or digest(key) == only) and (but is None or key != but)
    ]
    LoginSession.objects.filter(account=account, digest__in=map(digest, ended)).delete()
    Session.objects.filter(pk__in=ended).delete()
    return len(ended)


def _of(account: Account) -> Iterator[tuple[str, Session]]:
    """The account's sessions. Whose one is stands inside it, so each is opened: rare, and some thousands at most."""
    for session in Session.objects.iterator():
        if session.get_decoded().get(SESSION_KEY) == str(account.pk):
            yield session.session_key, session
