# SPDX-License-Identifier: MPL-2.0
"""Maximal cliques of an interval graph: the instants at which as many jobs as possible hold a vehicle at once."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Cliques:
    """``m`` maximal cliques of ``n`` closed intervals, in time order.

    Clique ``k`` is alive in [``opens[k]``, ``closes[k]``], both included, and has ``size[k]`` members. Interval ``i``
    belongs to cliques ``first[i]`` up to but not including ``last[i]``: always a run, which is why a vehicle class is a
    flow and the counting model nearly integral.
    """

    opens: NDArray[np.int64]  # [m]
    closes: NDArray[np.int64]  # [m]
    size: NDArray[np.int64]  # [m]
    first: NDArray[np.int64]  # [n]
    last: NDArray[np.int64]  # [n]

    @property
    def m(self) -> int:
        return len(self.opens)

    @property
    def largest(self) -> int:
        """The clique number: as many vehicles of one kind are needed, and enough."""
        return int(self.size.max()) if self.m else 0

    def members(self, k: int) -> NDArray[np.int64]:
        """The intervals that meet in clique ``k``."""
        return np.flatnonzero((self.first <= k) & (k < self.last))


def maximal_cliques(start: NDArray[np.int64], end: NDArray[np.int64]) -> Cliques:
    """Maximal cliques of the closed intervals [start, end], in O(n log n).

    A set of intervals is a maximal clique exactly where, in the sweep of all end points, an end follows a start.
    Source: M. C. Golumbic, Algorithmic Graph Theory and Perfect Graphs, chapter 8.
    """
    starts = np.unique(start)
    ends = np.sort(end)
    ended_before = np.searchsorted(ends, starts, side="left")
    ended_before_next = np.append(ended_before[1:], len(ends))
    opens = starts[ended_before_next > ended_before]
    ended = np.searchsorted(ends, opens, side="left")
    return Cliques(
        opens=opens,
        closes=ends[ended] if len(opens) else opens,
        size=np.searchsorted(np.sort(start), opens, side="right") - ended,
        first=np.searchsorted(opens, start, side="left"),
        last=np.searchsorted(opens, end, side="right"),
    )
