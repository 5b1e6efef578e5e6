# SPDX-License-Identifier: MPL-2.0
"""A dashboard's answer as a picture and as the table behind it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from kommune3.solutions.fleet.queries.dashboards import OVER_TIME, Activity, Answer, Dashboard, Selection
from kommune3.solutions.fleet.queries.dashboards.answers import Column, Row, State, Told
from kommune3.solutions.fleet.queries.dashboards.labels import query_of
from kommune3.ui.heatmap import HeatMap, Shade
from kommune3.ui.numbers import format_number
from kommune3.ui.pictures import Axis, Bound, Cell, Chart, FiguresTable, Heading, Point, Series


@dataclass(frozen=True)
class FiguredChart(Chart):
    """A chart whose table also says which figures are not shown, and why."""

    figures: FiguresTable | None = None

    def table(self) -> FiguresTable:
        return self.figures or super().table()


def said(told: Told, column: Column, fewest: int) -> str:
    """A figure in words, or why there is none."""
    if told.state is State.FEW:
        return few_words(fewest)
    if told.state is State.UNKNOWN:
        return _("not known")
    return "–" if told.value is None else format_number(told.value, column.decimals)


def few_words(fewest: int) -> str:
    """What stands instead of a figure built on too few."""
    return _("fewer than %(n)s") % {"n": fewest}


def trips_url(row: Row) -> str:
    """The trips behind a row."""
    return f"{reverse('fleet:trips')}?{urlencode(row.query)}"


def chart_of(dashboard: Dashboard, answer: Answer, selection: Selection, bounds: Sequence[Bound] = ()) -> Chart:
    """The picture; a figure that is not told is not drawn."""
    drawn = [(place, column) for place, column in enumerate(answer.columns) if column.drawn]
    first = drawn[0][1]
    is_share = first.unit == "%"
    return FiguredChart(
        kind="line" if dashboard.is_line and selection.per in OVER_TIME and len(answer.rows) > 1 else "bar",
        x=Axis(answer.head),
        y=Axis(
            _with_unit(first) if len(drawn) == 1 else _("Share") if is_share else _("Vehicles"),
            "%" if is_share else "",
            first.decimals,
            from_zero=True,
        ),
        series=[
            Series(
                column.title,
                [
                    Point(position, value, href=trips_url(row))
                    for position, row in enumerate(answer.rows)
                    if (value := row.cells[place].value) is not None
                ],
            )
            for place, column in drawn
        ],
        bounds=bounds,
        categories=[row.label for row in answer.rows],
        figures=table_of(answer),
    )


def table_of(answer: Answer) -> FiguresTable:
    """Every figure, each row leading to its trips, and the total."""
    rows = [
        (
            Cell(str(row.label), href=trips_url(row)),
            *(Cell(said(told, column, answer.fewest), True) for told, column in _pairs(row.cells, answer)),
        )
        for row in answer.rows
    ]
    total = (
        _("The whole period"),
        *(said(told, column, answer.fewest) for told, column in _pairs(answer.totals, answer)),
    )
    return FiguresTable(
        (Heading(str(answer.head)), *(Heading(_with_unit(column), True) for column in answer.columns)),
        (*rows, tuple(Cell(text, is_number=place > 0) for place, text in enumerate(total))),
    )


def _pairs(cells: tuple[Told, ...], answer: Answer) -> list[tuple[Told, Column]]:
    return list(zip(cells, answer.columns, strict=True))


def _with_unit(column: Column) -> str:
    return (
        f"{column.title} ({column.unit})"
        if column.unit and column.unit != str(column.title).lower()
        else str(column.title)
    )


# --- The heat map ----------------------------------------------------------------------------------------------------


def heatmap_of(found: Activity, selection: Selection) -> HeatMap:
    """The week as a heat map; each figure leads to the trips of its weekday."""
    return HeatMap(
        corner=_("Hour"),
        rows=[f"{hour:02}–{hour + 1:02}" for hour in range(24)],
        columns=[str(WEEKDAYS[day]).capitalize() for day in range(7)],
        short_columns=[str(WEEKDAYS_ABBR[day]).capitalize() for day in range(7)],
        cells=[[_shade(told, weekday, found, selection) for weekday, told in enumerate(row)] for row in found.cells],
        unit=_("vehicles"),
        mark=f"<{found.fewest}",
    )


def _shade(told: Told, weekday: int, found: Activity, selection: Selection) -> Shade:
    query = query_of(selection) | {
        "start_at_after": selection.first_day.isoformat(), "start_at_before": selection.last_day.isoformat(),
        "weekday": str(weekday + 1),
    }  # fmt: skip
    href = f"{reverse('fleet:trips')}?{urlencode(query)}"
    if told.state is State.FEW:
        return Shade(None, few_words(found.fewest), href)
    return Shade(told.value, "", href)
