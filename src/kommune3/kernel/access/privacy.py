# SPDX-License-Identifier: MPL-2.0
from typing import Any

from django.utils.translation import gettext_lazy as _

from kommune3.kernel.inventory import Record, Rule, Way, Whose, grounds, not_personal, record, rule

record(
    Record(
        model="access.ApiToken",
        what=_("Keys to the API that somebody has made: name, and when each was last used."),
        fields=("name", "created_at", "expires_at", "last_used_date"),
        about=(Whose.EMPLOYEE,),
        purpose=_("Letting other systems act with a person's rights."),
        basis=grounds.SECURITY,
        seen_by=grounds.THE_PERSON,
        kept=grounds.AS_LONG_AS_THE_PERSON,
        way=Way.DELETE,
        account=("account",),
        beside={"digest": "a digest"},
    )
)
record(
    Record(
        model="access.Grant",
        what=_("Which rights somebody has, where, for what and when."),
        fields=("role", "unit", "kle", "purpose", "valid_from", "valid_to"),
        about=(Whose.CITIZEN, Whose.EMPLOYEE),
        purpose=_("Letting people see and do what their work asks for, and no more."),
        basis=grounds.SECURITY,
        seen_by=grounds.ADMINISTRATORS,
        kept=grounds.AS_DECIDED,
        way=Way.DELETE,
        account=("account",),
    )
)
_LENT: dict[str, Any] = {
    "about": (Whose.EMPLOYEE,),
    "basis": grounds.SECURITY,
    "seen_by": grounds.ADMINISTRATORS,
    "kept": grounds.AS_LONG_AS_THE_PERSON,
}
record(
    Record(
        model="access.Substitution",
        what=_("Who stands in for whom with which rights, and when."),
        fields=("absent", "substitute", "valid_from", "valid_to", "named_at", "ended_at"),
        purpose=_("Letting work go on while somebody is away."),
        way=Way.DELETE,
        account=("absent", "substitute"),
        **_LENT,
    )
)
record(
    Record(
        model="access.Substitution",
        what=_("Who named a substitute."),
        fields=("named_by", "named_at"),
        purpose=_("To account for decisions."),
        way=Way.ANONYMISE,
        account=("named_by",),
        **_LENT,
    )
)
record(
    Record(
        model="access.BreakGlass",
        what=_("That somebody opened access in an emergency, to what and why."),
        fields=("account", "unit", "action", "reason", "opened_at", "expires_at", "closed_at", "outcome"),
        purpose=_("Following up on access opened in an emergency."),
        way=Way.DELETE,
        account=("account",),
        beside={"note": "what whoever followed up thought"},
        **_LENT,
    )
)
record(
    Record(
        model="access.BreakGlass",
        what=_("Who followed up on access opened in an emergency."),
        fields=("signed_by", "signed_at"),
        purpose=_("To account for decisions."),
        way=Way.ANONYMISE,
        account=("signed_by",),
        **_LENT,
    )
)
record(
    Record(
        model="access.RefusedPrivilege",
        what=_("What the identity provider said of somebody that gave no right."),
        fields=("source", "privilege", "part", "reason", "refused_at"),
        purpose=_("Letting people see and do what their work asks for, and no more."),
        way=Way.DELETE,
        account=("account",),
        **_LENT,
    )
)
not_personal({"access.Substitution_grants": "which rights are lent; goes with the substitution"})
rule(
    Rule(
        key="access.grants",
        title=_("Rights that have ended"),
        model="access.Grant",
        since="valid_to",
        source=_("Not decided. Nothing is deleted before the municipality has decided (GDPR article 5(1)(e))."),
    )
)
