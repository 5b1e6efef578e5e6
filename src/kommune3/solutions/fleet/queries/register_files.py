# SPDX-License-Identifier: MPL-2.0
"""The registers as plain rows: for files to be written from, and for files to be compared with."""

from collections import Counter
from collections.abc import Iterator
from datetime import date

from django.db.models import Prefetch

from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.organisation.models import Unit
from kommune3.solutions.fleet.models import Base, OdometerReading, Register, Vehicle, VehicleModel
from kommune3.solutions.fleet.registers.comparing import Known
from kommune3.solutions.fleet.registers.fields import same_name
from kommune3.solutions.fleet.registers.values import plain_model, plain_vehicle

EDIT = "fleet.vehicles.edit"


def register_rows(*, actor: Actor, register: str, action: str | None = None) -> Iterator[tuple[int, dict[str, str]]]:
    """(id, plain values) of each row the actor may see, or with ``action`` may do that with."""
    if register == Register.MODELS:
        for model in reach.visible(actor, VehicleModel).order_by("name"):
            yield model.pk, plain_model(model)
        return
    unit_names = _unit_names()
    newest = Prefetch("readings", queryset=OdometerReading.objects.order_by("-read_on"))
    found = reach.visible(actor, Vehicle, action=action).select_related("model", "base", "unit")
    for vehicle in found.prefetch_related(newest).order_by("registration"):
        reading = next(iter(vehicle.readings.all()), None)
        plain = plain_vehicle(vehicle, reading)
        if vehicle.unit is not None and unit_names[vehicle.unit.name] > 1:
            plain["unit"] = str(vehicle.unit_id)  # several units have that name: the id says which
        yield vehicle.pk, plain


def known_register(*, actor: Actor, register: str) -> Known:
    """What a file is compared with: the rows that ``actor`` may change, and the names they may hold."""
    rows = {}
    key = "registration" if register == Register.VEHICLES else "name"
    for _pk, plain in register_rows(actor=actor, register=register, action=EDIT):
        rows[same_name(plain[key])] = plain
    if register == Register.MODELS:
        return Known(rows)
    everywhere = Vehicle.objects.values_list("registration", "external_id")
    plates = {same_name(plate): number for plate, number in everywhere}
    readings: dict[str, list[tuple[date, int]]] = {}
    for plate, read_on, km in OdometerReading.objects.values_list("vehicle__registration", "read_on", "km"):
        readings.setdefault(same_name(plate), []).append((read_on, km))
    return Known(
        rows,
        taken=frozenset(plates) - frozenset(rows),
        external_ids={number: plate for plate, number in plates.items() if number},
        models={same_name(name): name for name in VehicleModel.objects.values_list("name", flat=True)},
        bases={same_name(base.name): base.name for base in reach.visible(actor, Base, action=EDIT)},
        units=_units(actor),
        readings=readings,
    )


def names_for_lists(*, actor: Actor) -> tuple[list[str], list[str], list[str]]:
    """Names of models, bases and units for the drop-downs of a template."""
    models = list(VehicleModel.objects.order_by("name").values_list("name", flat=True))
    bases = list(reach.visible(actor, Base, action=EDIT).order_by("name").values_list("name", flat=True))
    counted = _unit_names()
    units = [
        unit.name if counted[unit.name] == 1 else str(unit.pk) for unit in reach.units(actor, EDIT).order_by("name")
    ]
    return models, bases, units


def _units(actor: Actor) -> dict[str, str]:
    """Units by name, and by id; a name that several have is not there."""
    found: dict[str, str] = {}
    counted = _unit_names()
    for unit in reach.units(actor, EDIT):
        written = unit.name if counted[unit.name] == 1 else str(unit.pk)
        found[same_name(str(unit.pk))] = written
        if counted[unit.name] == 1:
            found[same_name(unit.name)] = written
    return found


def _unit_names() -> Counter[str]:
    return Counter(Unit.objects.values_list("name", flat=True))
