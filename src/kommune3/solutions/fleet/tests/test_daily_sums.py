# SPDX-License-Identifier: MPL-2.0
"""The daily sums: equal to the trips whatever was imported and undone, on days of 23, 24 and 25 hours."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from persons import NOW

from kommune3.kernel import clock
from kommune3.kernel.clock import MUNICIPAL_ZONE
from kommune3.kernel.jobs.worker import Worker
from kommune3.solutions.fleet import nightly
from kommune3.solutions.fleet.counting import Counted, Driven, count
from kommune3.solutions.fleet.models import DailyUse, HourlyUse, Purge, Recount, Trip, TripImport, Vehicle
from kommune3.solutions.fleet.models.daily import BANDS, SECONDS, VEHICLES
from kommune3.solutions.fleet.operations import daily, imports
from kommune3.solutions.fleet.tests.small_fleet import Read, SmallFleet, csv_of

FIRST, LAST = "AB12345", "AB12346"


def work_off() -> None:
    """Do every job that waits, as a worker does."""
    worker = Worker()
    while worker.step():
        pass


def snapshot() -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """Every daily and hourly sum, without the rows' own numbers."""
    use = DailyUse.objects.values_list(
        "day", "base_id", "model_id", "trips", "underway", "vehicles", "metres", "away_seconds", *BANDS
    )
    hours = HourlyUse.objects.values_list("day", "base_id", "kind", "vehicles", "peak", *SECONDS, *VEHICLES)
    return sorted(use, key=str), sorted(hours, key=str)


def rebuilt() -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """The sums as they are when made from nothing."""
    call_command("fleet_recount", verbosity=0)
    return snapshot()


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=MUNICIPAL_ZONE).astimezone(UTC)


def driven(start: datetime, end: datetime, km: float = 10.0, *, vehicle: int | None = 1, **more: Any) -> Driven:
    return Driven(start, end, km, more.get("segments", []), vehicle, more.get("model", 1), more.get("kind", "EV"))


def counted(*trips: Driven) -> Counted:
    return count(trips, date.min, date.max)


# --- The function ----------------------------------------------------------------------------------------------------


def test_a_trip_across_midnight_gives_each_day_its_share() -> None:
    found = counted(driven(local("2026-03-02 23:00"), local("2026-03-03 02:00"), 30))
    first, second = found.use[date(2026, 3, 2), 1], found.use[date(2026, 3, 3), 1]
    assert (first.trips, first.underway, first.metres, first.away_seconds) == (1, 1, 10_000, 3600)
    assert (second.trips, second.underway, second.metres, second.away_seconds) == (0, 1, 20_000, 7200)
    assert (sum(first.bands), sum(second.bands)) == (1, 0)


def test_segments_say_where_the_km_of_a_trip_across_midnight_belong() -> None:
    segments = [["2026-03-02T20:00:00+00:00", "2026-03-02T21:00:00+00:00", 25.0],
                ["2026-03-03T00:00:00+00:00", "2026-03-03T01:00:00+00:00", 5.0]]  # fmt: skip
    found = counted(driven(local("2026-03-02 21:00"), local("2026-03-03 02:00"), 30, segments=segments))
    assert [found.use[day, 1].metres for day in (date(2026, 3, 2), date(2026, 3, 3))] == [25_000, 5_000]


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 7, 1), 24), (date(2026, 10, 25), 25)])
def test_a_day_is_as_long_as_it_is_when_the_clocks_change(day: date, hours: int) -> None:
    start, end = clock.day_bounds(day)
    found = counted(driven(start, end, 100)).hours[day, ""]
    assert sum(found.seconds) == hours * 3600
    assert found.seconds[2] == {23: 0, 24: 3600, 25: 7200}[hours]
    assert all(seconds == 3600 for hour, seconds in enumerate(found.seconds) if hour != 2)


def test_a_vehicle_that_comes_back_when_another_leaves_is_not_out_at_once_with_it() -> None:
    day = date(2026, 3, 2)
    seven, eight, nine = (local(f"2026-03-02 0{hour}:00") for hour in (7, 8, 9))
    assert counted(driven(seven, eight), driven(eight, nine, vehicle=2)).hours[day, ""].peak == 1
    assert counted(driven(seven, nine), driven(eight, nine, vehicle=2)).hours[day, ""].peak == 2


def test_an_unknown_vehicle_counts_with_all_types_but_with_none_of_them() -> None:
    day = date(2026, 3, 2)
    found = counted(driven(local("2026-03-02 07:00"), local("2026-03-02 08:00"), vehicle=None, model=None, kind=""))
    assert set(found.hours) == {(day, "")}
    assert set(found.use) == {(day, None)}


_minutes = st.integers(0, 60 * 24 * 9)
_trips = st.lists(
    st.tuples(_minutes, st.integers(1, 60 * 60), st.floats(0, 400, allow_nan=False), st.integers(1, 4)), max_size=12
)


@given(_trips)
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_the_sums_of_all_days_are_those_of_the_trips(rows: list[tuple[int, int, float, int]]) -> None:
    begins = local("2026-10-21 00:00")  # the clocks change on the 25th
    trips = [
        driven(begins + timedelta(minutes=start), begins + timedelta(minutes=start + length), km, vehicle=car)
        for start, length, km, car in rows
    ]
    found = counted(*trips)
    assert sum(use.metres for use in found.use.values()) == sum(round(trip.km * 1000) for trip in trips)
    assert sum(use.trips for use in found.use.values()) == len(trips)
    away = sum(round((trip.end_at - trip.start_at).total_seconds()) for trip in trips)
    assert sum(use.away_seconds for use in found.use.values()) == away
    assert sum(sum(hours.seconds) for (_day, kind), hours in found.hours.items() if kind == "") == away
    assert all(use.metres >= 0 for use in found.use.values())


# --- Imports and undoing ---------------------------------------------------------------------------------------------

FILES = (
    ("1,AB12345,2026-02-02 07:00,2026-02-02 09:00,30", "2,AB12346,2026-02-02 22:00,2026-02-03 03:00,50"),
    ("3,AB12345,2026-02-03 07:00,2026-02-03 09:00,1.5", "4,CD12345,2026-02-02 23:30,2026-02-05 00:30,312.7"),
    ("5,CD12346,2026-01-30 12:00,2026-01-30 13:00,14.999", "6,AB12345,2026-02-02 12:00,2026-02-02 13:00,15"),
)


@given(st.lists(st.tuples(st.sampled_from(range(len(FILES))), st.booleans()), max_size=6))
@settings(max_examples=12, suppress_health_check=list(HealthCheck), deadline=None)
@pytest.mark.django_db
def test_after_any_sequence_of_imports_and_undoings_the_sums_equal_the_trips(
    fleet: SmallFleet, read: Read, steps: list[tuple[int, bool]]
) -> None:
    there: dict[int, TripImport] = {}
    for number, work_now in steps:
        if number in there:
            imports.undo_import(actor=fleet.manager, now=NOW, import_id=there.pop(number).pk)
        else:
            staged = read(csv_of(*FILES[number]))
            there[number] = imports.commit_import(actor=fleet.manager, now=NOW, import_id=staged.pk)
        if work_now:
            work_off()
    work_off()
    assert not Recount.objects.exists()
    kept = snapshot()
    assert sum(row[3] for row in kept[0]) == Trip.objects.count()
    assert kept == rebuilt()
    for trip_import in there.values():
        imports.undo_import(actor=fleet.manager, now=NOW, import_id=trip_import.pk)
    work_off()
    assert snapshot() == ([], [])


def test_the_recount_begins_where_it_was_stopped(fleet: SmallFleet, read: Read) -> None:
    lines = [f"{n},AB12345,2026-{n // 28 + 1:02}-{n % 28 + 1:02} 07:00,2026-{n // 28 + 1:02}-{n % 28 + 1:02} 08:00,1"
             for n in range(56)]  # fmt: skip
    imports.commit_import(actor=fleet.manager, now=NOW, import_id=read(csv_of(*lines)).pk)
    waiting = daily.days_left()
    assert 0 < daily.recount_next() < waiting
    assert daily.days_left() == waiting - daily.DAYS_AT_ONCE
    work_off()
    assert DailyUse.objects.count() == 56


def test_trips_that_came_by_another_door_are_found_in_the_night(fleet: SmallFleet) -> None:
    car = Vehicle.objects.get(registration=FIRST)
    Trip.objects.create(
        base=fleet.own, vehicle=car, start_at=NOW, end_at=NOW + timedelta(hours=1), km=12,
    )  # fmt: skip
    nightly.check_sums.enqueue()
    work_off()
    assert DailyUse.objects.get().metres == 12_000
    car.model = fleet.petrol
    car.save()
    nightly.check_sums.enqueue()
    work_off()
    assert DailyUse.objects.get().model == fleet.petrol


def test_days_whose_trips_were_purged_keep_their_sums(fleet: SmallFleet, read: Read) -> None:
    imports.commit_import(actor=fleet.manager, now=NOW, import_id=read(csv_of(*FILES[2])).pk)
    work_off()
    before = snapshot()
    Purge.objects.create(before_date=date(2026, 2, 1), trips=1, purged_at=NOW)
    Trip.objects.filter(start_at__lt=local("2026-02-01 00:00")).delete()
    assert rebuilt() == before
    assert daily.mark_differing(now=NOW) == 0
