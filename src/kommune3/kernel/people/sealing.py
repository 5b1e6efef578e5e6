# SPDX-License-Identifier: MPL-2.0
"""Sealing of secrets at rest: AES-256-GCM with a ring of keys, and a blind index to find them by.

A sealed value is ``key id (4 bytes) + nonce (12) + ciphertext and tag``. The associated data is
"table.column:row", so a sealed value moved to another row or column does not open.
"""

import hashlib
import hmac
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings


class CannotOpen(Exception):
    """The value was sealed with a key that is not in the ring, belongs to another row, or was changed."""


class UndeclaredColumn(LookupError):
    """Something is sealed in a column that nobody declared: a change of keys would leave it behind."""


@dataclass(frozen=True)
class Column:
    """A column with sealed values. ``model``: label, such as "people.Person". ``place``: what the value of a row is
    bound to. ``inside``: the keys of a JSON column under which values stand, in base 64; empty for a binary column.
    """

    model: str
    column: str
    place: Callable[[Any], str]
    inside: tuple[str, ...] = ()


@dataclass(frozen=True)
class Index:
    """A column with a blind index of what is sealed in another column of the row. ``plain``: what of it is indexed."""

    model: str
    column: str
    name: str
    sealed: Column
    plain: Callable[[str], str]


_columns: dict[str, Column] = {}
_indexes: dict[str, Index] = {}


def declare(name: str, column: Column) -> Column:
    """Declare a sealed column beside its model. ``name``: "table.column", as the places of its values begin."""
    _columns[name] = column
    return column


def declare_index(index: Index) -> None:
    """Declare a blind index beside its model."""
    _indexes[index.name] = index


def columns() -> dict[str, Column]:
    """Every column with sealed values, by "table.column"."""
    return dict(_columns)


def indexes() -> dict[str, Index]:
    """Every blind index, by its name."""
    return dict(_indexes)


def _key_id(key: bytes) -> bytes:
    return hashlib.sha256(b"kommune3 key id" + key).digest()[:4]


def _ring() -> list[bytes]:
    return [bytes.fromhex(key) for key in settings.FIELD_KEYS]


def ring_names() -> list[str]:
    """What the keys of the ring are called: tells them apart, and nothing about them."""
    return [_key_id(key).hex() for key in _ring()]


def seal(plain: str, *, place: str) -> bytes:
    """Seal ``plain`` with the first key of the ring. ``place`` is "table.column:row"; raises UndeclaredColumn."""
    if place.partition(":")[0] not in _columns:
        raise UndeclaredColumn(f"{place}: declare the column beside its model with sealing.declare")
    key = _ring()[0]
    nonce = os.urandom(12)
    return _key_id(key) + nonce + AESGCM(key).encrypt(nonce, plain.encode(), place.encode())


def open_sealed(sealed: bytes, *, place: str) -> str:
    """Open what :func:`seal` made for the same ``place``; raises :class:`CannotOpen`."""
    sealed = bytes(sealed)
    for key in _ring():
        if _key_id(key) == sealed[:4]:
            try:
                return AESGCM(key).decrypt(sealed[4:16], sealed[16:], place.encode()).decode()
            except InvalidTag as error:
                raise CannotOpen(place) from error
    raise CannotOpen(place)


def key_of(sealed: bytes) -> str:
    """What the key is called that sealed the value (:func:`ring_names`)."""
    return bytes(sealed[:4]).hex()


def blind_index(plain: str, *, column: str) -> bytes:
    """32 bytes that are equal for equal values of one column, and tell nothing without the key."""
    return blind_indexes(plain, column=column)[0]


def blind_indexes(plain: str, *, column: str) -> list[bytes]:
    """:func:`blind_index` by every key of the index, the newest first: more than one while the key is being changed."""
    return [
        hmac.digest(bytes.fromhex(key), f"{column}:{plain}".encode(), "sha256") for key in settings.BLIND_INDEX_KEYS
    ]
