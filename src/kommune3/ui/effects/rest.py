# SPDX-License-Identifier: MPL-2.0
"""``/api/v1/effects/``: the ledger of gains, read-only. Solutions write to it through the kernel."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from kommune3.kernel import effects
from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.effects import Effect, Selection
from kommune3.kernel.organisation.models import Unit
from kommune3.kernel.solutions import registry

router = Router(tags=["effects"])

Dimension = Literal["solution", "indicator", "unit", "year", "month"]


class EvidenceOut(Schema):
    label: str
    url: str


class EffectOut(Schema):
    """A row of the ledger. The period is half-open: ``period_end`` is the first day after it."""

    id: UUID
    solution: str
    indicator: str
    measure: str
    unit_id: UUID | None
    period_start: date
    period_end: date
    quantity: Decimal
    kind: effects.Kind
    source: str
    evidence: list[EvidenceOut]
    note: str
    baseline: str
    superseded_by_id: UUID | None
    recorded_at: datetime


class EffectsOut(Schema):
    count: int
    items: list[EffectOut]


class DetailOut(EffectOut):
    history: list[EffectOut]


class TotalOut(Schema):
    """A sum of rows of one kind in one unit of measure; null where the dimension was not asked for."""

    kind: effects.Kind
    measure: str
    solution: str | None
    indicator: str | None
    unit_id: UUID | None
    bucket: date | None
    quantity: Decimal
    row_count: int
    is_split: bool


class TotalsOut(Schema):
    sums: list[TotalOut]
    left_out: int


class IndicatorOut(Schema):
    solution: str
    key: str
    title: str
    measure: str


class Narrowed(Schema):
    """Which rows: every field may be left out. ``start`` and ``end`` are half-open days."""

    solution: str | None = None
    indicator: str | None = None
    measure: str | None = None
    kind: effects.Kind | None = None
    unit_id: UUID | None = None
    start: date | None = None
    end: date | None = None


def _selection(actor: Actor, asked: Narrowed) -> Selection:
    values = asked.dict(exclude={"unit_id"})
    unit = reach.get(actor, Unit, asked.unit_id) if asked.unit_id else None
    return Selection(unit=unit, **values)


@router.get("/", response=EffectsOut, url_name="effects")
def list_effects(
    request: HttpRequest,
    narrowed: Query[Narrowed],
    superseded: bool = False,
    limit: Annotated[int, Field(ge=1, le=1000)] = 100,
    offset: Annotated[int, Field(ge=0, le=1_000_000_000)] = 0,
) -> EffectsOut:
    """Rows, newest first. With ``superseded`` also those that no longer count."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    rows = effects.rows(actor=actor, selection=_selection(actor, narrowed), with_superseded=superseded)
    return EffectsOut(count=rows.count(), items=[EffectOut.from_orm(row) for row in rows[offset : offset + limit]])


@router.get("/totals/", response=TotalsOut, url_name="effects_totals")
def list_totals(
    request: HttpRequest,
    narrowed: Query[Narrowed],
    by: Annotated[list[Dimension], Query()] = ["indicator"],  # noqa: B006
    pro_rata: bool = False,
) -> TotalsOut:
    """Sums, always apart by kind and unit of measure. With ``pro_rata`` rows are spread evenly over their days."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = effects.totals(actor=actor, by=by, selection=_selection(actor, narrowed), pro_rata=pro_rata)
    return TotalsOut(sums=[TotalOut.from_orm(total) for total in found.sums], left_out=found.left_out)


@router.get("/indicators/", response=list[IndicatorOut], url_name="effects_indicators")
def list_indicators(request: HttpRequest) -> list[IndicatorOut]:
    """What the installed solutions measure their effect in."""
    return [
        IndicatorOut(solution=manifest.key, key=indicator.key, title=str(indicator.title), measure=indicator.unit)
        for manifest in registry.all_manifests()
        for indicator in manifest.indicators
    ]


@router.get("/{effect_id}/", response=DetailOut, url_name="effects_detail")
def show_effect(request: HttpRequest, effect_id: UUID) -> DetailOut:
    """One row, with every row that led to it or took its place."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    effect = reach.get(actor, Effect, effect_id)
    history = [EffectOut.from_orm(row) for row in effects.history(actor=actor, effect=effect)]
    return DetailOut(**EffectOut.from_orm(effect).dict(), history=history)
