# SPDX-License-Identifier: MPL-2.0
"""Logins and the rights they hold: opened, given, ended and closed here, each change on record."""

import secrets
from datetime import date, datetime
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.db import transaction

from kommune3.kernel import clock
from kommune3.kernel.access import declare, reach
from kommune3.kernel.access.access import MANAGE_ACCOUNTS
from kommune3.kernel.access.actor import WHOLE_MUNICIPALITY, Actor
from kommune3.kernel.access.errors import (
    AccessError,
    AlreadyEnded,
    HasLogin,
    InvalidPeriod,
    OwnRights,
    UnknownRole,
    UsernameTaken,
)
from kommune3.kernel.access.models import Grant
from kommune3.kernel.audit import log
from kommune3.kernel.organisation.models import Unit, kle_number
from kommune3.kernel.people import sessions
from kommune3.kernel.people.models import Account, Person


def _new_password() -> str:
    return secrets.token_urlsafe(12)


def _others_account(actor: Actor, account_id: UUID) -> Account:
    """The account that ``actor`` may manage; raises NotVisible, and OwnRights for one's own.

    A substitute does not manage the login of whom they stand in for with that person's own right to manage logins.
    """
    if account_id == actor.account_id:
        raise OwnRights
    for absent in actor.acts_for:
        if absent.account_id == account_id and not actor.may_decide(MANAGE_ACCOUNTS, about=absent.person_id):
            raise OwnRights
    return reach.get(actor, Account, account_id)


def _account_within_reach(actor: Actor, account_id: UUID) -> Account:
    """An account whose every right ``actor`` could have given: else its password would be a way to wider rights.

    Raises NotVisible, OwnRights, Forbidden.
    """
    account = _others_account(actor, account_id)
    if account.grants.exclude(pk__in=reach.visible(actor, Grant).values("pk")).exists():
        raise reach.Forbidden
    return account


@transaction.atomic
def create_account(*, actor: Actor, now: datetime, person_id: UUID, username: str) -> tuple[Account, str]:
    """Open a login for a person; return it with its first password, which is to be changed at the first login.

    Raises NotVisible, HasLogin, UsernameTaken, and AccessError for a user name that cannot be one.
    """
    reach.require(actor, MANAGE_ACCOUNTS)
    person = reach.get(actor, Person, person_id)
    if Account.objects.filter(person=person).exists():
        raise HasLogin
    username = username.strip()
    try:
        UnicodeUsernameValidator()(username)
    except ValidationError as error:
        raise AccessError(error.messages[0]) from error
    if Account.objects.filter(username__iexact=username).exists():
        raise UsernameTaken
    password = _new_password()
    account = Account(person=person, username=username, date_joined=now, must_change_password=True)
    account.set_password(password)
    account.save()
    log.record(actor=actor, action="access.account.opened", now=now, object=account)
    return account, password


@transaction.atomic
def reset_password(*, actor: Actor, now: datetime, account_id: UUID) -> str:
    """Give a login a new first password and return it; its sessions end. Raises NotVisible, OwnRights, Forbidden."""
    account = _account_within_reach(actor, account_id)
    password = _new_password()
    account.set_password(password)
    account.must_change_password = True
    account.save(update_fields=["password", "must_change_password"])
    sessions.end(account)
    log.record(actor=actor, action="access.account.password_reset", now=now, object=account)
    return password


@transaction.atomic
def reset_second_step(*, actor: Actor, now: datetime, account_id: UUID) -> None:
    """Take away a login's apps, passkeys and recovery codes, since people lose phones; its sessions end.

    Staff set up a new second step at the next login. Raises as :func:`reset_password`.
    """
    account = _account_within_reach(actor, account_id)
    kinds = sorted(Authenticator.objects.filter(user=account).values_list("type", flat=True))
    Authenticator.objects.filter(user=account).delete()
    sessions.end(account)
    detail = {"kinds": kinds}
    log.record(actor=actor, action="access.account.second_step_reset", now=now, object=account, detail=detail)


@transaction.atomic
def end_sessions(*, actor: Actor, now: datetime, account_id: UUID) -> int:
    """Log a login out everywhere; how many sessions that ended. Raises as :func:`reset_password`."""
    account = _account_within_reach(actor, account_id)
    ended = sessions.end(account)
    detail = {"sessions": ended}
    log.record(actor=actor, action="access.account.sessions_ended", now=now, object=account, detail=detail)
    return ended


@transaction.atomic
def switch_account(*, actor: Actor, now: datetime, account_id: UUID, active: bool) -> Account:
    """Close a login, or open it again. A closed one is nobody: no pages, no API. Raises as :func:`reset_password`."""
    account = _account_within_reach(actor, account_id)
    if account.is_active != active:
        account.is_active = active
        account.save(update_fields=["is_active"])
        sessions.end(account)
        action = "access.account.reopened" if active else "access.account.closed"
        log.record(actor=actor, action=action, now=now, object=account)
    return account


@transaction.atomic
def give_grant(
    *,
    actor: Actor,
    now: datetime,
    account_id: UUID,
    role: str,
    valid_from: date,
    valid_to: date | None = None,
    unit_id: UUID | None = None,
    kle: str = "",
    purpose: str = "",
) -> Grant:
    """Give a login a role in a unit and all below it; without a unit, in the whole municipality.

    The period is half-open: on the day ``valid_to`` it no longer holds. Raises NotVisible, Forbidden (a unit outside
    the actor's own reach), OwnRights, UnknownRole, InvalidPeriod, and AccessError for what is not a KLE number.
    """
    account = _others_account(actor, account_id)
    if role not in declare.roles():
        raise UnknownRole
    if valid_to is not None and valid_to <= valid_from:
        raise InvalidPeriod
    if kle:
        try:
            kle_number(kle)
        except ValidationError as error:
            raise AccessError(error.messages[0]) from error
    unit = reach.get(actor, Unit, unit_id) if unit_id else None
    if not actor.may(MANAGE_ACCOUNTS, unit_path=unit.path if unit else WHOLE_MUNICIPALITY):
        raise reach.Forbidden
    actor.rely_on(MANAGE_ACCOUNTS, unit_path=unit.path if unit else WHOLE_MUNICIPALITY)
    grant = Grant.objects.create(
        account=account, role=role, unit=unit, kle=kle, purpose=purpose, valid_from=valid_from, valid_to=valid_to
    )
    log.record(
        actor=actor,
        action="access.grant.given",
        now=now,
        object=grant,
        unit_id=unit.pk if unit else None,
        detail={
            "account": str(account.pk),
            "role": role,
            "kle": kle,
            "from": str(valid_from),
            "to": str(valid_to or ""),
        },
    )
    return grant


@transaction.atomic
def end_grant(*, actor: Actor, now: datetime, grant_id: UUID) -> Grant:
    """End a right today; one that has not begun is taken back. Raises NotVisible, OwnRights, AlreadyEnded."""
    grant = reach.get(actor, Grant, grant_id)
    if grant.account_id == actor.account_id or grant.account_id in {absent.account_id for absent in actor.acts_for}:
        raise OwnRights
    today = clock.municipal_date(now)
    if grant.valid_to is not None and grant.valid_to <= today:
        raise AlreadyEnded
    end_right(grant, actor=actor, now=now)
    return grant


def end_right(grant: Grant, *, actor: Actor, now: datetime, detail: dict[str, str] | None = None) -> None:
    """End a right today, on record; one that has not begun is taken back. Whether ``actor`` may was asked before.

    What has ended already stays as it is.
    """
    today = clock.municipal_date(now)
    if grant.valid_to is not None and grant.valid_to <= today:
        return
    said = {"account": str(grant.account_id), "role": grant.role, **(detail or {})}
    log.record(actor=actor, action="access.grant.ended", now=now, object=grant, unit_id=grant.unit_id, detail=said)
    if grant.valid_from >= today:
        grant.delete()
    else:
        grant.valid_to = today
        grant.save(update_fields=["valid_to"])
