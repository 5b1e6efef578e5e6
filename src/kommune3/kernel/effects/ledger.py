# SPDX-License-Identifier: MPL-2.0
"""Writing to the ledger. The one rule behind its sums: in a series, no day of a unit has two live rows.

A series is solution + indicator + kind. A gain recorded at a unit is a gain of everything below it, so a row at a
unit, a row at a unit above it and a row for the whole municipality stand in each other's way when their periods
overlap.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kommune3.kernel.access.actor import Actor
from kommune3.kernel.audit import log
from kommune3.kernel.effects import units
from kommune3.kernel.effects.models import LIVE, Effect, Kind
from kommune3.kernel.organisation.models import Unit
from kommune3.kernel.solutions import registry

Evidence = Mapping[str, str]

_SMALLEST = Decimal("0.0001")
_LARGEST = Decimal("99999999999")


class InvalidEffect(ValueError):
    """The gain cannot stand in the ledger. ``field`` names what is wrong, ``reason`` says why to the user."""

    def __init__(self, field: str, reason: str | Promise) -> None:
        super().__init__(field, reason)
        self.field = field
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.field}: {self.reason}"


class UnknownIndicator(InvalidEffect):
    """The solution's manifest has no such indicator."""


class Overlap(InvalidEffect):
    """Live ``rows`` of the series already cover days of the period. Supersede them, or record another period."""

    def __init__(self, rows: Sequence[Effect]) -> None:
        first = rows[0]
        super().__init__(
            "period",
            _(
                "The ledger already has a gain of this kind from %(start)s up to %(end)s (source: %(source)s). "
                "Choose another period, or let the new row take its place."
            )
            % {"start": first.period_start, "end": first.period_end, "source": first.source},
        )
        self.rows = rows


def record(
    *,
    solution: str,
    indicator: str,
    unit: Unit | None,
    period_start: date,
    period_end: date,
    quantity: Decimal,
    kind: Kind,
    source: str,
    evidence: Iterable[Evidence] = (),
    note: str = "",
    baseline: str = "",
    supersedes: Iterable[Effect] = (),
    actor: Actor,
    now: datetime,
) -> Effect:
    """Write a gain to the ledger, in the caller's transaction, and return its row.

    ``unit`` is where the gain arises (None: the whole municipality), ``period_start``/``period_end`` are half-open
    days, ``quantity`` is in the indicator's unit of measure and is rounded to four decimals. An estimate needs a
    ``note`` with its assumption.

    The same solution, indicator, kind, unit, period and source is the same gain: with an equal quantity the row that
    stands is returned, with another the new row supersedes it. Rows in ``supersedes`` (live, of the series) are
    superseded as wholes, also where they cover more days. Raises :class:`InvalidEffect`, :class:`UnknownIndicator`,
    :class:`Overlap`.

    Rights are checked by the operation that records.
    """
    measure = _measure_of(solution, indicator)
    exact = _exact(quantity)
    links = _checked(evidence)
    if period_end <= period_start:
        raise InvalidEffect("period", _("The period ends before it has begun."))
    if kind not in Kind:
        raise InvalidEffect("kind", _("A gain is measured, proven or estimated."))
    if not source.strip():
        raise InvalidEffect("source", _("Say what found the gain."))
    if kind == Kind.ESTIMATED and not note.strip():
        raise InvalidEffect("note", _("An estimate needs its assumption in words."))
    with transaction.atomic():
        _take_turns(solution, indicator, kind)
        in_the_way = overlapping(
            solution=solution,
            indicator=indicator,
            kind=kind,
            unit=unit,
            period_start=period_start,
            period_end=period_end,
        )
        replaced = _chosen(supersedes, solution=solution, indicator=indicator, kind=kind)
        for row in in_the_way:
            is_same = (row.unit_id, row.period_start, row.period_end, row.source) == (
                unit.pk if unit else None, period_start, period_end, source,
            )  # fmt: skip
            if is_same and row.quantity == exact and not replaced:
                return row
            if is_same:
                replaced[row.pk] = row
        blocking = [row for row in in_the_way if row.pk not in replaced]
        if blocking:
            raise Overlap(blocking)
        new_id = uuid.uuid4()
        # First out with the old: the unique constraints hold at every statement, the foreign key at the end.
        Effect.objects.filter(pk__in=replaced).update(superseded_by=new_id)
        effect = Effect.objects.create(
            id=new_id,
            solution=solution,
            indicator=indicator,
            measure=measure,
            unit=unit,
            period_start=period_start,
            period_end=period_end,
            quantity=exact,
            kind=kind,
            source=source,
            evidence=links,
            note=note,
            baseline=baseline,
            recorded_by=actor.account_id,
            recorded_at=now,
        )
        log.record(
            actor=actor,
            action="effects.corrected" if replaced else "effects.recorded",
            now=now,
            object=effect,
            unit_id=unit.pk if unit else None,
            detail={"solution": solution, "indicator": indicator, "supersedes": [str(key) for key in replaced]},
        )
        return effect


def overlapping(
    *, solution: str, indicator: str, kind: Kind, unit: Unit | None, period_start: date, period_end: date
) -> QuerySet[Effect]:
    """The live rows of the series whose days and whose units (the same, above or below) overlap these."""
    rows = Effect.objects.filter(
        LIVE,
        solution=solution,
        indicator=indicator,
        kind=kind,
        period_start__lt=period_end,
        period_end__gt=period_start,
    ).order_by("period_start", "id")
    if unit is None:
        return rows
    ids = unit.path.strip("/").split("/")
    above = Q(unit__in=[uuid.UUID(hexadecimal) for hexadecimal in ids])
    return rows.filter(Q(unit=None) | above | Q(unit__path__startswith=unit.path))


def _measure_of(solution: str, indicator: str) -> str:
    try:
        indicators = registry.manifest_of(solution).indicators
    except registry.UnknownSolution:
        raise UnknownIndicator("solution", _("There is no solution “%(key)s”.") % {"key": solution}) from None
    for each in indicators:
        if each.key == indicator:
            return units.get(each.unit).key
    raise UnknownIndicator(
        "indicator",
        _("The solution “%(solution)s” has no indicator “%(key)s”.") % {"solution": solution, "key": indicator},
    )


def _exact(quantity: Decimal) -> Decimal:
    if not isinstance(quantity, Decimal) or not quantity.is_finite() or abs(quantity) > _LARGEST:
        raise InvalidEffect(
            "quantity", _("“%(value)s” is not a decimal number with at most eleven digits.") % {"value": quantity}
        )
    return quantity.quantize(_SMALLEST)


def _checked(evidence: Iterable[Evidence]) -> list[dict[str, str]]:
    links = []
    for link in evidence:
        label, url = link.get("label", "").strip(), link.get("url", "")
        if not label or not url.startswith("/") or url.startswith(("//", "/\\")):
            raise InvalidEffect(
                "evidence",
                _("“%(url)s” is not evidence: it needs a label and an address on this platform.") % {"url": url},
            )
        links.append({"label": label, "url": url})
    return links


def _chosen(supersedes: Iterable[Effect], *, solution: str, indicator: str, kind: Kind) -> dict[uuid.UUID, Effect]:
    fresh = {row.pk: row for row in Effect.objects.filter(pk__in=[row.pk for row in supersedes])}
    for row in fresh.values():
        if not row.is_live or (row.solution, row.indicator, row.kind) != (solution, indicator, kind):
            raise InvalidEffect(
                "supersedes",
                _("A row can only take the place of a row of the same indicator and kind that still counts."),
            )
    return fresh


def _take_turns(solution: str, indicator: str, kind: str) -> None:
    """Let one writer at a time look at a series and add to it; SQLite's IMMEDIATE transactions do so by themselves."""
    if connection.vendor == "postgresql":
        digest = sha256(f"effects:{solution}:{indicator}:{kind}".encode()).digest()
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int.from_bytes(digest[:8], signed=True)])
