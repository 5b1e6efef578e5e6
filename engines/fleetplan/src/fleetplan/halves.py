# SPDX-License-Identifier: MPL-2.0
"""What if vehicles move twice a year: a fleet for each half of the year, with the same vehicles in both.

What one half does not need at a base may stand at another. Each half is solved by itself; a model is owned as often as
the half that uses most of it needs. The bound is proven: a year's fixed cost is at least that of either half's fleet,
so the mean of the halves' bounds, by their days, is below every plan with moves, whatever moving costs.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from fleetplan.answer import DEFAULT_LIMITS, Answer, Limits, Progress, Totals
from fleetplan.check import check
from fleetplan.cost import allowance_dkk, rounded, rounded_down, stage_value
from fleetplan.errors import InvalidProblem, NoFleet
from fleetplan.problem import Goal, Problem, VehicleClass
from fleetplan.solve import solve
from fleetplan.weeks import local_day
from fleetplan.whatif import counts_by_model, model_of

SUMMER = frozenset(range(4, 10))
"""April to September, as months."""


@dataclass(frozen=True, slots=True)
class Halves:
    """The two half-year plans as one year. ``totals``: the year's, without the cost of moving.

    ``moves``: vehicles that change base at each of the year's two switches. ``moving_dkk``: a year's cost of that, None
    where nobody said what a move costs. ``value`` and ``bound``: of the goal, moving included where it is money.
    """

    problems: tuple[Problem, Problem]
    answers: tuple[Answer, Answer]
    totals: Totals
    moves: int
    moving_dkk: Decimal | None
    value: Decimal
    bound: Decimal | None
    violations: int


def move_twice(
    problem: Problem,
    *,
    first_half: frozenset[int] = SUMMER,
    move_dkk: float | None = None,
    limits: Limits = DEFAULT_LIMITS,
    on_progress: Callable[[Progress], None] | None = None,
    should_cancel: Callable[[], bool] | None = None,
) -> Halves:
    """A fleet for the months ``first_half`` and one for the others. ``move_dkk``: what moving one vehicle once costs.

    Raises InvalidProblem where either half has no trips, and NoFleet where one cannot be driven.
    """
    halves = _halves(problem, first_half)
    answers = []
    for half in halves:
        answer = solve(half, limits=limits, on_progress=on_progress, should_cancel=should_cancel)
        if answer.totals is None:
            raise NoFleet(answer)
        answers.append(answer)
    shares = tuple(half.days / problem.days for half in halves)
    owned: Counter[VehicleClass] = Counter()
    for half, answer in zip(halves, answers, strict=True):
        owned |= counts_by_model(half, answer.counts)
    totals = _year(problem, answers, shares, owned)
    moves = _moves(problem, answers, owned)
    moving = None if move_dkk is None else rounded(2 * moves * move_dkk)
    goals = problem.objective.stages[0]
    money = sum(weight for goal, weight in goals if goal.is_money)
    value = stage_value(goals, totals) + rounded(money * float(moving or 0))
    bounds = [answer.bound for answer in answers]
    bound = None if None in bounds else _bound(goals, [float(b) for b in bounds if b is not None], shares)
    return Halves(
        problems=(halves[0], halves[1]),
        answers=(answers[0], answers[1]),
        totals=totals,
        moves=moves,
        moving_dkk=moving,
        value=value,
        bound=None if bound is None else min(bound, value),
        violations=sum(len(check(half, answer)) for half, answer in zip(halves, answers, strict=True)),
    )


def _halves(problem: Problem, first_half: frozenset[int]) -> list[Problem]:
    days_of = {trip.id: local_day(problem, trip) for trip in problem.trips}
    if not days_of:
        raise InvalidProblem("empty_half", "trips", 0, "there are no trips")
    first = min(days_of.values())
    whole = [first + timedelta(days=n) for n in range(max(1, round(problem.days)))]
    found = []
    for wanted in (True, False):

        def belongs(day: date, wanted: bool = wanted) -> bool:
            return (day.month in first_half) is wanted

        trips = tuple(trip for trip in problem.trips if belongs(days_of[trip.id]))
        if not trips:
            raise InvalidProblem(
                "empty_half", "first_half", sorted(first_half), "one half of the year has no trips in the period"
            )
        days = problem.days * sum(belongs(day) for day in whole) / len(whole)
        cap = problem.objective.max_unserved
        objective = replace(problem.objective, max_unserved=cap and cap * len(trips) // len(problem.trips))
        found.append(replace(problem, trips=trips, period_days=days, objective=objective, vehicles=()))
    return found


def _year(problem: Problem, answers: list[Answer], shares: tuple[float, ...], owned: Counter[VehicleClass]) -> Totals:
    """Running figures by the halves' days, fixed cost of everything owned, allowance of the whole year's km."""
    parts = [answer.totals for answer in answers if answer.totals is not None]

    def mixed(name: str) -> Decimal:
        return rounded(sum(share * float(getattr(part, name)) for share, part in zip(shares, parts, strict=True)))

    unserved_km = mixed("unserved_km")
    fixed = sum(model.fixed_dkk_year * count for model, count in owned.items())
    return replace(
        parts[0],
        fixed_dkk=rounded(fixed),
        energy_dkk=mixed("energy_dkk"),
        allowance_dkk=rounded(allowance_dkk(problem.costs.allowance, float(unserved_km))),
        social_dkk=mixed("social_dkk"),
        co2e_kg=mixed("co2e_kg"),
        km=mixed("km"),
        transfer_km=mixed("transfer_km"),
        unserved_km=unserved_km,
        unserved_trips=sum(part.unserved_trips for part in parts),
        vehicles=sum(owned.values()),
    )


def _moves(problem: Problem, answers: list[Answer], owned: Counter[VehicleClass]) -> int:
    """The fewest vehicles that change base at a switch. What a half has to spare already stands where it is needed."""
    first, second = answers
    used = counts_by_model(problem, first.counts)
    arriving: Counter[VehicleClass] = Counter()
    for c in problem.classes:
        more = max(0, second.counts.get(c.id, 0) - first.counts.get(c.id, 0))
        arriving[model_of(c)] += more
    return sum(max(0, count - (owned[model] - used[model])) for model, count in arriving.items())


def _bound(goals: tuple[tuple[Goal, float], ...], bounds: list[float], shares: tuple[float, ...]) -> Decimal:
    """Vehicles are as many as the greater half needs, unserved trips add up, what is yearly is the mean by days."""
    if all(goal is Goal.VEHICLES for goal, _ in goals):
        return rounded_down(max(bounds))
    if all(goal is Goal.UNSERVED for goal, _ in goals):
        return rounded_down(sum(bounds))
    return rounded_down(sum(share * bound for share, bound in zip(shares, bounds, strict=True)))
