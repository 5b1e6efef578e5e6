# SPDX-License-Identifier: MPL-2.0
"""Large optimisations in parts: a job for each pool, one result; killed or cancelled, nothing is lost or done twice."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from persons import NOW

from kommune3.kernel import clock
from kommune3.kernel.jobs import leases
from kommune3.kernel.jobs.models import Job, State
from kommune3.kernel.jobs.worker import Worker
from kommune3.solutions.fleet import parting, tasks
from kommune3.solutions.fleet.models import Assignment, Plan, PlanKind, Run, RunPart, RunState, RunStatus
from kommune3.solutions.fleet.operations import imports, runs
from kommune3.solutions.fleet.tests.small_fleet import Read, SmallFleet, csv_of
from kommune3.solutions.fleet.tests.test_optimising import asked

QUEUES = ["optimisation", parting.QUEUE]
HOUR = timedelta(hours=1)


@pytest.fixture
def run(fleet: SmallFleet, read: Read, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A run over two bases that share nothing, treated as a large one. Its job waits."""
    monkeypatch.setattr(parting, "PARTS_FROM_TRIPS", 1)
    content = csv_of(
        "1,AB12345,2026-03-02 07:00,2026-03-02 09:00,30,",
        "2,AB12346,2026-03-02 08:00,2026-03-02 10:00,40,",
        "3,CD12345,2026-03-02 08:00,2026-03-02 10:00,20,",
        header="trip_id,vehicle,start,end,km,base",
    )
    imports.commit_import(actor=fleet.manager, now=NOW, import_id=read(content).pk)
    with clock.stopped(NOW):
        return tasks.start_run(actor=fleet.manager, now=NOW, asked=asked(fleet, bases=[fleet.own, fleet.other]))


def work(until: Callable[[], bool] = lambda: False) -> None:
    worker = Worker(queues=QUEUES)
    while not until() and worker.step():
        pass


def test_each_part_has_its_job_and_the_whole_one_result(run: Run) -> None:
    with clock.stopped(NOW):
        work()
    run.refresh_from_db()
    assert run.state == RunState.FINISHED
    assert run.status == RunStatus.OPTIMAL
    assert run.violations == []
    plan = Plan.objects.get(run=run, kind=PlanKind.PROPOSED)
    assert plan.vehicles == 3
    assert Assignment.objects.filter(plan=plan, plan_vehicle__isnull=False).count() == 3
    parts = list(RunPart.objects.filter(run=run))
    assert [part.trips for part in parts] == [2, 1]
    assert all(Job.objects.get(pk=part.job_id).state == State.SUCCEEDED for part in parts)
    assert all(bytes(part.answer) == b"" for part in parts)


def test_another_worker_takes_parts_too(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    other = Worker(name="other", queues=[parting.QUEUE])
    monkeypatch.setattr(parting, "_work_along", lambda waiting, job: other.step())
    with clock.stopped(NOW):
        work()
    run.refresh_from_db()
    assert run.status == RunStatus.OPTIMAL
    assert set(Job.objects.filter(queue=parting.QUEUE).values_list("worker", flat=True)) <= {"other", ""}


def test_a_killed_parent_goes_on_with_the_parts_that_are_found(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    class Killed(BaseException):
        pass

    along = parting._work_along

    def one_then_die(waiting: list[RunPart], job: object) -> bool:
        if len(waiting) == 1:
            raise Killed
        return along(waiting, job)  # type: ignore[arg-type]

    monkeypatch.setattr(parting, "_work_along", one_then_die)
    with clock.stopped(NOW), pytest.raises(Killed):
        work()
    (found,) = RunPart.objects.filter(run=run, finished_at__isnull=False)
    monkeypatch.setattr(parting, "_work_along", along)
    with clock.stopped(NOW + HOUR):
        leases.recover(now=NOW + HOUR)
    with clock.stopped(NOW + 2 * HOUR):
        work()
    run.refresh_from_db()
    assert run.status == RunStatus.OPTIMAL
    assert Job.objects.get(pk=run.job_id).state == State.SUCCEEDED
    found.refresh_from_db()
    assert found.finished_at == NOW
    assert Job.objects.filter(queue=parting.QUEUE).count() == 2


def test_a_part_whose_worker_was_killed_is_found_by_another(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    along = parting._work_along
    stolen: list[Job] = []

    def steal(waiting: list[RunPart], job: object) -> bool:
        if not stolen:
            stolen.extend(leases.claim(worker="killed", queues=[parting.QUEUE], now=NOW))
            Job.objects.filter(pk=stolen[0].pk).update(lease_until=NOW - HOUR)
        return along(waiting, job)  # type: ignore[arg-type]

    monkeypatch.setattr(parting, "_work_along", steal)
    monkeypatch.setattr(
        parting.time, "sleep", lambda seconds: Job.objects.filter(state=State.QUEUED).update(run_after=NOW)
    )
    with clock.stopped(NOW):
        work()
    run.refresh_from_db()
    assert run.status == RunStatus.OPTIMAL
    assert Job.objects.get(pk=stolen[0].pk).state == State.SUCCEEDED


def test_cancelling_stops_the_parts_as_well(fleet: SmallFleet, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def cancel(waiting: list[RunPart], job: object) -> bool:
        runs.cancel_run(run, actor=fleet.manager, now=NOW)
        return True

    monkeypatch.setattr(parting, "_work_along", cancel)
    monkeypatch.setattr("kommune3.kernel.jobs.context.REPORT_EVERY_SECONDS", 0.0)
    with clock.stopped(NOW):
        work(until=lambda: Job.objects.get(pk=run.job_id).state == State.CANCELLED)
    assert Job.objects.get(pk=run.job_id).state == State.CANCELLED
    assert set(Job.objects.filter(queue=parting.QUEUE).values_list("state", flat=True)) == {State.CANCELLED}
    assert not Plan.objects.exists()


def test_a_part_that_begins_after_the_run_was_cancelled_computes_nothing(fleet: SmallFleet, run: Run) -> None:
    part = RunPart.objects.create(run=run, number=1, bases=[fleet.own.pk], trips=2)
    with clock.stopped(NOW):
        runs.cancel_run(run, actor=fleet.manager, now=NOW)
        job = parting.jobs.enqueue(parting.find_part, {"part_id": part.pk}, actor=fleet.manager, now=NOW)
        Worker(queues=[parting.QUEUE]).step()
    assert Job.objects.get(pk=job.pk).state == State.CANCELLED
    part.refresh_from_db()
    assert part.finished_at is None


def test_a_part_that_fails_fails_the_run_in_words(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(waiting: list[RunPart], job: object) -> bool:
        Job.objects.filter(pk=waiting[0].job_id).update(
            state=State.FAILED, finished_at=NOW, error={"message": "Hukommelsen slap op."}
        )
        return True

    monkeypatch.setattr(parting, "_work_along", fail)
    with clock.stopped(NOW):
        work(until=lambda: Job.objects.get(pk=run.job_id).is_finished)
    run.refresh_from_db()
    assert run.state == RunState.FAILED
    assert "Del 1" in run.failure and "Hukommelsen" in run.failure


def test_a_small_run_is_found_in_one_piece(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parting, "PARTS_FROM_TRIPS", 1000)
    with clock.stopped(NOW):
        work()
    run.refresh_from_db()
    assert run.status == RunStatus.OPTIMAL
    assert not RunPart.objects.exists()
