# SPDX-License-Identifier: MPL-2.0
"""The first day of a municipality: from an empty database to a fleet manager at work, through the pages alone.

Then the same pages as each other person sees them: an administrator of one unit, a leader, a citizen.
"""

import re

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from persons import LOGIN_BACKEND, NOW, Persons, grant, make_account, set_up_second_step

from kommune3.kernel.access import standard
from kommune3.kernel.organisation.models import Employment, Unit
from kommune3.kernel.people import register
from kommune3.kernel.people.models import Person

PASSWORD = "korrekt hest batteri"
CHOSEN = "et helt andet kodeord 7"


def logged_in(username: str, password: str) -> Client:
    client = Client()
    client.post("/account/login/", {"login": username, "password": password})
    return client


def link(html: str, text: str) -> str:
    """The address of the link with this text."""
    for attributes, inside in re.findall(r"<a\s([^>]*)>(.*?)</a>", html, re.S):
        address = re.search(r'href="([^"]+)"', attributes)
        if address and re.sub(r"<svg.*?</svg>|<[^>]*>", "", inside, flags=re.S).strip() == text:
            return address[1]
    raise AssertionError(f"no link “{text}”")


def page(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, (address, response.status_code)
    return response.content.decode()


def sent(client: Client, address: str, **values: str) -> str:
    """The page that answers a form, after any redirect."""
    response = client.post(address, values, follow=True)
    html = response.content.decode()
    assert response.status_code == 200 and "form-error" not in html, html
    return html


def test_a_fresh_municipality_comes_page_by_page_to_a_fleet_manager_at_work(db, monkeypatch):
    monkeypatch.setenv("KOMMUNE3_ADMIN_PASSWORD", PASSWORD)
    call_command("setup", name="Anholt Kommune", given_name="Ada", family_name="Lov", username="ada", verbosity=0)
    ada = logged_in("ada", PASSWORD)
    assert ada.get("/").headers["Location"] == "/account/2fa/"
    set_up_second_step(ada, PASSWORD)

    tree = page(ada, link(page(ada, "/"), "Organisation"))
    root = page(ada, link(tree, "Anholt Kommune"))
    unit = sent(ada, link(root, "Ny enhed under denne"), name="Teknik og Miljø", kle="05", valid_from="2026-01-01")
    person = sent(
        ada, link(unit, "Ny medarbejder"),
        given_name="Finn", family_name="Flåde", title="Flådeansvarlig", valid_from="2026-01-01",
    )  # fmt: skip
    login = sent(ada, link(person, "Login og rettigheder"), username="finn")
    first_password = re.search(r"<code>([^<]+)</code>", login)
    assert first_password
    account_id = re.search(r"/administration/accounts/([0-9a-f-]{36})/grants/", login)
    assert account_id
    give = reverse("administration:give-grant", args=[account_id[1]])
    sent(ada, give, role="fleet_manager", valid_from="2026-01-01")

    finn = logged_in("finn", first_password[1])
    assert finn.get("/fleet/").headers["Location"] == "/account/password/"
    finn.post("/account/password/", {"oldpassword": first_password[1], "password1": CHOSEN, "password2": CHOSEN})
    assert finn.get("/fleet/").headers["Location"] == "/account/2fa/"
    set_up_second_step(finn, CHOSEN)
    assert "Flåde" in page(finn, "/fleet/")
    assert page(finn, reverse("fleet:base_new"))
    assert (
        finn.get(reverse("organisation:edit-unit", args=[Unit.objects.get(name="Teknik og Miljø").pk])).status_code
        == 403
    )


@pytest.fixture
def unit_administrator(persons: Persons) -> Client:
    """An administrator of the own unit only, at the browser."""
    account = make_account("unit-administrator", given_name="Ulla", unit=persons.own_unit)
    grant(account, standard.ADMINISTRATOR, persons.own_unit)
    client = Client()
    client.force_login(account, backend=LOGIN_BACKEND)
    return client


def addresses(unit: Unit, person_id: object) -> list[str]:
    employment = Employment.objects.filter(person=person_id).get()
    return [
        reverse("organisation:new-unit", args=[unit.pk]),
        reverse("organisation:edit-unit", args=[unit.pk]),
        reverse("people:new", args=[unit.pk]),
        reverse("people:edit", args=[person_id]),
        reverse("people:new-employment", args=[person_id]),
        reverse("people:edit-employment", args=[employment.pk]),
    ]


def test_an_administrator_of_a_unit_opens_these_pages_for_it_and_for_no_other(persons: Persons, unit_administrator):
    own = addresses(persons.own_team, persons.employee.person_id)
    other = addresses(persons.other_unit, persons.other_employee.person_id)
    assert [unit_administrator.get(address).status_code for address in own] == [200] * len(own)
    assert [unit_administrator.get(address).status_code for address in other] == [404] * len(other)
    ending = Employment.objects.get(person=persons.other_employee.person_id)
    assert unit_administrator.post(reverse("people:end-employment", args=[ending.pk])).status_code == 404
    ending.refresh_from_db()
    assert ending.valid_to is None


@pytest.mark.parametrize("who", ["leader", "citizen"])
def test_those_who_administer_nothing_open_none_of_these_pages_and_see_no_way_to_them(
    persons: Persons, browser_of, who
):
    browser = browser_of(getattr(persons, who))
    own = addresses(persons.own_team, persons.employee.person_id)
    assert [browser.get(address).status_code for address in own] == [403] * len(own)
    seen = browser.get(reverse("people:detail", args=[persons.accounts()[who].person_id])).content.decode()
    assert "Ny ansættelse" not in seen and "/edit/" not in seen


def test_an_administrator_of_a_unit_is_offered_the_units_they_administer_only(persons: Persons, unit_administrator):
    html = page(unit_administrator, reverse("people:new-employment", args=[persons.employee.person_id]))
    assert str(persons.own_team.pk) in html
    assert str(persons.other_unit.pk) not in html and str(persons.root.pk) not in html
    top = page(unit_administrator, reverse("organisation:edit-unit", args=[persons.own_unit.pk]))
    assert 'name="parent"' not in top
    renamed = {"name": "Sundhed og Omsorg", "valid_from": "2020-01-01"}
    sent(unit_administrator, reverse("organisation:edit-unit", args=[persons.own_unit.pk]), **renamed)
    persons.own_unit.refresh_from_db()
    assert (persons.own_unit.name, persons.own_unit.parent) == ("Sundhed og Omsorg", persons.root)


def test_a_unit_is_moved_on_its_page_with_all_below_it(persons: Persons, browser_of):
    browser = browser_of(persons.administrator)
    html = sent(
        browser, reverse("organisation:edit-unit", args=[persons.own_unit.pk]),
        name="Sundhed", parent=str(persons.other_unit.pk), kle="29", valid_from="2020-01-01",
    )  # fmt: skip
    assert "Enheden er gemt." in html
    persons.own_team.refresh_from_db()
    assert persons.own_team.path.startswith(Unit.objects.get(pk=persons.other_unit.pk).path)


def test_what_is_wrong_stands_at_its_field_in_danish(persons: Persons, browser_of):
    browser = browser_of(persons.administrator)
    address = reverse("people:new", args=[persons.own_team.pk])
    values = {"given_name": "Nanna", "family_name": "Ny", "title": "Leder", "valid_from": "2026-02-01"}
    for more, said in (
        ({"cpr": "310290-1234"}, "De første seks cifre i et CPR-nummer er en fødselsdato, DDMMÅÅ."),
        ({"valid_to": "2026-02-01"}, "Perioden skal slutte senere, end den begynder."),
        ({"email": "nanna"}, "Indtast en gyldig e-mail-adresse."),
    ):
        html = browser.post(address, {**values, **more}).content.decode()
        assert said in html
    assert not Person.objects.filter(given_name="Nanna").exists()
    above = reverse("organisation:new-unit", args=[persons.own_team.pk])
    html = browser.post(above, {"name": "Ny", "kle": "2", "valid_from": "2026-02-01"}).content.decode()
    assert "Et KLE-nummer skrives" in html


def test_a_person_is_edited_and_the_cpr_number_is_not_shown_again(persons: Persons, browser_of):
    browser = browser_of(persons.administrator)
    person = persons.employee.person
    address = reverse("people:edit", args=[person.pk])
    sent(browser, address, given_name="Eva", family_name="Nygift", cpr="010190-1234")
    person.refresh_from_db()
    assert (person.family_name, register.open_cpr(person)) == ("Nygift", "0101901234")
    assert "1234" not in re.sub(r"[0-9a-f-]{36}", "", page(browser, address).split("<form")[-1])


def test_an_employment_ends_and_a_login_left_open_is_told(persons: Persons, browser_of):
    browser = browser_of(persons.administrator)
    held = persons.employee.person.employments.get()
    html = sent(browser, reverse("people:end-employment", args=[held.pk]))
    assert "Ansættelsen er afsluttet." in html and "Personens login er stadig åbent." in html
    held.refresh_from_db()
    assert held.valid_to is not None
    html = sent(browser, reverse("people:end-employment", args=[held.pk]))
    assert "Ansættelsen er allerede afsluttet." in html


def test_a_further_employment_is_given_and_corrected(persons: Persons, browser_of):
    browser = browser_of(persons.administrator)
    person = persons.employee.person
    values = {"unit": str(persons.other_unit.pk), "title": "Vikar", "valid_from": NOW.date().isoformat()}
    sent(browser, reverse("people:new-employment", args=[person.pk]), **values)
    made = person.employments.get(unit=persons.other_unit)
    values["title"] = "Fast"
    sent(browser, reverse("people:edit-employment", args=[made.pk]), is_leader="on", **values)
    made.refresh_from_db()
    assert (made.title, made.is_leader) == ("Fast", True)
