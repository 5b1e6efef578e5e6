# SPDX-License-Identifier: MPL-2.0
"""OpenID Connect Core 1.0, authorization code flow with PKCE (RFC 7636): what is asked, how the answer is checked."""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import jwt

from kommune3.adapters.oidc.configuration import Party
from kommune3.adapters.oidc.errors import Reason, Refused
from kommune3.kernel import http

# Signatures that only the provider can make. "none" is no signature, and HS256 could be made with a public key.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
_CLOCKS_DIFFER_SECONDS = 30
_ANSWER_MB = 1


@dataclass(frozen=True)
class Provider:
    """What the provider says about itself (OpenID Connect Discovery 1.0)."""

    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    takes_secret_in_body: bool


@dataclass(frozen=True)
class Asked:
    """What a login began with; kept in the session until the provider answers."""

    state: str
    nonce: str
    verifier: str

    @classmethod
    def new(cls) -> "Asked":
        return cls(secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(48))


def discover(party: Party, client: http.Client) -> Provider:
    """Read the provider's description. Raises :class:`Refused` where it is another issuer's, or cannot be read."""
    said = _json(client, "GET", party.issuer.rstrip("/") + "/.well-known/openid-configuration")
    if said.get("issuer") != party.issuer:
        raise Refused(Reason.PROVIDER_FAILED, "the description is of another issuer")
    try:
        return Provider(
            authorization_endpoint=str(said["authorization_endpoint"]),
            token_endpoint=str(said["token_endpoint"]),
            jwks_uri=str(said["jwks_uri"]),
            takes_secret_in_body="client_secret_basic"
            not in said.get("token_endpoint_auth_methods_supported", ["client_secret_basic"]),
        )
    except KeyError as error:
        raise Refused(Reason.PROVIDER_FAILED, f"the description has no {error.args[0]}") from error


def login_address(party: Party, provider: Provider, asked: Asked) -> str:
    """Where the browser goes to log in."""
    challenge = hashlib.sha256(asked.verifier.encode()).digest()
    values = {
        "response_type": "code",
        "client_id": party.client_id,
        "redirect_uri": party.callback_url,
        "scope": " ".join(party.scopes),
        "state": asked.state,
        "nonce": asked.nonce,
        "code_challenge": base64.urlsafe_b64encode(challenge).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }
    if party.acr_values:
        values["acr_values"] = " ".join(party.acr_values)
    joint = "&" if "?" in provider.authorization_endpoint else "?"
    return f"{provider.authorization_endpoint}{joint}{urlencode(values)}"


def fetch_claims(party: Party, code: str, asked: Asked) -> dict[str, Any]:
    """Give the code back to the provider for the ID token, and check that. Raises :class:`Refused`."""
    with http.client(size_limit_mb=_ANSWER_MB) as client:
        provider = discover(party, client)
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": party.callback_url,
            "code_verifier": asked.verifier,
        }
        if provider.takes_secret_in_body:
            form |= {"client_id": party.client_id, "client_secret": party.secret}
            answer = _json(client, "POST", provider.token_endpoint, data=form)
        else:
            answer = _json(client, "POST", provider.token_endpoint, data=form, auth=(party.client_id, party.secret))
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise Refused(Reason.PROVIDER_FAILED, "no ID token")
        return checked_claims(token, keys=_json(client, "GET", provider.jwks_uri), party=party, nonce=asked.nonce)


def checked_claims(token: str, *, keys: dict[str, Any], party: Party, nonce: str) -> dict[str, Any]:
    """The claims of an ID token (OpenID Connect Core 1.0, 3.1.3.7), signed with one of ``keys`` (a JWK set).

    Raises :class:`Refused`.
    """
    try:
        header = jwt.get_unverified_header(token)
        if header.get("alg") not in ALGORITHMS:
            raise Refused(Reason.INVALID_TOKEN, "signed with an algorithm that is not accepted")
        key = _key(keys, header)
        claims: dict[str, Any] = jwt.decode(
            token,
            key=key,
            algorithms=[header["alg"]],
            audience=party.client_id,
            issuer=party.issuer,
            leeway=_CLOCKS_DIFFER_SECONDS,
            options={"require": ["iss", "sub", "aud", "exp", "iat", "nonce"]},
        )
    except (jwt.PyJWTError, TypeError, ValueError) as error:
        raise Refused(Reason.INVALID_TOKEN, type(error).__name__) from error
    if not isinstance(claims["nonce"], str) or not hmac.compare_digest(claims["nonce"].encode(), nonce.encode()):
        raise Refused(Reason.INVALID_TOKEN, "the nonce is not the one that was sent")
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if claims.get("azp", None if several else party.client_id) != party.client_id:
        raise Refused(Reason.INVALID_TOKEN, "issued to another client")
    if not claims["sub"] or not isinstance(claims["sub"], str):
        raise Refused(Reason.INVALID_TOKEN, "no subject")
    return claims


def _key(keys: dict[str, Any], header: dict[str, Any]) -> jwt.PyJWK:
    """The provider's key that the token names, or its only one. It must be for signing, and for this algorithm."""
    fitting = [
        key for key in keys.get("keys", [])
        if key.get("use", "sig") == "sig" and key.get("kty") in ("RSA", "EC", "OKP")
        and key.get("alg", header["alg"]) == header["alg"] and ("kid" not in header or key.get("kid") == header["kid"])
    ]  # fmt: skip
    if len(fitting) != 1:
        raise Refused(Reason.INVALID_TOKEN, "the provider has no such key")
    return jwt.PyJWK(fitting[0], algorithm=header["alg"])


def _json(client: http.Client, method: str, address: str, **more: Any) -> dict[str, Any]:
    try:
        answer = client.request(method, address, **more)
        if answer.status_code != 200:
            raise Refused(Reason.PROVIDER_FAILED, f"answered {answer.status_code}")
        said = answer.json()
    except (http.RequestError, http.InvalidURL, ValueError) as error:
        raise Refused(Reason.PROVIDER_FAILED, type(error).__name__) from error
    if not isinstance(said, dict):
        raise Refused(Reason.PROVIDER_FAILED, "not a JSON object")
    return said
