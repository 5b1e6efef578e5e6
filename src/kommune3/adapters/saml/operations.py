# SPDX-License-Identifier: MPL-2.0
"""Logging in and out through the identity provider, each step one transaction."""

import hashlib
import json
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from kommune3.adapters.saml import library, logout_messages, responses
from kommune3.adapters.saml.assertion import NameId
from kommune3.adapters.saml.errors import Reason, Refused
from kommune3.adapters.saml.identity import Identity, identity_of
from kommune3.adapters.saml.models import Arrival, LinkedIdentity, ProviderSession, SeenMessage
from kommune3.adapters.saml.party import Party
from kommune3.kernel.access import accounts, from_provider, reach
from kommune3.kernel.access.actor import Actor, system
from kommune3.kernel.audit import log
from kommune3.kernel.people import sealing
from kommune3.kernel.people.models import Account

ARRIVAL_VALID = timedelta(minutes=2)
_ARRIVAL = "saml_arrival.sealed"
_SESSION = "saml_providersession.sealed"
_SUBJECT = "saml_providersession.subject_index"
_ACTOR = system("saml.login")


@dataclass(frozen=True)
class Ended:
    """Sessions that a logout at the provider ends: their keys; and the answer that goes back."""

    session_keys: tuple[str, ...]
    answer_url: str


@transaction.atomic
def receive_response(text: str, *, party: Party, now: datetime) -> str:
    """Check a response; return the secret by which :func:`collect` gives what it says, once and within minutes.

    Raises :class:`Refused`.
    """
    statement = responses.read_response(text, party=party, now=now)
    identity = identity_of(statement, party=party)
    _use_once(party.provider.entity_id, statement.assertion_id, statement.valid_until)
    secret = secrets.token_urlsafe(32)
    Arrival.objects.create(
        digest=_digest(secret),
        sealed=sealing.seal(identity.as_text(), place=_ARRIVAL),
        expires_at=now + ARRIVAL_VALID,
    )
    return secret


@transaction.atomic
def collect(secret: str, *, now: datetime) -> Identity | None:
    """What arrived under the secret; None where nothing did, it is too old, or somebody has it already."""
    arrival = Arrival.objects.select_for_update().filter(digest=_digest(secret)).first()
    if arrival is None:
        return None
    arrival.delete()
    if arrival.expires_at <= now:
        return None
    return Identity.from_text(sealing.open_sealed(bytes(arrival.sealed), place=_ARRIVAL))


@transaction.atomic
def account_for(identity: Identity, *, party: Party, now: datetime) -> Account:
    """The login of an identity, with the rights that the provider states.

    It is the one that is linked with the persistent UUID. Where none is, and the settings say so, an employee whom the
    organisation knows by CPR number is linked, and gets a login if there is none. Raises :class:`Refused`.
    """
    issuer = party.provider.entity_id
    link = LinkedIdentity.objects.select_related("account").filter(issuer=issuer, subject=identity.subject).first()
    account = link.account if link else _employees_account(identity, party=party, now=now)
    if not account.is_active:
        raise Refused(Reason.CLOSED_ACCOUNT)
    from_provider.synchronise_grants(
        account=account, source=issuer, claims=identity.claims, valid_days=party.valid_days, actor=_ACTOR, now=now
    )
    return account


@transaction.atomic
def start_session(account: Account, identity: Identity, *, session_key: str, party: Party, now: datetime) -> UUID:
    """Remember that a session began at the provider, and put the login on record; the session's identifier."""
    row = ProviderSession(
        account=account,
        issuer=party.provider.entity_id,
        subject_index=_subject_index(identity.name_id.value),
        session_key=session_key,
        started_at=now,
    )
    kept = {"name_id": asdict(identity.name_id), "session_index": identity.session_index}
    row.sealed = sealing.seal(json.dumps(kept), place=f"{_SESSION}:{row.pk}")
    row.save()
    actor = Actor(account_id=account.pk, person_id=account.person_id, name="")
    log.record(actor=actor, action="saml.login.succeeded", now=now, object=account, detail={"issuer": row.issuer})
    return row.pk


@transaction.atomic
def link_account(*, actor: Actor, now: datetime, account_id: UUID, subject: UUID, issuer: str) -> LinkedIdentity:
    """Say that ``issuer`` means this login by the persistent UUID ``subject``. Raises NotVisible, AlreadyLinked."""
    account = reach.get(actor, Account, account_id)
    return _link(account, str(subject), issuer=issuer, actor=actor, now=now)


class AlreadyLinked(Exception):
    """The login, or the UUID, is linked already."""


@transaction.atomic
def logged_out_at_provider(query: str, *, party: Party, relay_state: str | None, now: datetime) -> Ended:
    """Take the provider's LogoutRequest out of the raw query string. Raises :class:`Refused`."""
    request = logout_messages.read_request(query, party=party, now=now)
    _use_once(party.provider.entity_id, request.request_id, request.valid_until)
    ended = []
    for row in ProviderSession.objects.filter(
        issuer=party.provider.entity_id, subject_index=_subject_index(request.name_id.value)
    ):
        _name_id, index = _opened(row)
        if not request.session_indexes or index in request.session_indexes:
            ended.append(row.session_key)
            log.record(actor=_ACTOR, action="saml.logout.by_provider", now=now, object=row.account)
            row.delete()
    answer = library.logout_answer_redirect(party=party, in_response_to=request.request_id, relay_state=relay_state)
    return Ended(tuple(ended), answer)


@transaction.atomic
def log_out_at_provider(session_id: UUID, *, party: Party, now: datetime) -> tuple[str, str] | None:
    """The identifier and address of a LogoutRequest for a session that has ended here; None where there is none.

    Works once.
    """
    row = ProviderSession.objects.select_for_update().filter(pk=session_id, issuer=party.provider.entity_id).first()
    if row is None or not party.provider.logout_url:
        return None
    name_id, index = _opened(row)
    log.record(actor=_ACTOR, action="saml.logout.sent", now=now, object=row.account)
    row.delete()
    return library.logout_redirect(party=party, name_id=name_id, session_index=index)


def record_refusal(refused: Refused, *, doing: str, now: datetime) -> None:
    """Put on record that a message was refused, and why. ``doing``: "login" or "logout"."""
    log.record(
        actor=_ACTOR,
        action=f"saml.{doing}.refused",
        now=now,
        outcome="REFUSED",
        detail={"reason": refused.reason.value, "detail": refused.detail},
    )


@transaction.atomic
def purge(*, now: datetime, session_age: timedelta) -> int:
    """Forget messages that are too old to be used again, and sessions that are over; how many rows."""
    rows = SeenMessage.objects.filter(expires_at__lte=now).delete()[0]
    rows += Arrival.objects.filter(expires_at__lte=now).delete()[0]
    rows += ProviderSession.objects.filter(started_at__lte=now - session_age).delete()[0]
    return rows


def _use_once(issuer: str, message_id: str, expires_at: datetime) -> None:
    try:
        with transaction.atomic():
            SeenMessage.objects.create(issuer=issuer, digest=_digest(message_id), expires_at=expires_at)
    except IntegrityError as error:
        raise Refused(Reason.REPLAYED) from error


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _subject_index(name_id: str) -> bytes:
    return sealing.blind_index(name_id, column=_SUBJECT)


def _opened(row: ProviderSession) -> tuple[NameId, str]:
    kept = json.loads(sealing.open_sealed(bytes(row.sealed), place=f"{_SESSION}:{row.pk}"))
    return NameId(**kept["name_id"]), kept["session_index"]


def _employees_account(identity: Identity, *, party: Party, now: datetime) -> Account:
    person = from_provider.employee_with_cpr(identity.cpr, now=now) if party.provisions else None
    if person is None:
        raise Refused(Reason.NO_ACCOUNT)
    account = Account.objects.filter(person=person).first()
    if account is None:
        account, _password = accounts.create_account(
            actor=_ACTOR, now=now, person_id=person.pk, username=identity.subject
        )
    if account.must_change_password:  # a first password that nobody has used yet is not needed any more
        account.set_unusable_password()
        account.must_change_password = False
        account.save(update_fields=["password", "must_change_password"])
    try:
        _link(account, identity.subject, issuer=party.provider.entity_id, actor=_ACTOR, now=now)
    except AlreadyLinked as error:  # another UUID stands for this login; an administrator must look at that
        raise Refused(Reason.NO_ACCOUNT, "linked with another identity") from error
    return account


def _link(account: Account, subject: str, *, issuer: str, actor: Actor, now: datetime) -> LinkedIdentity:
    try:
        with transaction.atomic():
            link = LinkedIdentity.objects.create(account=account, issuer=issuer, subject=subject, linked_at=now)
    except IntegrityError as error:
        raise AlreadyLinked from error
    log.record(actor=actor, action="saml.identity.linked", now=now, object=account, detail={"issuer": issuer})
    return link
