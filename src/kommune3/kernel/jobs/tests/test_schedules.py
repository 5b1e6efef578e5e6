# SPDX-License-Identifier: MPL-2.0
from datetime import UTC, datetime, timedelta

import job_examples
import pytest
from django.core.exceptions import ImproperlyConfigured

from kommune3.kernel import jobs
from kommune3.kernel.jobs import declare, schedules
from kommune3.kernel.jobs.models import Job, Schedule
from kommune3.kernel.solutions import registry


@pytest.fixture
def declared(monkeypatch):
    """Only the schedules the test declares."""
    monkeypatch.setattr(declare, "_schedules", {})

    def make(cron, *, at):
        jobs.schedule("tests.hourly", cron, job_examples.write, title="Hver time", kwargs={"label": "x"})
        schedules.sync(now=at)

    return make


def test_a_schedule_makes_one_job_per_due_instant_however_often_it_is_asked(declared, now):
    declared("0 * * * *", at=now)
    assert schedules.fire_due(now=now + timedelta(minutes=59)) == 0
    assert schedules.fire_due(now=now + timedelta(minutes=60)) == 1
    assert schedules.fire_due(now=now + timedelta(minutes=60)) == 0
    assert schedules.fire_due(now=now + timedelta(minutes=120)) == 1
    assert [job.run_after for job in Job.objects.order_by("run_after")] == [
        now + timedelta(hours=1), now + timedelta(hours=2)
    ]  # fmt: skip


def test_an_instant_that_already_has_its_job_gets_no_second_one(declared, now):
    declared("0 * * * *", at=now)
    row = Schedule.objects.get()
    schedules.fire_due(now=now + timedelta(hours=1))
    Schedule.objects.update(next_due_at=row.next_due_at)  # as if the process had died before the row moved on
    schedules.fire_due(now=now + timedelta(hours=1))
    assert Job.objects.count() == 1


def test_instants_missed_while_no_worker_ran_are_made_up_for_by_the_latest_of_them(declared, now):
    declared("0 * * * *", at=now)
    assert schedules.fire_due(now=now + timedelta(hours=5, minutes=10)) == 1
    assert Job.objects.get().run_after == now + timedelta(hours=5)
    assert Schedule.objects.get().next_due_at == now + timedelta(hours=6)


def test_times_are_municipal_and_the_hour_that_comes_twice_counts_once(declared):
    declared("30 2 * * *", at=datetime(2026, 10, 24, 12, tzinfo=UTC))
    fired = []
    for minutes in range(0, 3 * 24 * 60, 30):
        at = datetime(2026, 10, 24, 12, tzinfo=UTC) + timedelta(minutes=minutes)
        if schedules.fire_due(now=at):
            fired.append(at)
    assert fired == [
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
        datetime(2026, 10, 26, 1, 30, tzinfo=UTC),
        datetime(2026, 10, 27, 1, 30, tzinfo=UTC),
    ]


def test_a_changed_expression_is_followed_and_a_schedule_no_code_declares_is_removed(declared, now, monkeypatch):
    declared("0 * * * *", at=now)
    declared("30 * * * *", at=now)
    assert Schedule.objects.get().next_due_at == now + timedelta(minutes=30)
    monkeypatch.setattr(declare, "_schedules", {})
    schedules.sync(now=now)
    assert not Schedule.objects.exists()


def test_a_schedule_of_a_solution_that_is_switched_off_makes_no_job(declared, now, monkeypatch):
    key = registry.all_manifests()[0].key
    monkeypatch.setattr(registry, "solution_of_module", lambda dotted: key)
    declared("0 * * * *", at=now)
    registry.switch(key=key, on=False, now=now)
    assert schedules.fire_due(now=now + timedelta(hours=1)) == 0
    assert Schedule.objects.get().next_due_at == now + timedelta(hours=2)


def test_nonsense_is_refused_when_it_is_declared():
    with pytest.raises(ImproperlyConfigured, match="61"):
        jobs.schedule("tests.nonsense", "61 * * * *", job_examples.write, title="x")


def test_the_kernel_removes_old_jobs_and_events_by_schedule():
    assert {"jobs.finished.removed", "events.old.removed"} <= set(declare.schedules())
