# SPDX-License-Identifier: MPL-2.0
"""Choose a fleet on some weeks, try it on others: what it serves there, what it saves, and how sure that is.

Every week is planned by itself, with all vehicles at home when it begins and its trips given to vehicles in the best
way there is: as few unserved as possible, then the problem's goal. Each plan is checked by the independent checker.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import numpy as np

from fleetplan.answer import DEFAULT_LIMITS, Answer, ClassCount, Limits, Status
from fleetplan.check import check
from fleetplan.errors import NoFleet, Stopped
from fleetplan.jobs import allowed_trips
from fleetplan.problem import Goal, Objective, Problem
from fleetplan.proving import Saving, Service, Tested, saving_of, service_of, size_interval
from fleetplan.solve import solve
from fleetplan.splits import Fold, Split, folds_of
from fleetplan.weeks import Week, only, weeks_of
from fleetplan.whatif import grown

HOLDOUT_LIMITS = replace(DEFAULT_LIMITS, solver_seconds=20.0, rounds=2, refine=False)
"""Many plans in the time of a few: each is looked for less long."""
_DESIGN_SECONDS = 5.0
"""Fleets to try need not be the cheapest of their size to the last krone."""
_LADDER = (0.90, 0.95, 0.98, 0.99, 1.0, 1.05, 1.1, 1.2, 1.35, 1.5)
"""How generously fleets are designed: below 1 the share of the training trips to serve, above it that many more."""
_HALVINGS = 2


@dataclass(frozen=True, slots=True)
class TrialWeek:
    """A whole week of the problem: seven local days from ``first_day`` on."""

    number: int
    first_day: date
    trips: int
    km: float


@dataclass(frozen=True, slots=True)
class Choice:
    """The fleet chosen on the weeks of a fold, and how good it is proven to be there (None: the fleet was given)."""

    fold: Fold
    fleet: tuple[ClassCount, ...]
    status: Status | None
    value: Decimal | None
    bound: Decimal | None

    @property
    def vehicles(self) -> int:
        return sum(entry.count for entry in self.fleet)


@dataclass(frozen=True, slots=True)
class Rung:
    """A fleet designed more or less generously on the training weeks, and what it serves in the others.

    ``design``: share of the training trips it had to serve; ``growth_percent``: extra trips it was designed for.
    With several folds ``fleet`` is the one designed on all weeks, and the service that of the folds' fleets.
    """

    design: float
    growth_percent: float
    fleet: tuple[ClassCount, ...]
    fixed_dkk: float
    tested: tuple[Tested, ...]
    service: Service

    @property
    def vehicles(self) -> int:
        return sum(entry.count for entry in self.fleet)


@dataclass(frozen=True, slots=True)
class Size:
    """The smallest fleet tried that served at least ``level`` of the trips in weeks it had not seen.

    ``rung`` None: none tried did. ``vehicles_low`` and ``vehicles_high``: interval of the size, both None with too few
    weeks; ``vehicles_high`` None beside a low one: the largest fleet tried may be too small.
    """

    level: float
    rung: int | None
    vehicles: int | None
    vehicles_low: int | None
    vehicles_high: int | None
    weeks: int
    weeks_fully_served: int


@dataclass(frozen=True, slots=True)
class Holdout:
    """What :func:`hold_out` found. ``today`` is empty and ``saving`` None where today's fleet is not known."""

    weeks: tuple[TrialWeek, ...]
    split: Split
    seed: int
    confidence: float
    choices: tuple[Choice, ...]
    tested: tuple[Tested, ...]
    service: Service
    today: tuple[Tested, ...]
    today_service: Service | None
    saving: Saving | None
    rungs: tuple[Rung, ...]
    sizes: tuple[Size, ...]

    @property
    def violations(self) -> int:
        """What the independent checker found in all plans of all weeks."""
        return sum(
            tested.violations
            for tests in (self.tested, self.today, *(rung.tested for rung in self.rungs))
            for tested in tests
        )


def hold_out(
    problem: Problem,
    *,
    train_weeks: int = 2,
    split: Split = Split.RANDOM,
    seed: int = 1,
    levels: Sequence[float] = (0.95, 0.99, 1.0),
    confidence: float = 0.95,
    given: Iterable[date] = (),
    fleet: Mapping[str, int] | None = None,
    first_day: date | None = None,
    last_day: date | None = None,
    limits: Limits = HOLDOUT_LIMITS,
    on_progress: Callable[[float, str], None] | None = None,
    should_cancel: Callable[[], bool] | None = None,
) -> Holdout:
    """Choose on ``train_weeks`` weeks (or the weeks ``given`` by a day in them), test on the others.

    ``fleet``: class id -> count, a fleet already chosen on the training weeks. ``levels``: shares of trips to find
    fleet sizes for; none: sizes are not looked for. ``on_progress`` is told a fraction and a step: "choose", "test",
    "today", "sizes". The same input and seed give the same answer unless a time limit strikes. Raises InvalidProblem
    (too few weeks for the split), NoFleet (nothing can serve the training weeks) and Stopped.
    """
    weeks = weeks_of(problem, first_day=first_day, last_day=last_day)
    folds = folds_of(weeks, split=split, train_weeks=train_weeks, seed=seed, given=frozenset(given))
    work = _Work(problem, weeks, limits, on_progress, should_cancel, len(folds), len(levels) > 0)
    choices, tested = [], []
    for fold in folds:
        if fleet is None:
            choices.append(work.choose(fold, only(problem, work.weeks(fold.train))))
        else:
            entries = tuple(ClassCount(c.id, fleet.get(c.id, 0)) for c in problem.classes)
            choices.append(Choice(fold, entries, None, None, None))
        tested += work.try_out(choices[-1])
    today: list[Tested] = []
    if problem.vehicles:
        counts = {c.id: sum(v.class_id == c.id for v in problem.vehicles) for c in problem.classes}
        for fold in folds:
            today += work.test(fold, counts, "today")
    rungs = _rungs(work, folds, levels, seed, confidence) if levels else ()
    return Holdout(
        weeks=tuple(TrialWeek(week.number, week.first_day, len(week.trips), week.km) for week in weeks),
        split=split,
        seed=seed,
        confidence=confidence,
        choices=tuple(choices),
        tested=tuple(tested),
        service=service_of(tested, confidence=confidence, seed=seed),
        today=tuple(today),
        today_service=service_of(today, confidence=confidence, seed=seed) if today else None,
        saving=saving_of(problem, tested, today, confidence=confidence, seed=seed) if today else None,
        rungs=rungs,
        sizes=tuple(_size(level, rungs, confidence=confidence, seed=seed) for level in levels),
    )


class _Work:
    """Choosing and testing, with progress."""

    def __init__(
        self,
        problem: Problem,
        weeks: tuple[Week, ...],
        limits: Limits,
        on_progress: Callable[[float, str], None] | None,
        should_cancel: Callable[[], bool] | None,
        folds: int,
        with_sizes: bool,
    ) -> None:
        self.problem = problem
        self.by_number = {week.number: week for week in weeks}
        self.limits = limits
        self.on_progress = on_progress
        self.should_cancel = should_cancel
        rounds = 2 + (len(_LADDER) if with_sizes else 0)
        self.steps = rounds * (len(weeks) + folds)
        self.done = 0

    def weeks(self, numbers: Iterable[int]) -> tuple[Week, ...]:
        return tuple(self.by_number[number] for number in numbers)

    def choose(self, fold: Fold, task: Problem, step: str = "choose") -> Choice:
        """The best fleet for a task made of the training weeks. Raises NoFleet."""
        answer = self._solve(task, step)
        if answer.totals is None or answer.value is None:
            raise NoFleet(answer)
        return Choice(fold, answer.fleet, answer.status, answer.value, answer.bound)

    def try_out(self, choice: Choice, step: str = "test") -> list[Tested]:
        return self.test(choice.fold, {entry.class_id: entry.count for entry in choice.fleet}, step)

    def test(self, fold: Fold, counts: Mapping[str, int], step: str) -> list[Tested]:
        """The fleet in each test week of a fold, every week planned by itself."""
        problem = self.problem
        classes = tuple(
            replace(c, min_count=counts.get(c.id, 0), max_count=counts.get(c.id, 0)) for c in problem.classes
        )
        goals = dict.fromkeys((Goal.UNSERVED, *(goal for stage in problem.objective.stages for goal, _ in stage)))
        objective = Objective.in_order(*list(goals)[:2])
        found = []
        for week in self.weeks(fold.test):
            task = replace(only(problem, (week,), objective=objective), classes=classes)
            answer = self._solve(task, step)
            assert answer.totals is not None  # without a cap every trip may stay unserved
            unserved = tuple(each.trip_id for each in answer.assignments if each.class_id is None)
            km = {trip.id: trip.km for trip in week.trips}
            found.append(
                Tested(
                    week=week.number,
                    fold=fold.number,
                    trips=len(week.trips),
                    km=week.km,
                    unserved=unserved,
                    unserved_km=sum(km[trip] for trip in unserved),
                    unserved_at_least=max(0, -int(-(answer.bound or 0) // 1)),
                    totals=answer.totals,
                    violations=len(check(task, answer)),
                )
            )
        return found

    def _solve(self, task: Problem, step: str) -> Answer:
        if self.on_progress is not None:
            self.on_progress(min(0.99, self.done / self.steps), step)
        limits = replace(self.limits, solver_seconds=_DESIGN_SECONDS) if step == "sizes" else self.limits
        answer = solve(task, limits=limits, should_cancel=self.should_cancel)
        if self.should_cancel is not None and self.should_cancel():
            raise Stopped
        self.done += 1
        return answer


def _rungs(
    work: _Work, folds: tuple[Fold, ...], levels: Sequence[float], seed: int, confidence: float
) -> tuple[Rung, ...]:
    """Fleets from meagre to generous, until one serves every trip of every test week; closer where a level begins."""
    found: dict[float, Rung] = {}
    for generosity in _LADDER:
        try:
            found[generosity] = _rung(work, folds, generosity, seed, confidence)
        except NoFleet:
            continue
        if not any(test.unserved for test in found[generosity].tested):
            break
    for level in levels:
        for _ in range(_HALVINGS):
            between = _gap(found, level)
            if between is None:
                break
            try:
                found[between] = _rung(work, folds, between, seed, confidence)
            except NoFleet:
                break
    return tuple(found[generosity] for generosity in sorted(found))


def _gap(found: Mapping[float, Rung], level: float) -> float | None:
    """Halfway between the last fleet below the level and the first that reaches it, where one may fit in between."""
    tried = sorted(found)
    for before, after in zip(tried, tried[1:], strict=False):
        if found[after].service.trips_served.value >= level:
            apart = found[after].vehicles - found[before].vehicles
            below = found[before].service.trips_served.value < level
            return (before + after) / 2 if below and apart > 1 else None
    return None


def _rung(work: _Work, folds: tuple[Fold, ...], generosity: float, seed: int, confidence: float) -> Rung:
    design, growth = min(1.0, generosity), max(0.0, round(100 * (generosity - 1), 2))
    chosen = [_designed(work, fold, design, growth, seed) for fold in folds]
    tested = [test for choice in chosen for test in work.try_out(choice, "sizes")]
    # Several folds have several fleets: what one would buy is the fleet designed on all weeks.
    everything = Fold(0, tuple(work.by_number), ())
    fleet = chosen[0].fleet if len(folds) == 1 else _designed(work, everything, design, growth, seed).fleet
    fixed = {c.id: c.fixed_dkk_year for c in work.problem.classes}
    return Rung(
        design=design,
        growth_percent=growth,
        fleet=fleet,
        fixed_dkk=sum(fixed[entry.class_id] * entry.count for entry in fleet),
        tested=tuple(tested),
        service=service_of(tested, confidence=confidence, seed=seed),
    )


def _designed(work: _Work, fold: Fold, design: float, growth: float, seed: int) -> Choice:
    """A fleet for ``design`` of the training trips, or for all of them and ``growth`` per cent more. Raises NoFleet."""
    task = only(work.problem, work.weeks(fold.train))
    if growth:
        task = grown(task, growth, seed=seed)
    # What no class may take says nothing of how many vehicles it takes.
    able = np.logical_or.reduce([allowed_trips(task, c) for c in task.classes])
    trips = tuple(trip for trip, may in zip(task.trips, able, strict=True) if may)
    cap = math.floor(len(trips) * (1 - design) + 1e-9)
    # One rate of allowance makes the search several times faster; what a fleet costs is counted with all rates.
    costs = replace(task.costs, allowance=(replace(task.costs.allowance[0], up_to_km_year=None),))
    objective = replace(task.objective, max_unserved=cap)
    return work.choose(fold, replace(task, trips=trips, objective=objective, costs=costs), "sizes")


def _size(level: float, rungs: tuple[Rung, ...], *, confidence: float, seed: int) -> Size:
    good = [number for number, rung in enumerate(rungs) if rung.service.trips_served.value >= level]
    best = min(good, key=lambda number: (rungs[number].vehicles, rungs[number].fixed_dkk), default=None)
    low, high = size_interval([(rung.vehicles, rung.tested) for rung in rungs], level, confidence=confidence, seed=seed)
    # Where no fleet was large enough, what is told of the weeks is told of the largest one.
    tested = rungs[-1 if best is None else best].tested if rungs else ()
    return Size(
        level=level,
        rung=best,
        vehicles=None if best is None else rungs[best].vehicles,
        vehicles_low=low,
        vehicles_high=high,
        weeks=len(tested),
        weeks_fully_served=sum(not test.unserved for test in tested),
    )
