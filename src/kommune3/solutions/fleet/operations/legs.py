# SPDX-License-Identifier: MPL-2.0
"""Keeping legs as they are delivered, each movement once however often it comes; and deleting them in time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from fleetplan import tracks

from kommune3.kernel import clock
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.audit import log
from kommune3.kernel.inventory import unheld
from kommune3.solutions.fleet.models import Leg, LimitKind, Vehicle
from kommune3.solutions.fleet.queries import limits
from kommune3.solutions.fleet.queries.tracks import as_row

_CHANGEABLE = ["end_at", "km", "start_latitude", "start_longitude", "end_latitude", "end_longitude"]


@dataclass(frozen=True)
class Kept:
    """How many legs were not there before, and how many were there but shorter or otherwise different."""

    new: int
    changed: int


def keep_legs(vehicle_id: int, legs: Iterable[tracks.Leg]) -> Kept:
    """Store the legs of a vehicle, in the caller's transaction. The same leg a second time changes nothing.

    A movement that was going on when it was first delivered, or that a question's edge cut off, has the same start or
    the same end as the whole of it; the longest is kept.
    """
    Vehicle.objects.select_for_update().get(pk=vehicle_id)
    incoming: dict[datetime, tracks.Leg] = {}
    for leg in legs:
        known = incoming.get(leg.start)
        if known is None or (leg.end, leg.km) > (known.end, known.km):
            incoming[leg.start] = leg
    if not incoming:
        return Kept(0, 0)
    stored = Leg.objects.filter(
        vehicle_id=vehicle_id,
        start_at__gte=min(incoming) - timedelta(days=1),
        start_at__lte=max(leg.end for leg in incoming.values()),
    )
    by_start = {row.start_at: row for row in stored}
    by_end = {row.end_at: row for row in by_start.values()}
    new: list[Leg] = []
    changed: list[Leg] = []
    cut_off: list[int] = []
    for start in sorted(incoming):
        row = as_row(vehicle_id, incoming[start])
        old = by_start.get(start)
        if old is not None:
            if row.end_at >= old.end_at and _differs(old, row):
                row.pk = old.pk
                changed.append(row)
            continue
        same_end = by_end.get(row.end_at)
        if same_end is not None and same_end.start_at < row.start_at:
            continue
        if same_end is not None and same_end.pk is not None:
            cut_off.append(same_end.pk)
        new.append(row)
        by_end[row.end_at] = row
    Leg.objects.filter(pk__in=cut_off).delete()
    Leg.objects.bulk_create(new, batch_size=2000)
    Leg.objects.bulk_update(changed, _CHANGEABLE, batch_size=500)
    return Kept(len(new) - len(cut_off), len(changed) + len(cut_off))


def _differs(old: Leg, new: Leg) -> bool:
    return any(getattr(old, name) != getattr(new, name) for name in _CHANGEABLE)


def delete_old_legs(*, actor: Actor, now: datetime) -> int:
    """Delete legs that ended longer ago than the limit in force says; returns how many. Nothing where it is off."""
    today = clock.municipal_date(now)
    days = limits.value_of(LimitKind.LEGS_DAYS, on=today)
    if days is None:
        return 0
    before, _end = clock.day_bounds(today - timedelta(days=days))
    with transaction.atomic():
        deleted, _by_model = unheld(Leg.objects.filter(end_at__lt=before, start_at__lt=before)).delete()
        if deleted:
            log.record(
                actor=actor, action="fleet.legs.deleted", now=now,
                detail={"legs": deleted, "before": before.isoformat(), "days": days},
            )  # fmt: skip
        return deleted
