# SPDX-License-Identifier: MPL-2.0
"""One visit to another carer, or another place in the day: with what times, and which rules stand against it."""

from dataclasses import dataclass

import careroutes
from careroutes import Answer, BrokenStart, Late, Planned, Problem, Window
from django.utils.translation import gettext as _
from msgspec.structs import replace

from kommune3.solutions.care.models import Visit
from kommune3.solutions.care.planning.diagnosis import named
from kommune3.solutions.care.planning.problem import Prepared, key_of, keys_of
from kommune3.solutions.care.planning.solving import Solved, settle, whole

PARTNERS_TRIED = 4
"""So many carers are tried as the second one of a visit that lies left out, those with the shortest extra way first."""


@dataclass(frozen=True)
class Broken:
    """A rule that a change would break, said for the page. ``visit_id`` None: it is of the carer's whole day."""

    rule: str
    visit_id: int | None
    text: str


def leave_out(prepared: Prepared, solved: Solved, key: str) -> Solved:
    """The plan without a visit (both carers' halves of it)."""
    visit = keys_of(key)[0]
    planned = tuple(each for each in solved.answer.planned if keys_of(each.visit)[0] != visit)
    return settle(solved.problem, whole(solved.problem, replace(solved.answer, planned=planned)), prepared.calls)


def place(
    prepared: Prepared, solved: Solved, key: str, *, carer: str, after: str | None
) -> tuple[Solved | None, list[Broken]]:
    """The plan with a visit in a carer's day after another visit (None: first); or which rules stand against it."""
    problem, visit = solved.problem, prepared.visit_of(key)
    if broken := _may_not(prepared, solved, key, carer):
        return None, [broken]
    planned = inserted(problem, solved.answer, key, carer=carer, after=after)
    other = key_of(visit.pk, 1 - keys_of(key)[1])
    is_alone = visit.carers == 1 or any(each.visit == other for each in planned.planned)
    found = _timed(prepared, problem, planned) if is_alone else _with_partner(prepared, problem, planned, other, carer)
    if found is None:
        return None, _why_not(prepared, problem, planned, visit)
    violations = careroutes.check(found.problem, found.answer)
    return (None, [_told(prepared, each) for each in violations]) if violations else (found, [])


def inserted(problem: Problem, answer: Answer, key: str, *, carer: str, after: str | None) -> Answer:
    """The order of the visits with one of them elsewhere; its start is only good for where a break comes."""
    routes = {name: [each for each in route if each.visit != key] for name, route in answer.routes().items()}
    route = routes.setdefault(carer, [])
    position = next((number + 1 for number, each in enumerate(route) if each.visit == after), 0)
    opens = next(visit.windows[0].start for visit in problem.visits if visit.id == key)
    start = max(opens, route[position - 1].start) if position else min([opens, *(each.start for each in route[:1])])
    route.insert(position, Planned(key, carer, start))
    breaks = {name: at for name, at in answer.breaks.items() if routes.get(name)}
    pause = next(each.pause for each in problem.carers if each.id == carer)
    if pause is not None and carer not in breaks:
        breaks[carer] = pause.earliest
    planned = tuple(each for route in routes.values() for each in route)
    names = {each.visit for each in planned}
    unserved = tuple(visit.id for visit in problem.visits if visit.id not in names)
    return replace(answer, planned=planned, unserved=unserved, breaks=breaks)


def held(problem: Problem, answer: Answer, *, now: int, free: frozenset[str] = frozenset()) -> Problem:
    """The problem in the middle of the day: what has begun stays as it is, the rest does not begin before ``now``.

    ``free``: visits that are moved although they should have begun. Seconds since the day's start.
    """
    begun = {each.visit: each for each in answer.planned if each.start < now and each.visit not in free}
    visits = []
    for visit in problem.visits:
        planned = begun.get(visit.id)
        if planned is not None:
            window = Window(planned.start, planned.start)
            visit = replace(visit, windows=(window,), late=Late.FORBIDDEN, only=frozenset([planned.carer]))
        elif visit.windows[0].start < now:
            end = max(visit.windows[-1].end, now)
            late = Late.DEAR if visit.windows[-1].end < now else visit.late
            visit = replace(visit, windows=(Window(now, end),), late=late)
        visits.append(visit)
    return replace(problem, visits=tuple(visits))


def _may_not(prepared: Prepared, solved: Solved, key: str, carer: str) -> Broken | None:
    visit = prepared.visit_of(key)
    asked = next(each for each in solved.problem.visits if each.id == key)
    person = next((each for each in solved.problem.carers if each.id == carer), None)
    if person is None:
        return Broken("absent", visit.pk, _("The carer is not on duty."))
    if asked.only and carer not in asked.only:
        return Broken("lock", visit.pk, _("%(visit)s is locked. Unlock it first.") % {"visit": named(visit)})
    shift = next(each for each in prepared.rows.shifts if str(each.pk) == carer)
    if not prepared.rows.may(shift, visit):
        text = _("The carer lacks a competence that %(visit)s needs.")
        return Broken("competence", visit.pk, text % {"visit": named(visit)})
    if (visit.citizen_id, shift.carer_id) in prepared.rows.avoided:
        return Broken("avoided", visit.pk, _("The citizen has said that this carer must not come."))
    if carer in asked.never:
        return Broken("unreachable", visit.pk, _("The carer cannot get there as the carer gets about."))
    other = key_of(visit.pk, 1 - keys_of(key)[1])
    if any(each.visit == other and each.carer == carer for each in solved.answer.planned):
        return Broken("two_carers", visit.pk, _("The visit takes two carers at once, and this one makes it already."))
    return None


def _timed(prepared: Prepared, problem: Problem, answer: Answer) -> Solved | None:
    try:
        return settle(problem, answer, prepared.calls)
    except BrokenStart:
        return None


def _with_partner(prepared: Prepared, problem: Problem, answer: Answer, other: str, taken: str) -> Solved | None:
    """The best of a few carers for the other half of a visit."""
    half = next(visit for visit in problem.visits if visit.id == other)
    start = half.windows[0].start
    choices = []
    for carer in problem.carers:
        if carer.id == taken or not problem.may(half, carer):
            continue
        route = answer.routes().get(carer.id, [])
        before = [each.visit for each in route if each.start <= start]
        places = {visit.id: visit.place for visit in problem.visits}
        here = places[before[-1]] if before else carer.from_place
        extra = 0 if here is None else problem.travel[carer.mode].times[here][half.place]
        choices.append((extra, carer.id, before[-1] if before else None))
    found = [
        solved
        for _extra, carer_id, after in sorted(choices, key=lambda each: each[:2])[:PARTNERS_TRIED]
        if (solved := _timed(prepared, problem, inserted(problem, answer, other, carer=carer_id, after=after)))
    ]
    return min(found, key=lambda solved: solved.answer.cost, default=None)


def _why_not(prepared: Prepared, problem: Problem, answer: Answer, visit: Visit) -> list[Broken]:
    """Which windows would be broken if all could be late; else it is the order of what hangs together."""
    loose = replace(problem, visits=tuple(replace(each, late=Late.DEAR) for each in problem.visits))
    found = _timed(prepared, loose, answer)
    if found is not None:
        strict = replace(
            found.problem,
            visits=tuple(
                replace(each, late=original.late)
                for each, original in zip(found.problem.visits, problem.visits, strict=True)
            ),
        )
        late = [each for each in careroutes.check(strict, found.answer) if each.code != "cost"]
        if late:
            return [_told(prepared, each) for each in late]
    text = _("No times keep all that hangs together with %(visit)s: two carers at once, visits that follow each other.")
    return [Broken("order", visit.pk, text % {"visit": named(visit)})]


def _told(prepared: Prepared, violation: careroutes.Violation) -> Broken:
    visit = prepared.visit_of(violation.visit) if violation.visit else None
    name = named(visit) if visit else ""
    texts = {
        "late": _("%(visit)s would begin after its window, which must be kept."),
        "gap": _("%(visit)s would come too early or too late after the visit that it follows."),
        "same_carer": _("%(visit)s is to be made by another carer than the visit it hangs together with."),
        "other_carer": _("%(visit)s is to be made by the same carer as the visit it hangs together with."),
        "shift": _("The carer would be home after the shift, which may not run over time."),
        "half": _("%(visit)s takes two carers at once: the other one is missing."),
    }
    text = texts.get(violation.code, _("%(visit)s would break a rule of the plan."))
    return Broken(violation.code, visit.pk if visit else None, text % {"visit": name} if visit else str(text))
