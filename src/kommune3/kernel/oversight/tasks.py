# SPDX-License-Identifier: MPL-2.0
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from kommune3.kernel import jobs
from kommune3.kernel.audit import anchors
from kommune3.kernel.jobs import JobContext, durable
from kommune3.kernel.oversight import sampling


@durable(max_attempts=5, timeout_minutes=30)
def draw_samples(job: JobContext) -> None:
    """Draw last month's samples of look-ups."""
    with job.commit():
        made = sampling.draw_due(
            actor=job.actor,
            now=job.now(),
            size=settings.SAMPLE_SIZE,
            deadline_days=settings.SAMPLE_DEADLINE_DAYS,
        )
        job.result = {"samples": len(made)}


@durable(max_attempts=5, permanent=(anchors.CannotKeep,))
def keep_anchor(job: JobContext) -> None:
    """Keep an anchor of the audit log outside the database."""
    anchor = anchors.keep(now=job.now())
    with job.commit():
        job.result = {"line": anchor.number if anchor else None}


jobs.schedule("audit.samples", "40 5 1 * *", draw_samples, title=_("Random-sample control: draw last month's look-ups"))
jobs.schedule("audit.anchor", "7 * * * *", keep_anchor, title=_("Audit log: keep an anchor outside the database"))
