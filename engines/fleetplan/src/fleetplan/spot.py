# SPDX-License-Identifier: MPL-2.0
"""Spot prices as Energinet publishes them (Energi Data Service, CSV): kr per MWh and price area, hour by hour.

Data set Elspotprices (hours, until 30 September 2025): ``HourUTC;HourDK;PriceArea;SpotPriceDKK;SpotPriceEUR``.
Data set DayAheadPrices (quarters of an hour, from 1 October 2025): ``TimeUTC;TimeDK;PriceArea;DayAheadPriceEUR;
DayAheadPriceDKK``. Semicolon or comma between columns, comma or point in numbers. Source: https://www.energidataservice.dk
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from fleetplan.charging import EnergyPrice
from fleetplan.errors import InvalidProblem

_KWH_PER_MWH = 1000
_DATA_SETS = (
    ("HourUTC", "SpotPriceDKK", timedelta(hours=1)),
    ("TimeUTC", "DayAheadPriceDKK", timedelta(minutes=15)),
)
_AREA = "PriceArea"


@dataclass(frozen=True, slots=True)
class SpotPrice:
    """One row: the price of an area in a period, and the line of the file it stood on."""

    line: int
    area: str
    price: EnergyPrice


def scan_spot_prices(text: str, *, name: str = "") -> Iterator[SpotPrice | InvalidProblem]:
    """Every row as a price, or as the error it is, with line, field and value.

    Raises InvalidProblem where the file as a whole cannot be read: columns that are not those of either data set.
    """
    head, _, _ = text.lstrip("\ufeff").partition("\n")
    rows = csv.DictReader(io.StringIO(text.lstrip("\ufeff")), delimiter=";" if ";" in head else ",")
    columns = [column.strip() for column in rows.fieldnames or ()]
    rows.fieldnames = columns
    known = next((each for each in _DATA_SETS if each[0] in columns and each[1] in columns), None)
    if known is None or _AREA not in columns:
        raise InvalidProblem(
            "missing_column", "header", head.strip(), "needs HourUTC, PriceArea and SpotPriceDKK", file=name, line=1
        )
    instant, price, length = known
    for row in rows:
        line = rows.line_num
        try:
            starts_at = _instant(instant, row.get(instant) or "")
            dkk = _number(price, row.get(price) or "") / _KWH_PER_MWH
            yield SpotPrice(line, (row.get(_AREA) or "").strip(), EnergyPrice(starts_at, starts_at + length, dkk))
        except InvalidProblem as error:
            yield error.at(file=name, line=line)


def read_spot_prices(path: Path, area: str) -> tuple[EnergyPrice, ...]:
    """The prices of one area in order of time. Raises the first InvalidProblem: a row that cannot be read, an area the
    file does not have, an hour that stands there twice, or one that is missing between the first and the last.
    """
    name = str(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidProblem("encoding", "file", name, "is not UTF-8", file=name) from error
    found: list[SpotPrice] = []
    areas: set[str] = set()
    for row in scan_spot_prices(text, name=name):
        if isinstance(row, InvalidProblem):
            raise row
        areas.add(row.area)
        if row.area == area:
            found.append(row)
    if not found:
        there = ", ".join(sorted(areas)) or "no rows"
        raise InvalidProblem("unknown_area", _AREA, area, f"the file has {there}", file=name)
    found.sort(key=lambda row: row.price.starts_at)
    for before, after in zip(found, found[1:], strict=False):
        if after.price.starts_at < before.price.ends_at:
            raise InvalidProblem(
                "two_prices",
                "HourUTC",
                after.price.starts_at.isoformat(),
                "stands there twice",
                file=name,
                line=after.line,
            )
        if after.price.starts_at > before.price.ends_at:
            raise InvalidProblem(
                "hour_without_price",
                "HourUTC",
                before.price.ends_at.isoformat(),
                f"area {area} has no price",
                file=name,
            )
    return tuple(row.price for row in found)


def _instant(field: str, text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise InvalidProblem("not_an_instant", field, text, "must be an instant such as 2025-03-01 13:00") from error
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def _number(field: str, text: str) -> float:
    try:
        return float(text.strip().replace(".", "").replace(",", ".") if "," in text else text)
    except ValueError as error:
        raise InvalidProblem("not_a_number", field, text, "must be a number such as 412,35") from error
