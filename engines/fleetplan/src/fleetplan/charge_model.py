# SPDX-License-Identifier: MPL-2.0
"""The counting model with energy: what all vehicles of a class at a base have in their batteries, hour by hour.

Beside the columns of :class:`CountingModel`: a[c,k,h] kWh that class c takes from charger k in hour h, and L[c,h] kWh
that its vehicles have at the start of hour h, less what trips that are under way still need.
  L[c,h+1] = L[c,h] + sum_k a[c,k,h] - energy of the trips that leave in hour h     and L ends no lower than it starts
  0 <= L[c,h] <= usable energy of N[c] vehicles - energy of the trips under way
  hours at outlets <= hours N[c] vehicles are at home;   hours at charger k <= its outlets;   kWh <= what the site may
Every safe plan satisfies this, wherever in the hour it charges, hence the optimum bounds them all. What the model
overlooks is that one vehicle cannot drive on what another has charged.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fleetplan.charge_split import Family
from fleetplan.charging import Battery, Charger, price_steps
from fleetplan.cost import per_km
from fleetplan.counting import Choice, CountingModel, Goals, Line
from fleetplan.instants import HOUR_US, microseconds
from fleetplan.jobs import Jobs, driven_trips
from fleetplan.mip import INF, Mip, Rows
from fleetplan.problem import Problem

Leg = tuple[int, int, float]
"""Away from home from, until (µs), and kWh used."""


@dataclass(frozen=True, slots=True)
class Bay:
    """A class with a battery at its home, and where its columns stand. ``chargers``: index, and kW it takes there."""

    class_index: int
    home: str
    battery: Battery
    chargers: tuple[tuple[int, float], ...]
    first: int  # its first column: charger by charger, hour by hour, then its levels, one more than hours


def legs_of(problem: Problem, jobs: Jobs, job: int, class_index: int) -> tuple[Leg, ...]:
    """When a job keeps a vehicle of a class away from home. A shift at another base is one leg: no charger there."""
    vehicle_class = problem.classes[class_index]
    trips = driven_trips(problem, jobs.trips[job], vehicle_class)
    legs = tuple((microseconds(t.start), microseconds(t.end), t.km * vehicle_class.energy_per_km) for t in trips)
    if len(legs) > 1 and vehicle_class.home not in (None, trips[0].base):
        return ((legs[0][0], legs[-1][1], sum(kwh for _, _, kwh in legs)),)
    return legs


def within_reach(problem: Problem, jobs: Jobs) -> NDArray[np.bool_]:
    """``jobs.allowed`` less what a full battery does not hold, or what leaves the charging period."""
    charging = problem.charging
    assert charging is not None
    usable = {battery.class_id: battery.usable_kwh for battery in charging.batteries}
    opens, closes = microseconds(charging.starts_at), microseconds(charging.ends_at)
    allowed = jobs.allowed.copy()
    for c, vehicle_class in enumerate(problem.classes):
        full = usable.get(vehicle_class.id)
        for j in np.flatnonzero(allowed[:, c]) if full is not None else ():
            legs = legs_of(problem, jobs, int(j), c)
            allowed[j, c] = all(kwh <= (full or 0.0) and opens <= start and end <= closes for start, end, kwh in legs)
    return allowed


class ChargingModel(CountingModel):
    """Columns, rows and objectives for a split problem (see :mod:`fleetplan.charge_split`)."""

    def __init__(self, problem: Problem, jobs: Jobs, families: tuple[Family, ...]) -> None:
        charging = problem.charging
        assert charging is not None
        self.charging = charging
        self.edges, self.price = _hours(problem)
        self.hours = np.diff(self.edges) / HOUR_US
        self.electric = np.zeros(len(problem.classes), dtype=bool)
        self.bays: list[Bay] = []
        own = int(jobs.allowed.sum()) + len(problem.classes)
        batteries = {battery.class_id: battery for battery in charging.batteries}
        column = own
        for c, vehicle_class in enumerate(problem.classes):
            battery = batteries.get(vehicle_class.id)
            if battery is None:
                continue
            self.electric[c] = True
            home = vehicle_class.home or ""
            chargers = tuple(
                (k, min(charger.kw, battery.charge_kw))
                for k, charger in enumerate(charging.chargers)
                if charger.base == home
            )
            self.bays.append(Bay(c, home, battery, chargers, column))
            column += len(chargers) * len(self.hours) + len(self.hours) + 1
        self.own, self.extra = own, column - own
        super().__init__(problem, jobs)
        energy = _Energy(self)
        before = len(self.base.lower)
        self.base = Rows.stacked(
            [self.base, energy.rows(), *(self._family(family) for family in families if family.binds)]
        )
        self.lower = np.concatenate([self.lower, np.zeros(self.extra)])
        self.upper = np.concatenate([self.upper, energy.upper])
        self.columns = own + self.extra
        self.end_rows = before + np.array(energy.ends, dtype=np.int64)

    @property
    def is_free(self) -> bool:
        return bool((self.lower[self.pairs : self.own] < self.upper[self.pairs : self.own]).any())

    def line(self, goals: Goals, *, tier: int = 0) -> Line:
        plain = super().line(goals, tier=tier)
        problem = self.problem
        cost = np.concatenate([plain.cost, np.zeros(self.extra)])
        money = sum(weight for goal, weight in goals if goal.is_money) * problem.yearly
        if money:
            flat = np.array(
                [
                    per_km(problem.costs, one.energy, one.energy_per_km).energy_dkk if electric else 0.0
                    for one, electric in zip(problem.classes, self.electric, strict=True)
                ]
            )
            cost[: self.pairs] -= money * flat[self.pair_class] * self.jobs.kms[self.pair_job, self.pair_class]
            for bay in self.bays:
                per_kwh = np.tile(money / problem.costs.deflator * self.price, len(bay.chargers))
                cost[bay.first : bay.first + len(per_kwh)] = per_kwh
        return Line(cost, plain.offset)

    def mip(self, line: Line, extra: list[Rows]) -> Mip:
        rows = Rows.stacked([self.base, *extra])
        return Mip(line.cost, self.lower, self.upper, rows, line.offset, continuous=self.extra)

    def choice(self, x: NDArray[np.int64]) -> Choice:
        return super().choice(np.rint(x[: self.own]).astype(np.int64))

    def _family(self, family: Family) -> Rows:
        names = [vehicle_class.id for vehicle_class in self.problem.classes]
        index = np.array([self.pairs + names.index(member) for member in family.members])
        most = INF if family.max_count is None else float(family.max_count)
        return Rows.one(index, np.ones(len(index)), lower=float(family.min_count), upper=most)


class _Energy:
    """The rows that tie charging to trips, entry by entry."""

    def __init__(self, model: ChargingModel) -> None:
        self.model = model
        self.upper = np.full(model.extra, INF)
        self._row: list[NDArray[np.int64]] = []
        self._column: list[NDArray[np.int64]] = []
        self._value: list[NDArray[np.float64]] = []
        self._lower: list[NDArray[np.float64]] = []
        self._bound: list[NDArray[np.float64]] = []
        self._count = 0
        self.ends: list[int] = []

    def rows(self) -> Rows:
        for bay in self.model.bays:
            self._bay(bay)
        for k, charger in enumerate(self.model.charging.chargers):
            self._charger(k, charger)
        for base, kw in self.model.charging.site_kw.items():
            self._site(base, kw)
        if not self._count:
            return Rows(np.zeros(1, np.int32), np.zeros(0, np.int32), np.zeros(0), np.zeros(0), np.zeros(0))
        row, column = np.concatenate(self._row), np.concatenate(self._column)
        order = np.argsort(row, kind="stable")
        start = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=self._count))])
        return Rows(
            start.astype(np.int32),
            column[order].astype(np.int32),
            np.concatenate(self._value)[order],
            np.concatenate(self._lower),
            np.concatenate(self._bound),
        )

    def _block(self, count: int, lower: float | NDArray[np.float64], upper: float | NDArray[np.float64]) -> int:
        first = self._count
        self._lower.append(np.broadcast_to(np.asarray(lower, dtype=np.float64), count))
        self._bound.append(np.broadcast_to(np.asarray(upper, dtype=np.float64), count))
        self._count += count
        return first

    def _put(self, row: NDArray[np.int64], column: NDArray[np.int64], value: float | NDArray[np.float64]) -> None:
        self._row.append(row)
        self._column.append(column)
        self._value.append(np.broadcast_to(np.asarray(value, dtype=np.float64), len(row)))

    def _bay(self, bay: Bay) -> None:
        model = self.model
        hours = len(model.hours)
        each = np.arange(hours, dtype=np.int64)
        count = model.pairs + bay.class_index
        levels = bay.first + len(bay.chargers) * hours + np.arange(hours + 1, dtype=np.int64)
        started = bay.battery.usable_kwh * model.charging.start_share
        balance = self._block(hours + 1, 0.0, 0.0)
        full = self._block(hours + 1, -INF, 0.0)
        home = self._block(hours, -INF, 0.0)
        end = self._block(1, 0.0, INF)
        self.ends.append(end)
        moment = np.arange(hours + 1, dtype=np.int64)
        self._put(balance + moment, levels, 1.0)
        self._put(balance + each + 1, levels[:-1], -1.0)
        self._put(np.array([balance]), np.array([count]), -started)
        self._put(full + moment, levels, 1.0)
        self._put(full + moment, np.full(hours + 1, count), -bay.battery.usable_kwh)
        self._put(home + each, np.full(hours, count), -model.hours)
        self._put(np.array([end, end]), np.array([levels[-1], count]), np.array([1.0, -started]))
        for number, (k, kw) in enumerate(bay.chargers):
            taken = bay.first + number * hours + each
            self._put(balance + each + 1, taken, -1.0)
            self._put(home + each, taken, 1.0 / kw)
            outlets = model.charging.chargers[k].outlets
            self.upper[taken - model.own] = outlets * kw * model.hours
        self._trips(bay, balance, full, home)

    def _trips(self, bay: Bay, balance: int, full: int, home: int) -> None:
        """What trips use when they leave, what they hold while they are out, and how long they are out."""
        model, edges = self.model, self.model.edges
        leaves: list[tuple[int, int, float]] = []
        under_way: list[tuple[int, int, float]] = []
        out: list[tuple[int, int, float]] = []
        for pair in np.flatnonzero(model.pair_class == bay.class_index).tolist():
            for start, end, kwh in legs_of(model.problem, model.jobs, int(model.pair_job[pair]), bay.class_index):
                moment = int(np.searchsorted(edges, start, side="left"))
                leaves.append((balance + moment, pair, kwh))
                until = int(np.searchsorted(edges, end, side="right"))
                under_way += [(full + at, pair, kwh) for at in range(moment, until)]
                hour = int(np.searchsorted(edges, start, side="right")) - 1
                while hour < len(model.hours) and edges[hour] < end:
                    span = min(end, int(edges[hour + 1])) - max(start, int(edges[hour]))
                    out.append((home + hour, pair, span / HOUR_US))
                    hour += 1
        for entries in (leaves, under_way, out):
            if entries:
                row, column, value = zip(*entries, strict=True)
                self._put(np.array(row), np.array(column), np.array(value, dtype=np.float64))

    def _charger(self, k: int, charger: Charger) -> None:
        hours = self.model.hours
        first = self._block(len(hours), -INF, charger.outlets * hours)
        each = np.arange(len(hours), dtype=np.int64)
        for bay in self.model.bays:
            for number, (at, kw) in enumerate(bay.chargers):
                if at == k:
                    self._put(first + each, bay.first + number * len(hours) + each, 1.0 / kw)

    def _site(self, base: str, kw: float) -> None:
        hours = self.model.hours
        first = self._block(len(hours), -INF, kw * hours)
        each = np.arange(len(hours), dtype=np.int64)
        for bay in self.model.bays:
            for number in range(len(bay.chargers)) if bay.home == base else ():
                self._put(first + each, bay.first + number * len(hours) + each, 1.0)


def _hours(problem: Problem) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Edges of hours (µs; shorter where a price changes within) and what a kWh costs in each."""
    charging = problem.charging
    assert charging is not None
    steps = price_steps(charging)
    changes = np.array([microseconds(start) for start in steps.starts], dtype=np.int64)
    edges = np.unique(np.concatenate([np.arange(changes[0], changes[-1], HOUR_US), changes]))
    return edges, np.array(steps.dkk_per_kwh)[np.searchsorted(changes, edges[:-1], side="right") - 1]
