# SPDX-License-Identifier: MPL-2.0
"""Bookings through the API: as the pages do it, for those who may."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from persons import NOW

from kommune3.kernel import clock
from kommune3.kernel.access import tokens
from kommune3.kernel.access.actor import actor_of
from kommune3.kernel.people.assurance import Assurance
from kommune3.kernel.people.models import Account
from kommune3.solutions.fleet.models import Booking
from kommune3.solutions.fleet.tests.small_fleet import SmallFleet

Call = Callable[..., tuple[int, Any]]


@pytest.fixture(autouse=True)
def _monday_morning() -> Iterator[None]:
    with clock.stopped(NOW):
        yield


@pytest.fixture
def call(fleet: SmallFleet) -> Call:
    """Call the API as an account (the employee unless another is given); gives status and content."""

    def call_api(method: str, path: str, data: Any = None, *, account: Account | None = None) -> tuple[int, Any]:
        actor = actor_of(account or fleet.persons.employee, now=NOW)
        key = tokens.make_token(assurance=Assurance.TWO_STEP, actor=actor, now=NOW, name="prøve", valid_days=1)
        answer = Client().generic(
            method, f"/api/v1/fleet{path}", json.dumps(data) if data is not None else "",
            content_type="application/json", headers={"Authorization": f"Bearer {key}"},
        )  # fmt: skip
        is_json = answer["Content-Type"].startswith("application/json")
        return answer.status_code, answer.json() if is_json else None

    return call_api


def wish(fleet: SmallFleet, start: str = "12:00", end: str = "14:00", **more: Any) -> dict[str, Any]:
    day = "2026-03-02T"
    return {"base": fleet.own.pk, "start_at": f"{day}{start}:00Z", "end_at": f"{day}{end}:00Z", "km": 20, **more}


def test_from_asking_what_is_free_to_returning_the_vehicle(fleet: SmallFleet, call: Call) -> None:
    asked = wish(fleet, "09:10", "11:00")
    status, offer = call("POST", "/bookings/free", asked)
    assert status == 200 and offer["vehicle"]
    assert not Booking.objects.exists()
    status, booking = call("POST", "/bookings", {**asked, "request_key": "a"})
    assert (status, booking["vehicle"]) == (201, offer["vehicle"])
    assert call("POST", "/bookings", {**asked, "request_key": "a"})[1]["id"] == booking["id"]
    status, changed = call("PUT", f"/bookings/{booking['id']}", {**asked, "km": 35})
    assert (status, changed["km"]) == (200, 35)
    assert call("POST", f"/bookings/{booking['id']}/start")[1]["state"] == "STARTED"
    assert call("DELETE", f"/bookings/{booking['id']}")[0] == 409
    status, back = call("POST", f"/bookings/{booking['id']}/return", {"driven_km": 33})
    assert (status, back["state"], back["driven_km"]) == (200, "RETURNED", 33)
    assert [each["id"] for each in call("GET", "/bookings")[1]] == [booking["id"]]


def test_when_nothing_is_free_the_answer_says_what_is(fleet: SmallFleet, call: Call) -> None:
    for key in "ab":
        call("POST", "/bookings", wish(fleet, request_key=key))
    status, refused = call("POST", "/bookings", wish(fleet))
    assert (status, refused["code"]) == (409, "NoVehicle")
    offer = call("POST", "/bookings/free", wish(fleet))[1]
    assert offer["refusals"] == {"busy": ["AB12345", "AB12346"]}
    assert offer["others"]
    status, waiting = call("POST", "/bookings", wish(fleet, may_wait=True))
    assert (status, waiting["state"]) == (201, "REQUESTED")


def test_a_dispatcher_sees_moves_and_fixes(fleet: SmallFleet, call: Call) -> None:
    booking = call("POST", "/bookings", wish(fleet))[1]
    manager = fleet.persons.fleet_manager
    status, board = call("GET", f"/board?base={fleet.own.pk}&day=2026-03-02", account=manager)
    assert status == 200 and len(board["vehicles"]) == 2
    other = next(lane["vehicle_id"] for lane in board["vehicles"] if not lane["bookings"])
    moved = call("POST", f"/bookings/{booking['id']}/move", {"vehicle": other}, account=manager)[1]
    assert (moved["vehicle_id"], moved["is_pinned"]) == (other, True)
    assert call("POST", f"/bookings/{booking['id']}/pin", {"is_pinned": False}, account=manager)[0] == 200
    asked = {"base": fleet.own.pk, "day": "2026-03-02"}
    assert call("POST", "/board/optimise", asked, account=manager)[0] == 200
    assert call("POST", "/board/optimise", asked)[0] == 403


def test_others_bookings_and_bases_do_not_exist(fleet: SmallFleet, call: Call) -> None:
    booking = call("POST", "/bookings", wish(fleet))[1]
    stranger = fleet.persons.other_employee
    assert call("GET", f"/bookings/{booking['id']}", account=stranger)[0] == 404
    assert call("DELETE", f"/bookings/{booking['id']}", account=stranger)[0] == 404
    assert call("POST", "/bookings", wish(fleet), account=stranger)[0] == 404
    assert call("GET", "/bookings", account=stranger)[1] == []
    assert call("GET", "/bookings", account=fleet.persons.citizen)[0] == 403


def test_an_instant_without_a_time_zone_is_refused(fleet: SmallFleet, call: Call) -> None:
    assert call("POST", "/bookings", {**wish(fleet), "start_at": "2026-03-02T12:00:00"})[0] == 422
