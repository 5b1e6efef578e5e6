# SPDX-License-Identifier: MPL-2.0
from datetime import timedelta

import job_examples
import pytest

from kommune3.kernel import jobs
from kommune3.kernel.access.actor import system
from kommune3.kernel.flags import switches
from kommune3.kernel.jobs import leases
from kommune3.kernel.jobs.context import JobContext
from kommune3.kernel.jobs.errors import JobCancelled, LeaseLost, NotPossible
from kommune3.kernel.jobs.models import Job, QueueLimit, State
from kommune3.kernel.solutions import registry

SYSTEM = system("tests")
QUEUES = ["default", "events", "optimisation"]


def start(task, kwargs=None, *, now, **more):
    return jobs.enqueue(task, kwargs or {}, actor=SYSTEM, now=now, **more)


def is_on(name):
    return switches.is_on(name, default=False)


def test_a_commit_writes_the_effect_and_finishes_the_job_together(now, work):
    job = start(job_examples.commit_flag, {"name": "f"}, now=now)
    work()
    job.refresh_from_db()
    assert (job.state, job.result, is_on("f")) == (State.SUCCEEDED, {"name": "f"}, True)


def test_a_commit_that_breaks_writes_neither(now, work):
    job = start(job_examples.commit_flag, {"name": "f", "breaks": True}, now=now)
    work()
    job.refresh_from_db()
    assert (job.state, is_on("f")) == (State.QUEUED, False)


def test_a_commit_after_the_lease_went_to_another_worker_writes_nothing(now, work):
    job = start(job_examples.steal_and_commit, {"name": "f"}, now=now)
    work()
    job.refresh_from_db()
    assert (job.state, is_on("f")) == (State.RUNNING, False)


def test_a_task_that_lost_its_lease_is_told_when_it_reports(now, work):
    start(job_examples.steal_and_report, now=now)
    work()
    assert job_examples.written == ["told"]


def test_an_expired_lease_gives_the_job_to_the_next_worker_under_a_higher_fence(now):
    start(job_examples.write, {"label": "a"}, now=now)
    [first] = leases.claim(worker="one", queues=QUEUES, now=now)
    assert leases.claim(worker="two", queues=QUEUES, now=now) == []
    afterwards = now + leases.lease_length()
    assert leases.recover(now=afterwards) == 1
    [second] = leases.claim(worker="two", queues=QUEUES, now=afterwards)
    assert (second.pk, second.fence, second.attempt) == (first.pk, first.fence + 1, 2)
    with pytest.raises(LeaseLost):
        leases.extend(first, now=afterwards)
    with pytest.raises(LeaseLost):
        leases.succeed(first, result=None, now=afterwards)


def test_a_heartbeat_keeps_the_lease(now):
    start(job_examples.write, {"label": "a"}, now=now)
    [job] = leases.claim(worker="one", queues=QUEUES, now=now)
    leases.extend(job, now=now + timedelta(seconds=20))
    assert leases.recover(now=now + timedelta(seconds=40)) == 0


def test_a_job_whose_workers_die_each_time_fails_after_its_attempts(now, later):
    job = start(job_examples.write, {"label": "a"}, now=now)
    for hours in range(3):
        assert leases.claim(worker="one", queues=QUEUES, now=now + timedelta(hours=hours))
        leases.recover(now=now + timedelta(hours=hours, minutes=30))
    job.refresh_from_db()
    assert (job.state, job.attempt, job.error["type"]) == (State.FAILED, 3, "worker_lost")


def test_the_jobs_of_a_worker_known_to_be_dead_do_not_wait_for_their_lease(now):
    start(job_examples.write, {"label": "a"}, now=now)
    leases.claim(worker="one", queues=QUEUES, now=now)
    assert leases.recover_worker("two", now=now) == 0
    assert leases.recover_worker("one", now=now) == 1
    assert leases.claim(worker="two", queues=QUEUES, now=now)


def test_a_transient_error_is_tried_again_after_pauses_that_grow_and_then_fails(now, work, settings):
    settings.JOB_RETRY_SECONDS = 10
    job = start(job_examples.write, {"label": "a", "fails": "transient"}, now=now)
    pauses = []
    at = now
    for _attempt in range(2):
        work(at)
        job.refresh_from_db()
        assert job.state == State.QUEUED
        pauses.append((job.run_after - at).total_seconds())
        at = job.run_after
    assert 5 <= pauses[0] <= 10 <= pauses[1] <= 20
    work(at)
    job.refresh_from_db()
    assert (job.state, job.attempt) == (State.FAILED, 3)


@pytest.mark.parametrize("task", [job_examples.store_on_a_full_disk, job_examples.small_on_a_full_disk])
def test_a_job_that_found_no_room_on_the_disk_waits_and_keeps_its_attempts(now, work, task):
    job = start(task, now=now)
    neighbour = start(job_examples.small, {"name": "f"}, now=now)
    work()
    job.refresh_from_db()
    assert (job.state, job.attempt, job.error) == (State.QUEUED, 0, None)
    assert job.run_after > now
    neighbour.refresh_from_db()
    assert neighbour.state in (State.QUEUED, State.SUCCEEDED)


def test_what_is_kept_of_an_unexpected_error_has_no_text_that_may_name_a_person(now, work):
    job = start(job_examples.write, {"label": "a", "fails": "transient"}, now=now)
    work()
    job.refresh_from_db()
    assert job.error["type"] == "builtins.OSError"
    assert any("write" in frame for frame in job.error["frames"])
    assert "0101901234" not in str(job.error)


@pytest.mark.parametrize(("kind", "message"), [("permanent", "Filen er tom."), ("domain", "Linje 3: km mangler.")])
def test_a_permanent_error_fails_at_once_and_keeps_its_text(now, work, kind, message):
    job = start(job_examples.write, {"label": "a", "fails": kind}, now=now)
    work()
    job.refresh_from_db()
    assert (job.state, job.attempt, job.error["message"]) == (State.FAILED, 1, message)


def test_a_task_that_is_not_in_this_version_fails_with_its_name(now, work):
    job = start(job_examples.write, {"label": "a"}, now=now)
    Job.objects.filter(pk=job.pk).update(task="os.system")
    work()
    job.refresh_from_db()
    assert job.state == State.FAILED
    assert "os.system" in job.error["message"]


def test_a_task_that_overran_its_time_is_told(now, work):
    job = start(job_examples.slow, now=now)
    work()
    job.refresh_from_db()
    assert job.error["type"].endswith("JobTimeout")


def test_small_jobs_run_in_one_claim_and_one_that_fails_is_rolled_back_alone(now, work):
    for number in range(5):
        start(job_examples.small, {"name": f"s{number}", "fails": number == 2}, now=now)
    assert work() == 1
    assert [is_on(f"s{number}") for number in range(5)] == [True, True, False, True, True]
    assert leases.counts() == {"SUCCEEDED": 4, "QUEUED": 1}


def test_a_small_job_tried_again_runs_alone(now, work, later):
    start(job_examples.small, {"name": "bad", "fails": True}, now=now)
    work()
    for number in range(3):
        start(job_examples.small, {"name": f"s{number}"}, now=later)
    assert work(later) == 2


def test_a_waiting_job_that_is_cancelled_never_runs(now, work):
    job = start(job_examples.write, {"label": "a"}, now=now)
    jobs.cancel(job, actor=SYSTEM, now=now)
    assert work() == 0
    job.refresh_from_db()
    assert job.state == State.CANCELLED


def test_a_running_job_that_is_cancelled_stops_when_it_asks(now):
    from kommune3.kernel.jobs.running import run

    job = start(job_examples.ask_and_stop, now=now)
    claimed = leases.claim(worker="one", queues=QUEUES, now=now)
    jobs.cancel(job, actor=SYSTEM, now=now)
    run(claimed)
    job.refresh_from_db()
    assert job.state == State.CANCELLED


def test_a_running_job_that_is_cancelled_cannot_commit(now):
    job = start(job_examples.commit_flag, {"name": "f"}, now=now)
    [claimed] = leases.claim(worker="one", queues=QUEUES, now=now)
    jobs.cancel(job, actor=SYSTEM, now=now)
    with pytest.raises(JobCancelled), JobContext(claimed).commit():
        switches.set_flag(name="f", on=True, now=now)
    assert not is_on("f")


def test_a_checkpoint_writes_but_does_not_finish(now):
    job = start(job_examples.commit_flag, {"name": "f"}, now=now)
    [claimed] = leases.claim(worker="one", queues=QUEUES, now=now)
    with JobContext(claimed).checkpoint():
        switches.set_flag(name="step", on=True, now=now)
    job.refresh_from_db()
    assert (job.state, is_on("step")) == (State.RUNNING, True)


def test_a_finished_job_cannot_be_cancelled(now, work):
    job = start(job_examples.write, {"label": "a"}, now=now)
    work()
    with pytest.raises(NotPossible):
        jobs.cancel(job, actor=SYSTEM, now=now)


def test_a_failed_job_that_is_started_again_has_all_its_attempts(now, work):
    job = start(job_examples.write, {"label": "a", "fails": "permanent"}, now=now)
    work()
    Job.objects.filter(pk=job.pk).update(kwargs={"label": "a"})
    jobs.retry(job, actor=SYSTEM, now=now)
    work()
    job.refresh_from_db()
    assert (job.state, job.attempt, job.error) == (State.SUCCEEDED, 1, None)


def test_a_job_that_succeeded_cannot_be_started_again(now, work):
    job = start(job_examples.write, {"label": "a"}, now=now)
    work()
    with pytest.raises(NotPossible):
        jobs.retry(job, actor=SYSTEM, now=now)


def test_cancelling_and_retrying_are_in_the_audit_log(now):
    from kommune3.kernel.audit.models import Entry

    job = start(job_examples.write, {"label": "a"}, now=now)
    jobs.cancel(job, actor=SYSTEM, now=now)
    jobs.retry(job, actor=SYSTEM, now=now)
    assert list(Entry.objects.order_by("number").values_list("action", "object_id")) == [
        ("jobs.job.cancelled", str(job.pk)),
        ("jobs.job.retried", str(job.pk)),
    ]


def test_no_more_jobs_of_a_queue_run_at_once_than_it_may(now):
    for _ in range(4):
        start(job_examples.heavy, now=now)
    running = [leases.claim(worker=str(number), queues=QUEUES, now=now) for number in range(4)]
    assert [len(claimed) for claimed in running] == [1, 1, 0, 0]
    QueueLimit.objects.create(queue="optimisation", concurrency=3)
    assert len(leases.claim(worker="5", queues=QUEUES, now=now)) == 1
    assert leases.claim(worker="6", queues=QUEUES, now=now) == []


def test_a_full_queue_does_not_hold_up_the_others(now):
    QueueLimit.objects.create(queue="optimisation", concurrency=0)
    start(job_examples.heavy, now=now, priority=100)
    job = start(job_examples.write, {"label": "a"}, now=now)
    assert leases.claim(worker="one", queues=QUEUES, now=now) == [job]


def test_a_worker_of_some_queues_leaves_the_others_alone(now, work):
    start(job_examples.heavy, now=now)
    assert work(queues=["default", "events"]) == 0
    assert work(queues=["optimisation"]) == 1


def test_a_job_of_a_solution_that_is_switched_off_waits_until_it_is_on_again(now, work):
    key = registry.all_manifests()[0].key
    start(job_examples.write, {"label": "a"}, now=now, solution=key)
    registry.switch(key=key, on=False, now=now)
    assert work() == 0
    registry.switch(key=key, on=True, now=now)
    assert work() == 1


def test_only_jobs_that_finished_before_the_given_instant_are_removed(now, work, later):
    from kommune3.kernel.jobs.operations import remove_finished

    old = start(job_examples.write, {"label": "old"}, now=now)
    work()
    new = start(job_examples.write, {"label": "new"}, now=later)
    work(later)
    waiting = start(job_examples.write, {"label": "waiting"}, now=now, run_after=later + timedelta(days=1))
    assert remove_finished(before=later) == 1
    assert set(Job.objects.all()) == {new, waiting}
    assert old not in Job.objects.all()


def test_finding_the_next_job_among_many_uses_the_index(now):
    query = Job.objects.filter(state=State.QUEUED, queue="default", run_after__lte=now)
    plan = query.order_by("-priority", "run_after").values("pk")[:1].explain()
    from django.db import connection

    if connection.vendor == "sqlite":
        assert "job_claim" in plan
        assert "TEMP B-TREE" not in plan
