# SPDX-License-Identifier: MPL-2.0
"""Tasks the tests enqueue. ``written`` collects what they did."""

import errno

from django_tasks import TaskContext, task

from kommune3.kernel.flags import switches
from kommune3.kernel.jobs import JobContext, LeaseLost, PermanentError, durable

written: list[str] = []


class WrongFile(Exception):
    """A typed error of a solution, safe to show."""


@durable(max_attempts=3, permanent=(WrongFile,))
def write(job: JobContext, *, label: str, fails: str = "") -> dict[str, str]:
    if fails == "transient":
        raise OSError("0101901234 is away")
    if fails == "permanent":
        raise PermanentError("Filen er tom.")
    if fails == "domain":
        raise WrongFile("Linje 3: km mangler.")
    written.append(label)
    return {"label": label}


@durable(max_attempts=3)
def commit_flag(job: JobContext, *, name: str, breaks: bool = False) -> None:
    job.progress(0.5, "halvvejs")
    with job.commit():
        switches.set_flag(name=name, on=True, now=job.now())
        job.result = {"name": name}
        if breaks:
            raise ValueError(name)


@durable()
def ask_and_stop(job: JobContext) -> None:
    if job.cancelled():
        return
    raise AssertionError("not cancelled")


@durable()
def steal_and_commit(job: JobContext, *, name: str) -> None:
    """Another worker claims the job while this one works."""
    from kommune3.kernel.jobs.models import Job

    Job.objects.filter(pk=job.id).update(fence=Job.objects.get(pk=job.id).fence + 1)
    with job.commit():
        switches.set_flag(name=name, on=True, now=job.now())


@durable()
def steal_and_report(job: JobContext) -> None:
    from kommune3.kernel.jobs.models import Job

    Job.objects.filter(pk=job.id).update(fence=Job.objects.get(pk=job.id).fence + 1)
    try:
        job.progress(0.1)
    except LeaseLost:
        written.append("told")
        raise


@durable(small=True)
def small(job: JobContext, *, name: str, fails: bool = False) -> None:
    switches.set_flag(name=name, on=True, now=job.now())
    if fails:
        raise ValueError(name)


@durable(queue="optimisation")
def heavy(job: JobContext) -> None:
    written.append("heavy")


@durable(timeout_minutes=0.0001)
def slow(job: JobContext) -> None:
    import time

    time.sleep(0.05)
    job.progress(0.1)


@durable()
def name_the_actor(job: JobContext) -> str:
    return f"{job.actor.name} {job.actor.may('jobs.job.cancel')}"


@task
def add(first: int, second: int = 0) -> int:
    return first + second


@task(takes_context=True)
def attempt_of(context: TaskContext) -> int:
    return context.attempt


@durable(max_attempts=1)
def store_on_a_full_disk(job: JobContext) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


@durable(small=True, max_attempts=1)
def small_on_a_full_disk(job: JobContext) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")
