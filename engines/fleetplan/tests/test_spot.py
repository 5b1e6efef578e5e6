# SPDX-License-Identifier: MPL-2.0
"""Spot prices as they are published: read, or refused with line, field and value."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fleetplan import InvalidProblem, SpotPrice, read_spot_prices, scan_spot_prices

HEAD = "HourUTC;HourDK;PriceArea;SpotPriceDKK;SpotPriceEUR\n"
ROWS = (
    "2025-03-01 00:00;2025-03-01 01:00;DK1;412,350000;55,27\n"
    "2025-03-01 00:00;2025-03-01 01:00;DK2;500,000000;67,00\n"
    "2025-03-01 01:00;2025-03-01 02:00;DK1;-12,500000;-1,68\n"
)


def file_of(folder: Path, text: str) -> Path:
    path = folder / "elspotprices.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_prices_of_an_area_come_in_order_per_kwh(tmp_path: Path) -> None:
    lines = ROWS.splitlines(keepends=True)
    found = read_spot_prices(file_of(tmp_path, "\ufeff" + HEAD + "".join(reversed(lines))), "DK1")
    assert [price.dkk_per_kwh for price in found] == pytest.approx([0.41235, -0.0125])
    assert found[0].starts_at == datetime(2025, 3, 1, tzinfo=UTC)
    assert found[0].ends_at - found[0].starts_at == timedelta(hours=1)


def test_quarters_of_the_newer_data_set_are_read_too(tmp_path: Path) -> None:
    text = (
        "TimeUTC,TimeDK,PriceArea,DayAheadPriceEUR,DayAheadPriceDKK\n"
        "2025-10-01T00:00:00,2025-10-01T02:00:00,DK1,80.1,598.02\n"
        "2025-10-01T00:15:00,2025-10-01T02:15:00,DK1,81.1,605.5\n"
    )
    found = read_spot_prices(file_of(tmp_path, text), "DK1")
    assert [price.dkk_per_kwh for price in found] == pytest.approx([0.59802, 0.6055])
    assert found[0].ends_at - found[0].starts_at == timedelta(minutes=15)


@pytest.mark.parametrize(
    ("text", "area", "code", "line"),
    [
        (HEAD + ROWS, "NO2", "unknown_area", None),
        (HEAD, "DK1", "unknown_area", None),
        (HEAD.replace("PriceArea", "Area") + ROWS, "DK1", "missing_column", 1),
        (HEAD + ROWS.replace("412,350000", "dyrt"), "DK1", "not_a_number", 2),
        (HEAD + ROWS.replace("2025-03-01 01:00;2025", "i morgen;2025"), "DK1", "not_an_instant", 4),
        (HEAD + ROWS + ROWS, "DK1", "two_prices", 5),
        (HEAD + ROWS.replace("01 01:00;2025-03-01 02", "01 02:00;2025-03-01 03"), "DK1", "hour_without_price", None),
    ],
)
def test_a_file_that_is_not_right_is_refused(tmp_path: Path, text: str, area: str, code: str, line: int | None) -> None:
    with pytest.raises(InvalidProblem) as error:
        read_spot_prices(file_of(tmp_path, text), area)
    assert error.value.code == code
    assert error.value.line == line
    assert error.value.file is not None


def test_good_rows_are_kept_apart_from_bad_ones() -> None:
    found = list(scan_spot_prices(HEAD + ROWS.replace("500,000000", "")))
    assert [isinstance(row, SpotPrice) for row in found] == [True, False, True]
