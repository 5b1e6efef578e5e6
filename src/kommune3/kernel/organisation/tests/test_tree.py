# SPDX-License-Identifier: MPL-2.0
from datetime import date

import pytest
from persons import BEGINNING, Persons, make_account

from kommune3.kernel.access import reach
from kommune3.kernel.organisation import tree
from kommune3.kernel.organisation.models import BelowItself, Employment, Municipality, Unit

TODAY = date(2026, 3, 2)


def test_the_subtree_of_a_unit_is_itself_and_all_below(persons: Persons):
    assert {unit.name for unit in tree.subtree(persons.own_unit)} == {"Sundhed", "Hjemmeplejen"}


def test_a_unit_that_moves_takes_all_below_it_along(persons: Persons, actor_for):
    leaf = Unit.objects.create(name="Aftenvagten", parent=persons.own_team, valid_from=BEGINNING)
    persons.own_team.parent = persons.other_unit
    persons.own_team.save()
    assert {unit.name for unit in tree.subtree(persons.other_unit)} == {"Teknik", "Hjemmeplejen", "Aftenvagten"}
    assert reach.get(actor_for(persons.other_leader), Unit, leaf.pk) == leaf
    with pytest.raises(reach.NotVisible):
        reach.get(actor_for(persons.leader), Unit, leaf.pk)


def test_a_unit_cannot_be_moved_below_itself(persons: Persons):
    for parent in (persons.own_team, persons.own_unit):
        unit = Unit.objects.get(pk=persons.own_unit.pk)
        unit.parent = parent
        with pytest.raises(BelowItself):
            unit.save()


def test_a_unit_without_a_leader_is_led_from_above(persons: Persons):
    assert tree.leader_of(persons.own_team, on=TODAY) == persons.leader.person
    assert tree.leader_of(persons.root, on=TODAY) is None


def test_a_leader_who_has_left_leads_no_more(persons: Persons):
    Employment.objects.filter(person=persons.leader.person).update(valid_to=TODAY)
    assert tree.leader_of(persons.own_unit, on=TODAY) is None


def test_substitutes_stand_in_for_their_days_only(persons: Persons):
    stand_in = make_account("stand-in", given_name="Sofie").person
    persons.own_unit.substitutes.create(person=stand_in, valid_from=TODAY, valid_to=date(2026, 3, 9))
    assert [substitute.person for substitute in tree.substitutes_of(persons.own_unit, on=date(2026, 3, 8))] == [
        stand_in
    ]
    assert not tree.substitutes_of(persons.own_unit, on=date(2026, 3, 9))


def test_an_installation_without_a_municipality_says_so(db):
    with pytest.raises(tree.NoMunicipality):
        tree.municipality()
    Municipality.objects.create(name="Anholt")
    assert tree.municipality().name == "Anholt"
