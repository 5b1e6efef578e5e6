# SPDX-License-Identifier: MPL-2.0
from django.utils.translation import gettext_lazy as _

from kommune3.kernel.jobs import JobContext, durable, schedule
from kommune3.kernel.limits import counting


@durable(max_attempts=3)
def forget_old_counts(job: JobContext) -> None:
    """Remove counts of calls whose time is over."""
    with job.commit():
        job.result = {"rows": counting.purge(now=job.now())}


schedule("limits.forgotten_hourly", "23 * * * *", forget_old_counts, title=_("Forget old counts of calls"))
