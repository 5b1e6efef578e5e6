# SPDX-License-Identifier: MPL-2.0
"""Pools with their bases, vehicles and ways, as they are shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import combinations
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.organisation.tree import in_force
from kommune3.solutions.fleet.models import Base, Pool, PoolWay, Run, Vehicle, WaySource
from kommune3.ui.numbers import format_number


@dataclass(frozen=True)
class PairOfBases:
    """Two bases of a pool and the way between them; None where nobody has told it, so that they share nothing."""

    here: Base
    there: Base
    way: PoolWay | None

    @property
    def is_on_map(self) -> bool:
        """Whether the way can be estimated."""
        return all(base.address is not None and base.address.latitude is not None for base in (self.here, self.there))


def pools_of(actor: Actor, *, on: date) -> QuerySet[Pool]:
    """The pools the actor may see, with ``bases`` and ``vehicles`` counted on a day."""
    standing = (
        Vehicle.objects.filter(in_force(on), base__pooled__pool=OuterRef("pk"))
        .order_by().values("base__pooled__pool").annotate(n=Count("pk")).values("n")
    )  # fmt: skip
    return (
        reach.visible(actor, Pool)
        .annotate(bases=Count("members"), vehicles=Coalesce(Subquery(standing), 0))
        .prefetch_related("members__base")
    )


def pairs_of(pool: Pool) -> list[PairOfBases]:
    """Every two bases of a pool. The caller has shown that the actor may see it."""
    bases = [
        member.base
        for member in pool.members.select_related("base__address").order_by("base_id")
    ]  # fmt: skip
    ways = {(way.from_base_id, way.to_base_id): way for way in pool.ways.all()}
    found = [
        PairOfBases(here, there, ways.get((here.pk, there.pk)) or ways.get((there.pk, here.pk)))
        for here, there in combinations(bases, 2)
    ]
    return sorted(found, key=lambda pair: (pair.here.name, pair.there.name))


def pool_facts(run: Run) -> list[tuple[str, str]]:
    """Of a run where bases shared vehicles: every way it counted with, and where its minutes and km come from."""
    facts = [
        (_("%(pool)s: between %(here)s and %(there)s")
         % {"pool": pool["name"], "here": way["from_name"], "there": way["to_name"]}, way_text(way))
        for pool in run.pools_used
        for way in pool["ways"]
    ]  # fmt: skip
    if run.shares_pools and not facts:
        facts = [(_("The bases of a pool share vehicles"), _("none of the chosen bases are in a pool together"))]
    return facts


def way_text(way: Mapping[str, Any]) -> str:
    """A way of a run's copy of its pools, in words."""
    return _("%(minutes)s minutes, %(km)s km (%(source)s)") % {
        "minutes": format_number(Decimal(way["minutes"]), 1), "km": format_number(Decimal(way["km"]), 1),
        "source": ": ".join(filter(None, (str(WaySource(way["kind"]).label), way["source"]))),
    }  # fmt: skip
