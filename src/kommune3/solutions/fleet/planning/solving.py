# SPDX-License-Identifier: MPL-2.0
"""Asking the engine: plan, proof, independent check, comparison and alternatives. Knows no database."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

import fleetplan
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kommune3.solutions.fleet.planning.fronts import Alternative, cap_of, points_of, within
from kommune3.solutions.fleet.planning.instants import busiest_instants

FRONT_POINTS = 8
FRONT_TRIPS = 12_000
"""Above this many trips the alternatives would take longer than anybody waits; the proposal itself is not limited."""
QUICK_TRIPS = 1_500
"""So many trips are simulated while the user waits for the page."""
_LIMITS = fleetplan.Limits(solver_seconds=120)
_QUICK = fleetplan.Limits(solver_seconds=10, rounds=4)

Text = str | Promise
OnProgress = Callable[[float, Text], None]
InParts = Callable[[fleetplan.Problem], fleetplan.Answer | None]

STEPS: dict[str, tuple[float, Text]] = {
    "model": (0.08, _("Building the model")),
    "solve": (0.20, _("Searching for the best fleet")),
    "vehicles": (0.45, _("Distributing the trips on vehicles")),
    "repair": (0.55, _("Fitting range, charging and shifts")),
}


@dataclass(frozen=True)
class Wanted:
    """What to look for besides the proposal.

    ``with_front``: the alternatives. ``priority``: how many tenths of the CO2e that can be saved the proposal must
    save. ``today``: class id -> count, for a plan with today's vehicles distributed as well as can be. ``is_quick``:
    rather a wider gap than a long wait.
    """

    with_front: bool = False
    priority: int | None = None
    today: Mapping[str, int] | None = None
    is_quick: bool = False


@dataclass(frozen=True)
class Found:
    """What the engine found for a run.

    ``problem``: as it was solved in the end, with the ceiling that a priority came to. ``violations``: the independent
    checker's list for the proposal. ``today``: as it was driven, None without vehicles. ``current``: today's vehicles,
    distributed best. ``first_come``: the proposal's vehicles, each trip to the greenest that is in. ``front``: from
    cheapest to greenest. ``witnesses``: base -> its busiest instant. ``seconds``: time used.
    """

    problem: fleetplan.Problem
    answer: fleetplan.Answer
    violations: list[fleetplan.Violation]
    today: fleetplan.Answer | None
    current: Alternative | None
    first_come: Alternative | None
    front: tuple[Alternative, ...]
    witnesses: dict[str, fleetplan.Witness]
    seconds: float


class Cancelled(Exception):
    """Somebody stopped the run while the engine worked."""


def find(
    problem: fleetplan.Problem,
    *,
    wanted: Wanted,
    on_progress: OnProgress,
    should_cancel: Callable[[], bool],
    in_parts: InParts | None = None,
) -> Found:
    """Solve, check, compare. Raises :class:`Cancelled`, and the engine's own errors.

    ``in_parts``: who solves a problem that is too large for one piece; answers None for one that is not.
    """
    return _Finding(problem, wanted, on_progress, should_cancel, in_parts).run()


class _Finding:
    """One run's questions to the engine, in turn."""

    def __init__(
        self, problem: fleetplan.Problem, wanted: Wanted, on_progress: OnProgress, should_cancel: Callable[[], bool],
        in_parts: InParts | None,
    ) -> None:  # fmt: skip
        self.problem = problem
        self.wanted = wanted
        self.on_progress = on_progress
        self.should_cancel = should_cancel
        self.in_parts = in_parts
        self.with_front = wanted.with_front and len(problem.trips) <= FRONT_TRIPS

    def run(self) -> Found:
        began = time.monotonic()
        self.on_progress(0.05, _("Building the model"))
        problem = self.problem
        points: tuple[fleetplan.FrontPoint, ...] = ()
        front: tuple[Alternative, ...] = ()
        cap: Decimal | None = None
        if self.wanted.priority:
            # Two points are enough to say what a tenth of the possible saving is.
            points = self._front(FRONT_POINTS if self.with_front else 2, 0.05)
            front = points_of(problem, points, None)
        if front and self.wanted.priority:
            cap = cap_of(self.wanted.priority, front)
            problem = replace(problem, objective=replace(problem.objective, max_co2e_kg=float(cap)))
        answer = self._solved(problem)
        if answer.totals is None and cap is not None:
            answer = within(front, cap).answer
        self.on_progress(0.65, _("Checking every rule"))
        violations = fleetplan.check(problem, answer)
        self.on_progress(0.7, _("Comparing with today"))
        # What was driven was driven as it was recorded, without ways that nobody saw.
        today = fleetplan.replay(replace(self.problem, pools=(), charging=None)) if self.problem.vehicles else None
        current, first_come = self._current(), self._first_come(answer)
        if self.with_front and answer.totals is not None:
            points = points or self._front(FRONT_POINTS, 0.75)
            front = points_of(self.problem, points, answer, cap)
        self.on_progress(0.95, _("Writing the result"))
        return Found(
            problem, answer, violations, today, current, first_come, front if self.with_front else (),
            busiest_instants(problem), time.monotonic() - began,
        )  # fmt: skip

    def _solved(self, problem: fleetplan.Problem) -> fleetplan.Answer:
        def told(progress: fleetplan.Progress) -> None:
            self.on_progress(*STEPS.get(progress.step, (0.5, _("Searching for the best fleet"))))

        apart = self.in_parts(problem) if self.in_parts is not None else None
        if apart is not None:
            return apart
        answer = fleetplan.solve(
            problem, limits=_QUICK if self.wanted.is_quick else _LIMITS, on_progress=told,
            should_cancel=self.should_cancel,
        )  # fmt: skip
        if answer.status is fleetplan.Status.CANCELLED:
            raise Cancelled
        return answer

    def _front(self, points: int, fraction: float) -> tuple[fleetplan.FrontPoint, ...]:
        self.on_progress(fraction, _("Weighing cost against CO2e"))
        found = fleetplan.front(self.problem, points=points, should_cancel=self.should_cancel)
        if self.should_cancel():
            raise Cancelled
        return found

    def _current(self) -> Alternative | None:
        """Today's vehicles with the run's rules and goal, None where they cannot do what is asked."""
        if self.wanted.today is None:
            return None
        answer = self._solved(held := with_counts(self.problem, self.wanted.today))
        return None if answer.totals is None else Alternative(answer, fleetplan.check(held, answer))

    def _first_come(self, answer: fleetplan.Answer) -> Alternative | None:
        """The proposal's vehicles without planning. It may leave more unserved than allowed, so no cap is checked."""
        if answer.totals is None or len(self.problem.trips) > FRONT_TRIPS:
            return None
        held = with_counts(self.problem, answer.counts)
        # Nobody planned its charging, so it is counted by rest and at the price of the rates.
        held = replace(held, objective=fleetplan.Objective(held.objective.stages), charging=None)
        naive = fleetplan.first_come(held)
        return Alternative(naive, fleetplan.check(held, naive))


def with_counts(problem: fleetplan.Problem, counts: Mapping[str, int]) -> fleetplan.Problem:
    """The problem with exactly so many vehicles of each class; none of a class that is not named."""
    return replace(
        problem,
        classes=tuple(
            replace(each, min_count=counts.get(each.id, 0), max_count=counts.get(each.id, 0))
            for each in problem.classes
        ),
    )
