# SPDX-License-Identifier: MPL-2.0
"""Keeping the daily sums equal to the trips.

Whoever adds, changes or removes trips calls :func:`trips_changed` in the same transaction. The days are then counted
anew, a base and a month at a time, by ``nightly.recount``; what is left to count survives a crash as ``Recount`` rows.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Count, Max, Min, QuerySet, Sum

from kommune3.kernel import clock, events
from kommune3.solutions.fleet.counting import Counted, Driven, count
from kommune3.solutions.fleet.models import DailyUse, HourlyUse, Purge, Recount, Trip
from kommune3.solutions.fleet.models.daily import BANDS, SECONDS, VEHICLES

CHANGED = "fleet.trips.changed"
DAYS_AT_ONCE = 31
_ONE_DAY = timedelta(days=1)


def trips_changed(trips: QuerySet[Trip], *, now: datetime) -> None:
    """Have the days of these trips counted anew: called while they exist, in the transaction that changes them."""
    spans = list(trips.order_by().values("base_id").annotate(first=Min("start_at"), last=Max("end_at")))
    Recount.objects.bulk_create(
        Recount(
            base_id=span["base_id"],
            first_day=clock.municipal_date(span["first"]),
            end_day=clock.municipal_date(span["last"]) + _ONE_DAY,
        )
        for span in spans
    )
    if spans:
        events.publish(CHANGED, {"bases": len(spans)}, now=now)


def days_left() -> int:
    """How many days of bases wait to be counted."""
    return sum((row.end_day - row.first_day).days for row in Recount.objects.all())


def recount_next() -> int:
    """Count the next days that wait, at most a month of one base, in the caller's transaction; returns how many.

    The lock on the row makes two that count take turns.
    """
    row = Recount.objects.select_for_update().order_by("pk").first()
    if row is None:
        return 0
    end_day = min(row.end_day, row.first_day + timedelta(days=DAYS_AT_ONCE))
    _count_anew(row.base_id, max(row.first_day, first_countable_day()), end_day)
    days = (end_day - row.first_day).days
    if end_day == row.end_day:
        row.delete()
    else:
        row.first_day = end_day
        row.save(update_fields=["first_day"])
    return days


def recount_all() -> None:
    """Count all that waits, each step in a transaction of its own: for commands and demo data."""
    while True:
        with transaction.atomic():
            if not recount_next():
                return


def mark_everything() -> int:
    """Have every day of every base counted anew; returns how many days of bases. Sums without trips are removed."""
    first = first_countable_day()
    with transaction.atomic():
        DailyUse.objects.filter(day__gte=first).delete()
        HourlyUse.objects.filter(day__gte=first).delete()
        Recount.objects.all().delete()
        trips = Trip.objects.all() if first == date.min else Trip.objects.filter(end_at__gt=clock.day_bounds(first)[0])
        spans = trips.order_by().values("base_id").annotate(first=Min("start_at"), last=Max("end_at"))
        Recount.objects.bulk_create(
            Recount(
                base_id=span["base_id"],
                first_day=clock.municipal_date(span["first"]),
                end_day=clock.municipal_date(span["last"]) + _ONE_DAY,
            )
            for span in spans
        )
        return days_left()


def mark_differing(*, now: datetime) -> int:
    """Have those bases counted anew whose sums do not have as many trips as there are; returns how many bases.

    A safety net below :func:`trips_changed`, for trips that came or went by another door, and for vehicles whose model
    was corrected.
    """
    if Recount.objects.exists():
        return 0
    first = first_countable_day()
    trips, sums = Trip.objects.all(), DailyUse.objects.all()
    if first != date.min:
        trips, sums = trips.filter(start_at__gte=clock.day_bounds(first)[0]), sums.filter(day__gte=first)
    driven = {
        (base, model): number
        for base, model, number in trips.order_by().values_list("base_id", "vehicle__model_id").annotate(Count("id"))
    }
    counted = {
        (base, model): number for base, model, number in sums.values_list("base_id", "model_id").annotate(Sum("trips"))
    }
    wrong = {
        base
        for base, model in driven.keys() | counted.keys()
        if driven.get((base, model), 0) != counted.get((base, model), 0)
    }
    if wrong:
        HourlyUse.objects.filter(base__in=wrong, day__gte=first).delete()
        sums.filter(base__in=wrong).delete()
        trips_changed(Trip.objects.filter(base__in=wrong), now=now)
    return len(wrong)


def first_countable_day() -> date:
    """The first day whose trips are still kept; ``date.min`` where none were ever purged."""
    return Purge.objects.aggregate(newest=Max("before_date"))["newest"] or date.min


def _count_anew(base_id: int, first_day: date, end_day: date) -> None:
    """Replace the sums of the days [first_day, end_day) of a base."""
    if end_day <= first_day:
        return
    days = {"base_id": base_id, "day__gte": first_day, "day__lt": end_day}
    DailyUse.objects.filter(**days).delete()
    HourlyUse.objects.filter(**days).delete()
    counted = count(_trips_of(base_id, first_day, end_day), first_day, end_day)
    DailyUse.objects.bulk_create(_daily_rows(base_id, counted), batch_size=1000)
    HourlyUse.objects.bulk_create(_hourly_rows(base_id, counted), batch_size=1000)


def _trips_of(base_id: int, first_day: date, end_day: date) -> Iterator[Driven]:
    start, end = clock.day_bounds(first_day)[0], clock.day_bounds(end_day - _ONE_DAY)[1]
    rows = (
        Trip.objects.filter(base=base_id, start_at__lt=end, end_at__gt=start)
        .order_by("start_at", "id")
        .values_list("start_at", "end_at", "km", "segments", "vehicle_id", "vehicle__model_id", "vehicle__model__kind")
    )
    for start_at, end_at, km, segments, vehicle, model, kind in rows:
        yield Driven(start_at, end_at, km, segments, vehicle, model, kind or "")


def _daily_rows(base_id: int, counted: Counted) -> Iterator[DailyUse]:
    for (day, model), use in counted.use.items():
        yield DailyUse(
            day=day, base_id=base_id, model_id=model, trips=use.trips, underway=use.underway,
            vehicles=len(use.vehicles), metres=use.metres, away_seconds=use.away_seconds,
            **dict(zip(BANDS, use.bands, strict=True)),
        )  # fmt: skip


def _hourly_rows(base_id: int, counted: Counted) -> Iterator[HourlyUse]:
    for (day, kind), hours in counted.hours.items():
        yield HourlyUse(
            day=day, base_id=base_id, kind=kind, vehicles=len(hours.vehicles), peak=hours.peak,
            **dict(zip(SECONDS, hours.seconds, strict=True)),
            **dict(zip(VEHICLES, map(len, hours.out), strict=True)),
        )  # fmt: skip
