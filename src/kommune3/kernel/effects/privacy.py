# SPDX-License-Identifier: MPL-2.0
from django.utils.translation import gettext_lazy as _

from kommune3.kernel.inventory import Record, Way, Whose, grounds, record

record(
    Record(
        model="effects.Effect",
        what=_("The number of the login that entered a gain."),
        fields=("solution", "indicator", "recorded_at"),
        about=(Whose.EMPLOYEE,),
        purpose=_("Accounting for what the solutions gave."),
        basis=grounds.ACCOUNTABILITY,
        seen_by=_("Nobody: only the number is kept, and pages do not show it."),
        kept=_("Without limit: the ledger is written once."),
        way=Way.KEEP,
        reason=grounds.KEPT_FOR_PROOF,
        account=("recorded_by",),
        beside={
            "note": "how a gain was estimated",
            "baseline": "what a gain is measured against",
            "evidence": "addresses of pages on this platform",
        },
    )
)
