# SPDX-License-Identifier: MPL-2.0
"""Who charges when, as cheaply as may be, once it is settled who drives what.

What a vehicle needs before each trip is rounded up to whole minutes at the outlet, and what it takes fits in them, so
what comes out is safe. Minutes are a flow (from cells to vehicles, and on in their batteries), so they come out whole.
"""

import math
from dataclasses import dataclass

import numpy as np

from fleetplan.charge_depot import KWH, Outlet, Ride, Stay, Timetable, merged
from fleetplan.instants import HOUR_US
from fleetplan.mip import INF, Mip, Rows, solve_mip

_SECOND_US = 1_000_000
_MOST_THINNED = 12
"""So many of a vehicle's dearest cells are looked at for charge that a cheaper one could have given."""
_EARLY = 1e-7
"""Kr. per kWh and cell of waiting: of equal prices the earlier is taken."""


@dataclass(frozen=True, slots=True)
class _Home:
    """A vehicle at home between two trips: the cells it may charge in, what it must and what it can hold after."""

    ride: int
    cells: tuple[int, ...]
    used_kwh: float  # up to here
    next_kwh: float  # by the trip that ends it; what it started with, at the end


def charge_cheaply(rides: list[Ride], outlets: list[Outlet], times: Timetable, *, seconds: float) -> list[Stay] | None:
    """Cheapest charging in whole minutes (of outlets of several speeds: seconds); None where rounding leaves none."""
    homes = [home for number, ride in enumerate(rides) for home in _homes(number, ride, times)]
    groups = _groups(outlets)
    quantum = 60 * _SECOND_US if len(groups) == 1 else _SECOND_US
    margins = (1, 0) if len(groups) == 1 else (60, 300)
    for margin in margins:
        minutes = _Minutes(rides, homes, groups, times, quantum, margin)
        allotted = minutes.solve(seconds)
        if allotted is None:
            continue
        taken = _fill(rides, homes, groups, times, quantum, allotted)
        if taken is not None:
            return _place(taken, groups, times)
    return None


@dataclass(frozen=True, slots=True)
class _Group:
    """Outlets of one speed."""

    kw: float
    outlets: tuple[Outlet, ...]


def _groups(outlets: list[Outlet]) -> list[_Group]:
    speeds = sorted({outlet.kw for outlet in outlets}, reverse=True)
    return [_Group(kw, tuple(o for o in outlets if o.kw == kw)) for kw in speeds]


def _homes(number: int, ride: Ride, times: Timetable) -> list[_Home]:
    legs = sorted(ride.legs)
    found = []
    since, used = int(times.edges[0]), 0.0
    for start, end, kwh in [*legs, (int(times.edges[-1]), 0, ride.started_kwh)]:
        first = int(np.searchsorted(times.edges, since, side="left"))
        last = int(np.searchsorted(times.edges, start, side="right")) - 1
        found.append(_Home(number, tuple(range(first, last)), used, kwh))
        since, used = end, used + kwh
    return found


Allotted = dict[tuple[int, int, int], int]
"""(home, cell, group) -> quanta of time at an outlet."""


class _Minutes:
    """How many minutes each vehicle stands at an outlet in each cell: a flow, so minutes come out whole.

    Stored charge is counted in quanta at the vehicle's best speed: what it needs is rounded up, with ``margin`` quanta
    in hand for what a full battery refuses of the last one.
    """

    def __init__(
        self,
        rides: list[Ride],
        homes: list[_Home],
        groups: list[_Group],
        times: Timetable,
        quantum: int,
        margin: int,
    ) -> None:
        self.homes, self.groups, self.quantum = homes, groups, quantum
        span = np.diff(times.edges)
        keys = [(h, cell, g) for h, home in enumerate(homes) for cell in home.cells for g in range(len(groups))]
        z = len(keys)
        self.keys = keys
        best = [min(groups[0].kw, ride.charge_kw) if groups else 1.0 for ride in rides]
        unit = [kw * quantum / HOUR_US for kw in best]
        cost = np.zeros(z + len(homes))
        upper = np.full(z + len(homes), INF)
        lower = np.zeros(z + len(homes))
        row, column, value = [], [], []
        for number, (h, cell, g) in enumerate(keys):
            vehicle = homes[h].ride
            kw = min(groups[g].kw, rides[vehicle].charge_kw)
            cost[number] = kw * quantum / HOUR_US * (times.price[cell] + _EARLY * cell)
            upper[number] = span[cell] // quantum
            row.append(h)
            column.append(number)
            value.append(-kw / best[vehicle])
        for h, home in enumerate(homes):
            ride = rides[home.ride]
            missing = ride.usable_kwh - ride.started_kwh + home.used_kwh
            last = h + 1 == len(homes) or homes[h + 1].ride != home.ride
            room = math.ceil(missing / unit[home.ride] - 1e-9) + (margin if last else 0)
            short = home.next_kwh - ride.started_kwh + home.used_kwh
            need = math.ceil(short / unit[home.ride] - 1e-9) + margin if short > KWH else 0
            need = min(need, room)
            lower[z + h], upper[z + h] = need, max(room, 0)
            row.append(h)
            column.append(z + h)
            value.append(1.0)
            if h and homes[h - 1].ride == home.ride:
                row.append(h)
                column.append(z + h - 1)
                value.append(-1.0)
        bounds = [np.zeros(len(homes))]
        tops = [np.zeros(len(homes))]
        count = len(homes)
        used_cells = sorted({(cell, g) for _, cell, g in keys})
        at = {key: count + index for index, key in enumerate(used_cells)}
        for number, (_, cell, g) in enumerate(keys):
            row.append(at[cell, g])
            column.append(number)
            value.append(1.0)
        bounds.append(np.full(len(used_cells), -INF))
        tops.append(np.array([len(groups[g].outlets) * (span[cell] // quantum) for cell, g in used_cells], dtype=float))
        count += len(used_cells)
        if len(groups) > 1:
            alone = sorted({(h, cell) for h, cell, _ in keys})
            only = {key: count + index for index, key in enumerate(alone)}
            for number, (h, cell, _) in enumerate(keys):
                row.append(only[h, cell])
                column.append(number)
                value.append(1.0)
            bounds.append(np.full(len(alone), -INF))
            tops.append(np.array([span[cell] // quantum for _, cell in alone], dtype=float))
            count += len(alone)
        order = np.argsort(np.array(row), kind="stable")
        start = np.concatenate([[0], np.cumsum(np.bincount(np.array(row, dtype=np.int64), minlength=count))])
        rows = Rows(
            start.astype(np.int32),
            np.array(column)[order].astype(np.int32),
            np.array(value)[order],
            np.concatenate(bounds),
            np.concatenate(tops),
        )
        self.mip = Mip(cost, lower, upper, rows, continuous=len(cost))

    def solve(self, seconds: float) -> Allotted | None:
        chosen = self._run(self.mip, seconds)
        if chosen is None or len(self.groups) == 1:
            return chosen
        # At home a vehicle stays at one speed of outlet: the one that gives it most, else the fastest.
        most: dict[int, dict[int, int]] = {}
        for (h, _, g), quanta in chosen.items():
            of_home = most.setdefault(h, {})
            of_home[g] = of_home.get(g, 0) + quanta
        kept = {h: max(of_home, key=of_home.__getitem__) for h, of_home in most.items()}
        upper = self.mip.upper.copy()
        for number, (h, _, g) in enumerate(self.keys):
            if kept.get(h, 0) != g:
                upper[number] = 0.0
        fixed = Mip(self.mip.cost, self.mip.lower, upper, self.mip.rows, continuous=self.mip.continuous)
        return self._run(fixed, seconds)

    def _run(self, mip: Mip, seconds: float) -> Allotted | None:
        x = solve_mip(mip, seconds=seconds).x
        if x is None:
            return None
        quanta = np.floor(x[: len(self.keys)] + 1e-6).astype(np.int64)
        return {self.keys[i]: int(quanta[i]) for i in np.flatnonzero(quanta).tolist()}


@dataclass(slots=True)
class _Taken:
    """What a vehicle takes in a cell: from which speed of outlet, how long, how much."""

    ride: int
    home: int
    cell: int
    group: int
    length: int  # µs
    kwh: float


def _fill(
    rides: list[Ride], homes: list[_Home], groups: list[_Group], times: Timetable, quantum: int, allotted: Allotted
) -> list[_Taken] | None:
    """As much as fits in the time allotted, then less where it is dearest and not needed; None where it falls short."""
    by_home: dict[int, list[_Taken]] = {}
    for (h, cell, g), quanta in sorted(allotted.items()):
        by_home.setdefault(h, []).append(_Taken(homes[h].ride, h, cell, g, quanta * quantum, 0.0))
    taken: list[_Taken] = []
    h = 0
    while h < len(homes):
        first = h
        while h < len(homes) and homes[h].ride == homes[first].ride:
            h += 1
        vehicle = _Filling(
            rides[homes[first].ride], homes[first:h], [by_home.get(at, []) for at in range(first, h)], groups, times
        )
        if not vehicle.lasts():
            return None
        vehicle.thin_out()
        _trim(vehicle.own, vehicle.spare, first, times)
        taken += [one for one in vehicle.own if one.kwh > KWH]
    return taken


class _Filling:
    """One vehicle through all its time at home, taking what fits of what its time at outlets could give."""

    def __init__(
        self, ride: Ride, homes: list[_Home], by_home: list[list[_Taken]], groups: list[_Group], times: Timetable
    ) -> None:
        self.ride, self.homes, self.by_home, self.times = ride, homes, by_home, times
        self.own = [one for members in by_home for one in members]
        self.most = {id(one): min(groups[one.group].kw, ride.charge_kw) * one.length / HOUR_US for one in self.own}
        self.spare: list[float] = []
        """Per time at home: what is left after the trip that ends it; at the end, above what there was at the start."""

    def lasts(self) -> bool:
        """Fill anew, as much as fits; whether every trip, and the end, finds enough."""
        held = self.ride.started_kwh
        self.spare = []
        for home, members in zip(self.homes, self.by_home, strict=True):
            for one in members:
                one.kwh = max(0.0, min(self.most[id(one)], self.ride.usable_kwh - held))
                held += one.kwh
            self.spare.append(held - home.next_kwh)
            held -= home.next_kwh
        return min(self.spare) >= -KWH

    def thin_out(self) -> None:
        """Where a full battery refuses charge in a cheap cell because a dear one came before, take less in the dear."""
        refused = [one for one in self.own if one.kwh < self.most[id(one)] - KWH]
        if not refused:
            return
        room = sum(self.most[id(one)] - one.kwh for one in refused)
        cheapest = min(self.times.price[one.cell] for one in refused)
        dear = sorted(self.own, key=lambda one: -self.times.price[one.cell])
        for one in dear[:_MOST_THINNED]:
            if room <= KWH or self.times.price[one.cell] <= cheapest:
                break
            before = self.most[id(one)]
            less = min(room, one.kwh)
            self.most[id(one)] = one.kwh - less
            if self.lasts():
                room -= less
            else:
                self.most[id(one)] = before
        self.lasts()


def _trim(own: list[_Taken], spare: list[float], first: int, times: Timetable) -> None:
    """Take nothing at a price above zero that no later trip and not the end needs."""
    left = np.array(spare)
    for one in sorted(own, key=lambda taken: -times.price[taken.cell]):
        if times.price[one.cell] <= 0:
            return
        at = one.home - first
        less = min(one.kwh, float(left[at:].min()))
        if less > 0:
            one.kwh -= less
            left[at:] -= less


def _place(taken: list[_Taken], groups: list[_Group], times: Timetable) -> list[Stay]:
    """Outlets for what is taken. In a cell the outlets of a speed are filled one after another; who does not fit in
    what is left of one goes on at the start of the next, which never overlaps since nobody takes longer than the cell.

    Source: R. McNaughton, Scheduling with deadlines and loss functions, Management Science 6 (1959).
    """
    by_cell: dict[tuple[int, int], list[_Taken]] = {}
    for one in taken:
        by_cell.setdefault((one.cell, one.group), []).append(one)
    last: dict[int, Outlet] = {}
    stays: list[Stay] = []
    for (cell, g), members in sorted(by_cell.items()):
        start, end = int(times.edges[cell]), int(times.edges[cell + 1])
        free = list(groups[g].outlets)
        whole = [one for one in members if one.length >= end - start]
        # Who has an outlet keeps it, so that nobody is moved without need.
        for one in sorted(whole, key=lambda one: last.get(one.ride) not in free):
            known = last.get(one.ride)
            outlet = known if known is not None and known in free else free[-1]
            free.remove(outlet)
            stays.append(Stay(one.ride, outlet, start, end, one.kwh))
            last[one.ride] = outlet
        at = start
        for one in sorted((one for one in members if one.length < end - start), key=lambda one: one.ride):
            left = one.length
            while left > 0:
                piece = min(left, end - at)
                stays.append(Stay(one.ride, free[0], at, at + piece, one.kwh * piece / one.length))
                last[one.ride] = free[0]
                at, left = at + piece, left - piece
                if at == end:
                    free.pop(0)
                    at = start
    return merged(stays)
