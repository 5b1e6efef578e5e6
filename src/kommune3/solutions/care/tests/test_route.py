# SPDX-License-Identifier: MPL-2.0
"""The carer's route: what it shows to whom, what is told of it once, and how to get in for a purpose."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from persons import Persons

from kommune3.kernel import clock
from kommune3.kernel.audit.models import Entry
from kommune3.kernel.people import sealing
from kommune3.kernel.people.models import Account
from kommune3.solutions.care.models import ENTRY_SEALED, Plan, PlanState, Report
from kommune3.solutions.care.queries.route import said_of
from kommune3.solutions.care.tests.announced import carer_login, publish
from kommune3.solutions.care.tests.day import Day, at, make_day

BrowserOf = Callable[[Account | None], Client]
KEY = "0123456789abcdef"


@pytest.fixture
def day(persons: Persons) -> Day:
    return make_day(persons)


@pytest.fixture
def plan(day: Day) -> Plan:
    return publish(day)


@pytest.fixture
def anna(day: Day, plan: Plan, browser_of: BrowserOf) -> Client:
    return browser_of(carer_login(day))


@pytest.fixture(autouse=True)
def _in_the_morning() -> Iterator[None]:
    with clock.stopped(at("07:15")):
        yield


def told(day: Day, name: str, kind: str = "BEGUN", **more: object) -> tuple[str, dict[str, object]]:
    """Where a report of the visit goes, and what the phone sends."""
    return reverse("care:report", args=[day.visits[name].pk]), {"kind": kind, "request_key": KEY, **more}


def milliseconds(instant: datetime) -> int:
    return int(instant.timestamp() * 1000)


def test_a_carer_sees_their_own_visits_with_the_way_the_partner_and_the_tasks(anna: Client, day: Day):
    day.visits["medicine"].tasks = "Giv medicin fra æsken"
    day.visits["medicine"].save()
    page = anna.get(reverse("care:route")).content.decode()
    assert "Giv medicin fra æsken" in page
    assert "Juhls Vej 1" in page
    assert "geo:56.41" in page
    assert "Bent" in page  # who comes to the visit for two
    assert "Lund" not in page  # Bent's alone
    assert page.index("07:20") < page.index("07:45") < page.index("08:30") < page.index("09:40")


def test_what_is_shown_stands_on_record_once_for_each_visit(anna: Client, day: Day):
    anna.get(reverse("care:route"))
    anna.get(reverse("care:route"))
    lines = Entry.objects.filter(action="care.route.read")
    assert lines.count() == 4
    assert {line.citizen_id for line in lines} == {day.citizens[name].person_id for name in ("Juhl", "Krogh", "Nørby")}


def test_a_draft_is_not_a_route(anna: Client, plan: Plan):
    plan.state = PlanState.DRAFT
    plan.save()
    assert "Juhl" not in anna.get(reverse("care:route")).content.decode()


def test_a_protected_address_is_shown_with_the_way_in_alone(anna: Client, day: Day):
    person = day.citizens["Juhl"].person
    person.has_protected_address = True
    person.save()
    assert "Juhls Vej" not in anna.get(reverse("care:route")).content.decode()
    way_in = reverse("care:entry", args=[day.visits["medicine"].pk])
    assert "Juhls Vej" in anna.post(way_in, {"purpose": "visit"}).content.decode()


def test_what_a_phone_sends_twice_counts_once(anna: Client, day: Day):
    address, sent = told(day, "medicine")
    assert [anna.post(address, sent, headers={"Accept": "application/json"}).status_code for _ in range(3)] == [200] * 3
    assert Report.objects.count() == 1
    assert Entry.objects.filter(action="care.report.made").count() == 1


@pytest.mark.parametrize("wrong", [timedelta(hours=-3), timedelta(), timedelta(hours=3)], ids=["slow", "right", "fast"])
def test_how_wrong_the_phones_clock_is_is_taken_out(anna: Client, day: Day, wrong: timedelta):
    said, sent = at("07:05") + wrong, at("07:15") + wrong
    address, body = told(day, "medicine", said_at=milliseconds(said), sent_at=milliseconds(sent))
    anna.post(address, body)
    assert Report.objects.get().said_at == at("07:05")


def test_reports_that_come_in_another_order_stand_as_they_were_said(anna: Client, day: Day):
    for kind, clock_time in (("FINISHED", "07:12"), ("BEGUN", "07:02")):
        address, body = told(day, "medicine", kind, said_at=milliseconds(at(clock_time)))
        anna.post(address, body | {"request_key": f"key-of-{kind}"})
    said = said_of(Report.objects.all())[day.visits["medicine"].pk]
    assert (said.state, said.begun_at, said.finished_at) == ("FINISHED", at("07:02"), at("07:12"))


def test_nothing_is_told_of_another_carers_visit(anna: Client, day: Day):
    address, body = told(day, "morning")
    assert anna.post(address, body).status_code == 404
    assert Report.objects.count() == 0


def test_a_report_on_the_plan_that_has_just_been_replaced_is_kept(anna: Client, day: Day, plan: Plan):
    plan.state = PlanState.REPLACED
    plan.save()
    address, body = told(day, "medicine")
    anna.post(address, body)
    assert Report.objects.count() == 1


@pytest.mark.parametrize(
    ("kind", "more", "says"),
    [
        ("LATE", {}, "minutter"),
        ("MESSAGE", {"text": " "}, "disponenten"),
        ("MESSAGE", {"text": "070761-4285 er faldet"}, "CPR"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_what_to_do(
    anna: Client, day: Day, kind: str, more: dict[str, str], says: str
):
    address, body = told(day, "medicine", kind, **more)
    answer = anna.post(address, body, headers={"Accept": "application/json", "Accept-Language": "da"})
    assert answer.status_code == 422
    assert says in answer.json()["detail"]
    assert Report.objects.count() == 0


def test_the_way_in_is_behind_a_purpose_that_the_citizen_can_see(anna: Client, day: Day):
    citizen = day.citizens["Juhl"]
    citizen.entry_sealed = sealing.seal("Nøgleboks K-4711", place=ENTRY_SEALED.place(citizen))
    citizen.save()
    address = reverse("care:entry", args=[day.visits["medicine"].pk])
    assert "K-4711" not in anna.get(reverse("care:route")).content.decode()
    assert "K-4711" not in anna.get(address).content.decode()
    assert not Entry.objects.filter(action="care.entry.read").exists()
    answer = anna.post(address, {"purpose": "no_answer"})
    assert "Nøgleboks K-4711" in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    line = Entry.objects.get(action="care.entry.read")
    assert (line.citizen_id, line.purpose) == (citizen.person_id, "Borgeren åbner ikke")


def test_the_way_in_is_for_todays_own_visits(anna: Client, day: Day):
    assert anna.post(reverse("care:entry", args=[day.visits["bath"].pk]), {"purpose": "visit"}).status_code == 404
    with clock.stopped(at("07:15") + timedelta(days=1)):
        later = anna.post(reverse("care:entry", args=[day.visits["medicine"].pk]), {"purpose": "visit"})
    assert later.status_code == 404


def test_a_calendar_program_is_told_of_shifts_and_never_of_citizens(anna: Client, day: Day, browser_of: BrowserOf):
    anna.post(reverse("care:calendar_new"))
    address = str(anna.get(reverse("care:route")).context["feed_url"])
    answer = browser_of(None).get(address)
    text = answer.content.decode()
    assert answer["Content-Type"].startswith("text/calendar")
    assert "DTSTART:20260303T060000Z" in text
    assert not any(family in text for family in day.citizens)
    anna.post(reverse("care:calendar_revoke"))
    assert browser_of(None).get(address).status_code == 404


# --- The dispatcher reads it ------------------------------------------------------------------------------------------


def test_a_dispatcher_reads_what_carers_tell_and_it_is_on_record(anna: Client, day: Day, browser_of: BrowserOf):
    address, body = told(day, "medicine", "MESSAGE", text="Døren var låst op")
    anna.post(address, body)
    dispatcher = browser_of(day.account)
    assert "Døren var låst op" in dispatcher.get(reverse("care:messages")).content.decode()
    assert Entry.objects.filter(action="care.messages.listed").exists()
    dispatcher.post(reverse("care:messages_read"), {"report": [Report.objects.get().pk]})
    assert Report.objects.get().seen_at == at("07:15")
    assert dispatcher.get(reverse("care:messages")).context["unread"] == []


def test_a_dispatcher_elsewhere_reads_nothing_of_it(anna: Client, day: Day, persons: Persons, browser_of: BrowserOf):
    address, body = told(day, "medicine", "MESSAGE", text="Døren var låst op")
    anna.post(address, body)
    other = browser_of(make_day(persons, unit=persons.other_unit, name="Auning").account)
    assert "Døren var låst op" not in other.get(reverse("care:messages")).content.decode()
    other.post(reverse("care:messages_read"), {"report": [Report.objects.get().pk]})
    assert Report.objects.get().seen_at is None
