# SPDX-License-Identifier: MPL-2.0
from typing import Any

from django.utils.translation import gettext_lazy as _

from kommune3.kernel.inventory import Record, Way, Whose, grounds, record

_REVIEWED: dict[str, Any] = {
    "about": (Whose.EMPLOYEE,),
    "basis": grounds.ACCOUNTABILITY,
    "seen_by": _("Those who review the rights of the unit."),
    "kept": grounds.AS_LONG_AS_THE_ROW,
    "way": Way.KEEP,
    "reason": _(
        "GDPR article 17(3)(b): the municipality must be able to document that rights were reviewed (Datatilsynet, "
        "2023-423-0016). A signed review is frozen with a digest."
    ),
}
record(
    Record(
        model="rights.Line",
        what=_("Which rights somebody had when they were reviewed, and what was decided."),
        fields=(
            "holder", "role", "unit_name", "kle", "purpose", "source", "valid_from", "valid_to", "last_used_date",
            "decision", "note",
        ),
        purpose=_("Reviewing rights, so that nobody keeps what they no longer need."),
        account=("account",),
        **_REVIEWED,
    )
)  # fmt: skip
record(
    Record(
        model="rights.Line",
        what=_("Who decided on a right."),
        fields=("decider", "decided_at"),
        purpose=_("To account for decisions."),
        account=("decided_by",),
        **_REVIEWED,
    )
)
record(
    Record(
        model="rights.Round",
        what=_("Who opened and who signed a review of rights."),
        fields=("opened_at", "signer", "signed_at"),
        purpose=_("To account for decisions."),
        account=("opened_by", "signed_by"),
        **_REVIEWED,
    )
)
