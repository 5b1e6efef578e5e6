# SPDX-License-Identifier: MPL-2.0
"""Nothing is half-imported: staged, looked through, and then all or nothing."""

from datetime import UTC, datetime

import pytest
from django.http import Http404
from persons import NOW

from kommune3.kernel.access.actor import actor_of
from kommune3.kernel.access.reach import Forbidden
from kommune3.kernel.audit.models import Entry
from kommune3.solutions.fleet.errors import HasProblems, NothingToImport, NotReady, ReadAgain
from kommune3.solutions.fleet.models import Base, ImportProblem, ImportState, StagedTrip, Trip, Vehicle
from kommune3.solutions.fleet.operations import imports
from kommune3.solutions.fleet.tests.small_fleet import Read, SmallFleet, csv_of, problems, shared

GOOD = "1,AB12345,2026-03-02 07:00,2026-03-02 08:00,12.5"
GOOD_TOO = "2,AB12346,2026-03-02 07:30,2026-03-02 09:00,20"
BAD = "3,AB12345,2026-03-02 12:00,2026-03-02 11:00,5"


def test_a_good_file_is_staged_and_nothing_is_imported_before_somebody_says_so(fleet: SmallFleet, read: Read) -> None:
    staged = read(csv_of(GOOD, GOOD_TOO))
    assert (staged.state, staged.rows_read, staged.rows_good, staged.rows_bad) == (ImportState.READY, 2, 2, 0)
    assert Trip.objects.count() == 0
    imports.commit_import(actor=fleet.manager, now=NOW, import_id=staged.pk)
    assert list(Trip.objects.values_list("external_id", "km", "start_at")) == [
        ("1", 12.5, datetime(2026, 3, 2, 6, tzinfo=UTC)),
        ("2", 20.0, datetime(2026, 3, 2, 6, 30, tzinfo=UTC)),
    ]
    assert StagedTrip.objects.count() == 0
    assert Entry.objects.filter(action="fleet.import.committed").count() == 1


def test_a_file_with_a_bad_line_imports_nothing_unless_the_good_rows_are_chosen(fleet: SmallFleet, read: Read) -> None:
    staged = read(csv_of(GOOD, GOOD_TOO, BAD))
    assert problems(staged) == [(4, "end", "2026-03-02 11:00", "end_before_start")]
    with pytest.raises(HasProblems):
        imports.commit_import(actor=fleet.manager, now=NOW, import_id=staged.pk)
    assert Trip.objects.count() == 0
    done = imports.commit_import(actor=fleet.manager, now=NOW, import_id=staged.pk, keep_good=True)
    assert (done.state, done.kept_good, Trip.objects.count()) == (ImportState.COMMITTED, True, 2)


def test_a_file_of_bad_lines_only_imports_nothing(fleet: SmallFleet, read: Read) -> None:
    with pytest.raises(NothingToImport):
        imports.commit_import(actor=fleet.manager, now=NOW, import_id=read(csv_of(BAD)).pk, keep_good=True)


@pytest.mark.parametrize(
    ("content", "code"), [("", "empty_file"), (csv_of(), "no_rows"), (b"PK\x03\x04", "binary_file")]
)
def test_what_cannot_be_read_is_refused_whole(fleet: SmallFleet, read: Read, content: str | bytes, code: str) -> None:
    refused = read(content)
    assert refused.state == ImportState.REFUSED
    assert problems(refused)[0][3] == code
    with pytest.raises(NotReady):
        imports.commit_import(actor=fleet.manager, now=NOW, import_id=refused.pk, keep_good=True)


def test_two_trips_of_one_car_at_once_are_told_with_the_line_of_the_other(read: Read) -> None:
    staged = read(
        csv_of(
            "1,AB12345,2026-03-02 07:00,2026-03-02 09:00,12",
            "2,AB12345,2026-03-02 08:00,2026-03-02 10:00,12",
            "3,AB12345,2026-03-02 09:30,2026-03-02 11:00,12",
            "4,AB12346,2026-03-02 08:00,2026-03-02 10:00,12",
        )
    )
    problem = ImportProblem.objects.get(trip_import=staged)
    assert (problem.line, problem.code, problem.detail["other_line"]) == (3, "overlap_in_file", 2)
    assert staged.rows_good == 3


def test_a_trip_whose_car_was_elsewhere_can_be_kept_without_its_car(fleet: SmallFleet, read: Read) -> None:
    staged = read(csv_of(GOOD, "2,AB12345,2026-03-02 07:30,2026-03-02 08:30,5"))
    done = imports.commit_import(actor=fleet.manager, now=NOW, import_id=staged.pk, keep_overlaps=True)
    assert (done.rows_good, done.rows_bad, done.rows_without_car) == (2, 0, 1)
    trip = Trip.objects.get(external_id="2")
    assert (trip.vehicle, trip.base) == (None, fleet.own)


def test_trips_that_meet_end_to_start_do_not_overlap(read: Read) -> None:
    staged = read(
        csv_of("1,AB12345,2026-03-02 07:00,2026-03-02 09:00,12", "2,AB12345,2026-03-02 09:00,2026-03-02 10:00,12")
    )
    assert problems(staged) == []


def test_a_number_used_twice_and_a_line_that_stands_twice_are_told(read: Read) -> None:
    staged = read(csv_of(GOOD, GOOD_TOO.replace("2,", "1,", 1), GOOD.replace("1,", "9,", 1)))
    assert [(line, code) for line, _, _, code in problems(staged)] == [(3, "duplicate_id"), (4, "duplicate_row")]


def test_a_file_imported_once_is_known_the_second_time(fleet: SmallFleet, read: Read) -> None:
    imports.commit_import(actor=fleet.manager, now=NOW, import_id=read(csv_of(GOOD)).pk)
    again = read(csv_of(GOOD, "7,AB12345,2026-03-02 07:30,2026-03-02 08:30,5"))
    assert [(line, code) for line, _, _, code in problems(again)] == [
        (2, "already_imported"),
        (3, "overlap_with_imported"),
    ]


def test_trips_of_no_known_car_are_known_the_second_time_too(fleet: SmallFleet, read: Read) -> None:
    content = csv_of("Grenaa,2026-03-02 07:00,2026-03-02 08:00,5", header="base,start,end,km")
    imports.commit_import(actor=fleet.manager, now=NOW, import_id=read(content).pk)
    assert [code for _, _, _, code in problems(read(content))] == ["already_imported"]


def test_what_was_imported_while_the_file_lay_ready_is_found_before_anything_is_written(
    fleet: SmallFleet, read: Read
) -> None:
    first, second = read(csv_of(GOOD)), read(csv_of(GOOD_TOO, "8,AB12345,2026-03-02 07:30,2026-03-02 08:30,5"))
    imports.commit_import(actor=fleet.manager, now=NOW, import_id=first.pk)
    with pytest.raises(ReadAgain):
        imports.commit_import(actor=fleet.manager, now=NOW, import_id=second.pk)
    assert Trip.objects.count() == 1


def test_an_import_can_be_undone(fleet: SmallFleet, read: Read) -> None:
    staged = read(csv_of(GOOD, GOOD_TOO))
    imports.commit_import(actor=fleet.manager, now=NOW, import_id=staged.pk)
    undone = imports.undo_import(actor=fleet.manager, now=NOW, import_id=staged.pk)
    assert (undone.state, Trip.objects.count()) == (ImportState.UNDONE, 0)
    with pytest.raises(NotReady):
        imports.undo_import(actor=fleet.manager, now=NOW, import_id=staged.pk)
    assert problems(read(csv_of(GOOD))) == []


def test_a_discarded_import_leaves_nothing_behind(fleet: SmallFleet, read: Read) -> None:
    staged = read(csv_of(GOOD))
    imports.discard_import(actor=fleet.manager, now=NOW, import_id=staged.pk)
    assert StagedTrip.objects.count() == 0
    with pytest.raises(NotReady):
        imports.commit_import(actor=fleet.manager, now=NOW, import_id=staged.pk)


def test_nobody_but_the_fleet_manager_imports(fleet: SmallFleet, read: Read) -> None:
    staged = read(csv_of(GOOD))
    with pytest.raises(Forbidden):
        imports.open_import(actor=fleet.leader, now=NOW, file_name="x.csv")
    for account in (fleet.persons.leader, fleet.persons.citizen):
        with pytest.raises((Forbidden, Http404)):
            imports.commit_import(actor=actor_of(account, now=NOW), now=NOW, import_id=staged.pk)
    assert Trip.objects.count() == 0


# --- The night the clocks change ----------------------------------------------------------------------------------


def test_the_hour_that_occurs_twice_is_settled_where_the_end_would_come_before_the_start(read: Read) -> None:
    staged = read(csv_of("1,AB12345,2026-10-25 02:50,2026-10-25 02:10,9"))
    row = StagedTrip.objects.get(trip_import=staged)
    assert (row.start_at, row.end_at) == (
        datetime(2026, 10, 25, 0, 50, tzinfo=UTC),
        datetime(2026, 10, 25, 1, 10, tzinfo=UTC),
    )
    assert ImportProblem.objects.get(trip_import=staged).code == "time_resolved"


def test_it_is_settled_where_the_cars_next_trip_leaves_only_one_reading(read: Read) -> None:
    staged = read(
        csv_of(
            "1,AB12345,2026-10-25 01:30,2026-10-25 02:20,9",
            "2,AB12345,2026-10-25T00:30:00Z,2026-10-25T01:10:00Z,9",
        )
    )
    assert problems(staged) == []
    assert StagedTrip.objects.get(line=2).end_at == datetime(2026, 10, 25, 0, 20, tzinfo=UTC)


def test_it_is_settled_where_the_km_could_not_have_been_driven_in_the_shorter_time(read: Read) -> None:
    staged = read(csv_of("1,AB12345,2026-10-25 01:30,2026-10-25 02:00,100"))
    assert StagedTrip.objects.get(trip_import=staged).end_at == datetime(2026, 10, 25, 1, 0, tzinfo=UTC)


def test_where_it_cannot_be_proven_the_offset_is_asked_for(read: Read) -> None:
    staged = read(csv_of("1,AB12345,2026-10-25 01:30,2026-10-25 02:30,9"))
    assert problems(staged) == [(2, "end", "2026-10-25 02:30", "time_ambiguous")]
    assert problems(read(csv_of("1,AB12345,2026-10-25 01:30+02:00,2026-10-25 02:30+01:00,9"))) == []


# --- Files that bring their own vehicles --------------------------------------------------------------------------


def test_an_instance_file_creates_its_vehicles_only_where_that_was_chosen(fleet: SmallFleet, read: Read) -> None:
    content = shared("fleet/own10x14.json").read_bytes()
    without = read(content, name="own10x14.json")
    assert {code for _, _, _, code in problems(without)} >= {"vehicle_can_be_created"}
    assert without.rows_good == 0
    staged = read(content, name="own10x14.json", create_vehicles=True)
    assert (staged.rows_good, staged.rows_bad) == (219, 0)
    assert not Base.objects.filter(name__contains="own-7").exists()
    imports.commit_import(actor=fleet.manager, now=NOW, import_id=staged.pk)
    assert Base.objects.filter(name__contains="own-7").count() == 1
    assert Vehicle.objects.filter(registration__startswith="KX").count() == 10
    assert Trip.objects.filter(vehicle=None).count() == 0
