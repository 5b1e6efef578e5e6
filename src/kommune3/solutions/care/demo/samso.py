# SPDX-License-Identifier: MPL-2.0
"""A home-care day on an island's real addresses and roads, planned by the search and laid by hand.

The addresses are the map's own; who lives there, and everything about them, is invented, and the same each time. Some
of the addresses are holiday homes, which the map does not tell apart.
"""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from kommune3.kernel import clock
from kommune3.kernel.access.actor import system
from kommune3.kernel.demo.seed import unit_id
from kommune3.kernel.organisation.models import Employment, Unit
from kommune3.kernel.people.models import Account, Person
from kommune3.kernel.places.models import Address
from kommune3.solutions.care.demo import main_job
from kommune3.solutions.care.demo.citizens import LOGIN as CITIZEN_LOGIN
from kommune3.solutions.care.demo.citizens import seed_citizens, seed_services
from kommune3.solutions.care.demo.competences import give_competences
from kommune3.solutions.care.demo.fortnight import DAYS_BACK, seed_fortnight
from kommune3.solutions.care.demo.samso_addresses import StreetAddress, read_addresses
from kommune3.solutions.care.demo.seeding import ACTOR, DAYS_AHEAD, grant_carer, set_weights
from kommune3.solutions.care.demo.teams import LOGIN, TeamPlan, chance_for, shifts_of
from kommune3.solutions.care.errors import CareError
from kommune3.solutions.care.models import Carer, Mode, Plan, PlanOrigin, PlanState, Shift, Team
from kommune3.solutions.care.operations import plans
from kommune3.solutions.care.operations.visits import generate

TEAM = "Samsø"
CITIZENS = 96
DAY_CARERS, EVENING_CARERS, NIGHT_CARERS = 10, 7, 2
_UNIT, _PARENT, _EMPLOYEES_OF = "hjemmepleje-samsoe", "sundhed", "hjemmepleje-grenaa"
_WORKING_DAYS = 5


class OtherTeams(CareError):
    """The database has home-care teams of another municipality or demo."""

    def __str__(self) -> str:
        return _("This database has other home-care teams. Give the day a folder of its own: KOMMUNE3_DATA_DIR=FOLDER")


class TooFewAddresses(CareError):
    """The map has fewer addresses than the day has citizens. ``found``: how many."""

    def __init__(self, found: int) -> None:
        super().__init__(found)
        self.found = found

    def __str__(self) -> str:
        text = _(
            "The map has %(found)s addresses with street, number, postcode and town; the day needs more than "
            "%(needed)s."
        )
        return text % {"found": self.found, "needed": CITIZENS}


@dataclass(frozen=True)
class Compared:
    """The same day twice; both plans are made by the platform's own job and looked through by the checker."""

    by_hand: Plan
    ours: Plan


def addresses_for(map_file: Path) -> list[StreetAddress]:
    """The addresses that :func:`seed` takes; none where the team is there already.

    Raises OSError, ``UnreadableAddresses``, :class:`TooFewAddresses`, and :class:`OtherTeams` where others are.
    """
    names = set(Team.objects.values_list("name", flat=True))
    if names - {TEAM}:
        raise OtherTeams
    if names:
        return []
    found = read_addresses(map_file)
    if len(found) <= CITIZENS:
        raise TooFewAddresses(len(found))
    return found


@transaction.atomic
def seed(addresses: Sequence[StreetAddress], *, now: datetime) -> None:
    """Put the team in, with a fortnight behind and one ahead, beside the demo municipality's people."""
    homes = chance_for(TEAM, "addresses").sample(list(addresses), CITIZENS)
    base = _middle(addresses, homes)
    today = clock.municipal_date(now)
    set_weights(today, now)
    seed_services()
    unit = _unit(_write([base])[0])
    _house(_write(homes))
    team = Team.objects.create(unit=unit, name=TEAM, address=unit.address)
    carers = _carers(team)
    give_competences(carers, now=now)
    plan = TeamPlan(
        TEAM, _UNIT, {_UNIT: len(carers)}, tuple(sorted({home.town for home in homes})), CITIZENS,
        day=DAY_CARERS, evening=EVENING_CARERS, night=NIGHT_CARERS,
    )  # fmt: skip
    seed_citizens(plan, team, carers, since=today - timedelta(days=180))
    first, end = today - timedelta(days=DAYS_BACK), today + timedelta(days=DAYS_AHEAD)
    days = (first + timedelta(days=number) for number in range((end - first).days))
    shifts = [shift for day in days for shift in shifts_of(plan, carers, day)]
    for shift in shifts:
        shift.may_run_over = False  # or the search buys visits with somebody's evening, and by hand nobody's
    Shift.objects.bulk_create(shifts)
    generate(actor=ACTOR, now=now, team_id=team.pk, start=first, end=end)
    seed_fortnight(now=now)
    grant_carer(today)


def compare(*, now: datetime, day: date, seconds: int) -> Compared:
    """Plan the day by hand and by the search, and publish the search's plan, which then stands on the board."""
    team, actor = Team.objects.get(name=TEAM), system("care.demo")
    made = [
        plans.start(actor=actor, now=now, team_id=team.pk, date=day, origin=origin, seconds=seconds)
        for origin in (PlanOrigin.BASELINE, PlanOrigin.SEARCHED)
    ]
    main_job.work_off([plan.job_id for plan in made])
    by_hand, ours = (Plan.objects.get(pk=plan.pk) for plan in made)
    if ours.state == PlanState.DRAFT:
        main_job.publish(ours, now=now)
        ours.refresh_from_db()
    return Compared(by_hand, ours)


def next_working_day(today: date) -> date:
    """The first day after ``today`` from Monday to Friday: at weekends half of the visits rest."""
    day = today + timedelta(days=1)
    while day.weekday() >= _WORKING_DAYS:
        day += timedelta(days=1)
    return day


def _middle(addresses: Sequence[StreetAddress], homes: Sequence[StreetAddress]) -> StreetAddress:
    """Where the team works from: of the addresses where nobody in care lives, that in the middle of their homes."""
    latitude = statistics.median(home.latitude for home in homes)
    longitude = statistics.median(home.longitude for home in homes)
    taken = set(homes)
    return min(
        (address for address in addresses if address not in taken),
        key=lambda each: (each.latitude - latitude) ** 2 + ((each.longitude - longitude) / 2) ** 2,
    )


def _write(addresses: Sequence[StreetAddress]) -> list[Address]:
    return Address.objects.bulk_create(
        Address(
            dar_id=each.dar_id, street=each.street, postcode=each.postcode, town=each.town, latitude=each.latitude,
            longitude=each.longitude,
        )
        for each in addresses
    )  # fmt: skip


def _unit(base: Address) -> Unit:
    parent, own_id = Unit.objects.get(pk=unit_id(_PARENT)), unit_id(_UNIT)
    return Unit.objects.create(
        id=own_id, parent=parent, name="Hjemmeplejen Samsø", path=f"{parent.path}{own_id.hex}/", kle="27.36",
        address=base, valid_from=parent.valid_from,
    )  # fmt: skip


def _house(homes: Sequence[Address]) -> None:
    """Let invented citizens of the demo municipality move to the island, the one who logs in first."""
    login = Account.objects.filter(username=CITIZEN_LOGIN).values_list("person", flat=True).first()
    people = sorted(Person.objects.exclude(cpr_index=None).order_by("id"), key=lambda person: person.pk != login)
    moved = people[: len(homes)]
    for person, home in zip(moved, homes, strict=True):
        person.address = home
    Person.objects.bulk_update(moved, ["address"], batch_size=200)


def _carers(team: Team) -> list[Carer]:
    """Employees of another team who come to work here, the one who logs in first; all drive, for the ways are long."""
    others = Account.objects.exclude(username=LOGIN).exclude(person=None).values("person")
    login = Account.objects.filter(username=LOGIN).values_list("person", flat=True).first()
    employed = Employment.objects.filter(unit=unit_id(_EMPLOYEES_OF), is_leader=False, valid_to=None)
    rows = list(employed.exclude(person__in=others).select_related("person").order_by("id"))
    rows.sort(key=lambda row: row.person_id != login)
    rows = rows[: DAY_CARERS + EVENING_CARERS + NIGHT_CARERS]
    Employment.objects.filter(pk__in=[row.pk for row in rows]).update(unit=team.unit)
    return Carer.objects.bulk_create(Carer(team=team, person=row.person, mode=Mode.CAR) for row in rows)
