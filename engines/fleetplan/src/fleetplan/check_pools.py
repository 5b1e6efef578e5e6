# SPDX-License-Identifier: MPL-2.0
"""The checker's view of pools: which trips a vehicle's home lets it take, and each trip with the transfers around it.

Like the rest of the checker it is written against the rules (:class:`fleetplan.pools.Pool`), not the solver.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from fleetplan.answer import Violation
from fleetplan.pools import Transfer
from fleetplan.problem import Kind, Problem, Segment, Trip, VehicleClass


def as_driven(problem: Problem, vehicle_class: VehicleClass, held: list[Trip]) -> list[Trip]:
    """One vehicle's trips with their transfers: earlier off, later home, more km. In the order given."""
    if vehicle_class.home is None or not problem.pools:
        return held
    shifts: dict[str, list[Trip]] = defaultdict(list)
    for trip in held:
        if trip.shift is not None:
            shifts[trip.shift].append(trip)
    lengthened = []
    for trip in held:
        there = _transfer(problem, vehicle_class.home, trip.base)
        back = _transfer(problem, trip.base, vehicle_class.home)
        together = [trip] if trip.shift is None else shifts[trip.shift]
        if there is not None and trip.id == min(together, key=lambda each: each.start).id:
            leaves = trip.start - timedelta(minutes=there.minutes)
            drive = (Segment(leaves, trip.start, there.km),) if trip.segments else ()
            trip = replace(trip, start=leaves, km=trip.km + there.km, segments=drive + trip.segments)
        if back is not None and trip.id == max(together, key=lambda each: each.end).id:
            home_at = trip.end + timedelta(minutes=back.minutes)
            drive = (Segment(trip.end, home_at, back.km),) if trip.segments else ()
            trip = replace(trip, end=home_at, km=trip.km + back.km, segments=trip.segments + drive)
        lengthened.append(trip)
    return lengthened


def homes(
    problem: Problem, vehicle_class: VehicleClass, vehicle: tuple[str, int], held: list[Trip]
) -> Iterator[Violation]:
    """Every trip from a base that the vehicle's home shares nothing with."""
    home = vehicle_class.home
    for trip in held:
        if home is None or trip.base == home:
            continue
        if _transfer(problem, home, trip.base) is None:
            yield Violation(
                "base", f"at home in {home!r}, which shares nothing with {trip.base!r}", (trip.id,), *vehicle
            )
        elif vehicle_class.kind in (Kind.BIKE, Kind.E_BIKE):
            yield Violation("base", f"a bike from {home!r} stays there", (trip.id,), *vehicle)


def _transfer(problem: Problem, here: str, there: str) -> Transfer | None:
    """The transfer from one base to another; as the one back where only that is given."""
    for pool in problem.pools:
        for transfer in pool.transfers:
            if (transfer.from_base, transfer.to_base) == (here, there):
                return transfer
        for transfer in pool.transfers:
            if (transfer.from_base, transfer.to_base) == (there, here):
                return transfer
    return None
