# SPDX-License-Identifier: MPL-2.0
"""What is counted, by one process and by several."""

from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from persons import NOW, Persons

from kommune3.kernel.metrics import figures, milestones, tallying
from kommune3.kernel.metrics.figures import LOGIN_FAILURES, OUTGOING, REQUESTS
from kommune3.kernel.metrics.models import Tally

HOST = "figures.test"


@pytest.fixture(autouse=True)
def _counted_from_nought() -> Iterator[None]:
    OUTGOING.clear()
    tallying._flushed.clear()
    yield
    OUTGOING.clear()
    tallying._flushed.clear()


def shared(process: str) -> float:
    return sum(
        sample.value
        for metric in tallying.shared()
        for sample in metric.samples
        if sample.name == "kommune3_outgoing_http_requests_total"
        and sample.labels["process"] == process
        and sample.labels["host"] == HOST
    )


@pytest.mark.django_db
def test_what_a_worker_counted_is_added_once_and_outlives_it() -> None:
    OUTGOING.labels(HOST, "200").inc(3)
    tallying.flush()
    assert tallying.flush() == 0, "nothing new"
    OUTGOING.labels(HOST, "200").inc(2)
    tallying.flush()
    OUTGOING.clear()  # the next worker begins from nought
    tallying._flushed.clear()
    OUTGOING.labels(HOST, "200").inc(10)
    tallying.flush()
    row = Tally.objects.get(name="kommune3_outgoing_http_requests_total", labels__contains=HOST)
    assert row.value == 15
    OUTGOING.clear()
    assert shared("workers") == 15


@pytest.mark.django_db
def test_the_asking_process_own_part_stands_apart() -> None:
    OUTGOING.labels(HOST, "200").inc(3)
    tallying.flush()
    OUTGOING.labels(HOST, "200").inc()
    assert (shared("web"), shared("workers")) == (4, 3)


def test_a_request_is_counted_by_its_route_and_not_by_its_address(
    persons: Persons, browser_of: Callable[..., Client]
) -> None:
    client = browser_of(persons.administrator)
    status = str(client.get(f"/people/{persons.citizen.person_id}/").status_code)
    before = REQUESTS.labels("people:detail", "GET", status)._value.get()
    for account in (persons.employee, persons.other_employee):
        assert str(client.get(f"/people/{account.person_id}/").status_code) == status
    assert REQUESTS.labels("people:detail", "GET", status)._value.get() == before + 2
    labels = {
        label for metric in figures.WEB.collect() for sample in metric.samples for label in sample.labels.values()
    }
    assert not any(str(persons.employee.person_id) in label for label in labels)


@pytest.mark.django_db
def test_a_login_that_fails_is_counted() -> None:
    before = LOGIN_FAILURES._value.get()
    Client().post("/account/login/", {"login": "nobody", "password": "wrong"})
    assert LOGIN_FAILURES._value.get() > before


@pytest.mark.django_db
def test_only_the_last_time_of_a_milestone_is_kept() -> None:
    assert milestones.last("backup") is None
    milestones.reached("backup", at=NOW, detail={"files": 1})
    milestones.reached("backup", at=NOW.replace(year=2027), outcome="FAILED")
    last = milestones.last("backup")
    assert last is not None and (last.at.year, last.outcome, last.detail) == (2027, "FAILED", {})
