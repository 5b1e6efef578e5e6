# SPDX-License-Identifier: MPL-2.0
"""The settings ``KOMMUNE3_SAML_*``, read into a :class:`Party`. The login is off where no metadata file is named."""

from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from django.conf import settings
from django.urls import reverse
from onelogin.saml2.idp_metadata_parser import OneLogin_Saml2_IdPMetadataParser
from onelogin.saml2.utils import OneLogin_Saml2_Utils
from onelogin.saml2.xml_utils import OneLogin_Saml2_XML

from kommune3.adapters.saml.decryption import BLOCK_CIPHERS
from kommune3.adapters.saml.errors import NotSetUp
from kommune3.adapters.saml.names import LEVELS
from kommune3.adapters.saml.party import Party, Provider

SMALLEST_KEY_BITS = 2048
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


def is_on() -> bool:
    """Whether people can log in through the municipality's identity provider with SAML."""
    return bool(settings.SAML_IDP_METADATA)


def party() -> Party:
    """This platform and its identity provider. Raises :class:`NotSetUp`."""
    if settings.SAML_LEVEL not in LEVELS:
        raise NotSetUp(f"KOMMUNE3_SAML_LEVEL: one of {', '.join(LEVELS)}")
    unknown = set(settings.SAML_CIPHERS) - BLOCK_CIPHERS.keys()
    if unknown:
        raise NotSetUp(f"KOMMUNE3_SAML_CIPHERS: {', '.join(sorted(unknown))} is none of {', '.join(BLOCK_CIPHERS)}")
    base = settings.PUBLIC_URL.rstrip("/")
    return Party(
        entity_id=settings.SAML_ENTITY_ID or base + reverse("saml:metadata"),
        acs_url=base + reverse("saml:acs"),
        logout_url=base + reverse("saml:slo"),
        key=_kept(settings.SAML_KEY_FILE, "KOMMUNE3_SAML_KEY_FILE"),
        certificate=_kept(settings.SAML_CERTIFICATE_FILE, "KOMMUNE3_SAML_CERTIFICATE_FILE"),
        provider=provider(Path(settings.SAML_IDP_METADATA), settings.SAML_IDP_ENTITY_ID),
        level=settings.SAML_LEVEL,
        wants_encrypted=settings.SAML_ENCRYPTED,
        ciphers=tuple(settings.SAML_CIPHERS),
        provisions=settings.SAML_PROVISION,
        unit_limits=tuple(settings.SAML_UNIT_LIMITS),
        kle_limits=tuple(settings.SAML_KLE_LIMITS),
        valid_days=settings.PROVIDER_RIGHTS_DAYS,
    )


def provider(path: Path, entity_id: str = "") -> Provider:
    """The identity provider of a metadata file; read anew when the file has changed. Raises :class:`NotSetUp`."""
    try:
        return _provider(path, path.stat().st_mtime_ns, entity_id)
    except OSError as error:
        raise NotSetUp(f"KOMMUNE3_SAML_IDP_METADATA: {path} cannot be read: {error.strerror}") from error


@lru_cache(maxsize=8)
def _provider(path: Path, _changed_at: int, entity_id: str) -> Provider:
    try:
        text = path.read_bytes()
        found = OneLogin_Saml2_IdPMetadataParser.parse(text, entity_id=entity_id or None).get("idp", {})
        signing = _signing_certificates(text, found.get("entityId", ""))
    except Exception as error:  # the library lets its parser's errors through
        raise NotSetUp(f"KOMMUNE3_SAML_IDP_METADATA: {path} is no metadata: {type(error).__name__}") from error
    login = found.get("singleSignOnService", {}).get("url", "")
    logout = found.get("singleLogoutService", {}).get("url", "")
    if not found.get("entityId") or not login or not signing:
        raise NotSetUp(f"KOMMUNE3_SAML_IDP_METADATA: {path} names no entity, login by redirect or signing key")
    for url in filter(None, (login, logout)):
        _check_address(url)
    return Provider(
        entity_id=found["entityId"],
        login_url=login,
        logout_url=logout,
        logout_answer_url=found.get("singleLogoutService", {}).get("responseUrl", "") or logout,
        certificates=tuple(_certificate(text) for text in signing),
    )


def _signing_certificates(metadata: bytes, entity_id: str) -> list[str]:
    """Those the provider signs with. python3-saml takes one that is for encryption only where there is no other."""
    root = OneLogin_Saml2_XML.to_etree(metadata)
    path = (
        "//md:EntityDescriptor[@entityID=$tagid]/md:IDPSSODescriptor/md:KeyDescriptor[not(@use) or @use='signing']"
        "/ds:KeyInfo/ds:X509Data/ds:X509Certificate"
    )
    found = OneLogin_Saml2_XML.query(root, path, tagid=entity_id)
    return ["".join((element.text or "").split()) for element in found]


def _check_address(url: str) -> None:
    address = urlsplit(url)
    if address.scheme != "https" and not (address.scheme == "http" and address.hostname in _LOOPBACK):
        raise NotSetUp("KOMMUNE3_SAML_IDP_METADATA: the provider's addresses must be https")


def _certificate(text: str) -> bytes:
    pem: bytes = OneLogin_Saml2_Utils.format_cert(text).encode("ascii")
    try:
        key = x509.load_pem_x509_certificate(pem).public_key()
    except ValueError as error:
        raise NotSetUp("KOMMUNE3_SAML_IDP_METADATA: a certificate cannot be read") from error
    if not isinstance(key, RSAPublicKey) or key.key_size < SMALLEST_KEY_BITS:
        raise NotSetUp(f"KOMMUNE3_SAML_IDP_METADATA: a signing key that is not RSA of {SMALLEST_KEY_BITS} bits or more")
    return pem


def _kept(path: str, name: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise NotSetUp(f"{name}: {path} cannot be read: {error.strerror}. Make it with: kommune3 saml keys") from error
