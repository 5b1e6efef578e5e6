# SPDX-License-Identifier: MPL-2.0
"""The ladder for real charging: the model with energy proves a bound, then vehicles and outlets get their minutes."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from fleetplan.answer import Answer, Assignment, Limits, Progress, Reason, Stage, Status, Witness
from fleetplan.caps import obeys_caps
from fleetplan.charge_depot import Stay
from fleetplan.charge_model import ChargingModel, within_reach
from fleetplan.charge_shortfall import shortfall
from fleetplan.charge_split import Family, Split, joined, split
from fleetplan.charge_yard import Suits, Yard, fill, fullest, scarcest, steadiest, yards_of
from fleetplan.charging import Charge, PriceSteps, price_steps
from fleetplan.colouring import colour
from fleetplan.compare import evaluate
from fleetplan.cost import rounded, rounded_down
from fleetplan.counting import Choice, Line
from fleetplan.instants import instant
from fleetplan.mip import Mip, solve_mip
from fleetplan.parts import independent_parts
from fleetplan.problem import Problem
from fleetplan.roster import Car, Roster, assignments_of
from fleetplan.search import Found, Plan, Proof, Search
from fleetplan.stages import are_proven, stages_of

_GAP = 3e-4
"""How exactly HiGHS solves the model; what is left over shows in the answer's own gap."""
_SMALLER = (0.9, 0.75)
"""Where batteries did not last as the model had it, it is asked again with batteries so much smaller."""
_MOST_TRIED = 8
"""So many vehicles of a class are tried for a job that was left over."""


@dataclass(frozen=True, slots=True)
class ChargedPlan(Plan):
    """A plan with everybody's charging."""

    charges: tuple[Charge, ...] = ()


def solve_charging(
    problem: Problem,
    *,
    limits: Limits,
    on_progress: Callable[[Progress], None] | None,
    should_cancel: Callable[[], bool],
) -> Answer:
    """As :func:`fleetplan.solve`, for a problem with real charging."""
    whole = split(problem)
    parts = (whole.problem,) if whole.binding else independent_parts(whole.problem)
    searches: list[ChargeSearch] = []
    found: list[Found] = []
    for number, part in enumerate(parts, start=1):

        def tell(progress: Progress, number: int = number) -> None:
            if on_progress is not None:
                on_progress(replace(progress, part=number, parts=len(parts)))

        ids = {vehicle_class.id for vehicle_class in part.classes}
        families = tuple(family for family in whole.binding if ids.issuperset(family.members))
        search = ChargeSearch(part, families, limits, tell, should_cancel)
        one = search.run()
        if one.failure is not None:
            failed = Answer(one.failure, stages=one.stages, witness=one.witness, reason=one.reason)
            return joined(problem, whole, failed)
        searches.append(search)
        found.append(one)
    return joined(problem, whole, _together(whole, searches, found, cancelled=should_cancel()))


def _together(whole: Split, searches: "list[ChargeSearch]", found: list[Found], *, cancelled: bool) -> Answer:
    problem = whole.problem
    counts: dict[str, int] = {}
    seats: dict[str, Assignment] = {}
    charges: list[Charge] = []
    for search, one in zip(searches, found, strict=True):
        counts |= one.counts or {}
        seats |= {assignment.trip_id: assignment for assignment in one.assignments}
        charges += search.charged.charges
    plan = evaluate(problem, counts, tuple(seats[trip.id] for trip in problem.trips), tuple(charges))
    assert plan.charging is not None
    bounds = tuple(sum(of_stage) for of_stage in zip(*(one.bounds for one in found), strict=True))
    stages = stages_of(problem.objective, tuple(stage.value for stage in plan.stages), bounds)
    least = sum(search.cheapest_charging() for search in searches)
    shown = min(plan.charging.dkk, rounded_down(least)) if math.isfinite(least) else None
    status = Status.CANCELLED if cancelled else Status.FEASIBLE
    return replace(
        plan,
        status=Status.OPTIMAL if are_proven(stages) else status,
        stages=stages,
        charging=replace(plan.charging, bound_dkk=shown),
    )


class ChargeSearch(Search):
    """One attempt at one split problem."""

    model: ChargingModel

    def __init__(
        self,
        problem: Problem,
        families: tuple[Family, ...],
        limits: Limits,
        on_progress: Callable[[Progress], None],
        should_cancel: Callable[[], bool],
    ) -> None:
        super().__init__(problem, limits, on_progress, should_cancel)
        assert problem.charging is not None
        self.families = families
        self.steps: PriceSteps = price_steps(problem.charging)
        self.jobs = replace(self.jobs, allowed=within_reach(problem, self.jobs))
        self.model = ChargingModel(problem, self.jobs, families)
        self.exactness = _GAP

    @property
    def charged(self) -> ChargedPlan:
        """The best plan found; the caller has seen that there is one."""
        assert isinstance(self.best, ChargedPlan)
        return self.best

    def cheapest_charging(self) -> float:
        """Kroner in the period below which no charging of this fleet, with these trips per class, can be."""
        model, roster = self.model, self.charged.roster
        fixed = np.zeros(model.own)
        class_of = roster.class_of()
        fixed[np.flatnonzero(class_of[model.pair_job] == model.pair_class)] = 1.0
        fixed[model.pairs :] = [len(cars) for cars in roster.cars]
        lower, upper = model.lower.copy(), model.upper.copy()
        lower[: model.own] = upper[: model.own] = fixed
        cost = np.zeros(model.columns)
        for bay in model.bays:
            prices = np.tile(model.price, len(bay.chargers))
            cost[bay.first : bay.first + len(prices)] = prices
        mip = Mip(cost, lower, upper, model.base, continuous=model.extra)
        return solve_mip(mip, seconds=self.limits.solver_seconds, should_cancel=self.should_cancel).bound

    def _by_window(self) -> list[int]:
        return []

    def _look_for_plans(self, proof: Proof, rounds: int) -> None:
        if proof.choice is None:
            return
        left_over = self._try(proof.choice, proof.lines)
        self._tell("vehicles")
        model = self.model
        for share in _SMALLER:
            if not left_over or self.should_cancel() or self._good_enough():
                break
            self.model = ChargingModel(_with_smaller_batteries(self.problem, share), self.jobs, self.families)
            tight = self._prove([])
            self.model = model
            if tight.choice is None:
                break
            left_over = self._try(tight.choice, tight.lines)
            self._tell("repair")

    def _try(self, choice: Choice, lines: tuple[Line, ...]) -> bool:
        """Draw a plan from a choice and keep it if it is better. Says whether a job did not find its place there."""
        drawn = [self._seated(choice, lines, suits) for suits in (steadiest, fullest, scarcest)]
        roster, yards, left_over = min(drawn, key=lambda one: one[2])
        plan = self._charged_plan(roster, yards)
        if plan is not None and plan.better_than(self.best):
            self.best = plan
        return left_over > 0 or plan is None

    def _seated(self, choice: Choice, lines: tuple[Line, ...], suits: Suits) -> tuple[Roster, list[Yard], int]:
        """Vehicles for a choice, and how many jobs did not find one in their class."""
        model = self.model
        rest = np.where((choice.class_of >= 0) & model.electric[choice.class_of], -1, choice.class_of)
        roster = colour(self.problem, self.jobs, Choice(rest, np.where(model.electric, 0, choice.counts)))
        left = [job for job in np.flatnonzero(rest >= 0).tolist() if roster.car_of[job] is None]
        yards = yards_of(model)
        for yard in yards:
            classes = [bay.class_index for bay in yard.bays]
            for c in classes:
                for _ in range(int(choice.counts[c])):
                    yard.cars.append(roster.add_car(c))
            jobs = {job: c for c in classes for job in np.flatnonzero(choice.class_of == c).tolist()}
            left += fill(yard, roster, jobs, suits, seconds=self.limits.solver_seconds)
        self._settle(roster, yards, choice, left, lines)
        return roster, yards, len(left)

    def _settle(
        self, roster: Roster, yards: list[Yard], choice: Choice, left: list[int], lines: tuple[Line, ...]
    ) -> None:
        """Places for the jobs left over where it costs least, a vehicle more where that is it, or none."""
        model, problem = self.model, self.problem
        cost = self._weighed(lines)[: model.own]
        kwh_dkk = self._kwh_dkk(lines)
        yard_of = {bay.class_index: yard for yard in yards for bay in yard.bays}
        most = problem.objective.max_unserved
        sizes = self.jobs.size
        may_leave = math.inf if most is None else most - int(sizes[choice.class_of < 0].sum())
        for job in sorted(left, key=lambda j: -float(self.jobs.km[j])):
            may_stay = may_leave >= sizes[job]
            options: list[tuple[float, int, int, Car | None]] = []
            for pair in np.flatnonzero(model.pair_job == job).tolist():
                c = int(model.pair_class[pair])
                price = float(cost[pair])
                if model.electric[c]:
                    price += kwh_dkk * float(self.jobs.kms[job, c]) * problem.classes[c].energy_per_km
                fitting = [car for car in roster.cars[c] if roster.fits(car, job)]
                options += [(price, c, n, car) for n, car in enumerate(fitting[:_MOST_TRIED])]
                if self._may_add(roster, c):
                    options.append((price + float(cost[model.pairs + c]), c, _MOST_TRIED, None))
            placed = False
            for price, c, _, chosen in sorted(options, key=lambda option: option[:3]):
                if (price > 0 and may_stay) or self.should_cancel():
                    break
                car = Car(c) if chosen is None else chosen
                if c in yard_of and not yard_of[c].lasts_with(car, job):
                    continue
                if chosen is None:
                    car = roster.add_car(c)
                    if c in yard_of:
                        yard_of[c].cars.append(car)
                    elif not roster.fits(car, job):
                        continue
                roster.put(car, job)
                placed = True
                break
            if not placed:
                may_leave -= sizes[job]

    def _kwh_dkk(self, lines: tuple[Line, ...]) -> float:
        """What a kWh weighs on average in the objective."""
        costs = [
            self._weighed(lines)[bay.first : bay.first + len(bay.chargers) * len(self.model.hours)].mean()
            for bay in self.model.bays
            if bay.chargers
        ]
        return float(np.mean(costs)) if costs else 0.0

    def _may_add(self, roster: Roster, c: int) -> bool:
        model = self.model
        if len(roster.cars[c]) >= model.upper[model.pairs + c]:
            return False
        name = self.problem.classes[c].id
        number = {one.id: index for index, one in enumerate(self.problem.classes)}
        return all(
            family.max_count is None
            or sum(len(roster.cars[number[member]]) for member in family.members) < family.max_count
            for family in self.families
            if name in family.members
        )

    def _charged_plan(self, roster: Roster, yards: list[Yard]) -> ChargedPlan | None:
        """The plan with everybody's charging; None where there is none."""
        problem = self.problem
        self._drop_idle(roster, yards)
        charges: list[Charge] = []
        for yard in yards:
            stays = yard.charge(self.limits.solver_seconds)
            if stays is None:
                return None
            charges += self._charges(roster, yard, stays)
        counts = {one.id: len(cars) for one, cars in zip(problem.classes, roster.cars, strict=True)}
        plan = evaluate(problem, counts, assignments_of(problem, self.jobs, roster), tuple(charges))
        assert plan.totals is not None
        return ChargedPlan(
            roster=roster,
            totals=plan.totals,
            values=tuple(stage.value for stage in plan.stages),
            obeys=obeys_caps(problem.objective, plan.totals),
            charges=tuple(charges),
        )

    def _charges(self, roster: Roster, yard: Yard, stays: list[Stay]) -> list[Charge]:
        """Stays in the words of the answer."""
        found = []
        number_of = {id(car): number for cars in roster.cars for number, car in enumerate(cars, start=1)}
        for stay in stays:
            car = yard.cars[stay.ride]
            starts_at, ends_at, kwh = instant(stay.start), instant(stay.end), round(stay.kwh, 9)
            found.append(
                Charge(
                    class_id=self.problem.classes[car.class_index].id,
                    number=number_of[id(car)],
                    base=yard.home,
                    charger_id=stay.outlet.charger_id,
                    outlet=stay.outlet.number,
                    starts_at=starts_at,
                    ends_at=ends_at,
                    kwh=kwh,
                    dkk=rounded(self.steps.dkk(starts_at, ends_at, kwh)),
                )
            )
        return found

    def _drop_idle(self, roster: Roster, yards: list[Yard]) -> None:
        """No vehicle stays that drives nothing and need not be there."""
        number = {one.id: index for index, one in enumerate(self.problem.classes)}
        for c, vehicle_class in enumerate(self.problem.classes):
            used = [car for car in roster.cars[c] if car.jobs]
            idle = [car for car in roster.cars[c] if not car.jobs]
            roster.cars[c] = used + idle[: max(0, vehicle_class.min_count - len(used))]
        for family in self.families:
            members = [number[member] for member in family.members]
            while sum(len(roster.cars[c]) for c in members) < family.min_count:
                room = next(c for c in members if len(roster.cars[c]) < self.model.upper[self.model.pairs + c])
                roster.add_car(room)
        for yard in yards:
            classes = [bay.class_index for bay in yard.bays]
            yard.cars = [car for c in classes for car in roster.cars[c]]

    def _attempted(self, problem: Problem) -> tuple[Stage, ...] | None:
        search = ChargeSearch(
            problem, self.families, replace(self.limits, rounds=0), self.on_progress, self.should_cancel
        )
        return None if search.run().failure is Status.INFEASIBLE else search._stages()

    def _infeasible(self) -> Found:
        found = super()._infeasible()
        if found.reason is not Reason.TOGETHER:
            return found
        witness: Witness | None = shortfall(self.model)
        return found if witness is None else replace(found, reason=Reason.ENERGY, witness=witness)


def _with_smaller_batteries(problem: Problem, share: float) -> Problem:
    charging = problem.charging
    assert charging is not None
    smaller = tuple(replace(battery, usable_share=battery.usable_share * share) for battery in charging.batteries)
    return replace(problem, charging=replace(charging, batteries=smaller))
