# SPDX-License-Identifier: MPL-2.0
"""How much at a time: counted for all processes together, refused in plain words, and for every public address."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import caches
from django.core.exceptions import ImproperlyConfigured
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from matrix.enumerate import routes
from persons import PASSWORD, Persons

from kommune3.kernel import clock
from kommune3.kernel.access import declare, tokens
from kommune3.kernel.access.actor import actor_of
from kommune3.kernel.limits import counting, table
from kommune3.kernel.limits.counting import refused_for
from kommune3.kernel.limits.models import Cached, Count
from kommune3.kernel.people.assurance import Assurance

NOON = datetime(2026, 3, 2, 12, 0, 10, tzinfo=UTC)


@pytest.fixture
def limits(settings):
    counting.forget_own()
    yield lambda **groups: setattr(settings, "LIMITS", {name.replace("_", "-"): text for name, text in groups.items()})
    counting.forget_own()


def refused(calls: int, *, group: str = "page", who: str = "x", now: datetime = NOON) -> list[int | None]:
    return [refused_for(group, who, now=now) for _ in range(calls)]


def of_another_process(calls: int) -> list[int | None]:
    counting.forget_own()
    return refused(calls)


def test_every_public_address_has_a_limit_and_no_limit_is_for_an_address_that_is_gone():
    public = {
        name for name, rule in declare.page_rules().items()
        if rule == declare.PUBLIC or (not isinstance(rule, str) and declare.PUBLIC in rule.values())
    }  # fmt: skip
    assert sorted(public - table.LIMITED.keys()) == []
    assert sorted(table.LIMITED.keys() - {route.name for route in routes()}) == []


def test_every_limit_of_the_table_is_a_setting(settings):
    from kommune3 import settings as written

    used = {*table.LIMITED.values(), table.API, table.API_ADDRESS, table.UPLOAD}
    assert used == written.LIMITS.keys()
    assert all(table.Limit.parse(text) for text in written.LIMITS.values())


def test_calls_beyond_the_limit_wait_for_the_next_window(db, limits):
    limits(page="3/60")
    assert refused(5) == [None, None, None, 50, 50]
    assert refused(1, now=NOON + timedelta(seconds=50)) == [None]


def test_one_caller_does_not_use_up_anothers_calls_nor_one_limit_anothers(db, limits):
    limits(page="1/60", login="1/60")
    assert refused(2) == [None, 50]
    assert refused(1, who="y") == [None]
    assert refused(1, group="login") == [None]


def test_processes_share_one_count(db, limits):
    limits(page="3/60")
    assert of_another_process(2) == [None, None]
    assert of_another_process(2) == [None, 50]


def test_a_wide_limit_is_taken_in_shares_and_never_exceeded(db, limits, django_assert_num_queries):
    limits(page="100/60")
    with django_assert_num_queries(3):  # a statement and its savepoint
        assert refused(2) == [None, None]
    assert of_another_process(98) == [None] * 98
    assert of_another_process(1) == [50]


def test_a_refused_caller_costs_no_more_queries(db, limits, django_assert_num_queries):
    limits(page="1/60")
    refused(2)
    with django_assert_num_queries(0):
        assert refused(3) == [50] * 3


def test_no_address_is_kept_with_the_counts_and_old_counts_are_removed(db, limits):
    limits(page="3/60")
    refused(1, who="192.0.2.77")
    assert b"192.0.2.77" not in bytes(Count.objects.get().key)
    assert counting.purge(now=NOON) == 0
    assert counting.purge(now=NOON + timedelta(minutes=2)) == 1


def test_zero_is_no_limit_and_nonsense_is_refused(db, limits):
    limits(page="0")
    assert refused(50) == [None] * 50
    for text in ("many", "5", "5/0", "-1/60"):
        with pytest.raises(ImproperlyConfigured):
            table.Limit.parse(text)


def test_too_many_attempts_to_log_in_are_answered_with_a_page_that_says_when(persons: Persons, limits):
    limits(login="2/60")
    client = Client()
    with clock.stopped(NOON):
        for _ in range(2):
            client.post("/account/login/", {"login": "citizen", "password": "wrong"})
        answer = client.post("/account/login/", {"login": "citizen", "password": PASSWORD})
    assert answer.status_code == 429
    assert answer["Retry-After"] == "50"
    assert "Vent 50 sekunder" in answer.content.decode()
    assert client.get("/account/login/").status_code == 200, "looking is no attempt"
    other = Client(REMOTE_ADDR="192.0.2.9")
    assert other.post("/account/login/", {"login": "citizen", "password": PASSWORD}).status_code == 302


def test_a_key_to_the_api_has_its_own_limit_and_the_address_a_wider_one(persons: Persons, limits):
    limits(api="2/60", api_address="5/60")
    now = clock.now()

    def ask(account):
        key = tokens.make_token(
            actor=actor_of(account, now=now), now=now, assurance=Assurance.TWO_STEP, name="x", valid_days=1
        )
        headers = {"Authorization": f"Bearer {key}"}
        with clock.stopped(now):
            return [Client().get("/api/v1/people/me", headers=headers).status_code for _ in range(3)]

    assert ask(persons.employee) == [200, 200, 429]
    assert ask(persons.leader) == [200, 200, 429]
    with clock.stopped(now):
        answer = Client().get("/api/v1/people/me")
    assert answer.status_code in (401, 429)


def test_uploads_are_limited_by_login(persons: Persons, limits, browser_of):
    limits(upload="1/60")
    with clock.stopped(NOON):
        first, second = [
            browser_of(persons.fleet_manager).post("/account/tokens/", {"file": SimpleUploadedFile("x.csv", b"x")})
            for _ in range(2)
        ]
        other = browser_of(persons.employee).post("/account/tokens/", {"file": SimpleUploadedFile("x.csv", b"x")})
    assert (first.status_code, second.status_code, other.status_code) == (200, 429, 200)


def test_devices_of_one_ipv6_site_are_one_caller(persons: Persons, limits):
    limits(page="1/60")
    with clock.stopped(NOON):
        answers = [
            Client(REMOTE_ADDR=address).get("/account/login/").status_code
            for address in ("2001:db8::1", "2001:db8::ffff", "2001:db8:0:1::1")
        ]
    assert answers == [200, 429, 200]


def test_djangos_cache_is_a_table_that_all_processes_see(db, settings):
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "limits_cached"}
    }
    caches["default"].set("code", "used", 30)
    assert Cached.objects.count() == 1
    assert not caches["default"].add("code", "used", 30)
