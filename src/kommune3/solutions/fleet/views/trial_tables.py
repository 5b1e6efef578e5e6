# SPDX-License-Identifier: MPL-2.0
"""The tables and charts of a trial, as its pages show them."""

from datetime import timedelta
from decimal import Decimal

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from kommune3.solutions.fleet.models import RateKind, Trial, TrialPlan, TrialWeek, WeekTried
from kommune3.solutions.fleet.models.trials import TripObstacle
from kommune3.solutions.fleet.queries import trial_words as words
from kommune3.solutions.fleet.queries.rates import exact
from kommune3.solutions.fleet.queries.trial_exports import HALVES, SAVING_TITLES, case_name, served_by
from kommune3.solutions.fleet.queries.trials import HoldoutResult, TriedWeek, WhatIfResult
from kommune3.ui.numbers import format_number
from kommune3.ui.pictures import Axis, Cell, Chart, FiguresTable, Heading, Point, Series

SPLITS = {
    "given": gettext_lazy("The weeks of the optimisation, with the fleet it proposed"),
    "random": gettext_lazy("Some weeks drawn at random"),
    "rolling": gettext_lazy("The weeks just before: each week tries the fleet of the weeks before it"),
    "leave-one-out": gettext_lazy("All other weeks: each week in turn tries the fleet of all the others"),
}


def week_name(week: TrialWeek) -> str:
    """A week as it is called: number of the calendar and its first day."""
    day = week.first_date
    return _("Week %(number)s, from %(day)s") % {"number": day.isocalendar().week, "day": f"{day:%d-%m-%Y}"}


def savings(result: HoldoutResult) -> FiguresTable | None:
    """Three figures with their intervals. Cash and social cost are two rows, never one."""
    if not result.saving or result.trial.unknown_figures:
        return None
    rows = tuple(
        (
            Cell(str(title)), Cell(format_number(result.saving[name].value, 0), True),
            Cell(words.interval(result.saving[name]), True), Cell(str(result.saving[name].weeks), True),
        )
        for name, title in SAVING_TITLES.items()
    )  # fmt: skip
    return FiguresTable(
        (Heading(_("What")), Heading(_("A year"), True), Heading(_("Most likely between"), True),
         Heading(_("Weeks tried"), True)),
        rows,
    )  # fmt: skip


def weeks_chart(result: HoldoutResult) -> Chart | None:
    """Unserved trips week by week: the chosen fleet, and today's vehicles where they are known."""
    rows = result.tested
    if not any(tried.unserved_trips for row in rows for tried in (row.chosen, row.today) if tried):
        return None
    series = [
        Series(_("The chosen fleet"), [_bar(at, row.chosen) for at, row in enumerate(rows) if row.chosen], chosen=True)
    ]
    if result.today is not None:
        series.append(Series(_("Today's vehicles"), [_bar(at, row.today) for at, row in enumerate(rows) if row.today]))
    return Chart(
        "bar", Axis(_("Week")), Axis(_("Unserved trips"), "", 0, from_zero=True), series,
        categories=[f"{row.week.first_date:%d-%m}" for row in rows],
    )  # fmt: skip


def weeks(result: HoldoutResult) -> FiguresTable:
    """Every week: what it was used to, its trips, and how the fleets fared."""
    titles = (
        _("Trips"), _("Unserved"), _("Cannot be fewer than"), _("Trips served, %"), _("Unserved with today's vehicles"),
        _("Cash, kr./year"), _("Social cost, kr./year"),
    )  # fmt: skip
    return FiguresTable(
        (Heading(_("Week")), Heading(_("Used to")), *(Heading(title, True) for title in titles)),
        tuple(_week_row(result, row) for row in result.weeks),
    )


def sizes(result: HoldoutResult) -> FiguresTable | None:
    """How many vehicles a share of the trips takes."""
    if not result.sizes:
        return None
    rows = tuple(
        (
            Cell(_("%(percent)s %%") % {"percent": format_number(100 * size.level, 0)}, True),
            Cell(format_number(size.plan.vehicles or 0, 0) if size.plan else _("More than were tried"), True),
            Cell(words.size_interval(size), True),
            Cell(format_number(size.weeks, 0), True),
            Cell(format_number(size.weeks_fully_served, 0), True),
        )
        for size in result.sizes
    )
    titles = (
        _("Trips served"),
        _("Vehicles"),
        _("Most likely between"),
        _("Weeks it stands on"),
        _("Of them fully served"),
    )
    return FiguresTable(tuple(Heading(title, True) for title in titles), rows)


def sizes_chart(result: HoldoutResult) -> Chart | None:
    """Every fleet that was tried: its vehicles, and the share of unseen trips it served."""
    if len(result.tried_sizes) < 2:
        return None
    points = [
        Point(float(plan.vehicles or 0), 100 * served_by(plan), words.design_of(plan)) for plan in result.tried_sizes
    ]
    return Chart(
        "scatter", Axis(_("Vehicles"), "", 0), Axis(_("Trips served in weeks not chosen on"), "%", 1),
        [Series(_("Fleets tried"), sorted(points, key=lambda point: float(point.x)), joined=True)],  # type: ignore[arg-type]
    )  # fmt: skip


def fleet_title(result: HoldoutResult, plan: TrialPlan) -> str:
    """Which weeks a fleet was chosen on."""
    names = {row.week.number: f"{row.week.first_date:%d-%m-%Y}" for row in result.weeks}
    count = ngettext("%(n)s vehicle", "%(n)s vehicles", plan.vehicles or 0) % {"n": plan.vehicles or 0}
    return _("%(vehicles)s, chosen on the weeks from %(weeks)s") % {
        "vehicles": count, "weeks": ", ".join(names[number] for number in plan.chosen_on),
    }  # fmt: skip


def fleet(plan: TrialPlan) -> FiguresTable:
    """How many of each model at each base, and in which half of the year where that matters."""
    counts = list(plan.counts.all())
    halves = any(row.half for row in counts)
    headings = [Heading(_("Base")), Heading(_("Model"))]
    if halves:
        headings.insert(0, Heading(_("Half of the year")))
    return FiguresTable(
        (*headings, Heading(_("Vehicles"), True)),
        tuple(
            (
                *((Cell(str(HALVES[row.half])),) if halves else ()),
                Cell(row.base.name), Cell(row.model.name), Cell(format_number(row.count, 0), True),
            )
            for row in counts
        ),
    )  # fmt: skip


def cases(result: WhatIfResult) -> FiguresTable:
    """The case as it is and each change. Cash and social cost are two columns, never one."""
    titles = (
        _("Vehicles"), _("Cash, kr./year"), _("Social cost, kr./year"), _("CO2e, kg/year"), _("Unserved trips"),
        _("Value of the goal"), _("Proven lower bound"), _("Gap, %"),
    )  # fmt: skip
    known = not result.trial.unknown_figures
    return FiguresTable(
        (Heading(_("Case")), *(Heading(title, True) for title in titles)),
        tuple(_case_row(plan, known) for plan in result.plans),
    )


def obstacles(plan: TrialPlan) -> list[tuple[str, int]]:
    """Why trips cannot be driven after a change, and how many."""
    found = plan.unserved.exclude(obstacle="").values_list("obstacle").annotate(n=Count("id")).order_by("-n")
    return [(str(TripObstacle(code).label), count) for code, count in found]


def rates(trial: Trial) -> FiguresTable:
    """Every rate the trial counted with, and where it comes from."""
    rows = (
        (
            Cell(str(RateKind(rate["kind"]).label)),
            Cell(exact(Decimal(rate["value"])), True),
            Cell(rate["source"] or "–"),
        )
        for rate in trial.rates_used
    )
    return FiguresTable((Heading(_("Rate")), Heading(_("Value"), True), Heading(_("Source"))), tuple(rows))


def settings(result: HoldoutResult) -> list[tuple[str, str]]:
    """What was asked, for those who want to ask the same again."""
    trial = result.trial
    asked = trial.settings
    return [
        (_("Period"), f"{trial.period_start:%d-%m-%Y} – {trial.period_end - timedelta(days=1):%d-%m-%Y}"),
        (_("The fleet is chosen on"), str(SPLITS.get(asked.get("split", ""), ""))),
        (_("Number for the draw"), str(asked.get("seed", ""))),
        (_("Goal"), str(trial.run.get_goal_display())),
        (_("Rates"), trial.run.rate_set.name),
        (_("Computed in"), _("%(seconds)s seconds") % {"seconds": format_number(trial.seconds or 0, 1)}),
    ]


def _bar(at: int, tried: WeekTried) -> Point:
    return Point(at, tried.unserved_trips, href=_trips_url(tried) if tried.unserved_trips else "")


def _week_row(result: HoldoutResult, row: TriedWeek) -> tuple[Cell, ...]:
    chosen, today = row.chosen, row.today
    known = not result.trial.unknown_figures
    used = _("try the fleet") if row.week.is_tested else _("choose the fleet")
    cells = [Cell(week_name(row.week)), Cell(used), _whole(row.week.trips)]
    if chosen is None:
        return (*cells, *(Cell("–", True) for _column in range(6)))
    served = 1 - chosen.unserved_trips / row.week.trips if row.week.trips else 1.0
    return (
        *cells,
        Cell(format_number(chosen.unserved_trips, 0), True, _trips_url(chosen) if chosen.unserved_trips else ""),
        _whole(chosen.unserved_at_least),
        Cell(words.percent(served), True),
        Cell(format_number(today.unserved_trips, 0), True, _trips_url(today) if today.unserved_trips else "")
        if today
        else Cell("–", True),
        _whole(chosen.cash_dkk if known else None),
        _whole(chosen.social_dkk if known else None),
    )


def _case_row(plan: TrialPlan, known: bool) -> tuple[Cell, ...]:
    money = (plan.cash_dkk, plan.social_dkk, plan.co2e_kg) if known else (None, None, None)
    address = f"{reverse('fleet:trial_trips', args=[plan.trial_id])}?plan={plan.pk}" if plan.unserved_trips else ""
    unserved = "–" if plan.unserved_trips is None else format_number(plan.unserved_trips, 0)
    gap = "–" if plan.gap is None else format_number(100 * plan.gap, 2)
    return (
        Cell(case_name(plan)), _whole(plan.vehicles), *(_whole(each) for each in money), Cell(unserved, True, address),
        _whole(plan.value), _whole(plan.bound), Cell(gap, True),
    )  # fmt: skip


def _trips_url(tried: WeekTried) -> str:
    return f"{reverse('fleet:trial_trips', args=[tried.plan.trial_id])}?plan={tried.plan_id}&week={tried.week_id}"


def _whole(value: int | Decimal | None) -> Cell:
    return Cell("–" if value is None else format_number(value, 0), True)
