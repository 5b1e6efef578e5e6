# SPDX-License-Identifier: MPL-2.0
"""Booking a vehicle: through the pages, as an employee, a colleague elsewhere and a dispatcher."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from persons import NOW

from kommune3.kernel import clock
from kommune3.kernel.audit.models import Entry
from kommune3.kernel.notify.models import Notification
from kommune3.kernel.people.models import Account
from kommune3.solutions.fleet.models import (
    Booking,
    BookingState,
    Limit,
    LimitKind,
    OdometerReading,
    ServiceWindow,
    Vehicle,
    Whereabouts,
)
from kommune3.solutions.fleet.tests.small_fleet import SmallFleet

BrowserOf = Callable[[Account | None], Client]


@pytest.fixture(autouse=True)
def _monday_morning() -> Iterator[None]:
    """10 o'clock in the town hall."""
    with clock.stopped(NOW):
        yield


@pytest.fixture
def employee(fleet: SmallFleet, browser_of: BrowserOf) -> Client:
    return browser_of(fleet.persons.employee)


@pytest.fixture
def colleague(fleet: SmallFleet, browser_of: BrowserOf) -> Client:
    """The leader of the same unit, who books like everybody else."""
    return browser_of(fleet.persons.leader)


@pytest.fixture
def dispatcher(fleet: SmallFleet, browser_of: BrowserOf) -> Client:
    return browser_of(fleet.persons.fleet_manager)


def asked(
    fleet: SmallFleet, start: str = "13:00", end: str = "15:00", km: object = 20, **more: object
) -> dict[str, object]:
    """The form as it is sent: today, from the own base."""
    return {"day": "2026-03-02", "start": start, "end": end, "base": fleet.own.pk, "km": km, **more}


def book(client: Client, fleet: SmallFleet, start: str = "13:00", end: str = "15:00", **more: object) -> Booking:
    """Book through the page; the newest booking there is afterwards."""
    answer = client.post(reverse("fleet:book"), asked(fleet, start, end, **more))
    assert answer.status_code == 302, answer.content.decode()
    return Booking.objects.latest("id")


def go_to(at: datetime) -> object:
    return clock.stopped(at)


def test_the_form_begins_at_the_next_quarter_of_an_hour_for_two_hours(employee: Client) -> None:
    shown = employee.get(reverse("fleet:book")).content.decode()
    assert 'value="10:15"' in shown and 'value="12:15"' in shown and 'value="2026-03-02"' in shown


def test_an_employee_sees_at_once_which_vehicle_it_would_be_and_books_it(fleet: SmallFleet, employee: Client) -> None:
    offered = employee.get(reverse("fleet:book"), asked(fleet)).content.decode()
    assert "AB1234" in offered
    assert not Booking.objects.exists()
    booking = book(employee, fleet)
    assert booking.state == BookingState.ALLOCATED
    assert booking.vehicle is not None and booking.vehicle.base == fleet.own
    assert booking.person == fleet.persons.employee.person
    page = employee.get(reverse("fleet:booking", args=[booking.pk])).content.decode()
    assert str(booking.vehicle) in page
    assert Entry.objects.filter(action="fleet.booking.made").exists()


def test_sending_the_form_twice_books_once(fleet: SmallFleet, employee: Client) -> None:
    for _ in range(2):
        employee.post(reverse("fleet:book"), asked(fleet, request_key="one and the same"))
    assert Booking.objects.count() == 1
    employee.post(reverse("fleet:book"), asked(fleet, request_key="another"))
    assert Booking.objects.count() == 2


def test_a_base_of_another_unit_cannot_be_booked(fleet: SmallFleet, employee: Client) -> None:
    answer = employee.post(reverse("fleet:book"), {**asked(fleet), "base": fleet.other.pk})
    assert answer.status_code == 200
    assert not Booking.objects.exists()


def test_when_nothing_is_free_one_is_told_why_and_what_is(
    fleet: SmallFleet, employee: Client, colleague: Client
) -> None:
    book(employee, fleet)
    book(colleague, fleet)
    told = employee.get(reverse("fleet:book"), asked(fleet)).content.decode()
    assert "AB12345, AB12346" in told
    assert "start=15%3A15" in told or "start=15%3A30" in told  # later: the change-over is kept
    assert "start=10%3A30" in told  # earlier
    refused = employee.post(reverse("fleet:book"), asked(fleet))
    assert refused.status_code == 409
    assert Booking.objects.count() == 2


def test_who_waits_gets_the_vehicle_that_is_given_back_and_is_told(
    fleet: SmallFleet, employee: Client, colleague: Client
) -> None:
    first, _second = book(employee, fleet), book(employee, fleet)
    waiting = book(colleague, fleet, wait="1")
    assert waiting.state == BookingState.REQUESTED and waiting.vehicle is None
    employee.post(reverse("fleet:booking_cancel", args=[first.pk]))
    waiting.refresh_from_db()
    assert waiting.state == BookingState.ALLOCATED
    assert waiting.vehicle == first.vehicle
    message = Notification.objects.get(person=fleet.persons.leader.person)
    assert message.url == reverse("fleet:booking", args=[waiting.pk])
    assert str(waiting.vehicle) in message.body


def test_somebody_is_moved_to_another_vehicle_so_that_both_can_be_served(
    fleet: SmallFleet, employee: Client, colleague: Client
) -> None:
    first = book(employee, fleet)
    taken = first.vehicle
    assert taken is not None
    taken.equipment = ["lift"]
    taken.save()
    second = book(colleague, fleet, needs=["lift"])
    first.refresh_from_db()
    assert second.vehicle == taken
    assert first.vehicle is not None and first.vehicle != taken
    assert Notification.objects.filter(person=fleet.persons.employee.person).count() == 1


def test_within_the_last_hour_nobody_is_moved_any_more(fleet: SmallFleet, employee: Client, colleague: Client) -> None:
    first = book(employee, fleet, "10:45", "12:00")
    assert first.state == BookingState.FROZEN
    assert first.vehicle is not None
    first.vehicle.equipment = ["lift"]
    first.vehicle.save()
    answer = colleague.post(reverse("fleet:book"), asked(fleet, "11:00", "12:00", needs=["lift"]))
    assert answer.status_code == 409
    first.refresh_from_db()
    assert first.state == BookingState.FROZEN


def test_the_limit_on_the_last_hour_is_a_dated_setting(fleet: SmallFleet, employee: Client) -> None:
    Limit.objects.filter(kind=LimitKind.FREEZE_MINUTES).update(value=10)
    assert book(employee, fleet, "10:45", "12:00").state == BookingState.ALLOCATED


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"end": "12:00"}, "end"), ({"day": "2026-03-01"}, "start"), ({"day": "2026-12-01"}, "start"),
        ({"end_day": "2026-04-20"}, "end"), ({"km": "-1"}, "km"), ({"start": ""}, "start"),
    ],
)  # fmt: skip
def test_what_cannot_be_right_is_said_at_its_field(
    fleet: SmallFleet, employee: Client, changed: dict[str, object], word: str
) -> None:
    answer = employee.post(reverse("fleet:book"), {**asked(fleet), **changed})
    assert answer.status_code == 200
    assert word in answer.context["form"].errors
    assert not Booking.objects.exists()


def test_a_vehicle_in_the_workshop_is_not_given(fleet: SmallFleet, employee: Client) -> None:
    out = Vehicle.objects.get(registration="AB12345")
    ServiceWindow.objects.create(vehicle=out, starts_at=NOW, ends_at=NOW + timedelta(days=1))
    assert book(employee, fleet).vehicle == Vehicle.objects.get(registration="AB12346")
    assert employee.post(reverse("fleet:book"), asked(fleet)).status_code == 409


def test_an_electric_car_is_not_given_further_than_its_range(fleet: SmallFleet, employee: Client) -> None:
    assert book(employee, fleet, "11:00", "19:00", km=400).vehicle == Vehicle.objects.get(registration="AB12346")


def test_a_booking_is_changed_or_stays_as_it_was(fleet: SmallFleet, employee: Client, colleague: Client) -> None:
    mine = book(employee, fleet)
    answer = employee.post(reverse("fleet:booking_change", args=[mine.pk]), asked(fleet, "14:00", "16:00", km=30))
    assert answer.status_code == 302
    mine.refresh_from_db()
    assert (mine.start_at.hour, mine.km) == (13, 30)
    for _ in range(2):
        book(colleague, fleet, "17:00", "18:00")
    refused = employee.post(reverse("fleet:booking_change", args=[mine.pk]), asked(fleet, "17:00", "18:00"))
    assert refused.status_code == 200
    mine.refresh_from_db()
    assert mine.start_at.hour == 13 and mine.vehicle is not None


def test_a_vehicle_is_fetched_and_returned_with_km_battery_and_a_fault(fleet: SmallFleet, employee: Client) -> None:
    mine = book(employee, fleet, "10:15", "12:00")
    vehicle = mine.vehicle
    assert vehicle is not None
    Whereabouts.objects.create(vehicle=vehicle, key_place="krog 7", parking="plads 12")
    page = employee.get(reverse("fleet:booking", args=[mine.pk])).content.decode()
    assert "krog 7" in page and "plads 12" in page
    employee.post(reverse("fleet:booking_start", args=[mine.pk]))
    mine.refresh_from_db()
    assert mine.state == BookingState.STARTED
    told = {"driven_km": "18.5", "odometer_km": "12345", "fault": "Den hoster"}
    with go_to(NOW + timedelta(hours=1)):
        answer = employee.post(reverse("fleet:booking_return", args=[mine.pk]), told)
    assert answer.status_code == 302, answer.content.decode()
    mine.refresh_from_db()
    assert (mine.state, mine.driven_km, mine.fault) == (BookingState.RETURNED, 18.5, "Den hoster")
    assert mine.returned_at == NOW + timedelta(hours=1)
    assert OdometerReading.objects.get(vehicle=vehicle).km == 12345
    fault = Notification.objects.get(person=fleet.persons.fleet_manager.person)
    assert fault.body == "Den hoster" and str(vehicle) in fault.title


def test_a_vehicle_that_is_back_early_is_free_at_once(fleet: SmallFleet, employee: Client, colleague: Client) -> None:
    first, _second = book(employee, fleet, "10:15", "15:00"), book(employee, fleet, "10:15", "15:00")
    employee.post(reverse("fleet:booking_start", args=[first.pk]))
    assert colleague.post(reverse("fleet:book"), asked(fleet, "12:00", "13:00")).status_code == 409
    with go_to(NOW + timedelta(hours=1)):
        employee.post(reverse("fleet:booking_return", args=[first.pk]), {})
        assert book(colleague, fleet, "12:00", "13:00").vehicle == first.vehicle


def test_the_odometer_does_not_go_backwards(fleet: SmallFleet, employee: Client) -> None:
    mine = book(employee, fleet, "10:15", "12:00")
    assert mine.vehicle is not None
    OdometerReading.objects.create(vehicle=mine.vehicle, read_on=NOW.date() - timedelta(days=3), km=5000)
    employee.post(reverse("fleet:booking_start", args=[mine.pk]))
    answer = employee.post(reverse("fleet:booking_return", args=[mine.pk]), {"odometer_km": "4000"})
    assert "odometer_km" in answer.context["form"].errors
    mine.refresh_from_db()
    assert mine.state == BookingState.STARTED


def test_a_vehicle_is_fetched_neither_too_early_nor_from_somebody_who_is_out(
    fleet: SmallFleet, employee: Client, colleague: Client
) -> None:
    mine = book(employee, fleet, "13:00", "14:00")
    employee.post(reverse("fleet:booking_start", args=[mine.pk]))
    mine.refresh_from_db()
    assert mine.state == BookingState.ALLOCATED


def test_one_sees_ones_own_bookings_and_nobody_elses(
    fleet: SmallFleet, employee: Client, colleague: Client, browser_of: BrowserOf
) -> None:
    mine = book(employee, fleet, purpose="Møde i Aarhus")
    assert "Møde i Aarhus" in employee.get(reverse("fleet:booking", args=[mine.pk])).content.decode()
    for client in (colleague, browser_of(fleet.persons.other_employee)):
        for name in ("booking", "booking_change", "booking_return"):
            assert client.get(reverse(f"fleet:{name}", args=[mine.pk])).status_code == 404
        assert client.post(reverse("fleet:booking_cancel", args=[mine.pk])).status_code == 404
        assert "Møde i Aarhus" not in client.get(reverse("fleet:my_bookings")).content.decode()
        assert str(mine.vehicle) not in client.get(reverse("fleet:my_bookings")).content.decode()
    assert browser_of(fleet.persons.citizen).get(reverse("fleet:book")).status_code == 403


def test_everybody_may_book_at_a_base_of_a_unit_above_their_own(fleet: SmallFleet, employee: Client) -> None:
    fleet.own.unit = fleet.persons.own_unit
    fleet.own.save()
    assert book(employee, fleet).vehicle is not None


def test_a_dispatcher_books_for_somebody_else_who_is_told_nothing_but_what_concerns_them(
    fleet: SmallFleet, dispatcher: Client
) -> None:
    person = fleet.persons.employee.person
    assert person is not None
    booking = book(dispatcher, fleet, person=str(person.pk))
    assert booking.person == person
    assert booking.booked_by == fleet.persons.fleet_manager.person


# --- The board ----------------------------------------------------------------------------------------------------


def board(client: Client, fleet: SmallFleet, **more: object) -> str:
    answer = client.get(reverse("fleet:board"), {"base": fleet.own.pk, "day": "2026-03-02", **more})
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_the_board_shows_every_vehicle_its_bookings_and_who_has_none(
    fleet: SmallFleet, employee: Client, dispatcher: Client
) -> None:
    for _ in range(3):
        book(employee, fleet, wait="1")
    shown = board(dispatcher, fleet)
    assert shown.count("13:00 Eva Prøve, 13:00–15:00") >= 2
    assert 'id="waiting"' in shown
    assert employee.get(reverse("fleet:board")).status_code == 403


def test_a_booking_is_moved_with_its_consequences_shown_first(
    fleet: SmallFleet, employee: Client, colleague: Client, dispatcher: Client
) -> None:
    first, second = book(employee, fleet), book(colleague, fleet)
    assert first.vehicle != second.vehicle and second.vehicle is not None
    shown = board(dispatcher, fleet, booking=first.pk, vehicle=second.vehicle_id)
    assert 'id="chosen"' in shown and "Lene Prøve" in shown
    dispatcher.post(reverse("fleet:booking_move", args=[first.pk]), {"vehicle": second.vehicle_id})
    before = second.vehicle
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.vehicle == before and first.is_pinned
    assert second.vehicle is not None and second.vehicle != before
    assert Notification.objects.filter(person=fleet.persons.leader.person).exists()
    assert Notification.objects.filter(person=fleet.persons.employee.person).exists()


def test_a_vehicle_that_somebody_is_out_in_cannot_be_given_to_another(
    fleet: SmallFleet, employee: Client, colleague: Client, dispatcher: Client
) -> None:
    out = book(employee, fleet, "10:15", "15:00")
    employee.post(reverse("fleet:booking_start", args=[out.pk]))
    other = book(colleague, fleet, "13:00", "14:00")
    before = other.vehicle
    dispatcher.post(reverse("fleet:booking_move", args=[other.pk]), {"vehicle": out.vehicle_id})
    other.refresh_from_db()
    assert other.vehicle == before


def test_a_fixed_booking_is_not_moved_until_it_is_freed(
    fleet: SmallFleet, employee: Client, colleague: Client, dispatcher: Client
) -> None:
    first = book(employee, fleet)
    assert first.vehicle is not None
    dispatcher.post(reverse("fleet:booking_pin", args=[first.pk]), {"pin": "1"})
    first.vehicle.equipment = ["lift"]
    first.vehicle.save()
    assert colleague.post(reverse("fleet:book"), asked(fleet, needs=["lift"])).status_code == 409
    dispatcher.post(reverse("fleet:booking_pin", args=[first.pk]), {"pin": "0"})
    assert book(colleague, fleet, needs=["lift"]).vehicle == first.vehicle


def test_the_day_is_allocated_anew_when_a_vehicle_breaks_down(
    fleet: SmallFleet, employee: Client, dispatcher: Client
) -> None:
    mine = book(employee, fleet)
    broken = mine.vehicle
    assert broken is not None
    ServiceWindow.objects.create(vehicle=broken, starts_at=NOW, ends_at=NOW + timedelta(days=1))
    dispatcher.post(reverse("fleet:board_optimise"), {"base": fleet.own.pk, "day": "2026-03-02"})
    mine.refresh_from_db()
    assert mine.vehicle is not None and mine.vehicle != broken
    assert Notification.objects.filter(person=fleet.persons.employee.person).exists()


def test_a_dispatcher_of_one_unit_has_nothing_to_do_with_another(
    fleet: SmallFleet, employee: Client, browser_of: BrowserOf
) -> None:
    from persons import grant

    mine = book(employee, fleet)
    grant(fleet.persons.other_employee, "fleet_dispatcher", fleet.persons.other_unit)
    other = browser_of(fleet.persons.other_employee)
    assert fleet.own.name not in other.get(reverse("fleet:board")).content.decode()
    for name in ("booking_pin", "booking_move"):
        assert other.post(reverse(f"fleet:{name}", args=[mine.pk])).status_code == 404
    assert other.post(reverse("fleet:board_optimise"), {"base": fleet.own.pk}).status_code == 404


# --- The calendar -------------------------------------------------------------------------------------------------


def test_a_calendar_program_reads_ones_own_bookings_until_the_address_is_revoked(
    fleet: SmallFleet, employee: Client, colleague: Client
) -> None:
    mine = book(employee, fleet)
    book(colleague, fleet)
    employee.post(reverse("fleet:calendar_new"))
    page = employee.get(reverse("fleet:my_bookings")).content.decode()
    address = page.split("<code>")[1].split("</code>")[0]
    anybody = Client()
    calendar = anybody.get(address)
    assert calendar["Content-Type"].startswith("text/calendar")
    text = calendar.content.decode()
    assert text.count("BEGIN:VEVENT") == 1
    assert str(mine.vehicle) in text
    assert "DTSTART:20260302T120000Z" in text
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert "<code>" not in employee.get(reverse("fleet:my_bookings")).content.decode()  # shown once
    employee.post(reverse("fleet:calendar_revoke"))
    assert anybody.get(address).status_code == 404
