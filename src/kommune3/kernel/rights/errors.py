# SPDX-License-Identifier: MPL-2.0
"""What somebody who lends, opens or reviews rights can be told."""

from django.utils.translation import gettext_lazy as _

from kommune3.kernel.access.errors import AccessError, InvalidField


class NothingLent(InvalidField):
    field = "grants"
    message = _("Choose at least one right that the substitute is to have.")


class NotOwnGrant(InvalidField):
    field = "grants"
    message = _("Only the absent person's own rights can be lent, and only those you may manage.")


class NoSubstitute(InvalidField):
    field = "substitute"
    message = _("Choose a colleague with an open login. Nobody stands in for themselves.")


class NotForOneself(InvalidField):
    field = "substitute"
    message = _("You cannot make yourself the substitute of somebody else. Ask another leader or an administrator.")


class TooLong(InvalidField):
    field = "valid_to"
    message = _("The period is too long. Name a substitute for a shorter time; it can be done again.")


class InThePast(InvalidField):
    field = "valid_to"
    message = _("The period is over already.")


class SubstitutionEnded(AccessError):
    message = _("This substitution has already ended.")


class ReasonMissing(InvalidField):
    field = "reason"
    message = _("Write what has happened and why you need to see this now: at least 20 characters.")


class NotBreakable(InvalidField):
    field = "action"
    message = _("This cannot be opened in an emergency.")


class TooManyHours(InvalidField):
    field = "hours"
    message = _("The access cannot be opened for so long.")


class EmergencyClosed(AccessError):
    message = _("This access has already ended.")


class EmergencyOpen(AccessError):
    message = _("This access is still open. It is followed up when it has ended.")


class AlreadySigned(AccessError):
    message = _("This has already been followed up.")


class OwnEmergency(AccessError):
    message = _("Nobody follows up their own access. Another leader must do it.")


class NoteMissing(InvalidField):
    field = "note"
    message = _("Write what is to be followed up.")


class RoundOpen(AccessError):
    message = _("A review of this unit is already open.")


class NothingToReview(AccessError):
    message = _("Nobody has any rights in this unit.")


class RoundSigned(AccessError):
    message = _("This review has been signed and does not change any more.")


class NotAllDecided(AccessError):
    message = _("There are rights without a decision.")


class ChangeUnclear(AccessError):
    message = _("Write what is to be changed.")


class OwnRight(AccessError):
    message = _("Nobody decides on their own rights. Another leader or an administrator must do it.")
