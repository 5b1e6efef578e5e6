# SPDX-License-Identifier: MPL-2.0
"""Deleting trips that are older than trips are kept (``LimitKind.KEPT_MONTHS``).

What is left of them are daily sums, of which none is built on fewer vehicles or trips than may be shown. A result of an
optimisation keeps its figures, but no longer which vehicle took which of the deleted trips.
"""

from datetime import date, datetime

from django.db.models import Case, F, PositiveIntegerField, Q, Value, When

from kommune3.kernel import clock
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.audit import log
from kommune3.kernel.inventory import unheld
from kommune3.solutions.fleet.models import (
    Assignment,
    BaseWitness,
    DailyUse,
    HourlyUse,
    ImportProblem,
    LimitKind,
    Purge,
    Recount,
    Trip,
)
from kommune3.solutions.fleet.models.daily import SECONDS, VEHICLES
from kommune3.solutions.fleet.operations.daily import first_countable_day
from kommune3.solutions.fleet.queries import limits

AT_ONCE = 5000


def due_date(*, now: datetime) -> date | None:
    """Trips that ended before this day are to be deleted; None where nothing is, or nothing more."""
    today = clock.municipal_date(now)
    months = limits.value_of(LimitKind.KEPT_MONTHS, on=today)
    if months is None:
        return None
    month = today.year * 12 + today.month - 1 - months
    before = date(month // 12, month % 12 + 1, 1)
    return before if before >= first_countable_day() else None


def is_ready() -> bool:
    """Whether every day has been counted: sums of deleted trips cannot be made later."""
    return not Recount.objects.exists()


def delete_some(before: date) -> int:
    """Delete up to :data:`AT_ONCE` trips that ended before a day, in the caller's transaction; returns how many.

    None while the solution is on legal hold.
    """
    end = clock.day_bounds(before)[0]
    due = unheld(Trip.objects.filter(end_at__lte=end)).order_by("start_at", "id")
    some = list(due.values_list("pk", flat=True)[:AT_ONCE])
    Assignment.objects.filter(trip__in=some).delete()
    return Trip.objects.filter(pk__in=some).delete()[1].get("fleet.Trip", 0)


def finish(before: date, *, trips: int, actor: Actor, now: datetime) -> Purge | None:
    """Remove what the sums still tell of few, and write down what was deleted; in the caller's transaction."""
    fewest = limits.fewest(on=clock.municipal_date(now))
    newest = Purge.objects.first()
    since = {} if newest is None else {"day__gte": newest.before_date}
    small = _remove_small(before, since, fewest)
    end = clock.day_bounds(before)[0]
    BaseWitness.objects.filter(ends_at__lte=end).update(trip_ids=[])
    ImportProblem.objects.filter(trip_import__last_end_at__lte=end).delete()
    if newest is not None and newest.before_date == before and not trips:
        return None
    row, _is_new = Purge.objects.get_or_create(
        before_date=before, defaults={"trips": 0, "small_sums": 0, "purged_at": now}
    )
    row.trips, row.small_sums, row.purged_at = row.trips + trips, row.small_sums + small, now
    row.save()
    log.record(
        actor=actor, action="fleet.trips.purged", now=now, object=row,
        detail={"before": before.isoformat(), "trips": trips, "small_sums": small},
    )  # fmt: skip
    return row


def _remove_small(before: date, since: dict[str, date], fewest: int) -> int:
    """Remove daily sums that are built on fewer than ``fewest``, and blank out such hours; returns how many rows."""
    few = Q(vehicles__lt=fewest)
    use = DailyUse.objects.filter(few | Q(underway__lt=fewest), day__lt=before, **since)
    hours = HourlyUse.objects.filter(few, day__lt=before, **since)
    removed = use.delete()[0] + hours.delete()[0]
    blanked = {
        name: Case(
            When(**{f"{vehicles}__lt": fewest}, then=Value(0)), default=F(name), output_field=PositiveIntegerField()
        )
        for seconds, vehicles in zip(SECONDS, VEHICLES, strict=True)
        for name in (seconds, vehicles)
    }
    HourlyUse.objects.filter(day__lt=before, **since).update(**blanked)
    return removed
