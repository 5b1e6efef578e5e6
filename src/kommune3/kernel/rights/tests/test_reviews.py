# SPDX-License-Identifier: MPL-2.0
from datetime import date, timedelta

import pytest
from persons import NOW, Persons, grant, make_account

from kommune3.kernel import clock
from kommune3.kernel.access import reach, standard
from kommune3.kernel.access.actor import system
from kommune3.kernel.access.models import Grant
from kommune3.kernel.audit.models import Entry
from kommune3.kernel.notify.models import Notification
from kommune3.kernel.rights import errors, review_messages, reviews, sealed
from kommune3.kernel.rights.models import Decision, Line, Round
from kommune3.kernel.rights.reviews import Decided

TODAY = clock.municipal_date(NOW)
PLATFORM = system("tests")


def start(unit, *, actor=PLATFORM, now=NOW) -> Round:
    return reviews.start_round(actor=actor, now=now, unit_id=unit.pk, deadline_days=28)


def holders(made: Round) -> list[str]:
    return sorted(made.lines.values_list("account__username", flat=True))


def line_of(made: Round, account) -> Line:
    return made.lines.get(account=account)


@pytest.fixture
def made(persons: Persons) -> Round:
    """A review of the own unit: its leader's right, and the employee's in the team below."""
    return start(persons.own_unit)


@pytest.fixture
def decided(persons: Persons, made: Round, actor_for) -> Round:
    """The employee's right is to end; the leader's own is kept by the administrator."""
    for account, about, decision in (
        (persons.leader, persons.employee, Decision.END),
        (persons.administrator, persons.leader, Decision.KEEP),
    ):
        reviews.decide(
            actor=actor_for(account), now=NOW, round_id=made.pk, decided=[Decided(line_of(made, about).pk, decision)]
        )
    return made


def test_a_round_lists_each_right_of_the_unit_and_below_it_with_what_a_reviewer_needs(persons: Persons):
    given = grant(
        persons.employee, standard.DIGITALISATION_LEAD, persons.own_team, kle="27.36", purpose="Pilot",
        last_used_date=date(2026, 2, 1),
    )  # fmt: skip
    grant(persons.employee, standard.CITIZEN, persons.own_team, valid_to=TODAY)  # has ended
    made = start(persons.own_unit)
    assert holders(made) == ["employee", "employee", "leader"]
    line = made.lines.get(grant=given)
    assert (line.holder, line.role, line.unit_name, line.kle, line.purpose, line.valid_from, line.last_used_date) == (
        "Eva Prøve", standard.DIGITALISATION_LEAD, "Hjemmeplejen", "27.36", "Pilot", given.valid_from, date(2026, 2, 1)
    )  # fmt: skip
    assert made.due_date == TODAY + timedelta(days=28)


def test_each_right_belongs_to_one_round_the_nearest_leaders(persons: Persons):
    leader = make_account("team-leader", given_name="Tea", unit=persons.own_team, is_leader=True)
    assert leader is not None
    assert holders(start(persons.own_unit)) == ["leader"]
    assert holders(start(persons.own_team)) == ["employee"]
    assert holders(start(persons.root)) == ["administrator", "citizen", "digitalisation", "fleet-manager"]


def test_one_round_at_a_time_is_open_for_a_unit(persons: Persons, made: Round):
    with pytest.raises(errors.RoundOpen):
        start(persons.own_unit)


def test_rounds_are_opened_when_the_last_one_is_half_a_year_old(persons: Persons):
    def due(now):
        opened = reviews.start_due_rounds(actor=PLATFORM, now=now, months=6, deadline_days=28)
        return sorted(each.unit.name for each in opened)

    assert due(NOW) == ["Prøve Kommune", "Sundhed", "Teknik"], "none has ever been held, and the rights are old"
    assert due(NOW) == []
    Round.objects.update(signed_at=NOW, digest="x")
    assert due(NOW + timedelta(days=150)) == []
    assert due(NOW + timedelta(days=190)) == ["Prøve Kommune", "Sundhed", "Teknik"]


def test_a_new_municipality_is_not_asked_to_review_on_its_first_day(persons: Persons):
    Grant.objects.update(valid_from=TODAY)
    assert reviews.start_due_rounds(actor=PLATFORM, now=NOW, months=6, deadline_days=28) == []


def test_only_who_reviews_the_unit_sees_and_decides(persons: Persons, made: Round, actor_for):
    line = line_of(made, persons.employee)
    for account in (persons.other_leader, persons.employee, persons.citizen):
        with pytest.raises(reach.NotVisible):
            reviews.decide(
                actor=actor_for(account), now=NOW, round_id=made.pk, decided=[Decided(line.pk, Decision.END)]
            )
    with pytest.raises(reach.NotVisible):
        start(persons.other_unit, actor=actor_for(persons.leader))


def test_nobody_decides_on_their_own_rights(persons: Persons, made: Round, actor_for):
    with pytest.raises(errors.OwnRight):
        reviews.decide(
            actor=actor_for(persons.leader), now=NOW, round_id=made.pk,
            decided=[Decided(line_of(made, persons.leader).pk, Decision.KEEP)],
        )  # fmt: skip
    assert reviews.keep_the_rest(actor=actor_for(persons.leader), now=NOW, round_id=made.pk) == 1
    assert line_of(made, persons.leader).decision == ""


def test_a_change_says_what_is_to_be_changed(persons: Persons, made: Round, actor_for):
    line = line_of(made, persons.employee)

    def change(note):
        return reviews.decide(
            actor=actor_for(persons.leader), now=NOW, round_id=made.pk,
            decided=[Decided(line.pk, Decision.CHANGE, note)],
        )  # fmt: skip

    with pytest.raises(errors.ChangeUnclear):
        change("  ")
    assert change("Only until the summer") == 1
    assert change("Only until the summer") == 0, "nothing is different"


def test_signing_ends_what_is_to_end_and_freezes_the_round(persons: Persons, decided: Round, actor_for):
    signed = reviews.sign(actor=actor_for(persons.leader), now=NOW, round_id=decided.pk)
    assert Grant.objects.get(account=persons.employee).valid_to == TODAY
    assert Grant.objects.get(account=persons.leader).valid_to is None
    ended = Entry.objects.get(action="access.grant.ended")
    assert ended.detail["review"] == str(decided.pk)
    assert Entry.objects.get(action="access.review.signed").detail["digest"] == signed.digest
    assert sealed.is_intact(Round.objects.get(pk=decided.pk))
    with pytest.raises(errors.RoundSigned):
        reviews.sign(actor=actor_for(persons.leader), now=NOW, round_id=decided.pk)
    with pytest.raises(errors.RoundSigned):
        reviews.keep_the_rest(actor=actor_for(persons.leader), now=NOW, round_id=decided.pk)


def test_a_round_with_undecided_rights_is_not_signed(persons: Persons, made: Round, actor_for):
    with pytest.raises(errors.NotAllDecided):
        reviews.sign(actor=actor_for(persons.leader), now=NOW, round_id=made.pk)
    assert Grant.objects.get(account=persons.employee).valid_to is None


def test_the_digest_shows_a_signed_round_that_somebody_changed(persons: Persons, decided: Round, actor_for):
    reviews.sign(actor=actor_for(persons.leader), now=NOW, round_id=decided.pk)
    Line.objects.filter(account=persons.employee).update(decision=Decision.KEEP)
    changed = Round.objects.get(pk=decided.pk)
    assert not sealed.is_intact(changed)
    Round.objects.filter(pk=decided.pk).update(digest=sealed.digest(changed))
    assert not sealed.is_intact(Round.objects.get(pk=decided.pk)), "the audit log has another digest"


def test_wanted_changes_and_rights_of_a_provider_wait_for_an_administrator(persons: Persons, made: Round, actor_for):
    Line.objects.filter(account=persons.employee).update(source="https://provider.example")
    for account, about, decision in (
        (persons.leader, persons.employee, Decision.END),
        (persons.administrator, persons.leader, Decision.CHANGE),
    ):
        line = line_of(made, about)
        reviews.decide(
            actor=actor_for(account), now=NOW, round_id=made.pk, decided=[Decided(line.pk, decision, "Narrow it")]
        )
    reviews.sign(actor=actor_for(persons.leader), now=NOW, round_id=made.pk)
    administrator = actor_for(persons.administrator)
    waiting = list(reviews.outstanding(administrator))
    assert {line.account.username for line in waiting} == {"employee", "leader"}
    assert Notification.objects.filter(person=persons.administrator.person, key__contains="changes").exists()
    with pytest.raises(reach.NotVisible):
        reviews.carry_out(actor=actor_for(persons.leader), now=NOW, line_id=waiting[0].pk)
    reviews.carry_out(actor=administrator, now=NOW, line_id=waiting[0].pk)
    assert reviews.outstanding(administrator).count() == 1
    assert sealed.is_intact(Round.objects.get(pk=made.pk)), "carrying out changes nothing that was signed"


def test_the_leader_is_told_reminded_and_an_alarm_goes_on_when_it_is_late(persons: Persons, made: Round):
    def told(person, kind):
        return Notification.objects.filter(person=person, key__startswith=f"access.review.{kind}").count()

    leader, administrator = persons.leader.person, persons.administrator.person
    assert told(leader, "opened") == 1
    review_messages.remind(actor=PLATFORM, now=NOW + timedelta(days=20))
    assert told(leader, "due") == 0
    for _twice in range(2):
        review_messages.remind(actor=PLATFORM, now=NOW + timedelta(days=22))
    assert (told(leader, "due"), told(administrator, "overdue")) == (1, 0)
    for days in (29, 30, 36):
        review_messages.remind(actor=PLATFORM, now=NOW + timedelta(days=days))
    assert (told(leader, "overdue"), told(administrator, "overdue")) == (2, 2), "once a week"
