# SPDX-License-Identifier: MPL-2.0
"""One's own second steps: django-allauth's pages, with what they change on record and the session's level noted."""

from typing import Any

from allauth.mfa.base.views import ReauthenticateView
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.webauthn.views import AddWebAuthnView, ReauthenticateWebAuthnView, RemoveWebAuthnView
from django.contrib import messages
from django.db import transaction
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from kommune3.kernel import clock
from kommune3.kernel.access import second_step
from kommune3.kernel.people import assurance
from kommune3.kernel.people.assurance import Assurance
from kommune3.kernel.people.models import Account
from kommune3.kernel.people.second_step import factors_of, spend

TOTP, PASSKEY, CODES = Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN, Authenticator.Type.RECOVERY_CODES


def _note(request: HttpRequest, kind: str) -> None:
    assurance.note(request, level=Assurance.TWO_STEP, method=kind)


def _account(request: HttpRequest) -> Account:
    assert isinstance(request.user, Account)
    return request.user


class ShowCodeView(ReauthenticateView):  # type: ignore[misc]  # allauth has no types
    """A code for a session that has shown a password only, or a long time ago."""

    def form_valid(self, form: Any) -> HttpResponse:
        _note(self.request, form.authenticator.type)
        response: HttpResponse = super().form_valid(form)
        return response


class ShowPasskeyView(ReauthenticateWebAuthnView):  # type: ignore[misc]  # allauth has no types
    """A passkey for such a session."""

    def form_valid(self, form: Form) -> HttpResponse:
        _note(self.request, PASSKEY)
        response: HttpResponse = super().form_valid(form)
        return response


class _Recorded:
    """A form that changes a second step: the change and its line in the audit log are one transaction.

    ``shows``: whether it takes the second step itself to carry out the change, as setting one up does.
    """

    change: str
    kind: str
    shows = False
    request: HttpRequest

    def form_valid(self, form: Form) -> HttpResponse:
        with transaction.atomic():
            response: HttpResponse = super().form_valid(form)  # type: ignore[misc]  # of allauth's view beside it
            second_step.record_change(
                actor=self.request.actor,  # type: ignore[attr-defined]
                now=clock.now(),
                change=self.change,
                kind=self.kind,
            )
        if self.shows:
            _note(self.request, self.kind)
        return response


class AddAppView(_Recorded, ActivateTOTPView):  # type: ignore[misc]  # allauth has no types
    """Set up an authenticator app."""

    change, kind, shows = "added", TOTP, True

    def form_valid(self, form: Form) -> HttpResponse:
        response = super().form_valid(form)
        for app in factors_of(_account(self.request)).filter(type=TOTP):
            spend(app, form.cleaned_data["code"])
        return response


class RemoveAppView(_Recorded, DeactivateTOTPView):  # type: ignore[misc]  # allauth has no types
    """Take the authenticator app away; the form says why where that cannot be."""

    change, kind = "removed", TOTP


class AddPasskeyView(_Recorded, AddWebAuthnView):  # type: ignore[misc]  # allauth has no types
    """Set up a passkey or a security key."""

    change, kind, shows = "added", PASSKEY, True


class RemovePasskeyView(_Recorded, RemoveWebAuthnView):  # type: ignore[misc]  # allauth has no types
    """Take a passkey away, unless it is a staff member's last second step."""

    change, kind = "removed", PASSKEY

    def form_valid(self, form: Form) -> HttpResponse:
        if not second_step.may_remove(_account(self.request), self.get_object()):
            messages.error(self.request, str(second_step.CANNOT_REMOVE_LAST))
            return redirect("mfa_list_webauthn")
        return super().form_valid(form)


class NewRecoveryCodesView(_Recorded, GenerateRecoveryCodesView):  # type: ignore[misc]  # allauth has no types
    """Recovery codes anew; the old ones no longer work."""

    change, kind = "renewed", CODES
