# SPDX-License-Identifier: MPL-2.0
"""What somebody who manages logins and rights can be told."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class AccessError(Exception):
    """An expected refusal; ``message`` is shown to the user."""

    message: str | Promise = ""

    def __init__(self, message: str | Promise = "") -> None:
        self.message = message or self.message
        super().__init__(self.message)


class OwnRights(AccessError):
    message = _("Nobody gives rights to themselves or changes their own login here. Ask another administrator.")


class UnknownRole(AccessError):
    message = _("This role does not exist.")


class InvalidPeriod(AccessError):
    message = _("The right must end later than it begins.")


class AlreadyEnded(AccessError):
    message = _("This right has already ended.")


class PrivilegeTaken(AccessError):
    message = _("A role has already been chosen for this privilege. Remove that line first.")


class InvalidPrivilege(AccessError):
    message = _("Write the privilege as the identity provider writes it, without spaces.")


class UsernameTaken(AccessError):
    message = _("Another login already has this user name.")


class HasLogin(AccessError):
    message = _("This person already has a login.")


class PurposeMissing(AccessError):
    message = _("Write the purpose: why you need the CPR number.")


class InvalidToken(AccessError):
    message = _("A key needs a name, and is valid for between 1 and 365 days.")


class NeedsTwoSteps(AccessError):
    message = _("A key to the API is made by somebody who has logged in with two steps. Set that up first.")


class InvalidValues(AccessError):
    """Values that cannot be kept; ``problems`` is the name of each field -> why."""

    def __init__(self, problems: Mapping[str, str | Promise]) -> None:
        self.problems = dict(problems)
        super().__init__(" ".join(str(message) for message in problems.values()))


class InvalidField(InvalidValues):
    """One value that cannot be kept; ``field`` is its name unless another is given."""

    field = ""

    def __init__(self, field: str = "") -> None:
        super().__init__({field or self.field: self.message})


class EndsTooEarly(InvalidField):
    field = "valid_to"
    message = _("The period must end later than it begins.")


class MovedBelowItself(InvalidField):
    field = "parent"
    message = _("A unit cannot be moved below itself or below a unit that belongs to it.")


class TopUnitStays(InvalidField):
    field = "parent"
    message = _("The municipality's top unit belongs to no other unit.")


class NeedsParent(InvalidField):
    field = "parent"
    message = _("Say which unit it belongs to. Only the municipality's top unit belongs to none.")


class UnitHasClosed(InvalidField):
    field = "unit"
    message = _("This unit closes before the period begins.")


class AlreadyEmployed(InvalidField):
    field = "valid_from"
    message = _("The person is already employed in this unit for some of the period.")


class CprTaken(InvalidField):
    field = "cpr"
    message = _("Another person has this CPR number. Find that person, and add the employment there.")


class EmploymentEnded(AccessError):
    message = _("This employment has already ended.")


class EmployedElsewhere(AccessError):
    message = _(
        "The person also works in a part of the municipality that you do not administer. An administrator of the whole "
        "municipality can edit the name and the other details."
    )
