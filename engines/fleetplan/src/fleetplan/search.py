# SPDX-License-Identifier: MPL-2.0
"""The ladder: prove a bound with the counting model, draw a plan from its choice, look again where that falls short."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from fleetplan.answer import Assignment, Limits, Progress, Reason, Stage, Status, Totals, Witness
from fleetplan.caps import broken_cap, obeys_caps, reachable_tiers
from fleetplan.colouring import colour
from fleetplan.cost import plan_totals, rounded_down, stage_value
from fleetplan.counting import Choice, CountingModel, Line
from fleetplan.jobs import Jobs, make_jobs
from fleetplan.mip import INF, End, Outcome, Rows, solve_mip
from fleetplan.problem import Goal, Problem
from fleetplan.refine import WindowModel, refinable, seat
from fleetplan.repair import Prices, repair, retire
from fleetplan.roster import Roster, assignments_of
from fleetplan.stages import are_proven, stages_of
from fleetplan.steering import Steering
from fleetplan.witness import peak, shortage, unservable

_STAGE_SLACK = 1e-3
"""By how much a later stage may let an earlier one slip (kr, kg, trips): keeps its row away from rounding."""
_LARGE = 40_000
"""From so many columns on a free fleet is faster by interior point (three times at 100 000); a fixed one never is."""
_PATIENCE = 1
"""After more than so many rounds in a row without a better plan the search ends."""
_STEERED_GAP = 0.4
"""How exactly steered models are solved, as part of the gap that is left: they are estimates anyhow."""
_ROUNDS_BEFORE_REFINING = 2
"""Where windows become columns, further rounds of steering cost more than they bring."""
_CAP_PRICES = ((0.0, 0.0), (5.0, 0.001), (20.0, 0.01), (100.0, 0.1), (1000.0, 1.0))
"""What a kilo of CO2e and a krone a year weigh in repair while a plan exceeds its cap, in units of the first stage."""
_LATER_STAGE = 1e-6
"""Weight of each further stage when repair compares moves."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What the counting model says: how it ended, a bound per stage, the choice, and the lines it was scored by."""

    end: End
    bounds: tuple[float, ...]
    choice: Choice | None
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan all vehicles can drive. ``obeys``: whether the caps on unserved trips, CO2e and cash hold as well."""

    roster: Roster
    totals: Totals
    values: tuple[Decimal, ...]
    obeys: bool

    def better_than(self, other: "Plan | None") -> bool:
        if other is None or self.obeys != other.obeys:
            return other is None or self.obeys
        return self.values < other.values


@dataclass(frozen=True, slots=True)
class Found:
    """How a search ended. Without a plan ``failure`` says how, and ``reason`` and ``witness`` why.

    ``bounds``: proven, one per stage; -inf where nothing is.
    """

    bounds: tuple[float, ...] = ()
    counts: dict[str, int] | None = None
    assignments: tuple[Assignment, ...] = ()
    failure: Status | None = None
    reason: Reason | None = None
    witness: Witness | None = None
    stages: tuple[Stage, ...] = ()


class Search:
    """One attempt at one problem."""

    def __init__(
        self,
        problem: Problem,
        limits: Limits,
        on_progress: Callable[[Progress], None],
        should_cancel: Callable[[], bool],
    ) -> None:
        self.problem = problem
        self.limits = limits
        self.on_progress = on_progress
        self.should_cancel = should_cancel
        self.jobs: Jobs = make_jobs(problem)
        self.model = CountingModel(problem, self.jobs)
        self.bounds: tuple[float, ...] = ()
        self.best: Plan | None = None
        self.exactness = 0.0  # relative gap at which HiGHS may stop

    def run(self) -> Found:
        missing = unservable(self.problem, self.jobs)
        if missing is not None:
            return Found(failure=Status.INFEASIBLE, witness=missing, reason=Reason.NO_CLASS_MAY)
        self.on_progress(Progress("model"))
        proof = self._prove([])
        if proof.end is End.INFEASIBLE:
            return self._infeasible()
        self.bounds = proof.bounds
        if proof.choice is None and not self.should_cancel():
            proof = replace(proof, choice=self._cheapest_each(proof.lines))
        self._tell("solve")
        by_window = self._by_window()
        self._look_for_plans(proof, _ROUNDS_BEFORE_REFINING if by_window else self.limits.rounds)
        if by_window and proof.lines:
            self._refine(proof.lines, by_window)
        if self.best is None or not self.best.obeys:
            return self._not_found()
        cars = self.best.roster.cars
        return Found(
            bounds=self.bounds,
            counts={c.id: len(cars[i]) for i, c in enumerate(self.problem.classes)},
            assignments=assignments_of(self.problem, self.jobs, self.best.roster),
        )

    def _prove(self, extra: list[Rows]) -> Proof:
        """Every stage of the objective in turn, each among what is best for those before."""
        rows = list(extra)
        bounds: list[float] = []
        lines: list[Line] = []
        choice: Choice | None = None
        exact = True
        kept: list[tuple[Outcome, float]] = []
        for stage in self.problem.objective.stages:
            bound, value, chosen, best = INF, INF, None, None
            possible = False
            tiers = self._tiers(stage)
            for tier in tiers:
                line = self.model.line(stage, tier=tier)
                mip = self.model.mip(line, [*rows, *self.model.cash_cap(tier)])
                for earlier, most in kept:
                    mip = earlier.narrowed(mip, most)
                outcome = solve_mip(
                    mip,
                    seconds=self.limits.solver_seconds,
                    relative_gap=_STEERED_GAP * self._gap() if extra else self.exactness,
                    cutoff=value,
                    interior_point=self.model.is_free and self.model.columns > _LARGE,
                    should_cancel=self.should_cancel,
                )
                if outcome.end is End.INFEASIBLE:
                    continue
                possible = True
                bound = min(bound, outcome.bound)
                if outcome.x is not None:
                    reached = float(line.cost @ outcome.x) + line.offset
                    if reached < value:
                        value, chosen, best, choice = reached, line, outcome, self.model.choice(outcome.x)
            if not possible:
                return Proof(End.INFEASIBLE, (), None, ())
            bounds.append(bound if exact else -INF)
            # The row that keeps a stage at its value knows one tier; plans of equal value by another escape it.
            exact = exact and len(tiers) == 1
            if chosen is None or best is None:
                # Out of time in this stage: what the earlier stages chose still stands.
                lines.append(self.model.line(stage))
                continue
            lines.append(chosen)
            rows.append(self.model.at_most(chosen, value + _STAGE_SLACK))
            if len(tiers) == 1:
                kept.append((best, value + _STAGE_SLACK))
        return Proof(End.OPTIMAL, tuple(bounds), choice, tuple(lines))

    def _tiers(self, stage: tuple[tuple[Goal, float], ...]) -> range:
        """The allowance rates that this stage must be solved for, one by one."""
        counts_money = self.problem.objective.max_cash_dkk is not None or any(goal.is_money for goal, _ in stage)
        return reachable_tiers(self.problem, self.jobs.km) if counts_money else range(1)

    def _cheapest_each(self, lines: tuple[Line, ...]) -> Choice:
        """Where HiGHS ran out of time before it had any point: every job in its cheapest class, to be repaired."""
        model = self.model
        per_job = np.full((self.jobs.n, len(self.problem.classes) + 1), math.inf)
        per_job[model.pair_job, model.pair_class] = self._weighed(lines)[: model.pairs]
        per_job[:, -1] = 0.0 if self.problem.objective.max_unserved is None else math.nextafter(math.inf, 0.0)
        class_of = per_job.argmin(axis=1)
        class_of[class_of == len(self.problem.classes)] = -1
        enough = np.array([cliques.largest for cliques in model.cliques], dtype=np.int64)
        counts = np.maximum(model.lower[model.pairs :], np.minimum(model.upper[model.pairs :], enough))
        return Choice(class_of, counts.astype(np.int64))

    def _weighed(self, lines: tuple[Line, ...]) -> NDArray[np.float64]:
        """Cost per column with all stages in one sum, later ones hardly counting."""
        return sum(
            (_LATER_STAGE**number * line.cost for number, line in enumerate(lines)), np.zeros(self.model.columns)
        )

    def _look_for_plans(self, proof: Proof, rounds: int) -> None:
        """``rounds``: as many as the limits allow once the first stage is proven, so many until then."""
        steering = Steering(self.problem, self.jobs)
        co2e_cap, cash_cap = self.problem.objective.max_co2e_kg, self.problem.objective.max_cash_dkk
        fruitless = 0
        for number in range(self.limits.rounds + 1):
            choice = proof.choice
            if choice is None:
                return
            plan, left_over = self._draw(choice, proof.lines)
            fruitless = 0 if plan.better_than(self.best) else fruitless + 1
            if fruitless == 0:
                self.best = plan
            self._tell("vehicles" if number == 0 else "repair")
            if self.should_cancel() or fruitless > _PATIENCE or number == self.limits.rounds or self._good_enough():
                return
            if number >= rounds and not self._first_is_proven():
                return
            learnt = steering.learn(left_over, choice.class_of)
            extra = steering.rows(self.model)
            if co2e_cap is not None and float(plan.totals.co2e_kg) > co2e_cap:
                co2e_cap -= 1.1 * (float(plan.totals.co2e_kg) - co2e_cap)
                learnt = True
            if cash_cap is not None and float(plan.totals.cash_dkk) > cash_cap:
                cash_cap -= 1.1 * (float(plan.totals.cash_dkk) - cash_cap)
                learnt = True
            if not learnt:
                return
            if co2e_cap is not None:
                extra.append(self.model.at_most(self.model.line(((Goal.CO2E, 1.0),)), co2e_cap))
            if cash_cap is not None:
                extra.append(self.model.at_most(self.model.line(((Goal.CASH, 1.0),)), cash_cap))
            proof = self._prove(extra)

    def _by_window(self) -> list[int]:
        """The classes whose windows may become columns. None with several tiers: their least line is not one line."""
        if not self.limits.refine or len(self._tiers(self.problem.objective.stages[0])) > 1:
            return []
        return refinable(self.problem, self.jobs)

    def _refine(self, lines: tuple[Line, ...], classes: list[int]) -> None:
        """A higher bound on the first stage, and a plan near it, from windows as columns."""
        problem, best = self.problem, self.best
        if best is None or not best.obeys or self._good_enough() or self._first_is_proven():
            return
        model = WindowModel(
            problem,
            self.jobs,
            self.model,
            self.model.line(problem.objective.stages[0]),
            classes,
            seconds=self.limits.solver_seconds,
            should_cancel=self.should_cancel,
        )
        model.add_driven(best.roster)
        bound = model.prove(float(best.values[0]))
        if bound > self.bounds[0]:
            # What was proven of later stages holds among plans at the old bound of the first.
            self.bounds = (bound, *(-INF for _ in self.bounds[1:]))
        refined = model.dive(bound)
        if refined is not None and not self.should_cancel():
            roster = seat(problem, self.jobs, refined, self.model.upper[self.model.pairs :].astype(int).tolist())
            left_over = [job for job in roster.unserved() if refined.choice.class_of[job] >= 0]
            self._finish(roster, refined.choice, left_over, self._weighed(lines))
            plan = self._plan(roster)
            if plan.better_than(self.best):
                self.best = plan
        self._tell("refine")

    def _draw(self, choice: Choice, lines: tuple[Line, ...]) -> tuple[Plan, list[int]]:
        """A plan from a choice, and the jobs that colouring left over for repair.

        Repair looks at the objective alone. Under a cap it is told a price per kilo or krone as well, dearer and dearer
        until the cap is kept.
        """
        cost, objective = self._weighed(lines), self.problem.objective
        kilos = self.model.line(((Goal.CO2E, 1.0),)).cost
        kroner = self.model.line(((Goal.CASH, 1.0),)).cost
        is_capped = objective.max_co2e_kg is not None or objective.max_cash_dkk is not None
        for kilo_price, krone_price in _CAP_PRICES if is_capped else _CAP_PRICES[:1]:
            roster = colour(self.problem, self.jobs, choice)
            left_over = [job for job in roster.unserved() if choice.class_of[job] >= 0]
            weighed = cost
            if objective.max_co2e_kg is not None:
                weighed = weighed + kilo_price * kilos
            if objective.max_cash_dkk is not None:
                weighed = weighed + krone_price * kroner
            self._finish(roster, choice, left_over, weighed)
            plan = self._plan(roster)
            if plan.obeys:
                break
        return plan, left_over

    def _finish(self, roster: Roster, choice: Choice, left_over: list[int], cost: NDArray[np.float64]) -> None:
        """Vehicles for what colouring left over, and no vehicle more than pays."""
        problem, model = self.problem, self.model
        per_job = np.full((self.jobs.n, len(problem.classes)), math.inf)
        per_job[model.pair_job, model.pair_class] = cost[: model.pairs]
        if problem.rules.bikes.max_share < 1:
            # Repair does not count bike trips, so it may move them among bikes but add none.
            bikes = np.array([c.kind.is_bike for c in problem.classes])
            on_bike = np.append(bikes, False)[choice.class_of]
            per_job[np.ix_(~on_bike, bikes)] = math.inf
        prices = Prices(
            job=per_job.tolist(),
            car=cost[model.pairs :].tolist(),
            fewest_cars=[c.min_count for c in problem.classes],
            most_cars=model.upper[model.pairs :].astype(int).tolist(),
            trips=self.jobs.size.tolist(),
        )
        most = problem.objective.max_unserved
        already = int(self.jobs.size[choice.class_of < 0].sum())
        repair(
            roster,
            prices,
            left_over,
            may_leave=math.inf if most is None else most - already,
            should_stop=self.should_cancel,
        )
        retire(roster, prices, self.should_cancel)

    def _plan(self, roster: Roster) -> Plan:
        problem = self.problem
        for c, vehicle_class in enumerate(problem.classes):
            used = [car for car in roster.cars[c] if car.jobs]
            idle = [car for car in roster.cars[c] if not car.jobs]
            roster.cars[c] = used + idle[: max(0, vehicle_class.min_count - len(used))]
        class_of = roster.class_of()
        unserved = class_of < 0
        totals = plan_totals(
            problem,
            counts={c.id: len(roster.cars[i]) for i, c in enumerate(problem.classes)},
            km_by_class={c.id: float(self.jobs.kms[class_of == i, i].sum()) for i, c in enumerate(problem.classes)},
            transfer_km=self.jobs.transfer_km(class_of),
            unserved_km=float(self.jobs.km[unserved].sum()),
            unserved_trips=int(self.jobs.size[unserved].sum()),
        )
        return Plan(
            roster=roster,
            totals=totals,
            values=tuple(stage_value(stage, totals) for stage in problem.objective.stages),
            obeys=obeys_caps(problem.objective, totals),
        )

    def _stages(self) -> tuple[Stage, ...]:
        if self.best is None or not self.best.obeys:
            return ()
        return stages_of(self.problem.objective, self.best.values, self.bounds)

    def _good_enough(self) -> bool:
        stages = self._stages()
        return bool(stages) and (
            are_proven(stages)
            or all(stage.gap is not None and stage.gap <= self.limits.relative_gap for stage in stages)
        )

    def _first_is_proven(self) -> bool:
        first = self._stages()[:1]
        return bool(first) and are_proven(first)

    def _gap(self) -> float:
        """The widest relative gap among the stages; 1 % where there is no plan to compare with."""
        gaps = [stage.gap for stage in self._stages() if stage.gap is not None]
        return max(gaps, default=0.01)

    def _tell(self, step: str) -> None:
        stages = self._stages()
        if stages:
            self.on_progress(Progress(step, stages[0].value, stages[0].bound))
        else:
            bound = self.bounds[0]
            self.on_progress(Progress(step, None, rounded_down(bound) if math.isfinite(bound) else None))

    def _not_found(self) -> Found:
        failure = Status.CANCELLED if self.should_cancel() else Status.NOT_FOUND
        if self.best is None:
            return Found(failure=failure, witness=peak(self.problem, self.jobs))
        unserved = self.best.roster.unserved()
        return Found(failure=failure, witness=peak(self.problem, self.jobs, around=unserved[0] if unserved else None))

    def _attempted(self, problem: Problem) -> tuple[Stage, ...] | None:
        """The stages a short search of another problem reaches; None where it is infeasible."""
        search = Search(problem, replace(self.limits, rounds=0), self.on_progress, self.should_cancel)
        return None if search.run().failure is Status.INFEASIBLE else search._stages()

    def _infeasible(self) -> Found:
        objective = self.problem.objective
        if objective.max_co2e_kg is not None or objective.max_cash_dkk is not None:
            broken = broken_cap(self.problem, self._attempted)
            if broken is not None:
                reason, stages = broken
                return Found(
                    failure=Status.INFEASIBLE, reason=reason, witness=peak(self.problem, self.jobs), stages=stages
                )
        witness = shortage(self.problem, self.jobs)
        return Found(
            failure=Status.INFEASIBLE,
            reason=Reason.TOGETHER if witness is None else Reason.TOO_MANY_AT_ONCE,
            witness=witness or peak(self.problem, self.jobs),
        )
