# SPDX-License-Identifier: MPL-2.0
import json
from dataclasses import asdict
from pathlib import Path

import pytest
from fleetplan import read_trips_csv
from fleetplan.__main__ import main
from fleetplan.tracks import Leg

from .examples import BASE, CUSTOMER, HOME, YARD, leg, round_trip


def told(legs: list[Leg]) -> dict[str, object]:
    def plain(each: Leg) -> dict[str, object]:
        return asdict(each) | {"start": each.start.isoformat(), "end": each.end.isoformat()}

    return {"points": [asdict(HOME)], "bases": {"AB12345": "Grenaa"}, "legs": [plain(each) for each in legs]}


@pytest.fixture
def tracks(tmp_path: Path) -> Path:
    file = tmp_path / "tracks.json"
    legs = [*round_trip(), *(leg(day * 1440 + 60, day * 1440 + 80, YARD, YARD, km=4) for day in range(4))]
    file.write_text(json.dumps(told(legs)))
    return file


def test_round_trips_and_precision_are_told(tracks: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    out = tmp_path / "trips.csv"
    assert main(["roundtrips", str(tracks), "--out", str(out)]) == 0
    assert "all: precision 42.9%: 1 round trips, 12.0 of 28.0 km complete" in capsys.readouterr().out
    (trip,) = read_trips_csv(out)
    assert (trip.vehicle, trip.km, len(trip.segments)) == ("AB12345", 12.0, 3)
    assert "56.4" not in out.read_text()


def test_a_point_can_be_tried_and_suggested(tracks: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tried = f"Grenaa,{YARD.latitude},{YARD.longitude},200"
    assert main(["roundtrips", str(tracks), "--try", tried, "--suggest"]) == 0
    printed = capsys.readouterr().out
    assert f"with {tried}: 100.0%, before 42.9%" in printed
    assert f"worth trying: {tried}: 100.0% (4 days)" in printed


def test_points_are_read_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    way = [BASE, CUSTOMER, CUSTOMER, BASE]
    fixes = [
        {"vehicle": "AB12345", "at": f"2026-03-02T07:{minute:02}:00Z", "place": asdict(place), "ignition": True}
        for minute, place in zip((0, 5, 40, 46), way, strict=True)
    ]
    file = tmp_path / "tracks.json"
    file.write_text(json.dumps({"points": [asdict(HOME)], "bases": {"AB12345": "Grenaa"}, "fixes": fixes}))
    assert main(["roundtrips", str(file)]) == 0
    assert "precision 100.0%: 1 round trips" in capsys.readouterr().out


def test_wrong_input_names_file_and_field(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "tracks.json"
    file.write_text(json.dumps(told([]) | {"points": [{"base": "Grenaa", "place": {"latitude": 95, "longitude": 1}}]}))
    assert main(["roundtrips", str(file)]) == 2
    assert "tracks.json: points[0]" in capsys.readouterr().err


def test_a_file_in_another_encoding_is_refused_by_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "tracks.json"
    file.write_bytes('{"bases": {"AB12345": "Ørsted"}}'.encode("cp1252"))
    assert main(["roundtrips", str(file)]) == 2
    assert "not UTF-8" in capsys.readouterr().err


def test_a_point_that_cannot_be_read_is_refused(tracks: Path) -> None:
    with pytest.raises(SystemExit):
        main(["roundtrips", str(tracks), "--try", "Grenaa,56.4"])
