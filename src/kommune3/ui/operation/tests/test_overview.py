# SPDX-License-Identifier: MPL-2.0
"""The page of those who run the platform."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from persons import NOW, Persons

from kommune3 import __version__
from kommune3.kernel import clock
from kommune3.kernel.audit.models import Entry
from kommune3.kernel.flags import switches
from kommune3.kernel.jobs import schedules, workers
from kommune3.kernel.jobs.models import Job, State
from kommune3.kernel.jobs.worker import Worker
from kommune3.kernel.metrics import milestones

PAGE = "/administration/operation/"
SCHEDULE = "jobs.finished.removed"


def text_of(client: Client, address: str = PAGE) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def make_job(queue: str, state: State, due_minutes_ago: int) -> Job:
    due = clock.now() - timedelta(minutes=due_minutes_ago)
    ended = clock.now() if state == State.FAILED else None
    return Job.objects.create(
        task="x", title="x", queue=queue, state=state, run_after=due, enqueued_at=due, finished_at=ended,
        max_attempts=1, requested_as="test",
    )  # fmt: skip


@pytest.fixture
def administrator(persons: Persons, browser_of: Callable[..., Client]) -> Client:
    return browser_of(persons.administrator)


def test_every_figure_of_a_queue_leads_to_exactly_its_jobs(administrator: Client) -> None:
    make_job("default", State.QUEUED, 90)
    make_job("events", State.FAILED, 5)
    make_job("events", State.FAILED, 5)
    page = text_of(administrator)
    assert "1 time" in page, "how long the oldest has waited"
    (failed,) = re.findall(r'<a href="(/jobs/\?queue=events&amp;state=FAILED)">2</a>', page)
    rows = text_of(administrator, failed.replace("&amp;", "&"))
    assert rows.count("/jobs/") and len(set(re.findall(r"/jobs/[0-9a-f-]{36}/", rows))) == 2


def test_workers_are_listed_with_version_and_whether_they_are_heard_of(administrator: Client) -> None:
    assert "Ingen arbejdsproces" in text_of(administrator)
    workers.beat(name="a", queues=["default"], is_dispatcher=False, now=clock.now())
    workers.beat(name="b", queues=["default"], is_dispatcher=False, now=clock.now() - 2 * workers.silent_after())
    page = text_of(administrator)
    assert page.count(f"<td>{__version__}</td>") == 2
    assert "I arbejde" in page and "Tavs" in page


def test_what_is_installed_is_listed(administrator: Client) -> None:
    page = text_of(administrator)
    for part in ("django", "fleetplan", "dkfds", f"<dd>{__version__}</dd>"):
        assert part in page


def test_a_schedule_is_run_at_once_and_who_wanted_it_is_on_record(persons: Persons, administrator: Client) -> None:
    schedules.sync(now=clock.now())
    response = administrator.post(f"{PAGE}schedules/{SCHEDULE}/run/")
    job = Job.objects.get(task="kommune3.kernel.jobs.tasks.remove_finished_jobs")
    assert response.status_code == 302 and response["Location"] == f"/jobs/{job.pk}/"
    entry = Entry.objects.get(action="operation.schedule.started")
    assert entry.actor_id == persons.administrator.pk and entry.object_id == str(job.pk)
    assert Worker(name="w").step()
    job.refresh_from_db()
    assert job.state == State.SUCCEEDED


def test_asked_for_twice_in_the_same_minute_it_runs_once(administrator: Client) -> None:
    with clock.stopped(NOW):
        for _ in range(2):
            administrator.post(f"{PAGE}schedules/{SCHEDULE}/run/")
    assert Job.objects.filter(task__endswith="remove_finished_jobs").count() == 1


def test_a_schedule_nobody_declares_or_of_a_solution_that_is_off_is_not_found(administrator: Client) -> None:
    assert administrator.post(f"{PAGE}schedules/no.such/run/").status_code == 404
    name = next(name for name in schedules.declare.schedules() if name.startswith("fleet."))
    switches.set_flag(name="solution.fleet", on=False, now=NOW)
    assert administrator.post(f"{PAGE}schedules/{name}/run/").status_code == 404
    assert not Job.objects.exists()


def test_the_audit_log_is_verified_by_a_job_and_the_page_says_when(administrator: Client) -> None:
    assert "Aldrig" in text_of(administrator)
    administrator.post(f"{PAGE}audit/verify/")
    worker = Worker(name="w")
    while worker.step():
        pass
    last = milestones.last(milestones.AUDIT_VERIFIED)
    assert last is not None and last.outcome == "OK"
    assert "Loggen var hel" in text_of(administrator)


def test_a_broken_audit_log_is_told_in_red(administrator: Client, append_only_lifted: Callable[..., object]) -> None:
    administrator.post(f"{PAGE}audit/verify/")
    with append_only_lifted():  # type: ignore[attr-defined]
        Entry.objects.filter(action="operation.verification.started").update(purpose="something else")
    worker = Worker(name="w")
    while worker.step():
        pass
    last = milestones.last(milestones.AUDIT_VERIFIED)
    assert last is not None and last.outcome == "BROKEN" and last.detail["reason"] == "changed"
    assert "k3-figure--error" in text_of(administrator)
    assert Entry.objects.filter(action="audit.verified", outcome="BROKEN").exists()


def test_the_last_backup_is_shown_with_the_way_to_its_lines_in_the_audit_log(administrator: Client) -> None:
    milestones.reached(milestones.BACKUP, at=clock.now(), detail={"files": 12, "bytes": 34_500_000})
    page = text_of(administrator)
    assert "12 filer, 34,5 MB" in page and "/audit/?action=backups.taken" in page


def test_nobody_but_administrators_sees_or_starts_anything(persons: Persons, browser_of: Callable[..., Client]) -> None:
    for account in (persons.digitalisation_lead, persons.leader, persons.employee, persons.citizen):
        client = browser_of(account)
        assert client.get(PAGE).status_code == 403
        assert client.post(f"{PAGE}schedules/{SCHEDULE}/run/").status_code == 403
        assert client.post(f"{PAGE}audit/verify/").status_code == 403
    assert not Job.objects.exists()
