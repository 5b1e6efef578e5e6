# SPDX-License-Identifier: MPL-2.0
"""Opening an encrypted assertion.

xmlsec gets a document built here from nothing but the algorithms and the ciphertexts, so that no reference in the
message can make it fetch something, and gives back bytes, so that the assertion passes the same gate as a message.
"""

import base64
import binascii
from collections.abc import Collection

import xmlsec
from lxml import etree

from kommune3.adapters.saml.errors import Reason, Refused
from kommune3.adapters.saml.names import DS, NS, RSA_OAEP, RSA_OAEP_11, SHA256, SHA384, SHA512, XENC, XENC11
from kommune3.adapters.saml.wire import Element

BLOCK_CIPHERS = {
    "aes128-gcm": f"{XENC11}aes128-gcm",
    "aes256-gcm": f"{XENC11}aes256-gcm",
    "aes128-cbc": f"{XENC}aes128-cbc",
    "aes256-cbc": f"{XENC}aes256-cbc",
}
_KEY_DIGESTS = {f"{DS}sha1", SHA256, SHA384, SHA512}  # of OAEP's padding, where SHA-1 is no weakness
_MASKS = {f"{XENC11}mgf1{name}" for name in ("sha1", "sha256", "sha384", "sha512")}


def opened(encrypted: Element, *, key: bytes, ciphers: Collection[str]) -> bytes:
    """The XML inside a ``saml:EncryptedAssertion``. ``key``: PEM; ``ciphers``: names of :data:`BLOCK_CIPHERS`.

    Raises :class:`Refused`; every failure to decrypt looks the same.
    """
    data = _only(encrypted.findall("xenc:EncryptedData", NS))
    sealed_key = _only([*data.findall("ds:KeyInfo/xenc:EncryptedKey", NS), *encrypted.findall("xenc:EncryptedKey", NS)])
    cipher = _method(data).get("Algorithm")
    if cipher not in {BLOCK_CIPHERS[name] for name in ciphers}:
        raise Refused(Reason.WEAK_ALGORITHM, "block cipher")
    rebuilt = etree.Element(f"{{{XENC}}}EncryptedData", nsmap={"xenc": XENC, "ds": DS, "xenc11": XENC11})
    etree.SubElement(rebuilt, f"{{{XENC}}}EncryptionMethod", Algorithm=cipher)
    key_info = etree.SubElement(rebuilt, f"{{{DS}}}KeyInfo")
    inner = etree.SubElement(key_info, f"{{{XENC}}}EncryptedKey")
    _add_key_method(inner, _method(sealed_key))
    _add_value(inner, sealed_key)
    _add_value(rebuilt, data)
    manager = xmlsec.KeysManager()
    manager.add_key(xmlsec.Key.from_memory(key, xmlsec.constants.KeyDataFormatPem, None))
    try:
        plain = xmlsec.EncryptionContext(manager).decrypt(rebuilt)
    except xmlsec.Error as error:
        raise Refused(Reason.CANNOT_DECRYPT) from error
    if not isinstance(plain, bytes):
        raise Refused(Reason.CANNOT_DECRYPT)
    return plain


def _only(found: list[Element]) -> Element:
    if len(found) != 1:
        raise Refused(Reason.WRONG_NUMBER, "encrypted parts")
    return found[0]


def _method(parent: Element) -> Element:
    return _only(parent.findall("xenc:EncryptionMethod", NS))


def _add_key_method(parent: Element, given: Element) -> None:
    algorithm = given.get("Algorithm")
    if algorithm not in (RSA_OAEP, RSA_OAEP_11):
        raise Refused(Reason.WEAK_ALGORITHM, "key transport")
    method = etree.SubElement(parent, f"{{{XENC}}}EncryptionMethod", Algorithm=algorithm)
    for path, allowed in (("ds:DigestMethod", _KEY_DIGESTS), ("xenc11:MGF", _MASKS)):
        for part in given.findall(path, NS):
            if part.get("Algorithm") not in allowed:
                raise Refused(Reason.WEAK_ALGORITHM, "key transport")
            etree.SubElement(method, part.tag, Algorithm=part.get("Algorithm"))


def _add_value(parent: Element, given: Element) -> None:
    value = "".join(_only(given.findall("xenc:CipherData/xenc:CipherValue", NS)).itertext())
    try:
        kept = base64.b64encode(base64.b64decode("".join(value.split()), validate=True)).decode("ascii")
    except binascii.Error as error:
        raise Refused(Reason.CANNOT_DECRYPT) from error
    data = etree.SubElement(parent, f"{{{XENC}}}CipherData")
    etree.SubElement(data, f"{{{XENC}}}CipherValue").text = kept
