# SPDX-License-Identifier: MPL-2.0
"""A leader controls a random sample of the unit's look-ups each month, and signs."""

from datetime import date, timedelta

import pytest

from kommune3.kernel.access import directory
from kommune3.kernel.access.actor import system
from kommune3.kernel.audit import anchors, log
from kommune3.kernel.audit.models import Entry
from kommune3.kernel.jobs import declare as jobs
from kommune3.kernel.notify.models import Notification
from kommune3.kernel.oversight import sampling, tasks
from kommune3.kernel.oversight.errors import AlreadySigned, NoteMissing, OwnLookup, Undecided
from kommune3.kernel.oversight.models import Sample, Verdict

LIST = "/audit/samples/"
FEBRUARY = (date(2026, 2, 1), date(2026, 3, 1))


@pytest.fixture
def looked(persons, actor_for, now):
    """In February: twelve look-ups by the own unit's team, one by its leader; and one by the other unit."""
    persons.employee.grants.update(role="department_leader")
    for day in range(1, 13):
        at = now - timedelta(days=day + 2)
        directory.look_up_person(actor=actor_for(persons.employee), now=at, person_id=make_colleague(persons).pk)
    at = now - timedelta(days=3)
    directory.look_up_person(actor=actor_for(persons.leader), now=at, person_id=persons.employee.person_id)
    directory.look_up_person(actor=actor_for(persons.other_leader), now=at, person_id=persons.other_employee.person_id)
    directory.look_up_person(actor=actor_for(persons.leader), now=now, person_id=persons.employee.person_id)  # March
    return persons


def make_colleague(persons):
    from persons import make_account

    number = Entry.objects.count()
    return make_account(f"colleague-{number}", given_name="Kaj", unit=persons.own_team).person


def drawn(persons, now, size: int = 5) -> Sample:
    start, end = FEBRUARY
    made = sampling.draw(
        actor=system("tests"), now=now, unit=persons.own_unit, start=start, end=end, size=size, deadline_days=28
    )
    assert made is not None
    return made


def verdicts(sample: Sample, verdict: str = Verdict.EXPLAINED, note: str = "") -> list[tuple[int, str, str]]:
    return [(row.number, verdict, note) for row in sample.lines.all()]


def test_a_sample_is_of_the_units_own_look_ups_in_the_month(looked, now) -> None:
    sample = drawn(looked, now, size=100)
    assert sample.population == 13 == sample.lines.count()
    units = set(Entry.objects.filter(number__in=sample.lines.values("number")).values_list("unit_id", flat=True))
    assert units == {looked.own_unit.pk, looked.own_team.pk}
    assert sampling.last_month(date(2026, 3, 2)) == FEBRUARY


def test_the_same_seed_draws_the_same_again_and_the_draw_is_on_record(looked, now) -> None:
    sample = drawn(looked, now)
    numbers = sorted(sample.lines.values_list("number", flat=True))
    assert len(numbers) == 5 and sampling.drawn_again(sample) == numbers
    line = Entry.objects.get(action="audit.sample.drawn")
    assert line.detail == {"seed": sample.seed, "population": 13, "size": 5}
    sample.seed = "another"
    assert sampling.drawn_again(sample) != numbers or sampling.drawn_again(sample) == sorted(numbers)


def test_a_sample_is_drawn_once_and_not_where_nobody_looked(looked, now) -> None:
    drawn(looked, now)
    start, end = FEBRUARY
    again = {"actor": system("tests"), "now": now, "start": start, "end": end, "size": 5, "deadline_days": 28}
    assert sampling.draw(unit=looked.own_unit, **again) is None
    again |= {"start": date(2025, 1, 1), "end": date(2025, 2, 1)}
    assert sampling.draw(unit=looked.own_unit, **again) is None


def test_each_month_every_leaders_unit_gets_a_sample_and_the_leader_a_message(looked, now) -> None:
    made = sampling.draw_due(actor=system("tests"), now=now, size=5, deadline_days=28)
    assert {sample.unit for sample in made} == {looked.own_unit, looked.own_team, looked.other_unit}
    assert all(sample.due_date == date(2026, 3, 30) for sample in made)
    own = Sample.objects.get(unit=looked.own_unit)
    assert Notification.objects.filter(person=looked.leader.person, url=f"{LIST}{own.pk}/").exists()
    assert sampling.draw_due(actor=system("tests"), now=now, size=5, deadline_days=28) == []
    assert jobs.schedules()["audit.samples"].cron == "40 5 1 * *"


def test_a_sample_is_decided_and_signed_and_then_does_not_change(looked, actor_for, now) -> None:
    sample = drawn(looked, now)
    controller = actor_for(looked.administrator)
    with pytest.raises(Undecided):
        sampling.sign(actor=controller, now=now, sample_id=sample.pk)
    sampling.decide(actor=controller, now=now, sample_id=sample.pk, verdicts=verdicts(sample))
    sampling.sign(actor=controller, now=now, sample_id=sample.pk)
    with pytest.raises(AlreadySigned):
        sampling.decide(actor=controller, now=now, sample_id=sample.pk, verdicts=verdicts(sample, "FOLLOWED_UP", "x"))
    line = Entry.objects.get(action="audit.sample.signed")
    assert line.detail == {"lines": 5, "followed_up": 0} and line.actor_id == looked.administrator.pk


def test_what_is_followed_up_has_a_note(looked, actor_for, now) -> None:
    sample = drawn(looked, now)
    controller = actor_for(looked.administrator)
    with pytest.raises(NoteMissing):
        sampling.decide(actor=controller, now=now, sample_id=sample.pk, verdicts=verdicts(sample, "FOLLOWED_UP"))
    assert not sample.lines.exclude(verdict="").exists()
    sampling.decide(actor=controller, now=now, sample_id=sample.pk, verdicts=verdicts(sample, "FOLLOWED_UP", "Spørg"))
    assert sampling.samples(controller).get().followed_up == 5


def test_nobody_controls_their_own_look_ups(looked, actor_for, now) -> None:
    sample = drawn(looked, now, size=100)
    with pytest.raises(OwnLookup):
        sampling.decide(actor=actor_for(looked.leader), now=now, sample_id=sample.pk, verdicts=verdicts(sample))


@pytest.mark.parametrize("who", ["other_leader", "digitalisation_lead", "citizen", "fleet_manager"])
def test_nobody_else_sees_the_control_of_a_unit(looked, browser_of, now, who) -> None:
    sample = drawn(looked, now)
    browser = browser_of(getattr(looked, who))
    expected = 404 if who == "other_leader" else 403
    assert browser.get(f"{LIST}{sample.pk}/").status_code == expected
    assert browser.post(f"{LIST}{sample.pk}/sign/").status_code == expected
    assert browser.get(f"{LIST}{sample.pk}/lines/?export=csv").status_code == expected


def test_a_leader_controls_on_the_page_and_takes_the_list_out(looked, browser_of, now) -> None:
    sample = drawn(looked, now)
    browser = browser_of(looked.administrator)
    page = browser.get(f"{LIST}{sample.pk}/").content.decode()
    assert sample.seed in page and "Dine oplysninger blev åbnet" in page
    form = {f"verdict-{row.number}": "EXPLAINED" for row in sample.lines.all()}
    assert browser.post(f"{LIST}{sample.pk}/", form | {"sign": "1"}).status_code == 302
    sample.refresh_from_db()
    assert sample.signed_at is not None and sample.signed_by_id == looked.administrator.pk
    rows = b"".join(browser.get(f"{LIST}{sample.pk}/lines/?export=csv")).decode("utf-8-sig").splitlines()
    assert len(rows) == 6 and "Forklaret" in rows[1]


def test_an_overdue_control_is_shown(looked, browser_of, now) -> None:
    sample = drawn(looked, now)
    Sample.objects.filter(pk=sample.pk).update(due_date=date(2026, 1, 1))
    browser = browser_of(looked.leader)
    assert "1 kontrol er overskredet" in browser.get(LIST).content.decode()
    assert "Denne kontrol er overskredet" in browser.get(f"{LIST}{sample.pk}/").content.decode()


def test_an_anchor_is_kept_each_hour(db, now) -> None:
    from kommune3.kernel.jobs import enqueue
    from kommune3.kernel.jobs.worker import Worker

    log.record(actor=system("tests"), action="tests.done", now=now)
    job = enqueue(tasks.keep_anchor, actor=system("tests"), now=now)
    worker = Worker()
    while worker.step():
        pass
    job.refresh_from_db()
    assert job.state == "SUCCEEDED", job.error
    assert len(anchors.kept()) == 1
    assert jobs.schedules()["audit.anchor"].cron == "7 * * * *"
