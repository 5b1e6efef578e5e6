# SPDX-License-Identifier: MPL-2.0
from django.utils.translation import gettext_lazy as _

from kommune3.kernel.inventory import Record, Way, Whose, grounds, record

record(
    Record(
        model="audit.Entry",
        what=_("Who did or saw what, when, about whom, for what purpose. Numbers, never names."),
        fields=("at", "unit_id", "action", "purpose", "basis"),
        about=(Whose.CITIZEN, Whose.EMPLOYEE),
        purpose=_("Showing who did what, and letting citizens see when and why they were looked up."),
        basis=grounds.ACCOUNTABILITY,
        seen_by=_("Holders of the right to see the audit log. A person sees the look-ups of themselves."),
        kept=_("Without limit: removing a line breaks the chain that proves the others."),
        way=Way.KEEP,
        reason=grounds.KEPT_FOR_PROOF,
        person=("citizen_id",),
        account=("actor_id",),
        beside={"actor_name": "the platform's own work only", "detail": "identifiers and counts"},
    )
)
