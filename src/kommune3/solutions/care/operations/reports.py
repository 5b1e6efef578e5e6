# SPDX-License-Identifier: MPL-2.0
"""What carers tell of their visits, counted once however often a phone sends it, and read by a dispatcher."""

import re
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.audit import log
from kommune3.kernel.people.spotting import spotted
from kommune3.solutions.care.errors import InvalidRow
from kommune3.solutions.care.models import Report
from kommune3.solutions.care.queries.route import own_visit

PLAN = "care.plans.edit"
LONGEST_DELAY = timedelta(hours=12)
_KEY = re.compile(r"[0-9A-Za-z_-]{8,64}")


@transaction.atomic
def tell(
    *,
    actor: Actor,
    now: datetime,
    visit_id: int,
    kind: str,
    request_key: str,
    said_at: datetime | None = None,
    sent_at: datetime | None = None,
    minutes: int | None = None,
    text: str = "",
) -> Report:
    """Keep what the carer told of a visit on their own route. The same ``request_key`` again changes nothing.

    ``said_at`` and ``sent_at`` are the phone's instants of the telling and of the sending: how far its clock is from
    ours is taken out of both. ``minutes``: how late one will be (LATE alone). Raises ``NotVisible`` for somebody
    else's visit; :class:`InvalidRow`.
    """
    carer, visit = own_visit(actor=actor, visit_id=visit_id)
    known = Report.objects.filter(carer=carer, request_key=request_key).first()
    if known is not None:
        return known
    _check(kind=kind, request_key=request_key, minutes=minutes, text=text)
    report, is_new = Report.objects.get_or_create(
        carer=carer,
        request_key=request_key,
        defaults={
            "visit": visit, "kind": kind, "minutes": minutes, "text": text.strip(), "received_at": now,
            "said_at": _set_right(said_at, sent_at, now),
        },
    )  # fmt: skip
    if is_new:
        log.record(
            actor=actor, action="care.report.made", now=now, object=report, unit_id=visit.citizen.team.unit_id,
            citizen_id=visit.citizen.person_id, detail={"kind": kind, "visit": visit.pk},
        )  # fmt: skip
    return report


@transaction.atomic
def mark_read(*, actor: Actor, now: datetime, report_ids: Collection[int]) -> int:
    """Note that a dispatcher has read these; how many had not been. Those out of reach are passed over."""
    reach.require(actor, PLAN)
    found = reach.visible(actor, Report, action=PLAN).filter(pk__in=report_ids, seen_at=None)
    read = list(found.select_related("visit__citizen__team"))
    for report in read:
        report.seen_at = now
        report.save(update_fields=["seen_at"])
        log.record(
            actor=actor, action="care.report.read", now=now, object=report,
            unit_id=report.visit.citizen.team.unit_id, citizen_id=report.visit.citizen.person_id,
        )  # fmt: skip
    return len(read)


def _set_right(said_at: datetime | None, sent_at: datetime | None, now: datetime) -> datetime:
    """When it was told, by our clock. Never in the future: a phone that was set while it waited cannot make it so."""
    if said_at is None:
        return now
    return min(now, said_at + (now - sent_at) if sent_at is not None else said_at)


def _check(*, kind: str, request_key: str, minutes: int | None, text: str) -> None:
    """What a report must be to be kept. The texts say what to change."""
    faults: dict[str, str] = {}
    if kind not in Report.Kind.values:
        faults["kind"] = _("That kind of report is not known. Load the page again.")
    if not _KEY.fullmatch(request_key):
        faults["request_key"] = _("The report has no key of its own. Load the page again.")
    if kind == Report.Kind.LATE and not (minutes and timedelta(minutes=minutes) <= LONGEST_DELAY):
        faults["minutes"] = _("Tell how many minutes late you will be: from 1 to 720.")
    if kind in (Report.Kind.NOT_MADE, Report.Kind.MESSAGE) and not text.strip():
        faults["text"] = _("Write what the dispatcher should know.")
    if len(text) > 300:
        faults["text"] = _("The text is too long: write at most 300 characters.")
    if spotted(text):
        faults["text"] = _("Do not write a CPR number here. Write who it is about in another way.")
    if faults:
        raise InvalidRow(faults)
