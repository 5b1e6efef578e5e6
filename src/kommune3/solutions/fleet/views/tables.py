# SPDX-License-Identifier: MPL-2.0
"""The small tables of a result, as the pages show them."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import islice

from django.utils.translation import gettext as _

from kommune3.solutions.fleet.models import Kind, Plan, Trip
from kommune3.solutions.fleet.queries import comparing
from kommune3.solutions.fleet.queries.excluded import Excluded
from kommune3.solutions.fleet.queries.results import Proof, Result
from kommune3.solutions.fleet.views.picking import plan_url, trips_url
from kommune3.ui.numbers import format_instant, format_number
from kommune3.ui.pictures import Cell, FiguresTable, Heading

MOST_LISTED = 200
"""So many trips that were not counted are on the page; the workbook has all."""


def compared(result: Result) -> FiguresTable | None:
    """How it was driven, the shown plan and what it is measured against, and what is saved.

    Cash and social cost are two columns, never one.
    """
    if result.proposal is None:
        return None
    known = not result.run.unknown_figures
    rows = [_plan_row(result, plan, known) for plan in result.plans]
    if result.today is not None:
        saved = result.proposal
        figures = (saved.vehicles_saved, saved.cash_saved_dkk, saved.social_saved_dkk) if known else (
            saved.vehicles_saved, None, None
        )  # fmt: skip
        unserved = result.today.unserved_trips - saved.plan.unserved_trips
        co2e = saved.co2e_saved_kg if known else None
        rows.append((Cell(_("Saved")), *(_number(value) for value in figures), _tonnes(co2e), _number(unserved)))
    titles = (_("Vehicles"), _("Cash, kr./year"), _("Social cost, kr./year"), _("CO2e, t/year"), _("Unserved trips"))
    return FiguresTable((Heading(_("Plan")), *(Heading(title, True) for title in titles)), tuple(rows))


def cash_parts(result: Result) -> FiguresTable | None:
    """What the cash of each plan consists of."""
    if result.run.unknown_figures or not result.plans:
        return None
    rows = tuple(
        (
            Cell(result.name_of(plan)),
            *(_number(value) for value in (plan.fixed_dkk, plan.energy_dkk, plan.allowance_dkk, plan.cash_dkk)),
            *(_number(value) for value in (plan.excess_dkk, plan.refund_dkk)),
        )
        for plan in result.plans
    )
    titles = (
        _("Vehicles, kr./year"), _("Energy, kr./year"), _("Mileage allowance, kr./year"), _("Cash, kr./year"),
        _("Beside it: expected excess km, kr./year"), _("Beside it: expected refund, kr./year"),
    )  # fmt: skip
    return FiguresTable((Heading(_("Plan")), *(Heading(title, True) for title in titles)), rows)


def km_by_kind(result: Result) -> FiguresTable:
    """Km in the period by type of vehicle, plan by plan; trips without one are driven in employees' own cars."""
    found = {plan.pk: comparing.km_by_kind(result.counts_of[plan.pk]) for plan in result.plans}
    kinds = [kind for kind in Kind.values if any(kind in km for km in found.values())]
    share = Decimal((result.run.period_end - result.run.period_start).days) / 365
    rows = tuple(
        (
            Cell(result.name_of(plan)),
            *(Cell(format_number(found[plan.pk].get(kind, 0.0), 0), True) for kind in kinds),
            Cell(format_number(plan.unserved_km * share, 0), True),
        )
        for plan in result.plans
    )
    titles = (*(str(Kind(kind).label) for kind in kinds), _("Unserved"))
    return FiguresTable((Heading(_("Plan")), *(Heading(title, True) for title in titles)), rows)


def points(result: Result) -> FiguresTable | None:
    """The front point by point, each with its proven gap, leading to its whole plan."""
    if not result.front or result.run.unknown_figures:
        return None
    rows = tuple(
        (
            Cell(plan_name(plan), href=plan_url(plan) if plan.has_assignments else ""),
            _number(plan.vehicles), _number(plan.cash_dkk), _number(plan.social_dkk), _tonnes(plan.co2e_kg),
            _number(plan.bound), Cell(gap_of(plan), True), _number(plan.unserved_trips),
        )
        for plan in result.front
    )  # fmt: skip
    titles = (
        _("Vehicles"), _("Cash, kr./year"), _("Social cost, kr./year"), _("CO2e, t/year"),
        _("Proven lower bound, kr./year in cash"), _("Gap"), _("Unserved trips"),
    )  # fmt: skip
    return FiguresTable((Heading(_("Point")), *(Heading(title, True) for title in titles)), rows)


def excluded(found: Iterable[Excluded]) -> FiguresTable:
    """Trips and lines that were not counted, each with its reason."""
    rows = tuple(
        (
            Cell(each.what), Cell(each.where), Cell(format_instant(each.start_at) if each.start_at else "–"),
            Cell("–" if each.km is None else format_number(each.km, 1), True), Cell(each.reason),
        )
        for each in islice(found, MOST_LISTED)
    )  # fmt: skip
    return FiguresTable(
        (
            Heading(_("Trip")), Heading(_("Where")), Heading(_("Trip start")), Heading(_("Km"), True),
            Heading(_("Why it is not counted")),
        ),
        rows,
    )  # fmt: skip


def plan_name(plan: Plan) -> str:
    """A plan as it is called; points of the front have numbers."""
    return str(plan.get_kind_display()) + (f" {plan.position}" if plan.position else "")


def gap_of(plan: Plan) -> str:
    """How far a plan is from the proven bound at most, in per cent."""
    return "–" if plan.gap is None else f"{format_number(float(plan.gap) * 100, 2)} %"


def proof_trips(proof: Proof) -> FiguresTable:
    """The trips that hold a vehicle at the busiest instant of a base."""
    return trips(proof.trips)


def trips(found: Sequence[Trip]) -> FiguresTable:
    """Trips with who drove them."""
    return FiguresTable(
        (
            Heading(_("Trip number")), Heading(_("Trip start")), Heading(_("Trip end")), Heading(_("Km"), True),
            Heading(_("Driven by")),
        ),
        tuple(
            (
                Cell(trip.external_id or str(trip.pk)), Cell(format_instant(trip.start_at)),
                Cell(format_instant(trip.end_at)), Cell(format_number(trip.km, 1), True),
                Cell(trip.vehicle.registration if trip.vehicle else "–"),
            )
            for trip in found
        ),
    )  # fmt: skip


def fleet(result: Result) -> FiguresTable:
    """How many of each model at each base."""
    rows = [
        (
            Cell(count.base.name), Cell(count.model.name), Cell(format_number(count.count, 0), True),
            Cell(format_number(count.trips, 0), True), Cell(format_number(count.km, 0), True),
        )
        for count in result.counts
    ]  # fmt: skip
    titles = (_("Vehicles"), _("Trips"), _("Km in the period"))
    return FiguresTable(
        (Heading(_("Base")), Heading(_("Model")), *(Heading(each, True) for each in titles)), tuple(rows)
    )


def _plan_row(result: Result, plan: Plan, known: bool) -> tuple[Cell, ...]:
    """A plan's figures; dashes where consumption or cost is not known, since a part of a sum says nothing."""
    is_here = result.shown is not None and plan.pk == result.shown.pk
    href = plan_url(plan) if plan.has_assignments and not is_here else ""
    money = (plan.cash_dkk, plan.social_dkk) if known else (None, None)
    unserved = Cell(
        format_number(plan.unserved_trips, 0), True,
        trips_url(plan, served="no") if plan.has_assignments and plan.unserved_trips else "",
    )  # fmt: skip
    figures = (_number(plan.vehicles), *(_number(value) for value in money), _tonnes(plan.co2e_kg if known else None))
    return (Cell(result.name_of(plan), href=href), *figures, unserved)


def _number(value: int | Decimal | None) -> Cell:
    return Cell("–" if value is None else format_number(value, 0), True)


def _tonnes(kg: Decimal | None) -> Cell:
    return Cell("–" if kg is None else format_number(kg / 1000, 3), True)
