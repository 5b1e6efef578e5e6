# SPDX-License-Identifier: MPL-2.0
from typing import Any

from django.utils.translation import gettext_lazy as _

from kommune3.kernel.inventory import Category, Record, Way, Whose, grounds, not_personal, record

_LOGIN: dict[str, Any] = {
    "about": (Whose.EMPLOYEE,),
    "purpose": _("Logging in through the municipality's identity provider."),
    "basis": grounds.SECURITY,
    "seen_by": grounds.NOBODY,
    "way": Way.DELETE,
    "account": ("account",),
}
record(
    Record(
        model="saml.LinkedIdentity",
        what=_("Which person of the identity provider a login belongs to."),
        fields=("issuer", "subject", "linked_at"),
        kept=grounds.AS_LONG_AS_THE_PERSON,
        **_LOGIN,
    )
)
record(
    Record(
        model="saml.ProviderSession",
        what=_("That a session began at the identity provider. What it said is sealed."),
        fields=("issuer", "started_at"),
        kept=_("Until the session ends."),
        **_LOGIN,
    )
)
record(
    Record(
        model="saml.Arrival",
        what=_("A login on its way: persistent UUID, CPR number and rights that the identity provider states, sealed."),
        fields=("sealed",),
        about=(Whose.EMPLOYEE,),
        purpose=_("Logging in through the municipality's identity provider."),
        basis=grounds.SECURITY,
        seen_by=grounds.NOBODY,
        kept=_("Two minutes, then removed by the hourly clean-up."),
        way=Way.DELETE,
        category=(Category.ORDINARY, Category.CPR),
    )
)
not_personal({"saml.SeenMessage": "digests of messages that have been used"})
