# SPDX-License-Identifier: MPL-2.0
"""What happens to bookings while nobody looks: days kept, counted and stripped; and trips made of them."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from persons import NOW

from kommune3.kernel import clock, jobs
from kommune3.kernel.access.actor import system
from kommune3.kernel.effects.models import Effect
from kommune3.kernel.jobs.worker import Worker
from kommune3.kernel.notify.models import Notification
from kommune3.kernel.people.models import Account
from kommune3.solutions.fleet import keeping
from kommune3.solutions.fleet.models import (
    Booking,
    BookingState,
    DispatchDay,
    Limit,
    LimitKind,
    Pool,
    PoolBase,
    PoolWay,
    Rate,
    RateSet,
    ServiceWindow,
    Trip,
    Vehicle,
)
from kommune3.solutions.fleet.tests.small_fleet import SmallFleet

BrowserOf = Callable[[Account | None], Client]
MONDAY = date(2026, 3, 2)


@pytest.fixture(autouse=True)
def _monday_morning() -> Iterator[None]:
    with clock.stopped(NOW):
        yield


def booked(fleet: SmallFleet, hours: tuple[float, float], **more: object) -> Booking:
    """A booking so many hours after now, of the employee, written down as it stands."""
    start, end = hours
    values = {
        "base": fleet.own, "person": fleet.persons.employee.person, "booked_by": fleet.persons.employee.person,
        "start_at": NOW + timedelta(hours=start), "end_at": NOW + timedelta(hours=end), "km": 20.0, "created_at": NOW,
    }  # fmt: skip
    return Booking.objects.create(**{**values, **more})


def run(task: object, at: object = NOW) -> None:
    """Do a durable job at an instant, as a worker does."""
    with clock.stopped(at):  # type: ignore[arg-type]
        jobs.enqueue(task, {}, actor=system("tests"), now=at, title="prøve")  # type: ignore[arg-type]
        worker = Worker()
        while worker.step():
            pass


def known_rates() -> None:
    """The municipality's own rates are those of the comparison."""
    told = {rate.kind: rate.value for rate in Rate.objects.filter(rate_set__is_fixed=True)}
    for rate in Rate.objects.filter(rate_set=RateSet.objects.get(is_default=True), value=None):
        rate.value, rate.source = told[rate.kind], "prøve"
        rate.save()


def test_who_waits_gets_a_vehicle_and_who_is_due_is_fixed(fleet: SmallFleet) -> None:
    waiting = booked(fleet, (2, 3))
    due = booked(fleet, (0.5, 1), state=BookingState.ALLOCATED, vehicle=Vehicle.objects.get(registration="AB12345"))
    run(keeping.keep_days)
    waiting.refresh_from_db()
    due.refresh_from_db()
    assert waiting.state == BookingState.ALLOCATED
    assert due.state == BookingState.FROZEN
    assert Notification.objects.filter(person=fleet.persons.employee.person).count() == 1


def test_a_vehicle_that_goes_to_the_workshop_is_replaced_and_the_person_told(fleet: SmallFleet) -> None:
    out = Vehicle.objects.get(registration="AB12345")
    mine = booked(fleet, (24, 26), state=BookingState.ALLOCATED, vehicle=out)
    ServiceWindow.objects.create(vehicle=out, starts_at=NOW, ends_at=NOW + timedelta(days=3))
    run(keeping.keep_days)
    mine.refresh_from_db()
    assert mine.vehicle == Vehicle.objects.get(registration="AB12346")
    assert "AB12346" in Notification.objects.get(person=fleet.persons.employee.person).body


def test_what_is_over_is_closed(fleet: SmallFleet) -> None:
    car = Vehicle.objects.get(registration="AB12345")
    missed = booked(fleet, (-2, -1))
    forgotten = booked(fleet, (-20, -18), state=BookingState.STARTED, vehicle=car)
    run(keeping.keep_days)
    missed.refresh_from_db()
    forgotten.refresh_from_db()
    assert missed.state == BookingState.UNSERVED
    assert (forgotten.state, forgotten.returned_at) == (BookingState.RETURNED, forgotten.end_at)


def test_the_gain_over_first_come_is_counted_from_the_bookings_and_entered_once(fleet: SmallFleet) -> None:
    known_rates()
    electric, petrol = (Vehicle.objects.get(registration=name) for name in ("AB12345", "AB12346"))
    electric.equipment = ["lift"]
    electric.save()
    first = booked(fleet, (1, 3), state=BookingState.RETURNED, vehicle=petrol, km=20.0)
    second = booked(
        fleet, (1, 3), state=BookingState.RETURNED, vehicle=electric, needs=["lift"], km=30.0,
        created_at=NOW + timedelta(minutes=1),
    )  # fmt: skip
    assert first.pk < second.pk
    tomorrow = NOW + timedelta(days=1)
    run(keeping.count_dispatch, tomorrow)
    day = DispatchDay.objects.get(base=fleet.own, day=MONDAY)
    # First come: the first takes the greenest car, so the second finds no lift and drives an own car.
    assert (day.bookings, day.unserved, day.unserved_naive, day.unserved_best) == (2, 0, 1, 0)
    allowance = Rate.objects.get(rate_set__is_default=True, kind="ALLOWANCE_HIGH", valid_to=None).value
    assert allowance is not None
    electricity, fuel = Decimal("0.16") * Decimal("2.13"), Decimal("0.05") * Decimal("12.33")
    assert day.dkk == pytest.approx(20 * fuel + 30 * electricity, abs=Decimal("0.01"))
    assert day.dkk_naive == pytest.approx(20 * electricity + 30 * allowance, abs=Decimal("0.01"))
    assert day.is_proven
    served = Effect.objects.get(indicator="dispatch_served")
    assert (served.quantity, served.kind) == (Decimal(1), "PROVEN")
    assert served.unit == fleet.own.unit
    assert served.evidence[0]["url"].startswith(reverse("fleet:dispatch"))
    cash = Effect.objects.get(indicator="dispatch_cash")
    assert cash.quantity == (day.dkk_naive or 0) - (day.dkk or 0)
    run(keeping.count_dispatch, tomorrow)
    assert Effect.objects.filter(indicator="dispatch_served").count() == 1


def test_a_day_with_a_vehicle_still_out_is_not_counted(fleet: SmallFleet) -> None:
    car = Vehicle.objects.get(registration="AB12345")
    booked(fleet, (10, 20), state=BookingState.STARTED, vehicle=car)
    booked(fleet, (1, 2), state=BookingState.RETURNED, vehicle=car)
    run(keeping.count_dispatch, NOW + timedelta(hours=21))
    assert not DispatchDay.objects.exists()


def test_without_rates_bookings_are_counted_and_kroner_stay_empty(fleet: SmallFleet) -> None:
    booked(fleet, (1, 3), state=BookingState.RETURNED, vehicle=Vehicle.objects.get(registration="AB12345"))
    run(keeping.count_dispatch, NOW + timedelta(days=1))
    day = DispatchDay.objects.get()
    assert (day.bookings, day.dkk, day.kg_naive) == (1, None, None)
    assert not Effect.objects.exists()


def test_a_day_of_few_bookings_is_not_shown(fleet: SmallFleet, browser_of: BrowserOf) -> None:
    for count, dkk in ((4, 71_717), (5, 91_919)):
        DispatchDay.objects.create(
            base=fleet.own, day=date(2026, 2, count), bookings=count, unserved=0, unserved_naive=1, unserved_best=0,
            dkk=dkk, counted_at=NOW,
        )  # fmt: skip
    shown = browser_of(fleet.persons.leader).get(reverse("fleet:dispatch")).content.decode()
    assert "91.919" in shown
    assert "71.717" not in shown  # nor could an id on the page read so


def test_who_booked_is_removed_when_it_has_been_kept_long_enough(fleet: SmallFleet) -> None:
    Limit.objects.filter(kind=LimitKind.BOOKINGS_DAYS).update(value=30)
    car = Vehicle.objects.get(registration="AB12345")
    old = booked(
        fleet, (-31 * 24, -31 * 24 + 2), state=BookingState.RETURNED, vehicle=car, purpose="møde", fault="bule"
    )
    new = booked(fleet, (-20 * 24, -20 * 24 + 2), state=BookingState.RETURNED, vehicle=car, purpose="møde")
    run(keeping.strip_bookings)
    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.person, old.booked_by, old.purpose, old.fault, old.is_stripped) == (None, None, "", "", True)
    assert (old.vehicle, old.km) == (car, 20)
    assert new.person is not None and new.purpose == "møde"


def test_nothing_is_removed_where_the_limit_is_switched_off(fleet: SmallFleet) -> None:
    Limit.objects.filter(kind=LimitKind.BOOKINGS_DAYS).update(value=None)
    old = booked(fleet, (-5000, -4990))
    run(keeping.strip_bookings)
    old.refresh_from_db()
    assert old.person is not None


def test_returned_bookings_become_trips_once_and_can_be_undone(fleet: SmallFleet, browser_of: BrowserOf) -> None:
    car = Vehicle.objects.get(registration="AB12345")
    booked(fleet, (-3, -1), state=BookingState.RETURNED, vehicle=car, driven_km=33.0, needs=["lift"])
    booked(fleet, (-6, -5), state=BookingState.CANCELLED, vehicle=car)
    manager = browser_of(fleet.persons.fleet_manager)
    asked = {"base": fleet.own.pk, "first_day": "2026-03-01", "last_day": "2026-03-02"}
    answer = manager.post(reverse("fleet:bookings_to_trips"), asked)
    trip = Trip.objects.get()
    assert (trip.vehicle, trip.km, trip.needs, trip.base) == (car, 33, ["lift"], fleet.own)
    assert answer.status_code == 302
    assert manager.post(reverse("fleet:bookings_to_trips"), asked).status_code == 200
    assert Trip.objects.count() == 1
    manager.post(reverse("fleet:import_undo", args=[trip.trip_import_id]))
    assert not Trip.objects.exists()


def test_bases_of_a_pool_lend_each_other_vehicles_with_the_time_it_takes(
    fleet: SmallFleet, browser_of: BrowserOf
) -> None:
    pool = Pool.objects.create(unit=fleet.persons.root, name="Deling")
    for base in (fleet.own, fleet.other):
        PoolBase.objects.create(pool=pool, base=base)
    PoolWay.objects.create(pool=pool, from_base=fleet.other, to_base=fleet.own, minutes=30, km=10, kind="ENTERED")
    Vehicle.objects.filter(base=fleet.own).update(valid_to=date(2026, 1, 1))
    Vehicle.objects.filter(registration="CD12346").update(valid_to=date(2026, 1, 1))
    employee = browser_of(fleet.persons.employee)
    asked = {"day": "2026-03-02", "start": "13:00", "end": "15:00", "base": fleet.own.pk, "km": 20}
    assert employee.post(reverse("fleet:book"), asked).status_code == 302
    booking = Booking.objects.get()
    assert booking.vehicle is not None and booking.vehicle.base == fleet.other
    # The way back takes half an hour, then comes the change-over: half past three is too early, four is not.
    other = browser_of(fleet.persons.other_employee)
    near = {**asked, "base": fleet.other.pk, "start": "15:30", "end": "17:00"}
    assert other.post(reverse("fleet:book"), near).status_code == 409
    assert other.post(reverse("fleet:book"), {**near, "start": "16:00"}).status_code == 302
