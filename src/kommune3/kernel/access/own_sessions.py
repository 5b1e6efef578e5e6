# SPDX-License-Identifier: MPL-2.0
"""One's own sessions: seen and ended by oneself, on record."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from kommune3.kernel.access.actor import Actor
from kommune3.kernel.access.reach import NotVisible
from kommune3.kernel.audit import log
from kommune3.kernel.people import sessions
from kommune3.kernel.people.models import Account, LoginSession


def live(actor: Actor, *, now: datetime) -> list[LoginSession]:
    """Where the actor is logged in, the newest first."""
    return sessions.live(_account(actor), now=now)


@transaction.atomic
def end_session(*, actor: Actor, now: datetime, login_session_id: UUID) -> None:
    """End one of the actor's own sessions; raises NotVisible."""
    account = _account(actor)
    row = LoginSession.objects.filter(account=account, pk=login_session_id).first()
    if row is None:
        raise NotVisible
    sessions.end(account, only=row.digest)
    log.record(actor=actor, action="access.session.ended", now=now, object=account, detail={"sessions": 1})


@transaction.atomic
def end_others(*, actor: Actor, now: datetime, but: str | None) -> int:
    """End the actor's sessions, but for the one with the key ``but``; how many."""
    account = _account(actor)
    ended = sessions.end(account, but=but)
    log.record(actor=actor, action="access.session.ended", now=now, object=account, detail={"sessions": ended})
    return ended


def _account(actor: Actor) -> Account:
    account = Account.objects.filter(pk=actor.account_id).first() if actor.account_id else None
    if account is None:
        raise NotVisible
    return account
