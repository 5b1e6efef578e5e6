# SPDX-License-Identifier: MPL-2.0
"""How far a background job of the solution is."""

from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse

from kommune3.kernel.jobs.models import Job, State

# The job's states as the page's progress bar calls them.
_SHOWN = {State.SUCCEEDED: "DONE"}


@dataclass(frozen=True)
class Progress:
    """A job as the page shows it. ``events`` and ``poll`` are addresses of its state, streamed and asked for."""

    state: str
    percent: int
    message: str
    events: str
    poll: str
    error: str

    @property
    def is_over(self) -> bool:
        """Whether the job will do no more."""
        return self.state in ("DONE", "FAILED", "CANCELLED")


def progress_of(job_id: UUID | None) -> Progress | None:
    """The progress of a job; None where there is none (any more). The caller has shown that the actor may see it."""
    job = Job.objects.filter(pk=job_id).first() if job_id else None
    if job is None:
        return None
    return Progress(
        state=_SHOWN.get(State(job.state), job.state),
        percent=round(job.progress * 100),
        message=job.message,
        events=reverse("jobs:stream", args=[job.pk]),
        poll=reverse("jobs:state", args=[job.pk]),
        error=str(job.error.get("message", "")) if job.error else "",
    )
