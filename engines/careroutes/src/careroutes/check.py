# SPDX-License-Identifier: MPL-2.0
"""Whether a plan keeps every rule, and what it costs: written against the rules, in plain Python, not the solver."""

from itertools import pairwise

import msgspec

from careroutes.answer import Answer, Cost, Planned
from careroutes.problem import Carer, Carers, Late, Problem, Visit


class Violation(msgspec.Struct, frozen=True):
    """A rule that a plan breaks. ``code`` is stable; ``visit`` and ``carer`` are empty where none is meant."""

    code: str
    visit: str
    carer: str
    message: str


class Day:
    """A problem and an answer, looked up by id."""

    def __init__(self, problem: Problem, answer: Answer) -> None:
        self.problem, self.answer = problem, answer
        self.visits = {visit.id: visit for visit in problem.visits}
        self.carers = {carer.id: carer for carer in problem.carers}
        self.planned = {planned.visit: planned for planned in answer.planned}
        self.routes = answer.routes()

    def minutes(self, carer: Carer, origin: int | None, target: int | None) -> int:
        if origin is None or target is None:
            return 0
        return self.problem.travel[carer.mode].times[origin][target]

    def distance(self, carer: Carer, origin: int | None, target: int | None) -> int:
        if origin is None or target is None:
            return 0
        travel = self.problem.travel[carer.mode]
        return (travel.costs or travel.times)[origin][target]

    def legs(self, carer: Carer) -> list[tuple[int | None, int | None]]:
        """The carer's way through the day, place by place, from and back to where the shift begins and ends."""
        stops = [self.visits[planned.visit].place for planned in self.routes.get(carer.id, [])]
        return list(pairwise([carer.from_place, *stops, carer.to_place])) if stops else []

    def late_by(self, planned: Planned) -> int:
        visit = self.visits[planned.visit]
        met = planned.start + (visit.duration if visit.met_at_end else 0)
        return max(0, met - visit.windows[-1].end)

    def home_at(self, carer: Carer) -> int:
        last = self.routes[carer.id][-1]
        visit = self.visits[last.visit]
        return last.start + visit.duration + self.minutes(carer, visit.place, carer.to_place)


def check(problem: Problem, answer: Answer) -> list[Violation]:
    """Every rule that the plan breaks; empty when it holds. Lateness and overtime that only cost are not among them."""
    day = Day(problem, answer)
    found = _ids(day)
    if found:
        return found
    for carer in problem.carers:
        found += _route(day, carer)
    for planned in answer.planned:
        found += _visit(day, planned)
    found += _links(day) + _groups(day)
    if answer.cost != cost_of(problem, answer).total:
        message = f"the answer says {answer.cost}, the plan costs {cost_of(problem, answer).total}"
        found.append(Violation("cost", "", "", message))
    return found


def cost_of(problem: Problem, answer: Answer) -> Cost:
    """What the plan costs, worked out from its routes and times."""
    day, weights = Day(problem, answer), problem.weights
    late = {planned.visit: day.late_by(planned) for planned in answer.planned}
    travel = waiting = overtime = idlest = missed = use = 0
    for carer in problem.carers:
        route = day.routes.get(carer.id, [])
        idle = carer.shift.end - carer.shift.start
        if route:
            travel += sum(day.distance(carer, *leg) for leg in day.legs(carer))
            waiting += _waiting(day, carer, route)
            over = max(0, day.home_at(carer) - carer.shift.end)
            overtime += over
            idle += over
            idle -= sum(day.minutes(carer, *leg) for leg in day.legs(carer))
            idle -= sum(day.visits[planned.visit].duration for planned in route)
            use += carer.use_cost
            if carer.pause and carer.id in answer.breaks:
                idle -= carer.pause.duration
            elif carer.pause:
                missed += carer.pause.missed_cost
        idlest = max(idlest, idle)
    return Cost(
        travel=weights.travel * travel,
        tardiness=sum(day.visits[visit].tardiness_weight * by for visit, by in late.items()),
        highest_tardiness=weights.highest_tardiness * max(late.values(), default=0),
        waiting=weights.waiting * waiting,
        overtime=weights.overtime * overtime,
        idle=weights.idle * idlest,
        preference=sum(
            problem.preference(day.visits[planned.visit], day.carers[planned.carer]) for planned in answer.planned
        ),
        unserved=sum(day.visits[visit].unserved_cost for visit in answer.unserved),
        missed_breaks=missed,
        moved=sum(_moved(day.visits[planned.visit], planned) for planned in answer.planned),
        use=use,
    )


def _moved(visit: Visit, planned: Planned) -> int:
    """What it costs that the visit is later than was announced; another carer's coming is among the preferences."""
    said = visit.announced
    return said.moved_cost * max(0, planned.start - said.start - said.tolerance) if said else 0


def _waiting(day: Day, carer: Carer, route: list[Planned]) -> int:
    """Time between two visits that is neither way nor break."""
    waited = 0
    pause = day.answer.breaks.get(carer.id, -1)
    for one, other in pairwise(route):
        left = one.start + day.visits[one.visit].duration
        waited += other.start - left
        waited -= day.minutes(carer, day.visits[one.visit].place, day.visits[other.visit].place)
        if carer.pause and left <= pause < other.start:
            waited -= carer.pause.duration
    return waited


def _ids(day: Day) -> list[Violation]:
    found = []
    seen: set[str] = set()
    for planned in day.answer.planned:
        if planned.visit not in day.visits:
            found.append(Violation("unknown_visit", planned.visit, planned.carer, "not a visit of this problem"))
        if planned.carer not in day.carers:
            found.append(Violation("unknown_carer", planned.visit, planned.carer, "not a carer of this problem"))
        if planned.visit in seen:
            found.append(Violation("twice", planned.visit, planned.carer, "planned twice"))
        seen.add(planned.visit)
    for visit in day.visits:
        if (visit in seen) == (visit in day.answer.unserved):
            found.append(Violation("neither", visit, "", "a visit is either planned or said to be unserved"))
    return found


def _visit(day: Day, planned: Planned) -> list[Violation]:
    visit, carer = day.visits[planned.visit], day.carers[planned.carer]
    found = []
    if not day.problem.may(visit, carer):
        found.append(Violation("not_allowed", visit.id, carer.id, "competence is missing, or the carer is excluded"))
    if not _in_a_window(visit, planned.start):
        found.append(Violation("outside_windows", visit.id, carer.id, f"starts at {planned.start}"))
    if visit.late is Late.FORBIDDEN and day.late_by(planned):
        found.append(Violation("late", visit.id, carer.id, f"{day.late_by(planned)} after its last window"))
    if planned.start < day.problem.earliest(visit):
        found.append(Violation("before_announced", visit.id, carer.id, f"starts at {planned.start}"))
    return found


def _in_a_window(visit: Visit, start: int) -> bool:
    """In a window, or after the last one: between two windows, and before the first, nobody comes."""
    add = visit.duration if visit.met_at_end else 0
    inside = any(window.start <= start and start + add <= window.end for window in visit.windows)
    return inside or (start + add > visit.windows[-1].end and start >= visit.windows[-1].start)


def _route(day: Day, carer: Carer) -> list[Violation]:
    route = day.routes.get(carer.id, [])
    if not route:
        return []
    found = []
    at, free_at = carer.from_place, carer.shift.start
    pause = day.answer.breaks.get(carer.id)
    taken = pause is None or carer.pause is None
    if pause is not None:
        if carer.pause is None:
            found.append(Violation("break", "", carer.id, "this carer has no break to take"))
        elif not carer.pause.earliest <= pause <= carer.pause.latest:
            found.append(Violation("break", "", carer.id, f"starts at {pause}, outside its span"))
    for planned in route:
        visit = day.visits[planned.visit]
        way = day.minutes(carer, at, visit.place)
        needed = free_at + way
        if not taken and pause is not None and carer.pause and pause < planned.start:
            taken = True
            before = pause >= free_at and pause + carer.pause.duration + way <= planned.start
            after = pause >= free_at + way and pause + carer.pause.duration <= planned.start
            if not before and not after:
                found.append(Violation("break", visit.id, carer.id, f"no room for it before {planned.start}"))
        if planned.start < needed:
            found.append(Violation("two_places", visit.id, carer.id, f"starts at {planned.start}, can at {needed}"))
        at, free_at = visit.place, planned.start + visit.duration
    if not taken:
        found.append(Violation("break", "", carer.id, "after the last visit it is no break"))
    if not carer.overtime and day.home_at(carer) > carer.shift.end:
        found.append(Violation("shift", "", carer.id, f"home at {day.home_at(carer)}, off at {carer.shift.end}"))
    load = sum(day.visits[planned.visit].load for planned in route)
    if load > carer.capacity:
        found.append(Violation("capacity", "", carer.id, f"carries {load} of {carer.capacity}"))
    return found


def _links(day: Day) -> list[Violation]:
    found = []
    for link in day.problem.links:
        one, other = day.planned.get(link.first), day.planned.get(link.second)
        if one is None or other is None:
            continue
        gap = other.start - one.start
        if link.least_gap is not None and gap < link.least_gap:
            found.append(
                Violation("gap", link.second, other.carer, f"{gap} after {link.first}, least {link.least_gap}")
            )
        if link.most_gap is not None and gap > link.most_gap:
            found.append(Violation("gap", link.second, other.carer, f"{gap} after {link.first}, most {link.most_gap}"))
        if link.carers is Carers.DIFFERENT and one.carer == other.carer:
            found.append(Violation("same_carer", link.second, other.carer, f"as for {link.first}"))
        if link.carers is Carers.SAME and one.carer != other.carer:
            found.append(Violation("other_carer", link.second, other.carer, f"{one.carer} has {link.first}"))
    return found


def _groups(day: Day) -> list[Violation]:
    found = []
    for group in day.problem.groups():
        ids = [day.problem.visits[number].id for number in group]
        planned = [visit for visit in ids if visit in day.planned]
        if planned and len(planned) < len(ids):
            found.append(Violation("half", planned[0], day.planned[planned[0]].carer, "the rest of it is unserved"))
    return found
