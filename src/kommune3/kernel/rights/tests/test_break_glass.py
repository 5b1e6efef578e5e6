# SPDX-License-Identifier: MPL-2.0
from datetime import timedelta

import pytest
from persons import NOW, Persons, grant, make_account

from kommune3.kernel import clock
from kommune3.kernel.access import reach, standard
from kommune3.kernel.access.access import MANAGE_ACCOUNTS, READ_PEOPLE
from kommune3.kernel.access.actor import Actor, actor_of, with_emergencies
from kommune3.kernel.access.models import BreakGlass, Grant, Outcome
from kommune3.kernel.audit.models import Entry
from kommune3.kernel.notify.models import Notification
from kommune3.kernel.people.models import Account, Person
from kommune3.kernel.rights import break_glass, errors

REASON = "The person has been found unconscious, and no relative is known."


@pytest.fixture
def on_call(persons: Persons) -> Account:
    """Somebody employed elsewhere who may open access in the other unit."""
    account = make_account("on-call", given_name="Vera", unit=persons.own_team)
    grant(account, standard.ON_CALL, persons.other_unit)
    return account


def open_access(account: Account, unit, *, action=READ_PEOPLE, reason=REASON, hours=2):
    return break_glass.open_access(
        actor=actor_of(account, now=NOW), now=NOW, unit_id=unit.pk, action=action, reason=reason, hours=hours,
        most_hours=4,
    )  # fmt: skip


def acting(account: Account, *, now=NOW) -> Actor:
    return with_emergencies(actor_of(account, now=now), now=now)


def sees(actor: Actor, account: Account) -> bool:
    return reach.visible(actor, Person).filter(pk=account.person_id).exists()


def test_opened_access_reaches_the_unit_for_its_hours_and_then_ends_by_itself(persons: Persons, on_call: Account):
    assert not sees(acting(on_call), persons.other_employee)
    open_access(on_call, persons.other_unit)
    assert sees(acting(on_call), persons.other_employee)
    assert not sees(acting(on_call), persons.employee), "another unit"
    assert not acting(on_call).may(MANAGE_ACCOUNTS), "another action"
    assert not sees(acting(on_call, now=NOW + timedelta(hours=2)), persons.other_employee)


def test_background_work_and_keys_do_not_have_what_was_opened(persons: Persons, on_call: Account):
    open_access(on_call, persons.other_unit)
    assert not sees(actor_of(on_call, now=NOW), persons.other_employee)


def test_it_is_ended_by_hand_and_ends_with_the_right_to_open(persons: Persons, on_call: Account, actor_for):
    opened = open_access(on_call, persons.other_unit)
    with pytest.raises(reach.NotVisible):
        break_glass.close_access(actor=actor_for(persons.employee), now=NOW, opened_id=opened.pk)
    break_glass.close_access(actor=acting(on_call), now=NOW, opened_id=opened.pk)
    assert not sees(acting(on_call), persons.other_employee)
    with pytest.raises(errors.EmergencyClosed):
        break_glass.close_access(actor=acting(on_call), now=NOW, opened_id=opened.pk)
    open_access(on_call, persons.other_unit)
    Grant.objects.filter(account=on_call).delete()
    assert not sees(acting(on_call), persons.other_employee)


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"action": MANAGE_ACCOUNTS}, errors.NotBreakable),
        ({"reason": "urgent          "}, errors.ReasonMissing),
        ({"hours": 5}, errors.TooManyHours),
        ({"hours": 0}, errors.TooManyHours),
    ],
)
def test_what_is_wide_unexplained_or_long_is_not_opened(persons: Persons, on_call: Account, values, error):
    with pytest.raises(error):
        open_access(on_call, persons.other_unit, **values)
    assert not BreakGlass.objects.exists()


def test_nobody_opens_a_unit_outside_their_right_to_open(persons: Persons, on_call: Account):
    for account, unit in ((on_call, persons.own_unit), (persons.employee, persons.other_unit)):
        with pytest.raises(reach.NotVisible):
            open_access(account, unit)


def test_the_leader_and_the_data_protection_officer_are_told_at_once(persons: Persons, on_call: Account):
    officer = make_account("officer", given_name="Dea", unit=persons.root)
    grant(officer, standard.DATA_PROTECTION)
    opened = open_access(on_call, persons.other_unit)
    told = Notification.objects.filter(key=f"access.break_glass:{opened.pk}")
    assert set(told.values_list("person", flat=True)) == {persons.other_leader.person_id, officer.person_id}
    assert REASON in told[0].body


def test_a_leader_who_opens_is_not_the_only_one_told(persons: Persons):
    opened = open_access(persons.other_leader, persons.other_unit)
    told = Notification.objects.filter(key=f"access.break_glass:{opened.pk}").values_list("person", flat=True)
    assert list(told) == [persons.administrator.person_id], "no leader above and no officer: the administrators"


def test_every_page_that_shows_rows_by_it_is_on_record_with_the_reason(persons: Persons, on_call: Account, browser_of):
    opened = break_glass.open_access(
        actor=actor_of(on_call, now=clock.now()), now=clock.now(), unit_id=persons.other_unit.pk, action=READ_PEOPLE,
        reason=REASON, hours=2, most_hours=4,
    )  # fmt: skip
    browser = browser_of(on_call)
    page = browser.get(f"/people/{persons.other_employee.person_id}/")
    assert page.status_code == 200
    for action in ("people.person.read", "access.break_glass.used"):
        line = Entry.objects.get(action=action)
        assert line.basis == f"break-glass: {REASON}"
        assert line.detail["break_glass"] == [str(opened.pk)]
    before = Entry.objects.count()
    assert browser.get("/people/").status_code == 200
    listed = Entry.objects.filter(action="access.break_glass.used").order_by("-number").first()
    assert Entry.objects.count() == before + 2  # the search, and that it rested on break-glass
    assert listed is not None and listed.detail["address"] == "people:list"
    uses = break_glass.uses(actor_of(persons.administrator, now=NOW), opened)
    assert [use.about for use in uses] == [
        "people.person",
        "people:detail",
        "",
        "people:list",
    ]  # a search is about nobody


def test_it_is_followed_up_once_by_another_when_it_has_ended(persons: Persons, on_call: Account, actor_for):
    opened = open_access(on_call, persons.other_unit)
    later = NOW + timedelta(hours=3)
    leader = actor_for(persons.other_leader)

    def sign(actor, *, now=later, outcome=Outcome.APPROVED, note=""):
        return break_glass.sign_off(actor=actor, now=now, opened_id=opened.pk, outcome=outcome, note=note)

    assert break_glass.waiting(leader) == 1
    with pytest.raises(errors.EmergencyOpen):
        sign(leader, now=NOW)
    with pytest.raises(reach.NotVisible):
        sign(actor_for(persons.leader))
    with pytest.raises(errors.NoteMissing):
        sign(leader, outcome=Outcome.FOLLOW_UP)
    sign(leader, outcome=Outcome.FOLLOW_UP, note="Talk about when to call the relatives.")
    assert break_glass.waiting(leader) == 0
    assert Entry.objects.get(action="access.break_glass.signed").detail == {"outcome": "FOLLOW_UP"}
    with pytest.raises(errors.AlreadySigned):
        sign(leader)


def test_nobody_follows_up_their_own(persons: Persons, actor_for):
    opened = open_access(persons.other_leader, persons.other_unit)
    with pytest.raises(errors.OwnEmergency):
        break_glass.sign_off(
            actor=actor_for(persons.other_leader),
            now=NOW + timedelta(hours=3),
            opened_id=opened.pk,
            outcome=Outcome.APPROVED,
            note="",
        )
