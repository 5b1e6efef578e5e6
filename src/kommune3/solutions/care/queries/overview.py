# SPDX-License-Identifier: MPL-2.0
"""How today and tomorrow stand, team by team, and what carers have reported that nobody has read."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, F, Max, Q, QuerySet

from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.solutions.care.models import Plan, PlanState, Report, Shift, ShiftState, Stop, Team, Visit, VisitState

PLAN = "care.plans.edit"
TOLD = (Report.Kind.LATE, Report.Kind.NOT_MADE, Report.Kind.MESSAGE)
MOST_REPORTS = 50


@dataclass(frozen=True)
class Counted:
    """What a plan comes to: visits in it, visits that nobody makes, and those that begin after their window."""

    visits: int = 0
    left_out: int = 0
    late: int = 0
    latest_seconds: int = 0


@dataclass(frozen=True)
class TeamDay:
    """A team's day. ``plan`` is the published plan, or the newest draft; None where there is none."""

    team: Team
    date: date
    plan: Plan | None
    counted: Counted
    visits: int
    carers: int
    may_plan: bool

    @property
    def unplanned(self) -> int:
        """Visits that are wanted and not in the plan at all, such as those that came after it was made."""
        return max(0, self.visits - self.counted.visits) if self.plan else self.visits


@dataclass(frozen=True)
class Overview:
    """``days``: today and tomorrow with their teams. ``reports``: the newest that nobody has read."""

    days: list[tuple[date, list[TeamDay]]]
    reports: list[Report]


def get_overview(*, actor: Actor, today: date) -> Overview:
    """The teams that the actor may see, today and tomorrow."""
    dates = (today, today + timedelta(days=1))
    teams = list(reach.visible(actor, Team).filter(is_active=True).select_related("unit"))
    plans = plans_of_days(actor, dates)
    counted = counts_of([plan.pk for plan in plans.values()])
    visits = per_day(reach.visible(actor, Visit).filter(state=VisitState.WANTED), "citizen__team", dates)
    carers = per_day(reach.visible(actor, Shift).filter(state=ShiftState.ON), "carer__team", dates)
    days = []
    for day in dates:
        rows = []
        for team in teams:
            plan = plans.get((team.pk, day))
            rows.append(
                TeamDay(
                    team, day, plan, counted.get(plan.pk, Counted()) if plan else Counted(),
                    visits.get((team.pk, day), 0), carers.get((team.pk, day), 0),
                    actor.may(PLAN, unit_path=team.unit.path),
                )
            )  # fmt: skip
        days.append((day, rows))
    return Overview(days, _unread(actor))


def counts_of(plans: Sequence[int]) -> dict[int, Counted]:
    """What each plan comes to. A two-carer visit counts once."""
    rows = (
        Stop.objects.filter(plan__in=plans)
        .values("plan")
        .annotate(
            visits=Count("visit", distinct=True),
            out=Count("visit", distinct=True, filter=Q(shift=None)),
            behind=Count("visit", distinct=True, filter=Q(late_seconds__gt=0)),
            worst=Max("late_seconds"),
        )
    )
    return {row["plan"]: Counted(row["visits"], row["out"], row["behind"], row["worst"] or 0) for row in rows}


def plans_of_days(actor: Actor, dates: Sequence[date]) -> dict[tuple[int, date], Plan]:
    """The plan of each team's day that counts: the published one, else the newest that did not fail."""
    found: dict[tuple[int, date], Plan] = {}
    states = (PlanState.PUBLISHED, PlanState.DRAFT, PlanState.STARTED)
    for plan in reach.visible(actor, Plan).filter(date__in=dates, state__in=states).order_by("pk"):
        key = (plan.team_id, plan.date)
        if key not in found or found[key].state != PlanState.PUBLISHED:
            found[key] = plan
    return found


def per_day(rows: "QuerySet[Visit] | QuerySet[Shift]", team: str, dates: Sequence[date]) -> dict[tuple[int, date], int]:
    found: dict[tuple[int, date], int] = defaultdict(int)
    counted = rows.filter(date__in=dates).order_by().values("date", team_id=F(team)).annotate(n=Count("pk"))
    for row in counted:
        found[row["team_id"], row["date"]] = row["n"]
    return found


def _unread(actor: Actor) -> list[Report]:
    return list(
        reach.visible(actor, Report)
        .filter(kind__in=TOLD, seen_at=None)
        .select_related("carer__person", "visit__citizen__person", "visit__citizen__team", "visit__service")
        .order_by("-said_at")[:MOST_REPORTS]
    )
