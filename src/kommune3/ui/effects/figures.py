# SPDX-License-Identifier: MPL-2.0
"""Key figures and the chart of the ledger's page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.http import QueryDict
from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kommune3.kernel.effects import Kind, Total, units
from kommune3.ui import numbers
from kommune3.ui.pictures import Axis, Chart, Point, Series

Text = str | Promise

MONTHS_SHOWN = 24


@dataclass(frozen=True)
class KeyFigure:
    """A sum of one kind in one unit of measure, and where its rows are."""

    label: Text
    value: str
    unit: Text
    note: str
    href: str
    variant: str


def key_figures(totals: Sequence[Total], *, address: str, narrowed: QueryDict) -> list[KeyFigure]:
    """The sums in the order their units of measure and their kinds are declared.

    Each leads to its own rows: those that `narrowed`, the filters of the page, let into the sum.
    """
    found = {(total.measure, total.kind): total for total in totals}
    return [
        _key_figure(found[unit.key, kind.value], kind, unit, address, narrowed)
        for unit in units.all_units()
        for kind in Kind
        if (unit.key, kind.value) in found
    ]


def absent_kinds(totals: Sequence[Total]) -> str:
    """The kinds that have no gain at all, in a sentence; empty where each has one, or where there is nothing."""
    absent = [str(kind.label).lower() for kind in Kind if not any(total.kind == kind.value for total in totals)]
    return _("No gains are %(kinds)s yet.") % {"kinds": _(" or ").join(absent)} if totals and absent else ""


def _key_figure(total: Total, kind: Kind, unit: units.MeasureUnit, address: str, narrowed: QueryDict) -> KeyFigure:
    query = narrowed.copy()
    query["measure"], query["kind"] = unit.key, kind.value
    query.pop("page", None)
    note = ngettext("%(count)d row", "%(count)d rows", total.row_count) % {"count": total.row_count}
    return KeyFigure(
        label=_("%(measure)s, %(kind)s") % {"measure": unit.title, "kind": str(kind.label).lower()},
        value=numbers.format_number(total.quantity, unit.decimals),
        unit=unit.symbol,
        note=f"{note}, {_('spread over days')}" if total.is_split else note,
        href=f"{address}?{query.urlencode()}",
        variant="proven" if kind is Kind.PROVEN else "",
    )


def by_month(totals: Sequence[Total], *, measure: str) -> Chart | None:
    """The gains of each month and kind, the latest two years of them; None without any."""
    unit = units.get(measure)
    in_month = {
        (total.kind, total.bucket): total.quantity for total in totals if total.measure == measure and total.bucket
    }
    if not in_month:
        return None
    months = _months(min(month for _kind, month in in_month), max(month for _kind, month in in_month))
    return Chart(
        kind="bar",
        x=Axis(_("Month")),
        y=Axis(unit.title, unit.symbol, unit.decimals, from_zero=True),
        series=[
            Series(
                kind.label,
                [Point(place, float(in_month.get((kind.value, month), 0))) for place, month in enumerate(months)],
            )
            for kind in Kind
            if any(kind.value == present for present, _month in in_month)
        ],
        categories=[formats.date_format(month, "M Y") for month in months],
    )


def _months(first: date, last: date) -> list[date]:
    months = [last]
    while months[-1] > first and len(months) < MONTHS_SHOWN:
        months.append((months[-1] - timedelta(days=1)).replace(day=1))
    return months[::-1]
