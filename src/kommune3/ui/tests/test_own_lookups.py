# SPDX-License-Identifier: MPL-2.0
"""A citizen, and an employee, sees when, for what and by which unit they were looked up; never by whom."""

import json
from datetime import timedelta

import pytest

from kommune3.kernel.access import directory, lookups
from kommune3.kernel.audit import log
from kommune3.kernel.audit.models import Entry

PAGE = "/account/lookups/"


@pytest.fixture
def looked_up(persons, actor_for, now):
    """The administrator opens the citizen's details twice, the second time also the CPR number."""
    citizen = persons.citizen.person
    for days in (40, 1):
        directory.look_up_person(
            actor=actor_for(persons.administrator), now=now - timedelta(days=days), person_id=citizen.pk
        )
    directory.reveal_cpr(
        actor=actor_for(persons.administrator), now=now, person_id=citizen.pk, purpose="Udbetaling af tilskud"
    )
    return citizen


def shown(page) -> list[tuple[str, str, str]]:
    return [(row.what, row.why, row.unit_name) for row in page.context["list"].table.data.data]


def test_a_citizen_sees_when_for_what_and_by_which_unit(looked_up, persons, browser_of) -> None:
    page = browser_of(persons.citizen).get(PAGE)
    assert shown(page) == [
        ("Dit CPR-nummer blev vist", "Udbetaling af tilskud", "Prøve Kommune"),
        *[("Dine oplysninger blev åbnet", "At finde og få fat i personer i kommunens arbejde", "Prøve Kommune")] * 2,
    ]


def test_nothing_on_the_page_or_in_the_files_tells_who_it_was(looked_up, persons, browser_of) -> None:
    browser = browser_of(persons.citizen)
    administrator = persons.administrator
    for form in ("", "csv", "json"):
        response = browser.get(PAGE, {"export": form} if form else {})
        content = b"".join(response) if response.streaming else response.content
        text = content.decode()
        for trace in (str(administrator.pk), "Ada Prøve", str(administrator.person_id)):
            assert trace not in text, (form, trace)


def test_the_unit_is_the_one_that_the_grant_is_for(persons, actor_for, browser_of, now) -> None:
    directory.look_up_person(actor=actor_for(persons.leader), now=now, person_id=persons.employee.person_id)
    assert [row[2] for row in shown(browser_of(persons.employee).get(PAGE))] == ["Sundhed"]


def test_the_purpose_of_a_grant_is_what_a_look_up_is_for(persons, actor_for, browser_of, now) -> None:
    persons.leader.grants.update(purpose="Tildeling af hjemmehjælp")
    directory.look_up_person(actor=actor_for(persons.leader), now=now, person_id=persons.employee.person_id)
    assert [row[1] for row in shown(browser_of(persons.employee).get(PAGE))] == ["Tildeling af hjemmehjælp"]


def test_looking_at_oneself_and_at_ones_look_ups_is_no_look_up(looked_up, persons, actor_for, browser_of, now) -> None:
    before = Entry.objects.count()
    browser_of(persons.citizen).get(PAGE)
    directory.look_up_person(actor=actor_for(persons.citizen), now=now, person_id=persons.citizen.person_id)
    assert Entry.objects.count() == before


def test_nobody_sees_the_look_ups_of_somebody_else(looked_up, persons, browser_of) -> None:
    for name in ("employee", "leader", "administrator"):
        assert shown(browser_of(getattr(persons, name)).get(PAGE)) == []


def test_who_was_never_looked_up_is_told_so(persons, browser_of) -> None:
    assert "Ingen har slået dig op" in browser_of(persons.citizen).get(PAGE).content.decode()


def test_look_ups_are_filtered_by_period(looked_up, persons, browser_of, now) -> None:
    day = (now - timedelta(days=2)).date()
    page = browser_of(persons.citizen).get(PAGE, {"at_after": day.isoformat()})
    assert len(shown(page)) == 2


def test_look_ups_are_downloaded_as_json_and_csv_and_xlsx(looked_up, persons, browser_of) -> None:
    browser = browser_of(persons.citizen)
    rows = json.loads(b"".join(browser.get(PAGE, {"export": "json"})))
    assert [row["why"] for row in rows][0] == "Udbetaling af tilskud"
    assert set(rows[0]) == {"at", "what", "why", "unit_name"} and rows[0]["at"].startswith("2026-03-02T09:00:00")
    assert b"Udbetaling af tilskud" in b"".join(browser.get(PAGE, {"export": "csv"}))
    assert b"".join(browser.get(PAGE, {"export": "xlsx"})).startswith(b"PK")
    empty = browser_of(persons.employee).get(PAGE, {"export": "json"})
    assert json.loads(b"".join(empty)) == []


def test_a_list_is_not_downloaded_in_a_form_it_does_not_offer(persons, browser_of) -> None:
    response = browser_of(persons.administrator).get("/people/", {"export": "json"})
    assert response["Content-Type"].startswith("text/html")


# --- What is put on record -------------------------------------------------------------------------------------------


def test_a_list_of_people_is_one_line_with_a_count_and_never_what_was_typed(persons, browser_of) -> None:
    page = browser_of(persons.administrator).get("/people/?name=Lene")
    found = page.context["list"].page.paginator.count
    line = Entry.objects.latest("number")
    assert (line.action, line.citizen_id, line.detail) == (
        "people.person.searched", None, {"by": ["name"], "found": found},
    )  # fmt: skip
    assert found == 1 and line.purpose and line.unit_id == persons.root.pk
    assert "Lene" not in json.dumps(list(Entry.objects.values()), default=str)


def test_a_kind_of_look_up_that_nobody_declared_is_refused(persons, actor_for, now) -> None:
    with pytest.raises(lookups.UndeclaredKind):
        lookups.read(
            actor=actor_for(persons.leader), now=now, kind="tests.unknown", person_id=persons.citizen.person_id
        )


def test_every_kind_of_look_up_says_what_it_is_and_what_for() -> None:
    assert all(str(kind.title) and str(kind.purpose) for kind in lookups.kinds().values())
    assert {"people.person.read", "people.cpr.reveal", "people.person.searched"} <= set(lookups.kinds())


def test_a_purpose_in_the_log_is_danish_whatever_language_the_reader_uses(persons, browser_of) -> None:
    browser = browser_of(persons.administrator)
    browser.get(f"/people/{persons.citizen.person_id}/", headers={"accept-language": "en"})
    assert Entry.objects.latest("number").purpose == "At finde og få fat i personer i kommunens arbejde"


def test_the_chain_holds(looked_up) -> None:
    assert log.verify() is None
