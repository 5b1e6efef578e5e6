# SPDX-License-Identifier: MPL-2.0
"""The settings ``KOMMUNE3_OIDC_*``. The login is off where no issuer is named."""

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.urls import reverse

from kommune3.adapters.oidc.errors import NotSetUp


@dataclass(frozen=True)
class Party:
    """This platform as a client of the provider ``issuer``. Names of claims are empty where they are not used."""

    issuer: str
    client_id: str
    secret: str
    callback_url: str
    scopes: tuple[str, ...]
    acr_values: tuple[str, ...]
    rights_claim: str
    cpr_claim: str
    provisions: bool
    valid_days: int


def is_on() -> bool:
    """Whether people can log in through the municipality's identity provider with OpenID Connect."""
    return bool(settings.OIDC_ISSUER)


def party() -> Party:
    """This platform and its provider. Raises :class:`NotSetUp`."""
    if not settings.OIDC_CLIENT_ID:
        raise NotSetUp("KOMMUNE3_OIDC_CLIENT_ID is empty")
    return Party(
        issuer=settings.OIDC_ISSUER,
        client_id=settings.OIDC_CLIENT_ID,
        secret=_secret(Path(settings.OIDC_SECRET_FILE)),
        callback_url=settings.PUBLIC_URL.rstrip("/") + reverse("oidc:callback"),
        scopes=tuple(dict.fromkeys(["openid", *settings.OIDC_SCOPES])),
        acr_values=tuple(settings.OIDC_ACR_VALUES),
        rights_claim=settings.OIDC_RIGHTS_CLAIM,
        cpr_claim=settings.OIDC_CPR_CLAIM,
        provisions=settings.OIDC_PROVISION and bool(settings.OIDC_CPR_CLAIM),
        valid_days=settings.PROVIDER_RIGHTS_DAYS,
    )


def _secret(path: Path) -> str:
    try:
        secret = path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise NotSetUp(f"KOMMUNE3_OIDC_SECRET_FILE: {path} cannot be read: {error.strerror}") from error
    if not secret:
        raise NotSetUp(f"KOMMUNE3_OIDC_SECRET_FILE: {path} is empty")
    return secret
