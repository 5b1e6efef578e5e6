# SPDX-License-Identifier: MPL-2.0
"""The standing persons of every test: own unit, other unit, citizen, and those who administer.

``persons`` gives a small municipality: a root, a department ("own") with a team below it, and another department
("other") whose identifier begins as the own one's does. ``actor_for(account)`` and ``browser_of(account)`` act as one
of them.
"""

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from functools import cache

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.contrib.auth.hashers import make_password
from django.test import Client

from kommune3.kernel.access import standard
from kommune3.kernel.access.actor import Actor, actor_of
from kommune3.kernel.access.models import Grant
from kommune3.kernel.organisation.models import Employment, Municipality, Unit
from kommune3.kernel.people.models import Account, Person

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
BEGINNING = date(2020, 1, 1)
PASSWORD = "a long enough password"
FLEET_MANAGER = "fleet_manager"
LOGIN_BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@dataclass(frozen=True)
class Persons:
    """A small municipality and a login for each role. ``other_*`` belong to another unit than ``leader``'s."""

    root: Unit
    own_unit: Unit
    own_team: Unit
    other_unit: Unit
    administrator: Account
    digitalisation_lead: Account
    leader: Account
    other_leader: Account
    employee: Account
    other_employee: Account
    fleet_manager: Account
    citizen: Account

    def accounts(self) -> dict[str, Account]:
        """Every login by the name of its field."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in values.items() if isinstance(value, Account)}


def make_account(username: str, *, given_name: str, unit: Unit | None = None, is_leader: bool = False) -> Account:
    """A login of a new person, employed in ``unit`` where one is given. Holds no rights; its password is PASSWORD."""
    person = Person.objects.create(given_name=given_name, family_name="Prøve")
    if unit is not None:
        Employment.objects.create(
            person=person, unit=unit, title="Medarbejder", is_leader=is_leader, valid_from=BEGINNING
        )
    return Account.objects.create(username=username, person=person, date_joined=NOW, password=_hashed_password())


@cache
def _hashed_password() -> str:
    """:data:`PASSWORD` as it is kept; made once, since making it is slow on purpose."""
    return make_password(PASSWORD)


def grant(account: Account, role: str, unit: Unit | None = None, **more: object) -> Grant:
    """A right from :data:`BEGINNING` on, in the whole municipality where no unit is given."""
    return Grant.objects.create(account=account, role=role, unit=unit, **{"valid_from": BEGINNING, **more})


@pytest.fixture
def persons(db: None) -> Persons:
    Municipality.objects.create(name="Prøve Kommune")
    root = Unit.objects.create(name="Prøve Kommune", valid_from=BEGINNING)
    own_id = uuid.UUID("11111111-1111-4111-8111-111111111111")
    own_unit = Unit.objects.create(id=own_id, name="Sundhed", parent=root, valid_from=BEGINNING)
    own_team = Unit.objects.create(name="Hjemmeplejen", parent=own_unit, valid_from=BEGINNING)
    other_id = uuid.UUID("11111111-1111-4111-8111-111111111112")
    other_unit = Unit.objects.create(id=other_id, name="Teknik", parent=root, valid_from=BEGINNING)
    made = Persons(
        root=root,
        own_unit=own_unit,
        own_team=own_team,
        other_unit=other_unit,
        administrator=make_account("administrator", given_name="Ada", unit=root),
        digitalisation_lead=make_account("digitalisation", given_name="Dorte", unit=root),
        leader=make_account("leader", given_name="Lene", unit=own_unit, is_leader=True),
        other_leader=make_account("other-leader", given_name="Ole", unit=other_unit, is_leader=True),
        employee=make_account("employee", given_name="Eva", unit=own_team),
        other_employee=make_account("other-employee", given_name="Otto", unit=other_unit),
        fleet_manager=make_account("fleet-manager", given_name="Finn", unit=other_unit),
        citizen=make_account("citizen", given_name="Bo"),
    )
    grant(made.administrator, standard.ADMINISTRATOR)
    grant(made.digitalisation_lead, standard.DIGITALISATION_LEAD)
    grant(made.leader, standard.DEPARTMENT_LEADER, own_unit)
    grant(made.other_leader, standard.DEPARTMENT_LEADER, other_unit)
    grant(made.employee, standard.EMPLOYEE, own_team)
    grant(made.other_employee, standard.EMPLOYEE, other_unit)
    grant(made.fleet_manager, FLEET_MANAGER)
    grant(made.citizen, standard.CITIZEN)
    return made


@pytest.fixture
def now() -> datetime:
    """:data:`NOW`: a Monday morning in the town hall."""
    return NOW


@pytest.fixture
def actor_for() -> Callable[[Account], Actor]:
    """The account as an actor, with the rights it holds at :data:`NOW`."""
    return lambda account: actor_of(account, now=NOW)


@pytest.fixture
def browser_of() -> Callable[[Account | None], Client]:
    """A test client that is logged in as the account; nobody for None."""

    def client_of(account: Account | None) -> Client:
        client = Client()
        if account is not None:
            client.force_login(account, backend=LOGIN_BACKEND)
        return client

    return client_of


def code_now(secret: str) -> str:
    """What an authenticator app with this secret shows now. A code works once, so this is for one login a test."""
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))


def set_up_second_step(client: Client, password: str = PASSWORD) -> str:
    """Add an authenticator app on the pages, as somebody does who has logged in by password; return its secret."""
    client.post("/account/reauthenticate/", {"password": password})
    secret = str(client.get("/account/2fa/totp/activate/").context["form"].secret)
    response = client.post("/account/2fa/totp/activate/", {"code": code_now(secret)})
    assert response.headers["Location"] == "/account/2fa/recovery-codes/"
    return secret


def with_password_only(account: Account) -> Client:
    """A test client whose session has shown a password and no second step."""
    client = Client()
    client.force_login(account, backend=LOGIN_BACKEND)
    session = client.session
    session.pop("assurance", None)
    session.save()
    return client
