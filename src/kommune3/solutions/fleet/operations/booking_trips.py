# SPDX-License-Identifier: MPL-2.0
"""Bookings that are over as trips, so that a fleet can be found for them like for those of a fleet system."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from kommune3.kernel import clock
from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.audit import log
from kommune3.solutions.fleet.errors import BookingRefused
from kommune3.solutions.fleet.models import Base, Booking, BookingState, ImportState, Trip, TripImport
from kommune3.solutions.fleet.operations import daily
from kommune3.solutions.fleet.operations.imports import name_of

IMPORT = "fleet.trips.import"
_PREFIX = "booking-"


@transaction.atomic
def make_trips(*, actor: Actor, now: datetime, base: Base, first_day: date, last_day: date) -> TripImport:
    """Make trips of the base's returned bookings that began in these days, as an import that can be undone.

    Each booking becomes a trip once; one whose vehicle was on another trip then is left out, since that is the same
    drive told by the fleet system. Km are those driven, or those expected where nobody told. Raises
    :class:`BookingRefused` where there is nothing to make, ``Forbidden``.
    """
    reach.require(actor, IMPORT, unit=base.unit)
    Base.objects.select_for_update().get(pk=base.pk)
    start, end = clock.day_bounds(first_day)[0], clock.day_bounds(last_day)[1]
    rows = Booking.objects.filter(base=base, state=BookingState.RETURNED, start_at__gte=start, start_at__lt=end)
    made = set(Trip.objects.filter(base=base, external_id__startswith=_PREFIX).values_list("external_id", flat=True))
    trips: list[Trip] = []
    left_out = 0
    for row in rows.order_by("start_at", "id"):
        if f"{_PREFIX}{row.pk}" in made:
            continue
        since, until = row.started_at or row.start_at, row.returned_at or row.end_at
        if until <= since:
            since, until = row.start_at, row.end_at
        clashing = Trip.objects.filter(vehicle=row.vehicle, start_at__lt=until, end_at__gt=since).exists()
        if clashing or any(t.vehicle_id == row.vehicle_id and t.start_at < until and t.end_at > since for t in trips):
            left_out += 1
            continue
        km = row.driven_km if row.driven_km is not None else row.km
        trips.append(
            Trip(
                external_id=f"{_PREFIX}{row.pk}", base=base, vehicle=row.vehicle, start_at=since, end_at=until, km=km,
                needs=row.needs,
            )
        )  # fmt: skip
    if not trips:
        raise BookingRefused(_("There are no returned bookings in those days that are not trips already."))
    trip_import = TripImport.objects.create(
        unit=base.unit, file_name=_("Bookings: %(base)s") % {"base": base.name}, state=ImportState.COMMITTED,
        rows_read=len(trips) + left_out, rows_good=len(trips), rows_bad=left_out,
        first_start_at=min(trip.start_at for trip in trips), last_end_at=max(trip.end_at for trip in trips),
        created_by_name=name_of(actor), created_at=now, decided_at=now,
    )  # fmt: skip
    for trip in trips:
        trip.trip_import = trip_import
    Trip.objects.bulk_create(trips, batch_size=1000)
    daily.trips_changed(Trip.objects.filter(trip_import=trip_import), now=now)
    log.record(
        actor=actor, action="fleet.bookings.made_trips", now=now, object=trip_import, unit_id=base.unit_id,
        detail={"trips": len(trips), "left_out": left_out},
    )  # fmt: skip
    return trip_import
