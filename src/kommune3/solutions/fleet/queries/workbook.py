# SPDX-License-Identifier: MPL-2.0
"""A result as a workbook with everything in it: a sheet for each part."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import IO

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from openpyxl import Workbook

from kommune3.solutions.fleet.models import Assignment, Kind, Plan, PlanCharge, RateKind, Run
from kommune3.solutions.fleet.queries.charging import is_charged
from kommune3.solutions.fleet.queries.comparing import km_by_kind
from kommune3.solutions.fleet.queries.excluded import excluded_from
from kommune3.solutions.fleet.queries.exports import (
    Plain,
    add_sheet,
    assignment_headings,
    assignment_rows,
    local_text,
)
from kommune3.solutions.fleet.queries.pools import way_text
from kommune3.solutions.fleet.queries.results import Result
from kommune3.solutions.fleet.queries.usage import HOURS, LENGTHS_KM, UNSERVED, Usage, usage_of


def write_workbook(result: Result, assignments: QuerySet[Assignment], target: IO[bytes]) -> None:
    """The workbook of the shown plan. ``assignments``: its own, from ``assignments_of``."""
    book = Workbook(write_only=True)
    run, plan = result.run, result.shown
    add_sheet(book, _("Summary"), [_("What"), _("Value")], summary_rows(result))
    add_sheet(
        book, _("Plans compared"), plan_headings(), (plan_row(each, result.name_of(each)) for each in result.plans)
    )
    add_sheet(
        book, _("Fleet"), [_("Base"), _("Model"), _("Vehicles"), _("Trips"), _("Km in the period")],
        ((row.base.name, row.model.name, row.count, row.trips, row.km) for row in result.counts),
    )  # fmt: skip
    add_sheet(book, _("Assignment"), assignment_headings(), assignment_rows(assignments))
    add_sheet(book, _("Unserved trips"), assignment_headings(), assignment_rows(assignments.filter(plan_vehicle=None)))
    add_sheet(book, _("Driving book"), _book_headings(), _book_rows(assignments))
    if plan is not None:
        usage = usage_of(run, plan)
        add_sheet(book, _("Use per vehicle"), _use_headings(), _use_rows(usage))
        add_sheet(book, _("Histograms"), [_("What"), _("From"), _("To"), *kind_names(usage.kinds)], _bars(usage))
    if is_charged(plan):
        add_sheet(book, _("Charging"), charge_headings(), charge_rows(run, plan))
    add_sheet(book, _("Alternatives"), [*plan_headings(), *_proof_headings()], _front_rows(result))
    add_sheet(book, _("Bounds and proof"), [_("Base"), *_witness_headings()], _proof_rows(result))
    add_sheet(
        book, _("Rates used"), [_("Rate"), _("Value"), _("Valid from"), _("Valid until"), _("Source")],
        ((str(RateKind(r["kind"]).label), Decimal(r["value"]), r["valid_from"], r["valid_to"], r["source"])
         for r in run.rates_used),
    )  # fmt: skip
    add_sheet(
        book, _("Trips not counted"),
        [_("Trip"), _("Where"), _("Trip start"), _("Trip end"), _("Km"), _("Why it is not counted")],
        ((each.what, each.where, each.start_at, each.end_at, each.km, each.reason) for each in excluded_from(run)),
    )  # fmt: skip
    book.save(target)


def charge_headings() -> list[str]:
    """The columns of a charge."""
    return [
        _("From"), _("Until"), _("Base"), _("Charger"), _("Outlet"), _("Model"), _("Vehicle"), _("kWh"), _("Kr."),
    ]  # fmt: skip


def charge_rows(run: Run, plan: Plan | None) -> Iterator[tuple[Plain, ...]]:
    """Every charge of a plan, in order of time."""
    charges = PlanCharge.objects.filter(plan_vehicle__plan=plan, plan_vehicle__plan__run=run)
    for row in charges.select_related("charger__base", "plan_vehicle__model").iterator():
        yield (
            local_text(row.starts_at), local_text(row.ends_at), row.charger.base.name, row.charger.name, row.outlet,
            row.plan_vehicle.model.name, row.plan_vehicle.number, round(row.kwh, 3), row.dkk,
        )  # fmt: skip


def summary_rows(result: Result) -> list[tuple[str, Plain]]:
    """The result in short. Cash and social cost are two lines."""
    run, plan = result.run, result.shown
    rows: list[tuple[str, Plain]] = [
        (_("Title"), run.title),
        (_("Note"), run.note),
        (_("Plan"), result.name_of(plan) if plan else ""),
        (_("Fleet"), run.get_fleet_mode_display()),
        (_("Goal"), run.get_goal_display()),
        (_("Period from"), run.period_start.isoformat()),
        (_("Period until (not included)"), run.period_end.isoformat()),
        (_("Bases"), ", ".join(base.name for base in result.bases)),
        (_("Trips"), run.trips),
        (_("Most unserved trips"), run.max_unserved),
        (_("Budget, kr. a year in cash"), run.max_cash_dkk),
        (_("Most CO2e, kg a year"), run.max_co2e_kg),
        (_("Tenths of the possible CO2e saving"), run.priority),
        (_("Proof"), plan.get_status_display() if plan and result.is_picked else run.get_status_display()),
        (_("Value of the goal"), result.value),
        (_("Proven lower bound"), result.bound),
        (_("Change-over, minutes"), run.changeover_minutes),
        *_pool_rows(result),
        (_("Rates"), run.rate_set.name),
        (_("Rules checked"), run.rules_checked),
        (_("Violations found"), len(result.violations)),
    ]
    for each in (plan, result.today):
        if each is not None:
            rows += [
                (f"{result.name_of(each)}: {heading}", value)
                for heading, value in zip(plan_headings()[1:], plan_row(each, "")[1:], strict=True)
            ]
    if plan is not None:
        km = km_by_kind(result.counts)
        rows += [(_("Km in the period: %(kind)s") % {"kind": name}, round(km[kind], 1))
                 for kind, name in zip(km, kind_names(km), strict=True)]  # fmt: skip
    return rows


def _pool_rows(result: Result) -> list[tuple[str, Plain]]:
    """Which bases shared vehicles, the ways counted with, and what was driven on them; nothing where none did."""
    rows: list[tuple[str, Plain]] = []
    for pool in result.run.pools_used:
        rows += [(f"{pool['name']}: {way['from_name']} – {way['to_name']}", way_text(way)) for way in pool["ways"]]
    if rows and result.shown is not None:
        rows.append((_("Km a year between bases"), result.shown.transfer_km))
    return rows


def plan_headings() -> list[str]:
    """The columns of a plan's yearly figures."""
    return [
        _("Plan"), _("Vehicles"), _("Fixed, kr./year"), _("Energy, kr./year"), _("Mileage allowance, kr./year"),
        _("Cash, kr./year"), _("Social cost, kr./year"), _("CO2e, kg/year"), _("Unserved trips"),
        _("Beside it: expected excess km, kr./year"), _("Beside it: expected refund, kr./year"),
    ]  # fmt: skip


def plan_row(plan: Plan, name: str) -> tuple[Plain, ...]:
    """A plan's yearly figures, after its name."""
    return (
        name, plan.vehicles, plan.fixed_dkk, plan.energy_dkk, plan.allowance_dkk, plan.cash_dkk,
        plan.social_dkk, plan.co2e_kg, plan.unserved_trips, plan.excess_dkk, plan.refund_dkk,
    )  # fmt: skip


def kind_names(kinds: Iterable[str]) -> list[str]:
    """Types of vehicles in words; trips without one are unserved."""
    return [_("Unserved") if kind == UNSERVED else str(Kind(kind).label) for kind in kinds]


def _book_headings() -> list[str]:
    return [
        _("Base"), _("Model"), _("Vehicle"), _("Trip start"), _("Trip end"), _("Km"), _("Trip"), _("The trip's base"),
    ]  # fmt: skip


def _book_rows(assignments: QuerySet[Assignment]) -> Iterator[tuple[Plain, ...]]:
    held = assignments.filter(plan_vehicle__isnull=False).order_by("plan_vehicle_id", "trip__start_at", "trip_id")
    for each in held.iterator(chunk_size=2000):
        vehicle, trip = each.plan_vehicle, each.trip
        assert vehicle is not None
        yield (
            vehicle.base.name, vehicle.model.name, vehicle.number, trip.start_at, trip.end_at, trip.km,
            trip.external_id or str(trip.pk), trip.base.name,
        )  # fmt: skip


def _use_headings() -> list[str]:
    return [
        _("Base"), _("Model"), _("Vehicle"), _("Trips"), _("Km in the period"), _("Days in use"),
        _("Km per day in use"), _("Hours out"), _("Share of time in use"),
    ]  # fmt: skip


def _use_rows(usage: Usage) -> Iterator[tuple[Plain, ...]]:
    for use in usage.vehicles:
        row = use.vehicle
        yield (
            row.base.name, row.model.name, row.number, row.trips, row.km, use.days_used,
            round(use.km_per_day_used, 1), round(use.hours_out, 1), round(use.share_in_use, 4),
        )  # fmt: skip


def _bars(usage: Usage) -> Iterator[tuple[Plain, ...]]:
    for hour in range(HOURS):
        counts = (usage.by_hour.get(kind, [0] * HOURS)[hour] for kind in usage.kinds)
        yield (_("Trips by hour of start"), f"{hour:02}:00", f"{hour + 1:02}:00", *counts)
    edges = (0, *LENGTHS_KM)
    for number, start in enumerate(edges):
        end = edges[number + 1] if number + 1 < len(edges) else None
        counts = (usage.by_length.get(kind, [0] * len(edges))[number] for kind in usage.kinds)
        yield (_("Trips by length, km"), start, end, *counts)
    for hour in range(HOURS):
        counts = (usage.most_out.get(kind, [0] * HOURS)[hour] for kind in usage.kinds)
        yield (_("Most vehicles out at once"), f"{hour:02}:00", f"{hour + 1:02}:00", *counts)


def _proof_headings() -> list[str]:
    return [_("Proven lower bound, kr./year in cash"), _("Gap"), _("Proof")]


def _front_rows(result: Result) -> Iterator[tuple[Plain, ...]]:
    for plan in result.front:
        gap = plan.gap
        yield (
            *plan_row(plan, result.name_of(plan)),
            plan.bound,
            None if gap is None else round(gap, 5),
            str(plan.get_status_display()),
        )


def _witness_headings() -> list[str]:
    return [_("From"), _("To"), _("Trips at once"), _("Decides"), _("Trip numbers")]


def _proof_rows(result: Result) -> Iterator[tuple[Plain, ...]]:
    for proof in result.proofs:
        witness = proof.witness
        yield (
            proof.base.name, local_text(witness.starts_at), local_text(witness.ends_at), witness.vehicles_needed,
            _("yes") if witness.is_binding else _("no"),
            ", ".join(trip.external_id or str(trip.pk) for trip in proof.trips),
        )  # fmt: skip
