# SPDX-License-Identifier: MPL-2.0
"""Fleet systems, precision and parking points, through their pages."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from kommune3.adapters.fleetgps.tests.fleet_systems import SECRET, USER
from kommune3.kernel import clock
from kommune3.solutions.fleet import fetching
from kommune3.solutions.fleet.models import GpsDevice, GpsSource, LegDelivery, ParkingPoint, Trip, Vehicle
from kommune3.solutions.fleet.tests.tracked import BASE, CUSTOMER, NOW, YARD, Tracked, tracked, work

__all__ = ["tracked"]
pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@pytest.fixture(autouse=True)
def at_six() -> Iterator[None]:
    with clock.stopped(NOW):
        yield


@pytest.fixture
def manager(tracked: Tracked, client: Client) -> Client:
    client.force_login(tracked.fleet.persons.fleet_manager)
    return client


@pytest.fixture
def parked_in_the_yard(tracked: Tracked) -> Tracked:
    """The car leaves the base once and then starts every round from the yard."""
    tracked.drives(1, -120, BASE, CUSTOMER, BASE)
    tracked.drives(1, 0, BASE, CUSTOMER, YARD)
    tracked.drives(1, 60, YARD, CUSTOMER, YARD)
    tracked.drives(1, 180, YARD, CUSTOMER, YARD)
    fetching.start_fetch(actor=tracked.fleet.manager, now=NOW, source_id=tracked.source.pk)
    work()
    return tracked


def text(client: Client, name: str, *arguments: Any, **query: Any) -> str:
    answer = client.get(reverse(name, args=arguments), query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_precision_of_each_base_is_shown(manager: Client, parked_in_the_yard: Tracked) -> None:
    page = text(manager, "fleet:preparation")
    assert "25,0 %" in page
    assert "Grenaa" in page
    assert "Stadig undervejs" in page


def test_without_movements_the_page_says_what_to_do(manager: Client) -> None:
    assert "Der er ingen enkeltkørsler endnu" in text(manager, "fleet:preparation")


def test_a_period_without_driving_says_when_there_was_some(manager: Client, parked_in_the_yard: Tracked) -> None:
    page = text(manager, "fleet:preparation", first_day="2026-01-01", last_day="2026-01-05")
    assert "Den nyeste enkeltkørsel er fra" in page


def test_a_point_is_tried_before_anything_is_saved(manager: Client, parked_in_the_yard: Tracked) -> None:
    own = parked_in_the_yard.fleet.own
    page = reverse("fleet:base_preparation", args=[own.pk])
    asked = {"name": "Gården", "latitude": YARD[0], "longitude": YARD[1], "radius_m": 200}
    tried = manager.post(page, {**asked, "action": "try"}).content.decode()
    assert "Præcisionen går fra 25,0 % til 100,0 %" in tried
    assert not ParkingPoint.objects.exists()

    manager.post(page, {**asked, "action": "save"})
    work()
    assert ParkingPoint.objects.get().name == "Gården"
    assert Trip.objects.count() == 4
    assert "100,0 %" in text(manager, "fleet:base_preparation", own.pk)

    manager.post(reverse("fleet:point_remove", args=[ParkingPoint.objects.get().pk]))
    work()
    assert Trip.objects.count() == 1


def test_a_point_nobody_stopped_at_says_so(manager: Client, parked_in_the_yard: Tracked) -> None:
    page = reverse("fleet:base_preparation", args=[parked_in_the_yard.fleet.own.pk])
    far = {"name": "Langt væk", "latitude": 55.0, "longitude": 9.0, "radius_m": 200, "action": "try"}
    assert "Punktet ændrer intet" in manager.post(page, far).content.decode()


@pytest.mark.parametrize(
    "wrong", [{"latitude": ""}, {"latitude": 0, "longitude": 0}, {"latitude": 95}, {"radius_m": 0}, {"name": ""}]
)
def test_a_point_that_cannot_be_is_refused(manager: Client, tracked: Tracked, wrong: dict[str, Any]) -> None:
    page = reverse("fleet:base_preparation", args=[tracked.fleet.own.pk])
    asked = {"name": "Gården", "latitude": 56.4, "longitude": 10.8, "radius_m": 200, "action": "save"} | wrong
    assert manager.post(page, asked).context["form"].errors
    assert not ParkingPoint.objects.exists()


def test_two_points_of_one_name_are_refused(manager: Client, tracked: Tracked) -> None:
    page = reverse("fleet:base_preparation", args=[tracked.fleet.own.pk])
    asked = {"name": "Gården", "latitude": 56.4, "longitude": 10.8, "radius_m": 200, "action": "save"}
    manager.post(page, asked)
    assert "name" in manager.post(page, asked).context["form"].errors
    assert ParkingPoint.objects.count() == 1


def test_places_where_cars_really_stand_are_suggested(manager: Client, tracked: Tracked) -> None:
    for day in range(4):
        tracked.drives(1, -day * 1440, YARD, CUSTOMER, YARD)
    GpsSource.objects.update(first_date="2026-02-01")
    fetching.start_fetch(actor=tracked.fleet.manager, now=NOW, source_id=tracked.source.pk)
    work()
    page = text(manager, "fleet:base_preparation", tracked.fleet.own.pk)
    assert "56,4500; 10,7000" in page


def test_the_other_unit_sees_nothing_of_the_base(client: Client, parked_in_the_yard: Tracked) -> None:
    client.force_login(parked_in_the_yard.fleet.persons.citizen)
    own = parked_in_the_yard.fleet.own
    assert client.get(reverse("fleet:base_preparation", args=[own.pk])).status_code in (403, 404)


def test_a_fleet_system_is_connected_tried_and_asked(manager: Client, tracked: Tracked) -> None:
    GpsSource.objects.all().delete()
    asked = {
        "name": "Vores Traccar", "unit": tracked.fleet.persons.own_team.pk, "kind": "TRACCAR",
        "address": tracked.system.address, "account": USER, "secret": SECRET, "cadence": "NIGHTLY",
        "first_date": "2026-03-01",
    }  # fmt: skip
    manager.post(reverse("fleet:source_new"), asked)
    source = GpsSource.objects.get()
    page = reverse("fleet:source", args=[source.pk])
    tried = manager.post(reverse("fleet:source_try", args=[source.pk]), follow=True).content.decode()
    assert "Forbindelsen virker: 3 GPS-enheder." in tried
    assert SECRET not in tried

    third = GpsDevice.objects.get(key="3")
    assert third.vehicle is None
    manager.post(page, {f"device_{device.pk}": device.vehicle_id or "ignored" for device in GpsDevice.objects.all()})
    third.refresh_from_db()
    assert third.is_ignored

    tracked.drives(1, 0, BASE, CUSTOMER, BASE)
    manager.post(reverse("fleet:source_fetch", args=[source.pk]))
    assert "aria-live" in text(manager, "fleet:source", source.pk)
    work()
    delivery = LegDelivery.objects.get()
    assert "Hentet" in text(manager, "fleet:delivery", delivery.pk)
    assert Trip.objects.count() == 1
    assert SECRET not in text(manager, "fleet:source_edit", source.pk)

    manager.post(reverse("fleet:source_delete", args=[source.pk]))
    assert not GpsSource.objects.exists()
    assert Trip.objects.count() == 1


def test_a_refused_login_is_shown_where_it_matters(manager: Client, tracked: Tracked) -> None:
    tracked.system.ill = "refuses"
    page = manager.post(reverse("fleet:source_try", args=[tracked.source.pk]), follow=True).content.decode()
    assert "afviste login" in page
    assert "afviste login" in text(manager, "fleet:preparation")


def test_a_source_is_saved_without_giving_the_secret_again(manager: Client, tracked: Tracked) -> None:
    source = tracked.source
    asked = {
        "name": "Nyt navn", "unit": source.unit_id, "kind": "TRACCAR", "address": source.address, "account": USER,
        "secret": "", "cadence": "HOURLY", "first_date": "2026-03-01",
    }  # fmt: skip
    manager.post(reverse("fleet:source_edit", args=[source.pk]), asked)
    assert GpsSource.objects.get().cadence == "HOURLY"
    moved = manager.post(reverse("fleet:source_edit", args=[source.pk]), asked | {"address": "https://evil.example/"})
    assert "secret" in moved.context["form"].errors
    assert GpsSource.objects.get().address == source.address


def test_a_track_file_is_uploaded_and_told_about(manager: Client, tracked: Tracked) -> None:
    vehicle = Vehicle.objects.get(registration="AB12345")
    upload = SimpleUploadedFile("bil.gpx", b"<gpx></gpx>")
    answer = manager.post(reverse("fleet:track_new"), {"vehicle": vehicle.pk, "file": upload})
    work()
    assert "ingen sporpunkter" in manager.get(answer["Location"]).content.decode()
    assert "bil.gpx" in text(manager, "fleet:deliveries")


def test_lists_of_systems_and_deliveries_open(manager: Client, parked_in_the_yard: Tracked) -> None:
    assert "Traccar" in text(manager, "fleet:sources")
    assert "Traccar" in text(manager, "fleet:deliveries")
    with clock.stopped(NOW + timedelta(days=1)):
        assert text(manager, "fleet:preparation")
