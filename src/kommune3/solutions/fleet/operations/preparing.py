# SPDX-License-Identifier: MPL-2.0
"""Making trips of legs, and making them anew when legs or parking points have changed."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from fleetplan import tracks

from kommune3.solutions.fleet.models import Assignment, Trip, Vehicle
from kommune3.solutions.fleet.operations import daily
from kommune3.solutions.fleet.queries.tracks import base_of, load, vehicle_of

VEHICLES_AT_ONCE = 20
_METRE = 0.001


@dataclass(frozen=True)
class Remade:
    """What became of it. ``in_the_way``: round trips left out, since a trip from a file, or one that an optimisation
    builds on, is there already."""

    new: int = 0
    removed: int = 0
    in_the_way: int = 0

    def __add__(self, other: "Remade") -> "Remade":
        return Remade(self.new + other.new, self.removed + other.removed, self.in_the_way + other.in_the_way)


@transaction.atomic
def prepare_trips(vehicles: Collection[int], *, now: datetime) -> Remade:
    """Make the trips of some vehicles equal to the round trips of their legs, in one transaction.

    Trips from before the first leg that is kept stay as they are, and so do trips from files, and prepared trips that
    an optimisation builds on. Done twice, nothing changes the second time.
    """
    # Imports for the same vehicles wait here (operations.imports), and see what was made.
    list(Vehicle.objects.select_for_update().filter(pk__in=vehicles).order_by("pk").values_list("pk"))
    wanted, since = _wanted(load(vehicles))
    new: list[Trip] = []
    stale: list[int] = []
    in_the_way = 0
    for vehicle, round_trips in wanted.items():
        kept, outdated = _there(vehicle, round_trips, since[vehicle])
        stale += outdated
        for trip in round_trips:
            if (trip.start_at, trip.end_at) in kept:
                continue
            if any(start < trip.end_at and trip.start_at < end for start, end in kept):
                in_the_way += 1
            else:
                new.append(trip)
    outdated_trips = Trip.objects.filter(pk__in=stale)
    daily.trips_changed(outdated_trips, now=now)
    outdated_trips.delete()
    made = Trip.objects.bulk_create(new, batch_size=1000)
    daily.trips_changed(Trip.objects.filter(pk__in=[trip.pk for trip in made]), now=now)
    return Remade(len(new), len(stale), in_the_way)


def _wanted(prepared: tracks.Prepared) -> tuple[dict[int, list[Trip]], dict[int, datetime]]:
    """Vehicle -> the trips it should have, and the start of its first leg."""
    wanted: dict[int, list[Trip]] = defaultdict(list)
    since: dict[int, datetime] = {}
    for key, driving in prepared.vehicles.items():
        vehicle = vehicle_of(key)
        if driving.legs:
            since[vehicle] = min(since.get(vehicle, driving.legs[0].start), driving.legs[0].start)
        wanted.setdefault(vehicle, [])
        for found in driving.round_trips():
            wanted[vehicle].append(
                Trip(
                    base_id=base_of(key), vehicle_id=vehicle, start_at=found.start, end_at=found.end, km=found.km,
                    segments=[[part.start.isoformat(), part.end.isoformat(), part.km] for part in found.segments],
                    is_prepared=True,
                )
            )  # fmt: skip
    return {vehicle: wanted[vehicle] for vehicle in since}, since


def _there(vehicle: int, wanted: list[Trip], since: datetime) -> tuple[set[tuple[datetime, datetime]], list[int]]:
    """The times of the vehicle's trips that stay, and the prepared trips that are no longer right."""
    as_wanted = {(trip.start_at, trip.end_at): trip for trip in wanted}
    used = Exists(Assignment.objects.filter(trip=OuterRef("pk")))
    rows = Trip.objects.filter(Q(end_at__gt=since), vehicle_id=vehicle).annotate(is_used=used)
    kept: set[tuple[datetime, datetime]] = set()
    outdated: list[int] = []
    for row in rows.order_by("start_at"):
        same = as_wanted.get((row.start_at, row.end_at))
        is_right = same is not None and abs(same.km - row.km) <= _METRE and same.base_id == row.base_id
        may_go = row.is_prepared and not row.is_used and row.start_at >= since
        if may_go and not is_right:
            outdated.append(row.pk)
        else:
            kept.add((row.start_at, row.end_at))
    return kept, outdated
