# SPDX-License-Identifier: MPL-2.0
"""Several people want the last car at the same time: real requests in parallel, each in its own connection."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextvars import copy_context
from pathlib import Path

import pytest
from django.db import connection, connections
from django.test import Client
from django.urls import reverse
from persons import NOW

from kommune3.kernel import clock
from kommune3.kernel.people.models import Account
from kommune3.solutions.fleet.models import Booking, Vehicle
from kommune3.solutions.fleet.tests.small_fleet import SmallFleet

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@pytest.fixture(autouse=True)
def _monday_morning() -> Iterator[None]:
    with clock.stopped(NOW):
        yield


def shared(folder: Path) -> str:
    """A database that several connections can use at once: SQLite's of the tests lies in memory, so it is copied."""
    if connection.vendor != "sqlite":
        return ""
    file = folder / "rush.sqlite3"
    copy = sqlite3.connect(file)
    connection.connection.backup(copy)
    copy.close()
    return str(file)


def at_once(database: str, *requests: Callable[[], int]) -> list[int]:
    """Do the requests at the same moment, each in a thread and a connection of its own; gives their answers, sorted."""
    gate = threading.Barrier(len(requests))
    answers: list[int] = []

    def ask(request: Callable[[], int]) -> None:
        if database:
            own = connections["default"]
            own.settings_dict = {**own.settings_dict, "NAME": database}
        try:
            gate.wait()
            answers.append(request())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=copy_context().run, args=(ask, request)) for request in requests]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(answers)


def wanting(
    fleet: SmallFleet, browser_of: Callable[[Account | None], Client], account: Account, key: str
) -> Callable[[], int]:
    """A request for a car this afternoon."""
    client = browser_of(account)
    asked = {
        "day": "2026-03-02", "start": "13:00", "end": "15:00", "base": fleet.own.pk, "km": 20, "request_key": key,
    }  # fmt: skip
    return lambda: client.post(reverse("fleet:book"), asked).status_code


def test_of_two_who_book_the_last_car_at_once_one_gets_it_and_the_other_a_clear_answer(
    fleet: SmallFleet, browser_of: Callable[[Account | None], Client], tmp_path: Path
) -> None:
    one, other = (wanting(fleet, browser_of, person, "a") for person in (fleet.persons.employee, fleet.persons.leader))
    database = shared(tmp_path)
    gone = Vehicle.objects.filter(registration="AB12346")
    assert at_once(database, lambda: gone.update(valid_to=NOW.date())) == [1]
    assert at_once(database, one, other) == [302, 409]
    assert at_once(database, Booking.objects.filter(vehicle__registration="AB12345").count) == [1]
    assert at_once(database, Booking.objects.count) == [1]


def test_a_form_sent_twice_at_once_books_once(
    fleet: SmallFleet, browser_of: Callable[[Account | None], Client], tmp_path: Path
) -> None:
    one, other = (wanting(fleet, browser_of, fleet.persons.employee, "the same") for _ in range(2))
    database = shared(tmp_path)
    assert at_once(database, one, other) == [302, 302]
    assert at_once(database, Booking.objects.count) == [1]
