# SPDX-License-Identifier: MPL-2.0
"""The front of money against CO2e: what each further kilo saved costs, with a bound for every point.

A price on a kilo finds a plan on the front without a cap, so bases are still solved one by one, and it proves a bound
for every cap at once: where cost + price x kilos is at least L, no plan within K kilos costs less than L - price x K.
Where no price leads to a plan between two neighbours, a cap halfway between them does, at more time.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from fleetplan.answer import DEFAULT_LIMITS, Answer, Limits, Progress, Status
from fleetplan.errors import InvalidProblem
from fleetplan.problem import Goal, Objective, Problem
from fleetplan.solve import solve
from fleetplan.stages import are_proven, rounding, stages_of

FRONT_LIMITS = replace(DEFAULT_LIMITS, rounds=1, refine=False)
"""Several plans in the time of one: each point is looked for less long."""
_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class FrontPoint:
    """The cheapest plan found within ``max_co2e_kg`` a year (None = no cap); its bound holds under that cap.

    The cap is the plan's own CO2e as shown, so to the same two decimals.
    """

    max_co2e_kg: Decimal | None
    answer: Answer


@dataclass(frozen=True, slots=True)
class _Proven:
    """No plan within K kilos costs less than ``at_zero`` - ``price`` x K; for a cap that was set: at K = ``until``."""

    at_zero: Decimal
    price: Decimal = Decimal(0)
    until: Decimal | None = None

    def below(self, kilos: Decimal) -> Decimal | None:
        if self.until is not None and kilos > self.until:
            return None
        return self.at_zero - self.price * kilos


def front(
    problem: Problem,
    *,
    points: int = 7,
    money: Goal = Goal.CASH,
    limits: Limits = FRONT_LIMITS,
    on_progress: Callable[[Progress], None] | None = None,
    should_cancel: Callable[[], bool] | None = None,
) -> tuple[FrontPoint, ...]:
    """Pareto points from the cheapest plan to the greenest, in order of falling CO2e.

    ``money``: Goal.CASH or Goal.COST. At most ``points`` (two or more); each further one is looked for between the two
    neighbours that lie widest apart in CO2e. The problem's caps hold for all; its stages are replaced. Plans that
    another beats on both counts are left out. Cancelled: the points so far. Raises InvalidProblem where ``money`` is
    not money.
    """
    if not money.is_money:
        raise InvalidProblem("not_money", "money", money.value, "a front is of cash or cost against CO2e")
    base = Objective.minimise(
        money, max_unserved=problem.objective.max_unserved, max_cash_dkk=problem.objective.max_cash_dkk
    )
    cap = problem.objective.max_co2e_kg

    def solved(objective: Objective) -> Answer:
        return solve(
            replace(problem, objective=objective), limits=limits, on_progress=on_progress, should_cancel=should_cancel
        )

    def cancelled() -> bool:
        return should_cancel is not None and should_cancel()

    cheapest = solved(replace(base, max_co2e_kg=cap))
    greenest = solved(replace(base, stages=(((Goal.CO2E, 1.0),), ((money, 1.0),)), max_co2e_kg=cap))
    if cheapest.totals is None or greenest.totals is None:
        return ()
    found = [cheapest, greenest]
    proven = [] if cheapest.bound is None else [_Proven(cheapest.bound)]
    frugal = greenest.stages[1].bound
    if frugal is not None:
        proven.append(_Proven(frugal, until=greenest.totals.co2e_kg))
    barren: set[tuple[Decimal, Decimal]] = set()
    while len(found) < points and not cancelled():
        between = _widest(found, money, barren)
        if between is None:
            break
        dear, cheap = between
        price = (_spent(dear, money) - _spent(cheap, money)) / (_kilos(cheap) - _kilos(dear))
        goals = ((money, 1.0), (Goal.CO2E, float(price)))
        answer = solved(replace(base, stages=(goals,), max_co2e_kg=cap))
        if answer.bound is not None:
            proven.append(_Proven(answer.bound - rounding(goals), Decimal(repr(float(price)))))
        if not _lies_between(answer, dear, cheap) and not cancelled():
            halfway = (_kilos(cheap) + _kilos(dear)) / 2
            answer = solved(replace(base, max_co2e_kg=float(halfway)))
            if answer.bound is not None:
                proven.append(_Proven(answer.bound, until=halfway))
        if _lies_between(answer, dear, cheap):
            found.append(answer)
        else:
            barren.add((_kilos(dear), _kilos(cheap)))
    return tuple(
        _point(answer, None if answer is cheapest else _kilos(answer), money, base, cap, proven)
        for answer in _undominated(found, money)
    )


def _point(
    answer: Answer,
    kilos: Decimal | None,
    money: Goal,
    base: Objective,
    cap: float | None,
    proven: Iterable[_Proven],
) -> FrontPoint:
    """The plan told as one of least money within its own CO2e, beside the best that is proven for that."""
    within = kilos
    if kilos is None:
        # Without a cap only what is proven whatever the CO2e counts.
        bounds = [fact.at_zero for fact in proven if fact.price == 0 and fact.until is None]
        within = None if cap is None else Decimal(repr(cap))
    else:
        # A plan's CO2e is rounded: the cap it is measured by is half a hundredth above.
        bounds = [bound for fact in proven if (bound := fact.below(kilos + (_CENT if fact.price else 0))) is not None]
    best = float(max(bounds)) if bounds else -float("inf")
    stages = stages_of(base, (_spent(answer, money),), (best,))
    status = Status.OPTIMAL if are_proven(stages) else Status.FEASIBLE
    return FrontPoint(within, replace(answer, status=status, stages=stages))


def _widest(found: list[Answer], money: Goal, barren: set[tuple[Decimal, Decimal]]) -> tuple[Answer, Answer] | None:
    """The two neighbours on the front with most CO2e between them, the greener first; None where all is known."""
    kept = _undominated(found, money)
    pairs = [
        (green, brown)
        for brown, green in zip(kept, kept[1:], strict=False)
        if (_kilos(green), _kilos(brown)) not in barren
    ]
    return max(pairs, key=lambda pair: _kilos(pair[1]) - _kilos(pair[0]), default=None)


def _lies_between(answer: Answer, dear: Answer, cheap: Answer) -> bool:
    return answer.totals is not None and _kilos(dear) < _kilos(answer) < _kilos(cheap)


def _spent(answer: Answer, money: Goal) -> Decimal:
    assert answer.totals is not None
    return answer.totals.cash_dkk if money is Goal.CASH else answer.totals.total_dkk


def _kilos(answer: Answer) -> Decimal:
    assert answer.totals is not None
    return answer.totals.co2e_kg


def _undominated(found: list[Answer], money: Goal) -> list[Answer]:
    """In order of falling CO2e, only plans that no other equals or beats on both counts."""
    kept: list[Answer] = []
    for answer in sorted(found, key=lambda answer: (_spent(answer, money), _kilos(answer))):
        if not kept or _kilos(answer) < _kilos(kept[-1]):
            kept.append(answer)
    return kept
