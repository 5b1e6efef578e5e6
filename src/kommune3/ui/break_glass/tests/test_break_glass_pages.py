# SPDX-License-Identifier: MPL-2.0
import pytest
from persons import Persons, grant, make_account

from kommune3.kernel.access import standard
from kommune3.kernel.access.models import BreakGlass

REASON = "Somebody has been found unconscious, and no relative is known."


@pytest.fixture
def on_call(persons: Persons):
    account = make_account("on-call", given_name="Vera", unit=persons.own_team)
    grant(account, standard.ON_CALL, persons.other_unit)
    return account


def values_of(persons: Persons, **other):
    return {
        "unit": str(persons.other_unit.pk), "action": "people.person.read", "hours": "1", "reason": REASON, **other
    }  # fmt: skip


def test_access_is_opened_shown_on_every_page_and_ended_by_hand(persons: Persons, on_call, browser_of):
    browser = browser_of(on_call)
    address = f"/people/{persons.other_employee.person_id}/"
    assert browser.get(address).status_code == 403
    assert browser.post("/account/emergency/", values_of(persons)).status_code == 302
    for page in (address, "/", "/account/", "/notifications/"):
        text = browser.get(page).content.decode()
        assert "Nødadgang er åben" in text, page
    opened = BreakGlass.objects.get()
    assert browser.post(f"/account/emergency/{opened.pk}/close/").status_code == 302
    assert browser.get(address).status_code == 403
    assert "Nødadgang er åben" not in browser.get("/").content.decode()


def test_a_short_reason_is_refused_at_its_field(persons: Persons, on_call, browser_of):
    page = browser_of(on_call).post("/account/emergency/", values_of(persons, reason="urgent"))
    assert page.status_code == 200
    assert not BreakGlass.objects.exists()


def test_a_leader_sees_what_it_was_used_for_and_signs(persons: Persons, on_call, browser_of):
    browser = browser_of(on_call)
    browser.post("/account/emergency/", values_of(persons))
    browser.get(f"/people/{persons.other_employee.person_id}/")
    opened = BreakGlass.objects.get()
    leader = browser_of(persons.other_leader)
    address = f"/administration/emergencies/{opened.pk}/"
    page = leader.get(address).content.decode()
    assert REASON in page
    assert "people:detail" in page
    assert browser_of(persons.leader).get(address).status_code == 404
    browser.post(f"/account/emergency/{opened.pk}/close/")
    assert "1 venter" in leader.get("/administration/emergencies/").content.decode()
    assert leader.post(address, {"outcome": "FOLLOW_UP"}).status_code == 200, "a note is needed"
    assert leader.post(address, {"outcome": "APPROVED"}).status_code == 302
    opened.refresh_from_db()
    assert (opened.outcome, opened.signed_by) == ("APPROVED", persons.other_leader)


def test_the_reason_is_not_shown_to_other_units(persons: Persons, on_call, browser_of):
    browser_of(on_call).post("/account/emergency/", values_of(persons))
    listed = browser_of(persons.leader).get("/administration/emergencies/").content.decode()
    assert "Vera" not in listed
