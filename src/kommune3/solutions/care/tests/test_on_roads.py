# SPDX-License-Identifier: MPL-2.0
"""A day on the roads of a map: an address without one is named, and roads that are gone are told."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import osmium
import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from osmium.osm.mutable import Node, Way
from persons import NOW, Persons

from kommune3.kernel.jobs.worker import Worker
from kommune3.solutions.care.making import QUEUE
from kommune3.solutions.care.operations import plans
from kommune3.solutions.care.planning.problem import prepare
from kommune3.solutions.care.planning.ways import NoWays
from kommune3.solutions.care.tests.day import Day, make_day, make_plan

WEST, EAST, SOUTH, NORTH = 10.865, 10.905, 56.405, 56.430
STREETS = 6


@pytest.fixture
def day(persons: Persons, tmp_path: Path, settings: Any) -> Day:
    """The small day in a town of streets at right angles, about 500 metres apart."""
    settings.ROADS_FILE = str(tmp_path / "roads.ttg")
    settings.TRAVEL_PROVIDER = "kommune3.adapters.roads.travel"
    town = tmp_path / "town.osm.pbf"
    with osmium.SimpleWriter(str(town)) as writer:
        for row in range(STREETS):
            for column in range(STREETS):
                longitude = WEST + (EAST - WEST) * column / (STREETS - 1)
                latitude = SOUTH + (NORTH - SOUTH) * row / (STREETS - 1)
                writer.add_node(Node(id=1 + row * STREETS + column, location=(longitude, latitude)))
        for number in range(STREETS):
            along = [1 + number * STREETS + each for each in range(STREETS)]
            across = [1 + each * STREETS + number for each in range(STREETS)]
            writer.add_way(Way(id=1 + number, nodes=along, tags={"highway": "residential"}))
            writer.add_way(Way(id=101 + number, nodes=across, tags={"highway": "residential"}))
    call_command("roads_build", str(town))
    return make_day(persons)


def test_a_day_on_roads_is_no_estimate_and_says_whom_to_thank(day: Day) -> None:
    plan = make_plan(day)
    assert (plan.state, plan.problems, plan.violations, plan.is_travel_estimate) == ("DRAFT", [], [], False)
    assert plan.attribution == "© OpenStreetMap-bidragydere"
    assert plan.figures["left_out"] == 0 and plan.figures["travel_metres"] > 0


def test_map_page_and_export_of_a_day_on_roads_say_whom_to_thank(day: Day, browser_of: Callable[..., Client]) -> None:
    plan, dispatcher = make_plan(day), browser_of(day.account)
    thanks = "© OpenStreetMap-bidragydere"
    board = dispatcher.get(reverse("care:board", args=[plan.pk])).content.decode()
    assert f'roads="{thanks}"' in board
    exported = dispatcher.get(reverse("care:plan_visits", args=[plan.pk]), {"export": "csv"})
    head, *rows = b"".join(exported.streaming_content).decode("utf-8-sig").splitlines()
    assert "Veje" in head.split(";") and len(rows) == 9
    assert all(row.endswith(thanks) for row in rows)


def test_an_address_without_a_road_is_named_and_the_rest_is_planned(day: Day) -> None:
    address = day.citizens["Munk"].person.address
    address.latitude = 56.48  # five kilometres from the last street
    address.save()
    plan = make_plan(day)
    (problem,) = plan.problems
    assert (plan.state, problem["visit_id"], problem["rule"]) == ("DRAFT", day.visits["bath"].pk, "unreachable")
    assert "Der kendes ingen vej" in problem["text"]
    assert [stop.visit_id for stop in plan.stops.filter(shift=None)] == [day.visits["bath"].pk]


def test_roads_that_are_gone_fail_the_plan_with_what_to_do(day: Day, settings: Any) -> None:
    plan = plans.start(actor=day.dispatcher, now=NOW, team_id=day.team.pk, date=day.date, seconds=1)
    Path(settings.ROADS_FILE).unlink()
    Worker(queues=[QUEUE]).step()
    plan.refresh_from_db()
    assert (plan.state, plan.stops.count()) == ("FAILED", 0)
    assert "kommune3 roads build" in plan.failure and "Vejene mellem dagens adresser" in plan.failure
    with pytest.raises(NoWays, match="KOMMUNE3_ROADS_FILE"):
        prepare(team=day.team, day=day.date, now=NOW)
