# SPDX-License-Identifier: MPL-2.0
"""A small day for every test: a team in Grenaa with three carers, and eight visits to seven citizens.

Two visits are made together by two carers ("lift"), two hang together ("medicine" before "breakfast"), one needs a
competence that Anna alone has ("medicine"), one is by telephone ("call"), and one can wait ("cleaning").
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.utils import translation
from persons import BEGINNING, NOW, Persons, grant, make_account

from kommune3.adapters.beeline.models import Assumption
from kommune3.kernel.access.actor import Actor, actor_of
from kommune3.kernel.clock import MUNICIPAL_ZONE
from kommune3.kernel.competences.models import Competence, Held
from kommune3.kernel.organisation.models import Unit
from kommune3.kernel.people.models import Account, Person
from kommune3.kernel.places.models import Address
from kommune3.solutions.care import access
from kommune3.solutions.care.models import (
    Carer,
    Channel,
    Citizen,
    Mode,
    Plan,
    PlanOrigin,
    Priority,
    SameCarer,
    Service,
    Shift,
    Team,
    Visit,
    VisitLink,
    WeightSet,
    Wish,
    WishKind,
)
from kommune3.solutions.care.planning.problem import prepare
from kommune3.solutions.care.planning.solving import search
from kommune3.solutions.care.planning.writing import write_result

DAY = date(2026, 3, 3)
"""The Tuesday after :data:`persons.NOW`."""

MEDICINE = "medicin"
"""The competence that Anna alone has."""


@dataclass(frozen=True)
class Day:
    """``carers``, ``shifts`` by the carer's given name; ``visits`` by what they are; ``citizens`` by family name."""

    team: Team
    date: date
    weights: WeightSet
    carers: dict[str, Carer]
    shifts: dict[str, Shift]
    citizens: dict[str, Citizen]
    visits: dict[str, Visit]
    account: Account
    dispatcher: Actor


def at(clock: str, *, day: date = DAY) -> datetime:
    """The instant (UTC) at which the clock of the town hall shows ``HH:MM`` on ``day``."""
    return datetime.combine(day, time.fromisoformat(clock), MUNICIPAL_ZONE).astimezone(UTC)


def make_day(persons: Persons, *, unit: Unit | None = None, name: str = "Grenaa", day: date = DAY) -> Day:
    """Make the day in ``unit`` (the standing persons' own team). A second one needs another ``name``."""
    unit = unit or persons.own_team
    team = Team.objects.create(unit=unit, name=name, address=_address("Base", 56.4130, 10.8790))
    carers = {
        given: _carer(team, given, mode)
        for given, mode in (("Anna", Mode.CAR), ("Bent", Mode.CAR), ("Carla", "BICYCLE"))
    }
    _hold(carers["Anna"].person)
    _cycling()
    shifts = {
        given: Shift.objects.create(
            carer=carer, date=day, start_at=at("07:00", day=day), end_at=at("15:00", day=day),
            pause_earliest_at=at("11:00", day=day), pause_latest_at=at("13:00", day=day), pause_minutes=30,
        )
        for given, carer in carers.items()
    }  # fmt: skip
    citizens = {
        family: _citizen(team, family, 56.4100 + 0.0023 * number, 10.8700 + 0.0047 * (number * 3 % 7))
        for number, family in enumerate(("Juhl", "Krogh", "Lund", "Munk", "Nørby", "Ottesen", "Poulsen"))
    }
    care, medicine = _service("PLEJE", "Personlig pleje", []), _service("MED", "Medicin", [MEDICINE])

    def visit(family: str, earliest: str, latest: str, minutes: int, **more: object) -> Visit:
        return Visit.objects.create(
            citizen=citizens[family], date=day, earliest_at=at(earliest, day=day), latest_at=at(latest, day=day),
            minutes=minutes, created_at=NOW, **{"service": care, **more},
        )  # fmt: skip

    visits = {
        "medicine": visit("Juhl", "07:15", "08:00", 10, service=medicine, is_strict=True, priority=Priority.MUST),
        "breakfast": visit("Juhl", "07:30", "09:00", 25),
        "lift": visit("Krogh", "08:00", "09:30", 30, carers=2),
        "morning": visit("Lund", "07:30", "08:30", 35),
        "bath": visit("Munk", "09:00", "11:00", 45),
        "wound": visit("Nørby", "09:30", "10:30", 20),
        "call": visit("Ottesen", "10:00", "11:00", 10, channel=Channel.PHONE),
        "cleaning": visit("Poulsen", "12:00", "14:00", 40, priority=Priority.CAN_WAIT),
    }
    VisitLink.objects.create(
        first=visits["medicine"], second=visits["breakfast"], least_minutes=20, most_minutes=60, by=SameCarer.ANY
    )
    Wish.objects.create(citizen=citizens["Lund"], carer=carers["Bent"], kind=WishKind.PRIMARY)
    account = make_account(f"dispatcher-{team.pk}", given_name="Ditte", unit=unit)
    grant(account, access.DISPATCHER, unit)
    return Day(
        team, day, _weights(), carers, shifts, citizens, visits, account, actor_of(account, now=NOW)
    )  # fmt: skip


def make_plan(day: Day, *, iterations: int = 400) -> Plan:
    """A plan of the day, found here and now: the same on every machine."""
    plan = Plan.objects.create(
        team=day.team, date=day.date, origin=PlanOrigin.SEARCHED, created_by_name="Ditte Prøve", created_at=NOW
    )
    prepared = prepare(team=day.team, day=day.date, now=NOW)
    with translation.override("da"):
        return write_result(plan, prepared, search(prepared, seconds=0, seed=1, iterations=iterations), now=NOW)


def _address(street: str, latitude: float, longitude: float) -> Address:
    return Address.objects.create(street=street, postcode="8500", town="Grenaa", latitude=latitude, longitude=longitude)


def _carer(team: Team, given: str, mode: str) -> Carer:
    person = Person.objects.create(given_name=given, family_name="Hjælper")
    return Carer.objects.create(team=team, person=person, mode=mode)


def _hold(person: Person) -> None:
    """Give the person the competence of medicine."""
    competence, _made = Competence.objects.get_or_create(code=MEDICINE, defaults={"title": "Medicin"})
    Held.objects.create(person=person, competence=competence, valid_from=BEGINNING)


def _cycling() -> None:
    """What the straight-line provider assumes of bicycles; another provider knows of itself."""
    Assumption.objects.update_or_create(
        mode=Mode.BICYCLE,
        defaults={
            "valid_from": BEGINNING, "detour_factor": 1.3, "detour_source": "Prøve", "speed_km_h": 15,
            "speed_source": "Prøve",
        },
    )  # fmt: skip


def _citizen(team: Team, family: str, latitude: float, longitude: float) -> Citizen:
    person = Person.objects.create(
        given_name="Borger", family_name=family, address=_address(f"{family}s Vej 1", latitude, longitude)
    )
    return Citizen.objects.create(team=team, person=person, access_seconds=60)


def _service(code: str, title: str, competences: list[str]) -> Service:
    return Service.objects.get_or_create(
        code=code, defaults={"title": title, "minutes": 30, "competences": competences}
    )[0]


def _weights() -> WeightSet:
    return WeightSet.objects.get_or_create(
        valid_from=BEGINNING,
        defaults={
            "travel_minute": 10, "late_minute": 20, "latest_minute": 5, "waiting_minute": 1, "overtime_minute": 30,
            "unknown_face": 100, "left_out_can_wait": 2000, "left_out_normal": 10000, "left_out_must": 50000,
            "changed_carer": 150, "moved_minute": 3, "source": "Prøve", "set_by_name": "Lene Prøve",
            "set_at": NOW - timedelta(days=30),
        },
    )[0]  # fmt: skip
