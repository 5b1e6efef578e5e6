# SPDX-License-Identifier: MPL-2.0
"""How surely the platform knows who it is talking to in a session.

Every way of logging in notes its level when the login is complete, in the session's key "assurance":
``{"level": 1 or 2, "method": "password", "totp", "webauthn", "recovery_codes", "oidc" or "saml", "at": ISO 8601}``.
"""

from enum import IntEnum

from django.http import HttpRequest

from kommune3.kernel import clock
from kommune3.kernel.people import sessions
from kommune3.kernel.people.models import Account

KEY = "assurance"


class Assurance(IntEnum):
    """``TWO_STEP``: two factors of different kinds, here or at an identity provider that says so."""

    PASSWORD = 1
    TWO_STEP = 2


def note(request: HttpRequest, *, level: Assurance, method: str) -> None:
    """Write down how the session's user has shown who they are. To be called once the user is logged in."""
    now = clock.now()
    request.session[KEY] = {"level": int(level), "method": method, "at": now.isoformat()}
    sessions.remember(request, level=int(level), method=method, now=now)


def of(request: HttpRequest) -> Assurance | None:
    """The level of the session; None where nobody is logged in. A session without a note counts as PASSWORD."""
    if not isinstance(request.user, Account):
        return None
    noted = request.session.get(KEY)
    return Assurance(noted["level"]) if noted else Assurance.PASSWORD
