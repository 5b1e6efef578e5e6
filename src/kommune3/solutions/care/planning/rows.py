# SPDX-License-Identifier: MPL-2.0
"""Everything that a team's day consists of, in a constant number of queries."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from kommune3.kernel.clock import day_bounds
from kommune3.kernel.competences import queries as competences
from kommune3.kernel.places.models import Address
from kommune3.solutions.care.models import (
    Plan,
    PlanState,
    Shift,
    ShiftState,
    Stop,
    Team,
    Visit,
    VisitLink,
    VisitState,
    WeightSet,
    Wish,
    WishKind,
)

KNOWN_DAYS = 28
"""A carer who has visited the citizen within so many days is no unknown face (the longer of the two periods in which
faces are counted: docs/reference, care)."""


@dataclass(frozen=True, kw_only=True)
class Rows:
    """A team's day. ``begins_at``: the day's first instant, from which the engine counts seconds.

    ``held``: competences by person, ``held_for`` by person and citizen; ``titles`` of them. ``wanted``, ``avoided`` and
    ``known`` (they have met): (citizen, carer). ``announced``: stops of the day's published plan. ``locked``: those
    that stay as they are.
    """

    team: Team
    date: date
    begins_at: datetime
    weights: WeightSet | None
    shifts: tuple[Shift, ...]
    visits: tuple[Visit, ...]
    links: tuple[VisitLink, ...]
    held: dict[UUID, frozenset[str]]
    held_for: dict[tuple[UUID, UUID], frozenset[str]]
    titles: dict[str, str]
    wanted: frozenset[tuple[int, int]]
    avoided: frozenset[tuple[int, int]]
    known: frozenset[tuple[int, int]]
    announced: tuple[Stop, ...]
    locked: tuple[Stop, ...]

    def may(self, shift: Shift, visit: Visit) -> bool:
        """Whether the carer has what the visit needs, for everybody or for this citizen."""
        needed, person = visit.service.competences, shift.carer.person_id
        held = self.held.get(person, frozenset())
        return held.issuperset(needed) or (
            (held | self.held_for.get((person, visit.citizen.person_id), frozenset())).issuperset(needed)
        )

    def seconds(self, at: datetime) -> int:
        """An instant as the engine has it."""
        return int((at - self.begins_at).total_seconds())

    def instant(self, seconds: int) -> datetime:
        """What the engine says as an instant (UTC)."""
        return self.begins_at + timedelta(seconds=seconds)


def read_rows(*, team: Team, day: date, stops: Iterable[Stop] = ()) -> Rows:
    """Read a team's day. ``stops``: of the plan that is bettered, whose locks hold."""
    shifts = Shift.objects.filter(date=day, carer__team=team, state=ShiftState.ON).select_related(
        "carer__person__address"
    )
    visits = Visit.objects.filter(date=day, citizen__team=team, state=VisitState.WANTED).select_related(
        "service", "citizen__person__address"
    )
    on_duty = tuple(shifts.order_by("start_at", "pk"))
    wanted = tuple(visits.order_by("earliest_at", "pk"))
    wishes: dict[bool, set[tuple[int, int]]] = defaultdict(set)
    for citizen, carer, kind in Wish.objects.filter(citizen__team=team).values_list("citizen_id", "carer_id", "kind"):
        wishes[kind == WishKind.AVOIDED].add((citizen, carer))
    ids = {visit.pk for visit in wanted}
    carers = {shift.carer.person_id for shift in on_duty}
    links = VisitLink.objects.filter(first__date=day, first__citizen__team=team).order_by("pk")
    return Rows(
        team=team,
        date=day,
        begins_at=day_bounds(day)[0],
        weights=WeightSet.objects.filter(valid_from__lte=day).order_by("-valid_from").first(),
        shifts=on_duty,
        visits=wanted,
        links=tuple(link for link in links if link.first_id in ids and link.second_id in ids),
        held=competences.held(person_ids=carers, on=day),
        held_for=competences.held_for(
            person_ids=carers, citizen_ids={visit.citizen.person_id for visit in wanted}, on=day
        ),
        titles=competences.titles(codes={code for visit in wanted for code in visit.service.competences}),
        wanted=frozenset(wishes[False]),
        avoided=frozenset(wishes[True]),
        known=_known(team, day),
        announced=tuple(
            Stop.objects.filter(plan__team=team, plan__date=day, plan__state=PlanState.PUBLISHED)
            .exclude(shift=None)
            .select_related("shift")
        ),
        locked=tuple(stop for stop in stops if stop.is_locked and stop.shift_id and stop.visit_id in ids),
    )


def plan_stops(plan: Plan) -> list[Stop]:
    """A plan's stops in each carer's order of time."""
    return list(plan.stops.order_by("shift_id", "start_at", "number", "pk"))


def address_of(shift: Shift, team: Team) -> Address | None:
    """Where the carer starts and ends: at home, where the carer does so and it is known, else at the base."""
    home = shift.carer.person.address if shift.carer.starts_from_home else None
    return home or team.address


def _known(team: Team, day: date) -> frozenset[tuple[int, int]]:
    met = (
        Stop.objects.filter(
            plan__team=team,
            plan__state=PlanState.PUBLISHED,
            plan__date__gte=day - timedelta(days=KNOWN_DAYS),
            plan__date__lt=day,
        )
        .exclude(shift=None)
        .order_by()
        .values_list("visit__citizen_id", "shift__carer_id")
        .distinct()
    )
    return frozenset(met)
