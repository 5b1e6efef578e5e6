# SPDX-License-Identifier: MPL-2.0
"""Something of each kind for the matrix of addresses x roles: in the own unit, and in the other."""

from collections.abc import Callable
from datetime import time, timedelta
from typing import Any

from persons import BEGINNING, NOW, Persons

from kommune3.kernel.organisation.models import Unit
from kommune3.kernel.people.models import Person
from kommune3.solutions.care.models import (
    Carer,
    Citizen,
    Need,
    NeedLink,
    Plan,
    PlanOrigin,
    PlanState,
    Service,
    Shift,
    Team,
    Visit,
    WeightSet,
    Wish,
)
from kommune3.solutions.care.tests.day import DAY

Factory = Callable[[Persons], dict[str, Any]]


def _in_both(make: Callable[[Unit, str], int]) -> Factory:
    return lambda persons: {
        "own unit": make(persons.own_team, "own"), "other unit": make(persons.other_unit, "other"),
    }  # fmt: skip


def _team(unit: Unit, name: str) -> Team:
    return Team.objects.get_or_create(name=name, defaults={"unit": unit})[0]


def _plan(unit: Unit, name: str) -> int:
    return Plan.objects.create(
        team=_team(unit, name), date=DAY, origin=PlanOrigin.SEARCHED, state=PlanState.DRAFT, created_at=NOW,
        created_by_name="Prøve",
    ).pk  # fmt: skip


def _carer(unit: Unit, name: str) -> int:
    person = Person.objects.get_or_create(given_name="Karen", family_name=name)[0]
    return Carer.objects.get_or_create(person=person, defaults={"team": _team(unit, name)})[0].pk


def _shift(unit: Unit, name: str) -> int:
    return Shift.objects.get_or_create(
        carer_id=_carer(unit, name), date=DAY, start_at=NOW, defaults={"end_at": NOW + timedelta(hours=8)}
    )[0].pk


def _citizen(unit: Unit, name: str) -> int:
    person = Person.objects.get_or_create(given_name="Birthe", family_name=name)[0]
    return Citizen.objects.get_or_create(person=person, defaults={"team": _team(unit, name)})[0].pk


def _wish(unit: Unit, name: str) -> int:
    return Wish.objects.get_or_create(citizen_id=_citizen(unit, name), carer_id=_carer(unit, name))[0].pk


def _service() -> Service:
    return Service.objects.get_or_create(code="x", defaults={"title": "Prøve", "minutes": 20})[0]


def _needs(unit: Unit, name: str) -> list[Need]:
    return [
        Need.objects.get_or_create(
            citizen_id=_citizen(unit, name), minutes=minutes,
            defaults={
                "service": _service(), "valid_from": BEGINNING, "weekdays": [0], "part_of_day": "MORNING",
                "earliest": time(7), "latest": time(9),
            },
        )[0]
        for minutes in (10, 20)
    ]  # fmt: skip


def _need(unit: Unit, name: str) -> int:
    return _needs(unit, name)[0].pk


def _link(unit: Unit, name: str) -> int:
    first, second = _needs(unit, name)
    return NeedLink.objects.get_or_create(first=first, second=second, defaults={"least_minutes": 5})[0].pk


def _visit(unit: Unit, name: str) -> int:
    return Visit.objects.get_or_create(
        citizen_id=_citizen(unit, name), date=DAY,
        defaults={
            "service": _service(), "minutes": 20, "earliest_at": NOW, "latest_at": NOW + timedelta(hours=1),
            "created_at": NOW,
        },
    )[0].pk  # fmt: skip


def _weights(persons: Persons) -> dict[str, Any]:
    weighed = [field.name for field in WeightSet._meta.fields if field.get_internal_type() == "PositiveIntegerField"]
    made = WeightSet.objects.get_or_create(
        valid_from=DAY, defaults=dict.fromkeys(weighed, 1) | {"source": "x", "set_by_name": "x", "set_at": NOW}
    )[0]
    return {"own unit": made.pk}


OBJECTS: dict[str, Factory] = {"care:plan_id": _in_both(_plan), "api-care:plan_id": _in_both(_plan)}
OBJECTS |= {
    "care:team_id": _in_both(lambda unit, name: _team(unit, name).pk),
    "care:carer_id": _in_both(_carer),
    "care:shift_id": _in_both(_shift),
    "care:citizen_id": _in_both(_citizen),
    "care:wish_id": _in_both(_wish),
    "care:need_id": _in_both(_need),
    "care:link_id": _in_both(_link),
    "care:service_id": lambda persons: {"own unit": _service().pk},
    "care:weights_id": _weights,
    "care:kind": lambda persons: {"own unit": "citizens"},
    "care:form": lambda persons: {"own unit": "csv"},
    "care:file_id": lambda persons: {},
    "care:visit_id": _in_both(_visit),
    "care:calendar_feed:secret": lambda persons: {"own": "no-such-address"},
}
