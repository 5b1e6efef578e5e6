# SPDX-License-Identifier: MPL-2.0
"""Deliveries of legs: begun, counted, ended; each is a line of the history."""

from datetime import datetime
from pathlib import PurePath
from typing import IO

from django.db import transaction
from django.db.models import F

from kommune3.kernel import files
from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.audit import log
from kommune3.solutions.fleet.models import DeliveryState, GpsSource, LegDelivery, Vehicle
from kommune3.solutions.fleet.operations.imports import name_of
from kommune3.solutions.fleet.operations.legs import Kept
from kommune3.solutions.fleet.operations.preparing import Remade

IMPORT = "fleet.trips.import"


def open_fetch(*, actor: Actor, now: datetime, source_id: int) -> LegDelivery:
    """Begin to ask a source. Raises ``NotVisible``/``Forbidden``."""
    source = reach.get(actor, GpsSource, source_id, action=IMPORT)
    return _open(LegDelivery(unit=source.unit, source=source), actor=actor, now=now)


def open_file(*, actor: Actor, now: datetime, vehicle_id: int, content: IO[bytes], file_name: str) -> LegDelivery:
    """Keep a track file until it has been read. Raises ``files.NotStored``; ``NotVisible``/``Forbidden``."""
    vehicle = reach.get(actor, Vehicle, vehicle_id, action=IMPORT)
    name = PurePath(file_name.replace("\\", "/")).name[:200] or "track.gpx"
    unit = vehicle.base.unit
    with transaction.atomic():
        stored = files.store(
            content=content, name=name, purpose="fleet.tracks.imported", actor=actor, now=now, unit=unit
        )
        delivery = LegDelivery(unit=unit, vehicle=vehicle, file_name=name, stored_file_id=stored.pk)
        return _open(delivery, actor=actor, now=now)


def _open(delivery: LegDelivery, *, actor: Actor, now: datetime) -> LegDelivery:
    delivery.created_by_name, delivery.created_at = name_of(actor), now
    delivery.save()
    log.record(actor=actor, action="fleet.legs.asked_for", now=now, object=delivery, unit_id=delivery.unit_id)
    return delivery


def count_kept(delivery: LegDelivery, kept: Kept, *, read: int, unreadable: int) -> None:
    """Add to the delivery's counts, in the transaction that keeps the legs."""
    LegDelivery.objects.filter(pk=delivery.pk).update(
        legs_read=F("legs_read") + read,
        legs_new=F("legs_new") + kept.new,
        legs_changed=F("legs_changed") + kept.changed,
        unreadable=F("unreadable") + unreadable,
    )


def count_trips(delivery: LegDelivery, remade: Remade) -> None:
    """Add what became of the trips, in the transaction that changes them."""
    LegDelivery.objects.filter(pk=delivery.pk).update(
        trips_new=F("trips_new") + remade.new, trips_removed=F("trips_removed") + remade.removed
    )


def end_delivery(delivery: LegDelivery, *, actor: Actor, now: datetime, problem: str = "") -> None:
    """The delivery is over: well, or with a problem. Its file is no longer needed."""
    delivery.refresh_from_db()
    delivery.state = DeliveryState.FAILED if problem else DeliveryState.DONE
    delivery.problem, delivery.finished_at = problem[:500], now
    if delivery.stored_file_id is not None:
        stored = files.StoredFile.objects.filter(pk=delivery.stored_file_id).first()
        if stored is not None:
            files.remove(file=stored, actor=actor, now=now)
        delivery.stored_file_id = None
    delivery.save()
    log.record(
        actor=actor, action=f"fleet.legs.{delivery.state.lower()}", now=now, object=delivery, unit_id=delivery.unit_id,
        detail={"new": delivery.legs_new, "changed": delivery.legs_changed, "trips": delivery.trips_new},
    )  # fmt: skip
