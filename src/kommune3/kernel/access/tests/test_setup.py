# SPDX-License-Identifier: MPL-2.0
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from kommune3.kernel import clock
from kommune3.kernel.access.actor import actor_of
from kommune3.kernel.organisation.models import Municipality, Unit
from kommune3.kernel.people.models import Account

GOOD = "korrekt hest batteri"


def set_up(**options):
    options = {"name": "Anholt Kommune", "given_name": "Ada", "family_name": "Lov", "username": "ada", **options}
    out = StringIO()
    call_command("setup", stdout=out, **options)
    return out.getvalue()


def test_a_municipality_gets_its_name_its_root_and_an_administrator(db, monkeypatch):
    monkeypatch.setenv("KOMMUNE3_ADMIN_PASSWORD", GOOD)
    assert "Anholt Kommune" in set_up(code="0707")
    assert (Municipality.objects.get().code, Unit.objects.get().name) == ("0707", "Anholt Kommune")
    account = Account.objects.get()
    assert account.check_password(GOOD)
    assert actor_of(account, now=clock.now()).may("access.account.manage", unit_path="/")


def test_it_is_set_up_once(db, monkeypatch):
    monkeypatch.setenv("KOMMUNE3_ADMIN_PASSWORD", GOOD)
    set_up()
    with pytest.raises(CommandError):
        set_up(username="eva")
    assert Account.objects.count() == 1


@pytest.mark.parametrize(("password", "options"), [("kort", {}), ("", {}), (GOOD, {"name": ""})])
def test_what_is_missing_or_weak_sets_nothing_up(db, monkeypatch, password, options):
    monkeypatch.setenv("KOMMUNE3_ADMIN_PASSWORD", password)
    with pytest.raises(CommandError):
        set_up(**options)
    assert not Municipality.objects.exists()
    assert not Account.objects.exists()
