# SPDX-License-Identifier: MPL-2.0
"""From what came over the wire to a tree of elements that can only mean one thing.

Every known way to fool a reader of SAML lives in a corner of XML that no identity provider needs: document types and
entities, comments that cut a value in two, relative namespaces that have no canonical form, elements of the right name
in the wrong namespace, attributes called ID that are not the identifier. What uses one of them is refused here, before
any signature is looked at.
"""

import base64
import binascii
import re
import zlib
from functools import cache
from importlib.resources import as_file, files
from typing import Any
from xml.sax.saxutils import quoteattr

from lxml import etree

from kommune3.adapters.saml.errors import Reason, Refused
from kommune3.adapters.saml.names import DS, EXC_C14N, SAML, SAMLP, XENC, XENC11, XSI

LARGEST_BYTES = 512 * 1024

_DECLARATION = re.compile(rb"\A<\?xml[^?>]*\?>")
_ENCODING = re.compile(rb"encoding\s*=\s*[\"']([^\"']*)[\"']")
_ABSOLUTE = re.compile(r"\A[A-Za-z][A-Za-z0-9+.\-]*:.")

_ELEMENTS = {
    SAMLP: "Response LogoutRequest LogoutResponse Status StatusCode StatusMessage SessionIndex",
    SAML: "Issuer EncryptedAssertion Assertion Subject NameID SubjectConfirmation SubjectConfirmationData Conditions "
    "AudienceRestriction Audience OneTimeUse AuthnStatement SubjectLocality AuthnContext AuthnContextClassRef "
    "AuthnContextDeclRef AuthenticatingAuthority AttributeStatement Attribute AttributeValue",
    DS: "Signature SignedInfo CanonicalizationMethod SignatureMethod Reference Transforms Transform DigestMethod "
    "DigestValue SignatureValue KeyInfo KeyName KeyValue RSAKeyValue Modulus Exponent X509Data X509Certificate "
    "X509SubjectName X509IssuerSerial X509IssuerName X509SerialNumber X509SKI RetrievalMethod",
    XENC: "EncryptedData EncryptionMethod OAEPparams CipherData CipherValue EncryptedKey ReferenceList DataReference "
    "CarriedKeyName",
    XENC11: "MGF",
    EXC_C14N: "InclusiveNamespaces",
}
_KNOWN = {f"{{{namespace}}}{name}" for namespace, names in _ELEMENTS.items() for name in names.split()}
_FOREIGN_ATTRIBUTES = {f"{{{XSI}}}type", "{http://www.w3.org/XML/1998/namespace}lang"}
_TEXT_ONLY = {f"{{{SAML}}}AttributeValue", f"{{{SAML}}}NameID", f"{{{SAML}}}Issuer", f"{{{SAML}}}Audience"}

Element = Any  # lxml has no types


def decoded(text: str) -> bytes:
    """What a form field holds in base64. Raises :class:`Refused`."""
    if len(text) > LARGEST_BYTES * 4 // 3 + 4:
        raise Refused(Reason.TOO_LARGE)
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise Refused(Reason.NOT_BASE64) from error


def inflated(text: str) -> bytes:
    """What a query parameter holds, deflated and in base64. Never more than :data:`LARGEST_BYTES`."""
    unpacking = zlib.decompressobj(-15)
    try:
        plain = unpacking.decompress(decoded(text), LARGEST_BYTES + 1)
    except zlib.error as error:
        raise Refused(Reason.NOT_XML, "not deflated") from error
    if len(plain) > LARGEST_BYTES:
        raise Refused(Reason.TOO_LARGE)
    return plain


def read(xml: bytes, *, inside: Element | None = None) -> Element:
    """The root element of one message or assertion. Raises :class:`Refused` for everything outside of plain SAML.

    ``inside``: the element it was taken out of, whose namespaces it may use.
    """
    body = refuse_markup(xml)
    if inside is None:
        root = _parsed(body)
    else:
        declared = "".join(
            f" xmlns{f':{prefix}' if prefix else ''}={quoteattr(uri)}" for prefix, uri in inside.nsmap.items()
        )
        children = list(_parsed(b"<inside%s>%s</inside>" % (declared.encode(), body)))
        if len(children) != 1 or (children[0].tail or "").strip():
            raise Refused(Reason.NOT_XML)
        root = alone(children[0])
    _refuse_strange_names(root)
    _refuse_shared_ids(root)
    return root


def alone(element: Element) -> Element:
    """``element`` as the root of a document of its own, with every namespace declared further out."""
    return _parsed(etree.tostring(element, with_tail=False))


def _parsed(xml: bytes) -> Element:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False, recover=False
    )
    try:
        return etree.fromstring(xml, parser)
    except etree.XMLSyntaxError as error:
        raise Refused(Reason.NOT_XML) from error


def check_schema(root: Element) -> None:
    """Check a whole message against the schema of SAML 2.0. Raises :class:`Refused`."""
    if not _schema().validate(root):
        raise Refused(Reason.NOT_SAML)


@cache
def _schema() -> Any:
    """The published schemas, which come with python3-saml."""
    with as_file(files("onelogin.saml2") / "schemas") as folder:
        return etree.XMLSchema(etree.parse(str(folder / "saml-schema-protocol-2.0.xsd")))


def refuse_markup(xml: bytes) -> bytes:
    """The element in ``xml``, without a declaration before it: nothing but elements, attributes and text, in UTF-8.

    Looked for in the bytes, so that no parser sees the rest. Raises :class:`Refused`.
    """
    if len(xml) > LARGEST_BYTES:
        raise Refused(Reason.TOO_LARGE)
    try:
        xml.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused(Reason.NOT_UTF8) from error
    body = xml.removeprefix(b"\xef\xbb\xbf").strip()
    declaration = _DECLARATION.match(body)
    if declaration:
        encoding = _ENCODING.search(declaration[0])
        if encoding and encoding[1].lower() != b"utf-8":
            raise Refused(Reason.NOT_UTF8)
        body = body[declaration.end() :]
    if b"\0" in body:
        raise Refused(Reason.NOT_UTF8)
    if b"<!" in body or b"<?" in body:
        raise Refused(Reason.MARKUP)
    return body


def _refuse_strange_names(root: Element) -> None:
    for element in root.iter():
        if element.tag not in _KNOWN:
            raise Refused(Reason.UNEXPECTED_ELEMENT)
        for uri in element.nsmap.values():
            if not _ABSOLUTE.match(uri):
                raise Refused(Reason.NAMESPACE, "a relative namespace has no canonical form")
        for name in element.attrib:
            if name.startswith("{") and name not in _FOREIGN_ATTRIBUTES:
                raise Refused(Reason.UNEXPECTED_ATTRIBUTE)
        if not element.get("URI", "#").startswith("#"):
            raise Refused(Reason.UNEXPECTED_ATTRIBUTE, "refers to something outside of the message")
        if element.tag in _TEXT_ONLY and len(element):
            raise Refused(Reason.UNEXPECTED_ELEMENT, "a value with elements in it")


def _refuse_shared_ids(root: Element) -> None:
    seen: set[str] = set()
    for element in root.iter():
        for name in ("ID", "Id"):
            value = element.get(name)
            if value is not None and value in seen:
                raise Refused(Reason.DUPLICATE_ID)
            if value is not None:
                seen.add(value)
