# SPDX-License-Identifier: MPL-2.0
from datetime import timedelta

import job_examples
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction

from kommune3.kernel import jobs
from kommune3.kernel.access.actor import ANONYMOUS, system
from kommune3.kernel.jobs.errors import KeyAlreadyUsed, NobodyAnswers
from kommune3.kernel.jobs.models import Job, State

SYSTEM = system("tests")


def test_a_job_enqueued_in_a_transaction_that_is_rolled_back_was_never_there(now, work):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        jobs.enqueue(job_examples.write, {"label": "a"}, actor=SYSTEM, now=now)
        raise ZeroDivisionError
    assert work() == 0
    assert not Job.objects.exists()


def test_an_enqueued_job_runs_and_keeps_its_result(now, work):
    job = jobs.enqueue(job_examples.write, {"label": "a"}, actor=SYSTEM, now=now, title="Skriv a")
    work()
    job.refresh_from_db()
    assert (job.state, job.result, job.title, job.progress) == (State.SUCCEEDED, {"label": "a"}, "Skriv a", 1.0)
    assert job_examples.written == ["a"]


def test_an_idempotency_key_gives_the_same_job_again(now, work):
    first = jobs.enqueue(job_examples.write, {"label": "a"}, actor=SYSTEM, now=now, idempotency_key="a")
    work()
    second = jobs.enqueue(job_examples.write, {"label": "a"}, actor=SYSTEM, now=now, idempotency_key="a")
    work()
    assert second == first
    assert job_examples.written == ["a"]


def test_an_idempotency_key_of_another_task_is_refused(now):
    jobs.enqueue(job_examples.write, {"label": "a"}, actor=SYSTEM, now=now, idempotency_key="a")
    with pytest.raises(KeyAlreadyUsed, match="job_examples.write"):
        jobs.enqueue(job_examples.heavy, actor=SYSTEM, now=now, idempotency_key="a")


def test_nobody_known_cannot_start_a_job(now):
    with pytest.raises(NobodyAnswers):
        jobs.enqueue(job_examples.write, {"label": "a"}, actor=ANONYMOUS, now=now)


def test_a_value_that_is_not_json_is_refused_before_anything_is_written(now):
    with pytest.raises(TypeError):
        jobs.enqueue(job_examples.write, {"label": now}, actor=SYSTEM, now=now)
    assert not Job.objects.exists()


def test_a_deferred_job_waits_for_its_instant(now, work):
    jobs.enqueue(job_examples.write, {"label": "a"}, actor=SYSTEM, now=now, run_after=now + timedelta(hours=1))
    assert work(now + timedelta(minutes=59)) == 0
    assert work(now + timedelta(hours=1)) == 1


def test_higher_priority_goes_first_and_equals_in_the_order_they_came(now, work):
    for number, priority in enumerate([0, 10, 0, 10, -5]):
        instant = now - timedelta(minutes=10 - number)
        jobs.enqueue(job_examples.write, {"label": str(number)}, actor=SYSTEM, now=instant, priority=priority)
    work()
    assert job_examples.written == ["1", "3", "0", "2", "4"]


def test_a_task_in_an_undeclared_queue_is_refused_when_it_is_declared():
    with pytest.raises(ImproperlyConfigured, match="jobs.queue"):
        jobs.durable(queue="nowhere")(job_examples.write.func)


def test_the_job_acts_as_the_person_who_asked_for_it_with_the_rights_they_have_then(now, work, persons, actor_for):
    account = persons.administrator
    job = jobs.enqueue(job_examples.name_the_actor, actor=actor_for(account), now=now)
    account.grants.all().delete()
    work()
    job.refresh_from_db()
    assert job.result == f"{account.person} False"


def test_jobs_of_a_person_who_is_removed_go_with_them(now, work, persons, actor_for):
    jobs.enqueue(job_examples.write, {"label": "a"}, actor=actor_for(persons.employee), now=now)
    persons.employee.delete()
    assert work() == 0
    assert job_examples.written == []
