# SPDX-License-Identifier: MPL-2.0
"""Large optimisations in parts: one durable job for each group of bases that shares nothing with the others.

The run's own job divides, works along, and gathers; the parts' jobs may run on as many machines as there are workers.
Whatever is killed begins again with the part it was at: a part that is found stays found.
"""

import gzip
import json
import time
from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

import fleetplan
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from fleetplan.codec import decode, encode

from kommune3.kernel import jobs
from kommune3.kernel.jobs import JobCancelled, JobContext, durable, leases
from kommune3.kernel.jobs.errors import NotPossible
from kommune3.kernel.jobs.models import Job, State
from kommune3.kernel.jobs.running import run as run_now
from kommune3.kernel.jobs.worker import own_name
from kommune3.solutions.fleet.errors import FleetError
from kommune3.solutions.fleet.models import Run, RunPart, RunState
from kommune3.solutions.fleet.planning import problem, solving

QUEUE = "fleet-parts"
PARTS_FROM_TRIPS = 20_000
"""Smaller optimisations are quicker in one piece."""
FIRST, LAST = 0.1, 0.6
"""Where in the run's progress the parts lie."""
_WAIT_SECONDS = 0.5
_ASK_SECONDS = 1.0
_LIMITS = fleetplan.Limits(solver_seconds=120, rounds=1, refine=False)
"""Of a part. Windows as columns and further rounds are for smaller problems: here they cost much and bring little."""

jobs.queue(QUEUE, title=gettext_lazy("Parts of large optimisations"), concurrency=2)


class PartFailed(FleetError):
    """A part of an optimisation could not be computed."""

    def __init__(self, number: int, message: str) -> None:
        super().__init__(
            _("Part %(number)s of the optimisation could not be computed. %(message)s")
            % {"number": number, "message": message}
        )


@durable(queue=QUEUE, max_attempts=3, timeout_minutes=60)
def find_part(job: JobContext, *, part_id: int) -> None:
    """Find the best fleet of one part. Killed, it begins again; its answer is written once, in the commit."""
    part = RunPart.objects.select_related("run__rate_set").filter(pk=part_id).first()
    if part is None or part.finished_at is not None or part.run.state != RunState.STARTED:
        with job.commit():
            return
    stopped = _stopped(job, part.run)
    if stopped():
        raise JobCancelled
    asked = problem.prepare(part.run, bases=part.bases).problem
    answer = fleetplan.solve(
        asked, limits=_LIMITS, should_cancel=stopped,
        on_progress=lambda progress: job.progress(*_words(progress)),
    )  # fmt: skip
    if answer.status is fleetplan.Status.CANCELLED or stopped():
        raise JobCancelled
    with job.commit():
        part.answer = gzip.compress(json.dumps(encode(answer)).encode(), compresslevel=5)
        part.finished_at = job.now()
        part.save(update_fields=["answer", "finished_at"])
        job.result = {"run": part.run_id, "part": part.number, "status": answer.status.name}


def in_parts(job: JobContext, run: Run) -> Callable[[fleetplan.Problem], fleetplan.Answer | None]:
    """How the run's job solves a problem: in parts where it is large and falls apart, else None.

    The function raises ``solving.Cancelled`` and :class:`PartFailed`.
    """

    def solved(whole: fleetplan.Problem) -> fleetplan.Answer | None:
        if len(whole.trips) < PARTS_FROM_TRIPS:
            return None
        pieces = fleetplan.parts_by_base(whole)
        if len(pieces) < 2:
            return None
        # Bases without trips have their locked vehicles and nothing to compute.
        idle = [fleetplan.solve(piece) for piece in pieces if not piece.trips]
        _open_parts(job, run, [piece for piece in pieces if piece.trips])
        _see_through(job, run)
        found = [decode(fleetplan.Answer, json.loads(gzip.decompress(part.answer))) for part in run.parts.all()]
        return fleetplan.gather(whole, [*found, *idle])

    return solved


def forget_parts(run: Run) -> None:
    """Once the whole is written, the parts' answers are not needed; in the caller's transaction."""
    run.parts.update(answer=b"")


def _open_parts(job: JobContext, run: Run, pieces: Sequence[fleetplan.Problem]) -> None:
    """Write down the parts and put each in the queue, once; what was cancelled or failed before is tried again."""
    with job.checkpoint():
        if not run.parts.exists():
            RunPart.objects.bulk_create(
                RunPart(run=run, number=number, bases=_bases_of(piece), trips=len(piece.trips))
                for number, piece in enumerate(pieces, start=1)
            )
        for part in run.parts.filter(finished_at=None).defer("answer"):
            child = jobs.enqueue(
                find_part, {"part_id": part.pk}, actor=job.actor, now=job.now(), unit=run.unit,
                idempotency_key=f"fleet.run.{run.pk}.part.{part.number}",
                title=_("Part %(number)s of: %(title)s") % {"number": part.number, "title": run.title},
            )  # fmt: skip
            if child.state in (State.CANCELLED, State.FAILED):
                jobs.retry(child, actor=job.actor, now=job.now())
            part.job_id = child.pk
            part.save(update_fields=["job_id"])


def _see_through(job: JobContext, run: Run) -> None:
    """Work along until every part is found."""
    while True:
        parts = list(run.parts.defer("answer"))
        children = {child.pk: child for child in Job.objects.filter(pk__in=[part.job_id for part in parts])}
        waiting = [part for part in parts if part.finished_at is None]
        if job.cancelled():
            _cancel(job, [children[part.job_id] for part in waiting if part.job_id in children])
            raise solving.Cancelled
        if not waiting:
            return
        _tell(job, parts, children)
        for part in waiting:
            child = children.get(part.job_id) if part.job_id else None
            if child is None or child.state in (State.FAILED, State.CANCELLED):
                _cancel(job, [children[each.job_id] for each in waiting if each.job_id in children])
                message = str(child.error.get("message", "")) if child is not None and child.error else ""
                raise PartFailed(part.number, message)
        if not _work_along(waiting, job):
            leases.recover(now=job.now())
            time.sleep(_WAIT_SECONDS)


def _work_along(waiting: Sequence[RunPart], job: JobContext) -> bool:
    """Do one of the parts that nobody has begun; False where there is none."""
    for part in waiting:
        claimed = leases.claim_one(part.job_id, worker=own_name(), now=job.now()) if part.job_id else []
        if claimed:
            run_now(claimed)
            return True
    return False


def _tell(job: JobContext, parts: Sequence[RunPart], children: Mapping[UUID, Job]) -> None:
    """The progress of the whole: each part by its share of the trips."""
    done = sum(part.finished_at is not None for part in parts)
    reached = 0.0
    for part in parts:
        child = children.get(part.job_id) if part.job_id else None
        progress = child.progress if child is not None else 0.0
        reached += part.trips * (1.0 if part.finished_at is not None else progress)
    share = reached / max(1, sum(part.trips for part in parts))
    text = _("%(done)s of %(all)s parts are found") % {"done": done, "all": len(parts)}
    job.progress(FIRST + (LAST - FIRST) * share, text)


def _cancel(job: JobContext, children: Sequence[Job]) -> None:
    for child in children:
        try:
            jobs.cancel(child, actor=job.actor, now=job.now())
        except NotPossible:
            continue


def _stopped(job: JobContext, run: Run) -> Callable[[], bool]:
    """Whether the part's own job or the run's was cancelled; asks for the latter once a second."""
    asked_at, answer = -_ASK_SECONDS, False

    def stopped() -> bool:
        nonlocal asked_at, answer
        if time.monotonic() - asked_at >= _ASK_SECONDS:
            asked_at = time.monotonic()
            answer = run.job_id is not None and Job.objects.filter(pk=run.job_id, cancel_requested=True).exists()
        return answer or job.cancelled()

    return stopped


def _bases_of(piece: fleetplan.Problem) -> list[int]:
    of_classes = {problem.split_class_id(each.id)[0] for each in piece.classes}
    return sorted(of_classes | {int(trip.base) for trip in piece.trips})


def _words(progress: fleetplan.Progress) -> tuple[float, str]:
    fraction, text = solving.STEPS.get(progress.step, (0.5, ""))
    return fraction, str(text)
