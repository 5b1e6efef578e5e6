# SPDX-License-Identifier: MPL-2.0
"""A team's day of 400 visits and 40 carers in a platform of its own, planned: what the board is measured on.

Run as a program in the folder that KOMMUNE3_DATA_DIR names; prints the plan's number and a session of the dispatcher.
"""

import json
import random
import sys
from datetime import UTC, datetime, time, timedelta
from typing import Any

VISITS, CARERS = 400, 40
SEARCH_SECONDS = 10
FIRST_HOUR, SHIFT_HOURS = 7, 8
# A town and its surroundings, in degrees: about 12 by 12 km.
NORTH, EAST, SPREAD = 56.41, 10.86, (0.055, 0.095)


def main() -> None:
    import django

    django.setup()
    from django.core.management import call_command
    from django.test import Client

    from kommune3.kernel import clock
    from kommune3.kernel.demo import seed
    from kommune3.kernel.people.models import Account

    now = clock.now()
    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    seed.seed(now=now)
    plan = plan_of(now, visits=int(sys.argv[1]) if len(sys.argv) > 1 else VISITS)
    client = Client(headers={"host": "localhost"})
    account = Account._default_manager.get(username="disponent")
    client.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
    session = client.session
    session["assurance"] = {"level": 2, "method": "totp", "at": ""}  # both steps
    session.save()
    print(json.dumps({"plan": plan, "cookie": client.cookies["session"].value}))


def plan_of(now: datetime, *, visits: int) -> int:
    """The number of a plan of tomorrow, made by the real search."""
    from kommune3.kernel import clock
    from kommune3.kernel.access.actor import actor_of
    from kommune3.kernel.demo.seed import unit_id
    from kommune3.kernel.jobs.worker import Worker
    from kommune3.kernel.organisation.models import Unit
    from kommune3.kernel.people.models import Account, Person
    from kommune3.solutions.care.models import Team, WeightSet
    from kommune3.solutions.care.operations import plans

    chance = random.Random(400)
    day = clock.municipal_date(now) + timedelta(days=1)
    people = iter(Person._default_manager.exclude(address=None).order_by("pk"))
    unit = Unit._default_manager.get(pk=unit_id("hjemmepleje-auning"))
    team = Team._default_manager.create(unit=unit, name="Team Måling", address=_place(chance, 0))
    WeightSet._default_manager.get_or_create(
        valid_from=day - timedelta(days=365),
        defaults={
            "travel_minute": 10, "late_minute": 20, "latest_minute": 5, "waiting_minute": 1, "overtime_minute": 30,
            "unknown_face": 100, "left_out_can_wait": 2000, "left_out_normal": 10000, "left_out_must": 50000,
            "changed_carer": 150, "moved_minute": 3, "source": "Måling", "set_by_name": "Måling", "set_at": now,
        },
    )  # fmt: skip
    _carers(team, people, day, carers=max(3, round(visits * CARERS / VISITS)))
    _visits(team, people, day, now, chance, visits=visits)
    dispatcher = actor_of(Account._default_manager.get(username="disponent"), now=now)
    plan = plans.start(actor=dispatcher, now=now, team_id=team.pk, date=day, seconds=SEARCH_SECONDS)
    worker = Worker()
    while worker.step():
        pass
    return int(plan.pk)


def _place(chance: random.Random, number: int) -> Any:
    from kommune3.kernel.places.models import Address

    return Address._default_manager.create(
        street=f"Målevej {number}", postcode="8500", town="Grenaa",
        latitude=NORTH + chance.uniform(-1, 1) * SPREAD[0], longitude=EAST + chance.uniform(-1, 1) * SPREAD[1],
    )  # fmt: skip


def _carers(team: Any, people: Any, day: Any, *, carers: int) -> None:
    from kommune3.solutions.care.models import Carer, Mode, Shift

    for number in range(carers):
        carer = Carer._default_manager.create(
            team=team, person=next(people), mode=Mode.BICYCLE if number % 10 == 9 else Mode.CAR
        )
        start = _at(day, FIRST_HOUR)
        Shift._default_manager.create(
            carer=carer, date=day, start_at=start, end_at=start + timedelta(hours=SHIFT_HOURS),
            pause_earliest_at=_at(day, 11), pause_latest_at=_at(day, 13), pause_minutes=30,
        )  # fmt: skip


def _visits(team: Any, people: Any, day: Any, now: datetime, chance: random.Random, *, visits: int) -> None:
    from kommune3.solutions.care.models import Citizen, Service, Visit

    service = Service._default_manager.get_or_create(code="MAAL", defaults={"title": "Personlig pleje", "minutes": 30})[
        0
    ]
    for number in range(visits):
        person = next(people)
        person.address = _place(chance, number + 1)
        person.save(update_fields=["address"])
        citizen = Citizen._default_manager.create(team=team, person=person, access_seconds=60)
        earliest = _at(day, FIRST_HOUR) + timedelta(minutes=15 * chance.randrange(26))
        Visit._default_manager.create(
            citizen=citizen, service=service, date=day, earliest_at=earliest,
            latest_at=earliest + timedelta(minutes=chance.choice((30, 60, 120))),
            minutes=chance.choice((15, 20, 30, 40)), carers=2 if number % 16 == 0 else 1, created_at=now,
        )  # fmt: skip


def _at(day: Any, hour: int) -> datetime:
    from kommune3.kernel.clock import MUNICIPAL_ZONE

    return datetime.combine(day, time(hour), MUNICIPAL_ZONE).astimezone(UTC)


if __name__ == "__main__":
    main()
