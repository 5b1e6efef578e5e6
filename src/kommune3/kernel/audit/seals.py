# SPDX-License-Identifier: MPL-2.0
"""The seal of a line: HMAC-SHA-256 of its digest, by a key that is kept outside the database.

The chain of digests shows a line that does not follow from the one before it. Whoever may write in the database can
compute digests too, and so add a line or write the whole log anew; without the key they cannot seal it. A seal is
``key id:HMAC`` (hexadecimal). The first key of the ring seals; the others verify what was written before it.
"""

import hashlib
import hmac

from django.conf import settings


def key_names() -> list[str]:
    """What the keys of the ring are called, newest first: tells them apart, and nothing about them."""
    return [name for name, _key in _ring()]


def seal(digest: str) -> str:
    """Seal the digest of a line with the first key of the ring."""
    name, key = _ring()[0]
    return f"{name}:{_code(key, digest)}"


class Judge:
    """Says of the lines of a log, in their order, whether each was sealed as it should be."""

    def __init__(self) -> None:
        self._ring = _ring()
        self._age = len(self._ring)

    def fault(self, digest: str, sealed: str) -> str:
        """ "" for a good seal; else "forged" (nobody with the key made it), "unknown key" (it is not in the ring), or
        "old key" (a key that had been replaced by then).
        """
        name, _, code = sealed.partition(":")
        for age, (known, key) in enumerate(self._ring):
            if known == name:
                if not hmac.compare_digest(code, _code(key, digest)):
                    return "forged"
                if age > self._age:
                    return "old key"
                self._age = age
                return ""
        return "unknown key" if code else "forged"


def _ring() -> list[tuple[str, bytes]]:
    keys = [bytes.fromhex(key) for key in settings.AUDIT_KEYS]
    return [(hashlib.sha256(b"kommune3 audit key id" + key).hexdigest()[:8], key) for key in keys]


def _code(key: bytes, digest: str) -> str:
    return hmac.new(key, digest.encode(), hashlib.sha256).hexdigest()
