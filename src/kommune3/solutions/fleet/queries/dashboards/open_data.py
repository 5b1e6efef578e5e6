# SPDX-License-Identifier: MPL-2.0
"""The daily sums for own analysis: a row per day, base and type of vehicle, with small numbers left out.

A row is hidden by the same two rules as a dashboard's figures: where it or the rest of its base's day is small, and
where it alone would be the day's total minus the others.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.db.models import Sum, Value
from django.db.models.functions import Coalesce

from kommune3.solutions.fleet.models import DailyUse
from kommune3.solutions.fleet.queries.dashboards.selection import Place, Reach
from kommune3.solutions.fleet.queries.dashboards.suppression import Basis, Part, hidden

DAYS_A_PAGE = 31
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class DailyRow:
    """Figures are None where ``is_hidden``. ``kind`` is empty where the vehicle is not known."""

    day: date
    base_id: int
    base: str
    unit_id: str
    unit: str
    kind: str
    trips: int | None
    vehicles: int | None
    km: float | None
    hours: float | None
    is_hidden: bool


def daily_rows(found: Reach, *, first_day: date, end_day: date, fewest: int) -> Iterator[DailyRow]:
    """The rows of the days [first_day, end_day), day by day."""
    places = {place.pk: place for place in found.places}
    sums = DailyUse.objects.filter(day__gte=first_day, day__lt=end_day)
    if not found.is_everything:
        sums = sums.filter(base__in=places)
    rows = (
        sums.annotate(kind=Coalesce("model__kind", Value("")))
        .order_by("day", "base_id", "kind")
        .values_list("day", "base_id", "kind")
        .annotate(*(Sum(name) for name in ("trips", "underway", "vehicles", "metres", "away_seconds")))
    )
    by_day: dict[date, list[tuple[int, str, list[int]]]] = defaultdict(list)
    for day, base, kind, *figures in rows.iterator():
        if by_day and day not in by_day:
            yield from _told(by_day, places, fewest)
            by_day.clear()
        by_day[day].append((base, kind, figures))
    yield from _told(by_day, places, fewest)


def _told(
    by_day: dict[date, list[tuple[int, str, list[int]]]], places: dict[int, Place], fewest: int
) -> Iterator[DailyRow]:
    for day, rows in by_day.items():
        whole: dict[int, Basis] = defaultdict(Basis)
        bases = [Basis(figures[1], figures[2]) for _base, _kind, figures in rows]
        for (base, _kind, _figures), basis in zip(rows, bases, strict=True):
            whole[base] += basis
        parts = [
            Part(basis, [Basis(whole[base].trips - basis.trips, whole[base].vehicles - basis.vehicles)])
            for (base, _kind, _figures), basis in zip(rows, bases, strict=True)
        ]
        few = hidden(parts, fewest=fewest, with_total=True)
        for (base, kind, (trips, _underway, vehicles, metres, seconds)), is_hidden in zip(rows, few, strict=True):
            place = places[base]
            row = DailyRow(
                day, base, place.name, place.unit_id, place.unit_name, kind, trips, vehicles, metres / 1000,
                round(seconds / 3600, 2), is_hidden,
            )  # fmt: skip
            yield replace(row, trips=None, vehicles=None, km=None, hours=None) if is_hidden else row
