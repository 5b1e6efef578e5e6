# SPDX-License-Identifier: MPL-2.0
"""Whether windows and the gaps between visits can all be kept: differences as Bellman and Ford solve them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from kommune3.solutions.care.models import SameCarer


class Fault(StrEnum):
    """Why two visits cannot both be planned as they hang together."""

    ORDER = "order"  # each is to come after the other
    GAP = "gap"  # their windows do not allow the gap
    SAME = "same"  # one carer cannot make both within the gap


@dataclass(frozen=True)
class Bounds:
    """When a visit can start, and how long it lasts, in seconds. ``latest`` None: it may be late."""

    earliest: int
    latest: int | None
    duration: int


@dataclass(frozen=True)
class Tie:
    """A link: the second starts between ``least`` and ``most`` seconds after the first (None: no limit)."""

    key: int
    first: int
    second: int
    least: int | None
    most: int | None
    by: str = SameCarer.ANY


Arcs = list[tuple[int, int, int]]
_ORIGIN = -1  # stands for the beginning of the day; no visit has this number


def find_faults(bounds: Mapping[int, Bounds], ties: Iterable[Tie]) -> dict[int, Fault]:
    """The ties, by key, that cannot be kept together with those before them."""
    faults: dict[int, Fault] = {}
    kept: dict[int, list[Tie]] = defaultdict(list)  # by the visit they touch
    for tie in ties:
        if _too_close_for_one(tie, bounds):
            faults[tie.key] = Fault.SAME
            continue
        together = _component(tie, kept)
        order = [arc for each in together for arc in _arcs(each)]
        if not _holds(order):
            faults[tie.key] = Fault.ORDER
        elif not _holds(order + _windows(together, bounds)):
            faults[tie.key] = Fault.GAP
        else:
            kept[tie.first].append(tie)
            kept[tie.second].append(tie)
    return faults


def _too_close_for_one(tie: Tie, bounds: Mapping[int, Bounds]) -> bool:
    if tie.by != SameCarer.SAME:
        return False
    second_after = tie.most is None or tie.most >= bounds[tie.first].duration
    first_after = tie.least is None or -tie.least >= bounds[tie.second].duration
    return not second_after and not first_after


def _component(tie: Tie, kept: Mapping[int, list[Tie]]) -> list[Tie]:
    """The tie and those that are kept already and hang together with it."""
    found, seen, waiting = {tie.key: tie}, {tie.first, tie.second}, [tie.first, tie.second]
    while waiting:
        for each in kept.get(waiting.pop(), ()):
            found[each.key] = each
            new = {each.first, each.second} - seen
            seen |= new
            waiting += new
    return list(found.values())


def _arcs(tie: Tie) -> Arcs:
    """(i, j, lag): j starts at least ``lag`` after i."""
    arcs: Arcs = []
    if tie.least is not None:
        arcs.append((tie.first, tie.second, tie.least))
    if tie.most is not None:
        arcs.append((tie.second, tie.first, -tie.most))
    return arcs


def _windows(ties: Iterable[Tie], bounds: Mapping[int, Bounds]) -> Arcs:
    arcs: Arcs = []
    for visit in {end for tie in ties for end in (tie.first, tie.second)}:
        arcs.append((_ORIGIN, visit, bounds[visit].earliest))
        latest = bounds[visit].latest
        if latest is not None:
            arcs.append((visit, _ORIGIN, -latest))
    return arcs


def _holds(arcs: Arcs) -> bool:
    """Whether starts exist that keep all arcs: whether no circle of arcs asks for more than nothing."""
    start = dict.fromkeys((end for one, other, _lag in arcs for end in (one, other)), 0)
    for _round in range(len(start) + 1):
        moved = False
        for one, other, lag in arcs:
            if start[one] + lag > start[other]:
                start[other] = start[one] + lag
                moved = True
        if not moved:
            return True
    return False
