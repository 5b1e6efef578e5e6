# SPDX-License-Identifier: MPL-2.0
"""What pages and the API ask of jobs. No writes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor, actor_of, with_emergencies
from kommune3.kernel.access.row_security.session import as_platform
from kommune3.kernel.jobs import access
from kommune3.kernel.jobs.models import FINISHED, Job, State
from kommune3.kernel.people.models import Account

_UNREAD = ("args", "kwargs", "result", "error")  # wide columns that no list shows


@dataclass(frozen=True)
class Snapshot:
    """How far a job is. ``progress``: 0 to 1."""

    id: UUID
    state: State
    progress: float
    message: str
    link: str

    @property
    def is_finished(self) -> bool:
        return self.state in FINISHED


@dataclass(frozen=True)
class Explanation:
    """Why a job failed, for its reader: what happened, and what to do about it."""

    what: str
    advice: str


def find_jobs(actor: Actor) -> QuerySet[Job]:
    """The jobs that ``actor`` may see."""
    return reach.visible(actor, Job).defer(*_UNREAD)


def find_running(actor: Actor, *, limit: int) -> list[Job]:
    """The running jobs that ``actor`` may see, the longest running first."""
    return list(find_jobs(actor).filter(state=State.RUNNING).order_by("started_at")[:limit])


def get_job(actor: Actor, job_id: UUID, *, action: str | None = None) -> Job:
    """One job that ``actor`` may see (or do ``action`` with); raises as :func:`kernel.access.reach.get` does."""
    return reach.get(actor, Job, job_id, action=action)


def may_still_see(account_id: UUID, job_id: UUID, *, now: datetime) -> bool:
    """Whether the account, with the rights it has now, may see the job: for whoever has followed it for a while."""
    with as_platform():
        account = Account.objects.filter(pk=account_id).first()
        if account is None:
            return False
        actor = with_emergencies(actor_of(account, now=now), now=now)
        return reach.visible(actor, Job).filter(pk=job_id).exists()


def may_cancel(actor: Actor, job: Job) -> bool:
    """Whether the job can be cancelled, and by this actor."""
    return not job.is_finished and reach.visible(actor, Job, action=access.CANCEL).filter(pk=job.pk).exists()


def may_retry(actor: Actor, job: Job) -> bool:
    """Whether the job can be started again, and by this actor."""
    return (
        job.state in (State.FAILED, State.CANCELLED)
        and reach.visible(actor, Job, action=access.RETRY).filter(pk=job.pk).exists()
    )


def snapshot_of(job: Job) -> Snapshot:
    """How far a loaded job is."""
    return Snapshot(job.pk, State(job.state), job.progress, job.message, job.link)


def get_snapshots(job_ids: Iterable[UUID]) -> dict[UUID, Snapshot]:
    """How far these jobs are, in one query. For those whose access was asked before."""
    columns = ("pk", "state", "progress", "message", "link")
    with as_platform():
        rows = list(Job.objects.filter(pk__in=list(job_ids)).values_list(*columns))
    return {row[0]: Snapshot(row[0], State(row[1]), *row[2:]) for row in rows}


def explain(job: Job) -> Explanation | None:
    """Why the last attempt failed; None when there is nothing to explain."""
    if job.error is None:
        return None
    again = _("Start the job again. If it fails once more, give the job's number to your administrator.")
    if job.error["type"] == "worker_lost":
        return Explanation(_("The program that ran the job stopped on the way. Nothing was half written."), again)
    if job.error["message"]:
        return Explanation(job.error["message"], _("Put it right, and start the job again."))
    if job.error["type"].startswith(("django.db.", "psycopg.", "sqlite3.")):
        return Explanation(_("The database did not answer as it should."), again)
    return Explanation(_("An error happened that the program did not expect. What failed was rolled back."), again)
