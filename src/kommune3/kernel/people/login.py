# SPDX-License-Identifier: MPL-2.0
"""How django-allauth is set up: accounts are made by an administrator or by the identity provider, never by sign-up."""

import base64

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.account.views import PasswordChangeView
from allauth.mfa.adapter import DefaultMFAAdapter
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse

from kommune3.kernel.people import assurance, sealing, sessions, ways
from kommune3.kernel.people.assurance import Assurance
from kommune3.kernel.people.models import Account

_SECRETS = "mfa_authenticator.secret"


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Closed for sign-up. Whoever chooses a password need no longer change the one an administrator made."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def login(self, request: HttpRequest, user: Account) -> None:
        super().login(request, user)
        steps = [record for record in get_authentication_records(request, user) if not record.get("reauthenticated")]
        second = next((record["type"] for record in steps if record["method"] == "mfa"), None)
        if second:
            assurance.note(request, level=Assurance.TWO_STEP, method=second)
        else:
            first = steps[0]["method"] if steps else "password"
            assurance.note(request, level=Assurance.PASSWORD, method=first)

    def logout(self, request: HttpRequest) -> None:
        sessions.forget(request)
        super().logout(request)

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        address: str = request.session.get(ways.LOGOUT_CONTINUES) or super().get_logout_redirect_url(request)
        return address

    def set_password(self, user: Account, password: str) -> None:
        user.must_change_password = False
        super().set_password(user, password)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account:profile")


class MfaAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """Secrets of authenticator apps and recovery codes are sealed at rest."""

    def encrypt(self, text: str) -> str:
        return base64.b64encode(sealing.seal(text, place=_SECRETS)).decode("ascii")

    def decrypt(self, encrypted_text: str) -> str:
        return sealing.open_sealed(base64.b64decode(encrypted_text), place=_SECRETS)


class ChangePasswordView(PasswordChangeView):  # type: ignore[misc]  # allauth has no types
    """A new password ends all other sessions. Whoever logs in through the identity provider only has no such page."""

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if request.user.is_authenticated and not request.user.has_usable_password():
            raise Http404
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response

    def form_valid(self, form: Form) -> HttpResponseBase:
        sessions.forget(self.request)  # its key changes with the password
        response: HttpResponseBase = super().form_valid(form)
        sessions.end(self.request.user, but=self.request.session.session_key)
        noted = self.request.session.get(assurance.KEY, {"level": Assurance.PASSWORD, "method": "password"})
        assurance.note(self.request, level=Assurance(noted["level"]), method=noted["method"])
        return response
