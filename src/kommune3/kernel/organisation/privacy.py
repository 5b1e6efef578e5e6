# SPDX-License-Identifier: MPL-2.0
from django.utils.translation import gettext_lazy as _

from kommune3.kernel.inventory import Record, Rule, Way, Whose, grounds, not_personal, record, rule

record(
    Record(
        model="organisation.Substitute",
        what=_("Who stands in for a leader, and when."),
        fields=("unit", "valid_from", "valid_to"),
        about=(Whose.EMPLOYEE,),
        purpose=_("Knowing who decides in a unit."),
        basis=grounds.EMPLOYMENT,
        seen_by=grounds.PEOPLE_READERS,
        kept=grounds.AS_LONG_AS_THE_PERSON,
        way=Way.DELETE,
        person=("person",),
    )
)
record(
    Record(
        model="organisation.Employment",
        what=_("Where somebody works, as what, and when."),
        fields=("unit", "title", "is_leader", "valid_from", "valid_to"),
        about=(Whose.EMPLOYEE,),
        purpose=_("Knowing who works where, and whom they lead."),
        basis=grounds.EMPLOYMENT,
        seen_by=grounds.PEOPLE_READERS,
        kept=grounds.AS_DECIDED,
        way=Way.DELETE,
        person=("person",),
    )
)
not_personal(
    {
        "organisation.Municipality": "the municipality itself",
        "organisation.Unit": "a unit of the organisation, its name and address",
    }
)
rule(
    Rule(
        key="organisation.employments",
        title=_("Employments that have ended"),
        model="organisation.Employment",
        since="valid_to",
        source=_("Not decided. Nothing is deleted before the municipality has decided (GDPR article 5(1)(e))."),
    )
)
