# SPDX-License-Identifier: MPL-2.0
"""Running what was claimed, and writing how it went."""

import time
from datetime import timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.utils import translation
from django_tasks.base import TaskContext
from django_tasks.utils import normalize_json

from kommune3.kernel import clock, disk
from kommune3.kernel.jobs import leases
from kommune3.kernel.jobs.backend import result_of
from kommune3.kernel.jobs.context import Heartbeat, JobContext
from kommune3.kernel.jobs.declare import DurableTask, task_named
from kommune3.kernel.jobs.errors import JobCancelled, JobTimeout, LeaseLost, PermanentError, describe
from kommune3.kernel.jobs.models import Job
from kommune3.kernel.metrics import figures

log = structlog.get_logger("jobs")

LONGEST_BATCH_SECONDS = 0.25  # others may write to SQLite in between


DISK_PAUSE = timedelta(seconds=5)


class HandedBack(BaseException):
    """The worker is told to stop and the task takes too long: let go of the job."""


def run(jobs: list[Job]) -> None:
    """Run a claim: one job, or a batch of small ones. Never raises for what a task did."""
    with translation.override(settings.LANGUAGE_CODE):
        if jobs[0].is_small:
            _run_batch(jobs)
        else:
            _run_alone(jobs[0])


def _run_alone(job: Job) -> None:
    started = time.monotonic()
    with structlog.contextvars.bound_contextvars(job=str(job.pk), task=job.task):
        try:
            task = task_named(job.task)
            context = JobContext(job, timeout_minutes=task.timeout_minutes)
            with Heartbeat(context, job, task.timeout_minutes):
                result = _call(task, job, context)
            if not context.committed:
                if context.was_told_to_stop:
                    raise JobCancelled
                leases.succeed(job, result=normalize_json(result), now=clock.now())
            _measure(job, "succeeded", started)
        except LeaseLost:
            log.warning("jobs.lease.lost", fence=job.fence)
        except HandedBack:
            _hand_back([job])
            raise
        except Exception as error:
            _mend_connection()
            if disk.trouble_of(error):
                _put_off([job], error)
                return
            _write_failure(job, error)
            _measure(job, "cancelled" if isinstance(error, JobCancelled) else "failed", started)


def _measure(job: Job, outcome: str, started: float) -> None:
    """Only names that code declares become a label: a row may hold any."""
    try:
        name = task_named(job.task).module_path
    except PermanentError:
        name = "unknown"
    figures.JOB_SECONDS.labels(name, outcome).observe(time.monotonic() - started)


def _run_batch(jobs: list[Job]) -> None:
    """Run small jobs, each in a savepoint, in one transaction that also writes that they are finished.

    What a job wrote and that it is finished become visible together or not at all. One that fails is rolled back alone.
    """
    until = time.monotonic() + LONGEST_BATCH_SECONDS
    try:
        with transaction.atomic():
            jobs = leases.lock_batch(jobs)
            finished: list[Job] = []
            for position, job in enumerate(jobs):
                if time.monotonic() > until:
                    leases.hand_back(jobs[position:])
                    break
                try:
                    with transaction.atomic():
                        result = normalize_json(_call(task_named(job.task), job, JobContext(job, in_batch=True)))
                        if result is not None:
                            leases.succeed(job, result=result, now=clock.now())
                except Exception as error:
                    if disk.trouble_of(error):
                        raise
                    _write_failure(job, error)
                else:
                    if result is None:
                        finished.append(job)
            leases.succeed_batch(finished, now=clock.now())
    except Exception as error:
        if not disk.trouble_of(error):
            raise
        _mend_connection()
        _put_off(jobs, error)
    except HandedBack:
        _hand_back(jobs)
        raise


def _call(task: DurableTask[..., Any], job: Job, context: JobContext) -> Any:
    if task.takes_job:
        returned = task.call(context, *job.args, **job.kwargs)
        return context.result if returned is None else returned
    if task.takes_context:
        return task.call(TaskContext(task_result=result_of(job, task)), *job.args, **job.kwargs)
    return task.call(*job.args, **job.kwargs)


def _put_off(jobs: list[Job], error: Exception) -> None:
    """The disk took nothing: the jobs wait until it does again. Tries until that itself can be written down."""
    log.error("jobs.disk.trouble", trouble=disk.trouble_of(error), jobs=len(jobs))
    while True:
        try:
            leases.put_off(jobs, until=clock.now() + DISK_PAUSE)
            return
        except DatabaseError:
            connection.close()
            time.sleep(DISK_PAUSE.total_seconds())


def _write_failure(job: Job, error: Exception) -> None:
    """Write how an attempt failed; silent when the job has meanwhile gone to another worker."""
    try:
        if isinstance(error, JobCancelled):
            leases.stop_cancelled(job, now=clock.now())
            log.info("jobs.job.stopped")
            return
        permanent = isinstance(error, (PermanentError, *_permanent_of(job)))
        message = str(error) if permanent or isinstance(error, JobTimeout) else ""
        log.error("jobs.job.failed", attempt=job.attempt, permanent=permanent, **describe(error, message=message))
        leases.fail(job, error=describe(error, message=message), permanent=permanent, now=clock.now())
    except LeaseLost:
        log.warning("jobs.lease.lost", fence=job.fence)


def _permanent_of(job: Job) -> tuple[type[Exception], ...]:
    try:
        return task_named(job.task).permanent
    except PermanentError:
        return ()


def _hand_back(jobs: list[Job]) -> None:
    """On a new connection, since the signal may have come in the middle of a statement on the old one."""
    if not connection.in_atomic_block:
        connection.close()
    leases.hand_back(jobs)


def _mend_connection() -> None:
    """The task may have failed because the database connection did."""
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()
