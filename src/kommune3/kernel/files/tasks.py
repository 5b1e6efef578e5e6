# SPDX-License-Identifier: MPL-2.0
from django.utils.translation import gettext_lazy as _

from kommune3.kernel.files import sweeping
from kommune3.kernel.jobs import JobContext, durable, schedule


@durable(max_attempts=3)
def sweep_files(job: JobContext) -> None:
    """Remove what nobody points to and what need not be kept any longer."""
    with job.commit():
        swept = sweeping.sweep(actor=job.actor, now=job.now())
        job.result = {"orphans": swept.orphans, "expired": swept.expired}


schedule("files.swept_nightly", "40 2 * * *", sweep_files, title=_("Sweep stored files"))
