# SPDX-License-Identifier: MPL-2.0
from datetime import date, timedelta
from uuid import uuid4

import pytest
from persons import BEGINNING, NOW, Persons, grant, make_account

from kommune3.kernel import clock
from kommune3.kernel.access import declare, reach, standard
from kommune3.kernel.access.access import READ_PEOPLE, READ_UNITS
from kommune3.kernel.access.actor import ANONYMOUS, Actor, Held, actor_of, system
from kommune3.kernel.access.models import Grant
from kommune3.kernel.organisation.models import Employment, Substitute, Unit
from kommune3.kernel.people.models import Person

TODAY = clock.municipal_date(NOW)


def units_seen(actor):
    return set(reach.visible(actor, Unit).values_list("name", flat=True))


def holding(role, unit=None, kle="", person_id=None):
    path, unit_id = (unit.path, unit.pk) if unit else ("/", None)
    return Actor(uuid4(), person_id, "Test", (Held(role, path, unit_id, kle, ""),))


def test_a_grant_reaches_its_unit_and_every_unit_below(persons: Persons, actor_for):
    assert units_seen(actor_for(persons.leader)) == {"Sundhed", "Hjemmeplejen"}


def test_a_grant_does_not_reach_the_units_above_or_beside(persons: Persons, actor_for):
    actor = actor_for(persons.employee)
    assert units_seen(actor) == {"Hjemmeplejen"}
    for unit in (persons.own_unit, persons.other_unit, persons.root):
        with pytest.raises(reach.NotVisible):
            reach.get(actor, Unit, unit.pk)


def test_a_sibling_whose_identifier_begins_alike_is_not_reached(persons: Persons, actor_for):
    shared = len("/") + 32 + len("/") + 31
    assert persons.own_unit.path[:shared] == persons.other_unit.path[:shared]
    with pytest.raises(reach.NotVisible):
        reach.get(actor_for(persons.leader), Unit, persons.other_unit.pk)


def test_a_grant_without_a_unit_reaches_the_whole_municipality(persons: Persons, actor_for):
    assert len(units_seen(actor_for(persons.administrator))) == 4


@pytest.mark.parametrize(
    ("valid_from", "valid_to", "holds"),
    [
        (TODAY, None, True),
        (TODAY - timedelta(days=9), TODAY + timedelta(days=1), True),
        (TODAY - timedelta(days=9), TODAY, False),
        (TODAY + timedelta(days=1), None, False),
    ],
)
def test_a_grant_holds_from_its_first_day_until_the_day_it_ends(persons: Persons, valid_from, valid_to, holds):
    account = make_account("dated", given_name="Dan")
    grant(account, standard.EMPLOYEE, persons.own_unit, valid_from=valid_from, valid_to=valid_to)
    assert bool(units_seen(actor_of(account, now=NOW))) is holds


def test_a_closed_login_is_nobody(persons: Persons):
    persons.leader.is_active = False
    assert actor_of(persons.leader, now=NOW) is ANONYMOUS


def test_nobody_sees_nothing(persons: Persons):
    assert not reach.visible(ANONYMOUS, Unit).exists()
    assert not reach.units(ANONYMOUS, READ_UNITS).exists()
    assert not ANONYMOUS.may(READ_UNITS)


def test_a_role_that_no_solution_declares_gives_nothing(persons: Persons):
    assert not reach.visible(holding("wizard"), Unit).exists()


def test_the_platform_itself_sees_everything(persons: Persons):
    assert reach.visible(system("test"), Unit).count() == 4
    assert reach.units(system("test"), READ_UNITS).count() == 4


def test_the_right_to_ones_own_row_reaches_that_row_only(persons: Persons, actor_for):
    actor = actor_for(persons.citizen)
    assert [person.pk for person in reach.visible(actor, Person)] == [persons.citizen.person_id]
    with pytest.raises(reach.NotVisible):
        reach.get(actor, Person, persons.employee.person_id)


def test_the_right_to_ones_own_rows_is_not_a_right_in_any_unit(persons: Persons, actor_for):
    actor = actor_for(persons.employee)
    assert actor.may(READ_PEOPLE)
    assert not actor.may(READ_PEOPLE, unit_path=persons.own_team.path)


def test_a_person_employed_in_two_reached_units_is_shown_once(persons: Persons, actor_for):
    Employment.objects.create(
        person=persons.employee.person, unit=persons.own_unit, title="Vikar", valid_from=BEGINNING
    )
    people = reach.visible(actor_for(persons.leader), Person)
    assert people.count() == 2


def test_a_row_that_does_not_exist_and_one_that_is_hidden_are_the_same(persons: Persons, actor_for):
    actor = actor_for(persons.leader)
    for key in (persons.other_unit.pk, uuid4(), "not an identifier", None):
        with pytest.raises(reach.NotVisible):
            reach.get(actor, Unit, key)


def test_seeing_a_row_is_not_the_right_to_change_it(persons: Persons, actor_for):
    with pytest.raises(reach.Forbidden):
        reach.get(actor_for(persons.leader), Unit, persons.own_unit.pk, action="access.account.manage")


def test_a_model_nobody_declared_cannot_be_reached(persons: Persons, actor_for):
    with pytest.raises(LookupError):
        reach.visible(actor_for(persons.administrator), Substitute)


@pytest.fixture
def units_by_kle(monkeypatch):
    monkeypatch.setitem(declare._scopes, Unit, declare.Scope(read=READ_UNITS, unit="path", kle="kle"))


def test_a_grant_narrowed_to_a_field_of_work_reaches_that_field_only(persons: Persons, units_by_kle):
    Unit.objects.filter(pk=persons.own_unit.pk).update(kle="27.36")
    Unit.objects.filter(pk=persons.own_team.pk).update(kle="27.36.04")
    Unit.objects.filter(pk=persons.other_unit.pk).update(kle="05")
    assert units_seen(holding(standard.EMPLOYEE, kle="27.36")) == {"Sundhed", "Hjemmeplejen"}
    assert units_seen(holding(standard.EMPLOYEE, kle="27.36.04")) == {"Hjemmeplejen"}
    assert units_seen(holding(standard.EMPLOYEE, persons.other_unit, kle="27")) == set()


def test_a_grant_narrowed_to_a_field_of_work_does_not_reach_rows_of_no_field(persons: Persons, units_by_kle):
    assert units_seen(holding(standard.EMPLOYEE, kle="27")) == set()


def test_may_asks_for_unit_and_field_in_one_grant(persons: Persons):
    actor = Actor(
        uuid4(),
        None,
        "Test",
        (
            Held(standard.EMPLOYEE, persons.own_unit.path, persons.own_unit.pk, "27", ""),
            Held(standard.EMPLOYEE, persons.other_unit.path, persons.other_unit.pk, "05", ""),
        ),
    )
    assert actor.may(READ_UNITS, unit_path=persons.own_team.path, kle="27.36")
    assert not actor.may(READ_UNITS, unit_path=persons.own_team.path, kle="05")
    assert not actor.may(READ_UNITS, unit_path=persons.root.path)


def test_require_refuses_outside_ones_unit(persons: Persons, actor_for):
    reach.require(actor_for(persons.leader), READ_UNITS, unit=persons.own_team)
    with pytest.raises(reach.Forbidden):
        reach.require(actor_for(persons.leader), READ_UNITS, unit=persons.other_unit)


def test_a_grant_ends_later_than_it_begins(persons: Persons):
    from django.db import IntegrityError

    with pytest.raises(IntegrityError):
        Grant.objects.create(
            account=persons.leader, role=standard.EMPLOYEE, valid_from=date(2026, 1, 1), valid_to=date(2026, 1, 1)
        )
