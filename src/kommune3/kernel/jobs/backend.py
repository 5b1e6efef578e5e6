# SPDX-License-Identifier: MPL-2.0
"""The backend that puts tasks of Django's tasks API in our rows."""

from typing import Any, TypeVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django_tasks.backends.base import BaseTaskBackend
from django_tasks.base import Task, TaskError, TaskResult, TaskResultStatus
from django_tasks.exceptions import TaskResultDoesNotExist
from django_tasks.signals import task_enqueued
from typing_extensions import ParamSpec

from kommune3.kernel import clock
from kommune3.kernel.access.actor import system
from kommune3.kernel.jobs import declare
from kommune3.kernel.jobs.errors import UnknownTask
from kommune3.kernel.jobs.models import Job, State
from kommune3.kernel.jobs.operations import enqueue

T = TypeVar("T")
P = ParamSpec("P")

_STATUS = {
    State.QUEUED: TaskResultStatus.READY,
    State.RUNNING: TaskResultStatus.RUNNING,
    State.SUCCEEDED: TaskResultStatus.SUCCESSFUL,
    State.FAILED: TaskResultStatus.FAILED,
    State.CANCELLED: TaskResultStatus.FAILED,
}


class DurableBackend(BaseTaskBackend):
    """Django's tasks API over :class:`Job`. ``task.enqueue(…)`` writes the row in the caller's transaction.

    The API knows no actor: such jobs are the platform's own work. A solution calls ``jobs.enqueue(…, actor=…)``.
    """

    task_class = declare.DurableTask
    supports_defer = True
    supports_get_result = True
    supports_priority = True
    supports_async_task = True

    def __init__(self, alias: str, params: dict[str, Any]) -> None:
        super().__init__(alias, {"QUEUES": list(declare.queues()), **params})
        self.queues = set()  # DurableTask asks the declared queues, which grow while Django starts

    def enqueue(self, task: Task[P, T], args: Any, kwargs: Any) -> TaskResult[T]:
        self.validate_task(task)
        assert isinstance(task, declare.DurableTask)
        job = enqueue(task, kwargs, args=args, actor=system("jobs.tasks_api"), now=clock.now())
        result: TaskResult[T] = result_of(job, task)
        task_enqueued.send(type(self), task_result=result)
        return result

    def get_result(self, result_id: str) -> TaskResult[Any]:
        try:
            job = Job.objects.get(pk=UUID(str(result_id)))
            return result_of(job, declare.task_named(job.task))
        except (Job.DoesNotExist, ValueError, ValidationError, UnknownTask) as error:
            raise TaskResultDoesNotExist(result_id) from error


def result_of(job: Job, task: declare.DurableTask[..., T]) -> TaskResult[T]:
    """The job as Django's tasks API shows it. A cancelled job is a failed one there."""
    result: TaskResult[T] = TaskResult(
        task=task,
        id=str(job.pk),
        status=_STATUS[State(job.state)],
        enqueued_at=job.enqueued_at,
        started_at=job.started_at,
        finished_at=job.finished_at,
        last_attempted_at=job.started_at,
        args=job.args,
        kwargs=job.kwargs,
        backend=task.backend,
        errors=[_error_of(job.error)] if job.error else [],
        worker_ids=[job.worker] * job.attempt,
    )
    object.__setattr__(result, "_return_value", job.result)  # the dataclass is frozen and takes no result
    return result


def _error_of(error: dict[str, Any]) -> TaskError:
    return TaskError(exception_class_path=error["type"], traceback="\n".join([*error["frames"], error["message"]]))
