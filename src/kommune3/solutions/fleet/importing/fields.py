# SPDX-License-Identifier: MPL-2.0
"""A line's fields to a row, or to what is wrong with them. Shared by every kind of file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from kommune3.solutions.fleet.importing import checks
from kommune3.solutions.fleet.importing.problems import VALUE_LENGTH, Finding
from kommune3.solutions.fleet.importing.rows import Row
from kommune3.solutions.fleet.importing.values import NotATime, TimeDoesNotExist, parse_instant, parse_number

TEXT_LIMITS = {"trip_id": 64, "shift": 40}
SEGMENT_SEPARATOR = "|"


@dataclass(frozen=True)
class Known:
    """The bases and vehicles that trips may name. Keys are case-folded.

    ``bases``: name -> base id. ``vehicles``: registration or number in the fleet system -> (vehicle id, base id).
    """

    bases: Mapping[str, int] = field(default_factory=dict)
    vehicles: Mapping[str, tuple[int, int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Described:
    """Bases and vehicles that the file itself describes and that do not exist yet; keys are case-folded.

    ``vehicles``: key -> name of its base (known or described). ``may_create``: the reader said they shall be created.
    """

    bases: Mapping[str, str] = field(default_factory=dict)
    vehicles: Mapping[str, str] = field(default_factory=dict)
    may_create: bool = False


Fields = Mapping[str, str]


def read_row(
    line: int, fields: Fields, *, decimal: str, known: Known, described: Described
) -> tuple[Row | None, list[Finding]]:
    """One line: the row, or None with everything that is wrong with it."""
    found: list[Finding] = []
    start = _instant(line, "start", fields, found)
    end = _instant(line, "end", fields, found)
    km = _number(line, "km", fields["km"], decimal, found) if fields.get("km") else None
    if not fields.get("km"):
        found.append(Finding("missing_value", line, "km"))
    place = _place(line, fields, known, described, found)
    for name, limit in TEXT_LIMITS.items():
        if len(fields.get(name, "")) > limit:
            found.append(Finding("too_long_text", line, name, fields[name][:VALUE_LENGTH], {"limit": limit}))
    soc_start = _percentage(line, "soc_start", fields, decimal, found)
    soc_end = _percentage(line, "soc_end", fields, decimal, found)
    if start is None or end is None or km is None:
        return None, found
    row = Row(
        line=line,
        start_at=start[0],
        end_at=end[0],
        km=km,
        external_id=fields.get("trip_id", ""),
        shift=fields.get("shift", ""),
        soc_start=soc_start,
        soc_end=soc_end,
        open_start=start[1],
        open_end=end[1],
        text_start=fields["start"],
        text_end=fields["end"],
    )
    row.base, row.vehicle, row.new_base, row.new_vehicle = place
    if fields.get("needs"):
        words = (word.strip() for word in fields["needs"].replace(";", "|").split("|"))
        row.needs = sorted({word for word in words if word})
    row.text_segments = fields.get("segments", "")
    if not row.is_open:
        found += checks.findings_of(line, row.start_at, row.end_at, km, (row.text_start, row.text_end))
        if not found:
            found += read_segments(row, decimal)
    elif km < 0:
        found.append(Finding("negative_km", line, "km", fields["km"]))
    return (None if found else row), found


def read_segments(row: Row, decimal: str) -> list[Finding]:
    """Understand ``row.text_segments`` now that the row's own times are settled."""
    if not row.text_segments:
        return []
    reached = row.start_at
    for part in row.text_segments.split(SEGMENT_SEPARATOR):
        pieces = part.strip().rsplit("/", 2)
        try:
            start, end = (_not_before(piece, reached) for piece in pieces[:2])
            km = parse_number(pieces[2], decimal)
        except (NotATime, TimeDoesNotExist, ValueError, IndexError):
            return [_bad_segments(row, f"“{part.strip()[:60]}”")]
        if not (reached <= start <= end <= row.end_at) or km < 0:
            return [_bad_segments(row, f"“{part.strip()[:60]}”")]
        row.segments.append([start.isoformat(), end.isoformat(), km])
        reached = end
    return []


def _not_before(text: str, reached: datetime) -> datetime:
    """The first instant the text may mean that is not before ``reached``."""
    first, second = parse_instant(text.strip())
    return second if second is not None and first < reached else first


def _bad_segments(row: Row, reason: str) -> Finding:
    return Finding("bad_segments", row.line, "segments", row.text_segments[:VALUE_LENGTH], {"reason": reason})


def _instant(line: int, name: str, fields: Fields, found: list[Finding]) -> tuple[datetime, datetime | None] | None:
    text = fields.get(name, "")
    if not text:
        found.append(Finding("missing_value", line, name))
        return None
    try:
        return parse_instant(text)
    except NotATime:
        found.append(Finding("not_a_time", line, name, text[:VALUE_LENGTH]))
    except TimeDoesNotExist:
        found.append(Finding("time_does_not_exist", line, name, text[:VALUE_LENGTH]))
    return None


def _number(line: int, name: str, text: str, decimal: str, found: list[Finding]) -> float | None:
    try:
        return parse_number(text, decimal)
    except ValueError:
        found.append(Finding("not_a_number", line, name, text[:VALUE_LENGTH]))
        return None


def _percentage(line: int, name: str, fields: Fields, decimal: str, found: list[Finding]) -> float | None:
    text = fields.get(name, "")
    if not text:
        return None
    number = _number(line, name, text.rstrip(" %"), decimal, found)
    if number is not None and not 0 <= number <= 100:
        found.append(Finding("not_a_percentage", line, name, text[:VALUE_LENGTH]))
    return number


def _place(
    line: int, fields: Fields, known: Known, described: Described, found: list[Finding]
) -> tuple[int | None, int | None, str, str]:
    """Base and vehicle: ids where they exist, names where the file describes them and they shall be created."""
    base_name, vehicle_name = fields.get("base", ""), fields.get("vehicle", "")
    base, vehicle, new_base, new_vehicle = None, None, "", ""
    if vehicle_name:
        key = vehicle_name.casefold()
        if key in known.vehicles:
            vehicle, base = known.vehicles[key]
        elif key not in described.vehicles:
            found.append(Finding("unknown_vehicle", line, "vehicle", vehicle_name[:VALUE_LENGTH]))
        elif described.may_create:
            new_vehicle, base_name = key, base_name or described.vehicles[key]
        else:
            found.append(Finding("vehicle_can_be_created", line, "vehicle", vehicle_name[:VALUE_LENGTH]))
    if base_name:
        key = base_name.casefold()
        if key in known.bases:
            base = known.bases[key]
        elif key in described.bases and described.may_create:
            base, new_base = None, key
        elif not found or found[-1].code != "vehicle_can_be_created":
            found.append(Finding("unknown_base", line, "base", base_name[:VALUE_LENGTH]))
    elif base is None and not vehicle_name:
        found.append(Finding("no_base", line, "vehicle"))
    return base, vehicle, new_base, new_vehicle
