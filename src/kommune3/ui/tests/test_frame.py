# SPDX-License-Identifier: MPL-2.0
"""The frame around every page: navigation, language, and the pages of last resort."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client, RequestFactory, override_settings
from django.test.utils import CaptureQueriesContext

from kommune3.kernel import notify
from kommune3.kernel.access.actor import system
from kommune3.kernel.solutions.registry import Link
from kommune3.ui import errors
from kommune3.ui.context import entries

pytestmark = pytest.mark.django_db

LINKS = [
    Link("Flåde", "/fleet/", "car", (Link("Overblik", "/fleet/", "car"), Link("Ture", "/fleet/trips/", "car"))),
    Link("Pleje", "/care/", "person", (Link("Ruter", "/care/", "person"),)),
]


def test_the_deepest_page_that_fits_is_the_current_one() -> None:
    fleet, care = entries(LINKS, "/fleet/trips/17/")
    assert fleet.is_current and not care.is_current
    assert [child.is_current for child in fleet.children] == [False, True]


def test_outside_the_solutions_nothing_is_current() -> None:
    assert not any(entry.is_current for entry in entries(LINKS, "/"))


def test_a_page_that_does_not_exist_says_so_in_danish_with_the_number_of_the_request() -> None:
    response = Client().get("/findes/ikke/")
    html = response.content.decode()
    assert response.status_code == 404
    assert "Siden blev ikke fundet" in html
    assert response["X-Request-ID"] in html


def test_the_last_resort_works_even_when_the_frame_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: Any, **kwargs: Any) -> str:
        raise RuntimeError("no database")

    monkeypatch.setattr(errors, "render_to_string", broken)
    response = errors.server_error(RequestFactory().get("/"))
    assert response.status_code == 500
    assert "<h1>Noget gik galt</h1>" in response.content.decode()


def test_a_form_without_its_token_is_answered_with_what_to_do() -> None:
    response = Client(enforce_csrf_checks=True).post("/language/", {"language": "en"})
    assert response.status_code == 403
    assert "Formularen er udløbet" in response.content.decode()


def test_the_language_is_danish_until_the_reader_chooses() -> None:
    client = Client(headers={"accept-language": "da"})
    assert '<html lang="da">' in client.get("/accessibility/").content.decode()
    client.post("/language/", {"language": "en", "next": "/accessibility/"})
    assert '<html lang="en">' in client.get("/accessibility/").content.decode()


def test_the_language_switch_leads_nowhere_else() -> None:
    response = Client().post("/language/", {"language": "en", "next": "https://ondt.example/"})
    assert response["Location"] == "/"


def test_pages_forbid_everything_that_is_not_listed() -> None:
    policy = Client().get("/accessibility/")["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


@override_settings(DEBUG=False)
def test_the_design_page_is_for_administrators(persons: Any, browser_of: Any) -> None:
    assert browser_of(persons.administrator).get("/design/").status_code == 200
    assert browser_of(persons.employee).get("/design/").status_code == 403
    assert Client().get("/design/").status_code == 302


def test_the_header_counts_the_messages_one_has_not_read(persons: Any, browser_of: Any, now: Any) -> None:
    for number in range(2):
        notify.send(to=persons.employee, title="Planen er klar", key=str(number), actor=system("tests"), now=now)
    page = browser_of(persons.employee).get("/account/").content.decode()
    assert '<span class="k3-count">2</span><span class="sr-only">ulæste beskeder</span>' in page
    assert "k3-count" not in browser_of(persons.leader).get("/account/").content.decode()
    assert "k3-count" not in Client().get("/accessibility/").content.decode()


def test_counting_them_costs_one_query(persons: Any, browser_of: Any) -> None:
    browser = browser_of(persons.employee)
    with CaptureQueriesContext(connection) as queries:
        browser.get("/accessibility/")
    assert sum("notify_notification" in query["sql"] for query in queries) == 1


def test_pages_of_a_group_stand_under_its_word_and_the_one_that_is_open_shows_them() -> None:
    links = [
        Link(
            "Flåde",
            "/fleet/",
            "car",
            (
                Link("Overblik", "/fleet/", "car"),
                Link("Ture", "/fleet/trips/", "car", group="Kørsel"),
                Link("Import", "/fleet/imports/", "car", group="Kørsel"),
            ),
        )
    ]
    (fleet,) = entries(links, "/fleet/imports/3/")
    assert [(tab.title, tab.url, tab.is_current) for tab in fleet.tabs] == [
        ("Overblik", "/fleet/", False),
        ("Kørsel", "/fleet/trips/", True),
    ]
    assert fleet.open_tab is not None
    assert [(page.title, page.is_current) for page in fleet.open_tab.children] == [("Ture", False), ("Import", True)]
    (fleet,) = entries(links, "/fleet/")
    assert fleet.open_tab is None
