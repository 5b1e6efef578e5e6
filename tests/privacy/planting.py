# SPDX-License-Identifier: MPL-2.0
"""A row of a person in every table that the inventory knows, made from the tables' own declarations."""

import itertools
import uuid
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.contrib.sessions.backends.db import SessionStore
from django.db import models
from django.db.models.fields import NOT_PROVIDED

from kommune3.kernel import files
from kommune3.kernel.access.actor import actor_of, system
from kommune3.kernel.audit import log
from kommune3.kernel.inventory import Record, records
from kommune3.kernel.organisation.models import Unit
from kommune3.kernel.people import register
from kommune3.kernel.people.models import Account, Person
from kommune3.kernel.places.models import Address
from kommune3.kernel.privacy.people import subject_of

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
GIVEN, FAMILY = "Ærlinda", "Øst-Zachariasen"
EMAIL, PHONE, CPR, STREET = "aerlinda@example.dk", "+4529117755", "0101904321", "Plantevejen 117"
USERNAME = "aerl7711"
WORDS = (GIVEN, FAMILY, EMAIL, PHONE, CPR, STREET, USERNAME, "010190-4321")
TOLD = f"{GIVEN} {FAMILY} ({USERNAME}) skrev fra {EMAIL}, tlf. {PHONE}, CPR {CPR}, bor {STREET}."

_numbers = itertools.count(1)


def make_person() -> Person:
    """Somebody with a login, an address of their own and a CPR number."""
    address = Address.objects.create(street=STREET, postcode="8500", town="Grenaa", latitude=56.4, longitude=10.9)
    person = Person(given_name=GIVEN, family_name=FAMILY, email=EMAIL, phone=PHONE, address=address)
    register.set_cpr(person, CPR)
    person.save()
    Account.objects.create(username=USERNAME, email=EMAIL, person=person, date_joined=NOW)
    return person


def plant(line: Record, person: Person) -> Any:
    """A row of the person in the line's table, found by each way that the line knows; the last one made."""
    if line.model in ("people.Person", "people.Account", "places.Address"):
        return line.rows_of(subject_of(person)).get()
    if line.model == "sessions.Session":
        return _session(person)
    if line.model == "audit.Entry":
        return _audit_line(person)
    if line.model == "files.StoredFile":
        return _file(person)
    row = None
    account = person.account
    ways = [(way, person.pk) for way in line.person] + [(way, account.pk) for way in line.account]
    ways += [(way, str(person)) for way in line.names] + [(way, account.username) for way in line.usernames]
    for way, value in ways:
        row = make(line.model_class, **_given(line.model_class, way, value))
    return row


def plant_everywhere(person: Person) -> list[str]:
    """A row of the person in each table where somebody's rows can be found; returns the tables."""
    for line in records():
        if line.finds_people:
            plant(line, person)
    return [line.model for line in records() if line.finds_people]


def _given(model: type[models.Model], way: str, value: Any) -> dict[str, Any]:
    """The values of a new row by which the way leads to the person."""
    name, _, rest = way.partition("__")
    field = model._meta.get_field(name)
    if not rest:
        return {field.attname: value}  # type: ignore[union-attr]
    related: Any = field.related_model
    own = related._meta.get_field(rest.partition("__")[0])
    there = related._base_manager.filter(**{rest: value}).first() if own.one_to_one else None
    return {name: there or make(related, **_given(related, rest, value))}


def make(model: type[models.Model], **given: Any) -> Any:
    """A row with the values given; what it needs besides is made up."""
    values = dict(given)
    for field in model._meta.concrete_fields:
        if field.name in values or field.attname in values or field.primary_key and field.has_default():
            continue
        if field.auto_created or (field.has_default() and field.default is not NOT_PROVIDED):
            continue
        if field.null or isinstance(field, models.AutoField):
            continue
        values[field.name] = _value(field)
    values = OVERRIDES.get(model._meta.label, lambda row: row)(values)
    return model._base_manager.create(**values)


def _value(field: models.Field[Any, Any]) -> Any:
    number = next(_numbers)
    if isinstance(field, models.ForeignKey):
        related = field.related_model
        return related._base_manager.first() or make(related)
    if field.blank and isinstance(field, models.CharField | models.TextField):
        return ""
    if field.choices:
        return field.choices[0][0]
    if isinstance(field, models.UUIDField):
        return uuid.uuid4()
    if isinstance(field, models.GenericIPAddressField):
        return "192.0.2.7"
    if isinstance(field, models.DateTimeField):
        return NOW + timedelta(minutes=number)
    if isinstance(field, models.DateField):
        return date(2026, 3, 2) + timedelta(days=number)
    if isinstance(field, models.DecimalField):
        return Decimal(1)
    if isinstance(field, models.BooleanField):
        return False
    if isinstance(field, models.IntegerField | models.FloatField):
        return 1
    if isinstance(field, models.JSONField):
        return {}
    if isinstance(field, models.BinaryField):
        return number.to_bytes(32, "big")
    return f"x{number}"[: field.max_length]


def _session(person: Person) -> Any:
    session = SessionStore()
    session["_auth_user_id"] = str(person.account.pk)
    session.create()
    return session.model.objects.get(pk=session.session_key)


def _audit_line(person: Person) -> Any:
    log.record(actor=system("test"), action="test.read", now=NOW, citizen_id=person.pk, purpose="Prøve af opslag")
    return log.record(actor=actor_of(person.account, now=NOW), action="test.did", now=NOW)


def _file(person: Person) -> Any:
    return files.store(
        content=b"nothing about anybody", name="x.txt", purpose="test", actor=actor_of(person.account, now=NOW), now=NOW
    )


def _period(start: str, end: str, by: timedelta) -> Any:
    return lambda row: row | {end: row[start] + by}


OVERRIDES: dict[str, Any] = {
    "fleet.Booking": _period("start_at", "end_at", timedelta(hours=1)),
    "organisation.Substitute": _period("valid_from", "valid_to", timedelta(days=1)),
    "access.Substitution": lambda row: _period("valid_from", "valid_to", timedelta(days=1))(row) | _two_accounts(row),
    "competences.Delegation": lambda row: row | _two_people(row),
    "access.BreakGlass": _period("opened_at", "expires_at", timedelta(hours=1)),
    "effects.Effect": lambda row: _period("period_start", "period_end", timedelta(days=1))(row) | {"kind": "MEASURED"},
    "fleet.Change": lambda row: {"vehicle": _vehicle()} | row,
    "fleet.LegDelivery": lambda row: row | {"vehicle": _vehicle()},
    "rights.Round": lambda row: row | {"unit": make(Unit, path=f"/{next(_numbers)}/")},
    "organisation.Unit": lambda row: row | {"kle": ""},
    "care.Citizen": lambda row: row if "person_id" in row else row | {"person": make(Person)},
    "care.Carer": lambda row: row if "person_id" in row else row | {"person": make(Person)},
    "care.Wish": lambda row: row | _other_of_the_wish(row),
    "care.Need": lambda row: row | {"earliest": time(8), "latest": time(9)},
}


def _two_people(row: dict[str, Any]) -> dict[str, Any]:
    """Nobody delegates to themselves, so whoever was not given is somebody new."""
    return {name: make(Person) for name in ("delegator", "helper") if f"{name}_id" not in row}


def _other_of_the_wish(row: dict[str, Any]) -> dict[str, Any]:
    """A citizen has a carer as a wish once, so whoever was not given (what was given stands first) is somebody new."""
    from django.apps import apps

    other = {"citizen": "carer", "carer": "citizen"}[next(iter(row))]
    return {other: make(apps.get_model(f"care.{other}"))}


def _vehicle() -> Any:
    from django.apps import apps

    model = apps.get_model("fleet.Vehicle")
    return model._base_manager.first() or make(model)


def _two_accounts(row: dict[str, Any]) -> dict[str, Any]:
    """Nobody stands in for themselves."""
    other = make(Account, username=f"other{next(_numbers)}").pk
    taken = {row.get("absent_id"), row.get("substitute_id")} - {None}
    given = {name: row[name] for name in ("absent_id", "substitute_id") if name in row}
    missing = {"absent_id", "substitute_id"} - set(given)
    made = {name: make(Account, username=f"other{next(_numbers)}").pk for name in missing}
    assert other not in taken
    return {"absent": Account.objects.get(pk=(given | made)["absent_id"]),
            "substitute": Account.objects.get(pk=(given | made)["substitute_id"])}  # fmt: skip
