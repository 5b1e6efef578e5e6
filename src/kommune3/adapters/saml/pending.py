# SPDX-License-Identifier: MPL-2.0
"""The requests that a browser's session has made and that have no answer yet."""

from datetime import datetime, timedelta

from django.contrib.sessions.backends.base import SessionBase

VALID = timedelta(minutes=15)
MOST = 5  # somebody with many tabs
_KEY = "saml_requests"
_LOGOUT = "saml_logout"


def remember(session: SessionBase, request_id: str, *, goes_to: str, now: datetime) -> None:
    """Note a login request, and the local address to go to afterwards."""
    waiting = _waiting(session, now)
    waiting[request_id] = {"at": now.isoformat(), "goes_to": goes_to}
    session[_KEY] = dict(list(waiting.items())[-MOST:])


def take(session: SessionBase, request_id: str, *, now: datetime) -> str | None:
    """The address of a request that is waiting, which then no longer is; None where this session made no such one."""
    waiting = _waiting(session, now)
    found = waiting.pop(request_id, None)
    session[_KEY] = waiting
    return found["goes_to"] if found else None


def remember_logout(session: SessionBase, request_id: str) -> None:
    session[_LOGOUT] = request_id


def take_logout(session: SessionBase) -> str:
    """The logout request that waits for an answer; empty where there is none."""
    return str(session.pop(_LOGOUT, ""))


def _waiting(session: SessionBase, now: datetime) -> dict[str, dict[str, str]]:
    return {
        request_id: value
        for request_id, value in session.get(_KEY, {}).items()
        if datetime.fromisoformat(value["at"]) > now - VALID
    }
