# SPDX-License-Identifier: MPL-2.0
"""Random-sample control: drawing, deciding, signing."""

import random
import secrets
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import CharField, Count, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from kommune3.kernel import clock, notify
from kommune3.kernel.access import declare, lookups, reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.access.models import Grant
from kommune3.kernel.audit import log
from kommune3.kernel.audit.models import Entry
from kommune3.kernel.organisation import tree
from kommune3.kernel.organisation.models import Unit
from kommune3.kernel.oversight.access import CONTROL
from kommune3.kernel.oversight.errors import AlreadySigned, NoteMissing, OwnLookup, Undecided
from kommune3.kernel.oversight.models import Sample, SampledLookup, Verdict
from kommune3.kernel.people.models import Account


def last_month(today: date) -> tuple[date, date]:
    """The calendar month before the one of ``today``, half-open."""
    end = today.replace(day=1)
    return (end - timedelta(days=1)).replace(day=1), end


def lookups_of(unit: Unit, *, start: date, end: date) -> QuerySet[Entry]:
    """The look-ups of single people by the unit and those below it, in a half-open period of municipal days."""
    begin, until = (datetime.combine(day, time.min, tzinfo=clock.MUNICIPAL_ZONE) for day in (start, end))
    return Entry.objects.filter(
        action__in=lookups.kinds(),
        citizen_id__isnull=False,
        actor_id__isnull=False,
        unit_id__in=tree.subtree(unit).values("pk"),
        at__gte=begin,
        at__lt=until,
    )


def _chosen(numbers: list[int], *, seed: str, size: int) -> list[int]:
    """``size`` of the numbers (sorted), the same for the same seed: Python's Mersenne Twister, seeded with text."""
    return sorted(random.Random(seed).sample(numbers, min(size, len(numbers))))  # noqa: S311  the seed is unforeseeable


@transaction.atomic
def draw(
    *, actor: Actor, now: datetime, unit: Unit, start: date, end: date, size: int, deadline_days: int
) -> Sample | None:
    """Draw a sample, and tell the leader; None where there were no look-ups, or it has been drawn already."""
    if Sample.objects.filter(unit=unit, start_date=start).exists():
        return None
    numbers = list(lookups_of(unit, start=start, end=end).order_by("number").values_list("number", flat=True))
    if not numbers:
        return None
    seed = secrets.token_hex(16)
    sample = Sample.objects.create(
        unit=unit,
        start_date=start,
        end_date=end,
        seed=seed,
        population=len(numbers),
        drawn_at=now,
        due_date=clock.municipal_date(now) + timedelta(days=deadline_days),
    )
    SampledLookup.objects.bulk_create(
        SampledLookup(sample=sample, number=number) for number in _chosen(numbers, seed=seed, size=size)
    )
    log.record(
        actor=actor, action="audit.sample.drawn", now=now, object=sample, unit_id=unit.pk,
        detail={"seed": seed, "population": len(numbers), "size": sample.lines.count()},
    )  # fmt: skip
    notify.send(
        to=notify.LeaderOf(unit),
        title=_("Random-sample control of look-ups: sign before the deadline"),
        key=f"audit.sample:{sample.pk}",
        url=f"/audit/samples/{sample.pk}/",
        actor=actor,
        now=now,
    )
    return sample


def drawn_again(sample: Sample) -> list[int]:
    """The numbers that the sample's seed gives: those of its lines, unless somebody changed either."""
    numbers = lookups_of(sample.unit, start=sample.start_date, end=sample.end_date)
    found = list(numbers.order_by("number").values_list("number", flat=True))
    return _chosen(found, seed=sample.seed, size=sample.lines.count())


def draw_due(*, actor: Actor, now: datetime, size: int, deadline_days: int) -> list[Sample]:
    """Draw last month's samples of every unit on which somebody holds the right to control."""
    today = clock.municipal_date(now)
    start, end = last_month(today)
    roles = [role for role in declare.roles() if CONTROL in declare.actions_of(role)]
    held = Grant.objects.filter(tree.in_force(today), role__in=roles, unit__isnull=False).values("unit")
    units = Unit.objects.filter(pk__in=held).order_by("pk")
    made = [
        draw(actor=actor, now=now, unit=unit, start=start, end=end, size=size, deadline_days=deadline_days)
        for unit in units
    ]
    return [sample for sample in made if sample is not None]


def samples(actor: Actor) -> QuerySet[Sample]:
    """The samples one controls, with ``lines_count``, ``undecided`` and ``followed_up``."""
    return (
        reach.visible(actor, Sample)
        .select_related("unit")
        .annotate(
            lines_count=Count("lines"),
            undecided=Count("lines", filter=Q(lines__verdict="")),
            followed_up=Count("lines", filter=Q(lines__verdict=Verdict.FOLLOWED_UP)),
        )
    )


def get_sample(actor: Actor, sample_id: UUID) -> Sample:
    """A sample one controls; raises NotVisible."""
    return reach.get(actor, Sample, sample_id)


def lines(actor: Actor, sample: Sample) -> QuerySet[SampledLookup]:
    """The look-ups of a sample with ``at``, ``action``, ``purpose``, ``who`` looked, and ``citizen_id``: at whom."""
    entry = Entry.objects.filter(number=OuterRef("number"))
    account = Account.objects.filter(pk=OuterRef("actor_id"))

    def of(name: str) -> Subquery:
        return Subquery(entry.values(name)[:1])

    rows = reach.visible(actor, SampledLookup).filter(sample=sample)
    rows = rows.annotate(at=of("at"), action=of("action"), purpose=of("purpose"), actor_id=of("actor_id"))
    rows = rows.annotate(citizen_id=of("citizen_id"))
    return rows.annotate(
        who=Coalesce(
            Subquery(account.values("username")[:1]), Value(""), output_field=CharField()
        ),
        decider=Coalesce(F("decided_by__username"), Value("")),
    ).order_by("number")  # fmt: skip


@transaction.atomic
def decide(*, actor: Actor, now: datetime, sample_id: UUID, verdicts: Iterable[tuple[int, str, str]]) -> int:
    """Say what was found: (line, verdict, note) each; returns how many changed.

    Raises NotVisible, AlreadySigned, OwnLookup and NoteMissing (nothing is kept then).
    """
    sample = reach.get(actor, Sample, sample_id)
    if sample.signed_at is not None:
        raise AlreadySigned
    rows = {row.number: row for row in lines(actor, sample)}
    changed = 0
    for number, verdict, note in verdicts:
        row = rows.get(number)
        if row is None or verdict not in Verdict.values or (row.verdict, row.note) == (verdict, note.strip()):
            continue
        if row.actor_id == actor.account_id:  # type: ignore[attr-defined]  # annotated
            raise OwnLookup
        if verdict == Verdict.FOLLOWED_UP and not note.strip():
            raise NoteMissing
        SampledLookup.objects.filter(pk=row.pk).update(
            verdict=verdict, note=note.strip()[:300], decided_at=now, decided_by_id=actor.account_id
        )
        changed += 1
    if changed:
        log.record(
            actor=actor, action="audit.sample.decided", now=now, object=sample, unit_id=sample.unit_id,
            detail={"lines": changed},
        )  # fmt: skip
    return changed


@transaction.atomic
def sign(*, actor: Actor, now: datetime, sample_id: UUID) -> None:
    """Sign off a sample whose every line has been decided. Raises NotVisible, AlreadySigned, Undecided."""
    sample = reach.get(actor, Sample, sample_id)
    if sample.signed_at is not None:
        raise AlreadySigned
    if sample.lines.filter(verdict="").exists():
        raise Undecided
    sample.signed_at, sample.signed_by_id = now, actor.account_id
    sample.save(update_fields=["signed_at", "signed_by"])
    followed_up = sample.lines.filter(verdict=Verdict.FOLLOWED_UP).count()
    log.record(
        actor=actor, action="audit.sample.signed", now=now, object=sample, unit_id=sample.unit_id,
        detail={"lines": sample.lines.count(), "followed_up": followed_up},
    )  # fmt: skip
