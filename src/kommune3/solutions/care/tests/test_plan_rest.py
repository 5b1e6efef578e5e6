# SPDX-License-Identifier: MPL-2.0
"""Plans through the API and the command line: as the pages have them, for those who may."""

import json
from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from persons import NOW, Persons

from kommune3.kernel import clock
from kommune3.kernel.access import tokens
from kommune3.kernel.access.actor import actor_of
from kommune3.kernel.audit.models import Entry
from kommune3.kernel.jobs.worker import Worker
from kommune3.kernel.people.assurance import Assurance
from kommune3.kernel.people.models import Account
from kommune3.solutions.care.making import QUEUE
from kommune3.solutions.care.tests.day import DAY, Day, make_day, make_plan

Call = Callable[..., tuple[int, Any]]


@pytest.fixture(autouse=True)
def _monday_morning() -> Iterator[None]:
    with clock.stopped(NOW):
        yield


@pytest.fixture
def day(persons: Persons) -> Day:
    return make_day(persons)


@pytest.fixture
def call(day: Day) -> Call:
    """Call the API as an account (the dispatcher unless another is given); gives status and content."""

    def call_api(method: str, path: str, data: Any = None, *, account: Account | None = None) -> tuple[int, Any]:
        actor = actor_of(account or day.account, now=NOW)
        key = tokens.make_token(assurance=Assurance.TWO_STEP, actor=actor, now=NOW, name="prøve", valid_days=1)
        answer = Client().generic(
            method, f"/api/v1/care{path}", json.dumps(data) if data is not None else "",
            content_type="application/json", headers={"Authorization": f"Bearer {key}"},
        )  # fmt: skip
        is_json = answer.get("Content-Type", "").startswith("application/json")
        return answer.status_code, answer.json() if is_json and answer.content else None

    return call_api


def test_a_season_plan_is_begun_and_told_of(day: Day, call: Call) -> None:
    asked = {"team": day.team.pk, "first": str(DAY), "days": 2, "seconds": 1, "rounds": 1}
    status, made = call("POST", "/seasons", asked)
    assert (status, [plan["state"] for plan in made]) == (202, ["STARTED"])
    Worker(queues=[QUEUE]).step()
    status, (told,) = call("GET", f"/seasons?team={day.team.pk}&first={DAY}&days=2")
    assert (status, [each["state"] for each in told["days"]]) == (200, ["DRAFT", None])
    assert told["faces"] >= 1 and not told["is_being_made"]
    status, refused = call("POST", "/seasons", asked | {"first": "2020-01-06"})
    assert (status, refused["code"]) == (409, "InvalidPlan")


def test_from_starting_a_plan_to_announcing_it(day: Day, call: Call) -> None:
    status, plan = call("POST", "/plans", {"team": day.team.pk, "date": str(DAY), "seconds": 1})
    assert (status, plan["state"]) == (202, "STARTED")
    Worker(queues=[QUEUE]).step()
    status, plan = call("GET", f"/plans/{plan['id']}")
    assert (status, plan["state"], len(plan["stops"])) == (200, "DRAFT", 9)
    assert Entry.objects.filter(action="care.plan.read").exists()
    stop = next(each for each in plan["stops"] if each["visit_id"] == day.visits["cleaning"].pk)
    out = {"stop": stop["id"], "shift": None}
    status, seen = call("POST", f"/plans/{plan['id']}/preview", out)
    assert (status, seen["parts"]["left_out"]) == (200, [0, 1])
    status, moved = call("POST", f"/plans/{plan['id']}/move", {**out, "version": plan["version"]})
    assert (status, moved["version"]) == (200, 1)
    assert call("POST", f"/plans/{plan['id']}/move", {**out, "version": 0})[1]["code"] == "StalePlan"
    status, places = call("GET", f"/plans/{plan['id']}/places?visit={stop['visit_id']}")
    assert status == 200 and places
    assert call("POST", f"/plans/{plan['id']}/undo", {"version": 1}) == (200, {"version": 2})
    assert call("POST", f"/plans/{plan['id']}/lock", {"version": 2, "stops": [stop["id"]]}) == (200, {"version": 3})
    assert call("POST", f"/plans/{plan['id']}/publish")[1]["state"] == "PUBLISHED"
    assert call("DELETE", f"/plans/{plan['id']}")[0] == 409
    copied = call("POST", f"/plans/{plan['id']}/copy")[1]
    assert call("DELETE", f"/plans/{copied['id']}")[0] == 204
    assert [each["id"] for each in call("GET", f"/plans?team={day.team.pk}&date={DAY}")[1]] == [plan["id"]]


def test_colleagues_without_the_right_and_other_units_get_no_plan(day: Day, call: Call, persons: Persons) -> None:
    plan = make_plan(day)
    assert call("GET", f"/plans/{plan.pk}", account=persons.employee)[0] == 403
    stranger = make_day(persons, unit=persons.other_unit, name="Auning").account
    assert call("GET", f"/plans/{plan.pk}", account=stranger)[0] == 404
    assert call("POST", f"/plans/{plan.pk}/publish", account=stranger)[0] == 404


def test_the_command_makes_a_plan_and_tells_what_it_comes_to(day: Day) -> None:
    out = StringIO()
    call_command("care_plan", team="Grenaa", date=DAY, seconds=1, stdout=out)
    assert "8" in out.getvalue()
    with pytest.raises(CommandError, match="Grenaa"):
        call_command("care_plan", team="Ukendt", date=DAY)
