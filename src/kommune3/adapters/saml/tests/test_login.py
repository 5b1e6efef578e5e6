# SPDX-License-Identifier: MPL-2.0
"""Logging in through the identity provider: from the link on the login page to the rights it gives."""

import logging
from datetime import timedelta

import pytest
import saml_provider as idp
from django.db import connection
from django.urls import reverse
from persons import Persons, make_account

from kommune3.adapters.saml import operations
from kommune3.adapters.saml.models import Arrival, LinkedIdentity, SeenMessage
from kommune3.kernel import clock
from kommune3.kernel.access import standard
from kommune3.kernel.access.actor import actor_of, system
from kommune3.kernel.access.models import Grant, PrivilegeRole, RefusedPrivilege
from kommune3.kernel.access.row_security import policies
from kommune3.kernel.audit.models import Entry
from kommune3.kernel.organisation.models import Municipality
from kommune3.kernel.people import register
from kommune3.kernel.people.models import Account

CPR = "0101701234"
LEADER = "https://kommune3.dk/roles/usersystemrole/leader/1"
UNIT = "http://sts.kombit.dk/constraints/orgenhed/1"
KLE = "http://sts.kombit.dk/constraints/KLE/1"


@pytest.fixture(autouse=True)
def municipality(persons: Persons) -> None:
    Municipality.objects.update(cvr="29189986")
    person = persons.employee.person
    register.set_cpr(person, CPR)
    person.save()


def link(account: Account, subject: str = idp.SUBJECT) -> LinkedIdentity:
    return LinkedIdentity.objects.create(account=account, issuer=idp.ENTITY_ID, subject=subject, linked_at=clock.now())


def refusal() -> dict:
    line = Entry.objects.filter(action="saml.login.refused").latest("number")
    assert line.outcome == "REFUSED"
    return line.detail


def title(answer) -> str:
    return answer.content.decode().partition("<h1>")[2].partition("</h1>")[0]


@pytest.mark.parametrize("level", ["Substantial", "High"])
def test_a_linked_employee_is_logged_in_with_two_steps_and_goes_where_they_wanted(visitor, persons, level):
    link(persons.employee)
    answer = visitor.log_in(lambda says: says.stating(loa=level), goes_to="/organisation/?x=1")
    assert (answer.status_code, answer["Location"]) == (302, "/organisation/?x=1")
    assert visitor.account_id == str(persons.employee.pk)
    assurance = visitor.client.session["assurance"]
    assert (assurance["level"], assurance["method"]) == (2, "saml")
    assert visitor.client.get("/organisation/").status_code == 200
    line = Entry.objects.get(action="saml.login.succeeded")
    assert (line.actor_id, line.detail) == (persons.employee.pk, {"issuer": idp.ENTITY_ID})


def test_the_provider_is_asked_for_at_least_the_level_that_is_demanded(visitor):
    answer = visitor.client.get("/account/saml/login/")
    _kind, request, _query = idp.read_redirect(answer["Location"], idp.pair("sp")[1])
    text = "".join(request.itertext())
    assert "https://data.gov.dk/concept/core/nsis/loa/Substantial" in text
    assert request.find("samlp:RequestedAuthnContext", idp.NS).get("Comparison") == "minimum"
    assert request.get("Destination") == "https://idp.prove.dk/sso"


@pytest.mark.parametrize(
    ("stated", "detail"),
    [({"loa": "Low"}, "loa Low"), ({"loa": ""}, "loa ?"), ({"loa": "3"}, "loa ?"), ({"aal": "Low"}, "aal Low"),
     ({"ial": "Low"}, "ial Low")],
)  # fmt: skip
def test_a_level_below_substantial_is_refused_with_a_page_that_says_so(visitor, persons, stated, detail):
    link(persons.employee)
    answer = visitor.log_in(lambda says: says.stating(**stated))
    assert answer.status_code == 403
    assert title(answer) == "Dit login er ikke sikkert nok"
    assert visitor.account_id is None
    assert refusal() == {"reason": "LEVEL_TOO_LOW", "detail": detail}


def test_a_municipality_may_demand_the_highest_level(visitor, persons):
    visitor.settings.SAML_LEVEL = "High"
    link(persons.employee)
    assert visitor.log_in(lambda says: says.stating(loa="Substantial")).status_code == 403
    assert visitor.log_in(lambda says: says.stating(loa="High", ial="High", aal="High")).status_code == 302


def test_rights_are_those_that_the_provider_states_in_unit_and_field_of_work(visitor, persons):
    PrivilegeRole.objects.create(privilege=LEADER, role=standard.DEPARTMENT_LEADER)
    link(persons.citizen)
    unit = persons.own_unit
    stated = idp.privileges(
        (LEADER, {UNIT: str(unit.pk), KLE: "27.36.*,85"}), ("https://kommune3.dk/roles/unheard-of", {})
    )
    visitor.log_in(lambda says: says.stating(privileges=stated))
    today = clock.municipal_date(clock.now())
    given = Grant.objects.filter(account=persons.citizen, source=idp.ENTITY_ID)
    assert {(each.role, each.unit_id, each.kle) for each in given} == {
        (standard.DEPARTMENT_LEADER, unit.pk, "27.36"), (standard.DEPARTMENT_LEADER, unit.pk, "85")
    }  # fmt: skip
    assert {each.valid_to for each in given} == {today + timedelta(days=30)}
    refused = RefusedPrivilege.objects.get()
    assert (refused.account, refused.reason) == (persons.citizen, "UNKNOWN_PRIVILEGE")
    visitor.log_in(lambda says: says.stating(privileges=""))
    assert [held.role for held in actor_of(persons.citizen, now=clock.now()).held] == [standard.CITIZEN]


@pytest.mark.parametrize(
    ("stated", "reason"),
    [
        (idp.privileges((LEADER, {"urn:dk:kombit:sensitivity": "3"})), "UNKNOWN_LIMIT"),
        (idp.privileges((LEADER, {UNIT: ""})), "UNKNOWN_LIMIT"),
        (idp.privileges((LEADER, {}), scope="urn:dk:gov:saml:cvrNumberIdentifier:11111111"), "OTHER_AUTHORITY"),
        (idp.privileges((LEADER, {}), scope=f"urn:dk:gov:saml:cvrNumberIdentifier:{CPR}"), "OTHER_AUTHORITY"),
        (idp.privileges((LEADER, {}), scope=f"urn:dk:gov:saml:cprNumberIdentifier:{CPR}"), "UNKNOWN_LIMIT"),
        (idp.privileges((LEADER, {UNIT: "Sundhed"})), "UNKNOWN_UNIT"),
    ],
)
def test_a_privilege_that_is_not_understood_gives_nothing_and_its_scope_is_kept_nowhere(
    visitor, persons, stated, reason
):
    PrivilegeRole.objects.create(privilege=LEADER, role=standard.DEPARTMENT_LEADER, whole_municipality=True)
    link(persons.citizen)
    visitor.log_in(lambda says: says.stating(privileges=stated))
    assert visitor.account_id == str(persons.citizen.pk)
    row = RefusedPrivilege.objects.get()
    assert row.reason == reason
    assert not Grant.objects.filter(source=idp.ENTITY_ID).exists()
    assert CPR not in row.part + str(list(Entry.objects.values()))


@pytest.mark.parametrize("text", ["x", "PHg+", "PCFET0NUWVBFIHg+PHgvPg=="])
def test_a_list_of_privileges_that_cannot_be_read_refuses_the_login(visitor, persons, text):
    link(persons.employee)
    assert visitor.log_in(lambda says: says.stating(privileges=text)).status_code == 403
    assert refusal()["reason"] == "PRIVILEGES"


def test_an_employee_whom_the_organisation_knows_by_cpr_number_is_linked_at_the_first_visit(visitor, persons):
    assert visitor.log_in(lambda says: says.stating(cpr=CPR)).status_code == 302
    assert LinkedIdentity.objects.get().account == persons.employee
    visitor.client.logout()
    assert visitor.log_in().status_code == 302  # from now on the persistent identifier is enough
    assert visitor.account_id == str(persons.employee.pk)
    assert CPR not in str(list(Entry.objects.values()))


def test_an_employee_without_a_login_gets_one_that_no_password_opens(visitor, persons):
    person = make_account("temporary", given_name="Nina", unit=persons.own_team).person
    Account.objects.filter(username="temporary").delete()
    register.set_cpr(person, "0202701234")
    person.save()
    assert visitor.log_in(lambda says: says.stating(cpr="0202701234")).status_code == 302
    account = Account.objects.get(person=person)
    assert visitor.account_id == str(account.pk)
    assert account.username == idp.SUBJECT
    assert not account.has_usable_password()
    assert not account.must_change_password
    assert Entry.objects.filter(action="access.account.opened", object_id=str(account.pk)).exists()


def test_a_first_password_that_was_never_used_ends_when_the_provider_takes_over(visitor, persons):
    Account.objects.filter(pk=persons.employee.pk).update(must_change_password=True)
    assert visitor.log_in(lambda says: says.stating(cpr=CPR)).status_code == 302
    persons.employee.refresh_from_db()
    assert not persons.employee.has_usable_password()


def strangers():
    return {
        "nobody knows the number": {"cpr": "0303701234"},
        "no number": {"cpr": ""},
        "not a number": {"cpr": "nonsense"},
    }


@pytest.mark.parametrize("case", strangers())
def test_somebody_whom_the_organisation_does_not_know_is_refused_with_a_page_that_says_so(visitor, persons, case):
    persons.employee.person.email = "eva@prove.dk"
    persons.employee.person.save()
    before = Account.objects.count()
    answer = visitor.log_in(lambda says: says.stating(**strangers()[case]).but(name_id="eva@prove.dk"))
    assert (answer.status_code, title(answer)) == (403, "Du har ikke adgang her endnu")
    assert (visitor.account_id, Account.objects.count(), LinkedIdentity.objects.count()) == (None, before, 0)
    assert refusal()["reason"] == "NO_ACCOUNT"


def test_somebody_who_no_longer_works_here_gets_no_login(visitor, persons):
    persons.employee.person.employments.update(valid_to=clock.municipal_date(clock.now()))
    assert visitor.log_in(lambda says: says.stating(cpr=CPR)).status_code == 403


def test_nobody_is_linked_by_cpr_number_where_the_municipality_links_by_hand(visitor, persons):
    visitor.settings.SAML_PROVISION = False
    assert visitor.log_in(lambda says: says.stating(cpr=CPR)).status_code == 403
    operations.link_account(
        actor=system("test"), now=clock.now(), account_id=persons.employee.pk,
        subject=idp.SUBJECT, issuer=idp.ENTITY_ID,
    )  # fmt: skip
    assert visitor.log_in().status_code == 302


def test_a_second_identity_does_not_take_over_a_login_that_has_one(visitor, persons):
    link(persons.employee, subject="5a1b0000-0000-4000-8000-00000000000b")
    assert visitor.log_in(lambda says: says.stating(cpr=CPR)).status_code == 403
    assert refusal() == {"reason": "NO_ACCOUNT", "detail": "linked with another identity"}


def test_a_closed_login_stays_closed(visitor, persons):
    link(persons.employee)
    Account.objects.filter(pk=persons.employee.pk).update(is_active=False)
    answer = visitor.log_in()
    assert (answer.status_code, visitor.account_id) == (403, None)
    assert refusal()["reason"] == "CLOSED_ACCOUNT"


@pytest.mark.parametrize(
    ("stated", "reason"),
    [({"cvr": "11111111"}, "OTHER_AUTHORITY"), ({"uuid": ""}, "NO_IDENTIFIER"), ({"uuid": "eva"}, "NO_IDENTIFIER")],
)
def test_another_authoritys_employee_and_somebody_without_an_identifier_are_refused(visitor, persons, stated, reason):
    link(persons.employee)
    assert visitor.log_in(lambda says: says.stating(**stated)).status_code == 403
    assert refusal()["reason"] == reason


def test_an_answer_works_once(visitor, persons):
    link(persons.employee)
    root = idp.document(visitor.begin())
    idp.sign(idp.assertion_of(root))
    text = idp.posted(idp.encrypt(root, idp.pair("sp")[1]))
    first = visitor.posted(text)
    assert first.status_code == 303
    assert visitor.posted(text).status_code == 403
    assert refusal()["reason"] == "REPLAYED"
    assert visitor.client.get(first["Location"]).status_code == 302
    visitor.client.logout()
    assert visitor.client.get(first["Location"]).status_code == 403  # nor does the address it led to
    assert refusal()["reason"] == "UNKNOWN_REQUEST"


def test_an_answer_to_another_browsers_request_is_refused(visitor, persons, client):
    """Login CSRF: the attacker gives a victim's browser the answer to the attacker's own login."""
    link(persons.employee)
    answer = visitor.answered(visitor.begin())
    assert client.get(answer["Location"]).status_code == 403
    assert "_auth_user_id" not in client.session
    assert refusal()["reason"] == "UNKNOWN_REQUEST"


def test_an_answer_nobody_asked_for_is_refused(visitor, persons):
    link(persons.employee)
    answer = visitor.answered(visitor.begin().but(in_response_to="_unheard-of"))
    assert visitor.client.get(answer["Location"]).status_code == 403


def test_a_checked_answer_waits_for_two_minutes_and_no_longer(visitor, persons):
    link(persons.employee)
    answer = visitor.answered(visitor.begin())
    Arrival.objects.update(expires_at=clock.now())
    assert visitor.client.get(answer["Location"]).status_code == 403


def test_a_request_waits_for_a_quarter_of_an_hour(visitor, persons):
    link(persons.employee)
    answer = visitor.answered(visitor.begin())
    with clock.stopped(clock.now() + timedelta(minutes=15)):
        Arrival.objects.update(expires_at=clock.now() + timedelta(minutes=1))
        assert visitor.client.get(answer["Location"]).status_code == 403


@pytest.mark.parametrize("address", ["https://evil.dk/", "//evil.dk/", "/\\evil.dk", "javascript:alert(1)", "evil"])
def test_nobody_is_sent_to_a_foreign_address(visitor, persons, address):
    link(persons.employee)
    answer = visitor.log_in(goes_to=address, RelayState=address)
    assert answer["Location"] == "/"


def test_what_waits_between_post_and_login_is_sealed(visitor, persons):
    visitor.answered(visitor.begin().stating(cpr=CPR))
    sealed = bytes(Arrival.objects.get().sealed)
    assert CPR.encode() not in sealed
    assert idp.SUBJECT.encode() not in sealed


def test_a_refusal_says_why_in_the_log_and_shows_a_number_but_nothing_about_the_person(visitor, persons, caplog):
    with caplog.at_level(logging.INFO):
        answer = visitor.log_in(
            lambda says: says.stating(cpr=CPR).but(audience="https://other.dk", name_id="Eva Prøve")
        )
    line = Entry.objects.get(action="saml.login.refused")
    assert line.detail == {"reason": "AUDIENCE", "detail": ""}
    assert line.request_id in answer.content.decode()
    assert title(answer) == "Dit login kunne ikke godkendes"
    everything = caplog.text + str(list(Entry.objects.values()))
    assert "AUDIENCE" in caplog.text
    assert CPR not in everything
    assert "Eva Prøve" not in everything


def test_a_session_ends_with_the_one_at_the_provider(visitor, persons, monkeypatch):
    link(persons.employee)
    document = idp.document

    def with_end(says):
        root = document(says)
        end = (says.now + timedelta(minutes=20)).strftime("%Y-%m-%dT%H:%M:%SZ")
        root.find("saml:Assertion/saml:AuthnStatement", idp.NS).set("SessionNotOnOrAfter", end)
        return root

    monkeypatch.setattr(idp, "document", with_end)
    assert visitor.log_in().status_code == 302
    assert 0 < visitor.client.session.get_expiry_age() <= 20 * 60


def test_an_unencrypted_assertion_is_refused_unless_the_municipality_allows_it(visitor, persons):
    link(persons.employee)
    root = idp.document(visitor.begin())
    idp.sign(idp.assertion_of(root))
    assert visitor.posted(idp.posted(root)).status_code == 403
    assert refusal()["reason"] == "NOT_ENCRYPTED"
    visitor.settings.SAML_ENCRYPTED = False
    assert visitor.posted(idp.posted(root)).status_code == 303


def test_the_login_page_shows_the_way_in_when_it_is_on_and_keeps_where_one_wanted_to_go(visitor, settings):
    page = visitor.client.get("/account/login/?next=/organisation/").content.decode()
    assert "Log ind med kommunens login" in page
    assert f'href="{reverse("saml:login")}?next=/organisation/"' in page
    settings.SAML_IDP_METADATA = ""
    assert "kommunens login" not in visitor.client.get("/account/login/").content.decode()


def test_nothing_answers_while_it_is_off(visitor, settings):
    settings.SAML_IDP_METADATA = ""
    for name in ("metadata", "login", "slo"):
        assert visitor.client.get(reverse(f"saml:{name}")).status_code == 404
    assert visitor.posted("x").status_code == 404
    assert visitor.client.get("/account/saml/finish/x/").status_code == 404


def test_settings_that_cannot_be_used_give_a_page_and_the_log_says_which(visitor, settings, caplog):
    settings.SAML_KEY_FILE = "/nowhere/saml.key"
    answer = visitor.client.get("/account/saml/login/")
    assert (answer.status_code, title(answer)) == (503, "Kommunens login kan ikke bruges lige nu")
    assert "KOMMUNE3_SAML_KEY_FILE" in caplog.text
    assert "nowhere" not in answer.content.decode()


def test_old_messages_and_sessions_are_forgotten_and_new_ones_kept(visitor, persons):
    link(persons.employee)
    visitor.log_in()
    visitor.answered(visitor.begin())
    age = timedelta(hours=8)
    assert operations.purge(now=clock.now(), session_age=age) == 0
    assert operations.purge(now=clock.now() + timedelta(minutes=3), session_age=age) == 1
    assert operations.purge(now=clock.now() + timedelta(minutes=10), session_age=age) == 2
    assert not SeenMessage.objects.exists()
    assert operations.purge(now=clock.now() + timedelta(hours=9), session_age=age) == 1


@pytest.mark.skipif(
    connection.vendor != "postgresql",
    reason="row-level security is PostgreSQL's: set KOMMUNE3_DATABASE_URL to one to run this",
)
def test_the_second_wall_lets_somebody_in_whom_nobody_knows_yet(visitor, persons):
    name = f"saml_{connection.settings_dict['NAME']}"[:60]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # no table is altered while foreign keys wait to be checked
        cursor.execute(f'CREATE ROLE "{name}" NOSUPERUSER NOBYPASSRLS')
    policies.apply(role=name)
    visitor.settings.ROW_SECURITY = True
    with connection.cursor() as cursor:
        cursor.execute(f'SET ROLE "{name}"')
    try:
        answer = visitor.log_in(lambda says: says.stating(cpr=CPR))
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")
    assert answer.status_code == 302
    assert visitor.account_id == str(persons.employee.pk)
