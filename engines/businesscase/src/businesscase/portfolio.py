# SPDX-License-Identifier: MPL-2.0
"""Which initiatives a fund should pay for: exact, with the bound, and with what the next krone would give."""

import itertools
import math
from collections.abc import Mapping
from enum import StrEnum

import highspy
import msgspec
import numpy as np

from businesscase.errors import InvalidCase, SolverFailed


class Initiative(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something the fund may pay for, wholly or not at all.

    ``gain``: what it gives, in øre of present value (or points of a municipality's own scale, as whole numbers).
    ``costs``: øre of the fund by budget year. ``must``: decided already. ``needs``: others that must be chosen with it.
    """

    id: str
    gain: int
    costs: Mapping[int, int]
    must: bool = False
    needs: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for year, cost in self.costs.items():
            if cost < 0:
                raise InvalidCase("negative", f"costs.{year}", cost, "a fund is drawn on, not paid into")


class Synergy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What two initiatives give beyond their own gains where both are chosen; below zero they harm each other."""

    first: str
    second: str
    gain: int


class Exclusion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Of these at most one is chosen."""

    ids: tuple[str, ...]


class Fund(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The initiatives, and the øre there are in each budget year. Unused money is not carried over."""

    limits: Mapping[int, int]
    initiatives: tuple[Initiative, ...]
    synergies: tuple[Synergy, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()

    def __post_init__(self) -> None:
        known = {initiative.id for initiative in self.initiatives}
        if len(known) < len(self.initiatives):
            twice = next(i.id for i in self.initiatives if sum(j.id == i.id for j in self.initiatives) > 1)
            raise InvalidCase("duplicate_id", "initiatives", twice, "two initiatives have the same name")
        spoken_of = [
            *((f"initiatives[{n}].needs", other) for n, one in enumerate(self.initiatives) for other in one.needs),
            *((f"synergies[{n}]", other) for n, one in enumerate(self.synergies) for other in (one.first, one.second)),
            *((f"exclusions[{n}]", other) for n, one in enumerate(self.exclusions) for other in one.ids),
        ]
        for field, other in spoken_of:
            if other not in known:
                raise InvalidCase("unknown_id", field, other, "no such initiative")
        for n, one in enumerate(self.initiatives):
            for year in one.costs:
                if one.costs[year] and year not in self.limits:
                    raise InvalidCase("no_limit", f"initiatives[{n}].costs.{year}", year, "the fund has no such year")
        _refuse_circles({one.id: one.needs for one in self.initiatives})


class Status(StrEnum):
    """OPTIMAL: proven best. INFEASIBLE: what must be chosen does not fit, see ``reason``."""

    OPTIMAL = "optimal"
    INFEASIBLE = "infeasible"


class NextStep(msgspec.Struct, frozen=True):
    """The least more money in one year that would change the choice for the better, and what that would give.

    Both in the units of the problem; ``gain / extra`` is what the next krone gives, on average over that step.
    """

    year: int
    extra: int
    gain: int
    chosen: tuple[str, ...]


class Choice(msgspec.Struct, frozen=True):
    """What to choose. ``left``: øre unused by year. ``next_steps``: one for each year in which money is short."""

    status: Status
    chosen: tuple[str, ...] = ()
    gain: int = 0
    spent: Mapping[int, int] = {}
    left: Mapping[int, int] = {}
    next_steps: tuple[NextStep, ...] = ()
    reason: str = ""


def choose(fund: Fund) -> Choice:
    """The initiatives that give most within the limits; among equals those that cost least. Raises SolverFailed."""
    model = _Model(fund)
    best = model.best(fund.limits)
    if best is None:
        return Choice(Status.INFEASIBLE, reason=_why_not(fund))
    gain = gain_of(fund, best)
    spent = spent_by(fund, best)
    steps = [model.next_step(year, gain) for year in sorted(fund.limits)]
    return Choice(
        Status.OPTIMAL,
        chosen=tuple(one.id for one in fund.initiatives if one.id in best),
        gain=gain,
        spent=spent,
        left={year: limit - spent[year] for year, limit in fund.limits.items()},
        next_steps=tuple(step for step in steps if step is not None),
    )


def gain_of(fund: Fund, chosen: frozenset[str]) -> int:
    """What a choice gives, synergies included."""
    return sum(one.gain for one in fund.initiatives if one.id in chosen) + sum(
        synergy.gain for synergy in fund.synergies if synergy.first in chosen and synergy.second in chosen
    )


def spent_by(fund: Fund, chosen: frozenset[str]) -> dict[int, int]:
    """Øre a choice takes from the fund, by year."""
    return {
        year: sum(one.costs.get(year, 0) for one in fund.initiatives if one.id in chosen)
        for year in sorted(fund.limits)
    }


Row = tuple[dict[int, int], float, float]
"""Coefficients by column, and the sides the sum must lie between."""


class _Model:
    """Columns: one per initiative, then one per synergy (both chosen). Rows: limits, rules, and the gain."""

    def __init__(self, fund: Fund) -> None:
        self.fund = fund
        self.at = {one.id: index for index, one in enumerate(fund.initiatives)}
        self.columns = len(fund.initiatives) + len(fund.synergies)
        self.gains = [*(one.gain for one in fund.initiatives), *(synergy.gain for synergy in fund.synergies)]
        self.rules: list[Row] = []
        for one in fund.initiatives:
            self.rules += [({self.at[one.id]: 1, self.at[other]: -1}, -math.inf, 0) for other in one.needs]
        self.rules += [({self.at[name]: 1 for name in one.ids}, -math.inf, 1) for one in fund.exclusions]
        for number, synergy in enumerate(fund.synergies, start=len(fund.initiatives)):
            pair = (self.at[synergy.first], self.at[synergy.second])
            self.rules += [({number: 1, of: -1}, -math.inf, 0) for of in pair]
            self.rules.append(({number: 1, pair[0]: -1, pair[1]: -1}, -1, math.inf))
        self.costs = {
            year: {self.at[one.id]: one.costs[year] for one in fund.initiatives if one.costs.get(year)}
            for year in fund.limits
        }

    def best(self, limits: Mapping[int, int]) -> frozenset[str] | None:
        """The choice of most gain, and of those the one that costs least. None where nothing fits."""
        found = self._least([-of for of in self.gains], limits)
        if found is None:
            return None
        total = [sum(one.costs.values()) for one in self.fund.initiatives] + [0] * len(self.fund.synergies)
        return self._least(total, limits, at_least=gain_of(self.fund, found))

    def next_step(self, year: int, gain: int) -> NextStep | None:
        """With all other years' limits as they are. None where money in this year keeps nothing back."""
        others = {other: limit for other, limit in self.fund.limits.items() if other != year}
        costs = [self.costs[year].get(column, 0) for column in range(self.columns)]
        cheapest = self._least(costs, others, at_least=gain + 1)
        if cheapest is None:
            return None
        needed = spent_by(self.fund, cheapest)[year]
        reached = self.best({**others, year: needed})
        assert reached is not None
        return NextStep(
            year, needed - self.fund.limits[year], gain_of(self.fund, reached) - gain,
            tuple(one.id for one in self.fund.initiatives if one.id in reached),
        )  # fmt: skip

    def _least(self, cost: list[int], limits: Mapping[int, int], at_least: int | None = None) -> frozenset[str] | None:
        """The choice of least cost within limits, exactly. ``at_least``: the gain it must give. None where none does.

        HiGHS counts in floating point: it compares costs to about a millionth, and may break a limit by a rounding. So
        every answer is looked at again in whole numbers, one that breaks something is forbidden, and the search ends
        when nothing cheaper by a single unit is left.
        """
        rows = [*self.rules, *(_scaled(self.costs[year], -math.inf, limit) for year, limit in limits.items())]
        if at_least is not None:
            rows.append(_scaled(dict(enumerate(self.gains)), at_least, math.inf))
        terms = dict(enumerate(cost))
        best: frozenset[str] | None = None
        while True:
            cheaper = [] if best is None else [_scaled(terms, -math.inf, self._of(cost, best) - 1)]
            chosen = self._run(cost, rows + cheaper)
            if chosen is None:
                return best
            spent = spent_by(self.fund, chosen)
            if (
                (at_least is None or gain_of(self.fund, chosen) >= at_least)
                and all(spent[year] <= limit for year, limit in limits.items())
                and (best is None or self._of(cost, chosen) < self._of(cost, best))
            ):
                best = chosen
            else:
                others = {index: 1 if one.id in chosen else -1 for index, one in enumerate(self.fund.initiatives)}
                rows.append((others, -math.inf, len(chosen) - 1))

    def _of(self, cost: list[int], chosen: frozenset[str]) -> int:
        """What a choice costs; a synergy counts where both of it are chosen."""
        pairs = (one.first in chosen and one.second in chosen for one in self.fund.synergies)
        taken = [*(one.id in chosen for one in self.fund.initiatives), *pairs]
        return sum(of for of, is_taken in zip(cost, taken, strict=True) if is_taken)

    def _run(self, cost: list[int], rows: list[Row]) -> frozenset[str] | None:
        if not self.columns:
            # HiGHS calls a model without columns solved, whatever its rows say.
            return frozenset() if all(low <= 0 <= high for _, low, high in rows) else None
        highs = highspy.Highs()  # type: ignore[no-untyped-call]
        for option, value in {"output_flag": False, "threads": 1, "mip_rel_gap": 0.0, "mip_abs_gap": 0.0}.items():
            highs.setOptionValue(option, value)
        largest = max((abs(of) for of in cost), default=0) or 1
        must = [float(one.must) for one in self.fund.initiatives] + [0.0] * len(self.fund.synergies)
        starts = np.cumsum([0] + [len(terms) for terms, _, _ in rows])
        index = [column for terms, _, _ in rows for column in terms]
        values = [of for terms, _, _ in rows for of in terms.values()]
        highs.passModel(
            self.columns, len(rows), len(index), 2, 1, 0.0,
            np.array(cost, dtype=float) * 1e3 / largest, np.array(must), np.ones(self.columns),
            np.array([low for _, low, _ in rows], dtype=float), np.array([high for _, _, high in rows], dtype=float),
            starts.astype(np.int32), np.array(index, dtype=np.int32), np.array(values, dtype=float),
            np.ones(self.columns, dtype=np.int32),
        )  # fmt: skip
        highs.run()
        status = highs.getModelStatus()
        if status in (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible):
            return None
        if status not in (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kModelEmpty):
            raise SolverFailed(f"HiGHS ended with {highs.modelStatusToString(status)}")
        level = highs.getSolution().col_value
        return frozenset(one.id for index, one in enumerate(self.fund.initiatives) if level[index] > 0.5)


def _scaled(terms: Mapping[int, int], low: float, high: float) -> Row:
    """A row in steps of its greatest common divisor, so that its numbers are small and exact in floating point.

    Sides that fall between two steps are moved to the nearest one that allows the same points, plus a tenth of a step.
    """
    kept = {column: of for column, of in terms.items() if of}
    step = math.gcd(*kept.values()) or 1
    return (
        {column: of // step for column, of in kept.items()},
        -math.inf if math.isinf(low) else -(-int(low) // step) - 0.1,
        math.inf if math.isinf(high) else int(high) // step + 0.1,
    )


def _refuse_circles(needs: Mapping[str, tuple[str, ...]]) -> None:
    """Two that need each other are one initiative; a longer circle is a mistake. Raises InvalidCase."""
    done: set[str] = set()

    def walk(name: str, path: tuple[str, ...]) -> None:
        if name in path:
            circle = " → ".join((*path[path.index(name) :], name))
            raise InvalidCase("circle", "needs", circle, "these initiatives need each other in a circle")
        if name not in done:
            for other in needs[name]:
                walk(other, (*path, name))
            done.add(name)

    for name in needs:
        walk(name, ())


def _why_not(fund: Fund) -> str:
    """What keeps the decided initiatives, and what they need, from being chosen together."""
    needs = {one.id: one.needs for one in fund.initiatives}
    wanted = {one.id for one in fund.initiatives if one.must}
    while missing := {other for name in wanted for other in needs[name]} - wanted:
        wanted |= missing
    for exclusion in fund.exclusions:
        for first, second in itertools.combinations(exclusion.ids, 2):
            if first in wanted and second in wanted:
                return f"{first} and {second} exclude each other and both must be chosen"
    for year, spent in spent_by(fund, frozenset(wanted)).items():
        if spent > fund.limits[year]:
            return f"{', '.join(sorted(wanted))} together take {spent} in {year}, and there are {fund.limits[year]}"
    return "the limits leave no choice"
