# SPDX-License-Identifier: MPL-2.0
"""Durable work every night: the visits of the next fortnight, from what has been granted."""

from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kommune3.kernel.clock import municipal_date
from kommune3.kernel.jobs import JobContext, durable, schedule
from kommune3.solutions.care.operations import visits
from kommune3.solutions.care.queries import registers


@durable(max_attempts=5)
def make_visits(job: JobContext) -> None:
    """Make each team's visits for the days ahead, a team at a time. Killed, it makes the others' and nothing twice."""
    today = municipal_date(job.now())
    end = today + timedelta(days=visits.DAYS_AHEAD)
    teams = registers.team_ids()
    total = visits.Generated()
    for place, team_id in enumerate(teams):
        if job.cancelled():
            return
        job.progress(place / len(teams), _("%(done)s of %(all)s teams") % {"done": place, "all": len(teams)})
        with job.checkpoint():
            total += visits.generate(actor=job.actor, now=job.now(), team_id=team_id, start=today, end=end)
    with job.commit():
        job.result = {
            "teams": len(teams), "created": total.created, "changed": total.changed, "removed": total.removed,
            "announced": total.announced,
        }  # fmt: skip


schedule("care.visits.made", "30 1 * * *", make_visits, title=gettext_lazy("Visits of the next fortnight"))
