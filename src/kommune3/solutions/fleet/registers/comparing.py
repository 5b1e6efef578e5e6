# SPDX-License-Identifier: MPL-2.0
"""What a file would do to a register: each line is new, changed, unchanged or has faults. Writes nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from kommune3.solutions.fleet.models import LineStatus, Ownership, Register, Vehicle, VehicleModel
from kommune3.solutions.fleet.registers.fields import Field, Form, fields_of, key_of, same_name
from kommune3.solutions.fleet.registers.reading import FileLine, FileRows
from kommune3.solutions.fleet.registers.rules import model_faults, vehicle_faults
from kommune3.solutions.fleet.registers.values import BadValue, kept, plain_text

_READING = ("odometer_km", "odometer_on")


@dataclass(frozen=True)
class Fault:
    """What is wrong with a cell, and what the cell says."""

    field: str
    value: str
    message: str


@dataclass(frozen=True)
class Known:
    """The register as the actor may change it.

    ``rows``: :func:`same_name` of the key -> its plain values. ``taken``: keys that exist outside the actor's reach.
    ``models``/``bases``/``units``: :func:`same_name` -> name as it is written; a unit whose name several have is there
    by its id only. ``readings``: key -> [(day, km)] of the odometer.
    """

    rows: Mapping[str, dict[str, str]]
    taken: frozenset[str] = frozenset()
    external_ids: Mapping[str, str] = field(default_factory=dict)
    models: Mapping[str, str] = field(default_factory=dict)
    bases: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    readings: Mapping[str, list[tuple[date, int]]] = field(default_factory=dict)


@dataclass(frozen=True)
class Compared:
    """A line with what it would do. ``values``: every field the file has, as plain text."""

    line: int
    name: str
    status: LineStatus
    values: dict[str, str]
    changes: list[tuple[str, str, str]]
    faults: list[Fault]


def compare(rows: FileRows, register: str, known: Known, *, today: date) -> list[Compared]:
    """Every line of a file against the register."""
    found: list[Compared] = []
    seen: dict[str, int] = {}
    numbers: dict[str, int] = {}
    for line in rows.lines:
        values, faults = _plain_values(line, register, known)
        found.append(_compared(line.line, values, faults, register, known, seen, numbers, today))
    return found


def compare_again(
    lines: list[tuple[int, dict[str, str]]], register: str, known: Known, *, today: date
) -> list[Compared]:
    """Lines that were compared before, against the register as it is now."""
    seen: dict[str, int] = {}
    numbers: dict[str, int] = {}
    return [_compared(line, values, [], register, known, seen, numbers, today) for line, values in lines]


def _plain_values(line: FileLine, register: str, known: Known) -> tuple[dict[str, str], list[Fault]]:
    values: dict[str, str] = {}
    faults: list[Fault] = []
    for each in fields_of(register):
        if each.name not in line.cells:
            continue
        cell = line.cells[each.name]
        try:
            values[each.name] = _looked_up(each, plain_text(each, cell), known)
        except BadValue as refusal:
            faults.append(Fault(each.name, _shown(cell), str(refusal)))
    return values, faults


def _looked_up(each: Field, plain: str, known: Known) -> str:
    """Names of other rows as they are written there."""
    names = {Form.MODEL: known.models, Form.BASE: known.bases, Form.UNIT: known.units}.get(each.form)
    if names is None or not plain:
        return plain
    found = names.get(same_name(plain))
    if found is None:
        raise BadValue(
            {
                Form.MODEL: _("There is no model of that name. Create it first, or correct the name."),
                Form.BASE: _("There is no base of that name where you may change vehicles."),
                Form.UNIT: _("There is no one unit of that name where you may change vehicles; write its id."),
            }[each.form]
        )
    return found


def _compared(
    line: int,
    values: dict[str, str],
    faults: list[Fault],
    register: str,
    known: Known,
    seen: dict[str, int],
    numbers: dict[str, int],
    today: date,
) -> Compared:
    key = key_of(register)
    name = values.get(key.name, "")
    plain = same_name(name)
    faults = list(faults)
    if not name and not any(fault.field == key.name for fault in faults):
        faults.append(Fault(key.name, "", _("The field is empty.")))
    elif plain in seen:
        faults.append(Fault(key.name, name, _("The same one stands in line %(line)s.") % {"line": seen[plain]}))
    elif plain in known.taken:
        faults.append(Fault(key.name, name, _("It stands at a base where you may not change vehicles.")))
    if plain:
        seen.setdefault(plain, line)
    before = known.rows.get(plain)
    if before is None:
        faults += [
            Fault(each.name, "", _("A new line needs this. Fill it in."))
            for each in fields_of(register)
            if each.required and not each.is_key and not values.get(each.name)
            and not any(fault.field == each.name for fault in faults)
        ]  # fmt: skip
    else:
        faults += [
            Fault(each.name, "", _("This cannot be empty."))
            for each in fields_of(register)
            if each.required and each.name in values and not values[each.name]
            and not any(fault.field == each.name for fault in faults)
        ]  # fmt: skip
        values = {**values, key.name: before[key.name]}  # the plate is not changed by writing it another way
    if register == Register.VEHICLES:
        faults += _external_id_faults(values, plain, line, known, numbers)
        faults += _reading_faults(values, known.readings.get(plain, []), today)
    if not faults:
        faults += _rule_faults(register, values, before)
    if faults:
        return Compared(line, name, LineStatus.BAD, values, [], faults)
    if before is None:
        return Compared(line, name, LineStatus.NEW, values, [], [])
    changes = [
        (each.name, before.get(each.name, ""), values[each.name])
        for each in fields_of(register)
        if each.name in values and before.get(each.name, "") != values[each.name]
        and not (each.name in _READING and not values[each.name])
    ]  # fmt: skip
    return Compared(line, name, LineStatus.CHANGED if changes else LineStatus.UNCHANGED, values, changes, [])


def _external_id_faults(
    values: dict[str, str], plain: str, line: int, known: Known, numbers: dict[str, int]
) -> list[Fault]:
    number = values.get("external_id", "")
    if not number:
        return []
    if number in numbers:
        return [Fault("external_id", number, _("The same one stands in line %(line)s.") % {"line": numbers[number]})]
    numbers[number] = line
    holder = known.external_ids.get(number)
    if holder is not None and holder != plain:
        return [Fault("external_id", number, _("Another vehicle has that number."))]
    return []


def _reading_faults(values: dict[str, str], readings: list[tuple[date, int]], today: date) -> list[Fault]:
    km, on = values.get("odometer_km", ""), values.get("odometer_on", "")
    if bool(km) != bool(on):
        missing = "odometer_on" if km else "odometer_km"
        return [Fault(missing, "", _("A reading needs both the km and the day."))]
    if not km:
        return []
    if int(km) < 0:
        return [Fault("odometer_km", km, _("The figure cannot be negative."))]
    day = date.fromisoformat(on)
    if day > today:
        return [Fault("odometer_on", on, _("An odometer cannot be read on a day to come."))]
    for other_day, other_km in readings:
        if (other_day < day and other_km > int(km)) or (other_day > day and other_km < int(km)):
            told = f"{other_km} km, {other_day:%d-%m-%Y}"
            return [
                Fault("odometer_km", km, _("The odometer would run backwards: it showed %(reading)s.") % {
                    "reading": told,
                })
            ]  # fmt: skip
    return []


def _rule_faults(register: str, values: dict[str, str], before: dict[str, str] | None) -> list[Fault]:
    """The rules of the register, on the row as it would become."""
    row: Vehicle | VehicleModel = Vehicle() if register == Register.VEHICLES else VehicleModel()
    if before is not None:
        set_values(row, before, register)
    set_values(row, values, register)
    found = vehicle_faults(row) if isinstance(row, Vehicle) else model_faults(row)
    return [Fault(name, values.get(name, ""), message) for name, message in found.items()]


def set_values(row: Any, values: Mapping[str, str], register: str) -> None:
    """Put plain values on a row. Models, bases, units and readings are left to the caller.

    A column that a new row leaves empty keeps the row's default where it must have a value.
    """
    for each in fields_of(register):
        if each.name not in values or each.form in (Form.MODEL, Form.BASE, Form.UNIT) or each.name in _READING:
            continue
        plain = values[each.name]
        if not plain and each.name in ("ownership", "is_offered", "is_locked", "rest_hours"):
            default = {"ownership": Ownership.OWNED, "is_offered": True, "is_locked": False, "rest_hours": 0}
            setattr(row, each.name, default[each.name])
            continue
        setattr(row, each.name, kept(each, plain))


def _shown(cell: Any) -> str:
    return "" if cell is None else str(cell)[:200]
