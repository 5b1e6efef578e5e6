# SPDX-License-Identifier: MPL-2.0
"""Break-glass: a narrow reach that somebody opens for some hours, with a reason that others follow up on."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from kommune3.kernel import clock, notify
from kommune3.kernel.access import declare, reach, standard
from kommune3.kernel.access.actor import BREAK_GLASS, Actor
from kommune3.kernel.access.models import BreakGlass, Outcome
from kommune3.kernel.audit import log
from kommune3.kernel.audit.models import Entry
from kommune3.kernel.notify.recipients import Recipient, persons
from kommune3.kernel.organisation import tree
from kommune3.kernel.organisation.models import Unit
from kommune3.kernel.rights.access import FOLLOW_UP
from kommune3.kernel.rights.errors import (
    AlreadySigned,
    EmergencyClosed,
    EmergencyOpen,
    NotBreakable,
    NoteMissing,
    OwnEmergency,
    ReasonMissing,
    TooManyHours,
)

SHORTEST_REASON = 20


def units_to_open(actor: Actor) -> QuerySet[Unit]:
    """Where the actor may open access: in the units of their own right to it."""
    return reach.units(actor.with_own_rights(), BREAK_GLASS).order_by("name")


@transaction.atomic
def open_access(
    *, actor: Actor, now: datetime, unit_id: UUID, action: str, reason: str, hours: int, most_hours: int
) -> BreakGlass:
    """Open one action in one unit and below it, for ``hours`` (1 to ``most_hours``).

    The unit's leader and the data protection officer are told at once. The right to open access cannot be borrowed.
    Raises NotVisible, NotBreakable, ReasonMissing, TooManyHours.
    """
    unit = units_to_open(actor).filter(pk=unit_id).first()
    if unit is None or actor.account_id is None:
        raise reach.NotVisible
    if action not in declare.breakable():
        raise NotBreakable
    reason = " ".join(reason.split())
    if len(reason) < SHORTEST_REASON:
        raise ReasonMissing
    if not 1 <= hours <= most_hours:
        raise TooManyHours
    opened = BreakGlass.objects.create(
        account_id=actor.account_id,
        unit=unit,
        action=action,
        reason=reason[:500],
        opened_at=now,
        expires_at=now + timedelta(hours=hours),
    )
    log.record(
        actor=actor,
        action="access.break_glass.opened",
        now=now,
        object=opened,
        unit_id=unit.pk,
        basis=f"break-glass: {reason}"[:200],
        detail={"action": action, "hours": hours},
    )
    notify.send(
        to=_watchers(opened, now=now),
        title=_("Access has been opened in an emergency"),
        body=format_lazy(
            _("{who} has opened “{action}” in {unit}. Reason: {reason}"),
            who=actor.name,
            action=declare.breakable()[action],
            unit=unit.name,
            reason=reason[:500],
        ),
        key=f"access.break_glass:{opened.pk}",
        url=reverse("break-glass:detail", args=[opened.pk]),
        level=notify.Level.WARNING,
        actor=actor,
        now=now,
    )
    return opened


@transaction.atomic
def close_access(*, actor: Actor, now: datetime, opened_id: UUID) -> BreakGlass:
    """End one's own opened access now. Raises NotVisible, EmergencyClosed."""
    opened = own(actor).filter(pk=opened_id).first()
    if opened is None:
        raise reach.NotVisible
    if not is_open(opened, now=now):
        raise EmergencyClosed
    opened.closed_at = now
    opened.save(update_fields=["closed_at"])
    log.record(actor=actor, action="access.break_glass.closed", now=now, object=opened, unit_id=opened.unit_id)
    return opened


@transaction.atomic
def sign_off(*, actor: Actor, now: datetime, opened_id: UUID, outcome: Outcome, note: str) -> BreakGlass:
    """Say what one thinks of an access that has ended: approved, or to be followed up, which needs a note.

    Raises NotVisible, Forbidden, OwnEmergency, EmergencyOpen, AlreadySigned, NoteMissing.
    """
    opened = reach.get(actor, BreakGlass, opened_id, action=FOLLOW_UP)
    if not actor.may_decide(FOLLOW_UP, about=opened.account.person_id, unit_path=opened.unit.path):
        raise OwnEmergency
    if is_open(opened, now=now):
        raise EmergencyOpen
    if opened.outcome:
        raise AlreadySigned
    note = note.strip()
    if outcome == Outcome.FOLLOW_UP and not note:
        raise NoteMissing
    opened.outcome, opened.note, opened.signed_at = outcome, note[:500], now
    opened.signed_by_id = actor.account_id
    opened.save(update_fields=["outcome", "note", "signed_at", "signed_by"])
    log.record(
        actor=actor,
        action="access.break_glass.signed",
        now=now,
        object=opened,
        unit_id=opened.unit_id,
        detail={"outcome": str(outcome)},
    )
    return opened


def is_open(opened: BreakGlass, *, now: datetime) -> bool:
    """Whether the access still holds."""
    return opened.closed_at is None and opened.opened_at <= now < opened.expires_at


def own(actor: Actor) -> QuerySet[BreakGlass]:
    """What the actor has opened, newest first."""
    if actor.account_id is None:
        return BreakGlass.objects.none()
    return BreakGlass.objects.filter(account_id=actor.account_id).select_related("unit").order_by("-opened_at")


def queue(actor: Actor) -> QuerySet[BreakGlass]:
    """What the actor follows up on, newest first."""
    return (
        reach.visible(actor, BreakGlass)
        .select_related("unit", "account__person", "signed_by__person")
        .order_by("-opened_at")
    )


def waiting(actor: Actor) -> int:
    """How many wait for somebody to follow up, of those that are not the actor's own."""
    rows = queue(actor).filter(outcome="")
    return (rows.exclude(account_id=actor.account_id) if actor.account_id else rows).count()


def get(actor: Actor, opened_id: UUID) -> BreakGlass:
    """One that the actor follows up on; raises NotVisible."""
    return reach.get(actor, BreakGlass, opened_id)


def _watchers(opened: BreakGlass, *, now: datetime) -> list[Recipient]:
    """The unit's leader, or the nearest above who is not the one that opened it, and the data protection officer.

    Where there is none of them, the administrators.
    """
    today = clock.municipal_date(now)
    found: list[Recipient] = [notify.HoldersOf(standard.DATA_PROTECTION, opened.unit)]
    step: Unit | None = opened.unit
    while step is not None:
        leader = tree.leader_of(step, on=today)
        if leader is not None and leader.pk != opened.account.person_id:
            found.append(leader)
            break
        step = step.parent
    if not persons(found, on=today):
        found.append(notify.HoldersOf(standard.ADMINISTRATOR, opened.unit))
    return found


@dataclass(frozen=True)
class Use:
    """A line of the audit log that rests on an opened access. ``about``: an address or a kind of object."""

    at: datetime
    action: str
    about: str


def uses(actor: Actor, opened: BreakGlass) -> list[Use]:
    """What an access was used for, oldest first, for somebody who follows up on it; at most 500 lines."""
    get(actor, opened.pk)
    rows = Entry.objects.filter(
        actor_id=opened.account_id,
        at__gte=opened.opened_at,
        at__lt=opened.closed_at or opened.expires_at,
        basis__startswith="break-glass",
    ).order_by("number")[:500]
    return [
        Use(row.at, row.action, str(row.detail.get("address") or row.object_type))
        for row in rows
        if str(opened.pk) in row.detail.get("break_glass", [])
    ]
