# SPDX-License-Identifier: MPL-2.0
"""From what has been granted to the visits of each day, and how they hang together."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeVar

from django.db import transaction
from django.db.models import Q, QuerySet

from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.audit import log
from kommune3.kernel.clock import MUNICIPAL_ZONE
from kommune3.solutions.care.models import (
    Need,
    NeedLink,
    PartOfDay,
    PlanState,
    Team,
    Visit,
    VisitLink,
    VisitState,
)

EDIT = "care.needs.edit"
DAYS_AHEAD = 14
AFTER_MIDNIGHT = time(12)
"""A need of the night that begins earlier in the day is met after midnight, in the night that began the day before."""

_ASKED = ("service_id", "channel", "minutes", "carers", "is_strict", "priority", "tasks")
_TOLD = (*_ASKED, "earliest_at", "latest_at")


@dataclass(frozen=True)
class Generated:
    """How many visits were made, changed and removed. ``announced``: those that no longer follow from a need, or follow
    otherwise, but stand in a published plan: they are left to the dispatcher."""

    created: int = 0
    changed: int = 0
    removed: int = 0
    announced: int = 0

    def __add__(self, other: "Generated") -> "Generated":
        return Generated(
            self.created + other.created,
            self.changed + other.changed,
            self.removed + other.removed,
            self.announced + other.announced,
        )


@transaction.atomic
def generate(
    *, actor: Actor, now: datetime, team_id: int, start: date, end: date, citizen_id: int | None = None
) -> Generated:
    """Make a team's visits on the days [start, end) from its citizens' needs; done again, it makes nothing twice.

    ``citizen_id``: this citizen's only.

    A visit that is still to come and in no published plan follows its need: it is changed, or removed where it no
    longer is granted. Cancelled visits and those without a need are left alone. Raises NotVisible.
    """
    team = reach.get(actor, Team, team_id, action=EDIT)
    # Two who make the same days' visits wait for each other.
    Team.objects.select_for_update().get(pk=team.pk)
    wanted = {
        (visit.need_id, visit.date): visit
        for need in _of(citizen_id, _needs_of(team, start, end))
        for visit in _visits_of(need, start, end, now=now)
    }
    granted = _of(citizen_id, _granted(team, start, end))
    there = {(visit.need_id, visit.date): visit for visit in granted}
    announced = set(granted.filter(stops__plan__state=PlanState.PUBLISHED).values_list("pk", flat=True))
    made = [visit for key, visit in wanted.items() if key not in there]
    Visit.objects.bulk_create(made, batch_size=500)
    counts = Counter(created=len(made))
    counts.update(_follow(there, wanted, announced, now=now))
    _tie(team, start, end, citizen_id=citizen_id)
    found = Generated(**counts)
    log.record(
        actor=actor,
        action="care.visits.generated",
        now=now,
        object=team,
        unit_id=team.unit_id,
        detail={"start": str(start), "end": str(end), "citizen": citizen_id, **counts},
    )
    return found


def days_of(need: Need, start: date, end: date) -> Iterator[date]:
    """The days in [start, end) on which a need is to be met; weeks are counted from the one it begins in."""
    first_week = need.valid_from - timedelta(days=need.valid_from.weekday())
    day = max(start, need.valid_from)
    last = min(end, need.valid_to or end)
    while day < last:
        weeks = (day - first_week).days // 7
        if day.weekday() in need.weekdays and weeks % need.every_weeks == 0:
            yield day
        day += timedelta(days=1)


def window_of(need: Need, day: date) -> tuple[datetime, datetime]:
    """The instants between which the visit of a team's day begins.

    The hours of a night after midnight belong to the day on which the night began. In the night when the clocks go
    forward a window that does not exist shrinks to its beginning.
    """
    first = day
    if need.part_of_day == PartOfDay.NIGHT and need.earliest < AFTER_MIDNIGHT:
        first = day + timedelta(days=1)
    last = first + timedelta(days=1) if need.latest < need.earliest else first
    earliest_at = datetime.combine(first, need.earliest, MUNICIPAL_ZONE).astimezone(UTC)
    return earliest_at, max(earliest_at, datetime.combine(last, need.latest, MUNICIPAL_ZONE).astimezone(UTC))


Granted = TypeVar("Granted", Need, Visit)


def _of(citizen_id: int | None, rows: QuerySet[Granted]) -> QuerySet[Granted]:
    """Of a citizen, or of all of them."""
    return rows if citizen_id is None else rows.filter(citizen=citizen_id)


def _needs_of(team: Team, start: date, end: date) -> QuerySet[Need]:
    running = Q(valid_to=None) | Q(valid_to__gt=start)
    return Need.objects.filter(running, citizen__team=team, citizen__is_active=True, valid_from__lt=end)


def _visits_of(need: Need, start: date, end: date, *, now: datetime) -> Iterator[Visit]:
    for day in days_of(need, start, end):
        earliest_at, latest_at = window_of(need, day)
        yield Visit(
            need=need, citizen_id=need.citizen_id, date=day, earliest_at=earliest_at, latest_at=latest_at,
            created_at=now, **{name: getattr(need, name) for name in _ASKED},
        )  # fmt: skip


def _granted(team: Team, start: date, end: date) -> QuerySet[Visit]:
    """The visits of those days that are made from a need."""
    return Visit.objects.filter(citizen__team=team, need__isnull=False, date__gte=start, date__lt=end)


Keyed = dict[tuple[int | None, date], Visit]


def _follow(there: Keyed, wanted: Keyed, announced: set[int], *, now: datetime) -> dict[str, int]:
    """Let visits to come be as their needs say now, where nobody has been told of them yet."""
    open_ones = {
        key: visit for key, visit in there.items() if visit.state == VisitState.WANTED and visit.earliest_at > now
    }
    changed, removed, left = [], [], 0
    for key, visit in open_ones.items():
        new = wanted.get(key)
        if new is not None and all(getattr(visit, name) == getattr(new, name) for name in _TOLD):
            continue
        if visit.pk in announced:
            left += 1
        elif new is None:
            removed.append(visit.pk)
        else:
            for name in _TOLD:
                setattr(visit, name, getattr(new, name))
            changed.append(visit)
    Visit.objects.bulk_update(changed, _TOLD_FIELDS, batch_size=200)
    for keys in _batches(removed):
        Visit.objects.filter(pk__in=keys).delete()
    return {"changed": len(changed), "removed": len(removed), "announced": left}


_TOLD_FIELDS = ["service", *_TOLD[1:]]


def _batches(keys: list[int]) -> Iterable[list[int]]:
    return (keys[place : place + 500] for place in range(0, len(keys), 500))


def _tie(team: Team, start: date, end: date, *, citizen_id: int | None) -> None:
    """Tie the visits of each day as their needs are tied. What was tied otherwise between them is mended."""
    visits = {
        (need_id, day): pk
        for pk, need_id, day in _of(citizen_id, _granted(team, start, end)).values_list("pk", "need_id", "date")
    }
    days_by_need: dict[int | None, list[date]] = {}
    for need_id, day in visits:
        days_by_need.setdefault(need_id, []).append(day)
    wanted: dict[tuple[int, int], NeedLink] = {}
    for link in NeedLink.objects.filter(first__citizen__team=team):
        for day in days_by_need.get(link.first_id, []):
            second = visits.get((link.second_id, day))
            if second is not None:
                wanted[visits[link.first_id, day], second] = link
    ties = VisitLink.objects.filter(
        first__citizen__team=team, first__need__isnull=False, second__need__isnull=False,
        first__date__gte=start, first__date__lt=end,
    )  # fmt: skip
    if citizen_id is not None:
        ties = ties.filter(first__citizen=citizen_id)
    there = {(link.first_id, link.second_id): link for link in ties}
    for keys in _batches([link.pk for key, link in there.items() if key not in wanted]):
        VisitLink.objects.filter(pk__in=keys).delete()
    changed = []
    for key, link in wanted.items():
        old = there.get(key)
        if old is not None and _gap(old) != _gap(link):
            old.least_minutes, old.most_minutes, old.by = link.least_minutes, link.most_minutes, link.by
            changed.append(old)
    VisitLink.objects.bulk_update(changed, ["least_minutes", "most_minutes", "by"], batch_size=200)
    VisitLink.objects.bulk_create(
        (
            VisitLink(
                first_id=key[0], second_id=key[1],
                least_minutes=link.least_minutes, most_minutes=link.most_minutes, by=link.by,
            )
            for key, link in wanted.items()
            if key not in there
        ),
        batch_size=500,
    )  # fmt: skip


def _gap(link: NeedLink | VisitLink) -> tuple[int | None, int | None, str]:
    return link.least_minutes, link.most_minutes, link.by
