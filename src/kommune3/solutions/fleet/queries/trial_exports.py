# SPDX-License-Identifier: MPL-2.0
"""A trial as a workbook, and its figures as CSV."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import IO

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from openpyxl import Workbook

from kommune3.kernel.access.actor import Actor
from kommune3.solutions.fleet.models import RateKind, Trial, TrialKind, TrialPlan, UnservedTrip
from kommune3.solutions.fleet.queries import trial_words as words
from kommune3.solutions.fleet.queries.exports import Plain, add_sheet, csv_file
from kommune3.solutions.fleet.queries.trials import (
    Figure,
    HoldoutResult,
    TriedWeek,
    WhatIfResult,
    get_holdout,
    get_whatif,
    unserved_of,
)

Rows = list[tuple[Plain, ...]]
SAVING_TITLES = {
    "cash_dkk": gettext_lazy("Saved in cash, kr. a year"),
    "social_dkk": gettext_lazy("Saved social cost of CO2e, kr. a year"),
    "co2e_kg": gettext_lazy("CO2e not emitted, kg a year"),
}
"""Three figures that are never added up."""
HALVES = {
    0: gettext_lazy("All year"), 1: gettext_lazy("April to September"), 2: gettext_lazy("October to March"),
}  # fmt: skip


def write_trial(*, actor: Actor, trial: Trial, target: IO[bytes]) -> None:
    """A finished trial as a workbook."""
    unserved = unserved_of(actor=actor, trial_id=trial.pk)
    if trial.kind == TrialKind.HOLDOUT:
        write_holdout(get_holdout(actor=actor, trial_id=trial.pk), unserved, target)
    else:
        write_whatif(get_whatif(actor=actor, trial_id=trial.pk), unserved, target)


def csv_of(*, actor: Actor, trial: Trial) -> bytes:
    """A finished trial's main table as Danish Excel reads CSV: its weeks, or its cases."""
    if trial.kind == TrialKind.HOLDOUT:
        return csv_file(week_headings(), week_rows(get_holdout(actor=actor, trial_id=trial.pk)))
    return csv_file(case_headings(), case_rows(get_whatif(actor=actor, trial_id=trial.pk)))


def write_holdout(result: HoldoutResult, unserved: QuerySet[UnservedTrip], target: IO[bytes]) -> None:
    """Summary, weeks, fleets, sizes, unserved trips, rates."""
    book = Workbook(write_only=True)
    add_sheet(book, _("Summary"), [_("What"), _("Value"), _("From"), _("To")], _holdout_summary(result))
    add_sheet(book, _("Weeks"), week_headings(), week_rows(result))
    add_sheet(book, _("Fleet"), _fleet_headings(), _fleet_rows(result.plans))
    if result.tried_sizes:
        add_sheet(
            book, _("Sizes tried"), [_("Made for"), _("Vehicles"), _("Trips served, %"), _("Fixed, kr./year")],
            ((words.design_of(plan), plan.vehicles, 100 * served_by(plan), plan.fixed_dkk)
             for plan in result.tried_sizes),
        )  # fmt: skip
    _add_rest(book, result.trial, unserved)
    book.save(target)


def write_whatif(result: WhatIfResult, unserved: QuerySet[UnservedTrip], target: IO[bytes]) -> None:
    """The cases side by side, their fleets, unserved trips, rates."""
    book = Workbook(write_only=True)
    add_sheet(book, _("Summary"), case_headings(), case_rows(result))
    add_sheet(book, _("Fleet"), _fleet_headings(), _fleet_rows(result.plans))
    _add_rest(book, result.trial, unserved)
    book.save(target)


def week_headings() -> list[str]:
    """The columns of the weeks."""
    return [
        _("Week from"), _("Used to"), _("Trips"), _("Km"), _("Unserved trips"), _("Unserved km"),
        _("Unserved at least"), _("Cash, kr./year"), _("Social cost, kr./year"), _("CO2e, kg/year"),
        _("Unserved trips today"), _("Cash today, kr./year"), _("Social cost today, kr./year"),
        _("CO2e today, kg/year"),
    ]  # fmt: skip


def week_rows(result: HoldoutResult) -> Rows:
    """A row for each week; kroner and kg are the week's, scaled to a year."""
    return [_week_row(row) for row in result.weeks]


def case_headings() -> list[str]:
    """The columns of the cases. Cash and social cost are two columns."""
    return [
        _("Case"), _("Proof"), _("Vehicles"), _("Fixed, kr./year"), _("Energy, kr./year"),
        _("Mileage allowance, kr./year"), _("Moving, kr./year"), _("Cash, kr./year"), _("Social cost, kr./year"),
        _("CO2e, kg/year"), _("Unserved trips"), _("Value of the goal"), _("Proven lower bound"), _("Basis"),
    ]  # fmt: skip


def case_rows(result: WhatIfResult) -> Rows:
    """A row for each case."""
    names = {base.pk: base.name for base in result.bases}
    return [
        (
            case_name(plan), plan.get_status_display(), plan.vehicles, plan.fixed_dkk, plan.energy_dkk,
            plan.allowance_dkk, plan.moving_dkk, plan.cash_dkk, plan.social_dkk, plan.co2e_kg, plan.unserved_trips,
            plan.value, plan.bound, " ".join(words.facts_of(plan, names)),
        )
        for plan in result.plans
    ]  # fmt: skip


def case_name(plan: TrialPlan) -> str:
    """The case as it is, or what is changed."""
    return str(plan.get_change_display() if plan.change else plan.get_kind_display())


def _week_row(row: TriedWeek) -> tuple[Plain, ...]:
    chosen, today = row.chosen, row.today
    return (
        row.week.first_date.isoformat(), _("try the fleet") if row.week.is_tested else _("choose the fleet"),
        row.week.trips, row.week.km,
        *(
            (chosen.unserved_trips, chosen.unserved_km, chosen.unserved_at_least, chosen.cash_dkk, chosen.social_dkk,
             chosen.co2e_kg) if chosen else (None,) * 6
        ),
        *((today.unserved_trips, today.cash_dkk, today.social_dkk, today.co2e_kg) if today else (None,) * 4),
    )  # fmt: skip


def _holdout_summary(result: HoldoutResult) -> Iterator[tuple[Plain, ...]]:
    trial = result.trial
    yield _("Title"), trial.title
    yield _("Bases"), ", ".join(base.name for base in result.bases)
    yield _("Period from"), trial.period_start.isoformat()
    yield _("Period until (not included)"), trial.period_end.isoformat()
    for text in (words.headline(result), words.service_sentence(result), words.saving_sentence(result)):
        yield text, None
    if result.service is not None:
        yield _figure(_("Trips served, %"), result.service.trips_served, 100)
        yield _figure(_("Km served, %"), result.service.km_served, 100)
        yield _figure(_("Weeks fully served, %"), result.service.weeks_fully_served, 100)
    for name, title in SAVING_TITLES.items():
        if name in result.saving:
            yield _figure(str(title), result.saving[name], 1)
    for size in result.sizes:
        label = _("Vehicles for %(percent)s %% of the trips") % {"percent": f"{100 * size.level:g}"}
        yield label, size.plan.vehicles if size.plan else None, size.vehicles_low, size.vehicles_high
    yield _("Violations found"), trial.violations


def _figure(title: str, figure: Figure, scale: float) -> tuple[Plain, ...]:
    low, high = (None if end is None else end * scale for end in (figure.low, figure.high))
    return title, figure.value * scale, low, high


def _fleet_headings() -> Sequence[str]:
    return [_("Plan"), _("Base"), _("Model"), _("Half of the year"), _("Vehicles")]


def _fleet_rows(plans: Iterable[TrialPlan]) -> Rows:
    return [
        (plan_name(plan), row.base.name, row.model.name, str(HALVES[row.half]), row.count)
        for plan in plans
        for row in plan.counts.all()
    ]


def served_by(plan: TrialPlan) -> float:
    """The share of the trips of unseen weeks that a tried size served."""
    share: float = plan.facts["service"]["trips_served"]["value"]
    return share


def plan_name(plan: TrialPlan) -> str:
    """A plan's kind, with what tells it from others of its kind."""
    if plan.kind == "SIZE":
        return words.design_of(plan)
    if plan.kind == "CHOSEN" and plan.position > 1:
        return f"{plan.get_kind_display()} {plan.position}"
    return case_name(plan)


def _add_rest(book: Workbook, trial: Trial, unserved: QuerySet[UnservedTrip]) -> None:
    add_sheet(
        book, _("Unserved trips"),
        [_("Plan"), _("Week from"), _("Trip"), _("Base"), _("Trip start"), _("Trip end"), _("Km"), _("Why")],
        (
            (plan_name(row.plan), row.week.first_date.isoformat() if row.week else None,
             row.trip.external_id or str(row.trip_id), row.trip.base.name, row.trip.start_at, row.trip.end_at,
             row.trip.km, str(row.get_obstacle_display()))
            for row in unserved.order_by("plan__position", "trip__start_at").iterator(chunk_size=2000)
        ),
    )  # fmt: skip
    add_sheet(
        book, _("Rates used"), [_("Rate"), _("Value"), _("Valid from"), _("Valid until"), _("Source")],
        ((str(RateKind(r["kind"]).label), Decimal(r["value"]), r["valid_from"], r["valid_to"], r["source"])
         for r in trial.rates_used),
    )  # fmt: skip
