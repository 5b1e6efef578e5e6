# SPDX-License-Identifier: MPL-2.0
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import connection

from kommune3.kernel import clock
from kommune3.kernel.access.actor import system
from kommune3.kernel.organisation.models import Unit
from kommune3.kernel.people.models import Person
from kommune3.kernel.places.models import Address
from kommune3.solutions.care.models import Carer, Citizen, Service, Shift, Team, Visit, WeightSet
from kommune3.solutions.care.operations import plans

DAY = date(2026, 3, 3)
_WEIGHTS = {
    "travel_minute": 10, "late_minute": 20, "latest_minute": 5, "waiting_minute": 1, "overtime_minute": 30,
    "unknown_face": 100, "left_out_can_wait": 2000, "left_out_normal": 10000, "left_out_must": 50000,
    "changed_carer": 150, "moved_minute": 3,
}  # fmt: skip


class Command(BaseCommand):
    help = "Teams with a day to plan, and as many dispatchers who ask for their team's plan at the same time."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--teams", type=int, default=1)
        parser.add_argument("--seconds", type=int, default=1)

    def handle(self, *args: Any, **options: Any) -> None:
        WeightSet.objects.create(valid_from=date(2015, 1, 1), source="drill", set_at=clock.now(), **_WEIGHTS)
        service = Service.objects.create(code="PLEJE", title="Personlig pleje", minutes=20)
        unit = Unit.objects.get()
        teams = [self._team(unit, service, number) for number in range(options["teams"])]
        with ThreadPoolExecutor(len(teams)) as dispatchers:
            for asked in [dispatchers.submit(self._ask, team, options["seconds"]) for team in teams]:
                asked.result()

    def _ask(self, team: Team, seconds: int) -> None:
        plans.start(actor=system("drill"), now=clock.now(), team_id=team.pk, date=DAY, seconds=seconds)
        connection.close()

    def _team(self, unit: Unit, service: Service, number: int) -> Team:
        team = Team.objects.create(unit=unit, name=f"Hold {number}", address=_address(0))
        for place in range(2):
            carer = Carer.objects.create(team=team, person=_person(f"Hjælper {number}-{place}"))
            Shift.objects.create(carer=carer, date=DAY, start_at=_at(7), end_at=_at(15))
        for place in range(12):
            citizen = Citizen.objects.create(team=team, person=_person(f"Borger {number}-{place}", _address(place + 1)))
            Visit.objects.create(
                citizen=citizen, service=service, date=DAY,
                earliest_at=_at(7 + place % 6), latest_at=_at(9 + place % 6),
                minutes=20, created_at=clock.now(),
            )  # fmt: skip
        return team


def _person(name: str, address: Address | None = None) -> Person:
    return Person.objects.create(given_name="Eva", family_name=name, address=address)


def _address(number: int) -> Address:
    return Address.objects.create(
        street=f"Vej {number}", postcode="8500", town="Grenaa",
        latitude=56.41 + 0.003 * (number % 4), longitude=10.87 + 0.004 * number,
    )  # fmt: skip


def _at(hour: int) -> datetime:
    return datetime.combine(DAY, time(0), clock.MUNICIPAL_ZONE).astimezone(UTC) + timedelta(hours=hour)
