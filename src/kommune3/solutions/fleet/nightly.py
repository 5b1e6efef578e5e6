# SPDX-License-Identifier: MPL-2.0
"""Durable work that nobody waits for: counting daily sums, deleting old trips, telling of vehicles to look at."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kommune3.kernel import jobs
from kommune3.kernel.access.actor import system
from kommune3.kernel.jobs import JobContext, durable, schedule
from kommune3.solutions.fleet.operations import daily, purging, telling


@durable(max_attempts=5)
def recount(job: JobContext) -> None:
    """Count the days whose trips have changed. Killed, it goes on with those that are left."""
    total = max(1, daily.days_left())
    while left := daily.days_left():
        if job.cancelled():
            return
        job.progress(max(0.0, 1 - left / total), _("%(days)s days left") % {"days": left})
        with job.checkpoint():
            daily.recount_next()
    with job.commit():
        job.result = {"days": total}


@durable()
def check_sums(job: JobContext) -> None:
    """Find bases whose sums differ from their trips, and have them counted anew."""
    with job.commit():
        job.result = {"bases": daily.mark_differing(now=job.now())}


@durable()
def purge_trips(job: JobContext) -> None:
    """Delete the trips that are older than trips are kept, a few thousand at a time; the retention clock starts it."""
    before = purging.due_date(now=job.now())
    if before is None or not purging.is_ready():
        with job.commit():
            job.result = {"trips": 0}
        return
    trips = 0
    while True:
        if job.cancelled():
            return
        with job.checkpoint():
            deleted = purging.delete_some(before)
        if not deleted:
            break
        trips += deleted
        job.progress(0.5, _("%(trips)s trips deleted") % {"trips": trips})
    with job.commit():
        purging.finish(before, trips=trips, actor=job.actor, now=job.now())
        job.result = {"trips": trips, "before": before.isoformat()}


@durable()
def tell_of_vehicles(job: JobContext) -> None:
    """Tell the fleet managers of vehicles that stand still or drive more than their contract."""
    with job.commit():
        job.result = {"messages": telling.tell(actor=job.actor, now=job.now())}


def start_recount(*, key: str, now: datetime) -> None:
    """Put the counting in its queue; ``key`` names what asked for it."""
    jobs.enqueue(
        recount, {}, actor=system("fleet.daily"), now=now, title=_("Counting the days' driving"),
        idempotency_key=f"fleet.recount.{key}",
    )  # fmt: skip


schedule("fleet.sums.checked", "20 2 * * *", check_sums, title=gettext_lazy("Check the daily sums of driving"))
schedule("fleet.vehicles.told", "15 6 * * *", tell_of_vehicles, title=gettext_lazy("Vehicles to look at"))
