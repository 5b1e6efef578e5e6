# SPDX-License-Identifier: MPL-2.0
"""Responses that are right, and one thing at a time that is not. What stands here was signed by the provider itself."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import saml_provider as idp
import xmlsec
from lxml import etree

from kommune3.adapters.saml import names, responses
from kommune3.adapters.saml.errors import Refused
from kommune3.adapters.saml.names import NS, SAML

MINUTE = timedelta(minutes=1)


def signed(says: idp.Says, edit: Callable[[Any], Any] | None = None, **how: Any) -> Any:
    """A response whose assertion is signed after ``edit`` has changed the response."""
    root = idp.document(says)
    if edit is not None:
        edit(root)
    idp.sign(idp.assertion_of(root), **how)
    return root


def read(root, party, at):
    return responses.read_response(idp.posted(root), party=party, now=at)


def reason(root, party, at) -> str:
    """Why the response is refused; the rules of the package alone must do it, not only python3-saml."""
    xml = root if isinstance(root, bytes) else etree.tostring(root)
    with pytest.raises(Refused) as caught:
        responses.judge(xml, party=party, now=at)
    with pytest.raises(Refused):
        responses.read_response(idp.posted(xml), party=party, now=at)
    return str(caught.value.reason)


def test_a_signed_response_is_read(says, party, at):
    statement = read(signed(says), party, at)
    assert statement.in_response_to == "_request"
    assert statement.name_id.value == idp.SUBJECT
    assert statement.session_index == "session-1"
    assert statement.only(names.LOA) == "Substantial"


@pytest.mark.parametrize(("cipher", "bits"), [(xmlsec.Transform.AES256_GCM, 256), (xmlsec.Transform.AES128_GCM, 128)])
def test_an_encrypted_assertion_is_opened_and_its_signature_checked(says, party, at, cipher, bits):
    party = replace(party, wants_encrypted=True)
    root = idp.encrypt(signed(says), party.certificate, cipher=cipher, bits=bits)
    assert idp.SUBJECT not in etree.tostring(root).decode()
    assert read(root, party, at).name_id.value == idp.SUBJECT


def test_response_and_assertion_may_both_be_signed(says, party, at):
    root = idp.sign(signed(says))
    assert read(root, party, at).name_id.value == idp.SUBJECT


@pytest.mark.parametrize("method", [xmlsec.Transform.RSA_SHA384, xmlsec.Transform.RSA_SHA512])
def test_stronger_signatures_are_accepted(says, party, at, method):
    assert read(signed(says, method=method), party, at)


def test_a_provider_that_changes_its_key_may_sign_with_either(says, party, at):
    both = replace(party.provider, certificates=(idp.pair("next")[1], idp.pair("idp")[1]))
    assert read(signed(says), replace(party, provider=both), at)
    assert read(signed(says, signer="next"), replace(party, provider=both), at)


def test_a_signature_that_keeps_prefixes_of_the_response_is_read(says, party, at):
    def typed(root):
        for value in root.iter(f"{{{SAML}}}AttributeValue"):
            value.set(f"{{{names.XSI}}}type", "xs:string")

    root = etree.fromstring(
        etree.tostring(idp.document(says)).replace(
            b"<samlp:Response ", b'<samlp:Response xmlns:xs="http://www.w3.org/2001/XMLSchema" '
            b'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" ', 1,
        )
    )  # fmt: skip
    typed(root)
    assertion = idp.assertion_of(root)
    key, _certificate = idp.pair("idp")
    signature = xmlsec.template.create(assertion, xmlsec.Transform.EXCL_C14N, xmlsec.Transform.RSA_SHA256, ns="ds")
    assertion.insert(1, signature)
    reference = xmlsec.template.add_reference(signature, xmlsec.Transform.SHA256, uri=f"#{assertion.get('ID')}")
    xmlsec.template.add_transform(reference, xmlsec.Transform.ENVELOPED)
    canonical = xmlsec.template.add_transform(reference, xmlsec.Transform.EXCL_C14N)
    xmlsec.template.transform_add_c14n_inclusive_namespaces(canonical, ["xs"])
    xmlsec.tree.add_ids(assertion, ["ID"])
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_memory(key, xmlsec.KeyFormat.PEM, None)
    context.sign(signature)
    assert read(root, party, at).only(names.LOA) == "Substantial"


def _find(path: str, change: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda root: change(root.find(path, NS))


def _set(path: str, name: str, value: str | None) -> Callable[[Any], Any]:
    def change(element):
        if value is None:
            del element.attrib[name]
        else:
            element.set(name, value)

    return _find(path, change)


def _remove(path: str) -> Callable[[Any], Any]:
    return _find(path, lambda element: element.getparent().remove(element))


def _twice(path: str) -> Callable[[Any], Any]:
    def change(element):
        element.addnext(etree.fromstring(etree.tostring(element, with_tail=False)))

    return _find(path, change)


def _text(path: str, value: str) -> Callable[[Any], Any]:
    return _find(path, lambda element: setattr(element, "text", value))


A, SUBJECT = "saml:Assertion/", "saml:Assertion/saml:Subject/"
CONFIRMED = f"{SUBJECT}saml:SubjectConfirmation"
DATA = f"{CONFIRMED}/saml:SubjectConfirmationData"
CONDITIONS = f"{A}saml:Conditions"
AUDIENCE = f"{CONDITIONS}/saml:AudienceRestriction"
LONG_AGO, FAR = "2014-01-01T00:00:00Z", "2990-01-01T00:00:00Z"

BROKEN = {
    "no version": (_set(".", "Version", "1.1"), "NOT_SAML"),
    "no destination": (_set(".", "Destination", None), "DESTINATION"),
    "empty destination": (_set(".", "Destination", ""), "DESTINATION"),
    "destination that only begins right": (
        lambda root: root.set("Destination", root.get("Destination") + "evil"), "DESTINATION"),
    "another destination": (_set(".", "Destination", "https://other.dk/acs"), "DESTINATION"),
    "status of a refusal": (_set("samlp:Status/samlp:StatusCode", "Value",
                                 "urn:oasis:names:tc:SAML:2.0:status:Responder"), "STATUS"),
    "no status": (_remove("samlp:Status"), "NOT_SAML"),
    "no issuer of the response": (_remove("saml:Issuer"), "ISSUER"),
    "another issuer of the response": (_text("saml:Issuer", "https://other.dk"), "ISSUER"),
    "another issuer of the assertion": (_text(f"{A}saml:Issuer", "https://other.dk"), "ISSUER"),
    "response that answers nothing": (_set(".", "InResponseTo", None), "UNKNOWN_REQUEST"),
    "response that answers something else": (_set(".", "InResponseTo", "_other"), "UNKNOWN_REQUEST"),
    "assertion that answers nothing": (_set(DATA, "InResponseTo", None), "UNKNOWN_REQUEST"),
    "assertion that answers something else": (_set(DATA, "InResponseTo", "_other"), "UNKNOWN_REQUEST"),
    "another recipient": (_set(DATA, "Recipient", "https://other.dk/acs"), "RECIPIENT"),
    "recipient that only contains ours": (
        lambda root: root.find(DATA, NS).set("Recipient", "https://evil.dk/?" + root.get("Destination")), "RECIPIENT"),
    "no recipient": (_set(DATA, "Recipient", None), "RECIPIENT"),
    "confirmation that has ended": (_set(DATA, "NotOnOrAfter", LONG_AGO), "EXPIRED"),
    "confirmation without an end": (_set(DATA, "NotOnOrAfter", None), "NO_TIME"),
    "confirmation that begins": (_set(DATA, "NotBefore", LONG_AGO), "CONFIRMATION"),
    "confirmation of another kind": (_set(CONFIRMED, "Method", "urn:oasis:names:tc:SAML:2.0:cm:holder-of-key"),
                                     "CONFIRMATION"),
    "no confirmation": (_remove(CONFIRMED), "CONFIRMATION"),
    "two confirmations": (_twice(CONFIRMED), "CONFIRMATION"),
    "no confirmation data": (_remove(DATA), "CONFIRMATION"),
    "no conditions": (_remove(CONDITIONS), "STATEMENT"),
    "conditions that have ended": (_set(CONDITIONS, "NotOnOrAfter", LONG_AGO), "EXPIRED"),
    "conditions without an end": (_set(CONDITIONS, "NotOnOrAfter", None), "NO_TIME"),
    "conditions to come": (_set(CONDITIONS, "NotBefore", FAR), "TOO_EARLY"),
    "another audience": (_text(f"{AUDIENCE}/saml:Audience", "https://other.dk"), "AUDIENCE"),
    "no audience": (_remove(AUDIENCE), "AUDIENCE"),
    "one audience of ours and one of another": (
        lambda root: [_twice(AUDIENCE)(root), _text(f"{AUDIENCE}/saml:Audience", "https://x.dk")(root)], "AUDIENCE"),
    "no subject": (_remove(f"{A}saml:Subject"), "SUBJECT"),
    "no name identifier": (_remove(f"{SUBJECT}saml:NameID"), "SUBJECT"),
    "empty name identifier": (_text(f"{SUBJECT}saml:NameID", ""), "SUBJECT"),
    "no authentication": (_remove(f"{A}saml:AuthnStatement"), "STATEMENT"),
    "two authentications": (_twice(f"{A}saml:AuthnStatement"), "STATEMENT"),
    "a session at the provider that has ended": (_set(f"{A}saml:AuthnStatement", "SessionNotOnOrAfter", LONG_AGO),
                                                 "EXPIRED"),
    "authentication to come": (_set(f"{A}saml:AuthnStatement", "AuthnInstant", FAR), "TOO_EARLY"),
    "issued in the future": (_set("saml:Assertion", "IssueInstant", FAR), "TOO_EARLY"),
    "no attributes": (_remove(f"{A}saml:AttributeStatement"), "STATEMENT"),
    "an attribute twice": (_twice(f"{A}saml:AttributeStatement/saml:Attribute"), "DUPLICATE_ATTRIBUTE"),
    "a time without a zone": (_set(CONDITIONS, "NotOnOrAfter", "2990-01-01T00:00:00"), "NO_TIME"),
    "a reference to elsewhere": (
        lambda root: etree.SubElement(root.find("saml:Assertion", NS), f"{{{names.DS}}}Reference", URI="http://evil.dk"),
        "UNEXPECTED_ATTRIBUTE"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_signed_response_that_says_something_wrong_is_refused(says, party, at, name):
    edit, expected = BROKEN[name]
    assert reason(signed(says, edit), party, at) == expected


@pytest.mark.parametrize(("late", "accepted"), [(59, True), (61, False)])
def test_clocks_may_differ_by_a_minute_and_no_more(says, party, at, late, accepted):
    soon_over = signed(says.but(valid=timedelta(seconds=0)))
    early = signed(says.but(now=at + timedelta(seconds=late), valid=timedelta(minutes=10)))
    xml_over, xml_early = (etree.tostring(root) for root in (soon_over, early))
    if accepted:
        assert responses.judge(xml_over, party=party, now=at + timedelta(seconds=late))
        assert responses.judge(xml_early, party=party, now=at)
        return
    for xml, now, expected in ((xml_over, at + timedelta(seconds=late), "EXPIRED"), (xml_early, at, "TOO_EARLY")):
        with pytest.raises(Refused) as caught:
            responses.judge(xml, party=party, now=now)
        assert caught.value.reason == expected


def test_an_assertion_that_is_not_signed_is_refused_even_in_a_signed_response(says, party, at):
    assert reason(idp.document(says), party, at) == "NOT_SIGNED"
    assert reason(idp.sign(idp.document(says)), party, at) == "NOT_SIGNED"


def test_an_unencrypted_assertion_is_refused_where_encryption_is_demanded(says, party, at):
    assert reason(signed(says), replace(party, wants_encrypted=True), at) == "NOT_ENCRYPTED"


def test_an_encrypted_assertion_that_is_not_signed_is_refused(says, party, at):
    root = idp.encrypt(idp.document(says), party.certificate)
    assert reason(root, party, at) == "NOT_SIGNED"


def test_an_assertion_encrypted_for_somebody_else_is_refused(says, party, at):
    root = idp.encrypt(signed(says), idp.pair("somebody")[1])
    assert reason(root, party, at) == "CANNOT_DECRYPT"


def test_ciphers_whose_padding_gives_them_away_are_refused_unless_the_municipality_allows_them(says, party, at):
    root = idp.encrypt(signed(says), party.certificate, cipher=xmlsec.Transform.AES256)
    assert reason(root, party, at) == "WEAK_ALGORITHM"
    assert read(root, replace(party, ciphers=("aes256-cbc",)), at)
    root = idp.encrypt(signed(says), party.certificate, transport=xmlsec.Transform.RSA_PKCS1)
    assert reason(root, party, at) == "WEAK_ALGORITHM"


def test_a_ciphertext_that_was_changed_is_refused(says, party, at):
    root = idp.encrypt(signed(says), party.certificate)
    value = root.findall(".//xenc:CipherValue", NS)[-1]
    value.text = value.text[:40] + ("A" if value.text[40] != "A" else "B") + value.text[41:]
    assert reason(root, party, at) == "CANNOT_DECRYPT"


def test_a_signature_of_somebody_else_is_refused_though_it_brings_its_certificate(says, party, at):
    assert reason(signed(says, signer="somebody"), party, at) == "BAD_SIGNATURE"


def test_sha1_is_refused(says, party, at):
    assert reason(signed(says, method=xmlsec.Transform.RSA_SHA1), party, at) == "WEAK_ALGORITHM"
    assert reason(signed(says, digest=xmlsec.Transform.SHA1), party, at) == "WEAK_ALGORITHM"


def test_another_canonical_form_is_refused(says, party, at):
    assert reason(signed(says, canonical=xmlsec.Transform.C14N), party, at) == "SIGNATURE_SHAPE"
    assert reason(signed(says, canonical=xmlsec.Transform.EXCL_C14N_COMMENTS), party, at) == "SIGNATURE_SHAPE"


def test_a_value_that_was_changed_after_signing_is_refused(says, party, at):
    root = signed(says)
    root.find(f"{SUBJECT}saml:NameID", NS).text = "somebody-else"
    assert reason(root, party, at) == "BAD_SIGNATURE"


def test_python3_saml_has_a_say_as_well(says, party, at, monkeypatch):
    root = signed(says)
    from onelogin.saml2.response import OneLogin_Saml2_Response

    monkeypatch.setattr(OneLogin_Saml2_Response, "check_status", lambda self: 1 / 0)
    with pytest.raises(Refused) as caught:
        read(root, party, at)
    assert (caught.value.reason, caught.value.detail) == ("SECOND_OPINION", "ZeroDivisionError")
