# SPDX-License-Identifier: MPL-2.0
"""Optimisations as a list shows them."""

from django.db.models import Case, CharField, F, OuterRef, QuerySet, Subquery, TextChoices, Value, When
from django.utils.translation import gettext_lazy as _

from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.jobs.models import Job, State
from kommune3.solutions.fleet.models import Run, RunState


class ShownState(TextChoices):
    """How a run stands for its reader."""

    STARTED = "STARTED", _("Started")
    FINISHED = "FINISHED", _("Finished")
    FAILED = "FAILED", _("Failed")
    CANCELLED = "CANCELLED", _("Cancelled")


def runs_of(actor: Actor) -> QuerySet[Run]:
    """The runs the actor may see, with ``shown_state``: a run whose job failed or was cancelled will not go on."""
    job_state = Subquery(Job.objects.filter(pk=OuterRef("job_id")).values("state")[:1])
    ended = [
        When(state=RunState.STARTED, job_state=state, then=Value(state.value))
        for state in (State.FAILED, State.CANCELLED)
    ]
    shown = Case(*ended, default=F("state"), output_field=CharField())
    return reach.visible(actor, Run).annotate(job_state=job_state).annotate(shown_state=shown)
