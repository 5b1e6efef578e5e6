# SPDX-License-Identifier: MPL-2.0
"""The two who talk: this platform and the municipality's identity provider. Values only; made by ``configuration``."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Provider:
    """The identity provider, as its metadata describes it. ``certificates``: PEM, of the keys it may sign with.

    ``logout_url`` is empty where it has no single logout by redirect.
    """

    entity_id: str
    login_url: str
    logout_url: str
    logout_answer_url: str
    certificates: tuple[bytes, ...]


@dataclass(frozen=True)
class Party:
    """This platform towards its identity provider.

    ``level``: the lowest NSIS level accepted. ``provisions``: whether an employee whom the organisation knows gets a
    login at the first visit. ``unit_limits``, ``kle_limits``: names of the data delimitations that hold units and KLE
    numbers.
    """

    entity_id: str
    acs_url: str
    logout_url: str
    key: bytes
    certificate: bytes
    provider: Provider
    level: str
    wants_encrypted: bool
    ciphers: tuple[str, ...]
    provisions: bool
    unit_limits: tuple[str, ...]
    kle_limits: tuple[str, ...]
    valid_days: int
