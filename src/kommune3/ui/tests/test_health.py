# SPDX-License-Identifier: MPL-2.0
"""The addresses a supervisor, a load balancer or monitoring asks."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client, override_settings
from persons import NOW, Persons

from kommune3.kernel import clock
from kommune3.kernel.access.actor import system
from kommune3.kernel.audit import log
from kommune3.kernel.jobs import schedules, workers
from kommune3.kernel.jobs.models import Job, Schedule
from kommune3.kernel.operation import health, storage, versions

TOKEN = "a-token-of-more-than-24-characters"


@pytest.fixture(autouse=True)
def _disk_is_tried_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_TRY_DISK_EVERY_SECONDS", -1.0)


def details(address: str) -> dict[str, dict[str, str]]:
    """The checks as monitoring is told them, by name."""
    with override_settings(METRICS_TOKEN=TOKEN):
        told = Client().get(address, headers={"Authorization": f"Bearer {TOKEN}"}).json()
    return {check["name"]: check for check in told["checks"]}


def work_goes_on() -> None:
    """A worker that is heard of, and every schedule in the future."""
    workers.beat(name="w", queues=["default"], is_dispatcher=False, now=clock.now())
    schedules.sync(now=clock.now())


@pytest.mark.parametrize("address", ["/health/live", "/health/ready", "/health/work"])
@pytest.mark.django_db
def test_anybody_is_told_that_the_platform_answers_and_nothing_more(address: str) -> None:
    work_goes_on()
    response = Client().get(address)
    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    assert "no-store" in response["Cache-Control"]


def test_the_process_is_alive_whatever_the_database_does() -> None:
    """Without the django_db mark every query is an error."""
    assert Client().get("/health/live").status_code == 200


@pytest.mark.django_db
def test_the_platform_is_not_ready_while_a_migration_is_missing() -> None:
    recorder = MigrationRecorder(connection)
    taken = max(recorder.applied_migrations(), key=lambda key: key in versions._newest_migrations())
    recorder.record_unapplied(*taken)
    response = Client().get("/health/ready")
    assert (response.status_code, response.json()) == (503, {"status": "unavailable"})
    assert details("/health/ready")["migrations"]["reason"] == ".".join(taken)


@pytest.mark.django_db
def test_the_platform_is_not_ready_while_the_database_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    def silent(*args: Any) -> Any:
        raise OperationalError("connection to database.internal refused")

    monkeypatch.setattr(connection, "cursor", silent)
    for address in ("/health/ready", "/health/work"):
        response = Client().get(address)
        assert (response.status_code, response.json()) == (503, {"status": "unavailable"})
    assert details("/health/ready")["database"] == {
        "name": "database", "verdict": "failed", "reason": "OperationalError",
    }  # fmt: skip


@pytest.mark.django_db
def test_the_platform_is_not_ready_where_the_data_folder_cannot_be_written(tmp_path: Path) -> None:
    with override_settings(DATA_DIR=tmp_path / "gone"):
        assert Client().get("/health/ready").status_code == 503
        assert details("/health/ready")["disk"]["reason"].startswith("not_writable")
    with override_settings(DATA_DIR=tmp_path):
        assert Client().get("/health/ready").status_code == 200
    assert list(tmp_path.iterdir()) == [], "what was tried is taken away again"


@pytest.mark.django_db
def test_little_room_is_a_warning_and_none_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "disk_free", lambda: 900 * health.MEGABYTE)
    assert details("/health/ready")["disk"] == {"name": "disk", "verdict": "warning", "reason": "free 900 MB"}
    assert Client().get("/health/ready").status_code == 200
    monkeypatch.setattr(storage, "disk_free", lambda: 3 * health.MEGABYTE)
    assert Client().get("/health/ready").status_code == 503


@pytest.mark.django_db
def test_a_clock_behind_what_the_platform_wrote_is_a_warning() -> None:
    log.record(actor=system("test"), action="test", now=clock.now() + timedelta(hours=1))
    assert details("/health/ready")["clock"]["verdict"] == "warning"
    assert Client().get("/health/ready").status_code == 200


@pytest.mark.django_db
def test_work_stands_still_without_a_worker_or_with_silent_ones_only() -> None:
    schedules.sync(now=clock.now())
    assert Client().get("/health/work").status_code == 503
    workers.beat(name="w", queues=[], is_dispatcher=False, now=clock.now() - 2 * workers.silent_after())
    assert Client().get("/health/work").status_code == 503
    assert details("/health/work")["workers"]["reason"] == "none, 1 silent"
    workers.beat(name="w", queues=[], is_dispatcher=False, now=clock.now())
    assert Client().get("/health/work").status_code == 200
    assert Client().get("/health/ready").status_code == 200, "people are served all the same"


@pytest.mark.django_db
def test_a_worker_that_says_goodbye_is_no_longer_counted() -> None:
    workers.beat(name="w", queues=[], is_dispatcher=False, now=NOW)
    workers.gone("w")
    assert workers.all_seen(now=NOW) == []


@pytest.mark.django_db
def test_a_worker_deep_in_a_long_job_is_heard_of_through_the_job() -> None:
    workers.beat(name="w", queues=[], is_dispatcher=False, now=NOW)
    later = NOW + timedelta(hours=3)
    Job.objects.create(
        task="x", title="x", queue="default", state="RUNNING", worker="w", run_after=NOW, enqueued_at=NOW,
        max_attempts=1, heartbeat_at=later, lease_until=later, requested_as="test",
    )  # fmt: skip
    (seen,) = workers.all_seen(now=later)
    assert not seen.is_silent


@pytest.mark.django_db
def test_work_stands_still_when_a_due_job_waits_too_long() -> None:
    work_goes_on()
    long_ago = clock.now() - timedelta(hours=2)
    Job.objects.create(
        task="x",
        title="x",
        queue="default",
        run_after=long_ago,
        enqueued_at=long_ago,
        max_attempts=1,
        requested_as="test",
    )
    assert Client().get("/health/work").status_code == 503
    reason = details("/health/work")["queue"]["reason"]
    assert int(reason.removeprefix("oldest ").removesuffix(" s")) >= 7200


@pytest.mark.django_db
def test_work_stands_still_when_a_schedule_is_not_kept() -> None:
    work_goes_on()
    Schedule.objects.filter(name="jobs.finished.removed").update(next_due_at=clock.now() - timedelta(hours=1))
    assert Client().get("/health/work").status_code == 503
    assert details("/health/work")["schedules"]["reason"] == "jobs.finished.removed"


def test_an_administrator_is_told_why_and_others_are_not(persons: Persons, browser_of: Callable[..., Client]) -> None:
    assert "checks" in browser_of(persons.administrator).get("/health/work").json()
    for account in (persons.leader, persons.employee, persons.citizen, None):
        assert browser_of(account).get("/health/work").json() == {"status": "unavailable"}


@override_settings(SECURE_SSL_REDIRECT=True)
@pytest.mark.django_db
def test_the_checker_beside_the_server_is_not_sent_to_https() -> None:
    assert Client().get("/health/live").status_code == 200
    assert Client().get("/health/work").status_code == 503
    assert Client().get("/metrics").status_code == 404
    assert Client().get("/account/login/").status_code == 301
