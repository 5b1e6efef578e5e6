# SPDX-License-Identifier: MPL-2.0
"""Other projects' bad messages: each is refused as it is, and most of them also when our own provider signs them.

The files are those of python3-saml and pysaml2; they lie in the shared data of the design, outside of the repository.
"""

import base64
import binascii
import os
import zlib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import saml_provider as idp
from lxml import etree

from kommune3.adapters.saml import logout_messages, responses
from kommune3.adapters.saml.errors import Refused
from kommune3.adapters.saml.names import NS, SAML
from kommune3.adapters.saml.party import Party

# Beside the repository; KOMMUNE3_SHARED_DATA names another place.
DATA = Path(os.environ.get("KOMMUNE3_SHARED_DATA", Path(__file__).parents[6] / "shared" / "data")) / "saml"
PYTHON3 = DATA / "python3-saml"

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=f"{DATA} is missing: others' SAML messages are not here")


def files(folder: str) -> list[Path]:
    return sorted((PYTHON3 / folder).glob("*")) if DATA.is_dir() else []


def message(path: Path) -> bytes:
    """The XML in a file, whichever way it is wrapped."""
    raw = path.read_bytes()
    if raw.lstrip().startswith(b"<"):
        return raw
    packed = base64.b64decode(raw)
    try:
        return zlib.decompress(packed, -15)
    except zlib.error:
        return packed


def named(paths: list[Path]) -> list:
    return [
        pytest.param(path, id=path.name.split(".")[0] + ("-packed" if "base64" in path.name else "")) for path in paths
    ]


def addressed_to_us(path: Path, party: Party) -> tuple[Party, datetime]:
    """The party a message is for and an instant when it holds, so that only its defect can be why it is refused."""
    try:
        root = etree.fromstring(message(path))
    except etree.XMLSyntaxError:  # not well-formed is its defect
        return party, datetime(2011, 6, 17, 15, tzinfo=UTC)

    def first(expression: str, otherwise: str) -> str:
        found = root.xpath(f"({expression})[1]", namespaces=NS)
        return str(found[0]).strip() if found else otherwise

    issuer = first("/*/saml:Issuer/text()", first("//saml:Issuer/text()", "x"))
    destination = first("/*/@Destination", "x") or "x"
    issued = datetime.fromisoformat(first("/*/@IssueInstant", "2011-06-17T14:54:14Z")).astimezone(UTC)
    provider = replace(party.provider, entity_id=issuer)
    audience = first("//saml:Audience/text()", "x")
    if "invalid" in audience:
        audience = party.entity_id
    if path.name.startswith("invalid_sessionindex"):  # the session it speaks of ended between issue and expiry
        issued = datetime(2015, 1, 1, tzinfo=UTC)
    return replace(party, acs_url=destination, entity_id=audience, logout_url=destination, provider=provider), issued


@pytest.mark.parametrize("path", named(files("responses/invalids")))
def test_an_invalid_response_of_python3_saml_is_refused(path, party, at):
    with pytest.raises(Refused):
        responses.read_response(path.read_text(), party=party, now=at)
    ours, issued = addressed_to_us(path, party)
    with pytest.raises(Refused):
        responses.judge(message(path), party=ours, now=issued)


UNSIGNED_ON_PURPOSE = {"unsigned_assertion", "unsigned_response", "valid_unsigned_response", "wrapped_response_2",
                       "response_node_text_attack", "no_audience", "expired_response",
                       "response1_with_duplicate_attributes", "response_without_reference_uri",
                       "response_without_assertion_reference_uri"}  # fmt: skip


@pytest.mark.parametrize(
    "path", named([path for path in files("responses") if path.name.split(".")[0] in UNSIGNED_ON_PURPOSE])
)
def test_a_response_that_python3_saml_keeps_for_its_attacks_is_refused(path, party):
    ours, issued = addressed_to_us(path, party)
    with pytest.raises(Refused):
        responses.judge(message(path), party=ours, now=issued)


# What each response is refused for once its assertion bears our own provider's signature: the defect it is named after.
DEFECTS = {
    "invalid_audience": "AUDIENCE",
    "invalid_sessionindex": "EXPIRED",
    "wrong_spnamequalifier": "SUBJECT",
    "duplicated_attributes": "DUPLICATE_ATTRIBUTE",
    "empty_destination": "DESTINATION",
    "empty_nameid": "SUBJECT",
    "invalid_issuer_assertion": "ISSUER",
    "invalid_subjectconfirmation_nb": "CONFIRMATION",
    "no_authnstatement": "STATEMENT",
    "no_conditions": "STATEMENT",
    "no_issuer_assertion": "NOT_SAML",
    "no_issuer_response": "ISSUER",
    "no_nameid": "SUBJECT",
    "no_saml2": "UNEXPECTED_ELEMENT",
    "no_status": "NOT_SAML",
    "no_status_code": "NOT_SAML",
    "no_subjectconfirmation_data": "CONFIRMATION",
    "no_subjectconfirmation_method": "CONFIRMATION",
}


def signed_by_ours(path: Path) -> bytes:
    """The message with the signatures it came with taken away, and its first assertion signed by our provider."""
    root = etree.fromstring(message(path))
    for found in list(root.iter("{http://www.w3.org/2000/09/xmldsig#}Signature")):
        found.getparent().remove(found)
    if not path.name.startswith("wrong_spnamequalifier"):
        for name_id in root.iter(f"{{{SAML}}}NameID"):
            name_id.attrib.pop("SPNameQualifier", None)  # names of services that are not ours
    assertion = idp.assertion_of(root)
    if assertion is not None:
        idp.sign(assertion)
    return etree.tostring(root)


SIGNATURE_ALONE = {"bad_reference"}  # nothing is wrong with what it says


@pytest.mark.parametrize(
    "path", named([path for path in files("responses/invalids") if path.name.split(".")[0] not in SIGNATURE_ALONE])
)
def test_an_invalid_response_is_refused_even_with_the_providers_own_signature(path, party):
    ours, issued = addressed_to_us(path, party)
    name = path.name.split(".")[0]
    with pytest.raises(Refused) as caught:
        responses.judge(signed_by_ours(path), party=ours, now=issued)
    expected = DEFECTS.get(name)
    if expected:
        assert caught.value.reason == expected


@pytest.mark.parametrize("path", named(sorted((DATA / "pysaml2" / "xsw").glob("*.xml")) if DATA.is_dir() else []))
def test_a_wrapped_signature_of_pysaml2_is_refused(path, party):
    ours, issued = addressed_to_us(path, party)
    with pytest.raises(Refused):
        responses.judge(path.read_bytes(), party=ours, now=issued)


@pytest.mark.parametrize("path", named(files("logout_requests/invalids")))
def test_an_invalid_logout_request_of_python3_saml_is_refused(path, party):
    ours, issued = addressed_to_us(path, party)
    provider = replace(ours.provider, entity_id="http://idp.example.com/")
    ours = replace(ours, provider=provider)
    query = idp.signed_query(message(path), kind=logout_messages.REQUEST)
    with pytest.raises(Refused) as caught:
        logout_messages.read_request(query, party=ours, now=issued)
    expected = {"invalid_issuer": "ISSUER", "no_nameId": {"NOT_SAML", "ISSUER"}, "not_after_failed": "EXPIRED"}
    assert caught.value.reason in expected[path.name.split(".")[0]]
    with pytest.raises(Refused) as caught:
        logout_messages.read_request(query.partition("&SigAlg")[0], party=ours, now=issued)
    assert caught.value.reason == "NOT_SIGNED"


@pytest.mark.parametrize("path", named(files("logout_responses/invalids")))
def test_an_invalid_logout_response_of_python3_saml_is_refused(path, party):
    try:
        xml = message(path)
    except binascii.Error:
        pytest.skip("not base64")
    ours, _issued = addressed_to_us(path, party)
    in_response_to = etree.fromstring(xml).get("InResponseTo")
    query = idp.signed_query(xml, kind=logout_messages.RESPONSE)
    with pytest.raises(Refused) as caught:
        logout_messages.read_response(query, party=ours, request_id=in_response_to)
    assert caught.value.reason in ("STATUS", "NOT_SAML")
