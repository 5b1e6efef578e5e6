# SPDX-License-Identifier: MPL-2.0
"""Why a visit is in no route: which rule removes each carer."""

from enum import StrEnum

import msgspec

from careroutes.answer import Answer
from careroutes.check import Day
from careroutes.problem import Carer, Carers, Late, Problem, Visit
from careroutes.solve import best_places


class Reason(StrEnum):
    """What stands between a visit and a carer, the most final first."""

    COMPETENCE = "competence"  # the carer lacks one that the visit needs
    EXCLUDED = "excluded"  # the carer is not to come, or others only
    PARTNER = "partner"  # the carer has, or has not, the visit it belongs together with
    HOURS = "hours"  # even alone, it cannot be reached in time within the shift
    CAPACITY = "capacity"  # the carer could not carry it as well
    NO_ROOM = "no_room"  # with the other visits of the day there is no room
    TOO_DEAR = "too_dear"  # there is room, and it costs more than leaving the visit out


class Unserved(msgspec.Struct, frozen=True):
    """A visit that is in no route. ``removed``: carer -> why not. ``missing``: competences that nobody on duty has."""

    visit: str
    removed: dict[str, Reason]
    missing: frozenset[str] = frozenset()


def explain(problem: Problem, answer: Answer) -> list[Unserved]:
    """A reason per carer for every visit that was left out."""
    day = Day(problem, answer)
    held = frozenset[str]().union(*(carer.competences for carer in problem.carers))
    found = []
    for name in answer.unserved:
        visit = day.visits[name]
        rooms = {place.carer for place in best_places(problem, answer, name, most=len(problem.carers) * 4)}
        removed = {carer.id: _reason(day, visit, carer, rooms) for carer in problem.carers}
        found.append(Unserved(name, removed, visit.competences - held))
    return found


def _reason(day: Day, visit: Visit, carer: Carer, rooms: set[str]) -> Reason:
    if not visit.competences <= carer.competences:
        return Reason.COMPETENCE
    if not day.problem.may(visit, carer):
        return Reason.EXCLUDED
    if _partner_forbids(day, visit, carer):
        return Reason.PARTNER
    if not _reachable(day, visit, carer):
        return Reason.HOURS
    carried = sum(day.visits[planned.visit].load for planned in day.routes.get(carer.id, []))
    if carried + visit.load > carer.capacity:
        return Reason.CAPACITY
    return Reason.TOO_DEAR if carer.id in rooms else Reason.NO_ROOM


def _partner_forbids(day: Day, visit: Visit, carer: Carer) -> bool:
    for link in day.problem.links:
        if visit.id not in (link.first, link.second):
            continue
        other = day.planned.get(link.second if link.first == visit.id else link.first)
        if other is None:
            continue
        same = other.carer == carer.id
        if (link.carers is Carers.DIFFERENT and same) or (link.carers is Carers.SAME and not same):
            return True
    return False


def _reachable(day: Day, visit: Visit, carer: Carer) -> bool:
    """Whether the carer could make this visit if it were the only one of the day."""
    arrives = carer.shift.start + day.minutes(carer, carer.from_place, visit.place)
    arrives = max(arrives, day.problem.earliest(visit))
    add = visit.duration if visit.met_at_end else 0
    starts = [max(arrives, window.start) for window in visit.windows if arrives + add <= window.end]
    start = min(starts, default=arrives)
    if not starts and visit.late is Late.FORBIDDEN:
        return False
    home = start + visit.duration + day.minutes(carer, visit.place, carer.to_place)
    return carer.overtime or home <= carer.shift.end
