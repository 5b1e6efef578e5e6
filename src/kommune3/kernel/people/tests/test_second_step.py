# SPDX-License-Identifier: MPL-2.0
"""The second step of a login: staff cannot do without it, and nobody gets round it."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from allauth.mfa.utils import decrypt
from django.test import Client
from persons import LOGIN_BACKEND, PASSWORD, Persons, grant, set_up_second_step, with_password_only

from kommune3.kernel import clock
from kommune3.kernel.access import accounts, reach, standard
from kommune3.kernel.access.errors import OwnRights
from kommune3.kernel.access.models import ApiToken
from kommune3.kernel.audit.models import Entry
from kommune3.kernel.demo import seed
from kommune3.kernel.people.models import Account
from kommune3.kernel.people.second_step import next_code

LOGIN, SECOND, OWN = "/account/login/", "/account/2fa/authenticate/", "/account/2fa/"


def log_in(username: str, password: str = PASSWORD) -> Client:
    client = Client()
    client.post(LOGIN, {"login": username, "password": password})
    return client


def app_of(account: Account) -> Authenticator:
    return Authenticator.objects.get(user=account, type="totp")


def with_app(account: Account) -> Authenticator:
    return TOTP.activate(account, generate_totp_secret()).instance


@pytest.mark.parametrize("address", ["/", "/account/", "/account/tokens/", "/organisation/", "/fleet/", "/jobs/"])
def test_staff_with_a_password_alone_reach_nothing_but_setting_up_a_second_step(persons: Persons, address):
    client = log_in("fleet-manager")
    assert client.get(address).headers["Location"] == OWN
    assert client.post(address).headers["Location"] == OWN
    page = client.get(OWN).content.decode()
    assert "Sæt et ekstra trin op først" in page
    assert 'href="/fleet/"' not in page


def test_the_api_answers_a_session_of_staff_with_a_password_alone_that_a_step_is_missing(persons: Persons):
    response = log_in("employee").get("/api/v1/people/me")
    assert response.status_code == 403
    assert "two steps" in response.json()["detail"]


def test_staff_may_log_out_and_choose_a_password_before_the_second_step(persons: Persons):
    client = log_in("employee")
    assert client.get("/account/password/").status_code == 200
    assert client.post("/account/logout/").headers["Location"] == "/"


def test_whoever_sets_up_an_app_goes_on_at_once_and_it_is_on_record(persons: Persons):
    client = log_in("employee")
    set_up_second_step(client)
    assert client.get("/account/").status_code == 200
    line = Entry.objects.get(action="access.second_step.added")
    assert (line.actor_id, line.detail) == (persons.employee.pk, {"kind": "totp"})


def test_a_citizen_may_choose_a_second_step_and_take_it_away_again(persons: Persons):
    client = log_in("citizen")
    assert client.get("/account/").status_code == 200
    set_up_second_step(client)
    assert client.post("/account/2fa/totp/deactivate/").headers["Location"] == OWN
    assert not Authenticator.objects.exists()
    assert Entry.objects.filter(action="access.second_step.removed").exists()


def test_staff_cannot_take_their_last_second_step_away_and_are_told_why(persons: Persons):
    client = log_in("employee")
    set_up_second_step(client)
    page = client.get("/account/2fa/totp/deactivate/").content.decode()
    assert "Tilføj først en anden" in page
    client.post("/account/2fa/totp/deactivate/")
    assert app_of(persons.employee)
    key = Authenticator.objects.create(user=persons.employee, type="webauthn", data={"name": "Nøgle", "credential": {}})
    client.post("/account/2fa/totp/deactivate/")
    assert not Authenticator.objects.filter(type="totp").exists()
    refused = client.post(f"/account/2fa/keys/{key.pk}/remove/", follow=True)
    assert "Tilføj først en anden" in refused.content.decode()
    assert Authenticator.objects.filter(pk=key.pk).exists()


def test_somebody_who_becomes_staff_needs_the_second_step_from_then_on(persons: Persons):
    client = log_in("citizen")
    assert client.get("/account/").status_code == 200
    grant(persons.citizen, standard.EMPLOYEE, persons.own_team)
    assert client.get("/account/").headers["Location"] == OWN


def test_a_session_from_before_second_steps_counts_as_a_password(persons: Persons):
    client = with_password_only(persons.administrator)
    assert client.get("/administration/accounts/").headers["Location"] == OWN


def test_a_session_without_its_second_step_shows_the_one_there_is_and_cannot_add_another(persons: Persons):
    app = with_app(persons.employee)
    client = with_password_only(persons.employee)
    asks = "/account/2fa/reauthenticate/?next="
    assert client.get("/account/").headers["Location"] == f"{asks}%2Faccount%2F"
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    for way in ("totp/activate/", "totp/deactivate/", "keys/add/", "recovery-codes/", "recovery-codes/generate/"):
        assert client.get(f"/account/2fa/{way}").headers["Location"].startswith(asks), way
        assert client.post(f"/account/2fa/{way}").headers["Location"].startswith(asks), way
    answer = client.post("/account/2fa/reauthenticate/", {"code": next_code(app), "next": "/account/"})
    assert answer.headers["Location"] == "/account/"
    assert client.get("/account/").status_code == 200


def test_a_citizens_password_alone_does_not_remove_the_second_step_either(persons: Persons):
    with_app(persons.citizen)
    client = with_password_only(persons.citizen)
    assert client.get("/account/").status_code == 200
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    client.post("/account/2fa/totp/deactivate/")
    assert app_of(persons.citizen)


def test_a_code_works_once_and_so_do_those_before_it(persons: Persons):
    app = with_app(persons.employee)
    code = next_code(app)
    assert log_in("employee").post(SECOND, {"code": code}).status_code == 302
    again = log_in("employee")
    assert again.post(SECOND, {"code": code}).status_code == 200
    secret, used = decrypt(app.data["secret"]), app_of(persons.employee).data["last_counter"]
    assert again.post(SECOND, {"code": format_hotp_value(hotp_value(secret, used - 1))}).status_code == 200
    assert again.get("/account/").status_code == 302


def test_the_code_that_set_an_app_up_does_not_log_in(persons: Persons, monkeypatch):
    client = log_in("employee")
    secret = set_up_second_step(client)
    used = app_of(persons.employee).data["last_counter"]
    assert log_in("employee").post(SECOND, {"code": format_hotp_value(hotp_value(secret, used))}).status_code == 200


def test_keys_to_the_api_are_made_in_a_session_with_both_steps_only(persons: Persons, browser_of):
    client = with_password_only(persons.citizen)
    assert "to trin" in client.get("/account/tokens/").content.decode()
    client.post("/account/tokens/", {"name": "Prøve", "valid_days": 5})
    assert not ApiToken.objects.exists()
    browser_of(persons.citizen).post("/account/tokens/", {"name": "Prøve", "valid_days": 5})
    assert ApiToken.objects.count() == 1


def test_an_administrator_removes_the_second_step_of_somebody_who_lost_their_phone(persons: Persons, browser_of):
    client = log_in("employee")
    set_up_second_step(client)
    address = f"/administration/accounts/{persons.employee.pk}/"
    administrator = browser_of(persons.administrator)
    assert "Fjern det ekstra trin" in administrator.get(address).content.decode()
    administrator.post(f"{address}second-step/")
    assert not Authenticator.objects.exists()
    line = Entry.objects.get(action="access.account.second_step_reset")
    assert line.detail == {"kinds": ["recovery_codes", "totp"]}
    assert log_in("employee").get("/account/").headers["Location"] == OWN


def test_nobody_removes_the_second_step_of_themselves_or_beyond_their_reach(persons: Persons, actor_for):
    now = clock.now()
    with pytest.raises(OwnRights):
        accounts.reset_second_step(actor=actor_for(persons.administrator), now=now, account_id=persons.administrator.pk)
    with pytest.raises(reach.NotVisible):
        accounts.reset_second_step(actor=actor_for(persons.leader), now=now, account_id=persons.employee.pk)
    grant(persons.leader, standard.ADMINISTRATOR, persons.own_unit)
    grant(persons.employee, standard.EMPLOYEE, persons.other_unit)
    with pytest.raises(reach.Forbidden):
        accounts.reset_second_step(actor=actor_for(persons.leader), now=now, account_id=persons.employee.pk)


def demo_login(login: seed.Login) -> Client:
    return log_in(login.username, login.password)


STAFF = next(login for login in seed.LOGINS if login.role == standard.ADMINISTRATOR)


def test_the_demo_gets_a_visitor_in_with_two_clicks(db, settings):
    settings.DEMO = True
    seed.seed(now=clock.now())
    page = demo_login(STAFF).get(LOGIN)
    client = demo_login(STAFF)
    page = client.get(SECOND).content.decode()
    code = seed.present_code(Account.objects.get(username=STAFF.username))
    assert f'value="{code}"' in page
    assert "Kun i demoen" in page
    client.post(SECOND, {"code": code})
    assert client.get("/administration/accounts/").status_code == 200


def test_a_demo_code_is_shown_by_a_demo_only_and_for_demo_logins_only(persons: Persons, settings):
    settings.DEMO = True
    app = with_app(persons.administrator)
    client = log_in("administrator")
    assert "data-demo-code" not in client.get(SECOND).content.decode()
    assert next_code(app) not in client.get(SECOND).content.decode()


def test_a_demo_login_shows_no_code_where_the_demo_is_off_or_its_app_was_set_up_anew(db, settings):
    seed.seed(now=clock.now())
    settings.DEMO = False
    assert "data-demo-code" not in demo_login(STAFF).get(SECOND).content.decode()
    settings.DEMO = True
    account = Account.objects.get(username=STAFF.username)
    app_of(account).delete()
    with_app(account)
    assert "data-demo-code" not in demo_login(STAFF).get(SECOND).content.decode()


def test_a_demo_from_before_second_steps_gets_them_and_one_that_has_them_keeps_them(db):
    seed.seed(now=clock.now())
    staff = [login.username for login in seed.LOGINS if login.role != standard.CITIZEN]
    before = dict(Authenticator.objects.values_list("user__username", "data"))
    assert sorted(before) == sorted(staff)
    app_of(Account.objects.get(username=STAFF.username)).delete()
    seed.give_second_steps()
    after = dict(Authenticator.objects.values_list("user__username", "data"))
    assert sorted(after) == sorted(staff)
    assert [name for name in staff if before[name] != after[name]] == [STAFF.username]


def test_a_forced_login_of_the_tests_is_a_whole_one(persons: Persons):
    client = Client()
    client.force_login(persons.employee, backend=LOGIN_BACKEND)
    assert client.get("/account/").status_code == 200
