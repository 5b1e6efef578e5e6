# SPDX-License-Identifier: MPL-2.0
"""An impossible run names the trips that make it so, as few as show it, and says of each model why it may not."""

from django.test import Client

from kommune3.solutions.fleet.models import RunStatus
from kommune3.solutions.fleet.models.runs import FleetMode
from kommune3.solutions.fleet.operations import imports
from kommune3.solutions.fleet.tests.small_fleet import Read, SmallFleet, csv_of
from kommune3.solutions.fleet.tests.test_optimising import NOW, computed, started


def take_in(fleet: SmallFleet, read: Read, *lines: str) -> None:
    content = csv_of(*(f"{line},Grenaa" for line in lines), header="trip_id,vehicle,start,end,km,base")
    imports.commit_import(actor=fleet.manager, now=NOW, import_id=read(content).pk)


def test_each_model_says_why_it_may_not_take_a_trip(fleet: SmallFleet, read: Read, client: Client) -> None:
    take_in(fleet, read, "17,AB12345,2026-03-02 07:00,2026-03-02 20:00,340")
    run = computed(started(fleet, models=[fleet.electric]))
    assert run.status == RunStatus.INFEASIBLE
    assert {each["what"] for each in run.obstacle["hindrances"]} == {"RANGE", "NONE_ALLOWED"}
    client.force_login(fleet.persons.fleet_manager)
    page = client.get(f"/fleet/runs/{run.pk}/").content.decode()
    assert "Elbil på Grenaa" in page
    assert "rækkevidden er 300 km" in page


def test_only_as_many_trips_are_named_as_show_it(fleet: SmallFleet, read: Read) -> None:
    lines = [f"{n},,2026-03-02 07:00,2026-03-02 09:00,30" for n in range(1, 7)]
    take_in(fleet, read, *lines)
    run = computed(started(fleet, fleet_mode=FleetMode.FIXED))
    assert run.status == RunStatus.INFEASIBLE
    assert run.obstacle["reason"] == "TOO_MANY_AT_ONCE"
    assert len(run.obstacle["trips"]) == 3
    assert run.obstacle["is_least"]
    assert (run.obstacle["needed"], run.obstacle["available"]) == (3, 2)
