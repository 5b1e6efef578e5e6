# SPDX-License-Identifier: MPL-2.0
"""What has been kept long enough goes at night, by dated periods; what is on legal hold stays."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from persons import NOW, Persons, grant

from kommune3.kernel.access import reach, standard
from kommune3.kernel.access.actor import Actor, system
from kommune3.kernel.audit.models import Entry
from kommune3.kernel.inventory import rules, unheld
from kommune3.kernel.jobs import leases
from kommune3.kernel.jobs.models import Job
from kommune3.kernel.jobs.running import run
from kommune3.kernel.notify.models import Notification
from kommune3.kernel.organisation.models import Employment
from kommune3.kernel.people.models import Person
from kommune3.kernel.privacy import holds, retention, tasks, telling
from kommune3.kernel.privacy.errors import AlreadyReleased, InvalidHold, InvalidPeriod, OnHold, SetElsewhere
from kommune3.kernel.privacy.models import Hold, Period, PurgeLine

ActorFor = Callable[[Any], Actor]
TODAY = date(2026, 3, 2)
MESSAGES = "notify.notifications"


@pytest.fixture
def officer(persons: Persons, actor_for: ActorFor) -> Actor:
    """The data protection officer."""
    grant(persons.digitalisation_lead, standard.DATA_PROTECTION)
    return actor_for(persons.digitalisation_lead)


def message(person: Person, *, days_ago: int) -> Notification:
    return Notification.objects.create(
        person=person, key=f"{days_ago}", title="x", sent_at=NOW - timedelta(days=days_ago)
    )


def purge_all(rule: str) -> int:
    removed = 0
    while some := retention.purge_some(rule, now=NOW):
        removed += some
    return removed


def test_each_rule_begins_with_a_dated_row_that_has_a_source(db: None) -> None:
    for key, rule in rules().items():
        if rule.period is None:
            row = retention.period_of(rule, on=TODAY)
            assert row is not None and row.source and row.days == rule.first_days, key


def test_messages_go_when_they_have_been_kept_long_enough(persons: Persons) -> None:
    old, young = (message(persons.employee.person, days_ago=days) for days in (366, 364))
    assert purge_all(MESSAGES) == 1
    assert list(Notification.objects.all()) == [young]
    assert old.pk != young.pk


def test_what_nobody_has_decided_stays(persons: Persons) -> None:
    Employment.objects.filter(person=persons.employee.person).update(valid_to=date(2020, 2, 1))
    assert purge_all("organisation.employments") == 0


def test_a_new_period_counts_from_its_day_and_the_old_one_stays_in_the_history(
    persons: Persons, officer: Actor
) -> None:
    message(persons.employee.person, days_ago=40)
    retention.decide(
        actor=officer, now=NOW, rule_key=MESSAGES, days=30, valid_from=TODAY + timedelta(days=1), source="ØK 12"
    )
    assert purge_all(MESSAGES) == 0
    later = NOW + timedelta(days=1)
    assert retention.purge_some(MESSAGES, now=later) == 1
    assert [row.days for row in Period.objects.filter(rule=MESSAGES).order_by("pk")] == [365, 30]
    assert Entry.objects.filter(action="privacy.period.decided").count() == 1


def test_a_period_is_refused_without_a_source_in_the_past_or_where_it_is_set_elsewhere(officer: Actor) -> None:
    good = {"actor": officer, "now": NOW, "rule_key": MESSAGES, "days": 3, "valid_from": TODAY, "source": "ØK 12-3"}
    for wrong in ({"source": ""}, {"valid_from": TODAY - timedelta(days=1)}):
        with pytest.raises(InvalidPeriod):
            retention.decide(**(good | wrong))  # type: ignore[arg-type]
    with pytest.raises(SetElsewhere):
        retention.decide(**(good | {"rule_key": "fleet.bookings"}))  # type: ignore[arg-type]
    retention.decide(**good)  # type: ignore[arg-type]
    with pytest.raises(InvalidPeriod):
        retention.decide(**good)  # type: ignore[arg-type]


def test_who_may_not_decide_does_not(persons: Persons, actor_for: ActorFor) -> None:
    with pytest.raises(reach.Forbidden):
        retention.decide(
            actor=actor_for(persons.leader), now=NOW, rule_key=MESSAGES, days=3, valid_from=TODAY, source="ØK 12-3"
        )
    with pytest.raises(reach.Forbidden):
        retention.outlook(actor=actor_for(persons.employee), now=NOW)


def test_the_outlook_tells_what_goes_tonight_and_within_thirty_days(persons: Persons, officer: Actor) -> None:
    for days in (400, 340, 330):
        message(persons.employee.person, days_ago=days)
    message(persons.leader.person, days_ago=400)
    place(officer, person_id=persons.leader.person_id)
    shown = {each.rule.key: each for each in retention.outlook(actor=officer, now=NOW)}[MESSAGES]
    assert (shown.due, shown.coming, shown.held, shown.days) == (1, 3, 1, 365)


def test_each_night_a_job_for_each_rule_does_it_once(persons: Persons) -> None:
    message(persons.employee.person, days_ago=400)
    started = tasks.start_rules(actor=system("jobs.schedule"), now=NOW)
    assert tasks.start_rules(actor=system("jobs.schedule"), now=NOW) == started
    jobs = {job.idempotency_key.split(":")[1]: job for job in Job.objects.all() if job.idempotency_key}
    expected = {key for key, rule in rules().items() if not rule.alone}
    assert jobs.keys() == expected >= {"fleet.trips", "fleet.bookings", "fleet.legs", MESSAGES}
    assert "fleet" in jobs["fleet.trips"].task, "the solution's own purge is the one that runs"
    claimed = leases.claim_one(jobs[MESSAGES].pk, worker="test", now=NOW + timedelta(days=5000))
    assert claimed
    run(claimed)
    assert not Notification.objects.filter(key="400").exists()
    assert PurgeLine.objects.get().rows == 1


# --- Legal hold ------------------------------------------------------------------------------------------------------


def place(actor: Actor, **more: Any) -> Hold:
    values: dict[str, Any] = {"kind": "COURT", "reason": "Retssag 12/2026", "review_date": TODAY + timedelta(days=90)}
    return holds.place_hold(actor=actor, now=NOW, **(values | more))


def test_what_is_on_hold_is_not_purged_until_it_is_released(persons: Persons, officer: Actor) -> None:
    for account in (persons.employee, persons.leader):
        message(account.person, days_ago=400)
    hold = place(officer, person_id=persons.employee.person_id)
    assert purge_all(MESSAGES) == 1
    assert Notification.objects.get().person == persons.employee.person
    holds.release_hold(actor=officer, now=NOW, hold_id=hold.pk)
    assert purge_all(MESSAGES) == 1
    with pytest.raises(AlreadyReleased):
        holds.release_hold(actor=officer, now=NOW, hold_id=hold.pk)
    assert Entry.objects.filter(action__startswith="privacy.hold.").count() == 2


def test_a_hold_on_a_login_s_rows_counts_as_well_as_one_on_the_person_s(persons: Persons, officer: Actor) -> None:
    place(officer, person_id=persons.employee.person_id)
    from kommune3.kernel.access.models import Grant

    held = Grant.objects.filter(account=persons.employee)
    assert held.exists() and not unheld(held).exists()
    assert unheld(Grant.objects.filter(account=persons.leader)).exists()


def test_a_solution_on_hold_loses_nothing(persons: Persons, officer: Actor) -> None:
    place(officer, solution="fleet")
    tasks.start_rules(actor=system("jobs.schedule"), now=NOW)
    started = {job.idempotency_key for job in Job.objects.all()}
    assert not [key for key in started if ":fleet." in str(key)]


def test_somebody_on_hold_is_not_erased_and_the_message_says_why(persons: Persons, officer: Actor) -> None:
    place(officer, person_id=persons.citizen.person_id)
    with pytest.raises(OnHold) as refusal:
        holds.refuse_held(person=persons.citizen.person)
    assert "Retssag 12/2026" in str(refusal.value) and "02-03-2026" in str(refusal.value)
    holds.refuse_held(person=persons.employee.person)


def test_somebody_with_rows_in_a_solution_on_hold_is_not_erased(persons: Persons, officer: Actor) -> None:
    place(officer, solution="fleet")
    holds.refuse_held(person=persons.citizen.person, touched=["notify.Notification"])
    with pytest.raises(OnHold):
        holds.refuse_held(person=persons.citizen.person, touched=["fleet.Booking"])


@pytest.mark.parametrize(
    "wrong",
    [
        {"reason": ""},
        {"review_date": TODAY},
        {"solution": "fleet"},
        {"person_id": None},
        {"solution": "x", "person_id": None},
    ],
)
def test_a_hold_without_reason_later_day_or_one_object_is_refused(
    persons: Persons, officer: Actor, wrong: dict[str, Any]
) -> None:
    with pytest.raises(InvalidHold):
        place(officer, **({"person_id": persons.citizen.person_id} | wrong))


def test_who_has_no_right_to_it_places_no_hold(persons: Persons, actor_for: ActorFor) -> None:
    with pytest.raises(reach.Forbidden):
        place(actor_for(persons.leader), person_id=persons.employee.person_id)


def test_a_hold_that_lasts_longer_than_was_meant_is_told_of_once_a_month(persons: Persons, officer: Actor) -> None:
    place(officer, person_id=persons.citizen.person_id)
    told = [
        telling.tell_of_holds(actor=system("test"), now=NOW + timedelta(days=days)) for days in (89, 90, 91, 119, 120)
    ]
    assert told == [0, 1, 0, 0, 1]
    assert Notification.objects.filter(person=persons.digitalisation_lead.person).count() == 2
