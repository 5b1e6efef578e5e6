# SPDX-License-Identifier: MPL-2.0
"""What a citizen may know of their own home care: who comes when, and how many different carers have come."""

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from kommune3.kernel import clock
from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.access.row_security.session import as_platform
from kommune3.solutions.care.models import Citizen, PlanState, Report, Stop, Visit, VisitState
from kommune3.solutions.care.queries.route import said_of

VISITS = "care.visits"
AHEAD_DAYS = 7
CALENDAR_DAYS = 14
FACES_DAYS = (14, 28)
HISTORY_DAYS = 28
FEWEST_BEGUN = 10
"""So many visits must have been reported before their deviation from the plan says anything."""
_STEP = timedelta(minutes=5)


@dataclass(frozen=True)
class Coming:
    """A visit that is to come, between two instants. ``names``: given names; empty until a plan is published."""

    visit: Visit
    from_at: datetime
    to_at: datetime
    names: tuple[str, ...]


@dataclass(frozen=True)
class Faces:
    """How many different carers came in the last ``days`` days, and each one's given name with the visits they made."""

    days: int
    visits: int
    carers: list[tuple[str, int]]


@dataclass(frozen=True)
class Mine:
    """``days``: each day with its visits. ``from_history``: the intervals come from how it has gone lately."""

    citizen: Citizen
    days: list[tuple[date, list[Coming]]]
    faces: list[Faces]
    from_history: bool


def get_mine(*, actor: Actor, now: datetime, ahead: int = AHEAD_DAYS) -> Mine | None:
    """The actor's own visits of the coming days; None for who gets none from home care."""
    citizen = reach.visible(actor, Citizen, action=VISITS).filter(person=actor.person_id).first()
    if citizen is None:
        return None
    today = clock.municipal_date(now)
    # All that is read is of the actor's own visits.
    with as_platform():
        citizen = Citizen.objects.select_related("team", "person").get(pk=citizen.pk)
        past = _past(citizen, now)
        spread = _spread(past)
        coming = _coming(citizen, now, today + timedelta(days=ahead), spread)
    days = [(day, list(found)) for day, found in groupby(coming, key=lambda one: clock.municipal_date(one.from_at))]
    return Mine(citizen, days, [_faces(past, now, each) for each in FACES_DAYS], spread is not None)


def _coming(citizen: Citizen, now: datetime, end: date, spread: tuple[timedelta, timedelta] | None) -> list[Coming]:
    wanted = (
        Visit.objects.filter(citizen=citizen, state=VisitState.WANTED, date__lt=end, latest_at__gte=now)
        .select_related("service")
        .order_by("earliest_at", "pk")
    )
    stops: dict[int, list[Stop]] = defaultdict(list)
    announced = Stop.objects.filter(visit__in=wanted, plan__state=PlanState.PUBLISHED, shift__isnull=False)
    for stop in announced.select_related("shift__carer__person").order_by("number"):
        stops[stop.visit_id].append(stop)
    found = [_one(visit, stops[visit.pk], spread) for visit in wanted]
    return sorted(found, key=lambda one: (one.from_at, one.visit.pk))


def _one(visit: Visit, stops: Sequence[Stop], spread: tuple[timedelta, timedelta] | None) -> Coming:
    starts = [stop.start_at for stop in stops if stop.start_at]
    names = tuple(stop.shift.carer.person.given_name for stop in stops if stop.shift)
    if not starts:
        return Coming(visit, visit.earliest_at, visit.latest_at, names)
    if spread is None:
        return Coming(visit, min(visit.earliest_at, *starts), max(visit.latest_at, *starts), names)
    return Coming(visit, min(starts) + spread[0], max(starts) + spread[1], names)


@dataclass(frozen=True)
class _Made:
    """A visit that was announced and is over: when it was to begin, when it did, and who made it."""

    planned_at: datetime
    begun_at: datetime | None
    carers: dict[int, str]


def _past(citizen: Citizen, now: datetime) -> list[_Made]:
    """A visit that a carer has reported was made by that carer; another one by whom the plan says."""
    since = now - timedelta(days=max(HISTORY_DAYS, *FACES_DAYS))
    stops: dict[int, list[Stop]] = defaultdict(list)
    announced = Stop.objects.filter(
        visit__citizen=citizen, visit__state=VisitState.WANTED, plan__state=PlanState.PUBLISHED,
        shift__isnull=False, start_at__gte=since, start_at__lt=now,
    )  # fmt: skip
    for stop in announced.select_related("shift__carer__person"):
        stops[stop.visit_id].append(stop)
    reports = list(Report.objects.filter(visit__in=stops).select_related("carer__person"))
    said = said_of(reports)
    came: dict[int, dict[int, str]] = defaultdict(dict)
    for report in reports:
        if report.kind in (Report.Kind.BEGUN, Report.Kind.FINISHED):
            came[report.visit_id][report.carer_id] = report.carer.person.given_name
    made = []
    for visit, halves in stops.items():
        if visit in said and said[visit].state == Report.Kind.NOT_MADE:
            continue
        planned = {half.shift.carer_id: half.shift.carer.person.given_name for half in halves if half.shift}
        first = min(half.start_at for half in halves if half.start_at)
        made.append(_Made(first, said[visit].begun_at if visit in said else None, came.get(visit) or planned))
    return made


def _spread(past: Sequence[_Made]) -> tuple[timedelta, timedelta] | None:
    """How much earlier and later than planned eight of ten visits began, outward to five minutes; None: too few."""
    off = sorted(one.begun_at - one.planned_at for one in past if one.begun_at)
    if len(off) < FEWEST_BEGUN:
        return None
    cut = len(off) // 10
    early, late = min(off[cut], timedelta()), max(off[-1 - cut], timedelta())
    return math.floor(early / _STEP) * _STEP, math.ceil(late / _STEP) * _STEP


def _faces(past: Sequence[_Made], now: datetime, days: int) -> Faces:
    recent = [one for one in past if one.planned_at >= now - timedelta(days=days)]
    times = Counter(carer for one in recent for carer in one.carers)
    names = {carer: name for one in recent for carer, name in one.carers.items()}
    return Faces(days, len(recent), [(names[carer], count) for carer, count in times.most_common()])
