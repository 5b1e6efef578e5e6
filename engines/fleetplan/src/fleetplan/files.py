# SPDX-License-Identifier: MPL-2.0
"""Problems and answers as JSON, trips and assignments as CSV. The README documents both formats."""

import csv
import gzip
import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from fleetplan.answer import Answer
from fleetplan.codec import decode, encode
from fleetplan.errors import InvalidProblem
from fleetplan.problem import Problem, Segment, Trip

T = TypeVar("T")

TRIP_COLUMNS = ("id", "base", "start", "end", "km", "needs", "shift", "vehicle", "segments")
_REQUIRED = TRIP_COLUMNS[:5]
_ASSIGNMENT_COLUMNS = ("trip_id", "class_id", "number", "base", "start", "end", "km")


def read_problem(path: Path) -> Problem:
    """A problem from JSON. Raises InvalidProblem with file, field and value; OSError where the file cannot be read."""
    return read_json(path, Problem)


def write_problem(path: Path, problem: Problem) -> None:
    _write_json(path, problem)


def read_answer(path: Path) -> Answer:
    """An answer from JSON. Raises as :func:`read_problem`."""
    return read_json(path, Answer)


def write_answer(path: Path, answer: Answer) -> None:
    _write_json(path, answer)


def read_trips_csv(path: Path) -> tuple[Trip, ...]:
    """All trips of a CSV file. Raises the first InvalidProblem; :func:`scan_trips_csv` keeps good rows from bad."""
    trips = []
    for row in scan_trips_csv(path):
        if isinstance(row, InvalidProblem):
            raise row
        trips.append(row)
    return tuple(trips)


def scan_trips_csv(path: Path) -> Iterator[Trip | InvalidProblem]:
    """Every row as a trip, or as the error it is, with file, line, field and value.

    UTF-8 (a byte order mark is fine), comma, header line. Raises InvalidProblem where the file as a whole cannot be
    read: another encoding, no header, a column missing or unknown.
    """
    name = str(path)
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = csv.DictReader(stream)
            header = rows.fieldnames or []
            for column in _REQUIRED:
                if column not in header:
                    raise InvalidProblem(
                        "missing_column", column, ",".join(header), "no such column", file=name, line=1
                    )
            for column in header:
                if column not in TRIP_COLUMNS:
                    raise InvalidProblem("unknown_column", column, column, "not a column of trips", file=name, line=1)
            for row in rows:
                line = rows.line_num
                if None in row or None in row.values():
                    yield InvalidProblem(
                        "wrong_width",
                        "row",
                        ",".join(_texts(row)),
                        "not as many cells as columns",
                        file=name,
                        line=line,
                    )
                    continue
                try:
                    yield _trip(row)
                except InvalidProblem as error:
                    yield error.at(file=name, line=line)
    except UnicodeDecodeError as error:
        raise InvalidProblem(
            "not_utf8", "file", error.object[error.start : error.start + 8], "not UTF-8 text", file=name
        ) from error
    except csv.Error as error:
        raise InvalidProblem("not_csv", "file", str(error), "not a CSV file", file=name) from error


def write_trips_csv(path: Path, trips: Iterable[Trip]) -> None:
    """Trips as :func:`read_trips_csv` reads them."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(TRIP_COLUMNS)
        for trip in trips:
            segments = ";".join(f"{s.start.isoformat()}/{s.end.isoformat()}/{s.km!r}" for s in trip.segments)
            writer.writerow(
                [
                    trip.id,
                    trip.base,
                    trip.start.isoformat(),
                    trip.end.isoformat(),
                    repr(trip.km),
                    ";".join(sorted(trip.needs)),
                    trip.shift or "",
                    trip.vehicle or "",
                    segments,
                ]
            )


def write_assignments_csv(path: Path, problem: Problem, answer: Answer) -> None:
    """Who drives what: one line per trip; class and number empty where it is unserved."""
    trips = {trip.id: trip for trip in problem.trips}
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(_ASSIGNMENT_COLUMNS)
        for a in answer.assignments:
            trip = trips[a.trip_id]
            times = trip.start.isoformat(), trip.end.isoformat()
            writer.writerow([a.trip_id, a.class_id or "", a.number or "", trip.base, *times, repr(trip.km)])


def _trip(row: dict[str, str]) -> Trip:
    return Trip(
        id=_filled(row, "id"),
        base=_filled(row, "base"),
        start=_instant("start", row["start"]),
        end=_instant("end", row["end"]),
        km=_number("km", row["km"]),
        needs=frozenset(word for word in row.get("needs", "").split(";") if word),
        shift=row.get("shift") or None,
        vehicle=row.get("vehicle") or None,
        segments=tuple(_segment(text) for text in row.get("segments", "").split(";") if text),
    )


def _segment(text: str) -> Segment:
    parts = text.split("/")
    if len(parts) != 3:
        raise InvalidProblem("not_readable", "segments", text, "a segment is start/end/km")
    start, end, km = parts
    return Segment(_instant("segments", start), _instant("segments", end), _number("segments", km))


def _filled(row: dict[str, str], field: str) -> str:
    if not row[field]:
        raise InvalidProblem("missing", field, row[field], "must not be empty")
    return row[field]


def _instant(field: str, text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise InvalidProblem("not_readable", field, text, "must be an ISO 8601 instant with offset") from error


def _number(field: str, text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise InvalidProblem("not_readable", field, text, "must be a number with a decimal point") from error


def _texts(row: dict[Any, Any]) -> list[str]:
    """Whatever a row of the wrong width holds, surplus cells included."""
    texts: list[str] = []
    for cell in row.values():
        texts += cell if isinstance(cell, list) else [cell or ""]
    return texts


def read_json(path: Path, kind: type[T]) -> T:
    """A dataclass of this package from JSON. Raises as :func:`read_problem`."""
    raw = read_raw(path)
    try:
        return decode(kind, raw)
    except InvalidProblem as error:
        raise error.at(file=str(path)) from error


def read_raw(path: Path) -> Any:
    """JSON as Python's own types; ``.gz`` is unpacked. Raises as :func:`read_problem`."""
    try:
        content = path.read_bytes()
        text = (gzip.decompress(content) if path.suffix == ".gz" else content).decode("utf-8-sig")
        return json.loads(text)
    except UnicodeDecodeError as error:
        raise InvalidProblem(
            "not_utf8", "file", error.object[error.start : error.start + 8], "not UTF-8", file=str(path)
        ) from error
    except gzip.BadGzipFile as error:
        raise InvalidProblem(
            "not_gzip", "file", path.name, "named .gz, but not packed by gzip", file=str(path)
        ) from error
    except json.JSONDecodeError as error:
        raise InvalidProblem("not_json", "file", error.msg, "not JSON", file=str(path), line=error.lineno) from error


def _write_json(path: Path, value: Problem | Answer) -> None:
    path.write_text(json.dumps(encode(value), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
