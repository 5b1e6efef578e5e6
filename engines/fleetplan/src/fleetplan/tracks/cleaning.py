# SPDX-License-Identifier: MPL-2.0
"""Legs that cannot be right, put aside with the reason; what is left never overlaps."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from math import isfinite

from fleetplan.tracks.legs import Leg, real

LONGEST = timedelta(days=20)
"""A longer leg or round trip is a tracker that fell out; fleet systems are known to deliver such."""
FASTEST_KMH = 150.0
"""Above the highest Danish speed limit (130 km/h), with room for clocks that are not exact."""
SHORTEST_FOR_SPEED = timedelta(minutes=5)
"""Below this the rounding of times says more about the speed than the driving does."""
TOLERATED_OVERLAP = timedelta(minutes=1)
"""Times rounded to whole seconds or minutes make the next leg begin a little before the last one ends."""


class Fault(StrEnum):
    """Why a leg was set aside."""

    END_NOT_AFTER_START = "end_not_after_start"
    TOO_LONG = "too_long"
    BAD_KM = "bad_km"  # negative, infinite or not a number
    TOO_FAST = "too_fast"
    NOT_MOVED = "not_moved"  # 0 km
    DUPLICATE = "duplicate"  # the same movement, delivered twice or cut short the first time
    OVERLAP = "overlap"  # the vehicle is on another leg


@dataclass(frozen=True, slots=True)
class SetAside:
    """A leg that takes no part, and why."""

    leg: Leg
    fault: Fault


def clean(legs: Iterable[Leg]) -> tuple[dict[str, tuple[Leg, ...]], tuple[SetAside, ...]]:
    """The legs of each vehicle in order of time, none overlapping the next, and what was set aside.

    Of legs with the same start (or the same end) the longest is kept: the others are the same movement, seen while it
    was still going on. A leg that begins at most a minute before the last one ended begins when that ended.
    Of legs that overlap more, those that end first are kept, which keeps most of them. Places at (0, 0) become None.
    """
    aside: list[SetAside] = []
    by_vehicle: dict[str, list[Leg]] = defaultdict(list)
    for leg in legs:
        fault = _fault(leg)
        if fault is None:
            start_place, end_place = real(leg.start_place), real(leg.end_place)
            if start_place is not leg.start_place or end_place is not leg.end_place:
                leg = replace(leg, start_place=start_place, end_place=end_place)
            by_vehicle[leg.vehicle].append(leg)
        else:
            aside.append(SetAside(leg, fault))
    kept: dict[str, tuple[Leg, ...]] = {}
    for vehicle in sorted(by_vehicle):
        kept[vehicle] = _without_overlaps(by_vehicle[vehicle], aside)
    return kept, tuple(sorted(aside, key=lambda each: (_order(each.leg), each.fault)))


def _fault(leg: Leg) -> Fault | None:
    lasting = leg.end - leg.start
    if lasting <= timedelta():
        return Fault.END_NOT_AFTER_START
    if lasting > LONGEST:
        return Fault.TOO_LONG
    if not isfinite(leg.km) or leg.km < 0:
        return Fault.BAD_KM
    if leg.km == 0:
        return Fault.NOT_MOVED
    if leg.km / (max(lasting, SHORTEST_FOR_SPEED) / timedelta(hours=1)) > FASTEST_KMH:
        return Fault.TOO_FAST
    return None


def _without_overlaps(legs: list[Leg], aside: list[SetAside]) -> tuple[Leg, ...]:
    once = _longest_of_each(legs, aside, lambda leg: leg.start)
    once = _longest_of_each(once, aside, lambda leg: leg.end)
    kept: list[Leg] = []
    for leg in sorted(once, key=lambda each: (each.end, _order(each))):
        if not kept or leg.start >= kept[-1].end:
            kept.append(leg)
        elif kept[-1].end - leg.start <= TOLERATED_OVERLAP and leg.start > kept[-1].start:
            kept.append(replace(leg, start=kept[-1].end))
        else:
            aside.append(SetAside(leg, Fault.OVERLAP))
    return tuple(kept)


def _longest_of_each(legs: list[Leg], aside: list[SetAside], same: Callable[[Leg], datetime]) -> list[Leg]:
    groups: dict[datetime, list[Leg]] = defaultdict(list)
    for leg in legs:
        groups[same(leg)].append(leg)
    kept = []
    for group in groups.values():
        longest = max(group, key=lambda each: (each.end - each.start, each.km, _order(each)))
        kept.append(longest)
        rest = list(group)
        rest.remove(longest)
        aside += [SetAside(leg, Fault.DUPLICATE) for leg in rest]
    return kept


def _order(leg: Leg) -> tuple[object, ...]:
    places = [(p.latitude, p.longitude) if p else (999.0, 999.0) for p in (leg.start_place, leg.end_place)]
    km = leg.km if isfinite(leg.km) else -1.0
    return (leg.vehicle, leg.start, leg.end, km, *places)
