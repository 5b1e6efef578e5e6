# SPDX-License-Identifier: MPL-2.0
from django.utils.translation import gettext_lazy as _

from kommune3.kernel.access.errors import AccessError


class AlreadySigned(AccessError):
    message = _("This control has been signed and does not change any more.")


class OwnLookup(AccessError):
    message = _("Nobody controls their own look-ups. Another leader or an administrator must do it.")


class NoteMissing(AccessError):
    message = _("Write what is to be followed up.")


class Undecided(AccessError):
    message = _("There are look-ups without a decision.")
