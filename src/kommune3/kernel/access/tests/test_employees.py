# SPDX-License-Identifier: MPL-2.0
from datetime import date, timedelta

import pytest
from persons import BEGINNING, NOW, Persons, grant, make_account

from kommune3.kernel import clock
from kommune3.kernel.access import employees, errors, reach, standard
from kommune3.kernel.access.actor import actor_of
from kommune3.kernel.access.employees import EmploymentValues, PersonValues
from kommune3.kernel.audit.models import Entry
from kommune3.kernel.organisation.models import Employment
from kommune3.kernel.people import register
from kommune3.kernel.people.models import Person

TODAY = clock.municipal_date(NOW)
NANNA = PersonValues(given_name="Nanna", family_name="Ny", email="nanna@example.dk")


@pytest.fixture
def administrator(persons: Persons, actor_for):
    return actor_for(persons.administrator)


@pytest.fixture
def unit_administrator(persons: Persons):
    """An administrator of the own unit only."""
    account = make_account("unit-administrator", given_name="Ulla", unit=persons.own_unit)
    grant(account, standard.ADMINISTRATOR, persons.own_unit)
    return actor_of(account, now=NOW)


def in_unit(unit, **more):
    return EmploymentValues(**{"unit_id": unit.pk, "title": "Planlægger", "valid_from": TODAY, **more})


def create(actor, unit, person=NANNA, **more):
    return employees.create_employee(actor=actor, now=NOW, person=person, employment=in_unit(unit, **more))


def test_a_new_employee_is_employed_with_the_cpr_number_sealed_and_it_is_on_record(persons: Persons, administrator):
    values = PersonValues("Nanna", "Ny", "nanna@example.dk", "87654321", cpr="010190-1234")
    made = create(administrator, persons.own_team, values, is_leader=True)
    made.refresh_from_db()
    assert str(made) == "Nanna Ny"
    assert b"0101901234" not in bytes(made.cpr_sealed)
    assert register.open_cpr(made) == "0101901234"
    held = made.employments.get()
    assert (held.unit, held.title, held.is_leader) == (persons.own_team, "Planlægger", True)
    lines = {line.action: line for line in Entry.objects.all()}
    assert lines.keys() == {"people.person.created", "organisation.employment.created"}
    assert {line.citizen_id for line in lines.values()} == {made.pk}
    assert "Nanna" not in str([line.detail for line in lines.values()])
    assert "1234" not in str([line.detail for line in lines.values()])


def test_an_administrator_of_a_unit_employs_in_it_and_below_only(persons: Persons, unit_administrator):
    made = create(unit_administrator, persons.own_team)
    with pytest.raises(reach.NotVisible):
        create(unit_administrator, persons.other_unit)
    with pytest.raises(reach.NotVisible):
        employees.employ(actor=unit_administrator, now=NOW, person_id=made.pk, values=in_unit(persons.other_unit))
    with pytest.raises(reach.NotVisible):
        employees.employ(
            actor=unit_administrator, now=NOW, person_id=persons.other_employee.person_id,
            values=in_unit(persons.own_team),
        )  # fmt: skip
    assert Person.objects.filter(given_name="Nanna").count() == 1


def test_those_who_see_people_without_managing_them_change_nothing(persons: Persons, actor_for):
    leader, held = actor_for(persons.leader), persons.employee.person.employments.get()
    for refused in (
        lambda: create(leader, persons.own_team),
        lambda: employees.edit_person(actor=leader, now=NOW, person_id=persons.employee.person_id, values=NANNA),
        lambda: employees.end_employment(actor=leader, now=NOW, employment_id=held.pk),
    ):
        with pytest.raises(reach.Forbidden):
            refused()
    with pytest.raises(reach.NotVisible):
        employees.end_employment(actor=actor_for(persons.other_leader), now=NOW, employment_id=held.pk)


def test_a_person_who_works_in_two_places_is_edited_by_who_administers_both(
    persons: Persons, administrator, unit_administrator
):
    person = persons.employee.person
    employees.employ(actor=administrator, now=NOW, person_id=person.pk, values=in_unit(persons.other_unit))
    with pytest.raises(errors.EmployedElsewhere):
        employees.edit_person(actor=unit_administrator, now=NOW, person_id=person.pk, values=NANNA)
    assert employees.edit_person(actor=administrator, now=NOW, person_id=person.pk, values=NANNA)
    person.refresh_from_db()
    assert str(person) == "Nanna Ny"
    assert Entry.objects.get(action="people.person.edited").detail == {"fields": ["given_name", "family_name", "email"]}


def test_an_empty_cpr_number_leaves_the_one_that_is_kept(persons: Persons, administrator):
    made = create(administrator, persons.own_team, PersonValues("Nanna", "Ny", cpr="0101901234"))
    employees.edit_person(actor=administrator, now=NOW, person_id=made.pk, values=NANNA)
    made.refresh_from_db()
    assert register.open_cpr(made) == "0101901234"


@pytest.mark.parametrize(
    ("person", "field"),
    [
        (PersonValues("", "Ny"), "given_name"),
        (PersonValues("Nanna", "x" * 101), "family_name"),
        (PersonValues("Nanna", "Ny", email="nanna"), "email"),
        (PersonValues("Nanna", "Ny", cpr="310290-1234"), "cpr"),
    ],
)
def test_a_person_that_makes_no_sense_is_refused(persons: Persons, administrator, person, field):
    with pytest.raises(errors.InvalidValues) as refusal:
        create(administrator, persons.own_team, person)
    assert list(refusal.value.problems) == [field]
    assert "310290" not in str(refusal.value.message)
    assert not Person.objects.filter(given_name="Nanna").exists()


def test_two_people_do_not_have_the_same_cpr_number(persons: Persons, administrator):
    create(administrator, persons.own_team, PersonValues("Nanna", "Ny", cpr="0101901234"))
    with pytest.raises(errors.CprTaken):
        create(administrator, persons.own_team, PersonValues("Nora", "Ny", cpr="010190-1234"))
    assert not Person.objects.filter(given_name="Nora").exists()


@pytest.mark.parametrize(
    ("more", "error", "field"),
    [
        ({"title": ""}, errors.InvalidValues, "title"),
        ({"valid_to": TODAY}, errors.EndsTooEarly, "valid_to"),
        ({"valid_from": date(2027, 1, 1)}, errors.UnitHasClosed, "unit"),
    ],
)
def test_an_employment_that_makes_no_sense_is_refused(persons: Persons, administrator, more, error, field):
    persons.own_team.valid_to = date(2027, 1, 1)
    persons.own_team.save()
    with pytest.raises(error) as refusal:
        create(administrator, persons.own_team, **more)
    assert list(refusal.value.problems) == [field]
    assert not Person.objects.filter(given_name="Nanna").exists()


def test_nobody_is_employed_twice_in_a_unit_at_once_and_anybody_may_come_back(persons: Persons, administrator):
    person_id = create(administrator, persons.own_team, valid_to=TODAY + timedelta(days=30)).pk

    def employ(**more):
        values = in_unit(persons.own_team, **more)
        return employees.employ(actor=administrator, now=NOW, person_id=person_id, values=values)

    with pytest.raises(errors.AlreadyEmployed):
        employ(valid_from=TODAY + timedelta(days=29))
    with pytest.raises(errors.AlreadyEmployed):
        employ(valid_from=BEGINNING)
    assert employ(valid_from=BEGINNING, valid_to=TODAY)
    assert employ(valid_from=TODAY + timedelta(days=30))


def test_an_employment_is_corrected_within_ones_own_units(persons: Persons, unit_administrator):
    held = create(unit_administrator, persons.own_team).employments.get()

    def edit(unit, **more):
        values = in_unit(unit, **more)
        return employees.edit_employment(actor=unit_administrator, now=NOW, employment_id=held.pk, values=values)

    assert edit(persons.own_unit, title="Leder", is_leader=True)
    assert not edit(persons.own_unit, title="Leder", is_leader=True)
    with pytest.raises(reach.NotVisible):
        edit(persons.other_unit)
    held.refresh_from_db()
    assert (held.unit, held.title, held.is_leader) == (persons.own_unit, "Leder", True)
    assert Entry.objects.get(action="organisation.employment.edited").detail == {
        "fields": ["unit_id", "title", "is_leader"]
    }


def test_an_employment_ends_today_and_one_that_has_not_begun_is_taken_back(persons: Persons, administrator):
    held = persons.employee.person.employments.get()
    employees.end_employment(actor=administrator, now=NOW, employment_id=held.pk)
    held.refresh_from_db()
    assert held.valid_to == TODAY
    with pytest.raises(errors.EmploymentEnded):
        employees.end_employment(actor=administrator, now=NOW, employment_id=held.pk)
    coming = create(administrator, persons.own_team, valid_from=TODAY + timedelta(days=1)).employments.get()
    employees.end_employment(actor=administrator, now=NOW, employment_id=coming.pk)
    assert not Employment.objects.filter(pk=coming.pk).exists()
    assert Entry.objects.filter(action="organisation.employment.ended").count() == 2
