# SPDX-License-Identifier: MPL-2.0
"""What an operator gives: the provider's metadata, settings, keys; and what the platform says of itself."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import saml_provider as idp
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.core.management import CommandError, call_command
from lxml import etree

from kommune3.adapters.saml import configuration
from kommune3.adapters.saml.errors import NotSetUp
from kommune3.adapters.saml.names import DS, NS

MD = "{urn:oasis:names:tc:SAML:2.0:metadata}"
SMALL_KEY_BITS = 1024


def changed(path: Path, old: str, new: str) -> Path:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    return path


def certificate_of_a_small_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=SMALL_KEY_BITS)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "small")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now).not_valid_after(now + timedelta(days=1)).sign(key, hashes.SHA256())
    )  # fmt: skip
    return idp.one_line(made.public_bytes(serialization.Encoding.PEM))


def test_metadata_gives_the_provider_and_every_key_it_signs_with(tmp_path):
    path = idp.write_metadata(tmp_path)
    second = idp.one_line(idp.pair("next")[1])
    end = "</md:KeyDescriptor>"
    key = f"<ds:KeyInfo><ds:X509Data><ds:X509Certificate>{second}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>"
    changed(path, end, f"{end}<md:KeyDescriptor>{key}{end}")
    found = configuration.provider(path)
    assert (found.entity_id, found.login_url) == (idp.ENTITY_ID, "https://idp.prove.dk/sso")
    assert [x509.load_pem_x509_certificate(pem) for pem in found.certificates] == [
        x509.load_pem_x509_certificate(idp.pair(name)[1]) for name in ("idp", "next")
    ]


BAD = {
    "no login by redirect": ("SingleSignOnService", "SingleSomethingService", "names no entity"),
    "an address that anybody can listen to": ("https://idp.prove.dk/sso", "http://idp.prove.dk/sso", "must be https"),
    "no signing key": ('use="signing"', 'use="encryption"', "signing key"),
    "an entity": ('<?xml version="1.0"?>', '<!DOCTYPE x [<!ENTITY y "z">]>', "is no metadata"),
    "not XML": ("<md:EntityDescriptor", "<<", "is no metadata"),
}


@pytest.mark.parametrize("case", BAD)
def test_metadata_that_cannot_be_used_is_refused_and_the_message_names_the_setting(tmp_path, case):
    old, new, expected = BAD[case]
    with pytest.raises(NotSetUp) as caught:
        configuration.provider(changed(idp.write_metadata(tmp_path), old, new))
    assert "KOMMUNE3_SAML_IDP_METADATA" in str(caught.value)
    assert expected in str(caught.value)


def test_a_signing_key_that_is_too_small_is_refused(tmp_path):
    path = idp.write_metadata(tmp_path)
    changed(path, idp.one_line(idp.pair("idp")[1]), certificate_of_a_small_key())
    with pytest.raises(NotSetUp, match="2048"):
        configuration.provider(path)


def test_a_file_that_is_missing_is_named(tmp_path):
    with pytest.raises(NotSetUp, match="cannot be read"):
        configuration.provider(tmp_path / "missing.xml")


@pytest.mark.parametrize(
    ("setting", "value", "named"),
    [("SAML_LEVEL", "Highest", "KOMMUNE3_SAML_LEVEL"), ("SAML_CIPHERS", ["rot13"], "KOMMUNE3_SAML_CIPHERS"),
     ("SAML_CERTIFICATE_FILE", "/nowhere/x.crt", "KOMMUNE3_SAML_CERTIFICATE_FILE")],
)  # fmt: skip
def test_a_setting_that_cannot_be_used_is_named(saml_settings, setting, value, named):
    setattr(saml_settings, setting, value)
    with pytest.raises(NotSetUp, match=named):
        configuration.party()


@pytest.mark.django_db
def test_the_metadata_page_says_what_the_provider_has_to_know_and_is_signed(client, saml_settings):
    answer = client.get("/account/saml/metadata/")
    assert answer["Content-Type"] == "application/samlmetadata+xml"
    root = etree.fromstring(answer.content)
    assert root.get("entityID") == "https://k3.prove.dk/account/saml/metadata/"
    assert root.find(f"{{{DS}}}Signature") is not None
    descriptor = root.find(f"{MD}SPSSODescriptor")
    assert (descriptor.get("AuthnRequestsSigned"), descriptor.get("WantAssertionsSigned")) == ("true", "true")
    places = {
        element.tag.removeprefix(MD): element.get("Location") for element in descriptor if element.get("Location")
    }
    assert places == {
        "SingleLogoutService": "https://k3.prove.dk/account/saml/slo/",
        "AssertionConsumerService": "https://k3.prove.dk/account/saml/acs/",
    }
    wanted = {element.get("Name"): element.get("isRequired") for element in root.iter(f"{MD}RequestedAttribute")}
    assert wanted["https://data.gov.dk/model/core/eid/professional/uuid/persistent"] == "true"
    own = idp.one_line(idp.pair("sp")[1])
    assert {"".join(text.split()) for text in root.xpath("//ds:KeyDescriptor//text() | //ds:X509Certificate/text()",
                                                         namespaces=NS)} == {own}  # fmt: skip


def test_keys_are_made_once_and_never_written_over(tmp_path, settings, capsys):
    settings.SAML_KEY_FILE = str(tmp_path / "secrets" / "saml.key")
    settings.SAML_CERTIFICATE_FILE = str(tmp_path / "secrets" / "saml.crt")
    call_command("saml_keys")
    key = Path(settings.SAML_KEY_FILE)
    assert key.stat().st_mode & 0o777 == 0o600
    made = x509.load_pem_x509_certificate(Path(settings.SAML_CERTIFICATE_FILE).read_bytes())
    assert made.public_key().key_size == 3072
    before = key.read_bytes()
    with pytest.raises(CommandError):
        call_command("saml_keys")
    assert key.read_bytes() == before
