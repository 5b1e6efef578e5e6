# SPDX-License-Identifier: MPL-2.0
"""Every address of the platform x every role, really requested, against the table somebody has reviewed.

``make matrix`` writes the table anew; the change is then reviewed like any other.
"""

import os

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import clear_url_caches, path, reverse
from matrix import table as matrix
from matrix.enumerate import routes
from matrix.objects import arguments_of, without_factory
from persons import LOGIN_BACKEND, NOW, Persons, grant

from kommune3.kernel.access import declare
from kommune3.kernel.flags import switches
from kommune3.kernel.solutions import registry
from kommune3.urls import urlpatterns

UPDATE = "KOMMUNE3_UPDATE_MATRIX"


def undeclared():
    return sorted(route.name for route in routes() if route.name not in declare.page_rules())


SAYS_503 = {"health:work"}  # no worker runs beside the tests, and that is what it is asked about


def test_every_address_declares_what_it_needs():
    assert undeclared() == []


def test_every_declared_address_exists():
    assert sorted(declare.page_rules().keys() - {route.name for route in routes()}) == []


def test_every_argument_of_an_address_has_objects_to_try():
    assert without_factory(routes()) == []


def test_an_address_nobody_declared_is_found_and_refused(persons: Persons):
    before = undeclared()
    urlpatterns.append(path("planted/", lambda request: HttpResponse("open"), name="planted"))
    clear_url_caches()
    try:
        assert set(undeclared()) - set(before) == {"planted"}
        client = Client()
        client.force_login(persons.administrator, backend=LOGIN_BACKEND)
        assert client.get("/planted/").status_code == 403
        assert Client().get("/planted/").status_code == 403
    finally:
        urlpatterns.pop()
        clear_url_caches()


@pytest.mark.slow
def test_every_address_answers_each_role_as_the_reviewed_table_says(persons: Persons):
    bodies = matrix.Bodies()
    actual = matrix.build(persons, bodies=bodies)
    if os.environ.get(UPDATE):
        matrix.write(actual)
    broken = [f"{' '.join(key)}, {role}: {answer}" for key, row in actual.items() for role, answer in row.items()
              if answer.startswith("5") and key[0] not in SAYS_503]  # fmt: skip
    assert broken == []
    changes = matrix.differences(matrix.read(), actual)
    assert changes == [], "Review the change, then: make matrix\n" + "\n".join(changes)
    assert bodies.unlike() == [], "the answer's words tell that something exists"
    assert len(bodies.said) > 1000


def test_nobody_gets_further_than_the_login_unless_an_address_is_public():
    for (name, method, place), row in matrix.read().items():
        if declare.needed(name, method) not in (declare.PUBLIC, None):
            assert row["nobody"] in ("login", "401", "404"), (name, method, place, row["nobody"])


def test_another_units_object_and_one_that_does_not_exist_are_answered_alike():
    table = matrix.read()
    compared = 0
    for (name, method, place), row in table.items():
        for role, hidden in matrix.HIDDEN_FROM.items():
            if place == hidden and (name, method, "missing") in table:
                compared += 1
                assert row[role] == table[name, method, "missing"][role], (name, method, role)
    assert compared > 50


@pytest.mark.parametrize("key", [manifest.key for manifest in registry.all_manifests()])
def test_a_solution_that_is_switched_off_has_no_addresses_and_no_navigation(persons: Persons, actor_for, key):
    own = [route for route in routes() if route.namespace in (key, f"api-{key}")]
    assert own, "the solution has addresses to test"
    seen_with = registry.manifest_of(key).navigation[0].action
    grant(persons.employee, next(role for role in declare.roles() if seen_with in declare.actions_of(role)))
    actor = actor_for(persons.employee)
    client = Client()
    client.force_login(persons.administrator, backend=LOGIN_BACKEND)
    on = {str(link.title) for link in registry.navigation(actor)}
    title = str(registry.manifest_of(key).title)
    assert title in on
    addresses = [f"/{key}/", f"/api/v1/{key}/"]
    for route in own:
        with transaction.atomic():
            arguments = arguments_of(route, persons)["missing"] if route.arguments else {}
            transaction.set_rollback(True)  # what was made for this address is in the way of the next
        addresses.append(reverse(route.name, kwargs=arguments))
    registry.switch(key=key, on=False, now=NOW)
    assert {client.get(address).status_code for address in addresses} == {404}
    assert title not in {str(link.title) for link in registry.navigation(actor)}
    assert not switches.is_on(f"solution.{key}", default=True)
