# SPDX-License-Identifier: MPL-2.0
"""The municipality's identity provider: SAML or OpenID Connect."""

from kommune3.settings import env
from kommune3.settings.folders import DATA_DIR

PROVIDER_RIGHTS_DAYS = env.whole_number(
    "KOMMUNE3_PROVIDER_RIGHTS_DAYS",
    30,
    "Rights that an identity provider states end after this many days, unless a later login renews them.",
)
SAML_IDP_METADATA = env.text(
    "KOMMUNE3_SAML_IDP_METADATA", "", "File with the metadata of the municipality's SAML identity provider. Empty: off."
)
SAML_IDP_ENTITY_ID = env.text(
    "KOMMUNE3_SAML_IDP_ENTITY_ID",
    "",
    "Which identity provider of a file that describes several. Empty: the first.",
)
SAML_ENTITY_ID = env.text(
    "KOMMUNE3_SAML_ENTITY_ID",
    "",
    "The platform's name towards the provider. Empty: the address of its metadata.",
)
SAML_KEY_FILE = env.text(
    "KOMMUNE3_SAML_KEY_FILE",
    str(DATA_DIR / "secrets" / "saml.key"),
    "Private key (PEM) that signs requests and opens assertions; 'kommune3 saml keys' makes it.",
)
SAML_CERTIFICATE_FILE = env.text(
    "KOMMUNE3_SAML_CERTIFICATE_FILE", str(DATA_DIR / "secrets" / "saml.crt"), "Certificate (PEM) of that key."
)
SAML_LEVEL = env.text(
    "KOMMUNE3_SAML_LEVEL", "Substantial", "Lowest NSIS level of assurance accepted: Low, Substantial or High."
)
SAML_ENCRYPTED = env.boolean("KOMMUNE3_SAML_ENCRYPTED", True, "Refuse assertions that are not encrypted.")
SAML_CIPHERS = env.words(
    "KOMMUNE3_SAML_CIPHERS",
    ["aes128-gcm", "aes256-gcm"],
    "Block ciphers accepted for assertions. aes128-cbc and aes256-cbc only for a provider that has nothing better.",
)
SAML_PROVISION = env.boolean(
    "KOMMUNE3_SAML_PROVISION",
    False,
    "An employee whom the organisation knows by CPR number gets a login at the first visit through SAML.",
)
SAML_UNIT_LIMITS = env.words(
    "KOMMUNE3_SAML_UNIT_LIMITS",
    ["http://sts.kombit.dk/constraints/orgenhed/1"],
    "Names of the data delimitations that hold the UUIDs of units.",
)
SAML_KLE_LIMITS = env.words(
    "KOMMUNE3_SAML_KLE_LIMITS",
    ["http://sts.kombit.dk/constraints/KLE/1", "urn:dk:kombit:KLE"],
    "Names of the data delimitations that hold KLE numbers.",
)
OIDC_ISSUER = env.text(
    "KOMMUNE3_OIDC_ISSUER",
    "",
    "Address of the municipality's OpenID Connect provider, as it writes its own name. Its host must also be in "
    "KOMMUNE3_OUTGOING_HOSTS. Empty: off.",
)
OIDC_CLIENT_ID = env.text("KOMMUNE3_OIDC_CLIENT_ID", "", "What the provider calls the platform.")
OIDC_SECRET_FILE = env.text(
    "KOMMUNE3_OIDC_SECRET_FILE",
    str(DATA_DIR / "secrets" / "oidc.secret"),
    "File with the secret that the provider gave the platform.",
)
OIDC_SCOPES = env.words("KOMMUNE3_OIDC_SCOPES", [], "Scopes to ask the provider for, besides openid.")
OIDC_ACR_VALUES = env.words(
    "KOMMUNE3_OIDC_ACR_VALUES",
    [],
    "Values of the claim acr that mean login with two steps. They are also asked for.",
)
OIDC_RIGHTS_CLAIM = env.text(
    "KOMMUNE3_OIDC_RIGHTS_CLAIM", "", "Claim with the person's privileges. Empty: the provider states no rights."
)
OIDC_CPR_CLAIM = env.text("KOMMUNE3_OIDC_CPR_CLAIM", "", "Claim with the person's CPR number. Empty: none.")
OIDC_PROVISION = env.boolean(
    "KOMMUNE3_OIDC_PROVISION",
    False,
    "An employee whom the organisation knows by CPR number gets a login at the first visit through OpenID Connect.",
)
