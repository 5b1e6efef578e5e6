# SPDX-License-Identifier: MPL-2.0
from datetime import timedelta

import pytest
from django.test import Client
from persons import NOW, Persons

from kommune3.kernel import clock
from kommune3.kernel.access import errors, reach, tokens
from kommune3.kernel.access.middleware import PageAccess
from kommune3.kernel.access.models import ApiToken
from kommune3.kernel.audit.models import Entry
from kommune3.kernel.people.assurance import Assurance

ME = "/api/v1/people/me"


def made(actor, *, now=NOW, days=30):
    return tokens.make_token(assurance=Assurance.TWO_STEP, actor=actor, now=now, name="Test", valid_days=days)


def ask(secret, path=ME, **more):
    return Client().get(path, headers={"Authorization": f"Bearer {secret}"}, **more)


def test_a_token_is_kept_as_a_digest_only(persons: Persons, actor_for):
    secret = made(actor_for(persons.employee))
    assert secret.startswith("k3_")
    assert secret not in str(ApiToken.objects.values().get())
    assert Entry.objects.get().action == "access.token.made"


def test_a_token_works_until_it_expires(persons: Persons, actor_for):
    secret = made(actor_for(persons.employee))
    last = NOW + timedelta(days=30)
    assert tokens.account_of(secret, now=last - timedelta(seconds=1)) == persons.employee
    assert tokens.account_of(secret, now=last) is None
    assert tokens.account_of(secret + "x", now=NOW) is None


def test_a_token_of_a_closed_login_does_not_work(persons: Persons, actor_for):
    secret = made(actor_for(persons.employee))
    persons.employee.is_active = False
    persons.employee.save()
    assert tokens.account_of(secret, now=NOW) is None


@pytest.mark.parametrize(("name", "days"), [("", 30), ("  ", 30), ("Test", 0), ("Test", 366)])
def test_a_token_without_a_name_or_with_an_odd_validity_is_refused(persons: Persons, actor_for, name, days):
    with pytest.raises(errors.InvalidToken):
        tokens.make_token(
            assurance=Assurance.TWO_STEP, actor=actor_for(persons.employee), now=NOW, name=name, valid_days=days
        )


def test_one_revokes_ones_own_tokens_only(persons: Persons, actor_for):
    secret = made(actor_for(persons.employee))
    token = ApiToken.objects.get()
    with pytest.raises(reach.NotVisible):
        tokens.revoke_token(actor=actor_for(persons.administrator), now=NOW, token_id=token.pk)
    tokens.revoke_token(actor=actor_for(persons.employee), now=NOW, token_id=token.pk)
    assert tokens.account_of(secret, now=NOW) is None


def test_a_token_opens_the_api_and_no_page(persons: Persons, actor_for):
    secret = made(actor_for(persons.employee), now=clock.now())
    assert ask(secret).json()["name"] == "Eva Prøve"
    assert ask(secret, "/account/tokens/").status_code == 302
    assert ask("k3_wrong").status_code == 401


def test_a_call_to_the_api_with_a_session_needs_the_csrf_token(persons: Persons, actor_for, rf):
    def refusal(**headers):
        request = rf.post("/api/v1/people/me", headers=headers)
        request.user = persons.employee
        request.session = {"assurance": {"level": Assurance.TWO_STEP}}
        request._dont_enforce_csrf_checks = False
        request.resolver_match = type("Match", (), {"view_name": "api-kernel:people_me"})()
        access = PageAccess(lambda request: None)
        with clock.stopped(NOW):
            access(request)
            return access.process_view(request, lambda request: None, (), {})

    assert refusal().status_code == 403
    secret = tokens.make_token(
        assurance=Assurance.TWO_STEP, actor=actor_for(persons.employee), now=NOW, name="x", valid_days=1
    )
    assert refusal(Authorization=f"Bearer {secret}") is None
