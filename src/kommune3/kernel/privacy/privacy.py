# SPDX-License-Identifier: MPL-2.0
"""What privacy itself keeps about people: who asked, who decided, and what is on hold."""

from django.utils.translation import gettext_lazy as _

from kommune3.kernel.inventory import Record, Rule, Way, Whose, grounds, not_personal, record, rule

_BOTH = (Whose.CITIZEN, Whose.EMPLOYEE)
_SEEN_BY = _("Data protection officers and administrators.")
_PURPOSE = _("Answering people who ask for their data or to be erased, and keeping what must be kept.")

record(
    Record(
        model="privacy.PersonExport",
        what=_("That somebody's data were put together in a file, for whom and why."),
        fields=("purpose", "asked_at", "made_at", "expires_date"),
        about=_BOTH,
        purpose=_PURPOSE,
        basis=grounds.ACCOUNTABILITY,
        seen_by=_SEEN_BY,
        kept=grounds.AS_DECIDED,
        way=Way.DELETE,
        person=("person",),
    )
)
record(
    Record(
        model="privacy.Hold",
        what=_("That a person is on legal hold, why and since when."),
        fields=("kind", "reason", "placed_at", "review_date", "released_at"),
        about=_BOTH,
        purpose=_PURPOSE,
        basis=_("GDPR article 17(3)(b), (d) and (e): a legal duty, archives in the public interest, or a legal claim."),
        seen_by=_SEEN_BY,
        kept=grounds.AS_LONG_AS_THE_PERSON,
        way=Way.DELETE,
        person=("person",),
    )
)
record(
    Record(
        model="privacy.Erasure",
        what=_("That somebody is to be erased, why, and who decided it. Once it is done, no longer whom."),
        fields=("ground", "reason", "state", "asked_at", "decided_at"),
        about=_BOTH,
        purpose=_PURPOSE,
        basis=grounds.ACCOUNTABILITY,
        seen_by=_SEEN_BY,
        kept=_("The person's number until it is done; the rest without limit."),
        way=Way.KEEP,
        reason=_(
            "GDPR article 5(2): that and why somebody was erased. The person's number is removed when it is done."
        ),
        person=("person_id",),
        beside={"preview": "names of tables and counts"},
    )
)
record(
    Record(
        model="privacy.LedgerEntry",
        what=_("Which login proposed and which approved an erasure."),
        fields=("erased_at", "ground"),
        about=(Whose.EMPLOYEE,),
        purpose=_("Erasing people again when an older copy is restored."),
        basis=grounds.ACCOUNTABILITY,
        seen_by=_SEEN_BY,
        kept=_("Without limit: the ledger is written once."),
        way=Way.KEEP,
        reason=grounds.KEPT_FOR_PROOF,
        account=("asked_by", "decided_by"),
        beside={"digest": "a keyed digest", "key_name": "which key", "counts": "names of tables and counts"},
    )
)
record(
    Record(
        model="privacy.Period",
        what=_("Which login decided how long data are kept."),
        fields=("rule", "days", "valid_from", "decided_at"),
        about=(Whose.EMPLOYEE,),
        purpose=_("To account for decisions."),
        basis=grounds.ACCOUNTABILITY,
        seen_by=_SEEN_BY,
        kept=_("Without limit."),
        way=Way.KEEP,
        reason=grounds.KEPT_FOR_PROOF,
        account=("decided_by",),
        beside={"source": "a decision or a law"},
    )
)
not_personal({"privacy.PurgeLine": "counts"})
rule(
    Rule(
        key="privacy.exports",
        title=_("Notes of exports of people's own data"),
        model="privacy.PersonExport",
        since="asked_at",
        first_days=365,
        source=_("Kommune3's beginning: a year. The municipality decides its own period (GDPR article 5(1)(e))."),
    )
)
