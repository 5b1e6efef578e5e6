# SPDX-License-Identifier: MPL-2.0
"""The front of cash against CO2e around a proposal, and the point on it that a priority stands for."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

import fleetplan

ALL_TENTHS = 10
_ROUNDING_DKK = Decimal("0.03")
"""Value and bound are each rounded to whole øre; so close together they are the same."""
_HUNDREDTH_KG = Decimal("0.01")


@dataclass(frozen=True)
class Alternative:
    """A plan beside the proposal: who drives what, its bound, and what the independent checker says of it.

    ``value`` and ``bound`` in kr./year of cash for a point of the front, which is the cheapest within ``max_co2e_kg``.
    """

    answer: fleetplan.Answer
    violations: list[fleetplan.Violation]
    value: Decimal | None = None
    bound: Decimal | None = None
    max_co2e_kg: Decimal | None = None

    @property
    def is_proven(self) -> bool:
        """Whether nothing cheaper within the same CO2e exists."""
        return self.value is not None and self.value == self.bound


def points_of(
    problem: fleetplan.Problem,
    points: Sequence[fleetplan.FrontPoint],
    proposal: fleetplan.Answer | None,
    proposal_cap: Decimal | None = None,
) -> tuple[Alternative, ...]:
    """The front from cheapest to greenest, each point with the best bound that is proven for it.

    The proposal, which was looked for longer, takes the place of points that it beats; ``proposal_cap``: the kg CO2e a
    year that it was held to beyond what the problem says. A bound that holds within some CO2e holds within less, so
    each point profits from those of all higher ceilings.
    """
    ceiling = problem.objective.max_co2e_kg
    found = [point.answer for point in points]
    # Whatever is proven under the ceiling that holds for all points holds for each.
    proven = [
        (None if ceiling is not None and point.max_co2e_kg == Decimal(repr(ceiling)) else point.max_co2e_kg, bound)
        for point in points
        if (bound := point.answer.bound) is not None
    ]
    if proposal is not None and proposal.totals is not None:
        found.append(proposal)
        if problem.objective.stages[0] == ((fleetplan.Goal.CASH, 1.0),) and proposal.bound is not None:
            proven.append((proposal_cap, proposal.bound))
    kept: list[fleetplan.Answer] = []
    for answer in sorted(found, key=lambda each: (_cash(each), _kilos(each))):
        if not kept or _kilos(answer) < _kilos(kept[-1]):
            kept.append(answer)
    return tuple(_alternative(problem, answer, proven, is_cheapest=answer is kept[0]) for answer in kept)


def cap_of(priority: int, front: tuple[Alternative, ...]) -> Decimal:
    """Kg CO2e a year that a plan may emit to save ``priority`` tenths of all that can be saved on the front."""
    cheapest, greenest = _kilos(front[0].answer), _kilos(front[-1].answer)
    wanted = cheapest - (cheapest - greenest) * priority / ALL_TENTHS
    return max(greenest, wanted.quantize(_HUNDREDTH_KG))


def within(front: tuple[Alternative, ...], cap: Decimal) -> Alternative:
    """The cheapest point of the front that emits no more than ``cap`` kg a year; the greenest where none does."""
    return next((each for each in front if _kilos(each.answer) <= cap), front[-1])


def _alternative(
    problem: fleetplan.Problem,
    answer: fleetplan.Answer,
    proven: list[tuple[Decimal | None, Decimal]],
    *,
    is_cheapest: bool,
) -> Alternative:
    kilos = _kilos(answer)
    bounds = [bound for cap, bound in proven if cap is None or (cap >= kilos and not is_cheapest)]
    value = _cash(answer)
    bound = max(bounds, default=None)
    if bound is not None and abs(value - bound) <= _ROUNDING_DKK:
        bound = value
    asked = problem.objective
    objective = fleetplan.Objective.minimise(
        fleetplan.Goal.CASH, max_unserved=asked.max_unserved, max_co2e_kg=float(kilos), max_cash_dkk=asked.max_cash_dkk
    )
    told = replace(
        answer,
        status=fleetplan.Status.OPTIMAL if bound == value else fleetplan.Status.FEASIBLE,
        stages=(fleetplan.Stage(objective.stages[0], value, bound),),
    )
    return Alternative(
        told, fleetplan.check(replace(problem, objective=objective), told), value, bound, None if is_cheapest else kilos
    )


def _cash(answer: fleetplan.Answer) -> Decimal:
    assert answer.totals is not None
    return answer.totals.cash_dkk


def _kilos(answer: fleetplan.Answer) -> Decimal:
    assert answer.totals is not None
    return answer.totals.co2e_kg
