# SPDX-License-Identifier: MPL-2.0
from datetime import date, timedelta

import pytest
from django.core import mail
from django.http import Http404
from django.utils.translation import gettext_lazy

from kommune3.kernel import notify
from kommune3.kernel.access import standard
from kommune3.kernel.access.actor import ANONYMOUS, system
from kommune3.kernel.audit.models import Entry
from kommune3.kernel.jobs.models import Job
from kommune3.kernel.notify.models import Notification
from kommune3.kernel.notify.tasks import mail_of, send_mail
from kommune3.kernel.organisation.models import Substitute

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(now):
    def send(to, **changes):
        values = {"title": "Planen er klar", "key": "tests.plan:1", "actor": system("tests"), "now": now}
        return notify.send(to=to, **(values | changes))

    return send


def test_a_message_reaches_the_person(sent, persons, actor_for) -> None:
    sent(persons.employee, body="Se den nu.", url="/fleet/plans/1/", level=notify.Level.SUCCESS)
    (message,) = notify.inbox(actor_for(persons.employee))
    assert (message.title, message.body, message.url, message.level) == (
        "Planen er klar", "Se den nu.", "/fleet/plans/1/", "SUCCESS",
    )  # fmt: skip
    assert notify.unread_count(actor_for(persons.employee)) == 1
    assert notify.unread_count(actor_for(persons.leader)) == 0
    assert notify.unread_count(ANONYMOUS) == 0


def test_the_same_occasion_is_told_once(sent, persons) -> None:
    assert len(sent(persons.employee)) == 1
    assert sent(persons.employee) == []
    assert len(sent([persons.employee, persons.leader])) == 1
    assert len(sent(persons.employee, key="tests.plan:2")) == 1
    assert Entry.objects.filter(action="notify.sent").count() == 3


def test_everybody_with_a_role_over_the_unit_is_told(sent, persons) -> None:
    told = sent(notify.HoldersOf(standard.DEPARTMENT_LEADER, persons.own_team))
    assert [message.person for message in told] == [persons.leader.person]
    whole = sent(notify.HoldersOf(standard.ADMINISTRATOR, persons.own_team), key="2")
    assert [message.person for message in whole] == [persons.administrator.person]
    assert sent(notify.HoldersOf(standard.DEPARTMENT_LEADER), key="3") == []


def test_a_grant_that_has_ended_is_not_told(sent, persons, now) -> None:
    persons.leader.grants.update(valid_to=now.date())
    assert sent(notify.HoldersOf(standard.DEPARTMENT_LEADER, persons.own_team)) == []


def test_the_leader_and_the_stand_in_are_told(sent, persons) -> None:
    Substitute.objects.create(
        unit=persons.own_team, person=persons.other_employee.person,
        valid_from=date(2026, 3, 1), valid_to=date(2026, 3, 8),
    )  # fmt: skip
    told = sent(notify.LeaderOf(persons.own_team))
    assert {message.person for message in told} == {persons.leader.person, persons.other_employee.person}


def test_a_person_meant_twice_is_told_once(sent, persons) -> None:
    assert len(sent([persons.leader, persons.leader.person, notify.LeaderOf(persons.own_unit)])) == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"key": ""}, "key"),
        ({"url": "https://elsewhere.example/"}, "url"),
        ({"url": "//elsewhere.example/"}, "url"),
    ],
)
def test_a_message_that_cannot_be_sent_is_refused_by_name(sent, persons, changes, field) -> None:
    with pytest.raises(notify.InvalidMessage) as refusal:
        sent(persons.employee, **changes)
    assert refusal.value.field == field
    assert not Notification.objects.exists()


def test_texts_are_kept_in_the_language_of_the_municipality(sent, persons, settings) -> None:
    settings.LANGUAGE_CODE = "en"
    (message,) = sent(persons.employee, title=gettext_lazy("Yes"))
    assert message.title == "Yes"


def test_reading_is_noted_once(sent, persons, actor_for, now) -> None:
    (message,) = sent(persons.employee)
    reader = actor_for(persons.employee)
    notify.mark_read(actor=reader, notification_id=message.pk, now=now)
    again = notify.mark_read(actor=reader, notification_id=message.pk, now=now + timedelta(hours=1))
    assert again.read_at == now
    assert notify.unread_count(reader) == 0


def test_nobody_reads_the_messages_of_others(sent, persons, actor_for, now) -> None:
    (message,) = sent(persons.employee)
    for other in (persons.leader, persons.administrator):
        with pytest.raises(Http404):
            notify.mark_read(actor=actor_for(other), notification_id=message.pk, now=now)
    assert notify.mark_all_read(actor=actor_for(persons.leader), now=now) == 0
    message.refresh_from_db()
    assert message.read_at is None


def test_all_can_be_marked_read(sent, persons, actor_for, now) -> None:
    for number in range(3):
        sent(persons.employee, key=str(number))
    assert notify.mark_all_read(actor=actor_for(persons.employee), now=now) == 3
    assert notify.unread_count(actor_for(persons.employee)) == 0


@pytest.fixture
def mail_host(settings, persons):
    settings.EMAIL_HOST = "smtp.kommune.example"
    persons.employee.person.email = "eva@kommune.example"
    persons.employee.person.save()


def test_an_e_mail_is_a_job_of_the_same_transaction(mail_host, sent, persons) -> None:
    sent(persons.employee)
    sent(persons.employee)
    assert Job.objects.filter(task=send_mail.module_path).count() == 1


@pytest.mark.parametrize("why", ["no mail server", "no address", "not wanted"])
def test_no_e_mail_is_sent(mail_host, sent, persons, settings, why) -> None:
    if why == "no mail server":
        settings.EMAIL_HOST = ""
    to = persons.leader if why == "no address" else persons.employee
    assert len(sent(to, by_email=why != "not wanted")) == 1
    assert not Job.objects.exists()


def test_the_e_mail_has_title_and_link_and_not_the_body(mail_host, sent, persons, settings) -> None:
    settings.PUBLIC_URL = "https://kommune3.example/"
    (message,) = sent(persons.employee, body="Bo Prøve har ringet.")
    mail_of(message).send()
    (letter,) = mail.outbox
    assert letter.subject == "Planen er klar" and letter.to == ["eva@kommune.example"]
    assert f"https://kommune3.example/notifications/{message.pk}/" in letter.body
    assert "Bo Prøve" not in letter.body
    assert str(message.pk) in letter.extra_headers["Message-ID"]
