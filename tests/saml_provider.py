# SPDX-License-Identifier: MPL-2.0
"""An identity provider for tests: it signs and encrypts with xmlsec, and says whatever a test lets it say."""

import base64
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit
from uuid import uuid4

import xmlsec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from lxml import etree

from kommune3.adapters.saml.names import (
    AAL,
    BEARER,
    BINDING_REDIRECT,
    CPR,
    CVR,
    FORMAT_PERSISTENT,
    IAL,
    LOA,
    NS,
    PRIVILEGES,
    RSA_SHA256,
    SAML,
    SAMLP,
    SUCCESS,
    UUID,
)

ENTITY_ID = "https://idp.prove.dk/saml"
SUBJECT = "5a1b0000-0000-4000-8000-00000000000a"
Edit = Callable[[Any], Any]


@cache
def pair(name: str) -> tuple[bytes, bytes]:
    """A key and its certificate (PEM), the same for the same name while the tests run."""
    from kommune3.adapters.saml.management.commands.saml_keys import make_pair

    return make_pair(name, 1, datetime.now(UTC))


def one_line(certificate: bytes) -> str:
    return "".join(certificate.decode().splitlines()[1:-1])


def privileges(*groups: tuple[str, dict[str, str]], scope: str = "urn:dk:gov:saml:cvrNumberIdentifier:29189986") -> str:
    """The attribute of a list of privileges: (privilege, {name of a limit: its values}) each in a group."""
    parts = []
    for privilege, limits in groups:
        inner = "".join(f'<Constraint Name="{name}">{value}</Constraint>' for name, value in limits.items())
        parts.append(f'<PrivilegeGroup Scope="{scope}"><Privilege>{privilege}</Privilege>{inner}</PrivilegeGroup>')
    xml = (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<bpp:PrivilegeList xmlns:bpp="http://digst.dk/oiosaml/basic_privilege_profile">'
        f"{''.join(parts)}</bpp:PrivilegeList>"
    )
    return base64.b64encode(xml.encode()).decode()


def _attributes() -> dict[str, list[str]]:
    return {UUID: [f"urn:uuid:{SUBJECT}"], LOA: ["Substantial"], IAL: ["High"], AAL: ["Substantial"], CVR: ["29189986"]}


@dataclass(frozen=True)
class Says:
    """What a response says; a test changes one thing with :meth:`but`."""

    in_response_to: str
    acs_url: str
    audience: str
    now: datetime
    issuer: str = ENTITY_ID
    name_id: str = SUBJECT
    session_index: str = "session-1"
    destination: str | None = None
    recipient: str | None = None
    status: str = SUCCESS
    valid: timedelta = timedelta(minutes=5)
    attributes: dict[str, list[str]] = field(default_factory=_attributes)

    def but(self, **changes: Any) -> "Says":
        return replace(self, **changes)

    def stating(self, **more: str) -> "Says":
        """With other values of attributes: ``loa``, ``cpr``, ``uuid``, ``cvr``, ``privileges``; empty takes it away."""
        names = {"loa": LOA, "ial": IAL, "aal": AAL, "cpr": CPR, "uuid": UUID, "cvr": CVR, "privileges": PRIVILEGES}
        attributes = self.attributes | {names[name]: [value] for name, value in more.items()}
        return self.but(attributes={name: values for name, values in attributes.items() if values != [""]})


def _at(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def document(says: Says) -> Any:
    """The unsigned response."""
    until = _at(says.now + says.valid)
    values = "".join(
        f'<saml:Attribute Name="{name}" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:uri">'
        + "".join(f"<saml:AttributeValue>{value}</saml:AttributeValue>" for value in each)
        + "</saml:Attribute>"
        for name, each in says.attributes.items()
    )
    return etree.fromstring(
        f"""<samlp:Response xmlns:samlp="{SAMLP}" xmlns:saml="{SAML}" ID="_{uuid4().hex}" Version="2.0"
 IssueInstant="{_at(says.now)}" Destination="{says.destination or says.acs_url}" InResponseTo="{says.in_response_to}">
<saml:Issuer>{says.issuer}</saml:Issuer>
<samlp:Status><samlp:StatusCode Value="{says.status}"/></samlp:Status>
<saml:Assertion ID="_{uuid4().hex}" Version="2.0" IssueInstant="{_at(says.now)}">
<saml:Issuer>{says.issuer}</saml:Issuer>
<saml:Subject><saml:NameID Format="{FORMAT_PERSISTENT}">{says.name_id}</saml:NameID>
<saml:SubjectConfirmation Method="{BEARER}"><saml:SubjectConfirmationData NotOnOrAfter="{until}"
 Recipient="{says.recipient or says.acs_url}" InResponseTo="{says.in_response_to}"/></saml:SubjectConfirmation>
</saml:Subject>
<saml:Conditions NotBefore="{_at(says.now)}" NotOnOrAfter="{until}"><saml:AudienceRestriction>
<saml:Audience>{says.audience}</saml:Audience></saml:AudienceRestriction></saml:Conditions>
<saml:AuthnStatement AuthnInstant="{_at(says.now)}" SessionIndex="{says.session_index}"><saml:AuthnContext>
<saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:X509</saml:AuthnContextClassRef></saml:AuthnContext>
</saml:AuthnStatement><saml:AttributeStatement>{values}</saml:AttributeStatement></saml:Assertion></samlp:Response>"""
    )


def assertion_of(root: Any) -> Any:
    return root.find("saml:Assertion", NS)


def sign(
    element: Any,
    *,
    signer: str = "idp",
    method: Any = xmlsec.Transform.RSA_SHA256,
    digest: Any = xmlsec.Transform.SHA256,
    canonical: Any = xmlsec.Transform.EXCL_C14N,
) -> Any:
    """Put an enveloped signature after the element's issuer."""
    key, certificate = pair(signer)
    signature = xmlsec.template.create(element, canonical, method, ns="ds")
    element.insert(1, signature)
    reference = xmlsec.template.add_reference(signature, digest, uri=f"#{element.get('ID')}")
    xmlsec.template.add_transform(reference, xmlsec.Transform.ENVELOPED)
    xmlsec.template.add_transform(reference, canonical)
    xmlsec.template.add_x509_data(xmlsec.template.ensure_key_info(signature))
    xmlsec.tree.add_ids(element, ["ID"])
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_memory(key, xmlsec.KeyFormat.PEM, None)
    context.key.load_cert_from_memory(certificate, xmlsec.KeyFormat.CERT_PEM)
    context.sign(signature)
    return element


def encrypt(
    root: Any, certificate: bytes, *, cipher: Any = xmlsec.Transform.AES256_GCM, bits: int = 256,
    transport: Any = xmlsec.Transform.RSA_OAEP,
) -> Any:  # fmt: skip
    """Put the response's assertion into an EncryptedAssertion for the holder of ``certificate``."""
    assertion = assertion_of(root)
    wrapper = etree.SubElement(root, f"{{{SAML}}}EncryptedAssertion")
    alone = etree.fromstring(etree.tostring(assertion, with_tail=False))
    root.remove(assertion)
    wrapper.append(alone)
    template = xmlsec.template.encrypted_data_create(wrapper, cipher, type=xmlsec.EncryptionType.ELEMENT, ns="xenc")
    xmlsec.template.encrypted_data_ensure_cipher_value(template)
    info = xmlsec.template.encrypted_data_ensure_key_info(template, ns="ds")
    sealed_key = xmlsec.template.add_encrypted_key(info, transport)
    xmlsec.template.encrypted_data_ensure_cipher_value(sealed_key)
    manager = xmlsec.KeysManager()
    manager.add_key(xmlsec.Key.from_memory(certificate, xmlsec.KeyFormat.CERT_PEM, None))
    context = xmlsec.EncryptionContext(manager)
    context.key = xmlsec.Key.generate(xmlsec.KeyData.AES, bits, xmlsec.KeyDataType.SESSION)
    context.encrypt_xml(template, alone)
    return root


def posted(root: Any) -> str:
    """The value of the form field SAMLResponse."""
    return base64.b64encode(root if isinstance(root, bytes) else etree.tostring(root)).decode()


def signed_query(
    xml: str | bytes, *, kind: str, signer: str = "idp", algorithm: str = RSA_SHA256, relay: str = ""
) -> str:
    """The query string of a message by redirect, signed."""
    packing = zlib.compressobj(9, zlib.DEFLATED, -15)
    raw = xml.encode() if isinstance(xml, str) else xml
    packed = base64.b64encode(packing.compress(raw) + packing.flush())
    query = f"{kind}={quote(packed, safe='')}"
    if relay:
        query += f"&RelayState={quote(relay, safe='')}"
    query += f"&SigAlg={quote(algorithm, safe='')}"
    key = serialization.load_pem_private_key(pair(signer)[0], None)
    hash_of = hashes.SHA1 if algorithm.endswith("sha1") else hashes.SHA256
    signature = key.sign(query.encode(), padding.PKCS1v15(), hash_of())  # type: ignore[union-attr,call-arg,arg-type]
    return f"{query}&Signature={quote(base64.b64encode(signature), safe='')}"


def logout_request(url: str, now: datetime, **changes: str) -> str:
    """A LogoutRequest for :data:`SUBJECT`."""
    values = {"issuer": ENTITY_ID, "destination": url, "at": _at(now), "name_id": SUBJECT, "id": f"_{uuid4().hex}",
              "index": "session-1", "more": ""} | changes  # fmt: skip
    index = f"<samlp:SessionIndex>{values['index']}</samlp:SessionIndex>" if values["index"] else ""
    return (
        f'<samlp:LogoutRequest xmlns:samlp="{SAMLP}" xmlns:saml="{SAML}" ID="{values["id"]}" Version="2.0"'
        f' IssueInstant="{values["at"]}" Destination="{values["destination"]}"{values["more"]}>'
        f"<saml:Issuer>{values['issuer']}</saml:Issuer><saml:NameID>{values['name_id']}</saml:NameID>{index}"
        "</samlp:LogoutRequest>"
    )


def logout_response(
    url: str, now: datetime, in_response_to: str, *, status: str = SUCCESS, issuer: str = ENTITY_ID
) -> str:
    return (
        f'<samlp:LogoutResponse xmlns:samlp="{SAMLP}" xmlns:saml="{SAML}" ID="_{uuid4().hex}" Version="2.0"'
        f' IssueInstant="{_at(now)}" Destination="{url}" InResponseTo="{in_response_to}">'
        f'<saml:Issuer>{issuer}</saml:Issuer><samlp:Status><samlp:StatusCode Value="{status}"/></samlp:Status>'
        "</samlp:LogoutResponse>"
    )


def read_redirect(address: str, certificate: bytes) -> tuple[str, Any, dict[str, list[str]]]:
    """A message the platform sends by redirect: its kind, its root element and the query. Checks its signature."""
    raw = urlsplit(address).query
    query = parse_qs(raw)
    kind = "SAMLRequest" if "SAMLRequest" in query else "SAMLResponse"
    signed, _, _ = raw.partition("&Signature=")
    signed = signed[signed.index(f"{kind}=") :]
    key = x509.load_pem_x509_certificate(certificate).public_key()
    signature = base64.b64decode(query["Signature"][0])
    key.verify(signature, signed.encode(), padding.PKCS1v15(), hashes.SHA256())  # type: ignore[union-attr,call-arg]
    return kind, etree.fromstring(zlib.decompress(base64.b64decode(query[kind][0]), -15)), query


def write_metadata(folder: Path, *, base: str = "https://idp.prove.dk", signer: str = "idp") -> Path:
    """The provider's metadata file."""
    certificate = one_line(pair(signer)[1])
    path = folder / "idp.xml"
    path.write_text(
        f"""<?xml version="1.0"?>
<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#"
 entityID="{ENTITY_ID}"><md:IDPSSODescriptor WantAuthnRequestsSigned="true"
 protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><md:KeyDescriptor use="signing">
<ds:KeyInfo><ds:X509Data>
<ds:X509Certificate>{certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>
<md:SingleLogoutService Binding="{BINDING_REDIRECT}" Location="{base}/slo"/>
<md:SingleSignOnService Binding="{BINDING_REDIRECT}" Location="{base}/sso"/>
</md:IDPSSODescriptor></md:EntityDescriptor>""",
        encoding="utf-8",
    )
    return path
