# SPDX-License-Identifier: MPL-2.0
"""Runs with real charging: what they need, the plan they give, and where it is shown."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook
from persons import NOW

from kommune3.solutions.fleet.errors import InvalidRun
from kommune3.solutions.fleet.models import (
    Base,
    Charger,
    ChargingRule,
    EnergyTariff,
    PlanCharge,
    PlanKind,
    Run,
    RunGoal,
    RunStatus,
    Trip,
    VehicleModel,
)
from kommune3.solutions.fleet.operations import imports
from kommune3.solutions.fleet.tests.small_fleet import Read, SmallFleet, csv_of
from kommune3.solutions.fleet.tests.test_optimising import computed, started
from kommune3.solutions.fleet.tests.test_prices import imported, price_csv
from kommune3.solutions.fleet.tests.test_rest import API, key_of

pytestmark = pytest.mark.django_db

TRIPS = csv_of(
    *(f"{day},AB12345,2026-03-0{day}T08:00:00+01:00,2026-03-0{day}T15:00:00+01:00,150" for day in range(2, 7)),
    "e,AB12346,2026-03-03T09:00:00+01:00,2026-03-03T10:00:00+01:00,30",
)


def set_up(fleet: SmallFleet, read: Read, *, hours: int = 24 * 8, outlets: int = 1, kw: int = 11) -> None:
    """Chargers, batteries, a week of trips, and prices that are cheap from 00 to 04 UTC."""
    VehicleModel.objects.filter(pk=fleet.electric.pk).update(battery_kwh=Decimal("52.0"), charge_kw=Decimal("11.0"))
    Charger.objects.create(base=fleet.own, name="Gård", outlets=outlets, power_kw=kw, valid_from=date(2020, 1, 1))
    start = datetime(2026, 3, 1, 23, tzinfo=UTC)
    at = [start + timedelta(hours=number) for number in range(hours)]
    imported(
        fleet, price_csv(*((f"{hour:%Y-%m-%d %H:%M}", "DK1", "100,0" if hour.hour < 4 else "900,0") for hour in at))
    )
    imports.commit_import(actor=fleet.manager, now=NOW, import_id=read(TRIPS).pk)
    assert Trip.objects.count() == 6


def real(fleet: SmallFleet, **more: Any) -> Run:
    asked = {"goal": RunGoal.CASH, "charging": ChargingRule.REAL, "price_area": "DK1", "models": [fleet.electric]}
    return started(fleet, **{**asked, **more})


def test_charging_waits_for_the_cheap_hours_and_is_proven(fleet: SmallFleet, read: Read) -> None:
    set_up(fleet, read)
    run = computed(real(fleet))
    assert run.violations == []
    plan = run.plans.get(kind=PlanKind.PROPOSED)
    charges = list(PlanCharge.objects.filter(plan_vehicle__plan=plan))
    assert charges and all(charge.starts_at.astimezone(UTC).hour < 4 for charge in charges)
    # 780 km at 0.16 kWh, for 0.1 kr. a kWh.
    assert plan.charged_kwh == pytest.approx(124.8, abs=0.01)
    assert plan.charged_dkk == pytest.approx(Decimal("12.48"), abs=Decimal("0.02"))
    assert plan.charged_bound_dkk is not None and plan.charged_bound_dkk <= plan.charged_dkk
    assert plan.energy_dkk < Decimal(1000)


def test_tariffs_count_in_the_charging_plan(fleet: SmallFleet, read: Read) -> None:
    set_up(fleet, read)
    EnergyTariff.objects.create(name="Elafgift", dkk_per_kwh="0.008", valid_from=date(2026, 1, 1), source="prøve")
    plan = computed(real(fleet)).plans.get(kind=PlanKind.PROPOSED)
    assert plan.charged_dkk == pytest.approx(Decimal("13.48"), abs=Decimal("0.02"))


def test_a_run_by_rest_has_no_charging_plan(fleet: SmallFleet, read: Read) -> None:
    set_up(fleet, read)
    run = computed(real(fleet, charging=ChargingRule.REST))
    assert run.price_area == ""
    assert run.plans.get(kind=PlanKind.PROPOSED).charged_kwh is None
    assert not PlanCharge.objects.exists()


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda fleet: VehicleModel.objects.filter(pk=fleet.electric.pk).update(battery_kwh=None), "Elbil"),
        (lambda fleet: Charger.objects.all().delete(), "Opret dem under Hjemsteder"),
        (lambda fleet: Charger.objects.update(valid_to=date(2025, 1, 1)), "Opret dem under Hjemsteder"),
        (lambda fleet: Base.objects.update(power_limit_kw=Decimal("0.5")), ""),
    ],
)
def test_what_is_missing_is_named(fleet: SmallFleet, read: Read, spoil: Any, says: str) -> None:
    set_up(fleet, read)
    spoil(fleet)
    run = real(fleet)
    if says:
        with pytest.raises(InvalidRun):
            computed(run)
    else:
        assert computed(run).status == RunStatus.INFEASIBLE
        assert run.obstacle["reason"] == "ENERGY"
        assert run.obstacle["shortfall_kwh"] > 0
        assert run.obstacle["trips"]


def test_an_hour_without_price_is_named(fleet: SmallFleet, read: Read) -> None:
    set_up(fleet, read, hours=30)
    with pytest.raises(InvalidRun, match="03.03.2026"):
        computed(real(fleet))


def test_the_plan_is_on_the_pages_in_the_workbook_and_in_the_api(fleet: SmallFleet, read: Read) -> None:
    set_up(fleet, read)
    run = computed(real(fleet))
    client = Client()
    client.force_login(fleet.persons.fleet_manager)
    result = client.get(f"/fleet/runs/{run.pk}/")
    assert f"/fleet/runs/{run.pk}/charging/" in result.content.decode()
    page = client.get(f"/fleet/runs/{run.pk}/charging/")
    assert "Elbil 1" in page.content.decode() and "Gård" in page.content.decode()
    assert sum(each.kwh for each in page.context["found"].hours) == pytest.approx(124.8, abs=0.01)
    listed = client.get(f"/fleet/runs/{run.pk}/charging/all/?_export=csv")
    assert "Gård" in listed.getvalue().decode("utf-8-sig")
    book = load_workbook(BytesIO(client.get(f"/fleet/runs/{run.pk}/export/xlsx/").getvalue()))
    sheet = next(sheet for sheet in book.worksheets if "Gård" in {cell.value for cell in sheet["D"]})
    assert sum(row[7].value for row in sheet.iter_rows(min_row=2)) == pytest.approx(124.8, abs=0.05)
    headers = {"Authorization": f"Bearer {key_of(fleet.persons.fleet_manager)}"}
    told = Client().get(f"{API}/runs/{run.pk}/charges", headers=headers).json()
    assert told["count"] == PlanCharge.objects.count()
    assert told["items"][0]["outlet"] == 1
    plans = Client().get(f"{API}/runs/{run.pk}", headers=headers).json()["plans"]
    proposed = next(plan for plan in plans if plan["kind"] == "PROPOSED")
    assert proposed["charged_kwh"] == pytest.approx(124.8, abs=0.01)


def test_the_form_asks_for_the_price_area(fleet: SmallFleet, read: Read) -> None:
    set_up(fleet, read)
    client = Client()
    client.force_login(fleet.persons.fleet_manager)
    form = client.get("/fleet/runs/new/").context["form"]
    assert {"charging", "price_area"} <= set(form.fields)
    answer = client.post("/fleet/runs/new/", {"charging": "REAL", "price_area": ""})
    assert "price_area" in answer.context["form"].errors


def test_a_run_without_charging_says_so_on_the_charging_page(fleet: SmallFleet, read: Read) -> None:
    set_up(fleet, read)
    run = computed(real(fleet, charging=ChargingRule.REST))
    client = Client()
    client.force_login(fleet.persons.fleet_manager)
    assert client.get(f"/fleet/runs/{run.pk}/charging/").status_code == 200
    assert client.get(f"/fleet/runs/{run.pk}/charging/all/").status_code == 404
