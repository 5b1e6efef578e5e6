# SPDX-License-Identifier: MPL-2.0
"""From a fleet system to trips, as a durable job."""

from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO

import pytest

from kommune3.adapters.fleetgps import SourceError
from kommune3.adapters.fleetgps.tests.fleet_systems import SECRET
from kommune3.kernel import clock, jobs
from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import actor_of
from kommune3.kernel.jobs import schedules
from kommune3.solutions.fleet import fetching
from kommune3.solutions.fleet.models import (
    Assignment,
    GpsDevice,
    GpsSource,
    Leg,
    LegDelivery,
    Limit,
    Plan,
    Run,
    Trip,
    Vehicle,
)
from kommune3.solutions.fleet.operations import legs, parking, preparing, sources
from kommune3.solutions.fleet.tests.small_fleet import Read, csv_of
from kommune3.solutions.fleet.tests.tracked import BASE, CUSTOMER, MONDAY, NOW, YARD, Tracked, tracked, work

__all__ = ["tracked"]
pytestmark = [pytest.mark.django_db(transaction=True, serialized_rollback=True)]


@pytest.fixture(autouse=True)
def at_six() -> Iterator[None]:
    with clock.stopped(NOW):
        yield


def fetched(tracked: Tracked) -> LegDelivery:
    delivery = fetching.start_fetch(actor=tracked.fleet.manager, now=clock.now(), source_id=tracked.source.pk)
    work()
    delivery.refresh_from_db()
    return delivery


def trips() -> list[tuple[str, float]]:
    rows = Trip.objects.order_by("start_at").values_list("vehicle__registration", "km")
    return [(str(registration), km) for registration, km in rows]


def test_devices_are_tied_to_the_vehicles_that_have_their_names(tracked: Tracked) -> None:
    assert sources.try_source(actor=tracked.fleet.manager, now=NOW, source_id=tracked.source.pk) == 3
    tied = GpsDevice.objects.order_by("key").values_list("vehicle__registration", flat=True)
    assert list(tied) == ["AB12345", "AB12346", None]


def test_legs_become_trips_without_coordinates(tracked: Tracked) -> None:
    tracked.drives(1, 0, BASE, CUSTOMER, BASE)
    tracked.drives(2, 0, BASE, CUSTOMER)
    delivery = fetched(tracked)
    assert (delivery.state, delivery.legs_new, delivery.trips_new) == ("DONE", 3, 1)
    trip = Trip.objects.get()
    assert (trip.start_at, trip.km, trip.base, trip.is_prepared) == (MONDAY, 8.0, tracked.fleet.own, True)
    assert len(trip.segments) == 2
    assert "56.4" not in str(Trip.objects.values().get())


def test_the_same_trip_twice_is_kept_once(tracked: Tracked) -> None:
    tracked.drives(1, 0, BASE, CUSTOMER, BASE)
    fetched(tracked)
    again = fetched(tracked)
    assert (again.legs_read, again.legs_new, again.legs_changed, again.trips_new) == (2, 0, 0, 0)
    assert Trip.objects.count() == 1


def test_only_what_is_new_and_a_few_days_before_it_is_asked_for(tracked: Tracked) -> None:
    tracked.drives(1, 0, BASE, CUSTOMER, BASE)
    with clock.stopped(NOW + timedelta(days=6)):
        fetched(tracked)
    tracked.system.asked.clear()
    with clock.stopped(NOW + timedelta(days=7)):
        fetched(tracked)
    (asked,) = {path for path in tracked.system.asked if "reports" in path and "deviceId=1" in path}
    assert "from=2026-03-06T06" in asked.replace("%3A", ":")


def test_a_round_trip_under_way_is_completed_by_the_next_fetch(tracked: Tracked) -> None:
    tracked.drives(1, 0, BASE, CUSTOMER)
    fetched(tracked)
    assert trips() == []
    tracked.drives(1, 15, CUSTOMER, BASE)
    fetched(tracked)
    assert trips() == [("AB12345", 8.0)]


def test_a_leg_that_was_going_on_is_replaced_by_the_whole_of_it(tracked: Tracked) -> None:
    tracked.drives(1, 0, BASE, CUSTOMER, BASE)
    whole = tracked.system.trips["1"][1]
    tracked.system.trips["1"][1] = {**whole, "endTime": (MONDAY + timedelta(minutes=18)).isoformat(), "distance": 500.0}
    fetched(tracked)
    tracked.system.trips["1"][1] = whole
    assert fetched(tracked).legs_changed == 1
    assert trips() == [("AB12345", 8.0)]
    assert Leg.objects.count() == 2


def test_killed_between_devices_nothing_is_lost_and_nothing_is_doubled(
    tracked: Tracked, monkeypatch: pytest.MonkeyPatch
) -> None:
    tracked.drives(1, 0, BASE, CUSTOMER, BASE)
    tracked.drives(2, 0, BASE, CUSTOMER, BASE)
    keep, calls = legs.keep_legs, []

    def die_the_second_time(vehicle_id: int, told: object) -> legs.Kept:
        calls.append(vehicle_id)
        if len(calls) == 2:
            raise ConnectionError("killed")
        return keep(vehicle_id, told)  # type: ignore[arg-type]

    monkeypatch.setattr(legs, "keep_legs", die_the_second_time)
    delivery = fetching.start_fetch(actor=tracked.fleet.manager, now=NOW, source_id=tracked.source.pk)
    work()
    assert Leg.objects.count() == 2
    assert GpsSource.objects.get().seen_until is None
    with clock.stopped(NOW + timedelta(hours=1)):
        work()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.legs_read) == ("DONE", 4)
    assert sorted(trips()) == [("AB12345", 8.0), ("AB12346", 8.0)]


def test_a_refused_login_is_told_and_what_was_fetched_stays(tracked: Tracked) -> None:
    tracked.drives(1, 0, BASE, CUSTOMER, BASE)
    fetched(tracked)
    seen = GpsSource.objects.get().seen_until
    tracked.system.ill = "refuses"
    delivery = fetched(tracked)
    assert delivery.state == "FAILED"
    assert "login" in delivery.problem.lower()
    source = GpsSource.objects.get()
    assert (source.seen_until, bool(source.problem)) == (seen, True)
    assert len(trips()) == 1


def test_a_wrong_address_is_told_at_once(tracked: Tracked) -> None:
    GpsSource.objects.update(address=f"http://127.0.0.1:{tracked.system.port}/fejl")
    assert "kender ikke adressen" in fetched(tracked).problem


def test_a_fault_on_the_other_side_is_tried_again(tracked: Tracked) -> None:
    tracked.drives(1, 0, BASE, CUSTOMER, BASE)
    tracked.system.ill = "faulty"
    delivery = fetched(tracked)
    assert delivery.state == "WAITING"
    tracked.system.ill = ""
    with clock.stopped(NOW + timedelta(hours=1)):
        work()
    delivery.refresh_from_db()
    assert delivery.state == "DONE"
    assert trips() == [("AB12345", 8.0)]


def test_two_people_asking_at_once_start_one_fetch(tracked: Tracked) -> None:
    first = fetching.start_fetch(actor=tracked.fleet.manager, now=NOW, source_id=tracked.source.pk)
    second = fetching.start_fetch(actor=tracked.fleet.manager, now=NOW, source_id=tracked.source.pk)
    assert first == second


def test_sources_are_fetched_at_night_of_themselves(tracked: Tracked) -> None:
    tracked.drives(1, 0, BASE, CUSTOMER, BASE)
    schedules.sync(now=NOW)
    night = NOW + timedelta(days=1)
    with clock.stopped(night):
        schedules.fire_due(now=night)
        schedules.fire_due(now=night)
        work()
    assert LegDelivery.objects.filter(source=tracked.source, state="DONE").count() == 1
    assert trips() == [("AB12345", 8.0)]


def test_a_source_fetched_only_when_asked_is_left_alone_at_night(tracked: Tracked) -> None:
    GpsSource.objects.update(cadence="MANUAL")
    schedules.sync(now=NOW)
    with clock.stopped(NOW + timedelta(days=1)):
        schedules.fire_due(now=NOW + timedelta(days=1))
        work()
    assert not LegDelivery.objects.exists()


def test_a_trip_from_a_file_is_not_made_a_second_time(tracked: Tracked, read: Read) -> None:
    from kommune3.solutions.fleet.operations import imports

    staged = read(csv_of("1,AB12345,2026-03-02T07:00:00Z,2026-03-02T07:25:00Z,8"))
    imports.commit_import(actor=tracked.fleet.manager, now=NOW, import_id=staged.pk)
    tracked.drives(1, 0, BASE, CUSTOMER, BASE)
    tracked.drives(1, 60, BASE, CUSTOMER, BASE)
    assert fetched(tracked).trips_new == 1
    assert len(trips()) == 2


def test_a_new_parking_point_makes_the_trips_anew(tracked: Tracked) -> None:
    tracked.drives(1, 0, BASE, CUSTOMER, YARD, CUSTOMER, BASE)
    fetched(tracked)
    assert trips() == [("AB12345", 16.0)]
    manager = tracked.fleet.manager
    point = parking.add_point(
        actor=manager, now=NOW, base_id=tracked.fleet.own.pk, name="Gården", latitude=YARD[0], longitude=YARD[1],
        radius_m=200,
    )  # fmt: skip
    job = fetching.start_preparing(actor=manager, now=NOW, bases=[tracked.fleet.own])
    work()
    assert trips() == [("AB12345", 8.0), ("AB12345", 8.0)]
    assert jobs.Job.objects.get(pk=job.pk).result == {"new": 2, "removed": 1, "in_the_way": 0}
    parking.remove_point(actor=manager, now=NOW, point_id=point.pk)
    fetching.start_preparing(actor=manager, now=NOW, bases=[tracked.fleet.own])
    work()
    assert trips() == [("AB12345", 16.0)]


def test_a_trip_that_an_optimisation_builds_on_is_never_unmade(tracked: Tracked) -> None:
    from kommune3.solutions.fleet.tests.matrix_objects import _run

    tracked.drives(1, 0, BASE, CUSTOMER, YARD, CUSTOMER, BASE)
    fetched(tracked)
    run = Run.objects.get(pk=_run(tracked.fleet.persons.own_team, "prøve"))
    plan = Plan.objects.create(
        run=run, kind="PROPOSED", vehicles=1, fixed_dkk=0, energy_dkk=0, allowance_dkk=0, social_dkk=0, co2e_kg=0, km=0,
        unserved_km=0, unserved_trips=0,
    )  # fmt: skip
    Assignment.objects.create(plan=plan, trip=Trip.objects.get())
    parking.add_point(
        actor=tracked.fleet.manager, now=NOW, base_id=tracked.fleet.own.pk, name="Gården", latitude=YARD[0],
        longitude=YARD[1], radius_m=200,
    )  # fmt: skip
    remade = preparing.prepare_trips([Vehicle.objects.get(registration="AB12345").pk], now=NOW)
    assert remade == preparing.Remade(new=0, removed=0, in_the_way=2)
    assert trips() == [("AB12345", 16.0)]


def test_legs_are_deleted_when_their_time_is_up_and_the_trips_stay(tracked: Tracked) -> None:
    tracked.drives(1, 0, BASE, CUSTOMER, BASE)
    fetched(tracked)
    late = NOW + timedelta(days=100)
    assert legs.delete_old_legs(actor=tracked.fleet.manager, now=NOW) == 0
    assert legs.delete_old_legs(actor=tracked.fleet.manager, now=late) == 2
    assert trips() == [("AB12345", 8.0)]
    assert preparing.prepare_trips([Vehicle.objects.get(registration="AB12345").pk], now=late) == preparing.Remade()
    assert trips() == [("AB12345", 8.0)]


def test_the_limit_that_the_municipality_sets_counts(tracked: Tracked) -> None:
    tracked.drives(1, 0, BASE, CUSTOMER, BASE)
    fetched(tracked)
    Limit.objects.create(kind="LEGS_DAYS", value=3, valid_from=NOW.date(), reason="prøve")
    assert legs.delete_old_legs(actor=tracked.fleet.manager, now=NOW) == 0
    assert legs.delete_old_legs(actor=tracked.fleet.manager, now=NOW + timedelta(days=4)) == 2


def test_the_secret_is_sealed_and_in_no_log(tracked: Tracked) -> None:
    from kommune3.kernel.audit.models import Entry

    stored = GpsSource.objects.get()
    assert SECRET.encode() not in bytes(stored.secret)
    assert sources.access_of(stored).secret == SECRET
    assert all(SECRET not in str(row) for row in Entry.objects.values())


def test_a_new_address_needs_the_secret_again(tracked: Tracked) -> None:
    tracked.source.address = "https://evil.example"
    with pytest.raises(sources.InvalidSource):
        sources.save_source(actor=tracked.fleet.manager, now=NOW, source=tracked.source)


def test_others_cannot_fetch_or_see_the_source(tracked: Tracked) -> None:
    stranger = actor_of(tracked.fleet.persons.citizen, now=NOW)
    with pytest.raises((reach.NotVisible, reach.Forbidden)):
        fetching.start_fetch(actor=stranger, now=NOW, source_id=tracked.source.pk)
    with pytest.raises((reach.NotVisible, reach.Forbidden)):
        sources.try_source(actor=stranger, now=NOW, source_id=tracked.source.pk)


def test_a_failed_test_of_the_connection_is_remembered(tracked: Tracked) -> None:
    tracked.system.ill = "html"
    with pytest.raises(SourceError):
        sources.try_source(actor=tracked.fleet.manager, now=NOW, source_id=tracked.source.pk)
    assert "flådesystem" in GpsSource.objects.get().problem


GPX = '<gpx version="1.1" creator="x" xmlns="http://www.topografix.com/GPX/1/1"><trk><trkseg>{}</trkseg></trk></gpx>'


def _track(*stops: tuple[float, float]) -> bytes:
    points = []
    for number, (one, two) in enumerate(zip(stops, stops[1:], strict=False)):
        for step in range(11):
            at = MONDAY + timedelta(minutes=30 * number + step)
            latitude = one[0] + (two[0] - one[0]) * step / 10
            longitude = one[1] + (two[1] - one[1]) * step / 10
            points.append(f'<trkpt lat="{latitude}" lon="{longitude}"><time>{at.isoformat()}</time></trkpt>')
    return GPX.format("".join(points)).encode()


def test_a_track_file_of_a_vehicle_becomes_trips(tracked: Tracked) -> None:
    vehicle = Vehicle.objects.get(registration="AB12345")
    for _twice in range(2):
        delivery = fetching.start_reading_tracks(
            actor=tracked.fleet.manager, now=NOW, vehicle_id=vehicle.pk, content=BytesIO(_track(BASE, CUSTOMER, BASE)),
            file_name="bil.gpx",
        )  # fmt: skip
        work()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.legs_read, delivery.legs_new, delivery.stored_file_id) == ("DONE", 2, 0, None)
    assert [registration for registration, _km in trips()] == ["AB12345"]


def test_a_broken_track_file_is_told_with_its_line_and_leaves_nothing(tracked: Tracked) -> None:
    vehicle = Vehicle.objects.get(registration="AB12345")
    delivery = fetching.start_reading_tracks(
        actor=tracked.fleet.manager, now=NOW, vehicle_id=vehicle.pk, content=BytesIO(b"<gpx>\n<trk>\n</gpx>"),
        file_name="bil.gpx",
    )  # fmt: skip
    work()
    delivery.refresh_from_db()
    assert delivery.state == "FAILED"
    assert delivery.problem.startswith("bil.gpx: linje 3:")
    assert not Leg.objects.exists()
