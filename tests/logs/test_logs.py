# SPDX-License-Identifier: MPL-2.0
"""The log tells an operator what happened, and tells nobody about whom."""

import logging
import re
from urllib.parse import quote

import pytest
import structlog
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from matrix import table
from matrix.enumerate import routes
from matrix.objects import arguments_of
from persons import LOGIN_BACKEND, Persons

from kommune3.kernel.people.models import Account

NAME, FAMILY_NAME, USERNAME, EMAIL = "Plantilde", "Vestergårdplant", "plantbruger", "plantilde@eksempel-plant.dk"
PLANTED = re.compile("|".join(("Plantilde", "Vestergårdplant", "plantbruger", "eksempel-plant", quote(FAMILY_NAME))))


@pytest.fixture
def planted(persons: Persons) -> Account:
    """The administrator under a name that occurs nowhere else."""
    account = persons.administrator
    account.username = USERNAME
    account.email = EMAIL
    account.save()
    account.person.given_name, account.person.family_name = NAME, FAMILY_NAME
    account.person.save()
    return account


def test_no_page_brings_a_name_or_an_address_into_the_log(persons: Persons, planted: Account, written) -> None:
    """Every address, asked for with a name in its query string and its form, by somebody and by nobody."""
    said = {"name": NAME, "q": EMAIL, "username": USERNAME, "login": USERNAME, "text": FAMILY_NAME, "email": EMAIL}
    known, nobody = Client(raise_request_exception=False), Client(raise_request_exception=False)
    known.force_login(planted, backend=LOGIN_BACKEND)
    asked = 0
    for route in routes():
        if route.name == "account_logout":
            continue
        with transaction.atomic():
            for arguments in arguments_of(route, persons).values() if route.arguments else [{}]:
                address = reverse(route.name, kwargs=arguments)
                for client, method in ((known, "get"), (nobody, "get"), (known, "post")):
                    with transaction.atomic():
                        response = getattr(client, method)(address, said)
                        if response.streaming:
                            table._close(response)
                        transaction.set_rollback(True)
                    asked += 1
            transaction.set_rollback(True)
    assert asked > 100
    assert len(written.of("web.request")) == asked
    assert PLANTED.findall(written.text) == []


def test_a_request_is_told_by_route_account_status_time_and_queries(persons: Persons, written, browser_of) -> None:
    person = persons.employee.person_id
    response = browser_of(persons.administrator).get(f"/people/{person}/?purpose={FAMILY_NAME}")
    (line,) = written.of("web.request")
    assert (line["route"], line["method"], line["status"]) == ("people:detail", "GET", response.status_code)
    assert line["account"] == str(persons.administrator.pk)
    assert line["queries"] > 0 and line["database_ms"] <= line["ms"]
    assert len(line["request_id"]) == 36 and line["level"] == "info"
    assert str(person) not in written.text


@pytest.mark.django_db
def test_an_address_nobody_knows_is_not_repeated(written) -> None:
    Client().get(f"/borger/{USERNAME}/")
    (line,) = written.of("web.request")
    assert (line["route"], line["status"]) == ("unmatched", 404)
    assert USERNAME not in written.text


@pytest.mark.django_db
def test_a_login_that_fails_says_neither_who_nor_from_where(written) -> None:
    client = Client(REMOTE_ADDR="192.0.2.77")
    for _ in range(12):
        client.post("/account/login/", {"login": USERNAME, "password": "wrong"})
    assert USERNAME not in written.text and "192.0.2.77" not in written.text


def test_an_exception_tells_its_type_and_place_and_never_its_text(written) -> None:
    try:
        try:
            raise KeyError(NAME)
        except KeyError as error:
            raise IntegrityError(f"Key (email)=({EMAIL}) already exists.") from error
    except IntegrityError:
        structlog.get_logger("test").exception("test.failed")
        logging.getLogger("django.request").exception("Internal Server Error: %s", f"/people/{NAME}/")
    for line in written.lines:
        assert line["exception"] == "django.db.utils.IntegrityError" and line["cause"] == "builtins.KeyError"
        assert line["frames"][-1].endswith("never_its_text")
    assert len(written.lines) == 2
    assert PLANTED.findall(written.text) == []


def test_what_a_library_says_comes_without_its_values(written) -> None:
    logging.getLogger("some.library").warning("%s could not be reached at %s", NAME, EMAIL)
    logging.getLogger("some.library").warning("Failed:\nfor " + NAME)
    structlog.get_logger("test").info("test.said", note=f"write to {EMAIL}", more=[EMAIL])
    first, second, third = written.lines
    assert first["event"] == "%s could not be reached at %s" and second["event"] == "Failed:"
    assert third["note"] == "write to [e-mail]" and third["more"] == ["[e-mail]"]
    assert PLANTED.findall(written.text) == []
