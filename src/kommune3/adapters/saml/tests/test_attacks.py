# SPDX-License-Identifier: MPL-2.0
"""Somebody has a response that the provider signed for them, and changes it to be somebody else.

Every family of attack that is known against readers of SAML, each made here from a response that would be accepted as
it is. "Attacker" stands for the name that must never come out.
"""

import base64
import zlib
from typing import Any

import pytest
import saml_provider as idp
import xmlsec
from lxml import etree

from kommune3.adapters.saml import library, responses, signature, wire
from kommune3.adapters.saml.errors import Refused
from kommune3.adapters.saml.names import DS, NS, SAML, SAMLP

ATTACKER = "attacker"


@pytest.fixture
def genuine(says, party, at) -> Any:
    """A response that is accepted; its text, for a test to change."""
    root = idp.document(says)
    idp.sign(idp.assertion_of(root))
    assert responses.read_response(idp.posted(root), party=party, now=at).name_id.value == idp.SUBJECT
    return copied(root)


def refused(xml: bytes, party, at) -> str:
    """Why the rules of this package refuse it."""
    with pytest.raises(Refused) as caught:
        responses.judge(xml, party=party, now=at)
    return str(caught.value.reason)


def copied(element: Any) -> Any:
    return etree.fromstring(etree.tostring(element, with_tail=False))


def evil_twin(assertion: Any, *, new_id: str = "_evil", keep_signature: bool = False) -> Any:
    """The assertion as the attacker would like it."""
    twin = copied(assertion)
    if new_id:
        twin.set("ID", new_id)
    twin.find("saml:Subject/saml:NameID", NS).text = ATTACKER
    for value in twin.iter(f"{{{SAML}}}AttributeValue"):
        if value.text and idp.SUBJECT in value.text:
            value.text = "11111111-2222-4333-8444-555555555555"
    if not keep_signature:
        found = twin.find("ds:Signature", NS)
        twin.remove(found)
    return twin


# The eight ways of wrapping (Somorovsky and others, "On Breaking SAML", USENIX Security 2012), as tools number them.


def xsw1(root: Any) -> Any:
    """The response is the signed one's wrapper: the genuine response hangs inside the signature of an evil one."""
    idp.sign(root)
    evil = copied(root)
    genuine = copied(root)
    genuine.remove(genuine.find("ds:Signature", NS))
    evil.set("ID", "_evil")
    evil.replace(evil.find("saml:Assertion", NS), evil_twin(evil.find("saml:Assertion", NS)))
    evil.find("ds:Signature", NS).append(genuine)
    return evil


def xsw2(root: Any) -> Any:
    """As the first, with the genuine response before the signature."""
    idp.sign(root)
    evil = copied(root)
    genuine = copied(root)
    genuine.remove(genuine.find("ds:Signature", NS))
    evil.set("ID", "_evil")
    evil.replace(evil.find("saml:Assertion", NS), evil_twin(evil.find("saml:Assertion", NS)))
    evil.find("ds:Signature", NS).addprevious(genuine)
    return evil


def xsw3(root: Any) -> Any:
    """An evil assertion stands before the genuine one."""
    found = idp.assertion_of(root)
    found.addprevious(evil_twin(found))
    return root


def xsw4(root: Any) -> Any:
    """The genuine assertion is inside of an evil one."""
    found = idp.assertion_of(root)
    evil = evil_twin(found)
    root.replace(found, evil)
    evil.append(found)
    return root


def xsw5(root: Any) -> Any:
    """The evil assertion has the signature; the genuine one, without, stands after it."""
    found = idp.assertion_of(root)
    evil = evil_twin(found, keep_signature=True)
    bare = copied(found)
    bare.remove(bare.find("ds:Signature", NS))
    root.replace(found, evil)
    root.append(bare)
    return root


def xsw6(root: Any) -> Any:
    """The evil assertion has the signature, and the genuine one is inside of that."""
    found = idp.assertion_of(root)
    evil = evil_twin(found, keep_signature=True)
    bare = copied(found)
    bare.remove(bare.find("ds:Signature", NS))
    root.replace(found, evil)
    evil.find("ds:Signature", NS).append(bare)
    return root


def xsw7(root: Any) -> Any:
    """An element "Extensions" holds an evil assertion with the same identifier."""
    found = idp.assertion_of(root)
    extensions = etree.Element(f"{{{SAMLP}}}Extensions")
    extensions.append(evil_twin(found, new_id=""))
    found.addprevious(extensions)
    return root


def xsw8(root: Any) -> Any:
    """The genuine assertion hides in an element "Object" of the evil one's signature."""
    found = idp.assertion_of(root)
    evil = evil_twin(found, new_id="", keep_signature=True)
    bare = copied(found)
    bare.remove(bare.find("ds:Signature", NS))
    root.replace(found, evil)
    etree.SubElement(evil.find("ds:Signature", NS), f"{{{DS}}}Object").append(bare)
    return root


@pytest.mark.parametrize("wrap", [xsw1, xsw2, xsw3, xsw4, xsw5, xsw6, xsw7, xsw8], ids=lambda wrap: wrap.__name__)
def test_a_wrapped_signature_is_refused(genuine, party, at, wrap):
    wrapped = etree.tostring(wrap(copied(genuine)))
    assert ATTACKER in wrapped.decode()
    assert refused(wrapped, party, at)


@pytest.mark.parametrize("wrap", [xsw3, xsw4, xsw5, xsw6, xsw7, xsw8], ids=lambda wrap: wrap.__name__)
def test_a_signature_counts_for_the_element_it_stands_in_and_no_other(genuine, party, wrap):
    """The last line: were the message's shape never checked, the attacker's assertion would still not be read."""
    wrapped = wrap(copied(genuine))
    for found in wrapped.iter(f"{{{SAML}}}Assertion"):
        if found.findtext("saml:Subject/saml:NameID", "", NS) == ATTACKER:
            with pytest.raises(Refused):
                signature.as_signed(found, certificates=party.provider.certificates)


def _replaced(genuine: Any, old: str, new: str) -> bytes:
    xml = etree.tostring(genuine).decode()
    assert old in xml
    return xml.replace(old, new).encode()


def test_an_identifier_in_another_namespace_is_no_identifier(genuine, party, at):
    """Attribute pollution: one reader takes samlp:ID for the identifier, another takes ID."""
    found = idp.assertion_of(genuine)
    polluted = _replaced(genuine, f'ID="{found.get("ID")}"', f'ID="_evil" samlp:ID="{found.get("ID")}"')
    assert refused(polluted, party, at) == "UNEXPECTED_ATTRIBUTE"


@pytest.mark.parametrize("name", ["Id", "id", "xml:id"])
def test_other_spellings_of_an_identifier_are_refused(genuine, party, at, name):
    found = idp.assertion_of(genuine)
    polluted = _replaced(genuine, f' ID="{found.get("ID")}"', f' ID="_evil" {name}="{found.get("ID")}"')
    assert refused(polluted, party, at) in ("UNEXPECTED_ATTRIBUTE", "NOT_SAML")


def test_an_identifier_twice_is_refused(genuine, party, at):
    found = idp.assertion_of(genuine)
    assert (
        refused(_replaced(genuine, f'ID="{genuine.get("ID")}"', f'ID="{found.get("ID")}"'), party, at) == "DUPLICATE_ID"
    )


def test_an_attribute_twice_on_one_element_is_refused(genuine, party, at):
    assert refused(_replaced(genuine, 'Version="2.0"', 'Version="2.0" Version="2.0"'), party, at) == "NOT_XML"


@pytest.mark.parametrize("name", ["Assertion", "Signature", "Response", "NameID"])
def test_the_right_name_in_the_wrong_namespace_is_refused(genuine, party, at, name):
    """Namespace confusion: a reader that looks at local names only would take it."""
    evil = etree.SubElement(genuine, f"{{urn:evil}}{name}")
    evil.text = ATTACKER
    assert refused(etree.tostring(genuine), party, at) == "UNEXPECTED_ELEMENT"


def test_a_prefix_that_changes_its_meaning_is_refused(genuine, party, at):
    found = idp.assertion_of(genuine)
    evil = etree.tostring(evil_twin(found)).decode().replace(SAML, "urn:evil")
    xml = etree.tostring(genuine).decode().replace("</samlp:Response>", f"{evil}</samlp:Response>")
    assert refused(xml.encode(), party, at) == "UNEXPECTED_ELEMENT"


@pytest.mark.parametrize("uri", ["1", "relative/name", "./x", "#x"])
def test_a_relative_namespace_has_no_canonical_form_and_is_refused(genuine, party, at, uri):
    """Void canonicalisation: libxml2 gives up, and a reader that takes nothing for the canonical form signs nothing."""
    void = _replaced(genuine, "<saml:NameID ", f'<saml:NameID xmlns:ns="{uri}" ')
    assert refused(void, party, at) == "NAMESPACE"


def test_the_digest_of_nothing_is_not_a_signature(genuine, party):
    """Void canonicalisation behind the gate: nothing whose canonical form is empty is ever taken as signed."""
    found = idp.assertion_of(genuine)
    for value in found.iter(f"{{{DS}}}DigestValue"):
        value.text = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="  # SHA-256 of nothing
    with pytest.raises(Refused):
        signature.as_signed(found, certificates=party.provider.certificates)


def test_a_comment_does_not_cut_a_value_in_two(says, party, at):
    """Comment injection: signed as admin@prove.dk.evil.dk, read as admin@prove.dk; signatures ignore comments."""
    root = idp.document(says.but(name_id="admin@prove.dk.evil.dk"))
    idp.sign(idp.assertion_of(root))
    cut = _replaced(root, "admin@prove.dk.evil.dk", "admin@prove.dk<!-- -->.evil.dk")
    assert refused(cut, party, at) == "MARKUP"


@pytest.mark.parametrize("insertion", ["<![CDATA[x]]>", "<?x y?>", "<!-- x -->"])
def test_markup_that_no_provider_needs_is_refused(genuine, party, at, insertion):
    assert refused(_replaced(genuine, "<samlp:Status>", f"<samlp:Status>{insertion}"), party, at) == "MARKUP"


DOCTYPES = {
    "a file": '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    "an address": '<!DOCTYPE r [<!ENTITY x SYSTEM "http://127.0.0.1:1/x">]>',
    "a parameter entity": '<!DOCTYPE r [<!ENTITY % x SYSTEM "http://127.0.0.1:1/x"> %x;]>',
    "an outer definition": '<!DOCTYPE r SYSTEM "http://127.0.0.1:1/x.dtd">',
    "a billion laughs": '<!DOCTYPE r [<!ENTITY a "ha"><!ENTITY x "&a;&a;&a;&a;">]>',
    "an identifier by declaration": "<!DOCTYPE r [<!ATTLIST saml:NameID Format ID #IMPLIED>]>",
}


@pytest.mark.parametrize("name", DOCTYPES)
def test_document_types_and_entities_are_refused_before_any_parser_sees_them(genuine, party, at, name, monkeypatch):
    xml = DOCTYPES[name] + etree.tostring(genuine).decode().replace(idp.SUBJECT, "&x;")

    def parsed(*_args: object) -> None:
        raise AssertionError("a parser was asked")

    monkeypatch.setattr(etree, "fromstring", parsed)
    assert refused(xml.encode(), party, at) == "MARKUP"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "cp037"])
def test_another_encoding_hides_nothing(genuine, party, at, encoding):
    xml = (DOCTYPES["a file"] + etree.tostring(genuine).decode()).encode(encoding)
    assert refused(xml, party, at) in ("NOT_UTF8", "NOT_XML")


def test_an_encoding_that_only_the_parser_knows_is_refused(genuine, party, at):
    hidden = DOCTYPES["a file"].encode("utf-7").decode()
    xml = f'<?xml version="1.0" encoding="UTF-7"?>{hidden}{etree.tostring(genuine).decode()}'
    assert refused(xml.encode(), party, at) == "NOT_UTF8"


def test_something_that_is_encrypted_passes_the_same_gate(says, party, at):
    """Who knows our certificate can encrypt anything: what comes out is checked like what comes in."""
    root = idp.document(says)
    assertion = idp.sign(idp.assertion_of(root))
    assertion.append(etree.Comment("hidden"))
    assert refused(etree.tostring(idp.encrypt(root, party.certificate)), party, at) == "MARKUP"


def test_an_evil_assertion_beside_an_encrypted_one_is_refused(says, party, at, genuine):
    root = idp.encrypt(copied(genuine), party.certificate)
    root.append(evil_twin(idp.assertion_of(genuine)))
    assert refused(etree.tostring(root), party, at) == "WRONG_NUMBER"
    first = idp.encrypt(copied(genuine), party.certificate)
    first.insert(2, evil_twin(idp.assertion_of(genuine)))
    assert refused(etree.tostring(first), party, at) == "WRONG_NUMBER"


@pytest.mark.parametrize(
    "algorithm",
    ["http://www.w3.org/TR/1999/REC-xslt-19991116", "http://www.w3.org/TR/1999/REC-xpath-19991116",
     "http://www.w3.org/2000/09/xmldsig#base64", "http://www.w3.org/2002/06/xmldsig-filter2"],
)  # fmt: skip
def test_a_signature_that_looks_at_part_of_the_assertion_is_refused(genuine, party, at, algorithm):
    transforms = genuine.find("saml:Assertion/ds:Signature/ds:SignedInfo/ds:Reference/ds:Transforms", NS)
    transforms.insert(1, etree.Element(f"{{{DS}}}Transform", Algorithm=algorithm))
    assert refused(etree.tostring(genuine), party, at) == "SIGNATURE_SHAPE"


@pytest.mark.parametrize("uri", ["", "#_other", "#xpointer(/)"])
def test_a_signature_of_something_else_is_refused(genuine, party, at, uri):
    genuine.find("saml:Assertion/ds:Signature/ds:SignedInfo/ds:Reference", NS).set("URI", uri)
    expected = "SIGNATURE_SHAPE" if uri.startswith("#") else "UNEXPECTED_ATTRIBUTE"
    assert refused(etree.tostring(genuine), party, at) == expected


def test_two_references_in_one_signature_are_refused(genuine, party, at):
    reference = genuine.find("saml:Assertion/ds:Signature/ds:SignedInfo/ds:Reference", NS)
    reference.addnext(copied(reference))
    assert refused(etree.tostring(genuine), party, at) == "SIGNATURE_SHAPE"


def test_a_shared_secret_is_no_signature(says, party, at):
    """The provider's certificate is known to all: were it taken for the key of an HMAC, anybody could sign."""
    root = idp.document(says)
    assertion = idp.sign(idp.assertion_of(root))
    assertion.find("ds:Signature/ds:SignedInfo/ds:SignatureMethod", NS).set(
        "Algorithm", "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256"
    )
    assert refused(etree.tostring(root), party, at) == "WEAK_ALGORITHM"


def test_a_message_that_is_too_large_or_no_base64_is_refused(party, at):
    for text, expected in (
        ("A" * 800_000, "TOO_LARGE"),
        ("<xml>", "NOT_BASE64"),
        ("æøå", "NOT_BASE64"),
        ("", "NOT_XML"),
    ):
        with pytest.raises(Refused) as caught:
            responses.read_response(text, party=party, now=at)
        assert caught.value.reason == expected


def test_a_small_message_that_unpacks_to_a_large_one_is_refused():
    packing = zlib.compressobj(9, zlib.DEFLATED, -15)
    bomb = packing.compress(b"<" + b" " * 50_000_000) + packing.flush()
    with pytest.raises(Refused) as caught:
        wire.inflated(base64.b64encode(bomb).decode())
    assert caught.value.reason == "TOO_LARGE"


def test_deeply_nested_elements_are_refused(party, at):
    assert refused(b"<a>" * 100_000, party, at) == "NOT_XML"


def test_the_second_opinion_refuses_wrapped_signatures_too(genuine, party):
    """Were there a hole in our own rules, python3-saml would have to have the same one."""
    for wrap in (xsw1, xsw2, xsw3, xsw4, xsw5, xsw6, xsw7, xsw8):
        with pytest.raises(Refused):
            library.second_opinion(
                idp.posted(wrap(copied(genuine))), party=party, in_response_to=genuine.get("InResponseTo")
            )


def test_signing_with_the_key_that_the_message_brings_is_refused(says, party, at):
    root = idp.document(says)
    idp.sign(idp.assertion_of(root), signer="attacker", method=xmlsec.Transform.RSA_SHA256)
    assert refused(etree.tostring(root), party, at) == "BAD_SIGNATURE"
