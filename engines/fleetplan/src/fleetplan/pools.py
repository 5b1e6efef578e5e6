# SPDX-License-Identifier: MPL-2.0
"""Pools: bases that share vehicles, and how far it is from one to another."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from fleetplan.errors import InvalidProblem

if TYPE_CHECKING:
    from fleetplan.problem import Trip


@dataclass(frozen=True, slots=True)
class Transfer:
    """How a vehicle comes from one base to another. A way that is not given is as long as the one back."""

    from_base: str
    to_base: str
    minutes: float
    km: float

    def __post_init__(self) -> None:
        for name in ("minutes", "km"):
            if not 0 <= getattr(self, name) < float("inf"):
                raise InvalidProblem(
                    "not_a_quantity", name, getattr(self, name), "must be a finite number of zero or more"
                )
        if self.from_base == self.to_base:
            raise InvalidProblem("transfer_to_itself", "to_base", self.to_base, "is where the transfer comes from")


@dataclass(frozen=True, slots=True)
class Pool:
    """Bases that share vehicles. A vehicle stands at its home (``VehicleClass.home``) and may serve the others' trips.

    It leaves its home so early that it is at the trip's base when the trip starts, and is back at home a transfer after
    the trip's end: the trip holds it for so much longer, and is so many km longer, in all that is counted. A shift's
    vehicle comes before the first of its trips and leaves after the last. Two bases without a transfer between them
    share nothing. Bikes and e-bikes stay at home: transfers are driven by car.
    """

    id: str
    bases: frozenset[str]
    transfers: tuple[Transfer, ...] = ()

    def __post_init__(self) -> None:
        seen: set[tuple[str, str]] = set()
        for index, transfer in enumerate(self.transfers):
            for name in ("from_base", "to_base"):
                if getattr(transfer, name) not in self.bases:
                    raise InvalidProblem(
                        "unknown_base",
                        f"transfers[{index}].{name}",
                        getattr(transfer, name),
                        f"is not among the bases of pool {self.id!r}",
                    )
            if (transfer.from_base, transfer.to_base) in seen:
                raise InvalidProblem(
                    "duplicate_transfer",
                    f"transfers[{index}]",
                    f"{transfer.from_base} -> {transfer.to_base}",
                    "is given twice",
                )
            seen.add((transfer.from_base, transfer.to_base))


@dataclass(frozen=True, slots=True)
class Way:
    """From a vehicle's home to a trip's base, and back."""

    out: timedelta
    back: timedelta
    out_km: float
    back_km: float

    @property
    def km(self) -> float:
        return self.out_km + self.back_km


Ways = dict[tuple[str, str], Way]
"""(home, base of the trip) -> the way, for every pair of bases that share vehicles."""


def ways_of(pools: Iterable[Pool]) -> Ways:
    """Every way that the pools open."""
    ways: Ways = {}
    for pool in pools:
        given = {(t.from_base, t.to_base): t for t in pool.transfers}
        for home, base in {*given, *((there, here) for here, there in given)}:
            out = given.get((home, base)) or given[base, home]
            back = given.get((base, home)) or given[home, base]
            ways[home, base] = Way(timedelta(minutes=out.minutes), timedelta(minutes=back.minutes), out.km, back.km)
    return ways


def refuse_tangled(pools: Iterable[Pool], trips: "Iterable[Trip]") -> None:
    """Raises InvalidProblem for an id used twice, a base in two pools, a shift between bases of which one is pooled."""
    names: set[str] = set()
    pooled: dict[str, str] = {}
    for index, pool in enumerate(pools):
        if pool.id in names:
            raise InvalidProblem("duplicate_id", f"pools[{index}].id", pool.id, "is used twice")
        names.add(pool.id)
        for base in sorted(pool.bases):
            if base in pooled:
                raise InvalidProblem(
                    "base_in_two_pools", f"pools[{index}].bases", base, f"is in pool {pooled[base]!r} already"
                )
            pooled[base] = pool.id
    if not pooled:
        return
    base_of: dict[str, str] = {}
    for index, trip in enumerate(trips):
        first = trip.base if trip.shift is None else base_of.setdefault(trip.shift, trip.base)
        if first != trip.base and not pooled.keys().isdisjoint((first, trip.base)):
            raise InvalidProblem(
                "shift_bases", f"trips[{index}].base", trip.base, f"shift {trip.shift!r} has trips from {first!r} too"
            )
