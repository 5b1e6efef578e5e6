# SPDX-License-Identifier: MPL-2.0
"""Durable work with legs: fetching them from fleet systems, reading track files, making trips of them, deleting them.

Each step keeps what it got in a transaction of its own; done again after a crash it finds the same and changes nothing.
"""

import time
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import IO, cast

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kommune3.adapters import fleetgps
from kommune3.kernel import clock, files, jobs
from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.jobs import JobContext, durable, leases, schedule
from kommune3.kernel.jobs.running import run as run_now
from kommune3.kernel.jobs.worker import own_name
from kommune3.solutions.fleet.errors import FleetError
from kommune3.solutions.fleet.models import Base, Cadence, DeliveryState, GpsSource, LegDelivery
from kommune3.solutions.fleet.operations import deliveries, legs, preparing, sources
from kommune3.solutions.fleet.queries.tracks import in_batches, vehicles_at

OVERLAP = timedelta(days=3)
"""Asked for again each time: trackers without coverage deliver late, and what was under way then is over now."""
ATTEMPTS = 3
WAIT_SECONDS = 0.2


@durable(queue="default", max_attempts=ATTEMPTS, timeout_minutes=120)
def fetch(job: JobContext, *, delivery_id: int) -> None:
    """Fetch what a source has got since last time, and make trips of it. Killed, it begins again where it began."""
    delivery = LegDelivery.objects.select_related("source__unit").get(pk=delivery_id)
    source = delivery.source
    if delivery.state != DeliveryState.WAITING or source is None:
        with job.commit():
            return
    now = job.now()
    since, until = _since(source), now
    try:
        with fleetgps.open_source(fleetgps.Kind(source.kind), sources.access_of(source)) as talk:
            vehicles = _fetch_from(talk, source, delivery, since, until, job)
    except (fleetgps.SourceError, FleetError) as error:
        if getattr(error, "may_pass", False) and job.attempt < ATTEMPTS:
            raise
        with job.commit():
            sources.note_problem(source, str(error))
            deliveries.end_delivery(delivery, actor=job.actor, now=now, problem=str(error))
        return
    if vehicles is None or not _remake(vehicles, job, delivery, from_fraction=0.7):
        return
    with job.commit():
        GpsSource.objects.filter(pk=source.pk).update(seen_until=until, problem="")
        LegDelivery.objects.filter(pk=delivery.pk).update(since=since, until=until)
        deliveries.end_delivery(delivery, actor=job.actor, now=now)


def _since(source: GpsSource) -> datetime:
    first, _end = clock.day_bounds(source.first_date)
    return first if source.seen_until is None else max(first, source.seen_until - OVERLAP)


def _fetch_from(
    talk: fleetgps.Source, source: GpsSource, delivery: LegDelivery, since: datetime, until: datetime, job: JobContext
) -> set[int] | None:
    """Keep the legs of every device that is in a vehicle; the vehicles, or None where the job was cancelled."""
    told = talk.devices()
    with job.checkpoint():
        sources.keep_devices(source, told)
        # What an attempt before this one counted is counted again.
        LegDelivery.objects.filter(pk=delivery.pk).update(legs_read=0, unreadable=0)
    by_key = {device.key: device for device in told}
    tied = [device for device in source.devices.exclude(vehicle=None) if device.key in by_key]
    vehicles: set[int] = set()
    for number, device in enumerate(tied):
        if job.cancelled():
            return None
        job.progress(0.7 * number / len(tied), device.title)
        assert device.vehicle_id is not None
        for part in talk.legs(by_key[device.key], since=since, until=until):
            with job.checkpoint():
                kept = legs.keep_legs(device.vehicle_id, part.legs)
                deliveries.count_kept(delivery, kept, read=len(part.legs), unreadable=part.unreadable)
        vehicles.add(device.vehicle_id)
    return vehicles


def _remake(
    vehicles: Collection[int], job: JobContext, delivery: LegDelivery | None, *, from_fraction: float = 0.0
) -> preparing.Remade | None:
    """Make the vehicles' trips anew, some at a time; None where the job was cancelled."""
    done = preparing.Remade()
    for number, batch in enumerate(in_batches(vehicles, preparing.VEHICLES_AT_ONCE)):
        if job.cancelled():
            return None
        share = number * preparing.VEHICLES_AT_ONCE / max(1, len(vehicles))
        job.progress(from_fraction + (1 - from_fraction) * share, _("Making round trips"))
        with job.checkpoint():
            remade = preparing.prepare_trips(batch, now=job.now())
            if delivery is not None:
                deliveries.count_trips(delivery, remade)
        done += remade
    return done


@durable(queue="default", max_attempts=ATTEMPTS, timeout_minutes=30)
def read_tracks(job: JobContext, *, delivery_id: int) -> None:
    """Read a track file of one vehicle and make trips of it."""
    delivery = LegDelivery.objects.get(pk=delivery_id)
    if delivery.state != DeliveryState.WAITING or delivery.stored_file_id is None or delivery.vehicle_id is None:
        with job.commit():
            return
    stored = files.get(actor=job.actor, file_id=delivery.stored_file_id)
    try:
        with files.open_file(stored) as stream:
            found, untimed = fleetgps.read_gpx(cast(IO[bytes], stream), vehicle=str(delivery.vehicle_id))
    except fleetgps.NotGpx as error:
        place = _("line %(line)s: ") % {"line": error.line} if error.line else ""
        with job.commit():
            problem = f"{delivery.file_name}: {place}{error}"
            deliveries.end_delivery(delivery, actor=job.actor, now=job.now(), problem=problem)
        return
    with job.commit():
        kept = legs.keep_legs(delivery.vehicle_id, found)
        deliveries.count_kept(delivery, kept, read=len(found), unreadable=untimed)
        deliveries.count_trips(delivery, preparing.prepare_trips([delivery.vehicle_id], now=job.now()))
        deliveries.end_delivery(delivery, actor=job.actor, now=job.now())


@durable(queue="default", max_attempts=ATTEMPTS, timeout_minutes=120)
def prepare(job: JobContext, *, base_ids: list[int]) -> None:
    """Make the trips of the bases' vehicles anew from their legs, after parking points have changed."""
    remade = _remake(vehicles_at(base_ids), job, None)
    if remade is None:
        return
    with job.commit():
        job.result = {"new": remade.new, "removed": remade.removed, "in_the_way": remade.in_the_way}


@durable()
def fetch_due(job: JobContext, *, cadence: str) -> None:
    """Put a question to each source of this cadence in its queue, once for each time it is due."""
    with job.commit():
        for source in GpsSource.objects.filter(cadence=cadence):
            start_fetch(actor=job.actor, now=job.now(), source_id=source.pk, key=job.due_at.isoformat())


@durable()
def delete_old_legs(job: JobContext) -> None:
    """Delete legs that have been kept for as long as the municipality decided."""
    with job.commit():
        job.result = {"legs": legs.delete_old_legs(actor=job.actor, now=job.now())}


def start_fetch(*, actor: Actor, now: datetime, source_id: int, key: str = "") -> LegDelivery:
    """Ask a source in the background. While one question is under way another is not begun: that one is returned.

    Raises ``NotVisible``/``Forbidden``.
    """
    with transaction.atomic():
        reach.get(actor, GpsSource, source_id, action=deliveries.IMPORT)
        GpsSource.objects.select_for_update().get(pk=source_id)
        waiting = LegDelivery.objects.filter(source=source_id, state=DeliveryState.WAITING).first()
        if waiting is not None and _is_under_way(waiting):
            return waiting
        if waiting is not None:
            deliveries.end_delivery(
                waiting, actor=actor, now=now, problem=_("The work was stopped before it was done.")
            )
        delivery = deliveries.open_fetch(actor=actor, now=now, source_id=source_id)
        job = jobs.enqueue(
            fetch, {"delivery_id": delivery.pk}, actor=actor, now=now, unit=delivery.unit,
            title=_("Fetching trips from %(source)s") % {"source": delivery.source},
            idempotency_key=f"fleet.fetch.{source_id}.{key or delivery.pk}",
        )  # fmt: skip
        return _with_job(delivery, job)


def _is_under_way(delivery: LegDelivery) -> bool:
    job = jobs.Job.objects.filter(pk=delivery.job_id).first() if delivery.job_id else None
    return job is not None and not job.is_finished


def start_reading_tracks(
    *, actor: Actor, now: datetime, vehicle_id: int, content: IO[bytes], file_name: str
) -> LegDelivery:
    """Keep a track file and read it in the background. Raises ``files.NotStored``; ``NotVisible``/``Forbidden``."""
    with transaction.atomic():
        delivery = deliveries.open_file(
            actor=actor, now=now, vehicle_id=vehicle_id, content=content, file_name=file_name
        )
        job = jobs.enqueue(
            read_tracks, {"delivery_id": delivery.pk}, actor=actor, now=now, unit=delivery.unit,
            title=_("Reading %(file)s") % {"file": delivery.file_name},
        )  # fmt: skip
        return _with_job(delivery, job)


def start_preparing(*, actor: Actor, now: datetime, bases: Collection[Base]) -> jobs.Job:
    """Have the trips of the bases' vehicles made anew. Raises ``Forbidden``."""
    for base in bases:
        reach.get(actor, Base, base.pk, action=deliveries.IMPORT)
    names = ", ".join(sorted(base.name for base in bases))
    return jobs.enqueue(
        prepare, {"base_ids": sorted(base.pk for base in bases)}, actor=actor, now=now,
        title=_("Making round trips: %(bases)s") % {"bases": names[:120]},
    )  # fmt: skip


def see_through(delivery: LegDelivery) -> None:
    """See a delivery's job to its end from a command, doing it here unless a worker has it already."""
    assert delivery.job_id is not None
    claimed = leases.claim_one(delivery.job_id, worker=own_name(), now=clock.now())
    if claimed:
        run_now(claimed)
    while not jobs.Job.objects.get(pk=delivery.job_id).is_finished and not claimed:
        time.sleep(WAIT_SECONDS)
    delivery.refresh_from_db()


def _with_job(delivery: LegDelivery, job: jobs.Job) -> LegDelivery:
    delivery.job_id = job.pk
    delivery.save(update_fields=["job_id"])
    return delivery


for _name, _cron, _cadence, _title in (
    ("fleet.sources.hourly", "10 * * * *", Cadence.HOURLY, gettext_lazy("Fetch trips from fleet systems every hour")),
    ("fleet.sources.nightly", "40 3 * * *", Cadence.NIGHTLY, gettext_lazy("Fetch trips from fleet systems at night")),
):
    schedule(_name, _cron, fetch_due, title=_title, kwargs={"cadence": str(_cadence)})
