# SPDX-License-Identifier: MPL-2.0
import pytest

from kommune3.kernel import notify
from kommune3.kernel.access.actor import system

PAGE = "/notifications/"


@pytest.fixture
def message(persons, now):
    values = {"key": "tests:1", "actor": system("tests"), "now": now, "url": "/account/", "body": "Første\nAnden"}
    (sent,) = notify.send(to=persons.employee, title="Planen er klar", **values)
    return sent


def unread(account, actor_for) -> int:
    return notify.unread_count(actor_for(account))


def test_the_list_shows_one_s_own_messages_and_marks_none_as_read(message, persons, browser_of, actor_for) -> None:
    text = browser_of(persons.employee).get(PAGE).content.decode()
    assert "Planen er klar" in text and "Første<br>Anden" in text
    assert "Planen er klar" not in browser_of(persons.administrator).get(PAGE).content.decode()
    assert unread(persons.employee, actor_for) == 1


def test_opening_a_message_reads_it_and_leads_on(message, persons, browser_of, actor_for) -> None:
    response = browser_of(persons.employee).get(f"{PAGE}{message.pk}/")
    assert (response.status_code, response["Location"]) == (302, "/account/")
    assert unread(persons.employee, actor_for) == 0


def test_a_message_can_be_marked_as_read(message, persons, browser_of, actor_for) -> None:
    assert browser_of(persons.employee).post(f"{PAGE}{message.pk}/read/").status_code == 302
    assert unread(persons.employee, actor_for) == 0


def test_all_messages_can_be_marked_as_read(message, persons, browser_of, actor_for) -> None:
    assert browser_of(persons.employee).post(f"{PAGE}read/").status_code == 302
    assert unread(persons.employee, actor_for) == 0


def test_somebody_else_s_message_does_not_exist(message, persons, browser_of, actor_for) -> None:
    browser = browser_of(persons.administrator)
    assert browser.get(f"{PAGE}{message.pk}/").status_code == 404
    assert browser.post(f"{PAGE}{message.pk}/read/").status_code == 404
    assert unread(persons.employee, actor_for) == 1


def test_reading_needs_a_post(message, persons, browser_of) -> None:
    assert browser_of(persons.employee).get(f"{PAGE}read/").status_code in (403, 405)


def test_a_login_without_rights_has_an_inbox_too(persons, browser_of) -> None:
    assert browser_of(persons.citizen).get(PAGE).status_code == 200


def test_nobody_known_is_sent_to_the_login(db, browser_of) -> None:
    assert browser_of(None).get(PAGE).status_code == 302


def test_many_messages_come_in_pages(persons, browser_of, now) -> None:
    for number in range(30):
        notify.send(to=persons.employee, title=f"Nummer {number}", key=str(number), actor=system("tests"), now=now)
    browser = browser_of(persons.employee)
    assert len(browser.get(PAGE).context["rows"]) == 25
    assert len(browser.get(f"{PAGE}?page=2").context["rows"]) == 5


def test_the_api_has_one_s_own_messages(message, persons, browser_of) -> None:
    found = browser_of(persons.employee).get("/api/v1/notifications/?unread=true").json()
    assert found["unread"] == 1 and found["items"][0]["title"] == "Planen er klar"
    assert browser_of(persons.leader).get("/api/v1/notifications/").json() == {"unread": 0, "items": []}
