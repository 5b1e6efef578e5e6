# SPDX-License-Identifier: MPL-2.0
"""Reading the ledger: sums that never mix kinds or units of measure, and the rows behind them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.effects.models import LIVE, Effect
from kommune3.kernel.organisation.models import Unit

Dimension = Literal["solution", "indicator", "unit", "year", "month"]

_COLUMNS: dict[Dimension, str] = {"solution": "solution", "indicator": "indicator", "unit": "unit_id"}
_SMALLEST = Decimal("0.0001")


@dataclass(frozen=True)
class Selection:
    """Which rows. ``unit`` includes the units below it; ``start`` and ``end`` are half-open days, each may be open."""

    solution: str | None = None
    indicator: str | None = None
    measure: str | None = None
    kind: str | None = None
    unit: Unit | None = None
    start: date | None = None
    end: date | None = None


@dataclass(frozen=True)
class Total:
    """A sum of ``row_count`` rows of one kind in one unit of measure. What was not asked for in ``by`` is None.

    ``bucket`` is the first day of the year or month; None where a row covers several and is not split. ``is_split``
    says that part of the sum comes from rows of which only some days fall here.
    """

    kind: str
    measure: str
    solution: str | None
    indicator: str | None
    unit_id: UUID | None
    bucket: date | None
    quantity: Decimal
    row_count: int
    is_split: bool


@dataclass(frozen=True)
class Totals:
    """The sums, and how many rows were left out because only part of their period lies in the selection's."""

    sums: list[Total]
    left_out: int


def rows(*, actor: Actor, selection: Selection | None = None, with_superseded: bool = False) -> QuerySet[Effect]:
    """The rows the actor may see, those that overlap the selection's period included; newest first."""
    found = _selected(actor, selection or Selection())
    if not with_superseded:
        found = found.filter(LIVE)
    return found.select_related("unit").order_by("-recorded_at", "id")


def history(*, actor: Actor, effect: Effect) -> list[Effect]:
    """Every row that led to ``effect`` or took its place, newest first, ``effect`` included."""
    visible = reach.visible(actor, Effect).select_related("unit")
    newest = effect
    while newest.superseded_by_id is not None:
        above = visible.filter(pk=newest.superseded_by_id).first()
        if above is None:
            break
        newest = above
    found, level = [newest], [newest]
    while level:
        level = list(visible.filter(superseded_by__in=level))
        found += level
    return sorted(found, key=lambda row: row.recorded_at, reverse=True)


def totals(
    *,
    actor: Actor,
    by: Sequence[Dimension] = ("indicator",),
    selection: Selection | None = None,
    pro_rata: bool = False,
) -> Totals:
    """Sums of the live rows, always apart by kind and by unit of measure, and by what ``by`` names besides.

    Without ``pro_rata`` a row counts in full or not at all: rows that reach outside the selection's period are left
    out and counted in ``left_out``, and rows over several years (months) stand in a bucket of their own. With
    ``pro_rata`` each row is spread evenly over the days of its period, and the days inside the selection (and the
    bucket) are summed.
    """
    selection = selection or Selection()
    step = next((dimension for dimension in by if dimension in ("year", "month")), None)
    columns = ["kind", "measure", *(_COLUMNS[dimension] for dimension in by if dimension in _COLUMNS)]
    by_period = step is not None or selection.start is not None or selection.end is not None
    grouped = (
        _selected(actor, selection)
        .filter(LIVE)
        .order_by()
        .values(*columns, *(["period_start", "period_end"] if by_period else []))
        .annotate(sum=Sum("quantity"), rows=Count("id"))
    )
    sums: dict[tuple[Any, ...], list[Any]] = {}
    left_out = 0
    for group in grouped:
        key = tuple(group[column] for column in columns)
        if not by_period:
            _add(sums, (*key, None), Fraction(group["sum"]), group["rows"], is_split=False)
            continue
        start, end = group["period_start"], group["period_end"]
        inside = max(start, selection.start or start), min(end, selection.end or end)
        if not pro_rata:
            if inside != (start, end):
                left_out += group["rows"]
                continue
            buckets = list(_buckets(start, end, step))
            bucket = buckets[0][0] if len(buckets) == 1 and step else None
            _add(sums, (*key, bucket), Fraction(group["sum"]), group["rows"], is_split=False)
            continue
        for bucket, first, last in _buckets(*inside, step):
            share = Fraction((last - first).days, (end - start).days)
            _add(
                sums,
                (*key, bucket if step else None),
                Fraction(group["sum"]) * share,
                group["rows"],
                is_split=share != 1,
            )
    names = [*columns, "bucket"]
    return Totals(
        [_total(dict(zip(names, key, strict=True)), *value) for key, value in sorted(sums.items(), key=_order)],
        left_out,
    )


def _selected(actor: Actor, selection: Selection) -> QuerySet[Effect]:
    found = reach.visible(actor, Effect)
    for column in ("solution", "indicator", "measure", "kind"):
        value = getattr(selection, column)
        if value:
            found = found.filter(**{column: value})
    if selection.unit is not None:
        found = found.filter(unit__path__startswith=selection.unit.path)
    if selection.start is not None:
        found = found.filter(Q(period_end__gt=selection.start))
    if selection.end is not None:
        found = found.filter(Q(period_start__lt=selection.end))
    return found


def _buckets(start: date, end: date, step: str | None) -> Iterator[tuple[date, date, date]]:
    """The years or months that [start, end) touches: (first day of the bucket, start and end of the part in it)."""
    while start < end:
        if step == "year":
            bucket, following = date(start.year, 1, 1), date(start.year + 1, 1, 1)
        elif step == "month":
            bucket = start.replace(day=1)
            following = (bucket + timedelta(days=32)).replace(day=1)
        else:
            bucket, following = start, end
        yield bucket, start, min(following, end)
        start = following


def _add(
    sums: dict[tuple[Any, ...], list[Any]], key: tuple[Any, ...], quantity: Fraction, count: int, *, is_split: bool
) -> None:
    entry = sums.setdefault(key, [Fraction(0), 0, False])
    entry[0] += quantity
    entry[1] += count
    entry[2] |= is_split


def _order(item: tuple[tuple[Any, ...], list[Any]]) -> tuple[str, ...]:
    return tuple("" if part is None else str(part) for part in item[0])


def _total(key: dict[str, Any], quantity: Fraction, count: int, is_split: bool) -> Total:
    return Total(
        kind=key["kind"],
        measure=key["measure"],
        solution=key.get("solution"),
        indicator=key.get("indicator"),
        unit_id=key.get("unit_id"),
        bucket=key["bucket"],
        quantity=(Decimal(quantity.numerator) / Decimal(quantity.denominator)).quantize(_SMALLEST),
        row_count=count,
        is_split=is_split,
    )
