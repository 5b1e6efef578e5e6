# SPDX-License-Identifier: MPL-2.0
"""How many vehicles are out at each hour of the week, on average over the period."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Sum

from kommune3.kernel import clock
from kommune3.kernel.clock import MUNICIPAL_ZONE
from kommune3.solutions.fleet.models import HourlyUse
from kommune3.solutions.fleet.models.daily import HOURS, SECONDS, VEHICLES
from kommune3.solutions.fleet.queries.dashboards.answers import State, Told
from kommune3.solutions.fleet.queries.dashboards.loading import narrowed
from kommune3.solutions.fleet.queries.dashboards.selection import Selection
from kommune3.solutions.fleet.queries.dashboards.suppression import Basis, Part

WEEKDAYS = range(7)


@dataclass(frozen=True)
class Activity:
    """``cells[hour][weekday]``: vehicles out on average; ``days[weekday]``: how many such days there were."""

    cells: Sequence[Sequence[Told]]
    days: Sequence[int]
    fewest: int

    @property
    def has_hidden(self) -> bool:
        """Whether any hour is hidden for being built on too few."""
        return any(cell.state is State.FEW for row in self.cells for cell in row)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was out at any hour."""
        return not any(cell.value or cell.state is State.FEW for row in self.cells for cell in row)

    @property
    def busiest(self) -> tuple[int, int] | None:
        """(hour, weekday) of the highest figure shown."""
        found = [
            (cell.value, hour, weekday)
            for hour, row in enumerate(self.cells)
            for weekday, cell in enumerate(row)
            if cell.value
        ]
        return max(found)[1:] if found else None


class _Cell:
    """An hour of a weekday in one layer: seconds out, vehicles on the busiest day, and how often a vehicle was out."""

    __slots__ = ("often", "seconds", "vehicles")

    def __init__(self) -> None:
        self.seconds = self.vehicles = self.often = 0

    @property
    def basis(self) -> Basis:
        return Basis(self.often, self.vehicles)


def activity(selection: Selection, fewest: int) -> Activity:
    """The week hour by hour. A figure is hidden by the same rules as every other."""
    layers = len(selection.layers)
    cells: dict[tuple[int, int, int], _Cell] = defaultdict(_Cell)
    rows = narrowed(HourlyUse.objects.filter(kind=selection.kind), selection).order_by().values_list("day", "layer")
    for day, layer, *figures in rows.annotate(*map(Sum, SECONDS), *map(Sum, VEHICLES)):
        weekday = day.weekday()
        for hour in HOURS:
            vehicles = figures[24 + hour]
            if vehicles:
                cell = cells[layer, hour, weekday]
                cell.seconds += figures[hour]
                cell.often += vehicles
                cell.vehicles = max(cell.vehicles, vehicles)
    days = [0] * 7
    for day in selection.days:
        days[day.weekday()] += 1
    lengths = _lengths(selection)

    def told(hour: int, weekday: int) -> Told:
        cell = cells[0, hour, weekday]
        rests, more = [], Basis()
        for layer in range(1, layers):
            more += cells[layer, hour, weekday].basis
            rests.append(more)
        available = 3600 * days[weekday] + lengths.get((hour, weekday), 0)
        few = Part(cell.basis, rests).is_small(fewest)
        return Told.of(cell.seconds / available if available else None, few=few)

    return Activity([[told(hour, weekday) for weekday in WEEKDAYS] for hour in HOURS], days, fewest)


def _lengths(selection: Selection) -> dict[tuple[int, int], int]:
    """Seconds more or less than 3 600 that an hour had on days when the clocks change: (hour, weekday) -> seconds."""
    found: dict[tuple[int, int], int] = defaultdict(int)
    for day in selection.days:
        start, end = clock.day_bounds(day)
        hours = int((end - start).total_seconds() // 3600)
        if hours != 24:
            found[_changed_hour(day), day.weekday()] += (hours - 24) * 3600
    return found


def _changed_hour(day: date) -> int:
    """The hour of the clock that is missing or comes twice on a day when the clocks change."""
    start, end = clock.day_bounds(day)
    names = [
        (start + timedelta(hours=n)).astimezone(MUNICIPAL_ZONE).hour
        for n in range(int((end - start).total_seconds() // 3600))
    ]
    return next(hour for hour in HOURS if names.count(hour) != 1)
