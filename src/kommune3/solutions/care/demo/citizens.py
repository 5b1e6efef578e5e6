# SPDX-License-Identifier: MPL-2.0
"""The demo's citizens with home care: who they are, what they have been granted, and whom they wish for.

The services have the names that KL gives interventions in Fælles Sprog III. Their codes are for the municipality to
fill in from its own copy.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import Any

from kommune3.kernel.people import sealing
from kommune3.kernel.people.models import Account, Person
from kommune3.solutions.care.demo.teams import TeamPlan, chance_for
from kommune3.solutions.care.models import (
    ENTRY_SEALED,
    Carer,
    Channel,
    Citizen,
    Need,
    NeedLink,
    PartOfDay,
    Priority,
    SameCarer,
    Service,
    Team,
    Wish,
    WishKind,
)

LOGIN = "borger"
"""The demo's citizen, who gets care from the team in whose towns they live."""

EVERY_DAY = [0, 1, 2, 3, 4, 5, 6]

MEDICINE, INSULIN, WOUNDS, CATHETER, LIFT = "medicin", "insulin", "saar", "kateter", "forflytning"

SERVICES = {
    # key: (title, usual minutes, competences)
    "hygiejne": ("Personlig hygiejne", 30, []),
    "bad": ("Personlig hygiejne, bad", 45, []),
    "ernaering": ("Ernæring", 20, []),
    "udskillelser": ("Udskillelser", 15, []),
    "mobilitet": ("Forflytning og mobilisering", 25, [LIFT]),
    "tilsyn": ("Tilsyn/omsorg", 10, []),
    "rengoering": ("Rengøring", 45, []),
    "toejvask": ("Tøjvask", 30, []),
    "medicin": ("Medicinadministration", 8, [MEDICINE]),
    "insulin": ("Medicinadministration, insulin", 10, [INSULIN]),
    "stroemper": ("Kompressionsbehandling", 10, []),
    "saar": ("Sårbehandling", 25, [WOUNDS]),
    "kateter": ("Anlæggelse og pleje af kateter", 20, [CATHETER]),
}


@dataclass(frozen=True, kw_only=True)
class Part:
    """A need of a kind of citizen: the service, when it begins (earliest hour, spread and window in minutes)."""

    service: str
    part_of_day: PartOfDay
    hour: float
    spread: int
    window: int
    minutes: tuple[int, ...]
    weekdays: int = 7
    every_weeks: int = 1
    share: float = 1.0
    more: dict[str, Any] = field(default_factory=dict)


_STRICT = {"is_strict": True, "priority": Priority.MUST}
_WAITS = {"priority": Priority.CAN_WAIT}
_STOCKINGS = (
    Part(service="stroemper", part_of_day=PartOfDay.MORNING, hour=7, spread=150, window=90, minutes=(8, 10)),
    Part(service="stroemper", part_of_day=PartOfDay.EVENING, hour=19, spread=120, window=90, minutes=(6, 8)),
)
_MORNING = Part(
    service="hygiejne", part_of_day=PartOfDay.MORNING, hour=7, spread=180, window=90, minutes=(20, 25, 30, 35)
)
_SUPPER = Part(service="ernaering", part_of_day=PartOfDay.EVENING, hour=16.5, spread=90, window=90, minutes=(12, 15))
_BATH = Part(
    service="bad", part_of_day=PartOfDay.FORENOON, hour=9.5, spread=60, window=150, minutes=(40, 45), weekdays=1
)
_CLEANING = Part(
    service="rengoering", part_of_day=PartOfDay.NOON, hour=10, spread=90, window=180, minutes=(40, 45, 60), weekdays=1,
    every_weeks=2, more=_WAITS,
)  # fmt: skip
_HEAVY_MORE = {"priority": Priority.MUST}

KINDS: tuple[tuple[str, float, tuple[Part, ...]], ...] = (
    ("help in the house", 0.37, (
        _CLEANING,
        Part(service="toejvask", part_of_day=PartOfDay.NOON, hour=10, spread=120, window=180, minutes=(25, 30),
             weekdays=1, share=0.4, more=_WAITS),
    )),
    ("stockings", 0.11, _STOCKINGS),
    ("morning and evening", 0.14, (_MORNING, _SUPPER, _BATH)),
    ("medicine", 0.12, (
        Part(service="medicin", part_of_day=PartOfDay.MORNING, hour=7.25, spread=90, window=60, minutes=(6, 8),
             more=_STRICT),
        Part(service="medicin", part_of_day=PartOfDay.EVENING, hour=19.5, spread=75, window=60, minutes=(6, 8),
             more=_STRICT),
        Part(service="medicin", part_of_day=PartOfDay.NOON, hour=12, spread=60, window=60, minutes=(5,), share=0.25,
             more={"channel": Channel.PHONE, "is_strict": True}),
    )),
    ("heavy", 0.07, (
        Part(service="mobilitet", part_of_day=PartOfDay.MORNING, hour=7.5, spread=120, window=75, minutes=(25, 30),
             more=_HEAVY_MORE),
        Part(service="ernaering", part_of_day=PartOfDay.NOON, hour=11.75, spread=45, window=60, minutes=(15, 20)),
        Part(service="udskillelser", part_of_day=PartOfDay.AFTERNOON, hour=13.5, spread=30, window=90, minutes=(12, 15),
             share=0.5),
        Part(service="mobilitet", part_of_day=PartOfDay.EVENING, hour=19, spread=90, window=90, minutes=(20,),
             more=_HEAVY_MORE),
        Part(service="tilsyn", part_of_day=PartOfDay.NIGHT, hour=23.5, spread=20, window=180, minutes=(10,), share=0.5),
    )),
    ("wounds", 0.07, (
        Part(service="saar", part_of_day=PartOfDay.FORENOON, hour=9, spread=120, window=120, minutes=(20, 25, 30),
             weekdays=3),
        Part(service="kateter", part_of_day=PartOfDay.FORENOON, hour=9.5, spread=60, window=120, minutes=(20,),
             weekdays=1, share=0.3),
        _CLEANING,
    )),
    ("by screen", 0.07, (
        Part(service="tilsyn", part_of_day=PartOfDay.FORENOON, hour=9.5, spread=60, window=90, minutes=(10,),
             more={"channel": Channel.SCREEN}),
        _CLEANING,
    )),
    ("medicine before breakfast", 0.05, (
        Part(service="insulin", part_of_day=PartOfDay.MORNING, hour=7, spread=45, window=45, minutes=(8, 10),
             more=_STRICT),
        Part(service="ernaering", part_of_day=PartOfDay.MORNING, hour=7.5, spread=45, window=105, minutes=(15, 20)),
        Part(service="insulin", part_of_day=PartOfDay.EVENING, hour=17, spread=45, window=45, minutes=(8, 10),
             more=_STRICT),
    )),
)  # fmt: skip
_LINKED = ("medicine before breakfast", 0, 1)
_TWO_CARERS = 0.6
"""Of the citizens who need to be lifted: about six visits in a hundred of all take two carers."""

_NOTES = ("Hund i huset.", "Hører dårligt: bank hårdt.", "Brug sideindgangen.", "Ingen sko i stuen.", "")


def seed_citizens(plan: TeamPlan, team: Team, carers: list[Carer], *, since: date) -> list[Citizen]:
    """The team's citizens with needs, links and wishes."""
    chance = chance_for(plan.name, "citizens")
    people = _people(plan)
    citizens = Citizen.objects.bulk_create(
        Citizen(
            person=person, team=team, access_seconds=chance.choice((30, 60, 60, 90, 120, 180)),
            note=chance.choice(_NOTES) if chance.random() < 0.2 else "",
        )
        for person in people
    )  # fmt: skip
    _entries(citizens, chance)
    services = {service.code: service for service in Service.objects.all()}
    kinds = chance.choices(KINDS, [weight for _name, weight, _parts in KINDS], k=len(citizens))
    login = Account.objects.filter(username=LOGIN).values_list("person", flat=True).first()
    needs: list[Need] = []
    links: list[tuple[Need, Need]] = []
    for citizen, (name, _weight, parts) in zip(citizens, kinds, strict=True):
        if citizen.person_id == login:  # shows a day with something in it
            name, _weight, parts = next(kind for kind in KINDS if kind[0] == "morning and evening")
        found = list(_needs(citizen, name, parts, services, since=since, chance=chance))
        if name == _LINKED[0]:
            links.append((found[_LINKED[1]], found[_LINKED[2]]))
        needs += found
    Need.objects.bulk_create(needs)
    NeedLink.objects.bulk_create(
        NeedLink(first=first, second=second, least_minutes=25, most_minutes=90, by=SameCarer.ANY)
        for first, second in links
    )
    Wish.objects.bulk_create(_wishes(plan, citizens, carers, chance))
    return citizens


def seed_services() -> None:
    """The catalogue."""
    Service.objects.bulk_create(
        Service(code=code, title=title, minutes=minutes, competences=competences)
        for code, (title, minutes, competences) in SERVICES.items()
    )


def _people(plan: TeamPlan) -> list[Person]:
    """Citizens of the team's towns, the one who logs in first."""
    login = Account.objects.filter(username=LOGIN).values_list("person", flat=True).first()
    rows = list(Person.objects.filter(address__town__in=plan.towns).exclude(cpr_index=None).order_by("id"))
    rows.sort(key=lambda person: person.pk != login)
    return rows[: plan.citizens]


def _entries(citizens: list[Citizen], chance: random.Random) -> None:
    """How one gets in, for every third: sealed under the row's own place."""
    locked = [citizen for citizen in citizens if chance.random() < 0.35]
    for citizen in locked:
        text = f"Nøgleboks ved døren, kode {chance.randrange(1000, 9999)}"
        citizen.entry_sealed = sealing.seal(text, place=ENTRY_SEALED.place(citizen))
    Citizen.objects.bulk_update(locked, ["entry_sealed"])


def _needs(
    citizen: Citizen,
    name: str,
    parts: tuple[Part, ...],
    services: dict[str, Service],
    *,
    since: date,
    chance: random.Random,
) -> Iterator[Need]:
    two = name == "heavy" and chance.random() < _TWO_CARERS
    for part in parts:
        if part.share < 1 and chance.random() >= part.share:
            continue
        begins = int(part.hour * 60) + chance.randrange(0, part.spread + 1, 15)
        ends = begins + part.window
        weekdays = EVERY_DAY if part.weekdays == 7 else _weekdays(part.weekdays, chance)
        yield Need(
            citizen=citizen, service=services[part.service], valid_from=since + timedelta(weeks=chance.randrange(2)),
            weekdays=weekdays, every_weeks=part.every_weeks, part_of_day=part.part_of_day,
            earliest=time(begins // 60 % 24, begins % 60), latest=time(ends // 60 % 24, ends % 60),
            minutes=chance.choice(part.minutes), carers=2 if two and part.service == "mobilitet" else 1, **part.more,
        )  # fmt: skip


def _weekdays(count: int, chance: random.Random) -> list[int]:
    if count == 3:
        return [0, 2, 4]
    return [chance.randrange(5)]


def _wishes(plan: TeamPlan, citizens: list[Citizen], carers: list[Carer], chance: random.Random) -> Iterator[Wish]:
    """Six in ten have a primary carer who works by day; a few want somebody, fewer must not have somebody."""
    by_day, by_evening = carers[: plan.day], carers[plan.day : plan.day + plan.evening]
    for citizen in citizens:
        primary = chance.choice(by_day) if chance.random() < 0.6 else None
        if primary:
            yield Wish(citizen=citizen, carer=primary, kind=WishKind.PRIMARY)
        if chance.random() < 0.2:
            yield Wish(citizen=citizen, carer=chance.choice(by_evening), kind=WishKind.PREFERRED)
        avoided = chance.choice(by_day)
        if chance.random() < 0.02 and avoided is not primary:
            yield Wish(citizen=citizen, carer=avoided, kind=WishKind.AVOIDED)
