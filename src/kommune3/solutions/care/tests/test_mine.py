# SPDX-License-Identifier: MPL-2.0
"""The citizen's own page: who comes when, how wide the interval is, and how many different carers have come."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from persons import Persons

from kommune3.kernel import clock
from kommune3.kernel.people.models import Account
from kommune3.solutions.care.models import Plan, PlanState, Report, Shift, Visit
from kommune3.solutions.care.tests.announced import citizen_login, publish
from kommune3.solutions.care.tests.day import DAY, Day, at, make_day

BrowserOf = Callable[[Account | None], Client]
NIGHT_BEFORE = at("20:00", day=DAY - timedelta(days=1))


@pytest.fixture
def day(persons: Persons) -> Day:
    return make_day(persons)


@pytest.fixture
def plan(day: Day) -> Plan:
    return publish(day)


@pytest.fixture
def juhl(day: Day, browser_of: BrowserOf) -> Client:
    return browser_of(citizen_login(day))


@pytest.fixture(autouse=True)
def _the_night_before() -> Iterator[None]:
    with clock.stopped(NIGHT_BEFORE):
        yield


def came(day: Day, *, days_ago: int, given: str, minutes_off: int = 0) -> None:
    """A visit to Juhl so many days before the day, announced and reported."""
    date = DAY - timedelta(days=days_ago)
    plan = Plan.objects.get_or_create(
        team=day.team, date=date, state=PlanState.PUBLISHED,
        defaults={"origin": "SEARCHED", "created_by_name": "Prøve", "created_at": NIGHT_BEFORE},
    )[0]  # fmt: skip
    start, end = at("08:00", day=date), at("08:25", day=date)
    shift = Shift.objects.get_or_create(
        carer=day.carers[given], date=date, start_at=at("07:00", day=date), end_at=at("15:00", day=date)
    )[0]
    visit = Visit.objects.create(
        citizen=day.citizens["Juhl"], service=day.visits["bath"].service, date=date, earliest_at=start,
        latest_at=end, minutes=25, created_at=NIGHT_BEFORE,
    )  # fmt: skip
    plan.stops.create(visit=visit, shift=shift, start_at=start, end_at=end)
    Report.objects.create(
        visit=visit, carer=shift.carer, kind=Report.Kind.BEGUN, said_at=start + timedelta(minutes=minutes_off),
        received_at=start, request_key=f"key-{visit.pk}",
    )  # fmt: skip


def test_a_citizen_sees_who_comes_within_the_window(juhl: Client, plan: Plan):
    page = juhl.get(reverse("care:mine")).content.decode()
    assert "07:15" in page
    assert "08:00" in page
    assert "Anna" in page
    assert "Hjælper" not in page  # given names are enough


def test_before_a_plan_is_published_the_window_is_shown_without_a_name(juhl: Client, plan: Plan):
    plan.state = PlanState.DRAFT
    plan.save()
    page = juhl.get(reverse("care:mine")).content.decode()
    assert "07:15" in page
    assert "Anna" not in page


def test_with_enough_history_the_interval_is_how_it_has_gone(juhl: Client, day: Day, plan: Plan):
    for days_ago in range(1, 13):
        came(day, days_ago=days_ago, given="Anna", minutes_off=8 if days_ago % 2 else -3)
    mine = juhl.get(reverse("care:mine")).context["mine"]
    first = mine.days[0][1][0]
    assert mine.from_history
    assert (first.from_at, first.to_at) == (at("07:15"), at("07:30"))  # 07:20 is planned


def test_faces_are_counted_over_fourteen_and_twenty_eight_days(juhl: Client, day: Day, plan: Plan):
    for days_ago, given in ((2, "Anna"), (3, "Anna"), (5, "Bent"), (20, "Carla")):
        came(day, days_ago=days_ago, given=given)
    faces = {one.days: one for one in juhl.get(reverse("care:mine")).context["mine"].faces}
    assert (len(faces[14].carers), faces[14].visits) == (2, 3)
    assert (len(faces[28].carers), faces[28].visits) == (3, 4)
    assert faces[28].carers[0] == ("Anna", 2)


def test_nobody_sees_another_citizens_visits(day: Day, plan: Plan, browser_of: BrowserOf):
    page = browser_of(citizen_login(day, "Munk")).get(reverse("care:mine")).context["mine"]
    assert [one.visit.pk for _day, visits in page.days for one in visits] == [day.visits["bath"].pk]


def test_the_calendar_file_has_each_visit_of_the_fortnight(juhl: Client, plan: Plan):
    answer = juhl.get(reverse("care:mine_calendar"))
    assert answer["Content-Type"].startswith("text/calendar")
    assert answer.content.decode().count("BEGIN:VEVENT") == 2


def test_who_gets_no_visits_is_told_so(persons: Persons, browser_of: BrowserOf):
    answer = browser_of(persons.citizen).get(reverse("care:mine"))
    assert answer.status_code == 200
    assert answer.context["mine"] is None
