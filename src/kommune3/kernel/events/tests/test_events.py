# SPDX-License-Identifier: MPL-2.0
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction

from kommune3.kernel import clock, events
from kommune3.kernel.events import handling
from kommune3.kernel.events.models import Event
from kommune3.kernel.flags import switches
from kommune3.kernel.jobs.models import Job, State
from kommune3.kernel.jobs.worker import Worker
from kommune3.kernel.solutions import registry

sys.path.insert(0, str(Path(__file__).parent))
import event_examples

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _handlers(monkeypatch):
    monkeypatch.setattr(handling, "_handlers", {})
    event_examples.heard.clear()
    events.on("tests.plan.accepted")(event_examples.first)


def work(at):
    with clock.stopped(at):
        worker = Worker()
        while worker.step():
            pass


def is_on(name):
    return switches.is_on(name, default=False)


def test_a_published_event_reaches_each_handler_once(now):
    events.on("tests.plan.accepted")(event_examples.second)
    events.publish("tests.plan.accepted", {"plan": 7}, now=now)
    work(now)
    work(now + timedelta(hours=1))
    assert event_examples.heard == ["first 7"]
    assert (is_on("first.7"), is_on("second.7")) == (True, False)
    assert sorted(Job.objects.values_list("state", flat=True)) == [State.QUEUED, State.SUCCEEDED]


def test_an_event_of_a_transaction_that_is_rolled_back_was_not_published(now):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        events.publish("tests.plan.accepted", {"plan": 7}, now=now)
        raise ZeroDivisionError
    work(now)
    assert event_examples.heard == []
    assert not Event.objects.exists()


def test_an_event_nobody_waits_for_is_kept_and_makes_no_job(now):
    events.publish("tests.nobody.cares", {}, now=now)
    assert Event.objects.get().name == "tests.nobody.cares"
    assert not Job.objects.exists()


def test_a_solution_that_is_switched_off_is_not_told(now, monkeypatch):
    key = registry.all_manifests()[0].key
    monkeypatch.setattr(registry, "solution_of_module", lambda dotted: key)
    registry.switch(key=key, on=False, now=now)
    events.publish("tests.plan.accepted", {"plan": 7}, now=now)
    assert not Job.objects.exists()


def test_a_handler_that_is_gone_fails_its_delivery_with_its_name(now, monkeypatch):
    events.publish("tests.plan.accepted", {"plan": 7}, now=now)
    monkeypatch.setattr(handling, "_handlers", {})
    work(now)
    job = Job.objects.get()
    assert job.state == State.FAILED
    assert "event_examples.first" in job.error["message"]


def test_old_events_are_removed(now):
    from kommune3.kernel import jobs
    from kommune3.kernel.access.actor import system
    from kommune3.kernel.events.tasks import remove_old_events

    old = events.publish("tests.nobody.cares", {}, now=now - timedelta(days=91))
    new = events.publish("tests.nobody.cares", {}, now=now)
    jobs.enqueue(remove_old_events, actor=system("tests"), now=now)
    work(now)
    assert list(Event.objects.all()) == [new]
    assert old != new


def test_a_function_inside_a_function_is_no_handler():
    def inner(event): ...

    with pytest.raises(ImproperlyConfigured):
        events.on("tests.plan.accepted")(inner)
