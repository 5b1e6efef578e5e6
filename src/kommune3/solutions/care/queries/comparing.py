# SPDX-License-Identifier: MPL-2.0
"""Two plans of a team's day beside each other: what they come to, and which visits are made otherwise."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet, Sum

from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.solutions.care.models import Plan, PlanState, Stop, Visit
from kommune3.solutions.care.queries.overview import Counted, counts_of

COMPARABLE = (PlanState.DRAFT, PlanState.PUBLISHED, PlanState.REPLACED)
OFFERED = 100


@dataclass(frozen=True)
class Side:
    """A plan with what it comes to; ways in seconds and metres."""

    plan: Plan
    counted: Counted
    travel_seconds: int
    travel_metres: int
    late_seconds: int


@dataclass(frozen=True)
class Half:
    """How one plan makes a visit: by whom and when; nobody and None where it is left out."""

    carers: tuple[str, ...]
    start_at: datetime | None
    why: tuple[str, ...]


@dataclass(frozen=True)
class Difference:
    """A visit that the two plans make otherwise; a None side does not have the visit at all."""

    visit: Visit
    a: Half | None
    b: Half | None


@dataclass(frozen=True)
class Comparison:
    """``same``: how many visits both make by the same carers at the same time."""

    sides: tuple[Side, Side]
    differences: list[Difference]
    same: int

    @property
    def is_same_day(self) -> bool:
        """Whether it is the same team's same day, so that visits can be held against each other."""
        a, b = (side.plan for side in self.sides)
        return (a.team_id, a.date) == (b.team_id, b.date)


def comparable(actor: Actor) -> QuerySet[Plan]:
    """The newest plans that have stops, which the actor may see."""
    found = reach.visible(actor, Plan).filter(state__in=COMPARABLE).select_related("team").order_by("-date", "-pk")
    newest = found.values("pk")[:OFFERED]
    return reach.visible(actor, Plan).filter(pk__in=list(newest.values_list("pk", flat=True))).select_related("team")


def compare(*, actor: Actor, a_id: int, b_id: int) -> Comparison:
    """The two plans side by side. Raises ``NotVisible``."""
    plans = [reach.get(actor, Plan, pk) for pk in (a_id, b_id)]
    counted = counts_of([plan.pk for plan in plans])
    summed = {
        row["plan"]: row
        for row in Stop.objects.filter(plan__in=plans)
        .order_by()
        .values("plan")
        .annotate(seconds=Sum("travel_seconds"), metres=Sum("travel_metres"), late=Sum("late_seconds"))
    }
    sides = []
    for plan in plans:
        row = summed.get(plan.pk, {})
        sides.append(
            Side(
                plan, counted.get(plan.pk, Counted()),
                row.get("seconds", 0), row.get("metres", 0), row.get("late", 0),
            )
        )  # fmt: skip
    halves = {plan.pk: _halves(plan) for plan in plans}
    visits = Visit.objects.filter(pk__in={pk for half in halves.values() for pk in half})
    differences, same = [], 0
    for visit in visits.select_related("citizen__person", "service").order_by("earliest_at", "pk"):
        one, other = (halves[plan.pk].get(visit.pk) for plan in plans)
        if one and other and (one.carers, one.start_at) == (other.carers, other.start_at):
            same += 1
        else:
            differences.append(Difference(visit, one, other))
    return Comparison((sides[0], sides[1]), differences, same)


def _halves(plan: Plan) -> dict[int, Half]:
    rows: dict[int, list[Stop]] = defaultdict(list)
    for stop in Stop.objects.filter(plan=plan).select_related("shift__carer__person"):
        rows[stop.visit_id].append(stop)
    return {
        visit: Half(
            tuple(sorted(str(stop.shift.carer.person) for stop in stops if stop.shift)),
            next((stop.start_at for stop in stops if stop.start_at), None),
            tuple(reason for stop in stops for reason in reasons_of(stop)),
        )
        for visit, stops in rows.items()
    }


def reasons_of(stop: Stop) -> list[str]:
    """Why the stop is left out, as sentences."""
    return [str(reason["text"]) if isinstance(reason, dict) else str(reason) for reason in stop.why]
