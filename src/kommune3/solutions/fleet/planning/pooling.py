# SPDX-License-Identifier: MPL-2.0
"""Pools as the engine sees them: copied into a run when it is asked, counted with, and told of afterwards."""

from collections.abc import Iterable, Sequence
from typing import Any

import fleetplan

from kommune3.solutions.fleet.models import Base, Pool


def copy_of_pools(bases: Iterable[Base]) -> list[dict[str, Any]]:
    """The pools of which two or more of the bases are members, with the ways between those, as plain data."""
    wanted = {base.pk: base.name for base in bases}
    found = []
    pools = Pool.objects.filter(members__base__in=wanted).distinct().prefetch_related("members", "ways")
    for pool in pools.order_by("pk"):
        members = sorted(member.base_id for member in pool.members.all() if member.base_id in wanted)
        ways = [
            {
                "from": way.from_base_id, "to": way.to_base_id, "from_name": wanted[way.from_base_id],
                "to_name": wanted[way.to_base_id], "minutes": str(way.minutes), "km": str(way.km), "kind": way.kind,
                "source": way.source,
            }
            for way in pool.ways.all()
            if way.from_base_id in members and way.to_base_id in members
        ]  # fmt: skip
        if ways:
            found.append({"pool": pool.pk, "name": pool.name, "bases": members, "ways": ways})
    return found


def engine_pools(used: Sequence[dict[str, Any]]) -> tuple[fleetplan.Pool, ...]:
    """A run's copy of its pools as the engine's."""
    return tuple(
        fleetplan.Pool(
            str(pool["pool"]),
            frozenset(str(base) for base in pool["bases"]),
            tuple(
                fleetplan.Transfer(str(way["from"]), str(way["to"]), float(way["minutes"]), float(way["km"]))
                for way in pool["ways"]
            ),
        )
        for pool in used
    )


def transfer_km(problem: fleetplan.Problem, home: str | None, trips: Iterable[fleetplan.Trip]) -> float:
    """Km in the period that one vehicle drives between its home and other bases for these trips."""
    if home is None or not problem.ways:
        return 0.0
    ways = {
        f"trip {trip.id}" if trip.shift is None else f"shift {trip.shift}": problem.ways[home, trip.base].km
        for trip in trips
        if (home, trip.base) in problem.ways
    }
    return sum(ways.values())
