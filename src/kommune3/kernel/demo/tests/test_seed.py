# SPDX-License-Identifier: MPL-2.0
from datetime import UTC, date, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from persons import Persons

from kommune3.kernel.access import declare
from kommune3.kernel.access.actor import actor_of
from kommune3.kernel.demo import seed
from kommune3.kernel.demo.norddjurs import TOWNS
from kommune3.kernel.organisation import tree
from kommune3.kernel.organisation.models import Employment, Unit
from kommune3.kernel.people import cpr, register
from kommune3.kernel.people.models import Account, Person

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


@pytest.fixture
def seeded(db):
    assert seed.seed(now=NOW)


def content():
    people = sorted(Person.objects.values_list("id", "given_name", "family_name", "email", "address_id"))
    units = sorted(Unit.objects.values_list("id", "name", "path"))
    employments = sorted(Employment.objects.values_list("id", "person_id", "unit_id", "title", "valid_from"))
    return people, units, employments


def test_the_demo_has_the_size_of_a_small_municipality(seeded):
    assert (Unit.objects.count(), Employment.objects.count(), Person.objects.count()) == (32, 300, 2300)


def test_a_second_time_nothing_happens(seeded):
    before = content()
    assert seed.seed(now=NOW) is False
    assert content() == before


def test_the_demo_is_the_same_each_time(db):
    contents = []
    for _ in range(2):
        with transaction.atomic():
            seed.seed(now=NOW)
            contents.append(content())
            transaction.set_rollback(True)
    assert contents[0] == contents[1]


def test_no_demo_cpr_number_can_belong_to_anybody(seeded):
    for person in Person.objects.exclude(cpr_sealed=None)[:200]:
        digits = register.open_cpr(person)
        century = cpr._century(int(digits[4:6]), int(digits[6]))
        born = date(century + int(digits[4:6]), int(digits[2:4]), int(digits[:2]))
        assert date(2050, 1, 1) <= born < date(2058, 1, 1)
    assert Person.objects.exclude(cpr_index=None).count() == seed.CITIZENS


def test_citizens_live_in_and_around_the_towns(seeded):
    addresses = [person.address for person in Person.objects.exclude(address=None).select_related("address")]
    assert len(addresses) == seed.CITIZENS
    for address in addresses[:300]:
        assert any(
            abs(address.latitude - town.latitude) < 0.02 and abs(address.longitude - town.longitude) < 0.03
            for town in TOWNS
        )


def test_every_unit_with_people_has_a_leader(seeded):
    for unit in Unit.objects.exclude(parent=None):
        leaders = unit.employments.filter(tree.in_force(NOW.date()), is_leader=True)
        assert leaders.count() == 1, unit.name


def test_every_demo_login_holds_a_role_that_exists(seeded):
    for login in seed.LOGINS:
        held = actor_of(Account.objects.get(username=login.username), now=NOW).held
        assert [one.role for one in held] == [login.role]
        assert login.role in declare.roles()


def test_a_database_with_a_real_municipality_is_refused(persons: Persons):
    with pytest.raises(seed.RealMunicipality):
        seed.seed(now=NOW)
    with pytest.raises(CommandError, match="real municipality"):
        call_command("demo", stdout=StringIO())
    assert not Account.objects.filter(username="flaade").exists()


def test_a_database_with_people_and_no_municipality_is_refused(db):
    Person.objects.create(given_name="Bo", family_name="Rigtig")
    with pytest.raises(seed.RealMunicipality):
        seed.seed(now=NOW)
