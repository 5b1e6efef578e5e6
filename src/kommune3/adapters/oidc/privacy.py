# SPDX-License-Identifier: MPL-2.0
from django.utils.translation import gettext_lazy as _

from kommune3.kernel.inventory import Record, Way, Whose, grounds, record

record(
    Record(
        model="oidc.LinkedSubject",
        what=_("Which person of the identity provider a login belongs to."),
        fields=("issuer", "subject", "linked_at"),
        about=(Whose.EMPLOYEE,),
        purpose=_("Logging in through the municipality's identity provider."),
        basis=grounds.SECURITY,
        seen_by=grounds.NOBODY,
        kept=grounds.AS_LONG_AS_THE_PERSON,
        way=Way.DELETE,
        account=("account",),
    )
)
