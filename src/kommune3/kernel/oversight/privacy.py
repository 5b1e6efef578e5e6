# SPDX-License-Identifier: MPL-2.0
from django.utils.translation import gettext_lazy as _

from kommune3.kernel.inventory import Record, Way, Whose, grounds, record

record(
    Record(
        model="oversight.Sample",
        what=_("Who signed a random-sample control of look-ups."),
        fields=("signed_at",),
        about=(Whose.EMPLOYEE,),
        purpose=_("Showing that look-ups of people are controlled."),
        basis=grounds.ACCOUNTABILITY,
        seen_by=_("Those who control the look-ups of the unit."),
        kept=grounds.AS_LONG_AS_THE_ROW,
        way=Way.KEEP,
        reason=_("GDPR article 5(2): the municipality must be able to show that it controls look-ups."),
        account=("signed_by",),
    )
)
record(
    Record(
        model="oversight.SampledLookup",
        what=_("What control found about a look-up, and who decided it. The look-up itself is in the audit log."),
        fields=("verdict", "note", "decided_at"),
        about=(Whose.EMPLOYEE,),
        purpose=_("Showing that look-ups of people are controlled."),
        basis=grounds.ACCOUNTABILITY,
        seen_by=_("Those who control the look-ups of the unit."),
        kept=grounds.AS_LONG_AS_THE_ROW,
        way=Way.KEEP,
        reason=_("GDPR article 5(2): the municipality must be able to show that it controls look-ups."),
        account=("decided_by",),
    )
)
