# SPDX-License-Identifier: MPL-2.0
"""Vehicles with batteries get their jobs: base by base, in order of start, so that every battery lasts."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from fleetplan.charge_depot import (
    KWH,
    Outlet,
    Ride,
    Standing,
    Stay,
    Timetable,
    charge_at_once,
    merged,
    outlets_of,
    timetable,
)
from fleetplan.charge_minutes import charge_cheaply
from fleetplan.charge_model import Bay, ChargingModel, legs_of
from fleetplan.roster import Car, Roster

_LITTLE = 1e-6
_IN_HAND_MINUTES = 3
"""So much charge more than a trip needs: what planning in whole minutes may cost."""

Suits = Callable[[float, float], float]
"""From what a vehicle holds and what it has used so far (kWh) to how well it suits: the highest is taken."""


def fullest(held_kwh: float, used_kwh: float) -> float:
    return held_kwh - _LITTLE * used_kwh


def scarcest(held_kwh: float, used_kwh: float) -> float:
    """The least that is enough: full ones are kept for long trips."""
    return -held_kwh - _LITTLE * used_kwh


def steadiest(held_kwh: float, used_kwh: float) -> float:
    """Who has driven least: batteries that empty alike can all wait for cheap hours."""
    return _LITTLE * held_kwh - used_kwh


@dataclass(slots=True)
class Yard:
    """A base: its bays, outlets, and the vehicles that stand there."""

    model: ChargingModel
    home: str
    bays: list[Bay]
    outlets: list[Outlet]
    cars: list[Car] = field(default_factory=list)

    def rides(self) -> list[Ride]:
        return [self.ride(car) for car in self.cars]

    def ride(self, car: Car, extra: int | None = None) -> Ride:
        """A vehicle with the legs of its jobs, and of one more."""
        bay = self.bay_of(car.class_index)
        jobs = car.jobs if extra is None else [*car.jobs, extra]
        legs = [leg for job in jobs for leg in legs_of(self.model.problem, self.model.jobs, job, car.class_index)]
        ride = _parked(bay, self.model)
        ride.legs = sorted(legs)
        return ride

    def bay_of(self, class_index: int) -> Bay:
        return next(bay for bay in self.bays if bay.class_index == class_index)

    def times(self, rides: list[Ride]) -> Timetable:
        moments = [moment for ride in rides for start, end, _ in ride.legs for moment in (start, end)]
        return timetable(self.model.edges, self.model.price, moments)

    def lasts_with(self, car: Car, job: int) -> bool:
        """Whether everybody's battery still lasts if the vehicle takes one job more."""
        rides = [self.ride(one, job if one is car else None) for one in self.cars]
        if car not in self.cars:
            rides.append(self.ride(car, job))
        return charge_at_once(rides, self.outlets, self.times(rides)) is not None

    def charge(self, seconds: float) -> list[Stay] | None:
        """Cheapest charging; as soon as possible where no cheaper one is found; None where neither lasts."""
        rides = self.rides()
        times = self.times(rides)
        stays = charge_cheaply(rides, self.outlets, times, seconds=seconds)
        if stays is not None:
            return stays
        at_once = charge_at_once(rides, self.outlets, times)
        return None if at_once is None else merged(at_once)


def yards_of(model: ChargingModel) -> list[Yard]:
    """One per home of a class with a battery."""
    charging = model.charging
    homes: dict[str, list[Bay]] = {}
    for bay in model.bays:
        homes.setdefault(bay.home, []).append(bay)
    return [
        Yard(
            model,
            home,
            bays,
            outlets_of(
                tuple(charger for charger in charging.chargers if charger.base == home),
                max(bay.battery.charge_kw for bay in bays),
                charging.site_kw.get(home),
            ),
        )
        for home, bays in homes.items()
    ]


def fill(yard: Yard, roster: Roster, jobs: dict[int, int], suits: Suits, *, seconds: float) -> list[int]:
    """Jobs (job -> class) to the vehicles of a yard, who charge as soon as they can. Returns what nobody can take."""
    model = yard.model
    rides = [_parked(yard.bay_of(car.class_index), model) for car in yard.cars]
    of_class: dict[int, list[int]] = {}
    for number, car in enumerate(yard.cars):
        of_class.setdefault(car.class_index, []).append(number)
    legs = {job: legs_of(model.problem, model.jobs, job, c) for job, c in jobs.items()}
    moments = [moment for of_job in legs.values() for start, end, _ in of_job for moment in (start, end)]
    times = timetable(model.edges, model.price, moments)
    standing = Standing(rides, yard.outlets, times)
    free_from = [-1] * len(rides)
    used = [0.0] * len(rides)
    left: list[int] = []
    waiting = sorted(jobs, key=lambda job: (legs[job][0][0], job))
    at = 0
    for cell in range(times.cells):
        until = int(times.edges[cell + 1])
        while at < len(waiting) and legs[waiting[at]][0][0] < until:
            job, at = waiting[at], at + 1
            c = jobs[job]
            need = sum(kwh for _, _, kwh in legs[job])
            start = int(model.jobs.starts[job, c])
            ready = [number for number in of_class.get(c, ()) if free_from[number] < start]
            chosen = _choose(ready, need, used, standing, suits)
            if chosen is None:
                left.append(job)
                continue
            used[chosen] += need
            free_from[chosen] = int(model.jobs.releases[job, c])
            standing.leave(chosen, (legs[job][0][0], legs[job][-1][1], need))
            roster.put(yard.cars[chosen], job)
        standing.charge(cell)
    if not standing.ends_well():
        left += _lighten(yard, roster, seconds)
    return left


def _parked(bay: Bay, model: ChargingModel) -> Ride:
    """A vehicle of a bay before anything has happened."""
    usable = bay.battery.usable_kwh
    return Ride(usable, usable * model.charging.start_share, bay.battery.charge_kw)


def _choose(ready: list[int], need: float, used: list[float], standing: Standing, suits: Suits) -> int | None:
    best, most = None, -np.inf
    for number in ready:
        ride, held = standing.rides[number], standing.held[number]
        in_hand = ride.charge_kw * _IN_HAND_MINUTES / 60
        if held < min(need + in_hand, ride.usable_kwh - KWH) or held < need:
            continue
        suit = suits(held, used[number])
        if suit > most:
            best, most = number, suit
    return best


def _lighten(yard: Yard, roster: Roster, seconds: float) -> list[int]:
    """Jobs taken off, the last of a vehicle first, until everybody ends with what they started with."""
    dropped: list[int] = []
    while True:
        rides = yard.rides()
        times = yard.times(rides)
        short = _shortest(rides, yard.outlets, times)
        if short is None or not yard.cars[short].jobs:
            return dropped
        if charge_cheaply(rides, yard.outlets, times, seconds=seconds) is not None:
            return dropped
        job = yard.cars[short].jobs[-1]
        roster.take(yard.cars[short], job)
        dropped.append(job)


def _shortest(rides: list[Ride], outlets: list[Outlet], times: Timetable) -> int | None:
    """The vehicle that lacks most: on a trip, or at the end; None where all last."""
    standing = Standing(rides, outlets, times)
    departures = sorted((leg[0], number, leg) for number, ride in enumerate(rides) for leg in ride.legs)
    at = 0
    for cell in range(times.cells):
        while at < len(departures) and departures[at][0] < int(times.edges[cell + 1]):
            _, number, leg = departures[at]
            if not standing.leave(number, leg):
                return number
            at += 1
        standing.charge(cell)
    missing = [
        (held - ride.started_kwh, number) for number, (held, ride) in enumerate(zip(standing.held, rides, strict=True))
    ]
    worst, number = min(missing, default=(0.0, -1))
    return number if worst < -1e-7 else None
