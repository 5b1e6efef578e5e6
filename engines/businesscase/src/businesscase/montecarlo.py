# SPDX-License-Identifier: MPL-2.0
"""How sure a net present value is: seeded draws between the three scenarios."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from businesscase.case import Case, Rate, Scenario
from businesscase.flow import line_values

DRAWS = 1_000_000
_AT_ONCE = 100_000
_BINS = 60
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True, slots=True)
class Simulated:
    """Net present value over all draws, in øre. ``share_negative``: of the draws in which the initiative does not pay.

    ``edges`` (one more than ``counts``) and ``counts``: the histogram, for a picture.
    """

    draws: int
    seed: int
    mean: float
    standard_deviation: float
    quantiles: tuple[float, ...]  # at QUANTILES
    share_negative: float
    edges: tuple[float, ...]
    counts: tuple[int, ...]


def simulate(
    case: Case,
    rate: Rate,
    *,
    seed: int,
    draws: int = DRAWS,
    on_progress: Callable[[int, int], None] | None = None,
    should_cancel: Callable[[], bool] | None = None,
) -> Simulated | None:
    """Draw every driver from the PERT distribution of its lines and look at the net present value each time.

    A driver is one number between pessimistic (0) and optimistic (1); the lines on it move together, each from its own
    pessimistic over its likely to its optimistic value. PERT (Malcolm et al. 1959): mean (low + 4 likely + high) / 6.
    The same case, seed and number of draws give the same figures. None once ``should_cancel`` says True.
    """
    drivers = _drivers(case, rate)
    certain = sum(values[1] for values, is_certain in drivers if is_certain)
    uncertain = [values for values, is_certain in drivers if not is_certain]
    random = np.random.Generator(np.random.PCG64(seed))
    found: NDArray[np.float64] = np.empty(draws)
    for first in range(0, draws, _AT_ONCE):
        if should_cancel is not None and should_cancel():
            return None
        part = found[first : first + _AT_ONCE]
        part[:] = certain
        for low, likely, high in uncertain:
            part += _pert(random, len(part), low, likely, high)
        if on_progress is not None:
            on_progress(first + len(part), draws)
    counts, edges = np.histogram(found, bins=_BINS)
    return Simulated(
        draws=draws,
        seed=seed,
        mean=float(found.mean()),
        standard_deviation=float(found.std()),
        quantiles=tuple(float(value) for value in np.quantile(found, QUANTILES)),
        share_negative=float((found < 0).mean()),
        edges=tuple(edges.tolist()),
        counts=tuple(counts.tolist()),
    )


def _drivers(case: Case, rate: Rate) -> list[tuple[tuple[float, float, float], bool]]:
    """Low, likely and high net present value of the lines that move together, and whether they are certain."""
    together: dict[str, list[float]] = {}
    for number, line in enumerate(case.lines):
        if line.is_cashable:
            values = line_values(line, case, rate)
            total = together.setdefault(line.driver or f"\n{number}", [0.0, 0.0, 0.0])
            for index, scenario in enumerate((Scenario.PESSIMISTIC, Scenario.LIKELY, Scenario.OPTIMISTIC)):
                total[index] -= float(values[scenario])
    return [((low, likely, high), low == high) for low, likely, high in together.values()]


def _pert(random: np.random.Generator, count: int, low: float, likely: float, high: float) -> NDArray[np.float64]:
    span = high - low
    alpha = 1 + 4 * (likely - low) / span
    return low + span * random.beta(alpha, 6 - alpha, count)
