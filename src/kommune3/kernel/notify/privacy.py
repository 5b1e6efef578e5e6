# SPDX-License-Identifier: MPL-2.0
from django.utils.translation import gettext_lazy as _

from kommune3.kernel.inventory import Record, Rule, Way, Whose, grounds, record, rule

record(
    Record(
        model="notify.Notification",
        what=_("Messages to a person, and when they were read."),
        fields=("title", "body", "url", "level", "sent_at", "read_at", "emailed_at"),
        about=(Whose.CITIZEN, Whose.EMPLOYEE),
        purpose=_("Telling people what concerns them."),
        basis=grounds.PUBLIC_TASK,
        seen_by=grounds.THE_PERSON,
        kept=grounds.AS_DECIDED,
        way=Way.DELETE,
        person=("person",),
        beside={"key": "the occasion of the message"},
    )
)
rule(
    Rule(
        key="notify.notifications",
        title=_("Messages to people"),
        model="notify.Notification",
        since="sent_at",
        first_days=365,
        source=_("Kommune3's beginning: a year. The municipality decides its own period (GDPR article 5(1)(e))."),
    )
)
