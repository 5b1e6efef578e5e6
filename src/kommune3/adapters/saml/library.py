# SPDX-License-Identifier: MPL-2.0
"""python3-saml: makes the messages that are sent, and gives a second opinion on those that come."""

from typing import Any
from urllib.parse import urlencode, urlsplit
from xml.sax.saxutils import escape

from cryptography import x509
from onelogin.saml2.auth import OneLogin_Saml2_Auth
from onelogin.saml2.authn_request import OneLogin_Saml2_Authn_Request
from onelogin.saml2.errors import OneLogin_Saml2_Error, OneLogin_Saml2_ValidationError
from onelogin.saml2.logout_request import OneLogin_Saml2_Logout_Request
from onelogin.saml2.logout_response import OneLogin_Saml2_Logout_Response
from onelogin.saml2.response import OneLogin_Saml2_Response
from onelogin.saml2.settings import OneLogin_Saml2_Settings

from kommune3.adapters.saml import names
from kommune3.adapters.saml.assertion import NameId
from kommune3.adapters.saml.errors import Reason, Refused
from kommune3.adapters.saml.names import BINDING_POST, BINDING_REDIRECT, RSA_SHA256, SHA256
from kommune3.adapters.saml.party import Party

_REQUESTED = {
    names.UUID: ("professionalUuid", True),
    names.LOA: ("loa", True),
    names.IAL: ("ial", False),
    names.AAL: ("aal", False),
    names.CVR: ("cvr", False),
    names.CPR: ("cprNumber", False),
    names.FULL_NAME: ("fullName", False),
    names.EMAIL: ("email", False),
    names.PRIVILEGES: ("privileges", False),
}


def second_opinion(text: str, *, party: Party, in_response_to: str) -> None:
    """Raise :class:`Refused` where python3-saml, in its strictest mode, does not accept the response."""
    address = urlsplit(party.acs_url)
    request: dict[str, Any] = {"https": "on" if address.scheme == "https" else "off", "http_host": address.netloc,
               "script_name": address.path, "get_data": {}, "post_data": {}}  # fmt: skip
    try:
        response = OneLogin_Saml2_Response(_settings(party), text)
        response.is_valid(request, request_id=in_response_to, raise_exceptions=True)
        response.get_nameid_data()
        response.get_attributes()
    except (OneLogin_Saml2_Error, OneLogin_Saml2_ValidationError) as error:
        raise Refused(Reason.SECOND_OPINION, f"code {error.code}") from error
    except Exception as error:  # whatever it stumbles over is not accepted
        raise Refused(Reason.SECOND_OPINION, type(error).__name__) from error


def login_redirect(*, party: Party) -> tuple[str, str]:
    """The identifier of a new, signed AuthnRequest, and the address that carries it to the provider."""
    request = OneLogin_Saml2_Authn_Request(_settings(party))
    return request.get_id(), _signed(party, party.provider.login_url, "SAMLRequest", request.get_request())


def logout_redirect(*, party: Party, name_id: NameId, session_index: str) -> tuple[str, str]:
    """The identifier of a new, signed LogoutRequest, and the address that carries it to the provider."""
    request = OneLogin_Saml2_Logout_Request(
        _settings(party),
        name_id=name_id.value,
        name_id_format=name_id.format or None,
        nq=name_id.qualifier or None,
        spnq=name_id.sp_qualifier or None,
        session_index=escape(session_index),
    )
    return request.id, _signed(party, party.provider.logout_url, "SAMLRequest", request.get_request())


def logout_answer_redirect(*, party: Party, in_response_to: str, relay_state: str | None) -> str:
    """The address that carries the signed answer to the provider's LogoutRequest back to it."""
    response = OneLogin_Saml2_Logout_Response(_settings(party))
    response.build(in_response_to)
    return _signed(
        party, party.provider.logout_answer_url, "SAMLResponse", response.get_response(), relay_state=relay_state
    )


def metadata(*, party: Party) -> bytes:
    """What the identity provider has to know of this platform, signed."""
    settings = _settings(party)
    text: str | bytes = settings.get_sp_metadata()
    problems = settings.validate_metadata(text)
    if problems:
        raise ValueError(", ".join(problems))
    return text.encode() if isinstance(text, str) else text


def _signed(party: Party, url: str, kind: str, message: str, *, relay_state: str | None = None) -> str:
    parameters = {kind: message}
    if relay_state is not None:
        parameters["RelayState"] = relay_state
    auth = OneLogin_Saml2_Auth({"http_host": "", "get_data": {}, "post_data": {}}, _settings(party))
    if kind == "SAMLRequest":
        auth.add_request_signature(parameters, RSA_SHA256)
    else:
        auth.add_response_signature(parameters, RSA_SHA256)
    order = [key for key in (kind, "RelayState", "SigAlg", "Signature") if key in parameters]
    return f"{url}{'&' if '?' in url else '?'}{urlencode([(key, parameters[key]) for key in order])}"


def _settings(party: Party) -> Any:
    provider = party.provider
    data: dict[str, Any] = {
        "strict": True,
        "debug": False,
        "sp": {
            "entityId": party.entity_id,
            "assertionConsumerService": {"url": party.acs_url, "binding": BINDING_POST},
            "singleLogoutService": {"url": party.logout_url, "binding": BINDING_REDIRECT},
            "attributeConsumingService": {
                "serviceName": "Kommune3",
                "serviceDescription": "Kommune3",
                "requestedAttributes": [
                    {"name": name, "friendlyName": short, "isRequired": required, "nameFormat":
                     "urn:oasis:names:tc:SAML:2.0:attrname-format:uri", "attributeValue": []}
                    for name, (short, required) in _REQUESTED.items()
                ],
            },
            "NameIDFormat": names.FORMAT_PERSISTENT,
            "x509cert": party.certificate.decode("ascii"),
            "privateKey": party.key.decode("ascii"),
        },
        "idp": {
            "entityId": provider.entity_id,
            "singleSignOnService": {"url": provider.login_url, "binding": BINDING_REDIRECT},
            "x509certMulti": {"signing": [certificate.decode("ascii") for certificate in provider.certificates]},
        },
        "security": {
            "authnRequestsSigned": True,
            "logoutRequestSigned": True,
            "logoutResponseSigned": True,
            "signMetadata": True,
            "metadataValidUntil": x509.load_pem_x509_certificate(party.certificate).not_valid_after_utc,
            "wantMessagesSigned": False,
            "wantAssertionsSigned": True,
            "wantAssertionsEncrypted": party.wants_encrypted,
            "wantNameId": True,
            "wantAttributeStatement": True,
            "allowRepeatAttributeName": False,
            "rejectDeprecatedAlgorithm": True,
            "signatureAlgorithm": RSA_SHA256,
            "digestAlgorithm": SHA256,
            "requestedAuthnContext": [names.LOA_CONTEXT + party.level, names.PROFESSIONAL],
            "requestedAuthnContextComparison": "minimum",
            "failOnAuthnContextMismatch": False,
            "allowSingleLabelDomains": True,
        },
    }  # fmt: skip
    if provider.logout_url:
        data["idp"]["singleLogoutService"] = {
            "url": provider.logout_url,
            "responseUrl": provider.logout_answer_url,
            "binding": BINDING_REDIRECT,
        }
    return OneLogin_Saml2_Settings(data)
