# SPDX-License-Identifier: MPL-2.0
"""Trips as the solver sees them: jobs in order of start, as arrays, and which class may take which job.

A job is what one vehicle takes as a whole: a single trip, or all trips of one shift with the vehicle held in between.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from fleetplan.instants import MICROSECOND, microseconds
from fleetplan.problem import BikeRules, Kind, Problem, Segment, Trip, VehicleClass
from fleetplan.windows import Walk, make_legs, too_long, walks_by_segments


@dataclass(frozen=True, slots=True)
class Jobs:
    """``n`` jobs in order of start. Times in µs since 1970 UTC.

    ``trips[j]``: indices into ``problem.trips``, in time order. ``release[j]``: the last instant at which the vehicle
    is still held, change-over included. ``allowed[j, c]``: whether class ``c`` may take job ``j``, alone on a vehicle.
    ``start``, ``release`` and ``km`` are those of a vehicle at the job's base; ``starts[j, c]`` and so on add the
    transfers of class ``c``. Jobs that one vehicle can take one after another stand in the same order either way.
    """

    trips: tuple[tuple[int, ...], ...]
    start: NDArray[np.int64]
    release: NDArray[np.int64]
    km: NDArray[np.float64]
    size: NDArray[np.int64]  # trips in the job
    starts: NDArray[np.int64]  # [n, classes]
    releases: NDArray[np.int64]  # [n, classes]
    kms: NDArray[np.float64]  # [n, classes]
    allowed: NDArray[np.bool_]  # [n, classes]
    bikeable: NDArray[np.bool_]  # [n]: some bike class could take it

    @property
    def n(self) -> int:
        return len(self.trips)

    def is_away(self, job: int, c: int) -> bool:
        """Whether a vehicle of the class needs a transfer to take the job."""
        return bool(self.starts[job, c] != self.start[job] or self.kms[job, c] != self.km[job])

    def transfer_km(self, class_of: NDArray[np.int64]) -> float:
        """Km in the period between homes and other bases. ``class_of`` [n]: the class that takes the job, -1 = none."""
        taken = np.flatnonzero(class_of >= 0)
        return float((self.kms[taken, class_of[taken]] - self.km[taken]).sum())


def in_order(
    problem: Problem,
) -> tuple[tuple[tuple[int, ...], ...], NDArray[np.int64], NDArray[np.int64]]:
    """The jobs in order of start: indices of their trips, start and release in µs, without transfers."""
    groups: dict[str, list[int]] = {}
    alone: list[tuple[int, ...]] = []
    for index, trip in enumerate(problem.trips):
        if trip.shift is None:
            alone.append((index,))
        else:
            groups.setdefault(trip.shift, []).append(index)
    trips = problem.trips
    members = alone + [tuple(sorted(group, key=lambda i: trips[i].start)) for group in groups.values()]
    starts = np.array([microseconds(trips[job[0]].start) for job in members], dtype=np.int64)
    ends = np.array([max(microseconds(trips[i].end) for i in job) for job in members], dtype=np.int64)
    order = np.lexsort((ends, starts))
    changeover = round(problem.rules.changeover_minutes * 60_000_000)
    return tuple(members[position] for position in order), starts[order], ends[order] + changeover


def make_jobs(problem: Problem) -> Jobs:
    """Group, sort and judge all trips."""
    trips = problem.trips
    ordered, start, release = in_order(problem)
    per_trip = np.zeros((len(trips), len(problem.classes)), dtype=bool)
    for c, vehicle_class in enumerate(problem.classes):
        per_trip[:, c] = allowed_trips(problem, vehicle_class)
    allowed = per_trip[[job[0] for job in ordered]]
    for j, job in enumerate(ordered):
        if len(job) > 1:
            allowed[j] = per_trip[list(job)].all(axis=0)
    _refuse_what_breaks_windows(problem, ordered, allowed)
    bikes = [c for c, vehicle_class in enumerate(problem.classes) if vehicle_class.kind.is_bike]
    km = np.array([sum(trips[i].km for i in job) for job in ordered], dtype=np.float64)
    by_class = _with_transfers(problem, ordered, start, release, km)
    return Jobs(
        trips=ordered,
        start=start,
        release=release,
        km=km,
        size=np.array([len(job) for job in ordered], dtype=np.int64),
        starts=by_class[0],
        releases=by_class[1],
        kms=by_class[2],
        allowed=allowed,
        bikeable=np.asarray(allowed[:, bikes].any(axis=1)),
    )


def _with_transfers(
    problem: Problem,
    ordered: tuple[tuple[int, ...], ...],
    start: NDArray[np.int64],
    release: NDArray[np.int64],
    km: NDArray[np.float64],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Start, release and km per job and class. Without pools all classes share one column in memory."""
    shape = len(ordered), len(problem.classes)
    starts, releases = np.broadcast_to(start[:, None], shape), np.broadcast_to(release[:, None], shape)
    kms = np.broadcast_to(km[:, None], shape)
    if not problem.ways:
        return starts, releases, kms
    starts, releases, kms = starts.copy(), releases.copy(), kms.copy()
    names, base = np.unique([problem.trips[job[0]].base for job in ordered], return_inverse=True)
    for c, vehicle_class in enumerate(problem.classes):
        for number, name in enumerate(names.tolist()):
            way = problem.ways.get((vehicle_class.home or name, name))
            if way is not None:
                here = base == number
                starts[here, c] -= way.out // MICROSECOND
                releases[here, c] += way.back // MICROSECOND
                kms[here, c] += way.km
    return starts, releases, kms


def driven_trips(problem: Problem, job: tuple[int, ...], vehicle_class: VehicleClass) -> tuple[Trip, ...]:
    """A job's trips as a vehicle of the class drives them: with its transfers before the first and after the last."""
    trips = [problem.trips[i] for i in job]
    way = problem.ways.get((vehicle_class.home or trips[0].base, trips[0].base))
    if way is not None:
        first = trips[0]
        leaves = first.start - way.out
        came = (Segment(leaves, first.start, way.out_km), *first.segments) if first.segments else ()
        trips[0] = replace(first, start=leaves, km=first.km + way.out_km, segments=came)
        last = trips[-1]
        home = last.end + way.back
        went = (*last.segments, Segment(last.end, home, way.back_km)) if last.segments else ()
        trips[-1] = replace(last, end=home, km=last.km + way.back_km, segments=went)
    return tuple(trips)


def allowed_trips(problem: Problem, vehicle_class: VehicleClass) -> NDArray[np.bool_]:
    """Which trips a class may take at all: needs, base, bike rules, range and rest with the vehicle to itself.

    Transfers are not looked at here, but in :func:`_refuse_what_breaks_windows`.
    """
    trips = problem.trips
    bikes = problem.rules.bikes
    zone = ZoneInfo(bikes.zone)
    is_bike = vehicle_class.kind.is_bike
    max_kmh = bikes.max_kmh if vehicle_class.kind is Kind.BIKE else bikes.e_bike_max_kmh
    served = served_bases(problem, vehicle_class)
    return np.fromiter(
        (
            trip.needs <= vehicle_class.capabilities
            and (served is None or trip.base in served)
            and (not is_bike or bike_can(trip, bikes, zone, max_kmh))
            and (not too_long(trip, vehicle_class) or walks_by_segments(trip, vehicle_class))
            for trip in trips
        ),
        dtype=bool,
        count=len(trips),
    )


def served_bases(problem: Problem, vehicle_class: VehicleClass) -> frozenset[str] | None:
    """The bases whose trips a class may take; None = all."""
    home, bases = vehicle_class.home, vehicle_class.bases
    if home is None:
        return bases
    shared = frozenset() if vehicle_class.kind.is_bike else {base for there, base in problem.ways if there == home}
    return frozenset({home, *shared}) if bases is None else bases & {home, *shared}


def bike_can(trip: Trip, bikes: BikeRules, zone: ZoneInfo, max_kmh: float | None) -> bool:
    """Length, speed at the wheel and time of day of one trip against the bike rules."""
    if trip.km >= bikes.max_trip_km:
        return False
    if max_kmh is not None and trip.km >= max_kmh * (trip.driving / timedelta(hours=1)):
        return False
    start, end = trip.start.astimezone(zone), trip.end.astimezone(zone)
    return start.date() == end.date() and any(
        opens <= start.time() and end.time() <= closes for opens, closes in bikes.slots
    )


def _refuse_what_breaks_windows(
    problem: Problem, ordered: tuple[tuple[int, ...], ...], allowed: NDArray[np.bool_]
) -> None:
    """A shift, or a trip with its transfers, can break range or rest although each trip by itself is fine."""
    for c, vehicle_class in enumerate(problem.classes):
        if not vehicle_class.has_windows:
            continue
        for j, job in enumerate(ordered):
            if not allowed[j, c] or (len(job) == 1 and not _is_away(problem, job, vehicle_class)):
                continue
            driven = driven_trips(problem, job, vehicle_class)
            allowed[j, c] = all(
                not too_long(trip, vehicle_class) or walks_by_segments(trip, vehicle_class) for trip in driven
            ) and Walk(vehicle_class).step(make_legs(driven, vehicle_class))


def _is_away(problem: Problem, job: tuple[int, ...], vehicle_class: VehicleClass) -> bool:
    return bool(problem.ways) and vehicle_class.home not in (None, problem.trips[job[0]].base)
