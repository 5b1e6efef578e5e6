# SPDX-License-Identifier: MPL-2.0
"""Fleet systems: connected, tried, and their devices tied to vehicles."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from kommune3.adapters import fleetgps
from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.audit import log
from kommune3.kernel.people import sealing
from kommune3.solutions.fleet.errors import FleetError
from kommune3.solutions.fleet.models import GpsDevice, GpsSource, Vehicle
from kommune3.solutions.fleet.operations.imports import name_of

SOURCES = "fleet.sources.edit"


class InvalidSource(FleetError):
    """The fleet system cannot be kept or asked as it is."""


def save_source(*, actor: Actor, now: datetime, source: GpsSource, secret: str = "") -> GpsSource:
    """Create or change a source. An empty ``secret`` keeps the one there is.

    Raises :class:`InvalidSource` where there is none; ``Forbidden`` without the right in its unit or the one it leaves.
    """
    reach.require(actor, SOURCES, unit=source.unit)
    with transaction.atomic():
        if source.pk is None:
            source.created_by_name, source.created_at = name_of(actor), now
        else:
            old = reach.get(actor, GpsSource, source.pk, action=SOURCES)
            moved = (old.kind, old.address, old.account) != (source.kind, source.address, source.account)
            if moved and not secret:
                # Else somebody who may not see the secret could have it sent to a server of their own.
                raise InvalidSource(_("Give the password or key again when the address or the login changes."))
        if not secret and not source.secret:
            raise InvalidSource(_("Give the password or key."))
        source.save()
        if secret:
            source.secret = sealing.seal(secret, place=source.sealing_place)
            source.save(update_fields=["secret"])
        log.record(
            actor=actor, action="fleet.source.saved", now=now, object=source, unit_id=source.unit_id,
            detail={"kind": source.kind, "cadence": source.cadence},
        )  # fmt: skip
        return source


def delete_source(*, actor: Actor, now: datetime, source_id: int) -> None:
    """Forget a source, its login and its devices. What it delivered stays until its time is up."""
    with transaction.atomic():
        source = reach.get(actor, GpsSource, source_id, action=SOURCES)
        log.record(actor=actor, action="fleet.source.deleted", now=now, object=source, unit_id=source.unit_id)
        source.delete()


def access_of(source: GpsSource) -> fleetgps.Access:
    """How to log in to the source. Raises :class:`InvalidSource` where the secret cannot be opened any more."""
    try:
        secret = sealing.open_sealed(bytes(source.secret), place=source.sealing_place)
    except sealing.CannotOpen as error:
        raise InvalidSource(_("The password or key can no longer be read. Give it again.")) from error
    return fleetgps.Access(source.address, source.account, secret)


def try_source(*, actor: Actor, now: datetime, source_id: int) -> int:
    """Ask the source for its devices and keep them; returns how many.

    Raises ``fleetgps.SourceError`` with what to do, having noted it; :class:`InvalidSource`.
    """
    source = reach.get(actor, GpsSource, source_id, action=SOURCES)
    try:
        with fleetgps.open_source(fleetgps.Kind(source.kind), access_of(source), timeout_seconds=10) as talk:
            devices = talk.devices()
    except fleetgps.SourceError as error:
        note_problem(source, str(error))
        raise
    with transaction.atomic():
        keep_devices(source, devices)
        note_problem(source, "")
        log.record(
            actor=actor, action="fleet.source.tried", now=now, object=source, unit_id=source.unit_id,
            detail={"devices": len(devices)},
        )  # fmt: skip
    return len(devices)


def note_problem(source: GpsSource, problem: str) -> None:
    """Remember why the source could not be asked, or that it could."""
    GpsSource.objects.filter(pk=source.pk).update(problem=problem[:500])


def keep_devices(source: GpsSource, devices: Iterable[fleetgps.Device]) -> None:
    """Keep what the source told of its devices. A new one is tied to the vehicle that has one of its names."""
    known = {device.key: device for device in source.devices.all()}
    vehicles = _vehicles_by_name(source)
    for told in devices:
        device = known.get(told.key) or GpsDevice(source=source, key=told.key[:64])
        device.title, device.names = told.title[:200], [name[:100] for name in told.names]
        device.seen_at = told.seen_at or device.seen_at
        if device.pk is None:
            device.vehicle_id = next((pk for name in told.names if (pk := vehicles.get(_plain(name)))), None)
        device.save()


def tie_devices(
    *, actor: Actor, now: datetime, source_id: int, vehicles: Mapping[int, int | None], ignored: Iterable[int] = ()
) -> None:
    """Say which vehicle each device is in. ``vehicles``: device -> vehicle, None for none; others stay as they are.

    Raises ``NotVisible`` for a device of another source or a vehicle the actor may not import for.
    """
    ignored = set(ignored)
    with transaction.atomic():
        source = reach.get(actor, GpsSource, source_id, action=SOURCES)
        devices = {device.pk: device for device in source.devices.all()}
        may = set(reach.visible(actor, Vehicle, action=SOURCES).values_list("pk", flat=True))
        for number, vehicle in vehicles.items():
            if number not in devices or (vehicle is not None and vehicle not in may):
                raise reach.NotVisible
            device = devices[number]
            device.vehicle_id, device.is_ignored = vehicle, number in ignored and vehicle is None
            device.save(update_fields=["vehicle", "is_ignored"])
        log.record(
            actor=actor, action="fleet.source.devices_tied", now=now, object=source, unit_id=source.unit_id,
            detail={"devices": len(vehicles)},
        )  # fmt: skip


def _vehicles_by_name(source: GpsSource) -> dict[str, int]:
    rows = Vehicle.objects.filter(base__unit__path__startswith=source.unit.path).order_by("valid_from")
    found: dict[str, int] = {}
    for pk, registration, external_id in rows.values_list("pk", "registration", "external_id"):
        found[_plain(registration)] = pk
        if external_id:
            found[_plain(external_id)] = pk
    return found


def _plain(name: str) -> str:
    return name.casefold().replace(" ", "").replace("-", "")
