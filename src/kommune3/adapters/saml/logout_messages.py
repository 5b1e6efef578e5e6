# SPDX-License-Identifier: MPL-2.0
"""Logout messages of the identity provider, which come by redirect and are signed in the address."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import unquote_plus

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512, HashAlgorithm

from kommune3.adapters.saml import wire
from kommune3.adapters.saml.assertion import CLOCK_SKEW, NameId, check_message, check_status, instant, name_id_of
from kommune3.adapters.saml.errors import Reason, Refused
from kommune3.adapters.saml.names import DS, NS, RSA_SHA256, RSA_SHA384, RSA_SHA512, SAMLP
from kommune3.adapters.saml.party import Party
from kommune3.adapters.saml.wire import Element

OLDEST = timedelta(minutes=5)  # a request without an end of its own
REQUEST, RESPONSE = "SAMLRequest", "SAMLResponse"
_HASHES: dict[str, type[HashAlgorithm]] = {RSA_SHA256: SHA256, RSA_SHA384: SHA384, RSA_SHA512: SHA512}


@dataclass(frozen=True)
class LogoutRequest:
    """The provider wants the sessions of ``name_id`` ended: all of them, or those with these ``session_indexes``."""

    request_id: str
    name_id: NameId
    session_indexes: tuple[str, ...]
    valid_until: datetime


def read_request(query: str, *, party: Party, now: datetime) -> LogoutRequest:
    """The LogoutRequest in the raw query string. Raises :class:`Refused`."""
    root = _signed_message(query, REQUEST, party)
    issued_at = instant(root.get("IssueInstant"))
    if issued_at > now + CLOCK_SKEW:
        raise Refused(Reason.TOO_EARLY)
    until = issued_at + OLDEST
    if root.get("NotOnOrAfter") is not None:
        until = min(until, instant(root.get("NotOnOrAfter")))
    if until <= now - CLOCK_SKEW:
        raise Refused(Reason.EXPIRED)
    indexes = tuple((element.text or "").strip() for element in root.findall("samlp:SessionIndex", NS))
    return LogoutRequest(root.get("ID"), name_id_of(root), indexes, until + CLOCK_SKEW)


def read_response(query: str, *, party: Party, request_id: str) -> None:
    """Check the answer to our own LogoutRequest ``request_id``. Raises :class:`Refused`."""
    root = _signed_message(query, RESPONSE, party)
    check_status(root)
    if not request_id or root.get("InResponseTo") != request_id:
        raise Refused(Reason.UNKNOWN_REQUEST)


def _signed_message(query: str, kind: str, party: Party) -> Element:
    given: dict[str, str] = {}
    for part in query.split("&"):
        name, _, value = part.partition("=")
        if name in given:  # which of the two was signed?
            raise Refused(Reason.SIGNATURE_SHAPE, "a parameter twice")
        given[name] = value
    if "Signature" not in given or "SigAlg" not in given:
        raise Refused(Reason.NOT_SIGNED)
    # What was signed are the parameters as they were sent, escapes and all (SAML bindings 2.0, 3.4.4.1).
    signed = "&".join(f"{name}={given[name]}" for name in (kind, "RelayState", "SigAlg") if name in given)
    _check_signature(
        signed.encode(),
        unquote_plus(given["Signature"]),
        unquote_plus(given["SigAlg"]),
        party.provider.certificates,
    )
    root = wire.read(wire.inflated(unquote_plus(given.get(kind, ""))))
    wire.check_schema(root)
    name = "LogoutRequest" if kind == REQUEST else "LogoutResponse"
    if root.tag != f"{{{SAMLP}}}{name}":
        raise Refused(Reason.NOT_SAML, f"no {name}")
    if root.find(f".//{{{DS}}}Signature") is not None:  # by redirect, the signature is in the address and only there
        raise Refused(Reason.SIGNATURE_SHAPE, "a signature in the wrong place")
    check_message(root, party=party, destination=party.logout_url)
    return root


def _check_signature(signed: bytes, signature: str, algorithm: str, certificates: Sequence[bytes]) -> None:
    if algorithm not in _HASHES:
        raise Refused(Reason.WEAK_ALGORITHM)
    try:
        value = base64.b64decode("".join(signature.split()), validate=True)
    except binascii.Error as error:
        raise Refused(Reason.BAD_SIGNATURE) from error
    for certificate in certificates:
        key = x509.load_pem_x509_certificate(certificate).public_key()
        assert isinstance(key, RSAPublicKey)  # the configuration takes no other
        try:
            key.verify(value, signed, PKCS1v15(), _HASHES[algorithm]())
        except InvalidSignature:
            continue
        return
    raise Refused(Reason.BAD_SIGNATURE)
