# SPDX-License-Identifier: MPL-2.0
from dataclasses import replace
from datetime import date, timedelta

import pytest
from persons import BEGINNING, NOW, Persons, grant, make_account

from kommune3.kernel.access import errors, reach, standard, units
from kommune3.kernel.access.actor import actor_of
from kommune3.kernel.access.units import UnitValues
from kommune3.kernel.audit.models import Entry
from kommune3.kernel.organisation.models import Unit


@pytest.fixture
def administrator(persons: Persons, actor_for):
    return actor_for(persons.administrator)


@pytest.fixture
def unit_administrator(persons: Persons):
    """An administrator of the own unit only."""
    account = make_account("unit-administrator", given_name="Ulla", unit=persons.own_unit)
    grant(account, standard.ADMINISTRATOR, persons.own_unit)
    return actor_of(account, now=NOW)


def below(unit, **more):
    return UnitValues(**{"name": "Ny enhed", "parent_id": unit.pk, "valid_from": BEGINNING, **more})


def as_it_is(unit, **more):
    names = ("name", "parent_id", "valid_from", "valid_to", "kle")
    return UnitValues(**{**{name: getattr(unit, name) for name in names}, **more})


def create(actor, values, **more):
    return units.create_unit(actor=actor, now=NOW, values=values, **more)


def edit(actor, unit, **more):
    return units.edit_unit(actor=actor, now=NOW, unit_id=unit.pk, values=as_it_is(unit, **more))


def test_a_new_unit_is_in_the_tree_and_on_record(persons: Persons, administrator):
    made = create(administrator, below(persons.own_team, name="Aftenvagten", kle="27.36"))
    assert Unit.objects.get(pk=made.pk).path.startswith(persons.own_team.path)
    line = Entry.objects.get(action="organisation.unit.created")
    assert (line.actor_id, line.unit_id, line.detail["name"]) == (persons.administrator.pk, made.pk, "Aftenvagten")


def test_a_unit_that_moves_takes_along_what_is_below_it(persons: Persons, administrator):
    deep = create(administrator, below(persons.own_team))
    assert edit(administrator, persons.own_team, parent_id=persons.other_unit.pk, name="Ude")
    deep.refresh_from_db()
    moved = Unit.objects.get(pk=persons.own_team.pk)
    assert deep.path.startswith(moved.path) and moved.path.startswith(persons.other_unit.path)
    detail = Entry.objects.get(action="organisation.unit.edited").detail
    assert detail["name"] == ["Hjemmeplejen", "Ude"]
    assert detail["parent_id"] == [str(persons.own_unit.pk), str(persons.other_unit.pk)]


def test_what_differs_in_nothing_is_not_on_record(persons: Persons, administrator):
    assert not edit(administrator, persons.own_team)
    assert not Entry.objects.exists()


def test_an_administrator_of_a_unit_changes_it_and_what_is_below_only(persons: Persons, unit_administrator):
    create(unit_administrator, below(persons.own_team))
    assert edit(unit_administrator, persons.own_unit, name="Sundhed og Omsorg")
    for refused in (
        lambda: create(unit_administrator, below(persons.other_unit)),
        lambda: create(unit_administrator, below(persons.root)),
        lambda: edit(unit_administrator, persons.other_unit, name="Mit"),
        lambda: edit(unit_administrator, persons.own_team, parent_id=persons.other_unit.pk),
    ):
        with pytest.raises(reach.NotVisible):
            refused()
    assert Unit.objects.get(pk=persons.other_unit.pk).name == "Teknik"


def test_a_unit_is_taken_away_only_by_those_who_manage_where_it_was(persons: Persons, unit_administrator, actor_for):
    grant(persons.leader, standard.ADMINISTRATOR, persons.own_unit)
    grant(persons.leader, standard.ADMINISTRATOR, persons.other_unit)
    with pytest.raises(reach.Forbidden):
        edit(actor_for(persons.leader), persons.own_unit, parent_id=persons.other_unit.pk)
    assert edit(actor_for(persons.leader), persons.own_team, parent_id=persons.other_unit.pk)


def test_those_who_see_a_unit_without_managing_it_change_nothing(persons: Persons, actor_for):
    with pytest.raises(reach.Forbidden):
        edit(actor_for(persons.leader), persons.own_team, name="Mit")
    with pytest.raises(reach.NotVisible):
        edit(actor_for(persons.citizen), persons.own_team, name="Mit")


@pytest.mark.parametrize(
    ("more", "error", "field"),
    [
        ({"name": ""}, errors.InvalidValues, "name"),
        ({"name": "x" * 201}, errors.InvalidValues, "name"),
        ({"kle": "27.3"}, errors.InvalidValues, "kle"),
        ({"valid_to": BEGINNING}, errors.EndsTooEarly, "valid_to"),
        ({"parent_id": None}, errors.NeedsParent, "parent"),
    ],
)
def test_a_unit_that_makes_no_sense_is_refused(persons: Persons, administrator, more, error, field):
    for refused in (
        lambda: create(administrator, below(persons.own_unit, **more)),
        lambda: edit(administrator, persons.own_team, **more),
    ):
        with pytest.raises(error) as refusal:
            refused()
        assert list(refusal.value.problems) == [field]
    assert Unit.objects.filter(name__in=["", "x" * 201, "Ny enhed"]).count() == 0


def test_a_unit_moves_neither_below_itself_nor_away_from_the_top(persons: Persons, administrator):
    for parent in (persons.own_unit, persons.own_team):
        with pytest.raises(errors.MovedBelowItself):
            edit(administrator, persons.own_unit, parent_id=parent.pk)
    with pytest.raises(errors.TopUnitStays):
        edit(administrator, persons.root, parent_id=persons.own_unit.pk)
    assert edit(administrator, persons.root, name="Nyt navn")


def test_nothing_begins_below_a_unit_that_has_closed(persons: Persons, administrator):
    closes = date(2026, 1, 1)
    edit(administrator, persons.own_team, valid_to=closes)
    with pytest.raises(errors.UnitHasClosed):
        create(administrator, below(persons.own_team, valid_from=closes))
    assert create(administrator, replace(below(persons.own_team), valid_from=closes - timedelta(days=1)))
