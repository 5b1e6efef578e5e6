# SPDX-License-Identifier: MPL-2.0
"""An ID token is believed only as the provider signed it, for this platform, now, and for this login."""

import base64
import json
import time

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from kommune3.adapters.oidc.configuration import Party
from kommune3.adapters.oidc.errors import Reason, Refused
from kommune3.adapters.oidc.protocol import checked_claims

ISSUER, CLIENT, NONCE = "https://idp.example", "kommune3", "the nonce that was sent"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
STRANGERS_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
CURVE_KEY = ec.generate_private_key(ec.SECP256R1())
PARTY = Party(
    issuer=ISSUER, client_id=CLIENT, secret="x", callback_url="x", scopes=("openid",), acr_values=(), rights_claim="",
    cpr_claim="", provisions=False, valid_days=30,
)  # fmt: skip


def public(key, algorithm, **more):
    """The public half as a JWK."""
    return {**json.loads(jwt.get_algorithm_by_name(algorithm).to_jwk(key.public_key())), "use": "sig", **more}


KEYS = {"keys": [public(KEY, "RS256", kid="one"), public(CURVE_KEY, "ES256", kid="two")]}


def said(**more):
    now = int(time.time())
    claims = {"iss": ISSUER, "sub": "101", "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": NONCE, **more}
    return {name: value for name, value in claims.items() if value is not None}


def token(key=KEY, algorithm="RS256", kid="one", **claims):
    return jwt.encode(said(**claims), key, algorithm=algorithm, headers={"kid": kid})


def refused(text, keys=KEYS):
    with pytest.raises(Refused) as caught:
        checked_claims(text, keys=keys, party=PARTY, nonce=NONCE)
    assert caught.value.reason == Reason.INVALID_TOKEN
    return caught.value.detail


def part(value) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def test_a_token_of_the_provider_is_believed():
    assert checked_claims(token(), keys=KEYS, party=PARTY, nonce=NONCE)["sub"] == "101"
    curve = token(CURVE_KEY, "ES256", "two")
    assert checked_claims(curve, keys=KEYS, party=PARTY, nonce=NONCE)["sub"] == "101"
    several = token(aud=[CLIENT, "other"], azp=CLIENT)
    assert checked_claims(several, keys=KEYS, party=PARTY, nonce=NONCE)["sub"] == "101"


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://other.example"},
        {"aud": "another client"},
        {"aud": [CLIENT, "other"]},
        {"azp": "another client"},
        {"exp": int(time.time()) - 3600, "iat": int(time.time()) - 7200},
        {"iat": int(time.time()) + 3600},
        {"nonce": "another nonce"},
        {"nonce": 5},
        {"sub": ""},
        *[{name: None} for name in ("iss", "sub", "aud", "exp", "iat", "nonce")],
    ],
    ids=" ".join,  # names only: the instants differ from process to process
)
def test_a_token_for_others_of_others_or_of_another_time_is_refused(claims):
    refused(token(**claims))


def test_a_changed_token_is_refused():
    head, _body, signature = token().split(".")
    refused(f"{head}.{part(said(sub='102'))}.{signature}")
    refused(token()[:-4] + "AAAA")


def test_a_token_without_a_signature_is_refused():
    for algorithm in ("none", "None", "NONE"):
        refused(f"{part({'alg': algorithm, 'kid': 'one'})}.{part(said())}.")
    refused(jwt.encode(said(), None, algorithm="none", headers={"kid": "one"}))


def test_a_token_signed_with_the_public_key_as_a_shared_secret_is_refused():
    pem = KEY.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    import hashlib
    import hmac

    signed = f"{part({'alg': 'HS256', 'kid': 'one', 'typ': 'JWT'})}.{part(said())}"
    for secret in (pem, b"x", PARTY.secret.encode()):
        signature = base64.urlsafe_b64encode(hmac.new(secret, signed.encode(), hashlib.sha256).digest())
        assert "algorithm" in refused(f"{signed}.{signature.rstrip(b'=').decode()}")


def test_a_key_of_somebody_else_is_refused_also_under_the_providers_name_or_inside_the_token():
    refused(token(STRANGERS_KEY))
    refused(token(STRANGERS_KEY, kid="three"))
    own = {"kid": "one", "jwk": public(STRANGERS_KEY, "RS256"), "jku": "https://evil.example/keys"}
    refused(jwt.encode(said(), STRANGERS_KEY, algorithm="RS256", headers=own))


def test_a_key_for_another_use_or_algorithm_does_not_sign():
    refused(token(), keys={"keys": [public(KEY, "RS256", kid="one", use="enc")]})
    refused(token(), keys={"keys": [public(KEY, "RS256", kid="one", alg="PS256")]})
    refused(token(), keys={"keys": [{"kty": "oct", "k": "eA", "kid": "one"}]})
    refused(token(kid="two"))


def test_two_keys_of_one_name_are_ambiguous():
    refused(token(), keys={"keys": [public(KEY, "RS256", kid="one"), public(STRANGERS_KEY, "RS256", kid="one")]})


@pytest.mark.parametrize("text", ["", "x", "a.b.c", "..", "é.é.é"])
def test_what_is_no_token_is_refused(text):
    refused(text)
