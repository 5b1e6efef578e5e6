# SPDX-License-Identifier: MPL-2.0
"""Pools: made, changed, dissolved; their ways estimated or entered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import combinations

from django.db import transaction
from django.utils.translation import gettext as _

from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.audit import log
from kommune3.kernel.clock import municipal_date
from kommune3.kernel.places import travel
from kommune3.kernel.places.geometry import Point
from kommune3.solutions.fleet.errors import InvalidRow
from kommune3.solutions.fleet.models import Base, Pool, PoolBase, PoolWay, WaySource
from kommune3.solutions.fleet.operations.imports import name_of
from kommune3.solutions.fleet.operations.runs import common_unit

EDIT = "fleet.vehicles.edit"
_TENTH = Decimal("0.1")

Pair = tuple[int, int]
"""The keys of two bases, the lower first: the way is the same in both directions."""


@dataclass(frozen=True)
class Way:
    """Minutes and km from one base to another, one way."""

    minutes: Decimal
    km: Decimal


def save_pool(
    *,
    actor: Actor,
    now: datetime,
    pool: Pool,
    name: str,
    bases: Sequence[Base],
    ways: Mapping[Pair, Way | None] | None = None,
) -> Pool:
    """Make or change a pool; the actor must hold the right at all its bases, also at those that leave it.

    ``ways``: what was entered; None for a pair = the two share nothing. Pairs that are not mentioned keep what they
    have, or are estimated where they are new and both bases are on the map. Raises :class:`InvalidRow`, ``Forbidden``.
    """
    leaving = list(Base.objects.filter(pooled__pool=pool.pk)) if pool.pk else []
    for base in {*bases, *leaving}:
        reach.require(actor, EDIT, unit=base.unit)
    faults = _faults(pool, name, bases)
    if faults:
        raise InvalidRow(faults)
    with transaction.atomic():
        pool.name, pool.unit = name, common_unit(bases)
        pool.save()
        PoolBase.objects.filter(pool=pool).exclude(base__in=bases).delete()
        for base in bases:
            PoolBase.objects.get_or_create(base=base, defaults={"pool": pool})
        PoolWay.objects.filter(pool=pool).exclude(from_base__in=bases, to_base__in=bases).delete()
        _write_ways(pool, bases, ways or {}, actor=actor, now=now)
        log.record(
            actor=actor, action="fleet.pool.saved", now=now, object=pool, unit_id=pool.unit_id,
            detail={
                "bases": sorted(base.pk for base in bases),
                "ways": [
                    [way.from_base_id, way.to_base_id, str(way.minutes), str(way.km), way.kind]
                    for way in pool.ways.order_by("pk")
                ],
            },
        )  # fmt: skip
        return pool


def estimate_ways(*, actor: Actor, now: datetime, pool_id: int) -> list[str]:
    """Estimate every way of a pool anew, also those entered. Returns the ways nobody can estimate, in words."""
    pool = reach.get(actor, Pool, pool_id, action=EDIT)
    bases = bases_of(pool)
    with transaction.atomic():
        unknown = []
        for here, there in combinations(bases, 2):
            leg = estimate(here, there, now=now)
            if leg is None:
                unknown.append(f"{here.name} – {there.name}")
            else:
                _write_way(pool, here, there, leg)
        log.record(actor=actor, action="fleet.pool.estimated", now=now, object=pool, unit_id=pool.unit_id)
        return unknown


def dissolve_pool(*, actor: Actor, now: datetime, pool_id: int) -> None:
    """Let the bases of a pool share nothing any more. Results that counted with it keep their copy."""
    with transaction.atomic():
        pool = reach.get(actor, Pool, pool_id, action=EDIT)
        for base in bases_of(pool):
            reach.require(actor, EDIT, unit=base.unit)
        log.record(
            actor=actor, action="fleet.pool.dissolved", now=now, object=pool, unit_id=pool.unit_id,
            detail={"name": pool.name},
        )  # fmt: skip
        pool.delete()


def bases_of(pool: Pool) -> list[Base]:
    """A pool's bases by name, with unit and address."""
    found = Base.objects.filter(pooled__pool=pool.pk).select_related("unit", "address")
    return list(found.order_by("name"))


def estimate(here: Base, there: Base, *, now: datetime) -> travel.Leg | None:
    """The way between two bases by the municipality's travel times; None where nobody knows it."""
    points = [base.address for base in (here, there) if base.address is not None and base.address.latitude is not None]
    if len(points) < 2:
        return None
    leg = travel.minutes_and_km(
        origin=Point.of(points[0]), destination=Point.of(points[1]), mode=travel.Mode.CAR, now=now
    )
    return None if leg.minutes is None else leg


def _faults(pool: Pool, name: str, bases: Sequence[Base]) -> dict[str, str]:
    faults: dict[str, str] = {}
    if Pool.objects.filter(name=name).exclude(pk=pool.pk).exists():
        faults["name"] = _("There is a pool of this name already.")
    if len(bases) < 2:
        faults["bases"] = _("Choose two bases or more.")
    elsewhere = PoolBase.objects.filter(base__in=bases).exclude(pool=pool.pk).select_related("base", "pool").first()
    if elsewhere is not None:
        faults["bases"] = _("%(base)s is in the pool %(pool)s already. A base can be in one pool.") % {
            "base": elsewhere.base.name, "pool": elsewhere.pool.name,
        }  # fmt: skip
    return faults


def _write_ways(
    pool: Pool, bases: Sequence[Base], entered: Mapping[Pair, Way | None], *, actor: Actor, now: datetime
) -> None:
    known = {(way.from_base_id, way.to_base_id): way for way in pool.ways.all()}
    who = _("%(name)s, %(date)s") % {"name": name_of(actor), "date": municipal_date(now).strftime("%d-%m-%Y")}
    for here, there in combinations(sorted(bases, key=lambda base: base.pk), 2):
        pair = here.pk, there.pk
        old = known.get(pair)
        if pair in entered:
            new = entered[pair]
            if new is None:
                pool.ways.filter(from_base=here, to_base=there).delete()
            elif old is None or (old.minutes, old.km) != (new.minutes, new.km):
                PoolWay.objects.update_or_create(
                    from_base=here, to_base=there,
                    defaults={
                        "pool": pool, "minutes": new.minutes, "km": new.km, "kind": WaySource.ENTERED, "source": who,
                    },
                )  # fmt: skip
        elif old is None:
            leg = estimate(here, there, now=now)
            if leg is not None:
                _write_way(pool, here, there, leg)


def _write_way(pool: Pool, here: Base, there: Base, leg: travel.Leg) -> None:
    here, there = sorted((here, there), key=lambda base: base.pk)
    PoolWay.objects.update_or_create(
        from_base=here, to_base=there,
        defaults={
            "pool": pool, "minutes": Decimal(str(leg.minutes)).quantize(_TENTH),
            "km": Decimal(str(leg.km)).quantize(_TENTH), "kind": WaySource.ESTIMATE, "source": leg.source[:500],
        },
    )  # fmt: skip
