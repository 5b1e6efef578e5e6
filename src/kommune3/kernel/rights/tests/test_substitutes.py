# SPDX-License-Identifier: MPL-2.0
from datetime import date, timedelta

import pytest
from persons import NOW, Persons, grant, make_account

from kommune3.kernel import clock
from kommune3.kernel.access import accounts, directory, reach, standard
from kommune3.kernel.access.access import MANAGE_ACCOUNTS, READ_PEOPLE
from kommune3.kernel.access.actor import actor_of
from kommune3.kernel.access.errors import EndsTooEarly, OwnRights
from kommune3.kernel.access.models import Grant
from kommune3.kernel.audit.models import Entry
from kommune3.kernel.notify.models import Notification
from kommune3.kernel.notify.recipients import LeaderOf
from kommune3.kernel.notify.recipients import persons as recipients
from kommune3.kernel.people.models import Account, Person
from kommune3.kernel.rights import errors, substitutes

TODAY = clock.municipal_date(NOW)
WEEK = timedelta(days=7)


def name(actor, absent, substitute, *, grants=None, valid_from=TODAY, valid_to=TODAY + WEEK, now=NOW):
    return substitutes.name_substitute(
        actor=actor,
        now=now,
        absent_id=absent.pk,
        substitute_id=substitute.pk,
        grant_ids=[each.pk for each in (absent.grants.all() if grants is None else grants)],
        valid_from=valid_from,
        valid_to=valid_to,
    )


@pytest.fixture
def substituted(persons: Persons, actor_for):
    """The leader is away for a week, and the employee stands in."""
    return name(actor_for(persons.leader), persons.leader, persons.employee)


def test_a_substitute_acts_with_the_absent_persons_rights_in_the_period_only(persons: Persons, substituted, actor_for):
    assert actor_for(persons.employee).may(READ_PEOPLE, unit_path=persons.own_unit.path)
    assert [absent.person_id for absent in actor_for(persons.employee).acts_for] == [persons.leader.person_id]
    after = actor_of(persons.employee, now=NOW + WEEK)
    assert not after.may(READ_PEOPLE, unit_path=persons.own_unit.path)
    assert after.acts_for == ()


def test_a_substitution_that_begins_later_gives_nothing_yet(persons: Persons, actor_for):
    name(actor_for(persons.leader), persons.leader, persons.employee, valid_from=TODAY + timedelta(days=2))
    assert not actor_for(persons.employee).may(READ_PEOPLE, unit_path=persons.own_unit.path)


def test_a_substitute_never_has_more_than_the_absent_person_has_at_that_moment(
    persons: Persons, substituted, actor_for
):
    Grant.objects.filter(account=persons.leader).update(valid_to=TODAY)
    assert not actor_for(persons.employee).borrows
    Grant.objects.filter(account=persons.leader).update(valid_to=None)
    assert actor_for(persons.employee).borrows
    Account.objects.filter(pk=persons.leader.pk).update(is_active=False)
    assert not actor_for(persons.employee).borrows


def test_what_is_done_as_a_substitute_is_on_record_as_done_on_behalf_of_the_absent(
    persons: Persons, substituted, actor_for
):
    actor = actor_for(persons.employee)
    directory.look_up_person(actor=actor, now=NOW, person_id=persons.leader.person_id)
    line = Entry.objects.get(action="people.person.read")
    assert line.actor_id == persons.employee.pk
    assert line.detail["on_behalf_of"] == [str(persons.leader.pk)]


def test_what_own_rights_are_enough_for_is_not_said_to_be_on_behalf_of_anybody(persons: Persons, actor_for):
    administrator = persons.administrator
    name(actor_for(administrator), persons.leader, persons.employee)
    grant(persons.employee, standard.DEPARTMENT_LEADER, persons.own_unit)
    actor = actor_for(persons.employee)
    assert actor.borrows
    reach.get(actor, Person, persons.leader.person_id)
    reach.require(actor, READ_PEOPLE, unit=persons.own_team)
    assert actor.relied_on == ()


def test_a_chosen_right_is_lent_and_no_other(persons: Persons, actor_for):
    extra = grant(persons.leader, standard.DIGITALISATION_LEAD)
    name(actor_for(persons.leader), persons.leader, persons.employee, grants=[extra])
    actor = actor_for(persons.employee)
    assert actor.may("jobs.job.retry", unit_path=persons.other_unit.path)
    assert not actor.may(READ_PEOPLE, unit_path=persons.own_unit.path)


def test_there_are_no_chains_of_substitutes(persons: Persons, substituted, actor_for):
    third = make_account("third", given_name="Tove", unit=persons.own_team)
    leaders = Grant.objects.filter(account=persons.leader)
    with pytest.raises(errors.NotOwnGrant):
        name(actor_for(persons.employee), persons.employee, third, grants=leaders)
    name(actor_for(persons.employee), persons.employee, third)
    assert [held.role for held in actor_for(third).held] == [standard.EMPLOYEE]
    with pytest.raises(errors.NotOwnGrant):  # nor with the absent leader's right to name substitutes
        name(actor_for(persons.employee), persons.leader, third)


def test_a_leader_names_substitutes_in_the_own_unit_and_an_administrator_everywhere(persons: Persons, actor_for):
    colleague = make_account("colleague", given_name="Karla", unit=persons.own_team)
    other = make_account("other-colleague", given_name="Oda", unit=persons.other_unit)
    name(actor_for(persons.leader), persons.employee, colleague)
    assert Entry.objects.get(action="access.substitute.named").detail["absent"] == str(persons.employee.pk)
    with pytest.raises(reach.NotVisible):
        name(actor_for(persons.leader), persons.other_employee, other)
    with pytest.raises(reach.NotVisible):
        name(actor_for(persons.employee), colleague, persons.leader)
    name(actor_for(persons.administrator), persons.other_employee, other)
    assert actor_for(other).borrows


def test_nobody_makes_themselves_a_substitute(persons: Persons, actor_for):
    with pytest.raises(errors.NotForOneself):
        name(actor_for(persons.leader), persons.employee, persons.leader)
    with pytest.raises(errors.NotForOneself):
        name(actor_for(persons.leader), persons.leader, persons.leader)


def test_a_leader_lends_no_right_that_lies_outside_their_own_units(persons: Persons, actor_for):
    colleague = make_account("colleague", given_name="Karla", unit=persons.own_team)
    wide = grant(persons.employee, standard.ADMINISTRATOR)
    with pytest.raises(errors.NotOwnGrant):
        name(actor_for(persons.leader), persons.employee, colleague, grants=[wide])


def test_only_a_colleague_near_the_absent_person_can_stand_in(persons: Persons, actor_for):
    for account in (persons.other_employee, persons.citizen):
        with pytest.raises(errors.NoSubstitute):
            name(actor_for(persons.leader), persons.leader, account)


@pytest.mark.parametrize(
    ("valid_from", "valid_to", "error"),
    [
        (TODAY, TODAY, EndsTooEarly),
        (TODAY - WEEK, TODAY, errors.InThePast),
        (TODAY, TODAY + timedelta(days=substitutes.LONGEST_DAYS + 1), errors.TooLong),
    ],
)
def test_a_period_that_cannot_be_is_refused(persons: Persons, actor_for, valid_from: date, valid_to: date, error):
    with pytest.raises(error):
        name(actor_for(persons.leader), persons.leader, persons.employee, valid_from=valid_from, valid_to=valid_to)


def test_both_are_told_and_the_substitute_gets_what_is_for_the_leader(persons: Persons, substituted):
    told = set(Notification.objects.filter(key__startswith="access.substitute.named").values_list("person", flat=True))
    assert told == {persons.leader.person_id, persons.employee.person_id}
    assert persons.employee.person in recipients(LeaderOf(persons.own_unit), on=TODAY)


def test_a_substitution_is_ended_at_once_by_either_of_them(persons: Persons, substituted, actor_for):
    with pytest.raises(reach.NotVisible):
        substitutes.end_substitution(actor=actor_for(persons.other_leader), now=NOW, substitution_id=substituted.pk)
    substitutes.end_substitution(actor=actor_for(persons.employee), now=NOW, substitution_id=substituted.pk)
    assert not actor_for(persons.employee).borrows
    assert persons.employee.person not in recipients(LeaderOf(persons.own_unit), on=TODAY)
    with pytest.raises(errors.SubstitutionEnded):
        substitutes.end_substitution(actor=actor_for(persons.leader), now=NOW, substitution_id=substituted.pk)


def test_nobody_decides_on_their_own_things_nor_a_substitute_on_the_absent_persons(
    persons: Persons, substituted, actor_for
):
    substitute = actor_for(persons.employee)
    where = {"unit_path": persons.own_team.path}
    assert substitute.may_decide(READ_PEOPLE, about=persons.other_employee.person_id, **where)
    assert not substitute.may_decide(READ_PEOPLE, about=persons.employee.person_id, **where)
    assert not substitute.may_decide(READ_PEOPLE, about=persons.leader.person_id, **where)
    with pytest.raises(reach.OwnMatter):
        reach.require_decision(substitute, READ_PEOPLE, about=persons.leader.person_id, unit=persons.own_team)
    grant(persons.employee, standard.DEPARTMENT_LEADER, persons.own_unit)  # with a right of their own, they may
    assert actor_for(persons.employee).may_decide(READ_PEOPLE, about=persons.leader.person_id, **where)


def test_a_substitute_of_an_administrator_manages_neither_their_own_login_nor_the_administrators(
    persons: Persons, actor_for
):
    assistant = make_account("assistant", given_name="Asta", unit=persons.root)
    name(actor_for(persons.administrator), persons.administrator, assistant)
    actor = actor_for(assistant)
    assert actor.may(MANAGE_ACCOUNTS)
    for account in (assistant, persons.administrator):
        with pytest.raises(OwnRights):
            accounts.give_grant(actor=actor, now=NOW, account_id=account.pk, role=standard.EMPLOYEE, valid_from=TODAY)
    with pytest.raises(OwnRights):
        accounts.end_grant(actor=actor, now=NOW, grant_id=persons.administrator.grants.get().pk)
    given = accounts.give_grant(
        actor=actor, now=NOW, account_id=persons.employee.pk, role=standard.EMPLOYEE, valid_from=TODAY
    )
    line = Entry.objects.get(action="access.grant.given", object_id=str(given.pk))
    assert line.detail["on_behalf_of"] == [str(persons.administrator.pk)]
