# SPDX-License-Identifier: MPL-2.0
"""The daily sums of a selection, read in one query, and added up bucket by bucket with the basis of each figure.

``layer`` 0 is what was chosen; the others are what larger parts of the tree have besides (``Selection.layers``), read
only to know what a hidden figure could be told from.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import pairwise
from typing import Any, NamedTuple

from django.db.models import Case, IntegerField, Max, QuerySet, Sum, Value, When

from kommune3.solutions.fleet.models import DailyUse, VehicleModel
from kommune3.solutions.fleet.models.daily import BANDS
from kommune3.solutions.fleet.queries.dashboards.selection import KINDS, Per, Selection, bucket_of
from kommune3.solutions.fleet.queries.dashboards.suppression import Basis, Part


class UseRow(NamedTuple):
    """Sums of one model's trips: of a day in a layer, or (with a ``base``) of a period that begins on ``day``.

    Over a period ``underway`` and ``vehicles`` are the most of a day: lower bounds of the period's.
    """

    day: date
    layer: int
    base: int | None
    model: VehicleModel | None
    trips: int
    underway: int
    vehicles: int
    metres: int
    bands: Sequence[int] = ()


def narrowed(rows: QuerySet[Any], selection: Selection) -> QuerySet[Any]:
    """The sums of the selection's days, in every layer; each row with its ``layer``."""
    rows = rows.filter(day__gte=selection.first_day, day__lt=selection.end_day)
    if selection.weekday is not None:
        rows = rows.filter(day__in=list(selection.days))
    layers = selection.layers
    if not selection.reach.is_everything:
        rows = rows.filter(base__in=[place.pk for place in selection.reach.places])
    if len(layers) == 1:
        return _in_layers(rows, Value(0, output_field=IntegerField()))
    cases = [When(base__in=layer, then=Value(number)) for number, layer in enumerate(layers[:-1]) if layer]
    return _in_layers(rows, Case(*cases, default=Value(len(layers) - 1), output_field=IntegerField()))


def _in_layers(rows: QuerySet[Any], layer: Value | Case) -> QuerySet[Any]:
    found: QuerySet[Any] = rows.annotate(layer=layer)  # said here: annotate forgets it
    return found


def rows_by_day(selection: Selection, *, with_bands: bool = False) -> Iterator[UseRow]:
    """A row for each day, layer and model."""
    models = selection.reach.models
    sums = [Sum(name) for name in ("trips", "underway", "vehicles", "metres", *(BANDS if with_bands else ()))]
    found = narrowed(DailyUse.objects.all(), selection).order_by().values_list("day", "layer", "model_id")
    for day, layer, model, trips, underway, vehicles, metres, *bands in found.annotate(*sums):
        yield UseRow(day, layer, None, models.get(model), trips, underway, vehicles, metres, bands)


def rows_by_base(selection: Selection, cuts: Sequence[date] = ()) -> Iterator[UseRow]:
    """A row for each base and model, for the period, or for each part of it that ``cuts`` (days within it) make.

    ``day`` is the part's first day.
    """
    models = selection.reach.models
    layer_of = {base: number for number, layer in enumerate(selection.layers) for base in layer}
    edges = [selection.first_day, *sorted(cuts), selection.end_day]
    for first_day, end_day in pairwise(edges):
        part = replace(selection, first_day=first_day, end_day=end_day)
        found = narrowed(DailyUse.objects.all(), part).order_by().values_list("base_id", "model_id")
        for base, model, trips, underway, vehicles, metres in found.annotate(
            Sum("trips"), Max("underway"), Max("vehicles"), Sum("metres")
        ):
            yield UseRow(first_day, layer_of[base], base, models.get(model), trips, underway, vehicles, metres)


@dataclass(slots=True)
class _Days:
    """The basis of one figure as it is gathered: trips in all, and what was out on each day."""

    trips: int = 0
    underway: dict[Hashable, int] = field(default_factory=lambda: defaultdict(int))
    vehicles: dict[Hashable, int] = field(default_factory=lambda: defaultdict(int))

    def add(self, row: UseRow) -> None:
        self.trips += row.trips
        self.underway[row.day] += row.underway
        self.vehicles[row.day] += row.vehicles

    @property
    def basis(self) -> Basis:
        """Different trips and vehicles: at least those of the busiest day, and for trips at least all that began."""
        return Basis(max(self.trips, max(self.underway.values(), default=0)), max(self.vehicles.values(), default=0))


class Gathered:
    """Rows gathered in buckets: what was chosen, and what each larger figure has besides."""

    def __init__(self, selection: Selection) -> None:
        self.selection = selection
        self._layers = len(selection.layers)
        self._chosen: dict[Hashable, list[UseRow]] = defaultdict(list)
        self._days: dict[tuple[Hashable, int, bool], _Days] = defaultdict(_Days)

    def add(self, bucket: Hashable, row: UseRow) -> None:
        """Put a row in a bucket."""
        is_kind = not self.selection.kind or (row.model is not None and row.model.kind == self.selection.kind)
        self._days[bucket, row.layer, is_kind].add(row)
        if row.layer == 0 and is_kind:
            self._chosen[bucket].append(row)

    def rows(self, bucket: Hashable) -> list[UseRow]:
        """The chosen rows of a bucket."""
        return self._chosen.get(bucket, [])

    def basis(self, bucket: Hashable, wanted: Callable[[UseRow], bool] | None = None) -> Basis:
        """The basis of a bucket, or of those of its rows that are ``wanted``."""
        if wanted is None:
            return self._of(bucket, 0, True)
        days = _Days()
        for row in self.rows(bucket):
            if wanted(row):
                days.add(row)
        return days.basis

    def part(self, bucket: Hashable) -> Part:
        """The bucket with what is left of each larger figure: with more bases, with every type, and with both."""
        rests, more = [], Basis()
        other_kinds = self._of(bucket, 0, False)
        rests.append(other_kinds)
        for layer in range(1, self._layers):
            more += self._of(bucket, layer, True)
            other_kinds += self._of(bucket, layer, False)
            rests += [more, more + other_kinds]
        return Part(self.basis(bucket), rests)

    def _of(self, bucket: Hashable, layer: int, is_kind: bool) -> Basis:
        days = self._days.get((bucket, layer, is_kind))
        return Basis() if days is None else days.basis


class Both(NamedTuple):
    """What was asked for, and the total of the period of the same length before it."""

    now: Gathered
    before: Gathered


TOTAL = "total"


def gather(selection: Selection, *, with_bands: bool = False, cuts: Sequence[date] = ()) -> Both:
    """The selection's sums in buckets by ``selection.per`` and in the bucket :data:`TOTAL`; and the period before.

    ``cuts``: days at which rows of a whole period are parted, such as those on which a rate changes. Buckets over time
    are their first days; units, bases and types their keys. ``None`` is the unknown type.
    """
    earlier = selection.before()
    now, before = Gathered(selection), Gathered(earlier)
    if selection.per in (Per.UNIT, Per.BASE):
        unit_of = {place.pk: place.unit_id for place in selection.reach.places}
        for row in rows_by_base(selection, cuts):
            assert row.base is not None
            now.add(unit_of[row.base] if selection.per == Per.UNIT else row.base, row)
            now.add(TOTAL, row)
        for row in rows_by_day(earlier):
            before.add(TOTAL, row)
        return Both(now, before)
    # Both periods in one query: they lie side by side.
    for row in rows_by_day(replace(selection, first_day=earlier.first_day), with_bands=with_bands):
        if row.day < selection.first_day:
            before.add(TOTAL, row)
            continue
        is_kind = selection.per == Per.KIND
        now.add((row.model.kind if row.model else None) if is_kind else bucket_of(row.day, selection.per), row)
        now.add(TOTAL, row)
    return Both(now, before)


def buckets_of(selection: Selection, gathered: Gathered) -> list[Hashable]:
    """The buckets that a picture shows, in order: every day, week or month also without trips."""
    if selection.per == Per.BASE:
        return [place.pk for place in selection.places]
    if selection.per == Per.UNIT:
        return list(dict.fromkeys(place.unit_id for place in sorted(selection.places, key=lambda each: each.unit_name)))
    if selection.per == Per.KIND:
        kinds = [selection.kind] if selection.kind else [kind for kind, _title in KINDS]
        return [*kinds, *([None] if not selection.kind and gathered.rows(None) else [])]
    return list(dict.fromkeys(bucket_of(day, selection.per) for day in selection.days))
