# SPDX-License-Identifier: MPL-2.0
"""How much of the driving is explained by complete round trips."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from fleetplan.tracks.cleaning import Fault
from fleetplan.tracks.preparing import Prepared, StretchKind


@dataclass(frozen=True, slots=True)
class Figures:
    """What a set of legs comes to. ``km_complete + km_incomplete + km_set_aside`` are the km of all its legs.

    ``incomplete``: stretches by kind. ``faults``: legs set aside by reason (their km may be nonsense, so they take no
    part in the precision). ``unplaced``: legs with an end that has no fix. ``jumps``: movements that are missing.
    """

    legs: int
    round_trips: int
    km_complete: float
    km_incomplete: float
    km_set_aside: float
    incomplete: Mapping[StretchKind, int]
    faults: Mapping[Fault, int]
    unplaced: int
    jumps: int

    @property
    def km(self) -> float:
        """Km of the legs that take part."""
        return self.km_complete + self.km_incomplete

    @property
    def precision(self) -> float | None:
        """The share of the km that lie in complete round trips, 0 to 1; None where nothing was driven."""
        return self.km_complete / self.km if self.km else None


def measure(
    prepared: Prepared,
    *,
    vehicles: Collection[str] | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Figures:
    """The figures of some or all vehicles, of legs that start in [since, until).

    A round trip that began before ``since`` is complete also where only part of it lies within, so give ``prepare``
    some days on either side of the period.
    """
    legs = unplaced = 0
    round_trips = 0
    km = {True: 0.0, False: 0.0}
    aside_km = 0.0
    incomplete: Counter[StretchKind] = Counter()
    faults: Counter[Fault] = Counter()
    jumps = 0

    def within(at: datetime) -> bool:
        return (since is None or at >= since) and (until is None or at < until)

    for vehicle, driving in prepared.vehicles.items():
        if vehicles is not None and vehicle not in vehicles:
            continue
        for stretch in driving.stretches:
            own = [leg for leg in stretch.legs if within(leg.start)]
            legs += len(own)
            unplaced += sum(leg.start_place is None or leg.end_place is None for leg in own)
            is_complete = stretch.kind is StretchKind.COMPLETE
            km[is_complete] += sum(leg.km for leg in own)
            if is_complete:
                round_trips += within(stretch.start)
            elif own:
                incomplete[stretch.kind] += 1
        for aside in driving.set_aside:
            if within(aside.leg.start):
                faults[aside.fault] += 1
                aside_km += aside.leg.km if aside.fault is not Fault.BAD_KM else 0.0
        jumps += sum(map(within, driving.jumps))
    return Figures(
        legs=legs + faults.total(),
        round_trips=round_trips,
        km_complete=round(km[True], 3),
        km_incomplete=round(km[False], 3),
        km_set_aside=round(aside_km, 3),
        incomplete=dict(incomplete),
        faults=dict(faults),
        unplaced=unplaced,
        jumps=jumps,
    )
