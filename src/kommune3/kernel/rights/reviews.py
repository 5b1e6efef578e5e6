# SPDX-License-Identifier: MPL-2.0
"""The half-yearly review of rights: opened, decided line by line, and signed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Q, QuerySet

from kommune3.kernel import clock
from kommune3.kernel.access import accounts, reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.access.models import Grant
from kommune3.kernel.audit import log
from kommune3.kernel.organisation.models import Employment, Unit
from kommune3.kernel.organisation.tree import in_force
from kommune3.kernel.rights import review_messages, sealed
from kommune3.kernel.rights.access import CARRY_OUT, REVIEW, START_REVIEW
from kommune3.kernel.rights.errors import (
    ChangeUnclear,
    NotAllDecided,
    NothingToReview,
    OwnRight,
    RoundOpen,
    RoundSigned,
)
from kommune3.kernel.rights.models import Decision, Line, Round


@dataclass(frozen=True)
class Decided:
    """What somebody says of a line."""

    line_id: UUID
    decision: Decision
    note: str = ""


# --- Reading ----------------------------------------------------------------------------------------------------------


def rounds(actor: Actor) -> QuerySet[Round]:
    """The rounds that ``actor`` reviews, newest first, with ``lines_count`` and ``undecided``."""
    return (
        reach.visible(actor, Round)
        .select_related("unit")
        .annotate(lines_count=Count("lines"), undecided=Count("lines", filter=Q(lines__decision="")))
        .order_by("-opened_at")
    )


def get_round(actor: Actor, round_id: UUID) -> Round:
    """A round that ``actor`` reviews; raises NotVisible."""
    return reach.get(actor, Round, round_id)


def lines(actor: Actor, round_id: UUID) -> QuerySet[Line]:
    """The lines of a round, by holder. Raises NotVisible."""
    return get_round(actor, round_id).lines.select_related("account__person", "grant")


def is_own(actor: Actor, line: Line) -> bool:
    """Whether another must decide: it is the actor's own right, or that of the one whose rights they act with."""
    about = line.account.person_id if line.account else None
    return not actor.may_decide(REVIEW, about=about, unit_path=line.round.unit.path)


def startable(actor: Actor) -> QuerySet[Unit]:
    """The units in which ``actor`` may open a round."""
    return reach.units(actor, START_REVIEW).order_by("name")


def outstanding(actor: Actor) -> QuerySet[Line]:
    """Changes that were wanted in signed rounds, and that nobody has carried out yet."""
    return (
        reach.visible(actor, Line, action=CARRY_OUT)
        .filter(_to_carry_out(), round__signed_at__isnull=False, carried_out_at=None)
        .select_related("round__unit", "account")
        .order_by("round__signed_at", "holder")
    )


def _to_carry_out() -> Q:
    return Q(decision=Decision.CHANGE) | (Q(decision=Decision.END) & ~Q(source=""))


# --- Opening ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def start_round(*, actor: Actor, now: datetime, unit_id: UUID, deadline_days: int) -> Round:
    """Open a round for a unit: each grant in force there gets a line, and the leader is told.

    Units below that have a leader of their own get rounds of their own. Rights in the whole municipality belong to the
    top unit. Raises NotVisible, RoundOpen, NothingToReview.
    """
    unit = Unit.objects.filter(pk=unit_id).first() if actor.is_system else startable(actor).filter(pk=unit_id).first()
    if unit is None:
        raise reach.NotVisible
    if Round.objects.filter(unit=unit, signed_at=None).exists():
        raise RoundOpen
    today = clock.municipal_date(now)
    grants = list(_grants_of(unit, now=now))
    if not grants:
        raise NothingToReview
    made = Round.objects.create(
        unit=unit, opened_at=now, opened_by_id=actor.account_id, due_date=today + timedelta(days=deadline_days)
    )
    Line.objects.bulk_create(
        Line(
            round=made,
            grant=grant,
            account=grant.account,
            holder=str(grant.account.person or grant.account.username),
            role=grant.role,
            unit_name=grant.unit.name if grant.unit else "",
            kle=grant.kle,
            purpose=grant.purpose,
            source=grant.source,
            valid_from=grant.valid_from,
            valid_to=grant.valid_to,
            last_used_date=grant.last_used_date,
        )
        for grant in grants
    )
    log.record(
        actor=actor,
        action="access.review.opened",
        now=now,
        object=made,
        unit_id=unit.pk,
        detail={"lines": len(grants), "due": str(made.due_date)},
    )
    review_messages.tell_opened(made, actor=actor, now=now)
    return made


def start_due_rounds(*, actor: Actor, now: datetime, months: int, deadline_days: int) -> list[Round]:
    """Open a round wherever the latest one, or the oldest right where there was none, is ``months`` old.

    For the top unit, and each unit with a leader of its own.
    """
    before = now - timedelta(days=round(months * 365.25 / 12))
    today = clock.municipal_date(now)
    made = []
    for unit in Unit.objects.filter(in_force(today)).filter(Q(parent=None) | Q(pk__in=_led(now))).order_by("path"):
        latest = Round.objects.filter(unit=unit).order_by("-opened_at").first()
        if latest is not None and (latest.signed_at is None or latest.opened_at > before):
            continue
        grants = _grants_of(unit, now=now)
        if latest is None and not grants.filter(valid_from__lte=clock.municipal_date(before)).exists():
            continue
        if grants.exists():
            made.append(start_round(actor=actor, now=now, unit_id=unit.pk, deadline_days=deadline_days))
    return made


def _led(now: datetime) -> QuerySet[Employment, UUID]:
    """The units that have a leader of their own today."""
    leaders = Employment.objects.filter(in_force(clock.municipal_date(now)), is_leader=True)
    return leaders.values_list("unit", flat=True)


def _grants_of(unit: Unit, *, now: datetime) -> QuerySet[Grant]:
    grants = Grant.objects.filter(in_force(clock.municipal_date(now)))
    here = Q(unit__path__startswith=unit.path)
    if unit.parent_id is None:
        here |= Q(unit=None)
    for path in (
        Unit.objects.filter(pk__in=_led(now), path__startswith=unit.path)
        .exclude(pk=unit.pk)
        .values_list("path", flat=True)
    ):
        here &= ~Q(unit__path__startswith=path)
    return grants.filter(here).select_related("account__person", "unit")


# --- Deciding and signing ---------------------------------------------------------------------------------------------


@transaction.atomic
def decide(*, actor: Actor, now: datetime, round_id: UUID, decided: Iterable[Decided]) -> int:
    """Say of some lines what becomes of the right; the number of lines that are different now.

    Raises NotVisible, RoundSigned, OwnRight, ChangeUnclear (a change without a note); then nothing is kept.
    """
    found = _open_round(actor, round_id)
    rows = {row.pk: row for row in found.lines.select_related("account")}
    changed = []
    for said in decided:
        row = rows.get(said.line_id)
        if row is None:
            raise reach.NotVisible
        note = said.note.strip()[:300]
        if (row.decision, row.note) == (said.decision, note):
            continue
        row.round = found
        if is_own(actor, row):
            raise OwnRight
        if said.decision == Decision.CHANGE and not note:
            raise ChangeUnclear
        row.decision, row.note, row.decided_at = said.decision, note, now
        row.decided_by_id, row.decider = actor.account_id, actor.name
        changed.append(row)
    Line.objects.bulk_update(changed, ["decision", "note", "decided_at", "decided_by", "decider"])
    if changed:
        actor.rely_on(REVIEW, unit_path=found.unit.path)
        counts = {str(each): sum(row.decision == each for row in changed) for each in Decision}
        log.record(
            actor=actor, action="access.review.decided", now=now, object=found, unit_id=found.unit_id, detail=counts
        )
    return len(changed)


def keep_the_rest(*, actor: Actor, now: datetime, round_id: UUID) -> int:
    """Keep every right without a decision, except those that another must decide on; how many. Raises as decide."""
    found = _open_round(actor, round_id)
    rest = []
    for row in found.lines.filter(decision="").select_related("account"):
        row.round = found
        if not is_own(actor, row):
            rest.append(Decided(row.pk, Decision.KEEP))
    return decide(actor=actor, now=now, round_id=round_id, decided=rest)


@transaction.atomic
def sign(*, actor: Actor, now: datetime, round_id: UUID) -> Round:
    """End what is to end, and freeze the round with its digest.

    Administrators are told of what they are to change. Raises NotVisible, RoundSigned, NotAllDecided.
    """
    found = _open_round(actor, round_id)
    if found.lines.filter(decision="").exists():
        raise NotAllDecided
    actor.rely_on(REVIEW, unit_path=found.unit.path)
    for row in found.lines.filter(decision=Decision.END, grant__isnull=False).select_related("grant"):
        assert row.grant is not None
        accounts.end_right(row.grant, actor=actor, now=now, detail={"review": str(found.pk)})
    found.signed_at, found.signed_by_id, found.signer = now, actor.account_id, actor.name
    found.digest = sealed.digest(found)
    found.save(update_fields=["signed_at", "signed_by", "signer", "digest"])
    log.record(
        actor=actor,
        action="access.review.signed",
        now=now,
        object=found,
        unit_id=found.unit_id,
        detail={"digest": found.digest},
    )
    waiting = found.lines.filter(_to_carry_out()).count()
    if waiting:
        review_messages.tell_changes(found, count=waiting, actor=actor, now=now)
    return found


@transaction.atomic
def carry_out(*, actor: Actor, now: datetime, line_id: UUID) -> Line:
    """Note that a wanted change has been made. Raises NotVisible."""
    row = outstanding(actor).filter(pk=line_id).first()
    if row is None:
        raise reach.NotVisible
    row.carried_out_at = now
    row.save(update_fields=["carried_out_at"])
    log.record(actor=actor, action="access.review.carried_out", now=now, object=row, unit_id=row.round.unit_id)
    return row


def record_export(*, actor: Actor, now: datetime, round_id: UUID, form: str) -> None:
    """Put on record that a round left the platform as a file."""
    found = get_round(actor, round_id)
    detail = {"format": form}
    log.record(actor=actor, action="access.review.exported", now=now, object=found, detail=detail)


def _open_round(actor: Actor, round_id: UUID) -> Round:
    found = reach.get(actor, Round, round_id)
    locked = Round.objects.select_for_update(of=("self",)).select_related("unit").get(pk=found.pk)
    if locked.signed_at is not None:
        raise RoundSigned
    return locked
