# SPDX-License-Identifier: MPL-2.0
"""How sure a figure is that rests on some weeks: intervals without assumptions about how weeks are distributed."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

LEAST_WEEKS = 8
"""With fewer weeks no interval is given: it would hold the truth less often than it claims (README, measured)."""
DRAWS = 2000


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure measured on ``weeks`` weeks. ``low`` and ``high`` are None where so few weeks carry no interval."""

    value: float
    low: float | None
    high: float | None
    weeks: int


def resamples(weeks: int, *, seed: int, draws: int = DRAWS) -> NDArray[np.int64]:
    """Positions of weeks drawn again, [draws, weeks]: whole blocks of neighbouring weeks, the last beside the first.

    Neighbouring weeks resemble each other (season, weather, holidays); blocks keep that. Source: the circular block
    bootstrap, Politis and Romano (1992), in LePage and Billard, Exploring the Limits of Bootstrap.
    """
    length = block_weeks(weeks)
    starts = np.random.default_rng(seed).integers(0, weeks, size=(draws, _blocks(weeks)))
    return ((starts[:, :, None] + np.arange(length)) % weeks).reshape(draws, -1)[:, :weeks].astype(np.int64)


def block_weeks(weeks: int) -> int:
    """Weeks in a block: the cube root of their number, by Hall, Horowitz and Jing, Biometrika 82 (1995)."""
    return max(1, round(math.cbrt(weeks)))


def estimate(
    statistic: Callable[[NDArray[np.int64]], NDArray[np.float64]], weeks: int, *, confidence: float, seed: int
) -> Estimate:
    """A statistic of weeks and its interval. ``statistic``: positions of weeks [draws, weeks] -> a figure per draw.

    The interval is an expanded percentile interval: between the percentiles that a t distribution of so few blocks
    calls for, since plain percentiles of few observations are too narrow. Source: Hesterberg, The American
    Statistician 69 (2015), derived in arXiv:1411.5279; blocks count as the observations.
    """
    value = float(statistic(np.arange(weeks)[None, :])[0])
    if weeks < LEAST_WEEKS:
        return Estimate(value, None, None, weeks)
    drawn = statistic(resamples(weeks, seed=seed))
    tail = expanded_tail(weeks, confidence)
    low, high = np.quantile(drawn, (tail, 1 - tail))
    return Estimate(value, float(low), float(high), weeks)


def expanded_tail(weeks: int, confidence: float) -> float:
    """The share of draws to leave out at either end."""
    blocks = _blocks(weeks)
    t = _t_quantile(1 - (1 - confidence) / 2, blocks - 1)
    return NormalDist().cdf(-math.sqrt(blocks / (blocks - 1)) * t)


def _blocks(weeks: int) -> int:
    return -(-weeks // block_weeks(weeks))


def share_of_weeks(hits: int, weeks: int, *, confidence: float) -> Estimate:
    """The share of weeks with some property, with its exact interval: given for any number of weeks, wide where few.

    Weeks count as independent. Source: Clopper and Pearson, Biometrika 26 (1934).
    """
    alpha = (1 - confidence) / 2
    low = 0.0 if hits == 0 else _bisect(lambda p: 1 - _at_most(hits - 1, weeks, p) - alpha)
    high = 1.0 if hits == weeks else _bisect(lambda p: alpha - _at_most(hits, weeks, p))
    return Estimate(hits / weeks, low, high, weeks)


def _at_most(hits: int, weeks: int, p: float) -> float:
    """P(X <= hits) of a binomial variable."""
    return math.fsum(math.comb(weeks, k) * p**k * (1 - p) ** (weeks - k) for k in range(hits + 1))


def _t_quantile(p: float, freedom: int) -> float:
    """Quantile above the median of Student's t, from the finite sums in Abramowitz and Stegun 26.7.3 and 26.7.4."""

    def cdf(t: float) -> float:
        angle = math.atan(t / math.sqrt(freedom))
        cosine = math.cos(angle)
        term, total = (1.0, 1.0) if freedom % 2 == 0 else (cosine, cosine)
        for k in range(3 if freedom % 2 else 2, freedom - 1, 2):
            term *= (k - 1) / k * cosine**2
            total += term
        if freedom % 2 == 0:
            return 0.5 + math.sin(angle) * total / 2
        return 0.5 + (angle + (math.sin(angle) * total if freedom > 1 else 0.0)) / math.pi

    return _bisect(lambda t: cdf(t) - p, high=1e4)


def _bisect(rising: Callable[[float], float], *, low: float = 0.0, high: float = 1.0) -> float:
    """Where a rising function is zero."""
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if rising(middle) < 0 else (low, middle)
    return (low + high) / 2
