# SPDX-License-Identifier: MPL-2.0
"""Django's tasks API over our rows."""

from datetime import timedelta

import job_examples
import pytest
from django_tasks import TaskResultStatus, default_task_backend, task_backends
from django_tasks.exceptions import InvalidTaskError, TaskResultDoesNotExist, TaskResultMismatch

from kommune3.kernel.jobs.backend import DurableBackend


def test_the_platform_uses_the_durable_backend():
    assert isinstance(task_backends["default"], DurableBackend)


def test_a_plain_task_is_enqueued_run_and_asked_for_its_value(work):
    result = job_examples.add.enqueue(2, second=3)
    assert (result.status, result.args, result.kwargs) == (TaskResultStatus.READY, [2], {"second": 3})
    work(result.enqueued_at)
    result.refresh()
    assert (result.status, result.return_value, result.attempts) == (TaskResultStatus.SUCCESSFUL, 5, 1)
    assert job_examples.add.get_result(result.id).return_value == 5


def test_a_failed_task_tells_its_exception(work):
    result = job_examples.add.enqueue(2, second="x")
    for attempt in range(3):
        work(result.enqueued_at + timedelta(hours=attempt))
    result.refresh()
    assert result.status == TaskResultStatus.FAILED
    assert result.errors[0].exception_class is TypeError


def test_a_task_that_takes_the_context_gets_it(work):
    result = job_examples.attempt_of.enqueue()
    work(result.enqueued_at)
    result.refresh()
    assert result.return_value == 1


def test_priority_and_run_after_are_followed(work):
    first = job_examples.add.using(priority=5).enqueue(1)
    job_examples.add.using(run_after=first.enqueued_at + timedelta(days=1)).enqueue(2)
    assert work(first.enqueued_at) == 1
    first.refresh()
    assert first.is_finished


def test_a_result_nobody_knows_does_not_exist():
    with pytest.raises(TaskResultDoesNotExist):
        default_task_backend.get_result("nonsense")


def test_a_result_of_another_task_is_a_mismatch():
    result = job_examples.add.enqueue(1)
    with pytest.raises(TaskResultMismatch):
        job_examples.attempt_of.get_result(result.id)


def test_a_function_inside_a_function_is_no_task():
    from django_tasks import task

    with pytest.raises(InvalidTaskError):

        @task
        def inner() -> None: ...
