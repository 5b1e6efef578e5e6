# SPDX-License-Identifier: MPL-2.0
"""Limits and targets as dated rows; trips deleted when they are older than they are kept; vehicles to look at."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from persons import NOW

from kommune3.kernel import clock
from kommune3.kernel.audit.models import Entry
from kommune3.kernel.notify.models import Notification
from kommune3.kernel.people.models import Account
from kommune3.solutions.fleet import nightly
from kommune3.solutions.fleet.models import (
    DailyUse,
    HourlyUse,
    Limit,
    Purge,
    Rate,
    RateSet,
    ServiceWindow,
    Target,
    Trip,
    Vehicle,
)
from kommune3.solutions.fleet.operations import daily
from kommune3.solutions.fleet.queries.limits import fewest
from kommune3.solutions.fleet.tests.small_fleet import SmallFleet
from kommune3.solutions.fleet.tests.test_daily_sums import work_off
from kommune3.solutions.fleet.tests.test_dashboards import counted, drive, more_cars

BrowserOf = Callable[[Account | None], Client]
TODAY = clock.municipal_date(NOW)


def set_limit(kind: str, value: int | None, since: date | None = date(2026, 1, 1)) -> Limit:
    return Limit.objects.create(kind=kind, value=value, valid_from=since, reason="prøve")


@pytest.fixture
def at_now() -> Any:
    with clock.stopped(NOW):
        yield


# --- Limits ----------------------------------------------------------------------------------------------------------


def test_the_newest_row_that_has_come_is_in_force(db: None) -> None:
    set_limit("SMALL_NUMBER", 3, date(2026, 2, 1))
    set_limit("SMALL_NUMBER", 10, date(2026, 6, 1))
    assert [fewest(on=day) for day in (date(2026, 1, 31), date(2026, 2, 1), date(2026, 6, 1))] == [5, 3, 10]
    set_limit("SMALL_NUMBER", None, date(2026, 7, 1))
    assert fewest(on=date(2026, 7, 1)) == 1


def test_a_limit_is_set_from_a_day_on_with_a_reason(fleet: SmallFleet, browser_of: BrowserOf) -> None:
    manager = browser_of(fleet.persons.fleet_manager)
    address = reverse("fleet:limit_new", args=["KEPT_MONTHS"])
    page = manager.get(reverse("fleet:limits")).content.decode()
    assert "Beslut, hvor længe ture gemmes" in page
    assert manager.post(address, {"value": "24", "valid_from": "2026-03-01", "reason": ""}).status_code == 200
    manager.post(address, {"value": "24", "valid_from": "2026-03-01", "reason": "Økonomiudvalget 2. februar 2026"})
    assert Limit.objects.get(kind="KEPT_MONTHS", valid_from="2026-03-01").value == 24
    again = manager.post(address, {"value": "36", "valid_from": "2026-03-01", "reason": "igen"}).content.decode()
    assert "har allerede en linje fra den dag" in again
    assert "Økonomiudvalget 2. februar 2026" in manager.get(reverse("fleet:limits")).content.decode()
    assert Entry.objects.filter(action="fleet.limit.saved").count() == 1
    assert browser_of(fleet.persons.leader).get(address).status_code == 403


# --- Targets ---------------------------------------------------------------------------------------------------------


def test_a_leader_sets_a_target_for_the_own_unit_and_follows_it(fleet: SmallFleet, browser_of: BrowserOf) -> None:
    for car in (*more_cars(fleet, fleet.own, fleet.electric, 6), *more_cars(fleet, fleet.own, fleet.petrol, 6)):
        drive(car, date(2026, 2, 2))
    counted()
    leader = browser_of(fleet.persons.leader)
    values = {
        "unit": fleet.persons.own_unit.pk, "measure": "EV_KM", "value": "75", "set_on": "2026-01-01",
        "due_date": "2028-12-31", "source": "Klimaplan 2025",
    }  # fmt: skip
    leader.post(reverse("fleet:target_new"), values)
    page = leader.get(reverse("fleet:dashboards")).content.decode()
    assert "Klimaplan 2025" in page and "50,0" in page and "Endnu ikke nået" in page
    told = leader.get(reverse("api-fleet:targets")).json()
    assert (told[0]["value"], told[0]["is_reached"]) == (50.0, False)
    target = Target.objects.get()
    leader.post(reverse("fleet:target", args=[target.pk]), {**values, "value": "40"})
    assert leader.get(reverse("api-fleet:targets")).json()[0]["is_reached"] is True
    assert "Nået" in leader.get(reverse("fleet:dashboard", args=["electric"])).content.decode()
    elsewhere = {**values, "unit": fleet.persons.other_unit.pk}
    assert leader.post(reverse("fleet:target_new"), elsewhere).status_code == 200
    assert "150" not in leader.post(reverse("fleet:target_new"), {**values, "value": "150"}).headers.get("Location", "")
    assert Target.objects.count() == 1
    leader.post(reverse("fleet:target_remove", args=[target.pk]))
    assert not Target.objects.exists()
    assert set(Entry.objects.filter(action__startswith="fleet.target").values_list("action", flat=True)) == {
        "fleet.target.saved", "fleet.target.removed",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("measure", "value", "reached"), [("KM", "130", True), ("KM", "100", False), ("CO2E_T", "1", True)]
)
def test_a_ceiling_is_reached_from_below(
    fleet: SmallFleet, browser_of: BrowserOf, measure: str, value: str, reached: bool
) -> None:
    own = RateSet.objects.get(is_default=True)
    Rate.objects.filter(rate_set=own, kind__startswith="CO2E").update(value="1", source="prøve")
    for car in (*more_cars(fleet, fleet.own, fleet.electric, 6), *more_cars(fleet, fleet.own, fleet.petrol, 6)):
        drive(car, date(2026, 2, 2))
    counted()
    Target.objects.create(
        unit=fleet.persons.own_unit, measure=measure, value=value, set_on=date(2026, 1, 1), due_date=date(2026, 2, 1),
        source="prøve",
    )  # fmt: skip
    leader = browser_of(fleet.persons.leader)
    assert leader.get(reverse("api-fleet:targets")).json()[0]["is_reached"] is reached
    assert ("Ikke nået" in leader.get(reverse("fleet:dashboards")).content.decode()) is not reached


# --- Deleting old trips ----------------------------------------------------------------------------------------------


def old_and_new(fleet: SmallFleet) -> list[Vehicle]:
    """Six cars that drove in January 2024 and now, and one that drove alone on a day in January 2024."""
    cars = more_cars(fleet, fleet.own, fleet.electric, 6)
    for car in cars:
        drive(car, date(2024, 1, 8))
        drive(car, date(2026, 2, 2))
    drive(cars[0], date(2024, 1, 13), km=99)
    drive(cars[0], date(2024, 1, 8), hour=20, km=7)
    counted()
    return cars


def purge() -> None:
    with clock.stopped(NOW):
        nightly.purge_trips.enqueue()
        work_off()


def test_nothing_is_deleted_before_somebody_has_decided_it(fleet: SmallFleet) -> None:
    old_and_new(fleet)
    purge()
    assert Trip.objects.count() == 14
    assert not Purge.objects.exists()


def test_trips_older_than_they_are_kept_are_deleted_and_their_sums_stay_without_the_small_ones(
    fleet: SmallFleet,
) -> None:
    old_and_new(fleet)
    set_limit("KEPT_MONTHS", 24)
    purge()
    assert Trip.objects.count() == 6
    row = Purge.objects.get()
    assert (row.before_date, row.trips) == (date(2024, 3, 1), 8)
    assert sorted(DailyUse.objects.values_list("day", "metres")) == [
        (date(2024, 1, 8), 67_000), (date(2026, 2, 2), 60_000),
    ]  # fmt: skip
    evening = HourlyUse.objects.get(day=date(2024, 1, 8), kind="")
    figures = HourlyUse.objects.filter(pk=evening.pk).values("seconds_08", "vehicles_08", "seconds_20", "vehicles_20")
    assert figures[0] == {"seconds_08": 21_600, "vehicles_08": 6, "seconds_20": 0, "vehicles_20": 0}
    assert Entry.objects.filter(action="fleet.trips.purged").count() == 1
    kept = list(DailyUse.objects.order_by("pk").values())
    purge()
    assert (Purge.objects.get().trips, list(DailyUse.objects.order_by("pk").values())) == (8, kept)
    daily.mark_everything()
    daily.recount_all()
    assert DailyUse.objects.filter(day__lt=date(2024, 3, 1)).get().metres == 67_000


def test_a_result_keeps_its_figures_when_its_trips_are_deleted(fleet: SmallFleet, browser_of: BrowserOf) -> None:
    from kommune3.solutions.fleet.tests.test_optimising import computed, started

    old_and_new(fleet)
    run = computed(started(fleet, period_start=date(2024, 1, 1), period_end=date(2024, 2, 1)))
    set_limit("KEPT_MONTHS", 24)
    purge()
    assert Trip.objects.count() == 6
    page = browser_of(fleet.persons.fleet_manager).get(reverse("fleet:run", args=[run.pk]))
    assert page.status_code == 200
    listed = browser_of(fleet.persons.fleet_manager).get(reverse("fleet:run_trips", args=[run.pk]))
    assert listed.status_code == 200


def test_days_that_wait_to_be_counted_hold_the_deletion_back(fleet: SmallFleet) -> None:
    old_and_new(fleet)
    daily.trips_changed(Trip.objects.all(), now=NOW)
    set_limit("KEPT_MONTHS", 24)
    with clock.stopped(NOW):
        purge_as_a_job: Any = nightly.purge_trips.func
        purge_as_a_job(_Asked())
    assert Trip.objects.count() == 14


class _Asked:
    """A job that is asked for its time and its commit, and nothing else."""

    result: Any = None

    def now(self) -> Any:
        return NOW

    def commit(self) -> Any:
        from contextlib import nullcontext

        return nullcontext()


# --- Vehicles to look at ---------------------------------------------------------------------------------------------


def told() -> list[str]:
    with clock.stopped(NOW):
        nightly.tell_of_vehicles.enqueue()
        work_off()
    return sorted(Notification.objects.values_list("title", flat=True))


def test_a_vehicle_that_stands_still_is_told_of_once(fleet: SmallFleet) -> None:
    names = ("AB12345", "AB12346", "CD12345", "CD12346")
    cars = {name: Vehicle.objects.get(registration=name) for name in names}
    drive(cars["AB12345"], TODAY - timedelta(days=1))
    drive(cars["AB12346"], TODAY - timedelta(days=45))
    ServiceWindow.objects.create(
        vehicle=cars["CD12346"], starts_at=NOW - timedelta(days=40), ends_at=NOW + timedelta(days=1)
    )
    Vehicle.objects.filter(pk=cars["CD12345"].pk).update(valid_from=TODAY - timedelta(days=3))
    assert told() == ["AB12346 har holdt stille i mere end 30 dage"]
    assert told() == ["AB12346 har holdt stille i mere end 30 dage"]
    message = Notification.objects.get()
    assert message.person == fleet.persons.fleet_manager.person
    assert message.url == reverse("fleet:vehicle", args=[cars["AB12346"].pk])


def test_an_import_that_is_behind_makes_no_vehicle_unused(fleet: SmallFleet) -> None:
    drive(Vehicle.objects.get(registration="AB12345"), TODAY - timedelta(days=45))
    assert told() == []


def test_messages_are_switched_off_by_the_limit(fleet: SmallFleet) -> None:
    drive(Vehicle.objects.get(registration="AB12345"), TODAY - timedelta(days=1))
    set_limit("UNUSED_DAYS", None)
    assert told() == []


def test_a_lease_on_the_way_to_more_than_its_contract_km_is_told_of(fleet: SmallFleet) -> None:
    set_limit("UNUSED_DAYS", None)
    car = Vehicle.objects.get(registration="AB12345")
    Vehicle.objects.filter(pk=car.pk).update(
        ownership="LEASED", lease_start=TODAY - timedelta(days=365), lease_end=TODAY + timedelta(days=730),
        contract_km_year=10_000,
    )  # fmt: skip
    car.readings.create(read_on=TODAY - timedelta(days=364), km=100)
    car.readings.create(read_on=TODAY - timedelta(days=1), km=15_100)
    assert told() == ["AB12345 er på vej mod flere km end kontraktens"]
    car.readings.create(read_on=TODAY, km=28_000)
    assert told() == [
        "AB12345 er på vej mod flere km end kontraktens", "AB12345 har kørt 90 procent af kontraktens km",
    ]  # fmt: skip
