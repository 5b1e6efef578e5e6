# SPDX-License-Identifier: MPL-2.0
"""The leader's figures: counted as said, hidden where they are on too few, and each leads to its rows."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from persons import Persons, grant, make_account

from kommune3.kernel import clock
from kommune3.kernel.audit.models import Entry
from kommune3.kernel.people.models import Account
from kommune3.solutions.care import access
from kommune3.solutions.care.models import FigureLimit, Report
from kommune3.solutions.care.queries.figures import State
from kommune3.solutions.care.tests.announced import publish
from kommune3.solutions.care.tests.day import DAY, Day, at, make_day

BrowserOf = Callable[[Account | None], Client]


@pytest.fixture
def day(persons: Persons) -> Day:
    made = make_day(persons)
    publish(made)
    return made


@pytest.fixture
def leader(day: Day, persons: Persons, browser_of: BrowserOf) -> Client:
    account = make_account("care-leader", given_name="Lis", unit=persons.own_team)
    grant(account, access.CARE_LEADER, persons.own_team)
    return browser_of(account)


@pytest.fixture(autouse=True)
def _a_week_later() -> Iterator[None]:
    with clock.stopped(at("09:00", day=DAY + timedelta(days=7))):
        yield


@pytest.fixture
def _three_are_enough(day: Day) -> None:
    FigureLimit.objects.update(fewest=3)


def told(client: Client) -> dict[str, object]:
    figures = client.get(reverse("care:figures")).context["week"].figures
    return {name: one.value for name, one in figures.items()}


@pytest.mark.usefixtures("_three_are_enough")
def test_the_weeks_figures_are_counted_from_the_published_plan(leader: Client):
    found = told(leader)
    care = 10 + 25 + 2 * 30 + 35 + 45 + 20 + 10 + 40  # minutes, the visit for two counted twice
    paid = 3 * (8 * 60 - 30)
    assert found["visits"] == 8
    assert found["care_share"] == pytest.approx(100 * care / paid)
    assert found["travel_share"] == pytest.approx(100 * 9 * 6 / paid)
    assert found["travel_km"] == pytest.approx(9 * 2.4)
    assert found["late_share"] == pytest.approx(100 / 8)
    assert found["faces_14"] == pytest.approx(8 / 7)  # Krogh is lifted by two
    assert found["overtime_minutes"] == 0


@pytest.mark.usefixtures("_three_are_enough")
def test_what_nobody_reported_is_not_known_and_what_was_is_held_against_the_plan(leader: Client, day: Day):
    assert (told(leader)["actual_share"], told(leader)["not_made"]) == (None, None)
    for kind, clock_time in (("BEGUN", "08:05"), ("FINISHED", "08:20")):
        Report.objects.create(
            visit=day.visits["medicine"], carer=day.carers["Anna"], kind=kind, said_at=at(clock_time),
            received_at=at(clock_time), request_key=f"key-{kind}",
        )  # fmt: skip
    found = told(leader)
    assert found["actual_share"] == pytest.approx(150)  # a quarter of an hour for ten minutes
    assert found["begun_late_share"] == 100  # it was to begin by 08:00
    assert found["not_made"] == 0


def test_a_week_with_too_few_carers_tells_nothing(leader: Client):
    answer = leader.get(reverse("care:figures"))
    assert {one.state for one in answer.context["week"].figures.values()} == {State.FEW}
    assert "fewer than 5" in answer.content.decode() or "færre end 5" in answer.content.decode()
    assert "care/figures/visits" not in answer.content.decode()


@pytest.mark.usefixtures("_three_are_enough")
def test_each_figure_leads_to_its_rows_without_anybodys_name(leader: Client, day: Day):
    cards = leader.get(reverse("care:figures")).context["cards"]
    late = next(card for card in cards if "what=late" in card["href"])
    page = leader.get(late["href"])
    assert [row.visit_id for row in page.context["list"].page.object_list] == [day.visits["cleaning"].pk]
    assert not any(name in page.content.decode() for name in ("Poulsen", "Carla"))
    assert Entry.objects.filter(action="care.visits.listed").exists()
    shifts = leader.get(reverse("care:figure_shifts")).context["list"].page.object_list
    assert sorted(row.visits for row in shifts) == [2, 3, 4]


@pytest.mark.usefixtures("_three_are_enough")
def test_the_figures_can_be_taken_along(leader: Client):
    csv = leader.get(reverse("care:figures"), {"export": "csv"}).content.decode("utf-8-sig")
    assert "Grenaa;02-03-2026;8;" in csv
    workbook = leader.get(reverse("care:figures"), {"export": "xlsx"})
    sheet = load_workbook(BytesIO(b"".join(workbook.streaming_content))).worksheets[0]
    assert [row[2] for row in sheet.iter_rows(values_only=True)][-1] == 8


def test_the_limit_is_set_with_a_reason_from_a_day_on(leader: Client):
    address = reverse("care:figure_limit")
    asked = {"valid_from": "2026-03-01", "fewest": 3, "reason": "Sundhedsudvalget"}
    assert "Sundhedsudvalget" in leader.post(address, asked).content.decode()  # in the past: the form again
    leader.post(address, asked | {"valid_from": "2026-03-10"})
    assert told(leader)["visits"] == 8
    assert Entry.objects.filter(action="care.figure_limit.set").exists()


def test_a_leader_elsewhere_sees_none_of_it(day: Day, persons: Persons, browser_of: BrowserOf):
    account = make_account("other-care-leader", given_name="Ove", unit=persons.other_unit)
    grant(account, access.CARE_LEADER, persons.other_unit)
    assert "Grenaa" not in browser_of(account).get(reverse("care:figures"), {"team": day.team.pk}).content.decode()


def test_who_may_see_figures_alone_is_not_led_to_rows(day: Day, persons: Persons, browser_of: BrowserOf):
    FigureLimit.objects.update(fewest=3)
    browser = browser_of(persons.digitalisation_lead)
    assert not any(card["href"] for card in browser.get(reverse("care:figures")).context["cards"])
    assert browser.get(reverse("care:figure_visits")).status_code == 403
