# SPDX-License-Identifier: MPL-2.0
from datetime import timedelta

from persons import Persons

from kommune3.kernel import clock
from kommune3.kernel.access.models import Substitution


def form_of(account, substitute):
    today = clock.municipal_date(clock.now())
    return {
        "substitute": str(substitute.pk),
        "valid_from": str(today),
        "valid_to": str(today + timedelta(days=7)),
        "grants": [str(grant.pk) for grant in account.grants.all()],
    }


def test_somebody_names_their_own_substitute_who_sees_it_on_every_page(persons: Persons, browser_of):
    leader = browser_of(persons.leader)
    answer = leader.post("/account/substitutes/", form_of(persons.leader, persons.employee))
    assert answer.status_code == 302
    assert "Eva Prøve" in leader.get("/account/substitutes/").content.decode()
    substitute = browser_of(persons.employee)
    assert "Du er stedfortræder for Lene Prøve." in substitute.get("/").content.decode()
    assert substitute.get(f"/people/{persons.leader.person_id}/").status_code == 200
    assert "Som stedfortræder for Lene Prøve" in substitute.get("/account/").content.decode()
    ended = substitute.post(f"/account/substitutes/{Substitution.objects.get().pk}/end/")
    assert ended.status_code == 302
    assert substitute.get(f"/people/{persons.leader.person_id}/").status_code == 404
    assert "Du er stedfortræder" not in substitute.get("/").content.decode()


def test_a_leader_names_a_substitute_for_somebody_of_the_unit(persons: Persons, browser_of):
    leader = browser_of(persons.other_leader)
    page = leader.get(f"/administration/substitutes/new/{persons.other_employee.pk}/")
    assert page.status_code == 200
    answer = leader.post(
        f"/administration/substitutes/new/{persons.other_employee.pk}/",
        form_of(persons.other_employee, persons.fleet_manager),
    )
    assert answer.status_code == 302
    assert "Finn Prøve" in leader.get("/administration/substitutes/").content.decode()


def test_what_is_wrong_is_said_at_its_field(persons: Persons, browser_of):
    leader = browser_of(persons.leader)
    values = form_of(persons.leader, persons.employee)
    values["valid_to"] = values["valid_from"]
    page = leader.post("/account/substitutes/", values)
    assert page.status_code == 200
    assert "Perioden skal slutte senere, end den begynder." in page.content.decode()
    assert not Substitution.objects.exists()


def test_rights_of_somebody_else_cannot_be_lent_through_the_form(persons: Persons, browser_of):
    values = form_of(persons.leader, persons.employee)
    values["grants"] = [str(persons.administrator.grants.get().pk)]
    page = browser_of(persons.leader).post("/account/substitutes/", values)
    assert page.status_code == 200
    assert not Substitution.objects.exists()
