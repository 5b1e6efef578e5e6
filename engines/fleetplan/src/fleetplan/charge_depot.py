# SPDX-License-Identifier: MPL-2.0
"""One base with its outlets, as time goes on: what every battery holds where all charge as soon as they can.

Time is cut into cells: price hours, and quarters of an hour where somebody leaves or returns. A vehicle charges in
cells in which it is at home throughout: charge is rounded down.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from fleetplan.charging import Charger
from fleetplan.instants import HOUR_US

QUARTER_US = HOUR_US // 4
KWH = 1e-7
"""So near is near enough."""

Leg = tuple[int, int, float]


@dataclass(frozen=True, slots=True)
class Outlet:
    """``kw``: what it gives; less than the charger's where the connection of the site does not feed all at once."""

    charger_id: str
    number: int
    kw: float


@dataclass(slots=True)
class Ride:
    """One vehicle at the base: its battery, how fast it charges, and when it is away."""

    usable_kwh: float
    started_kwh: float
    charge_kw: float
    legs: list[Leg] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Stay:
    """A vehicle at an outlet from, until (µs), with so many kWh."""

    ride: int
    outlet: Outlet
    start: int
    end: int
    kwh: float


@dataclass(frozen=True, slots=True)
class Timetable:
    """Cells of one base: edges in µs, price per kWh in each."""

    edges: NDArray[np.int64]
    price: NDArray[np.float64]

    @property
    def cells(self) -> int:
        return len(self.price)


def timetable(edges: NDArray[np.int64], price: NDArray[np.float64], moments: list[int]) -> Timetable:
    """Price hours, cut at the quarters around every moment at which somebody leaves or returns."""
    at = np.unique(np.array(moments, dtype=np.int64))
    offset = int(edges[0]) % QUARTER_US
    before = (at - offset) // QUARTER_US * QUARTER_US + offset
    cuts = np.unique(np.concatenate([edges, before, before + QUARTER_US]))
    cuts = cuts[(cuts >= edges[0]) & (cuts <= edges[-1])]
    return Timetable(cuts, price[np.searchsorted(edges, cuts[:-1], side="right") - 1])


def outlets_of(chargers: tuple[Charger, ...], most_kw: float, site_kw: float | None) -> list[Outlet]:
    """A base's outlets, fastest first. Under a weak connection as few as draw all of it, each with its share.

    ``most_kw``: the most any vehicle takes.
    """
    found = [
        Outlet(charger.id, number, min(charger.kw, most_kw))
        for charger in sorted(chargers, key=lambda charger: -charger.kw)
        for number in range(1, charger.outlets + 1)
    ]
    if site_kw is None:
        return found
    kept: list[Outlet] = []
    for outlet in found:
        if sum(one.kw for one in kept) >= site_kw:
            break
        kept.append(outlet)
    total = sum(outlet.kw for outlet in kept)
    share = min(1.0, site_kw / total) if total else 0.0
    return [Outlet(o.charger_id, o.number, o.kw * share) for o in kept if o.kw * share > 0]


def charge_at_once(rides: list[Ride], outlets: list[Outlet], times: Timetable) -> list[Stay] | None:
    """Everybody charges as soon as there is an outlet, the emptiest first; None where that does not last."""
    depot = Standing(rides, outlets, times)
    departures = sorted((leg[0], number, leg) for number, ride in enumerate(rides) for leg in ride.legs)
    at = 0
    for cell in range(times.cells):
        until = int(times.edges[cell + 1])
        while at < len(departures) and departures[at][0] < until:
            _, number, leg = departures[at]
            if not depot.leave(number, leg):
                return None
            at += 1
        depot.charge(cell)
    return depot.stays if depot.ends_well() else None


class Standing:
    """The state of a base as time goes on, while vehicles charge as soon as they can."""

    def __init__(self, rides: list[Ride], outlets: list[Outlet], times: Timetable) -> None:
        self.rides, self.outlets, self.times = rides, outlets, times
        self.held = [ride.started_kwh for ride in rides]
        self.away: list[list[tuple[int, int]]] = [[] for _ in rides]
        self.stays: list[Stay] = []

    def leave(self, number: int, leg: Leg) -> bool:
        """A vehicle drives off; False where its battery does not hold the trip."""
        self.held[number] -= leg[2]
        self.away[number] = [one for one in self.away[number] if one[1] > leg[0]] + [(leg[0], leg[1])]
        return self.held[number] >= -KWH

    def charge(self, cell: int) -> None:
        """The emptiest of those at home all through the cell take the fastest outlets."""
        start, end = int(self.times.edges[cell]), int(self.times.edges[cell + 1])
        hours = (end - start) / HOUR_US
        waiting = []
        for number, ride in enumerate(self.rides):
            at_home = all(back <= start or off >= end for off, back in self.away[number])
            if at_home and self.held[number] < ride.usable_kwh - KWH:
                waiting.append((self.held[number] / ride.usable_kwh, number))
        waiting.sort()
        for (_, number), outlet in zip(waiting, self.outlets, strict=False):
            ride = self.rides[number]
            kwh = min(min(outlet.kw, ride.charge_kw) * hours, ride.usable_kwh - self.held[number])
            self.held[number] += kwh
            self.stays.append(Stay(number, outlet, start, end, kwh))

    def ends_well(self) -> bool:
        return all(held >= ride.started_kwh - KWH for held, ride in zip(self.held, self.rides, strict=True))


def merged(stays: list[Stay]) -> list[Stay]:
    """Stays that follow each other at one outlet with one power as one."""
    found: list[Stay] = []
    open_at: dict[tuple[int, Outlet], int] = {}
    for stay in sorted(stays, key=lambda stay: (stay.start, stay.ride)):
        key = stay.ride, stay.outlet
        before = found[open_at[key]] if key in open_at else None
        if before is not None and before.end == stay.start:
            power, past = stay.kwh / (stay.end - stay.start), before.kwh / (before.end - before.start)
            if abs(power - past) * HOUR_US < 1e-6:
                found[open_at[key]] = Stay(stay.ride, stay.outlet, before.start, stay.end, before.kwh + stay.kwh)
                continue
        open_at[key] = len(found)
        found.append(stay)
    return found
