# SPDX-License-Identifier: MPL-2.0
"""What Prometheus is told, read by Prometheus's own parser."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import OperationalError, connection
from django.test import Client, override_settings
from persons import NOW, Persons
from prometheus_client.parser import text_string_to_metric_families

from kommune3.kernel import clock
from kommune3.kernel.jobs import workers
from kommune3.kernel.jobs.models import Job
from kommune3.kernel.metrics import milestones

TOKEN = "a-token-of-more-than-24-characters"
ROOT = Path(__file__).resolve().parents[5]
KNOCK = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def switched_on() -> Iterator[None]:
    with override_settings(METRICS_TOKEN=TOKEN):
        yield


Figures = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def scraped() -> Figures:
    """Every sample by its name and labels."""
    response = Client().get("/metrics", headers=KNOCK)
    assert response.status_code == 200 and response["Content-Type"].startswith("text/plain")
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(response.content.decode())
        for sample in family.samples
    }


def of(figures: Figures, name: str, **labels: str) -> float:
    return figures[name, tuple(sorted(labels.items()))]


@pytest.mark.django_db
def test_nobody_finds_the_figures_unless_a_token_is_set(persons: Persons, browser_of: Callable[..., Client]) -> None:
    for account in (persons.administrator, None):
        assert browser_of(account).get("/metrics").status_code == 404
        assert browser_of(account).get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


@pytest.mark.django_db
@pytest.mark.usefixtures("switched_on")
@pytest.mark.parametrize("given", ["", "Bearer ", f"Bearer {TOKEN}x", TOKEN, f"Basic {TOKEN}"])
def test_a_wrong_token_finds_nothing(given: str) -> None:
    assert Client().get("/metrics", headers={"Authorization": given}).status_code == 404


@pytest.mark.django_db
@pytest.mark.usefixtures("switched_on")
def test_the_right_token_from_a_wrong_address_finds_nothing() -> None:
    with override_settings(METRICS_ADDRESSES=["10.1.0.0/16", "2001:db8::/32"]):
        for address, status in (("10.1.9.9", 200), ("2001:db8::7", 200), ("10.2.0.1", 404), ("", 404)):
            assert Client(REMOTE_ADDR=address).get("/metrics", headers=KNOCK).status_code == status


@pytest.mark.usefixtures("switched_on")
def test_requests_are_told_by_route_and_never_by_address(persons: Persons, browser_of: Callable[..., Client]) -> None:
    client = browser_of(persons.administrator)
    for account in persons.accounts().values():
        client.get(f"/people/{account.person_id}/?name=Eva")
    client.get("/no/such/page/Eva/")
    figures = scraped()
    routes = {dict(labels)["route"] for name, labels in figures if name == "kommune3_http_requests_total"}
    assert {"people:detail", "unmatched"} <= routes
    assert not any("/" in route or "Eva" in route for route in routes)
    buckets = {dict(labels)["le"] for name, labels in figures if name == "kommune3_http_request_seconds_bucket"}
    assert "+Inf" in buckets and len(buckets) == 12
    assert of(figures, "kommune3_http_request_database_queries_total", route="people:detail") > 0


@pytest.mark.django_db
@pytest.mark.usefixtures("switched_on")
def test_jobs_workers_and_schedules_are_told_from_the_rows() -> None:
    due = clock.now() - timedelta(minutes=10)
    for queue in ("default", "events", "events"):
        Job.objects.create(
            task="x", title="x", queue=queue, run_after=due, enqueued_at=due, max_attempts=1, requested_as="test"
        )
    workers.beat(name="a", queues=[], is_dispatcher=False, now=clock.now())
    workers.beat(name="b", queues=[], is_dispatcher=False, now=clock.now() - 2 * workers.silent_after())
    figures = scraped()
    assert of(figures, "kommune3_jobs", queue="default", state="QUEUED") == 1
    assert of(figures, "kommune3_outbox_waiting") == 2
    assert of(figures, "kommune3_jobs_oldest_wait_seconds", queue="events") >= 600
    assert of(figures, "kommune3_workers", state="awake") == 1
    assert of(figures, "kommune3_workers", state="silent") == 1
    assert of(figures, "kommune3_schedule_overdue_seconds", schedule="jobs.finished.removed") == 0
    assert of(figures, "kommune3_database_up") == 1
    assert of(figures, "kommune3_migrations_missing") == 0
    assert of(figures, "kommune3_database_bytes") > 0
    assert of(figures, "process_resident_memory_bytes") > 0


@pytest.mark.django_db
@pytest.mark.usefixtures("switched_on")
def test_a_backup_is_told_by_when_it_was() -> None:
    milestones.reached(milestones.BACKUP, at=NOW)
    assert of(scraped(), "kommune3_last_timestamp_seconds", what="backup") == NOW.timestamp()


@pytest.mark.django_db
@pytest.mark.usefixtures("switched_on")
def test_while_the_database_is_away_that_is_what_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def silent(*args: object) -> None:
        raise OperationalError

    monkeypatch.setattr(connection, "cursor", silent)
    figures = scraped()
    assert of(figures, "kommune3_database_up") == 0
    assert ("kommune3_outbox_waiting", ()) not in figures


@pytest.mark.django_db
@pytest.mark.usefixtures("switched_on")
@pytest.mark.parametrize("file", ["deploy/prometheus/kommune3.rules.yaml", "docs/how-to/monitor.md"])
def test_every_figure_that_alerts_and_docs_speak_of_is_there(file: str) -> None:
    milestones.reached(milestones.BACKUP, at=NOW)
    text = Client().get("/metrics", headers=KNOCK).content.decode()
    there = re.findall(r"^# TYPE (\w+) (\w+)", text, re.MULTILINE)
    names = {name for name, _kind in there} | {
        f"{name}{ending}" for name, kind in there if kind == "histogram" for ending in ("_bucket", "_count", "_sum")
    }
    spoken = re.findall(r"(kommune3_[a-z_]*[a-z])(…|_…)?", (ROOT / file).read_text(encoding="utf-8"))
    assert len(spoken) > 10
    wrong = [
        name for name, open_ended in spoken
        if name not in names and not (open_ended and any(known.startswith(name) for known in names))
    ]  # fmt: skip
    assert wrong == []
