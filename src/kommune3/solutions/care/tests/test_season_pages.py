# SPDX-License-Identifier: MPL-2.0
"""The season plan's page: what is shown, begun, stopped and taken out, and by whom."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from persons import NOW, Persons

from kommune3.kernel import clock, jobs
from kommune3.kernel.jobs.worker import Worker
from kommune3.kernel.people.models import Account
from kommune3.solutions.care.making import QUEUE
from kommune3.solutions.care.models import Plan
from kommune3.solutions.care.operations import plans
from kommune3.solutions.care.queries.season import get_season
from kommune3.solutions.care.tests.day import Day, make_day, make_plan


@pytest.fixture
def day(persons: Persons) -> Day:
    return make_day(persons)


@pytest.fixture(autouse=True)
def _monday_morning() -> Iterator[None]:
    with clock.stopped(NOW):
        yield


@pytest.fixture
def site(day: Day, browser_of: Callable[[Account | None], Client]) -> Any:
    return browser_of(day.account)


def test_the_figures_are_those_of_the_plans(day: Day) -> None:
    plan = plans.publish(actor=day.dispatcher, now=NOW, plan_id=make_plan(day).pk)
    (found,) = get_season(actor=day.dispatcher, first=day.date, days=3)
    pairs = plan.stops.exclude(shift=None).order_by().values_list("visit__citizen", "shift__carer").distinct()
    assert found.faces == pytest.approx(len(pairs) / 7)
    paid = 3 * 7.5 * 3600
    assert found.travel_share == pytest.approx(100 * sum(plan.stops.values_list("travel_seconds", flat=True)) / paid)
    assert [each.plan for each in found.days] == [plan, None, None]
    (later,) = get_season(actor=day.dispatcher, first=day.date + timedelta(days=1), days=3)
    assert (later.faces, later.faces_28) == (None, found.faces)


def test_a_season_plan_is_begun_on_the_page_and_each_day_can_be_opened(day: Day, site: Any) -> None:
    asked = {"team": day.team.pk, "first": day.date.isoformat(), "days": 2, "seconds": 1, "rounds": 1}
    answer = site.post(reverse("care:season_new"), asked, follow=True)
    assert "Sæsonplanen laves" in answer.content.decode()
    Worker(queues=[QUEUE]).step()
    shown = site.get(reverse("care:season"), {"first": day.date.isoformat()}).content.decode()
    plan = Plan.objects.get()
    assert plan.state == "DRAFT" and reverse("care:plan", args=[plan.pk]) in shown and "Gennemse og udmeld" in shown


def test_what_cannot_be_planned_is_said_at_the_form(day: Day, site: Any) -> None:
    asked = {"team": day.team.pk, "first": "2020-01-06", "days": 2, "seconds": 1, "rounds": 1}
    answer = site.post(reverse("care:season_new"), asked)
    assert answer.status_code == 200 and "tidligst i dag" in answer.content.decode()
    assert not Plan.objects.exists()


def test_the_page_stops_the_planning(day: Day, site: Any) -> None:
    site.post(
        reverse("care:season_new"),
        {"team": day.team.pk, "first": day.date.isoformat(), "days": 2, "seconds": 1, "rounds": 1},
    )
    site.post(f"{reverse('care:season_cancel', args=[day.team.pk])}?first={day.date.isoformat()}")
    assert jobs.Job.objects.get().state == "CANCELLED" and Plan.objects.get().state == "FAILED"


@pytest.mark.parametrize("wrong", ["2026-13-40", "x", ""])
def test_a_day_that_is_none_is_told_and_the_days_ahead_are_shown(day: Day, site: Any, wrong: str) -> None:
    assert site.get(reverse("care:season"), {"first": wrong}).status_code == 200


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_days_can_be_taken_out(day: Day, site: Any, form: str) -> None:
    make_plan(day)
    answer = site.get(reverse("care:season"), {"first": day.date.isoformat(), "export": form})
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    assert f"saesonplan.{form}" in answer["Content-Disposition"]
    if form == "csv":
        lines = body.decode("utf-8-sig").splitlines()
        assert len(lines) == 15 and lines[1].startswith("Grenaa;")
