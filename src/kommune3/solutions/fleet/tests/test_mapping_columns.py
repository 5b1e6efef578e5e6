# SPDX-License-Identifier: MPL-2.0
"""Files whose columns have other names: mapped on a page with a preview, saved, used again."""

from datetime import UTC, date, datetime, time
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook
from persons import NOW

from kommune3.solutions.fleet.importing import Known, Mapping, Unreadable, peek, read_file
from kommune3.solutions.fleet.models import ColumnMapping, StagedTrip, TripImport
from kommune3.solutions.fleet.operations import mappings
from kommune3.solutions.fleet.tests.small_fleet import SmallFleet
from kommune3.solutions.fleet.tests.tracked import work

KNOWN = Known({"grenaa": 1}, {"ab12345": (7, 1)})
START, END = datetime(2026, 3, 8, 8, 41, tzinfo=UTC), datetime(2026, 3, 8, 9, 15, tzinfo=UTC)
FILE = (
    "Vognnr.;Chauffør;Afgang;Ankomst;Kørte km\n"
    "AB12345;Anna;08.03.2026 09:41;08.03.2026 10:15;12,5\n"
    "AB12345;Bo;09.03.2026 09:41;09.03.2026 10:15;8,0\n"
)


def read(content: str | bytes, mapping: Mapping) -> list[tuple[Any, ...]]:
    raw = content.encode() if isinstance(content, str) else content
    found = []
    for _line, row, findings in read_file(BytesIO(raw), known=KNOWN, mapping=mapping).lines:
        found.append((row.start_at, row.end_at, row.km) if row else tuple(each.code for each in findings))
    return found


def mapped(**more: Any) -> Mapping:
    columns = {"vehicle": "bil", "start": "ud", "end": "hjem", "km": "langt"} | more.pop("columns", {})
    return Mapping(columns={name: label for name, label in columns.items() if label}, **more)


def line(start: str, end: str, km: str, separator: str = ";") -> str:
    return separator.join(["bil", "ud", "hjem", "langt"]) + "\n" + separator.join(["AB12345", start, end, km]) + "\n"


@pytest.mark.parametrize(
    ("time_format", "start", "end"),
    [
        ("DMY", "08-03-2026 09:41", "8/3/2026 10.15"), ("DMY", "8.3.26 09:41:00", "08.03.2026 kl. 10.15"),
        ("MDY", "03/08/2026 9:41 AM", "3/8/2026 10:15:00"), ("YMD", "2026-03-08 09:41", "2026/3/8 10:15"),
        ("DMY", "2026-03-08T08:41:00Z", "2026-03-08T10:15:00+01:00"), ("UNIX", "1772959260", "1772961300"),
        ("UNIX_MS", "1772959260000", "1772961300000"), ("EXCEL", "46089,4034722222", "46089,4270833333"),
    ],
)  # fmt: skip
def test_times_are_read_as_they_are_said_to_be_written(time_format: str, start: str, end: str) -> None:
    assert read(line(start, end, "12,5"), mapped(time_format=time_format)) == [(START, END, 12.5)]


def test_midday_and_midnight_in_american_time() -> None:
    found = read(line("03/08/2026 12:05 AM", "03/08/2026 12:05 PM", "5"), mapped(time_format="MDY"))
    assert [at.hour for at in found[0][:2]] == [23, 11]


def test_a_time_zone_other_than_ours_is_heeded() -> None:
    assert read(line("08-03-2026 08:41", "08-03-2026 09:15", "12,5"), mapped(zone="UTC")) == [(START, END, 12.5)]
    assert read(line("08-03-2026 10:41", "08-03-2026 11:15", "12,5"), mapped(zone="Europe/Helsinki"))[0][0] == START


@pytest.mark.parametrize(
    ("unit", "decimal", "written", "km"),
    [("KM", ",", "1.234,5", 1234.5), ("M", ",", "12500", 12.5), ("M", ".", "12500.4", 12.5),
     ("MILES", ".", "10", 16.093)],
)  # fmt: skip
def test_distances_are_turned_into_km(unit: str, decimal: str, written: str, km: float) -> None:
    content = line("08-03-2026 09:41", "09-03-2026 10:15", written)
    assert read(content, mapped(km_unit=unit, decimal=decimal))[0][2] == pytest.approx(km)


def test_date_and_time_of_day_in_columns_of_their_own_are_put_together() -> None:
    content = "bil;dag;kl;dag ind;kl ind;langt\nAB12345;08-03-2026;09:41;08-03-2026;10.15;12,5\n"
    columns = {"start": "dag", "start_clock": "kl", "end": "dag ind", "end_clock": "kl ind"}
    assert read(content, mapped(columns=columns)) == [(START, END, 12.5)]


def test_km_are_the_difference_of_two_odometer_readings() -> None:
    content = "bil;ud;hjem;fra;til\nAB12345;08-03-2026 09:41;08-03-2026 10:15;10.000,5;10.013\n"
    columns = {"km": "", "odometer_start": "fra", "odometer_end": "til"}
    assert read(content, mapped(columns=columns)) == [(START, END, 12.5)]


@pytest.mark.parametrize(
    ("start", "km", "codes"),
    [("i går", "5", ("not_a_time",)), ("31-02-2026 09:41", "5", ("not_a_time",)), ("08-03-2026", "5", ("not_a_time",)),
     ("08-03-2026 09:41", "langt", ("not_a_number",)), ("09-03-2026 09:41", "5", ("end_before_start",))],
)  # fmt: skip
def test_what_cannot_be_understood_is_a_problem_of_its_line(start: str, km: str, codes: tuple[str, ...]) -> None:
    assert read(line(start, "08-03-2026 10:15", km), mapped()) == [codes]


def test_a_column_that_the_file_does_not_have_is_named() -> None:
    with pytest.raises(Unreadable) as refused:
        read("bil;ud;hjem\n", mapped())
    assert refused.value.finding.detail["column"] == "langt"


def test_columns_of_the_same_name_are_told_apart() -> None:
    content = "bil;tid;tid;langt\nAB12345;08-03-2026 09:41;08-03-2026 10:15;12,5\n"
    assert read(content, mapped(columns={"start": "tid", "end": "tid (3)"})) == [(START, END, 12.5)]


def workbook(*rows: list[Any], sheet: str = "Ture") -> bytes:
    book, target = Workbook(), BytesIO()
    book.active.title = "Forside"
    made = book.create_sheet(sheet)
    for row in rows:
        made.append(row)
    book.save(target)
    return target.getvalue()


def test_a_workbook_is_read_with_its_real_dates_and_numbers() -> None:
    content = workbook(
        ["Kørebog", None, None, None], [], ["bil", "ud", "hjem", "langt"],
        ["AB12345", datetime(2026, 3, 8, 9, 41), datetime(2026, 3, 8, 10, 15), 12.5],  # noqa: DTZ001
        [None, None, None, None],
        ["AB12345", "09-03-2026 09:41", "9/3/2026 10:15", "12,5"],
    )  # fmt: skip
    found = read(content, mapped(sheet="Ture", header_line=3))
    assert found == [(START, END, 12.5), (START.replace(day=9), END.replace(day=9), 12.5)]


def test_a_workbook_with_dates_and_times_in_columns_of_their_own() -> None:
    content = workbook(
        ["bil", "dag", "ud", "hjem", "langt"], ["AB12345", date(2026, 3, 8), time(9, 41), time(10, 15), 12.5]
    )
    columns = {"start": "dag", "start_clock": "ud", "end": "dag", "end_clock": "hjem"}
    assert read(content, mapped(columns=columns, sheet="Ture")) == [(START, END, 12.5)]


def test_a_workbook_with_the_names_we_know_needs_no_mapping() -> None:
    book, target = Workbook(), BytesIO()
    book.active.append(["vehicle", "start", "end", "km"])
    book.active.append(["AB12345", "2026-03-08 09:41", "2026-03-08 10:15", 12.5])
    book.save(target)
    reading = read_file(target, known=KNOWN)
    assert [row.km for _, row, _ in reading.lines if row] == [12.5]


@pytest.mark.parametrize("content", [workbook(["a"])[:400] + bytes(40), b"PK\x03\x04" + bytes(100)])
def test_a_broken_workbook_is_refused(content: bytes) -> None:
    with pytest.raises(Unreadable):
        read(content, mapped())


def test_a_sheet_that_is_not_there_is_named() -> None:
    with pytest.raises(Unreadable) as refused:
        read(workbook(["a"]), mapped(sheet="Andet"))
    assert refused.value.finding.code == "no_sheet"


def test_the_page_guesses_columns_and_ways_of_writing_but_never_the_driver() -> None:
    seen = peek(BytesIO(FILE.encode()))
    assert seen.guessed.columns == {"vehicle": "Vognnr.", "start": "Afgang", "end": "Ankomst", "km": "Kørte km"}
    assert (seen.guessed.time_format, seen.guessed.decimal) == ("DMY", ",")


@pytest.mark.parametrize(
    ("start", "guessed"),
    [("2026-03-08 09:41", "YMD"), ("03/28/2026 09:41", "MDY"), ("1772959260", "UNIX"), ("1772959260000", "UNIX_MS"),
     ("46089.4035", "EXCEL"), ("", "DMY")],
)  # fmt: skip
def test_how_times_are_written_is_guessed_from_the_first_lines(start: str, guessed: str) -> None:
    assert peek(BytesIO(f"vehicle,start,end,km\nAB12345,{start},,5\n".encode())).guessed.time_format == guessed


# --- The page -----------------------------------------------------------------------------------------------------


@pytest.fixture
def manager(fleet: SmallFleet, client: Client) -> Client:
    client.force_login(fleet.persons.fleet_manager)
    return client


def upload(client: Client, reading: str, content: str = FILE) -> Any:
    file = SimpleUploadedFile("kørebog.csv", content.encode())
    return client.post(reverse("fleet:import_new"), {"file": file, "reading": reading})


CHOSEN = {
    "column_0": "vehicle", "column_2": "start", "column_3": "end", "column_4": "km", "time_format": "DMY",
    "zone": "Europe/Copenhagen", "decimal": ",", "km_unit": "KM",
}  # fmt: skip


@pytest.mark.django_db
def test_a_file_is_mapped_looked_at_read_and_the_mapping_used_again(manager: Client) -> None:
    answer = upload(manager, "map")
    trip_import = TripImport.objects.get()
    page = reverse("fleet:import_columns", args=[trip_import.pk])
    assert (answer["Location"], trip_import.state) == (page, "MAPPING")
    shown = manager.get(page).content.decode()
    assert "08.03.2026 09:41 · 09.03.2026 09:41" in shown

    previewed = manager.post(page, {**CHOSEN, "action": "preview"}).content.decode()
    assert "AB12345" in previewed
    assert "Grenaa" in previewed
    assert not StagedTrip.objects.exists()

    answer = manager.post(page, {**CHOSEN, "action": "read", "save_as": "Kørebog"})
    assert answer["Location"] == reverse("fleet:import", args=[trip_import.pk])
    work()
    trip_import.refresh_from_db()
    assert (trip_import.state, trip_import.rows_good) == ("READY", 2)
    assert ColumnMapping.objects.get().name == "Kørebog"

    upload(manager, str(ColumnMapping.objects.get().pk))
    work()
    again = TripImport.objects.exclude(pk=trip_import.pk).get()
    assert (again.state, again.rows_good) == ("READY", 2)


@pytest.mark.django_db
def test_what_is_missing_or_doubled_is_told_and_nothing_is_read(manager: Client) -> None:
    upload(manager, "map")
    page = reverse("fleet:import_columns", args=[TripImport.objects.get().pk])
    lacking = manager.post(page, {**CHOSEN, "column_2": "", "action": "read"}).content.decode()
    assert "Angiv, hvilken kolonne der har turens start." in lacking
    doubled = manager.post(page, {**CHOSEN, "column_1": "start", "action": "read"})
    assert doubled.context["form"].errors
    assert TripImport.objects.get().state == "MAPPING"


@pytest.mark.django_db
def test_a_refused_file_can_be_mapped_without_uploading_it_again(manager: Client) -> None:
    upload(manager, "")
    work()
    trip_import = TripImport.objects.get()
    assert trip_import.state == "REFUSED"
    page = reverse("fleet:import_columns", args=[trip_import.pk])
    assert page in manager.get(reverse("fleet:import", args=[trip_import.pk])).content.decode()
    manager.post(page, {**CHOSEN, "action": "read"})
    work()
    trip_import.refresh_from_db()
    assert (trip_import.state, trip_import.rows_good) == ("READY", 2)


@pytest.mark.django_db
def test_preview_tells_what_is_wrong_with_a_line(manager: Client) -> None:
    upload(manager, "map", FILE.replace("AB12345;Bo", "ZZ99999;Bo"))
    page = reverse("fleet:import_columns", args=[TripImport.objects.get().pk])
    assert "ZZ99999" in manager.post(page, {**CHOSEN, "action": "preview"}).content.decode()


@pytest.mark.django_db
def test_a_saved_mapping_can_be_deleted(manager: Client, fleet: SmallFleet) -> None:
    upload(manager, "map")
    mappings.save_mapping(
        actor=fleet.manager, now=NOW, name="Kørebog", mapping=mapped(), trip_import=TripImport.objects.get()
    )
    assert "Kørebog" in manager.get(reverse("fleet:mappings")).content.decode()
    manager.post(reverse("fleet:mapping_delete", args=[ColumnMapping.objects.get().pk]))
    assert not ColumnMapping.objects.exists()


@pytest.mark.django_db
def test_a_decided_import_cannot_be_mapped(manager: Client) -> None:
    upload(manager, "map")
    trip_import = TripImport.objects.get()
    manager.post(reverse("fleet:import_discard", args=[trip_import.pk]))
    answer = manager.get(reverse("fleet:import_columns", args=[trip_import.pk]))
    assert answer["Location"] == reverse("fleet:import", args=[trip_import.pk])
