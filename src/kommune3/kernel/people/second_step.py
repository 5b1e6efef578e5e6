# SPDX-License-Identifier: MPL-2.0
"""The second step of a login, where django-allauth's own is not enough: codes that work once, verified users."""

from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.mfa.utils import decrypt
from allauth.mfa.webauthn.forms import LoginWebAuthnForm
from allauth.mfa.webauthn.internal.auth import parse_authentication_response
from django.db import transaction
from django.db.models import QuerySet

from kommune3.kernel.people.models import Account

_LAST_COUNTER = "last_counter"  # the period of the last code that was used, in the authenticator's data


def factors_of(account: Account) -> QuerySet[Any]:
    """What the account can show besides its password: apps and passkeys. Recovery codes only stand in for those."""
    found: QuerySet[Any] = Authenticator.objects.filter(
        user=account, type__in=[Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    )
    return found


def has_app(account: Account) -> bool:
    """Whether the account has an authenticator app."""
    return factors_of(account).filter(type=Authenticator.Type.TOTP).exists()


def next_code(app: Authenticator) -> str | None:
    """The code of an authenticator app that would be accepted now; None where each of them has been used."""
    secret = decrypt(app.data["secret"])
    _before, *counters = yield_hotp_counters_from_time()
    for counter in counters:
        if counter > app.data.get(_LAST_COUNTER, -1):
            return str(format_hotp_value(hotp_value(secret, counter)))
    return None


@transaction.atomic
def spend(app: Authenticator, code: str) -> bool:
    """Use up a code: neither it nor an earlier one works again (RFC 6238, 5.2), whichever process is asked."""
    kept = Authenticator.objects.select_for_update().get(pk=app.pk)
    secret = decrypt(kept.data["secret"])
    code = "".join(code.split())
    for counter in yield_hotp_counters_from_time():
        if counter > kept.data.get(_LAST_COUNTER, -1) and format_hotp_value(hotp_value(secret, counter)) == code:
            kept.data[_LAST_COUNTER] = counter
            kept.save(update_fields=["data"])
            return True
    return False


class _CodeOnce:
    """A form whose code, once accepted, is used up."""

    authenticator: Authenticator

    def clean_code(self) -> str:
        code: str = super().clean_code()  # type: ignore[misc]  # of allauth's form beside it
        if self.authenticator.type == Authenticator.Type.TOTP and not spend(self.authenticator, code):
            raise get_adapter().validation_error("incorrect_code")
        return code


class CodeForm(_CodeOnce, AuthenticateForm):  # type: ignore[misc]  # allauth has no types
    """The code asked for after the password."""


class CodeAgainForm(_CodeOnce, ReauthenticateForm):  # type: ignore[misc]  # allauth has no types
    """The code asked for within a session."""


class PasskeyLoginForm(LoginWebAuthnForm):  # type: ignore[misc]  # allauth has no types
    """A passkey alone is two steps only where it has verified its user, by finger, face or PIN."""

    def clean_credential(self) -> Authenticator:
        authenticator = super().clean_credential()
        response = parse_authentication_response(self.cleaned_data["credential"]).response
        if not response.authenticator_data.is_user_verified():
            raise get_adapter().validation_error("incorrect_code")
        return authenticator
