# SPDX-License-Identifier: MPL-2.0
"""Where one is logged in: seen, and ended by oneself, by an administrator, by a new password."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from persons import PASSWORD, Persons, set_up_second_step

from kommune3.kernel import clock
from kommune3.kernel.access import accounts
from kommune3.kernel.audit.models import Entry
from kommune3.kernel.people import assurance, sessions
from kommune3.kernel.people.assurance import Assurance
from kommune3.kernel.people.models import Account, LoginSession

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
EDGE = "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0"
OWN = "/account/sessions/"


def log_in(username: str = "citizen", browser: str = FIREFOX, address: str = "192.0.2.77") -> Client:
    client = Client(headers={"user-agent": browser}, REMOTE_ADDR=address)
    client.post("/account/login/", {"login": username, "password": PASSWORD})
    assert client.session["_auth_user_id"]
    return client


def is_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


def test_ones_sessions_are_listed_with_browser_network_and_strength(persons: Persons):
    log_in(browser=EDGE, address="2001:db8:1:2::9")
    page = log_in().get(OWN).content.decode()
    for text in ("Firefox", "192.0.2.0/24", "Edge", "2001:db8:1::/48", "Ét trin", "Her og nu"):
        assert text in page
    assert "192.0.2.77" not in page
    log_in("employee")
    assert page.count("<tr>") == 3


def test_a_second_step_makes_the_session_two_steps_in_the_list(persons: Persons):
    client = log_in()
    set_up_second_step(client)
    assert LoginSession.objects.get().level == Assurance.TWO_STEP
    assert "To trin" in client.get(OWN).content.decode()


def test_the_key_of_a_session_is_not_kept_beside_it(persons: Persons):
    client = log_in()
    kept = [str(value) for value in LoginSession.objects.values_list().get()]
    assert client.session.session_key not in kept
    assert LoginSession.objects.get().digest == sessions.digest(client.session.session_key)


def test_one_session_is_ended_and_the_others_go_on(persons: Persons):
    here, there, elsewhere = log_in(), log_in(browser=EDGE), log_in()
    row = LoginSession.objects.get(browser="Edge")
    here.post(f"{OWN}{row.pk}/end/")
    assert (is_in(here), is_in(there), is_in(elsewhere)) == (True, False, True)
    assert Entry.objects.get(action="access.session.ended").actor_id == persons.citizen.pk


def test_all_others_are_ended_at_once(persons: Persons):
    here, there, stranger = log_in(), log_in(), log_in("employee")
    here.post(f"{OWN}end-others/")
    assert (is_in(here), is_in(there)) == (True, False)
    assert stranger.get("/account/").headers["Location"] == "/account/2fa/"
    assert Entry.objects.get(action="access.session.ended").detail == {"sessions": 1}


def test_nobody_ends_somebody_elses_session(persons: Persons):
    theirs = log_in()
    row = LoginSession.objects.get()
    other = log_in("employee")
    set_up_second_step(other)
    assert other.post(f"{OWN}{row.pk}/end/").status_code == 404
    assert is_in(theirs)


def test_logging_out_leaves_nothing_behind(persons: Persons):
    client = log_in()
    client.post("/account/logout/")
    assert not LoginSession.objects.exists()


def test_a_new_password_of_ones_own_ends_the_others_and_keeps_this_one(persons: Persons):
    here, there = log_in(), log_in()
    new = "et helt andet kodeord 7"
    here.post("/account/password/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert (is_in(here), is_in(there)) == (True, False)
    row = LoginSession.objects.get()
    assert row.digest == sessions.digest(here.session.session_key)


@pytest.mark.parametrize(
    "doing",
    [
        lambda **who: accounts.reset_password(**who),
        lambda **who: accounts.switch_account(active=False, **who),
        lambda **who: accounts.reset_second_step(**who),
        lambda **who: accounts.end_sessions(**who),
    ],
    ids=["new first password", "closed", "second step removed", "logged out everywhere"],
)
def test_what_an_administrator_does_to_a_login_ends_its_sessions(persons: Persons, actor_for, doing):
    client, other = log_in(), log_in("employee")
    doing(actor=actor_for(persons.administrator), now=clock.now(), account_id=persons.citizen.pk)
    assert not is_in(client)
    assert list(LoginSession.objects.values_list("account", flat=True)) == [persons.employee.pk]
    assert other.get("/account/").headers["Location"] == "/account/2fa/"


def test_an_administrator_logs_somebody_out_everywhere_on_the_page_and_on_record(persons: Persons, browser_of):
    client = log_in()
    browser_of(persons.administrator).post(f"/administration/accounts/{persons.citizen.pk}/sessions/end/")
    assert not is_in(client)
    assert Entry.objects.get(action="access.account.sessions_ended").detail == {"sessions": 1}


def test_a_session_that_ended_in_another_way_is_not_listed(persons: Persons):
    log_in()
    Session.objects.all().delete()
    assert sessions.live(persons.citizen, now=clock.now()) == []


def test_what_has_run_out_is_forgotten_at_the_next_login(persons: Persons):
    log_in()
    LoginSession.objects.update(expires_at=clock.now() - timedelta(seconds=1))
    assert sessions.live(persons.citizen, now=clock.now()) == []
    log_in("employee")
    assert list(LoginSession.objects.values_list("account", flat=True)) == [persons.employee.pk]


@pytest.mark.parametrize(
    ("address", "shown"),
    [("10.1.2.3", "10.1.2.0/24"), ("2001:db8:aaaa:bbbb::1", "2001:db8:aaaa::/48"), ("", ""), ("testserver", "")],
)
def test_of_an_address_only_the_network_is_kept(address, shown):
    assert sessions.shortened(address) == shown


def test_a_level_noted_for_nobody_begins_no_session(persons: Persons, rf):
    request = rf.get("/")
    request.user, request.session = Account(), type("Session", (dict,), {"session_key": None})()
    assurance.note(request, level=Assurance.PASSWORD, method="password")
    assert not LoginSession.objects.exists()
