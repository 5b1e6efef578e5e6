# SPDX-License-Identifier: MPL-2.0
"""The dispatcher's pages: how the days stand, the board, and what can be done with a plan."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from persons import NOW, Persons

from kommune3.kernel.audit.models import Entry
from kommune3.kernel.people.models import Account
from kommune3.solutions.care.models import Plan, PlanOrigin, PlanState, Stop
from kommune3.solutions.care.tests.day import Day, at, make_day

BrowserOf = Callable[[Account | None], Client]


@pytest.fixture
def day(persons: Persons) -> Day:
    return make_day(persons)


@pytest.fixture
def plan(day: Day) -> Plan:
    """A draft by hand: Anna and Bent lift together, and the cleaning is left out."""
    plan = Plan.objects.create(
        team=day.team, date=day.date, origin=PlanOrigin.SEARCHED, state=PlanState.DRAFT, weights=day.weights,
        created_by_name="Prøve", created_at=NOW, attribution="© OpenStreetMap contributors", travel_source="Prøve",
    )  # fmt: skip
    made = (
        ("medicine", 0, "Anna", "07:20"), ("breakfast", 0, "Anna", "07:45"), ("lift", 0, "Anna", "08:30"),
        ("lift", 1, "Bent", "08:30"), ("morning", 0, "Bent", "07:30"), ("bath", 0, "Bent", "11:12"),
        ("wound", 0, "Anna", "09:40"), ("call", 0, "Carla", "10:00"), ("cleaning", 0, None, ""),
    )  # fmt: skip
    for name, number, carer, clock in made:
        visit = day.visits[name]
        start = at(clock) if clock else None
        Stop.objects.create(
            plan=plan, visit=visit, number=number, shift=day.shifts[carer] if carer else None, start_at=start,
            end_at=start + timedelta(minutes=visit.minutes) if start else None, travel_seconds=240 if start else 0,
            late_seconds=720 if name == "bath" else 0,
        )  # fmt: skip
    return plan


@pytest.fixture
def dispatcher(day: Day, browser_of: BrowserOf) -> Client:
    return browser_of(day.account)


def test_the_overview_says_how_a_days_plan_stands(
    dispatcher: Client, day: Day, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = dispatcher.get(reverse("care:overview")).content.decode()
    assert "Grenaa" in page


def test_the_board_is_readable_without_javascript(dispatcher: Client, plan: Plan) -> None:
    page = dispatcher.get(reverse("care:board", args=[plan.pk])).content.decode()
    for text in ("Anna Hjælper", "Borger Munk", "08:30", "12 min.", "© OpenStreetMap contributors"):
        assert text in page


def test_the_board_costs_as_many_queries_however_many_stops_there_are(dispatcher: Client, day: Day, plan: Plan) -> None:
    address = reverse("care:board_data", args=[plan.pk])
    dispatcher.get(address)  # the first page of the day also notes that the right is used
    with CaptureQueriesContext(connection) as few:
        assert len(dispatcher.get(address).json()["stops"]) == 9
    Stop.objects.filter(plan=plan).exclude(visit=day.visits["bath"]).delete()
    with CaptureQueriesContext(connection) as fewer:
        assert len(dispatcher.get(address).json()["stops"]) == 1
    assert len(few) == len(fewer)


def test_who_opens_a_visit_is_put_on_record(dispatcher: Client, plan: Plan, day: Day) -> None:
    stop = Stop.objects.get(plan=plan, visit=day.visits["bath"])
    page = dispatcher.get(reverse("care:board_stop", args=[plan.pk]), {"stop": stop.pk}).content.decode()
    assert "Munks Vej 1" in page
    person = day.citizens["Munk"].person_id
    assert Entry.objects.filter(action="care.citizen.read", citizen_id=person).count() == 1


def test_a_published_plan_offers_a_copy_and_no_changes(dispatcher: Client, plan: Plan) -> None:
    Plan.objects.filter(pk=plan.pk).update(state=PlanState.PUBLISHED)
    address = reverse("care:board", args=[plan.pk])
    stop = plan.stops.first()
    page = dispatcher.get(address, {"stop": stop.pk if stop else 0}).content.decode()
    assert reverse("care:plan_copy", args=[plan.pk]) in page
    assert reverse("care:board_move", args=[plan.pk]) not in page.split("<k3-care-gantt>")[1]


def test_two_plans_are_held_against_each_other_visit_by_visit(dispatcher: Client, plan: Plan, day: Day) -> None:
    other = Plan.objects.create(
        team=day.team, date=day.date, origin=PlanOrigin.BASELINE, state=PlanState.DRAFT, created_at=NOW,
        created_by_name="Prøve",
    )  # fmt: skip
    for stop in plan.stops.all():
        if stop.visit == day.visits["wound"]:
            stop.shift = day.shifts["Carla"]
        Stop.objects.create(
            plan=other, visit=stop.visit, number=stop.number, shift=stop.shift, start_at=stop.start_at,
            end_at=stop.end_at,
        )  # fmt: skip
    page = dispatcher.get(reverse("care:plan_compare"), {"a": plan.pk, "b": other.pk}).content.decode()
    table = page.split('id="visits"')[1]
    assert "Borger Nørby" in table
    assert "Carla Hjælper" in table
    assert "Borger Munk" not in table
