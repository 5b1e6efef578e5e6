# SPDX-License-Identifier: MPL-2.0
"""What planning gained, for the ledger of effects.

PROVEN: a published plan against the same day laid by hand (``planning/baseline.py``): the same visits, shifts, ways and
rules, both counted by the same figures. MEASURED: a finished week's reports against those of the weeks before.

CO2e is not entered: the platform keeps no dated rate of emission for a kilometre that the solutions share.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import F, Min
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from kommune3.kernel import clock
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.effects import ledger
from kommune3.kernel.effects.models import Kind
from kommune3.kernel.organisation.models import Unit
from kommune3.solutions.care.models import Plan, PlanState, Report, Team
from kommune3.solutions.care.planning import baseline
from kommune3.solutions.care.planning.problem import Prepared, prepare
from kommune3.solutions.care.planning.rows import plan_stops
from kommune3.solutions.care.planning.solving import read_back, settle
from kommune3.solutions.care.planning.writing import breaks_of, figures_of

SOURCE, WEEKLY_SOURCE = "care.plan", "care.reports"
KEPT_AS = "by_hand"
"""Under this name a published plan's figures keep those of the comparison."""

COMPARED = ("travel_seconds", "travel_metres", "late_seconds", "unknown_faces", "left_out")
WEEKS_OF_HISTORY = 4
LEAST_DAYS = 5
"""Reports of fewer days say nothing about how late a team is."""

_INDICATORS = {
    "travel_minutes": ("travel_seconds", Decimal(60)),
    "travel_km": ("travel_metres", Decimal(1000)),
    "late_minutes": ("late_seconds", Decimal(60)),
    "faces": ("unknown_faces", Decimal(1)),
}


@dataclass(frozen=True)
class Week:
    """Reported visits of some days, and how late they began, in minutes together."""

    days: int
    visits: int
    late_minutes: float


def compare(plan: Plan, *, now: datetime, prepared: Prepared | None = None) -> dict[str, int]:
    """The figures in :data:`COMPARED` of the plan's day laid by hand; nothing is written."""
    prepared = prepared or prepare(team=plan.team, day=plan.date, now=now)
    figures = figures_of(prepared, baseline.laid_by_hand(prepared))
    return {name: figures[name] for name in COMPARED}


def as_it_stands(plan: Plan, prepared: Prepared) -> dict[str, int]:
    """The same figures of the plan's stops, after what was changed by hand."""
    kept = {name: plan.figures[name] for name in COMPARED if name in plan.figures}
    if plan.version == 0 and len(kept) == len(COMPARED):
        return kept
    answer = read_back(prepared, plan_stops(plan), breaks_of(prepared, plan))
    figures = figures_of(prepared, settle(prepared.problem, answer, prepared.calls))
    return {name: figures[name] for name in COMPARED}


@transaction.atomic
def record_plan(
    *, actor: Actor, now: datetime, plan: Plan, ours: Mapping[str, int], by_hand: Mapping[str, int]
) -> None:
    """Keep the comparison with a published plan, and enter its day anew in the ledger.

    A plan that another has replaced meanwhile is left alone. Once for each unit and day: entered again, the new figures
    take the place of the old ones.
    """
    plan = Plan.objects.select_for_update().select_related("team__unit").get(pk=plan.pk)
    if plan.state != PlanState.PUBLISHED:
        return
    plan.figures = {**plan.figures, KEPT_AS: {"ours": dict(ours), "by_hand": dict(by_hand)}}
    plan.save(update_fields=["figures"])
    _record_day(plan.date, actor=actor, now=now)


def _record_day(day: date, *, actor: Actor, now: datetime) -> None:
    plans = Plan.objects.filter(date=day, state=PlanState.PUBLISHED).select_related("team__unit").order_by("team__name")
    counted = [plan for plan in plans if KEPT_AS in plan.figures]
    with translation.override("da"):
        for unit, mine in _by_topmost_unit(counted):
            for indicator, (name, unit_size) in _INDICATORS.items():
                saved = sum(
                    plan.figures[KEPT_AS]["by_hand"][name] - plan.figures[KEPT_AS]["ours"][name] for plan in mine
                )
                ledger.record(
                    solution="care", indicator=indicator, unit=unit, period_start=day,
                    period_end=day + timedelta(days=1), quantity=saved / unit_size, kind=Kind.PROVEN, source=SOURCE,
                    evidence=[{"label": plan.team.name, "url": reverse("care:plan", args=[plan.pk])} for plan in mine],
                    note=_note(mine), actor=actor, now=now,
                    baseline=_("The same day laid by hand: a district for everybody, and the nearest visit next"),
                )  # fmt: skip


def _note(plans: list[Plan]) -> str:
    ours = sum(plan.figures[KEPT_AS]["ours"]["left_out"] for plan in plans)
    by_hand = sum(plan.figures[KEPT_AS]["by_hand"]["left_out"] for plan in plans)
    return _(
        "The same visits, shifts, ways and rules counted twice. Left out: %(ours)s in the plan, %(by_hand)s by hand."
    ) % {"ours": ours, "by_hand": by_hand}


def _by_topmost_unit(plans: Iterable[Plan]) -> list[tuple[Unit, list[Plan]]]:
    """A gain at a unit is a gain of all below it: teams of units below another's are counted with it."""
    listed = list(plans)
    units = {plan.team.unit.path: plan.team.unit for plan in listed}
    top = [path for path in units if not any(path != other and path.startswith(other) for other in units)]
    return [(units[path], [plan for plan in listed if plan.team.unit.path.startswith(path)]) for path in sorted(top)]


# --- Measured ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def record_week(*, actor: Actor, now: datetime, monday: date) -> int:
    """Enter how much less late visits began in the week from ``monday`` than in the weeks before; how many rows.

    By unit, from what carers reported: minutes after the end of the window, by visit, times the week's visits. A unit
    without reports of :data:`LEAST_DAYS` in the week or in the :data:`WEEKS_OF_HISTORY` before has nothing to compare.
    """
    written = 0
    teams = list(Team.objects.filter(is_active=True).select_related("unit"))
    paths = {team.unit.path: team.unit for team in teams}
    top = [path for path in paths if not any(path != other and path.startswith(other) for other in paths)]
    for path in sorted(top):
        week = lateness(path, start=monday, end=monday + timedelta(weeks=1))
        before = lateness(path, start=monday - timedelta(weeks=WEEKS_OF_HISTORY), end=monday)
        if min(week.days, before.days) < LEAST_DAYS:
            continue
        expected = before.late_minutes / before.visits * week.visits
        with translation.override("da"):
            ledger.record(
                solution="care", indicator="late_minutes", unit=paths[path], period_start=monday,
                period_end=monday + timedelta(weeks=1), quantity=Decimal(str(round(expected - week.late_minutes, 1))),
                kind=Kind.MEASURED, source=WEEKLY_SOURCE, actor=actor, now=now,
                evidence=[{"label": _("Plans of the week"), "url": f"{reverse('care:plans')}?date={monday}"}],
                note=_("What carers reported of %(visits)s visits, against %(before)s visits of the weeks before.")
                % {"visits": week.visits, "before": before.visits},
                baseline=_("The lateness of a visit in the up to four weeks before"),
            )  # fmt: skip
        written += 1
    return written


def lateness(unit_path: str, *, start: date, end: date) -> Week:
    """How late the visits of a unit's teams began on the days [start, end), by the first report of each."""
    begun = (
        Report.objects.filter(
            kind=Report.Kind.BEGUN,
            visit__date__gte=start,
            visit__date__lt=end,
            visit__citizen__team__unit__path__startswith=unit_path,
        )
        .order_by()
        .values("visit", "visit__date", latest_at=F("visit__latest_at"))
        .annotate(begun_at=Min("said_at"))
    )
    rows = list(begun)
    late = [max(0.0, (row["begun_at"] - row["latest_at"]).total_seconds() / 60) for row in rows]
    return Week(len({row["visit__date"] for row in rows}), len(rows), sum(late))


def last_finished_week(now: datetime) -> date:
    """The Monday of the latest week that is over."""
    today = clock.municipal_date(now)
    return today - timedelta(days=today.weekday() + 7)
