# SPDX-License-Identifier: MPL-2.0
"""The busiest instant of each base: when most of its trips hold a vehicle at once."""

from collections import defaultdict
from dataclasses import replace
from datetime import timedelta

import fleetplan


def busiest_instants(problem: fleetplan.Problem) -> dict[str, fleetplan.Witness]:
    """Base -> the instant at which most of its trips hold a vehicle at once."""
    by_base: dict[str, list[fleetplan.Trip]] = defaultdict(list)
    for trip in problem.trips:
        by_base[trip.base].append(trip)
    return {base: _busiest(problem, tuple(trips)) for base, trips in by_base.items()}


def _busiest(problem: fleetplan.Problem, trips: tuple[fleetplan.Trip, ...]) -> fleetplan.Witness:
    """The engine's witness; among equally busy instants the longest, which is easiest to recognise."""
    witness = fleetplan.minimum_vehicles(replace(problem, trips=trips, vehicles=()))
    if any(trip.shift is not None for trip in trips):
        return witness
    changeover = timedelta(minutes=problem.rules.changeover_minutes)
    changes = sorted(
        [(trip.start, 0, trip.id) for trip in trips] + [(trip.end + changeover, 1, trip.id) for trip in trips]
    )
    away: set[str] = set()
    longest: tuple[timedelta, fleetplan.Witness] | None = None
    for (at, is_release, trip_id), (following, *_rest) in zip(changes, changes[1:], strict=False):
        if is_release:
            away.discard(trip_id)
        else:
            away.add(trip_id)
        if len(away) == witness.vehicles_needed and (longest is None or following - at > longest[0]):
            longest = (following - at, replace(witness, starts_at=at, ends_at=following, trip_ids=tuple(sorted(away))))
    return longest[1] if longest else witness
