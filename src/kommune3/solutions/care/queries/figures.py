# SPDX-License-Identifier: MPL-2.0
"""A leader's figures: by team and week, from published plans, shifts and what carers reported. Never by person.

A week with fewer carers or citizens than the limit in force tells nothing (:class:`Told`). What nobody has reported is
not known, and is not zero.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Any

from django.db.models import Count, Max, Q, QuerySet, Sum

from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.solutions.care.models import (
    FigureLimit,
    Plan,
    PlanState,
    Report,
    Shift,
    ShiftState,
    Stop,
    Team,
    VisitState,
)
from kommune3.solutions.care.queries.route import Said, said_of

FIGURES = "care.figures"
WEEK = timedelta(days=7)
FACES_DAYS = (14, 28)
_TENTH = 0.1


class State(Enum):
    """Whether a figure is told."""

    KNOWN = "known"
    UNKNOWN = "unknown"
    FEW = "few"


@dataclass(frozen=True, slots=True)
class Told:
    """A figure as it may be shown. ``value`` only where it is KNOWN."""

    state: State
    value: float | None = None


@dataclass
class _Count:
    """What is counted of a team's week; times in seconds."""

    paid: float = 0
    travel: float = 0
    metres: float = 0
    care: float = 0
    overtime: float = 0
    planned: float = 0
    actual: float = 0
    visits: set[int] = field(default_factory=set)
    left_out: set[int] = field(default_factory=set)
    late: set[int] = field(default_factory=set)
    begun: set[int] = field(default_factory=set)
    begun_late: set[int] = field(default_factory=set)
    not_made: set[int] = field(default_factory=set)
    carers: set[int] = field(default_factory=set)
    citizens: set[int] = field(default_factory=set)
    shares: list[float] = field(default_factory=list)
    met: dict[int, dict[int, set[int]]] = field(default_factory=dict)


@dataclass(frozen=True)
class Week:
    """A team's week. ``figures``: by name, see :data:`NAMES`."""

    team: Team
    monday: date
    figures: dict[str, Told]

    @property
    def is_empty(self) -> bool:
        """Whether no plan of the week has been published."""
        return all(told.state is State.UNKNOWN for told in self.figures.values())


NAMES = (
    "visits", "care_share", "travel_share", "travel_km", "late_share", "begun_late_share", "left_out", "not_made",
    "faces_14", "faces_28", "spread", "overtime_minutes", "actual_share",
)  # fmt: skip
"""care_share, travel_share: of the paid time, in per cent. late_share: of the visits that are planned to begin after
their window; begun_late_share: of those that did. faces: carers per citizen in the days up to the week's end, on
average. spread: between the tenth of the shifts with the least of its paid time with citizens and the tenth with the
most, in percentage points. actual_share: what visits took, of what they were planned to, in per cent."""


def teams(actor: Actor) -> list[Team]:
    """The teams whose figures the actor may see."""
    return list(reach.visible(actor, Team, action=FIGURES).select_related("unit"))


def limit_in_force(*, on: date) -> FigureLimit | None:
    """From how many carers or citizens on a figure is shown, and why."""
    rows = FigureLimit.objects.filter(Q(valid_from=None) | Q(valid_from__lte=on))
    return max(rows, key=lambda row: row.valid_from or date.min, default=None)


def weeks_of(*, actor: Actor, team_ids: Iterable[int], first: date, weeks: int, today: date) -> list[Week]:
    """The figures of each team in each of ``weeks`` weeks from the Monday ``first``; without teams out of reach."""
    found = [team for team in teams(actor) if team.pk in set(team_ids)]
    last = first + weeks * WEEK
    limit = limit_in_force(on=today)
    fewest = limit.fewest if limit else 1
    told = []
    for team in found:
        counts = _counted(actor, team, first, last)
        for number in range(weeks):
            monday = first + number * WEEK
            told.append(Week(team, monday, _told(counts[monday], fewest)))
    return told


def _counted(actor: Actor, team: Team, first: date, last: date) -> dict[date, _Count]:
    plans = dict(
        reach.visible(actor, Plan, action=FIGURES)
        .filter(team=team, state=PlanState.PUBLISHED, date__gte=first - timedelta(days=max(FACES_DAYS)), date__lt=last)
        .values_list("pk", "date")
    )
    counts: dict[date, _Count] = defaultdict(_Count)
    in_weeks = {plan: day for plan, day in plans.items() if day >= first}
    said = _reported(team, first, last)
    ends: dict[int, datetime] = {}
    care: dict[int, float] = defaultdict(float)
    for stop in _stops(in_weeks):
        count = counts[_monday(in_weeks[stop["plan"]])]
        _add_stop(count, stop, said)
        if stop["shift"] and stop["end_at"]:
            ends[stop["shift"]] = max(stop["end_at"], ends.get(stop["shift"], stop["end_at"]))
            care[stop["shift"]] += (stop["end_at"] - stop["start_at"]).total_seconds()
    on_duty = Shift.objects.filter(carer__team=team, state=ShiftState.ON, date__in=set(in_weeks.values()))
    for shift in on_duty:
        count = counts[_monday(shift.date)]
        paid = (shift.end_at - shift.start_at).total_seconds() - 60 * (shift.pause_minutes or 0)
        count.paid += paid
        count.carers.add(shift.carer_id)
        if paid > 0:
            count.shares.append(care[shift.pk] / paid)
        if shift.pk in ends:
            count.overtime += max(0.0, (ends[shift.pk] - shift.end_at).total_seconds())
    _add_faces(counts, plans, first, last)
    return counts


def _stops(plans: Iterable[int]) -> Iterable[Any]:
    return (
        Stop.objects.filter(plan__in=list(plans), visit__state=VisitState.WANTED)
        .order_by()
        .values(
            "plan", "visit", "shift", "shift__carer", "start_at", "end_at", "travel_seconds", "travel_metres",
            "late_seconds", "visit__citizen", "visit__latest_at",
        )
    )  # fmt: skip


def _add_stop(count: _Count, stop: Any, said: dict[tuple[int, int], Said]) -> None:
    visit = stop["visit"]
    count.visits.add(visit)
    count.citizens.add(stop["visit__citizen"])
    if stop["shift"] is None or stop["start_at"] is None:
        count.left_out.add(visit)
        return
    planned = (stop["end_at"] - stop["start_at"]).total_seconds()
    count.travel += stop["travel_seconds"]
    count.metres += stop["travel_metres"]
    count.care += planned
    if stop["late_seconds"] > 0:
        count.late.add(visit)
    told = said.get((visit, stop["shift__carer"]))
    if told is None:
        return
    if told.state == Report.Kind.NOT_MADE:
        count.not_made.add(visit)
    if told.begun_at:
        count.begun.add(visit)
        if told.begun_at > stop["visit__latest_at"]:
            count.begun_late.add(visit)
        if told.finished_at and told.finished_at > told.begun_at:
            count.planned += planned
            count.actual += (told.finished_at - told.begun_at).total_seconds()


def _reported(team: Team, first: date, last: date) -> dict[tuple[int, int], Said]:
    """How each visit stands by what each carer said of it."""
    reports: dict[int, list[Report]] = defaultdict(list)
    for report in Report.objects.filter(
        visit__citizen__team=team, visit__date__gte=first - timedelta(days=1), visit__date__lt=last + timedelta(days=1)
    ).exclude(kind=Report.Kind.MESSAGE):
        reports[report.carer_id].append(report)
    return {(visit, carer): said for carer, own in reports.items() for visit, said in said_of(own).items()}


def _add_faces(counts: dict[date, _Count], plans: dict[int, date], first: date, last: date) -> None:
    """For each week and span of days: each citizen's carers, as planned."""
    days: dict[date, set[tuple[int, int]]] = defaultdict(set)
    pairs = Stop.objects.filter(plan__in=list(plans), shift__isnull=False, visit__state=VisitState.WANTED).order_by()
    for plan, citizen, carer in pairs.values_list("plan", "visit__citizen", "shift__carer").distinct():
        days[plans[plan]].add((citizen, carer))
    monday = first
    while monday < last:
        if monday in counts:
            for span in FACES_DAYS:
                met: dict[int, set[int]] = defaultdict(set)
                for day in (monday + WEEK - timedelta(days=back + 1) for back in range(span)):
                    for citizen, carer in days.get(day, ()):
                        met[citizen].add(carer)
                counts[monday].met[span] = met
        monday += WEEK


def _told(count: _Count, fewest: int) -> dict[str, Told]:
    """What may be said of a week: nothing on too few carers or citizens."""
    if not count.visits:
        return dict.fromkeys(NAMES, Told(State.UNKNOWN))
    values: dict[str, float | None] = {
        "visits": len(count.visits),
        "care_share": _share(count.care, count.paid),
        "travel_share": _share(count.travel, count.paid),
        "travel_km": count.metres / 1000,
        "late_share": _share(len(count.late), len(count.visits - count.left_out)),
        "begun_late_share": _share(len(count.begun_late), len(count.begun)),
        "left_out": len(count.left_out),
        "not_made": len(count.not_made) if count.begun or count.not_made else None,
        "spread": _spread(count.shares),
        "overtime_minutes": count.overtime / 60,
        "actual_share": _share(count.actual, count.planned),
        **{f"faces_{span}": _mean([len(met) for met in count.met.get(span, {}).values()]) for span in FACES_DAYS},
    }
    is_few = min(len(count.carers), len(count.citizens)) < fewest
    return {name: _one(values[name], is_few=is_few) for name in NAMES}


def _one(value: float | None, *, is_few: bool) -> Told:
    if is_few:
        return Told(State.FEW)
    return Told(State.UNKNOWN) if value is None else Told(State.KNOWN, value)


def _share(part: float, whole: float) -> float | None:
    """In per cent; None of nothing."""
    return 100 * part / whole if whole else None


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def _spread(shares: Sequence[float]) -> float | None:
    """Percentage points between the tenth with the least and the tenth with the most; None for fewer than two."""
    if len(shares) < 2:
        return None
    ordered = sorted(shares)
    cut = int(len(ordered) * _TENTH)
    return 100 * (ordered[-1 - cut] - ordered[cut])


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


# --- The rows behind the figures --------------------------------------------------------------------------------------


def visit_rows(actor: Actor) -> QuerySet[Stop]:
    """Each carer's part of each visit in published plans."""
    return reach.visible(actor, Stop).filter(plan__state=PlanState.PUBLISHED, visit__state=VisitState.WANTED)


def shift_rows(actor: Actor) -> QuerySet[Shift]:
    """Shifts with what the published plan puts into them: visits, minutes of care and travel, km, when it ends."""
    announced = Q(stops__plan__state=PlanState.PUBLISHED, stops__visit__state=VisitState.WANTED)
    return (
        reach.visible(actor, Shift)
        .filter(state=ShiftState.ON)
        .annotate(
            visits=Count("stops", filter=announced),
            care_minutes=Sum("stops__visit__minutes", filter=announced),
            travel_minutes=Sum("stops__travel_seconds", filter=announced) / 60.0,
            km=Sum("stops__travel_metres", filter=announced) / 1000.0,
            last_end_at=Max("stops__end_at", filter=announced),
        )
    )
