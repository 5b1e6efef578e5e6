# SPDX-License-Identifier: MPL-2.0
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class PrivacyError(Exception):
    """It cannot be done. ``message`` tells the user why, and what to do."""

    message: str | Promise = ""

    def __init__(self, message: str | Promise = "") -> None:
        self.message = message or self.message
        super().__init__(self.message)

    def __str__(self) -> str:
        return str(self.message)


class OnHold(PrivacyError):
    """Rows are on legal hold."""


class PurposeTooShort(PrivacyError):
    message = _("Write the purpose in at least five letters.")


class OwnPerson(PrivacyError):
    message = _("Nobody proposes or approves the erasure of themselves. Ask a colleague.")


class SamePerson(PrivacyError):
    message = _("Another person than the one who proposed it must approve the erasure.")


class NotReady(PrivacyError):
    message = _("The preview is not ready yet. Wait until it is, and look it through.")


class AlreadyDecided(PrivacyError):
    message = _("The erasure has been decided already.")


class AlreadyProposed(PrivacyError):
    message = _("The person's erasure has been proposed already.")


class AlreadyReleased(PrivacyError):
    message = _("The hold has been released already.")


class InvalidHold(PrivacyError):
    message = _("A hold is on a person or on a solution, has a reason, and a later day to be looked at again.")


class InvalidPeriod(PrivacyError):
    message = _("A period has a source, begins today or later, and no other period of the rule begins on that day.")


class SetElsewhere(PrivacyError):
    message = _("This period is set where the data are used, not here.")
