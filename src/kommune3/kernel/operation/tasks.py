# SPDX-License-Identifier: MPL-2.0
from typing import Any

from kommune3.kernel.audit import anchors, append_only, log
from kommune3.kernel.audit.models import Entry
from kommune3.kernel.jobs.context import JobContext
from kommune3.kernel.jobs.declare import durable
from kommune3.kernel.metrics import milestones


@durable(max_attempts=1, permanent=(anchors.CannotKeep,))
def verify_audit(job: JobContext) -> None:
    """Walk the whole audit log, and note what was found: a broken log is a result, not a failure of the job."""
    broken = log.verify(anchors=anchors.kept())
    unguarded = append_only.missing(Entry._meta.db_table)
    outcome = "BROKEN" if broken or unguarded else "OK"
    found: dict[str, Any] = {"unguarded": unguarded}
    if broken:
        found |= {"line": broken.number, "reason": broken.reason}
    with job.commit():
        log.record(actor=job.actor, action="audit.verified", now=job.now(), outcome=outcome, detail=found)
        milestones.reached(milestones.AUDIT_VERIFIED, at=job.now(), outcome=outcome, detail=found)
        job.result = {"outcome": outcome, **found}
