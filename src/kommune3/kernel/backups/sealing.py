# SPDX-License-Identifier: MPL-2.0
"""A file sealed piece by piece with AES-256-GCM, so that it is never in memory as a whole.

Magic, key id (4 bytes), salt (16), then pieces of ciphertext and tag. Every file has a key of its own, derived from
the given one and the salt (HKDF-SHA-256). A piece's nonce is its number, its associated data tells whether it is the
last: a piece that is changed, moved, left out or cut off does not open. After STREAM (Hoang et al. 2015).
"""

import hashlib
import io
import os
from pathlib import Path
from typing import IO, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAGIC = b"KOMMUNE3 SEALED 1\n"
_PIECE = 1024 * 1024
_TAG = 16
_SALT = 16
_MORE, _LAST = b"\0", b"\1"


class CannotOpen(Exception):
    """The key is another one, or the file was changed or cut off."""


class BadKeyFile(Exception):
    """The file holds no key."""


def read_key(path: Path) -> bytes:
    """The 32 bytes of a key file: 64 hexadecimal digits on one line. Raises BadKeyFile and OSError."""
    text = path.read_text(encoding="ascii", errors="replace").strip()
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != 32:
        raise BadKeyFile(f"{path}: expected 64 hexadecimal digits on one line.")
    return key


def is_sealed(path: Path) -> bool:
    """Whether the file was written by :class:`SealingWriter`."""
    with path.open("rb") as stream:
        return stream.read(len(MAGIC)) == MAGIC


def _key_id(key: bytes) -> bytes:
    return hashlib.sha256(b"kommune3 backup key id" + key).digest()[:4]


def _own_key(key: bytes, salt: bytes) -> AESGCM:
    return AESGCM(HKDF(SHA256(), 32, salt, b"kommune3 backup").derive(key))


class SealingWriter(io.RawIOBase):
    """Seals what is written to it into ``target``. The file is whole once this is closed; ``target`` stays open."""

    def __init__(self, target: IO[bytes], key: bytes) -> None:
        salt = os.urandom(_SALT)
        target.write(MAGIC + _key_id(key) + salt)
        self._target, self._key = target, _own_key(key, salt)
        self._pending = bytearray()
        self._number = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        self._pending += data
        while len(self._pending) > _PIECE:
            self._put(bytes(self._pending[:_PIECE]), _MORE)
            del self._pending[:_PIECE]
        return len(data)

    def finish(self) -> None:
        """Write the last piece. Without it the file does not open."""
        self._put(bytes(self._pending), _LAST)
        self._pending.clear()

    def _put(self, piece: bytes, last: bytes) -> None:
        self._target.write(self._key.encrypt(self._number.to_bytes(12, "big"), piece, last))
        self._number += 1


class OpeningReader(io.RawIOBase):
    """Reads what :class:`SealingWriter` wrote. Raises CannotOpen as soon as something is not as it was sealed."""

    def __init__(self, source: IO[bytes], key: bytes) -> None:
        head = source.read(len(MAGIC) + 4 + _SALT)
        if head[: len(MAGIC)] != MAGIC or len(head) < len(MAGIC) + 4 + _SALT:
            raise CannotOpen("not a sealed file")
        if head[len(MAGIC) : len(MAGIC) + 4] != _key_id(key):
            raise CannotOpen("sealed with another key")
        self._source, self._key = source, _own_key(key, head[-_SALT:])
        self._ahead = source.read(_PIECE + _TAG)
        self._open = b""
        self._number = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        if not self._open and self._ahead:
            following = self._source.read(_PIECE + _TAG)
            try:
                nonce = self._number.to_bytes(12, "big")
                self._open = self._key.decrypt(nonce, self._ahead, _MORE if following else _LAST)
            except InvalidTag as error:
                raise CannotOpen("changed or cut off after it was sealed") from error
            self._number += 1
            self._ahead = following
        count = min(len(buffer), len(self._open))
        buffer[:count] = self._open[:count]
        self._open = self._open[count:]
        return count
