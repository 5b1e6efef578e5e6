# SPDX-License-Identifier: MPL-2.0
"""What is kept about persons and their logins; also in the tables of the libraries behind the login."""

from typing import Any

from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from kommune3.kernel.inventory import Category, Record, Rule, Subject, Way, Whose, grounds, not_personal, record, rule

_BOTH = (Whose.CITIZEN, Whose.EMPLOYEE)


def _sessions_of(subject: Subject) -> QuerySet[Any]:
    """The sessions of the login. Whose a session is stands inside it, so each is opened."""
    mine = [
        session.pk
        for session in Session.objects.iterator()
        if session.get_decoded().get("_auth_user_id") == str(subject.account_id)
    ]
    return Session.objects.filter(pk__in=mine)


def _line(model: str, **more: Any) -> None:
    """A line of the login: its purpose and basis are the same throughout."""
    record(
        Record(
            model=model,
            purpose=_("Logging in safely."),
            basis=grounds.SECURITY,
            **{
                "about": _BOTH,
                "seen_by": grounds.NOBODY,
                "way": Way.DELETE,
                "kept": grounds.AS_LONG_AS_THE_PERSON,
                **more,
            },
        )
    )


_ATTEMPT = ("user_agent", "ip_address", "username", "http_accept", "path_info", "attempt_time")

_line("account.EmailConfirmation", what=_("Confirmation of an e-mail address."), fields=("email_address",),
      account=("email_address__user",), beside={"key": "a random key"})  # fmt: skip
_line("account.EmailAddress", what=_("E-mail address of a login."), fields=("email", "verified"), account=("user",))
_line("mfa.Authenticator", what=_("Ways of two-step login; secrets are sealed."),
      fields=("type", "created_at", "last_used_at"), account=("user",), beside={"data": "sealed secrets"})  # fmt: skip
_line("sessions.Session", what=_("That somebody is logged in, until when."), fields=("expire_date",),
      kept=grounds.AS_DECIDED, rows=_sessions_of, beside={"session_data": "signed content of the session"})  # fmt: skip
_line("people.LoginSession", what=_("Where a login is in use: since when, browser, network and how it was proven."),
      fields=("started_at", "expires_at", "browser", "address", "level", "method"), account=("account",),
      kept=_("Until the session has run out: eight hours."), beside={"digest": "a digest"})  # fmt: skip
_line("axes.AccessAttemptExpiration", what=_("When a lock after failed logins ends."), fields=("expires_at",),
      about=(Whose.VISITOR,), usernames=("access_attempt__username",), kept=grounds.AS_DECIDED)  # fmt: skip
_line("axes.AccessAttempt", what=_("Failed logins: user name, address of the network and browser."),
      fields=_ATTEMPT, about=(Whose.VISITOR,), seen_by=grounds.ADMINISTRATORS, usernames=("username",),
      kept=grounds.AS_DECIDED,
      beside={"get_data": "without the password", "post_data": "without the password"})  # fmt: skip
_line("axes.AccessFailureLog", what=_("Failed logins: user name, address of the network and browser."),
      fields=_ATTEMPT, about=(Whose.VISITOR,), seen_by=grounds.ADMINISTRATORS, usernames=("username",),
      kept=grounds.AS_DECIDED)  # fmt: skip
_line("axes.AccessLog", what=_("Logins: user name, address of the network, browser and when."),
      fields=(*_ATTEMPT, "logout_time"), seen_by=grounds.ADMINISTRATORS, usernames=("username",),
      kept=grounds.AS_DECIDED, beside={"session_hash": "a digest"})  # fmt: skip
_line("people.Account", what=_("The login: user name, when it was made and last used. The password is a digest."),
      fields=("username", "email", "date_joined", "last_login", "is_active"), account=("pk",),
      seen_by=grounds.ADMINISTRATORS, beside={"password": "a digest (Argon2)"})  # fmt: skip

record(
    Record(
        model="people.Person",
        what=_("Name, CPR number (sealed), e-mail, telephone, and whether the address is protected."),
        fields=("given_name", "family_name", "email", "phone", "cpr", "has_protected_address"),
        about=_BOTH,
        category=(Category.ORDINARY, Category.CPR),
        purpose=_("Knowing citizens and employees apart, and reaching them."),
        basis=grounds.CPR_NUMBER,
        seen_by=grounds.PEOPLE_READERS,
        kept=_("Until the person is erased."),
        way=Way.DELETE,
        person=("pk",),
        beside={"cpr_sealed": "the CPR number, exported in clear to the person", "cpr_index": "a digest"},
    )
)

not_personal(
    {
        "people.Account_groups": "always empty: rights are grants",
        "people.Account_user_permissions": "always empty: rights are grants",
        "auth.Permission": "Django's own words, not used",
        "auth.Group": "always empty: rights are grants",
        "auth.Group_permissions": "always empty: rights are grants",
        "contenttypes.ContentType": "names of tables",
    }
)

_SECURITY_START = _(
    "Kommune3's beginning: long enough to look into an attack. The municipality decides its own period."
)
for _model in ("AccessAttempt", "AccessFailureLog", "AccessLog"):
    rule(
        Rule(
            key=f"people.{_model.lower()}",
            title={
                "AccessAttempt": _("Failed logins that count towards a lock"),
                "AccessFailureLog": _("Failed logins"),
                "AccessLog": _("Logins"),
            }[_model],
            model=f"axes.{_model}",
            since="attempt_time",
            first_days=90,
            source=_SECURITY_START,
        )
    )
rule(
    Rule(
        key="people.sessions",
        title=_("Sessions that have run out"),
        model="sessions.Session",
        since="expire_date",
        first_days=1,
        source=_("Kommune3's beginning: a session that has run out lets nobody in."),
    )
)
