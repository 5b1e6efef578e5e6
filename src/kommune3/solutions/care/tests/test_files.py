# SPDX-License-Identifier: MPL-2.0
"""Registers as files: taken out, changed, and imported whole or not at all."""

from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook
from persons import Persons

from kommune3.kernel import clock
from kommune3.kernel.audit.models import Entry
from kommune3.kernel.files import StoredFile
from kommune3.solutions.care.models import Citizen, Need, Shift, Visit
from kommune3.solutions.care.tests.day import Day, make_day

HEADING = (
    "fornavn;efternavn;cpr;vej;postnr;by;bredde;længde;team;ydelse;fra;ugedage;døgndel;tidligst;senest;minutter;"
    "medarbejdere\n"
)
CITIZENS = f"""{HEADING}\
Inge;Vest;010130-1234;Havnevej 3;8500;Grenaa;56,41;10,92;Grenaa;PLEJE;02-03-2026;man ons;morgen;7.30;09:00;25;1
Inge;Vest;010130-1234;Havnevej 3;8500;Grenaa;56,41;10,92;Grenaa;MED;02-03-2026;alle;aften;20:00;21:30;10;2
"""
FAULTY = CITIZENS + "Ole;Øst;;Havnevej 5;8500;Grenaa;;;Aarhus;PLEJE;;man;morgen;25:00;09:00;25;1\n"


@pytest.fixture(autouse=True)
def stopped(now: Any, tmp_path: Any, settings: Any) -> Any:
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "kommune3.kernel.files.storage.FolderStorage",
            "OPTIONS": {"location": tmp_path / "files"},
        }
    }
    with clock.stopped(now):
        yield


@pytest.fixture
def day(persons: Persons) -> Day:
    return make_day(persons)


@pytest.fixture
def dispatcher(day: Day, browser_of: Any) -> Client:
    client: Client = browser_of(day.account)
    return client


def upload(client: Client, kind: str, content: bytes) -> str:
    answer = client.post(f"/care/data/{kind}/import/", {"file": SimpleUploadedFile("fil.csv", content)})
    assert answer.status_code == 302, answer.context["form"].errors
    return str(answer.headers["Location"])


def test_citizens_and_needs_are_looked_through_and_then_imported_once(dispatcher: Client, day: Day) -> None:
    for _time in range(2):
        page = upload(dispatcher, "citizens", CITIZENS.encode())
        tried = dispatcher.get(page).context["tried"]
        assert (tried.good, tried.problems) == (2, [])
        dispatcher.post(f"{page}commit/")
    citizen = Citizen.objects.get(person__family_name="Vest")
    assert citizen.person.address is not None and citizen.person.address.latitude == 56.41
    needs = Need.objects.filter(citizen=citizen).order_by("earliest")
    assert [(need.weekdays, need.minutes, need.carers) for need in needs] == [([0, 2], 25, 1), (list(range(7)), 10, 2)]
    assert Visit.objects.filter(citizen=citizen).count() == 4 + 14, "the visits of a fortnight follow"
    assert not StoredFile.objects.filter(purpose="care.imported").exists(), "the file is gone once it is imported"


def test_a_faulty_line_is_named_with_line_column_and_value_and_nothing_of_it_is_kept(
    dispatcher: Client, day: Day
) -> None:
    before = Citizen.objects.count()
    page = upload(dispatcher, "citizens", FAULTY.encode())
    tried = dispatcher.get(page).context["tried"]
    assert (tried.good, tried.faulty) == (2, 1)
    assert {(problem.line, problem.field, problem.value) for problem in tried.problems} == {(4, "team", "Aarhus")}
    assert Citizen.objects.count() == before, "looking through changes nothing"
    dispatcher.post(f"{page}commit/")
    assert Citizen.objects.count() == before, "nobody has said to leave the faulty line out"
    dispatcher.post(f"{page}commit/", {"keep_good": "1"})
    assert Citizen.objects.count() == before + 1


@pytest.mark.parametrize(
    ("column", "wrong"),
    [("tidligst", "7.99"), ("ugedage", "8"), ("døgndel", "formidag"), ("medarbejdere", "3"), ("ydelse", "X"),
     ("cpr", "310230-1234"), ("senest", "06:00"), ("efternavn", "010130-1234")],
)  # fmt: skip
def test_a_value_that_cannot_be_is_refused_in_its_column(dispatcher: Client, day: Day, column: str, wrong: str) -> None:
    heading, line, _rest = CITIZENS.split("\n", 2)
    values = dict(zip(heading.split(";"), line.split(";"), strict=True)) | {column: wrong}
    page = upload(dispatcher, "citizens", f"{heading}\n{';'.join(values.values())}\n".encode())
    answer = dispatcher.get(page)
    assert {(problem.line, problem.field) for problem in answer.context["tried"].problems} == {(2, column)}
    assert "310230-1234" not in answer.content.decode(), "a CPR number is never repeated"


def test_what_is_taken_out_can_be_imported_again_and_changes_nothing(dispatcher: Client, day: Day) -> None:
    page = upload(dispatcher, "citizens", CITIZENS.encode())
    dispatcher.post(f"{page}commit/")
    before = list(Need.objects.order_by("pk").values())
    for kind in ("citizens", "shifts"):
        content = dispatcher.get(f"/care/data/{kind}/export.csv").content
        assert b"010130" not in content, "no CPR number leaves with the file"
        book = dispatcher.get(f"/care/data/{kind}/export.xlsx").content
        assert load_workbook(BytesIO(book)).worksheets[0].max_row == len(content.decode().splitlines())
        for again in (content, book):
            page = upload(dispatcher, kind, again)
            tried = dispatcher.get(page).context["tried"]
            assert (tried.problems, tried.new) == ([], 0), kind
            dispatcher.post(f"{page}commit/")
    assert list(Need.objects.order_by("pk").values()) == before
    assert Shift.objects.count() == 3
    assert Entry.objects.filter(action="care.citizens.exported").exists()


def test_a_shift_of_nobody_or_over_another_is_refused_and_a_night_ends_next_morning(
    dispatcher: Client, day: Day
) -> None:
    lines = "medarbejder;dato;fra;til\nAnna Hjælper;2026-03-05;22:30;07:00\nNul Ingen;2026-03-05;07:00;15:00\n"
    page = upload(dispatcher, "shifts", (lines + "Anna Hjælper;2026-03-03;14:00;20:00\n").encode())
    tried = dispatcher.get(page).context["tried"]
    assert {(problem.line, problem.field) for problem in tried.problems} == {(3, "medarbejder"), (4, "fra")}
    dispatcher.post(f"{page}commit/", {"keep_good": "1"})
    night = Shift.objects.get(start_at__gte="2026-03-05T00:00Z")
    assert (night.end_at - night.start_at).total_seconds() == 8.5 * 3600


def test_a_file_that_is_no_table_is_refused_and_nobody_else_sees_an_upload(
    dispatcher: Client, day: Day, persons: Persons, browser_of: Any
) -> None:
    page = upload(dispatcher, "shifts", b"PK\x03\x04 no workbook")
    assert dispatcher.get(page).context["tried"].problems[0].line == 0
    other = make_day(persons, unit=persons.other_unit, name="Teknik")
    assert browser_of(other.account).get(page).status_code == 404
    dispatcher.post(f"{page}discard/")
    assert dispatcher.get(page).status_code == 404
