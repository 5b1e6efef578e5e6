# SPDX-License-Identifier: MPL-2.0
"""Importing trips: staged, looked through, then imported as a whole or not at all."""

from datetime import datetime
from decimal import Decimal
from pathlib import PurePath
from typing import IO, Any

from django.db import connection, transaction

from kommune3.kernel import clock, files
from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.audit import log
from kommune3.kernel.organisation.models import Unit
from kommune3.solutions.fleet.errors import HasProblems, NothingToImport, NotReady, ReadAgain, TripsInUse
from kommune3.solutions.fleet.models import (
    Assignment,
    Base,
    ImportProblem,
    ImportState,
    Run,
    StagedTrip,
    Trip,
    TripImport,
    Vehicle,
    VehicleModel,
)
from kommune3.solutions.fleet.operations import daily, staging

OVERLAPS = ("overlap_in_file", "overlap_with_imported")
UNDECIDED = (ImportState.MAPPING, ImportState.READING, ImportState.READY, ImportState.REFUSED)
_COPIED = (
    "external_id, base_id, vehicle_id, start_at, end_at, km, segments, needs, shift, soc_start, soc_end, trip_import_id"
)


def open_import(*, actor: Actor, now: datetime, file_name: str, create_vehicles: bool = False) -> TripImport:
    """Begin an import; its file is read by :func:`stage_file`. Raises ``Forbidden`` without the right to import."""
    with transaction.atomic():
        trip_import = TripImport.objects.create(
            unit=_highest_unit(actor),
            file_name=PurePath(file_name.replace("\\", "/")).name[:200] or "trips.csv",
            create_vehicles=create_vehicles,
            created_by_name=name_of(actor),
            created_at=now,
        )
        log.record(actor=actor, action="fleet.import.started", now=now, object=trip_import, unit_id=trip_import.unit_id)
        return trip_import


def store_upload(trip_import: TripImport, *, content: IO[bytes], actor: Actor, now: datetime) -> None:
    """Keep an uploaded file until the import is decided."""
    stored = files.store(
        content=content,
        name=trip_import.file_name,
        purpose="fleet.trips.imported",
        actor=actor,
        now=now,
        unit=trip_import.unit,
    )
    trip_import.stored_file_id = stored.pk
    trip_import.save(update_fields=["stored_file_id"])


def stage_file(
    trip_import: TripImport, stream: IO[bytes], *, actor: Actor, on_progress: staging.OnProgress | None = None
) -> TripImport:
    """Read a file in this process; the import is READY or REFUSED afterwards."""
    staging.stage(trip_import, stream, actor=actor, on_progress=on_progress)
    return trip_import


def commit_import(
    *, actor: Actor, now: datetime, import_id: int, keep_good: bool = False, keep_overlaps: bool = False
) -> TripImport:
    """Import every row, or with ``keep_good`` every good row: in one transaction, or nothing at all.

    ``keep_overlaps``: rows whose only fault is that their car is on another trip are imported too, without their car:
    the trip was needed, it is the car that is in doubt.

    Raises :class:`NotReady`, :class:`HasProblems` (bad rows without ``keep_good``), :class:`NothingToImport`,
    :class:`ReadAgain`; ``NotVisible``/``Forbidden`` without the right.
    """
    with transaction.atomic():
        trip_import = _locked(actor, import_id)
        if trip_import.state != ImportState.READY:
            raise NotReady
        if keep_overlaps:
            _keep_without_car(trip_import)
        if not trip_import.rows_good:
            raise NothingToImport
        if trip_import.rows_bad and not keep_good:
            raise HasProblems(trip_import.rows_bad)
        if trip_import.create_vehicles:
            _create_described(trip_import, now)
        staged = StagedTrip.objects.filter(trip_import=trip_import, is_good=True)
        # Two imports for the same car take turns here; the second then sees the trips of the first.
        list(
            Vehicle.objects.select_for_update().filter(pk__in=staged.values("vehicle")).order_by("pk").values_list("pk")
        )
        collision = next(staging.collisions(trip_import), None)
        if collision is not None:
            raise ReadAgain(collision.line)
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO fleet_trip ({_COPIED}) SELECT {_COPIED} FROM fleet_stagedtrip"  # noqa: S608  constants only
                " WHERE trip_import_id = %s AND is_good ORDER BY start_at",
                [trip_import.pk],
            )
        daily.trips_changed(Trip.objects.filter(trip_import=trip_import), now=now)
        StagedTrip.objects.filter(trip_import=trip_import).delete()
        trip_import.kept_good = bool(trip_import.rows_bad)
        _decide(trip_import, ImportState.COMMITTED, actor=actor, now=now)
        return trip_import


def _keep_without_car(trip_import: TripImport) -> None:
    """Count rows that overlap another trip of their car among the good, with no car."""
    lines = ImportProblem.objects.filter(trip_import=trip_import, code__in=OVERLAPS).values("line")
    freed = StagedTrip.objects.filter(trip_import=trip_import, line__in=lines, is_good=False)
    trip_import.rows_without_car = freed.update(vehicle=None, new_vehicle="", is_good=True)
    trip_import.rows_good += trip_import.rows_without_car
    trip_import.rows_bad -= trip_import.rows_without_car


def discard_import(*, actor: Actor, now: datetime, import_id: int) -> TripImport:
    """Throw away what was read. Raises :class:`NotReady` where the import has been decided."""
    with transaction.atomic():
        trip_import = _locked(actor, import_id)
        if trip_import.state not in UNDECIDED:
            raise NotReady
        StagedTrip.objects.filter(trip_import=trip_import).delete()
        _decide(trip_import, ImportState.DISCARDED, actor=actor, now=now)
        return trip_import


def undo_import(*, actor: Actor, now: datetime, import_id: int) -> TripImport:
    """Remove the trips of an import again; vehicles and bases it created stay.

    Raises :class:`NotReady` where there is nothing to undo, :class:`TripsInUse` where optimisations build on the trips.
    """
    with transaction.atomic():
        trip_import = _locked(actor, import_id)
        if trip_import.state != ImportState.COMMITTED:
            raise NotReady
        used = Assignment.objects.filter(trip__trip_import=trip_import)
        Run.with_deleted.filter(deleted_at__isnull=False, plans__assignments__in=used).delete()
        titles = used.values_list("plan__run__title", flat=True).distinct()[:5]
        if titles:
            raise TripsInUse(", ".join(sorted(titles)))
        daily.trips_changed(Trip.objects.filter(trip_import=trip_import), now=now)
        Trip.objects.filter(trip_import=trip_import).delete()
        _decide(trip_import, ImportState.UNDONE, actor=actor, now=now)
        return trip_import


def name_of(actor: Actor) -> str:
    """Who acted, as the pages say it; the platform's own work is done by the platform."""
    return "Kommune3" if actor.is_system else actor.name


def _locked(actor: Actor, import_id: int) -> TripImport:
    reach.get(actor, TripImport, import_id, action="fleet.trips.import")
    return TripImport.objects.select_for_update().get(pk=import_id)


def _decide(trip_import: TripImport, state: ImportState, *, actor: Actor, now: datetime) -> None:
    trip_import.state = state
    trip_import.decided_at = now
    if trip_import.stored_file_id is not None:
        stored = files.StoredFile.objects.filter(pk=trip_import.stored_file_id).first()
        if stored is not None:
            files.remove(file=stored, actor=actor, now=now)
        trip_import.stored_file_id = None
    trip_import.save()
    log.record(
        actor=actor, action=f"fleet.import.{state.lower()}", now=now, object=trip_import, unit_id=trip_import.unit_id,
        detail={"rows": trip_import.rows_good, "left_out": trip_import.rows_bad},
    )  # fmt: skip


def _highest_unit(actor: Actor) -> Unit:
    """The highest unit in which the actor may import: whoever may see that unit's imports may see this one."""
    unit = reach.units(actor, "fleet.trips.import").order_by("path").first()
    if unit is None:
        raise reach.Forbidden
    return unit


def _create_described(trip_import: TripImport, now: datetime) -> None:
    """Create the bases, models and vehicles that the file describes and that do not exist."""
    definitions: dict[str, Any] = trip_import.definitions
    bases: dict[str, Base] = {}
    for name in definitions["bases"]:
        bases[name], _ = Base.objects.get_or_create(name=name[:100], defaults={"unit": trip_import.unit})
    models: dict[str, VehicleModel] = {}
    for name, described in definitions["models"].items():
        models[name], _ = VehicleModel.objects.get_or_create(name=name[:100], defaults=_exact(described))
    first_date = clock.municipal_date(trip_import.first_start_at or now)
    for described in definitions["vehicles"]:
        vehicle, _ = Vehicle.objects.get_or_create(
            registration=described["registration"][:40],
            defaults={"base": bases[described["base"]], "model": models[described["model"]], "valid_from": first_date},
        )
        StagedTrip.objects.filter(trip_import=trip_import, new_vehicle=described["registration"].casefold()).update(
            vehicle=vehicle, new_vehicle=""
        )
    for name, base in bases.items():
        StagedTrip.objects.filter(trip_import=trip_import, new_base=name.casefold()).update(base=base, new_base="")


def _exact(described: dict[str, Any]) -> dict[str, Any]:
    """JSON numbers as the decimals that a vehicle model keeps."""
    return {name: Decimal(str(value)) if isinstance(value, float) else value for name, value in described.items()}
