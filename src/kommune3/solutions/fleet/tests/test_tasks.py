# SPDX-License-Identifier: MPL-2.0
"""The durable job of an optimisation: killed, late or cancelled, it writes its result and effect once or not at all."""

from datetime import timedelta

import pytest
from persons import NOW

from kommune3.kernel import clock
from kommune3.kernel.effects.models import Effect
from kommune3.kernel.jobs import JobContext, LeaseLost, leases
from kommune3.kernel.jobs.models import Job, State
from kommune3.kernel.jobs.worker import Worker
from kommune3.solutions.fleet import tasks
from kommune3.solutions.fleet.models import Plan, PlanKind, Run
from kommune3.solutions.fleet.operations import imports
from kommune3.solutions.fleet.tests.small_fleet import Read, SmallFleet
from kommune3.solutions.fleet.tests.test_optimising import asked
from kommune3.solutions.fleet.tests.test_pages import GOOD

QUEUE = "optimisation"


@pytest.fixture
def run(fleet: SmallFleet, read: Read) -> Run:
    """A run whose job waits and whose plan is accepted when it is done."""
    imports.commit_import(actor=fleet.manager, now=NOW, import_id=read(GOOD).pk)
    with clock.stopped(NOW):
        return tasks.start_run(actor=fleet.manager, now=NOW, asked=asked(fleet, accept_when_done=True))


def test_a_job_whose_worker_was_killed_is_done_again_and_its_effect_is_entered_once(run: Run) -> None:
    with clock.stopped(NOW):
        (killed,) = leases.claim(worker="killed", queues=[QUEUE], now=NOW)
    later = NOW + timedelta(hours=1)
    with clock.stopped(later):
        worker = Worker(queues=[QUEUE])
        leases.recover(now=later)
    with clock.stopped(later + timedelta(hours=1)):
        while worker.step():
            pass
        assert Job.objects.get(pk=run.job_id).state == State.SUCCEEDED
        assert Effect.objects.filter(indicator="vehicles").count() == 1
        # The killed worker was only asleep: what it computed late must not be written.
        with pytest.raises(LeaseLost):
            tasks.optimise.call(JobContext(killed), run_id=run.pk)
    assert Effect.objects.filter(indicator="vehicles").count() == 1
    assert Plan.objects.filter(run=run, kind=PlanKind.PROPOSED).count() == 1


def test_a_cancelled_job_writes_nothing(run: Run) -> None:
    with clock.stopped(NOW):
        leases.claim(worker="working", queues=[QUEUE], now=NOW)
        Job.objects.filter(pk=run.job_id).update(cancel_requested=True)
        job = Job.objects.get(pk=run.job_id)
        tasks.optimise.call(JobContext(job), run_id=run.pk)
    assert Plan.objects.count() == 0
    assert Effect.objects.count() == 0
