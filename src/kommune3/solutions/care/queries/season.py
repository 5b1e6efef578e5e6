# SPDX-License-Identifier: MPL-2.0
"""The days ahead, team by team: how each day is planned, and what they come to together."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import QuerySet, Sum

from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.jobs.models import FINISHED, Job
from kommune3.solutions.care.models import Plan, PlanState, Shift, ShiftState, Stop, Team, Visit, VisitState
from kommune3.solutions.care.queries.overview import PLAN, Counted, TeamDay, counts_of, per_day, plans_of_days
from kommune3.solutions.care.queries.plan_pages import Progress, progress_of

DAYS = 14
BEFORE = timedelta(days=14)
"""The published days before the first, which with the season's fortnight make the 28 days of faces."""


@dataclass(frozen=True)
class SeasonDay(TeamDay):
    """``travel_seconds``, ``late_seconds`` of its plan; ``paid_seconds`` of those on duty, without breaks."""

    travel_seconds: int
    late_seconds: int
    paid_seconds: float

    @property
    def travel_share(self) -> float | None:
        """Of the paid time, in per cent; None without a plan."""
        return share(self.travel_seconds, self.paid_seconds) if self.plan else None


@dataclass(frozen=True)
class TeamSeason:
    """A team's days, and together: ``faces``, ``faces_28``: carers per citizen in the season's days, and in those with
    the published fortnight before them; ``most_faces`` of one citizen. ``progress``: of the job that plans them."""

    team: Team
    days: list[SeasonDay]
    faces: float | None
    faces_28: float | None
    most_faces: int
    progress: Progress | None
    may_plan: bool

    @property
    def planned(self) -> list[SeasonDay]:
        """The days with a plan."""
        return [day for day in self.days if day.plan and day.plan.state != PlanState.STARTED]

    @property
    def travel_share(self) -> float | None:
        """Of the paid time on days with a plan, in per cent."""
        return share(sum(day.travel_seconds for day in self.planned), sum(day.paid_seconds for day in self.planned))


def get_season(*, actor: Actor, first: date, days: int = DAYS, team_id: int | None = None) -> list[TeamSeason]:
    """The teams that the actor may see, or one of them, in the days from ``first`` on."""
    dates = [first + timedelta(days=number) for number in range(days)]
    teams = reach.visible(actor, Team).filter(is_active=True).select_related("unit")
    if team_id is not None:
        teams = teams.filter(pk=team_id)
    plans = plans_of_days(actor, dates)
    chosen = [plan.pk for plan in plans.values()]
    counted, sums = counts_of(chosen), _sums(chosen)
    visits = per_day(reach.visible(actor, Visit).filter(state=VisitState.WANTED), "citizen__team", dates)
    on_duty = reach.visible(actor, Shift).filter(state=ShiftState.ON)
    carers, paid = per_day(on_duty, "carer__team", dates), _paid(on_duty.filter(date__in=dates))
    faces, faces_28 = _faces(chosen), _faces([*chosen, *_published_before(actor, first)])
    jobs = _unfinished(actor, dates)
    found = []
    for team in teams:
        may = actor.may(PLAN, unit_path=team.unit.path)
        rows = []
        for day in dates:
            plan = plans.get((team.pk, day))
            travel, late = sums.get(plan.pk, (0, 0)) if plan else (0, 0)
            rows.append(
                SeasonDay(
                    team, day, plan, counted.get(plan.pk, Counted()) if plan else Counted(),
                    visits.get((team.pk, day), 0), carers.get((team.pk, day), 0), may, travel, late,
                    paid.get((team.pk, day), 0.0),
                )
            )  # fmt: skip
        mine, mine_28 = faces.get(team.pk, []), faces_28.get(team.pk, [])
        found.append(TeamSeason(team, rows, _mean(mine), _mean(mine_28), max(mine, default=0), jobs.get(team.pk), may))
    return found


def share(part: float, whole: float) -> float | None:
    """In per cent; None of nothing."""
    return 100 * part / whole if whole > 0 else None


def _sums(plans: Sequence[int]) -> dict[int, tuple[int, int]]:
    """Plan -> seconds of travel to its visits, and of lateness."""
    rows = Stop.objects.filter(plan__in=plans).order_by().values("plan")
    found = rows.annotate(travel=Sum("travel_seconds"), late=Sum("late_seconds"))
    return {row["plan"]: (row["travel"] or 0, row["late"] or 0) for row in found}


def _paid(shifts: QuerySet[Shift]) -> dict[tuple[int, date], float]:
    found: dict[tuple[int, date], float] = defaultdict(float)
    for team, day, start, end, pause in shifts.values_list(
        "carer__team_id", "date", "start_at", "end_at", "pause_minutes"
    ):
        found[team, day] += (end - start).total_seconds() - 60 * (pause or 0)
    return found


def _published_before(actor: Actor, first: date) -> list[int]:
    before = reach.visible(actor, Plan).filter(date__gte=first - BEFORE, date__lt=first, state=PlanState.PUBLISHED)
    return list(before.order_by().values_list("pk", flat=True))


def _faces(plans: Sequence[int]) -> dict[int, list[int]]:
    """Team -> how many carers each of its citizens gets."""
    pairs = Stop.objects.filter(plan__in=plans, visit__state=VisitState.WANTED).exclude(shift=None).order_by()
    counts: dict[tuple[int, int], int] = defaultdict(int)
    for team, citizen, _carer in pairs.values_list("plan__team", "visit__citizen", "shift__carer").distinct():
        counts[team, citizen] += 1
    found: dict[int, list[int]] = defaultdict(list)
    for (team, _citizen), count in counts.items():
        found[team].append(count)
    return found


def _mean(counts: Sequence[int]) -> float | None:
    return sum(counts) / len(counts) if counts else None


def _unfinished(actor: Actor, dates: Sequence[date]) -> dict[int, Progress]:
    """Team -> the season's job that is not done yet. One that makes plans of several days is a season's."""
    plans: dict[object, list[Plan]] = defaultdict(list)
    for plan in reach.visible(actor, Plan).filter(date__in=dates).exclude(job_id=None):
        plans[plan.job_id].append(plan)
    running = Job.objects.filter(pk__in=plans, solution="care").exclude(state__in=FINISHED)
    found = {}
    for job in running.filter(task__endswith="make_season"):
        progress = progress_of(job.pk)
        if progress is not None:
            found[plans[job.pk][0].team_id] = progress
    return found
