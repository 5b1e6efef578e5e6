# SPDX-License-Identifier: MPL-2.0
import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client
from persons import PASSWORD, Persons, code_now

from kommune3.kernel import clock
from kommune3.kernel.demo import seed

LOGIN = "/account/login/"


def log_in(client, username="employee", password=PASSWORD, **headers):
    return client.post(LOGIN, {"login": username, "password": password}, **headers)


def test_a_right_password_leads_to_the_front_page(persons: Persons, client):
    assert log_in(client, "citizen").headers["Location"] == "/"
    assert "Hej, Bo" in client.get("/").content.decode()


def test_a_page_that_needs_a_login_is_shown_after_it(persons: Persons, client):
    response = client.get("/account/")
    assert response.headers["Location"] == "/account/login/?next=/account/"
    response = client.post(
        response.headers["Location"], {"login": "employee", "password": PASSWORD, "next": "/account/"}
    )
    assert response.headers["Location"] == "/account/"


def test_the_login_does_not_lead_to_other_sites(persons: Persons, client):
    response = client.post(LOGIN, {"login": "employee", "password": PASSWORD, "next": "https://example.org/"})
    assert response.headers["Location"] == "/"


def test_a_wrong_password_and_an_unknown_name_are_answered_alike(persons: Persons, client):
    wrong = log_in(client, password="wrong").content.decode()
    unknown = log_in(Client(), username="nobody-here", password="wrong").content.decode()
    message = "Det angivne brugernavn og/eller adgangskoden er ikke korrekt."
    assert message in wrong
    assert message in unknown


def test_ten_wrong_passwords_lock_the_name_out_with_plain_words(persons: Persons, client):
    answers = [log_in(client, password="wrong") for _ in range(10)]
    assert [answer.status_code for answer in answers[:9]] == [200] * 9
    locked = log_in(client)
    assert locked.status_code == 429
    assert "For mange forsøg" in locked.content.decode()
    assert log_in(Client(), username="leader").status_code == 302


def test_the_password_is_hashed_with_argon2(persons: Persons):
    assert persons.employee.password.startswith("argon2$argon2id$")


@pytest.mark.parametrize(
    "path",
    [
        "signup/",
        "email/",
        "confirm-email/",
        "password/reset/",
        "password/set/",
        "login/code/",
        "3rdparty/",
        "social/login/",
    ],
)
def test_what_allauth_offers_beyond_logging_in_is_not_there(client, db, path):
    assert client.get(f"/account/{path}").status_code == 404
    assert client.post(f"/account/{path}").status_code == 404


def test_an_authenticator_app_is_set_up_and_asked_for_at_the_next_login(persons: Persons, client):
    log_in(client)
    assert client.get("/account/2fa/totp/activate/").headers["Location"].startswith("/account/reauthenticate/")
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    page = client.get("/account/2fa/totp/activate/")
    secret = page.context["form"].secret
    done = client.post("/account/2fa/totp/activate/", {"code": code_now(secret)})
    assert done.headers["Location"] == "/account/2fa/recovery-codes/"
    client.post("/account/logout/")
    assert log_in(client).headers["Location"] == "/account/2fa/authenticate/"
    assert client.get("/account/").status_code == 302
    assert client.post("/account/2fa/authenticate/", {"code": "000000"}).status_code == 200
    assert client.get("/account/").status_code == 302
    codes = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()
    client.post("/account/2fa/authenticate/", {"code": codes[0]})
    assert client.get("/account/").status_code == 200
    client.post("/account/logout/")
    log_in(client)
    assert client.post("/account/2fa/authenticate/", {"code": codes[0]}).status_code == 200, (
        "a recovery code works once"
    )
    assert client.get("/account/").status_code == 302


def test_the_secret_of_an_authenticator_app_is_sealed_at_rest(persons: Persons):
    TOTP.activate(persons.employee, "JBSWY3DPEHPK3PXP")
    kept = Authenticator.objects.get()
    assert "JBSWY3DPEHPK3PXP" not in str(kept.data)
    assert get_adapter().decrypt(kept.data["secret"]) == "JBSWY3DPEHPK3PXP"


def test_whoever_has_no_password_has_no_page_to_change_it(persons: Persons, browser_of):
    persons.employee.set_unusable_password()
    persons.employee.save()
    assert browser_of(persons.employee).get("/account/password/").status_code == 404


def test_the_demo_logins_are_shown_in_the_demo_only(client, db, settings):
    settings.DEMO = False
    assert "flaade-norddjurs" not in client.get(LOGIN).content.decode()
    settings.DEMO = True
    page = client.get(LOGIN).content.decode()
    assert all(login.password in page for login in seed.LOGINS)


def test_every_demo_login_can_log_in(db):
    seed.seed(now=clock.now())
    for login in seed.LOGINS:
        assert log_in(Client(), login.username, login.password).status_code == 302, login.username
