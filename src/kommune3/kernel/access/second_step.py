# SPDX-License-Identifier: MPL-2.0
"""Staff log in with two steps: whoever holds a right beyond a citizen's reaches nothing before that."""

from datetime import datetime
from urllib.parse import urlencode

from allauth.mfa.models import Authenticator
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kommune3.kernel import clock
from kommune3.kernel.access.actor import Actor, actor_of
from kommune3.kernel.access.standard import CITIZEN
from kommune3.kernel.audit import log
from kommune3.kernel.people import assurance, second_step
from kommune3.kernel.people.assurance import Assurance
from kommune3.kernel.people.login import MfaAdapter
from kommune3.kernel.people.models import Account

CANNOT_REMOVE_LAST = _(
    "Employees always log in with two steps, so the last of your ways to do that stays. Add another one first, then "
    "you can remove this."
)

# What a second step must be shown for where there is one, whatever the rights: else a password could remove it.
_OWN_WAYS = {
    "mfa_activate_totp",
    "mfa_deactivate_totp",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_download_recovery_codes",
    "mfa_add_webauthn",
    "mfa_remove_webauthn",
    "mfa_edit_webauthn",
}
_WITHOUT = {"mfa_reauthenticate", "mfa_reauthenticate_webauthn", "account_logout", "account_change_password"}
_SET_UP = _WITHOUT | {"mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "account_reauthenticate"}


def is_staff(actor: Actor) -> bool:
    """Whether the actor holds a right in any role but that of a citizen."""
    return any(held.role != CITIZEN for held in actor.held)


def is_missing(request: HttpRequest, actor: Actor) -> bool:
    """Whether the session of ``actor`` is a staff member's that lacks its second step."""
    return is_staff(actor) and assurance.of(request) == Assurance.PASSWORD


def detour(request: HttpRequest, account: Account, name: str, *, is_missing: bool) -> str | None:
    """Where the session must go before the page ``name``; None where it may have it.

    ``is_missing``: what :func:`is_missing` said. Somebody without a second step is led to set one up, and somebody who
    has one to show it.
    """
    if not (is_missing and name not in _WITHOUT) and not (
        name in _OWN_WAYS and assurance.of(request) == Assurance.PASSWORD
    ):
        return None
    if not second_step.factors_of(account).exists():
        return reverse("mfa_index") if is_missing and name not in _SET_UP else None
    page = "mfa_reauthenticate" if second_step.has_app(account) else "mfa_reauthenticate_webauthn"
    back = request.get_full_path() if request.method == "GET" else "/"
    return f"{reverse(page)}?{urlencode({'next': back})}"


def may_remove(account: Account, authenticator: Authenticator) -> bool:
    """Whether the account may do without ``authenticator``: staff keep one second step at least."""
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        return True
    if not is_staff(actor_of(account, now=clock.now())):
        return True
    return second_step.factors_of(account).exclude(pk=authenticator.pk).exists()


class StaffMfaAdapter(MfaAdapter):
    """Keeps the last second step of staff."""

    error_messages = {**MfaAdapter.error_messages, "cannot_delete_authenticator": CANNOT_REMOVE_LAST}

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        return may_remove(authenticator.user, authenticator)


def record_change(*, actor: Actor, now: datetime, change: str, kind: str) -> None:
    """Put on record that somebody has added, removed or renewed (``change``) a second step of their own."""
    assert actor.account_id is not None
    account = Account.objects.get(pk=actor.account_id)
    log.record(actor=actor, action=f"access.second_step.{change}", now=now, object=account, detail={"kind": kind})
