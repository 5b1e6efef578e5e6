# SPDX-License-Identifier: MPL-2.0
"""Actions, roles, pages and reach of access itself, and of the packages below it (people, organisation).

Those packages are known by access and so cannot declare anything themselves.
"""

from django.utils.translation import gettext_lazy as _

from kommune3.kernel.access import declare, lookups
from kommune3.kernel.access.declare import LOGGED_IN, PUBLIC, Scope
from kommune3.kernel.access.models import ApiToken, Grant, PrivilegeRole, RefusedPrivilege
from kommune3.kernel.access.standard import (
    ADMINISTRATOR,
    CITIZEN,
    DEPARTMENT_LEADER,
    DIGITALISATION_LEAD,
    EMPLOYEE,
)
from kommune3.kernel.organisation.models import Employment, Unit
from kommune3.kernel.people.models import Account, Person

READ_PEOPLE = "people.person.read"
REVEAL_CPR = "people.cpr.reveal"
READ_UNITS = "organisation.unit.read"
MANAGE_PEOPLE = "people.person.manage"
MANAGE_UNITS = "organisation.unit.manage"
MANAGE_ACCOUNTS = "access.account.manage"
MAP_PRIVILEGES = "access.privilege.map"

declare.actions(
    {
        READ_PEOPLE: _("See people's names and how to reach them"),
        REVEAL_CPR: _("See a person's CPR number, with a purpose"),
        READ_UNITS: _("See the organisation"),
        MANAGE_PEOPLE: _("Create and edit employees, and where they are employed"),
        MANAGE_UNITS: _("Create, edit and move units"),
        MANAGE_ACCOUNTS: _("Open and close logins, give and end rights"),
        MAP_PRIVILEGES: _("Decide which roles the identity provider's privileges give"),
    }
)

declare.role(
    ADMINISTRATOR,
    may=[READ_PEOPLE, REVEAL_CPR, READ_UNITS, MANAGE_PEOPLE, MANAGE_UNITS, MANAGE_ACCOUNTS, MAP_PRIVILEGES],
)
declare.role(DIGITALISATION_LEAD, may=[READ_UNITS])
declare.role(DEPARTMENT_LEADER, may=[READ_UNITS, READ_PEOPLE])
declare.role(EMPLOYEE, may=[READ_UNITS, READ_PEOPLE + ".own"])
declare.role(CITIZEN, may=[READ_PEOPLE + ".own"])

lookups.declare(
    "people.person.read",
    action=READ_PEOPLE,
    title=_("Your details were opened"),
    purpose=_("Finding and reaching people in the municipality's work"),
)
lookups.declare(
    "people.person.searched",
    action=READ_PEOPLE,
    title=_("A list of people was searched"),
    purpose=_("Finding and reaching people in the municipality's work"),
)
lookups.declare(
    "people.person.exported",
    action=READ_PEOPLE,
    title=_("A list of people was downloaded"),
    purpose=_("Finding and reaching people in the municipality's work"),
)
lookups.declare(
    REVEAL_CPR, action=REVEAL_CPR, title=_("Your CPR number was shown"), purpose=_("As written by who looked")
)
for _code, _title in {
    "people.person.created": _("You were entered as a person"),
    "people.person.edited": _("Your details were changed"),
    "organisation.employment.created": _("An employment of yours was entered"),
    "organisation.employment.edited": _("An employment of yours was changed"),
    "organisation.employment.ended": _("An employment of yours was ended"),
}.items():
    lookups.declare(
        _code, action=MANAGE_PEOPLE, title=_title, purpose=_("Keeping the register of the municipality's employees")
    )

declare.scope(Person, Scope(read=READ_PEOPLE, unit="employments__unit__path", person="pk", many=True))
declare.scope(Unit, Scope(read=READ_UNITS, unit="path"))
declare.scope(Employment, Scope(read=READ_PEOPLE, unit="unit__path", person="person"))
declare.scope(Account, Scope(read=MANAGE_ACCOUNTS, unit="person__employments__unit__path", many=True, wall=("person",)))
declare.scope(Grant, Scope(read=MANAGE_ACCOUNTS, unit="unit__path", wall=("account__person",)))
declare.scope(PrivilegeRole, Scope(read=MAP_PRIVILEGES))
declare.scope(RefusedPrivilege, Scope(read=MANAGE_ACCOUNTS, unit="account__person__employments__unit__path", many=True))
declare.scope(
    ApiToken,
    Scope(
        read=MANAGE_ACCOUNTS,
        unit="account__person__employments__unit__path",
        many=True,
        wall=("account__person",),
    ),
)

declare.pages(
    {
        # Logging in and out, and one's own ways of logging in (django-allauth).
        "account_login": PUBLIC,
        "account_logout": PUBLIC,
        "account_inactive": PUBLIC,
        "account_reauthenticate": LOGGED_IN,
        "account_change_password": LOGGED_IN,
        "mfa_index": LOGGED_IN,
        "mfa_authenticate": PUBLIC,
        "mfa_reauthenticate": LOGGED_IN,
        "mfa_activate_totp": LOGGED_IN,
        "mfa_deactivate_totp": LOGGED_IN,
        "mfa_view_recovery_codes": LOGGED_IN,
        "mfa_generate_recovery_codes": LOGGED_IN,
        "mfa_download_recovery_codes": LOGGED_IN,
        "mfa_list_webauthn": LOGGED_IN,
        "mfa_add_webauthn": LOGGED_IN,
        "mfa_remove_webauthn": LOGGED_IN,
        "mfa_edit_webauthn": LOGGED_IN,
        "mfa_reauthenticate_webauthn": LOGGED_IN,
        "mfa_login_webauthn": PUBLIC,
        # One's own account.
        "home": PUBLIC,
        "account:profile": LOGGED_IN,
        "account:lookups": LOGGED_IN,
        "account:sessions": LOGGED_IN,
        "account:end-session": LOGGED_IN,
        "account:end-other-sessions": LOGGED_IN,
        "account:tokens": LOGGED_IN,
        "account:revoke-token": LOGGED_IN,
        # People, units, logins and rights.
        "people:list": READ_PEOPLE,
        "people:detail": READ_PEOPLE,
        "people:reveal-cpr": REVEAL_CPR,
        "people:new": MANAGE_PEOPLE,
        "people:edit": MANAGE_PEOPLE,
        "people:new-employment": MANAGE_PEOPLE,
        "people:edit-employment": MANAGE_PEOPLE,
        "people:end-employment": MANAGE_PEOPLE,
        "organisation:units": READ_UNITS,
        "organisation:unit": READ_UNITS,
        "organisation:new-unit": MANAGE_UNITS,
        "organisation:edit-unit": MANAGE_UNITS,
        "administration:accounts": MANAGE_ACCOUNTS,
        "administration:new-account": MANAGE_ACCOUNTS,
        "administration:account": MANAGE_ACCOUNTS,
        "administration:give-grant": MANAGE_ACCOUNTS,
        "administration:end-grant": MANAGE_ACCOUNTS,
        "administration:reset-password": MANAGE_ACCOUNTS,
        "administration:reset-second-step": MANAGE_ACCOUNTS,
        "administration:end-sessions": MANAGE_ACCOUNTS,
        "administration:switch-account": MANAGE_ACCOUNTS,
        "administration:roles": MANAGE_ACCOUNTS,
        "administration:privileges": MAP_PRIVILEGES,
        "administration:remove-privilege": MAP_PRIVILEGES,
        # The API of the kernel, its description, and these packages' part of it.
        "api-kernel:api-root": LOGGED_IN,
        "api-kernel:openapi-json": LOGGED_IN,
        "api-kernel:organisation_units": READ_UNITS,
        "api-kernel:people_me": LOGGED_IN,
    }
)
