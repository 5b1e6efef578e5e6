# SPDX-License-Identifier: MPL-2.0
"""Files whose columns have names of their own: which column is what, and how times and numbers are written."""

import re
from collections.abc import Mapping as Fields
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from kommune3.kernel.clock import MUNICIPAL_ZONE
from kommune3.solutions.fleet.importing.columns import DRIVER_NAMES, Columns, field_named, plain_name
from kommune3.solutions.fleet.importing.problems import Finding, Unreadable
from kommune3.solutions.fleet.importing.values import parse_number

FIELDS = (
    ("vehicle", _("Vehicle: registration or number in the fleet system")),
    ("base", _("Base")),
    ("start", _("Trip start: date and time, or the date alone")),
    ("start_clock", _("Trip start: time of day")),
    ("end", _("Trip end: date and time, or the date alone")),
    ("end_clock", _("Trip end: time of day")),
    ("km", _("Distance")),
    ("odometer_start", _("Odometer at the start")),
    ("odometer_end", _("Odometer at the end")),
    ("trip_id", _("Trip number")),
    ("needs", _("Fittings needed")),
    ("shift", _("Shift")),
    ("soc_start", _("State of charge at the start, per cent")),
    ("soc_end", _("State of charge at the end, per cent")),
    ("segments", _("Segments")),
)
TIME_FORMATS = (
    ("DMY", _("Day first: 08-03-2026 09:41")),
    ("MDY", _("Month first: 03/08/2026 9:41 AM")),
    ("YMD", _("Year first: 2026-03-08 09:41")),
    ("UNIX", _("Seconds since 1970")),
    ("UNIX_MS", _("Milliseconds since 1970")),
    ("EXCEL", _("Excel's day number: 46089.4035")),
)
ZONES = (
    ("Europe/Copenhagen", _("Danish time")),
    ("UTC", _("UTC")),
    ("Atlantic/Faroe", _("Faroese time")),
    ("America/Nuuk", _("Greenlandic time (Nuuk)")),
    ("Europe/London", _("British time")),
    ("Europe/Helsinki", _("Finnish time")),
)
DECIMALS = ((",", _("Comma: 12,5")), (".", _("Point: 12.5")))
KM_UNITS = (("KM", _("Kilometres")), ("M", _("Metres")), ("MILES", _("Miles")))
_KM_PER = {"KM": 1.0, "M": 0.001, "MILES": 1.609344}  # the international mile, 1959
_EXCEL_DAY_0 = datetime(1899, 12, 30)  # noqa: DTZ001  Excel's local time; 1900 is a leap year to Excel
_PARTS = re.compile(
    r"(\d{1,4})[-./ ](\d{1,2})[-./ ](\d{1,4})(?:[ T,]+(?:kl\.? *)?(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:[.,]\d+)?)?)?"
    r" *(am|pm)?$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Mapping:
    """``columns``: field of the schema -> the column's label in the file. ``header_line`` 0: the first with text."""

    columns: dict[str, str] = field(default_factory=dict)
    time_format: str = "DMY"
    zone: str = "Europe/Copenhagen"
    decimal: str = ","
    km_unit: str = "KM"
    header_line: int = 0
    sheet: str = ""

    def as_json(self) -> dict[str, Any]:
        """For keeping."""
        return asdict(self)

    @classmethod
    def from_json(cls, raw: dict[str, Any]) -> "Mapping":
        """What :meth:`as_json` made. Raises TypeError for anything else."""
        return cls(**raw)

    def faults(self) -> list[str]:
        """Codes of what is missing before a file can be read."""
        found = [f"no_{name}" for name in ("start", "end") if name not in self.columns]
        if "km" not in self.columns and not {"odometer_start", "odometer_end"} <= self.columns.keys():
            found.append("no_km")
        if "vehicle" not in self.columns and "base" not in self.columns:
            found.append("no_vehicle")
        return found

    def find_columns(self, header: list[str], line: int) -> Columns:
        """Where each mapped field stands. Raises :class:`Unreadable` for a column that the file does not have."""
        names = labels(header)
        plain = [plain_name(name) for name in names]
        position: dict[str, int] = {}
        for name, label in self.columns.items():
            if label in names:
                position[name] = names.index(label)
            elif plain_name(label) in plain:
                position[name] = plain.index(plain_name(label))
            else:
                raise Unreadable(Finding("missing_column", line, name, detail={"column": label[:60]}))
        return Columns(position, len(header), ())

    def translate(self, fields: Fields[str, str]) -> dict[str, str]:
        """A line's fields as the reader of plain files knows them. What cannot be understood stays as it was."""
        told = dict(fields)
        for name in ("start", "end"):
            told[name] = self._instant(_joined(told.get(name, ""), told.pop(f"{name}_clock", "")))
        begun, ended = told.pop("odometer_start", ""), told.pop("odometer_end", "")
        if "km" not in self.columns and begun and ended:
            told["km"] = self._difference(begun, ended)
        elif told.get("km"):
            told["km"] = self._km(told["km"])
        return told

    def _km(self, text: str) -> str:
        if self.km_unit == "KM":
            return text
        try:
            return self._written(parse_number(text, self.decimal) * _KM_PER[self.km_unit])
        except ValueError:
            return text

    def _difference(self, begun: str, ended: str) -> str:
        try:
            distance = parse_number(ended, self.decimal) - parse_number(begun, self.decimal)
        except ValueError:
            return f"{begun} … {ended}"
        return self._written(distance * _KM_PER[self.km_unit])

    def _written(self, km: float) -> str:
        return f"{round(km, 3):.3f}".rstrip("0").rstrip(".").replace(".", self.decimal)

    def _instant(self, text: str) -> str:
        written = self._written_instant(text)
        if written is None:
            return text
        if written.tzinfo is None and self.zone == MUNICIPAL_ZONE.key:
            return written.isoformat()  # the hour that comes twice is settled where all lines are seen together
        if written.tzinfo is None:
            written = written.replace(tzinfo=ZoneInfo(self.zone))
        return written.astimezone(UTC).isoformat()

    def _written_instant(self, text: str) -> datetime | None:
        if self.time_format in ("UNIX", "UNIX_MS", "EXCEL"):
            return self._counted(text)
        try:
            if len(text) > 10 and "T" in text.upper():
                return datetime.fromisoformat(text)
        except ValueError:
            return None
        match = _PARTS.match(text)
        if match is None:
            return None
        one, two, three, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
        if len(match.group(1)) == 4:
            year, month, day = one, two, three
        else:
            day, month, year = (two, one, three) if self.time_format == "MDY" else (one, two, three)
        if match.group(7):
            hour = hour % 12 + (12 if match.group(7).lower() == "pm" else 0)
        if match.group(4) is None:
            return None
        try:
            return datetime(year + 2000 if year < 100 else year, month, day, hour, minute, second)  # noqa: DTZ001
        except ValueError:
            return None

    def _counted(self, text: str) -> datetime | None:
        try:
            number = parse_number(text, self.decimal if self.time_format == "EXCEL" else ".")
            if self.time_format == "EXCEL":
                return _EXCEL_DAY_0 + timedelta(seconds=round(number * 86_400))
            return datetime.fromtimestamp(number / (1000 if self.time_format == "UNIX_MS" else 1), UTC)
        except (ValueError, OverflowError, OSError):
            return None


def _joined(day: str, clock: str) -> str:
    """A date and a time of day from two columns. A date that Excel keeps has a midnight of its own."""
    if not clock:
        return day
    day = re.sub(r"[ T]00:00(:00)?$", "", day)
    clock = re.sub(r"^(?:1899-12-3[01]|1900-01-00)[T ]", "", clock)
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", day) and re.fullmatch(r"\d{2}:\d{2}(:\d{2}(\.\d+)?)?", clock):
        return f"{day}T{clock}"
    return f"{day} {clock}"


def labels(header: Sequence[str]) -> list[str]:
    """What the columns are called, each differently: blank and repeated names get their number."""
    found: list[str] = []
    for number, name in enumerate(header, start=1):
        label = name.strip().strip("\ufeff")[:100] or f"({number})"
        found.append(label if label not in found else f"{label} ({number})")
    return found


def guess(header: Sequence[str], rows: Sequence[Sequence[str]], *, decimal: str) -> Mapping:
    """A mapping to begin with: known names, and the way the first values are written. Drivers are never guessed."""
    columns: dict[str, str] = {}
    for label, name in zip(labels(header), header, strict=True):
        known = field_named(name) or _meant(plain_name(name))
        if known and known not in columns and plain_name(name) not in DRIVER_NAMES:
            columns[known] = label
    starts = [row[labels(header).index(columns["start"])] for row in rows] if "start" in columns else []
    unit = "KM"
    if (
        "km" in columns
        and re.search(r"met(er|re)", plain_name(columns["km"]))
        and "kilo" not in plain_name(columns["km"])
    ):
        unit = "M"
    return Mapping(columns=columns, time_format=_guess_format(starts), decimal=decimal, km_unit=unit)


_HINTS = (
    ("start_clock", ("startkl", "afgangkl", "starttime", "klfra")),
    ("end_clock", ("slutkl", "ankomstkl", "endtime", "kltil")),
    ("odometer_start", ("kmstandstart", "startkm", "odometerstart", "startodometer", "kmstartstand")),
    ("odometer_end", ("kmstandslut", "slutkm", "odometerend", "endodometer", "kmslutstand")),
    ("start", ("afgang", "startdato", "departure", "turstart", "begin", "startdate")),
    ("end", ("ankomst", "slutdato", "arrival", "turslut", "stop", "enddate", "hjemkomst")),
    ("km", ("distance", "længde", "kørtekm", "antalkm", "km")),
    ("vehicle", ("køretøj", "registrering", "nummerplade", "plate", "regno", "vognnr", "bil", "vehicle", "enhed")),
    ("base", ("hjemsted", "afdeling", "lokation", "garage", "depot")),
)


def _meant(name: str) -> str | None:
    return next((known for known, words in _HINTS if any(word in name for word in words)), None)


def _guess_format(texts: Sequence[str]) -> str:
    filled = [text.strip() for text in texts if text.strip()]
    if not filled:
        return "DMY"
    if all(re.fullmatch(r"\d{10}", text) for text in filled):
        return "UNIX"
    if all(re.fullmatch(r"\d{13}", text) for text in filled):
        return "UNIX_MS"
    if all(re.fullmatch(r"[3-6]\d{4}([.,]\d+)?", text) for text in filled):
        return "EXCEL"
    if all(re.match(r"\d{4}[-./]", text) for text in filled):
        return "YMD"
    seconds = [match.group(1) for text in filled if (match := re.match(r"\d{1,2}[-./ ](\d{1,2})[-./ ]", text))]
    is_american = any(int(part) > 12 for part in seconds) or any(
        text.lower().endswith((" am", " pm")) for text in filled
    )
    return "MDY" if is_american else "DMY"
