# SPDX-License-Identifier: MPL-2.0
"""What a checked ID token says: how surely the provider knows the person, and which privileges they have."""

from typing import Any

from kommune3.adapters.oidc.configuration import Party
from kommune3.kernel.access.from_provider import Claim
from kommune3.kernel.people.assurance import Assurance

MULTI_FACTOR = "mfa"  # RFC 8176: authentication method reference values
_KNOWN = {"privilege", "units", "kle", "cvr"}


def level_of(said: dict[str, Any], *, party: Party) -> Assurance:
    """TWO_STEP where the provider says so: by an ``acr`` that the settings name, or "mfa" among its ``amr``."""
    methods = said.get("amr")
    if said.get("acr") in party.acr_values or (isinstance(methods, list) and MULTI_FACTOR in methods):
        return Assurance.TWO_STEP
    return Assurance.PASSWORD


def privileges_of(said: dict[str, Any], *, party: Party) -> list[Claim]:
    """The privileges in the claim that the settings name.

    Each is a text, or an object with "privilege" and, where it is narrowed, lists "units" and "kle" and the "cvr" of
    the authority. What else stands in an object narrows it in a way the platform does not know, and gives no right.
    """
    stated = said.get(party.rights_claim, []) if party.rights_claim else []
    return [_claim(item) for item in (stated if isinstance(stated, list) else [stated])]


def _claim(item: Any) -> Claim:
    if not isinstance(item, dict):
        return Claim(privilege=str(item))
    return Claim(
        privilege=str(item.get("privilege", "")),
        units=_texts(item.get("units")),
        kle=_texts(item.get("kle")),
        cvr=None if item.get("cvr") is None else str(item["cvr"]),
        other_limits=tuple(sorted(str(name) for name in item.keys() - _KNOWN)),
    )


def _texts(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    return tuple(str(one) for one in value) if isinstance(value, list) else (str(value),)
