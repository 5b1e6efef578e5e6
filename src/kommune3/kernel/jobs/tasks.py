# SPDX-License-Identifier: MPL-2.0
from datetime import timedelta

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from kommune3.kernel.jobs import operations
from kommune3.kernel.jobs.context import JobContext
from kommune3.kernel.jobs.declare import durable, schedule


@durable()
def remove_finished_jobs(job: JobContext) -> dict[str, int]:
    """Remove jobs that finished longer ago than they are kept."""
    before = job.now() - timedelta(days=settings.JOB_KEEP_DAYS)
    return {"removed": operations.remove_finished(before=before)}


schedule("jobs.finished.removed", "40 3 * * *", remove_finished_jobs, title=_("Remove old finished jobs"))
