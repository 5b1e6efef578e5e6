# SPDX-License-Identifier: MPL-2.0
"""The API does what the pages do, for those who may."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from persons import NOW

from kommune3.kernel import clock
from kommune3.kernel.access import tokens
from kommune3.kernel.access.actor import actor_of
from kommune3.kernel.people.assurance import Assurance
from kommune3.kernel.people.models import Account
from kommune3.solutions.fleet.models import RateSet, Run, Trip, TripImport
from kommune3.solutions.fleet.operations import imports
from kommune3.solutions.fleet.tests.small_fleet import Read, SmallFleet, csv_of
from kommune3.solutions.fleet.tests.test_pages import GOOD, work_off

API = "/api/v1/fleet"
Call = Callable[..., Any]


def key_of(account: Account) -> str:
    """A key to the API, valid today."""
    now = clock.now()
    return tokens.make_token(
        assurance=Assurance.TWO_STEP, actor=actor_of(account, now=now), now=now, name="prøve", valid_days=1
    )


@pytest.fixture
def call(fleet: SmallFleet) -> Call:
    """Call the API with a key of the account (by default the fleet manager's)."""

    def call_api(method: str, path: str, data: Any = None, *, account: Account | None = None) -> Any:
        key = key_of(account or fleet.persons.fleet_manager)
        return Client().generic(
            method, f"{API}{path}", json.dumps(data) if data is not None else "", content_type="application/json",
            headers={"Authorization": f"Bearer {key}"},
        )  # fmt: skip

    return call_api


def test_nobody_gets_in_without_a_key(fleet: SmallFleet) -> None:
    assert Client().get(f"{API}/trips").status_code == 401


def test_trips_come_in_pages_and_only_of_the_own_units(fleet: SmallFleet, read: Read, call: Call) -> None:
    imports.commit_import(actor=fleet.manager, now=NOW, import_id=read(GOOD).pk)
    first = call("GET", "/trips?limit=2").json()
    assert (first["count"], len(first["items"])) == (3, 2)
    own = call("GET", "/trips", account=fleet.persons.leader).json()
    assert {trip["base_id"] for trip in own["items"]} == {fleet.own.pk}
    assert call("GET", "/trips", account=fleet.persons.citizen).status_code == 403
    assert len(call("GET", "/bases").json()) == 2
    assert {car["kind"] for car in call("GET", "/vehicles").json()} == {"EV", "FOSSIL"}
    assert any(rate["value"] is None for rate in call("GET", "/rates").json())


def test_a_file_is_uploaded_looked_at_and_imported(fleet: SmallFleet, call: Call) -> None:
    key = key_of(fleet.persons.fleet_manager)
    content = GOOD + "4,AB12345,2026-03-02 12:00,2026-03-02 11:00,5\n"
    answer = Client().post(
        f"{API}/imports", {"file": SimpleUploadedFile("ture.csv", content.encode())},
        headers={"Authorization": f"Bearer {key}"},
    )  # fmt: skip
    assert answer.status_code == 202, answer.content
    number = answer.json()["id"]
    work_off()
    assert call("GET", f"/imports/{number}").json()["rows_bad"] == 1
    problem = call("GET", f"/imports/{number}/problems").json()[0]
    assert (problem["line"], problem["field"], problem["code"]) == (5, "end", "end_before_start")
    refused = call("POST", f"/imports/{number}/commit", {})
    assert (refused.status_code, refused.json()["code"]) == (409, "HasProblems")
    assert Trip.objects.count() == 0
    assert call("POST", f"/imports/{number}/commit", {"keep_good": True}).json()["state"] == "COMMITTED"
    assert Trip.objects.count() == 3
    assert call("POST", f"/imports/{number}/undo").json()["state"] == "UNDONE"


def test_an_optimisation_is_started_followed_and_accepted(fleet: SmallFleet, read: Read, call: Call) -> None:
    imports.commit_import(actor=fleet.manager, now=NOW, import_id=read(GOOD).pk)
    answer = call(
        "POST", "/runs",
        {"bases": [fleet.own.pk], "period_start": "2026-03-02", "period_end": "2026-03-09", "goal": "VEHICLES",
         "rates": RateSet.objects.get(is_fixed=True).name},
    )  # fmt: skip
    assert answer.status_code == 202, answer.content
    number = answer.json()["id"]
    assert call("GET", f"/runs/{number}").json()["state"] == "STARTED"
    work_off()
    result = call("GET", f"/runs/{number}").json()
    assert (result["status"], float(result["value"]), float(result["bound"])) == ("OPTIMAL", 2, 2)
    assert result["witnesses"][0]["vehicles_needed"] == 2
    assert {plan["kind"] for plan in result["plans"]} >= {"PROPOSED", "TODAY"}
    assert call("GET", f"/runs/{number}/assignments").json()["count"] == 2
    assert call("GET", f"/runs/{number}/export").status_code == 200
    assert call("POST", f"/runs/{number}/accept").json()["accepted_at"]
    for account in (fleet.persons.other_leader,):
        assert call("GET", f"/runs/{number}", account=account).status_code == 404
    assert call("POST", f"/runs/{number}/accept", account=fleet.persons.leader).status_code == 403


def test_a_base_of_another_unit_does_not_exist(fleet: SmallFleet, call: Call) -> None:
    asked = {"bases": [fleet.other.pk], "period_start": "2026-03-02", "period_end": "2026-03-09"}
    assert call("POST", "/runs", asked, account=fleet.persons.leader).status_code == 404
    assert Run.objects.count() == 0


def test_a_leader_imports_nothing(fleet: SmallFleet, read: Read, call: Call) -> None:
    staged = read(csv_of("1,AB12345,2026-03-02 07:00,2026-03-02 09:00,30"))
    assert call("POST", f"/imports/{staged.pk}/commit", {}, account=fleet.persons.leader).status_code == 403
    assert TripImport.objects.get().state == "READY"


def test_the_description_of_the_api_names_every_operation(fleet: SmallFleet, call: Call) -> None:
    paths = call("GET", "/openapi.json").json()["paths"]
    assert {f"{API}/trips", f"{API}/imports", f"{API}/runs", f"{API}/runs/{{run_id}}/accept"} <= set(paths)
