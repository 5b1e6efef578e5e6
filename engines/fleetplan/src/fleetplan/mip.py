# SPDX-License-Identifier: MPL-2.0
"""Mixed-integer programs as arrays, handed to HiGHS in one call. Knows nothing of fleets."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

import highspy
import numpy as np
from numpy.typing import NDArray

from fleetplan.errors import SolverFailed

INF = math.inf
_ROWWISE, _MINIMISE = 2, 1
_INTEGER = 1e-7
"""How near to a whole number counts as one."""
_ROOM = 1e-6
"""Reduced costs are exact to about so much."""
_MANY = 20_000
"""From so many columns on a point is first looked for among those that cost the relaxation nothing."""
_CLOSE, _NEAR_SECONDS = 1e-5, 20.0
"""Such a point is taken where it is so near, as a share, to what is proven. It is looked for at most so long."""


class End(Enum):
    """How HiGHS ended."""

    OPTIMAL = "optimal"
    LIMIT = "limit"  # time ran out; there may be a point
    INFEASIBLE = "infeasible"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Rows:
    """Constraints lower <= A x <= upper, A by rows: row r has entries start[r]:start[r+1] of index and value."""

    start: NDArray[np.int32]  # [rows + 1]
    index: NDArray[np.int32]
    value: NDArray[np.float64]
    lower: NDArray[np.float64]  # [rows]
    upper: NDArray[np.float64]  # [rows]

    @classmethod
    def one(cls, index: NDArray[np.int64], value: NDArray[np.float64], *, lower: float = -INF, upper: float) -> "Rows":
        """A single row."""
        return cls(
            np.array([0, len(index)], dtype=np.int32),
            index.astype(np.int32),
            value.astype(np.float64),
            np.array([lower]),
            np.array([upper]),
        )

    @classmethod
    def stacked(cls, parts: "list[Rows]") -> "Rows":
        """Several blocks under each other."""
        offsets = np.cumsum([0] + [len(part.index) for part in parts])
        starts = [part.start[:-1] + offset for part, offset in zip(parts, offsets, strict=False)]
        return cls(
            np.concatenate([*starts, offsets[-1:]]).astype(np.int32),
            np.concatenate([part.index for part in parts]),
            np.concatenate([part.value for part in parts]),
            np.concatenate([part.lower for part in parts]),
            np.concatenate([part.upper for part in parts]),
        )


@dataclass(frozen=True, slots=True)
class Mip:
    """Minimise cost @ x + offset over integer x in [lower, upper] that satisfy ``rows``.

    The last ``continuous`` columns need not be integer.
    """

    cost: NDArray[np.float64]
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    rows: Rows
    offset: float = 0.0
    continuous: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What HiGHS proved (``bound``) and the best point it found (``x``; None where it has none).

    ``x`` is an array of integers, or of floats where the model has continuous columns.
    ``relaxed`` and ``reduced``: value and reduced costs of the linear relaxation, where it was solved. An integer
    column that leaves its limit adds its reduced cost at least to ``relaxed``.
    """

    end: End
    bound: float
    x: NDArray[Any] | None
    relaxed: float = -INF
    reduced: NDArray[np.float64] | None = None

    def narrowed(self, mip: Mip, most: float) -> Mip:
        """The program without the freedom that no point of value ``most`` or less can use."""
        if self.reduced is None:
            return mip
        room = most - self.relaxed + _ROOM
        lower, upper = mip.lower.copy(), mip.upper.copy()
        whole = np.arange(len(lower)) < len(lower) - mip.continuous
        down, up = whole & (self.reduced > room), whole & (self.reduced < -room)
        upper[down] = lower[down]
        lower[up] = upper[up]
        return replace(mip, lower=lower, upper=upper)


_NOWHERE = Outcome(End.INFEASIBLE, INF, None)


def solve_mip(
    mip: Mip,
    *,
    seconds: float = INF,
    relative_gap: float = 0.0,
    cutoff: float = INF,
    interior_point: bool = False,
    should_cancel: Callable[[], bool] | None = None,
) -> Outcome:
    """Minimise with one thread of HiGHS. Raises SolverFailed.

    The linear relaxation goes first: where its optimum is integer (nearly always for interval matrices) or not below
    ``cutoff``, branch and bound is not needed; in the latter case there is a bound and no point. ``interior_point``
    solves it that way, with crossover to a vertex, instead of by the simplex method.
    """
    if not len(mip.cost):
        # HiGHS forgets the offset of a model without columns.
        holds = bool(((mip.rows.lower <= 0) & (mip.rows.upper >= 0)).all())
        return Outcome(End.OPTIMAL, mip.offset, np.zeros(0, dtype=np.int64)) if holds else _NOWHERE
    highs = _loaded(mip, seconds=seconds, should_cancel=should_cancel)
    highs.setOptionValue("mip_rel_gap", relative_gap)
    highs.setOptionValue("mip_abs_gap", 1e-4)
    if interior_point:
        highs.setOptionValue("solver", "ipm")
    whole = len(mip.cost) - mip.continuous
    highs.run()
    relaxed = _end(highs)
    if relaxed is not End.OPTIMAL:
        # Simplex proves no bound before it is done.
        return _NOWHERE if relaxed is End.INFEASIBLE else Outcome(relaxed, -INF, None)
    bound = highs.getInfo().objective_function_value
    solution = highs.getSolution()
    point, reduced = np.array(solution.col_value), np.array(solution.col_dual)
    if np.abs(point[:whole] - np.rint(point[:whole])).max(initial=0.0) < _INTEGER or bound >= cutoff:
        return Outcome(End.OPTIMAL, bound, _whole(point, whole) if bound < cutoff else None, bound, reduced)
    at_vertex = Outcome(End.LIMIT, bound, None, bound, reduced)
    if whole > _MANY:
        near = _near_vertex(mip, at_vertex, seconds=seconds, should_cancel=should_cancel)
        if near is not None:
            value = float(mip.cost @ near) + mip.offset
            if value - bound <= max(relative_gap, _CLOSE) * abs(value):
                return Outcome(End.OPTIMAL, bound, near, bound, reduced)
    highs.setOptionValue("solver", "choose")
    highs.changeColsIntegrality(whole, np.arange(whole, dtype=np.int32), np.ones(whole, dtype=np.uint8))
    highs.run()
    end = _end(highs)
    if end is End.INFEASIBLE:
        return _NOWHERE
    info = highs.getInfo()
    found = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    x = _whole(np.array(highs.getSolution().col_value), whole) if found else None
    return Outcome(end, max(bound, info.mip_dual_bound), x, bound, reduced)


def _near_vertex(
    mip: Mip, relaxed: Outcome, *, seconds: float, should_cancel: Callable[[], bool] | None
) -> NDArray[Any] | None:
    """The best point with whole numbers that costs the relaxation nothing to reach, by branch and bound on the rest.

    Where few columns are not whole, nearly all are fixed by their reduced costs, and what is left is small.
    """
    highs = _loaded(
        relaxed.narrowed(mip, relaxed.relaxed), seconds=min(seconds, _NEAR_SECONDS), should_cancel=should_cancel
    )
    whole = len(mip.cost) - mip.continuous
    highs.changeColsIntegrality(whole, np.arange(whole, dtype=np.int32), np.ones(whole, dtype=np.uint8))
    highs.setOptionValue("mip_rel_gap", _CLOSE)
    highs.run()
    found = highs.getInfo().primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    return _whole(np.array(highs.getSolution().col_value), whole) if found else None


def _whole(point: NDArray[np.float64], whole: int) -> NDArray[Any]:
    """The point with its first so many columns rounded to the whole numbers they are within tolerance."""
    if whole == len(point):
        return np.rint(point).astype(np.int64)
    return np.concatenate([np.rint(point[:whole]), point[whole:]])


def _let_cancel(highs: highspy.Highs, should_cancel: Callable[[], bool]) -> None:
    def interrupt(event: highspy.HighsCallbackEvent) -> None:
        if should_cancel():
            event.interrupt()

    highs.cbMipInterrupt.subscribe(interrupt)
    highs.cbSimplexInterrupt.subscribe(interrupt)
    highs.cbIpmInterrupt.subscribe(interrupt)


def _end(highs: highspy.Highs) -> End:
    state = highspy.HighsModelStatus
    status = highs.getModelStatus()
    if status in (state.kOptimal, state.kModelEmpty):
        return End.OPTIMAL
    if status in (state.kInfeasible, state.kUnboundedOrInfeasible):
        return End.INFEASIBLE
    if status == state.kInterrupt:
        return End.CANCELLED
    if status in (state.kTimeLimit, state.kIterationLimit, state.kSolutionLimit, state.kObjectiveTarget):
        return End.LIMIT
    raise SolverFailed(f"HiGHS ended with {highs.modelStatusToString(status)}")


def _loaded(mip: Mip, *, seconds: float, should_cancel: Callable[[], bool] | None) -> highspy.Highs:
    """HiGHS on one thread and silent, with the model's linear part in it."""
    highs: highspy.Highs = highspy.Highs()  # type: ignore[no-untyped-call]
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("threads", 1)
    if seconds < INF:
        highs.setOptionValue("time_limit", float(seconds))
    if should_cancel is not None:
        _let_cancel(highs, should_cancel)
    columns, rows = len(mip.cost), mip.rows
    highs.passModel(
        columns,
        len(rows.lower),
        len(rows.index),
        _ROWWISE,
        _MINIMISE,
        mip.offset,
        mip.cost,
        mip.lower,
        mip.upper,
        rows.lower,
        rows.upper,
        rows.start,
        rows.index,
        rows.value,
        np.zeros(columns, dtype=np.int32),
    )
    return highs


class GrowingLp:
    """A linear program to which columns are added; HiGHS starts each time from where it ended. Raises SolverFailed."""

    def __init__(self, mip: Mip, *, seconds: float, should_cancel: Callable[[], bool]) -> None:
        self.columns = len(mip.cost)
        self._highs = _loaded(mip, seconds=seconds, should_cancel=should_cancel)

    def add(self, columns: list[tuple[NDArray[np.int64], NDArray[np.float64]]]) -> None:
        """Columns of no cost between zero and one, each as the rows it is in and its values there."""
        count = len(columns)
        if not count:
            return
        start = np.cumsum([0] + [len(index) for index, _ in columns[:-1]])
        self._highs.addCols(
            count,
            np.zeros(count),
            np.zeros(count),
            np.ones(count),
            sum(len(index) for index, _ in columns),
            start.astype(np.int32),
            np.concatenate([index for index, _ in columns]).astype(np.int32),
            np.concatenate([value for _, value in columns]),
        )
        self.columns += count

    def fix(self, columns: NDArray[np.int64], value: float) -> None:
        levels = np.full(len(columns), value)
        self._highs.changeColsBounds(len(columns), columns.astype(np.int32), levels, levels)

    def solve(self) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
        """Point and row duals of the optimum; None where there is none, or time ran out or the caller cancelled."""
        self._highs.run()
        if _end(self._highs) is not End.OPTIMAL:
            return None
        solution = self._highs.getSolution()
        return np.array(solution.col_value), np.array(solution.row_dual)

    def solve_whole(self, *, target: float, nodes: int) -> NDArray[np.float64] | None:
        """A point whose columns are all whole: the first one found at ``target`` or below, else the best of so many
        nodes of branch and bound. None where there is none. Ends the growing: what follows is an integer program.
        """
        highs = self._highs
        highs.setOptionValue("objective_target", target)
        highs.setOptionValue("mip_max_nodes", nodes)
        highs.changeColsIntegrality(
            self.columns, np.arange(self.columns, dtype=np.int32), np.ones(self.columns, dtype=np.uint8)
        )
        highs.run()
        if highs.getInfo().primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            return None
        return np.rint(np.array(highs.getSolution().col_value, dtype=np.float64))
