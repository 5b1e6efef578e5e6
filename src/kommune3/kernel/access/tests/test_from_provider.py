# SPDX-License-Identifier: MPL-2.0
from datetime import timedelta
from uuid import uuid4

import pytest
from persons import NOW, Persons, grant, make_account

from kommune3.kernel import clock
from kommune3.kernel.access import accounts, errors, from_provider, reach, standard
from kommune3.kernel.access.actor import actor_of, system
from kommune3.kernel.access.from_provider import Claim
from kommune3.kernel.access.models import Grant, PrivilegeRole, RefusedPrivilege
from kommune3.kernel.audit.models import Entry
from kommune3.kernel.organisation.models import Municipality

TODAY = clock.municipal_date(NOW)
LEADER = "https://prove.dk/roles/usersystemrole/leader/1"
EVERYWHERE = "https://prove.dk/roles/usersystemrole/lead/1"
SOURCE = "https://idp.prove.dk"


@pytest.fixture
def mapped(persons: Persons) -> Persons:
    PrivilegeRole.objects.create(privilege=LEADER, role=standard.DEPARTMENT_LEADER)
    PrivilegeRole.objects.create(privilege=EVERYWHERE, role=standard.DIGITALISATION_LEAD, whole_municipality=True)
    Municipality.objects.update(cvr="29189986")
    return persons


def log_in(account, *claims, now=NOW, source=SOURCE):
    return from_provider.synchronise_grants(
        account=account, source=source, claims=claims, valid_days=30, actor=system("test.login"), now=now
    )


def held(account, *, now=NOW):
    return {(each.role, each.unit_id, each.kle) for each in actor_of(account, now=now).held}


def reasons(outcome):
    return [(each.part, each.reason) for each in outcome.refused]


def test_a_privilege_with_unit_and_kle_gives_the_role_there_and_no_wider(mapped: Persons):
    citizen = mapped.citizen
    unit = mapped.own_unit
    log_in(citizen, Claim(LEADER, units=(f"urn:uuid:{str(unit.pk).upper()}",), kle=("27.36.*",), cvr="29189986"))
    assert held(citizen) == {(standard.CITIZEN, None, ""), (standard.DEPARTMENT_LEADER, unit.pk, "27.36")}
    actor = actor_of(citizen, now=NOW)
    assert actor.may("people.person.read", unit_path=mapped.own_team.path, kle="27.36.12")
    assert not actor.may("people.person.read", unit_path=mapped.own_team.path, kle="27.35.12")
    assert not actor.may("people.person.read", unit_path=mapped.other_unit.path)


def test_rights_follow_each_login_and_those_given_by_hand_stay(mapped: Persons):
    employee = mapped.employee
    first = log_in(employee, Claim(LEADER, units=(str(mapped.own_unit.pk),)), Claim(EVERYWHERE))
    assert (first.given, first.kept, first.ended) == (2, 0, 0)
    later = NOW + timedelta(days=3)
    second = log_in(employee, Claim(LEADER, units=(str(mapped.own_unit.pk),)), now=later)
    assert (second.given, second.kept, second.ended) == (0, 1, 1)
    by_hand = (standard.EMPLOYEE, mapped.own_team.pk, "")
    assert held(employee, now=later) == {by_hand, (standard.DEPARTMENT_LEADER, mapped.own_unit.pk, "")}
    third = log_in(employee, now=later + timedelta(days=1))
    assert third.ended == 1
    assert held(employee, now=later + timedelta(days=1)) == {by_hand}
    actions = list(Entry.objects.filter(action__startswith="access.grant").values_list("action", flat=True))
    assert actions == ["access.grant.given"] * 2 + ["access.grant.ended"] * 2


def test_a_right_taken_away_on_the_day_it_came_is_gone_at_once(mapped: Persons):
    log_in(mapped.citizen, Claim(EVERYWHERE))
    log_in(mapped.citizen)
    assert not Grant.objects.filter(account=mapped.citizen, source=SOURCE).exists()


def test_a_right_that_no_login_renews_ends_by_itself(mapped: Persons):
    log_in(mapped.citizen, Claim(EVERYWHERE))
    assert len(held(mapped.citizen, now=NOW + timedelta(days=29))) == 2
    assert len(held(mapped.citizen, now=NOW + timedelta(days=30))) == 1
    log_in(mapped.citizen, Claim(EVERYWHERE), now=NOW + timedelta(days=20))
    assert len(held(mapped.citizen, now=NOW + timedelta(days=49))) == 2


def test_one_provider_does_not_touch_the_rights_of_another(mapped: Persons):
    log_in(mapped.citizen, Claim(EVERYWHERE), source="https://first.dk")
    log_in(mapped.citizen, source="https://second.dk")
    assert (standard.DIGITALISATION_LEAD, None, "") in held(mapped.citizen)


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        (Claim("https://prove.dk/roles/unheard-of"), ("", "UNKNOWN_PRIVILEGE")),
        (Claim(LEADER), ("", "NO_UNIT")),
        (Claim(LEADER, units=("11111111-2222-4333-8444-555555555555",)),
         ("11111111-2222-4333-8444-555555555555", "UNKNOWN_UNIT")),
        (Claim(LEADER, units=("Sundhed",)), ("Sundhed", "UNKNOWN_UNIT")),
        (Claim(EVERYWHERE, kle=("27.36.00.A",)), ("27.36.00.A", "UNKNOWN_KLE")),
        (Claim(EVERYWHERE, kle=("*",)), ("*", "UNKNOWN_KLE")),
        (Claim(EVERYWHERE, cvr="11111111"), ("11111111", "OTHER_AUTHORITY")),
        (Claim(EVERYWHERE, other_limits=("urn:dk:kombit:sensitivity",)),
         ("urn:dk:kombit:sensitivity", "UNKNOWN_LIMIT")),
        (Claim(EVERYWHERE, kle=("27",) * 501), ("", "TOO_MANY")),
    ],
)  # fmt: skip
def test_what_is_not_understood_gives_nothing_and_is_kept_for_the_administrator(mapped: Persons, claim, expected):
    outcome = log_in(mapped.citizen, claim)
    assert reasons(outcome) == [expected]
    assert held(mapped.citizen) == {(standard.CITIZEN, None, "")}
    row = RefusedPrivilege.objects.get()
    assert (row.privilege, row.part, row.reason) == (claim.privilege, *expected)
    line = Entry.objects.get(action="access.privileges.refused")
    assert line.detail["refused"] == [[claim.privilege, *expected]]
    log_in(mapped.citizen)
    assert not RefusedPrivilege.objects.exists()


def test_of_several_units_only_the_known_ones_give_a_right(mapped: Persons):
    unknown = str(uuid4())
    outcome = log_in(mapped.citizen, Claim(LEADER, units=(str(mapped.own_unit.pk), unknown)))
    assert reasons(outcome) == [(unknown, "UNKNOWN_UNIT")]
    assert (standard.DEPARTMENT_LEADER, mapped.own_unit.pk, "") in held(mapped.citizen)


def test_a_unit_that_has_closed_gives_no_right(mapped: Persons):
    mapped.own_team.valid_to = TODAY
    mapped.own_team.save()
    assert reasons(log_in(mapped.citizen, Claim(LEADER, units=(str(mapped.own_team.pk),))))[0][1] == "UNKNOWN_UNIT"


def test_a_municipality_that_has_not_said_its_cvr_number_is_no_authority_of_a_privilege(mapped: Persons):
    Municipality.objects.update(cvr="")
    assert reasons(log_in(mapped.citizen, Claim(EVERYWHERE, cvr="29189986"))) == [("29189986", "OTHER_AUTHORITY")]


def test_a_role_that_no_longer_exists_gives_nothing(mapped: Persons):
    PrivilegeRole.objects.filter(privilege=EVERYWHERE).update(role="gone")
    assert reasons(log_in(mapped.citizen, Claim(EVERYWHERE))) == [("gone", "UNKNOWN_ROLE")]


def test_choosing_a_role_takes_an_administrator_of_the_whole_municipality(mapped: Persons, actor_for):
    unit_administrator = make_account("unit-administrator", given_name="Ulla", unit=mapped.own_unit)
    grant(unit_administrator, standard.ADMINISTRATOR, mapped.own_unit)
    values = {"privilege": "https://prove.dk/new", "role": standard.EMPLOYEE, "now": NOW}
    for account in (unit_administrator, mapped.leader):
        with pytest.raises(reach.Forbidden):
            from_provider.map_privilege(actor=actor_for(account), **values)
    administrator = actor_for(mapped.administrator)
    made = from_provider.map_privilege(actor=administrator, **values)
    with pytest.raises(reach.Forbidden):
        from_provider.unmap_privilege(actor=actor_for(unit_administrator), now=NOW, privilege_id=made.pk)
    with pytest.raises(errors.PrivilegeTaken):
        from_provider.map_privilege(actor=administrator, **values)
    with pytest.raises(errors.UnknownRole):
        from_provider.map_privilege(actor=administrator, privilege="https://prove.dk/x", role="no-such", now=NOW)
    with pytest.raises(errors.InvalidPrivilege):
        from_provider.map_privilege(actor=administrator, privilege="two words", role=standard.EMPLOYEE, now=NOW)
    from_provider.unmap_privilege(actor=administrator, now=NOW, privilege_id=made.pk)
    assert list(Entry.objects.values_list("action", flat=True)) == [
        "access.privilege.mapped", "access.privilege.unmapped"
    ]  # fmt: skip


def test_an_administrator_sees_where_a_right_came_from_and_what_gave_none(mapped: Persons, browser_of):
    log_in(mapped.employee, Claim(EVERYWHERE), Claim("https://prove.dk/roles/unheard-of"))
    browser = browser_of(mapped.administrator)
    page = browser.get(f"/administration/accounts/{mapped.employee.pk}/", headers={"accept-language": "en"})
    assert "The identity provider" in page.content.decode()
    page = browser.get("/administration/privileges/", headers={"accept-language": "en"})
    assert "https://prove.dk/roles/unheard-of" in page.content.decode()
    assert "No role has been chosen for this privilege" in page.content.decode()


def test_a_right_that_the_provider_stated_can_still_be_ended_by_hand(mapped: Persons, actor_for):
    log_in(mapped.citizen, Claim(EVERYWHERE), now=NOW - timedelta(days=2))
    row = Grant.objects.get(source=SOURCE)
    accounts.end_grant(actor=actor_for(mapped.administrator), now=NOW, grant_id=row.pk)
    assert held(mapped.citizen) == {(standard.CITIZEN, None, "")}
