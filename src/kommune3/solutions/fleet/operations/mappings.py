# SPDX-License-Identifier: MPL-2.0
"""Column mappings: chosen for an import, saved under a name, used again."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.audit import log
from kommune3.solutions.fleet.errors import FleetError, NotReady
from kommune3.solutions.fleet.importing import Mapping
from kommune3.solutions.fleet.models import ColumnMapping, ImportState, TripImport
from kommune3.solutions.fleet.operations.imports import name_of

IMPORT = "fleet.trips.import"
MAPPABLE = (ImportState.MAPPING, ImportState.READY, ImportState.REFUSED)

FAULTS = {
    "no_start": gettext_lazy("Say which column has the trip's start."),
    "no_end": gettext_lazy("Say which column has the trip's end."),
    "no_km": gettext_lazy("Say which column has the distance, or which two have the odometer."),
    "no_vehicle": gettext_lazy("Say which column has the vehicle, or the base."),
}


class InvalidMapping(FleetError):
    """A file cannot be read with this mapping."""


def use_mapping(trip_import: TripImport, *, actor: Actor, now: datetime, mapping_id: int) -> None:
    """Read an import with a saved mapping. Raises ``NotVisible``."""
    mapping = reach.get(actor, ColumnMapping, mapping_id)
    mapping.used_at = now
    mapping.save(update_fields=["used_at"])
    trip_import.reading = mapping.reading
    trip_import.save(update_fields=["reading"])


def choose_columns(*, actor: Actor, now: datetime, import_id: int, mapping: Mapping, save_as: str = "") -> TripImport:
    """Have an import read (again) with ``mapping``, and save it under a name where one is given.

    Raises :class:`InvalidMapping` for what is missing or a name that is taken; ``NotReady`` where the import has been
    decided or its file is gone; ``NotVisible``/``Forbidden``.
    """
    faults = mapping.faults()
    if faults:
        raise InvalidMapping(" ".join(str(FAULTS[code]) for code in faults))
    with transaction.atomic():
        reach.get(actor, TripImport, import_id, action=IMPORT)
        trip_import = TripImport.objects.select_for_update().get(pk=import_id)
        if trip_import.state not in MAPPABLE or trip_import.stored_file_id is None:
            raise NotReady
        if save_as:
            save_mapping(actor=actor, now=now, name=save_as, mapping=mapping, trip_import=trip_import)
        trip_import.reading = mapping.as_json()
        trip_import.state = ImportState.READING
        trip_import.save(update_fields=["reading", "state"])
        log.record(
            actor=actor, action="fleet.import.mapped", now=now, object=trip_import, unit_id=trip_import.unit_id,
            detail={"columns": sorted(mapping.columns)},
        )  # fmt: skip
        return trip_import


def save_mapping(*, actor: Actor, now: datetime, name: str, mapping: Mapping, trip_import: TripImport) -> ColumnMapping:
    """Save a mapping in the import's unit; one of the same name there is replaced. Raises :class:`InvalidMapping`."""
    row = ColumnMapping.objects.filter(name=name).first()
    if row is None:
        row = ColumnMapping(unit=trip_import.unit, name=name)
    elif not actor.may(IMPORT, unit_path=row.unit.path):
        raise InvalidMapping(_("Another unit has a mapping called “%(name)s”. Choose another name.") % {"name": name})
    row.reading, row.created_by_name, row.created_at, row.used_at = mapping.as_json(), name_of(actor), now, now
    row.save()
    log.record(actor=actor, action="fleet.mapping.saved", now=now, object=row, unit_id=row.unit_id)
    return row


def delete_mapping(*, actor: Actor, now: datetime, mapping_id: int) -> None:
    """Forget a saved mapping; imports read with it keep their own copy. Raises ``NotVisible``/``Forbidden``."""
    with transaction.atomic():
        row = reach.get(actor, ColumnMapping, mapping_id, action=IMPORT)
        log.record(actor=actor, action="fleet.mapping.deleted", now=now, object=row, unit_id=row.unit_id)
        row.delete()
