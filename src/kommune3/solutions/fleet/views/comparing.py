# SPDX-License-Identifier: MPL-2.0
"""Runs side by side as a table: a column for each."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

from kommune3.solutions.fleet.models import Kind
from kommune3.solutions.fleet.queries.comparing import Comparison, Side
from kommune3.solutions.fleet.views.picking import plan_url, trips_url
from kommune3.solutions.fleet.views.tables import gap_of
from kommune3.ui.numbers import format_number
from kommune3.ui.pictures import Cell, FiguresTable, Heading


def figures(found: Comparison) -> FiguresTable:
    """Figure by figure, run by run. Cash and social cost are two rows, never one."""
    known = [not side.run.unknown_figures for side in found.sides]
    rows = [
        _row(_("Plan"), found, lambda side: Cell(_("Open the plan"), href=plan_url(side.plan))),
        _row(_("Unserved trips"), found, _unserved),
        _row(_("Cash, kr./year"), found, lambda side: _number(side.plan.cash_dkk), known),
        _row(_("Social cost, kr./year"), found, lambda side: _number(side.plan.social_dkk), known),
        _row(_("CO2e, t/year"), found, lambda side: _number(side.plan.co2e_t, 3), known),
        _row(_("Vehicles"), found, lambda side: _number(side.plan.vehicles)),
        *(_row(_("Km in the period: %(kind)s") % {"kind": Kind(kind).label}, found, _km(kind)) for kind in found.kinds),
        *(
            _row(name, found, lambda side, name=name: _number(side.count_of.get(name, 0)))  # type: ignore[misc]
            for name in found.models
        ),
        _row(_("Proof"), found, lambda side: Cell(str(side.run.get_status_display()))),
        _row(_("Gap"), found, lambda side: Cell(gap_of(side.plan), True)),
        _row(_("Bases"), found, lambda side: Cell(", ".join(base.name for base in side.run.bases.all()))),
        _row(
            _("Period"), found, lambda side: Cell(f"{side.run.period_start:%d-%m-%Y} – {side.run.period_end:%d-%m-%Y}")
        ),
        _row(_("Rates"), found, lambda side: Cell(side.run.rate_set.name)),
        _row(_("Note"), found, lambda side: Cell(side.run.note or "–")),
    ]
    return FiguresTable((Heading(_("Figure")), *(Heading(side.run.title, True) for side in found.sides)), tuple(rows))


def differs(found: Comparison) -> list[str]:
    """In words, what the runs were not asked alike."""
    words = {"bases": _("bases"), "period": _("period"), "rates": _("rates")}
    return [words[each] for each in found.differs]


def _row(
    name: str, found: Comparison, cell: Callable[[Side], Cell], known: list[bool] | None = None
) -> tuple[Cell, ...]:
    shown = [
        cell(side) if known is None or known[position] else Cell("–", True) for position, side in enumerate(found.sides)
    ]
    return (Cell(name), *shown)


def _period(side: Side) -> Cell:
    last_day = side.run.period_end - timedelta(days=1)
    return Cell(f"{side.run.period_start:%d-%m-%Y} – {last_day:%d-%m-%Y}")


def _unserved(side: Side) -> Cell:
    count = side.plan.unserved_trips
    return Cell(format_number(count, 0), True, trips_url(side.plan, served="no") if count else "")


def _km(kind: str) -> Callable[[Side], Cell]:
    return lambda side: _number(side.km_of.get(kind, 0.0))


def _number(value: float | Decimal, decimals: int = 0) -> Cell:
    return Cell(format_number(value, decimals), True)
