# SPDX-License-Identifier: MPL-2.0
"""Bases, models and vehicles: created, edited, moved and retired, each change with its history."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from kommune3.kernel import clock
from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.audit import log
from kommune3.kernel.organisation.models import Unit
from kommune3.kernel.places.models import Address
from kommune3.solutions.fleet.errors import InvalidRow
from kommune3.solutions.fleet.models import Base, Stay, Vehicle, VehicleModel
from kommune3.solutions.fleet.operations.changes import note_fields
from kommune3.solutions.fleet.registers.rules import model_faults, vehicle_faults
from kommune3.solutions.fleet.registers.values import plain_model, plain_vehicle

EDIT = "fleet.vehicles.edit"


@dataclass(frozen=True)
class Place:
    """Where a base is. Coordinates in degrees (WGS84), empty where they are not known."""

    street: str
    postcode: str
    town: str
    latitude: float | None
    longitude: float | None


def save_base(
    *,
    actor: Actor,
    now: datetime,
    base: Base,
    unit: Unit,
    name: str,
    place: Place,
    power_limit_kw: Decimal | None = None,
    origin: str = "",
) -> Base:
    """Create or change a base; the actor must hold the right in its unit, and in the unit it leaves."""
    reach.require(actor, EDIT, unit=unit)
    if base.pk is not None:
        reach.require(actor, EDIT, unit=base.unit)
    with transaction.atomic():
        before = _plain_base(Base.objects.get(pk=base.pk)) if base.pk is not None else {}
        base.unit, base.name, base.power_limit_kw = unit, name, power_limit_kw
        base.address = _save_address(base.address, place)
        base.save()
        note_fields(actor=actor, now=now, before=before, after=_plain_base(base), origin=origin, base=base)
        log.record(actor=actor, action="fleet.base.saved", now=now, object=base, unit_id=unit.pk)
        return base


def save_vehicle(*, actor: Actor, now: datetime, vehicle: Vehicle, origin: str = "") -> Vehicle:
    """Create or change a vehicle at a base where the actor holds the right. Another base than before is a move today.

    Raises :class:`InvalidRow` with every fault, ``Forbidden`` without the right at either base.
    """
    faults = vehicle_faults(vehicle)
    with transaction.atomic():
        reach.require(actor, EDIT, unit=vehicle.base.unit)
        before: dict[str, str] = {}
        if vehicle.pk is not None:
            stored = reach.get(actor, Vehicle, vehicle.pk, action=EDIT)
            before = plain_vehicle(stored)
            if stored.base_id != vehicle.base_id:
                write_stay(stored, until=clock.municipal_date(now))
        faults |= _taken(vehicle)
        if faults:
            raise InvalidRow(faults)
        vehicle.save()
        after = plain_vehicle(vehicle)
        note_fields(actor=actor, now=now, before=before, after=after, origin=origin, vehicle=vehicle)
        log.record(actor=actor, action="fleet.vehicle.saved", now=now, object=vehicle, unit_id=vehicle.base.unit_id)
        return vehicle


def move_vehicle(*, actor: Actor, now: datetime, vehicle_id: int, base: Base, on: date, origin: str = "") -> Vehicle:
    """Let a vehicle stand at another base from the day ``on``; its history keeps where it stood until then.

    Raises :class:`InvalidRow` for a day to come, or before it came to where it stands.
    """
    with transaction.atomic():
        vehicle = _locked(actor, vehicle_id)
        reach.require(actor, EDIT, unit=base.unit)
        if base.pk == vehicle.base_id:
            raise InvalidRow({"base": _("The vehicle stands there already.")})
        if on > clock.municipal_date(now):
            raise InvalidRow({"on": _("A move is written down when it happens: choose today or an earlier day.")})
        before = plain_vehicle(vehicle)
        write_stay(vehicle, until=on)
        vehicle.base = base
        vehicle.save(update_fields=["base"])
        note_fields(
            actor=actor, now=now, before=before, after=plain_vehicle(vehicle), origin=origin, vehicle=vehicle,
        )  # fmt: skip
        log.record(actor=actor, action="fleet.vehicle.moved", now=now, object=vehicle, unit_id=base.unit_id)
        return vehicle


def retire_vehicle(*, actor: Actor, now: datetime, vehicle_id: int, last_day: date, origin: str = "") -> Vehicle:
    """Take a vehicle out of the fleet after ``last_day``. Its trips and history stay. Raises :class:`InvalidRow`."""
    vehicle = reach.get(actor, Vehicle, vehicle_id, action=EDIT)
    if last_day < vehicle.valid_from:
        raise InvalidRow({"last_day": _("The last day comes before the vehicle came into the fleet.")})
    vehicle.valid_to = last_day + timedelta(days=1)
    return save_vehicle(actor=actor, now=now, vehicle=vehicle, origin=origin)


def save_model(*, actor: Actor, now: datetime, model: VehicleModel, origin: str = "") -> VehicleModel:
    """Create or change a model of the municipality's catalogue. Raises :class:`InvalidRow` with every fault."""
    faults = model_faults(model)
    with transaction.atomic():
        reach.require(actor, EDIT)
        before = plain_model(VehicleModel.objects.get(pk=model.pk)) if model.pk is not None else {}
        if VehicleModel.objects.filter(name__iexact=model.name).exclude(pk=model.pk).exists():
            faults["name"] = _("There is a model of that name already.")
        if faults:
            raise InvalidRow(faults)
        model.save()
        note_fields(actor=actor, now=now, before=before, after=plain_model(model), origin=origin, model=model)
        log.record(actor=actor, action="fleet.model.saved", now=now, object=model)
        return model


def write_stay(vehicle: Vehicle, *, until: date) -> None:
    """Keep where the vehicle stands now as history that ends with the day before ``until``.

    A vehicle that came on that very day never stood there: then nothing is kept. Raises :class:`InvalidRow`.
    """
    since = stands_since(vehicle)
    if until < since:
        raise InvalidRow({"on": _("The vehicle has stood there since %(day)s. Choose a later day.") % {"day": since}})
    if until > since:
        Stay.objects.create(vehicle=vehicle, base_id=vehicle.base_id, valid_from=since, valid_to=until)


def stands_since(vehicle: Vehicle) -> date:
    """The day the vehicle came to its present base."""
    newest = vehicle.stays.order_by("-valid_to").values_list("valid_to", flat=True).first()
    return newest or vehicle.valid_from


def _locked(actor: Actor, vehicle_id: int) -> Vehicle:
    reach.get(actor, Vehicle, vehicle_id, action=EDIT)
    return Vehicle.objects.select_for_update().get(pk=vehicle_id)


def _taken(vehicle: Vehicle) -> dict[str, str]:
    """Names that another vehicle has, also one that the actor may not see: a plate is there once."""
    others = Vehicle.objects.exclude(pk=vehicle.pk)
    found = {}
    if others.filter(registration__iexact=vehicle.registration).exists():
        found["registration"] = _("Another vehicle has that registration.")
    if vehicle.external_id and others.filter(external_id=vehicle.external_id).exists():
        found["external_id"] = _("Another vehicle has that number.")
    return found


def _plain_base(base: Base) -> dict[str, str]:
    limit = "" if base.power_limit_kw is None else f"{Decimal(base.power_limit_kw).normalize():f}"
    return {"name": base.name, "unit": base.unit.name, "address": str(base.address or ""), "power_limit_kw": limit}


def _save_address(address: Address | None, place: Place) -> Address | None:
    if not any((place.street, place.postcode, place.town, place.latitude is not None)):
        return None
    row = address or Address()
    row.street, row.postcode, row.town = place.street, place.postcode, place.town
    row.latitude, row.longitude = place.latitude, place.longitude
    row.save()
    return row
