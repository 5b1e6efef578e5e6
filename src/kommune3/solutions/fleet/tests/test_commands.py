# SPDX-License-Identifier: MPL-2.0
"""The commands, as an operator types them."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from openpyxl import load_workbook

from kommune3.kernel.effects.models import Effect
from kommune3.solutions.fleet.models import Run, Trip
from kommune3.solutions.fleet.tests.small_fleet import SmallFleet, csv_of, shared

GOOD = csv_of("1,AB12345,2026-03-02 07:00,2026-03-02 09:00,30", "2,AB12346,2026-03-02 08:00,2026-03-02 10:00,40")
BAD = GOOD + "3,ZZ99999,2026-03-02 08:00,2026-03-02 10:00,40\n"


def said(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out, stderr=StringIO())
    return out.getvalue()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "ture.csv"


def test_a_good_file_is_imported(fleet: SmallFleet, file: Path) -> None:
    file.write_text(GOOD)
    assert "2 ture er importeret" in said("fleet_import", str(file))
    assert Trip.objects.count() == 2


def test_a_bad_line_is_told_with_file_and_line_and_stops_the_import(fleet: SmallFleet, file: Path) -> None:
    file.write_text(BAD)
    errors = StringIO()
    with pytest.raises(CommandError):
        call_command("fleet_import", str(file), stdout=StringIO(), stderr=errors)
    assert errors.getvalue().startswith("ture.csv:4 vehicle “ZZ99999”: Der er intet køretøj")
    assert Trip.objects.count() == 0
    said("fleet_import", str(file), "--keep-good")
    assert Trip.objects.count() == 2


def test_a_dry_run_and_a_missing_file_import_nothing(fleet: SmallFleet, file: Path) -> None:
    with pytest.raises(CommandError, match="kan ikke åbnes"):
        said("fleet_import", str(file))
    file.write_text(GOOD)
    said("fleet_import", str(file), "--dry-run")
    assert Trip.objects.count() == 0


def test_unknown_bases_and_rates_are_told(fleet: SmallFleet, file: Path) -> None:
    with pytest.raises(CommandError, match="Ebeltoft"):
        said("fleet_optimise", "--base", "Ebeltoft")
    with pytest.raises(CommandError, match="ingen ture"):
        said("fleet_optimise")
    file.write_text(GOOD)
    said("fleet_import", str(file))
    with pytest.raises(CommandError, match="Sammenligning 2022"):
        said("fleet_optimise", "--rates", "noget andet")
    with pytest.raises(CommandError, match="ikke udfyldt"):
        said("fleet_optimise", "--goal", "vehicles")


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_from_the_file_of_298_trips_to_the_ledger_on_the_command_line(fleet: SmallFleet, tmp_path: Path) -> None:
    said("fleet_import", str(shared("fleet/os2-298.json")), "--create-vehicles", "--keep-overlaps")
    told = said(
        "fleet_optimise", "--base", "os2-298", "--goal", "vehicles", "--rates", "Sammenligning 2022", "--no-front",
        "--accept",
    )  # fmt: skip
    assert "4 biler er nok." in told
    assert "er 4 ture i gang samtidig (skiftetid på 4 minutter medregnet)" in told
    assert [(row.indicator, row.quantity) for row in Effect.objects.all()] == [("vehicles", 2)]
    target = tmp_path / "os2-298.xlsx"
    said("fleet_export", str(Run.objects.get().pk), str(target))
    assert load_workbook(target)["Fordeling"].max_row == 299


def test_rates_in_force_are_shown_with_what_is_missing(fleet: SmallFleet) -> None:
    told = said("fleet_rates", "--on", "2026-06-01")
    assert "Kørselsgodtgørelse, høj takst, kr. pr. km: 3.94 (tekniq.dk)" in told
    assert "Benzin, kr. pr. liter: mangler" in told
    assert "3.81" in said("fleet_rates", "--on", "2025-06-01")
