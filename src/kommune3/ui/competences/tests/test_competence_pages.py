# SPDX-License-Identifier: MPL-2.0
import html
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from persons import BEGINNING, Persons

from kommune3.kernel import clock
from kommune3.kernel.access.actor import system
from kommune3.kernel.audit.models import Entry
from kommune3.kernel.competences import demo, queries
from kommune3.kernel.competences.models import Competence, Delegation, Held

BrowserOf = Callable[..., Client]


def _text(response: object) -> str:
    return html.unescape(response.content.decode())  # type: ignore[attr-defined]


@pytest.fixture
def catalogue(db: None) -> dict[str, Competence]:
    demo.seed(actor=system("test"), now=clock.now(), holders={})
    return {row.code: row for row in Competence.objects.all()}


def _hold(account: object, competence: Competence, **more: object) -> Held:
    person = account.person  # type: ignore[attr-defined]
    return Held.objects.create(person=person, competence=competence, **{"valid_from": BEGINNING, **more})


def test_a_leader_gives_a_competence_withdraws_it_and_undoes_that(
    persons: Persons, browser_of: BrowserOf, catalogue: dict[str, Competence]
):
    browser, page = browser_of(persons.leader), f"/competences/people/{persons.employee.person_id}/"
    given = {"competence": catalogue["insulin"].pk, "valid_from": "2026-01-01", "valid_to": "", "source": "Kursus"}
    assert browser.post(f"{page}give/", given).headers["Location"] == page
    shown = _text(browser.get(page))
    assert "Insulin" in shown and "Kursus" in shown
    held = Held.objects.get()
    browser.post(f"/competences/held/{held.pk}/withdraw/")
    assert queries.holders(competence="insulin", on=clock.municipal_date(clock.now())) == frozenset()
    browser.post(f"/competences/held/{held.pk}/undo/")
    assert queries.holders(competence="insulin", on=clock.municipal_date(clock.now())) == {persons.employee.person_id}


def test_a_task_is_delegated_on_the_page_and_a_refusal_stands_at_its_field(
    persons: Persons, browser_of: BrowserOf, catalogue: dict[str, Competence]
):
    browser = browser_of(persons.leader)
    _hold(persons.leader, catalogue["insulin"], valid_to=clock.municipal_date(clock.now()) + timedelta(days=5))
    sent = {
        "helper": persons.employee.person_id,
        "delegator": persons.leader.person_id,
        "competence": catalogue["insulin"].pk,
        "instruction": "Instruks for insulin, 4",
        "valid_from": str(clock.municipal_date(clock.now())),
        "valid_to": "",
    }
    refused = browser.post("/competences/delegations/new/", sent)
    assert refused.context["form"].errors.keys() == {"delegator"}
    until = clock.municipal_date(clock.now()) + timedelta(days=5)
    browser.post("/competences/delegations/new/", {**sent, "valid_to": str(until)})
    assert Delegation.objects.get().helper_id == persons.employee.person_id
    assert "Instruks for insulin, 4" in _text(browser.get("/competences/delegations/"))


def test_an_employee_sees_everything_about_themself_and_nobody_else(
    persons: Persons, browser_of: BrowserOf, catalogue: dict[str, Competence]
):
    _hold(persons.employee, catalogue["saar"], source="Kursus 2020", withdrawn_from=BEGINNING)
    browser = browser_of(persons.employee)
    own = _text(browser.get("/competences/own/", follow=True))
    assert "Kursus 2020" in own
    assert "withdraw/" not in own
    assert browser.get(f"/competences/people/{persons.leader.person_id}/").status_code == 404
    assert browser.post(f"/competences/held/{Held.objects.get().pk}/undo/").status_code == 403


def test_what_ends_soon_is_counted_and_leads_to_its_list(
    persons: Persons, browser_of: BrowserOf, catalogue: dict[str, Competence]
):
    today = clock.municipal_date(clock.now())
    _hold(persons.employee, catalogue["insulin"], valid_to=today + timedelta(days=30))
    _hold(persons.employee, catalogue["saar"], valid_to=today + timedelta(days=300))
    browser = browser_of(persons.leader)
    ending = browser.get("/competences/").context["ending"]
    assert ending["held"] == 1
    answer = browser.get(f"{ending['held_url']}&export=csv")
    listed = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    assert "Insulin" in listed and "Sårpleje" not in listed
    assert Entry.objects.filter(action="competences.exported").count() == 1


def test_a_colleague_who_looks_is_on_record_and_oneself_is_not(
    persons: Persons, browser_of: BrowserOf, catalogue: dict[str, Competence]
):
    page = f"/competences/people/{persons.employee.person_id}/"
    browser_of(persons.employee).get(page)
    assert not Entry.objects.filter(action="competences.person.read").exists()
    browser_of(persons.leader).get(page)
    assert Entry.objects.get(action="competences.person.read").citizen_id == persons.employee.person_id


def test_the_catalogue_is_edited_and_retired_by_administrators(
    persons: Persons, browser_of: BrowserOf, catalogue: dict[str, Competence]
):
    browser = browser_of(persons.administrator)
    taken = browser.post("/competences/new/", {"title": "X", "code": "insulin", "kind": "COMPETENCE", "kl_code": ""})
    assert taken.context["form"].errors.keys() == {"code"}
    browser.post("/competences/new/", {"title": "Epilepsi", "code": "epilepsi", "kind": "DELEGABLE", "kl_code": ""})
    made = Competence.objects.get(code="epilepsi")
    browser.post(f"/competences/{made.pk}/switch/", {"active": "0"})
    assert made not in queries.catalogue()
    assert browser_of(persons.leader).get("/competences/new/").status_code == 403


def test_a_file_with_a_fault_is_shown_by_line_column_and_value(
    persons: Persons, browser_of: BrowserOf, catalogue: dict[str, Competence]
):
    content = f"person_uuid;kompetence;fra\n{persons.employee.person_id};insulinn;2026-03-01\n".encode()
    browser = browser_of(persons.leader)
    refused = browser.post("/competences/import/", {"file": SimpleUploadedFile("k.csv", content)})
    assert "insulinn" in _text(refused)
    good = content.replace(b"insulinn", b"insulin")
    assert browser.post("/competences/import/", {"file": SimpleUploadedFile("k.csv", good)}).status_code == 302
    assert Held.objects.get().person_id == persons.employee.person_id
