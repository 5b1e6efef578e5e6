# SPDX-License-Identifier: MPL-2.0
"""Reading the audit log on behalf of an administrator."""

from datetime import datetime

from django.db.models import F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, NullIf

from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.audit import log
from kommune3.kernel.audit.models import Entry
from kommune3.kernel.metrics import milestones
from kommune3.kernel.organisation.models import Unit
from kommune3.kernel.people.models import Account


def entries(*, actor: Actor) -> QuerySet[Entry]:
    """The lines with ``who``: the user name of the account, or the name of the platform's own work."""
    user_name = Account.objects.filter(pk=OuterRef("actor_id")).values("username")[:1]
    return reach.visible(actor, Entry).annotate(
        who=Coalesce(NullIf(F("actor_name"), Value("")), Subquery(user_name), Value(""))
    )


def unit_name(entry: Entry) -> str:
    """What the unit of a line is called today; its number where it is no longer there, nothing without one."""
    if entry.unit_id is None:
        return ""
    return Unit.objects.filter(pk=entry.unit_id).values_list("name", flat=True).first() or str(entry.unit_id)


def note_search(*, actor: Actor, now: datetime) -> None:
    """Searching the log is itself in the log."""
    log.record(actor=actor, action="audit.searched", now=now)


def note_export(*, actor: Actor, now: datetime, form: str) -> None:
    """So is taking a copy of it."""
    log.record(actor=actor, action="audit.exported", now=now, detail={"format": form})


def note_verification(*, actor: Actor, now: datetime, broken: log.Broken | None) -> None:
    """So is what a verification found."""
    detail = {"line": broken.number, "reason": broken.reason} if broken else {}
    outcome = "BROKEN" if broken else "OK"
    log.record(actor=actor, action="audit.verified", now=now, outcome=outcome, detail=detail)
    milestones.reached(milestones.AUDIT_VERIFIED, at=now, outcome=outcome, detail=detail)
