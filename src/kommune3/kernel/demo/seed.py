# SPDX-License-Identifier: MPL-2.0
"""The demo municipality: the same people, units and logins each time, from a fixed seed.

CPR numbers of demo people have a date of birth in 2050-2057 (digits 5-6 from 50 to 57 with a seventh digit from 5 to
8; CPR-kontoret, "Personnummeret i CPR-systemet"). No such number has been issued, so none belongs to anybody; a reader
takes the people for born in the 1950s.
"""

import random
import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth.hashers import make_password
from django.db import transaction

from kommune3.kernel import clock
from kommune3.kernel.access import standard
from kommune3.kernel.access.actor import system
from kommune3.kernel.access.models import Grant
from kommune3.kernel.audit import log
from kommune3.kernel.demo.names import FAMILY_NAMES, GIVEN_NAMES
from kommune3.kernel.demo.norddjurs import STREETS, TOWNS, UNITS, Town, UnitPlan
from kommune3.kernel.organisation.models import Employment, Municipality, Unit
from kommune3.kernel.people import register, second_step
from kommune3.kernel.people.models import Account, Person
from kommune3.kernel.places.models import Address, Facility

MUNICIPALITY_NAME = "Norddjurs (demo)"
CITIZENS = 2000
_NAMESPACE = uuid.UUID("b2f2f6d4-6b6c-4a0e-9d53-0d0c8d1f8500")
_SEED = 8500
_SEEDED = "demo"  # in the data of an authenticator app: it came with the demo


class RealMunicipality(Exception):
    """The database holds a municipality that is not the demo's, or people of one."""


@dataclass(frozen=True)
class Login:
    """A demo login: its role in a unit (empty: the whole municipality). The password is no secret."""

    username: str
    password: str
    role: str
    unit: str
    works_in: str
    is_leader: bool = False


LOGINS = (
    Login("flaade", "flaade-norddjurs", "fleet_manager", "", "vej-ejendom"),
    Login("leder", "leder-norddjurs", standard.DEPARTMENT_LEADER, "sundhed", "sundhed", is_leader=True),
    Login("medarbejder", "medarbejder-norddjurs", standard.EMPLOYEE, "hjemmepleje-grenaa", "hjemmepleje-grenaa"),
    Login("disponent", "disponent-norddjurs", "care_dispatcher", "sundhed", "hjemmepleje-auning"),
    Login("plejeleder", "plejeleder-norddjurs", "care_leader", "sundhed", "hjemmepleje-grenaa", is_leader=True),
    Login("digital", "digital-norddjurs", standard.DIGITALISATION_LEAD, "", "digitalisering"),
    Login("borger", "borger-norddjurs", standard.CITIZEN, "", ""),
    Login("admin", "admin-norddjurs", standard.ADMINISTRATOR, "", "it"),
)


def unit_id(key: str) -> uuid.UUID:
    """The identifier of the demo unit with this key (``norddjurs.UNITS``), for the demo data of solutions."""
    return uuid.uuid5(_NAMESPACE, f"unit:{key}")


def _account_id(username: str) -> uuid.UUID:
    return uuid.uuid5(_NAMESPACE, f"account:{username}")


def is_seeded() -> bool:
    """Whether the demo municipality is in the database; raises :class:`RealMunicipality` where another one is."""
    municipality = Municipality.objects.first()
    if municipality is None:
        if Person.objects.exists() or Unit.objects.exists():
            raise RealMunicipality
        return False
    if municipality.name != MUNICIPALITY_NAME:
        raise RealMunicipality
    return True


@transaction.atomic
def seed(*, now: datetime) -> bool:
    """Put the demo municipality in; return False, having done nothing, where it is there already."""
    if is_seeded():
        return False
    chance = random.Random(_SEED)  # noqa: S311  repeatable, and keeps nothing secret
    today = clock.municipal_date(now)
    Municipality.objects.create(name=MUNICIPALITY_NAME)
    units = _units(founded=date(today.year - 6, 1, 1))
    employed = _employees(chance, units, today)
    citizens = _citizens(chance, CITIZENS)
    _logins(employed, citizens[0], units, now)
    log.record(actor=system("demo"), action="demo.seeded", now=now)
    return True


def _address(street: str, town: Town, latitude: float, longitude: float) -> Address:
    return Address(
        id=uuid.uuid5(_NAMESPACE, f"address:{street}:{town.name}:{latitude}:{longitude}"),
        street=street,
        postcode=town.postcode,
        town=town.post_town if town.name == town.post_town else f"{town.name}, {town.post_town}",
        latitude=latitude,
        longitude=longitude,
    )


def _units(*, founded: date) -> dict[str, Unit]:
    towns = {town.name: town for town in TOWNS}
    addresses: dict[tuple[str, str], Address] = {}
    for number, plan in enumerate(UNITS):
        if (plan.street, plan.town) not in addresses:
            town = towns[plan.town]
            # A step of about sixty metres a unit keeps the marks of one town apart on a map.
            latitude, longitude = town.latitude + 0.0005 * (number % 7 - 3), town.longitude + 0.001 * (number % 5 - 2)
            addresses[plan.street, plan.town] = _address(plan.street, town, round(latitude, 5), round(longitude, 5))
    Address.objects.bulk_create(addresses.values())
    units: dict[str, Unit] = {}
    for plan in UNITS:
        parent = units.get(plan.parent)
        own_id = unit_id(plan.key)
        units[plan.key] = Unit(
            id=own_id,
            parent=parent,
            name=plan.name,
            path=f"{parent.path if parent else '/'}{own_id.hex}/",
            kle=plan.kle,
            address=addresses[plan.street, plan.town],
            valid_from=founded,
        )
    Unit.objects.bulk_create(units.values())
    Facility.objects.bulk_create(
        Facility(id=uuid.uuid5(_NAMESPACE, f"facility:{plan.key}"), name=plan.name, address=units[plan.key].address)
        for plan in UNITS
        if plan.employees
    )
    return units


def _person(chance: random.Random, *, email: bool) -> Person:
    given, family = chance.choice(GIVEN_NAMES), chance.choice(FAMILY_NAMES)
    return Person(
        id=uuid.UUID(int=chance.getrandbits(128), version=4),
        given_name=given,
        family_name=family,
        email=f"{given}.{family}.{chance.randrange(1000, 9999)}@norddjurs-demo.invalid".lower() if email else "",
    )


def _employees(chance: random.Random, units: dict[str, Unit], today: date) -> dict[str, list[Person]]:
    """Each unit's people, its leader first."""
    people: dict[str, list[Person]] = {}
    employments = []
    for plan in UNITS:
        if not plan.title:
            continue
        people[plan.key] = [_person(chance, email=True) for _ in range(plan.employees + 1)]
        for place, person in enumerate(people[plan.key]):
            employments.append(
                Employment(
                    id=uuid.UUID(int=chance.getrandbits(128), version=4),
                    person=person,
                    unit=units[plan.key],
                    title=_leader_title(plan) if place == 0 else plan.title,
                    is_leader=place == 0,
                    valid_from=today - timedelta(days=chance.randrange(400, 2100)),
                )
            )
    Person.objects.bulk_create([person for team in people.values() for person in team])
    Employment.objects.bulk_create(employments)
    return people


def _leader_title(plan: UnitPlan) -> str:
    if plan.key == "direktion":
        return "Kommunaldirektør"
    return "Chef" if plan.parent == "norddjurs" else "Teamleder"


def _citizens(chance: random.Random, count: int) -> list[Person]:
    addresses, people = [], []
    for number in range(count):
        town = chance.choices(TOWNS, [town.weight for town in TOWNS])[0]
        street = f"{chance.choice(STREETS)} {chance.randrange(1, 140)}"
        latitude = town.latitude + max(-0.012, min(0.012, chance.gauss(0, 0.005)))
        longitude = town.longitude + max(-0.02, min(0.02, chance.gauss(0, 0.008)))
        address = _address(street, town, round(latitude, 5), round(longitude, 5))
        person = _person(chance, email=False)
        person.address = address
        person.has_protected_address = chance.random() < 0.01
        register.set_cpr(person, _cpr(number))
        addresses.append(address)
        people.append(person)
    Address.objects.bulk_create(addresses)
    Person.objects.bulk_create(people)
    return people


def _cpr(number: int) -> str:
    """The CPR number of demo citizen ``number``: born on a day of 2050-2057, so issued to nobody."""
    born = date(2050, 1, 1) + timedelta(days=number * 37 % (8 * 365))
    return f"{born:%d%m%y}{5000 + number % 4000:04}"


def _logins(employed: dict[str, list[Person]], citizen: Person, units: dict[str, Unit], now: datetime) -> None:
    today = clock.municipal_date(now)
    accounts, grants = [], []
    for login in LOGINS:
        person = employed[login.works_in][0 if login.is_leader else 1] if login.works_in else citizen
        account = Account(
            id=_account_id(login.username),
            username=login.username,
            person=person,
            password=make_password(login.password),
            date_joined=now,
        )
        accounts.append(account)
        unit = units[login.unit] if login.unit else None
        grants.append(Grant(account=account, role=login.role, unit=unit, valid_from=today))
    Account.objects.bulk_create(accounts)
    Grant.objects.bulk_create(grants)
    give_second_steps()


@transaction.atomic
def give_second_steps() -> None:
    """An authenticator app for each demo login of staff that has no second step, with a secret of its own."""
    staff = [login.username for login in LOGINS if login.role != standard.CITIZEN]
    for account in Account.objects.filter(username__in=staff, pk__in=map(_account_id, staff)):
        if not second_step.factors_of(account).exists():
            app = TOTP.activate(account, generate_totp_secret()).instance
            app.data[_SEEDED] = True
            app.save(update_fields=["data"])


def has_seeded_app(account: Account) -> bool:
    """Whether the account's authenticator app is the one that came with the demo."""
    return _seeded_app(account) is not None


def present_code(account: Account) -> str | None:
    """The code that a demo login's own authenticator app would show now.

    None for every other account, for a demo login whose app somebody has set up anew, and where the code was used.
    """
    app = _seeded_app(account)
    return second_step.next_code(app) if app is not None else None


def _seeded_app(account: Account) -> Authenticator | None:
    if account.pk != _account_id(account.username):
        return None
    app = second_step.factors_of(account).filter(type=Authenticator.Type.TOTP).first()
    return app if app is not None and app.data.get(_SEEDED) else None
