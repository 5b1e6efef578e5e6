# SPDX-License-Identifier: MPL-2.0
"""What somebody who keeps the register of competences can be told."""

from django.utils.translation import gettext_lazy as _

from kommune3.kernel.access.errors import AccessError, InvalidField


class CodeTaken(InvalidField):
    field = "code"
    message = _("Another competence has this code.")


class CodeInUse(InvalidField):
    field = "code"
    message = _("The code stays as it is: somebody has the competence, and services ask for it by its code.")


class NotInUse(InvalidField):
    field = "competence"
    message = _("This competence is no longer in use, so it cannot be given.")


class AlreadyHeld(InvalidField):
    field = "valid_from"
    message = _("The person already has this competence for some of the period. Withdraw it first, or change the days.")


class AlreadyDelegated(InvalidField):
    field = "valid_from"
    message = _("This task has already been delegated to the helper for some of the period, by the same person.")


class NotDelegable(InvalidField):
    field = "competence"
    message = _("Only tasks that can be delegated are delegated. Choose one, or change its kind in the catalogue.")


class DelegatorCannot(InvalidField):
    field = "delegator"
    message = _("Whoever delegates a task has it as their own competence for the whole period. Choose another person.")


class NotToOneself(InvalidField):
    field = "helper"
    message = _("Nobody delegates to themselves.")


class NotForOneself(AccessError):
    message = _("Nobody gives competences to themselves or withdraws their own. Another leader must do it.")


class AlreadyOver(AccessError):
    message = _("This has already ended.")


class NotWithdrawn(AccessError):
    message = _("There is nothing to undo: this has not been withdrawn.")
