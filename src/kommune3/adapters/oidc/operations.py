# SPDX-License-Identifier: MPL-2.0
"""Whose login a subject is, with the rights the provider states; each operation one transaction."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from kommune3.adapters.oidc.claims import privileges_of
from kommune3.adapters.oidc.configuration import Party
from kommune3.adapters.oidc.errors import Reason, Refused
from kommune3.adapters.oidc.models import LinkedSubject
from kommune3.kernel.access import accounts, from_provider, reach
from kommune3.kernel.access.actor import Actor, system
from kommune3.kernel.audit import log
from kommune3.kernel.people.models import Account

_ACTOR = system("oidc.login")


class AlreadyLinked(Exception):
    """The login, or the subject, is linked already."""


@transaction.atomic
def account_for(said: dict[str, Any], *, party: Party, now: datetime) -> Account:
    """The login of the subject of a checked ID token, with the rights that the provider states.

    It is the one that is linked with issuer and subject. Where none is, and the settings say so, an employee whom the
    organisation knows by CPR number is linked, and gets a login if there is none. Raises :class:`Refused`.
    """
    link = LinkedSubject.objects.select_related("account").filter(issuer=party.issuer, subject=said["sub"]).first()
    account = link.account if link else _employees_account(said, party=party, now=now)
    if not account.is_active:
        raise Refused(Reason.CLOSED_ACCOUNT)
    from_provider.synchronise_grants(
        account=account,
        source=party.issuer,
        claims=privileges_of(said, party=party),
        valid_days=party.valid_days,
        actor=_ACTOR,
        now=now,
    )
    actor = Actor(account_id=account.pk, person_id=account.person_id, name="")
    log.record(actor=actor, action="oidc.login.succeeded", now=now, object=account, detail={"issuer": party.issuer})
    return account


@transaction.atomic
def link_account(*, actor: Actor, now: datetime, account_id: UUID, subject: str, issuer: str) -> LinkedSubject:
    """Say that ``issuer`` means this login by ``subject``. Raises NotVisible, AlreadyLinked."""
    return _link(reach.get(actor, Account, account_id), subject, issuer=issuer, actor=actor, now=now)


def record_refusal(refused: Refused, *, now: datetime) -> None:
    """Put on record that a login was refused, and why."""
    detail = {"reason": refused.reason.value, "detail": refused.detail}
    log.record(actor=_ACTOR, action="oidc.login.refused", now=now, outcome="REFUSED", detail=detail)


def _employees_account(said: dict[str, Any], *, party: Party, now: datetime) -> Account:
    number = str(said.get(party.cpr_claim) or "")
    person = from_provider.employee_with_cpr(number, now=now) if party.provisions else None
    if person is None:
        raise Refused(Reason.NO_ACCOUNT)
    account = Account.objects.filter(person=person).first()
    if account is None:
        account, _password = accounts.create_account(
            actor=_ACTOR, now=now, person_id=person.pk, username=f"oidc-{person.pk}"
        )
    if account.must_change_password:  # a first password that nobody has used yet is not needed any more
        account.set_unusable_password()
        account.must_change_password = False
        account.save(update_fields=["password", "must_change_password"])
    try:
        _link(account, said["sub"], issuer=party.issuer, actor=_ACTOR, now=now)
    except AlreadyLinked as error:  # another subject stands for this login; an administrator must look at that
        raise Refused(Reason.NO_ACCOUNT, "linked with another subject") from error
    return account


def _link(account: Account, subject: str, *, issuer: str, actor: Actor, now: datetime) -> LinkedSubject:
    try:
        with transaction.atomic():
            link = LinkedSubject.objects.create(account=account, issuer=issuer, subject=subject, linked_at=now)
    except IntegrityError as error:
        raise AlreadyLinked from error
    log.record(actor=actor, action="oidc.subject.linked", now=now, object=account, detail={"issuer": issuer})
    return link
