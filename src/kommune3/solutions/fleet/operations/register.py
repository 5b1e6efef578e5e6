# SPDX-License-Identifier: MPL-2.0
"""What belongs to a vehicle or a base over time: service windows, readings of the odometer, chargers."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from kommune3.kernel import clock
from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.audit import log
from kommune3.solutions.fleet.errors import InvalidRow
from kommune3.solutions.fleet.models import Charger, OdometerReading, Part, ServiceKind, ServiceWindow, Vehicle
from kommune3.solutions.fleet.operations.changes import note_part
from kommune3.solutions.fleet.operations.vehicles import EDIT


def save_service_window(
    *,
    actor: Actor,
    now: datetime,
    vehicle_id: int,
    starts_at: datetime,
    ends_at: datetime,
    kind: ServiceKind,
    note: str = "",
    window_id: int | None = None,
    origin: str = "",
) -> ServiceWindow:
    """Say that nobody can drive the vehicle in [starts_at, ends_at), or with ``window_id`` change such a window.

    Raises :class:`InvalidRow` where it ends before it starts, or lies over another window of the vehicle.
    """
    if ends_at <= starts_at:
        raise InvalidRow({"ends_at": _("The end must come after the beginning.")})
    with transaction.atomic():
        vehicle = _locked(actor, vehicle_id)
        window = _window(vehicle, window_id) if window_id is not None else ServiceWindow(vehicle=vehicle)
        old = told_window(window) if window_id is not None else ""
        others = vehicle.service_windows.exclude(pk=window.pk).filter(starts_at__lt=ends_at, ends_at__gt=starts_at)
        other = others.first()
        if other is not None:
            raise InvalidRow(
                {"starts_at": _("The vehicle is already out of use then: %(window)s.") % {"window": told_window(other)}}
            )
        window.starts_at, window.ends_at, window.kind, window.note = starts_at, ends_at, kind, note
        window.save()
        new = told_window(window)
        if new != old:
            note_part(actor=actor, now=now, what=Part.SERVICE, old=old, new=new, origin=origin, vehicle=vehicle)
        _record(actor, "fleet.service.saved", vehicle, now)
        return window


def remove_service_window(*, actor: Actor, now: datetime, vehicle_id: int, window_id: int, origin: str = "") -> None:
    """The vehicle can be driven after all."""
    with transaction.atomic():
        vehicle = _locked(actor, vehicle_id)
        window = _window(vehicle, window_id)
        note_part(actor=actor, now=now, what=Part.SERVICE, old=told_window(window), origin=origin, vehicle=vehicle)
        window.delete()
        _record(actor, "fleet.service.removed", vehicle, now)


def save_reading(
    *, actor: Actor, now: datetime, vehicle_id: int, read_on: date, km: int, source: str = "", origin: str = ""
) -> OdometerReading:
    """Write down what the odometer showed on a day; a reading of the same day is corrected.

    Raises :class:`InvalidRow` for a day to come, and where the odometer would have run backwards.
    """
    if read_on > clock.municipal_date(now):
        raise InvalidRow({"read_on": _("An odometer cannot be read on a day to come.")})
    with transaction.atomic():
        vehicle = _locked(actor, vehicle_id)
        earlier = vehicle.readings.filter(read_on__lt=read_on, km__gt=km).order_by("-read_on").first()
        later = vehicle.readings.filter(read_on__gt=read_on, km__lt=km).order_by("read_on").first()
        if earlier is not None or later is not None:
            other = earlier or later
            assert other is not None
            raise InvalidRow(
                {"km": _("The odometer would run backwards: it showed %(reading)s.") % {"reading": told_reading(other)}}
            )
        reading = vehicle.readings.filter(read_on=read_on).first() or OdometerReading(vehicle=vehicle, read_on=read_on)
        old = told_reading(reading) if reading.pk else ""
        reading.km, reading.source = km, source
        reading.save()
        new = told_reading(reading)
        if new != old:
            note_part(actor=actor, now=now, what=Part.READING, old=old, new=new, origin=origin, vehicle=vehicle)
        _record(actor, "fleet.reading.saved", vehicle, now)
        return reading


def remove_reading(*, actor: Actor, now: datetime, vehicle_id: int, reading_id: int, origin: str = "") -> None:
    """Take back a reading that was wrong."""
    with transaction.atomic():
        vehicle = _locked(actor, vehicle_id)
        reading = vehicle.readings.filter(pk=reading_id).first()
        if reading is None:
            raise reach.NotVisible
        note_part(actor=actor, now=now, what=Part.READING, old=told_reading(reading), origin=origin, vehicle=vehicle)
        reading.delete()
        _record(actor, "fleet.reading.removed", vehicle, now)


def save_charger(*, actor: Actor, now: datetime, charger: Charger, origin: str = "") -> Charger:
    """Create or change a charger at a base where the actor holds the right. Raises :class:`InvalidRow`."""
    with transaction.atomic():
        reach.require(actor, EDIT, unit=charger.base.unit)
        old = ""
        if charger.pk is not None:
            stored = reach.get(actor, Charger, charger.pk, action=EDIT)
            old = told_charger(stored)
            if stored.base_id != charger.base_id:
                raise InvalidRow({"base": _("A charger stays where it is: end it here and create it there.")})
        if charger.valid_to is not None and charger.valid_to <= charger.valid_from:
            raise InvalidRow({"valid_to": _("The last day must come after the first.")})
        if charger.outlets < 1 or charger.power_kw <= 0:
            raise InvalidRow({"power_kw": _("A charger has at least one outlet, and power above zero.")})
        if Charger.objects.filter(base=charger.base, name=charger.name).exclude(pk=charger.pk).exists():
            raise InvalidRow({"name": _("The base has a charger of that name already.")})
        charger.save()
        new = told_charger(charger)
        if new != old:
            note_part(actor=actor, now=now, what=Part.CHARGER, old=old, new=new, origin=origin, base=charger.base)
        log.record(actor=actor, action="fleet.charger.saved", now=now, object=charger, unit_id=charger.base.unit_id)
        return charger


def told_window(window: ServiceWindow) -> str:
    """A service window in one line, as the history keeps it."""
    with translation.override("da"):
        start, end = timezone.localtime(window.starts_at), timezone.localtime(window.ends_at)
        text = f"{start:%d-%m-%Y %H:%M} – {end:%d-%m-%Y %H:%M}, {ServiceKind(window.kind).label}"
    return f"{text} ({window.note})" if window.note else text


def told_reading(reading: OdometerReading) -> str:
    """A reading in one line, as the history keeps it."""
    grouped = f"{reading.km:,}".replace(",", ".")
    return f"{grouped} km, {reading.read_on:%d-%m-%Y}" + (f" ({reading.source})" if reading.source else "")


def told_charger(charger: Charger) -> str:
    """A charger in one line, as the history keeps it."""
    power = f"{charger.power_kw.normalize():f}".replace(".", ",") if hasattr(charger.power_kw, "normalize") else ""
    until = f" – {charger.valid_to:%d-%m-%Y}" if charger.valid_to else ""
    return f"{charger.name}: {charger.outlets} × {power} kW, {charger.valid_from:%d-%m-%Y}{until}"


def _locked(actor: Actor, vehicle_id: int) -> Vehicle:
    """The vehicle, held until the transaction ends: whoever changes its windows or readings takes turns."""
    reach.get(actor, Vehicle, vehicle_id, action=EDIT)
    return Vehicle.objects.select_for_update().get(pk=vehicle_id)


def _window(vehicle: Vehicle, window_id: int) -> ServiceWindow:
    window = vehicle.service_windows.filter(pk=window_id).first()
    if window is None:
        raise reach.NotVisible
    return window


def _record(actor: Actor, action: str, vehicle: Vehicle, now: datetime) -> None:
    log.record(actor=actor, action=action, now=now, object=vehicle, unit_id=vehicle.base.unit_id)
