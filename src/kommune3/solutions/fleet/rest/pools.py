# SPDX-License-Identifier: MPL-2.0
"""Pools in the API."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from kommune3.kernel import clock
from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.solutions.fleet.models import Base, Pool
from kommune3.solutions.fleet.operations import pools as operations
from kommune3.solutions.fleet.queries.pools import pools_of
from kommune3.solutions.fleet.rest.schemas import Problem

router = Router()


class WayOut(Schema):
    """The way between two bases, the same in both directions. ``kind``: ESTIMATE or ENTERED; ``source``: by whom."""

    from_base: int = Field(alias="from_base_id")
    to_base: int = Field(alias="to_base_id")
    minutes: Decimal
    km: Decimal
    kind: str
    source: str


class PoolOut(Schema):
    """Bases that share vehicles. Two bases without a way between them share nothing."""

    id: int
    name: str
    bases: list[int]
    ways: list[WayOut]

    @staticmethod
    def resolve_bases(pool: Pool) -> list[int]:
        return sorted(member.base_id for member in pool.members.all())

    @staticmethod
    def resolve_ways(pool: Pool) -> list[Any]:
        return sorted(pool.ways.all(), key=lambda way: (way.from_base_id, way.to_base_id))


class WayIn(Schema):
    """Minutes and km between two bases, one way; both null: the two share nothing."""

    from_base: int
    to_base: int
    minutes: Annotated[Decimal, Field(ge=0, le=9999, decimal_places=1)] | None
    km: Annotated[Decimal, Field(ge=0, le=99999, decimal_places=1)] | None


class PoolIn(Schema):
    """A pool as it shall be. Ways that are not given are kept, or estimated where they are new."""

    name: Annotated[str, Field(min_length=1, max_length=100)]
    bases: list[int]
    ways: list[WayIn] = []


@router.get("/pools", response=list[PoolOut], url_name="pools")
def pools(request: HttpRequest) -> Any:
    """The pools you may see."""
    return pools_of(_actor(request), on=clock.municipal_date(clock.now())).prefetch_related("ways")


@router.post("/pools", response={201: PoolOut, 422: Problem}, url_name="pools")
def make_pool(request: HttpRequest, asked: PoolIn) -> Any:
    """Put bases in a pool. 422 where they cannot be, in words."""
    return 201, _save(request, Pool(), asked)


@router.put("/pools/{pool_id}", response={200: PoolOut, 422: Problem}, url_name="pool")
def change_pool(request: HttpRequest, pool_id: int, asked: PoolIn) -> Any:
    """Change a pool: its name, its bases and the ways that are given."""
    return _save(request, reach.get(_actor(request), Pool, pool_id, action=operations.EDIT), asked)


@router.delete("/pools/{pool_id}", response={204: None}, url_name="pool")
def dissolve_pool(request: HttpRequest, pool_id: int) -> Any:
    """Dissolve a pool. Results that counted with it stay."""
    operations.dissolve_pool(actor=_actor(request), now=clock.now(), pool_id=pool_id)
    return 204, None


def _save(request: HttpRequest, pool: Pool, asked: PoolIn) -> Pool:
    actor = _actor(request)
    bases = [reach.get(actor, Base, pk, action=operations.EDIT) for pk in dict.fromkeys(asked.bases)]
    return operations.save_pool(
        actor=actor, now=clock.now(), pool=pool, name=asked.name, bases=bases, ways=_ways(asked.ways)
    )


def _ways(asked: Sequence[WayIn]) -> dict[operations.Pair, operations.Way | None]:
    found: dict[operations.Pair, operations.Way | None] = {}
    for way in asked:
        here, there = sorted((way.from_base, way.to_base))
        known = way.minutes is not None and way.km is not None
        found[here, there] = operations.Way(way.minutes or Decimal(0), way.km or Decimal(0)) if known else None
    return found


def _actor(request: HttpRequest) -> Actor:
    found: Actor = request.actor  # type: ignore[attr-defined]
    return found
