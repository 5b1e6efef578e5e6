# SPDX-License-Identifier: MPL-2.0
import pytest
from django.core.exceptions import PermissionDenied
from persons import grant

from kommune3.kernel.access.actor import system
from kommune3.kernel.audit.models import Entry
from kommune3.kernel.solutions import registry, switching

PAGE = "/administration/solutions/"


@pytest.fixture
def key() -> str:
    manifests = registry.all_manifests()
    if not manifests:
        pytest.skip("no solution is installed")
    return manifests[0].key


def test_a_solution_that_is_switched_off_has_no_pages_and_no_navigation(key, persons, browser_of, actor_for) -> None:
    browser = browser_of(persons.administrator)
    was = browser.get(f"/{key}/").status_code
    assert browser.post(f"{PAGE}{key}/switch/", {"on": "0"}).status_code == 302
    assert not registry.is_active(key)
    assert browser.get(f"/{key}/").status_code == 404
    assert browser.get(f"/api/v1/{key}/").status_code == 404
    assert browser.post(f"{PAGE}{key}/switch/", {"on": "1"}).status_code == 302
    assert browser.get(f"/{key}/").status_code == was


def test_the_page_shows_what_is_on(key, persons, browser_of, now) -> None:
    browser = browser_of(persons.administrator)
    assert {manifest.key: on for manifest, on in browser.get(PAGE).context["rows"]}[key] is True
    switching.switch_solution(key=key, on=False, actor=system("tests"), now=now)
    assert {manifest.key: on for manifest, on in browser.get(PAGE).context["rows"]}[key] is False


def test_each_switch_is_noted_once(key, db, now) -> None:
    assert switching.switch_solution(key=key, on=False, actor=system("tests"), now=now)
    assert not switching.switch_solution(key=key, on=False, actor=system("tests"), now=now)
    assert list(Entry.objects.values_list("action", "detail")) == [("solutions.switched_off", {"key": key})]


@pytest.mark.parametrize("who", ["leader", "employee", "citizen", "digitalisation_lead"])
def test_only_an_administrator_switches(key, persons, browser_of, actor_for, now, who) -> None:
    account = getattr(persons, who)
    assert browser_of(account).get(PAGE).status_code == 403
    assert browser_of(account).post(f"{PAGE}{key}/switch/", {"on": "0"}).status_code == 403
    with pytest.raises(PermissionDenied):
        switching.switch_solution(key=key, on=False, actor=actor_for(account), now=now)
    assert registry.is_active(key)


def test_an_administrator_of_a_unit_does_not_switch_for_all(key, persons, actor_for, now) -> None:
    grant(persons.employee, "administrator", persons.own_unit)
    with pytest.raises(PermissionDenied):
        switching.switch_solution(key=key, on=False, actor=actor_for(persons.employee), now=now)


def test_an_unknown_solution_is_not_found(persons, browser_of) -> None:
    assert browser_of(persons.administrator).post(f"{PAGE}spaceflight/switch/", {"on": "0"}).status_code == 404
