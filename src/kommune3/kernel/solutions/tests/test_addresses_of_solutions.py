# SPDX-License-Identifier: MPL-2.0
import pytest
from asgiref.sync import async_to_sync
from django.test import AsyncClient

from kommune3.kernel import clock
from kommune3.kernel.solutions import registry

pytestmark = pytest.mark.django_db


def status_of(address: str) -> int:
    """The status of an answer, asked for as the server asks: on the event loop."""
    return async_to_sync(AsyncClient().get)(address).status_code


@pytest.mark.parametrize(("address", "asks_for_a_login"), [("/fleet/", 302), ("/api/v1/fleet/bases", 401)])
def test_a_solution_that_is_switched_on_has_addresses(address, asks_for_a_login):
    assert status_of(address) == asks_for_a_login


@pytest.mark.parametrize("address", ["/fleet/", "/api/v1/fleet/bases"])
def test_a_solution_that_is_switched_off_has_none(address):
    registry.switch(key="fleet", on=False, now=clock.now())
    assert status_of(address) == 404


def test_the_addresses_of_others_stay_when_a_solution_is_switched_off():
    registry.switch(key="fleet", on=False, now=clock.now())
    assert status_of("/account/login/") == 200
