# SPDX-License-Identifier: MPL-2.0
from typing import Any

from django.utils.translation import gettext_lazy as _

from kommune3.kernel.inventory import Category, Record, Rule, Way, Whose, grounds, not_personal, record, rule

_SEEN_BY = _("The person, and holders of the right to see competences in the person's unit or above.")
_PURPOSE = _("Letting only those who are able and allowed to do a task do it.")
_KEPT: dict[str, Any] = {"purpose": _PURPOSE, "kept": grounds.AS_DECIDED, "way": Way.DELETE}
_UNDECIDED = _("Not decided. Nothing is deleted before the municipality has decided (GDPR article 5(1)(e)).")

record(
    Record(
        model="competences.Held",
        what=_("Which competences somebody has, since when, until when and by what proof. No grade and no ranking."),
        fields=("competence", "valid_from", "valid_to", "withdrawn_from", "source"),
        about=(Whose.EMPLOYEE,),
        basis=grounds.EMPLOYMENT,
        seen_by=_SEEN_BY,
        person=("person",),
        **_KEPT,
    )
)
record(
    Record(
        model="competences.Delegation",
        what=_("Who lets whom do which task, when, by which instruction."),
        fields=(
            "competence",
            "delegator",
            "helper",
            "valid_from",
            "valid_to",
            "withdrawn_from",
            "signed_at",
            "instruction",
        ),
        about=(Whose.EMPLOYEE,),
        basis=grounds.EMPLOYMENT,
        seen_by=_SEEN_BY,
        person=("delegator", "helper"),
        **_KEPT,
    )
)
record(
    Record(
        model="competences.Delegation",
        what=_("Which task of a citizen's care a helper may do."),
        fields=("competence", "citizen", "valid_from", "valid_to"),
        about=(Whose.CITIZEN,),
        category=(Category.ORDINARY, Category.SPECIAL),
        basis=_("GDPR articles 6(1)(e) and 9(2)(h), autorisationsloven § 18: the use of helpers in health care."),
        seen_by=_(
            "The helper, the delegator, and holders of the right to see competences in the helper's unit or above."
        ),
        person=("citizen",),
        **_KEPT,
    )
)
not_personal({"competences.Competence": "the municipality's catalogue of competences"})
rule(
    Rule(
        key="competences.held",
        title=_("Competences that have ended"),
        model="competences.Held",
        since="valid_to",
        source=_UNDECIDED,
    )
)
rule(
    Rule(
        key="competences.delegations",
        title=_("Delegations that have ended"),
        model="competences.Delegation",
        since="valid_to",
        source=_UNDECIDED,
    )
)
