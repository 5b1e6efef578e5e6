# SPDX-License-Identifier: MPL-2.0
"""Vehicles or models from a file: read and compared, looked through, then written as a whole or not at all."""

from datetime import date, datetime
from pathlib import PurePath
from typing import IO

from django.db import transaction

from kommune3.kernel import clock
from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.audit import log
from kommune3.kernel.organisation.models import Unit
from kommune3.solutions.fleet.errors import HasProblems, InvalidRow, NothingToImport, NotReady, RegisterChanged
from kommune3.solutions.fleet.models import (
    Base,
    LineStatus,
    Register,
    RegisterImport,
    RegisterImportState,
    RegisterLine,
    Vehicle,
    VehicleModel,
)
from kommune3.solutions.fleet.operations.imports import name_of
from kommune3.solutions.fleet.operations.register import save_reading
from kommune3.solutions.fleet.operations.vehicles import EDIT, save_model, save_vehicle
from kommune3.solutions.fleet.queries.register_files import known_register
from kommune3.solutions.fleet.registers.comparing import Compared, compare, compare_again, set_values
from kommune3.solutions.fleet.registers.fields import SHEETS, key_of
from kommune3.solutions.fleet.registers.reading import read_register


def read_file(*, actor: Actor, now: datetime, register: str, stream: IO[bytes], file_name: str) -> RegisterImport:
    """Read a file and compare it with the register; nothing is changed yet.

    Raises :class:`~kommune3.solutions.fleet.errors.UnreadableRegister`, and ``Forbidden`` without the right.
    """
    unit = reach.units(actor, EDIT).order_by("path").first()
    if unit is None:
        raise reach.Forbidden
    rows = read_register(stream, register)
    name = PurePath(file_name.replace("\\", "/")).name[:200] or SHEETS[register]
    with transaction.atomic():
        compared = compare(
            rows, register, known_register(actor=actor, register=register), today=clock.municipal_date(now)
        )
        found = RegisterImport.objects.create(
            unit=unit, register=register, file_name=name, notices=rows.notices, created_by_name=name_of(actor),
            created_at=now,
        )  # fmt: skip
        RegisterLine.objects.bulk_create(
            RegisterLine(
                register_import=found, sheet=rows.sheet, line=each.line, name=each.name[:100], status=each.status,
                values=each.values, changes=[list(change) for change in each.changes],
                faults=[[fault.field, fault.value, fault.message] for fault in each.faults],
            )
            for each in compared
        )  # fmt: skip
        log.record(
            actor=actor, action="fleet.register.read", now=now, object=found, unit_id=unit.pk,
            detail={"register": register, "lines": len(compared)},
        )  # fmt: skip
        return found


def commit(*, actor: Actor, now: datetime, register_import_id: int, keep_good: bool = False) -> RegisterImport:
    """Write every line, or with ``keep_good`` every good line: in one transaction, or nothing at all.

    Raises :class:`NotReady`, :class:`HasProblems` (bad lines without ``keep_good``), :class:`NothingToImport`,
    :class:`RegisterChanged` where the register is no longer what the file was compared with.
    """
    with transaction.atomic():
        found = _locked(actor, register_import_id)
        staged = list(found.lines.exclude(status=LineStatus.BAD))
        bad = found.lines.filter(status=LineStatus.BAD).count()
        if bad and not keep_good:
            raise HasProblems(bad)
        if not any(line.status != LineStatus.UNCHANGED for line in staged):
            raise NothingToImport
        today = clock.municipal_date(now)
        known = known_register(actor=actor, register=found.register)
        again = compare_again([(line.line, line.values) for line in staged], found.register, known, today=today)
        for line, now_so in zip(staged, again, strict=True):
            if (line.status, line.changes) != (now_so.status, [list(change) for change in now_so.changes]):
                raise RegisterChanged(line.line)
        for each in again:
            if each.status != LineStatus.UNCHANGED:
                try:
                    _write(each, found, actor=actor, now=now, today=today)
                except InvalidRow as refusal:
                    raise RegisterChanged(each.line) from refusal
        found.kept_good = bool(bad)
        return _decide(found, RegisterImportState.COMMITTED, actor=actor, now=now)


def discard(*, actor: Actor, now: datetime, register_import_id: int) -> RegisterImport:
    """Throw away what was read. Raises :class:`NotReady` where it has been decided."""
    with transaction.atomic():
        found = _locked(actor, register_import_id)
        return _decide(found, RegisterImportState.DISCARDED, actor=actor, now=now)


def _write(line: Compared, found: RegisterImport, *, actor: Actor, now: datetime, today: date) -> None:
    key = key_of(found.register).name
    origin = found.file_name
    if found.register == Register.MODELS:
        model = VehicleModel.objects.filter(name=line.values[key]).first() or VehicleModel()
        set_values(model, line.values, found.register)
        save_model(actor=actor, now=now, model=model, origin=origin)
        return
    vehicle = Vehicle.objects.filter(registration=line.values[key]).first() or Vehicle()
    set_values(vehicle, line.values, found.register)
    if "model" in line.values:
        vehicle.model = VehicleModel.objects.get(name=line.values["model"])
    if "base" in line.values:
        vehicle.base = Base.objects.select_related("unit").get(name=line.values["base"])
    if "unit" in line.values:
        vehicle.unit = _unit(line.values["unit"])
    changed = {name for name, _old, _new in line.changes}
    if line.status == LineStatus.NEW or changed - {"odometer_km", "odometer_on"}:
        vehicle = save_vehicle(actor=actor, now=now, vehicle=vehicle, origin=origin)
    if line.values.get("odometer_km") and (line.status == LineStatus.NEW or changed & {"odometer_km", "odometer_on"}):
        save_reading(
            actor=actor, now=now, vehicle_id=vehicle.pk, read_on=date.fromisoformat(line.values["odometer_on"]),
            km=int(line.values["odometer_km"]), source=origin[:100], origin=origin,
        )  # fmt: skip


def _unit(written: str) -> Unit | None:
    if not written:
        return None
    by_name = list(Unit.objects.filter(name=written)[:2])
    return by_name[0] if len(by_name) == 1 else Unit.objects.get(pk=written)


def _locked(actor: Actor, register_import_id: int) -> RegisterImport:
    reach.get(actor, RegisterImport, register_import_id, action=EDIT)
    found = RegisterImport.objects.select_for_update().get(pk=register_import_id)
    if found.state != RegisterImportState.READY:
        raise NotReady
    return found


def _decide(found: RegisterImport, state: RegisterImportState, *, actor: Actor, now: datetime) -> RegisterImport:
    found.state, found.decided_at = state, now
    found.save(update_fields=["state", "decided_at", "kept_good"])
    log.record(
        actor=actor, action=f"fleet.register.{state.lower()}", now=now, object=found, unit_id=found.unit_id,
        detail={"register": found.register},
    )  # fmt: skip
    return found
