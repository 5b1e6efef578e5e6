# SPDX-License-Identifier: MPL-2.0
"""The counting model: how many of each class, and which class takes which job. No vehicle has a name yet.

x[j,c] in {0,1}: class c takes job j; N[c] integer: vehicles of class c. Unserved is what no class takes.
  sum_c x[j,c] <= 1                              every job j
  sum_{j in Q} x[j,c] <= N[c]                    every maximal clique Q of the jobs class c may take
Without vehicle indices there is no symmetry, and the clique rows of one class form an interval matrix, so one class
is a flow. Every plan that obeys all rules satisfies the model, hence its optimum bounds them all.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fleetplan.caps import CENT, reachable_tiers
from fleetplan.cliques import Cliques, maximal_cliques
from fleetplan.cost import PerKm, per_km
from fleetplan.jobs import Jobs
from fleetplan.mip import INF, Mip, Rows
from fleetplan.problem import Goal, Problem, VehicleClass

Goals = tuple[tuple[Goal, float], ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A linear objective: cost per column, and what it is where nothing is served and nothing bought."""

    cost: NDArray[np.float64]
    offset: float


@dataclass(frozen=True, slots=True)
class Choice:
    """A point of the model: class per job (-1 = unserved) and vehicles per class."""

    class_of: NDArray[np.int64]  # [jobs]
    counts: NDArray[np.int64]  # [classes]


class CountingModel:
    """Columns, rows and objectives of the counting model for some jobs of a problem.

    Columns: first one x per allowed pair (``pair_job``, ``pair_class``), then one N per class.
    """

    def __init__(self, problem: Problem, jobs: Jobs) -> None:
        self.problem = problem
        self.jobs = jobs
        self.pair_job, self.pair_class = np.nonzero(jobs.allowed)
        self.pairs = len(self.pair_job)
        self.columns = self.pairs + len(problem.classes)
        self.has_one_tier = len(reachable_tiers(problem, jobs.km)) == 1
        self.lower = np.zeros(self.columns)
        self.upper = np.ones(self.columns)
        self.cliques: list[Cliques] = []
        blocks = [self._one_class_per_job()]
        seen: dict[bytes, Cliques] = {}
        for c, vehicle_class in enumerate(problem.classes):
            pairs = np.flatnonzero(self.pair_class == c)
            members = self.pair_job[pairs]
            start, release = jobs.starts[members, c], jobs.releases[members, c]
            key = members.tobytes() + start.tobytes() + release.tobytes()
            if key not in seen:
                seen[key] = maximal_cliques(start, release)
            cliques = seen[key]
            self.cliques.append(cliques)
            self.lower[self.pairs + c] = vehicle_class.min_count
            self.upper[self.pairs + c] = most_vehicles(vehicle_class, len(members))
            blocks.append(self._clique_rows(c, pairs, cliques))
        blocks.extend(self._caps())
        self.base = Rows.stacked(blocks)

    @property
    def is_free(self) -> bool:
        """Whether the number of any class is still to be chosen."""
        return bool((self.lower[self.pairs :] < self.upper[self.pairs :]).any())

    def line(self, goals: Goals, *, tier: int = 0) -> Line:
        """A stage of the objective as costs of columns. ``tier``: the allowance rate all unserved km are counted at.

        Yearly allowance is a concave function of km, hence the least of its tiers' lines (rate and intercept), and
        the least over the tiers of a linear optimum is exact.
        """
        problem, jobs = self.problem, self.jobs
        classes = problem.classes
        yearly, costs = problem.yearly, problem.costs
        served = np.zeros(len(classes))  # per km
        bought = np.zeros(len(classes))
        unserved = trip = offset = 0.0
        own_car = per_km(costs, costs.unserved_energy, costs.unserved_energy_per_km)
        for goal, weight in goals:
            if goal is Goal.VEHICLES:
                bought += weight
            elif goal is Goal.UNSERVED:
                trip += weight
            else:
                for c, vehicle_class in enumerate(classes):
                    rate = per_km(costs, vehicle_class.energy, vehicle_class.energy_per_km)
                    served[c] += weight * yearly * _on_the_road(goal, rate)
                    if goal.is_money:
                        bought[c] += weight * vehicle_class.fixed_dkk_year
                if goal.is_money:
                    social = own_car.social_dkk if goal is Goal.COST else 0.0
                    unserved += weight * yearly * (costs.allowance[tier].dkk_per_km + social)
                    offset += weight * tier_intercept(problem, tier)
                else:
                    unserved += weight * yearly * own_car.co2e_kg
        penalty = jobs.km * unserved + jobs.size * trip
        x = jobs.kms[self.pair_job, self.pair_class] * served[self.pair_class] - penalty[self.pair_job]
        return Line(np.concatenate([x, bought]), offset + float(penalty.sum()))

    def cash_cap(self, tier: int) -> list[Rows]:
        """The cap on cash with all unserved km at one rate of allowance; nothing where it is among the base rows.

        Cash is the least over the tiers, so a plan keeps the cap exactly if it keeps the row of some tier.
        """
        return [] if self.has_one_tier else self._cash_rows(tier)

    def _cash_rows(self, tier: int) -> list[Rows]:
        cap = self.problem.objective.max_cash_dkk
        return [] if cap is None else [self.at_most(self.line(((Goal.CASH, 1.0),), tier=tier), cap + CENT)]

    def at_most(self, line: Line, value: float) -> Rows:
        """The row that keeps an objective at ``value`` or below."""
        used = np.flatnonzero(line.cost)
        return Rows.one(used, line.cost[used], upper=value - line.offset)

    def mip(self, line: Line, extra: list[Rows]) -> Mip:
        return Mip(line.cost, self.lower, self.upper, Rows.stacked([self.base, *extra]), line.offset)

    def choice(self, x: NDArray[np.int64]) -> Choice:
        """A point of HiGHS read back."""
        class_of = np.full(self.jobs.n, -1, dtype=np.int64)
        taken = np.flatnonzero(x[: self.pairs])
        class_of[self.pair_job[taken]] = self.pair_class[taken]
        return Choice(class_of, x[self.pairs :])

    def pairs_of(self, c: int, jobs: NDArray[np.int64]) -> NDArray[np.int64]:
        """Columns x[j,c] of the given jobs, those that exist, in the order of ``jobs``."""
        columns = np.flatnonzero(self.pair_class == c)
        known = self.pair_job[columns]
        at = np.minimum(np.searchsorted(known, jobs), max(len(known) - 1, 0))
        return columns[at[known[at] == jobs]] if len(known) else columns

    def _one_class_per_job(self) -> Rows:
        # Pairs come in order of jobs, so every job's columns are neighbours; a job with one class needs no row.
        options = np.bincount(self.pair_job, minlength=self.jobs.n)
        several = options > 1
        index = np.flatnonzero(several[self.pair_job])
        start = np.concatenate([[0], np.cumsum(options[several])])
        ones = np.ones(int(several.sum()))
        return Rows(start.astype(np.int32), index.astype(np.int32), np.ones(len(index)), -INF * ones, ones)

    def _clique_rows(self, c: int, pairs: NDArray[np.int64], cliques: Cliques) -> Rows:
        run = cliques.last - cliques.first
        column = np.repeat(pairs, run)
        within = np.arange(len(column)) - np.repeat(np.cumsum(run) - run, run)
        row = np.concatenate([np.repeat(cliques.first, run) + within, np.arange(cliques.m)])
        column = np.concatenate([column, np.full(cliques.m, self.pairs + c)])
        value = np.concatenate([np.ones(len(column) - cliques.m), np.full(cliques.m, -1.0)])
        order = np.argsort(row, kind="stable")
        start = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=cliques.m))])
        return Rows(
            start.astype(np.int32),
            column[order].astype(np.int32),
            value[order],
            np.full(cliques.m, -INF),
            np.zeros(cliques.m),
        )

    def _caps(self) -> list[Rows]:
        """Rows over all jobs: unserved trips, CO2e, cash, and the share of bike trips."""
        rows: list[Rows] = []
        objective, jobs = self.problem.objective, self.jobs
        if objective.max_unserved is not None:
            line = self.line(((Goal.UNSERVED, 1.0),))
            rows.append(self.at_most(line, objective.max_unserved))
        if objective.max_co2e_kg is not None:
            rows.append(self.at_most(self.line(((Goal.CO2E, 1.0),)), objective.max_co2e_kg))
        if self.has_one_tier:
            rows.extend(self._cash_rows(0))
        most = most_bike_trips(self.problem, jobs)
        if most is not None:
            bikes = np.array([c.kind.is_bike for c in self.problem.classes])
            pairs = np.flatnonzero(bikes[self.pair_class])
            rows.append(Rows.one(pairs, jobs.size[self.pair_job[pairs]].astype(np.float64), upper=most))
        return rows


def _on_the_road(goal: Goal, rate: PerKm) -> float:
    """What a km driven counts for in a goal of money or CO2e."""
    if goal is Goal.CO2E:
        return rate.co2e_kg
    return rate.energy_dkk + (rate.social_dkk if goal is Goal.COST else 0.0)


def most_vehicles(vehicle_class: VehicleClass, jobs: int) -> int:
    """As many as a fleet may have, and never more than one per job."""
    if vehicle_class.max_count is not None:
        return vehicle_class.max_count
    return max(vehicle_class.min_count, jobs)


def most_bike_trips(problem: Problem, jobs: Jobs) -> int | None:
    """How many trips bikes and e-bikes may take under ``max_share``; None = no limit."""
    share = problem.rules.bikes.max_share
    return None if share >= 1 else int(share * int(jobs.size[jobs.bikeable].sum()) + 1e-9)


def tier_intercept(problem: Problem, tier: int) -> float:
    """Where the line of an allowance tier meets zero km: kr per year."""
    tiers = problem.costs.allowance
    intercept = 0.0
    for lower, upper in zip(tiers[:tier], tiers[1 : tier + 1], strict=True):
        intercept += (lower.up_to_km_year or 0.0) * (lower.dkk_per_km - upper.dkk_per_km)
    return intercept
