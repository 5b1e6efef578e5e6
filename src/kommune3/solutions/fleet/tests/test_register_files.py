# SPDX-License-Identifier: MPL-2.0
"""Vehicles and models out to a file and in again: what would change is shown first, and nothing is half-done."""

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook, load_workbook
from persons import NOW

from kommune3.kernel import clock
from kommune3.kernel.access.reach import Forbidden, NotVisible
from kommune3.kernel.people.models import Account
from kommune3.solutions.fleet.errors import HasProblems, NothingToImport, NotReady, RegisterChanged, UnreadableRegister
from kommune3.solutions.fleet.models import (
    Change,
    Register,
    RegisterImport,
    Stay,
    Vehicle,
    VehicleModel,
)
from kommune3.solutions.fleet.operations import register_files as files
from kommune3.solutions.fleet.operations.register import save_reading
from kommune3.solutions.fleet.queries.register_exports import written_register
from kommune3.solutions.fleet.registers.fields import MODEL_FIELDS, VEHICLE_FIELDS
from kommune3.solutions.fleet.tests.small_fleet import SmallFleet

BrowserOf = Callable[[Account | None], Client]


def written(fleet: SmallFleet, register: str, form: str) -> bytes:
    target = BytesIO()
    written_register(actor=fleet.manager, now=NOW, register=register, form=form, target=target)
    return target.getvalue()


def read(fleet: SmallFleet, content: bytes | str, register: str = Register.VEHICLES, **more: Any) -> RegisterImport:
    raw = content.encode() if isinstance(content, str) else content
    actor = more.get("actor", fleet.manager)
    return files.read_file(actor=actor, now=NOW, register=register, stream=BytesIO(raw), file_name="register.xlsx")


def lines(found: RegisterImport) -> list[tuple[int, str, str]]:
    return list(found.lines.values_list("line", "name", "status"))


def faults(found: RegisterImport) -> list[tuple[int, str, str]]:
    return [(line.line, name, value) for line in found.lines.all() for name, value, _message in line.faults]


def fully_told(fleet: SmallFleet) -> None:
    """Two vehicles with everything that a vehicle can have, a unit whose name is there twice included."""
    leased = Vehicle.objects.get(registration="AB12345")
    leased.unit, leased.use, leased.ownership, leased.supplier = (
        fleet.persons.own_team,
        "Aftenvagt",
        "LEASED",
        "Leas A/S",
    )
    leased.lease_start, leased.lease_end = date(2024, 5, 1), date(2027, 5, 1)
    leased.lease_dkk_month, leased.contract_km_year = Decimal("2845.50"), 15000
    leased.excess_dkk_per_km, leased.refund_dkk_per_km = Decimal("0.85"), Decimal("0.2")
    leased.equipment, leased.notes, leased.external_id = ["lift", "anhængertræk"], '=ser ud som en formel; "ja"', "7"
    leased.is_locked = True
    leased.save()
    save_reading(actor=fleet.manager, now=NOW, vehicle_id=leased.pk, read_on=date(2026, 1, 2), km=31250)
    fleet.electric.sources = {"range_km": "EU-datablad", "charge_kw": "prisliste 2026"}
    fleet.electric.charge_kw, fleet.electric.seats, fleet.electric.capabilities = Decimal("7.4"), 5, ["lift"]
    fleet.electric.figures_from = date(2026, 1, 1)
    fleet.electric.save()


@pytest.mark.parametrize(
    ("register", "form"),
    [("VEHICLES", "xlsx"), ("VEHICLES", "csv"), ("MODELS", "xlsx"), ("MODELS", "csv"), ("MODELS", "json")],
)  # fmt: skip
def test_a_register_that_is_written_and_read_again_changes_nothing(fleet: SmallFleet, register: str, form: str) -> None:
    fully_told(fleet)
    found = read(fleet, written(fleet, register, form), register)
    assert {status for _line, _name, status in lines(found)} == {"UNCHANGED"}, list(
        found.lines.values("changes", "faults")
    )
    assert len(lines(found)) == (4 if register == "VEHICLES" else 2)
    with pytest.raises(NothingToImport):
        files.commit(actor=fleet.manager, now=NOW, register_import_id=found.pk)


def test_the_template_has_every_column_and_drop_downs(fleet: SmallFleet) -> None:
    book = load_workbook(BytesIO(written(fleet, "VEHICLES", "template")))
    sheet = book["Køretøjer"]
    assert [cell.value for cell in sheet[1]] == [f.danish + ("*" if f.required else "") for f in VEHICLE_FIELDS]
    assert sheet.max_row == 1
    names = {str(cell.value) for row in book["Lister"].iter_rows() for cell in row if cell.value}
    assert {"Elbil", "Benzinbil", "Grenaa", "Auning", "Eget", "Leaset", "Ja", "Nej"} <= names
    assert {f"{rule.sqref}".split(":")[0] for rule in sheet.data_validations.dataValidation} >= {"B2", "C2", "G2", "J2"}
    guide = {str(row[0].value) for row in book["Vejledning"].iter_rows(min_row=2)}
    assert {field.danish for field in VEHICLE_FIELDS} <= guide


def workbook_of(*rows: list[Any], sheet: str = "Køretøjer") -> bytes:
    book = Workbook()
    page = book.worksheets[0]
    page.title = sheet
    for row in rows:
        page.append(row)
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def test_a_workbook_shows_new_changed_and_unchanged_before_it_counts(fleet: SmallFleet) -> None:
    content = workbook_of(
        ["Registreringsnummer", "Model", "Hjemsted", "Fra", "Kontrakt-km pr. år", "Eget eller leaset", "Ukendt"],
        ["ab 12345", "elbil", "Grenaa", date(2020, 1, 1), 20000, "Leaset", "x"],
        ["AB12346", "Benzinbil", "Grenaa", date(2020, 1, 1), None, "Eget", None],
        ["EF99999", "Elbil", "Auning", date(2026, 2, 1), None, None, None],
    )
    found = read(fleet, content)
    assert lines(found) == [(2, "ab 12345", "CHANGED"), (3, "AB12346", "UNCHANGED"), (4, "EF99999", "NEW")]
    assert found.lines.get(line=2).changes == [["ownership", "OWNED", "LEASED"], ["contract_km_year", "", "20000"]]
    assert found.notices == ["Kolonnen “Ukendt” kendes ikke og bliver ikke læst."]
    assert not Vehicle.objects.filter(registration="EF99999").exists()
    files.commit(actor=fleet.manager, now=NOW, register_import_id=found.pk)
    assert Vehicle.objects.get(registration="EF99999").base == fleet.other
    changed = Vehicle.objects.get(registration="AB12345")
    assert (changed.contract_km_year, changed.ownership) == (20000, "LEASED")
    told = Change.objects.filter(vehicle=changed).values_list("field", "old", "new", "origin", "by_name")
    name = fleet.manager.name
    assert set(told) == {
        ("ownership", "OWNED", "LEASED", "register.xlsx", name),
        ("contract_km_year", "", "20000", "register.xlsx", name),
    }
    with pytest.raises(NotReady):
        files.commit(actor=fleet.manager, now=NOW, register_import_id=found.pk)


def test_every_fault_is_told_with_sheet_line_column_and_value(fleet: SmallFleet) -> None:
    content = workbook_of(
        ["Registreringsnummer", "Model", "Hjemsted", "Fra", "Kontrakt-km pr. år", "Leasing, kr. pr. måned", "Låst",
         "Kilometerstand", "Aflæst den"],
        ["AB12345", "Rumskib", "Grenaa", date(2020, 1, 1), None, None, None, None, None],
        ["AB12346", "Elbil", "Ebeltoft", "i går", None, None, "måske", None, None],
        [None, "Elbil", "Grenaa", date(2020, 1, 1), None, None, None, None, None],
        ["EF1", "Elbil", None, date(2020, 1, 1), "mange", "12.500", None, None, None],
        ["EF2", "Elbil", "Grenaa", date(2026, 1, 1), -5, None, None, 1000, None],
        ["ef 2", "Elbil", "Grenaa", date(2026, 1, 1), None, None, None, None, None],
        ["EF3", "Elbil", "Grenaa", date(2026, 1, 1), None, 2000, None, None, None],
    )  # fmt: skip
    found = read(fleet, content)
    assert faults(found) == [
        (2, "model", "Rumskib"), (3, "base", "Ebeltoft"), (3, "valid_from", "i går"), (3, "is_locked", "måske"),
        (4, "registration", ""), (5, "lease_dkk_month", "12.500"), (5, "contract_km_year", "mange"), (5, "base", ""),
        (6, "odometer_on", ""), (7, "registration", "ef 2"), (8, "ownership", ""),
    ]  # fmt: skip
    assert {line.sheet for line in found.lines.all()} == {"Køretøjer"}
    with pytest.raises(HasProblems):
        files.commit(actor=fleet.manager, now=NOW, register_import_id=found.pk)
    with pytest.raises(NothingToImport):
        files.commit(actor=fleet.manager, now=NOW, register_import_id=found.pk, keep_good=True)
    assert Vehicle.objects.count() == 4


def test_good_lines_are_kept_where_that_is_chosen(fleet: SmallFleet) -> None:
    found = read(fleet, "registration;use;valid_from\nAB12345;Aftenvagt;01-01-2020\nAB12346;Dagvagt;31-02-2020\n")
    assert [status for _line, _name, status in lines(found)] == ["CHANGED", "BAD"]
    files.commit(actor=fleet.manager, now=NOW, register_import_id=found.pk, keep_good=True)
    assert list(Vehicle.objects.filter(use="Aftenvagt").values_list("registration")) == [("AB12345",)]


def test_columns_and_lines_that_are_not_there_are_left_as_they_are_and_empty_cells_empty(fleet: SmallFleet) -> None:
    fully_told(fleet)
    found = read(fleet, "registration,use,equipment\nAB12345,,lift\n")
    assert found.lines.get().changes == [["use", "Aftenvagt", ""], ["equipment", "anhængertræk, lift", "lift"]]
    files.commit(actor=fleet.manager, now=NOW, register_import_id=found.pk)
    vehicle = Vehicle.objects.get(registration="AB12345")
    assert (vehicle.use, vehicle.equipment, vehicle.supplier) == ("", ["lift"], "Leas A/S")
    assert Vehicle.objects.count() == 4


def test_another_base_in_the_file_is_a_move_with_its_history(fleet: SmallFleet) -> None:
    found = read(fleet, "registration,base\nAB12345,Auning\n")
    files.commit(actor=fleet.manager, now=NOW, register_import_id=found.pk)
    vehicle = Vehicle.objects.get(registration="AB12345")
    stay = Stay.objects.get(vehicle=vehicle)
    assert (vehicle.base, stay.base, stay.valid_from, stay.valid_to) == (
        fleet.other, fleet.own, date(2020, 1, 1), clock.municipal_date(NOW),
    )  # fmt: skip


def test_what_somebody_changed_meanwhile_is_not_overwritten(fleet: SmallFleet) -> None:
    found = read(fleet, "registration,use\nAB12345,Aftenvagt\n")
    Vehicle.objects.filter(registration="AB12345").update(use="Nattevagt")
    with pytest.raises(RegisterChanged):
        files.commit(actor=fleet.manager, now=NOW, register_import_id=found.pk)
    assert Vehicle.objects.get(registration="AB12345").use == "Nattevagt"


def test_an_odometer_in_the_file_is_a_new_reading_and_never_runs_backwards(fleet: SmallFleet) -> None:
    fully_told(fleet)
    backwards = read(fleet, "registration,odometer_km,odometer_on\nAB12345,31000,2026-02-01\n")
    assert faults(backwards) == [(2, "odometer_km", "31000")]
    found = read(fleet, "registration,odometer_km,odometer_on\nAB12345,32000,2026-02-01\n")
    files.commit(actor=fleet.manager, now=NOW, register_import_id=found.pk)
    readings = Vehicle.objects.get(registration="AB12345").readings
    assert list(readings.values_list("km", flat=True)) == [32000, 31250]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "Filen er tom"), (b"\x89PNG\r\n\x1a\n" + bytes(50), "et billede"),
        (b"PK\x03\x04nonsense", "kan ikke åbnes"),
        (b"a,b\n1,2\n", "Registreringsnummer"), (b"registration,use,use\nA,b,c\n", "to gange"),
        (b"registration,use\n", "ingen linjer"), (b'{"format": "x"}', "ikke fra JSON"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_says_why(fleet: SmallFleet, content: bytes, said: str) -> None:
    with pytest.raises(UnreadableRegister, match=said):
        read(fleet, content)
    assert not RegisterImport.objects.exists()


def test_nobody_changes_vehicles_of_another_unit_through_a_file(fleet: SmallFleet) -> None:
    with pytest.raises(Forbidden):
        read(fleet, "registration,use\nAB12345,x\n", actor=fleet.leader)
    found = read(fleet, "registration,use\nAB12345,Aftenvagt\n")
    with pytest.raises(NotVisible):
        files.commit(actor=fleet.leader, now=NOW, register_import_id=found.pk)


# --- The catalogue ------------------------------------------------------------------------------------------------


def test_a_catalogue_from_another_municipality_is_read_with_its_sources(fleet: SmallFleet) -> None:
    content = json.dumps(
        {
            "format": "kommune3-vehicle-models", "version": 1, "from": "Nabokommunen",
            "models": [
                {"name": "Elbil", "kind": "EV", "energy": "ELECTRICITY", "energy_per_km": 0.17},
                {"name": "Elkassevogn", "kind": "EV", "energy": "ELECTRICITY", "energy_per_km": 0.26, "charge_kw": 11,
                 "capabilities": ["lift"], "sources": {"charge_kw": "Datablad"}, "source": "Nabokommunen 2026"},
                {"name": "Umulig", "kind": "EV", "energy": "DIESEL"},
            ],
        }
    )  # fmt: skip
    found = read(fleet, content, Register.MODELS)
    assert lines(found) == [(1, "Elbil", "CHANGED"), (2, "Elkassevogn", "NEW"), (3, "Umulig", "BAD")]
    assert found.lines.get(line=1).changes == [["energy_per_km", "0.16", "0.17"]]
    files.commit(actor=fleet.manager, now=NOW, register_import_id=found.pk, keep_good=True)
    van = VehicleModel.objects.get(name="Elkassevogn")
    assert (van.charge_kw, van.capabilities, van.sources) == (11, ["lift"], {"charge_kw": "Datablad"})
    fleet.electric.refresh_from_db()
    assert (fleet.electric.energy_per_km, fleet.electric.fixed_dkk_year) == (Decimal("0.17"), 42000)


def test_the_shared_catalogue_says_its_format_and_where_it_comes_from(fleet: SmallFleet) -> None:
    fully_told(fleet)
    told = json.loads(written(fleet, "MODELS", "json"))
    assert (told["format"], told["version"]) == ("kommune3-vehicle-models", 1)
    electric = next(model for model in told["models"] if model["name"] == "Elbil")
    assert (electric["energy_per_km"], electric["sources"]["range_km"]) == (0.16, "EU-datablad")
    assert set(electric) <= {field.name for field in MODEL_FIELDS}


# --- The pages ----------------------------------------------------------------------------------------------------


def test_a_file_is_fetched_changed_looked_at_and_imported_on_the_pages(
    fleet: SmallFleet, browser_of: BrowserOf
) -> None:
    manager = browser_of(fleet.persons.fleet_manager)
    book = load_workbook(
        BytesIO(b"".join(manager.get(reverse("fleet:register_export", args=["vehicles", "xlsx"])).streaming_content))  # type: ignore[attr-defined]
    )
    sheet = book["Køretøjer"]
    column = next(cell.column for cell in sheet[1] if cell.value == "Anvendelse")
    sheet.cell(2, column, "Aftenvagt")
    changed = BytesIO()
    book.save(changed)
    address = reverse("fleet:register_new", args=["vehicles"])
    answer = manager.post(address, {"file": SimpleUploadedFile("biler.xlsx", changed.getvalue())})
    found = RegisterImport.objects.get()
    assert answer["Location"] == reverse("fleet:register_import", args=[found.pk])
    page = manager.get(answer["Location"]).content.decode()
    assert "Anvendelse: – → Aftenvagt" in page
    assert not Vehicle.objects.filter(use="Aftenvagt").exists()
    manager.post(reverse("fleet:register_commit", args=[found.pk]))
    assert Vehicle.objects.filter(use="Aftenvagt").count() == 1
    assert browser_of(fleet.persons.leader).get(answer["Location"]).status_code == 403


def test_a_file_that_was_read_can_be_discarded(fleet: SmallFleet, browser_of: BrowserOf) -> None:
    found = read(fleet, "registration,use\nAB12345,x\n")
    browser_of(fleet.persons.fleet_manager).post(reverse("fleet:register_discard", args=[found.pk]))
    found.refresh_from_db()
    assert (found.state, Vehicle.objects.filter(use="x").exists()) == ("DISCARDED", False)


def test_a_leader_fetches_only_the_vehicles_of_the_own_unit(fleet: SmallFleet, browser_of: BrowserOf) -> None:
    answer = browser_of(fleet.persons.leader).get(reverse("fleet:register_export", args=["vehicles", "csv"]))
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    assert "AB12345" in text
    assert "CD12345" not in text
