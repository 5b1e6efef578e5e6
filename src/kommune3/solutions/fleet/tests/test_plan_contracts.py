# SPDX-License-Identifier: MPL-2.0
"""Contract km in a plan's figures, and how every figure of a result leads to the rows it is made from."""

from collections.abc import Callable
from decimal import Decimal
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from persons import NOW

from kommune3.kernel.people.models import Account
from kommune3.solutions.fleet.models import FleetMode, Plan, Rate, Run, RunGoal, TripImport, Vehicle
from kommune3.solutions.fleet.operations import imports
from kommune3.solutions.fleet.tests.small_fleet import Read, SmallFleet, csv_of
from kommune3.solutions.fleet.tests.test_optimising import computed, started

BrowserOf = Callable[[Account | None], Client]
TRIPS = csv_of(
    "1,AB12345,2026-03-02 07:00,2026-03-02 09:00,30",
    "2,AB12346,2026-03-02 08:00,2026-03-02 10:00,40",
    "3,AB12345,2026-03-03 07:00,2026-03-03 09:00,30",
)


@pytest.fixture
def imported(fleet: SmallFleet, read: Read) -> TripImport:
    return imports.commit_import(actor=fleet.manager, now=NOW, import_id=read(TRIPS).pk)


def lease(registration: str, km_year: int, excess: str, refund: str) -> None:
    Vehicle.objects.filter(registration=registration).update(
        ownership="LEASED", contract_km_year=km_year, excess_dkk_per_km=excess, refund_dkk_per_km=refund
    )


def plan_of(run: Run, kind: str) -> Plan:
    return run.plans.get(kind=kind)


def test_km_above_the_contracts_are_a_line_of_their_own_beside_the_cash(
    fleet: SmallFleet, imported: TripImport
) -> None:
    lease("AB12345", 2000, "0.50", "0.10")
    run = computed(started(fleet, goal=RunGoal.CASH, with_front=False))
    days = (run.period_end - run.period_start).days
    driven = Decimal(60) * 365 / days
    today = plan_of(run, "TODAY")
    assert today.excess_dkk == (max(Decimal(0), driven - 2000) * Decimal("0.50")).quantize(Decimal("0.01"))
    assert today.refund_dkk == (max(Decimal(0), 2000 - driven) * Decimal("0.10")).quantize(Decimal("0.01"))
    assert today.cash_dkk == today.fixed_dkk + today.energy_dkk + today.allowance_dkk


def test_the_vehicle_that_drives_most_is_given_the_contract_with_most_km(
    fleet: SmallFleet, imported: TripImport
) -> None:
    Vehicle.objects.filter(registration="AB12346").update(model=fleet.electric)
    lease("AB12345", 1000, "1.00", "0")
    lease("AB12346", 100_000, "1.00", "0")
    run = computed(started(fleet, goal=RunGoal.CASH, with_front=False, fleet_mode=FleetMode.FIXED))
    plan = plan_of(run, "PROPOSED")
    km = sorted((vehicle.km for vehicle in plan.plan_vehicles.filter(model=fleet.electric)), reverse=True)
    days = (run.period_end - run.period_start).days
    least = Decimal(str(km[1])) * 365 / days if len(km) > 1 else Decimal(0)
    assert plan.excess_dkk == max(Decimal(0), least - 1000).quantize(Decimal("0.01"))


def test_without_contracts_nothing_is_said_of_excess(fleet: SmallFleet, imported: TripImport) -> None:
    run = computed(started(fleet, goal=RunGoal.CASH, with_front=False))
    assert [(plan.excess_dkk, plan.refund_dkk) for plan in run.plans.all()] == [(None, None)] * run.plans.count()


def test_every_figure_of_a_result_leads_to_the_rates_it_is_made_from(
    fleet: SmallFleet, imported: TripImport, browser_of: BrowserOf
) -> None:
    run = computed(started(fleet, goal=RunGoal.CASH, with_front=False))
    manager = browser_of(fleet.persons.fleet_manager)
    page = manager.get(reverse("fleet:run_basis", args=[run.pk])).content.decode()
    for kind in ("PRICE_ELECTRICITY", "ALLOWANCE_HIGH", "CO2E_PETROL", "SOCIAL_DKK_PER_T", "DEFLATOR"):
        rate = Rate.objects.get(rate_set=run.rate_set, kind=kind)
        assert page.count(f'href="{reverse("fleet:rate", args=[rate.pk])}"') >= 2, kind
    for count in plan_of(run, "PROPOSED").counts.all():
        assert reverse("fleet:model", args=[count.model_id]) in page
    assert "rækken er ændret siden" not in page
    Rate.objects.filter(rate_set=run.rate_set, kind="PRICE_PETROL").update(value=99)
    assert "rækken er ændret siden" in manager.get(reverse("fleet:run_basis", args=[run.pk])).content.decode()


def test_cash_and_social_cost_are_two_columns_on_the_page_and_in_the_workbook(
    fleet: SmallFleet, imported: TripImport, browser_of: BrowserOf
) -> None:
    run = computed(started(fleet, goal=RunGoal.CASH, with_front=True))
    manager = browser_of(fleet.persons.fleet_manager)
    book = load_workbook(
        BytesIO(b"".join(manager.get(reverse("fleet:run_export", args=[run.pk, "xlsx"])).streaming_content))  # type: ignore[attr-defined]
    )
    sheet = next(page for page in book if page.title.startswith("Planer"))
    headings = [cell.value for cell in sheet[1]]
    cash, social = headings.index("Kontant, kr./år"), headings.index("Samfundsomkostning, kr./år")
    assert any("overkørte km" in str(heading) for heading in headings)
    told = {round(float(row[cash]), 2): row for row in sheet.iter_rows(min_row=2, values_only=True)}
    for kind in ("PROPOSED", "TODAY"):
        plan = plan_of(run, kind)
        row = told[float(plan.cash_dkk)]
        assert round(float(row[social]), 2) == float(plan.social_dkk)
        together = round(float(plan.cash_dkk + plan.social_dkk), 2)
        assert together not in [round(value, 2) for value in row if isinstance(value, float)]
