# SPDX-License-Identifier: MPL-2.0
"""The same through the API and the command line."""

import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from kommune3.kernel import clock
from kommune3.solutions.fleet.models import ColumnMapping, ParkingPoint, Trip
from kommune3.solutions.fleet.tests.tracked import BASE, CUSTOMER, NOW, YARD, Tracked, tracked, work

__all__ = ["tracked"]
pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@pytest.fixture(autouse=True)
def at_six() -> Iterator[None]:
    with clock.stopped(NOW):
        yield


@pytest.fixture
def manager(tracked: Tracked, client: Client) -> Client:
    tracked.drives(1, -120, BASE, CUSTOMER, BASE)
    tracked.drives(1, 0, BASE, CUSTOMER, YARD)
    tracked.drives(1, 60, YARD, CUSTOMER, YARD)
    client.force_login(tracked.fleet.persons.fleet_manager)
    return client


def post(client: Client, url: str, *arguments: Any, status: int = 200, **asked: Any) -> Any:
    answer = client.post(reverse(f"api-fleet:{url}", args=arguments), json.dumps(asked), "application/json")
    assert answer.status_code == status, answer.content
    return answer.json()


def test_a_fetch_a_trial_and_a_new_point_through_the_api(manager: Client, tracked: Tracked) -> None:
    (source,) = manager.get(reverse("api-fleet:sources")).json()
    assert "secret" not in source
    assert post(manager, "source_try", source["id"]) == {"devices": 3}
    delivery = post(manager, "source_fetch", source["id"], status=202)
    work()
    told = manager.get(reverse("api-fleet:delivery", args=[delivery["id"]])).json()
    assert (told["state"], told["legs_new"], told["trips_new"]) == ("DONE", 6, 1)

    (base,) = manager.get(reverse("api-fleet:preparation"), {"start": "2026-03-01", "end": "2026-03-03"}).json()
    assert base["figures"]["precision"] == pytest.approx(1 / 3)
    point = {"base": base["base"], "name": "Gården", "latitude": YARD[0], "longitude": YARD[1], "radius_m": 200}
    tried = post(manager, "point_try", **point)
    assert (tried["after"]["precision"], tried["vehicles_changed"]) == (1.0, 1)
    assert not ParkingPoint.objects.exists()

    added = post(manager, "points", status=201, **point)
    post(manager, "base_recompute", base["base"], status=202)
    work()
    assert Trip.objects.count() == 3
    assert [each["name"] for each in manager.get(reverse("api-fleet:points")).json()] == ["Gården"]
    assert manager.delete(reverse("api-fleet:point", args=[added["id"]])).status_code == 204


def test_a_source_that_cannot_be_asked_is_a_conflict_with_words(manager: Client, tracked: Tracked) -> None:
    tracked.system.ill = "refuses"
    assert "afviste login" in post(manager, "source_try", tracked.source.pk, status=409)["detail"]


@pytest.fixture
def mapping(tracked: Tracked) -> ColumnMapping:
    reading = {
        "columns": {"vehicle": "Vognnr.", "start": "Afgang", "end": "Ankomst", "km": "Kørte km"}, "time_format": "DMY",
        "zone": "Europe/Copenhagen", "decimal": ",", "km_unit": "KM", "header_line": 0, "sheet": "",
    }  # fmt: skip
    return ColumnMapping.objects.create(
        unit=tracked.fleet.persons.root, name="Kørebog", reading=reading, created_by_name="", created_at=NOW
    )


FILE = "Vognnr.;Afgang;Ankomst;Kørte km\nAB12345;01.03.2026 09:41;01.03.2026 10:15;12,5\n"


def test_a_file_is_uploaded_with_a_saved_mapping(manager: Client, tracked: Tracked, mapping: ColumnMapping) -> None:
    mapping.unit = tracked.fleet.persons.own_team
    mapping.save()
    (known,) = manager.get(reverse("api-fleet:mappings")).json()
    file = SimpleUploadedFile("kørebog.csv", FILE.encode())
    answer = manager.post(reverse("api-fleet:imports"), {"file": file, "mapping": known["id"]})
    work()
    told = manager.get(reverse("api-fleet:import", args=[answer.json()["id"]])).json()
    assert (told["state"], told["rows_good"]) == ("READY", 1)


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("fleet_import", *arguments, stdout=out, stderr=StringIO())
    return out.getvalue()


def test_a_saved_mapping_is_used_on_the_command_line(tmp_path: Path, mapping: ColumnMapping) -> None:
    file = tmp_path / "kørebog.csv"
    file.write_text(FILE, encoding="utf-8")
    with pytest.raises(CommandError):
        run(str(file))
    run(str(file), "--mapping", "Kørebog")
    assert Trip.objects.get().km == 12.5
    with pytest.raises(CommandError, match="Kørebog"):
        run(str(file), "--mapping", "Andet")


def test_a_fleet_system_is_asked_on_the_command_line(tracked: Tracked, manager: Client) -> None:
    assert "1" in run("--source", "Traccar")
    assert Trip.objects.count() == 1
    tracked.system.ill = "refuses"
    with pytest.raises(CommandError, match="login"):
        run("--source", "Traccar")
    with pytest.raises(CommandError):
        run("--source", "Ukendt")


def test_a_track_file_is_read_on_the_command_line(tracked: Tracked, tmp_path: Path) -> None:
    file = tmp_path / "bil.gpx"
    file.write_text("<gpx></gpx>", encoding="utf-8")
    with pytest.raises(CommandError, match="sporpunkter"):
        run(str(file), "--vehicle", "AB12345")
    with pytest.raises(CommandError):
        run(str(file), "--vehicle", "ZZ99999")
    with pytest.raises(CommandError):
        run()
