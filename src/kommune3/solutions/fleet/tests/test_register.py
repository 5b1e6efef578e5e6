# SPDX-License-Identifier: MPL-2.0
"""The register of vehicles: leases, readings, service windows, moves, chargers; and a history that is complete."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from persons import NOW

from kommune3.kernel import clock
from kommune3.kernel.access.reach import Forbidden, NotVisible
from kommune3.kernel.people.models import Account
from kommune3.solutions.fleet.errors import InvalidRow
from kommune3.solutions.fleet.models import (
    Change,
    Charger,
    OdometerReading,
    ServiceKind,
    ServiceWindow,
    Stay,
    Trip,
    Vehicle,
)
from kommune3.solutions.fleet.operations import register, vehicles
from kommune3.solutions.fleet.queries.contracts import contracts_of, lease_years
from kommune3.solutions.fleet.queries.register import get_vehicle_page
from kommune3.solutions.fleet.tests.small_fleet import SmallFleet

BrowserOf = Callable[[Account | None], Client]
TODAY = clock.municipal_date(NOW)


@pytest.fixture
def car(fleet: SmallFleet) -> Vehicle:
    return Vehicle.objects.get(registration="AB12345")


@pytest.fixture
def manager(fleet: SmallFleet, browser_of: BrowserOf) -> Client:
    return browser_of(fleet.persons.fleet_manager)


def at(hour: int, day: int = 10) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=UTC)


def away(fleet: SmallFleet, car: Vehicle, start: datetime, end: datetime, **more: Any) -> ServiceWindow:
    return register.save_service_window(
        actor=more.pop("actor", fleet.manager), now=NOW, vehicle_id=car.pk, starts_at=start, ends_at=end,
        kind=ServiceKind.REPAIR, **more,
    )  # fmt: skip


def leased(car: Vehicle, **more: Any) -> Vehicle:
    told: dict[str, Any] = {
        "ownership": "LEASED", "lease_start": date(2025, 3, 1), "lease_end": date(2028, 3, 1),
        "contract_km_year": 10000, "excess_dkk_per_km": Decimal("0.80"), "refund_dkk_per_km": Decimal("0.25"),
    }  # fmt: skip
    for name, value in (told | more).items():
        setattr(car, name, value)
    car.save()
    return car


# --- Out of use ---------------------------------------------------------------------------------------------------


def test_windows_that_touch_are_kept_and_windows_that_overlap_are_refused(fleet: SmallFleet, car: Vehicle) -> None:
    away(fleet, car, at(8), at(12))
    away(fleet, car, at(12), at(16))
    for start, end in ((at(7), at(9)), (at(9), at(10)), (at(15), at(18)), (at(6), at(20))):
        with pytest.raises(InvalidRow, match="allerede ude af drift"):
            away(fleet, car, start, end)
    with pytest.raises(InvalidRow):
        away(fleet, car, at(20), at(20))
    assert car.service_windows.count() == 2


def test_a_window_may_be_changed_within_its_own_time_and_removed(fleet: SmallFleet, car: Vehicle) -> None:
    window = away(fleet, car, at(8), at(12))
    away(fleet, car, at(9), at(13), window_id=window.pk, note="Værkstedet")
    window.refresh_from_db()
    assert (window.starts_at, window.note) == (at(9), "Værkstedet")
    register.remove_service_window(actor=fleet.manager, now=NOW, vehicle_id=car.pk, window_id=window.pk)
    assert not ServiceWindow.objects.exists()
    told = list(Change.objects.filter(vehicle=car).order_by("id").values_list("what", "old", "new"))
    assert [what for what, _old, _new in told] == ["SERVICE"] * 3
    assert told[0][1:] == ("", "10-03-2026 09:00 – 10-03-2026 13:00, Værksted")
    assert told[2][1:] == ("10-03-2026 10:00 – 10-03-2026 14:00, Værksted (Værkstedet)", "")


def test_windows_of_other_units_are_out_of_reach(fleet: SmallFleet, car: Vehicle) -> None:
    window = away(fleet, car, at(8), at(12))
    other = Vehicle.objects.get(registration="CD12345")
    with pytest.raises(NotVisible):
        away(fleet, other, at(8), at(12), window_id=window.pk)
    with pytest.raises(Forbidden):
        away(fleet, car, at(14), at(15), actor=fleet.leader)


@pytest.mark.parametrize(
    "row",
    [
        lambda car: ServiceWindow(vehicle=car, starts_at=at(9), ends_at=at(9)),
        lambda car: Charger(base=car.base, name="x", outlets=0, power_kw=11, valid_from=TODAY),
        lambda car: Charger(base=car.base, name="x", power_kw=11, valid_from=TODAY, valid_to=TODAY),
        lambda car: Stay(vehicle=car, base=car.base, valid_from=TODAY, valid_to=TODAY),
        lambda car: Change(at=NOW, by_name=""),
    ],
)  # fmt: skip
def test_the_database_itself_refuses_what_cannot_be(
    fleet: SmallFleet, car: Vehicle, row: Callable[[Vehicle], Any]
) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        row(car).save()


# --- Odometer and contract km -------------------------------------------------------------------------------------


def test_an_odometer_never_runs_backwards(fleet: SmallFleet, car: Vehicle) -> None:
    def read(day: date, km: int) -> None:
        register.save_reading(actor=fleet.manager, now=NOW, vehicle_id=car.pk, read_on=day, km=km)

    read(TODAY - timedelta(days=30), 5000)
    read(TODAY, 6000)
    for day, km in (
        (TODAY - timedelta(days=10), 4999),
        (TODAY - timedelta(days=10), 6001),
        (TODAY + timedelta(days=1), 9000),
    ):
        with pytest.raises(InvalidRow):
            read(day, km)
    read(TODAY, 6100)
    assert list(car.readings.values_list("km", flat=True)) == [6100, 5000]


def test_the_forecast_follows_the_readings_to_the_end_of_the_lease(fleet: SmallFleet, car: Vehicle) -> None:
    leased(car)
    OdometerReading.objects.create(vehicle=car, read_on=date(2025, 3, 1), km=1000)
    OdometerReading.objects.create(vehicle=car, read_on=date(2026, 3, 1), km=15600)
    found = contracts_of([car], now=NOW)[0].forecast
    assert found is not None
    assert (found.contract_km, found.driven_km, found.km_per_day) == (30000, 14600, 40.0)
    assert found.expected_km == 14600 + 40 * 731
    assert (found.excess_km, found.excess_dkk) == (13840, Decimal("11072.00"))
    assert (found.unused_km, found.refund_dkk) == (0, Decimal("0.00"))


def test_a_lease_that_will_not_be_used_up_gives_a_refund(fleet: SmallFleet, car: Vehicle) -> None:
    leased(car, contract_km_year=20000)
    OdometerReading.objects.create(vehicle=car, read_on=date(2025, 3, 1), km=0)
    OdometerReading.objects.create(vehicle=car, read_on=date(2026, 3, 1), km=14600)
    found = contracts_of([car], now=NOW)[0].forecast
    assert found is not None
    assert (found.excess_km, found.unused_km) == (0, 60000 - 43840)
    assert found.refund_dkk == Decimal("4040.00")


def test_without_readings_the_imported_trips_are_used_and_it_is_said(fleet: SmallFleet, car: Vehicle) -> None:
    leased(car)
    for day in range(100):
        start = NOW - timedelta(days=100 - day)
        Trip.objects.create(base=car.base, vehicle=car, start_at=start, end_at=start + timedelta(hours=1), km=50)
    contract = contracts_of([car], now=NOW)[0]
    assert contract.forecast is not None
    assert (contract.forecast.trips_km, contract.forecast.km_per_day, contract.forecast.readings) == (5000, 50.0, ())


@pytest.mark.parametrize(("gone", "said"), [("lease_end", "Leaset til"), ("contract_km_year", "Kontrakt-km")])
def test_a_forecast_that_cannot_be_made_says_what_is_missing(
    fleet: SmallFleet, car: Vehicle, gone: str, said: str
) -> None:
    leased(car, **{gone: None}, excess_dkk_per_km=None, refund_dkk_per_km=None)
    contract = contracts_of([car], now=NOW)[0]
    assert contract.forecast is None
    assert said in contract.missing
    leased(car)
    assert "for lidt" in contracts_of([car], now=NOW)[0].missing


def test_a_lease_of_three_years_is_three_years() -> None:
    assert lease_years(date(2024, 2, 29), date(2027, 2, 28)) == pytest.approx(3, abs=0.004)
    assert lease_years(date(2025, 3, 1), date(2028, 3, 1)) == 3
    assert lease_years(date(2025, 1, 1), date(2025, 7, 1)) == 0.5


# --- Moving, retiring, history ------------------------------------------------------------------------------------


def test_a_move_keeps_where_the_vehicle_stood(fleet: SmallFleet, car: Vehicle) -> None:
    vehicles.move_vehicle(actor=fleet.manager, now=NOW, vehicle_id=car.pk, base=fleet.other, on=date(2025, 5, 1))
    vehicles.move_vehicle(actor=fleet.manager, now=NOW, vehicle_id=car.pk, base=fleet.own, on=date(2025, 9, 1))
    page = get_vehicle_page(actor=fleet.manager, vehicle_id=car.pk, now=NOW)
    assert [(stood.base.name, stood.since, stood.until) for stood in page.places] == [
        ("Grenaa", date(2025, 9, 1), None), ("Auning", date(2025, 5, 1), date(2025, 9, 1)),
        ("Grenaa", date(2020, 1, 1), date(2025, 5, 1)),
    ]  # fmt: skip
    for base, on in ((fleet.own, TODAY), (fleet.other, TODAY + timedelta(days=1)), (fleet.other, date(2025, 6, 1))):
        with pytest.raises(InvalidRow):
            vehicles.move_vehicle(actor=fleet.manager, now=NOW, vehicle_id=car.pk, base=base, on=on)


def test_a_retired_vehicle_keeps_its_trips_and_its_history(fleet: SmallFleet, car: Vehicle) -> None:
    vehicles.retire_vehicle(actor=fleet.manager, now=NOW, vehicle_id=car.pk, last_day=date(2026, 2, 28))
    car.refresh_from_db()
    assert car.valid_to == date(2026, 3, 1)
    assert Change.objects.get(vehicle=car).field == "valid_to"
    with pytest.raises(InvalidRow):
        vehicles.retire_vehicle(actor=fleet.manager, now=NOW, vehicle_id=car.pk, last_day=date(2019, 1, 1))


def test_every_field_that_is_changed_on_the_page_is_in_the_history(
    fleet: SmallFleet, car: Vehicle, manager: Client
) -> None:
    address = reverse("fleet:vehicle_edit", args=[car.pk])
    told = {
        "registration": "AB12345", "model": car.model_id, "valid_from": "2020-01-01", "use": "Aftenvagt",
        "ownership": "LEASED", "supplier": "Leas A/S", "contract_km_year": "15000", "excess_dkk_per_km": "0.85",
        "equipment": "lift, anhængertræk", "notes": "",
    }  # fmt: skip
    refused = manager.post(address, told | {"ownership": "OWNED"}).content.decode()
    assert "Køretøjet har oplysninger om en leasingaftale" in refused
    assert not Change.objects.exists()
    manager.post(address, told)
    rows = Change.objects.filter(vehicle=car).values_list("field", "old", "new")
    assert set(rows) == {
        ("use", "", "Aftenvagt"), ("ownership", "OWNED", "LEASED"), ("supplier", "", "Leas A/S"),
        ("contract_km_year", "", "15000"), ("excess_dkk_per_km", "", "0.85"),
        ("equipment", "", "anhængertræk, lift"),
    }  # fmt: skip
    page = manager.get(reverse("fleet:vehicle", args=[car.pk])).content.decode()
    assert "Pris for overkørte km, kr. pr. km: – → 0,85" in page
    assert "Eget eller leaset: Eget → Leaset" in page
    lines = b"".join(manager.get(reverse("fleet:vehicle_history", args=[car.pk]) + "?export=csv").streaming_content)  # type: ignore[attr-defined]
    assert "Anvendelse;;Aftenvagt" in lines.decode()


def test_the_fittings_of_a_vehicle_are_its_models_and_its_own(fleet: SmallFleet, car: Vehicle) -> None:
    car.model.capabilities, car.equipment = ["lift"], ["anhængertræk"]
    assert car.fittings == {"lift", "anhængertræk"}


# --- The pages ----------------------------------------------------------------------------------------------------


def test_a_vehicle_is_moved_serviced_and_read_on_its_pages(fleet: SmallFleet, car: Vehicle, manager: Client) -> None:
    page = reverse("fleet:vehicle", args=[car.pk])
    manager.post(reverse("fleet:vehicle_move", args=[car.pk]), {"base": fleet.other.pk, "on": "2025-05-01"})
    manager.post(
        reverse("fleet:service_new", args=[car.pk]),
        {"starts_at": "2026-03-10T08:00", "ends_at": "2026-03-10T16:00", "kind": "REPAIR", "note": "Bremser"},
    )
    manager.post(reverse("fleet:reading_new", args=[car.pk]), {"read_on": "2025-01-01", "km": "41000", "source": ""})
    shown = manager.get(page).content.decode()
    for told in ("Auning", "Bremser", "41.000", "Hvor det har stået"):
        assert told in shown, told
    again = manager.post(
        reverse("fleet:service_new", args=[car.pk]),
        {"starts_at": "2026-03-10T15:00", "ends_at": "2026-03-10T17:00", "kind": "SERVICE", "note": ""},
    )
    assert "allerede ude af drift" in again.content.decode()
    window, reading = ServiceWindow.objects.get(), OdometerReading.objects.get()
    assert "Bremser" in manager.get(reverse("fleet:services")).content.decode()
    manager.post(reverse("fleet:service_remove", args=[car.pk, window.pk]))
    manager.post(reverse("fleet:reading_remove", args=[car.pk, reading.pk]))
    assert not ServiceWindow.objects.exists() and not OdometerReading.objects.exists()


def test_leases_are_listed_with_what_they_will_cost(fleet: SmallFleet, car: Vehicle, manager: Client) -> None:
    assert "Intet køretøj er leaset" in manager.get(reverse("fleet:contracts")).content.decode()
    leased(car)
    OdometerReading.objects.create(vehicle=car, read_on=date(2025, 3, 1), km=1000)
    OdometerReading.objects.create(vehicle=car, read_on=date(2026, 3, 1), km=15600)
    assert "11.072" in manager.get(reverse("fleet:contracts")).content.decode()
    page = manager.get(reverse("fleet:vehicle", args=[car.pk])).content.decode()
    assert "13.840 km for meget" in page


def test_a_leader_sees_the_register_and_changes_nothing(fleet: SmallFleet, car: Vehicle, browser_of: BrowserOf) -> None:
    leader = browser_of(fleet.persons.leader)
    page = leader.get(reverse("fleet:vehicle", args=[car.pk])).content.decode()
    assert "AB12345" in page
    assert "Redigér" not in page
    for name in ("vehicle_edit", "vehicle_move", "vehicle_retire", "service_new", "reading_new"):
        assert leader.get(reverse(f"fleet:{name}", args=[car.pk])).status_code == 403
    other = Vehicle.objects.get(registration="CD12345")
    assert leader.get(reverse("fleet:vehicle", args=[other.pk])).status_code == 404
    assert leader.get(reverse("fleet:vehicle_history", args=[other.pk])).status_code == 404


def test_chargers_are_created_ended_and_counted_by_base(fleet: SmallFleet, manager: Client) -> None:
    told = {"base": fleet.own.pk, "name": "Carport", "outlets": "4", "power_kw": "11", "valid_from": "2025-01-01"}
    manager.post(reverse("fleet:charger_new"), told)
    charger = Charger.objects.get()
    fleet.own.power_limit_kw = Decimal(30)
    fleet.own.save()
    assert "30,0" in manager.get(reverse("fleet:chargers")).content.decode()
    refused = manager.post(reverse("fleet:charger_new"), told).content.decode()
    assert "allerede en ladestander med det navn" in refused
    manager.post(reverse("fleet:charger", args=[charger.pk]), told | {"valid_to": "2026-01-01"})
    charger.refresh_from_db()
    assert charger.valid_to == date(2026, 1, 1)
    assert [row.new for row in Change.objects.filter(base=fleet.own).order_by("id")] == [
        "Carport: 4 × 11 kW, 01-01-2025", "Carport: 4 × 11 kW, 01-01-2025 – 01-01-2026",
    ]  # fmt: skip


def test_a_model_shows_each_figure_with_its_own_source(fleet: SmallFleet, manager: Client) -> None:
    address = reverse("fleet:model_edit", args=[fleet.electric.pk])
    told = {
        "name": "Elbil", "kind": "EV", "energy": "ELECTRICITY", "energy_per_km": "0.16", "fixed_dkk_year": "42000",
        "range_km": "300", "winter_range_km": "210", "rest_hours": "7", "charge_kw": "7.4", "source": "prøve",
        "sources": "charge_kw=Datablad 2026", "is_offered": "on",
    }  # fmt: skip
    assert "længere end rækkevidden" in manager.post(address, told | {"winter_range_km": "400"}).content.decode()
    assert "Der er intet tal" in manager.post(address, told | {"sources": "farve=rød"}).content.decode()
    manager.post(address, told)
    page = manager.get(reverse("fleet:model", args=[fleet.electric.pk])).content.decode()
    assert "Datablad 2026" in page
    assert "Rækkevidde om vinteren, km: – → 210" in page
