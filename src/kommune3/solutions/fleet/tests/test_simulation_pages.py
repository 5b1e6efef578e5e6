# SPDX-License-Identifier: MPL-2.0
"""Simulations, points of the front, use, comparison and undo, through the pages, the API and the commands."""

import re
from collections.abc import Callable
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from kommune3.kernel.audit.models import Entry
from kommune3.kernel.people.models import Account
from kommune3.solutions.fleet.models import (
    Base,
    FleetMode,
    Plan,
    PlanKind,
    RateSet,
    Run,
    RunGoal,
    RunState,
    TripImport,
    Vehicle,
)
from kommune3.solutions.fleet.tests.small_fleet import SmallFleet
from kommune3.solutions.fleet.tests.test_optimising import comparison, computed, started
from kommune3.solutions.fleet.tests.test_rest import Call, call
from kommune3.solutions.fleet.tests.test_simulating import busy, simulated

__all__ = ["busy", "call"]

BrowserOf = Callable[[Account | None], Client]
MOST_QUERIES = 12
Basis = dict[str, Any]


@pytest.fixture
def manager(fleet: SmallFleet, browser_of: BrowserOf) -> Client:
    return browser_of(fleet.persons.fleet_manager)


@pytest.fixture
def basis(fleet: SmallFleet, busy: TripImport) -> Basis:
    """What the form is filled in with, apart from vehicles."""
    return {
        "title": "Uden biler", "bases": [fleet.own.pk], "period_start": "2026-03-02", "period_last": "2026-03-08",
        "goal": "CASH", "rate_set": comparison().pk, "max_unserved": "5", "changeover_minutes": "5",
        "bike_max_trip_km": "15", "bike_from": "07:00", "bike_to": "15:30", "bike_share": "100", "note": "",
    }  # fmt: skip


def count_of(fleet: SmallFleet, model: Any, number: int) -> dict[str, str]:
    return {f"fleet-count_{fleet.own.pk}_{model.pk}": str(number)}


# --- A simulation on its page -------------------------------------------------------------------------------------


def test_a_simulation_begins_from_todays_vehicles_and_answers_at_once(
    fleet: SmallFleet, basis: Basis, manager: Client
) -> None:
    asked = manager.post(reverse("fleet:simulation_new"), {**basis, "ask": "counts"})
    page = asked.content.decode()
    assert Run.objects.count() == 0
    for model in (fleet.electric, fleet.petrol):
        field = re.search(rf'<input[^>]*name="fleet-count_{fleet.own.pk}_{model.pk}"[^>]*>', page)
        assert field is not None
        assert 'value="1"' in field[0]
    tables_for = {"tables_for": str(fleet.own.pk)}
    counts = count_of(fleet, fleet.electric, 1) | count_of(fleet, fleet.petrol, 0)
    answer = manager.post(reverse("fleet:simulation_new"), {**basis, **tables_for, **counts})
    run = Run.objects.get()
    assert answer["Location"] == reverse("fleet:run", args=[run.pk])
    assert (run.fleet_mode, run.state, run.title) == (FleetMode.MANUAL, RunState.FINISHED, "Uden biler")
    shown = manager.get(answer["Location"]).content.decode()
    assert "2 ture af 5 har intet køretøj" in shown
    assert "Først til mølle" in shown
    assert "Nuværende køretøjer, fordelt bedst" in shown


def test_when_the_bases_change_the_numbers_are_asked_again(fleet: SmallFleet, basis: Basis, manager: Client) -> None:
    both = {**basis, "bases": [fleet.own.pk, fleet.other.pk], "tables_for": str(fleet.own.pk)}
    answer = manager.post(reverse("fleet:simulation_new"), {**both, **count_of(fleet, fleet.electric, 9)})
    assert answer.status_code == 200
    assert f"fleet-count_{fleet.other.pk}_{fleet.electric.pk}" in answer.content.decode()
    assert Run.objects.count() == 0


@pytest.mark.parametrize("number", ["-1", "1000", "to"])
def test_a_number_that_cannot_be_is_told_at_its_field(
    fleet: SmallFleet, basis: Basis, manager: Client, number: str
) -> None:
    wrong = {f"fleet-count_{fleet.own.pk}_{fleet.electric.pk}": number, "tables_for": str(fleet.own.pk)}
    page = manager.post(reverse("fleet:simulation_new"), {**basis, **wrong}).content.decode()
    assert "Der er fejl i formularen" in page
    assert Run.objects.count() == 0


def test_a_simulation_is_copied_and_changed(fleet: SmallFleet, basis: Basis, manager: Client) -> None:
    run = simulated(fleet, 2, 1, title="To elbiler")
    page = manager.get(reverse("fleet:simulation_new"), {"from": run.pk}).content.decode()
    field = re.search(rf'<input[^>]*name="fleet-count_{fleet.own.pk}_{fleet.electric.pk}"[^>]*>', page)
    assert field is not None
    assert 'value="2"' in field[0]
    assert "To elbiler, ændret" in page


def test_no_trips_means_an_empty_state(fleet: SmallFleet, manager: Client) -> None:
    assert "Der er ingen ture at simulere" in manager.get(reverse("fleet:simulation_new")).content.decode()


# --- Limits and locks of an optimisation --------------------------------------------------------------------------


def test_limits_and_locks_are_asked_for_and_kept(fleet: SmallFleet, basis: Basis, manager: Client) -> None:
    petrol = Vehicle.objects.get(registration="AB12346")
    wish = {**basis, "fleet_mode": "FREE", "priority": "0", "max_cash_dkk": "900000", "max_co2e_t": "50"}
    asked = manager.post(reverse("fleet:run_new"), {**wish, "ask": "ranges"}).content.decode()
    assert f"fleet-lock_{petrol.pk}" in asked
    assert Run.objects.count() == 0
    limits = {
        "tables_for": str(fleet.own.pk), f"fleet-lock_{petrol.pk}": "on",
        f"fleet-max_{fleet.own.pk}_{fleet.electric.pk}": "2",
    }  # fmt: skip
    manager.post(reverse("fleet:run_new"), {**wish, **limits})
    run = Run.objects.get()
    found = {row.model_id: (row.min_count, row.max_count) for row in run.candidates.all()}
    assert found == {fleet.electric.pk: (0, 2), fleet.petrol.pk: (1, None)}
    assert (run.max_cash_dkk, run.max_co2e_kg, run.locked_vehicles) == (900000, 50000, [petrol.pk])
    again = manager.get(reverse("fleet:run_new"), {"from": run.pk}).content.decode()
    lock = re.search(rf'<input[^>]*name="fleet-lock_{petrol.pk}"[^>]*>', again)
    assert lock is not None
    assert "checked" in lock[0]


def test_a_most_below_the_least_and_a_balance_with_another_goal_are_told(
    fleet: SmallFleet, basis: Basis, manager: Client
) -> None:
    place = f"{fleet.own.pk}_{fleet.electric.pk}"
    wrong = {"tables_for": str(fleet.own.pk), f"fleet-min_{place}": "3", f"fleet-max_{place}": "1"}
    wish = {**basis, "fleet_mode": "FREE", "priority": "0"}
    assert "mindre end det mindste" in manager.post(reverse("fleet:run_new"), {**wish, **wrong}).content.decode()
    told = manager.post(reverse("fleet:run_new"), {**wish, "priority": "5", "goal": "CO2E"}).content.decode()
    assert "Balancen hører til laveste kontante udgift" in told
    assert Run.objects.count() == 0


def test_an_impossible_wish_comes_back_with_its_trips_and_a_way_on(
    fleet: SmallFleet, basis: Basis, manager: Client
) -> None:
    place = f"{fleet.own.pk}_{fleet.electric.pk}"
    wish = {**basis, "fleet_mode": "FIXED", "max_unserved": "0"}
    from kommune3.kernel.jobs.worker import Worker

    manager.post(reverse("fleet:run_new"), wish)
    worker = Worker()
    while worker.step():
        pass
    run = Run.objects.get()
    page = manager.get(reverse("fleet:run", args=[run.pk])).content.decode()
    assert "Det, der gør det umuligt" in page
    assert "Elbil" in page
    assert reverse("fleet:run_new") + f"?from={run.pk}" in page
    assert place


# --- Points of the front ------------------------------------------------------------------------------------------


def test_every_point_of_the_chart_leads_to_a_whole_plan(fleet: SmallFleet, busy: TripImport, manager: Client) -> None:
    run = computed(started(fleet, goal=RunGoal.CASH, with_front=True))
    page = manager.get(reverse("fleet:run", args=[run.pk])).content.decode()
    points = list(run.plans.filter(kind=PlanKind.FRONT).order_by("position"))
    for point in points:
        address = reverse("fleet:run_plan", args=[run.pk, point.pk])
        assert f'"href": "{address}"' in page
        assert f'href="{address}"' in page
    last = points[-1]
    with CaptureQueriesContext(connection) as queries:
        shown = manager.get(reverse("fleet:run_plan", args=[run.pk, last.pk])).content.decode()
    assert len(queries) <= MOST_QUERIES, [query["sql"] for query in queries]
    assert f"Alternativ {last.position} af {len(points)}" in shown
    assert "Tilbage til forslaget" in shown
    book = export_of(manager, run, last)
    assert book.worksheets[0]["B4"].value == f"Alternativ {last.position}"
    manager.post(reverse("fleet:run_accept", args=[run.pk]) + f"?plan={last.pk}")
    run.refresh_from_db()
    assert run.accepted_plan == last


def test_a_run_page_takes_few_queries_also_with_all_plans(fleet: SmallFleet, busy: TripImport, manager: Client) -> None:
    run = computed(started(fleet, goal=RunGoal.CASH, with_front=True))
    manager.get(reverse("fleet:runs"))
    with CaptureQueriesContext(connection) as queries:
        assert manager.get(reverse("fleet:run", args=[run.pk])).status_code == 200
    assert len(queries) <= MOST_QUERIES, [query["sql"] for query in queries]


def export_of(manager: Client, run: Run, plan: Plan) -> Any:
    answer = manager.get(reverse("fleet:run_export", args=[run.pk, "xlsx"]), {"plan": plan.pk})
    return load_workbook(BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]


def test_the_workbook_holds_every_part_with_both_views_of_cost(
    fleet: SmallFleet, busy: TripImport, manager: Client
) -> None:
    run = simulated(fleet, 1, 0)
    book = export_of(manager, run, run.plans.get(kind=PlanKind.PROPOSED))
    sheets = {sheet.title: sheet for sheet in book.worksheets}
    assert set(sheets) >= {
        "Overblik", "Planer sammenlignet", "Flåde", "Fordeling", "Ikke-tildelte ture", "Kørebog", "Brug pr. køretøj",
        "Histogrammer", "Alternativer", "Grænser og bevis", "Brugte satser", "Ture, der ikke er talt med",
    }  # fmt: skip
    assert sheets["Fordeling"].max_row == 6
    assert sheets["Ikke-tildelte ture"].max_row == 3
    first = dict(zip(*([cell.value for cell in row] for row in sheets["Ikke-tildelte ture"]["1:2"]), strict=True))
    assert first["Hvorfor ikke tildelt"] == "Alle køretøjer, der må tage den, var ude"
    assert sheets["Kørebog"].max_row == 4
    headings = [cell.value for cell in sheets["Planer sammenlignet"][1]]
    assert "Kontant, kr./år" in headings
    assert "Samfundsomkostning, kr./år" in headings


# --- Use ----------------------------------------------------------------------------------------------------------


def test_each_bar_of_the_histograms_leads_to_exactly_its_trips(
    fleet: SmallFleet, busy: TripImport, manager: Client
) -> None:
    run = simulated(fleet, 1, 0)
    page = manager.get(reverse("fleet:run_usage", args=[run.pk])).content.decode()
    found = re.search(r'<script id="by-hour-data" type="application/json">(.*?)</script>', page)
    assert found is not None
    import json

    picture = json.loads(found[1])
    checked = 0
    for series in picture["series"]:
        for point in series["points"]:
            if point["y"]:
                listed = manager.get(point["href"] + "&export=csv")
                rows = b"".join(listed.streaming_content).decode().strip().splitlines()  # type: ignore[attr-defined]
                assert len(rows) - 1 == point["y"], point
                checked += point["y"]
    assert checked == 5


def test_use_is_fetched_as_a_part_when_it_comes_into_sight(
    fleet: SmallFleet, busy: TripImport, manager: Client
) -> None:
    run = simulated(fleet, 2, 1)
    address = reverse("fleet:run_usage", args=[run.pk])
    page = manager.get(reverse("fleet:run", args=[run.pk])).content.decode()
    assert f'hx-get="{address}" hx-trigger="revealed"' in page
    part = manager.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert "Brug pr. køretøj" in part


# --- Side by side, title, undo ------------------------------------------------------------------------------------


def test_two_to_four_runs_are_compared(fleet: SmallFleet, busy: TripImport, manager: Client) -> None:
    few, many = simulated(fleet, 1, 0, title="Få"), simulated(fleet, 2, 1, title="Mange")
    page = manager.get(reverse("fleet:run_compare"), {"runs": [few.pk, many.pk]}).content.decode()
    assert "Side om side" in page
    for text in ("Kontant, kr./år", "Samfundsomkostning, kr./år", "CO2e, t/år", "Ikke-tildelte ture"):
        assert text in page
    assert (
        "Vælg to, tre eller fire"
        in manager.get(reverse("fleet:run_compare"), {"runs": [few.pk, few.pk]}).content.decode()
    )


def test_title_and_note_are_changed_and_a_deletion_is_undone(
    fleet: SmallFleet, busy: TripImport, manager: Client
) -> None:
    run = simulated(fleet, 1, 1)
    manager.post(reverse("fleet:run_edit", args=[run.pk]), {"title": "Til budgettet", "note": "Se her"})
    assert "Se her" in manager.get(reverse("fleet:run", args=[run.pk])).content.decode()
    gone = manager.post(reverse("fleet:run_delete", args=[run.pk]))
    listed = manager.get(gone["Location"]).content.decode()
    assert "»Til budgettet« er slettet" in listed
    assert manager.get(reverse("fleet:run", args=[run.pk])).status_code == 404
    back = manager.post(reverse("fleet:run_restore", args=[run.pk]))
    assert manager.get(back["Location"]).status_code == 200
    actions = set(Entry.objects.values_list("action", flat=True))
    assert {"fleet.run.described", "fleet.run.deleted", "fleet.run.restored"} <= actions


# --- API and commands ---------------------------------------------------------------------------------------------


def test_the_api_simulates_compares_and_tells_the_use(fleet: SmallFleet, busy: TripImport, call: Call) -> None:
    question = {
        "bases": [fleet.own.pk], "period_start": "2026-03-02", "period_end": "2026-03-09", "fleet_mode": "MANUAL",
        "rates": comparison().name, "max_unserved": 5, "note": "fra API",
        "counts": [{"base": fleet.own.pk, "model": fleet.electric.pk, "count": 1}],
    }  # fmt: skip
    answer = call("POST", "/runs", question)
    assert answer.status_code == 202, answer.content
    number = answer.json()["id"]
    assert answer.json()["state"] == "FINISHED"
    told = call("GET", f"/runs/{number}").json()
    kinds = {plan["kind"]: plan for plan in told["plans"]}
    assert set(kinds) == {"PROPOSED", "TODAY", "CURRENT", "FIRST_COME"}
    assert kinds["PROPOSED"]["unserved_trips"] == 2
    left = call("GET", f"/runs/{number}/assignments?unserved=true").json()
    assert [row["reason"] for row in left["items"]] == ["ALL_OUT", "ALL_OUT"]
    naive = call("GET", f"/runs/{number}/assignments?plan={kinds['FIRST_COME']['id']}").json()
    assert naive["count"] == 5
    used = call("GET", f"/runs/{number}/usage").json()
    assert sum(map(sum, used["trips_by_hour"].values())) == 5
    other = call("POST", "/runs", {**question, "counts": [{**question["counts"][0], "count": 3}]}).json()["id"]
    beside = call("GET", f"/runs/compare?runs={number}&runs={other}").json()
    assert [side["plan"]["vehicles"] for side in beside["sides"]] == [1, 3]
    assert call("GET", f"/runs/compare?runs={number}").status_code == 409
    assert call("PATCH", f"/runs/{number}", {"title": "Nyt navn"}).json()["title"] == "Nyt navn"
    assert call("DELETE", f"/runs/{number}").status_code == 204
    assert call("GET", f"/runs/{number}").status_code == 404
    assert call("POST", f"/runs/{number}/restore").json()["title"] == "Nyt navn"


def test_the_api_knows_no_model_or_vehicle_out_of_reach(fleet: SmallFleet, busy: TripImport, call: Call) -> None:
    question = {
        "bases": [fleet.own.pk], "period_start": "2026-03-02", "period_end": "2026-03-09", "rates": comparison().name,
    }  # fmt: skip
    away = Vehicle.objects.get(registration="CD12345").pk
    assert call("POST", "/runs", {**question, "locked": [away]}).status_code == 404
    strange = {"base": fleet.other.pk, "model": fleet.electric.pk, "count": 1}
    assert call("POST", "/runs", {**question, "fleet_mode": "MANUAL", "counts": [strange]}).status_code == 409
    assert call("POST", "/runs", {**question, "priority": 5, "goal": "CO2E"}).status_code == 409


def said(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out, stderr=StringIO())
    return out.getvalue()


def test_a_simulation_and_wishes_on_the_command_line(fleet: SmallFleet, busy: TripImport) -> None:
    week = ("--base", "Grenaa", "--from", "2026-03-02", "--to", "2026-03-08", "--rates", comparison().name)
    told = said("fleet_simulate", *week, "--from-none", "--count", "Grenaa:Elbil=1", "--max-unserved", "5")
    assert "2 ture af 5 har intet køretøj" in told
    assert "Simuleret: 1 køretøjer" in told
    assert "Først til mølle: 1 køretøjer" in told
    said(
        "fleet_optimise", *week, "--no-front", "--balance", "5", "--range", "Grenaa:Benzinbil=-1", "--lock", "AB12345",
        "--max-cash", "500000", "--model", "Elbil", "--model", "Benzinbil",
    )  # fmt: skip
    run = Run.objects.order_by("-pk")[0]
    found = {row.model_id: (row.min_count, row.max_count) for row in run.candidates.all()}
    assert found == {fleet.electric.pk: (1, None), fleet.petrol.pk: (0, 1)}
    assert (run.priority, run.max_cash_dkk, run.state) == (5, 500000, RunState.FINISHED)
    for wrong in (
        ("--count", "Ebeltoft:Elbil=1"), ("--count", "Grenaa:Cykel=1"), ("--count", "Grenaa:Elbil"),
    ):  # fmt: skip
        with pytest.raises(CommandError):
            said("fleet_simulate", *week, *wrong)
    for wrong in (("--range", "Grenaa:Elbil=x"), ("--lock", "ZZ99999")):
        with pytest.raises(CommandError):
            said("fleet_optimise", *week, *wrong)
    assert Base.objects.count() == 2
    assert RateSet.objects.exists()
