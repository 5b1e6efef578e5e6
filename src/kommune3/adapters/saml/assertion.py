# SPDX-License-Identifier: MPL-2.0
"""What a response says, and whether it says it to us, now, about the login that was asked for."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from kommune3.adapters.saml.errors import Reason, Refused
from kommune3.adapters.saml.names import BEARER, FORMAT_ENTITY, NS, SUCCESS
from kommune3.adapters.saml.party import Party
from kommune3.adapters.saml.wire import Element

CLOCK_SKEW = timedelta(seconds=60)


@dataclass(frozen=True)
class NameId:
    """Whom the identity provider means; given back to it when logging out."""

    value: str
    format: str = ""
    qualifier: str = ""
    sp_qualifier: str = ""


@dataclass(frozen=True)
class Statement:
    """What a signed assertion says. ``valid_until``: when nothing more can be done with it, clock skew included."""

    assertion_id: str
    in_response_to: str
    name_id: NameId
    session_index: str
    session_until: datetime | None
    valid_until: datetime
    attributes: dict[str, tuple[str, ...]]

    def only(self, name: str) -> str:
        """The attribute's one value; empty where it is missing. Raises :class:`Refused` for several."""
        values = self.attributes.get(name, ())
        if len(values) > 1:
            raise Refused(Reason.DUPLICATE_ATTRIBUTE)
        return values[0] if values else ""


def check_message(root: Element, *, party: Party, destination: str) -> None:
    """Check version, issuer and destination of a message. Raises :class:`Refused`."""
    if root.get("Version") != "2.0" or not root.get("ID"):
        raise Refused(Reason.NOT_SAML)
    _check_issuer(root, party)
    if root.get("Destination") != destination:
        raise Refused(Reason.DESTINATION)


def check_status(root: Element) -> None:
    """Check that a response reports success. Raises :class:`Refused` with the codes the provider gave."""
    codes = [element.get("Value") or "" for element in root.findall("samlp:Status//samlp:StatusCode", NS)]
    if not codes or codes[0] != SUCCESS:
        raise Refused(Reason.STATUS, " ".join(code.rpartition(":")[2][:60] for code in codes))


def statement_of(assertion: Element, *, party: Party, now: datetime) -> Statement:
    """Check a signed assertion and read it. Raises :class:`Refused`."""
    if assertion.get("Version") != "2.0" or not assertion.get("ID"):
        raise Refused(Reason.NOT_SAML)
    _not_before(assertion.get("IssueInstant"), now)
    _check_issuer(assertion, party)
    subject = _only(assertion, "saml:Subject", Reason.SUBJECT)
    name_id = name_id_of(subject)
    if name_id.sp_qualifier and name_id.sp_qualifier != party.entity_id:
        raise Refused(Reason.SUBJECT, "named for somebody else")
    in_response_to, confirmed_until = _check_confirmation(subject, party, now)
    conditions_until = _check_conditions(_only(assertion, "saml:Conditions", Reason.STATEMENT), party, now)
    session_index, session_until = _read_authentication(assertion, now)
    return Statement(
        assertion_id=assertion.get("ID"),
        in_response_to=in_response_to,
        name_id=name_id,
        session_index=session_index,
        session_until=session_until,
        valid_until=max(confirmed_until, conditions_until) + CLOCK_SKEW,
        attributes=_read_attributes(assertion),
    )


def name_id_of(parent: Element) -> NameId:
    """The one NameID below ``parent``. Raises :class:`Refused`."""
    element = _only(parent, "saml:NameID", Reason.SUBJECT)
    value = (element.text or "").strip()
    if not value:
        raise Refused(Reason.SUBJECT, "empty")
    return NameId(
        value, element.get("Format") or "", element.get("NameQualifier") or "", element.get("SPNameQualifier") or ""
    )


def instant(text: str | None) -> datetime:
    """An xs:dateTime with its zone. Raises :class:`Refused`."""
    try:
        at = datetime.fromisoformat(text or "")
    except ValueError as error:
        raise Refused(Reason.NO_TIME) from error
    if at.tzinfo is None:
        raise Refused(Reason.NO_TIME, "no zone")
    return at


def _only(parent: Element, path: str, reason: Reason) -> Element:
    found = parent.findall(path, NS)
    if len(found) != 1:
        raise Refused(reason, f"{len(found)} of {path}")
    return found[0]


def _check_issuer(parent: Element, party: Party) -> None:
    found = parent.findall("saml:Issuer", NS)
    if len(found) != 1 or (found[0].text or "").strip() != party.provider.entity_id:
        raise Refused(Reason.ISSUER)
    if found[0].get("Format", FORMAT_ENTITY) != FORMAT_ENTITY:
        raise Refused(Reason.ISSUER, "format")


def _not_before(text: str | None, now: datetime) -> None:
    if instant(text) > now + CLOCK_SKEW:
        raise Refused(Reason.TOO_EARLY)


def _until(text: str | None, now: datetime) -> datetime:
    at = instant(text)
    if at <= now - CLOCK_SKEW:
        raise Refused(Reason.EXPIRED)
    return at


def _check_confirmation(subject: Element, party: Party, now: datetime) -> tuple[str, datetime]:
    """The request that is answered, and until when; for the one bearer confirmation that web login has."""
    confirmation = _only(subject, "saml:SubjectConfirmation", Reason.CONFIRMATION)
    if confirmation.get("Method") != BEARER:
        raise Refused(Reason.CONFIRMATION, "method")
    data = _only(confirmation, "saml:SubjectConfirmationData", Reason.CONFIRMATION)
    if data.get("Recipient") != party.acs_url:
        raise Refused(Reason.RECIPIENT)
    if data.get("NotBefore") is not None:  # SAML profiles 2.0, 4.1.4.2: must not be there
        raise Refused(Reason.CONFIRMATION, "NotBefore")
    in_response_to = data.get("InResponseTo")
    if not in_response_to:
        raise Refused(Reason.UNKNOWN_REQUEST, "answers no request")
    return in_response_to, _until(data.get("NotOnOrAfter"), now)


def _check_conditions(conditions: Element, party: Party, now: datetime) -> datetime:
    if conditions.get("NotBefore") is not None:
        _not_before(conditions.get("NotBefore"), now)
    until = _until(conditions.get("NotOnOrAfter"), now)
    restrictions = conditions.findall("saml:AudienceRestriction", NS)
    audiences = [
        {(audience.text or "").strip() for audience in restriction.findall("saml:Audience", NS)}
        for restriction in restrictions
    ]
    if not audiences or not all(party.entity_id in each for each in audiences):
        raise Refused(Reason.AUDIENCE)
    return until


def _read_authentication(assertion: Element, now: datetime) -> tuple[str, datetime | None]:
    statement = _only(assertion, "saml:AuthnStatement", Reason.STATEMENT)
    _not_before(statement.get("AuthnInstant"), now)
    until = statement.get("SessionNotOnOrAfter")
    return statement.get("SessionIndex") or "", _until(until, now) if until is not None else None


def _read_attributes(assertion: Element) -> dict[str, tuple[str, ...]]:
    statement = _only(assertion, "saml:AttributeStatement", Reason.STATEMENT)
    attributes: dict[str, tuple[str, ...]] = {}
    for attribute in statement.findall("saml:Attribute", NS):
        name = attribute.get("Name") or ""
        if name in attributes:  # which of the two would another reader take?
            raise Refused(Reason.DUPLICATE_ATTRIBUTE)
        texts = [(value.text or "").strip() for value in attribute.findall("saml:AttributeValue", NS)]
        attributes[name] = tuple(text for text in texts if text)
    return attributes
