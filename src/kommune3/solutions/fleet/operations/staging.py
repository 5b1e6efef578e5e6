# SPDX-License-Identifier: MPL-2.0
"""Reading a file into staged rows, and finding what only shows when rows are seen together."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import IO

from django.db import transaction
from django.db.models import Exists, Max, Min, OuterRef, Q, QuerySet

from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.clock import MUNICIPAL_ZONE
from kommune3.solutions.fleet import importing
from kommune3.solutions.fleet.importing import Detail, Finding, Known, Row, checks, fields, twice
from kommune3.solutions.fleet.models import Base, ImportProblem, ImportState, StagedTrip, Trip, TripImport, Vehicle

BATCH = 5000
MOST_OPEN_ROWS = 20_000
"""Rows in the hour that occurs twice which are kept in memory to be settled; further ones need an offset."""

Step = Callable[[], AbstractContextManager[None]]
OnProgress = Callable[[float, int], None]


def known_places(actor: Actor) -> Known:
    """The bases and vehicles for which ``actor`` may import trips; that others exist must not show."""
    bases = dict(reach.visible(actor, Base, action="fleet.trips.import").values_list("id", "name"))
    vehicles: dict[str, tuple[int, int]] = {}
    rows = Vehicle.objects.filter(base__in=bases).order_by("valid_from")
    for pk, base, registration, external_id in rows.values_list("id", "base_id", "registration", "external_id"):
        if external_id:
            vehicles[external_id.casefold()] = (pk, base)
        vehicles[registration.casefold()] = (pk, base)
    return Known({name.casefold(): pk for pk, name in bases.items()}, vehicles)


def stage(
    trip_import: TripImport,
    stream: IO[bytes],
    *,
    actor: Actor,
    in_step: Step = transaction.atomic,
    finish: Step = transaction.atomic,
    on_progress: OnProgress | None = None,
) -> None:
    """Read ``stream`` into staged rows and problems; the import is READY afterwards, or REFUSED.

    ``in_step`` is the transaction around each batch, ``finish`` the last one. Begun again, it starts over.
    ``on_progress`` gets the fraction of the file and the number of lines read.
    """
    with in_step():
        StagedTrip.objects.filter(trip_import=trip_import).delete()
        ImportProblem.objects.filter(trip_import=trip_import).delete()
    try:
        _read(trip_import, stream, known_places(actor), in_step, on_progress)
        if not trip_import.rows_read:
            raise importing.Unreadable(Finding("no_rows"))
    except importing.Unreadable as refusal:
        with finish():
            StagedTrip.objects.filter(trip_import=trip_import).delete()
            _keep_problems(trip_import, [refusal.finding])
            trip_import.rows_read = 0
            trip_import.state = ImportState.REFUSED
            trip_import.save()
        return
    for findings in _batched(_seen_together(trip_import)):
        with in_step():
            _put_aside(trip_import, findings)
    with finish():
        good = StagedTrip.objects.filter(trip_import=trip_import, is_good=True)
        spans = good.aggregate(first=Min("start_at"), last=Max("end_at"))
        trip_import.rows_good = good.count()
        trip_import.rows_bad = trip_import.rows_read - trip_import.rows_good
        trip_import.first_start_at, trip_import.last_end_at = spans["first"], spans["last"]
        trip_import.state = ImportState.READY
        trip_import.save()


def collisions(trip_import: TripImport) -> Iterator[Finding]:
    """Good staged rows that collide with trips already imported."""
    for rows in _by_vehicle(trip_import):
        imported = _imported_trips(rows)
        for row in rows:
            finding = _collision(row, imported)
            if finding is not None:
                yield finding


def _read(
    trip_import: TripImport, stream: IO[bytes], known: Known, in_step: Step, on_progress: OnProgress | None
) -> None:
    stream.seek(0, 2)
    size = stream.tell()
    mapping = None if trip_import.reading is None else importing.Mapping.from_json(trip_import.reading)
    reading = importing.read_file(stream, known=known, create_vehicles=trip_import.create_vehicles, mapping=mapping)
    trip_import.encoding, trip_import.delimiter = reading.encoding, reading.delimiter
    trip_import.decimal_separator = reading.decimal
    trip_import.definitions = reading.definitions.as_json()
    trip_import.rows_read = 0
    rows: list[Row] = []
    findings: list[Finding] = list(reading.notices)
    open_rows: list[Row] = []
    for line, row, found in reading.lines:
        trip_import.rows_read += 1
        findings += found
        if row is not None and row.is_open:
            if len(open_rows) < MOST_OPEN_ROWS:
                open_rows.append(row)
            else:
                findings.append(_still_open(row))
        elif row is not None:
            rows.append(row)
        if len(rows) >= BATCH or len(findings) >= BATCH:
            with in_step():
                _keep(trip_import, rows, findings)
            rows, findings = [], []
            if on_progress:
                on_progress(min(1.0, stream.tell() / size), line)
    with in_step():
        _keep(trip_import, rows, findings)
    with in_step():
        _settle_open(trip_import, open_rows, reading.decimal)


def _keep(trip_import: TripImport, rows: Iterable[Row], findings: Iterable[Finding]) -> None:
    StagedTrip.objects.bulk_create(
        StagedTrip(
            trip_import=trip_import, line=row.line, external_id=row.external_id, base_id=row.base,
            vehicle_id=row.vehicle, new_base=row.new_base, new_vehicle=row.new_vehicle, start_at=row.start_at,
            end_at=row.end_at, km=row.km, segments=row.segments, needs=row.needs, shift=row.shift,
            soc_start=row.soc_start, soc_end=row.soc_end,
        )
        for row in rows
    )  # fmt: skip
    _keep_problems(trip_import, findings)


def _keep_problems(trip_import: TripImport, findings: Iterable[Finding]) -> None:
    ImportProblem.objects.bulk_create(
        ImportProblem(
            trip_import=trip_import, line=finding.line, field=finding.field, value=finding.value[:200],
            code=finding.code, detail=dict(finding.detail), is_notice=finding.is_notice,
        )
        for finding in findings
    )  # fmt: skip


def _put_aside(trip_import: TripImport, findings: list[Finding]) -> None:
    lines = [finding.line for finding in findings]
    for start in range(0, len(lines), 500):
        chosen = StagedTrip.objects.filter(trip_import=trip_import, line__in=lines[start : start + 500])
        chosen.update(is_good=False)
    _keep_problems(trip_import, findings)


def _batched(findings: Iterator[Finding]) -> Iterator[list[Finding]]:
    # Read to the end before anything is written: what is found must not change under the cursor that finds it.
    found = list(findings)
    for start in range(0, len(found), BATCH):
        yield found[start : start + BATCH]


def _seen_together(trip_import: TripImport) -> Iterator[Finding]:
    aside: set[int] = set()
    for finding in _doubled_numbers(trip_import):
        aside.add(finding.line)
        yield finding
    for rows in _by_vehicle(trip_import):
        imported = _imported_trips(rows)
        last: StagedTrip | None = None
        for row in rows:
            if row.line in aside:
                continue
            together = _collision(row, imported)
            if together is None and last is not None and row.start_at < last.end_at:
                together = _overlap(row, last)
            if together is not None:
                yield together
            else:
                last = row
    same = Trip.objects.filter(
        base=OuterRef("base"), vehicle=None, start_at=OuterRef("start_at"), end_at=OuterRef("end_at")
    )
    for row in _good(trip_import).filter(Exists(same), vehicle=None, new_vehicle=""):
        if row.line not in aside:
            yield Finding("already_imported", row.line, "start", _local(row.start_at))


def _good(trip_import: TripImport) -> QuerySet[StagedTrip]:
    return StagedTrip.objects.filter(trip_import=trip_import, is_good=True)


def _doubled_numbers(trip_import: TripImport) -> Iterator[Finding]:
    """Rows whose trip number an earlier line has. Rows whose car and times are the same too are the same trip."""
    numbered = _good(trip_import).exclude(external_id="").order_by("external_id", "line")
    previous, first_line = "", 0
    for number, line in numbered.values_list("external_id", "line").iterator(chunk_size=BATCH):
        if number == previous:
            yield Finding("duplicate_id", line, "trip_id", number, {"other_line": first_line})
        else:
            previous, first_line = number, line


def _by_vehicle(trip_import: TripImport) -> Iterator[list[StagedTrip]]:
    """The good rows of one vehicle at a time, in order of start."""
    with_vehicle = _good(trip_import).exclude(vehicle=None, new_vehicle="")
    fields_read = ("line", "vehicle_id", "new_vehicle", "start_at", "end_at")
    rows: list[StagedTrip] = []
    ordered = with_vehicle.order_by("vehicle_id", "new_vehicle", "start_at", "line").only(*fields_read)
    for row in ordered.iterator(chunk_size=BATCH):
        if rows and (row.vehicle_id, row.new_vehicle) != (rows[0].vehicle_id, rows[0].new_vehicle):
            yield rows
            rows = []
        rows.append(row)
    if rows:
        yield rows


def _imported_trips(rows: list[StagedTrip]) -> list[tuple[datetime, datetime]]:
    """What the vehicle of ``rows`` already drove around their time, in order; these never overlap each other."""
    if rows[0].vehicle_id is None:
        return []
    near = Trip.objects.filter(
        vehicle_id=rows[0].vehicle_id,
        start_at__gt=rows[0].start_at - checks.LONGEST_TRIP,
        start_at__lt=max(row.end_at for row in rows),
    )
    return list(near.order_by("start_at").values_list("start_at", "end_at"))


def _collision(row: StagedTrip, imported: list[tuple[datetime, datetime]]) -> Finding | None:
    place = bisect_left(imported, (row.end_at,)) - 1
    if place < 0 or imported[place][1] <= row.start_at:
        return None
    since, until = imported[place]
    if (since, until) == (row.start_at, row.end_at):
        return Finding("already_imported", row.line, "start", _local(row.start_at))
    detail = {"since": _local(since), "until": _local(until)}
    return Finding("overlap_with_imported", row.line, "start", _local(row.start_at), detail)


def _overlap(row: StagedTrip, last: StagedTrip) -> Finding:
    if (row.start_at, row.end_at) == (last.start_at, last.end_at):
        return Finding("duplicate_row", row.line, "start", _local(row.start_at), {"other_line": last.line})
    detail: Detail = {"other_line": last.line, "until": _local(last.end_at)}
    return Finding("overlap_in_file", row.line, "start", _local(row.start_at), detail)


def _settle_open(trip_import: TripImport, open_rows: list[Row], decimal: str) -> None:
    """Place rows in the hour that occurs twice where it can be proven, and ask for an offset where not."""
    cars: dict[tuple[int | None, str], list[Row]] = defaultdict(list)
    for row in open_rows:
        key = (row.vehicle, row.new_vehicle) if row.vehicle or row.new_vehicle else (None, f"line {row.line}")
        cars[key].append(row)
    rows: list[Row] = []
    findings: list[Finding] = []
    for (vehicle, new_vehicle), open_of_car in cars.items():
        nights: dict[int, list[Row]] = defaultdict(list)
        for row in open_of_car:
            nights[row.start_at.year].append(row)
        for night in nights.values():
            neighbours = _neighbours(trip_import, vehicle, new_vehicle, night)
            starts = [start for start, _, _ in sorted(neighbours, key=lambda each: each[2])]
            settled = twice.settle(
                night, [(start, end) for start, end, _ in neighbours],
                in_order=len(starts) > 1 and starts == sorted(starts),
            )  # fmt: skip
            for row, interval in zip(night, settled, strict=True):
                found = _place(row, interval, decimal)
                findings += found
                if all(finding.is_notice for finding in found):
                    rows.append(row)
    _keep(trip_import, rows, findings)


def _place(row: Row, interval: twice.Interval | None, decimal: str) -> list[Finding]:
    """Give an open row its settled times; returns what is wrong with it, or the notice of how it was read."""
    possible = twice.alternatives(row)
    if not possible:
        return checks.findings_of(
            row.line, row.start_at, row.open_end or row.end_at, row.km, (row.text_start, row.text_end)
        )
    if interval is None:
        return [_still_open(row)]
    row.start_at, row.end_at = interval
    found = fields.read_segments(row, decimal)
    field, at, text = ("start", row.start_at, row.text_start) if row.open_start else ("end", row.end_at, row.text_end)
    is_summer = bool(at.astimezone(MUNICIPAL_ZONE).dst())
    detail = {"read_as": "summer" if is_summer else "winter"}
    return found or [Finding("time_resolved", row.line, field, text, detail, is_notice=True)]


def _neighbours(
    trip_import: TripImport, vehicle: int | None, new_vehicle: str, night: list[Row]
) -> list[tuple[datetime, datetime, int]]:
    if vehicle is None and new_vehicle.startswith("line "):
        return []
    around = timedelta(days=2)
    near = StagedTrip.objects.filter(
        Q(vehicle=vehicle) if vehicle is not None else Q(vehicle=None),
        trip_import=trip_import, new_vehicle=new_vehicle,
        end_at__gt=min(row.start_at for row in night) - around,
        start_at__lt=max(row.open_end or row.end_at for row in night) + around,
    )  # fmt: skip
    return list(near.values_list("start_at", "end_at", "line"))


def _still_open(row: Row) -> Finding:
    field, text = ("start", row.text_start) if row.open_start else ("end", row.text_end)
    return Finding("time_ambiguous", row.line, field, text)


def _local(at: datetime) -> str:
    return at.astimezone(MUNICIPAL_ZONE).strftime("%d-%m-%Y %H:%M:%S")
