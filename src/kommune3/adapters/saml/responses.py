# SPDX-License-Identifier: MPL-2.0
"""A response of the identity provider: refused, or read."""

from datetime import datetime

from kommune3.adapters.saml import decryption, library, signature, wire
from kommune3.adapters.saml.assertion import Statement, check_message, check_status, statement_of
from kommune3.adapters.saml.errors import Reason, Refused
from kommune3.adapters.saml.names import DS, NS, SAML, SAMLP
from kommune3.adapters.saml.party import Party
from kommune3.adapters.saml.wire import Element

_ASSERTIONS = (f"{{{SAML}}}Assertion", f"{{{SAML}}}EncryptedAssertion")


def read_response(text: str, *, party: Party, now: datetime) -> Statement:
    """What the response in ``text`` (base64) says. Raises :class:`Refused` unless everything about it is right.

    The rules here decide first; python3-saml is asked for a second opinion on what they let through. Whether it was
    seen before, and whether this browser asked for it, is for the caller.
    """
    statement = judge(wire.decoded(text), party=party, now=now)
    library.second_opinion(text, party=party, in_response_to=statement.in_response_to)
    return statement


def judge(xml: bytes, *, party: Party, now: datetime) -> Statement:
    """The rules of this package alone. Raises :class:`Refused`."""
    root = wire.read(xml)
    wire.check_schema(root)
    if root.tag != f"{{{SAMLP}}}Response":
        raise Refused(Reason.NOT_SAML, "no response")
    check_message(root, party=party, destination=party.acs_url)
    check_status(root)
    assertion = _only_assertion(root)
    _signatures_belong_to(root, (root, assertion))
    if root.find("ds:Signature", NS) is not None:  # not demanded, but never a false one
        signature.as_signed(root, certificates=party.provider.certificates)
    if assertion.tag == _ASSERTIONS[1]:
        plain = decryption.opened(assertion, key=party.key, ciphers=party.ciphers)
        assertion = wire.read(plain, inside=assertion)
        if assertion.tag != _ASSERTIONS[0]:
            raise Refused(Reason.NOT_SAML, "something else was encrypted")
        wire.check_schema(assertion)
        _signatures_belong_to(assertion, (assertion,))
    elif party.wants_encrypted:
        raise Refused(Reason.NOT_ENCRYPTED)
    signed = signature.as_signed(assertion, certificates=party.provider.certificates)
    statement = statement_of(signed, party=party, now=now)
    if root.get("InResponseTo") != statement.in_response_to:
        raise Refused(Reason.UNKNOWN_REQUEST, "response and assertion answer different requests")
    return statement


def _only_assertion(root: Element) -> Element:
    """The one assertion there is anywhere in the message, which is the response's own child."""
    found = list(root.iter(*_ASSERTIONS))
    if len(found) != 1 or found[0].getparent() is not root:
        raise Refused(Reason.WRONG_NUMBER, "assertions")
    return found[0]


def _signatures_belong_to(root: Element, owners: tuple[Element, ...]) -> None:
    for found in root.iter(f"{{{DS}}}Signature"):
        if not any(found.getparent() is owner for owner in owners):
            raise Refused(Reason.SIGNATURE_SHAPE, "a signature in the wrong place")
