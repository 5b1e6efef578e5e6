# SPDX-License-Identifier: MPL-2.0
"""API tokens: shown once when made, kept as a digest. One makes and revokes one's own."""

import hashlib
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from kommune3.kernel import clock
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.access.errors import InvalidToken, NeedsTwoSteps
from kommune3.kernel.access.models import ApiToken
from kommune3.kernel.access.reach import NotVisible
from kommune3.kernel.audit import log
from kommune3.kernel.people.assurance import Assurance
from kommune3.kernel.people.models import Account

PREFIX = "k3_"
LONGEST_VALIDITY_DAYS = 365


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def own_tokens(actor: Actor) -> QuerySet[ApiToken]:
    """The actor's own tokens, newest first."""
    if actor.account_id is None:
        return ApiToken.objects.none()
    return ApiToken.objects.filter(account_id=actor.account_id).order_by("-created_at")


@transaction.atomic
def make_token(*, actor: Actor, now: datetime, assurance: Assurance | None, name: str, valid_days: int) -> str:
    """Make a token that acts with the actor's own rights; return its secret: the only time it can be read.

    ``assurance`` is how surely it is known that ``actor`` asks. Raises NeedsTwoSteps where that is by password alone,
    and InvalidToken for an empty name or a validity outside 1 to 365 days.
    """
    if assurance is None or assurance < Assurance.TWO_STEP:
        raise NeedsTwoSteps
    name = name.strip()
    if not name or not 1 <= valid_days <= LONGEST_VALIDITY_DAYS or actor.account_id is None:
        raise InvalidToken
    secret = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        account_id=actor.account_id,
        name=name,
        digest=_digest(secret),
        created_at=now,
        expires_at=now + timedelta(days=valid_days),
    )
    log.record(actor=actor, action="access.token.made", now=now, object=token, detail={"valid_days": valid_days})
    return secret


@transaction.atomic
def revoke_token(*, actor: Actor, now: datetime, token_id: UUID) -> None:
    """Revoke one of the actor's own tokens; raises NotVisible."""
    token = own_tokens(actor).filter(pk=token_id).first()
    if token is None:
        raise NotVisible
    log.record(actor=actor, action="access.token.revoked", now=now, object=token)
    token.delete()


def account_of(secret: str, *, now: datetime) -> Account | None:
    """The account of a token that is known and has not expired; notes the day it was last used."""
    token = (
        ApiToken.objects.filter(digest=_digest(secret), expires_at__gt=now, account__is_active=True)
        .select_related("account__person")
        .first()
    )
    if token is None:
        return None
    today = clock.municipal_date(now)
    if token.last_used_date != today:
        ApiToken.objects.filter(pk=token.pk).update(last_used_date=today)
    return token.account
