# SPDX-License-Identifier: MPL-2.0
"""Durable work on bookings that nobody waits for: keeping days allocated, closing them, counting what was gained."""

from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

from kommune3.kernel.jobs import JobContext, durable, schedule
from kommune3.solutions.fleet.errors import NotAllocated
from kommune3.solutions.fleet.models import Base
from kommune3.solutions.fleet.operations import allocating, dispatch_effects, stripping
from kommune3.solutions.fleet.queries.bookings import days_with_bookings

AHEAD = timedelta(days=14)


@durable()
def keep_days(job: JobContext) -> None:
    """Close what is over, fix what is about to begin, and allocate the coming days anew: vehicles may have broken down.

    Each day is a step of its own; killed, the next run does the rest.
    """
    with job.checkpoint():
        dispatch_effects.close_past(now=job.now())
    told = 0
    for base, day in days_with_bookings(since=job.now(), until=job.now() + AHEAD):
        if job.cancelled():
            return
        with job.checkpoint():
            told += _keep(base, day, job)
    with job.commit():
        job.result = {"told": told}


@durable()
def count_dispatch(job: JobContext) -> None:
    """Count the days that are over against first come, first served, and enter the gain in the ledger of effects."""
    with job.checkpoint():
        dispatch_effects.close_past(now=job.now())
    days = set()
    for base, day in dispatch_effects.days_to_count(now=job.now()):
        if job.cancelled():
            return
        with job.checkpoint():
            if dispatch_effects.count_day(base, day, actor=job.actor, now=job.now()):
                days.add(day)
    with job.commit():
        for day in sorted(days):
            dispatch_effects.record_day(day, actor=job.actor, now=job.now())
        job.result = {"days": len(days)}


@durable()
def strip_bookings(job: JobContext) -> None:
    """Remove who booked from bookings kept long enough, some thousands at a time; the retention clock starts it."""
    stripped = 0
    while True:
        if job.cancelled():
            return
        with job.checkpoint():
            some = stripping.strip_some(actor=job.actor, now=job.now())
        if not some:
            break
        stripped += some
    with job.commit():
        job.result = {"bookings": stripped}


def _keep(base: Base, day: date, job: JobContext) -> int:
    try:
        return allocating.reallocate(base, day, actor=job.actor, now=job.now())
    except NotAllocated:
        return 0  # the day stays as it was; the dispatcher's own attempt says why


schedule("fleet.bookings.kept", "*/10 * * * *", keep_days, title=_("Keep the coming days' bookings allocated"))
schedule(
    "fleet.bookings.counted", "10 13 * * *", count_dispatch, title=_("Count what the allocation of bookings gained")
)
