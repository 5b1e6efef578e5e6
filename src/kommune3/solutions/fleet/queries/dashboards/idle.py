# SPDX-License-Identifier: MPL-2.0
"""How many vehicles stand idle at the same time: those that stand at the bases less the most that are out at once.

Vehicles serve the base they stand at, so what several bases have idle is the sum of what each has.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterator
from dataclasses import replace
from datetime import date

from django.db.models import Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kommune3.solutions.fleet.models import HourlyUse
from kommune3.solutions.fleet.queries.dashboards import labels, standing
from kommune3.solutions.fleet.queries.dashboards.answers import Answer, Column, Told
from kommune3.solutions.fleet.queries.dashboards.loading import narrowed
from kommune3.solutions.fleet.queries.dashboards.selection import OVER_TIME, Per, Selection, bucket_of
from kommune3.solutions.fleet.queries.dashboards.suppression import Basis, Part, hidden

COLUMNS = (
    Column("least_idle", gettext_lazy("Idle at the busiest time"), decimals=0),
    Column("most_out", gettext_lazy("Most out at once"), decimals=0),
    Column("standing", gettext_lazy("Vehicles"), decimals=0),
)


class _Most:
    """The tightest day of a bucket, and the basis of its figures."""

    def __init__(self) -> None:
        self.least: int | None = None
        self.out = self.stood = self.used = 0

    def see(self, stood: int, out: int, used: int) -> None:
        idle = max(0, stood - out)
        if self.least is None or idle < self.least:
            self.least, self.stood = idle, stood
        self.out, self.used = max(self.out, out), max(self.used, used)

    def add(self, other: "_Most") -> None:
        """Another base's, whose tightest day may be another."""
        self.least = (self.least or 0) + (other.least or 0)
        self.out, self.stood, self.used = self.out + other.out, self.stood + other.stood, self.used + other.used

    @property
    def basis(self) -> Basis:
        # The trips behind a peak are not counted; there is at least one for each vehicle that was out.
        return Basis(self.used, self.used)

    def told(self, few: bool) -> tuple[Told, ...]:
        values = (self.least, None if self.least is None else self.out, None if self.least is None else self.stood)
        return Told.of(values[0], few=few), Told.of(values[1], few=few), Told.of(values[2])


def idle(selection: Selection, fewest: int) -> Answer:
    """The least idle of each bucket, by the bucket's tightest day."""
    total, rows_of = _gather(selection)
    buckets = _buckets(selection, rows_of)
    parts = [Part(rows_of[bucket][0].basis, _rests(rows_of[bucket])) for bucket in buckets]
    few = hidden(
        parts, fewest=fewest, with_total=selection.per not in OVER_TIME, same_vehicles=selection.per in OVER_TIME
    )
    rows = [
        labels.row_of(selection, bucket, rows_of[bucket][0].told(is_few))
        for bucket, is_few in zip(buckets, few, strict=True)
    ]
    before, _rows = _gather(replace(selection.before(), per=Per.DAY))
    return Answer(
        head=labels.head_of(selection), columns=COLUMNS, rows=rows, fewest=fewest,
        totals=_total_told(total, fewest), before=_total_told(before, fewest),
        notes=(
            [_("A base's tightest day may be another than its neighbour's: the total is what each can do without.")]
            if selection.per not in OVER_TIME
            else []
        ),
    )  # fmt: skip


def _total_told(layers: list[_Most], fewest: int) -> tuple[Told, ...]:
    return layers[0].told(Part(layers[0].basis, _rests(layers)).is_small(fewest))


def _rests(layers: list[_Most]) -> list[Basis]:
    rests, more = [], Basis()
    for layer in layers[1:]:
        more += layer.basis
        rests.append(more)
    return rests


def _gather(selection: Selection) -> tuple[list[_Most], dict[Hashable, list[_Most]]]:
    """The total and the buckets, each by layer."""
    count = len(selection.layers)
    total = [_Most() for _layer in range(count)]
    buckets: dict[Hashable, list[_Most]] = defaultdict(lambda: [_Most() for _layer in range(count)])
    if selection.per in OVER_TIME:
        for day, layer, stood, out, used in _by_day(selection):
            buckets[bucket_of(day, selection.per)][layer].see(stood, out, used)
            total[layer].see(stood, out, used)
        return total, buckets
    of_base: dict[int, _Most] = defaultdict(_Most)
    for day_base, stood, out, used in _by_base(selection):
        of_base[day_base].see(stood, out, used)
    unit_of = {place.pk: place.unit_id for place in selection.reach.places}
    for number, bases in enumerate(selection.layers):
        for base in bases:
            bucket = base if selection.per == Per.BASE else unit_of[base]
            buckets[bucket][number].add(of_base[base])
            total[number].add(of_base[base])
    return total, buckets


def _by_day(selection: Selection) -> Iterator[tuple[date, int, int, int, int]]:
    """(day, layer, standing, most out, different out): every day, also without trips."""
    found = {
        (day, layer): (out, used)
        for day, layer, out, used in narrowed(HourlyUse.objects.filter(kind=selection.kind), selection)
        .order_by()
        .values_list("day", "layer")
        .annotate(Sum("peak"), Sum("vehicles"))
    }
    for number, layer in enumerate(selection.layers):
        stood_on = _standing_by_day(selection, layer)
        for day in selection.days:
            out, used = found.get((day, number), (0, 0))
            yield day, number, stood_on[day], out, used


def _by_base(selection: Selection) -> Iterator[tuple[int, int, int, int]]:
    """(base, standing, most out, different out) for each base and day."""
    rows = narrowed(HourlyUse.objects.filter(kind=selection.kind), selection).order_by()
    found = {
        (day, base): (out, used) for day, base, out, used in rows.values_list("day", "base_id", "peak", "vehicles")
    }
    stood = _kind_of(standing.standings(_everything(selection), selection.first_day, selection.end_day), selection)
    at: dict[int, list[standing.Standing]] = defaultdict(list)
    for each in stood:
        at[each.base].append(each)
    days = list(selection.days)
    for base in _everything(selection):
        here = at[base]
        steady = all(e.first_day <= selection.first_day and e.end_day >= selection.end_day for e in here)
        for day in days:
            out, used = found.get((day, base), (0, 0))
            yield base, len(here) if steady else len(standing.on(here, day)), out, used


def _standing_by_day(selection: Selection, bases: frozenset[int]) -> dict[date, int]:
    changes: dict[date, int] = defaultdict(int)
    for each in _kind_of(standing.standings(bases, selection.first_day, selection.end_day), selection):
        changes[max(each.first_day, selection.first_day)] += 1
        changes[each.end_day] -= 1
    found, now = {}, 0
    turns = sorted(changes.items())
    for day in selection.days:
        while turns and turns[0][0] <= day:
            now += turns.pop(0)[1]
        found[day] = now
    return found


def _kind_of(found: list[standing.Standing], selection: Selection) -> list[standing.Standing]:
    return [each for each in found if not selection.kind or each.kind == selection.kind]


def _everything(selection: Selection) -> frozenset[int]:
    return frozenset[int]().union(*selection.layers)


def _buckets(selection: Selection, found: dict[Hashable, list[_Most]]) -> list[Hashable]:
    if selection.per in OVER_TIME:
        return sorted(found)  # type: ignore[type-var]
    if selection.per == Per.BASE:
        return [place.pk for place in selection.places]
    return list(dict.fromkeys(place.unit_id for place in sorted(selection.places, key=lambda each: each.unit_name)))
