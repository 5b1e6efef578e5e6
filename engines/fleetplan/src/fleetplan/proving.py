# SPDX-License-Identifier: MPL-2.0
"""What tried weeks say of a fleet: the service it gives, what it saves, the size it takes; each with its interval."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fleetplan.answer import Totals
from fleetplan.bootstrap import LEAST_WEEKS, Estimate, estimate, expanded_tail, resamples, share_of_weeks
from fleetplan.cost import allowance_dkk
from fleetplan.problem import Problem


@dataclass(frozen=True, slots=True)
class Tested:
    """A fleet in a week it was not chosen on. ``totals``: of the week, scaled to a year.

    ``unserved_at_least``: proven, no plan of this fleet leaves fewer. ``violations``: by the checker; must be none.
    """

    week: int
    fold: int
    trips: int
    km: float
    unserved: tuple[str, ...]
    unserved_km: float
    unserved_at_least: int
    totals: Totals
    violations: int


@dataclass(frozen=True, slots=True)
class Service:
    """Shares of trips, of km and of whole weeks that found a vehicle; 1 = all."""

    trips_served: Estimate
    km_served: Estimate
    weeks_fully_served: Estimate
    trips: int
    unserved: int


@dataclass(frozen=True, slots=True)
class Saving:
    """Today's fleet minus the chosen one, a year; both drive the same weeks in their best way.

    Cash and social cost are two figures and are never added up.
    """

    cash_dkk: Estimate
    social_dkk: Estimate
    co2e_kg: Estimate


def service_of(tested: Sequence[Tested], *, confidence: float, seed: int) -> Service:
    """Pooled over all trips of the weeks, so a busy week counts for more."""
    trips = np.array([week.trips for week in tested], dtype=np.float64)
    km = np.array([week.km for week in tested], dtype=np.float64)
    left = np.array([len(week.unserved) for week in tested], dtype=np.float64)
    left_km = np.array([week.unserved_km for week in tested], dtype=np.float64)

    def share(missing: NDArray[np.float64], whole: NDArray[np.float64]) -> Estimate:
        def served(at: NDArray[np.int64]) -> NDArray[np.float64]:
            total = whole[at].sum(axis=1)
            gone = np.divide(missing[at].sum(axis=1), total, out=np.zeros(len(total)), where=total > 0)
            return np.asarray(1.0 - gone, dtype=np.float64)

        return estimate(served, len(tested), confidence=confidence, seed=seed)

    return Service(
        trips_served=share(left, trips),
        km_served=share(left_km, km),
        weeks_fully_served=share_of_weeks(int((left == 0).sum()), len(tested), confidence=confidence),
        trips=int(trips.sum()),
        unserved=int(left.sum()),
    )


def saving_of(
    problem: Problem, tested: Sequence[Tested], today: Sequence[Tested], *, confidence: float, seed: int
) -> Saving:
    """``tested`` and ``today`` are of the same weeks in the same order.

    The allowance falls with the km of a year, so it is counted once on the drawn weeks' mean and not week by week.
    """

    def column(weeks: Sequence[Tested], name: str) -> NDArray[np.float64]:
        return np.array([float(getattr(week.totals, name)) for week in weeks])

    def mean_saved(name: str) -> Estimate:
        saved = column(today, name) - column(tested, name)
        return estimate(lambda at: saved[at].mean(axis=1), len(tested), confidence=confidence, seed=seed)

    def spent(weeks: Sequence[Tested], at: NDArray[np.int64]) -> NDArray[np.float64]:
        steady = column(weeks, "cash_dkk") - column(weeks, "allowance_dkk")
        unserved_km = column(weeks, "unserved_km")[at].mean(axis=1)
        allowance = np.array([allowance_dkk(problem.costs.allowance, float(km)) for km in unserved_km])
        return np.asarray(steady[at].mean(axis=1) + allowance, dtype=np.float64)

    cash = estimate(lambda at: spent(today, at) - spent(tested, at), len(tested), confidence=confidence, seed=seed)
    return Saving(cash_dkk=cash, social_dkk=mean_saved("social_dkk"), co2e_kg=mean_saved("co2e_kg"))


def size_interval(
    fleets: Sequence[tuple[int, Sequence[Tested]]], level: float, *, confidence: float, seed: int
) -> tuple[int | None, int | None]:
    """Between how many vehicles the smallest fleet that serves ``level`` lies, were the weeks drawn again.

    ``fleets``: vehicles of a fleet and its weeks, the same weeks for all. (None, None) with too few weeks; the upper
    end None where the largest fleet may be too small.
    """
    weeks = len(fleets[0][1]) if fleets else 0
    if weeks < LEAST_WEEKS:
        return None, None
    at = resamples(weeks, seed=seed)
    needed = np.full(len(at), np.inf)
    for vehicles, tested in fleets:
        trips = np.array([week.trips for week in tested])
        left = np.array([len(week.unserved) for week in tested])
        holds = left[at].sum(axis=1) <= (1 - level) * trips[at].sum(axis=1) + 1e-9
        needed = np.where(holds, np.minimum(needed, vehicles), needed)
    tail = expanded_tail(weeks, confidence)
    low, high = np.quantile(needed, (tail, 1 - tail), method="inverted_cdf")
    return (int(low) if np.isfinite(low) else None), (int(high) if np.isfinite(high) else None)
