# SPDX-License-Identifier: MPL-2.0
"""Logging in through a real provider (django-allauth's, in its own process), over real HTTP."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from persons import Persons

from kommune3.adapters.oidc import operations
from kommune3.adapters.oidc.models import LinkedSubject
from kommune3.kernel import clock
from kommune3.kernel.access import standard
from kommune3.kernel.access.actor import system
from kommune3.kernel.access.models import Grant, PrivilegeRole
from kommune3.kernel.audit.models import Entry
from kommune3.kernel.people import register
from kommune3.kernel.people.models import Account, LoginSession

START, CALLBACK = "/account/oidc/login/", "/account/oidc/callback/"
FINN = "101"  # what the provider calls Finn
CPR = "010150-5007"


def link(provider, account: Account, subject: str = FINN) -> None:
    operations.link_account(
        actor=system("test"), now=clock.now(), account_id=account.pk, subject=subject, issuer=provider.url
    )


def visit(provider, client: Client, username: str = "finn", start: str = START):
    """From the platform to the provider and back; the answer to the way back."""
    sent = client.get(start)
    assert sent.status_code == 302, sent.content
    back = provider.log_in(sent.headers["Location"], username)
    return client.get(back.removeprefix("http://testserver"))


def refusal_of(answer) -> str:
    assert answer.status_code in (403, 502)
    assert "Du er ikke blevet logget ind" in answer.content.decode()
    return Entry.objects.filter(action="oidc.login.refused").latest("number").detail["reason"]


def test_a_linked_person_logs_in_with_two_steps_that_the_provider_vouches_for(persons: Persons, provider, client):
    link(provider, persons.fleet_manager)
    provider.says(amr=["pwd", "mfa"])
    assert visit(provider, client, start=f"{START}?next=/fleet/").headers["Location"] == "/fleet/"
    assert client.get("/fleet/").status_code == 200
    session = LoginSession.objects.get()
    assert (session.account, session.method, session.level) == (persons.fleet_manager, "oidc", 2)
    assert Entry.objects.filter(action="oidc.login.succeeded", actor_id=persons.fleet_manager.pk).exists()


@pytest.mark.parametrize("said", [{}, {"amr": ["pwd"]}, {"acr": "low"}, {"amr": "mfa"}])
def test_without_the_providers_word_for_it_staff_show_a_second_step_here(persons: Persons, provider, client, said):
    link(provider, persons.fleet_manager)
    provider.says(**said)
    visit(provider, client)
    assert client.get("/fleet/").headers["Location"] == "/account/2fa/"


def test_an_acr_that_the_settings_name_is_asked_for_and_means_two_steps(persons: Persons, provider, client, settings):
    settings.OIDC_ACR_VALUES = ["https://loa.example/substantial"]
    link(provider, persons.fleet_manager)
    asked = parse_qs(urlsplit(client.get(START).headers["Location"]).query)
    assert asked["acr_values"] == ["https://loa.example/substantial"]
    provider.says(acr="https://loa.example/substantial")
    visit(provider, client)
    assert client.get("/fleet/").status_code == 200


def test_state_nonce_and_pkce_are_always_sent_and_never_the_same(provider, db):
    first, second = (parse_qs(urlsplit(Client().get(START).headers["Location"]).query) for _ in range(2))
    assert first["code_challenge_method"] == ["S256"]
    for name in ("state", "nonce", "code_challenge"):
        assert len(first[name][0]) >= 43
        assert first[name] != second[name]


def test_the_login_page_has_the_button_only_where_a_provider_is_set_up(provider, client, db, settings):
    assert f'href="{START}"' in client.get("/account/login/").content.decode()
    settings.OIDC_ISSUER = ""
    assert START not in client.get("/account/login/").content.decode()
    assert client.get(START).status_code == 404
    assert client.get(CALLBACK).status_code == 404


def test_a_person_nobody_linked_is_not_let_in_whatever_their_name_or_mail(persons: Persons, provider, client):
    Account.objects.filter(pk=persons.fleet_manager.pk).update(username="finn", email="finn@example.dk")
    provider.says(email="finn@example.dk", email_verified=True, preferred_username="finn")
    assert refusal_of(visit(provider, client)) == "no_account"
    assert client.get("/account/").status_code == 302


def test_the_same_subject_of_another_issuer_is_somebody_else(persons: Persons, provider, client):
    operations.link_account(
        actor=system("test"), now=clock.now(), account_id=persons.fleet_manager.pk, subject=FINN,
        issuer="https://other.example",
    )  # fmt: skip
    assert refusal_of(visit(provider, client)) == "no_account"


def test_a_closed_login_stays_closed(persons: Persons, provider, client):
    link(provider, persons.fleet_manager)
    Account.objects.filter(pk=persons.fleet_manager.pk).update(is_active=False)
    assert refusal_of(visit(provider, client)) == "closed_account"


def test_rights_follow_what_the_provider_states(persons: Persons, provider, client):
    PrivilegeRole.objects.create(privilege="urn:k3:employee", role=standard.EMPLOYEE)
    link(provider, persons.citizen)
    unit = str(persons.own_unit.pk)
    provider.says(
        amr=["mfa"],
        privileges=[
            {"privilege": "urn:k3:employee", "units": [unit], "kle": ["27.36"]},
            {"privilege": "urn:k3:employee", "units": [unit], "weekdays": ["Monday"]},
            "urn:k3:unknown",
        ],
    )
    visit(provider, client)
    given = Grant.objects.filter(account=persons.citizen).exclude(role=standard.CITIZEN)
    assert [(grant.role, str(grant.unit_id), grant.kle) for grant in given] == [(standard.EMPLOYEE, unit, "27.36")]
    provider.says(amr=["mfa"])
    visit(provider, Client())
    today = clock.municipal_date(clock.now())
    assert not any(grant.valid_to is None or grant.valid_to > today for grant in given.all())


def test_an_employee_known_by_cpr_number_gets_a_login_where_the_settings_say_so(
    persons: Persons, provider, client, settings
):
    settings.OIDC_CPR_CLAIM, settings.OIDC_PROVISION = "cpr", True
    person = persons.employee.person
    register.set_cpr(person, CPR)
    person.save()
    provider.says(cpr=CPR, amr=["mfa"])
    visit(provider, client)
    assert LinkedSubject.objects.get().account == persons.employee
    assert client.get("/account/").status_code == 200
    settings.OIDC_PROVISION = False
    LinkedSubject.objects.all().delete()
    assert refusal_of(visit(provider, Client())) == "no_account"


def test_an_answer_is_taken_once_and_by_the_browser_that_asked_only(persons: Persons, provider, client):
    link(provider, persons.fleet_manager)
    back = provider.log_in(client.get(START).headers["Location"], "finn").removeprefix("http://testserver")
    assert refusal_of(Client().get(back)) == "unknown_request"
    assert client.get(back).status_code == 302
    assert refusal_of(client.get(back)) == "unknown_request"


def test_another_state_or_issuer_in_the_answer_is_refused(persons: Persons, provider, client):
    client.get(START)
    assert refusal_of(client.get(f"{CALLBACK}?code=x&state=wrong")) == "unknown_request"
    state = parse_qs(urlsplit(client.get(START).headers["Location"]).query)["state"][0]
    answer = client.get(CALLBACK, {"code": "x", "state": state, "iss": "https://other.example"})
    assert refusal_of(answer) == "unknown_request"


def test_a_made_up_code_a_refusal_and_a_provider_that_is_away_are_told_apart(persons, provider, client, settings):
    def answered(**more):
        state = parse_qs(urlsplit(client.get(START).headers["Location"]).query)["state"][0]
        return client.get(CALLBACK, {"state": state, **more})

    assert refusal_of(answered(code="made-up")) == "provider_failed"
    assert refusal_of(answered(error="access_denied")) == "provider_refused"
    settings.OUTGOING_INTERNAL_HOSTS = []
    assert refusal_of(client.get(START)) == "provider_failed"


def test_the_login_does_not_lead_to_other_sites(persons: Persons, provider, client):
    link(provider, persons.fleet_manager)
    provider.says(amr=["mfa"])
    assert visit(provider, client, start=f"{START}?next=https://example.org/").headers["Location"] == "/"


def test_a_login_is_linked_on_the_command_line_once(persons: Persons, provider, capsys):
    call_command("oidc_link", "leader", FINN)
    assert LinkedSubject.objects.get().account == persons.leader
    for username, subject in (("leader", "7"), ("employee", FINN), ("nobody-here", "8")):
        with pytest.raises(CommandError):
            call_command("oidc_link", username, subject)
