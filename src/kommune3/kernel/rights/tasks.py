# SPDX-License-Identifier: MPL-2.0
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from kommune3.kernel import jobs
from kommune3.kernel.jobs import JobContext, durable
from kommune3.kernel.rights import review_messages, reviews


@durable(max_attempts=5, timeout_minutes=30)
def review_rights(job: JobContext) -> None:
    """Open the rounds that are due, and remind of those that are open."""
    with job.commit():
        made = reviews.start_due_rounds(
            actor=job.actor,
            now=job.now(),
            months=settings.REVIEW_MONTHS,
            deadline_days=settings.REVIEW_DEADLINE_DAYS,
        )
        reminded = review_messages.remind(actor=job.actor, now=job.now())
        job.result = {"opened": len(made), "reminded": reminded}


jobs.schedule("rights.review", "25 5 * * *", review_rights, title=_("Review of rights: open rounds and remind"))
