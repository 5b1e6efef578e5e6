# SPDX-License-Identifier: MPL-2.0
"""Three teams of the demo's home care, their carers and how they work. Invented, like everything in the demo."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from kommune3.kernel.clock import MUNICIPAL_ZONE
from kommune3.kernel.demo.seed import unit_id
from kommune3.kernel.organisation.models import Employment, Unit
from kommune3.kernel.people.models import Account, Person
from kommune3.solutions.care.models import Carer, Mode, Shift, Team

LOGIN = "medarbejder"
"""The demo's employee, who is a carer in Grenaa by day."""


@dataclass(frozen=True)
class TeamPlan:
    """A team: the demo unit it belongs to and works from, whose employees it has (unit -> how many), and its citizens.

    ``towns``: as in the addresses of the demo's citizens. ``day``, ``evening``, ``night``: carers who work then, of
    whom ``bicycles`` by day ride a bicycle.
    """

    name: str
    unit: str
    employees: dict[str, int]
    towns: tuple[str, ...]
    citizens: int
    day: int
    evening: int
    night: int
    bicycles: int = 0


TEAMS = (
    TeamPlan("Grenaa", "hjemmepleje-grenaa", {"hjemmepleje-grenaa": 21},
             ("Grenaa", "Trustrup"), 164, day=13, evening=6, night=2, bicycles=5),
    TeamPlan("Auning og Allingåbro", "hjemmepleje-auning", {"hjemmepleje-auning": 9, "hjemmepleje-allingaabro": 6},
             ("Auning", "Allingåbro", "Ørsted", "Vivild, Allingåbro", "Nimtofte"), 122,
             day=9, evening=4, night=2),
    TeamPlan("Glesborg", "hjemmepleje-glesborg", {"hjemmepleje-glesborg": 9},
             ("Glesborg", "Fjellerup, Glesborg", "Bønnerup Strand, Glesborg", "Gjerrild, Grenaa", "Ørum, Ørum Djurs"),
             62, day=6, evening=3, night=0),
)  # fmt: skip


@dataclass(frozen=True)
class Hours:
    """A kind of shift: from, how many hours, and a break of 30 minutes that begins between two of the shift's hours."""

    start: time
    hours: float
    pause_from: float
    pause_until: float


DAY, EVENING, NIGHT = Hours(time(7), 8, 4, 6), Hours(time(15), 8, 2.5, 5), Hours(time(23), 8, 2, 5)
_PAUSE_MINUTES = 30


def seed_teams() -> dict[str, list[Carer]]:
    """The teams with their carers; team name -> carers, those of the day first, then evening, then night."""
    return {plan.name: _carers(plan, Team.objects.create(**_team(plan))) for plan in TEAMS}


def hours_of(plan: TeamPlan, number: int) -> Hours:
    """When carer ``number`` of a team works."""
    if number < plan.day:
        return DAY
    return EVENING if number < plan.day + plan.evening else NIGHT


def shifts_of(plan: TeamPlan, carers: list[Carer], day: date) -> Iterator[Shift]:
    """The day's shifts: five days in seven, evenly spread; at night seven on, seven off."""
    groups = {DAY: (0, plan.day), EVENING: (plan.day, plan.evening), NIGHT: (plan.day + plan.evening, plan.night)}
    for number, carer in enumerate(carers):
        hours = hours_of(plan, number)
        first, size = groups[hours]
        place = number - first
        if hours is NIGHT:
            is_on = (day.toordinal() // 7 + place) % size == 0
        else:
            is_on = (day.toordinal() + place * 7 // size) % 7 < 5
        if is_on:
            yield _shift(carer, day, hours)


def _team(plan: TeamPlan) -> dict[str, object]:
    unit = Unit.objects.get(pk=unit_id(plan.unit))
    return {"unit": unit, "name": plan.name, "address_id": unit.address_id}


def _carers(plan: TeamPlan, team: Team) -> list[Carer]:
    people: list[Person] = []
    for key, count in plan.employees.items():
        # Whoever logs in to the demo with another role than a carer's is no carer.
        others = Account.objects.exclude(username=LOGIN).exclude(person=None).values("person")
        employed = Employment.objects.filter(unit=unit_id(key), is_leader=False, valid_to=None)
        rows = list(employed.exclude(person__in=others).select_related("person").order_by("id"))
        rows.sort(key=lambda row: not Account.objects.filter(username=LOGIN, person=row.person_id).exists())
        people += [row.person for row in rows[:count]]
    return Carer.objects.bulk_create(
        Carer(team=team, person=person, mode=Mode.BICYCLE if 0 < number <= plan.bicycles else Mode.CAR)
        for number, person in enumerate(people)
    )


def _shift(carer: Carer, day: date, hours: Hours) -> Shift:
    start = datetime.combine(day, hours.start, MUNICIPAL_ZONE).astimezone(UTC)
    return Shift(
        carer=carer, date=day, start_at=start, end_at=start + timedelta(hours=hours.hours),
        pause_earliest_at=start + timedelta(hours=hours.pause_from),
        pause_latest_at=start + timedelta(hours=hours.pause_until), pause_minutes=_PAUSE_MINUTES,
    )  # fmt: skip


def chance_for(*what: object) -> random.Random:
    """Chance that is the same each time for the same thing."""
    return random.Random(":".join(map(str, what)))  # noqa: S311  a believable demo, not a secret
