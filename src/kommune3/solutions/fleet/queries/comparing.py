# SPDX-License-Identifier: MPL-2.0
"""Two to four runs side by side."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.solutions.fleet.models import Kind, Plan, PlanCount, PlanKind, Run, RunState

FEWEST, MOST = 2, 4
OFFERED = 100


@dataclass(frozen=True)
class Side:
    """A run with the plan it stands for: the accepted one, else its proposal. ``km_of``: type -> km in the period.

    ``count_of``: name of a model -> vehicles.
    """

    run: Run
    plan: Plan
    km_of: dict[str, float]
    count_of: dict[str, int]

    @property
    def name(self) -> str:
        """The run's title, with the plan where it is not the proposal."""
        return self.run.title


@dataclass(frozen=True)
class Comparison:
    """The runs beside each other. ``differs``: what they were not asked alike: "bases", "period" or "rates"."""

    sides: list[Side]
    kinds: list[str]
    models: list[str]
    differs: list[str]


def comparable(actor: Actor) -> QuerySet[Run]:
    """The newest finished runs with a plan, which the actor may see."""
    found = reach.visible(actor, Run).filter(state=RunState.FINISHED, plans__kind=PlanKind.PROPOSED)
    return found.order_by("-id")[:OFFERED]


def compare(*, actor: Actor, run_ids: Sequence[int]) -> Comparison:
    """The runs side by side, in the order asked. Raises ``NotVisible`` for one that the actor may not see."""
    visible = reach.visible(actor, Run).filter(pk__in=run_ids).select_related("rate_set").prefetch_related("bases")
    found = {run.pk: run for run in visible}
    if len(found) != len(set(run_ids)):
        raise reach.NotVisible
    plans = {plan.run_id: plan for plan in Plan.objects.filter(run__in=found, kind=PlanKind.PROPOSED)} | {
        plan.run_id: plan for plan in Plan.objects.filter(pk__in=[run.accepted_plan_id for run in found.values()])
    }
    counts: dict[int, list[PlanCount]] = defaultdict(list)
    for count in PlanCount.objects.filter(plan__in=plans.values()).select_related("model"):
        counts[count.plan_id].append(count)
    sides = [_side(found[pk], plans[pk], counts[plans[pk].pk]) for pk in dict.fromkeys(run_ids) if pk in plans]
    asked: dict[str, set[Any]] = {
        "bases": {frozenset(base.pk for base in side.run.bases.all()) for side in sides},
        "period": {(side.run.period_start, side.run.period_end) for side in sides},
        "rates": {side.run.rate_set_id for side in sides},
    }
    return Comparison(
        sides=sides,
        kinds=[kind for kind in Kind.values if any(kind in side.km_of for side in sides)],
        models=sorted({name for side in sides for name in side.count_of}),
        differs=[what for what, values in asked.items() if len(values) > 1],
    )


def km_by_kind(counts: Sequence[PlanCount]) -> dict[str, float]:
    """Type of vehicle -> km in the period."""
    found: defaultdict[str, float] = defaultdict(float)
    for count in counts:
        found[count.model.kind] += count.km
    return dict(found)


def _side(run: Run, plan: Plan, counts: list[PlanCount]) -> Side:
    count_of: defaultdict[str, int] = defaultdict(int)
    for count in counts:
        count_of[count.model.name] += count.count
    return Side(run, plan, km_by_kind(counts), dict(count_of))
