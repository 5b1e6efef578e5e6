# SPDX-License-Identifier: MPL-2.0
from datetime import date, timedelta

import pytest
from persons import NOW, Persons, grant, make_account

from kommune3.kernel import clock
from kommune3.kernel.access import accounts, directory, errors, reach, standard
from kommune3.kernel.access.actor import actor_of
from kommune3.kernel.audit.models import Entry
from kommune3.kernel.people import register
from kommune3.kernel.people.models import Account, Person

TODAY = clock.municipal_date(NOW)


@pytest.fixture
def administrator(persons: Persons, actor_for):
    return actor_for(persons.administrator)


@pytest.fixture
def unit_administrator(persons: Persons):
    """An administrator of the own unit only, employed there."""
    account = make_account("unit-administrator", given_name="Ulla", unit=persons.own_unit)
    grant(account, standard.ADMINISTRATOR, persons.own_unit)
    return actor_of(account, now=NOW)


def give(actor, account, **values):
    values = {"role": standard.EMPLOYEE, "valid_from": TODAY, **values}
    return accounts.give_grant(actor=actor, now=NOW, account_id=account.pk, **values)


def test_a_right_that_is_given_holds_and_is_on_record(persons: Persons, administrator):
    given = give(administrator, persons.citizen, unit_id=persons.own_team.pk)
    assert actor_of(persons.citizen, now=NOW).may("organisation.unit.read", unit_path=persons.own_team.path)
    line = Entry.objects.get(action="access.grant.given")
    assert (line.actor_id, line.object_id, line.unit_id) == (
        persons.administrator.pk, str(given.pk), persons.own_team.pk
    )  # fmt: skip


def test_nobody_gives_rights_to_themselves(persons: Persons, administrator):
    with pytest.raises(errors.OwnRights):
        give(administrator, persons.administrator, role=standard.DIGITALISATION_LEAD)


def test_somebody_who_may_not_manage_logins_gives_no_rights(persons: Persons, actor_for):
    with pytest.raises(reach.NotVisible):
        give(actor_for(persons.leader), persons.employee, unit_id=persons.own_team.pk)


def test_an_administrator_of_a_unit_gives_rights_in_it_and_below_only(persons: Persons, unit_administrator):
    give(unit_administrator, persons.employee, unit_id=persons.own_team.pk)
    with pytest.raises(reach.NotVisible):
        give(unit_administrator, persons.employee, unit_id=persons.other_unit.pk)
    with pytest.raises(reach.Forbidden):
        give(unit_administrator, persons.employee)
    with pytest.raises(reach.NotVisible):
        give(unit_administrator, persons.other_employee, unit_id=persons.own_team.pk)


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"role": "wizard"}, errors.UnknownRole),
        ({"valid_to": TODAY}, errors.InvalidPeriod),
        ({"kle": "27.3"}, errors.AccessError),
    ],
)
def test_a_right_that_makes_no_sense_is_refused(persons: Persons, administrator, values, error):
    with pytest.raises(error):
        give(administrator, persons.citizen, **values)


def test_a_right_that_is_ended_holds_no_more_and_stays_on_record(persons: Persons, administrator):
    right = persons.leader.grants.get()
    accounts.end_grant(actor=administrator, now=NOW, grant_id=right.pk)
    assert not actor_of(persons.leader, now=NOW).held
    right.refresh_from_db()
    assert right.valid_to == TODAY
    assert Entry.objects.filter(action="access.grant.ended", object_id=str(right.pk)).exists()
    with pytest.raises(errors.AlreadyEnded):
        accounts.end_grant(actor=administrator, now=NOW, grant_id=right.pk)


def test_a_right_that_has_not_begun_is_taken_back(persons: Persons, administrator):
    right = give(administrator, persons.citizen, valid_from=TODAY + timedelta(days=3))
    accounts.end_grant(actor=administrator, now=NOW, grant_id=right.pk)
    assert not persons.citizen.grants.filter(role=standard.EMPLOYEE).exists()


def test_nobody_ends_their_own_rights(persons: Persons, administrator):
    with pytest.raises(errors.OwnRights):
        accounts.end_grant(actor=administrator, now=NOW, grant_id=persons.administrator.grants.get().pk)


def test_a_new_login_has_a_first_password_that_must_be_changed(persons: Persons, administrator, client):
    person = Person.objects.create(given_name="Nanna", family_name="Ny")
    account, password = accounts.create_account(actor=administrator, now=NOW, person_id=person.pk, username="nanna")
    assert account.check_password(password)
    client.post("/account/login/", {"login": "nanna", "password": password})
    assert client.get("/account/").headers["Location"] == "/account/password/"
    chosen = "et helt andet kodeord 7"
    client.post("/account/password/", {"oldpassword": password, "password1": chosen, "password2": chosen})
    assert client.get("/account/").status_code == 200


def test_a_login_is_refused_for_a_taken_name_or_a_person_who_has_one(persons: Persons, administrator):
    person = Person.objects.create(given_name="Nanna", family_name="Ny")
    for username, error in (("LEADER", errors.UsernameTaken), ("to ord", errors.AccessError)):
        with pytest.raises(error):
            accounts.create_account(actor=administrator, now=NOW, person_id=person.pk, username=username)
    with pytest.raises(errors.HasLogin):
        accounts.create_account(
            actor=administrator, now=NOW, person_id=persons.leader.person_id, username="leader-again"
        )


def test_a_closed_login_gets_no_further_than_the_login_page(persons: Persons, administrator, browser_of):
    browser = browser_of(persons.leader)
    assert browser.get("/account/").status_code == 200
    accounts.switch_account(actor=administrator, now=NOW, account_id=persons.leader.pk, active=False)
    assert browser.get("/account/").status_code == 302
    accounts.switch_account(actor=administrator, now=NOW, account_id=persons.leader.pk, active=True)
    assert Account.objects.get(pk=persons.leader.pk).is_active


def test_a_new_password_ends_the_sessions_of_the_old_one(persons: Persons, administrator, browser_of):
    browser = browser_of(persons.leader)
    accounts.reset_password(actor=administrator, now=NOW, account_id=persons.leader.pk)
    assert browser.get("/account/").status_code == 302


def test_a_password_is_no_way_to_rights_wider_than_ones_own(persons: Persons, unit_administrator):
    grant(persons.employee, standard.ADMINISTRATOR)
    for change in (
        lambda: accounts.reset_password(actor=unit_administrator, now=NOW, account_id=persons.employee.pk),
        lambda: accounts.switch_account(
            actor=unit_administrator, now=NOW, account_id=persons.employee.pk, active=False
        ),
    ):
        with pytest.raises(reach.Forbidden):
            change()
    assert accounts.reset_password(actor=unit_administrator, now=NOW, account_id=persons.leader.pk)


def test_a_cpr_number_is_shown_for_a_purpose_only_and_that_is_on_record(persons: Persons, administrator, actor_for):
    person = persons.citizen.person
    register.set_cpr(person, "010150-5000")
    person.save()
    with pytest.raises(errors.PurposeMissing):
        directory.reveal_cpr(actor=administrator, now=NOW, person_id=person.pk, purpose=" x ")
    with pytest.raises(reach.Forbidden):
        directory.reveal_cpr(actor=actor_for(persons.leader), now=NOW, person_id=person.pk, purpose="Nysgerrig")
    assert not Entry.objects.filter(action="people.cpr.reveal").exists()
    shown = directory.reveal_cpr(actor=administrator, now=NOW, person_id=person.pk, purpose="Ansøgning om hjælp")
    assert shown == "010150-5000"
    line = Entry.objects.get(action="people.cpr.reveal")
    assert (line.citizen_id, line.purpose) == (person.pk, "Ansøgning om hjælp")
    assert "5000" not in str(line.detail)


def test_looking_somebody_up_is_on_record_and_looking_at_oneself_is_not(persons: Persons, actor_for):
    citizen = persons.citizen.person_id
    directory.look_up_person(actor=actor_for(persons.citizen), now=NOW, person_id=citizen)
    assert not Entry.objects.exists()
    directory.look_up_person(actor=actor_for(persons.administrator), now=NOW, person_id=citizen)
    assert Entry.objects.get().citizen_id == citizen


def test_the_tree_shows_leaders_and_employees_of_the_units_one_may_see(persons: Persons, actor_for):
    rows = [
        (branch.unit.name, branch.depth, branch.leader, branch.employees)
        for branch in directory.unit_tree(actor_for(persons.leader), on=date(2026, 3, 2))
    ]
    assert rows == [("Sundhed", 0, "Lene Prøve", 1), ("Hjemmeplejen", 1, "", 1)]
