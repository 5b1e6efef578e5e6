# SPDX-License-Identifier: MPL-2.0
"""Whether an element is signed by the identity provider; and the element exactly as it was signed.

xmlsec checks the signature, on a copy in which the signed element is alone: there is nothing else a reference could
point at. What is then read is not the document that came but the canonical bytes whose digest was signed, parsed anew,
so that whatever somebody put around, before or into it is not there.
"""

import base64
import binascii
import hashlib
from collections.abc import Sequence

import xmlsec
from lxml import etree

from kommune3.adapters.saml import wire
from kommune3.adapters.saml.errors import Reason, Refused
from kommune3.adapters.saml.names import (
    ENVELOPED,
    EXC_C14N,
    NS,
    RSA_SHA256,
    RSA_SHA384,
    RSA_SHA512,
    SHA256,
    SHA384,
    SHA512,
)
from kommune3.adapters.saml.wire import Element

_SIGNATURES = {RSA_SHA256, RSA_SHA384, RSA_SHA512}
_DIGESTS = {SHA256: hashlib.sha256, SHA384: hashlib.sha384, SHA512: hashlib.sha512}
_TRANSFORMS = (
    xmlsec.constants.TransformEnveloped,
    xmlsec.constants.TransformExclC14N,
    xmlsec.constants.TransformSha256,
    xmlsec.constants.TransformSha384,
    xmlsec.constants.TransformSha512,
    xmlsec.constants.TransformRsaSha256,
    xmlsec.constants.TransformRsaSha384,
    xmlsec.constants.TransformRsaSha512,
)


def as_signed(element: Element, *, certificates: Sequence[bytes]) -> Element:
    """``element`` (an assertion or a message) read from the bytes that one of the ``certificates`` (PEM) has signed.

    The signature must be the element's only child of that name, enveloped, over exactly this element, in exclusive
    canonical form and with SHA-256 or better. Raises :class:`Refused`.
    """
    root = wire.alone(element)
    found = root.findall("ds:Signature", NS)
    if not found:
        raise Refused(Reason.NOT_SIGNED)
    if len(found) > 1:
        raise Refused(Reason.WRONG_NUMBER, "signatures")
    signature = found[0]
    digest_method, digest, prefixes = _check_shape(signature, root.get("ID"))
    key_info = signature.find("ds:KeyInfo", NS)
    if key_info is not None:  # says which key the sender would like us to trust
        signature.remove(key_info)
    if not any(_verifies(wire.alone(root), certificate) for certificate in certificates):
        raise Refused(Reason.BAD_SIGNATURE)
    canonical = _without_signature(root, prefixes)
    if _DIGESTS[digest_method](canonical).digest() != digest:
        raise Refused(Reason.BAD_SIGNATURE, "not the bytes that were signed")
    signed = wire.read(canonical)
    if signed.tag != element.tag or signed.get("ID") != element.get("ID"):
        raise Refused(Reason.BAD_SIGNATURE, "not the element that was signed")
    return signed


def _check_shape(signature: Element, signed_id: str | None) -> tuple[str, bytes, list[str]]:
    """The digest's method and value, and the prefixes that canonical form keeps. Raises :class:`Refused`."""
    info = signature.find("ds:SignedInfo", NS)
    references = info.findall("ds:Reference", NS) if info is not None else []
    if info is None or len(references) != 1:
        raise Refused(Reason.SIGNATURE_SHAPE, "references")
    reference = references[0]
    if not signed_id or reference.get("URI") != f"#{signed_id}":
        raise Refused(Reason.SIGNATURE_SHAPE, "refers to something else")
    if _algorithm(info, "ds:CanonicalizationMethod") != EXC_C14N:
        raise Refused(Reason.SIGNATURE_SHAPE, "canonical form")
    transforms = reference.findall("ds:Transforms/ds:Transform", NS)
    if [transform.get("Algorithm") for transform in transforms] != [ENVELOPED, EXC_C14N]:
        raise Refused(Reason.SIGNATURE_SHAPE, "transforms")
    method = _algorithm(reference, "ds:DigestMethod")
    if _algorithm(info, "ds:SignatureMethod") not in _SIGNATURES or method not in _DIGESTS:
        raise Refused(Reason.WEAK_ALGORITHM)
    inclusive = transforms[1].find("ec:InclusiveNamespaces", NS)
    prefixes = (inclusive.get("PrefixList") or "").split() if inclusive is not None else []
    try:
        digest = base64.b64decode("".join((reference.findtext("ds:DigestValue", "", NS)).split()), validate=True)
    except binascii.Error as error:
        raise Refused(Reason.SIGNATURE_SHAPE, "digest") from error
    return method, digest, prefixes


def _algorithm(parent: Element, path: str) -> str:
    found = parent.findall(path, NS)
    if len(found) != 1:
        raise Refused(Reason.SIGNATURE_SHAPE, path)
    return found[0].get("Algorithm") or ""


def _verifies(root: Element, certificate: bytes) -> bool:
    xmlsec.tree.add_ids(root, ["ID"])
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_memory(certificate, xmlsec.constants.KeyDataFormatCertPem, None)
    for transform in _TRANSFORMS:
        context.enable_reference_transform(transform)
        context.enable_signature_transform(transform)
    try:
        context.verify(root.find("ds:Signature", NS))
    except xmlsec.Error:
        return False
    return True


def _without_signature(root: Element, prefixes: list[str]) -> bytes:
    """Exclusive canonical form after the transform "enveloped signature"; the text after the signature stays."""
    signature = root.find("ds:Signature", NS)
    before, tail = signature.getprevious(), signature.tail or ""
    if before is not None:
        before.tail = (before.tail or "") + tail
    else:
        root.text = (root.text or "") + tail
    root.remove(signature)
    keep = [None if prefix == "#default" else prefix for prefix in prefixes] or None
    try:
        canonical: bytes = etree.tostring(root, method="c14n", exclusive=True, inclusive_ns_prefixes=keep)
    except (etree.C14NError, ValueError, TypeError) as error:
        raise Refused(Reason.NAMESPACE, "no canonical form") from error
    if not canonical.startswith(b"<"):
        raise Refused(Reason.NAMESPACE, "empty canonical form")
    return canonical
