# SPDX-License-Identifier: MPL-2.0
"""The register through the API and on the command line: the same operations, with the history saying so."""

from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client

from kommune3.solutions.fleet.models import Change, Charger, Rate, RegisterImport, ServiceWindow, Vehicle, VehicleModel
from kommune3.solutions.fleet.tests.small_fleet import SmallFleet
from kommune3.solutions.fleet.tests.test_rest import API, call, key_of

__all__ = ["call"]
Call = Callable[..., Any]


def told(fleet: SmallFleet, **more: Any) -> dict[str, Any]:
    return {
        "registration": "EF11111", "model_id": fleet.electric.pk, "base_id": fleet.own.pk, "valid_from": "2026-01-01",
        "ownership": "LEASED", "contract_km_year": 15000, "excess_dkk_per_km": "0.85", "equipment": ["lift"],
    } | more  # fmt: skip


def test_a_vehicle_is_created_changed_moved_and_retired_and_the_history_says_through_what(
    fleet: SmallFleet, call: Call
) -> None:
    created = call("POST", "/vehicles", told(fleet))
    assert created.status_code == 201, created.content
    number = created.json()["id"]
    assert (created.json()["fittings"], created.json()["contract_km_year"]) == (["lift"], 15000)
    changed = call("PUT", f"/vehicles/{number}", told(fleet, use="Aftenvagt"))
    assert changed.json()["use"] == "Aftenvagt"
    refused = call("PUT", f"/vehicles/{number}", told(fleet, ownership="OWNED"))
    assert (refused.status_code, list(refused.json()["faults"])) == (422, ["ownership"])
    assert call("POST", f"/vehicles/{number}/move", {"base_id": fleet.other.pk, "on": "2026-02-01"}).status_code == 200
    assert call("POST", f"/vehicles/{number}/retire", {"last_day": "2026-02-28"}).json()["valid_to"] == "2026-03-01"
    changes = call("GET", f"/vehicles/{number}/changes").json()
    assert [(row["field"], row["old"], row["new"]) for row in changes] == [
        ("valid_to", "", "2026-03-01"), ("base", "Grenaa", "Auning"), ("use", "", "Aftenvagt"), ("", "", "EF11111"),
    ]  # fmt: skip
    assert {row["origin"] for row in changes} == {"API"}


def test_a_leader_reads_the_register_and_writes_nothing(fleet: SmallFleet, call: Call) -> None:
    leader = fleet.persons.leader
    own = Vehicle.objects.get(registration="AB12345").pk
    other = Vehicle.objects.get(registration="CD12345").pk
    assert call("GET", f"/vehicles/{own}", account=leader).status_code == 200
    assert call("GET", f"/vehicles/{other}", account=leader).status_code == 404
    for method, path, body in (
        ("POST", "/vehicles", told(fleet)), ("PUT", f"/vehicles/{own}", told(fleet)),
        ("POST", f"/vehicles/{own}/services", {"starts_at": "2026-03-10T08:00Z", "ends_at": "2026-03-10T09:00Z"}),
        ("POST", "/models", {"name": "x", "kind": "EV", "energy": "ELECTRICITY"}),
        ("POST", "/rates", {"kind": "DEFLATOR", "value": "1", "source": "x"}),
    ):  # fmt: skip
        assert call(method, path, body, account=leader).status_code == 403, path


def test_service_windows_readings_and_chargers_are_kept_through_the_api(fleet: SmallFleet, call: Call) -> None:
    number = Vehicle.objects.get(registration="AB12345").pk
    window = {"starts_at": "2026-03-10T08:00Z", "ends_at": "2026-03-10T12:00Z", "kind": "REPAIR"}
    made = call("POST", f"/vehicles/{number}/services", window)
    assert made.status_code == 201, made.content
    assert call("POST", f"/vehicles/{number}/services", window | {"ends_at": "2026-03-10T13:00Z"}).status_code == 422
    place = f"/vehicles/{number}/services/{made.json()['id']}"
    assert call("PUT", place, window | {"note": "Bremser"}).json()["note"] == "Bremser"
    assert call("DELETE", place).status_code == 204
    assert not ServiceWindow.objects.exists()
    assert call("POST", f"/vehicles/{number}/readings", {"read_on": "2026-01-01", "km": 5000}).status_code == 201
    backwards = call("POST", f"/vehicles/{number}/readings", {"read_on": "2026-02-01", "km": 4000})
    assert (backwards.status_code, list(backwards.json()["faults"])) == (422, ["km"])
    charger = {"base_id": fleet.own.pk, "name": "Carport", "outlets": 2, "power_kw": "11", "valid_from": "2026-01-01"}
    number = call("POST", "/chargers", charger).json()["id"]
    assert call("PUT", f"/chargers/{number}", charger | {"outlets": 4}).json()["outlets"] == 4
    assert Charger.objects.get().outlets == 4


def test_a_model_and_a_rate_are_created_and_changed_through_the_api(fleet: SmallFleet, call: Call) -> None:
    model = {
        "name": "Elkassevogn",
        "kind": "EV",
        "energy": "ELECTRICITY",
        "charge_kw": "11",
        "sources": {"charge_kw": "Datablad"},
    }
    number = call("POST", "/models", model).json()["id"]
    assert call("PUT", f"/models/{number}", model | {"energy": "DIESEL"}).status_code == 422
    assert call("PUT", f"/models/{number}", model | {"seats": 3}).json()["seats"] == 3
    assert Change.objects.filter(model=number, field="seats", origin="API").exists()
    rate = call(
        "POST", "/rates", {"kind": "ALLOWANCE_HIGH", "value": "4.01", "valid_from": "2027-01-01", "source": "Skat"}
    )
    assert rate.status_code == 201, rate.content
    assert rate.json()["unit"] and rate.json()["used_for"]
    earlier = Rate.objects.get(rate_set__is_default=True, kind="ALLOWANCE_HIGH", valid_to="2027-01-01")
    assert f"{earlier.value:.2f}" == "3.94"
    assert call("PUT", f"/rates/{rate.json()['id']}", {"value": "4.02", "valid_from": "2027-01-01"}).status_code == 422
    assert call("DELETE", f"/rates/{rate.json()['id']}").status_code == 204


def test_a_register_file_is_read_looked_at_and_committed_through_the_api(fleet: SmallFleet, call: Call) -> None:
    exported = call("GET", "/registers/vehicles/export/csv")
    text = b"".join(exported.streaming_content).decode("utf-8-sig")
    key = key_of(fleet.persons.fleet_manager)
    content = text.replace("AB12345;Elbil;Grenaa;01-01-2020;", "AB12345;Elbil;Grenaa;01-02-2020;")
    answer = Client().post(
        f"{API}/registers/files", {"file": SimpleUploadedFile("biler.csv", content.encode()), "kind": "vehicles"},
        headers={"Authorization": f"Bearer {key}"},
    )  # fmt: skip
    assert answer.status_code == 201, answer.content
    found = answer.json()
    assert (found["changed"], found["unchanged"], found["bad"]) == (1, 3, 0)
    assert call("POST", f"/registers/files/{found['id']}/commit", {}).json()["state"] == "COMMITTED"
    again = call("POST", f"/registers/files/{found['id']}/discard")
    assert (again.status_code, again.json()["code"]) == (409, "NotReady")
    assert str(Vehicle.objects.get(registration="AB12345").valid_from) == "2020-02-01"


# --- Commands -----------------------------------------------------------------------------------------------------


def said(*arguments: str) -> tuple[str, str]:
    out, errors = StringIO(), StringIO()
    call_command(*arguments, stdout=out, stderr=errors)
    return out.getvalue(), errors.getvalue()


@pytest.mark.parametrize(
    ("command", "ending"), [("fleet_vehicles", "xlsx"), ("fleet_models", "json"), ("fleet_models", "csv")]
)
def test_a_register_is_written_and_read_again_on_the_command_line(
    fleet: SmallFleet, tmp_path: Path, command: str, ending: str
) -> None:
    file = tmp_path / f"register.{ending}"
    said(command, "export", str(file))
    out, _errors = said(command, "import", str(file))
    assert "Der er intet at importere" in out
    assert not Change.objects.exists()


def test_faults_stop_the_command_and_a_dry_run_changes_nothing(fleet: SmallFleet, tmp_path: Path) -> None:
    file = tmp_path / "biler.csv"
    file.write_text("registration;use;valid_from\nAB12345;Aftenvagt;01-01-2020\nAB12346;Dagvagt;i går\n")
    out, errors = said("fleet_vehicles", "import", str(file), "--dry-run")
    assert "biler.csv:2 AB12345: Anvendelse: – → Aftenvagt" in out
    assert errors.startswith("biler.csv:3 Fra “i går”: Det er ikke en dato")
    with pytest.raises(CommandError, match="--keep-good"):
        said("fleet_vehicles", "import", str(file))
    assert not Vehicle.objects.filter(use="Aftenvagt").exists()
    said("fleet_vehicles", "import", str(file), "--keep-good")
    assert Vehicle.objects.filter(use="Aftenvagt").count() == 1
    assert set(RegisterImport.objects.values_list("state", flat=True)) == {"DISCARDED", "COMMITTED"}


def test_a_wrong_ending_and_an_unreadable_file_are_told(fleet: SmallFleet, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="xlsx, .csv"):
        said("fleet_vehicles", "export", str(tmp_path / "biler.txt"))
    with pytest.raises(CommandError, match="kan ikke åbnes"):
        said("fleet_vehicles", "import", str(tmp_path / "nothing.csv"))
    broken = tmp_path / "broken.json"
    broken.write_text('{"format": "kommune3-vehicle-models"')
    with pytest.raises(CommandError, match="linje 1"):
        said("fleet_models", "import", str(broken))
    assert VehicleModel.objects.count() == 2
